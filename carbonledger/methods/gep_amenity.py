"""Local climate, noise, pests, species, negative ions, and the equivalence factors."""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import number_in, over_a_year
from carbonledger.methods.service import Pricing, annual, per_year, service, valuation

Operand = Any

_GARZE = "gep-garze-2017"
_POWER = (annual("electricity_price", "CNY/kWh"),)
_MINUTES_PER_YEAR = 525_600  # 60 · 24 · 365


def _transpiration(
    area: Operand, transpiration_heat: Operand, cooling_days: Operand, energy_efficiency: Operand
) -> Operand:
    return area * transpiration_heat * cooling_days / energy_efficiency


def _evaporation(
    water_evaporated: Operand,
    water_density: Operand,
    latent_heat: Operand,
    humidifier_electricity: Operand,
) -> Operand:
    return water_evaporated * (water_density * latent_heat + humidifier_electricity)


def _evaporation_by_air_conditioner(
    water_evaporated: Operand,
    water_density: Operand,
    latent_heat: Operand,
    humidifier_electricity: Operand,
    energy_efficiency: Operand,
) -> Operand:
    cooling = water_density * latent_heat / energy_efficiency
    return water_evaporated * (cooling + humidifier_electricity)


_WATER = {
    "water_evaporated": "m3",
    "water_density": "t/m3",
    "latent_heat": "kWh/t",
    "humidifier_electricity": "kWh/m3",
}
for _key, _name, _units, _formula, _source, _equation in (
    (
        "transpiration",
        Text("植被蒸腾", "transpiration"),
        {
            "area": "m2",
            "transpiration_heat": "kWh/m2/d",
            "cooling_days": "d",
            "energy_efficiency": "1",
        },
        _transpiration,
        _GARZE,
        "E = Σ EPP·S·d/(3600·r)",
    ),
    (
        "evaporation",
        Text("水面蒸发", "evaporation"),
        _WATER,
        _evaporation,
        _GARZE,
        "E = E_w·(ρ·q/3600 + y)",
    ),
    (
        "evaporation_by_air_conditioner",
        Text("水面蒸发，潜热除以能效比", "evaporation, heat over efficiency"),
        {**_WATER, "energy_efficiency": "1"},
        _evaporation_by_air_conditioner,
        "gep-mee-2020",
        "E = E_w·(ρ·q/(3600·r) + y)（式号未核对 / number not checked）",
    ),
    (
        "entered",
        Text("录入电量", "energy entered"),
        {"cooling_energy": "kWh"},
        None,
        _GARZE,
        "E as entered / 录入量",
    ),
):
    service(
        f"gep.climate.{_key}",
        title=Text(f"局部气候调节（{_name.zh}）", f"Local climate regulation ({_name.en})"),
        measure="cooling",
        returns="kWh",
        units=_units,
        formula=_formula,
        prices=_POWER,
        source=_source,
        equation=_equation,
    )

service(
    "gep.noise",
    title=Text("噪声消减", "Noise attenuation"),
    measure="noise_barrier",
    returns="km",
    units={"green_belt_length": "km"},
    prices=(annual("noise_barrier_cost", "CNY/km"),),
    source="lyt-1721-2008",
    equation="V = L·c（式号未核对 / number not checked）",
)
service(
    "gep.pests",
    title=Text("病虫害控制", "Pest control"),
    measure="pests_controlled",
    returns="ha",
    units={"area": "ha"},
    prices=(annual("pest_control_cost", "CNY/ha"),),
    source=_GARZE,
    equation="V = A·c",
)
service(
    "gep.pests.incidence",
    title=Text("病虫害控制（发生率之差）", "Pest control (difference of incidence)"),
    measure="pests_controlled",
    returns="ha",
    units={"area": "ha", "incidence_avoided": "1"},
    prices=(annual("pest_control_cost", "CNY/ha"),),
    source="gep-mee-2020",
    equation="V = A·Δ·c（式号未核对 / number not checked）",
)


def _endangered(habitat: Operand, **values: Operand) -> Operand:
    indices = (values[name] for name in ("endangered_index", "endemic_index", "old_tree_index"))
    weight = 1 + sum(_INDEX_WEIGHT * index for index in indices)
    return over_a_year(habitat * values["species_value"]) * weight


_INDEX_WEIGHT = 0.1  # of each index in the equation of GB/T 38582
_INDICES = {"endangered_index": "1", "endemic_index": "1", "old_tree_index": "1"}
service(
    "gep.species",
    title=Text("物种保育", "Species conservation"),
    measure="habitat_kept",
    returns="ha",
    units={"area": "ha"},
    prices=(
        per_year("species_value", "CNY/ha/a"),
        Pricing(
            "with_indices",
            Text("按濒危、特有、古树指数", "by indices of endangered, endemic and old species"),
            {"species_value": "CNY/ha/a", **_INDICES},
            _endangered,
        ),
        per_year("protection_spending", "CNY/ha/a")._replace(
            suffix="protection", name=Text("按保护投入", "by spending on protection")
        ),
    ),
    source="gbt-38582-2020",
    equation="U = (1 + 0.1ΣE + 0.1ΣB + 0.1ΣO)·S·A（式号未核对 / number not checked）",
)


def _ions(
    area: Operand, stand_height: Operand, ion_concentration: Operand, ion_lifetime: Operand
) -> Operand:
    renewals = _MINUTES_PER_YEAR / number_in(ion_lifetime, "min")
    return area * stand_height * ion_concentration * renewals


def _ions_beyond(
    area: Operand,
    stand_height: Operand,
    ion_concentration: Operand,
    ion_lifetime: Operand,
    ion_threshold: Operand,
) -> Operand:
    return _ions(area, stand_height, ion_concentration - ion_threshold, ion_lifetime)


_IONS = {
    "area": "m2",
    "stand_height": "m",
    "ion_concentration": "piece/m3",
    "ion_lifetime": "min",
}
_ION_TITLE = Text("负氧离子", "Negative air ions")
_ION_EQUATION = "U = 5.256e15·A·H·K·(Q − 600)/L（式号未核对 / number not checked）"
service(
    "gep.ions",
    title=_ION_TITLE,
    measure="negative_ions",
    returns="piece",
    units=_IONS,
    formula=_ions,
    source="gbt-38582-2020",
    equation="G = 5.256e15·Q·A·H/L（式号未核对 / number not checked）",
)
valuation(
    "gep.ions",
    title=_ION_TITLE,
    units={**_IONS, "ion_threshold": "piece/m3"},
    pricing=annual("ion_cost", "CNY/piece"),
    quantity=_ions_beyond,
    source="gbt-38582-2020",
    equation=_ION_EQUATION,
)
service(
    "gep.equivalent",
    title=Text("当量因子法（快速评估）", "Equivalence factors (quick assessment)"),
    measure="assessed_area",
    returns="ha",
    units={"area": "ha"},
    prices=(
        Pricing(
            "",
            Text("单位当量价值", "value of one equivalent"),
            {"service_equivalents": "1", "equivalent_value": "CNY/ha"},
            lambda area, service_equivalents, equivalent_value: (
                area * service_equivalents * equivalent_value
            ),
        ),
    ),
    source="gep-xie-2015",
    equation="V = Σ A·e·D",
)
