"""What the stands of a table take up in a year, by rates or curves and by area."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from carbonledger import units
from carbonledger.analysis.stand_growth import (
    GrowthRule,
    group_growth,
    growth_rows,
    removals,
)
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.stand_codes import codes_of
from carbonledger.intake.stand_fields import GrowthEntry, StandMapping
from carbonledger.methods.growth import CURVES
from carbonledger.model.limits import limits_of
from carbonledger.paths import factors_dir
from carbonledger.stands.groups import note_of, run_inventory, write_inventory

__all__ = ["growth_of", "growth_rules"]


def growth_rules(mapping: StandMapping, species: Mapping[str, str]) -> tuple[GrowthRule, ...]:
    """The rules of growth that a mapping gives, in the units of the computation.

    Raises:
        CarbonledgerError: if there is none, a name is not known, or a rate is not plausible.
    """
    if not mapping.growth:
        raise CarbonledgerError(
            "没有年生长率：请在字段对应文件里写 [[growth]]，例如 species = “杉木”、"
            "origin = “人工”、age_class = “中龄林”、rate = “9 %/a”、consumption = “4 %/a”、"
            "source = “……森林资源清查”；"
            "或给 curve = “richards”、curve_rate = “0.08 1/a”、curve_shape = 2.5。"
            "参数库没有福建的生长率，不能代填。",
            "There is no growth rate: write [[growth]] into the mapping, with species, origin, "
            "age_class (each may be left out), rate = '9 %/a' (or curve = 'richards', curve_rate "
            "= '0.08 1/a', curve_shape = 2.5), consumption = '4 %/a' and source. The library has "
            "no rate for Fujian that could stand in.",
        )
    return tuple(
        _rule(number, each, mapping, species) for number, each in enumerate(mapping.growth, 1)
    )


def _rule(
    number: int, entry: GrowthEntry, mapping: StandMapping, species: Mapping[str, str]
) -> GrowthRule:
    return GrowthRule(
        _code(number, "species", entry.species, mapping, species),
        _code(number, "origin", entry.origin, mapping, {}),
        _code(number, "age_class", entry.age_class, mapping, {}),
        _rate(number, "growth_rate", entry.rate),
        CURVES[entry.curve] if entry.curve else None,
        _rate(number, "", entry.curve_rate) or 0.0,
        entry.curve_shape or 0.0,
        _rate(number, "consumption_rate", entry.consumption),
        entry.source,
    )


def _code(
    number: int, name: str, text: str, mapping: StandMapping, known: Mapping[str, str]
) -> str:
    if not text:
        return ""
    codes = codes_of(name, known, mapping.codes(name))
    found = text if text in frozenset(dict(codes.values).values()) else codes.find(text)
    if found is None:
        raise CarbonledgerError(
            f"第 {number} 条 [[growth]] 的 {name} = “{text}”不认识。",
            f"[[growth]] number {number}: {name} = '{text}' is not known.",
        )
    return found


def _rate(number: int, parameter: str, text: str) -> float | None:
    """A rate in 1/a; None where none is written. Zero is a rate."""
    if not text:
        return None
    value, unit = units.parse_quantity(text)
    try:
        rate = value * units.multiplier(unit, "1/a")
    except units.UnitError as error:
        raise CarbonledgerError(
            f"第 {number} 条 [[growth]] 的“{text}”不是年率，请写成“9 %/a”。",
            f"[[growth]] number {number}: '{text}' is no yearly rate; write '9 %/a'.",
        ) from error
    refused = limits_of(factors_dir()).refusal(parameter, rate, "1/a") if parameter else None
    if rate and refused is not None:
        message, remedy = refused
        raise CarbonledgerError(
            f"第 {number} 条 [[growth]]：{message.zh}{remedy.zh}",
            f"[[growth]] number {number}: {message.en} {remedy.en}",
        )
    return rate


def growth_of(
    folder: Path,
    frame: pd.DataFrame,
    species: frozenset[str],
    rules: Sequence[GrowthRule],
    where: tuple[str, int, str],
) -> pd.DataFrame:
    """Compute the yearly growth of stands as an inventory and its run below a folder.

    Args:
        folder: gets ``inventory`` and ``run``.
        frame: the stands that are computed.
        species: those that are forest trees.
        rules: of the user.
        where: region, year and name of the table.

    Returns:
        The groups with what they take up (``analysis.stand_growth``).
    """
    region, period, file = where
    most = limits_of(factors_dir()).bounds("growth_rate", "1/a")[1]
    groups = group_growth(frame, species, rules, most)
    entries = growth_rows(groups, period)
    if entries.empty:
        raise CarbonledgerError(
            "没有一个小班有生长率或已知起源，不能计算年生长。请核对 [[growth]] 的各项。",
            "No stand has a growth rate or a known origin: nothing can be computed. Check species, "
            "origin and age class of [[growth]].",
        )
    write_inventory(
        folder / "inventory",
        _table(entries, rules),
        title=Text(f"{file} 林分年生长 {period}", f"{file} yearly growth of stands {period}"),
        source=Text(f"{file}，按小班汇总", "sub-compartments, summed"),
        profile="forest-stand-growth",
        region=region,
        periods=[period],
    )
    return removals(groups, entries, run_inventory(folder / "inventory", folder / "run"))


def _table(entries: pd.DataFrame, rules: Sequence[GrowthRule]) -> pd.DataFrame:
    """The entries under the headings of a table of entries."""
    keys = ["township", "origin", "age_class", "stands"]
    notes = [
        note_of(town, origin, age, f"{count} 个小班")
        for town, origin, age, count in entries[keys].itertuples(index=False)
    ]
    sources = [
        "" if account == "Y.2" else "；".join(dict.fromkeys(rules[each].source for each in used))
        for account, used in zip(entries["account"], entries["rule"], strict=True)
    ]
    quantities = {
        "annual_growth [m3/a]": "annual_growth",
        "area [ha]": "area",
        "annual_consumption [m3/a]": "annual_consumption",
    }
    return pd.DataFrame(
        {
            "地区": entries["region"],
            "年份": entries["period"],
            "科目": entries["account"],
            "品种": entries["species"],
            "detail": entries["detail"],
            **{
                head: entries[name] if name in entries.columns else None
                for head, name in quantities.items()
            },
            "备注": notes,
            "来源": sources,
        }
    )
