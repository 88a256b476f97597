"""What the quality checks look at: the activities of a run, their weight, and the statistics.

Activities are summed by key and year in DuckDB. Parameters that entries bring (rates, distances,
heating values) do not add: they are series of their own, each year by its mean. The weight of a
series is its share of the emissions of its region and year, or, before anything was computed, its
share of all that is counted in the same dimension.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from numbers import Real
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from carbonledger import units
from carbonledger.engine.frame import entries_relation, quantities_of
from carbonledger.engine.open import Inventory
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import database, rows_of
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

_KEY = ["region", "account", "item", "detail", "quantity", "dimension"]
_NAMES = ["region", "period", "account", "item", "detail"]
_ACTIVITY = """
SELECT region, period, account, coalesce(item, '') AS item, coalesce(detail, '') AS detail,
       '{name}' AS quantity, "{name}__unit" AS unit, fsum("{name}" * sign) AS amount,
       count("{name}") AS numbers, arg_min(file, entry) AS file, arg_min(sheet, entry) AS sheet,
       arg_min(row, entry) AS row, arg_min("{name}__cell", entry) AS cell
FROM entries
WHERE "{name}" IS NOT NULL OR coalesce("{name}__notation", '') <> ''
GROUP BY ALL
"""
_QUANTITY = '("{name}", "{name}__unit", "{name}__cell") AS "{name}"'
_PARAMETERS = """
SELECT period, _unit, avg(_value), arg_min(file, entry), arg_min(sheet, entry),
       arg_min(row, entry), arg_min(_cell, entry), region, account, coalesce(item, '') AS item,
       coalesce(detail, '') AS detail, _quantity
FROM (UNPIVOT entries ON {quantities} INTO NAME _quantity VALUE _value, _unit, _cell)
WHERE _value IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_WEIGHTS = """
SELECT region, period, account, coalesce(item, '') AS item, coalesce(detail, '') AS detail,
       sum(abs(co2e)) AS co2e, book = 'inventory' AS counts
FROM postings GROUP BY ALL
"""


@dataclass(frozen=True)
class Point:
    """One year of a series. ``value`` is None where only a notation key stands."""

    period: int
    value: float | None
    unit: str
    share: float
    place: Mapping[str, object]


@dataclass(frozen=True)
class Series:
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


@dataclass(frozen=True)
class Facts:
    """Activities (columns of the key, ``period, unit, value, share`` and their place) and more.

    ``parameters`` are the series of what entries bring beside their activities, with a share of 0:
    they have none of their own.
    """

    activities: pd.DataFrame
    parameters: tuple[Series, ...]
    statistics: tuple[Statistic, ...]
    periods: tuple[int, ...]
    library: Library

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """Every series of an activity, years in order."""
        points: dict[tuple[str, ...], list[Point]] = {}
        for row in rows_of(self.activities.sort_values([*_KEY, "period"])):
            points.setdefault(tuple(str(row[name]) for name in _KEY), []).append(_point(row))
        return _series(points)

    def statistic(self, region: str, period: int, name: str) -> Statistic | None:
        """A figure beside the inventory, if it was given (without regard to price years)."""
        for each in self.statistics:
            if (each.region, each.period, each.statistic) == (region, period, name):
                return each
        return None

    def rows(self, accounts: str, items: str, unit: str = "") -> list[Mapping[str, Any]]:
        """The activities of accounts (with those below) and items; ``|`` between them.

        With a ``unit``, those that have a number of its dimension.
        """
        rows = list(self._records)
        if accounts:
            below = {key for each in accounts.split("|") for key in self.library.below(each)}
            rows = [row for row in rows if row["account"] in below]
        if items:
            rows = [row for row in rows if row["item"] in items.split("|")]
        if unit:
            dimension = units.dimension(unit)
            rows = [row for row in rows if row["dimension"] == dimension]
            rows = [row for row in rows if not math.isnan(row["value"])]
        return rows

    @cached_property
    def _records(self) -> Sequence[Mapping[str, Any]]:
        return rows_of(self.activities)

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
        return self._labels[table, lang].get(key, key)

    @cached_property
    def _labels(self) -> dict[tuple[str, str], dict[str, str]]:
        return {
            (table, lang): dict(zip(frame.iloc[:, 0], frame[f"name_{lang}"], strict=True))
            for table in ("regions", "accounts", "items", "details")
            for lang in ("zh", "en")
            for frame in [getattr(self.library, table)]
        }


