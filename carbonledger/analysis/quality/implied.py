"""Implied emission factors of a run: against all editions of the library, and the year before.

The implied factor is the emission per unit of activity. Where it rests on measured or own values,
its band is what the formula gives when each of them takes the least and the greatest value that any
edition of the library has in its place.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, product
from operator import itemgetter
from typing import Any, NamedTuple

from carbonledger import units
from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, number, problem
from carbonledger.analysis.quality.given import given
from carbonledger.analysis.quality.ranges import Ranges
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.memory import Row
from carbonledger.methods.registry import Method, methods
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import Problem
from carbonledger.model.records import Book

__all__ = ["check_implied", "implied_factors"]

_KEY = ["region", "account", "item", "detail", "measure"]
_POSTED = ("region", "period", "account", "item", "detail", "measure", "method")
_USED = ("selection", "argument", "value", "unit", "parameter")
_PLACE = ("file", "sheet", "row", "cell")

Selections = Mapping[int, Mapping[str, Row]]  # by number, what each argument took


def implied_factors(results: Results) -> list[dict[str, Any]]:
    """Emission per activity by region, year, account, item, detail and gas.

    Returns:
        Rows with ``region, period, account, item, detail, measure, method, quantity, unit`` (of the
        activity), ``amount`` (t of the gas), ``activity, factor, share`` (of the emissions of its
        region and year), ``selections`` and the place of the first entry. Postings without an
        activity (measured emissions aside) and series methods, whose result rests on several years,
        are not among them.
    """
    used = _activities_used(results)
    if not used:
        return []
    stated = _stated(results, {quantity for quantity, _ in used.values()})
    groups: dict[tuple[Any, ...], list[_Part]] = {}
    totals: dict[tuple[str, int], float] = {}
    postings = results.table("postings")
    names = (*_POSTED, "amount", "co2e", "book", "selection", "entry")
    columns = (postings[name].to_pylist() for name in names)
    for *posted, amount, co2e, book, selection, entry in zip(*columns, strict=True):
        emitted = abs(co2e or 0.0)
        if book == Book.INVENTORY:
            block = (posted[0], posted[1])
            totals[block] = totals.get(block, 0.0) + emitted
        quantity, unit = used.get(selection, ("", ""))
        found = stated.get((entry, quantity))
        if amount is None or found is None:
            continue
        scale = _scale(found.unit, unit)
        if scale is not None:
            part = _Part(amount, found.value * scale, emitted, selection, entry)
            groups.setdefault((*posted, quantity, unit), []).append(part)
    rows = [
        _factor(dict(zip((*_POSTED, "quantity", "unit"), key, strict=True)), parts, stated, totals)
        for key, parts in groups.items()
    ]
    rows.sort(key=itemgetter("quantity", "entry"))
    return [row for row in rows if row["activity"]]


class _Part(NamedTuple):
    """What one posting has of a source: its gas and the activity of its entry."""

    amount: float
    activity: float
    emitted: float
    selection: int
    entry: int


class _Stated(NamedTuple):
    """The number of an entry, as it counts, and where it stands."""

    value: float
    unit: str | None
    place: tuple[Any, ...]


def _factor(
    key: dict[str, Any],
    parts: Sequence[_Part],
    stated: Mapping[tuple[int, str], _Stated],
    totals: Mapping[tuple[str, int], float],
) -> dict[str, Any]:
    """What the postings of one source and gas amount to."""
    amount = math.fsum(part.amount for part in parts)
    activity = math.fsum(part.activity for part in parts)
    entry = min(part.entry for part in parts)
    total = totals.get((key["region"], key["period"]))
    return {
        **key,
        "item": key["item"] or "",
        "detail": key["detail"] or "",
        "amount": amount,
        "activity": activity,
        "factor": amount / activity if activity else math.nan,
        "share": _share(sum(part.emitted for part in parts), total),
        "selections": sorted({part.selection for part in parts}),
        "entry": entry,
        **dict(zip(_PLACE, stated[entry, key["quantity"]].place, strict=True)),
    }


def _share(emitted: float, total: float | None) -> float:
    """The share in a total; none where nothing counts, and beyond all where all of it is zero."""
    if not emitted or total is None:
        return 0.0
    return emitted / total if total else math.inf


def _activities_used(results: Results) -> dict[int, tuple[str, str]]:
    """For every selection the quantity that is its activity, and the unit of the method."""
    postings, known = results.table("postings"), methods()
    lists = (postings[name].to_pylist() for name in ("selection", "method"))
    by_selection = dict(zip(*lists, strict=True))
    used = {}
    columns = ("selection", "argument", "locator", "unit")
    for row in results.rows("selections", columns, parameter=["entry"]):
        method = known.get(by_selection.get(row["selection"]) or "")
        if method and not method.series and row["argument"] == method.activity:
            used[row["selection"]] = (row["locator"], row["unit"])
    return used


def _stated(results: Results, quantities: Iterable[str]) -> dict[tuple[int, str], _Stated]:
    """The numbers of some quantities by entry, with their signs."""
    rows = given(results.table("entries"), sorted(quantities))
    names = ("entry", "quantity", "value", "sign", "unit", *_PLACE)
    columns = (rows[name].to_pylist() for name in names)
    return {
        (entry, quantity): _Stated(value * sign, unit, tuple(place))
        for entry, quantity, value, sign, unit, *place in zip(*columns, strict=True)
        if value is not None
    }


@lru_cache(maxsize=4096)
def _scale(written: str | None, unit: str) -> float | None:
    """What turns the unit of an entry into that of a method; None where they do not convert."""
    if written is None or not units.same_dimension(written or "1", unit):
        return None
    return units.multiplier(written or "1", unit)


def check_implied(
    results: Results, facts: Facts, bands: Mapping[str, tuple[Band, ...]]
) -> Iterator[Problem]:
    """Implied factors beyond the editions of the library, and steps from year to year."""
    factors = implied_factors(results)
    (band,), (change,) = bands["implied-band"], bands["implied-change"]
    by_selection: dict[int, dict[str, Row]] = {}
    for used in results.rows("selections", _USED):
        by_selection.setdefault(used["selection"], {})[used["argument"]] = used
    yield from _beyond_editions(by_selection, facts, factors, band)
    yield from _changes(by_selection, facts, factors, change)


def _beyond_editions(
    by_selection: Selections, facts: Facts, factors: Iterable[Row], band: Band
) -> Iterator[Problem]:
    known = set(facts.library.parameters["id"].tolist())
    # What is measured (entered) or the inventory's own.
    arguments = {
        key: [name for name, used in each.items() if used["parameter"] not in known]
        for key, each in by_selection.items()
    }
    told: set[tuple[str, ...]] = set()
    ranges = Ranges(facts.library, {name for names in arguments.values() for name in names})
    for row in factors:
        if row["share"] < band.share:
            continue
        method = methods()[row["method"]]
        mine = [
            (key, [name for name in arguments[key] if name != method.activity])
            for key in row["selections"]
        ]
        mine = [(key, names) for key, names in mine if names]
        key = tuple(row[name] for name in _KEY)
        if not mine or key in told:
            continue
        selection, names = mine[0]
        limits = _corners(ranges, row, method, by_selection[selection], names)
        if limits is None:
            continue
        least, most = limits
        below, above = abs(least) * (1 - band.least), abs(most) * (band.most - 1)
        if not least - below <= row["factor"] <= most + above:
            told.add(key)
            yield _beyond(facts, row, band, f"{method.returns}/{row['unit']}", limits, names)


def _beyond(
    facts: Facts,
    row: Row,
    band: Band,
    unit: str,
    limits: tuple[float, float],
    names: Sequence[str],
) -> Problem:
    who = facts.who(row["region"], row["account"], row["item"], row["detail"])
    usual = f"{number(limits[0])}—{number(limits[1])}"
    message = Text(
        f"{who.zh} {row['period']} 年 {row['measure']}：{band.name_zh}为 "
        f"{number(row['factor'])} {unit}，换成因子库各版本的值应为 {usual}；"
        f"其中 {'、'.join(names)} 为实测值或自有参数。",
        f"{who.en} {row['period']} {row['measure']}: the {band.name_en} is "
        f"{number(row['factor'])} {unit}; with the values of the editions of the library it would "
        f"be {usual}; {', '.join(names)} are measured or own.",
    )
    return problem(band.grade, band.check, message, band.remedy, row)


def _corners(
    ranges: Ranges,
    row: Row,
    method: Method,
    used: Mapping[str, Row],
    own: Sequence[str],
) -> tuple[float, float] | None:
    """The least and the greatest factor by the ranges of the library; None where it has none."""
    form = next(
        (
            form.units
            for form in method.forms
            if all(
                units.same_dimension(used[name]["unit"], unit) for name, unit in form.units.items()
            )
        ),
        None,
    )
    if form is None:
        return None
    spans: list[tuple[float, ...]] = []
    for name, unit in form.items():
        if name == method.activity:
            spans.append((units.multiplier(str(row["unit"]), unit),))
            continue
        value = used[name]["value"]
        span = ranges.span(row, name, unit) if name in own or _unknown(value) else None
        if span is None and _unknown(value):
            return None
        spans.append(span or (float(value) * units.multiplier(used[name]["unit"], unit),))
    results = [
        method.function(**dict(zip(form, corner, strict=True))) for corner in product(*spans)
    ]
    return (min(results), max(results)) if results else None


def _unknown(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _changes(
    by_selection: Selections, facts: Facts, factors: Iterable[Row], band: Band
) -> Iterator[Problem]:
    by_key: dict[tuple[str, ...], list[Row]] = {}
    for row in sorted(factors, key=itemgetter(*_KEY, "unit", "period")):
        by_key.setdefault(tuple(row[name] for name in (*_KEY, "unit")), []).append(row)
    for years in by_key.values():
        steps = [
            (a, b)
            for a, b in pairwise(years)
            if a["factor"] and max(a["share"], b["share"]) >= band.share
            and not band.holds(b["factor"] / a["factor"])
        ]  # fmt: skip
        if not steps:
            continue
        a, b = steps[0]
        who = facts.who(b["region"], b["account"], b["item"], b["detail"])
        shown = "；".join(
            f"{one['period']}: {number(one['factor'])} → {two['period']}: {number(two['factor'])}"
            for one, two in steps
        )
        unit = f"t {b['measure']}/{b['unit']}"
        cause = _cause(by_selection, a, b)
        message = Text(
            f"{who.zh} {b['measure']}：{band.name_zh} {shown} {unit}；{cause.zh}。",
            f"{who.en} {b['measure']}: {band.name_en} {shown} {unit}; {cause.en}.",
        )
        yield problem(band.grade, band.check, message, _CHANGED, b)


def _cause(by_selection: Selections, a: Row, b: Row) -> Text:
    """What differs between the factors of two years."""
    if a["method"] != b["method"]:
        return Text(
            f"方法由 {a['method']} 变为 {b['method']}",
            f"the method changed from {a['method']} to {b['method']}",
        )
    sides = [
        {
            (argument, used["parameter"])
            for selection in year["selections"]
            for argument, used in by_selection[selection].items()
            if argument != GWP
        }
        for year in (a, b)
    ]
    changed = sorted({name for name, _ in sides[0] ^ sides[1]})
    if changed:
        names = "、".join(changed)
        return Text(f"所用参数不同：{names}", f"other parameters: {', '.join(changed)}")
    return Text("实测值不同，或所含录入的构成不同", "the measured values or the mix differ")


_CHANGED = Text(
    "请核对两年的实测值、参数来源和方法是否应当一致；不一致的请在备注中说明。",
    "Should both years use the same method, source and basis? Explain it in the note if not.",
)
