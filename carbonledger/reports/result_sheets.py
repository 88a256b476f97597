"""The sheets of results: trees of accounts whose sums are live formulas."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from carbonledger.errors import Text
from carbonledger.reports.cell_texts import number_width, sum_of
from carbonledger.reports.cells import Cells, Shown, Strip, Style, strip, strip_of
from carbonledger.reports.context import Names
from carbonledger.reports.figure_cells import FigureCells
from carbonledger.reports.lists import head_text
from carbonledger.reports.sheet import UNVERIFIED_MARK, Sheet
from carbonledger.reports.tables import CO2E_COLUMN, Block, Column, Figure, Row, Table
from carbonledger.reports.texts import beside, chemical, label, text

__all__ = [
    "Placed",
    "gap_words",
    "measure_head",
    "write_gases",
    "write_items",
    "write_results",
]

_LEADING = ("code", "account_zh", "account_en", "book", "region", "period")
_FIGURES_FROM = len(_LEADING)

_ROW_STYLES: Mapping[str, Style] = {
    "top": {"bold": True, "bg_color": "#DDEBF7"},
    "sum": {"bold": True, "bg_color": "#F2F2F2"},
    "": {},
}
_WRAP: Style = {"text_wrap": True}


class Placed(NamedTuple):
    """Where a table stands on its sheet, for formulas elsewhere."""

    sheet: Sheet
    table: Table
    first: int

    def cell(self, row: int, column: Column) -> str:
        """The address of a figure."""
        offset = self.table.printed.index(column)
        return self.sheet.cell(self.first + row, _FIGURES_FROM + offset)


class _Words(NamedTuple):
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
    if shares:
        labels.append(head_text(text("column.share"), "%"))
    labels += [head_text(text("column.gaps")), head_text(text("column.flags"))]
    head = sheet.title(beside(words.title), map(beside, words.notes))
    placed = Placed(sheet, table, sheet.header(head, labels, frozen=3))
    rows = [_Line(row, _row_style(row)) for row in table.rows]
    columns = _leading(sheet.book.cells, rows, names)
    columns += _figures(placed, rows, sparse=sparse)
    if shares:
        columns.append(_shares(placed, rows))
    columns += _remarks(sheet.book.cells, table, rows, words.short)
    sheet.table(placed.first, columns)
    sheet.levels(placed.first, [row.depth for row in table.rows])
    sheet.filter(head, placed.first + len(table.rows) - 1, len(labels))
    return placed


class _Line(NamedTuple):
    """A row of the table and how it looks."""

    row: Row
    look: str


def _row_style(row: Row) -> str:
    if row.depth == 0:
        return "top"
    return "sum" if row.parts else ""


def _leading(cells: Cells, rows: Sequence[_Line], names: Names) -> list[Strip]:
    """The columns before the figures."""

    def name(row: Row) -> Text:
        if not row.account:
            return text("row.total")
        return text("row.own") if row.own else names.account(row.account)

    def code(account: str, look: str) -> Shown:
        return cells.text(account, _ROW_STYLES[look])

    def chinese(name: Text, look: str, depth: int) -> Shown:
        return cells.text(name.zh, _ROW_STYLES[look] | {"indent": depth})

    def english(name: Text, look: str, depth: int) -> Shown:
        style = _ROW_STYLES[look] | {"indent": depth} | _WRAP
        return cells.text(name.en, style, limit=34)

    def book(key: str, look: str) -> Shown:
        return cells.text(beside(label("book", key)), _ROW_STYLES[look])

    def region(key: str, look: str) -> Shown:
        return cells.text(beside(names.region(key)), _ROW_STYLES[look])

    def period(year: int, look: str) -> Shown:
        return cells.whole(year, _ROW_STYLES[look])

    named = [(name(row), look, row.depth) for row, look in rows]
    return [
        strip_of(code, [(row.account, look) for row, look in rows]),
        strip_of(chinese, named),
        strip_of(english, named),
        strip_of(book, [(row.block.book, look) for row, look in rows]),
        strip_of(region, [(row.block.region, look) for row, look in rows]),
        strip_of(period, [(row.block.period, look) for row, look in rows]),
    ]


def _figures(placed: Placed, rows: Sequence[_Line], *, sparse: bool) -> list[Strip]:
    """The columns of figures; what adds up others is a live sum."""
    made = FigureCells(placed.sheet.book.cells, _ROW_STYLES, sparse=sparse)
    table, first = placed.table, placed.first
    looks = [look for _, look in rows]
    downwards = [sum_of([first + part for part in row.parts]) for row, _ in rows]
    before = [xl_col_to_name(_FIGURES_FROM), xl_col_to_name(_FIGURES_FROM + len(table.columns) - 1)]
    across = [
        f"SUM({':'.join(f'{letters}{number}' for letters in dict.fromkeys(before))})"
        for number in range(first + 1, first + 1 + len(rows))
    ]
    columns = []
    for offset, column in enumerate(table.printed):
        letters = xl_col_to_name(_FIGURES_FROM + offset)
        sums = downwards
        if column == table.total:
            sums = across if offset else [""] * len(rows)
        columns.append(made.column(table.column(column), looks, sums, letters))
    return columns


def _shares(placed: Placed, rows: Sequence[_Line]) -> Strip:
    """The share of every account in the total of its block, where there is one."""
    table, cells = placed.table, placed.sheet.book.cells
    if table.total is None:
        return strip({"": cells.blank()}, [""] * len(rows))
    totals = table.column(table.total)
    tops: dict[Block, list[int]] = {}
    for place, row in table.tops:
        tops.setdefault(row.block, []).append(place)
    letters = xl_col_to_name(_FIGURES_FROM + len(table.columns))
    shares = []
    for place, line in enumerate(rows):
        top, *others = tops[line.row.block]
        own, whole = totals[place].amount, totals[top].amount
        if others or own is None or whole is None or whole <= 0:
            shares.append(cells.number(None, _ROW_STYLES[line.look]))
            continue
        part, total = (f"{letters}{placed.first + at + 1}" for at in (place, top))
        look = cells.look(_ROW_STYLES[line.look], "0.00%")
        cell = f"{look}><f>IF({total}&gt;0,{part}/{total},0)</f><v>{own / whole}</v></c>"
        shares.append(Shown(cell, number_width(own / whole)))
    return strip(dict(enumerate(shares)), range(len(shares)))


def _remarks(
    cells: Cells, table: Table, rows: Sequence[_Line], names: Sequence[str]
) -> list[Strip]:
    """What each row lacks, and whether a figure of it rests on values that were not checked."""

    def lacking(gaps: str, look: str) -> Shown:
        return cells.text(gaps, _ROW_STYLES[look] | _WRAP, limit=40)

    def mark(marked: bool, look: str) -> Shown:
        words = beside(label("flag", "unverified")) if marked else ""
        colours = UNVERIFIED_MARK if marked else {}
        return cells.text(words, _ROW_STYLES[look] | colours | _WRAP, limit=24)

    lacks, marks = [], []
    for (_, look), figures in zip(rows, table.figures, strict=True):
        lacks.append((gap_words(table.columns, figures, names), look))
        marks.append((any(figure.unverified for figure in figures.values()), look))
    return [strip_of(lacking, lacks), strip_of(mark, marks)]


def gap_words(
    columns: Sequence[Column], figures: Mapping[Column, Figure], names: Sequence[str]
) -> str:
    """Which figures of a row lack something, with the notation keys; ``names`` name the columns."""
    lacking = {column for column, figure in figures.items() if figure.notation}
    # The sum in CO2e lacks what its gases lack; once is enough.
    lacking.discard(CO2E_COLUMN)
    if not lacking:
        return ""
    return "; ".join(
        f"{name} {figures[column].notation}"
        for name, column in zip(names, columns, strict=True)
        if column in lacking
    )
