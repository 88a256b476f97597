"""Conversion of forest to other uses of land: what is burned on site and elsewhere, what decays.

Biomass before and after is that above ground. Burning is that of the year; decay goes on for years,
so the guideline takes the mean area of the last ten. CH4 and N2O are those of burning on the land:
what is burned elsewhere is fuel and belongs to energy.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, carbon_to_methane, nitrogen_to_n2o
from carbonledger.methods.registry import method

Operand = Any

_PROVINCIAL = "cn-provincial-2011"
_LOST = {
    "area_converted": "ha",
    "aboveground_biomass": "t dm/ha",
    "aboveground_biomass_after": "t dm/ha",
}
_ON_SITE = {
    **_LOST,
    "burned_on_site": "1",
    "burning_oxidation": "1",
    "biomass_carbon_fraction": "t C/t dm",
}
_BURNING = "森林转化燃烧（式号未核对）/ burning at conversion (number not checked)"


@method(
    "forest.conversion.burning.co2",
    title=Text("森林转化燃烧 CO₂（现地和异地）", "CO₂ of forest conversion: burning"),
    measure="CO2",
    returns="t CO2",
    units={
        **_LOST,
        "burned_on_site": "1",
        "burned_off_site": "1",
        "burning_oxidation": "1",
        "biomass_carbon_fraction": "t C/t dm",
    },
    source=_PROVINCIAL,
    equation=_BURNING,
    linear=True,
)
def conversion_burning_co2(
    area_converted: Operand,
    aboveground_biomass: Operand,
    aboveground_biomass_after: Operand,
    burned_on_site: Operand,
    burned_off_site: Operand,
    burning_oxidation: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """CO2 of the biomass burned on the converted land and elsewhere, as far as it oxidises."""
    lost = area_converted * (aboveground_biomass - aboveground_biomass_after)
    burned = lost * (burned_on_site + burned_off_site) * burning_oxidation
    return carbon_to_co2(burned * biomass_carbon_fraction)


@method(
    "forest.conversion.burning.ch4",
    title=Text("森林转化现地燃烧 CH₄", "CH₄ of forest conversion: burning"),
    measure="CH4",
    returns="t CH4",
    units={**_ON_SITE, "methane_carbon_ratio": "1"},
    source=_PROVINCIAL,
    equation=_BURNING,
    linear=True,
)
def conversion_burning_ch4(
    area_converted: Operand,
    aboveground_biomass: Operand,
    aboveground_biomass_after: Operand,
    burned_on_site: Operand,
    burning_oxidation: Operand,
    biomass_carbon_fraction: Operand,
    methane_carbon_ratio: Operand,
) -> Operand:
    """CH4 of open burning on the converted land: a share of the carbon that is released."""
    lost = area_converted * (aboveground_biomass - aboveground_biomass_after)
    carbon = lost * burned_on_site * burning_oxidation * biomass_carbon_fraction
    return carbon_to_methane(carbon * methane_carbon_ratio)


@method(
    "forest.conversion.burning.n2o",
    title=Text("森林转化现地燃烧 N₂O", "N₂O of forest conversion: burning"),
    measure="N2O",
    returns="t N2O",
    units={
        **_ON_SITE,
        "nitrogen_carbon_ratio": "t N/t C",
        "n2o_nitrogen_ratio": "t N2O-N/t N",
    },
    source=_PROVINCIAL,
    equation=_BURNING,
    linear=True,
)
def conversion_burning_n2o(
    area_converted: Operand,
    aboveground_biomass: Operand,
    aboveground_biomass_after: Operand,
    burned_on_site: Operand,
    burning_oxidation: Operand,
    biomass_carbon_fraction: Operand,
    nitrogen_carbon_ratio: Operand,
    n2o_nitrogen_ratio: Operand,
) -> Operand:
    """N2O of open burning on the converted land, from the nitrogen that burns with the carbon."""
    lost = area_converted * (aboveground_biomass - aboveground_biomass_after)
    carbon = lost * burned_on_site * burning_oxidation * biomass_carbon_fraction
    return nitrogen_to_n2o(carbon * nitrogen_carbon_ratio * n2o_nitrogen_ratio)


@method(
    "forest.conversion.decay.co2",
    title=Text("森林转化分解 CO₂（十年平均面积）", "CO₂ of forest conversion: decay"),
    measure="CO2",
    returns="t CO2",
    units={**_LOST, "decay_fraction": "1", "biomass_carbon_fraction": "t C/t dm"},
    source=_PROVINCIAL,
    equation="森林转化分解（式号未核对）/ decay at conversion (number not checked)",
    linear=True,
)
def conversion_decay_co2(
    area_converted: Operand,
    aboveground_biomass: Operand,
    aboveground_biomass_after: Operand,
    decay_fraction: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """CO2 of the biomass that decays; the area is the yearly mean of the last ten years."""
    lost = area_converted * (aboveground_biomass - aboveground_biomass_after)
    return carbon_to_co2(lost * decay_fraction * biomass_carbon_fraction)


@method(
    "forest.conversion.stock",
    title=Text("土地转化当年的生物量碳变化 CO₂", "CO₂ of biomass in the year of land conversion"),
    measure="CO2",
    returns="t CO2",
    units={**_LOST, "biomass_carbon_fraction": "t C/t dm"},
    source="ipcc-2006-v4",
    equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.16",
    linear=True,
    generic=False,
)
def conversion_stock(
    area_converted: Operand,
    aboveground_biomass: Operand,
    aboveground_biomass_after: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """All the biomass carbon that the land loses (positive) or gains when its use changes."""
    lost = area_converted * (aboveground_biomass - aboveground_biomass_after)
    return carbon_to_co2(lost * biomass_carbon_fraction)
