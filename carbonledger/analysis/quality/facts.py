"""What the quality checks look at: the activities of a run, their weight, and the statistics.

Activities are summed by key and year. Parameters that entries bring (rates, distances,
heating values) do not add: they are series of their own, each year by its mean. The weight of a
series is its share of the emissions of its region and year, or, before anything was computed, its
share of all that is counted in the same dimension.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from numbers import Real
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from carbonledger import units
from carbonledger.analysis.quality.given import given
from carbonledger.engine.frame import entries_relation
from carbonledger.engine.open import Inventory
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.intake.entry_table import EntryTable
from carbonledger.library.load import Library
from carbonledger.memory import database
from carbonledger.model import limits
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.statistics import Statistic

__all__ = [
    "Facts",
    "Point",
    "Series",
    "digits",
    "entry_count",
    "facts_of",
    "number",
    "problem",
    "statistics_of",
]

Row = Mapping[str, Any]
Key = tuple[Any, ...]
_KEY = ("region", "account", "item", "detail", "quantity", "dimension")
_of_key = itemgetter(*_KEY)
_of_source = itemgetter("region", "period", "account", "item", "detail")
_of_kind = itemgetter("region", "period", "quantity", "dimension")
_COLUMNS = ("region", "period", "account", "item", "detail", "quantity", "unit")
_PLACE = ("file", "sheet", "row", "cell")
_SOURCE = ("region", "period", "account", "item", "detail", "book", "co2e")


class Point(NamedTuple):
    """One year of a series. ``value`` is None where only a notation key stands."""

    period: int
    value: float | None
    unit: str
    share: float
    place: Mapping[str, object]


class Series(NamedTuple):
    """The years of one quantity of a region, account, item and detail, in base units."""

    region: str
    account: str
    item: str
    detail: str
    quantity: str
    dimension: str
    points: tuple[Point, ...]

    @property
    def weight(self) -> float:
        """The greatest share of its region that the series ever has."""
        return max(point.share for point in self.points)

    def shown(self, point: Point) -> str:
        """The value of a year in the unit in which the series was last written."""
        unit = self.points[-1].unit
        if point.value is None:
            return "—"
        return f"{number(point.value / float(units.parse(unit).factor))} {unit}"


class _Sum(NamedTuple):
    """What the entries of one key, year and unit state: their numbers, and where they begin."""

    key: Key
    numbers: list[float]
    place: dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """Activities (rows with the key, ``period, unit, value, share`` and their place) and more.

    ``value`` is NaN where only a notation key stands. ``parameters`` are the series of what entries
    bring beside their activities, with a share of 0: they have none of their own.
    """

    activities: Sequence[Row]
    parameters: tuple[Series, ...]
    statistics: tuple[Statistic, ...]
    periods: tuple[int, ...]
    library: Library

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """Every series of an activity, years in order."""
        points: dict[tuple[str, ...], list[Point]] = {}
        for row in sorted(self.activities, key=itemgetter(*_KEY, "period")):
            points.setdefault(_of_key(row), []).append(_point(row))
        return _series(points)

    def statistic(self, region: str, period: int, name: str) -> Statistic | None:
        """A figure beside the inventory, if it was given (without regard to price years)."""
        for each in self.statistics:
            if (each.region, each.period, each.statistic) == (region, period, name):
                return each
        return None

    def rows(self, accounts: str, items: str, unit: str = "") -> list[Row]:
        """The activities of accounts (with those below) and items; ``|`` between them.

        With a ``unit``, those that have a number of its dimension.
        """
        rows = list(self.activities)
        if accounts:
            below = {key for each in accounts.split("|") for key in self.library.below(each)}
            found = below & self._places.keys()
            rows = [rows[place] for place in sorted(p for key in found for p in self._places[key])]
        if items:
            rows = [row for row in rows if row["item"] in items.split("|")]
        if unit:
            dimension = units.dimension(unit)
            rows = [row for row in rows if row["dimension"] == dimension]
            rows = [row for row in rows if not math.isnan(row["value"])]
        return rows

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where the activities of every account stand."""
        places: dict[str, list[int]] = {}
        for place, row in enumerate(self.activities):
            places.setdefault(row["account"], []).append(place)
        return places

    def who(self, region: str, account: str, item: str, detail: str = "") -> Text:
        """The name of a series in both languages."""
        parts = []
        for lang in ("zh", "en"):
            place = self.label("regions", region, lang)
            names = [f"{place} {account} {self.label('accounts', account, lang)}"]
            names += [self.label("items", item, lang)] if item else []
            names += [self.label("details", detail, lang)] if detail else []
            parts.append(" · ".join(names))
        return Text(*parts)

    def label(self, table: str, key: str, lang: str = "zh") -> str:
        """The name of a region, account, item or detail."""
        return self.library.label(table, key, lang)


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
    return Facts(shared, _parameters(means), statistics_of(source), tuple(periods), library)


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


