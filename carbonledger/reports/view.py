"""A table for people: printed on a screen and written as a workbook, with the same digits.

A view holds values and knows how they are printed; screens show ``printed``, downloads come from
``workbook``, charts draw ``scaled``: all three from the same cells.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from carbonledger.errors import Text
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import TONNES, Scale, format_number, format_written
from carbonledger.reports.sheet import Book, Sheet
from carbonledger.reports.tables import Figure
from carbonledger.reports.texts import beside, chemical, label

__all__ = ["Cell", "Head", "Kind", "View", "printed", "scaled", "workbook"]

Cell = str | int | float | Text | Figure | None
_UNVERIFIED, _INCOMPLETE = "*", "†"
_TOO_SMALL = {"NE", "C"}
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


class Kind(StrEnum):
    """How the cells of a column are printed."""

    TEXT = "text"
    NUMBER = "number"  # rounded half up to the decimals of the column
    WRITTEN = "written"  # with all its digits
    WHOLE = "whole"  # a year, a count


@dataclass(frozen=True)
class Head:
    """A column: its words, its unit, and how its numbers are printed.

    Amounts of a column with a ``scale`` are held in tonnes and printed in the scale's unit.
    """

    label: Text
    kind: Kind = Kind.TEXT
    unit: str = ""
    decimals: int = 2
    scale: Scale = TONNES

    def shown_unit(self, lang: str) -> str:
        """The unit in print."""
        if not self.unit:
            return ""
        unit = self.scale.unit(self.unit, lang)
        return chemical(label("unit", unit).in_language(lang))

    def title(self, lang: str) -> str:
        """The head in one language, its unit behind it."""
        unit = self.shown_unit(lang)
        words = self.label.in_language(lang)
        return f"{words} [{unit}]" if unit else words


@dataclass(frozen=True)
class View:
    """A titled table with notes."""

    title: Text
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Text, ...] = ()


def printed(view: View, lang: str) -> list[list[str]]:
    """The cells as people read them; a missing number is a dash or its notation key."""
    return [
        [_print(cell, head, lang) for cell, head in zip(row, view.heads, strict=True)]
        for row in view.rows
    ]


def scaled(cell: Cell, head: Head) -> float | None:
    """The number of a cell in the unit of its column, for charts and workbooks; None if none."""
    value = cell.amount if isinstance(cell, Figure) else cell
    if value is None or isinstance(value, str | Text) or math.isnan(value):
        return None
    if not head.scale.power:
        return float(value)
    return float(Decimal(repr(float(value))).scaleb(-head.scale.power))


def workbook(views: Sequence[View], created: datetime | None = None) -> bytes:
    """An Excel workbook with one sheet for each view, in both languages."""
    with TemporaryDirectory(prefix="carbonledger-") as folder:
        path = Path(folder) / "view.xlsx"
        book = Book(path, beside(views[0].title), created)
        for number, view in enumerate(views, 1):
            name = _NOT_IN_A_SHEET_NAME.sub(" ", view.title.zh)
            _write(book.sheet(f"{number} {name}"[:31]), view)
        book.close()
        return path.read_bytes()


def _print(cell: Cell, head: Head, lang: str) -> str:
    if isinstance(cell, Text):
        return cell.in_language(lang)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Figure):
        shown = _number(cell.amount, head, cell.notation)
        return shown + _marks(cell)
    return _number(cell, head, "")


def _marks(figure: Figure) -> str:
    if figure.amount is None:
        return ""
    incomplete = bool(_TOO_SMALL & set(figure.notation.split(",")))
    return _INCOMPLETE * incomplete + _UNVERIFIED * figure.unverified


def _number(value: float | None, head: Head, notation: str) -> str:
    if head.kind is Kind.TEXT:
        return "" if value is None else str(value)
    if head.kind is Kind.WHOLE:
        return "" if value is None else str(int(value))
    if head.kind is Kind.WRITTEN:
        return format_written(value, notation=notation, missing="")
    return format_number(value, head.decimals, notation=notation, scale=head.scale)


def _write(sheet: Sheet, view: View) -> None:
    head = sheet.title(beside(view.title), map(beside, view.notes))
    labels = [head_text(each.label, _unit(each)) for each in view.heads]
    first = sheet.header(head, labels, frozen=1)
    for offset, row in enumerate(view.rows):
        for column, (cell, each) in enumerate(zip(row, view.heads, strict=True)):
            _write_cell(sheet, first + offset, column, cell, each)
    sheet.filter(head, first + len(view.rows) - 1, len(view.heads))


def _unit(head: Head) -> str:
    """The unit over a column; money in both languages, since its powers have other names."""
    zh, en = (head.shown_unit(lang) for lang in ("zh", "en"))
    return zh if label("unit", head.unit).en == head.unit else f"{zh}, {en}"


def _write_cell(sheet: Sheet, row: int, column: int, cell: Cell, head: Head) -> None:
    if isinstance(cell, Text | str):
        words = beside(cell) if isinstance(cell, Text) else cell
        sheet.text(row, column, words, {"text_wrap": True}, limit=48)
        return
    value = scaled(cell, head)
    notation = cell.notation if isinstance(cell, Figure) else ""
    if value is None:
        missing = "" if head.kind in {Kind.TEXT, Kind.WRITTEN, Kind.WHOLE} else "—"
        sheet.key(row, column, notation or missing)
    elif head.kind is Kind.WHOLE:
        sheet.whole(row, column, int(value))
    elif head.kind is Kind.WRITTEN:
        sheet.written(row, column, value)
    else:
        sheet.number(row, column, value, decimals=head.decimals)
