"""Sheets of a workbook: widths that fit Chinese, rows that fit their texts, pages that print."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_rowcol_to_cell

from carbonledger.reports.cell_texts import lines_of, safe_text, width_of
from carbonledger.reports.cells import FORMULA_STARTS, WIDEST, Cells, Shown, Strip, Style
from carbonledger.reports.page import Page

__all__ = ["UNVERIFIED_MARK", "Book", "Sheet", "Style"]

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "in_memory": True,  # its parts are not written to files of their own first
}
_A4 = 9
_HEADER: Style = {
    "bold": True, "bg_color": "#D9E1F2", "text_wrap": True, "align": "center",
}  # fmt: skip
_TITLE: Style = {"bold": True, "font_size": 14}
_NOTE: Style = {"font_color": "#595959", "font_size": 9}
_WRAP: Style = {"text_wrap": True}

UNVERIFIED_MARK: Style = {"font_color": "#C55A11", "bg_color": "#FCE4D6"}
"""The colours of a text that says that a value was not checked."""

_LINE_HEIGHT = 15.75
_TALLEST_ROW = 409.0
_PAGE = 240
_NARROWEST = 6
_DEFAULT_WIDTH = 8.43


class Book:
    """A new workbook; ``cells`` makes its cells."""

    def __init__(self, path: Path, title: str, created: datetime | None) -> None:
        self._file = xlsxwriter.Workbook(str(path), _OPTIONS)
        self.cells = Cells(self._file)
        self._sheets: list[Sheet] = []
        self._heading = title[:110].replace("&", "&&")
        properties: dict[str, Any] = {"title": title}
        # The time of the run, not of the writing: the same run gives the same file.
        if created is not None:
            properties["created"] = created.replace(tzinfo=None)
        self._file.set_properties(properties)

    def sheet(self, name: str, subtitle: str = "") -> "Sheet":
        """A new sheet behind the others, set up for A4 landscape.

        ``subtitle`` stands beside the title of the workbook at the top of each printed page.
        """
        page = self._file.add_worksheet(name, Page)
        page.set_landscape()
        page.set_paper(_A4)
        page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        page.hide_gridlines(2)
        right = (subtitle or name)[-60:].replace("&", "&&")
        page.set_header(f"&L&9{self._heading}&R&9{right}")
        page.set_footer("&C&9&P / &N")
        # Codes such as 350000 are texts on purpose.
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet = Sheet(name, page, self)
        self._sheets.append(sheet)
        return sheet

    def close(self) -> None:
        """Lay out all sheets and write the file.

        Raises:
            OSError: if the file cannot be written.
        """
        for sheet in self._sheets:
            sheet.lay_out()
        try:
            self._file.close()
        except FileCreateError as error:
            # The library wraps the reason; the one who asked must know it.
            raise error.args[0] from error


@dataclass
class Sheet:
    """One sheet; rows and columns are 0-based. ``one_page`` prints it on a single page."""

    name: str
    page: Any
    book: Book
    one_page: bool = False
    _widths: dict[int, int] = field(default_factory=dict)
    _wrapped: dict[int, list[tuple[range, str]]] = field(default_factory=dict)
    _tables: list[tuple[int, dict[int, Sequence[str | None]]]] = field(default_factory=list)
    _levels: dict[int, int] = field(default_factory=dict)
    _notes: dict[int, str] = field(default_factory=dict)
    _frozen: int = 0

    def cell(self, row: int, column: int) -> str:
        """The address of a cell for a formula on another sheet."""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, column)}"

    def title(self, title: str, notes: Iterable[str] = ()) -> int:
        """A title with notes below it; returns the next row."""
        self.page.write_string(0, 0, safe_text(title), self.book.cells.style(_TITLE))
        self._notes |= {row: safe_text(note) for row, note in enumerate(notes, 1)}
        return 1 + len(self._notes)

    def header(self, row: int, labels: Sequence[str], *, frozen: int = 0) -> int:
        """The heads of a table, repeated on every printed page; returns the next row.

        The rows down to the heads and the first ``frozen`` columns stay in view.
        """
        for column, label in enumerate(labels):
            self.text(row, column, label, _HEADER, limit=24)
        self.page.freeze_panes(row + 1, frozen)
        self._frozen = frozen
        self.page.repeat_rows(row)
        return row + 1

    def filter(self, head: int, last: int, columns: int) -> None:
        """Filter buttons on the heads of a table whose last row is ``last``."""
        self.page.autofilter(head, 0, max(head, last), columns - 1)

    def text(
        self, row: int, column: int, value: str, style: Style | None = None, *, limit: int = 60
    ) -> None:
        """A text; its column grows with it up to ``limit`` Latin letters, then it may wrap."""
        self._put(row, column, self.book.cells.text(value, style, limit=limit))

    def wide(self, row: int, first: int, last: int, value: str, style: Style | None = None) -> None:
        """A wrapped text across several columns, whose widths it leaves alone."""
        style = {"text_wrap": True} | (style or {})
        if value.startswith(FORMULA_STARTS):
            style["quote_prefix"] = True
        look = self.book.cells.style(style)
        # The merged range must be made first: merge_range itself would parse the text.
        self.page.merge_range(row, first, row, last, "", look)
        self.page.write_string(row, first, safe_text(value), look)
        self._wrapped.setdefault(row, []).append((range(first, last + 1), value))

    def key(self, row: int, column: int, value: str, style: Style | None = None) -> None:
        """What stands in place of a number: a notation key or the mark of a missing figure."""
        self._put(row, column, self.book.cells.key(value, style))

    def blank(self, row: int, column: int, style: Style | None = None) -> None:
        """A cell of a table in which nothing stands."""
        self._put(row, column, self.book.cells.blank(style))

    def number(
        self,
        row: int,
        column: int,
        value: float | None,
        style: Style | None = None,
        *,
        decimals: int = 2,
        notation: str = "",
    ) -> None:
        """A result, shown with fixed decimals; or what stands in its place."""
        cell = self.book.cells.number(value, style, decimals=decimals, notation=notation)
        self._put(row, column, cell)

    def written(self, row: int, column: int, value: float, style: Style | None = None) -> None:
        """A number of others, shown with all the digits that it was written with."""
        self._put(row, column, self.book.cells.written(value, style))

    def whole(self, row: int, column: int, value: int, style: Style | None = None) -> None:
        """A whole number that is no amount: a year, a row, a count."""
        self._put(row, column, self.book.cells.whole(value, style))

    def formula(
        self,
        row: int,
        column: int,
        formula: str,
        value: float | str,
        style: Style | None = None,
        *,
        number_format: str = "",
    ) -> None:
        """A live formula (without ``=``) and its value as computed, in full precision."""
        cell = self.book.cells.formula(formula, value, style, number_format=number_format)
        self._put(row, column, cell)

    def link(
        self, row: int, column: int, target: str, label: str, style: Style | None = None
    ) -> None:
        """A link to a cell of this workbook, such as ``'原表1'!H5``."""
        self._put(row, column, self.book.cells.link(target, label, style))

    def _put(self, row: int, column: int, shown: Shown) -> None:
        self.page.put(row, column, shown.cell)
        if shown.wrapped is not None:
            texts = self._wrapped.setdefault(row, [])
            if shown.wrapped:
                texts.append((range(column, column + 1), shown.wrapped))
        if shown.target:
            self.page.lead(row, column, *shown.target)
        self.widen(column, shown.width)

    def table(self, first: int, columns: Sequence[Strip]) -> None:
        """Whole columns of cells from the row ``first`` on, the quick way for long tables."""
        self.page.put_table(first, [column.cells for column in columns])
        texts = {place: column.wrapped for place, column in enumerate(columns) if column.wrapped}
        self._tables.append((first, texts))
        for place, column in enumerate(columns):
            self.widen(place, column.width)
            for below, target in column.targets.items():
                self.page.lead(first + below, place, *target)

    def comment(self, row: int, column: int, words: str) -> None:
        """A note on a cell."""
        size = {"x_scale": 2.5, "y_scale": 1.5}
        self.page.write_comment(row, column, safe_text(words), {"author": "carbonledger"} | size)

    def levels(self, first: int, depths: Iterable[int]) -> None:
        """Let the user fold away rows by their depth (Excel knows seven), from ``first`` on."""
        self._levels |= {row: min(depth, 7) for row, depth in enumerate(depths, first)}
        self.page.outline_settings(visible=True, symbols_below=False)

    def lay_out(self) -> None:
        """Set the widths of the columns and the heights of the rows that wrap."""
        widths = {
            column: min(max(width + 2, _NARROWEST), WIDEST + 2)
            for column, width in self._widths.items()
        }
        for column, width in widths.items():
            self.page.set_column(column, column, width)
        self._lay_out_notes(widths)
        pages = max(1, round(sum(widths.values()) / _PAGE))
        # More columns than a page can show go onto the next one, behind the frozen ones again.
        self.page.fit_to_pages(pages, int(self.one_page))
        if pages > 1:
            self.page.repeat_columns(0, max(self._frozen, 1) - 1)
        tallest = self._lines(widths)
        for row in sorted({*tallest, *self._levels}):
            height = min(tallest.get(row, 1) * _LINE_HEIGHT, _TALLEST_ROW)
            self.page.lay_out_row(row, height, self._levels.get(row, 0))

    def _lines(self, widths: Mapping[int, int]) -> dict[int, int]:
        """How many lines the texts of every row that wraps take at most."""
        tallest = {}
        for row, texts in self._wrapped.items():
            lines = [lines_of(text, _width(columns, widths)) for columns, text in texts]
            tallest[row] = max(lines, default=1)
        for first, columns in self._tables:
            lines_in = [
                _lines_each(texts, _width(range(place, place + 1), widths))
                for place, texts in columns.items()
            ]
            for row, most in enumerate(map(max, zip(*lines_in, strict=True)), first):
                if most > tallest.get(row, 0):
                    tallest[row] = most
        return tallest

    def _lay_out_notes(self, widths: Mapping[int, int]) -> None:
        """The notes across the table: what stuck out of it would print on pages of its own."""
        last = max(widths, default=0)
        while last and _width(range(last + 1), widths) > _PAGE:
            last -= 1
        columns = range(last + 1)
        room = _width(columns, widths)
        for row, note in self._notes.items():
            if last and width_of(note) > room:
                look = self.book.cells.style(_NOTE | _WRAP)
                self.page.merge_range(row, 0, row, last, note, look)
                self._wrapped[row] = [(columns, note)]
            else:
                self.page.write_string(row, 0, note, self.book.cells.style(_NOTE))

    def widen(self, column: int, width: int) -> None:
        """Make a column at least so wide, in Latin letters."""
        self._widths[column] = max(self._widths.get(column, 0), width)


def _width(columns: range, widths: Mapping[int, int]) -> float:
    return sum(widths.get(column, _DEFAULT_WIDTH) for column in columns)


def _lines_each(texts: Sequence[str | None], width: float) -> list[int]:
    """How many lines each text takes in a column; 0 where none wraps."""
    lines = {text: 0 if text is None else lines_of(text, width) for text in set(texts)}
    return [lines[text] for text in texts]
