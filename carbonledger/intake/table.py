"""One input table as a rectangle of raw cells that knows the address of each cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from carbonledger.errors import Text
from carbonledger.intake.cells import Cell, parse_cell, printed_text

__all__ = ["Grid", "column_letters"]

Merge = tuple[int, int, int, int]


def column_letters(column: int) -> str:
    """The letters of the 0-based ``column``: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True)
class Grid:
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
    formats: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))

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
