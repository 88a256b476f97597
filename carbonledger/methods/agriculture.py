"""Agriculture: livestock, rice, cropland, burning of residues, liming and urea.

Animals are the average number alive in the year, and a factor per head is that of a year. Animals
that live less than a year count with the days they live: animals raised in the year x days of life
/ 365 (IPCC 2006 Vol. 4 Ch. 10 eq 10.1); for pigs and poultry that is not the number slaughtered.
"""

from collections.abc import Callable, Mapping
from typing import Any

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, nitrogen_to_n2o
from carbonledger.methods.product import product
from carbonledger.methods.registry import Formula, method

Operand = Any

_SOURCE = "ipcc-2006-v4"
_CHAPTER_10, _CHAPTER_11 = "IPCC 2006 Vol. 4 Ch. 10", "IPCC 2006 Vol. 4 Ch. 11"
_DAYS = 365  # of the year, as the equations of Chapter 10 have it


def _is_quantity(value: Operand) -> bool:
    # Asking by attribute spares the engines that never see Pint the import of it.
    return hasattr(value, "dimensionality")


def _of_a_year(per_day: Operand) -> Operand:
    return per_day * (units.quantity(_DAYS, "d") if _is_quantity(per_day) else _DAYS)


# Nitrogen excreted by an animal in a year: as given, or by its mass. The name, the units of its
# arguments, and what turns their product into nitrogen of a year.
_EXCRETION: tuple[tuple[str, Text, Mapping[str, str], Callable[[Operand], Operand]], ...] = (
    (
        "by_nitrogen",
        Text("按每头氮排泄量", "by nitrogen excreted per head"),
        {"nitrogen_excretion": "t N/head"},
        lambda given: given,
    ),
    (
        "by_mass",
        Text("按体重和氮排泄率", "by mass and nitrogen excretion rate"),
        {"typical_animal_mass": "t/head", "nitrogen_excretion_rate": "t N/t/d"},
        _of_a_year,
    ),
)


def _from_excretion(
    method_id: str,
    title: Text,
    units_of_factors: Mapping[str, str],
    emitted: Callable[..., Operand],
    equation: str,
    source: str = _SOURCE,
) -> None:
    """Declare methods that begin with animals: nitrogen excreted x share of the system x emitted.

    ``emitted`` is the N2O-N per nitrogen, a function of the factors alone.
    """
    for key, how, arguments, of_a_year in _EXCRETION:
        declare = method(
            f"{method_id}.{key}",
            title=Text(f"{title.zh}（{how.zh}）", f"{title.en} ({how.en})"),
            measure="N2O",
            returns="t N2O",
            units={
                "animals": "head", **arguments, "manure_system_share": "1", **units_of_factors,
            },
            source=source,
            equation=equation,
            linear=True,
        )  # fmt: skip
        declare(_excretion_formula(tuple(arguments), of_a_year, tuple(units_of_factors), emitted))


def _excretion_formula(
    arguments: tuple[str, ...],
    of_a_year: Callable[[Operand], Operand],
    factors: tuple[str, ...],
    emitted: Callable[..., Operand],
) -> Formula:
    def formula(**values: Operand) -> Operand:
        excreted = values["animals"]
        for name in (*arguments, "manure_system_share"):
            excreted = excreted * values[name]
        rate = emitted(*(values[name] for name in factors))
        return nitrogen_to_n2o(of_a_year(excreted) * rate)

    return formula


product(
    "agriculture.enteric.ch4",
    title=Text("动物肠道发酵 CH₄", "CH₄ of enteric fermentation"),
    measure="CH4",
    units={"animals": "head", "ch4_emission_factor": "t CH4/head"},
    source=_SOURCE,
    equation=f"{_CHAPTER_10} eq 10.19, 10.20",
)
product(
    "agriculture.manure.ch4",
    title=Text("动物粪便管理 CH₄", "CH₄ of manure management"),
    measure="CH4",
    units={"animals": "head", "ch4_emission_factor": "t CH4/head"},
    source=_SOURCE,
    equation=f"{_CHAPTER_10} eq 10.22",
)
product(
    "agriculture.manure.ch4.by_solids",
    title=Text("动物粪便管理 CH₄（按挥发性固体）", "CH₄ of manure management (by volatile solids)"),
    measure="CH4",
    units={
        "animals": "head",
        "typical_animal_mass": "t/head",
        "volatile_solids_rate": "t VS/t/d",
        "manure_system_share": "1",
        "methane_producing_capacity": "m3 CH4/t VS",
        "methane_conversion_factor": "1",
        "ch4_density": "t/m3",
    },
    source="ipcc-2019-v4",
    equation="IPCC 2019 Vol. 4 Ch. 10 eq 10.22 (updated), 10.22A, 10.23",
    then=_of_a_year,
)
product(
    "agriculture.manure.n2o",
    title=Text("动物粪便管理 N₂O", "N₂O of manure management"),
    measure="N2O",
    units={"animals": "head", "n2o_emission_factor": "t N2O/head"},
    source="cn-provincial-2011",
    equation="式(4.8)（式号未核对）/ eq 4.8 (number not checked)",
)
product(
    "agriculture.soils.n2o.direct",
    title=Text("农用地 N₂O 直接排放", "Direct N₂O of managed soils"),
    measure="N2O",
    units={"nitrogen": "t N", "n2o_emission_factor": "t N2O-N/t N"},
    source=_SOURCE,
    equation=f"{_CHAPTER_11} eq 11.1",
    then=nitrogen_to_n2o,
)

