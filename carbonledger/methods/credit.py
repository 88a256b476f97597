"""What a project may be credited for: the gain of its pools less what is deducted."""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2
from carbonledger.methods.registry import method

__all__ = ["credited_removal"]

Operand = Any


@method(
    "credit.removal",
    title=Text("项目核减后的碳汇量（碳储量差法）", "Credited removal (difference of stocks)"),
    measure="CO2",
    returns="t CO2",
    units={
        "stock_end": "t C",
        "stock_start": "t C",
        "baseline": "t CO2",
        "emissions": "t CO2",
        "leakage": "t CO2",
        "uncertainty": "1",
        "risk": "1",
    },
    source="ccer-14-001-v01",
    equation="CDR = (dC_proj - dC_bsl - GHG - LK) x (1 - U) x (1 - K_risk) "
    "（式号未核对 / number not checked）",
    generic=False,
)
def credited_removal(
    stock_end: Operand,
    stock_start: Operand,
    baseline: Operand,
    emissions: Operand,
    leakage: Operand,
    uncertainty: Operand,
    risk: Operand,
) -> Operand:
    """The removal of a monitoring period that may be credited; positive is a removal.

    Emissions of other gases are entered as the CO2 that the methodology equates them with.
    """
    gain = carbon_to_co2(stock_end - stock_start) - baseline - emissions - leakage
    return gain * (1 - uncertainty) * (1 - risk)
