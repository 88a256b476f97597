"""From a grid of cells to an energy balance: where the headings, the rows and the notes are.

Nothing depends on the order of rows or columns; every label is looked up. A label that is not known
is reported with its cell and the nearest known spellings, never skipped while numbers stand beside
it.
"""

import re
from decimal import Decimal

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_heads import (
    Block,
    Head,
    find_blocks,
    match_lines,
    read_heads,
    repeated_heads,
)
from carbonledger.intake.energy_balance_labels import Scheme, plain
from carbonledger.intake.energy_balance_table import BalanceTable, Column, Value
from carbonledger.intake.energy_balance_units import Units, assign_units
from carbonledger.intake.energy_balance_words import (
    above_heading,
    half_known_label,
    no_heading,
    repeated_label,
    unknown_label,
)
from carbonledger.intake.layout import grid_problem
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem

__all__ = ["recognise", "title_years"]

_NOTE = re.compile(
    r"^(?:注|说明|备注|附注|资料来源|数据来源|来源|续表|单位|notes?\b|sources?\b|unit)"
)
# The year of a yearbook is not the year of its data.
_YEAR = re.compile(r"(?<![0-9])(?<!年鉴)(?<!yearbook )((?:19|20)[0-9]{2})(?![0-9])")


def recognise(grid: Grid, layout: Scheme) -> tuple[BalanceTable | None, list[Problem]]:
    """Read the grid as an energy balance; None where it cannot be read as one at all."""
    blocks = list(find_blocks(grid, layout))
    if not blocks:
        return None, [no_heading(grid, layout)]
    problems = _above(grid, layout, blocks[0].top)
    heads: list[tuple[Block, list[Head]]] = []
    for block in blocks:
        found, trouble = read_heads(grid, layout, block)
        heads.append((block, found))
        problems += trouble
    problems += repeated_heads(grid, [head for _, found in heads for head in found])
    columns, unit_problems = _columns(grid, layout, heads)
    problems += unit_problems
    flows: dict[str, str] = {}
    values: dict[tuple[str, str], Value] = {}
    remarks: list[int] = []
    for block, found in heads:
        problems += _body(grid, layout, block, found, flows, values, remarks)
    problems += _remarks(grid, remarks)
    table = BalanceTable(layout, grid.file, grid.sheet, flows, columns, values)
    return table, problems


def title_years(grid: Grid, layout: Scheme) -> dict[int, tuple[int, int]]:
    """The years named above the table, with the position of the cell that names each."""
    top = next((block.top for block in find_blocks(grid, layout)), 0)
    return {
        int(year): (row, column)
        for row in range(top)
        for column in range(grid.width)
        for year in _YEAR.findall(plain(grid.text(row, column)))
    }


def _above(grid: Grid, layout: Scheme, top: int) -> list[Problem]:
    """Rows of data above the first heading: their own heading was not recognised."""
    found = [
        (row, column)
        for row in range(top)
        for column in range(grid.width)
        if layout.flow_labels.match(grid.text(row, column)).codes
        and any(grid.cell(row, other).kind == "number" for other in range(grid.width))
    ]
    return [above_heading(grid, found[0])] if found else []


def _columns(
    grid: Grid, layout: Scheme, blocks: list[tuple[Block, list[Head]]]
) -> tuple[dict[str, Column], list[Problem]]:
    columns: dict[str, Column] = {}
    problems: list[Problem] = []
    start = 0
    line = Units((), physical=False)
    for block, heads in blocks:
        line, trouble = Units.above(grid, start, block.body, line)
        units, more = assign_units(
            grid, layout, line, [(h.item, h.unit, (h.row, h.column)) for h in heads]
        )
        problems += trouble + more
        for head in heads:
            unit, coal_equivalent = units[head.item]
            address = grid.address(head.row, head.column)
            columns.setdefault(head.item, Column(head.item, unit, coal_equivalent, address))
        start = block.body
    return columns, problems


def _body(
    grid: Grid,
    layout: Scheme,
    block: Block,
    heads: list[Head],
    flows: dict[str, str],
    values: dict[tuple[str, str], Value],
    remarks: list[int],
) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in range(block.body, block.end):
        labels = [grid.text(row, column) for column in block.label_columns]
        label = " ".join(text for text in labels if text)
        filled = [head for head in heads if grid.text(row, head.column)]
        match = match_lines(layout.flow_labels, [text for text in labels if text])
        place = (row, block.label_columns[0])
        if _NOTE.match(plain(label)) and not _numeric(grid, row, heads):
            continue
        if len(match.codes) == 1:
            flow = match.codes[0]
            problems += [half_known_label(grid, place, label, match)] if match.unknown else []
            if flow in seen:
                what = Text(f"行“{label}”", f"The row '{label}'")
                first = (seen[flow], block.label_columns[0])
                problems.append(repeated_label(grid, place, first, what))
                continue
            seen[flow] = row
            flows.setdefault(flow, label)
            for head in heads:
                value, trouble = _value(grid, flow, head, row)
                values.setdefault((flow, head.item), value)
                problems += trouble
        elif filled and not _column_numbers(grid, row, heads):
            problems.append(unknown_label(grid, layout.flow_labels, Grade.A, place, label, match))
        elif label:
            remarks.append(row)
    return problems


def _numeric(grid: Grid, row: int, heads: list[Head]) -> bool:
    return any(grid.cell(row, head.column).kind == "number" for head in heads)


def _column_numbers(grid: Grid, row: int, heads: list[Head]) -> bool:
    """Whether the row only counts the columns: 1, 2, 3 ..., as official forms do."""
    counted = [grid.cell(row, head.column).value for head in heads]
    numbers = [value for value in counted if value is not None]
    first = numbers[0] if len(numbers) == len(heads) >= 2 else None
    return first in {1.0, 2.0, 3.0} and all(
        value == first + step for step, value in enumerate(numbers)
    )


def _value(grid: Grid, flow: str, head: Head, row: int) -> tuple[Value, list[Problem]]:
    cell = grid.cell(row, head.column)
    amount = None if cell.value is None else Decimal(f"{cell.value:.15g}")
    value = Value(
        flow,
        head.item,
        cell.kind,
        amount,
        cell.notation,
        cell.text,
        row,
        head.column,
        grid.row_number(row),
        grid.address(row, head.column),
    )
    if cell.problem is None or cell.remedy is None:
        return value, []
    problem = grid_problem(
        grid, Grade.A, "balance-cell", cell.problem, cell.remedy, row=row, column=head.column
    )
    return value, [problem]


def _remarks(grid: Grid, rows: list[int]) -> list[Problem]:
    if not rows:
        return []
    shown = "、".join(str(grid.row_number(row)) for row in rows)
    return [
        grid_problem(
            grid,
            Grade.D,
            "balance-remark",
            Text(
                f"第 {shown} 行没有数字，名称也不是平衡表的行，已当作说明文字，不参与计算。",
                f"Row {shown.replace('、', ', ')}: no numbers and not a row of the balance; taken "
                "as remarks.",
            ),
            Text("若应有数据，请补上。", "Fill in the data if there should be any."),
            row=rows[0],
        )
    ]
