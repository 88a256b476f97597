"""Sinks of coastal and inland wetlands, estimated beforehand or afterwards: removals are positive.

Two kinds of activity: ``wetland_area`` is what stands in a year; ``area_planted`` is planted in a
year and stays (a series over consecutive years, planted area x surviving share). Biomass, dead
organic matter and soil are posted apart. The ways to soil carbon, the default of rewetting (eq 4.7)
and burial by the sediment (density x carbon x accretion), are alternatives and never added.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from carbonledger.errors import Text
from carbonledger.methods.cohorts import volumes
from carbonledger.methods.growth import logistic
from carbonledger.methods.math import carbon_to_co2, number_in, over_a_year
from carbonledger.methods.registry import method

Operand = Any
Formula = Callable[..., Operand]

_WETLANDS = "ipcc-2013-wetlands"
_CHAPTER_4 = "IPCC 2013 Wetlands Supplement Ch. 4"
_UNCHECKED = "（式号未核对）/ (number not checked)"
_STANDING = {"wetland_area": "ha"}
_PLANTED = {"area_planted": "ha", "survival_fraction": "1"}
_GROWTH = {
    "aboveground_growth": "t dm/ha/a",
    "root_shoot_ratio": "1",
    "biomass_carbon_fraction": "t C/t dm",
}
_BURIAL = "D7：密度×含碳率×沉积速率"


def _of_growth(values: Mapping[str, Operand]) -> Operand:
    whole = values["aboveground_growth"] * (1 + values["root_shoot_ratio"])
    return whole * values["biomass_carbon_fraction"]


def _of_sediment(values: Mapping[str, Operand]) -> Operand:
    carbon = values["dry_bulk_density"] * values["sediment_organic_carbon"]
    return carbon * values["sediment_accretion"]


def _of_density(values: Mapping[str, Operand]) -> Operand:
    return values["soil_carbon_density"] * values["sediment_accretion"]


def _of(name: str) -> Callable[[Mapping[str, Operand]], Operand]:
    return lambda values: values[name]


# The end of the method's name; title; measure; the arguments of the yearly rate per area; the rate;
# its sign in the estimate; source; equation.
_Rate = tuple[
    str, Text, str, Mapping[str, str], Callable[[Mapping[str, Operand]], Operand], int, str, str
]
_RATES: tuple[_Rate, ...] = (
    (
        "biomass.growth",
        Text("植被生物量碳汇（IPCC 第一层级生长量）", "Sink of biomass (Tier 1 growth)"),
        "CO2",
        _GROWTH,
        _of_growth,
        1,
        _WETLANDS,
        f"{_CHAPTER_4} eq 4.4; IPCC 2006 Vol. 4 Ch. 2 eq 2.9, 2.10",
    ),
    (
        "biomass.measured",
        Text("植被生物量碳汇（实测平均速率）", "Sink of biomass (measured mean rate)"),
        "CO2",
        {"biomass_carbon_growth": "t C/ha/a"},
        _of("biomass_carbon_growth"),
        1,
        _WETLANDS,
        f"{_CHAPTER_4} eq 4.4 (Tier 2)",
    ),
    (
        "litter",
        Text("枯落物和枯死木碳汇", "Sink of litter and dead wood"),
        "CO2",
        {"litter_carbon_growth": "t C/ha/a"},
        _of("litter_carbon_growth"),
        1,
        _WETLANDS,
        f"{_CHAPTER_4} eq 4.5 {_UNCHECKED}",
    ),
    (
        "soil.accumulation",
        Text("土壤碳积累（IPCC 恢复淹水缺省值）", "Soil accumulation (default of rewetting)"),
        "CO2",
        {"soil_carbon_accumulation": "t C/ha/a"},
        _of("soil_carbon_accumulation"),
        1,
        _WETLANDS,
        f"{_CHAPTER_4} eq 4.7 {_UNCHECKED}",
    ),
    (
        "soil.burial",
        Text("土壤碳埋藏（容重×有机碳含量×沉积速率）", "Burial (density x carbon x accretion)"),
        "CO2",
        {
            "dry_bulk_density": "t/m3",
            "sediment_organic_carbon": "t C/t",
            "sediment_accretion": "m3/ha/a",
        },
        _of_sediment,
        1,
        "hyt-0349-2022",
        f"{_BURIAL}{_UNCHECKED}",
    ),
    (
        "soil.burial_density",
        Text("土壤碳埋藏（有机碳密度×沉积速率）", "Burial (carbon density x accretion)"),
        "CO2",
        {"soil_carbon_density": "t C/m3", "sediment_accretion": "m3/ha/a"},
        _of_density,
        1,
        "hyt-0349-2022",
        f"{_BURIAL}{_UNCHECKED}",
    ),
    (
        "ch4",
        Text("恢复后 CH₄ 排放（扣除）", "CH₄ after restoration (deducted)"),
        "CH4",
        {"wetland_ch4_emission": "t CH4/ha/a"},
        _of("wetland_ch4_emission"),
        -1,
        _WETLANDS,
        f"{_CHAPTER_4} eq 4.9 {_UNCHECKED}",
    ),
)
_BASELINES: tuple[_Rate, ...] = (
    (
        "soil",
        Text("基线土壤碳积累（扣除）", "Soil accumulation of the baseline (deducted)"),
        "CO2",
        {"soil_carbon_accumulation": "t C/ha/a"},
        _of("soil_carbon_accumulation"),
        -1,
        _WETLANDS,
        f"{_CHAPTER_4} eq 4.7 {_UNCHECKED}",
    ),
    (
        "ch4",
        Text("基线 CH₄ 排放（避免，计为正）", "CH₄ of the baseline (avoided, counted positive)"),
        "CH4",
        {"wetland_ch4_emission": "t CH4/ha/a"},
        _of("wetland_ch4_emission"),
        1,
        "ipcc-2019-v4",
        "IPCC 2019 Vol. 4 Ch. 7 Table 7.12",
    ),
)


def _standing(rate: _Rate) -> Formula:
    _, _, measure, _, per_area, sign, _, _ = rate

    def formula(**values: Operand) -> Operand:
        mass = over_a_year(values["wetland_area"] * per_area(values))
        return sign * (carbon_to_co2(mass) if measure == "CO2" else mass)

    return formula


def _planted(rate: _Rate) -> Formula:
    """The rate on all that was planted up to the year, at full strength from its planting on."""
    _, _, measure, _, per_area, sign, _, _ = rate

    def formula(**values: Operand) -> Operand:
        area = values["area_planted"] * values["survival_fraction"]
        mass = over_a_year(np.cumsum(area) * per_area(values))
        return sign * (carbon_to_co2(mass) if measure == "CO2" else mass)

    return formula


def _declare(
    key: str, rate: _Rate, units: Mapping[str, str], formula: Formula, series: str = ""
) -> None:
    _, title, measure, _, _, _, source, equation = rate
    declare = method(
        key,
        title=title,
        measure=measure,
        returns=f"t {measure}",
        units=units,
        source=source,
        equation=equation,
        linear=True,
        series=series,
        generic=False,
    )
    declare(formula)


def _words(rate: _Rate) -> str:
    names = " × ".join(f"(1 + {name})" if name == "root_shoot_ratio" else name for name in rate[3])
    sign, turned = ("−" if rate[5] < 0 else ""), (" × 44/12" if rate[2] == "CO2" else "")
    return f"{sign}Σ(area_planted × survival_fraction) × {names}{turned}"


for _rate in _RATES:
    _declare(f"coast.standing.{_rate[0]}", _rate, {**_STANDING, **_rate[3]}, _standing(_rate))
    _declare(
        f"coast.planting.{_rate[0]}",
        _rate,
        {**_PLANTED, **_rate[3]},
        _planted(_rate),
        _words(_rate),
    )
for _rate in _BASELINES:
    _declare(
        f"coast.baseline.{_rate[0]}",
        _rate,
        {**_PLANTED, **_rate[3]},
        _planted(_rate),
        _words(_rate),
    )


@method(
    "coast.planting.biomass.curve",
    title=Text("植被生物量碳汇（逻辑斯蒂生长曲线）", "Sink of biomass (logistic growth curve)"),
    measure="CO2",
    returns="t CO2",
    units={
        **_PLANTED,
        "carbon_final_stock": "t C/ha",
        "carbon_stock_rate": "1/a",
        "carbon_stock_shape": "1",
    },
    source=_WETLANDS,
    equation=f"C(t) = A ÷ (1 + b·exp(−k·t)); {_CHAPTER_4} eq 4.4 (Tier 3)",
    linear=True,
    series=(
        "Σ area_planted × survival_fraction × [C(t) − C(t−1)] × 44/12; C(t) = carbon_final_stock "
        "÷ (1 + carbon_stock_shape × exp(−carbon_stock_rate × t)), t = years since planting"
    ),
    generic=False,
)
def planting_curve(
    area_planted: Operand,
    survival_fraction: Operand,
    carbon_final_stock: Operand,
    carbon_stock_rate: Operand,
    carbon_stock_shape: Operand,
) -> Operand:
    """What the cohorts gain from age to age: nothing in the year of planting, most in between."""
    rate, shape = number_in(carbon_stock_rate, "1/a"), number_in(carbon_stock_shape, "1")
    share = volumes(len(area_planted), lambda age: logistic(age, 1.0, rate, shape)).change
    gained = (area_planted * survival_fraction * carbon_final_stock * share).sum(axis=1)
    return carbon_to_co2(gained)
