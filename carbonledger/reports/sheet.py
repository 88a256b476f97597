"""Sheets of a workbook: cells that stay what they are, widths that fit Chinese, pages that print.

A text is always a text cell, never a formula or a link, whatever it begins with. A formula always
carries its computed value, so that phones, previews and other readers show the number.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from rich.cells import cell_len
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from carbonledger.reports.cell_texts import lines_of, number_width, safe_text, words_of
from carbonledger.reports.numbers import (
    excel_format,
    excel_format_written,
    format_number,
    format_written,
)
from carbonledger.reports.page import Cell, Page, blank_cell, formula_cell, number_cell

__all__ = ["UNVERIFIED_MARK", "Book", "Sheet", "Style"]

Style = dict[str, Any]

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_A4 = 9
_FONT: Style = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_BODY: Style = {"border": 1, "border_color": "#BFBFBF"}
_HEADER: Style = _BODY | {
    "bold": True, "bg_color": "#D9E1F2", "text_wrap": True, "align": "center",
}  # fmt: skip
_TITLE: Style = {"bold": True, "font_size": 14}
_NOTE: Style = {"font_color": "#595959", "font_size": 9}
_WRAP: Style = {"text_wrap": True}
_KEY: Style = {"align": "right", "font_color": "#7F7F7F"}
_LINK: Style = {"font_color": "#0563C1", "underline": 1}

UNVERIFIED_MARK: Style = {"font_color": "#C55A11", "bg_color": "#FCE4D6"}
"""The colours of a text that says that a value was not checked."""

# A spreadsheet would take a text that begins so for a formula as soon as someone edits the cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LINE_HEIGHT = 15.75
_TALLEST_ROW = 409.0
_MOST_LINES = 20
_WIDEST = 200
_PAGE = 240
_NARROWEST = 6
_DEFAULT_WIDTH = 8.43


class _Look(NamedTuple):
    """How a text looks: the format of its cell, how far it is indented, whether it wraps."""

    format: Format
    indent: int
    wraps: bool


class _Written(NamedTuple):
    """A text in a style: its cell, how wide its column must be, whether it wraps.

    ``long`` if it may need more than one line.
    """

    cell: Cell
    width: int
    wraps: bool
    long: bool


# A style as the key of what is made once for it.
_Key = frozenset[tuple[str, Any]]
_PLAIN: _Key = frozenset()


class Book:
    """A new workbook with a cache of its cell formats."""

    def __init__(self, path: Path, title: str, created: datetime | None) -> None:
        self._file = xlsxwriter.Workbook(str(path), _OPTIONS)
        self._formats: dict[_Key, Format] = {}
        self._looks: dict[tuple[_Key, bool], _Look] = {}
        self._numbers: dict[tuple[_Key, str], Format] = {}
        self._blanks: dict[_Key, Cell] = {}
        self.written: dict[tuple[str, int, _Key], _Written] = {}
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

    def style(self, style: Style) -> Format:
        """The format of a style, made once."""
        key = frozenset(style.items())
        if key not in self._formats:
            self._formats[key] = self._file.add_format(_FONT | style)
        return self._formats[key]

    def look(self, style: Style, *, quoted: bool) -> _Look:
        """How a text in a style looks; ``quoted`` if it begins like a formula."""
        key = (frozenset(style.items()), quoted)
        if key not in self._looks:
            full = _BODY | style
            if "align" not in full:
                # Off the line, so that it does not run into a number before it.
                full["indent"] = full.get("indent", 0) + 1
            if quoted:
                full["quote_prefix"] = True
            indent, wraps = int(full.get("indent", 0)), bool(full.get("text_wrap"))
            self._looks[key] = _Look(self.style(full), indent, wraps)
        return self._looks[key]

    def numbers(self, style: Style | None, number_format: str) -> Format:
        """The format of the numbers of a table in a style."""
        key = (frozenset(style.items()) if style else _PLAIN, number_format)
        if key not in self._numbers:
            self._numbers[key] = self.style(_BODY | (style or {}) | {"num_format": number_format})
        return self._numbers[key]

    def blank(self, style: Style | None) -> Cell:
        """The empty cell of a table in a style."""
        key = frozenset(style.items()) if style else _PLAIN
        if key not in self._blanks:
            self._blanks[key] = blank_cell(self.style(_BODY | (style or {})))
        return self._blanks[key]

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
    _levels: dict[int, int] = field(default_factory=dict)
    _notes: dict[int, str] = field(default_factory=dict)
    _frozen: int = 0

    def cell(self, row: int, column: int) -> str:
        """The address of a cell for a formula on another sheet."""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, column)}"

    def title(self, title: str, notes: Iterable[str] = ()) -> int:
        """A title with notes below it; returns the next row."""
        self.page.write_string(0, 0, safe_text(title), self.book.style(_TITLE))
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
        if not value:
            self.blank(row, column, style)
            return
        key = (value, limit, frozenset(style.items()) if style else _PLAIN)
        written = self.book.written.get(key)
        if written is None:
            written = self.book.written[key] = self._write(value, style or {}, limit)
        self.page.put_text(row, column, written.cell)
        if written.wraps:
            texts = self._wrapped.setdefault(row, [])
            if written.long:
                texts.append((range(column, column + 1), value))
        self.widen(column, written.width)

    def _write(self, value: str, style: Style, limit: int) -> _Written:
        look = self.book.look(style, quoted=value.startswith(_FORMULA_STARTS))
        words = words_of(value)
        if look.wraps:
            # A row cannot grow without end; beyond that its column must.
            limit = max(limit, min(math.ceil(cell_len(value) / _MOST_LINES), _WIDEST))
        return _Written(
            self.page.text_cell(words.safe, look.format),
            min(words.longest, limit) + 2 * look.indent,
            look.wraps,
            cell_len(value) > limit or "\n" in value,
        )

    def wide(self, row: int, first: int, last: int, value: str, style: Style | None = None) -> None:
        """A wrapped text across several columns, whose widths it leaves alone."""
        style = {"text_wrap": True} | (style or {})
        if value.startswith(_FORMULA_STARTS):
            style["quote_prefix"] = True
        # The merged range must be made first: merge_range itself would parse the text.
        self.page.merge_range(row, first, row, last, "", self.book.style(style))
        self.page.write_string(row, first, safe_text(value), self.book.style(style))
        self._wrapped.setdefault(row, []).append((range(first, last + 1), value))

    def key(self, row: int, column: int, value: str, style: Style | None = None) -> None:
        """What stands in place of a number: a notation key or the mark of a missing figure."""
        self.text(row, column, value, (style or {}) | _KEY)

    def blank(self, row: int, column: int, style: Style | None = None) -> None:
        """A cell of a table in which nothing stands."""
        self.page.put(row, column, self.book.blank(style))

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
        if value is None or not math.isfinite(value):
            self.key(row, column, format_number(value, decimals, notation=notation), style)
        else:
            width = number_width(value, decimals)
            self._number(row, column, value, style, excel_format(decimals), width)

    def written(self, row: int, column: int, value: float, style: Style | None = None) -> None:
        """A number of others, shown with all the digits that it was written with."""
        if math.isfinite(value):
            width = len(format_written(value))
            self._number(row, column, value, style, excel_format_written(value), width)
        else:
            self.key(row, column, format_number(value), style)

    def whole(self, row: int, column: int, value: int, style: Style | None = None) -> None:
        """A whole number that is no amount: a year, a row, a count."""
        self._number(row, column, value, style, "0", len(str(value)))

    def _number(
        self,
        row: int,
        column: int,
        value: float,
        style: Style | None,
        number_format: str,
        width: int,
    ) -> None:
        self.page.put(row, column, number_cell(value, self.book.numbers(style, number_format)))
        self.widen(column, width)

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
        if isinstance(value, str):
            style = (style or {}) | _KEY
        look = self.book.numbers(style, number_format or excel_format())
        self.page.put(row, column, formula_cell(formula, value, look))
        self.widen(column, cell_len(value) if isinstance(value, str) else number_width(value))

    def link(
        self, row: int, column: int, target: str, label: str, style: Style | None = None
    ) -> None:
        """A link to a cell of this workbook, such as ``'原表1'!H5``."""
        shown = self.book.style(_BODY | {"indent": 1} | (style or {}) | _LINK)
        self.page.write_url(row, column, f"internal:{target}", shown, safe_text(label))
        self.widen(column, cell_len(label) + 2)

    def comment(self, row: int, column: int, words: str) -> None:
        """A note on a cell."""
        size = {"x_scale": 2.5, "y_scale": 1.5}
        self.page.write_comment(row, column, safe_text(words), {"author": "carbonledger"} | size)

    def level(self, row: int, depth: int) -> None:
        """Let the user fold away rows of this depth (Excel knows seven)."""
        self._levels[row] = min(depth, 7)
        self.page.outline_settings(visible=True, symbols_below=False)

    def lay_out(self) -> None:
        """Set the widths of the columns and the heights of the rows that wrap."""
        widths = {
            column: min(max(width + 2, _NARROWEST), _WIDEST + 2)
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
        for row in sorted({*self._wrapped, *self._levels}):
            lines = [
                lines_of(text, sum(widths.get(column, _DEFAULT_WIDTH) for column in columns))
                for columns, text in self._wrapped.get(row, ())
            ]
            height = min(max(lines, default=1) * _LINE_HEIGHT, _TALLEST_ROW)
            level = self._levels.get(row, 0)
            self.page.set_row(row, height, None, {"level": level} if level else {})

    def _lay_out_notes(self, widths: dict[int, int]) -> None:
        """The notes across the table: what stuck out of it would print on pages of its own."""

        def width(columns: range) -> float:
            return sum(widths.get(column, _DEFAULT_WIDTH) for column in columns)

        last = max(widths, default=0)
        while last and width(range(last + 1)) > _PAGE:
            last -= 1
        columns = range(last + 1)
        room = width(columns)
        for row, note in self._notes.items():
            if last and cell_len(note) > room:
                self.page.merge_range(row, 0, row, last, note, self.book.style(_NOTE | _WRAP))
                self._wrapped[row] = [(columns, note)]
            else:
                self.page.write_string(row, 0, note, self.book.style(_NOTE))

    def widen(self, column: int, width: int) -> None:
        """Make a column at least so wide, in Latin letters."""
        self._widths[column] = max(self._widths.get(column, 0), width)
