"""Measured emissions against the fuel of the same entry, and beside what is computed again."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, number, problem
from carbonledger.analysis.quality.ranges import Ranges
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.memory import database, rows_of
from carbonledger.methods.math import carbon_to_co2
from carbonledger.model.problem import Problem

__all__ = ["check_measured"]

Bands = Mapping[str, tuple[Band, ...]]
_MEASURED, _FUELS = "measured_co2", ("quantity", "fuel")
_HEAT = ("net_calorific_value", "carbon_content", "co2_emission_factor")
_COMBUSTION = "1.A"
_BESIDE = """
SELECT region, period, account, item,
       sum(amount) FILTER (method = 'measured.co2') AS measured,
       sum(amount) FILTER (method <> 'measured.co2') AS computed,
       arg_min(source, entry) FILTER (method = 'measured.co2') AS source
FROM postings
WHERE measure = 'CO2' AND amount > 0 AND book = 'inventory'
GROUP BY ALL HAVING measured IS NOT NULL AND computed IS NOT NULL
ORDER BY ALL
"""


def check_measured(results: Results, facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Measured CO2 that its fuel cannot give, or that stands beside a computed one."""
    (fuel,), (beside,) = bands["measured-fuel"], bands["measured-beside"]
    if _MEASURED not in results.table("entries").column_names:
        return
    entries = results.entries
    ranges = Ranges(facts.library, _HEAT)
    burned = facts.library.below(_COMBUSTION)
    rows = entries[entries[_MEASURED].notna() & entries["account"].isin(burned)]
    for name in (name for name in _FUELS if name in entries):
        for row in rows_of(rows[rows[name].notna() & (rows[name] != 0)]):
            yield from _against_fuel(facts, row, name, ranges, fuel)
    yield from _beside(results, facts, beside)


def _against_fuel(
    facts: Facts, row: Mapping[str, Any], name: str, ranges: Ranges, band: Band
) -> Iterator[Problem]:
    unit = row[f"{name}__unit"] or "1"
    span = _span(ranges, row, unit)
    if span is None:
        return
    emitted = row[_MEASURED] * units.multiplier(row[f"{_MEASURED}__unit"], "t CO2")
    factor = emitted / row[name]
    least, most = span[0] * band.least, span[1] * band.most
    if least <= factor <= most:
        return
    who = facts.who(row["region"], row["account"], row["item"] or "", row["detail"] or "")
    parts = f"{number(row[_MEASURED])} {row[f'{_MEASURED}__unit']} / {number(row[name])} {unit}"
    message = Text(
        f"{who.zh} {row['period']} 年：实测二氧化碳与同一行的燃料不相称：{parts}，"
        f"合 {number(factor)} t CO2/{unit}，按因子库各版本应为 {number(least)}—{number(most)}。",
        f"{who.en} {row['period']}: the measured CO2 does not fit the fuel of its row: {parts} "
        f"are {number(factor)} t CO2/{unit}, and by the editions of the library it should be "
        f"{number(least)} to {number(most)}.",
    )
    place = {**row, "cell": row[f"{_MEASURED}__cell"]}
    yield problem(band.grade, band.check, message, band.remedy, place)


def _span(ranges: Ranges, row: Mapping[str, Any], unit: str) -> tuple[float, float] | None:
    """The least and the greatest CO2 per unit of the fuel by all editions; None where unknown."""
    key = {
        name: row[name] or "" for name in ("item", "account", "detail")
    } | {"measure": "CO2"}  # fmt: skip
    carbon = ranges.span(key, "carbon_content", "t C/TJ")
    direct = ranges.span(key, "co2_emission_factor", "t CO2/TJ")
    ends = [carbon_to_co2(end) for end in carbon or ()] + list(direct or ())
    if not ends:
        return None
    for base in ("t", "m3"):
        if units.same_dimension(unit, base):
            heat = ranges.span(key, "net_calorific_value", f"TJ/{base}")
            if heat is None:
                return None
            scale = units.multiplier(unit, base)
            return min(ends) * heat[0] * scale, max(ends) * heat[1] * scale
    if units.same_dimension(unit, "TJ"):
        scale = units.multiplier(unit, "TJ")
        return min(ends) * scale, max(ends) * scale
    return None


def _beside(results: Results, facts: Facts, band: Band) -> Iterator[Problem]:
    with database(threads=1) as connection:
        connection.register("postings", results.table("postings"))
        found: pd.DataFrame = connection.execute(_BESIDE).df()
    for row in rows_of(found):
        who = facts.who(row["region"], row["account"], row["item"] or "")
        file, _, cell = str(row["source"]).rpartition("!")
        message = Text(
            f"{who.zh} {row['period']} 年：既有实测的二氧化碳（{number(row['measured'])} t），"
            f"又有按活动水平计算的（{number(row['computed'])} t），两者都计入了合计。",
            f"{who.en} {row['period']}: CO2 is measured ({number(row['measured'])} t) and computed "
            f"from an activity ({number(row['computed'])} t), and both are in the total.",
        )
        place = {"file": file or cell, "cell": cell if file else ""}
        yield problem(band.grade, band.check, message, band.remedy, place)
