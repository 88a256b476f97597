"""The cells of a sheet on their shortest way into the file."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

__all__ = ["Page", "text_number"]

_TEXT = ' t="s"'  # what marks a cell whose number is the place of a text in the file's table


@cache
def _letters(column: int) -> str:
    return str(xl_col_to_name(column))


def text_number(file: Workbook, text: str) -> int:
    """The place of a text in the file's table of texts."""
    number = int(file.str_table._get_shared_string_index(text))
    file.str_table.count -= 1  # it is counted where it is put
    return number


class Page(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet of the library whose cells are mostly put into it as they stand in the file.

    It spares the library's many cases for each cell, and the search of formulas for functions of
    newer editions of Excel: what this program writes (``SUM``, ``IF`` ...) every Excel has. A cell
    is all that the file says of it behind its address; equal values in equal formats are one
    string. Rows and columns are numbers, never ``A1``.
    """

    write_string = Worksheet._write_string
    write_number = Worksheet._write_number

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[int, str] = {}
        self._layouts: dict[int, tuple[int, int]] = {}
        self.outline_row_level = 0

    def put(self, row: int, column: int, cell: str) -> None:
        """Put a cell into the sheet."""
        self.str_table.count += _TEXT in cell
        self.table[row][column] = cell

    def put_table(self, first: int, columns: Sequence[Sequence[str]]) -> None:
        """Put whole columns, from the first one of the sheet on, into rows without other cells."""
        count = len(columns[0]) if columns else 0
        numbers = [str(row) for row in range(first + 1, first + 1 + count)]
        parts: list[Iterable[str]] = []
        for place, column in enumerate(columns):
            parts += (repeat(f'<c r="{_letters(place)}', count), numbers, column)
        lines = dict(enumerate(map("".join, zip(*parts, strict=True)), first))
        self._lines |= lines
        self.str_table.count += sum(line.count(_TEXT) for line in lines.values())
        if lines:
            self._check_dimensions(first, 0)
            self._check_dimensions(first + len(lines) - 1, len(columns) - 1)

    def lead(self, row: int, column: int, target: str, shown: str) -> None:
        """Let a cell that shows a text lead to a place of this workbook."""
        self.ignore_write_string = True  # the cell itself is put apart
        self._write_url(row, column, f"internal:{target}", None, shown)
        self.ignore_write_string = False

    def lay_out_row(self, row: int, height: float, level: int) -> None:
        """The height of a row (other than the usual one) in points, and its outline level."""
        pixels = int(height * 4.0 / 3.0 + 0.5)
        self._layouts[row] = pixels, level
        self.row_sizes[row] = [pixels, False]
        self.outline_row_level = max(self.outline_row_level, level)

    def _calculate_spans(self) -> None:
        """How far each row reaches: a hint to the reader that the format does not ask for."""

    def _write_dimension(self) -> None:
        for row, cells in self.table.items():
            if cells:
                self._check_dimensions(row, min(cells))
                self._check_dimensions(row, max(cells))
        super()._write_dimension()

    def _write_rows(self) -> None:
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            line, cells, layout = self._lines.get(row), self.table.get(row), self._layouts.get(row)
            start = _row_start(row, layout)
            if line:
                self.fh.write(f"{start}{line}</row>")
            elif cells:
                self.fh.write(start)
                self._write_cells(row, cells)
                self.fh.write("</row>")
            elif layout or row in self.comments:
                self.fh.write(f"{start}</row>")

    def _write_cells(self, row: int, cells: dict[int, Any]) -> None:
        for column in sorted(cells):
            cell = cells[column]
            if type(cell) is str:
                self.fh.write(f'<c r="{_letters(column)}{row + 1}{cell}')
            else:
                super()._write_cell(row, column, cell)


def _row_start(row: int, layout: tuple[int, int] | None) -> str:
    return f'<row r="{row + 1}"{_laid_out(*layout) if layout else ""}>'


@cache
def _laid_out(pixels: int, level: int) -> str:
    outline = f' outlineLevel="{level}"' if level else ""
    return f' ht="{pixels * 0.75:.16g}" customHeight="1"{outline}'