_DEPOSITION = {"volatilised_fraction": "1", "deposition_emission_factor": "t N2O-N/t N"}
_LEACHING = {"leached_fraction": "1", "leaching_emission_factor": "t N2O-N/t N"}
product(
    "agriculture.soils.n2o.deposition",
    title=Text("大气氮沉降 N₂O 间接排放", "Indirect N₂O of atmospheric deposition"),
    measure="N2O",
    units={"nitrogen": "t N", **_DEPOSITION},
    source=_SOURCE,
    equation=f"{_CHAPTER_11} eq 11.9; {_CHAPTER_10} eq 10.26, 10.27",
    then=nitrogen_to_n2o,
)
product(
    "agriculture.soils.n2o.leaching",
    title=Text("淋溶径流 N₂O 间接排放", "Indirect N₂O of leaching and runoff"),
    measure="N2O",
    units={"nitrogen": "t N", **_LEACHING},
    source=_SOURCE,
    equation=f"{_CHAPTER_11} eq 11.10; {_CHAPTER_10} eq 10.28, 10.29",
    then=nitrogen_to_n2o,
)


@method(
    "agriculture.soils.n2o.indirect",
    title=Text(
        "农用地 N₂O 间接排放（沉降与淋溶合计）", "Indirect N₂O of soils (deposition and leaching)"
    ),
    measure="N2O",
    returns="t N2O",
    units={"nitrogen": "t N", **_DEPOSITION, **_LEACHING},
    source=_SOURCE,
    equation=f"{_CHAPTER_11} eq 11.9 plus 11.10",
    linear=True,
)
def indirect_n2o(
    nitrogen: Operand,
    volatilised_fraction: Operand,
    deposition_emission_factor: Operand,
    leached_fraction: Operand,
    leaching_emission_factor: Operand,
) -> Operand:
    """Both indirect pathways of the nitrogen put on a field."""
    deposited = volatilised_fraction * deposition_emission_factor
    leached = leached_fraction * leaching_emission_factor
    return nitrogen_to_n2o(nitrogen * (deposited + leached))


_from_excretion(
    "agriculture.manure.n2o",
    Text("动物粪便管理 N₂O", "N₂O of manure management"),
    {"manure_emission_factor": "t N2O-N/t N"},
    lambda manure_emission_factor: manure_emission_factor,
    f"{_CHAPTER_10} eq 10.25, 10.30",
)
_from_excretion(
    "agriculture.manure.n2o.deposition",
    Text("粪便管理挥发氮沉降 N₂O", "Indirect N₂O of nitrogen volatilised from manure"),
    _DEPOSITION,
    lambda volatilised, factor: volatilised * factor,
    f"{_CHAPTER_10} eq 10.26, 10.27, 10.30",
)
_from_excretion(
    "agriculture.manure.n2o.indirect",
    Text("粪便管理 N₂O 间接排放（沉降与淋溶合计）", "Indirect N₂O of manure management"),
    {**_DEPOSITION, **_LEACHING},
    lambda volatilised, deposited, leached, emitted: volatilised * deposited + leached * emitted,
    "IPCC 2019 Vol. 4 Ch. 10 eq 10.26 to 10.30",
    "ipcc-2019-v4",
)
_from_excretion(
    "agriculture.soils.n2o.grazing",
    Text("放牧排泄物 N₂O", "N₂O of dung and urine on pasture"),
    {"n2o_emission_factor": "t N2O-N/t N"},
    lambda n2o_emission_factor: n2o_emission_factor,
    f"{_CHAPTER_11} eq 11.1, 11.5",
)
_from_excretion(
    "agriculture.soils.n2o.manure",
    Text("粪肥还田 N₂O", "N₂O of manure spread on fields"),
    {"manure_nitrogen_loss_fraction": "1", "n2o_emission_factor": "t N2O-N/t N"},
    lambda lost, n2o_emission_factor: (1 - lost) * n2o_emission_factor,
    f"{_CHAPTER_10} eq 10.34; {_CHAPTER_11} eq 11.1, 11.4",
)

_RESIDUES = {
    "residue_returned_fraction": "1",
    "residue_nitrogen_content": "t N/t dm",
    "root_ratio": "1",
    "root_nitrogen_content": "t N/t dm",
    "n2o_emission_factor": "t N2O-N/t N",
}