def statistics_of(source: Results | Inventory) -> tuple[Statistic, ...]:
    """The socio-economic figures beside an inventory or a run."""
    if isinstance(source, Inventory):
        return tuple(source.intake.statistics)
    rows: Sequence[Mapping[str, object]] = source.info.get("statistics", ())
    return tuple(Statistic.model_validate(row) for row in rows)


def number(value: float) -> str:
    """A figure in a message: six digits that count, thousands separated."""
    if value == 0 or abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.6g}"
    return f"{float(f'{value:.6g}'):,.10f}".rstrip("0").rstrip(".")


def digits(value: float) -> int:
    """The digits that count in a number as written, whatever its sign."""
    return len(Decimal(repr(abs(float(value)))).normalize().as_tuple().digits)


def problem(
    grade: Grade, code: str, message: Text, remedy: Text, place: Mapping[str, object]
) -> Problem:
    """A finding at the place of an entry or of a figure."""
    row = place.get("row")
    return Problem(
        grade=grade,
        code=code,
        message=message,
        remedy=remedy,
        file=str(place.get("file") or ""),
        sheet=str(place.get("sheet") or ""),
        cell=str(place.get("cell") or ""),
        row=int(float(row)) if isinstance(row, Real) and not pd.isna(row) else None,
    )


def _entered(entries: pa.Table | None) -> tuple[list[_Sum], list[_Sum]]:
    """What entries state of activities and of parameters, by key, year and unit."""
    columns = [] if entries is None else entries.column_names
    quantities = [name for name in columns if f"{name}__unit" in columns]
    known = limits.names()
    sums: dict[Key, _Sum] = {}
    # Without a quantity there is nothing that could be stated.
    rows = given(entries, quantities) if quantities else pa.table({})
    wanted = (*_COLUMNS, "value", "notation", "sign", *_PLACE)
    lists = [rows[name].to_pylist() for name in wanted if quantities]
    for *key, value, notation, sign, file, sheet, row, cell in zip(*lists, strict=True):
        region, period, account, item, detail, quantity, unit = key
        if value is None and (not notation or quantity in known):
            continue
        whole = (region, period, account, item or "", detail or "", quantity, unit)
        found = sums.get(whole)
        if found is None:
            found = sums[whole] = _Sum(whole, [], dict.fromkeys(_PLACE))
        if value is not None:
            found.numbers.append(value if quantity in known else value * sign)
        for name, each in zip(_PLACE, (file, sheet, row, cell), strict=True):
            if found.place[name] is None:
                found.place[name] = each
    activities = [each for each in sums.values() if each.key[5] not in known]
    return activities, [each for each in sums.values() if each.key[5] in known]


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
        new = dict(zip(_COLUMNS, each.key, strict=True))
        text = new["unit"] or "1"
        factor, dimension = _base(text)
        amount = math.fsum(each.numbers) if each.numbers else math.nan
        value = amount * factor
        stated = {"unit": text, "dimension": dimension, "amount": amount, "value": value}
        new |= {**stated, **each.place}
        found = merged.setdefault((*_of_key(new), new["period"]), new)
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
        greatest[_of_key(row)] = max(share, greatest.get(_of_key(row), 0.0))
    for row in activities:
        # Years of a history have no emissions of their own: the series weighs what it ever does.
        row["share"] = weights.get(_of_source(row), greatest[_of_key(row)])
    return activities


def _parameters(means: Iterable[_Sum]) -> tuple[Series, ...]:
    """Entered parameters by their key; a year that has two units stands twice."""
    points: dict[tuple[str, ...], list[Point]] = {}
    for each in sorted(means, key=_by_year):
        region, period, account, item, detail, quantity, written = each.key
        unit = units.parse(written or "1")
        mean = _mean(each)
        point = Point(int(period), mean * float(unit.factor), unit.text, 0.0, each.place)
        key = (region, account, item, detail, quantity, unit.dimension)
        points.setdefault(key, []).append(point)
    return _series(points)


def _by_year(each: _Sum) -> Key:
    """Year, unit, mean, place and key: the order in which what is found is told, blanks last."""
    region, period, *key, written = each.key
    blanks = ((value is None, value) for value in (written, *each.place.values()))
    first, *place = ((blank, "" if blank else value) for blank, value in blanks)
    return (period, first, _mean(each), *place, region, *key)


def _mean(each: _Sum) -> float:
    return sum(each.numbers) / len(each.numbers)


def _series(points: Mapping[tuple[str, ...], Sequence[Point]]) -> tuple[Series, ...]:
    return tuple(
        Series(region, account, item, detail, quantity, dimension, tuple(years))
        for (region, account, item, detail, quantity, dimension), years in points.items()
    )


def _point(row: Row) -> Point:
    place = {name: row[name] for name in ("file", "sheet", "cell", "row")}
    known = None if math.isnan(row["value"]) else float(row["value"])
    return Point(int(row["period"]), known, str(row["unit"]), float(row["share"]), place)
