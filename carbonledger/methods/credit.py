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
        "closing_stock": "t C",
        "opening_stock": "t C",
        "baseline_removal": "t CO2",
        "boundary_emissions": "t CO2",
        "leakage": "t CO2",
        "uncertainty_deduction": "1",
        "risk_deduction": "1",
    },
    source="ccer-14-001-v01",
    equation="CDR = (dC_proj - dC_bsl - GHG - LK) x (1 - U) x (1 - K_risk) "
    "（式号未核对 / number not checked）",
    generic=False,
)
def credited_removal(
    closing_stock: Operand,
    opening_stock: Operand,
    baseline_removal: Operand,
    boundary_emissions: Operand,
    leakage: Operand,
    uncertainty_deduction: Operand,
    risk_deduction: Operand,
) -> Operand:
    """The removal of a monitoring period that may be credited; positive is a removal.

    Emissions of other gases are entered as the CO2 that the methodology equates them with.
    """
    gain = carbon_to_co2(closing_stock - opening_stock)
    gain = gain - baseline_removal - boundary_emissions - leakage
    return gain * (1 - uncertainty_deduction) * (1 - risk_deduction)
