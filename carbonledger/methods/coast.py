"""Coastal and inland wetlands in the inventory: emissions and removals as the atmosphere has them.

IPCC 2013 Wetlands Supplement, chapter 4: soil that is extracted, drained or rewetted, methane by
salinity, nitrous oxide of aquaculture. Emissions are positive, removals negative. The carbon of
soil that is disturbed may also be let decay with a half-life (InVEST) instead of all in the year.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import (
    carbon_to_co2,
    first_order_decay,
    log,
    nitrogen_to_n2o,
    over_a_year,
)
from carbonledger.methods.product import product
from carbonledger.methods.registry import method

Operand = Any

_WETLANDS = "ipcc-2013-wetlands"
_CHAPTER_4 = "IPCC 2013 Wetlands Supplement Ch. 4"
_UNCHECKED = "（式号未核对）/ (number not checked)"


@method(
    "coast.inventory.extraction",
    title=Text("滨海湿地开挖（围垦、挖塘）CO₂，当年全部排放", "CO₂ of extraction, all in the year"),
    measure="CO2",
    returns="t CO2",
    units={
        "extracted_area": "ha",
        "soil_carbon_stock": "t C/ha",
        "soil_carbon_after": "t C/ha",
    },
    source=_WETLANDS,
    equation=f"{_CHAPTER_4} eq 4.6 {_UNCHECKED}",
    linear=True,
    generic=False,
)
def extraction(
    extracted_area: Operand, soil_carbon_stock: Operand, soil_carbon_after: Operand
) -> Operand:
    """Soil to one metre that is dug out is lost in the year of the work (Tier 1)."""
    return carbon_to_co2(extracted_area * (soil_carbon_stock - soil_carbon_after))


@method(
    "coast.inventory.disturbance",
    title=Text("滨海湿地扰动后土壤碳按半衰期排放 CO₂", "CO₂ of disturbed soil that decays"),
    measure="CO2",
    returns="t CO2",
    units={
        "extracted_area": "ha",
        "soil_carbon_stock": "t C/ha",
        "disturbed_fraction": "1",
        "soil_half_life": "a",
    },
    source="invest-coastal-blue-carbon",
    equation="InVEST Coastal Blue Carbon: E(t) = D × [0.5^((t−r−1)/H) − 0.5^((t−r)/H)]",
    linear=True,
    series=(
        "D[T] = extracted_area × soil_carbon_stock × disturbed_fraction; S[T] = D[T] + S[T−1] × "
        "0.5^(1 ÷ soil_half_life); CO2[T] = S[T−1] × (1 − 0.5^(1 ÷ soil_half_life)) × 44/12"
    ),
    generic=False,
)
def disturbance(
    extracted_area: Operand,
    soil_carbon_stock: Operand,
    disturbed_fraction: Operand,
    soil_half_life: Operand,
) -> Operand:
    """What was disturbed decays from the next year on; over the years all of it is emitted."""
    disturbed = extracted_area * soil_carbon_stock * disturbed_fraction
    return carbon_to_co2(first_order_decay(disturbed, log(2.0) / soil_half_life))


product(
    "coast.inventory.drainage",
    title=Text("滨海湿地排干 CO₂", "CO₂ of drained coastal wetlands"),
    measure="CO2",
    units={"drained_area": "ha", "drainage_carbon_loss": "t C/ha/a"},
    source=_WETLANDS,
    equation=f"{_CHAPTER_4} eq 4.8 {_UNCHECKED}",
    then=lambda carbon: carbon_to_co2(over_a_year(carbon)),
    generic=False,
)

product(
    "coast.inventory.rewetting.co2",
    title=Text("滨海湿地恢复淹水、植被重建后土壤 CO₂", "CO₂ of rewetted and revegetated soil"),
    measure="CO2",
    units={"rewetted_area": "ha", "soil_carbon_accumulation": "t C/ha/a"},
    source=_WETLANDS,
    equation=f"{_CHAPTER_4} eq 4.7 {_UNCHECKED}",
    then=lambda carbon: -carbon_to_co2(over_a_year(carbon)),
    generic=False,
)

product(
    "coast.inventory.rewetting.ch4",
    title=Text("滨海湿地恢复淹水后 CH₄（按盐度）", "CH₄ of rewetted coastal land (by salinity)"),
    measure="CH4",
    units={"rewetted_area": "ha", "wetland_ch4_emission": "t CH4/ha/a"},
    source=_WETLANDS,
    equation=f"{_CHAPTER_4} eq 4.9 {_UNCHECKED}",
    then=over_a_year,
    generic=False,
)

product(
    "coast.inventory.aquaculture.n2o",
    title=Text("滨海湿地水产养殖 N₂O", "N₂O of aquaculture in coastal wetlands"),
    measure="N2O",
    units={"fish_production": "t", "fish_n2o_nitrogen": "t N2O-N/t"},
    source=_WETLANDS,
    equation=f"{_CHAPTER_4} eq 4.10",
    then=nitrogen_to_n2o,
    generic=False,
)
