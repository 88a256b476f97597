"""Forest beyond the volume of living trees: dead wood, litter, soil, biomass by Fang's line.

A result is what the atmosphere receives: removals are negative, emissions positive. The land is the
same at both ends of an interval, so that no carbon seems to appear with a change of area.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, over_a_year
from carbonledger.methods.registry import method

Operand = Any

_CHAPTER_2 = "IPCC 2006 Vol. 4 Ch. 2"
_FANG = "B = aV + b（方精云等 2001）/ B = aV + b (Fang et al. 2001)"
_CARBON = {"biomass_carbon_fraction": "t C/t dm"}


def _released(carbon: Operand, years: Operand) -> Operand:
    """CO2 released in a year when a stock of carbon rises by this much over some years."""
    return -carbon_to_co2(over_a_year(carbon / years))


@method(
    "forest.dead_wood.stock_change",
    title=Text("枯死木碳储量变化 CO₂", "CO₂ of the change of dead wood"),
    measure="CO2",
    returns="t CO2",
    units={
        "dead_wood_area": "ha",
        "dead_wood_before": "t C/ha",
        "dead_wood_after": "t C/ha",
        "interval": "a",
    },
    source="ipcc-2006-v4",
    equation=f"{_CHAPTER_2} eq 2.19",
    linear=True,
    generic=False,
)
def dead_wood_stock_change(
    dead_wood_area: Operand, dead_wood_before: Operand, dead_wood_after: Operand, interval: Operand
) -> Operand:
    """Dead wood of the same stands at two surveys."""
    return _released(dead_wood_area * (dead_wood_after - dead_wood_before), interval)


@method(
    "forest.litter.stock_change",
    title=Text("枯落物碳储量变化 CO₂", "CO₂ of the change of litter"),
    measure="CO2",
    returns="t CO2",
    units={
        "litter_area": "ha",
        "litter_before": "t C/ha",
        "litter_after": "t C/ha",
        "interval": "a",
    },
    source="ipcc-2006-v4",
    equation=f"{_CHAPTER_2} eq 2.19",
    linear=True,
    generic=False,
)
def litter_stock_change(
    litter_area: Operand, litter_before: Operand, litter_after: Operand, interval: Operand
) -> Operand:
    """Litter of the same stands at two surveys."""
    return _released(litter_area * (litter_after - litter_before), interval)


@method(
    "forest.dead_organic_matter.conversion",
    title=Text(
        "转化为林地后枯死木和枯落物积累 CO₂",
        "CO₂ of dead wood and litter on land converted to forest",
    ),
    measure="CO2",
    returns="t CO2",
    units={
        "dead_organic_matter_area": "ha",
        "dead_wood_stock": "t C/ha",
        "litter_stock": "t C/ha",
        "dead_organic_matter_before": "t C/ha",
        "dead_organic_matter_transition": "a",
    },
    source="ipcc-2006-v4",
    equation=f"{_CHAPTER_2} eq 2.23",
    linear=True,
    generic=False,
)
def dead_organic_matter_conversion(
    dead_organic_matter_area: Operand,
    dead_wood_stock: Operand,
    litter_stock: Operand,
    dead_organic_matter_before: Operand,
    dead_organic_matter_transition: Operand,
) -> Operand:
    """Both pools of forest grow linearly over the years of transition of the converted land."""
    gained = dead_wood_stock + litter_stock - dead_organic_matter_before
    return _released(dead_organic_matter_area * gained, dead_organic_matter_transition)


@method(
    "forest.soil.stock_change",
    title=Text("林地矿质土壤有机碳变化 CO₂", "CO₂ of the change of mineral soil carbon"),
    measure="CO2",
    returns="t CO2",
    units={
        "soil_area": "ha",
        "soil_reference_stock": "t C/ha",
        "soil_factor_before": "1",
        "soil_factor_after": "1",
        "soil_transition": "a",
    },
    source="ipcc-2006-v4",
    equation=f"{_CHAPTER_2} eq 2.25",
    linear=True,
    generic=False,
)
def soil_stock_change(
    soil_area: Operand,
    soil_reference_stock: Operand,
    soil_factor_before: Operand,
    soil_factor_after: Operand,
    soil_transition: Operand,
) -> Operand:
    """Soil to 30 cm; each factor is the product F_LU x F_MG x F_I of the use of the land."""
    gained = soil_reference_stock * (soil_factor_after - soil_factor_before)
    return _released(soil_area * gained, soil_transition)


@method(
    "forest.continuous.stock_change",
    title=Text(
        "两次调查间的生物量变化 CO₂（连续函数法，同一林地）",
        "CO₂ of the change of biomass between two surveys (B = aV + b, the same stands)",
    ),
    measure="CO2",
    returns="t CO2",
    units={
        "stand_area": "ha",
        "volume_per_area_before": "m3/ha",
        "volume_per_area_after": "m3/ha",
        "interval": "a",
        "biomass_slope": "t dm/m3",
        **_CARBON,
    },
    source="fang-2001",
    equation=f"{_FANG}; {_CHAPTER_2} eq 2.8",
    linear=True,
    generic=False,
)
def continuous_stock_change(
    stand_area: Operand,
    volume_per_area_before: Operand,
    volume_per_area_after: Operand,
    interval: Operand,
    biomass_slope: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """On the same stands the intercept stands on both sides and cancels."""
    gained = biomass_slope * (volume_per_area_after - volume_per_area_before)
    return _released(stand_area * gained * biomass_carbon_fraction, interval)


@method(
    "forest.continuous.new_stands",
    title=Text(
        "两次调查间新成林的生物量 CO₂（连续函数法）",
        "CO₂ of the biomass of stands that came in between two surveys (B = aV + b)",
    ),
    measure="CO2",
    returns="t CO2",
    units={
        "new_stand_area": "ha",
        "volume_per_area": "m3/ha",
        "interval": "a",
        "biomass_slope": "t dm/m3",
        "biomass_intercept": "t dm/ha",
        **_CARBON,
    },
    source="fang-2001",
    equation=f"{_FANG}; {_CHAPTER_2} eq 2.8",
    linear=True,
    generic=False,
)
def continuous_new_stands(
    new_stand_area: Operand,
    volume_per_area: Operand,
    interval: Operand,
    biomass_slope: Operand,
    biomass_intercept: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """Stands that reached the survey's threshold; those that fell out have a negative area."""
    biomass = new_stand_area * (biomass_slope * volume_per_area + biomass_intercept)
    return _released(biomass * biomass_carbon_fraction, interval)
