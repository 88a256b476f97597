"""Water retention, flood regulation and coastal protection.

The runoff R of the water balance is that of storms. What the balance leaves may be negative where
more evaporates than falls (wetlands, dry years); whether that is kept or set to 0 differs between
standards, so both are methods.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import exp, maximum, number_in, of_unit
from carbonledger.methods.registry import Formula
from carbonledger.methods.service import (
    annual,
    annualised,
    capital_as_annual,
    per_year,
    service,
)

Operand = Any

_HJ = "hj-1173-2021"
_GARZE = "gep-garze-2017"
_STORAGE = (
    annual("storage_cost", "CNY/m3"),
    annualised("reservoir_capital_cost", "CNY/m3"),
    capital_as_annual("reservoir_capital_cost", "CNY/m3"),
)
_RAIN = {"area": "m2", "precipitation": "m"}
_STORAGE_UNIT = 10_000  # the regression of lakes gives 1e4 m3


def zhang_evapotranspiration(
    precipitation: Operand, potential_evapotranspiration: Operand, plant_water_coefficient: Operand
) -> Operand:
    """Actual evapotranspiration by Zhang et al. 2001, in the unit of the precipitation."""
    dryness = potential_evapotranspiration / precipitation
    demand = 1 + plant_water_coefficient * dryness
    return precipitation * demand / (demand + 1 / dryness)


def fu_evapotranspiration(
    precipitation: Operand, potential_evapotranspiration: Operand, fu_exponent: Operand
) -> Operand:
    """Actual evapotranspiration by Fu 1981, in the unit of the precipitation."""
    dryness = potential_evapotranspiration / precipitation
    return precipitation * (1 + dryness - (1 + dryness**fu_exponent) ** (1 / fu_exponent))


def _measured(
    area: Operand,
    precipitation: Operand,
    runoff_coefficient: Operand,
    evapotranspiration: Operand,
) -> Operand:
    return area * (precipitation - precipitation * runoff_coefficient - evapotranspiration)


def _by_depths(
    area: Operand, precipitation: Operand, storm_runoff: Operand, evapotranspiration: Operand
) -> Operand:
    return area * (precipitation - storm_runoff - evapotranspiration)


def _by_zhang(
    area: Operand,
    precipitation: Operand,
    runoff_coefficient: Operand,
    potential_evapotranspiration: Operand,
    plant_water_coefficient: Operand,
) -> Operand:
    actual = zhang_evapotranspiration(
        precipitation, potential_evapotranspiration, plant_water_coefficient
    )
    return _measured(area, precipitation, runoff_coefficient, actual)


def _by_fu(
    area: Operand,
    precipitation: Operand,
    runoff_coefficient: Operand,
    potential_evapotranspiration: Operand,
    fu_exponent: Operand,
) -> Operand:
    actual = fu_evapotranspiration(precipitation, potential_evapotranspiration, fu_exponent)
    return _measured(area, precipitation, runoff_coefficient, actual)


def _not_below_zero(formula: Formula) -> Formula:
    def clipped(**values: Operand) -> Operand:
        amount = formula(**values)
        return maximum(amount, amount * 0)

    return clipped


_RUNOFF = {"runoff_coefficient": "1"}
_POTENTIAL = {**_RAIN, **_RUNOFF, "potential_evapotranspiration": "m"}
for _key, _name, _units, _formula, _equation in (
    (
        "balance",
        Text("水量平衡，实际蒸散", "water balance, actual evapotranspiration"),
        {**_RAIN, **_RUNOFF, "evapotranspiration": "m"},
        _measured,
        "附录 A 式(A.1) / Annex A, eq A.1; R = α·P",
    ),
    (
        "balance_runoff",
        Text("水量平衡，实测暴雨径流", "water balance, storm runoff measured"),
        {**_RAIN, "storm_runoff": "m", "evapotranspiration": "m"},
        _by_depths,
        "附录 A 式(A.1) / Annex A, eq A.1",
    ),
    (
        "zhang",
        Text("水量平衡，Zhang 蒸散", "water balance, evapotranspiration by Zhang"),
        {**_POTENTIAL, "plant_water_coefficient": "1"},
        _by_zhang,
        "式(A.1) / eq A.1; AET: Zhang et al. 2001（式号未核对 / number not checked）",
    ),
    (
        "fu",
        Text("水量平衡，傅抱璞蒸散", "water balance, evapotranspiration by Fu"),
        {**_POTENTIAL, "fu_exponent": "1"},
        _by_fu,
        "式(A.1) / eq A.1; AET: Fu 1981（式号未核对 / number not checked）",
    ),
):
    service(
        f"gep.water_retention.{_key}",
        title=Text(f"水源涵养（{_name.zh}）", f"Water retention ({_name.en})"),
        units=_units,
        formula=_formula,
        source=_HJ,
        equation=_equation,
        measure="water_retained",
        returns="m3",
        prices=_STORAGE,
    )
    service(
        f"gep.water_retention.{_key}.not_below_zero",
        title=Text(
            f"水源涵养（{_name.zh}，负值记 0）", f"Water retention ({_name.en}, not below 0)"
        ),
        units=_units,
        formula=_not_below_zero(_formula),
        source=_HJ,
        equation=_equation,
        measure="water_retained",
        returns="m3",
        prices=_STORAGE,
    )
service(
    "gep.water_retention.entered",
    title=Text("水源涵养（录入涵养量）", "Water retention (quantity entered)"),
    units={"water_retained": "m3"},
    source=_GARZE,
    equation="Q as entered / 录入量",
    measure="water_retained",
    returns="m3",
    prices=_STORAGE,
)

# Flood regulation.


def _storm(area: Operand, storm_rainfall: Operand, storm_runoff: Operand) -> Operand:
    return area * (storm_rainfall - storm_runoff)


def _lake(
    lake_area: Operand, lake_intercept: Operand, lake_slope: Operand, water_exchanges: Operand
) -> Operand:
    storage = exp(lake_intercept) * number_in(lake_area, "km2") ** lake_slope
    return of_unit(storage * _STORAGE_UNIT, "m3", lake_area) * water_exchanges


def _marsh_soil(
    area: Operand,
    soil_depth: Operand,
    soil_bulk_density: Operand,
    saturated_water_content: Operand,
    initial_water_content: Operand,
    water_density: Operand,
) -> Operand:
    held = saturated_water_content - initial_water_content
    return area * soil_depth * soil_bulk_density * held / water_density


for _key, _name, _units, _shape, _source, _equation in (
    (
        "vegetation.storm",
        Text("植被：暴雨径流法", "vegetation, by storms"),
        {"area": "m2", "storm_rainfall": "m", "storm_runoff": "m"},
        _storm,
        "gep-mee-2020",
        "C = Σ (P − R)·A（式号未核对 / number not checked）",
    ),
    (
        "vegetation.benefit",
        Text("植被：减少径流效益系数法", "vegetation, by the benefit coefficient"),
        {**_RAIN, "runoff_rain_share": "1", "runoff_benefit_coefficient": "1"},
        None,
        "gep-miao-2017",
        "式(7)—(9) / eq 7 to 9: Q = A·J0·K·R",
    ),
    (
        "lake.regression",
        Text("湖泊：按面积的经验公式", "lakes, by area"),
        {"lake_area": "km2", "lake_intercept": "1", "lake_slope": "1", "water_exchanges": "1"},
        _lake,
        "gep-rao-2014",
        "C = e^b·A^a·T, C [1e4 m3], A [km2]（式号未核对 / number not checked）",
    ),
    (
        "reservoir.capacity",
        Text("水库：按总库容", "reservoirs, by total capacity"),
        {"reservoir_capacity": "m3", "flood_capacity_share": "1"},
        None,
        _GARZE,
        "2.4.4: C = 0.35·C_total",
    ),
    (
        "marsh.surface",
        Text("沼泽：地表滞水", "marshes, water on the surface"),
        {"area": "m2", "surface_water_depth": "m"},
        None,
        _GARZE,
        "2.4.4: C = 0.3 m·S",
    ),
    (
        "marsh.soil",
        Text("沼泽：土壤蓄水", "marshes, water in the soil"),
        {
            "area": "m2",
            "soil_depth": "m",
            "soil_bulk_density": "t/m3",
            "saturated_water_content": "1",
            "initial_water_content": "1",
            "water_density": "t/m3",
        },
        _marsh_soil,
        "gep-mee-2020",
        "C = S·h·ρ·(F − E)/ρw（式号未核对 / number not checked）",
    ),
    (
        "entered",
        Text("录入调蓄量", "quantity entered"),
        {"flood_regulated": "m3"},
        None,
        _GARZE,
        "Q as entered / 录入量",
    ),
):
    service(
        f"gep.flood.{_key}",
        title=Text(f"洪水调蓄（{_name.zh}）", f"Flood regulation ({_name.en})"),
        units=_units,
        formula=_shape,
        source=_source,
        equation=_equation,
        linear=_shape is not _lake,
        measure="flood_regulated",
        returns="m3",
        prices=_STORAGE,
    )

service(
    "gep.coast",
    title=Text("海岸带防护", "Coastal protection"),
    measure="coast_protected",
    returns="km",
    units={"coast_length": "km"},
    prices=(
        per_year("dyke_cost", "CNY/km/a"),
        annualised("dyke_capital_cost", "CNY/km"),
        capital_as_annual("dyke_capital_cost", "CNY/km"),
    ),
    source="gep-mee-2020",
    equation="V = Σ L·c（式号未核对 / number not checked）",
)
