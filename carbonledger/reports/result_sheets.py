"""The sheets of results: trees of accounts whose sums are live formulas."""

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from carbonledger.errors import Text
from carbonledger.reports.cell_texts import sum_of
from carbonledger.reports.context import Names
from carbonledger.reports.lists import head_text
from carbonledger.reports.sheet import UNVERIFIED_MARK, Sheet, Style
from carbonledger.reports.tables import CO2E_COLUMN, Block, Column, Figure, Row, Table
from carbonledger.reports.texts import beside, chemical, label, text

__all__ = [
    "UNVERIFIED_FIGURE",
    "Placed",
    "gap_words",
    "measure_head",
    "write_gases",
    "write_items",
    "write_results",
]

_LEADING = ("code", "account_zh", "account_en", "book", "region", "period")
_FIGURES_FROM = len(_LEADING)

_TOP: Style = {"bold": True, "bg_color": "#DDEBF7"}
_SUM: Style = {"bold": True, "bg_color": "#F2F2F2"}
UNVERIFIED_FIGURE: Style = {"font_color": "#C55A11"}


@dataclass(frozen=True)
class Placed:
    """Where a table stands on its sheet, for formulas elsewhere."""

    sheet: Sheet
    table: Table
    first: int

    def cell(self, row: int, column: Column) -> str:
        """The address of a figure."""
        offset = self.table.printed.index(column)
        return self.sheet.cell(self.first + row, _FIGURES_FROM + offset)


@dataclass(frozen=True)
class _Words:
    """What stands around the figures; ``short`` names the columns in the column of gaps."""

    title: Text
    notes: Sequence[Text]
    heads: Sequence[str]
    short: Sequence[str]


def write_results(sheet: Sheet, table: Table, names: Names, gwp: str) -> Placed:
    """Every account with each measure in its own unit and in CO2e."""
    notes = [text("note.sign"), text("note.missing"), _co2e_note(gwp), text("note.fold")]
    return _write(sheet, table, names, _measure_words(table, text("title.results"), notes))


def write_gases(sheet: Sheet, table: Table, names: Names, gwp: str) -> Placed:
    """Every account with its gases in CO2e, their sum and the share in the total."""
    notes = [text("note.sign"), text("note.missing"), _co2e_note(gwp)]
    words = _measure_words(table, text("title.gases"), notes)
    return _write(sheet, table, names, words, shares=True)


def write_items(sheet: Sheet, table: Table, names: Names) -> Placed:
    """The CO2 of every account by item."""
    items = [
        names.item(column.key) if column.key else text("row.no_item") for column in table.columns
    ]
    heads = [
        head_text(words, chemical(column.unit))
        for words, column in zip(items, table.columns, strict=True)
    ]
    if table.total is not None:
        heads.append(head_text(text("column.total"), chemical(table.total.unit)))
    notes = [text("note.sign"), text("note.missing"), text("note.no_item")]
    short = [words.zh for words in items]
    words = _Words(text("title.items"), notes, heads, short)
    return _write(sheet, table, names, words, sparse=True)


def _co2e_note(gwp: str) -> Text:
    words = text("note.co2e")
    return Text(words.zh.format(gwp=gwp), words.en.format(gwp=gwp))


def _measure_words(table: Table, title: Text, notes: Sequence[Text]) -> _Words:
    short = [chemical(column.key) for column in table.columns]
    return _Words(title, notes, [measure_head(column) for column in table.printed], short)


def measure_head(column: Column) -> str:
    """The head of a column of a measure: its names, its formula and its unit."""
    words, symbol = label("measure", column.key), chemical(column.key)
    english = words.en if symbol in words.en else f"{words.en} {symbol}"
    return head_text(Text(words.zh, english), chemical(column.unit))


def _write(
    sheet: Sheet,
    table: Table,
    names: Names,
    words: _Words,
    *,
    shares: bool = False,
    sparse: bool = False,
) -> Placed:
    """Write a tree of accounts; in a ``sparse`` one what was never computed is left blank."""
    labels = [head_text(text(f"column.{name}")) for name in _LEADING]
    labels += words.heads
    following = len(labels)
    if shares:
        labels.append(head_text(text("column.share"), "%"))
    labels += [head_text(text("column.gaps")), head_text(text("column.flags"))]
    head = sheet.title(beside(words.title), map(beside, words.notes))
    placed = Placed(sheet, table, sheet.header(head, labels, frozen=3))
    tops = _tops(table)
    for place, row in enumerate(table.rows):
        style = _row_style(row)
        _leading(sheet, placed.first + place, row, names, style)
        _figures(placed, place, style, sparse=sparse)
        if shares:
            _share(placed, place, tops[row.block], following, style)
        _remarks(placed, place, following + shares, words.short, style)
        sheet.level(placed.first + place, row.depth)
    sheet.filter(head, placed.first + len(table.rows) - 1, len(labels))
    return placed


