"""The list of problems, and the tables as read, cell for cell, with the problems marked in them."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import NamedTuple

from xlsxwriter.utility import xl_cell_to_rowcol

from carbonledger.engine.results import Results
from carbonledger.model.problem import Grade
from carbonledger.reports.context import GridLike
from carbonledger.reports.lists import ROW_LIMIT, Link, Value, limit_note, write_list
from carbonledger.reports.sheet import Book, Sheet, Style
from carbonledger.reports.texts import beside, label, text

__all__ = ["GRADE_STYLES", "Found", "Places", "found_problems", "write_grids", "write_problems"]

GRADE_STYLES: Mapping[str, Style] = {
    Grade.A: {"bg_color": "#F8CBAD"},
    Grade.B: {"bg_color": "#FFE699"},
    Grade.C: {"bg_color": "#FFF2CC"},
    Grade.D: {"bg_color": "#DDEBF7"},
}
_NUMBER = re.compile(r"[-−]?[0-9][0-9,.]*")
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]*")


class Found(NamedTuple):
    """A row of ``problems.csv``."""

    grade: str
    code: str
    file: str
    sheet: str
    cell: str
    row: int | None
    message: str
    remedy: str


class Places:
    """On which sheet of the workbook each table as read stands, at its own addresses."""

    def __init__(self, grids: Sequence[GridLike]) -> None:
        printed = [grid for grid in grids if len(grid.rows) <= ROW_LIMIT]
        zh, en = text("sheet.grid")
        self.grids = {f"{zh}{number} {en} {number}": grid for number, grid in enumerate(printed, 1)}
        self._names = {(grid.file, grid.sheet): name for name, grid in self.grids.items()}

    def link(self, file: str, sheet: str, cell: str) -> Value:
        """The address as a link into the table as read, or bare where that is not printed."""
        name = self._names.get((file, sheet))
        if name is None or not _ADDRESS.fullmatch(cell):
            return cell
        return Link(f"'{name}'!{cell}", cell)


def found_problems(results: Results) -> list[Found]:
    """The problems of the run, grades in order."""
    return [
        Found(
            *(str(row.grade), str(row.code), str(row.file), str(row.sheet), str(row.cell)),
            None if math.isnan(row.row) else int(row.row),
            *(str(row.message), str(row.remedy)),
        )
        for row in results.problems.itertuples(index=False)
    ]


def write_problems(sheet: Sheet, problems: Sequence[Found], places: Places) -> None:
    """The problems by grade, each with its place and what to do."""
    shown = problems[:ROW_LIMIT]
    rows = [
        (
            f"{found.grade} {beside(label('grade', found.grade))}",
            *(found.file, found.sheet, places.link(found.file, found.sheet, found.cell)),
            *(found.row, _below(found.message), _below(found.remedy), found.code),
        )
        for found in shown
    ]
    notes = limit_note("note.truncated", len(problems), "problems.csv")
    if places.grids:
        notes.append(text("note.cells"))
    write_list(
        sheet,
        text("title.problems"),
        notes,
        ("grade", "file", "sheet", "cell", "row", "message", "remedy", "problem_code"),
        list(zip(*rows, strict=True)),
        wide={"message": 90, "remedy": 50},
        styles=[GRADE_STYLES.get(found.grade, {}) for found in shown],
    )


def _below(words: str) -> str:
    """Both languages below each other instead of behind each other."""
    return words.replace("。 / ", "。\n", 1)


def write_grids(book: Book, places: Places, problems: Sequence[Found]) -> None:
    """The tables as read: every cell at its own address, so that the problems' addresses hold."""
    for name, grid in places.grids.items():
        here: dict[tuple[int, int], list[Found]] = defaultdict(list)
        for found in problems:
            same = (found.file, found.sheet) == (grid.file, grid.sheet)
            if same and _ADDRESS.fullmatch(found.cell):
                here[xl_cell_to_rowcol(found.cell)].append(found)
        title = f"{grid.file} / {grid.sheet}" if grid.sheet else grid.file
        _write_grid(book.sheet(name, title), grid, here)


def _write_grid(
    sheet: Sheet, grid: GridLike, problems: Mapping[tuple[int, int], Sequence[Found]]
) -> None:
    for row, values in enumerate(grid.rows, grid.first_row):
        for column, value in enumerate(values, grid.first_col):
            found = problems.get((row, column), ())
            # The problems come by grade, so the first is the gravest.
            style = GRADE_STYLES.get(found[0].grade, {}) if found else {}
            _raw(sheet, row, column, value, style)
    for (row, column), found in problems.items():
        words = "\n".join(f"{one.grade}: {one.message}\n→ {one.remedy}" for one in found)
        sheet.comment(row, column, words)


def _raw(sheet: Sheet, row: int, column: int, value: object, style: Style) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.written(row, column, float(value), style)
    elif isinstance(value, (date, time)):
        sheet.text(row, column, value.isoformat(), style)
    else:
        words = "" if value is None else str(value)
        if _NUMBER.fullmatch(words.strip()):
            style = style | {"align": "right"}
        # A title in the first column must not make it as wide as itself.
        sheet.text(row, column, words, style, limit=24)
