"""Implied emission factors of a run: against all editions of the library, and the year before.

The implied factor is the emission per unit of activity. Where it rests on measured or own values,
its band is what the formula gives when each of them takes the least and the greatest value that any
edition of the library has in its place.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, number, problem
from carbonledger.analysis.quality.given import given
from carbonledger.analysis.quality.ranges import Ranges
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.memory import database, rows_of
from carbonledger.methods.registry import Method, methods
from carbonledger.model.problem import Problem

__all__ = ["check_implied", "implied_factors"]

_KEY = ["region", "account", "item", "detail", "measure"]
_POTENTIAL = "gwp100"
_FACTORS = """
SELECT p.region, p.period, p.account, coalesce(p.item, '') AS item,
       coalesce(p.detail, '') AS detail, p.measure, p.method, u.quantity, u.unit,
       fsum(p.amount) AS amount, fsum(g.value * g.sign * s.scale) AS activity,
       sum(abs(p.co2e)) AS co2e, list(DISTINCT p.selection ORDER BY p.selection) AS selections,
       arg_min(g.file, entry) AS file, arg_min(g.sheet, entry) AS sheet,
       arg_min(g.row, entry) AS row, arg_min(g.cell, entry) AS cell
FROM postings p
JOIN used u USING (selection)
JOIN given g USING (entry, quantity)
JOIN scales s ON s.written = g.unit AND s.unit = u.unit
WHERE p.amount IS NOT NULL
GROUP BY ALL ORDER BY quantity, min(entry)
"""


def implied_factors(results: Results) -> pd.DataFrame:
    """Emission per activity by region, year, account, item, detail and gas.

    Returns:
        Columns ``region, period, account, item, detail, measure, method, quantity, unit`` (of the
        activity), ``amount`` (t of the gas), ``activity, factor, share`` (of the emissions of its
        region and year), ``selections`` and the place of the first entry. Postings without an
        activity (measured emissions aside) and series methods, whose result rests on several years,
        are not among them.
    """
    used = _activities_used(results)
    columns = [*_KEY, "period", "method", "unit", "amount", "activity", "co2e", "selections"]
    if used.empty:
        return pd.DataFrame(columns=[*columns, "factor", "share"])
    quantities = given(results.table("entries"), sorted(used["quantity"].unique()))
    tables = {
        "used": used,
        "postings": results.table("postings"),
        "given": quantities,
        "scales": _scales(quantities["unit"].unique().to_pylist(), used["unit"].unique()),
    }
    with database(threads=1) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        frame = connection.execute(_FACTORS).df()
        total = connection.execute(
            "SELECT region, period, sum(abs(co2e)) AS total FROM postings "
            "WHERE book = 'inventory' GROUP BY ALL"
        ).df()
    frame = frame[frame["activity"] != 0].merge(total, on=["region", "period"], how="left")
    return frame.assign(
        factor=frame["amount"] / frame["activity"], share=frame["co2e"] / frame["total"]
    )


def _activities_used(results: Results) -> pd.DataFrame:
    """For every selection the quantity that is its activity, and the unit of the method."""
    postings, selections, known = results.postings, results.selections, methods()
    by_selection = dict(
        zip(postings["selection"].tolist(), postings["method"].tolist(), strict=True)
    )
    rows = []
    for row in rows_of(selections[selections["parameter"] == "entry"]):
        method = known.get(by_selection.get(row["selection"], ""))
        if method and not method.series and row["argument"] == method.activity:
            rows.append((row["selection"], row["locator"], row["unit"]))
    return pd.DataFrame(rows, columns=["selection", "quantity", "unit"])


def _scales(written: Iterable[str | None], wanted: Sequence[str]) -> pd.DataFrame:
    rows = [
        (text, unit, units.multiplier(text or "1", unit))
        for text in written
        for unit in wanted
        if text is not None and units.same_dimension(text or "1", unit)
    ]
    return pd.DataFrame(rows, columns=["written", "unit", "scale"])


def check_implied(
    results: Results, facts: Facts, bands: Mapping[str, tuple[Band, ...]]
) -> Iterator[Problem]:
    """Implied factors beyond the editions of the library, and steps from year to year."""
    factors = implied_factors(results)
    (band,), (change,) = bands["implied-band"], bands["implied-change"]
    yield from _beyond_editions(results, facts, factors, band)
    yield from _changes(results, facts, factors, change)


def _beyond_editions(
    results: Results, facts: Facts, factors: pd.DataFrame, band: Band
) -> Iterator[Problem]:
    selections = results.selections
    own = _own(results, facts)
    by_selection: dict[int, dict[str, Mapping[str, Any]]] = {}
    for used in rows_of(selections):
        by_selection.setdefault(int(used["selection"]), {})[str(used["argument"])] = used
    arguments = {
        key: [name for name, used in each.items() if used["parameter"] in own]
        for key, each in by_selection.items()
    }
    told: set[tuple[str, ...]] = set()
    ranges = Ranges(facts.library, {name for names in arguments.values() for name in names})
    for row in rows_of(factors[factors["share"] >= band.share]):
        method = methods()[str(row["method"])]
        mine = [
            (int(key), [name for name in arguments[int(key)] if name != method.activity])
            for key in row["selections"]
        ]
        mine = [(key, names) for key, names in mine if names]
        key = tuple(str(row[name]) for name in _KEY)
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
    row: Mapping[str, Any],
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


def _own(results: Results, facts: Facts) -> set[str]:
    """The parameters of a run that are measured or the inventory's own."""
    library = set(facts.library.parameters["id"].tolist())
    declared = {each for each in results.selections["parameter"].unique() if each not in library}
    return declared | {"entry"}