def _row_style(row: Row) -> Style:
    if row.depth == 0:
        return _TOP
    return _SUM if row.parts else {}


def _leading(sheet: Sheet, at: int, row: Row, names: Names, style: Style) -> None:
    if not row.account:
        name = text("row.total")
    else:
        name = text("row.own") if row.own else names.account(row.account)
    block = row.block
    sheet.text(at, 0, row.account, style)
    sheet.text(at, 1, name.zh, style | {"indent": row.depth})
    sheet.text(at, 2, name.en, style | {"indent": row.depth, "text_wrap": True}, limit=34)
    sheet.text(at, 3, beside(label("book", block.book)), style)
    sheet.text(at, 4, beside(names.region(block.region)), style)
    sheet.whole(at, 5, block.period, style)


def _figures(placed: Placed, place: int, style: Style, *, sparse: bool) -> None:
    table, sheet, at = placed.table, placed.sheet, placed.first + place
    for offset, column in enumerate(table.printed):
        figure = table.figure(place, column)
        if sparse and figure.empty:
            sheet.blank(at, _FIGURES_FROM + offset, style)
            continue
        if column == table.total:
            cells = [(at, _FIGURES_FROM + across) for across in range(offset)]
        else:
            cells = [
                (placed.first + part, _FIGURES_FROM + offset) for part in table.rows[place].parts
            ]
        _figure(sheet, at, _FIGURES_FROM + offset, figure, cells, style)


def _figure(
    sheet: Sheet, row: int, column: int, figure: Figure, cells: list[tuple[int, int]], style: Style
) -> None:
    if figure.unverified and figure.amount is not None:
        style = style | UNVERIFIED_FIGURE
    if not cells:
        sheet.number(row, column, figure.amount, style, notation=figure.notation)
        return
    total = sum_of(cells)
    if figure.amount is not None:
        sheet.formula(row, column, total, figure.amount, style)
        return
    # Nothing below is a number: the sum shows the notation keys, and lives as soon as one is.
    stands, count = figure.notation or "—", total.replace("SUM(", "COUNT(")
    sheet.formula(row, column, f'IF({count}=0,"{stands}",{total})', stands, style)


def _tops(table: Table) -> dict[Block, list[int]]:
    """The places of the rows of every block that stand in no other."""
    tops: dict[Block, list[int]] = {}
    for place, row in enumerate(table.rows):
        if row.depth == 0:
            tops.setdefault(row.block, []).append(place)
    return tops


def _share(placed: Placed, place: int, tops: Sequence[int], column: int, style: Style) -> None:
    table = placed.table
    if table.total is None:
        return
    own, whole = (table.figure(i, table.total).amount for i in (place, tops[0]))
    at = placed.first + place
    if len(tops) > 1 or own is None or whole is None or whole <= 0:
        placed.sheet.number(at, column, None, style)
        return
    total, part = (
        xl_rowcol_to_cell(placed.first + i, _FIGURES_FROM + len(table.columns))
        for i in (tops[0], place)
    )
    formula = f"IF({total}>0,{part}/{total},0)"
    placed.sheet.formula(at, column, formula, own / whole, style, number_format="0.00%")


def _remarks(placed: Placed, place: int, column: int, names: Sequence[str], style: Style) -> None:
    sheet, at = placed.sheet, placed.first + place
    gaps = gap_words(placed.table, place, names)
    sheet.text(at, column, gaps, style | {"text_wrap": True}, limit=40)
    marked = any(placed.table.figure(place, key).unverified for key in placed.table.columns)
    mark = beside(label("flag", "unverified")) if marked else ""
    colours = UNVERIFIED_MARK if marked else {}
    sheet.text(at, column + 1, mark, style | colours | {"text_wrap": True}, limit=24)


def gap_words(table: Table, place: int, names: Sequence[str]) -> str:
    """Which columns of a row lack something, with the notation keys; ``names`` name the columns."""
    found = (
        (name, table.figure(place, column).notation)
        for name, column in zip(names, table.columns, strict=True)
        # The sum in CO2e lacks what its gases lack; once is enough.
        if column != CO2E_COLUMN
    )
    return "; ".join(f"{name} {notation}" for name, notation in found if notation)
