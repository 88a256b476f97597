"""Fuel combustion: CO2, CH4 and N2O from fuel burned.

The activity comes in three forms, as Chinese statistics print it: the fuel itself (t or m3), its
coal equivalent (tce, whose heat content depends on the kilocalorie it was built on), or its heat.
Every heat is on the net calorific basis.
"""

from collections.abc import Callable
from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2
from carbonledger.methods.product import product
from carbonledger.methods.registry import Formula, method

Operand = Any

# Gas fuels are counted in cubic metres and carry their heating value per cubic metre.
_FUEL = {"fuel": "t", "net_calorific_value": "TJ/t"}
_FUEL_VOLUME = {"fuel": "m3", "net_calorific_value": "TJ/m3"}
_COAL_EQUIVALENT = {"coal_equivalent": "tce", "heat_per_coal_equivalent": "TJ/tce"}
_HEAT = {"heat": "TJ"}
_CARBON = {"carbon_content": "t C/TJ", "oxidation_fraction": "1"}

_CARBON_SOURCE = "cn-provincial-2011"
_CARBON_EQUATION = "式(1.2) / eq 1.2; IPCC 2006 Vol. 2 Ch. 2 eq 2.2, box 2.2"
_TIER1_SOURCE = "ipcc-2006-v2"
_TIER1_EQUATION = "IPCC 2006 Vol. 2 Ch. 2 eq 2.1"
_BY_QUANTITY_SOURCE = "ceads-2018"
_BY_QUANTITY_EQUATION = "eq 1"

_CO2 = Text("化石燃料燃烧 CO₂（含碳量法）", "CO₂ of fuel combustion (carbon content)")
_CO2_TIER1 = Text("燃料燃烧 CO₂（排放因子法）", "CO₂ of fuel combustion (emission factor)")
_CO2_QUANTITY = Text("燃料燃烧 CO₂（实物量因子法）", "CO₂ of fuel combustion (factor per quantity)")
_CH4 = Text("燃料燃烧 CH₄", "CH₄ of fuel combustion")
_N2O = Text("燃料燃烧 N₂O", "N₂O of fuel combustion")


def _tier1(
    method_id: str,
    title: Text,
    gas: str,
    activity: dict[str, str],
    variants: tuple[dict[str, str], ...] = (),
) -> Callable[[Formula], Formula]:
    """Declare a formula of equation 2.1: heat of the fuel times a factor per heat."""
    return method(
        method_id,
        title=title,
        measure=gas,
        returns=f"t {gas}",
        units={**activity, f"{gas.lower()}_emission_factor": f"t {gas}/TJ"},
        variants=variants,
        source=_TIER1_SOURCE,
        equation=_TIER1_EQUATION,
        linear=True,
    )


@method(
    "energy.combustion.co2",
    title=_CO2,
    measure="CO2",
    returns="t CO2",
    units={**_FUEL, **_CARBON},
    variants=(_FUEL_VOLUME,),
    source=_CARBON_SOURCE,
    equation=_CARBON_EQUATION,
    linear=True,
)
def combustion_co2(
    fuel: Operand,
    net_calorific_value: Operand,
    carbon_content: Operand,
    oxidation_fraction: Operand,
) -> Operand:
    """CO2 from the carbon that the burned fuel contains and the share of it that oxidises."""
    return carbon_to_co2(fuel * net_calorific_value * carbon_content * oxidation_fraction)


@method(
    "energy.combustion.co2.coal_equivalent",
    title=_CO2,
    measure="CO2",
    returns="t CO2",
    units={**_COAL_EQUIVALENT, **_CARBON},
    source=_CARBON_SOURCE,
    equation=_CARBON_EQUATION,
    linear=True,
)
def combustion_co2_coal_equivalent(
    coal_equivalent: Operand,
    heat_per_coal_equivalent: Operand,
    carbon_content: Operand,
    oxidation_fraction: Operand,
) -> Operand:
    """CO2 of a fuel stated in coal equivalent; the heat per tce depends on the kilocalorie."""
    return carbon_to_co2(
        coal_equivalent * heat_per_coal_equivalent * carbon_content * oxidation_fraction
    )


@method(
    "energy.combustion.co2.heat",
    title=_CO2,
    measure="CO2",
    returns="t CO2",
    units={**_HEAT, **_CARBON},
    source=_CARBON_SOURCE,
    equation=_CARBON_EQUATION,
    linear=True,
)
def combustion_co2_heat(
    heat: Operand, carbon_content: Operand, oxidation_fraction: Operand
) -> Operand:
    """CO2 of a fuel stated by its net heat."""
    return carbon_to_co2(heat * carbon_content * oxidation_fraction)


@_tier1("energy.combustion.co2_tier1", _CO2_TIER1, "CO2", _FUEL, (_FUEL_VOLUME,))
def combustion_co2_tier1(
    fuel: Operand, net_calorific_value: Operand, co2_emission_factor: Operand
) -> Operand:
    """CO2 by the default factor per unit of heat, oxidation included."""
    return fuel * net_calorific_value * co2_emission_factor


