"""The layout ``entries``: one entry per row, key columns and quantity columns under one header.

Rows are never dropped silently: a row whose keys cannot be read is a grade-A problem, also where
it is only a footnote or a total. Rows that agree in everything are reported as probable copies
(B), because adding both would double a figure; rows that agree in their keys only are usual
(several plants of one fuel) and give a hint (D).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from carbonledger.intake import entries_words as words
from carbonledger.intake.cells import printed_text
from carbonledger.intake.columns import Columns, Finding, Measured, arrange, read_unit
from carbonledger.intake.keys import Refused, read_key
from carbonledger.intake.layout import Context, EntryRow, LayoutResult, Reading, grid_problem
from carbonledger.intake.nested_regions import nested, nested_rows
from carbonledger.intake.plausible import implausible, misfit
from carbonledger.intake.table import Grid, column_letters
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Grade, Problem, has_blocking

__all__ = ["read"]

_ROLES = ("key", "quantity", "unit")
_SEARCHED = 30  # rows in which the header is looked for
_HEAD, _TAIL = re.compile(r"[+-]?[1-9][0-9]{0,2}"), re.compile(r"[0-9]{3}(\.[0-9]+)?")
_ENOUGH = 20_000  # problems after which reading on helps nobody


def read(grid: Grid, spec: TableSpec, context: Context) -> LayoutResult:
    """Read an ``entries`` table."""
    reader = _Reader(grid, spec, context)
    reader.read()
    return LayoutResult(reader.rows, reader.problems)


@dataclass
class _Reader:
    grid: Grid
    spec: TableSpec
    context: Context
    rows: list[EntryRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    codes: dict[tuple[str, object], str | int | Refused] = field(default_factory=dict)
    units: dict[str, str | Finding] = field(default_factory=dict)
    empty_rows: list[int] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)

    def read(self) -> None:
        if self.spec.coal_equivalent_heat is not None:
            self.report(None, None, words.HEAT_UNUSED)
        header = self.header_row()
        if header is None:
            self.report(None, None, words.NO_HEADER)
            return
        required = ["account"]
        required += ["region"] if self.context.region is None else []
        required += ["period"] if self.context.period is None else []
        columns = arrange(self.grid.rows[header], _ROLES, required)
        for finding in columns.findings:
            self.report(header if finding.column is not None else None, finding.column, finding)
        if not columns.quantities and not columns.findings:
            self.report(header, None, words.NO_QUANTITY)
        columns = self.usable(header, columns)
        self.stray_cells(header)
        self.merged_cells(header)
        if "account" in columns.keys:
            for row in range(header + 1, len(self.grid.rows)):
                if len(self.problems) > _ENOUGH:
                    self.report(row, None, words.TOO_MANY)
                    break
                filled = any(printed_text(raw) for raw in self.grid.rows[row])
                if filled and not self.shifted_cells(row, header, columns):
                    self.entry(row, columns)
        self.hints(header, columns)

    def usable(self, header: int, columns: Columns) -> Columns:
        """The columns without measured parameters in a unit that no method takes."""
        kept = []
        for measured in columns.quantities:
            what = None if measured.unit is None else misfit(measured.name, measured.unit)
            if what is None:
                kept.append(measured)
            else:
                self.report(header, measured.column, what)
        return columns._replace(quantities=kept)

    def header_row(self) -> int | None:
        """The first row with more than one filled cell; titles above it are pointed out."""
        for row, cells in enumerate(self.grid.rows[:_SEARCHED]):
            filled = [(column, printed_text(raw)) for column, raw in enumerate(cells)]
            filled = [(column, text) for column, text in filled if text]
            if len(filled) > 1 or (filled and self.grid.width == 1):
                return row
            for column, text in filled:
                self.report(row, column, words.title(text))
        return None

    def stray_cells(self, header: int) -> None:
        """Data under no heading: a comma inside a number of a CSV, or a forgotten heading."""
        blank = [
            column for column, raw in enumerate(self.grid.rows[header]) if not printed_text(raw)
        ]
        for row in range(header + 1, len(self.grid.rows)) if blank else ():
            for column in blank:
                if text := printed_text(self.grid.rows[row][column]):
                    self.report(row, column, words.stray(text))

    def merged_cells(self, header: int) -> None:
        for top, left, bottom, right in self.grid.merges:
            if bottom > header and (bottom, right) != (top, left) and top < len(self.grid.rows):
                last = self.grid.address(bottom, right)
                self.report(max(top, 0), max(left, 0), words.merged(last))

    def shifted_cells(self, row: int, header: int, columns: Columns) -> bool:
        """An unquoted ``12,000`` in a CSV: the row grows longer, or 000 lands in the note.

        True if the row is too long, so that no cell of it can be trusted.
        """
        length = _length(self.grid.rows[row])
        if length > _length(self.grid.rows[header]):
            self.report(row, length - 1, words.LONG_ROW)
            return True
        for measured in columns.quantities if not self.grid.sheet else ():
            after = measured.column + 1
            if after not in {columns.keys.get(name) for name in ("detail", "note", "source")}:
                continue
            head, tail = self.grid.text(row, measured.column), self.grid.text(row, after)
            if _HEAD.fullmatch(head) and _TAIL.fullmatch(tail):
                self.report(row, measured.column, words.split_number(head, tail))
        return False

    def entry(self, row: int, columns: Columns) -> None:
        region = self.key(row, columns, "region")
        period = self.key(row, columns, "period")
        account = self.key(row, columns, "account")
        item = self.key(row, columns, "item")
        quantities = {
            measured.name: reading
            for measured in columns.quantities
            if (reading := self.reading(row, columns, measured, item)) is not None
        }
        readable = isinstance(region, str) and isinstance(account, str) and isinstance(item, str)
        if not readable or not isinstance(period, int):
            return
        if not quantities:
            self.empty_rows.append(row)
            return
        source = self.text(row, columns, "source") or self.spec.source
        self.rows.append(
            EntryRow(
                row=self.grid.row_number(row),
                region=str(region),
                period=period,
                account=str(account),
                item=str(item),
                quantities=quantities,
                detail=self.detail(row, columns),
                note=self.text(row, columns, "note"),
                source=source,
            )
        )

    def text(self, row: int, columns: Columns, name: str) -> str:
        column = columns.keys.get(name)
        return "" if column is None else self.grid.text(row, column)

    def detail(self, row: int, columns: Columns) -> str:
        """The code of a known technology or grade; any other text is a label and stays as it is."""
        text = self.text(row, columns, "detail")
        if not text or text in self.labels:
            return text
        found = self.context.details.find(text)
        if len(found) == 1:
            return found[0]
        self.labels.add(text)
        if self.context.items.find(text):  # a gas or a product beside the item
            return text
        if near := self.context.details.nearest(text):
            self.report(row, columns.keys["detail"], words.label(text, near), Grade.D)
        return text

    def key(self, row: int, columns: Columns, name: str) -> str | int | None:
        """A key of the row; None, and a problem, where it cannot be read."""
        column = columns.keys.get(name)
        if column is None:
            default = {"region": self.context.region, "period": self.context.period, "item": ""}
            return default.get(name)
        raw = self.grid.rows[row][column]
        found = self.codes.get((name, raw))
        if found is None:
            found = self.codes[name, raw] = read_key(name, raw, self.context)
        if isinstance(found, Refused):
            self.report(row, column, found)
            return None
        return found

    def reading(
        self, row: int, columns: Columns, measured: Measured, item: str | int | None
    ) -> Reading | None:
        """One quantity of the row; None where the cell is blank or a dash."""
        raw = self.grid.rows[row][measured.column]
        if raw is None:
            self.report(row, measured.column, words.SHORT_ROW)
            return None
        cell = self.grid.cell(row, measured.column, measured.unit or "")
        if cell.kind == "blank":
            return None
        if cell.kind in {"dash", "ellipsis"}:
            self.report(row, measured.column, words.no_value(cell), Grade.C)
            return None
        if cell.problem is not None and cell.remedy is not None:
            refused = Refused("cell-not-a-number", cell.problem, cell.remedy)
            self.report(row, measured.column, refused)
        unit = measured.unit if measured.unit is not None else self.unit(row, columns)
        if unit is not None and measured.unit is None and (what := misfit(measured.name, unit)):
            self.report(row, columns.unit_column, what)
            unit = None
        beyond = implausible(measured.name, cell.value, unit, str(item or ""))
        if beyond is not None:
            self.report(row, measured.column, beyond)
        elif cell.value is not None and cell.value < 0:
            self.report(row, measured.column, words.negative(cell), Grade.B)
        address = self.grid.address(row, measured.column)
        if unit is None:  # a value without its unit must not go on, whatever is answered
            return Reading(None, "", None, address)
        return Reading(cell.value, unit, cell.notation, address)

    def unit(self, row: int, columns: Columns) -> str | None:
        column = columns.unit_column
        if column is None:
            return None
        text = self.grid.text(row, column)
        if not text:
            self.report(row, column, words.UNIT_BLANK)
            return None
        found = self.units.get(text)
        if found is None:
            found = self.units[text] = read_unit(text)
        if isinstance(found, Finding):
            self.report(row, column, found)
            return None
        return found

    def report(
        self,
        row: int | None,
        column: int | None,
        what: Refused | Finding,
        grade: Grade = Grade.A,
    ) -> None:
        self.problems.append(
            grid_problem(
                self.grid,
                what.grade if isinstance(what, Finding) else grade,
                what.code,
                what.message,
                what.remedy,
                row=row,
                column=column,
            )
        )

    def hints(self, header: int, columns: Columns) -> None:
        """What only shows over all rows."""
        if self.empty_rows and not columns.findings:
            numbers = [self.grid.row_number(row) for row in self.empty_rows]
            self.report(self.empty_rows[0], None, words.no_numbers(numbers), Grade.D)
        for measured in columns.quantities:
            for finding in self.fractions(measured):
                self.report(header, measured.column, finding)
        self.duplicates(columns)
        if found := nested_rows(self.rows, self.context.region_parents):
            row = found[0].row - 1 - self.grid.first_row
            what = nested(found[0], len(found))
            self.report(row, columns.keys.get("region"), what, Grade.B)
        if not self.rows and not has_blocking(self.problems):
            self.report(header, None, words.NO_ENTRIES, Grade.B)

    def fractions(self, measured: Measured) -> Iterator[Finding]:
        """A column of percentages whose values all look like fractions."""
        readings = [row.quantities.get(measured.name) for row in self.rows]
        values = [
            reading.value
            for reading in readings
            if reading is not None and reading.unit == "%" and reading.value is not None
        ]
        if values and 0 < max(values) <= 1:
            yield words.like_fractions(
                column_letters(self.grid.first_col + measured.column), measured
            )

    def duplicates(self, columns: Columns) -> None:
        whole: dict[tuple[object, ...], int] = {}
        keys: dict[tuple[object, ...], int] = {}
        shared: list[int] = []
        for row in self.rows:
            key = (row.region, row.period, row.account, row.item, row.detail)
            values = tuple(
                (name, reading.value, reading.unit, reading.notation)
                for name, reading in row.quantities.items()
            )
            content = (*key, row.note, row.source, values)
            read_well = all(value is not None or notation for _, value, _, notation in values)
            if content in whole and read_well:
                self.copy(row, whole[content], columns)
            elif key in keys:
                shared.append(row.row)
            whole.setdefault(content, row.row)
            keys.setdefault(key, row.row)
        if shared:
            self.report(shared[0] - 1 - self.grid.first_row, None, words.shared(shared), Grade.D)

    def copy(self, row: EntryRow, first: int, columns: Columns) -> None:
        filled = (found.column for found in columns.quantities if found.name in row.quantities)
        index = row.row - 1 - self.grid.first_row
        self.report(index, next(filled), words.copy(row.row, first), Grade.B)


def _length(cells: Sequence[object]) -> int:
    """The cells that a row of a text table has; what is missing at its end is None."""
    return len(cells) - cells.count(None)
