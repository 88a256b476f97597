"""Forests in the inventory: what stands take up and what is consumed.

A result is what the atmosphere receives: removals are negative, emissions positive. Dry matter, its
carbon and the CO2 of that carbon are substances of their own, so that none is taken for another.

The biomass of a volume of wood is wood density x expansion factor. Three ways to it never mix: the
expansion factor of whole trees (roots included), that of the parts above ground with the root-shoot
ratio, and means of all species weighted by their volume. An entry that gives the factor of whole
trees and a root-shoot ratio is refused: the roots would be counted twice.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.methods.math import carbon_to_co2, over_a_year
from carbonledger.methods.registry import method

__all__ = ["continuous_biomass"]

Operand = Any

_PROVINCIAL = "cn-provincial-2011"
_IPCC = "ipcc-2006-v4"
_CHAPTER_2 = "IPCC 2006 Vol. 4 Ch. 2"
_UNCHECKED = Text("式号未核对", "number not checked")
# Gross growth is a flow within the forest: it has no CO2 equivalent of its own to be added.
_GROWTH = "CO2_growth"
_CARBON = {"biomass_carbon_fraction": "t C/t dm"}
_WITH_ROOTS = {"root_shoot_ratio": "1", **_CARBON}


class _Expansion(NamedTuple):
    """A way from a volume of wood to the carbon of its biomass."""

    key: str
    name: Text
    units: Mapping[str, str]


_EXPANSIONS = (
    _Expansion(
        "whole_tree",
        Text("全林扩展系数", "expansion factor of whole trees"),
        {"basic_wood_density": "t dm/m3", "biomass_expansion_factor_total": "1", **_CARBON},
    ),
    _Expansion(
        "above_ground",
        Text("地上扩展系数和根茎比", "expansion factor above ground and root-shoot ratio"),
        {
            "basic_wood_density": "t dm/m3",
            "biomass_expansion_factor_aboveground": "1",
            **_WITH_ROOTS,
        },
    ),
    _Expansion(
        "mean",
        Text("各树种按蓄积加权的平均值", "means of all species, weighted by volume"),
        {"mean_wood_density": "t dm/m3", "mean_biomass_expansion_factor_total": "1", **_CARBON},
    ),
)


def _declare(
    method_id: str,
    title: Text,
    units: Mapping[str, str],
    *,
    sign: int,
    source: str,
    equation: str,
    generic: bool,
    measure: str = "CO2",
) -> None:
    """Declare CO2 as the carbon that is the product of the arguments, with the sign of the flow.

    Two arguments do not simply multiply: roots come on top of what is above ground (1 + ratio), and
    an interval of years divides.
    """

    def formula(**values: Operand) -> Operand:
        carbon = values[names[0]]
        for name in names[1:]:
            if name == "interval":
                carbon = carbon / values[name]
            else:
                carbon = carbon * (1 + values[name] if name == "root_shoot_ratio" else values[name])
        if yearly:
            carbon = over_a_year(carbon)
        return carbon_to_co2(carbon) if sign > 0 else -carbon_to_co2(carbon)

    names = tuple(units)
    # What is given per year amounts to that in the year of the entry; so does a change / interval.
    yearly = any(unit.endswith("/a") or name == "interval" for name, unit in units.items())
    declare = method(
        method_id,
        title=title,
        measure=measure,
        returns="t CO2",
        units=units,
        source=source,
        equation=equation,
        linear=True,
        generic=generic,
    )
    declare(formula)


# The key of a flow of wood; its title; the activity and what turns it into a volume of the year;
# the sign; the source and the equation; whether a quantity without a name may be the activity.
_FLOWS: tuple[tuple[str, Text, Mapping[str, str], int, str, str, bool], ...] = (
    (
        "growth",
        Text("林木蓄积生长吸收 CO₂", "CO₂ removed by the growth of stands"),
        {"growing_stock": "m3", "growth_rate": "1/a"},
        -1,
        _PROVINCIAL,
        f"乔木林和散生木生长（{_UNCHECKED.zh}）/ growth of stands ({_UNCHECKED.en})",
        True,
    ),
    (
        "consumption",
        Text("活立木消耗排放 CO₂", "CO₂ emitted by the consumption of living trees"),
        {"growing_stock": "m3", "consumption_rate": "1/a"},
        1,
        _PROVINCIAL,
        f"活立木消耗（{_UNCHECKED.zh}）/ consumption of living trees ({_UNCHECKED.en})",
        True,
    ),
    (
        "stock_change",
        Text("两次调查间的蓄积变化 CO₂", "CO₂ of the change of volume between two surveys"),
        {"stock_change": "m3", "interval": "a"},
        -1,
        _IPCC,
        f"{_CHAPTER_2} eq 2.5, 2.8",
        False,
    ),
    (
        "annual_stock_change",
        Text("蓄积年均变化 CO₂", "CO₂ of the mean yearly change of volume"),
        {"annual_stock_change": "m3/a"},
        -1,
        _IPCC,
        f"{_CHAPTER_2} eq 2.5, 2.8",
        False,
    ),
    (
        "sink.stock_change",
        Text("蓄积增量的碳汇（估算）", "Sink of an increase of volume (estimate)"),
        {"stock_change": "m3", "interval": "a"},
        1,
        _IPCC,
        f"{_CHAPTER_2} eq 2.5, 2.8",
        False,
    ),
    (
        "sink.growth",
        Text("林分年生长的碳汇（估算，毛生长）", "Sink of the yearly growth of stands (gross)"),
        {"annual_growth": "m3/a"},
        1,
        _IPCC,
        f"{_CHAPTER_2} eq 2.9, 2.10 (Tier 2, 3; BCEF = D x BEF)",
        False,
    ),
    (
        "sink.consumption",
        Text("活立木年消耗（估算，扣除）", "Yearly consumption of stands (deducted)"),
        {"annual_consumption": "m3/a"},
        -1,
        _IPCC,
        f"{_CHAPTER_2} eq 2.12 (BCEF = D x BEF)",
        False,
    ),
    (
        "wood_removed",
        Text("木材采伐排放 CO₂", "CO₂ of wood removals"),
        {"wood_removed": "m3"},
        1,
        _IPCC,
        f"{_CHAPTER_2} eq 2.12",
        False,
    ),
)
for _key, _title, _activity, _sign, _source, _equation, _generic in _FLOWS:
    for _expansion in _EXPANSIONS:
        _declare(
            f"forest.{_key}.{_expansion.key}",
            Text(
                f"{_title.zh}（{_expansion.name.zh}）", f"{_title.en} ({_expansion.name.en})"
            ),
            {**_activity, **_expansion.units},
            sign=_sign,
            source=_source,
            equation=_equation,
            generic=_generic,
            measure=_GROWTH if _key in {"sink.growth", "sink.consumption"} else "CO2",
        )  # fmt: skip

_declare(
    "forest.area_change",
    Text("竹林、经济林、灌木林面积变化 CO₂", "CO₂ of bamboo, economic and shrub forest by area"),
    {"area_change": "ha", "biomass_per_area": "t dm/ha", **_CARBON},
    sign=-1,
    source=_PROVINCIAL,
    equation=f"竹林、经济林、灌木林（{_UNCHECKED.zh}）/ by area change ({_UNCHECKED.en})",
    generic=True,
)

# IPCC gains and losses, and the difference of stocks with conversion and expansion factors (BCEF).
_REMOVAL = {"bcef_removal": "t dm/m3", **_WITH_ROOTS}
for _key, _title, _units, _sign, _equation in (
    (
        "gain.growth",
        Text("林木生长吸收 CO₂（按面积和生长量）", "CO₂ removed by growth (area x growth)"),
        {"area": "ha", "aboveground_growth": "t dm/ha/a", **_WITH_ROOTS},
        -1,
        "eq 2.9, 2.10 (Tier 1)",
    ),
    (
        "gain.increment",
        Text("林木生长吸收 CO₂（按蓄积年增量）", "CO₂ removed by growth (increment of volume)"),
        {
            "area": "ha",
            "volume_increment": "m3/ha/a",
            "bcef_increment": "t dm/m3",
            **_WITH_ROOTS,
        },
        -1,
        "eq 2.9, 2.10 (Tier 2, 3)",
    ),
    (
        "wood_removed.bcef",
        Text("木材采伐排放 CO₂（BCEF）", "CO₂ of wood removals (BCEF)"),
        {"wood_removed": "m3", **_REMOVAL},
        1,
        "eq 2.12",
    ),
    (
        "fuelwood.trees",
        Text("薪材采伐排放 CO₂（整株）", "CO₂ of fuelwood removals (whole trees)"),
        {"fuelwood_trees": "m3", **_REMOVAL},
        1,
        "eq 2.13 (FG_trees)",
    ),
    (
        "fuelwood.parts",
        Text("薪材采伐排放 CO₂（枝桠等部分）", "CO₂ of fuelwood removals (parts of trees)"),
        {"fuelwood_parts": "m3", "basic_wood_density": "t dm/m3", **_CARBON},
        1,
        "eq 2.13 (FG_part)",
    ),
    (
        "disturbance",
        Text("灾害损失排放 CO₂", "CO₂ of losses by disturbance"),
        {
            "area_disturbed": "ha",
            "aboveground_biomass": "t dm/ha",
            "biomass_lost_fraction": "1",
            **_WITH_ROOTS,
        },
        1,
        "eq 2.14",
    ),
    (
        "sink.gain",
        Text("林分年生长的碳汇（估算，按面积和生长量）", "Sink of yearly growth (area x growth)"),
        {"area": "ha", "aboveground_growth": "t dm/ha/a", **_WITH_ROOTS},
        1,
        "eq 2.9, 2.10 (Tier 1)",
    ),
    (
        "sink.stock_change.bcef",
        Text("蓄积增量的碳汇（估算，BCEF）", "Sink of an increase of volume (estimate, BCEF)"),
        {"stock_change": "m3", "interval": "a", "bcef_stock": "t dm/m3", **_WITH_ROOTS},
        1,
        "eq 2.5, 2.8",
    ),
    (
        "sink.stock_change.continuous",
        Text(
            "蓄积增量的碳汇（估算，连续函数法，面积不变）",
            "Sink of an increase of volume (estimate, B = aV + b, constant area)",
        ),
        {"stock_change": "m3", "interval": "a", "biomass_slope": "t dm/m3", **_CARBON},
        1,
        "eq 2.5, 2.8; Fang et al. 2001: B = aV + b",
    ),
    (
        "stock_change.bcef",
        Text("两次调查间的蓄积变化 CO₂（BCEF）", "CO₂ of the change of volume (BCEF)"),
        {"stock_change": "m3", "interval": "a", "bcef_stock": "t dm/m3", **_WITH_ROOTS},
        -1,
        "eq 2.5, 2.8",
    ),
):
    _declare(
        f"forest.{_key}",
        _title,
        _units,
        sign=_sign,
        source=_IPCC,
        equation=f"{_CHAPTER_2} {_equation}",
        generic=False,
        measure=_GROWTH if _key == "sink.gain" else "CO2",
    )


def continuous_biomass(volume: float, slope: float, intercept: float) -> float:
    """Biomass of whole living trees by the volume of a stand: B = a V + b (Fang et al. 2001).

    Args:
        volume: growing stock of the stand, m3/ha.
        slope: a, t dm/m3 (parameter ``biomass_slope``).
        intercept: b, t dm/ha (parameter ``biomass_intercept``).

    Returns:
        Biomass above and below ground, t dm/ha.

    Raises:
        CarbonledgerError: for a stand without volume, where b would stand for trees that are not
            there (22.5 t/ha for Chinese fir).
    """
    if not volume > 0:
        raise CarbonledgerError(
            f"每公顷蓄积为 {volume:g} m3，不能用 B = aV + b 推算生物量：截距 {intercept:g} t/ha "
            "会被当成并不存在的林木。请填大于 0 的蓄积；未成林地请按面积和生长量计算。",
            f"A growing stock of {volume:g} m3/ha has no biomass by B = aV + b: the intercept of "
            f"{intercept:g} t/ha would stand for trees that are not there. Give a volume above 0; "
            "compute young stands by area and growth.",
        )
    return slope * volume + intercept
