"""What ``carbonledger run`` and ``check`` print: totals by sector, and the problems found.

Nothing is computed here; figures are printed by the one formatter of ``reports.numbers``.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Shown

from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Book, Status
from carbonledger.reports.context import Names
from carbonledger.reports.gep_console import account_grid, has_account
from carbonledger.reports.numbers import TONNES, Scale, format_count, format_number, scale_for
from carbonledger.reports.tables import CO2E_COLUMN, Column, Figure, Row, Table, Tables
from carbonledger.reports.texts import chemical, label, text

__all__ = [
    "estimate_by_year",
    "is_long_estimate",
    "print_problems",
    "print_results",
    "problems_text",
    "totals_table",
]

_MOST_ROWS = 60
# Estimates over this many years stand as one line a year; of fewer years each gas is shown.
_LONG_ESTIMATE = 4
_MOST_ACCOUNTS = 6
_SHOWN_PER_GRADE = {Grade.A: 50, Grade.B: 10, Grade.C: 3, Grade.D: 3}
_GRADE_COLOURS = {Grade.A: "bold red", Grade.B: "yellow", Grade.C: "cyan", Grade.D: "dim"}
# A sum over parts that were not estimated or not disclosed is too small; over others it is whole.
_INCOMPLETE = {"NE", "C"}
_UNVERIFIED_MARK, _INCOMPLETE_MARK = "*", "†"


def print_results(
    console: Console, results: Results, library: Library, problems: Sequence[Problem], lang: str
) -> None:
    """Print the totals by sector and gas, and the problems of the run."""
    names = Names.of(library)
    console.print(_headline(results, lang), soft_wrap=True)
    if has_account(results.totals):
        console.print(account_grid(results.totals, names, lang))
    else:
        table = Tables.of(results, names).by_measure()
        grid = estimate_by_year if is_long_estimate(table) else totals_table
        console.print(grid(table, names, lang))
    print_problems(console, problems, lang)


def print_problems(
    console: Console, problems: Sequence[Problem], lang: str, *, whole: bool = False
) -> None:
    """Print how many problems there are of each grade, and the first of each.

    With ``whole`` all of them: where no workbook and no ``problems.csv`` holds the rest.
    """
    console.print(problems_text(problems, lang, whole=whole), soft_wrap=True)


def _headline(results: Results, lang: str) -> Shown:
    info = results.info
    line = Shown()
    title = info.get("title") or {}
    profile = info.get("profile_title") or {}
    line.append(str(title.get(lang, info.get("inventory", ""))), style="bold")
    line.append(f"\n{text('cover.profile').in_language(lang)}: ")
    line.append(str(profile.get(lang, info.get("profile", ""))))
    status = str(info.get("profile_status", ""))
    if status:
        style = "yellow" if status == Status.UNVERIFIED else ""
        line.append(f" [{label('status', status).in_language(lang)}]", style=style)
    line.append(f" · {text('cover.gwp').in_language(lang)}: {info.get('gwp', '')}")
    return line


def totals_table(table: Table, names: Names, lang: str) -> Grid:
    """The totals as a table: accounts indented, each column in a readable unit.

    Where the chart is too long for a screen its lower levels are left to the workbook.
    """
    rows = _visible(table.rows)
    several = {
        "region": len({row.block.region for row in table.rows}) > 1,
        "period": len({row.block.period for row in table.rows}) > 1,
    }
    scales = [_scale(table, column) for column in table.columns]
    legend = _legend(table, rows, lang, deeper=len(rows) < len(table.rows))
    marks = sum(key in legend for key in (_UNVERIFIED_MARK, _INCOMPLETE_MARK))
    grid = Grid(title=text("console.totals").in_language(lang), title_justify="left")
    grid.add_column(text("column.account").in_language(lang), overflow="fold")
    for key, shown in several.items():
        if shown:
            grid.add_column(text(f"column.{key}").in_language(lang))
    for column, scale in zip(table.columns, scales, strict=True):
        grid.add_column(_head(column, scale, lang), justify="right", no_wrap=True)
    last = None
    for place in rows:
        row = table.rows[place]
        if last is not None and row.block != last:
            grid.add_section()
        last = row.block
        block = {"region": names.region(row.block.region).in_language(lang)}
        block["period"] = str(row.block.period)
        grid.add_row(
            _name(row, names, lang),
            *(block[key] for key, shown in several.items() if shown),
            *(
                _shown(table.figure(place, column), scale, marks)
                for column, scale in zip(table.columns, scales, strict=True)
            ),
            style="bold" if row.depth == 0 else "",
        )
    grid.caption = legend or None
    grid.caption_justify = "left"
    return grid


def is_long_estimate(table: Table) -> bool:
    """Whether all rows are credits of one region over many years, every one with its CO2e."""
    blocks = {row.block for row in table.rows}
    return (
        {block.book for block in blocks} == {Book.CREDIT}
        and len({block.region for block in blocks}) == 1
        and len({block.period for block in blocks}) >= _LONG_ESTIMATE
        and all(table.figure(place, CO2E_COLUMN) != Figure() for place in range(len(table.rows)))
    )


def estimate_by_year(table: Table, names: Names, lang: str) -> Grid:
    """Years down; across the accounts that add up to the total, as deep as fits, in CO2e."""
    rows = _parts(table.rows)
    columns = list(dict.fromkeys(_place(table.rows[place]) for place in rows))
    scale = _scale(table, CO2E_COLUMN)
    lowest = max(table.rows[place].depth for place in rows)
    legend = _legend(table, rows, lang, deeper=any(row.depth > lowest for row in table.rows))
    marks = sum(key in legend for key in (_UNVERIFIED_MARK, _INCOMPLETE_MARK))
    unit = chemical(scale.unit(CO2E_COLUMN.unit, lang))
    title = f"{text('console.totals').in_language(lang)} [{unit}]"
    grid = Grid(title=title, title_justify="left", caption=legend or None, caption_justify="left")
    grid.add_column(text("column.period").in_language(lang))
    for place in columns:
        row = next(row for row in table.rows if _place(row) == place)
        head = _name(row._replace(depth=min(row.depth, 1)), names, lang)
        head.plain = head.plain.strip()
        grid.add_column(head, justify="right", overflow="fold")
    cells = {(table.rows[at].block.period, _place(table.rows[at])): at for at in rows}
    for year in sorted({row.block.period for row in table.rows}):
        found = [cells.get((year, place)) for place in columns]
        grid.add_row(
            str(year),
            *(
                _shown(Figure() if at is None else table.figure(at, CO2E_COLUMN), scale, marks)
                for at in found
            ),
        )
    return grid


def _place(row: Row) -> tuple[str, bool]:
    return row.account, row.own


def _parts(rows: Sequence[Row]) -> list[int]:
    """The roots, and at the deepest level that fits the accounts without parts above it."""
    for depth in range(max(row.depth for row in rows), -1, -1):
        places = [
            at
            for at, row in enumerate(rows)
            if row.depth in {0, depth} or (row.depth < depth and not row.parts)
        ]
        if len({_place(rows[at]) for at in places}) <= _MOST_ACCOUNTS:
            return places
    return [at for at, row in enumerate(rows) if row.depth == 0]


def _visible(rows: Sequence[Row]) -> list[int]:
    deepest = max((row.depth for row in rows), default=0)
    for depth in range(deepest, -1, -1):
        places = [place for place, row in enumerate(rows) if row.depth <= depth]
        if len(places) <= _MOST_ROWS:
            return places
    return places[:_MOST_ROWS]


def _scale(table: Table, column: Column) -> Scale:
    if not column.unit.startswith("t "):
        return TONNES
    return scale_for(table.figure(place, column).amount for place in range(len(table.rows)))


def _head(column: Column, scale: Scale, lang: str) -> Shown:
    unit = chemical(scale.unit(column.unit, lang))
    return Shown(f"{label('measure', column.key).in_language(lang)}\n{unit}", justify="right")


def _name(row: Row, names: Names, lang: str) -> Shown:
    if not row.account:
        words = text("row.total").in_language(lang)
    elif row.own:
        words = text("row.own").in_language(lang)
    else:
        words = f"{row.account} {names.account(row.account).in_language(lang)}"
    line = Shown("  " * row.depth + words)
    if row.depth == 0:
        line.append(f" ({label('book', row.block.book).in_language(lang)})", style="dim")
    return line


def _shown(figure: Figure, scale: Scale, marks: int) -> Shown:
    """A figure with its marks; blanks stand for absent ones, so that the points line up."""
    known = figure.amount is not None
    digits = format_number(figure.amount, notation=figure.notation, scale=scale)
    line = Shown(digits, style="" if known else "dim")
    found = _INCOMPLETE_MARK * _incomplete(figure) + _UNVERIFIED_MARK * (
        known and figure.unverified
    )
    line.append(found.ljust(marks), style="yellow")
    return line


def _incomplete(figure: Figure) -> bool:
    return figure.amount is not None and bool(_INCOMPLETE & set(figure.notation.split(",")))


def _legend(table: Table, rows: Sequence[int], lang: str, *, deeper: bool) -> str:
    figures = [table.figure(place, column) for place in rows for column in table.columns]
    keys = []
    if any(figure.unverified and figure.amount is not None for figure in figures):
        keys.append("console.unverified")
    if any(_incomplete(figure) for figure in figures):
        keys.append("console.incomplete")
    if deeper:
        keys.append("console.deeper")
    return "\n".join(text(key).in_language(lang) for key in keys)


def problems_text(problems: Sequence[Problem], lang: str, *, whole: bool = False) -> Shown:
    """The problems by grade, gravest first: place, what is wrong, what to do."""
    if not problems:
        return Shown(text("console.no_problems").in_language(lang))
    out = Shown(text("console.problems").in_language(lang), style="")
    for grade in Grade:
        found = [problem for problem in problems if problem.grade is grade]
        if not found:
            continue
        words = label("grade", grade).in_language(lang)
        out.append(f"\n{grade} {words}: {format_count(len(found))}", style=_GRADE_COLOURS[grade])
        shown = found if whole else found[: _SHOWN_PER_GRADE[grade]]
        for problem in shown:
            place = f"{problem.where}: " if problem.where else ""
            out.append(f"\n  {place}", style="bold")
            out.append(problem.message.in_language(lang))
            out.append(f"\n    → {problem.remedy.in_language(lang)}", style="dim")
        if len(found) > len(shown):
            more = text("console.more").in_language(lang)
            out.append("\n  " + more.format(count=format_count(len(found) - len(shown))))
    return out
