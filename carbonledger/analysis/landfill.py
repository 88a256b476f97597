"""Landfills: mass balance and first-order decay side by side, and what to warn of.

The mass balance books all the methane of a year's waste in the year of its burial; first-order
decay spreads it over the decades after. A city that stops landfilling falls to nothing at once by
the one and keeps emitting by the other, so the choice can turn the trend. A run computes one of
them; the other is computed here from the same entries and the same parameters.
"""

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.analysis.landfill_words import (
    climate_assumed,
    deducted_too_much,
    history_short,
    trend_turned,
)
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.memory import rows_of
from carbonledger.methods.registry import get
from carbonledger.model.problem import Problem
from carbonledger.model.profile import Profile

__all__ = ["SERIES_COLUMNS", "deduction_notes", "landfill_notes", "landfill_series"]

_DECAY = "waste.landfill.ch4_decay"
_BALANCE = "waste.landfill.ch4_mass_balance"
_LINE = ["region", "account", "item", "detail"]
_RATE = "decay_rate"
_RATE_EDITION = "ipcc-2006"  # for a profile that names no rate
_ASSUMED = "/climate-not-stated/k"  # ends the ids of the rates that stand in for a climate
_HALF_LIVES = 3  # after three half-lives an eighth of a deposit is left
_LEAST_CHANGE = 0.01  # of the larger end: a smaller change is no trend
# Where recovery, sludge and capture are deducted from what is generated in the same place.
_SUMS = ("1.B.1", "1.B.2", "2.A", "2.B", "2.C", "4.A", "4.B", "4.D")

SERIES_COLUMNS = [
    *_LINE, "period", "method", "booked", "mass_balance", "decay", _RATE, "rate_id", "begins",
]  # fmt: skip

Row = Mapping[str, Any]
Array = np.ndarray[Any, np.dtype[np.float64]]


def landfill_series(
    postings: pd.DataFrame,
    selections: pd.DataFrame,
    entries: pd.DataFrame,
    library: Library,
    profile: Profile,
) -> pd.DataFrame:
    """Both methods for every line of landfilled waste of a finished run.

    Args:
        postings: the postings of the run.
        selections: the selections that they refer to.
        entries: all entries, with the years before the reported ones where there are any.
        library: where the decay rate is looked up if the run needed none.
        profile: the order of the families for that.

    Returns:
        A row per line and reported year with ``SERIES_COLUMNS``: the method of the run, what it
        booked and what each method gives, in t CH4 before recovery; the decay rate (1/a), the id of
        its row, and the first year of the line. ``decay`` is missing where a year before is missing
        or holds a notation key other than NO, and where there is no rate.
    """
    booked = postings[postings["method"].isin([_DECAY, _BALANCE])]
    used = selections[selections["selection"].isin(booked["selection"].unique())]
    arguments: dict[Any, list[Row]] = {}
    for argument in rows_of(used):
        arguments.setdefault(argument["selection"], []).append(argument)
    waste: dict[tuple[Any, ...], dict[int, list[Row]]] = {}
    for row in rows_of(entries[entries["account"].isin(booked["account"].unique())]):
        years = waste.setdefault(tuple(row[name] for name in _LINE), {})
        years.setdefault(int(row["period"]), []).append(row)
    parts = [
        _line(_keys(key), rows, arguments, waste[_keys(key)], library, profile)
        for key, rows in booked.groupby(_LINE, dropna=False)
    ]
    if not parts:
        return pd.DataFrame(columns=SERIES_COLUMNS)
    return pd.concat(parts, ignore_index=True)[SERIES_COLUMNS]


def landfill_notes(series: pd.DataFrame, library: Library) -> list[Problem]:
    """What a compiler must confirm about landfills (grade C), from ``landfill_series``.

    Where the other method turns the trend of a region; where the history of a decay series is
    shorter than three half-lives, so that the stock of earlier years is missing; where the climate
    was not stated and a decay rate was assumed.
    """
    return [
        *_trends(series, library),
        *_short(series, library),
        *_assumed(series, library),
    ]


