"""Where a figure comes from: its terms with their numbers, the row of the file, the audit sheet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from pathlib import Path

from carbonledger.api import explain_run
from carbonledger.engine.explain import Argument, Explanation, Term
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.intake.files import Content, SourceFile
from carbonledger.intake.grid import Grid, grids_of
from carbonledger.intake.table import position
from carbonledger.ledger.layout import blob
from carbonledger.library.load import Library
from carbonledger.reports.context import Names
from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import chemical, label
from carbonledger.reports.view import Cell, Head, Kind, View
from carbonledger.services.arguments import keyed_name
from carbonledger.services.check import sheet_columns

__all__ = [
    "AUDIT",
    "Around",
    "accounts_of",
    "around",
    "equivalents_view",
    "explain_run",
    "items_of",
    "largest",
    "measures_of",
    "numbers_view",
    "parse_reference",
    "places_of",
    "printed_amount",
    "problems_at",
    "reference",
    "terms_view",
]

_ROWS_AROUND = 2
_REFERENCE = re.compile(r"([0-9a-f]{6,64})/([^/]+)/(\d{4})/([^/]+)/([^/]+)(?:/([^/]+))?")
AUDIT = Text("下载审计底稿（带公式，各数有出处）", "Download the working paper (live formulas)")
_MOST_TERMS = 500


@dataclass(frozen=True)
class Around:
    """The rows around a cell of an original file, as a spreadsheet shows them.

    ``rows`` are the texts with the row numbers in front; ``place`` is the position of the cell in
    them. ``sha256`` is the digest of the file as it was stored.
    """

    file: str
    sheet: str
    cell: str
    sha256: str
    columns: tuple[str, ...]
    numbers: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    place: tuple[int, int]

    @property
    def number(self) -> int:
        """The row of the cell as a spreadsheet numbers it."""
        return self.numbers[self.place[0]]

    @property
    def column(self) -> str:
        """The column of the cell as a spreadsheet letters it."""
        return self.columns[self.place[1]]


def reference(results: Results, explanation: Explanation, region: str, period: int) -> str:
    """A figure's name for reports: run, region, year, account and measure, and an item if one."""
    items = {term.item for term in explanation.terms}
    parts = [
        str(results.info["identity"])[:12],
        region,
        str(period),
        explanation.account,
        explanation.measure,
        *(items if len(items) == 1 and "" not in items else ()),
    ]
    return "/".join(parts)


def parse_reference(text: str) -> dict[str, str] | None:
    """What a reference names, for the address of a page; None if it is none."""
    found = _REFERENCE.fullmatch(text.strip())
    if found is None:
        return None
    run, region, year, account, measure, item = found.groups()
    named = {"run": run, "region": region, "year": year, "account": account, "measure": measure}
    return {**named, "item": item or ""}


def printed_amount(amount: float | None, unit: str) -> str:
    """An amount with its unit, as explanations print it."""
    return f"{format_number(amount, 4)} {chemical(unit)}" if amount is not None else "—"


def items_of(
    results: Results, library: Library, account: str, measure: str, region: str, period: int
) -> list[str]:
    """The items of the postings of an account and those below it, in a region and year."""
    below = library.below(account) | {account}
    wanted = {"measure": measure, "region": region, "period": period}
    return sorted(set(results.postings_of(below, ["item"], **wanted)["item"]) - {""})


def places_of(term: Term) -> list[str]:
    """The cells that a term's numbers were entered in."""
    places = [argument.place for argument in term.arguments if argument.place]
    return list(dict.fromkeys(place for place in (*places, term.place) if "!" in place))


def largest(explanation: Explanation) -> tuple[Term, ...]:
    """The terms of a figure as a page shows them: all, or the largest where they are too many."""
    terms = explanation.terms
    if len(terms) <= _MOST_TERMS:
        return terms
    return tuple(sorted(terms, key=lambda term: -abs(term.amount or 0.0))[:_MOST_TERMS])


def terms_view(explanation: Explanation, library: Library) -> View:
    """The postings that add up to a figure, with their formulas and the numbers filled in.

    Where there are too many for a page, the smaller ones stand together in one row.
    """
    shown = largest(explanation)
    names = Names.of(library)
    heads = (
        Head(Text("品种", "Item")),
        Head(Text("科目", "Account")),
        Head(Text("结果", "Result"), Kind.NUMBER, explanation.unit, decimals=4),
        Head(Text("公式（代入数值）", "Formula with its numbers")),
        Head(Text("单元格", "Cell")),
        Head(Text("标记", "Flags")),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            names.item(term.item) if term.item else "",
            _account(term, names),
            term.amount,
            term.filled or term.notation,
            term.place,
            _flags(term),
        )
        for term in shown
    ]
    if len(shown) < len(explanation.terms):
        rows.append(_others(explanation, shown))
    total = (Text("合计", "Total"), "", explanation.amount, "", "", "")
    title = Text(f"{explanation.account} 的构成", f"What makes up {explanation.account}")
    return View(title, heads, (*rows, total))


def _others(explanation: Explanation, shown: Sequence[Term]) -> tuple[Cell, ...]:
    """The row of the terms that a page does not show one by one."""
    kept = set(map(id, shown))
    rest = [term for term in explanation.terms if id(term) not in kept]
    words = Text(
        f"其余 {len(rest)} 项（见审计底稿）", f"the other {len(rest)} (see the working paper)"
    )
    amounts = [term.amount for term in rest if term.amount is not None]
    return words, "", fsum(amounts) if amounts else None, "", "", ""


