"""What the quality checks look at: activities, series, statistics, and how they are told of."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from numbers import Real
from operator import itemgetter
from typing import NamedTuple

import pandas as pd

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import Row
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.statistics import Statistic

__all__ = [
    "Facts",
    "Point",
    "Series",
    "digits",
    "number",
    "of_key",
    "problem",
    "series_of",
]

_KEY = ("region", "account", "item", "detail", "quantity", "dimension")
of_key = itemgetter(*_KEY)


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
            points.setdefault(of_key(row), []).append(_point(row))
        return series_of(points)

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


def series_of(points: Mapping[tuple[str, ...], Sequence[Point]]) -> tuple[Series, ...]:
    """The series of some points by key (``of_key``), years in order."""
    return tuple(
        Series(region, account, item, detail, quantity, dimension, tuple(years))
        for (region, account, item, detail, quantity, dimension), years in points.items()
    )


def _point(row: Row) -> Point:
    place = {name: row[name] for name in ("file", "sheet", "cell", "row")}
    known = None if math.isnan(row["value"]) else float(row["value"])
    return Point(int(row["period"]), known, str(row["unit"]), float(row["share"]), place)