def deduction_notes(totals: pd.DataFrame, library: Library) -> list[Problem]:
    """A problem (grade B) where recovery, sludge or capture takes off more than there is.

    Args:
        totals: amounts rolled up the chart of accounts (``totals.csv``), with ``book, region,
            period, account, measure, amount``.
        library: for the names.
    """
    below = totals[
        (totals["book"] == "inventory") & totals["account"].isin(_SUMS) & (totals["amount"] < 0)
    ]
    return [
        deducted_too_much(
            library.label("regions", row["region"]),
            library.label("regions", row["region"], "en"),
            int(row["period"]),
            row["account"],
            row["measure"],
            float(row["amount"]),
        )
        for row in rows_of(below.sort_values(["region", "period", "account"]))
    ]


def _keys(key: Hashable) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _line(
    key: tuple[Any, ...],
    booked: pd.DataFrame,
    arguments: Mapping[Any, Sequence[Row]],
    waste: Mapping[int, Sequence[Row]],
    library: Library,
    profile: Profile,
) -> pd.DataFrame:
    line = dict(zip(_LINE, key, strict=True))
    first, last = int(booked["period"].min()), int(booked["period"].max())
    by_year = {int(row["period"]): row["selection"] for row in rows_of(booked)}
    years = range(min(waste), last + 1)
    # The years before the reported ones have no posting: they take the parameters of the first.
    chosen = {year: arguments[by_year.get(year, by_year[first])] for year in years}
    values = {year: _values(chosen[year], waste.get(year, ())) for year in years}
    entered = values[first].get(_RATE)
    rate, rate_id = entered or math.nan, "entry"
    if entered is None or not _is_entry(chosen[first]):
        rate, rate_id = _rate(line, chosen[first], last, library, profile)
    reported = sorted(by_year)
    table = booked.groupby("period", as_index=False)["amount"].sum()
    return table.rename(columns={"amount": "booked"}).assign(
        **line,
        method=booked["method"].iloc[0],
        mass_balance=_computed(_BALANCE, values, years, reported, rate),
        decay=_computed(_DECAY, values, years, reported, rate),
        decay_rate=rate,
        rate_id=rate_id,
        begins=years[0],
    )


def _values(chosen: Iterable[Row], rows: Sequence[Row]) -> dict[str, float]:
    """The arguments of one year in the units of the method; ``waste`` is NaN where unknown."""
    wanted = get(_DECAY).forms[0].units
    values = {}
    for argument in chosen:
        name = argument["argument"]
        if name not in wanted:
            continue
        quantity = argument["locator"]
        if argument["parameter"] != "entry":
            values[name] = argument["value"] * units.multiplier(argument["unit"], wanted[name])
        elif name == "waste":
            values[name] = _deposited(rows, quantity, wanted[name])
        else:
            values[name] = _entered(_given(rows, quantity)[:1], quantity, wanted[name])
    return values


def _given(rows: Iterable[Row], quantity: str) -> list[Row]:
    """The entries that have a number for a quantity."""
    return [row for row in rows if row[quantity] is not None and not math.isnan(row[quantity])]


def _is_entry(chosen: Iterable[Row]) -> bool:
    """Whether the entries themselves state the decay rate."""
    return any(each["argument"] == _RATE and each["parameter"] == "entry" for each in chosen)


def _deposited(rows: Sequence[Row], quantity: str, unit: str) -> float:
    keys = {row[f"{quantity}__notation"] for row in rows}
    # A cell without a key is None or NaN, whatever holds the column.
    if not rows or {key for key in keys if isinstance(key, str)} - {"", "NO"}:
        return math.nan
    return _entered(_given(rows, quantity), quantity, unit)


def _entered(rows: Iterable[Row], quantity: str, unit: str) -> float:
    """The sum of what the entries state of a quantity, in the wanted unit."""
    return math.fsum(
        row[quantity] * row["sign"] * units.multiplier(row[f"{quantity}__unit"], unit)
        for row in rows
    )


