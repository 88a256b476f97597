"""The cells of a sheet on their shortest way into the file."""

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

__all__ = ["Page"]


class Page(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet of the library that writes texts, numbers and blanks without its many cases.

    It also spares the search for functions of newer editions of Excel, which tries thirty patterns
    on each formula: what this program writes (``SUM``, ``COUNT``, ``IF``, ``EXP`` ...) every Excel
    has. Every cell has a format of its own, and is called by row and column, never ``A1``.
    """

    write_string = Worksheet._write_string
    write_number = Worksheet._write_number
    write_formula = Worksheet._write_formula
    write_blank = Worksheet._write_blank

    def _calculate_spans(self) -> None:
        """How far each row reaches: a hint to the reader that the format does not ask for."""

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__
        if kind not in {"String", "Number", "Blank"} or cell.format is None:
            super()._write_cell(row, col, cell)
            return
        place = f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"'
        if kind == "Blank":
            self.fh.write(f"{place}/>")
        elif kind == "String":
            self.fh.write(f'{place} t="s"><v>{cell.string}</v></c>')
        else:
            self.fh.write(f"{place}><v>{cell.number:.16G}</v></c>")

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")
