"""The compilers' corrections of cells: applied to the table as read, never to the file.

A correction holds only as long as its cell shows the text that it was given for.
"""

from collections.abc import Collection, Sequence

from carbonledger.errors import Text
from carbonledger.intake.cells import same_print
from carbonledger.intake.table import Grid, position
from carbonledger.model.manifest import Correction
from carbonledger.model.problem import Grade, Problem

__all__ = ["corrected", "unmet_corrections"]


def corrected(
    grid: Grid, corrections: Sequence[Correction]
) -> tuple[Grid, list[Problem], set[int]]:
    """A table with its corrected cells, what is to be told of them, and which corrections met.

    Args:
        grid: the table as the file holds it.
        corrections: those of the manifest, for whatever file.

    Returns:
        The table, one grade-B problem (with its reason) for each cell corrected, and the positions
        of the corrections that were applied.
    """
    rows = [list(row) for row in grid.rows]
    problems: list[Problem] = []
    used: set[int] = set()
    formats = dict(grid.formats)
    for number, correction in enumerate(corrections):
        place = _place(grid, correction)
        if place is None or not same_print(grid.text(*place), correction.printed):
            continue
        row, column = place
        rows[row][column] = correction.value
        formats.pop(place, None)  # the new text is what it shows
        used.add(number)
        problems.append(_told(grid, correction))
    if not used:
        return grid, [], used
    return grid._replace(rows=tuple(map(tuple, rows)), formats=formats), problems, used


def unmet_corrections(corrections: Sequence[Correction], used: Collection[int]) -> list[Problem]:
    """A grade-A problem for each correction that met no cell: its number would be missed."""
    return [
        Problem(
            grade=Grade.A,
            code="correction-stale",
            message=Text(
                f"更正（原文“{each.printed}”改为“{each.value}”）没有找到对应的单元格："
                "文件、工作表或单元格不符，或原文已变。",
                f"The correction ('{each.printed}' to '{each.value}') met no cell: its file, sheet "
                "or cell is not there, or the text has changed.",
            ),
            remedy=Text(
                "请核对后更新或删去 inventory.toml 中的这条 [[corrections]]。",
                "Check it, then update this [[corrections]] in inventory.toml or remove it.",
            ),
            file=each.file,
            sheet=each.sheet,
            cell=_cell(each),
        )
        for number, each in enumerate(corrections)
        if number not in used
    ]


def _cell(correction: Correction) -> str:
    return correction.cell.replace("$", "").strip().upper()


def _place(grid: Grid, correction: Correction) -> tuple[int, int] | None:
    file = correction.file.replace("\\", "/").removeprefix("./")
    if file != grid.file or correction.sheet not in {"", grid.sheet}:
        return None
    return position(grid, _cell(correction))


def _told(grid: Grid, correction: Correction) -> Problem:
    return Problem(
        grade=Grade.B,
        code="corrected",
        message=Text(
            f"单元格原文“{correction.printed}”已按更正读作“{correction.value}”，"
            f"理由：{correction.reason.zh}",
            f"The cell says '{correction.printed}' and is read as '{correction.value}': "
            f"{correction.reason.en}",
        ),
        remedy=Text(
            "原文件没有改动。若要恢复，请删去 inventory.toml 中对应的 [[corrections]]。",
            "The file is unchanged. To undo it, remove its [[corrections]] from inventory.toml.",
        ),
        file=grid.file,
        sheet=grid.sheet,
        cell=_cell(correction),
    )