def _rate(
    line: Mapping[str, str],
    chosen: Iterable[Row],
    year: int,
    library: Library,
    profile: Profile,
) -> tuple[float, str]:
    """The decay rate that the run used, or the one that it would have used; with its row."""
    rates = [each for each in chosen if each["argument"] == _RATE]
    for used in rates:
        if used["parameter"] != "entry":
            value = used["value"] * units.multiplier(used["unit"], "1/a")
            return value, str(used["parameter"])
    if rates:
        return math.nan, "entry"
    request = {
        "argument": _RATE,
        "species": "",
        "period": year,
        "dimension": units.dimension("1/a"),
    }
    wanted = pd.DataFrame([{**request, **line}])[list(REQUEST_COLUMNS)]
    editions = profile.parameter_families.get(_RATE, profile.families)
    orders = {**profile.parameter_families, _RATE: list(dict.fromkeys([*editions, _RATE_EDITION]))}
    found = select(wanted, library, profile.model_copy(update={"parameter_families": orders}))
    if found.empty:
        return math.nan, ""
    row = found.iloc[0]
    return row["value"] * units.multiplier(row["unit"], "1/a"), str(row["id"])


def _computed(
    method_id: str,
    values: Mapping[int, Mapping[str, float]],
    years: Sequence[int],
    reported: Sequence[int],
    rate: float,
) -> list[float]:
    """A method over the years of a line, for those that are reported."""
    method = get(method_id)
    arrays: dict[str, Array] = {
        name: np.array([values[year].get(name, rate) for year in years], dtype=float)
        for name in method.arguments
    }
    result: Array = method.function(**arrays)
    return [float(result[year - years[0]]) for year in reported]


def _trends(series: pd.DataFrame, library: Library) -> Iterator[Problem]:
    for region, rows in series.groupby("region"):
        yearly = rows.groupby("period")[["mass_balance", "decay"]].agg(
            lambda column: column.sum(skipna=False)
        )
        if len(yearly) < 2 or yearly.isna().any(axis=None):
            continue
        changes = {name: _change(yearly[name].tolist()) for name in yearly.columns}
        if changes["mass_balance"] * changes["decay"] < 0:
            yield trend_turned(
                library.label("regions", str(region)),
                library.label("regions", str(region), "en"),
                (int(yearly.index.min()), int(yearly.index.max())),
                {name: (yearly[name].iloc[0], yearly[name].iloc[-1]) for name in yearly.columns},
                booked_by_decay=bool((rows["method"] == _DECAY).any()),
            )


def _change(values: Sequence[float]) -> float:
    """From the first year to the last; zero where it is too small for a trend."""
    first, last = values[0], values[-1]
    change = last - first
    return change if abs(change) > _LEAST_CHANGE * max(abs(first), abs(last)) else 0.0


def _short(series: pd.DataFrame, library: Library) -> Iterator[Problem]:
    decayed = series[(series["method"] == _DECAY) & series[_RATE].gt(0)]
    for line, rows in decayed.groupby(_LINE):
        rate, begins = float(rows[_RATE].min()), int(rows["begins"].min())
        known, first = int(rows["period"].min()) - begins, int(rows["period"].min())
        half_life = math.log(2) / rate
        if known < _HALF_LIVES * half_life:
            needed = math.ceil(_HALF_LIVES * half_life)
            yield history_short(
                _named(_keys(line), library, "zh"),
                _named(_keys(line), library, "en"),
                (begins, first),
                half_life,
                first - needed,
            )


def _assumed(series: pd.DataFrame, library: Library) -> Iterator[Problem]:
    decayed = series[(series["method"] == _DECAY) & series["rate_id"].str.endswith(_ASSUMED)]
    for line, rows in decayed.groupby(_LINE):
        yield climate_assumed(
            _named(_keys(line), library, "zh"),
            _named(_keys(line), library, "en"),
            float(rows[_RATE].iloc[0]),
        )


def _named(line: Iterable[str], library: Library, lang: str) -> str:
    region, account, item, detail = line
    named = [
        library.label("regions", region, lang),
        account,
        library.label("items", item, lang),
        library.label("details", detail, lang),
    ]
    return (", " if lang == "en" else "，").join(filter(None, named))
