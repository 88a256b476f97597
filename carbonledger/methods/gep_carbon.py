"""Carbon fixation and oxygen release.

Dry matter, its carbon and CO2 are substances of their own. A price per tonne of CO2 and one per
tonne of carbon are arguments of different methods.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, co2_to_oxygen, over_a_year
from carbonledger.methods.registry import Formula
from carbonledger.methods.service import annual, per_carbon, product_of, service

Operand = Any

_MEE = "gep-mee-2020"
_CARBON_PRICES = (
    annual("carbon_price", "CNY/t CO2"),
    per_carbon("carbon_price_per_carbon", "CNY/t C"),
)
_OXYGEN_PRICES = (annual("oxygen_price", "CNY/t O2"),)
_PER_AREA = {"area": "ha", "net_primary_production": "t dm/ha/a"}


def _by_carbon(**values: Operand) -> Operand:
    return carbon_to_co2(product_of(tuple(values))(**values))


def _less_respiration(net_primary_carbon: Operand, heterotrophic_respiration: Operand) -> Operand:
    return carbon_to_co2(net_primary_carbon - heterotrophic_respiration)


def _by_ratio(
    area: Operand,
    net_primary_production: Operand,
    dry_matter_carbon: Operand,
    nep_ratio: Operand,
) -> Operand:
    carbon = over_a_year(area * net_primary_production) * dry_matter_carbon * nep_ratio
    return carbon_to_co2(carbon)


def _by_rate(area: Operand, carbon_rate: Operand) -> Operand:
    return carbon_to_co2(over_a_year(area * carbon_rate))


def _dry_matter(area: Operand, net_primary_production: Operand, **per_dry_matter: Operand) -> Any:
    (ratio,) = per_dry_matter.values()
    return over_a_year(area * net_primary_production) * ratio


def _with_soil(
    area: Operand,
    net_primary_production: Operand,
    co2_per_dry_matter: Operand,
    carbon_in_co2: Operand,
    soil_carbon_rate: Operand,
) -> Operand:
    plants = net_primary_production * co2_per_dry_matter * carbon_in_co2
    return carbon_to_co2(over_a_year(area * (plants + soil_carbon_rate)))


def _then_oxygen(formula: Formula) -> Formula:
    return lambda **values: co2_to_oxygen(formula(**values))


_FORMS: tuple[tuple[str, Text, dict[str, str], Formula, str, str], ...] = (
    (
        "nep",
        Text("净生态系统生产力", "net ecosystem production"),
        {"net_ecosystem_production": "t C"},
        _by_carbon,
        _MEE,
        "Q = 44/12·NEP（式号未核对 / number not checked）",
    ),
    (
        "npp_respiration",
        Text("净初级生产力减异养呼吸", "net primary production less respiration"),
        {"net_primary_carbon": "t C", "heterotrophic_respiration": "t C"},
        _less_respiration,
        "gep-bo-2017",
        "NEP = NPP − Rs",
    ),
    (
        "npp_ratio",
        Text("净初级生产力乘转换系数", "net primary production times a ratio"),
        {**_PER_AREA, "dry_matter_carbon": "t C/t dm", "nep_ratio": "1"},
        _by_ratio,
        _MEE,
        "Q = α·NPP·72/162·44/12（式号未核对 / number not checked）",
    ),
    (
        "rate",
        Text("固碳速率法", "rates of carbon fixation"),
        {"area": "ha", "carbon_rate": "t C/ha/a"},
        _by_rate,
        "gbt-46869-2025",
        "Q = Σ A·r·44/12（附录 A.7，式号未核对 / Annex A.7, number not checked）",
    ),
)
for _key, _name, _units, _formula, _source, _equation in _FORMS:
    service(
        f"gep.carbon.{_key}",
        title=Text(f"固碳（{_name.zh}）", f"Carbon fixation ({_name.en})"),
        measure="co2_fixed",
        returns="t CO2",
        units=_units,
        formula=_formula,
        prices=_CARBON_PRICES,
        source=_source,
        equation=_equation,
        linear=_key != "npp_respiration",
    )
    service(
        f"gep.oxygen.{_key}",
        title=Text(f"释氧（{_name.zh}）", f"Oxygen release ({_name.en})"),
        measure="oxygen_released",
        returns="t O2",
        units=_units,
        formula=_then_oxygen(_formula),
        prices=_OXYGEN_PRICES,
        source=_source,
        equation=f"{_equation}; O2 = 32/44·CO2",
        linear=_key != "npp_respiration",
    )

service(
    "gep.carbon.dry_matter",
    title=Text("固碳（干物质法）", "Carbon fixation (dry matter)"),
    measure="co2_fixed",
    returns="t CO2",
    units={**_PER_AREA, "co2_per_dry_matter": "t CO2/t dm"},
    formula=_dry_matter,
    prices=_CARBON_PRICES,
    source="lyt-1721-2008",
    equation="Q = 1.63·B·A（式号未核对 / number not checked）",
)
service(
    "gep.carbon.with_soil",
    title=Text("固碳（植被与土壤）", "Carbon fixation (plants and soil)"),
    measure="co2_fixed",
    returns="t CO2",
    units={
        **_PER_AREA,
        "co2_per_dry_matter": "t CO2/t dm",
        "carbon_in_co2": "t C/t CO2",
        "soil_carbon_rate": "t C/ha/a",
    },
    formula=_with_soil,
    prices=_CARBON_PRICES,
    source="gbt-38582-2020",
    equation="G = A·(1.63·R_C·B + F_soil)（式号未核对 / number not checked）",
)
service(
    "gep.carbon.entered",
    title=Text("固碳（录入固碳量）", "Carbon fixation (quantity entered)"),
    measure="co2_fixed",
    returns="t CO2",
    units={"co2_fixed": "t CO2"},
    prices=_CARBON_PRICES,
    source="gep-garze-2017",
    equation="Q as entered / 录入量",
)
service(
    "gep.oxygen.dry_matter",
    title=Text("释氧（干物质法）", "Oxygen release (dry matter)"),
    measure="oxygen_released",
    returns="t O2",
    units={**_PER_AREA, "oxygen_per_dry_matter": "t O2/t dm"},
    formula=_dry_matter,
    prices=_OXYGEN_PRICES,
    source="lyt-1721-2008",
    equation="Q = 1.19·B·A（式号未核对 / number not checked）",
)
service(
    "gep.oxygen.entered",
    title=Text("释氧（录入释氧量）", "Oxygen release (quantity entered)"),
    measure="oxygen_released",
    returns="t O2",
    units={"oxygen_released": "t O2"},
    prices=_OXYGEN_PRICES,
    source="gep-garze-2017",
    equation="Q as entered / 录入量",
)
