"""Growth curves: the volume of a stand by its age.

Every curve takes the age in years as a plain number (or an array) and its final volume per area
with a unit, which the result keeps. Ages and volumes are those of the stand after planting; the
curve of a species and a site is given, or fitted to plots (``carbonledger.analysis.curve_fit``).
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from carbonledger.errors import Text
from carbonledger.methods.math import exp

__all__ = ["CURVES", "Curve", "gompertz", "logistic", "richards"]

Operand = Any


def richards(age: Operand, final: Operand, rate: Operand, shape: Operand) -> Operand:
    """Chapman-Richards: V = A (1 - exp(-k t))^m.

    Args:
        age: t, years.
        final: A, the volume that the stand approaches, m3/ha.
        rate: k, 1/a.
        shape: m, without unit.
    """
    return final * (1.0 - exp(-rate * age)) ** shape


def logistic(age: Operand, final: Operand, rate: Operand, shape: Operand) -> Operand:
    """Logistic: V = A / (1 + b exp(-k t)), with b = ``shape``; other arguments as ``richards``."""
    return final / (1.0 + shape * exp(-rate * age))


def gompertz(age: Operand, final: Operand, rate: Operand, shape: Operand) -> Operand:
    """Gompertz: V = A exp(-b exp(-k t)), with b = ``shape``; other arguments as ``richards``."""
    return final * exp(-shape * exp(-rate * age))


class Curve(NamedTuple):
    """A curve with its name, its function and its arguments after the age.

    The arguments of each curve have names of their own: the rate of one curve is not that of
    another, although both are written k.
    """

    key: str
    name: Text
    function: Callable[..., Operand]

    @property
    def units(self) -> dict[str, str]:
        """The arguments with their units, in the order of the function."""
        return {
            f"{self.key}_final_volume": "m3/ha",
            f"{self.key}_rate": "1/a",
            f"{self.key}_shape": "1",
        }


CURVES: Mapping[str, Curve] = {
    curve.key: curve
    for curve in (
        Curve("richards", Text("理查兹曲线", "Chapman-Richards curve"), richards),
        Curve("logistic", Text("逻辑斯蒂曲线", "logistic curve"), logistic),
        Curve("gompertz", Text("坎派兹曲线", "Gompertz curve"), gompertz),
    )
}
