"""Landfills: mass balance and first-order decay side by side, and what to warn of.

The mass balance books all the methane of a year's waste in the year of its burial; first-order
decay spreads it over the decades after. A city that stops landfilling falls to nothing at once by
the one and keeps emitting by the other, so the choice can turn the trend. A run computes one of
them; the other is computed here from the same entries and the same parameters.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.analysis.landfill_words import (
    climate_assumed,
    deducted_too_much,
    history_short,
    trend_turned,
)
from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.memory import Row, rows_of
from carbonledger.methods.registry import get
from carbonledger.model.problem import Problem
from carbonledger.model.profile import Profile

__all__ = ["deduction_notes", "landfill_notes", "landfill_series"]

_DECAY = "waste.landfill.ch4_decay"
_BALANCE = "waste.landfill.ch4_mass_balance"
_METHODS = {"mass_balance": _BALANCE, "decay": _DECAY}
_LINE = ("region", "account", "item", "detail")
_of_line = itemgetter(*_LINE)
_RATE = "decay_rate"
_RATE_EDITION = "ipcc-2006"  # for a profile that names no rate
_ASSUMED = "/climate-not-stated/k"  # ends the ids of the rates that stand in for a climate
_HALF_LIVES = 3  # after three half-lives an eighth of a deposit is left
_LEAST_CHANGE = 0.01  # of the larger end: a smaller change is no trend
# Where recovery, sludge and capture are deducted from what is generated in the same place.
_SUMS = ("1.B.1", "1.B.2", "2.A", "2.B", "2.C", "4.A", "4.B", "4.D")

Array = np.ndarray[Any, np.dtype[np.float64]]


class _Line(NamedTuple):
    """A line of landfilled waste: its postings, and the arguments of each year from the first."""

    key: tuple[str, ...]
    booked: Sequence[Row]
    years: Sequence[int]
    chosen: Mapping[int, Sequence[Row]]
    amounts: Mapping[int, Mapping[str, float]]

    @property
    def first(self) -> int:
        """The first reported year."""
        return int(min(row["period"] for row in self.booked))


def landfill_series(results: Results, library: Library, profile: Profile) -> list[dict[str, Any]]:
    """Both methods for every line of landfilled waste of a finished run.

    Args:
        results: the run; its entries have the years before the reported ones where there are any.
        library: where the decay rate is looked up if the run needed none.
        profile: the order of the families for that.

    Returns:
        A row per line and reported year with ``region, account, item, detail, period``: the
        ``method`` of the run, what it ``booked`` and what each method gives (``mass_balance,
        decay``), in t CH4 before recovery; ``decay_rate`` (1/a), ``rate_id`` of its row, and the
        first year of the line (``begins``). ``decay`` is NaN where a year before is missing or
        holds a notation key other than NO, and where there is no rate.
    """
    columns = (*_LINE, "period", "amount", "method", "selection")
    booked = results.rows("postings", columns, method=[_DECAY, _BALANCE])
    lines = _lines(results, booked) if booked else []
    rates = _rates(lines, library, profile)
    return [row for line in lines for row in _both(line, *rates[line.key])]


def _lines(results: Results, booked: Iterable[Row]) -> list[_Line]:
    """The lines in the order of their keys."""
    by_line: dict[tuple[str, ...], list[Row]] = {}
    for row in booked:
        by_line.setdefault(_of_line(row), []).append(row)
    arguments: dict[int, list[Row]] = {}
    columns = ("selection", "argument", "value", "unit", "parameter", "locator")
    selections = {row["selection"] for rows in by_line.values() for row in rows}
    for row in results.rows("selections", columns, selection=selections):
        arguments.setdefault(row["selection"], []).append(row)
    waste = _waste(results, {key[1] for key in by_line}, arguments.values())
    return [
        _line(key, rows, arguments, waste[key])
        for key, rows in sorted(by_line.items(), key=itemgetter(0))
    ]


def _waste(
    results: Results, accounts: Iterable[str], arguments: Iterable[Iterable[Row]]
) -> dict[tuple[str, ...], dict[int, list[Row]]]:
    """The entries of every line by year, with the quantities that the arguments name."""
    used = [row for rows in arguments for row in rows]
    quantities = {row["locator"] for row in used if row["parameter"] == "entry"}
    own = [f"{name}{part}" for name in sorted(quantities) for part in ("", "__unit", "__notation")]
    waste: dict[tuple[str, ...], dict[int, list[Row]]] = {}
    for row in results.rows("entries", (*_LINE, "period", "sign", *own), account=accounts):
        waste.setdefault(_of_line(row), {}).setdefault(row["period"], []).append(row)
    return waste


def landfill_notes(series: Sequence[Row], library: Library) -> list[Problem]:
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


def _line(
    key: tuple[str, ...],
    booked: Sequence[Row],
    arguments: Mapping[int, Sequence[Row]],
    waste: Mapping[int, Sequence[Row]],
) -> _Line:
    by_year = {row["period"]: row["selection"] for row in booked}
    years = range(min(waste), max(by_year) + 1)
    # The years before the reported ones have no posting: they take the parameters of the first.
    first = by_year[min(by_year)]
    chosen = {year: arguments[by_year.get(year, first)] for year in years}
    values = {year: _values(chosen[year], waste.get(year, ())) for year in years}
    return _Line(key, booked, years, chosen, values)


def _both(line: _Line, rate: float, rate_id: str) -> Iterator[dict[str, Any]]:
    """What either method gives in the reported years."""
    booked: dict[int, float] = {}
    for row in line.booked:
        booked[row["period"]] = booked.get(row["period"], 0.0) + (row["amount"] or 0.0)
    computed = {name: _computed(method, line, rate) for name, method in _METHODS.items()}
    for period in sorted(booked):
        yield {
            **dict(zip(_LINE, line.key, strict=True)),
            "period": period,
            "method": line.booked[0]["method"],
            "booked": booked[period],
            **{name: values[period - line.years[0]] for name, values in computed.items()},
            _RATE: rate,
            "rate_id": rate_id,
            "begins": line.years[0],
        }


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


def _rates(
    lines: Iterable[_Line], library: Library, profile: Profile
) -> dict[tuple[str, ...], tuple[float, str]]:
    """The decay rate that the run used, or the one that it would have used; with its row."""
    rates: dict[tuple[str, ...], tuple[float, str]] = {}
    unknown = []
    for line in lines:
        used = [each for each in line.chosen[line.first] if each["argument"] == _RATE]
        looked_up = [each for each in used if each["parameter"] != "entry"]
        if looked_up:
            value = looked_up[0]["value"] * units.multiplier(looked_up[0]["unit"], "1/a")
            rates[line.key] = value, looked_up[0]["parameter"]
        elif used:
            rates[line.key] = line.amounts[line.first].get(_RATE) or math.nan, "entry"
        else:
            rates[line.key] = math.nan, ""
            unknown.append(line)
    return rates | _selected(unknown, library, profile) if unknown else rates


def _selected(
    lines: Sequence[_Line], library: Library, profile: Profile
) -> dict[tuple[str, ...], tuple[float, str]]:
    """The decay rates of the library for lines whose run needed none."""
    request = {"argument": _RATE, "species": "", "dimension": units.dimension("1/a")}
    wanted = pd.DataFrame([
        {**request, **dict(zip(_LINE, line.key, strict=True)), "period": line.years[-1]}
        for line in lines
    ])[list(REQUEST_COLUMNS)]  # fmt: skip
    editions = profile.parameter_families.get(_RATE, profile.families)
    orders = {**profile.parameter_families, _RATE: list(dict.fromkeys([*editions, _RATE_EDITION]))}
    found = select(wanted, library, profile.model_copy(update={"parameter_families": orders}))
    columns = (found[name].tolist() for name in ("value", "unit", "id"))
    return {
        lines[place].key: (value * units.multiplier(unit, "1/a"), str(parameter))
        for place, value, unit, parameter in zip(found.index, *columns, strict=True)
    }


def _computed(method_id: str, line: _Line, rate: float) -> list[float]:
    """A method over the years of a line."""
    method = get(method_id)
    arrays: dict[str, Array] = {
        name: np.array([line.amounts[year].get(name, rate) for year in line.years], dtype=float)
        for name in method.arguments
    }
    result: Array = method.function(**arrays)
    return [float(value) for value in result]


def _trends(series: Iterable[Row], library: Library) -> Iterator[Problem]:
    regions: dict[str, list[Row]] = {}
    for row in series:
        regions.setdefault(row["region"], []).append(row)
    for region, rows in sorted(regions.items()):
        years = sorted({row["period"] for row in rows})
        sums = {
            name: [sum(row[name] for row in rows if row["period"] == year) for year in years]
            for name in _METHODS
        }
        if len(years) < 2 or any(math.isnan(value) for values in sums.values() for value in values):
            continue
        if _change(sums["mass_balance"]) * _change(sums["decay"]) < 0:
            yield trend_turned(
                library.label("regions", region),
                library.label("regions", region, "en"),
                (years[0], years[-1]),
                {name: (values[0], values[-1]) for name, values in sums.items()},
                booked_by_decay=any(row["method"] == _DECAY for row in rows),
            )


def _change(values: Sequence[float]) -> float:
    """From the first year to the last; zero where it is too small for a trend."""
    first, last = values[0], values[-1]
    change = last - first
    return change if abs(change) > _LEAST_CHANGE * max(abs(first), abs(last)) else 0.0


def _decayed(series: Iterable[Row]) -> list[tuple[tuple[str, ...], list[Row]]]:
    """The rows of every line that was computed by decay."""
    lines: dict[tuple[str, ...], list[Row]] = {}
    for row in series:
        if row["method"] == _DECAY:
            lines.setdefault(_of_line(row), []).append(row)
    return sorted(lines.items(), key=itemgetter(0))


def _short(series: Iterable[Row], library: Library) -> Iterator[Problem]:
    for line, rows in _decayed(series):
        rate, begins = rows[0][_RATE], rows[0]["begins"]
        first = min(row["period"] for row in rows)
        if not rate > 0:
            continue
        half_life = math.log(2) / rate
        if first - begins < _HALF_LIVES * half_life:
            needed = math.ceil(_HALF_LIVES * half_life)
            yield history_short(
                _named(line, library, "zh"),
                _named(line, library, "en"),
                (begins, first),
                half_life,
                first - needed,
            )


def _assumed(series: Iterable[Row], library: Library) -> Iterator[Problem]:
    for line, rows in _decayed(series):
        if rows[0]["rate_id"].endswith(_ASSUMED):
            zh, en = (_named(line, library, lang) for lang in ("zh", "en"))
            yield climate_assumed(zh, en, rows[0][_RATE])


def _named(line: Iterable[str], library: Library, lang: str) -> str:
    region, account, item, detail = line
    named = [
        library.label("regions", region, lang),
        account,
        library.label("items", item, lang),
        library.label("details", detail, lang),
    ]
    return (", " if lang == "en" else "，").join(filter(None, named))