def numbers_view(terms: Sequence[Term], library: Library) -> View:
    """Every number of some terms with where it is from: the cell, or document and page."""
    names = Names.of(library)
    heads = (
        Head(Text("品种", "Item")),
        Head(Text("参数", "Quantity or parameter")),
        Head(Text("数值", "Value"), Kind.WRITTEN),
        Head(Text("单位", "Unit")),
        Head(Text("出处", "From")),
        Head(Text("位置", "Page or table")),
        Head(Text("编号", "Id")),
        Head(Text("状态", "Status")),
    )
    rows: list[tuple[Cell, ...]] = []
    for term in terms:
        for each in (*term.arguments, *([term.gwp] if term.gwp else [])):
            item = names.item(term.item) if term.item else ""
            rows.append((item, *_number(each)))
    return View(
        Text("每个数的出处", "Where each number is from"), heads, tuple(dict.fromkeys(rows))
    )


def equivalents_view(
    results: Results, library: Library, account: str, region: str, period: int
) -> View:
    """The CO2e of an account as the sum of its gases; each gas can be traced by itself."""
    below = library.below(account) | {account}
    table = results.postings_of(below, region=region, period=period)
    table = table[table["co2e"].notna()]
    heads = (
        Head(Text("气体", "Gas")),
        Head(Text("名称", "Name")),
        Head(Text("质量", "Mass"), Kind.NUMBER, "t"),
        Head(Text("二氧化碳当量", "CO₂e"), Kind.NUMBER, "t CO2e"),
    )
    rows: list[tuple[Cell, ...]] = [
        (str(measure), label("measure", str(measure)), fsum(part["amount"]), fsum(part["co2e"]))
        for measure, part in table.groupby("measure", sort=True)
    ]
    rows.append(("", Text("合计", "Total"), "", fsum(table["co2e"])))
    title = Text(
        f"{account} 的二氧化碳当量由各气体相加", f"CO2e of {account}: the sum of its gases"
    )
    note = Text(
        f"各气体的质量乘以 {results.info['gwp']} 的增温潜势；请选一种气体继续溯源。",
        f"Masses times the warming potentials of {results.info['gwp']}; choose a gas to go on.",
    )
    return View(title, heads, tuple(rows), (note,))


def measures_of(results: Results, account: str, region: str, period: int) -> list[str]:
    """What an account has totals of in a region and year; CO2e where a gas has one."""
    table = results.totals
    table = table[(table["account"] == account) & (table["region"] == region)]
    table = table[table["period"] == period]
    found = sorted(table["measure"].unique(), key=lambda each: (each != "CO2", each))
    return [*found, *(["CO2e"] if table["co2e"].notna().any() else [])]


def accounts_of(results: Results, region: str, period: int) -> list[str]:
    """The accounts that have a total in a region and year."""
    table = results.totals
    table = table[(table["region"] == region) & (table["period"] == period)]
    return list(dict.fromkeys(table["account"]))


def problems_at(results: Results, place: str) -> View:
    """What was found about a cell when the run was made, the corrections among it."""
    where, _, cell = place.rpartition("!")
    table = results.problems
    found = table[table["cell"] == cell]
    heads = (
        Head(Text("等级", "Grade")),
        Head(Text("问题", "Problem")),
        Head(Text("处理", "What to do")),
    )
    rows = tuple(
        (str(row["grade"]), str(row["message"]), str(row["remedy"]))
        for row in found.to_dict("records")
        if where == "/".join(filter(None, (str(row["file"]), str(row["sheet"]))))
    )
    return View(Text("此单元格的问题和更正", "Problems and corrections of the cell"), heads, rows)


def around(results: Results, ledger: Path, place: str) -> Around | None:
    """The rows around a cell as the stored original shows them; None for what has no cell.

    Args:
        results: the run.
        ledger: the ledger folder, which keeps the originals.
        place: the place of a posting or argument: ``balance.xlsx/Sheet1!H5``.
    """
    where, mark, cell = place.rpartition("!")
    files = {str(each["name"]): str(each["sha256"]) for each in results.info.get("files", [])}
    file = next((name for name in files if where == name or where.startswith(f"{name}/")), "")
    if not mark or not file:
        return None
    path = blob(ledger, files[file])
    if not path.is_file():
        return None
    data = path.read_bytes()
    sheet = where.removeprefix(file).lstrip("/")
    source = SourceFile(file, path, files[file], len(data))
    grids, _ = grids_of(Content(source, data), sheet or None)
    for grid in grids:
        found = position(grid, cell)
        if found is not None:
            return _cut(grid, found, cell, files[file])
    return None


def _cut(grid: Grid, found: tuple[int, int], cell: str, sha256: str) -> Around:
    top = max(0, found[0] - _ROWS_AROUND)
    kept = range(top, min(len(grid.rows), found[0] + _ROWS_AROUND + 1))
    return Around(
        grid.file,
        grid.sheet,
        cell,
        sha256,
        tuple(sheet_columns(grid)),
        tuple(grid.row_number(row) for row in kept),
        tuple(tuple(grid.text(row, column) for column in range(grid.width)) for row in kept),
        (found[0] - top, found[1]),
    )


def _number(argument: Argument) -> tuple[Cell, ...]:
    status = label("status", argument.status) if argument.status else ""
    origin: Cell = argument.place or argument.source
    return (
        keyed_name(argument.name),
        argument.value * argument.sign,
        chemical(argument.unit),
        origin,
        argument.locator,
        argument.parameter,
        status,
    )


def _account(term: Term, names: Names) -> Text:
    name = names.account(term.account)
    return Text(f"{term.account} {name.zh}", f"{term.account} {name.en}")


def _flags(term: Term) -> Text:
    found = [label("flag", flag) for flag in term.flags.split(",") if flag]
    return Text("、".join(each.zh for each in found), ", ".join(each.en for each in found))
