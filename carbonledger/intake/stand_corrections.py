"""Corrected rows that come back: they take the place of the rows of the table, and are told."""

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.cells import parse_cell, printed_text
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem

__all__ = ["CORRECTED", "ROW_HEAD", "corrected"]

CORRECTED = "改正后回传"  # the sheet of the problem workbook that is filled in and sent back
ROW_HEAD = "行号"


def corrected(grid: Grid, changed: Grid, header: int) -> tuple[Grid, list[Problem]]:
    """The table with the rows that another one corrects, and a hint that says how many.

    Args:
        grid: the table.
        changed: rows with the number of the row in the first column and the headings of the table.
        header: the 0-based row of the headings in ``grid``.

    Raises:
        CarbonledgerError: if the headings differ or a row number is none of the table.
    """
    wanted = [ROW_HEAD, *map(printed_text, grid.rows[header])]
    given = [printed_text(raw) for raw in changed.rows[0]]
    if given[: len(wanted)] != wanted or any(given[len(wanted) :]):
        raise CarbonledgerError(
            f"“{changed.file}”的表头与原表不同，不能回传。请使用问题清单里的“{CORRECTED}”页，"
            "不要增删或改名列。",
            f"The headings of '{changed.file}' differ from those of the table. Use the sheet "
            f"'{CORRECTED}' of the problem workbook and leave its columns as they are.",
        )
    rows = list(grid.rows)
    seen: set[int] = set()
    for place, cells in enumerate(changed.rows[1:], 1):
        if not any(printed_text(raw) for raw in cells):
            continue
        number = parse_cell(cells[0]).value
        at = int(number) - grid.first_row - 1 if number is not None else -1
        if number != at + grid.first_row + 1 or not header < at < len(rows) or at in seen:
            raise CarbonledgerError(
                f"“{changed.file}”{changed.address(place, 0)} 的行号“{printed_text(cells[0])}”"
                "不是原表的数据行，或出现了两次。请保留问题清单里的行号。",
                f"'{changed.file}' {changed.address(place, 0)}: '{printed_text(cells[0])}' is no "
                "row of the table, or stands twice. Keep the row numbers of the problem workbook.",
            )
        seen.add(at)
        rows[at] = tuple(cells[1 : grid.width + 1])
    formats = {place: code for place, code in grid.formats.items() if place[0] not in seen}
    hint = Problem(
        grade=Grade.D,
        code="stand-rows-corrected",
        file=changed.file,
        message=Text(
            f"有 {len(seen)} 行以“{changed.file}”中改正的内容代替原表（原文件没有改动）。",
            f"{len(seen)} rows were replaced by those of '{changed.file}'; the table itself is "
            "unchanged.",
        ),
        remedy=Text("请同时改正原始数据库。", "Correct the original data base as well."),
    )
    return grid._replace(rows=tuple(rows), formats=formats), [hint]
