"""The facts of a run or of an inventory, gathered for the quality checks.

Activities are summed by key and year. Parameters that entries bring (rates, distances,
heating values) do not add: they are series of their own, each year by its mean. The weight of a
series is its share of the emissions of its region and year, or, before anything was computed, its
share of all that is counted in the same dimension.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from carbonledger import units
from carbonledger.analysis.quality.facts import Facts, Point, Series, of_key, series_of
from carbonledger.analysis.quality.given import given
from carbonledger.engine.frame import entries_relation
from carbonledger.engine.open import Inventory
from carbonledger.engine.results import Results
from carbonledger.intake.entry_table import EntryTable
from carbonledger.library.load import Library
from carbonledger.memory import database
from carbonledger.model import limits
from carbonledger.model.statistics import Statistic

__all__ = ["entry_count", "facts_of"]

Key = tuple[Any, ...]
_of_source = itemgetter("region", "period", "account", "item", "detail")
_of_kind = itemgetter("region", "period", "quantity", "dimension")
_PLACE = ("file", "sheet", "row", "cell")
_SOURCE = ("region", "period", "account", "item", "detail", "book", "co2e")


class _Written(NamedTuple):
    """What is written in one year and unit."""

    region: str
    period: int
    account: str
    item: str
    detail: str
    quantity: str
    unit: str | None


class _Sum(NamedTuple):
    """What the entries of one key, year and unit state: their numbers, and where they begin."""

    key: _Written
    numbers: list[float]
    place: dict[str, Any]


def facts_of(source: Results | Inventory, library: Library) -> Facts:
    """The facts of a finished run, or of an inventory as read."""
    if isinstance(source, Results):
        entries: pa.Table | None = source.table("entries")
        weights = _weights(source.table("postings"))
        periods = source.info["periods"]
    else:
        entries, weights = _as_read(source.intake.tables), None
        periods = source.intake.manifest.periods
    activities, means = _entered(entries)
    shared = _with_shares(_merged(activities), weights)
    return Facts(shared, _parameters(means), _statistics(source), tuple(periods), library)


def _as_read(tables: Sequence[EntryTable]) -> pa.Table | None:
    """The entries of an inventory that was not computed."""
    if not tables:
        return None
    with database(threads=1) as connection:
        return entries_relation(connection, tables).to_arrow_table()


def entry_count(source: Results | Inventory) -> int:
    """How many entries there are, without reading them."""
    if isinstance(source, Results):
        return int(source.info["entries"])
    return sum(
        table.table.num_rows if table.table is not None else _parquet_rows(table.parquet)
        for table in source.intake.tables
    )


def _parquet_rows(path: Path | None) -> int:
    return 0 if path is None else int(pq.read_metadata(path).num_rows)


def _statistics(source: Results | Inventory) -> tuple[Statistic, ...]:
    """The socio-economic figures beside an inventory or a run."""
    if isinstance(source, Inventory):
        return tuple(source.intake.statistics)
    rows: Sequence[Mapping[str, object]] = source.info.get("statistics", ())
    return tuple(Statistic.model_validate(row) for row in rows)


def _entered(entries: pa.Table | None) -> tuple[list[_Sum], list[_Sum]]:
    """What entries state of activities and of parameters, by key, year and unit."""
    columns = [] if entries is None else entries.column_names
    quantities = [name for name in columns if f"{name}__unit" in columns]
    known = limits.names()
    sums: dict[Key, _Sum] = {}
    # Without a quantity there is nothing that could be stated.
    rows = given(entries, quantities) if quantities else pa.table({})
    wanted = (*_Written._fields, "value", "notation", "sign", *_PLACE)
    lists = [rows[name].to_pylist() for name in wanted if quantities]
    for *key, value, notation, sign, file, sheet, row, cell in zip(*lists, strict=True):
        region, period, account, item, detail, quantity, unit = key
        if value is None and (not notation or quantity in known):
            continue
        whole = (region, period, account, item or "", detail or "", quantity, unit)
        found = sums.get(whole)
        if found is None:
            found = sums[whole] = _Sum(_Written(*whole), [], dict.fromkeys(_PLACE))
        if value is not None:
            found.numbers.append(value if quantity in known else value * sign)
        for name, each in zip(_PLACE, (file, sheet, row, cell), strict=True):
            if found.place[name] is None:
                found.place[name] = each
    activities = [each for each in sums.values() if each.key.quantity not in known]
    return activities, [each for each in sums.values() if each.key.quantity in known]


def _weights(postings: pa.Table) -> dict[Key, float]:
    """The share of every source in the emissions of its region and year."""
    shares: dict[Key, float] = {}
    known: dict[tuple[Key, bool], float] = {}
    columns = (postings[name].to_pylist() for name in _SOURCE)
    for region, period, account, item, detail, book, co2e in zip(*columns, strict=True):
        source = (region, period, account, item or "", detail or "")
        # A source with a notation key alone emits nothing that is known.
        shares[source] = 0.0
        if co2e:
            kind = (source, book == "inventory")
            known[kind] = known.get(kind, 0.0) + abs(co2e)
    totals: dict[Key, float] = {}
    for (source, counts), emitted in known.items():
        if counts:
            totals[source[:2]] = totals.get(source[:2], 0.0) + emitted
    for (source, _), emitted in known.items():
        if total := totals.get(source[:2]):
            shares[source] += emitted / total
    return shares


def _merged(activities: Iterable[_Sum]) -> list[dict[str, Any]]:
    """The activities in base units, one row for each key and year."""
    merged: dict[Key, dict[str, Any]] = {}
    for each in activities:
        new = each.key._asdict()
        text = new["unit"] or "1"
        factor, dimension = _base(text)
        amount = math.fsum(each.numbers) if each.numbers else math.nan
        value = amount * factor
        stated = {"unit": text, "dimension": dimension, "amount": amount, "value": value}
        new |= {**stated, **each.place}
        found = merged.setdefault((*of_key(new), new["period"]), new)
        if found is not new:
            # What is written in two units in one year is one quantity of that year.
            values = [each for each in (found["value"], value) if not math.isnan(each)]
            first = {name: new[name] if pd.isna(each) else each for name, each in found.items()}
            found.update(first, value=sum(values) if values else math.nan)
    return list(merged.values())


@lru_cache(maxsize=1024)  # a table has few units
def _base(text: str) -> tuple[float, str]:
    """What a unit is worth in the base unit of its dimension, and the dimension."""
    unit = units.parse(text)
    return float(unit.factor), unit.dimension


def _with_shares(
    activities: list[dict[str, Any]], weights: Mapping[Key, float] | None
) -> list[dict[str, Any]]:
    """The activities with their shares: of what they emit, or of all of their dimension."""
    if weights is None:
        totals: dict[Key, float] = {}
        sizes = [0.0 if math.isnan(row["value"]) else abs(row["value"]) for row in activities]
        for row, size in zip(activities, sizes, strict=True):
            totals[_of_kind(row)] = totals.get(_of_kind(row), 0.0) + size
        for row, size in zip(activities, sizes, strict=True):
            row["share"] = size / totals[_of_kind(row)] if size else 0.0
        return activities
    greatest: dict[Key, float] = {}
    for row in activities:
        share = weights.get(_of_source(row), 0.0)
        greatest[of_key(row)] = max(share, greatest.get(of_key(row), 0.0))
    for row in activities:
        # Years of a history have no emissions of their own: the series weighs what it ever does.
        row["share"] = weights.get(_of_source(row), greatest[of_key(row)])
    return activities


def _parameters(means: Iterable[_Sum]) -> tuple[Series, ...]:
    """Entered parameters by their key; a year that has two units stands twice."""
    points: dict[tuple[str, ...], list[Point]] = {}
    for each in sorted(means, key=_by_year):
        region, period, account, item, detail, quantity, written = each.key
        unit = units.parse(written or "1")
        mean = sum(each.numbers) / len(each.numbers)
        point = Point(int(period), mean * float(unit.factor), unit.text, 0.0, each.place)
        key = (region, account, item, detail, quantity, unit.dimension)
        points.setdefault(key, []).append(point)
    return series_of(points)


def _by_year(each: _Sum) -> Key:
    key = each.key
    kind = (key.region, key.account, key.item, key.detail, key.quantity)
    return (key.period, key.unit or "", *kind)
