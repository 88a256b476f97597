"""Input tables of assets, compensation and accounts of extent: one record per row.

Which columns a table has stands in ``factors/layouts/use_tables.csv``. Numbers come in the unit of
their column there; the heading names the unit that they are written in (``面积 [公顷]``). A column
that nobody reads is refused, and no row is dropped: everything wrong is reported at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.intake.cells import label_key, printed_text
from carbonledger.intake.columns import Finding, read_unit, split_heading
from carbonledger.intake.grid import Grid, read_grids
from carbonledger.intake.keys import Refused, period_of
from carbonledger.intake.layout import grid_problem, quoted
from carbonledger.model.problem import Grade, Problem, has_blocking
from carbonledger.model.use_tables import UseField, use_fields

__all__ = ["UseRow", "UseRows", "read_use_table"]

_ANSWERS = dict.fromkeys(("是", "yes", "y", "true", "1", "达标"), True)
_ANSWERS |= dict.fromkeys(("否", "no", "n", "false", "0", "不达标"), False)
_OF_ROW = {"row", "cost"}


@dataclass(frozen=True)
class UseRow:
    """One row: the number of the row in the file, and what its columns hold (None: blank)."""

    row: int
    values: Mapping[str, str | float | int | bool | None]

    def text(self, name: str) -> str:
        """A text; empty where the cell is."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> float:
        """A number of a column that every row has."""
        value = self.values[name]
        if value is None or isinstance(value, str):
            raise TypeError(f"{name} is no number")
        return float(value)

    def optional(self, name: str) -> float | None:
        """A number, None where the cell is blank: missing is not zero."""
        return None if self.values.get(name) is None else self.number(name)


@dataclass(frozen=True)
class UseRows:
    """The rows of a table with the name of its file, and what is wrong with it."""

    file: str
    sheet: str
    rows: Sequence[UseRow]
    problems: Sequence[Problem]


def read_use_table(path: Path, table: str, sheet: str | None = None) -> UseRows:
    """Read an input table from CSV or a workbook; never raises for what the file holds."""
    grids, problems = read_grids(path, path.parent, sheet)
    if not grids:
        return UseRows(path.name, "", [], problems)
    reader = _Reader(grids[0], use_fields(table), list(problems))
    reader.read()
    return UseRows(grids[0].file, grids[0].sheet, reader.rows, reader.problems)


class _Place(NamedTuple):
    column: int
    unit: str


@dataclass
class _Reader:
    grid: Grid
    fields: Sequence[UseField]
    problems: list[Problem]
    rows: list[UseRow] = field(default_factory=list)

    def read(self) -> None:
        places = self.heading()
        if has_blocking(self.problems):
            return
        for row in range(1, len(self.grid.rows)):
            if any(printed_text(raw) for raw in self.grid.rows[row]):
                self.row(row, places)
        if not self.rows:
            self.report(0, None, _EMPTY)

    def heading(self) -> dict[str, _Place]:
        names = {
            label_key(text): each
            for each in self.fields
            for text in (each.name, each.name_zh, each.name_en, *each.aliases.split("|"))
            if text
        }
        places: dict[str, _Place] = {}
        for column in range(self.grid.width):
            text = self.grid.text(0, column)
            if not text and not any(self.grid.text(row, column) for row in self.data()):
                continue
            whole = names.get(label_key(text))
            name, unit = split_heading(text)
            found = whole or names.get(label_key(name))
            if found is None:
                self.report(0, column, _unknown(text, self.fields))
            elif found.name in places:
                self.report(0, column, _twice(text))
            else:
                places[found.name] = _Place(column, self.unit(column, found, "" if whole else unit))
        for each in self.fields:
            if each.required and each.name not in places:
                self.report(None, None, _missing_column(each))
        return places

    def data(self) -> range:
        return range(1, len(self.grid.rows))

    def unit(self, column: int, found: UseField, written: str) -> str:
        """The unit that the numbers of a column are written in, once it is known to fit."""
        if found.kind != "number" or found.unit in _OF_ROW:
            if written:
                self.report(0, column, _unit_of_row(found))
            return ""
        if not written:
            if found.unit != "1":
                self.report(0, column, _no_unit(found))
            return found.unit
        read = read_unit(written)
        if isinstance(read, Finding):
            self.report(0, column, Refused(read.code, read.message, read.remedy))
            return found.unit
        if not units.same_dimension(read, found.unit):
            self.report(0, column, _wrong_unit(found, written))
            return found.unit
        return read

    def row(self, row: int, places: Mapping[str, _Place]) -> None:
        values = {
            each.name: self.value(row, places[each.name], each)
            for each in self.fields
            if each.name in places
        }
        self.rows.append(UseRow(self.grid.row_number(row), values))

    def value(self, row: int, place: _Place, each: UseField) -> str | float | int | bool | None:
        raw, text = self.grid.rows[row][place.column], self.grid.text(row, place.column)
        if not text:
            if each.required:
                self.report(row, place.column, _blank(each))
            return None
        if each.kind == "number":
            return self.amount(row, place, each)
        found = _READERS[each.kind](raw, each)
        if isinstance(found, Refused):
            self.report(row, place.column, found)
            return None
        return found

    def amount(self, row: int, place: _Place, each: UseField) -> float | None:
        cell = self.grid.cell(row, place.column, place.unit)
        if cell.value is None:
            message = cell.problem or _not_a_number(each, cell.text)
            what = Refused("cell-not-a-number", message, cell.remedy or _NUMBER)
            self.report(row, place.column, what)
            return None
        value = cell.value
        if place.unit:
            value *= units.multiplier(place.unit, each.unit)
        if (each.minimum is not None and value < each.minimum) or (
            each.maximum is not None and value > each.maximum
        ):
            self.report(row, place.column, _outside(each, cell.text))
            return None
        return value

    def report(self, row: int | None, column: int | None, what: Refused) -> None:
        self.problems.append(
            grid_problem(
                self.grid, Grade.A, what.code, what.message, what.remedy, row=row, column=column
            )
        )


