"""Workbooks: ``.xlsx``, ``.xlsm`` and ``.xls``, with what python-calamine leaves out added back."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple, Protocol

from python_calamine import (
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from carbonledger.intake import workbook_words as words
from carbonledger.intake.biff import audit_xls, xls_sheets
from carbonledger.intake.ooxml import audit_xlsx, check_archive
from carbonledger.intake.sheetaudit import Place, SheetAudit, WorkbookError
from carbonledger.intake.table import Grid
from carbonledger.intake.xls_child import ChildError, sheet_values
from carbonledger.model.problem import Problem

__all__ = ["read_workbook", "sheet_names"]

MAX_AREA = 20_000_000


def read_workbook(
    data: bytes, file: str, sheet: str | None, *, old: bool
) -> tuple[list[Grid], list[Problem]]:
    """The grid of one sheet: the named one, or the only one that is not empty.

    Args:
        data: the bytes of the file.
        file: its name, for messages.
        sheet: the sheet, or None where the workbook has only one with content.
        old: whether the bytes are an ``.xls`` compound file rather than an ``.xlsx`` archive.
    """
    try:
        return _read(_Xls(data) if old else _Xlsx(data), file, sheet)
    except WorkbookError as error:
        return [], [words.refusal(file, error.kind)]


def sheet_names(data: bytes, *, old: bool) -> list[str]:
    """The worksheets of a workbook that are not hidden; none where it cannot be read."""
    try:
        book: _Book = _Xls(data) if old else _Xlsx(data)
        return [name for name, hidden in book.sheets() if not hidden]
    except WorkbookError:
        return []


@dataclass(frozen=True)
class _Values:
    sheet: str
    start: Place
    rows: Sequence[Sequence[object]]
    merges: Sequence[tuple[Place, Place]]


class _Candidate(NamedTuple):
    name: str
    hidden: bool
    audit: SheetAudit


class _Book(Protocol):
    """A workbook of either format."""

    def sheets(self) -> list[tuple[str, bool]]:
        """The worksheets and whether they are hidden."""

    def audit(self, sheet: str) -> SheetAudit:
        """What is known of the cells of a sheet besides their values."""

    def values(self, sheet: str) -> _Values:
        """The values of the cells of a sheet."""


class _Xlsx:
    def __init__(self, data: bytes) -> None:
        check_archive(data)
        self.data = data
        try:
            self.book = CalamineWorkbook.from_filelike(BytesIO(data))
        except PasswordError as error:
            raise WorkbookError("encrypted") from error
        except BaseException as error:
            raise _damage(error) from error

    def sheets(self) -> list[tuple[str, bool]]:
        return [
            (found.name, found.visible != SheetVisibleEnum.Visible)
            for found in self.book.sheets_metadata
            if found.typ == SheetTypeEnum.WorkSheet
        ]

    def audit(self, sheet: str) -> SheetAudit:
        return audit_xlsx(self.data, sheet)

    def values(self, sheet: str) -> _Values:
        try:
            found = self.book.get_sheet_by_name(sheet)
            rows = found.to_python(skip_empty_area=True) if found.start else []
            merges = found.merged_cell_ranges or []
        except BaseException as error:
            raise _damage(error) from error
        return _Values(sheet, found.start or (0, 0), rows, merges)


class _Xls:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def sheets(self) -> list[tuple[str, bool]]:
        return xls_sheets(self.data)

    def audit(self, sheet: str) -> SheetAudit:
        return audit_xls(self.data, sheet)

    def values(self, sheet: str) -> _Values:
        try:
            found = sheet_values(self.data, sheet)
        except ChildError as error:
            raise WorkbookError("damaged") from error
        return _Values(sheet, found["start"], found["rows"], found["merges"])


def _damage(error: BaseException) -> BaseException:
    # The reader is written in Rust: what it did not foresee arrives as a PanicException, which is
    # no Exception. Interrupts and the like pass.
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return WorkbookError("damaged")
    return error


def _read(book: _Book, file: str, sheet: str | None) -> tuple[list[Grid], list[Problem]]:
    sheets = book.sheets()
    if not sheets:
        raise WorkbookError("damaged")
    if sheet is not None:
        if sheet not in [name for name, _ in sheets]:
            return [], [words.no_such_sheet(file, sheet, [name for name, _ in sheets])]
        return _grid(book, file, sheet, book.audit(sheet))
    filled = [_Candidate(name, hidden, book.audit(name)) for name, hidden in sheets]
    filled = [found for found in filled if found.audit.area]
    if len(filled) > 1:
        return [], [words.which_sheet(file, [(found.name, found.hidden) for found in filled])]
    if not filled:
        return [], [words.nothing(file)]
    return _grid(book, file, filled[0].name, filled[0].audit)


def _grid(
    book: _Book, file: str, sheet: str, audit: SheetAudit
) -> tuple[list[Grid], list[Problem]]:
    if audit.area == 0:
        return [], [words.nothing(file)]
    if audit.area > MAX_AREA:
        return [], [words.far_cell(file, sheet, audit)]
    grid = _assemble(file, book.values(sheet), audit)
    return [grid], _audit_problems(grid, audit)


def _assemble(file: str, values: _Values, audit: SheetAudit) -> Grid:
    """The cells with errors and uncalculated formulas put back in place."""
    height = max(map(len, values.rows), default=0)
    top, left = min(values.start[0], audit.top), min(values.start[1], audit.left)
    if not values.rows:
        top, left = audit.top, audit.left
    bottom = max(values.start[0] + len(values.rows) - 1, audit.bottom)
    right = max(values.start[1] + height - 1, audit.right)
    rows = values.rows
    told = audit.overlay | audit.uncached
    if (
        told
        or (top, left) != values.start
        or (bottom - top + 1, right - left + 1)
        != (
            len(rows),
            height,
        )
    ):
        rows = _spread(values, (top, left), (bottom, right))
        for (row_at, column), text in told.items():
            rows[row_at - top][column - left] = text
    return Grid(
        file,
        values.sheet,
        tuple(map(tuple, rows)),
        top,
        left,
        tuple(
            (first[0] - top, first[1] - left, last[0] - top, last[1] - left)
            for first, last in values.merges
        ),
        {(row - top, column - left): code for (row, column), code in audit.formats.items()},
    )


def _spread(values: _Values, first: Place, last: Place) -> list[list[object]]:
    """The values at their places in a larger rectangle."""
    rows: list[list[object]] = [
        [""] * (last[1] - first[1] + 1) for _ in range(last[0] - first[0] + 1)
    ]
    begin = values.start[1] - first[1]
    for number, row in enumerate(values.rows, values.start[0] - first[0]):
        rows[number][begin : begin + len(row)] = row
    return rows


def _audit_problems(grid: Grid, audit: SheetAudit) -> list[Problem]:
    problems = [words.uncached(grid, place) for place in sorted(audit.uncached)]
    zeros = sorted(set(audit.zero_formulas))
    if zeros:
        problems.append(words.zero_formulas(grid, zeros))
    hidden = sorted(
        row
        for row in audit.hidden_rows
        if 0 <= row - grid.first_row < len(grid.rows)
        and any(cell not in ("", None) for cell in grid.rows[row - grid.first_row])
    )
    columns = sorted(
        column
        for column in audit.hidden_columns
        if 0 <= column - grid.first_col < grid.width
        and any(row[column - grid.first_col] not in ("", None) for row in grid.rows)
    )
    if hidden or columns:
        problems.append(words.hidden(grid, hidden, columns))
    return problems