@method(
    "agriculture.soils.n2o.residues",
    title=Text("秸秆还田 N₂O（按作物产量）", "N₂O of crop residues (by harvest)"),
    measure="N2O",
    returns="t N2O",
    units={"crop": "t", "dry_matter_content": "t dm/t", "residue_ratio": "1", **_RESIDUES},
    source="ipcc-2019-v4",
    equation="IPCC 2019 Vol. 4 Ch. 11 eq 11.6 (updated), no part of the field burned",
    linear=True,
)
def residues_n2o(
    crop: Operand,
    dry_matter_content: Operand,
    residue_ratio: Operand,
    residue_returned_fraction: Operand,
    residue_nitrogen_content: Operand,
    root_ratio: Operand,
    root_nitrogen_content: Operand,
    n2o_emission_factor: Operand,
) -> Operand:
    """N2O of the straw that is returned and of all roots, for a harvest in fresh mass."""
    straw = residue_ratio * residue_returned_fraction * residue_nitrogen_content
    roots = (1 + residue_ratio) * root_ratio * root_nitrogen_content
    return nitrogen_to_n2o(crop * dry_matter_content * (straw + roots) * n2o_emission_factor)


@method(
    "agriculture.soils.n2o.residues.harvest_index",
    title=Text(
        "秸秆还田 N₂O（按作物产量和经济系数）",
        "N₂O of crop residues (by harvest and harvest index)",
    ),
    measure="N2O",
    returns="t N2O",
    units={"crop": "t", "dry_matter_content": "t dm/t", "harvest_index": "1", **_RESIDUES},
    source="cn-provincial-2011",
    equation="第四章 秸秆还田氮（式号未核对）/ Ch. 4, nitrogen of residues (number not checked)",
    linear=True,
)
def residues_n2o_by_harvest_index(
    crop: Operand,
    dry_matter_content: Operand,
    harvest_index: Operand,
    residue_returned_fraction: Operand,
    residue_nitrogen_content: Operand,
    root_ratio: Operand,
    root_nitrogen_content: Operand,
    n2o_emission_factor: Operand,
) -> Operand:
    """As ``residues_n2o``: above ground stands harvest / harvest index, the rest of it is straw."""
    straw = (1 / harvest_index - 1) * residue_returned_fraction * residue_nitrogen_content
    roots = root_ratio / harvest_index * root_nitrogen_content
    return nitrogen_to_n2o(crop * dry_matter_content * (straw + roots) * n2o_emission_factor)


product(
    "agriculture.rice.ch4",
    title=Text("稻田 CH₄（按季）", "CH₄ of rice fields (by season)"),
    measure="CH4",
    units={"area": "ha", "ch4_emission_factor": "t CH4/ha"},
    source="cn-provincial-2011",
    equation="式(4.1)（式号未核对）/ eq 4.1 (number not checked)",
)
_FLOODED = {
    "area": "ha",
    "baseline_ch4_emission": "t CH4/ha/d",
    "cultivation_period": "d",
    "water_regime_factor": "1",
    "preseason_water_factor": "1",
}
product(
    "agriculture.rice.ch4.by_day",
    title=Text("稻田 CH₄（按种植天数）", "CH₄ of rice fields (by days of cultivation)"),
    measure="CH4",
    units={**_FLOODED, "organic_amendment_factor": "1"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 5 eq 5.1, 5.2",
)


@method(
    "agriculture.rice.ch4.by_amendment",
    title=Text(
        "稻田 CH₄（按种植天数和有机添加量）",
        "CH₄ of rice fields (by days of cultivation and organic amendments)",
    ),
    measure="CH4",
    returns="t CH4",
    units={**_FLOODED, "organic_amendment_rate": "t/ha", "organic_conversion_factor": "1"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 5 eq 5.1, 5.2, 5.3",
    linear=True,
)
def rice_ch4_by_amendment(
    area: Operand,
    baseline_ch4_emission: Operand,
    cultivation_period: Operand,
    water_regime_factor: Operand,
    preseason_water_factor: Operand,
    organic_amendment_rate: Operand,
    organic_conversion_factor: Operand,
) -> Operand:
    """CH4 where straw or manure is put on the field: (1 + rate x conversion factor)^0.59.

    Where there are several amendments, their rates times conversion factors are added and given as
    the rate, with the conversion factor 1.
    """
    flooded = area * baseline_ch4_emission * cultivation_period * water_regime_factor
    rate = organic_amendment_rate * organic_conversion_factor
    if _is_quantity(rate):  # the exponent is fitted to the rate as a number of t/ha
        rate = rate / units.quantity(1, "t/ha")
    amended = (1 + rate) ** 0.59
    return flooded * preseason_water_factor * amended


for _key, _gas, _printed in (("ch4", "CH4", "CH₄"), ("n2o", "N2O", "N₂O")):
    product(
        f"agriculture.burning.{_key}",
        title=Text(f"秸秆田间焚烧 {_printed}", f"{_printed} of field burning of residues"),
        measure=_gas,
        units={
            "residues": "t dm",
            "combustion_factor": "1",
            f"{_key}_emission_factor": f"t {_gas}/t dm",
        },
        source=_SOURCE,
        equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.27",
    )

product(
    "agriculture.amendment.co2",
    title=Text("石灰和尿素施用 CO₂", "CO₂ of liming and urea"),
    measure="CO2",
    units={"amendment": "t", "carbon_fraction": "t C/t"},
    source=_SOURCE,
    equation=f"{_CHAPTER_11} eq 11.12, 11.13",
    then=carbon_to_co2,
)
