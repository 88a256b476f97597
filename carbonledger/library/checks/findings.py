"""One finding about a factor library: graded, with file, row and cell, in two languages."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.model.problem import Grade, Problem

__all__ = ["Place", "explained_grade", "finding", "more_rows", "near"]


class Place(NamedTuple):
    """A row of a file of the library; the header is row 1, as spreadsheets count."""

    file: str
    row: int
    columns: tuple[str, ...] = ()

    def cell(self, column: str) -> str:
        """The address of a column in this row; empty for a column that the file does not have."""
        if column not in self.columns:
            return ""
        return f"{_letters(self.columns.index(column))}{self.row}"


def finding(
    grade: Grade, code: str, place: Place, column: str, message: Text, remedy: Text
) -> Problem:
    """A finding at a cell, or at a whole row where the column is empty."""
    return Problem(
        grade=grade,
        code=f"factor-{code}",
        message=message,
        remedy=remedy,
        file=place.file,
        cell=place.cell(column),
        row=place.row,
    )


def _letters(index: int) -> str:
    """The letters of a column as spreadsheets write them: 0 is A, 26 is AA."""
    found = ""
    while index >= 0:
        found = chr(ord("A") + index % 26) + found
        index = index // 26 - 1
    return found


def near(wanted: str, known: Iterable[str]) -> Text:
    """The known spelling nearest to a wrong one, as a sentence to append; empty if none is."""
    folded = {each.casefold(): each for each in known}
    found = get_close_matches(wanted.casefold(), folded, n=1, cutoff=0.6)
    if not found:
        return Text("", "")
    nearest = folded[found[0]]
    return Text(f"最接近的是“{nearest}”。", f" The nearest is '{nearest}'.")


def more_rows(count: int) -> Text:
    """How many rows of the file share a finding that is told at the first of them."""
    if count < 2:
        return Text("", "")
    return Text(f"（本文件共 {count} 行）", f" ({count} rows of this file)")


def explained_grade(*notes: str) -> Grade:
    """B for what has to be explained, D where one of the notes does (``explained: ...``)."""
    marked = any("explained:" in note or "说明：" in note for note in notes)
    return Grade.D if marked else Grade.B