def _text(raw: object, each: UseField) -> str:
    del each
    return printed_text(raw)


def _year(raw: object, each: UseField) -> int | Refused:
    del each
    return period_of(raw)


def _unit(raw: object, each: UseField) -> str | Refused:
    del each
    found = read_unit(printed_text(raw))
    if isinstance(found, Finding):
        return Refused(found.code, found.message, found.remedy)
    return found


def _yes(raw: object, each: UseField) -> bool | Refused:
    found = _ANSWERS.get(label_key(raw))
    return _not_yes(each, printed_text(raw)) if found is None else found


_READERS: Mapping[str, Callable[[object, UseField], str | int | bool | Refused]] = {
    "text": _text,
    "year": _year,
    "unit": _unit,
    "yes": _yes,
}


_EMPTY = Refused(
    "table-empty",
    Text("表头之下没有数据。", "There is no data below the heading."),
    Text("请填写至少一行。", "Write at least one row."),
)
_NUMBER = Text(
    "请填写一个数；没有数据的可选列请留空。",
    "Write a number; leave a cell that may be blank empty where there is none.",
)


def _not_a_number(each: UseField, text: str) -> Text:
    return Text(f"{each.name_zh}“{text}”不是数。", f"{each.name_en}: '{text}' is not a number.")


def _unknown(text: str, fields: Sequence[UseField]) -> Refused:
    known_zh = quoted(each.name_zh for each in fields)
    known_en = ", ".join(each.name for each in fields)
    return Refused(
        "column-unknown",
        Text(
            f"不认识列名“{text}”，这一列的数据会丢失。",
            f"The heading '{text}' is not known; its data would be lost.",
        ),
        Text(f"请改名或删去。可用的列：{known_zh}。", f"Rename or delete it. Columns: {known_en}."),
    )


def _twice(text: str) -> Refused:
    return Refused(
        "column-twice",
        Text(f"列“{text}”与前面一列含义相同。", f"The column '{text}' stands there twice."),
        Text("请删去其中一列。", "Delete one of them."),
    )


def _missing_column(each: UseField) -> Refused:
    return Refused(
        "column-missing",
        Text(f"缺少必需的列“{each.name_zh}”。", f"The column '{each.name}' is missing."),
        Text(
            f"请加上这一列；表头也可以写 {each.aliases or each.name}。",
            f"Add it; it may also be headed {each.aliases or each.name}.",
        ),
    )


def _blank(each: UseField) -> Refused:
    return Refused(
        "cell-blank",
        Text(f"缺少{each.name_zh}。", f"The {each.name_en} is missing."),
        Text("请填写；为零时请写 0。", "Write it; write 0 where it is zero."),
    )


def _no_unit(each: UseField) -> Refused:
    return Refused(
        "unit-missing",
        Text(f"列“{each.name_zh}”没有单位。", f"The column '{each.name}' has no unit."),
        Text(
            f"请在表头写明，例如“{each.name_zh} [{each.unit}]”。",
            f"State it in the heading, such as '{each.name} [{each.unit}]'.",
        ),
    )


def _unit_of_row(each: UseField) -> Refused:
    return Refused(
        "unit-twice",
        Text(
            f"列“{each.name_zh}”的单位由“单位”列给出，表头又写了单位。",
            f"The unit of '{each.name}' stands in the unit column; its heading names one, too.",
        ),
        Text("请删去表头中的单位。", "Remove the unit from the heading."),
    )


def _wrong_unit(each: UseField, written: str) -> Refused:
    return Refused(
        "unit-wrong",
        Text(
            f"列“{each.name_zh}”的单位不能是“{written}”。",
            f"The unit of '{each.name}' cannot be '{written}'.",
        ),
        Text(f"请写成 {each.unit} 或同类单位。", f"Write {each.unit} or a unit of its kind."),
    )


def _not_yes(each: UseField, text: str) -> Refused:
    return Refused(
        "cell-not-yes",
        Text(
            f"{each.name_zh}应写“是”或“否”，不能是“{text}”。",
            f"{each.name_en} is 是 (yes) or 否 (no), not '{text}'.",
        ),
        Text("请改成“是”或“否”。", "Write 是 or 否."),
    )


def _outside(each: UseField, text: str) -> Refused:
    low = "…" if each.minimum is None else f"{each.minimum:g}"
    high = "…" if each.maximum is None else f"{each.maximum:g}"
    return Refused(
        "cell-outside",
        Text(
            f"{each.name_zh}“{text}”不在 {low} 至 {high} {each.unit} 之间。",
            f"{each.name_en} '{text}' is not between {low} and {high} {each.unit}.",
        ),
        Text("请核对数值和单位。", "Check the number and its unit."),
    )
