"""What a planting or forest management project gains over the years, by growth curves.

An entry is the area planted in a year, with the curve of its stands; the years without planting
have an area of 0. Results are sink estimates: removals are positive, those of the baseline are
deducted. They are net of the share that is put aside for the risk of reversal:

    CDR = (change of the project - emissions and leakage - change of the baseline) x (1 - K)

(CCER-14-001-V01, recalled: number not checked). What is cut leaves the stands in the year of the
cut; the products made of it are an estimate of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.cohorts import Management, tabulated, volumes
from carbonledger.methods.growth import CURVES
from carbonledger.methods.math import carbon_to_co2, number_in, over_a_year
from carbonledger.methods.registry import method
from carbonledger.methods.wood import stock_of_products

Operand = Any

_SOURCE = "ccer-14-001"
_EQUATION = "CCER-14-001-V01（式号未核对）/ (number not checked); ΔC = A ΔV D BEF (1 + R) CF"
_CARBON = {
    "basic_wood_density": "t dm/m3",
    "biomass_expansion_factor_aboveground": "1",
    "root_shoot_ratio": "1",
    "biomass_carbon_fraction": "t C/t dm",
}
_PLANTED = {"area_planted": "ha", "survival_fraction": "1"}
_RISK = {"risk_deduction": "1"}
_MANAGED = {
    "rotation_age": "a",
    "thinning_age": "a",
    "thinning_fraction": "1",
    "disturbance_rate": "1/a",
}
_PRODUCTS = {"product_share": "1", "product_half_life": "a"}
_TABLE = {"stand_volume": "m3/ha"}

_Curve = Callable[[Mapping[str, Operand]], Callable[[Operand], Operand]]


def _of_table(values: Mapping[str, Operand]) -> Callable[[Operand], Operand]:
    return tabulated(values["stand_volume"])


def _of_formula(key: str) -> _Curve:
    final, rate, shape = CURVES[key].units

    def bound(values: Mapping[str, Operand]) -> Callable[[Operand], Operand]:
        numbers = number_in(values[rate], "1/a"), number_in(values[shape], "1")
        return lambda age: CURVES[key].function(age, values[final], *numbers)

    return bound


def _management(values: Mapping[str, Operand]) -> Management | None:
    if "rotation_age" not in values:
        return None
    plain = {name: number_in(values[name], unit) for name, unit in _MANAGED.items()}
    return Management(*plain.values())


def _expanded(values: Mapping[str, Operand]) -> Operand:
    """Carbon of whole trees per volume of the stems, for the cohort of each year."""
    carbon = values["basic_wood_density"] * values["biomass_expansion_factor_aboveground"]
    return carbon * (1.0 + values["root_shoot_ratio"]) * values["biomass_carbon_fraction"]


def _gain(curve: _Curve, sign: int) -> Callable[..., Operand]:
    def formula(**values: Operand) -> Operand:
        planted = values["area_planted"] * values["survival_fraction"]
        flows = volumes(len(planted), curve(values), _management(values))
        gained = (planted * _expanded(values) * flows.change).sum(axis=1)
        return sign * carbon_to_co2(gained) * (1.0 - values["risk_deduction"])

    return formula


def _wood(curve: _Curve) -> Callable[..., Operand]:
    def formula(**values: Operand) -> Operand:
        planted = values["area_planted"] * values["survival_fraction"]
        flows = volumes(len(planted), curve(values), _management(values))
        cut = (planted * values["basic_wood_density"] * flows.harvested).sum(axis=1)
        inflow = cut * values["biomass_carbon_fraction"] * values["product_share"]
        return carbon_to_co2(stock_of_products(inflow, values["product_half_life"]))

    return formula


def _declare(
    key: str, title: Text, units: Mapping[str, str], formula: Callable[..., Operand], words: str
) -> None:
    declare = method(
        key,
        title=title,
        measure="CO2",
        returns="t CO2",
        units=units,
        source=_SOURCE,
        equation=_EQUATION,
        linear=True,
        series=words,
        generic=False,
    )
    declare(formula)


_WAYS: dict[str, tuple[Text, Mapping[str, str], _Curve]] = {
    key: (curve.name, curve.units, _of_formula(key)) for key, curve in CURVES.items()
}
_WAYS["tabulated"] = (Text("查表", "table of volumes by age"), _TABLE, _of_table)

_CHANGE = (
    "Σ area_planted × survival_fraction × [V(t) − V(t−1)] × basic_wood_density × "
    "biomass_expansion_factor_aboveground × (1 + root_shoot_ratio) × biomass_carbon_fraction × "
    "44/12 × (1 − risk_deduction)"
)
_CUT = (
    "inflow = Σ area_planted × survival_fraction × harvested volume × basic_wood_density × "
    "biomass_carbon_fraction × product_share; C[T+1] = C[T] × exp(−k) + inflow × (1 − exp(−k)) ÷ "
    "k; k = ln 2 ÷ product_half_life; (C[T+1] − C[T]) × 44/12"
)

for _key, (_name, _curve_units, _curve) in _WAYS.items():
    for _side, _sign, _zh, _en in (
        ("project", 1, "造林和森林经营碳汇", "Gain of planting and forest management"),
        ("baseline", -1, "基线情景碳汇（扣除）", "Gain of the baseline (deducted)"),
    ):
        _plain = {**_PLANTED, **_curve_units, **_CARBON, **_RISK}
        _declare(
            f"forest.{_side}.{_key}.managed",
            Text(f"{_zh}（{_name.zh}，采伐和灾害）", f"{_en} ({_name.en}, cut and disturbed)"),
            {**_plain, **_MANAGED},
            _gain(_curve, _sign),
            _CHANGE,
        )
        _declare(
            f"forest.{_side}.{_key}",
            Text(f"{_zh}（{_name.zh}）", f"{_en} ({_name.en})"),
            _plain,
            _gain(_curve, _sign),
            _CHANGE,
        )
    _declare(
        f"forest.products.{_key}",
        Text(
            f"项目采伐木材制品的碳储量（{_name.zh}）",
            f"Carbon of products from the wood cut ({_name.en})",
        ),
        {
            **_PLANTED,
            **_curve_units,
            "basic_wood_density": "t dm/m3",
            "biomass_carbon_fraction": "t C/t dm",
            **_MANAGED,
            **_PRODUCTS,
        },
        _wood(_curve),
        _CUT,
    )


@method(
    "forest.project.emissions",
    title=Text("项目排放和泄漏（扣除）", "Emissions and leakage of the project (deducted)"),
    measure="CO2",
    returns="t CO2",
    units={"project_emissions": "t CO2", **_RISK},
    source=_SOURCE,
    equation=_EQUATION,
    linear=True,
    generic=False,
)
def project_emissions(project_emissions: Operand, risk_deduction: Operand) -> Operand:
    """What the project itself emits and causes elsewhere, under the same deduction."""
    return -project_emissions * (1 - risk_deduction)


@method(
    "forest.baseline.growth",
    title=Text(
        "基线植被生长碳汇（扣除，按面积和生长量）",
        "Growth of the baseline vegetation (deducted; area x growth)",
    ),
    measure="CO2",
    returns="t CO2",
    units={
        "baseline_area": "ha",
        "aboveground_growth": "t dm/ha/a",
        "root_shoot_ratio": "1",
        "biomass_carbon_fraction": "t C/t dm",
        **_RISK,
    },
    source=_SOURCE,
    equation=_EQUATION,
    linear=True,
    generic=False,
)
def baseline_growth(
    baseline_area: Operand,
    aboveground_growth: Operand,
    root_shoot_ratio: Operand,
    biomass_carbon_fraction: Operand,
    risk_deduction: Operand,
) -> Operand:
    """What the vegetation on the land would have gained in the year without the project."""
    grown = over_a_year(baseline_area * aboveground_growth * (1 + root_shoot_ratio))
    return -carbon_to_co2(grown * biomass_carbon_fraction) * (1 - risk_deduction)
