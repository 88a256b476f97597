"""One input table as a rectangle of raw cells that knows the address of each cell."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.intake.cells import Cell, parse_cell, printed_text

__all__ = ["Grid", "column_letters", "position"]

Merge = tuple[int, int, int, int]

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@lru_cache(maxsize=1024)  # asked for with every cell
def column_letters(column: int) -> str:
    """The letters of the 0-based ``column``: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


_NONE: Mapping[tuple[int, int], str] = {}  # a plain one, which travels to another process


class Grid(NamedTuple):
    """The cells of one sheet or one text file, as the file holds them.

    ``rows`` are of equal length; a cell is a str, float, int, bool, date, time or None (``""`` and
    None are both blank). All row and column arguments are 0-based positions in ``rows``;
    ``first_row`` and ``first_col`` are the 0-based position of ``rows[0][0]`` in the sheet.

    ``merges`` are merged ranges as positions ``(top, left, bottom, right)``, both ends included:
    only the top left cell holds the value. ``formats`` holds the number formats that make a cell
    show another number than it stores (percent, thousands scaled away).
    """

    file: str
    sheet: str
    rows: tuple[tuple[object, ...], ...]
    first_row: int = 0
    first_col: int = 0
    merges: tuple[Merge, ...] = ()
    formats: Mapping[tuple[int, int], str] = _NONE

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def address(self, row: int, column: int) -> str:
        """The address that a spreadsheet shows for the cell, such as ``H5``."""
        return f"{column_letters(self.first_col + column)}{self.row_number(row)}"

    def row_number(self, row: int) -> int:
        """The 1-based number of the row in the file, as a spreadsheet shows it."""
        return self.first_row + row + 1

    def text(self, row: int, column: int) -> str:
        """The text of the cell as the user sees it, without outer spaces."""
        return printed_text(self.rows[row][column])

    def cell(self, row: int, column: int, unit: str = "") -> Cell:
        """The cell read as a quantity in ``unit``.

        A number whose format shows it multiplied or divided is refused, because what the user sees
        is not what the file holds; a percentage stored as a fraction may stand under unit ``1``.
        """
        cell = parse_cell(self.rows[row][column])
        shown = self.formats.get((row, column))
        if cell.kind != "number" or shown is None or (unit == "1" and "%" in shown):
            return cell
        return Cell(cell.text, None, None, "error", *_shown_otherwise(cell.text, shown))

    def merge_of(self, row: int, column: int) -> Merge | None:
        """The merged range that covers the cell, if any."""
        for merge in self.merges:
            top, left, bottom, right = merge
            if top <= row <= bottom and left <= column <= right:
                return merge
        return None


def position(grid: Grid, address: str) -> tuple[int, int] | None:
    """Where ``H5`` lies in ``grid.rows``; None where the table has no such cell."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row, column = int(found[2]) - 1 - grid.first_row, column - 1 - grid.first_col
    inside = 0 <= row < len(grid.rows) and 0 <= column < grid.width
    return (row, column) if inside else None


def _shown_otherwise(text: str, shown: str) -> tuple[Text, Text]:
    return (
        Text(
            f"单元格存的是 {text}，但数字格式“{shown}”显示的是另一个数（百分比或按千、万缩放），"
            "无法确定以哪个为准。",
            f"The cell holds {text}, but its number format '{shown}' shows another number (percent "
            "or scaled): which one is meant cannot be told.",
        ),
        Text(
            "请把单元格格式改为“常规”，核对显示的数与表头单位一致后保存。",
            "Set the cell format to General, check the number against the unit of the header, and "
            "save.",
        ),
    )
