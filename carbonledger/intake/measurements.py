"""Tables of measurements: trees of plots, volumes by age. Read for a computation, not as entries.

Headings are ``name [unit]`` in Chinese or English; every column may come in any unit of its kind.
All that is wrong with a table is said at once, with the cell of each fault.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from carbonledger import units
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.cells import label_key
from carbonledger.intake.columns import split_heading
from carbonledger.intake.grid import read_grids
from carbonledger.intake.table import Grid
from carbonledger.model import limits

__all__ = ["Column", "Fault", "blanks", "faulty", "read_measurements"]

_SHOWN = 20  # faults that one message lists


@dataclass(frozen=True)
class Column:
    """A column that a table may have.

    Attributes:
        name: that of the result; also a parameter whose limits hold, where there is one.
        label: what it is called in messages and headings.
        unit: the unit of the result; empty for text.
        aliases: further headings.
        required: whether the table must have it.
    """

    name: str
    label: Text
    unit: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = True

    @property
    def headings(self) -> set[str]:
        """Every heading of the column, as labels are compared."""
        return {
            label_key(text) for text in (self.name, self.label.zh, self.label.en, *self.aliases)
        }


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place of a table (``!C5``)."""

    place: str
    text: Text


def read_measurements(path: Path, columns: Sequence[Column]) -> pd.DataFrame:
    """Read a table: CSV, TXT or a workbook whose only sheet holds it.

    Args:
        path: the file.
        columns: what it may hold.

    Returns:
        One row for each row of the table that is not blank, with a column for each of ``columns``
        that the table has, numbers in the units of ``columns``, and ``place``, the row's address.
        A blank cell is missing (NaN, or an empty text).

    Raises:
        CarbonledgerError: for a file that cannot be read, and for whatever is wrong in its cells.
    """
    grids, problems = read_grids(path, path.parent)
    if problems or not grids:
        raise faulty(path.name, (Fault("", problem.message) for problem in problems))
    grid = grids[0]
    faults: list[Fault] = []
    found = _headings(grid, columns, faults)
    rows = [row for row in range(1, len(grid.rows)) if any(grid.text(row, c) for c in found)]
    table: dict[str, list[object]] = {
        "place": [f"{path.name}!{grid.row_number(row)}" for row in rows]
    }
    for place, (column, multiplier) in found.items():
        table[column.name] = [_value(grid, row, place, column, multiplier, faults) for row in rows]
    if not rows and not faults:
        faults.append(Fault("", Text("表中没有数据行。", "The table has no rows.")))
    if faults:
        raise faulty(path.name, faults)
    return pd.DataFrame(table)


def faulty(file: str, faults: Iterable[Fault]) -> CarbonledgerError:
    """One refusal that lists the faults of a file."""
    listed = list(faults)
    more = len(listed) - _SHOWN
    zh = [f"  {fault.place} {fault.text.zh}" for fault in listed[:_SHOWN]]
    en = [f"  {fault.place} {fault.text.en}" for fault in listed[:_SHOWN]]
    if more > 0:
        zh.append(f"  另有 {more} 处。")
        en.append(f"  {more} more.")
    return CarbonledgerError(
        "\n".join([f"{file} 有 {len(listed)} 处要改正，没有计算：", *zh]),
        "\n".join([f"{file}: {len(listed)} faults to correct; nothing was computed:", *en]),
    )


def blanks(table: pd.DataFrame, columns: Iterable[Column]) -> list[Fault]:
    """A fault for every cell of a table that is missing."""
    return [
        Fault(str(place), Text(f"缺少{each.label.zh}。", f"No {each.label.en}."))
        for each in columns
        for place in table.loc[table[each.name].isna() | (table[each.name] == ""), "place"]
    ]


def _headings(
    grid: Grid, columns: Sequence[Column], faults: list[Fault]
) -> dict[int, tuple[Column, float]]:
    found: dict[int, tuple[Column, float]] = {}
    taken: set[str] = set()
    known = "、".join(
        f"{each.label.zh}{f' [{each.unit}]' if each.unit else ''}" for each in columns
    )
    for place in range(grid.width):
        text = grid.text(0, place)
        if not text:
            continue
        name, unit = split_heading(text)
        column = next((each for each in columns if label_key(name) in each.headings), None)
        where = f"!{grid.address(0, place)}"
        if column is None:
            faults.append(Fault(where, Text(
                f"不认识的列“{text}”；可用的列：{known}。",
                f"Unknown column '{text}'; known: {', '.join(each.name for each in columns)}.",
            )))  # fmt: skip
        elif column.name in taken:
            faults.append(
                Fault(where, Text(f"“{text}”列出现两次。", f"Column '{text}' stands twice."))
            )
        else:
            taken.add(column.name)
            found[place] = column, _multiplier(unit, column, where, faults)
    for each in columns:
        if each.required and each.name not in taken:
            faults.append(Fault("", Text(
                f"缺少“{each.label.zh}{f' [{each.unit}]' if each.unit else ''}”列。",
                f"Column '{each.label.en}' ({each.name}) is missing.",
            )))  # fmt: skip
    return found


def _multiplier(unit: str, column: Column, where: str, faults: list[Fault]) -> float:
    if not column.unit:
        return 1.0
    if not unit:
        faults.append(Fault(where, Text(
            f"“{column.label.zh}”没有写单位，请写成“{column.label.zh} [{column.unit}]”。",
            f"'{column.label.en}' has no unit; write '{column.label.en} [{column.unit}]'.",
        )))  # fmt: skip
        return 1.0
    try:
        return units.multiplier(unit, column.unit)
    except units.UnitError as error:
        faults.append(Fault(where, error.text))
        return 1.0


def _value(
    grid: Grid, row: int, place: int, column: Column, multiplier: float, faults: list[Fault]
) -> object:
    if not column.unit:
        return grid.text(row, place)
    cell = grid.cell(row, place)
    where = f"!{grid.address(row, place)}"
    if cell.kind == "number" and cell.value is not None:
        value = cell.value * multiplier
        refused = limits.refusal(column.name, value, column.unit)
        if refused is not None:
            faults.append(Fault(where, Text(
                f"{refused[0].zh}{refused[1].zh}", f"{refused[0].en} {refused[1].en}"
            )))  # fmt: skip
        return value
    if cell.text:
        faults.append(Fault(where, cell.problem or Text(
            f"“{cell.text}”不是数。", f"'{cell.text}' is no number."
        )))  # fmt: skip
    return float("nan")
