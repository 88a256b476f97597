"""Soil retention (RUSLE) and sand fixation (RWEQ), after HJ 1173-2021, Annex A.

The coefficients of the two models are part of their published equations and stand here with the
number of the equation; what an account chooses (cover factor, share of silt, bulk density ...) are
parameters. In the public extraction of the standard some signs were lost; they are restored after
Williams 1990, McCool et al. 1987 and Liu et al. 1994 and marked.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import exp, number_in, of_unit, over_a_year, sine, where
from carbonledger.methods.registry import Formula
from carbonledger.methods.service import Pricing, annual, service

Operand = Any

_HJ = "hj-1173-2021"
_GARZE = "gep-garze-2017"
_KG_PER_T = 1000  # the equations of wind erosion give kg
_RUSLE = "附录 A 式(A.2)—(A.4) / Annex A, eq A.2 to A.4"


def erodibility(sand: Operand, silt: Operand, clay: Operand, organic_carbon: Operand) -> Operand:
    """K of a soil by EPIC, corrected for China (eq A.7 and A.8), in t ha h/(ha MJ mm).

    Args:
        sand: share of the mass of the soil, in percent.
        silt: share of the mass of the soil, in percent.
        clay: share of the mass of the soil, in percent.
        organic_carbon: share of the mass of the soil, in percent.

    Returns:
        K, a plain number in t ha h/(ha MJ mm).
    """
    coarse = 0.2 + 0.3 * exp(-0.0256 * sand * (1 - silt / 100))
    texture = (silt / (clay + silt)) ** 0.3
    carbon = 1 - 0.25 * organic_carbon / (organic_carbon + exp(3.72 - 2.95 * organic_carbon))
    fine = 1 - sand / 100
    sandy = 1 - 0.7 * fine / (fine + exp(-5.51 + 22.9 * fine))
    epic = coarse * texture * carbon * sandy
    return (-0.01383 + 0.51575 * epic) * 0.1317


def slope_length_factor(length: Operand, slope: Operand) -> Operand:
    """L of RUSLE (eq A.9 to A.11) for a slope length in m and a slope in degrees."""
    steep = sine(slope)
    rill = (steep / 0.089) / (3.0 * steep**0.8 + 0.56)
    return (length / 22.13) ** (rill / (1 + rill))


def steepness_factor(slope: Operand) -> Operand:
    """S of RUSLE (eq A.12) for a slope in degrees, in four classes."""
    steep = sine(slope)
    gentle = where(slope < 5.14, 10.8 * steep + 0.03, 16.8 * steep - 0.5)
    rising = where(slope < 10.20, gentle, 21.9 * steep - 0.96)
    return where(slope < 28.81, rising, 9.5988)


def _rusle(
    area: Operand,
    rainfall_erosivity: Operand,
    soil_erodibility: Operand,
    slope_length_factor: Operand,
    slope_steepness_factor: Operand,
    cover_factor: Operand,
) -> Operand:
    potential = rainfall_erosivity * soil_erodibility * slope_length_factor * slope_steepness_factor
    return over_a_year(area * potential * (1 - cover_factor))


def _terrain(
    area: Operand,
    rainfall_erosivity: Operand,
    sand: Operand,
    silt: Operand,
    clay: Operand,
    organic_carbon: Operand,
    slope_length: Operand,
    slope: Operand,
    cover_factor: Operand,
) -> Operand:
    texture = (number_in(each, "%") for each in (sand, silt, clay, organic_carbon))
    degrees = number_in(slope, "deg")
    erodible = of_unit(erodibility(*texture), "t h/MJ/mm", sand)
    long = slope_length_factor(number_in(slope_length, "m"), degrees)
    return _rusle(area, rainfall_erosivity, erodible, long, steepness_factor(degrees), cover_factor)


_FORMS: tuple[tuple[str, Text, dict[str, str], Formula | None, str, str], ...] = (
    (
        "rusle",
        Text("RUSLE，给出各因子", "RUSLE, factors given"),
        {
            "area": "ha",
            "rainfall_erosivity": "MJ mm/ha/h/a",
            "soil_erodibility": "t h/MJ/mm",
            "slope_length_factor": "1",
            "slope_steepness_factor": "1",
            "cover_factor": "1",
        },
        _rusle,
        _HJ,
        _RUSLE,
    ),
    (
        "rusle_terrain",
        Text("RUSLE，由质地和坡度计算", "RUSLE, from texture and terrain"),
        {
            "area": "ha",
            "rainfall_erosivity": "MJ mm/ha/h/a",
            "sand": "%",
            "silt": "%",
            "clay": "%",
            "organic_carbon": "%",
            "slope_length": "m",
            "slope": "deg",
            "cover_factor": "1",
        },
        _terrain,
        _HJ,
        "附录 A 式(A.2)—(A.13)，部分符号按原始文献恢复 / Annex A, eq A.2 to A.13, "
        "some signs restored",
    ),
    (
        "entered",
        Text("录入保持量", "quantity entered"),
        {"soil_retained": "t"},
        None,
        _GARZE,
        "Q as entered / 录入量",
    ),
)


def _silt(soil: Operand, silt_share: Operand, soil_bulk_density: Operand) -> Operand:
    return soil * silt_share / soil_bulk_density


def _nutrient(soil: Operand, **share: Operand) -> Operand:
    (content,) = share.values()
    return soil * content


def _of_soil(formula: Formula | None, names: tuple[str, ...], part: Formula) -> Formula:
    """A part of the retained soil, as a formula of the soil's own arguments and the part's."""

    def combined(**values: Operand) -> Operand:
        own = {name: values.pop(name) for name in names}
        soil = formula(**own) if formula else own[names[0]]
        return part(soil, **values)

    return combined


for _key, _name, _units, _formula, _source, _equation in _FORMS:
    service(
        f"gep.soil.{_key}",
        title=Text(f"土壤保持（{_name.zh}）", f"Soil retention ({_name.en})"),
        measure="soil_retained",
        returns="t",
        units=_units,
        formula=_formula,
        source=_source,
        equation=_equation,
    )
    for _part, _title, _measure, _returns, _more, _shape, _price, _place in (
        (
            "silt",
            Text("减少泥沙淤积", "Silt kept out of waters"),
            "silt_reduced",
            "m3",
            {"silt_share": "1", "soil_bulk_density": "t/m3"},
            _silt,
            annual("dredging_cost", "CNY/m3"),
            "式(4) / eq 4: λ·Q/ρ",
        ),
        (
            "nitrogen",
            Text("减少氮面源污染", "Nitrogen kept in the soil"),
            "nitrogen_retained",
            "t N",
            {"soil_nitrogen": "t N/t"},
            _nutrient,
            annual("nitrogen_treatment_cost", "CNY/t N"),
            "式(5) / eq 5: Q·C_N",
        ),
        (
            "phosphorus",
            Text("减少磷面源污染", "Phosphorus kept in the soil"),
            "phosphorus_retained",
            "t P",
            {"soil_phosphorus": "t P/t"},
            _nutrient,
            annual("phosphorus_treatment_cost", "CNY/t P"),
            "式(5) / eq 5: Q·C_P",
        ),
    ):
        service(
            f"gep.soil_{_part}.{_key}",
            title=Text(f"{_title.zh}（{_name.zh}）", f"{_title.en} ({_name.en})"),
            measure=_measure,
            returns=_returns,
            units={**_units, **_more},
            formula=_of_soil(_formula, tuple(_units), _shape),
            prices=(_price,),
            source=_GARZE,
            equation=_place,
        )


# Sand fixation.


def wind_erosion(factors: Operand, distance: Operand) -> Operand:
    """Soil lost to the wind (eq A.14 to A.16), kg/m2.

    Args:
        factors: the product WF·EF·SCF·K'·C, kg/m.
        distance: z, the distance from the upwind edge of the field, m.
    """
    most = 109.8 * factors
    critical = 150.71 * factors**-0.3711
    share = distance / critical
    return 2 * distance / critical**2 * most * exp(-(share**2))


def _sand_fixed(
    area: Operand,
    weather_factor: Operand,
    erodible_fraction: Operand,
    soil_crust_factor: Operand,
    roughness_factor: Operand,
    wind_cover_coefficient: Operand,
    vegetation_cover: Operand,
    wind_distance: Operand,
) -> Operand:
    bare = (
        number_in(weather_factor, "kg/m") * erodible_fraction * soil_crust_factor * roughness_factor
    )
    cover = exp(-wind_cover_coefficient * vegetation_cover)
    distance = number_in(wind_distance, "m")
    lost = wind_erosion(bare, distance) - wind_erosion(bare * cover, distance)
    return area * of_unit(lost / _KG_PER_T, "t/m2", area)


def _buried(
    sand: Operand, sand_bulk_density: Operand, sand_depth: Operand, sand_control_cost: Operand
) -> Operand:
    return sand / (sand_bulk_density * sand_depth) * sand_control_cost


_SAND_PRICE = Pricing(
    "",
    Text("治沙工程成本", "cost of sand control"),
    {"sand_bulk_density": "t/m3", "sand_depth": "m", "sand_control_cost": "CNY/m2"},
    _buried,
)
service(
    "gep.sand.rweq",
    title=Text("防风固沙（RWEQ）", "Sand fixation (RWEQ)"),
    measure="sand_fixed",
    returns="t",
    units={
        "area": "m2",
        "weather_factor": "kg/m",
        "erodible_fraction": "1",
        "soil_crust_factor": "1",
        "roughness_factor": "1",
        "wind_cover_coefficient": "1/%",
        "vegetation_cover": "%",
        "wind_distance": "m",
    },
    formula=_sand_fixed,
    prices=(_SAND_PRICE,),
    source=_HJ,
    equation="附录 A 式(A.14)—(A.20) / Annex A, eq A.14 to A.20",
)
service(
    "gep.sand.entered",
    title=Text("防风固沙（录入固沙量）", "Sand fixation (quantity entered)"),
    measure="sand_fixed",
    returns="t",
    units={"sand_fixed": "t"},
    prices=(_SAND_PRICE,),
    source=_GARZE,
    equation="式(6) / eq 6: V = Q/(ρ·h)·c",
)
