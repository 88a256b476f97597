"""The cells of a sheet on their shortest way into the file."""

from functools import cache
from html import escape
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

__all__ = ["Cell", "Page", "blank_cell", "formula_cell", "number_cell"]


class Cell(NamedTuple):
    """A cell as the file has it: its format, and all that stands behind its address."""

    format: Format
    inside: str


def number_cell(value: float, cell_format: Format) -> Cell:
    """A cell with a number."""
    return Cell(cell_format, f"><v>{value:.16G}</v></c>")


def blank_cell(cell_format: Format) -> Cell:
    """A cell in which nothing stands."""
    return Cell(cell_format, "/>")


def formula_cell(formula: str, value: float | str, cell_format: Format) -> Cell:
    """A cell with a formula (without ``=``) and its value as computed."""
    kind = ' t="str"' if isinstance(value, str) else ""
    written = (escape(str(part), quote=False) for part in (formula, value))
    return Cell(cell_format, "{}><f>{}</f><v>{}</v></c>".format(kind, *written))


@cache
def _letters(column: int) -> str:
    return str(xl_col_to_name(column))


class Page(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet of the library whose cells are mostly put into it as they stand in the file.

    It spares the library's many cases for each cell, and the search of formulas for functions of
    newer editions of Excel: what this program writes (``SUM``, ``IF`` ...) every Excel has.
    Equal texts in equal formats are one ``Cell``. Rows and columns are numbers, never ``A1``.
    """

    write_string = Worksheet._write_string
    write_number = Worksheet._write_number

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Put a cell into the sheet."""
        self.table[row][column] = cell

    def text_cell(self, text: str, cell_format: Format) -> Cell:
        """A cell with a text, for ``put_text``."""
        number = self.str_table._get_shared_string_index(text)
        self.str_table.count -= 1  # it is counted where it is put
        return Cell(cell_format, f' t="s"><v>{number}</v></c>')

    def put_text(self, row: int, column: int, cell: Cell) -> None:
        """Put a cell with a text into the sheet; the file says how many there are."""
        self.str_table.count += 1
        self.table[row][column] = cell

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
            cells, layout = self.table.get(row), self.row_info.get(row)
            if cells:
                self._write_row(row, None, layout)
                self._write_cells(row, cells)
                self._xml_end_tag("row")
            elif layout is not None or row in self.comments:
                self._write_empty_row(row, None, layout)

    def _write_cells(self, row: int, cells: dict[int, Any]) -> None:
        number = row + 1
        for column in sorted(cells):
            cell = cells[column]
            if type(cell) is Cell:
                look = cell.format._get_xf_index()
                self.fh.write(f'<c r="{_letters(column)}{number}" s="{look}"{cell.inside}')
            else:
                super()._write_cell(row, column, cell)
