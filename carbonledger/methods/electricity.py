"""Purchased electricity and heat: indirect CO2 where they are used (scope 2).

The factor is that of the grid: the average (location-based), or the average without the non-fossil
electricity that is traded, for what is not covered by contracts of its own (market-based).
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.product import product
from carbonledger.methods.registry import method

Operand = Any

_GRID = "t CO2/MWh"
_SOURCE = "cn-provincial-2011"
_ELECTRICITY_EQUATION = "式(1.15)（式号未核对）/ eq 1.15 (number not checked); GPC eq 6.2"
_HEAT_EQUATION = "企业核算指南：净购入热力 × 因子 / enterprise guidelines: heat purchased × factor"

_SERIES = (
    (
        "location",
        "grid_emission_factor",
        Text("外购电力间接排放（电网平均）", "Purchased electricity, grid average"),
    ),
    (
        "market",
        "residual_grid_emission_factor",
        Text(
            "外购电力间接排放（不含市场化交易的非化石电量）",
            "Purchased electricity, without traded non-fossil electricity",
        ),
    ),
)

for _name, _factor, _title in _SERIES:
    product(
        f"electricity.{_name}.co2",
        title=_title,
        measure="CO2",
        units={"electricity": "MWh", _factor: _GRID},
        source=_SOURCE,
        equation=_ELECTRICITY_EQUATION,
    )
    # An energy balance in coal equivalents counts electricity by its heat (当量值).
    product(
        f"electricity.{_name}.co2.coal_equivalent",
        title=_title,
        measure="CO2",
        units={
            "coal_equivalent": "tce",
            "heat_per_coal_equivalent": "MWh/tce",
            _factor: _GRID,
        },
        source=_SOURCE,
        equation=_ELECTRICITY_EQUATION,
    )


def _deducted(amount: Operand) -> Operand:
    return -amount


_EXPORTED = Text("调出电力间接排放（扣除）", "Electricity transferred out (deducted)")

product(
    "electricity.exported.co2",
    title=_EXPORTED,
    measure="CO2",
    units={"electricity": "MWh", "grid_emission_factor": _GRID},
    source=_SOURCE,
    equation=_ELECTRICITY_EQUATION,
    then=_deducted,
)
product(
    "electricity.exported.co2.coal_equivalent",
    title=_EXPORTED,
    measure="CO2",
    units={
        "coal_equivalent": "tce",
        "heat_per_coal_equivalent": "MWh/tce",
        "grid_emission_factor": _GRID,
    },
    source=_SOURCE,
    equation=_ELECTRICITY_EQUATION,
    then=_deducted,
)

_HEAT_FORMS = (
    ("", {"heat": "GJ"}),
    (".coal_equivalent", {"coal_equivalent": "tce", "heat_per_coal_equivalent": "GJ/tce"}),
)

for _ending, _activity in _HEAT_FORMS:
    product(
        f"heat.purchased.co2{_ending}",
        title=Text("外购热力间接排放", "Purchased heat"),
        measure="CO2",
        units={**_activity, "heat_emission_factor": "t CO2/GJ"},
        source="cn-enterprise-2013",
        equation=_HEAT_EQUATION,
    )
    product(
        f"heat.exported.co2{_ending}",
        title=Text("调出热力间接排放（扣除）", "Heat transferred out (deducted)"),
        measure="CO2",
        units={**_activity, "heat_emission_factor": "t CO2/GJ"},
        source="cn-enterprise-2013",
        equation=_HEAT_EQUATION,
        then=_deducted,
    )


_LOSSES = Text("外购电力的输配电损失", "Losses of purchased electricity on its way")
_LOSSES_EQUATION = (
    "GPC section 6.7 (number not checked)：用电量 × 线损率 ÷ (1 − 线损率) × 电网因子 / "
    "electricity used × loss rate / (1 - loss rate) × grid factor"
)


@method(
    "electricity.losses.co2",
    title=_LOSSES,
    measure="CO2",
    returns="t CO2",
    units={"electricity": "MWh", "grid_loss_fraction": "1", "grid_emission_factor": _GRID},
    source="gpc-2021",
    equation=_LOSSES_EQUATION,
    linear=True,
)
def losses_co2(
    electricity: Operand, grid_loss_fraction: Operand, grid_emission_factor: Operand
) -> Operand:
    """CO2 of what is lost of the electricity supplied so that the amount used arrives."""
    return electricity * (grid_loss_fraction / (1 - grid_loss_fraction)) * grid_emission_factor


@method(
    "electricity.losses.co2.coal_equivalent",
    title=_LOSSES,
    measure="CO2",
    returns="t CO2",
    units={
        "coal_equivalent": "tce",
        "heat_per_coal_equivalent": "MWh/tce",
        "grid_loss_fraction": "1",
        "grid_emission_factor": _GRID,
    },
    source="gpc-2021",
    equation=_LOSSES_EQUATION,
    linear=True,
)
def losses_co2_coal_equivalent(
    coal_equivalent: Operand,
    heat_per_coal_equivalent: Operand,
    grid_loss_fraction: Operand,
    grid_emission_factor: Operand,
) -> Operand:
    """The same for electricity stated in coal equivalent by its heat."""
    used = coal_equivalent * heat_per_coal_equivalent
    return losses_co2(used, grid_loss_fraction, grid_emission_factor)