@_tier1("energy.combustion.co2_tier1.coal_equivalent", _CO2_TIER1, "CO2", _COAL_EQUIVALENT)
def combustion_co2_tier1_coal_equivalent(
    coal_equivalent: Operand, heat_per_coal_equivalent: Operand, co2_emission_factor: Operand
) -> Operand:
    """CO2 by the default factor per unit of heat, oxidation included, from coal equivalent."""
    return coal_equivalent * heat_per_coal_equivalent * co2_emission_factor


@_tier1("energy.combustion.co2_tier1.heat", _CO2_TIER1, "CO2", _HEAT)
def combustion_co2_tier1_heat(heat: Operand, co2_emission_factor: Operand) -> Operand:
    """CO2 by the default factor per unit of heat, oxidation included, from heat."""
    return heat * co2_emission_factor


@_tier1("energy.combustion.ch4", _CH4, "CH4", _FUEL, (_FUEL_VOLUME,))
def combustion_ch4(
    fuel: Operand, net_calorific_value: Operand, ch4_emission_factor: Operand
) -> Operand:
    """CH4 by the factor of the sector and fuel."""
    return fuel * net_calorific_value * ch4_emission_factor


@_tier1("energy.combustion.ch4.coal_equivalent", _CH4, "CH4", _COAL_EQUIVALENT)
def combustion_ch4_coal_equivalent(
    coal_equivalent: Operand, heat_per_coal_equivalent: Operand, ch4_emission_factor: Operand
) -> Operand:
    """CH4 by the factor of the sector and fuel, from coal equivalent."""
    return coal_equivalent * heat_per_coal_equivalent * ch4_emission_factor


@_tier1("energy.combustion.ch4.heat", _CH4, "CH4", _HEAT)
def combustion_ch4_heat(heat: Operand, ch4_emission_factor: Operand) -> Operand:
    """CH4 by the factor of the sector and fuel, from heat."""
    return heat * ch4_emission_factor


@_tier1("energy.combustion.n2o", _N2O, "N2O", _FUEL, (_FUEL_VOLUME,))
def combustion_n2o(
    fuel: Operand, net_calorific_value: Operand, n2o_emission_factor: Operand
) -> Operand:
    """N2O by the factor of the sector and fuel."""
    return fuel * net_calorific_value * n2o_emission_factor


@_tier1("energy.combustion.n2o.coal_equivalent", _N2O, "N2O", _COAL_EQUIVALENT)
def combustion_n2o_coal_equivalent(
    coal_equivalent: Operand, heat_per_coal_equivalent: Operand, n2o_emission_factor: Operand
) -> Operand:
    """N2O by the factor of the sector and fuel, from coal equivalent."""
    return coal_equivalent * heat_per_coal_equivalent * n2o_emission_factor


@_tier1("energy.combustion.n2o.heat", _N2O, "N2O", _HEAT)
def combustion_n2o_heat(heat: Operand, n2o_emission_factor: Operand) -> Operand:
    """N2O by the factor of the sector and fuel, from heat."""
    return heat * n2o_emission_factor


@method(
    "energy.combustion.co2_by_quantity",
    title=_CO2_QUANTITY,
    measure="CO2",
    returns="t CO2",
    units={"fuel": "t", "co2_factor": "t CO2/t"},
    variants=({"fuel": "m3", "co2_factor": "t CO2/m3"},),
    source=_BY_QUANTITY_SOURCE,
    equation=_BY_QUANTITY_EQUATION,
    linear=True,
)
def combustion_co2_by_quantity(fuel: Operand, co2_factor: Operand) -> Operand:
    """CO2 by a factor per tonne or cubic metre of fuel."""
    return fuel * co2_factor


@method(
    "energy.combustion.co2_by_quantity.coal_equivalent",
    title=_CO2_QUANTITY,
    measure="CO2",
    returns="t CO2",
    units={
        "coal_equivalent": "tce",
        "coal_equivalent_coefficient": "tce/t",
        "co2_factor": "t CO2/t",
    },
    variants=({"coal_equivalent_coefficient": "tce/m3", "co2_factor": "t CO2/m3"},),
    source=_BY_QUANTITY_SOURCE,
    equation=_BY_QUANTITY_EQUATION,
    linear=True,
)
def combustion_co2_by_quantity_coal_equivalent(
    coal_equivalent: Operand, coal_equivalent_coefficient: Operand, co2_factor: Operand
) -> Operand:
    """CO2 by a factor per quantity, the quantity recovered from its coal equivalent."""
    return coal_equivalent / coal_equivalent_coefficient * co2_factor


for _key, _gas, _title in (("ch4", "CH4", _CH4), ("n2o", "N2O", _N2O)):
    product(
        f"energy.combustion.{_key}_by_quantity",
        title=Text(f"{_title.zh}（实物量因子法）", f"{_title.en} (factor per quantity)"),
        measure=_gas,
        units={"fuel": "t", f"{_key}_emission_factor": f"t {_gas}/t"},
        variants=({"fuel": "m3", f"{_key}_emission_factor": f"t {_gas}/m3"},),
        source=_TIER1_SOURCE,
        equation=_TIER1_EQUATION,
    )
