"""The compilers' answers to reported problems, applied to one table.

An answer holds only as long as its cell shows the text that it was given for; an answer that meets
no problem is itself reported, so that nothing decided for an older file lingers unseen.
"""

from collections.abc import Sequence
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.intake.cells import same_print
from carbonledger.intake.layout import EntryRow, Reading
from carbonledger.intake.table import Grid, position
from carbonledger.model.manifest import Answer
from carbonledger.model.notation import Notation
from carbonledger.model.problem import Grade, Problem

__all__ = ["STALE", "Answered", "apply_answers", "confirmed", "stale_answers", "unmet_answers"]

STALE = "answer-stale"


class Answered(NamedTuple):
    """A table after the answers: ``marks`` per row, ``used`` the positions of answers that met."""

    rows: Sequence[EntryRow]
    marks: Sequence[str]
    problems: Sequence[Problem]
    used: frozenset[int]


def apply_answers(
    grid: Grid,
    rows: Sequence[EntryRow],
    problems: Sequence[Problem],
    answers: Sequence[Answer],
) -> Answered:
    """Set cells aside and confirm problems, as the manifest decides.

    ``set-aside`` takes the value of the cell out of the entries (notation key NE in its place) and
    makes a grade-A problem grade B. ``confirm`` keeps the value, attaches the reason and makes the
    problem a hint (D); a grade-A problem it cannot answer.
    """
    used: set[int] = set()
    answered: list[Problem] = []
    marks: dict[str, str] = {}
    valid = [(number, answer) for number, answer in enumerate(answers) if _shows(grid, answer)]
    for problem in problems:
        for number, answer in valid:
            if _meets(answer, problem):
                used.add(number)
                cell = _cell(answer)
                if answer.action == "set-aside" or problem.grade is not Grade.A:
                    marks[cell] = max(marks.get(cell, ""), answer.action)
                problem = _answer(problem, answer)  # noqa: PLW2901 - several answers add up
        answered.append(problem)
    return Answered(
        [_set_aside(row, marks) for row in rows],
        [_mark(row, marks) for row in rows],
        answered,
        frozenset(used),
    )


def stale_answers(
    answers: Sequence[Answer], used: frozenset[int], grids: Sequence[Grid]
) -> list[Problem]:
    """A problem for each answer that answers nothing."""
    return [_stale(answer, grids) for number, answer in enumerate(answers) if number not in used]


def unmet_answers(
    answers: Sequence[Answer], used: frozenset[int], grids: Sequence[Grid]
) -> list[Answer]:
    """The confirmations that met no problem although their cell still shows what they quote.

    They may answer what is found later, when the tables stand beside each other.
    """
    return [
        answer
        for number, answer in enumerate(answers)
        if number not in used
        and answer.action == "confirm"
        and any(_shows(grid, answer) for grid in grids)
    ]


def confirmed(
    problems: Sequence[Problem], answers: Sequence[Answer]
) -> tuple[list[Problem], list[Answer]]:
    """Problems found later with the confirmations that meet them, and the answers that did."""
    met: list[Answer] = []
    settled: list[Problem] = []
    for problem in problems:
        fitting = [answer for answer in answers if _of_file(answer, problem)]
        for answer in fitting:
            problem = _answer(problem, answer)  # noqa: PLW2901 - several answers add up
        met += fitting
        settled.append(problem)
    return settled, met


def _of_file(answer: Answer, problem: Problem) -> bool:
    file = answer.file.replace("\\", "/").removeprefix("./")
    same = file == problem.file and answer.sheet in {"", problem.sheet}
    return same and _meets(answer, problem)


def _cell(answer: Answer) -> str:
    return answer.cell.replace("$", "").strip().upper()


def _of_grid(grid: Grid, answer: Answer) -> bool:
    file = answer.file.replace("\\", "/").removeprefix("./")
    return file == grid.file and answer.sheet in {"", grid.sheet}


def _found(grid: Grid, answer: Answer) -> str | None:
    """What the answer's cell shows now; None where the table has no such cell."""
    place = position(grid, _cell(answer))
    return None if place is None else grid.text(*place)


def _shows(grid: Grid, answer: Answer) -> bool:
    if not _of_grid(grid, answer):
        return False
    found = _found(grid, answer)
    return found is not None and same_print(found, answer.printed)


def _meets(answer: Answer, problem: Problem) -> bool:
    return problem.cell == _cell(answer) and answer.code in {"", problem.code}


def _answer(problem: Problem, answer: Answer) -> Problem:
    reason = answer.reason
    grade: Grade
    if answer.action == "set-aside":
        grade = Grade.B if problem.grade is Grade.A else problem.grade
        said = Text(
            f"已按决定搁置，该数不参与计算，理由：{reason.zh}",
            f" Set aside by decision, the value is not used: {reason.en}",
        )
        remedy = Text(
            "若要恢复，请改正单元格并删去 inventory.toml 中对应的 [[answers]]。",
            "To undo it, mend the cell and remove its [[answers]] from inventory.toml.",
        )
    elif problem.grade is Grade.A:
        grade = Grade.A
        said = Text(
            "inventory.toml 中的答复“confirm”不能用于必须改正（A 级）的问题。",
            " The answer 'confirm' in inventory.toml cannot settle a grade-A problem.",
        )
        remedy = Text(
            f"{problem.remedy.zh}或改用 set-aside 搁置该数。",
            f"{problem.remedy.en} Or use set-aside to leave the value out.",
        )
    else:
        grade = Grade.D
        said = Text(f"已核实并确认，理由：{reason.zh}", f" Confirmed by the compilers: {reason.en}")
        remedy = Text("无需处理。", "Nothing to do.")
    message = Text(problem.message.zh + said.zh, problem.message.en + said.en)
    return problem.model_copy(update={"grade": grade, "message": message, "remedy": remedy})


def _set_aside(row: EntryRow, marks: dict[str, str]) -> EntryRow:
    aside = {
        name: Reading(None, reading.unit, Notation.NE.value, reading.cell)
        for name, reading in row.quantities.items()
        if marks.get(reading.cell) == "set-aside"
    }
    return row._replace(quantities={**row.quantities, **aside}) if aside else row


def _mark(row: EntryRow, marks: dict[str, str]) -> str:
    return max((marks.get(reading.cell, "") for reading in row.quantities.values()), default="")


def _stale(answer: Answer, grids: Sequence[Grid]) -> Problem:
    there = [grid for grid in grids if _of_grid(grid, answer)]
    found = [text for grid in there if (text := _found(grid, answer)) is not None]
    if not there:
        now = Text("清单没有读到这个文件（工作表）", "no table of the inventory is of that file")
    elif not found:
        now = Text("表中没有这个单元格", "the table has no such cell")
    elif not any(same_print(text, answer.printed) for text in found):
        now = Text(f"单元格现在是“{found[0]}”", f"the cell now shows '{found[0]}'")
    else:
        now = Text("该单元格没有这样的问题", "the cell has no such problem")
    return Problem(
        grade=Grade.B,
        code=STALE,
        message=Text(
            f"答复（{answer.action}，原文“{answer.printed}”）没有起作用：{now.zh}。",
            f"The answer ({answer.action}, given for '{answer.printed}') has no effect: {now.en}.",
        ),
        remedy=Text(
            "请核对后更新或删去 inventory.toml 中的这条 [[answers]]。",
            "Check it, then update this [[answers]] in inventory.toml or remove it.",
        ),
        file=answer.file,
        sheet=answer.sheet,
        cell=_cell(answer),
    )