def _corners(
    ranges: Ranges,
    row: Mapping[str, Any],
    method: Method,
    used: Mapping[str, Mapping[str, Any]],
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
    spans = []
    for name, unit in form.items():
        if name == method.activity:
            spans.append((units.multiplier(str(row["unit"]), unit),) * 2)
            continue
        value = used[name]["value"]
        span = ranges.span(row, name, unit) if name in own or _unknown(value) else None
        if span is None and _unknown(value):
            return None
        spans.append(span or (float(value) * units.multiplier(used[name]["unit"], unit),) * 2)
    results = [
        method.function(**dict(zip(form, corner, strict=True))) for corner in product(*spans)
    ]
    return (min(results), max(results)) if results else None


def _unknown(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _changes(
    results: Results, facts: Facts, factors: pd.DataFrame, band: Band
) -> Iterator[Problem]:
    by_key: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows_of(factors.sort_values([*_KEY, "unit", "period"])):
        by_key.setdefault(tuple(str(row[name]) for name in (*_KEY, "unit")), []).append(row)
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
        cause = _cause(results, a, b)
        message = Text(
            f"{who.zh} {b['measure']}：{band.name_zh} {shown} {unit}；{cause.zh}。",
            f"{who.en} {b['measure']}: {band.name_en} {shown} {unit}; {cause.en}.",
        )
        yield problem(band.grade, band.check, message, _CHANGED, b)


def _cause(results: Results, a: Mapping[str, Any], b: Mapping[str, Any]) -> Text:
    """What differs between the factors of two years."""
    if a["method"] != b["method"]:
        return Text(
            f"方法由 {a['method']} 变为 {b['method']}",
            f"the method changed from {a['method']} to {b['method']}",
        )
    table = results.selections
    sides = []
    for year in (a, b):
        rows = table[table["selection"].isin(list(year["selections"]))]
        rows = rows[rows["argument"] != _POTENTIAL]
        sides.append({(str(x), str(y)) for x, y in rows[["argument", "parameter"]].to_numpy()})
    changed = sorted({name for name, _ in sides[0] ^ sides[1]})
    if changed:
        names = "、".join(changed)
        return Text(f"所用参数不同：{names}", f"other parameters: {', '.join(changed)}")
    return Text("实测值不同，或所含录入的构成不同", "the measured values or the mix differ")


_CHANGED = Text(
    "请核对两年的实测值、参数来源和方法是否应当一致；不一致的请在备注中说明。",
    "Should both years use the same method, source and basis? Explain it in the note if not.",
)
