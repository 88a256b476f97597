"""The methods of a sink estimate side by side, with their ranges and what they leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from carbonledger.analysis.side_by_side import compare_methods, notes_of
from carbonledger.engine.frame import entries_relation
from carbonledger.engine.open import Inventory, open_inventory
from carbonledger.errors import Text
from carbonledger.methods.registry import get
from carbonledger.reports.context import Names
from carbonledger.reports.side_by_side_table import note_lines
from carbonledger.reports.tables import Figure
from carbonledger.reports.texts import chemical
from carbonledger.reports.view import Cell, Head, Kind, View

__all__ = ["SinkViews", "sink_views", "turned"]

_SIGN = Text("清除量为正。", "Removals are positive.")
_RANGE = Text(
    "低、高是各参数按文献上下限同时取最小、最大所得的最宽区间，不是置信区间；没有上下限的为“—”。",
    "Low and high are the widest that the published bounds of the parameters allow, no confidence "
    "interval; without bounds there is a dash.",
)


@dataclass(frozen=True)
class SinkViews:
    """Methods side by side as views, and what stands beside them in words.

    ``entry_notes`` are the notes of the entries, where assumptions and overlaps are said.
    """

    areas: View
    methods: View
    yearly: tuple[View, ...]
    pools: View
    notes: tuple[Text, ...]
    entry_notes: tuple[str, ...]


def sink_views(folder: str | Path) -> SinkViews:
    """All methods that apply to an inventory of sinks, side by side.

    Raises:
        CarbonledgerError: the inventory has grade-A problems.
    """
    opened = open_inventory(folder)
    content = compare_methods(opened)
    names = Names.of(opened.library)
    return SinkViews(
        areas_view(content["areas"], names),
        _methods_view(content["table"], names),
        tuple(_yearly_views(content["totals"], names)),
        _pools_view(content["table"]),
        tuple(dict.fromkeys(note_lines(content, names))),
        _entry_notes(opened),
    )


def _entry_notes(opened: Inventory) -> tuple[str, ...]:
    with duckdb.connect() as connection:
        entries = entries_relation(connection, opened.intake.tables)
        rows = entries.project("entry, note").order("entry").fetchall()
    return tuple(dict.fromkeys(str(note) for _, note in rows if note))


def _methods_view(rows: Sequence[Mapping[str, Any]], names: Names) -> View:
    """The sum of the years of every method, with its range."""
    lines: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda each: int(each["period"])):
        keys = ("account", "item", "detail", "measure", "method", "profile", "unit", "chosen")
        lines[tuple(row[key] for key in keys)] = row
    years = sorted({int(row["period"]) for row in rows})
    span = f"{years[0]}～{years[-1]}" if years else ""
    heads = (
        Head(Text("科目", "Account")),
        Head(Text("方法", "Method")),
        Head(Text("采用", "Taken")),
        Head(Text("累计", "Cumulative"), Kind.NUMBER),
        Head(Text("低", "Low"), Kind.NUMBER),
        Head(Text("高", "High"), Kind.NUMBER),
        Head(Text("单位", "Unit")),
        Head(Text("未核对", "Unverified")),
        Head(Text("口径", "Profile")),
        Head(Text("品种", "Item")),
    )
    body: list[tuple[Cell, ...]] = [
        (
            _coded(names, str(row["account"])),
            get(str(row["method"])).title,
            "✓" if row["chosen"] else "",
            *(Figure(row[name]) for name in ("cumulative", "cumulative_low", "cumulative_high")),
            chemical(str(row["unit"])),
            "*" if row["unverified"] else "",
            str(row["profile"]),
            names.item(str(row["item"])) if row["item"] else "",
        )
        for row in lines.values()
    ]
    title = Text(f"各方法 {span} 累计并列", f"Methods side by side, sums of {span}")
    return View(title, heads, tuple(body), (_SIGN, _RANGE))


def _yearly_views(rows: Sequence[Mapping[str, Any]], names: Names) -> list[View]:
    """For each root account: years down, the amount and the sum so far under each profile."""
    roots = [row for row in rows if not names.parents.get(str(row["account"]), "")]
    views = []
    for account, unit in dict.fromkeys((row["account"], row["unit"]) for row in roots):
        mine = [row for row in roots if (row["account"], row["unit"]) == (account, unit)]
        profiles = list(dict.fromkeys(str(row["profile"]) for row in mine))
        cells = {(int(row["period"]), str(row["profile"])): row for row in mine}
        heads = [Head(Text("年份", "Year"), Kind.WHOLE)]
        for each in profiles:
            heads += [
                Head(Text(f"{each} 当年", f"{each} of the year"), Kind.NUMBER, str(unit)),
                Head(Text(f"{each} 累计", f"{each} so far"), Kind.NUMBER, str(unit)),
                Head(Text(f"{each} 累计低", f"{each} so far, low"), Kind.NUMBER, str(unit)),
                Head(Text(f"{each} 累计高", f"{each} so far, high"), Kind.NUMBER, str(unit)),
            ]
        body = tuple(
            (year, *(cell for each in profiles for cell in _of_year(cells.get((year, each)))))
            for year in sorted({year for year, _ in cells})
        )
        name = names.account(str(account))
        title = Text(f"{name.zh}：分年", f"{name.en}: year by year")
        views.append(View(title, tuple(heads), body, (_SIGN,)))
    return views


def _of_year(row: Mapping[str, Any] | None) -> tuple[Cell, ...]:
    names = ("amount", "cumulative", "cumulative_low", "cumulative_high")
    return tuple(Figure(row[name] if row else None) for name in names)


def _pools_view(rows: Sequence[Mapping[str, Any]]) -> View:
    """What each method counts, what it leaves out, and why its result differs."""
    notes = notes_of(str(row["method"]) for row in rows)
    heads = (
        Head(Text("方法", "Method")),
        Head(Text("包括", "Includes")),
        Head(Text("不包括", "Leaves out")),
        Head(Text("差异原因", "Why it differs")),
    )
    body = tuple(
        (get(method).title, note.included, note.excluded, note.reason)
        for method, note in notes.items()
    )
    return View(Text("包括什么、不包括什么", "What is included and what is not"), heads, body)


def _coded(names: Names, account: str) -> Text:
    name = names.account(account)
    return Text(f"{account} {name.zh}", f"{account} {name.en}")


def turned(view: View) -> View:
    """A view of years down as one of years across, for a chart: the sums so far only."""
    wanted = [
        place
        for place, head in enumerate(view.heads)
        if head.label.en.endswith(" so far") and head.kind is Kind.NUMBER
    ]
    years = [int(str(row[0])) for row in view.rows]
    unit = view.heads[wanted[0]].unit if wanted else ""
    heads = (
        Head(Text("口径", "Profile")),
        *(Head(Text(f"{year} 年", str(year)), Kind.NUMBER, unit) for year in years),
    )
    rows = tuple((view.heads[place].label, *(row[place] for row in view.rows)) for place in wanted)
    return View(view.title, heads, rows)


def areas_view(content: Sequence[Mapping[str, Any]], names: Names) -> View:
    """The areas of the entries in hectares and in mu."""
    heads = (
        Head(Text("科目", "Account")),
        Head(Text("品种", "Item")),
        Head(Text("面积（公顷）", "Area (ha)"), Kind.NUMBER),
        Head(Text("面积（亩）", "Area (mu)"), Kind.NUMBER),
    )
    rows = tuple(
        (
            _coded(names, str(row["account"])),
            names.item(str(row["item"])) if row["item"] else "",
            row["ha"],
            row["mu"],
        )
        for row in content
    )
    return View(Text("面积（公顷、亩并列）", "Areas in hectares and mu"), heads, rows)
