"""The limits of parameters, as problems of cells and columns."""

from carbonledger.intake.keys import Refused
from carbonledger.model import limits

__all__ = ["implausible", "misfit"]


def implausible(parameter: str, value: float | None, unit: str | None, item: str) -> Refused | None:
    """Why a measured value cannot be; None for what is plausible, or is not measured at all."""
    found = None if value is None or unit is None else limits.refusal(parameter, value, unit, item)
    return found and Refused("parameter-implausible", *found)


def misfit(parameter: str, unit: str) -> Refused | None:
    """Why no method can use a parameter in this unit; None where one can."""
    found = limits.unit_refusal(parameter, unit)
    return found and Refused("parameter-unit", *found)
