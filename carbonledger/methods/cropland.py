"""Sinks of cropland soil, tea plantations, orchards and urban green: removals are positive."""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, over_a_year
from carbonledger.methods.product import product
from carbonledger.methods.registry import method

Operand = Any

_CHAPTER_2 = "IPCC 2006 Vol. 4 Ch. 2"
_FACTORS = ("land_use_factor", "management_factor", "input_factor")


@method(
    "cropland.soil",
    title=Text(
        "农田矿质土壤有机碳变化（碳汇）", "Change of mineral soil carbon of cropland (sink)"
    ),
    measure="CO2",
    returns="t CO2",
    units={
        "cropland_area": "ha",
        "soil_reference_stock": "t C/ha",
        **{f"{name}_{end}": "1" for end in ("before", "after") for name in _FACTORS},
        "soil_transition": "a",
    },
    source="ipcc-2006-v4",
    equation=f"{_CHAPTER_2} eq 2.25",
    linear=True,
    generic=False,
)
def cropland_soil(
    cropland_area: Operand,
    soil_reference_stock: Operand,
    land_use_factor_before: Operand,
    management_factor_before: Operand,
    input_factor_before: Operand,
    land_use_factor_after: Operand,
    management_factor_after: Operand,
    input_factor_after: Operand,
    soil_transition: Operand,
) -> Operand:
    """Soil to 30 cm goes from one steady state to the next over the years of transition."""
    before = land_use_factor_before * management_factor_before * input_factor_before
    after = land_use_factor_after * management_factor_after * input_factor_after
    gained = cropland_area * soil_reference_stock * (after - before)
    return carbon_to_co2(over_a_year(gained / soil_transition))


product(
    "cropland.young_perennials",
    title=Text("未成熟茶园、果园地上生物量碳汇", "Sink of young tea plantations and orchards"),
    measure="CO2",
    units={"young_area": "ha", "biomass_carbon_growth": "t C/ha/a"},
    source="ipcc-2019-v4",
    equation="IPCC 2019 Vol. 4 Ch. 5 section 5.2.1, Table 5.3; 0 after maturity",
    then=lambda carbon: carbon_to_co2(over_a_year(carbon)),
    generic=False,
)

product(
    "cropland.urban_green.crown",
    title=Text("城市绿地碳汇（按树冠覆盖面积）", "Sink of urban green (by crown cover)"),
    measure="CO2",
    units={"crown_area": "ha", "crown_carbon_growth": "t C/ha/a"},
    source="ipcc-2006-v4",
    equation="IPCC 2006 Vol. 4 Ch. 8 eq 8.2 (Tier 2a)（式号未核对）/ (number not checked)",
    then=lambda carbon: carbon_to_co2(over_a_year(carbon)),
    generic=False,
)
