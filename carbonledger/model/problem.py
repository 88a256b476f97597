"""Problems found in the input: graded, located, explained, in two languages."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from carbonledger.errors import Text

__all__ = ["Grade", "Problem", "has_blocking", "problem_rows"]


class Grade(StrEnum):
    """How serious a problem is, in the grades of Chinese statistical reporting."""

    A = "A"  # 必须改正 must be fixed
    B = "B"  # 须说明 must be explained
    C = "C"  # 须核实 must be confirmed
    D = "D"  # 提示 hint


class Problem(BaseModel):
    """One finding: where it is, what is wrong and why, and what to do.

    ``cell`` is an address as spreadsheets write it (``H5``); ``row`` is the 1-based row of the
    file, for tables that have no addressable cells.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    grade: Grade
    code: str
    message: Text
    remedy: Text
    file: str = ""
    sheet: str = ""
    cell: str = ""
    row: int | None = None

    @property
    def where(self) -> str:
        """The place as one string: ``file/sheet!cell``."""
        place = f"{self.file}/{self.sheet}" if self.sheet else self.file
        if self.cell:
            return f"{place}!{self.cell}" if place else self.cell
        return f"{place}:{self.row}" if self.row is not None else place


def has_blocking(problems: Iterable[Problem]) -> bool:
    """Whether any problem forbids the run."""
    return any(problem.grade is Grade.A for problem in problems)


def problem_rows(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """The rows of ``problems.csv``: grades in order A to D, input order within a grade."""
    return [
        {
            "grade": problem.grade.value,
            "code": problem.code,
            "file": problem.file,
            "sheet": problem.sheet,
            "cell": problem.cell,
            "row": "" if problem.row is None else str(problem.row),
            "message": str(problem.message),
            "remedy": str(problem.remedy),
        }
        for problem in sorted(problems, key=lambda problem: problem.grade.value)
    ]


def source_file_name(path: Path, folder: Path) -> str:
    """The name under which a file of an inventory is quoted: relative, with forward slashes."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
