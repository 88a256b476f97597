"""Landfilled waste: CH4 by mass balance and by first-order decay.

Methane that is recovered is an entry of its own, with a negative result: it is measured at the
landfill, not for each kind of waste.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_methane, first_order_decay
from carbonledger.methods.registry import method

Operand = Any

_DEGRADABLE = {
    "waste": "t",
    "degradable_organic_carbon": "t C/t",
    "degradable_carbon_fraction": "1",
    "methane_correction_factor": "1",
    "methane_fraction": "1",
}
_OXIDATION = {"methane_oxidation_factor": "1"}


@method(
    "waste.landfill.ch4_mass_balance",
    title=Text("填埋处理 CH₄（质量平衡法）", "CH₄ of landfilled waste (mass balance)"),
    measure="CH4",
    returns="t CH4",
    units={**_DEGRADABLE, **_OXIDATION},
    source="cn-provincial-2011",
    equation="式(6.1) 和 (6.2)（式号未核对）/ eq 6.1 and 6.2 (numbers not checked)",
    linear=True,
)
def landfill_ch4_mass_balance(
    waste: Operand,
    degradable_organic_carbon: Operand,
    degradable_carbon_fraction: Operand,
    methane_correction_factor: Operand,
    methane_fraction: Operand,
    methane_oxidation_factor: Operand,
) -> Operand:
    """All the methane that the waste of a year will ever give, counted in that year."""
    carbon = (
        waste * degradable_organic_carbon * degradable_carbon_fraction * methane_correction_factor
    )
    return carbon_to_methane(carbon * methane_fraction) * (1 - methane_oxidation_factor)


@method(
    "waste.landfill.ch4_decay",
    title=Text("填埋处理 CH₄（一阶衰减法）", "CH₄ of landfilled waste (first-order decay)"),
    measure="CH4",
    returns="t CH4",
    units={**_DEGRADABLE, "decay_rate": "1/a", **_OXIDATION},
    source="ipcc-2006-v5",
    equation="IPCC 2006 Vol. 5 Ch. 3 eq 3.1, 3.2, 3.4 to 3.6",
    linear=True,
    series=(
        "D[T] = waste × degradable_organic_carbon × degradable_carbon_fraction × "
        "methane_correction_factor; S[T] = D[T] + S[T−1] × exp(−decay_rate); "
        "CH4[T] = S[T−1] × (1 − exp(−decay_rate)) × methane_fraction × 16/12 × "
        "(1 − methane_oxidation_factor)"
    ),
)
def landfill_ch4_decay(
    waste: Operand,
    degradable_organic_carbon: Operand,
    degradable_carbon_fraction: Operand,
    methane_correction_factor: Operand,
    methane_fraction: Operand,
    decay_rate: Operand,
    methane_oxidation_factor: Operand,
) -> Operand:
    """Methane of each year from what was buried in all the years before it."""
    deposited = (
        waste * degradable_organic_carbon * degradable_carbon_fraction * methane_correction_factor
    )
    decomposed = first_order_decay(deposited, decay_rate)
    return carbon_to_methane(decomposed * methane_fraction) * (1 - methane_oxidation_factor)


@method(
    "waste.landfill.recovery",
    title=Text("填埋气回收的 CH₄（扣除）", "CH₄ recovered from landfills (deducted)"),
    measure="CH4",
    returns="t CH4",
    units={"methane_recovered": "t CH4", **_OXIDATION},
    source="ipcc-2006-v5",
    equation="IPCC 2006 Vol. 5 Ch. 3 eq 3.1",
    linear=True,
)
def landfill_recovery(methane_recovered: Operand, methane_oxidation_factor: Operand) -> Operand:
    """What recovery takes off the emission: recovered methane would have been oxidised in part."""
    return -methane_recovered * (1 - methane_oxidation_factor)