def facts_of(source: Results | Inventory, library: Library) -> Facts:
    """The facts of a finished run, or of an inventory as read."""
    activities, parameters, weights = _nothing(), _parameters(()), None
    with database(threads=1) as connection:
        if isinstance(source, Results):
            table = source.table("entries")
            names = [name for name in table.column_names if f"{name}__unit" in table.column_names]
            connection.register("entries", table)
            activities, parameters = _entered(connection.execute, names)
            weights = _weights(connection, source)
            periods = tuple(source.info["periods"])
        else:
            if names := quantities_of(source.intake.tables):
                entries = entries_relation(connection, source.intake.tables)
                activities, parameters = _entered(partial(entries.query, "entries"), names)
            periods = tuple(source.intake.manifest.periods)
    shared = _with_shares(activities, weights) if len(activities) else _nothing()
    return Facts(shared, parameters, statistics_of(source), periods, library)


def entry_count(source: Results | Inventory) -> int:
    """How many entries there are, without reading them."""
    if isinstance(source, Results):
        return int(pq.read_metadata(source.folder / "entries.parquet").num_rows)
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


def _entered(
    ask: Callable[[str], duckdb.DuckDBPyConnection | duckdb.DuckDBPyRelation], names: Iterable[str]
) -> tuple[pd.DataFrame, tuple[Series, ...]]:
    """The activities and the parameters among the quantities of the entries."""
    known = limits.names()
    sums = [_ACTIVITY.format(name=name) for name in names if name not in known]
    means = [_QUANTITY.format(name=name) for name in names if name in known]
    activities = ask(" UNION ALL ".join(sums)).df() if sums else _nothing()
    rows = ask(_PARAMETERS.format(quantities=", ".join(means))).fetchall() if means else ()
    return activities, _parameters(rows)


def _nothing() -> pd.DataFrame:
    more = ["period", "unit", "amount", "numbers", "file", "sheet", "row", "cell"]
    return pd.DataFrame(columns=[*_KEY, *more, "value", "share"])


def _weights(connection: duckdb.DuckDBPyConnection, results: Results) -> pd.DataFrame:
    connection.register("postings", results.table("postings"))
    weights = connection.execute(_WEIGHTS).df()
    counted = weights["co2e"].where(weights["counts"])
    total = counted.groupby([weights["region"], weights["period"]]).transform("sum")
    shares = weights.assign(share=weights["co2e"] / total.where(total > 0))
    return shares.groupby(_NAMES, as_index=False)["share"].sum()


def _with_shares(activities: pd.DataFrame, weights: pd.DataFrame | None) -> pd.DataFrame:
    """The activities in base units, one row for each key and year, with their shares."""
    written = activities["unit"].fillna("").replace("", "1")
    parsed = {text: units.parse(text) for text in written.unique()}
    factors = written.map({text: float(unit.factor) for text, unit in parsed.items()})
    activities = activities.assign(
        unit=written,
        dimension=written.map({text: unit.dimension for text, unit in parsed.items()}),
        value=(activities["amount"] * factors).where(activities["numbers"] > 0),
    )
    # What is written in two units in one year is one quantity of that year.
    grouped = activities.groupby([*_KEY, "period"], sort=False)
    merged = grouped.first().assign(value=grouped["value"].sum(min_count=1)).reset_index()
    if weights is None:
        same = [merged["region"], merged["period"], merged["quantity"], merged["dimension"]]
        sizes = merged["value"].abs()
        merged["share"] = sizes / sizes.groupby(same).transform("sum")
    else:
        merged = merged.merge(weights, on=_NAMES, how="left")
        # Years of a history have no emissions of their own: the series weighs what it ever does.
        merged["share"] = merged["share"].fillna(merged.groupby(_KEY)["share"].transform("max"))
    return merged.assign(share=merged["share"].fillna(0.0))


def _parameters(rows: Iterable[tuple[Any, ...]]) -> tuple[Series, ...]:
    """Entered parameters by their key; a year that has two units stands twice."""
    points: dict[tuple[str, ...], list[Point]] = {}
    for period, written, mean, file, sheet, row, cell, *key in rows:
        unit = units.parse(written or "1")
        place = {"file": file, "sheet": sheet, "row": row, "cell": cell}
        point = Point(int(period), mean * float(unit.factor), unit.text, 0.0, place)
        points.setdefault((*map(str, key), unit.dimension), []).append(point)
    return _series(points)


def _series(points: Mapping[tuple[str, ...], Sequence[Point]]) -> tuple[Series, ...]:
    return tuple(
        Series(region, account, item, detail, quantity, dimension, tuple(years))
        for (region, account, item, detail, quantity, dimension), years in points.items()
    )


def _point(row: Mapping[str, object]) -> Point:
    value = row["value"]
    place = {name: row[name] for name in ("file", "sheet", "cell", "row")}
    known = None if pd.isna(value) else float(str(value))
    return Point(int(str(row["period"])), known, str(row["unit"]), float(str(row["share"])), place)
