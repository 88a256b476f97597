"""A computed table with its heads, notes and problems, as every front end prints it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from carbonledger.errors import Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Status
from carbonledger.model.uses import Rule

__all__ = ["Column", "Row", "UseTable", "exact", "problem_at", "rule_note", "total"]


Row = dict[str, Any]
"""A row of a result: texts, numbers, or None where nothing is known, by column."""


@dataclass(frozen=True)
class Column:
    """A column: the key in the rows, its head, the unit and the decimals of its numbers."""

    name: str
    title: Text
    unit: str = ""
    decimals: int = 2


@dataclass(frozen=True)
class UseTable:
    """A result: ``rows`` hold texts, numbers, or None where nothing is known.

    ``problems`` are findings about the input that did not hinder the calculation; ``sheet`` is a
    short name for a workbook, the title by default.
    """

    title: Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    notes: Sequence[Text] = ()
    problems: Sequence[Problem] = field(default_factory=tuple)
    sheet: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The table as plain data, with units in the columns and messages in both languages."""
        return {
            "title": self.title._asdict(),
            "columns": [
                {"name": each.name, "title": each.title._asdict(), "unit": each.unit}
                for each in self.columns
            ],
            "rows": list(self.rows),
            "notes": [note._asdict() for note in self.notes],
            "problems": [each.model_dump(mode="json") for each in self.problems],
        }


def exact(value: float) -> Fraction:
    """The decimal number that a float was written as, so that sums of printed figures close."""
    return Fraction(repr(float(value)))


def problem_at(
    source: UseRows, row: UseRow | None, grade: Grade, code: str, message: Text, remedy: Text
) -> Problem:
    """A finding about a row of an input table, or about the whole table."""
    return Problem(
        grade=grade,
        code=code,
        message=message,
        remedy=remedy,
        file=source.file,
        sheet=source.sheet,
        row=None if row is None else row.row,
    )


def rule_note(rule: Rule, title: str) -> Text:
    """Which rule was used, from which document, and whether it was compared with it."""
    status = {
        Status.VERIFIED: Text("已核对", "verified"),
        Status.UNVERIFIED: Text("未核对", "unverified"),
    }[rule.status]
    term_zh = _term(rule.valid_from, rule.valid_to, "施行：{0} 至 {1}", "今")
    term_en = _term(rule.valid_from, rule.valid_to, "in force {0} to {1}", "now")
    return Text(
        f"规则：{rule.name_zh}（{status.zh}）；出处：{title}，{rule.locator}。{term_zh}".strip(),
        f"Rule: {rule.name_en} ({status.en}); {title}, {rule.locator}. {term_en}".strip(),
    )


def _term(first: str, last: str, words: str, now: str) -> str:
    return words.format(first, last or now) if first else ""


def total(values: Iterable[float]) -> float:
    """The exact sum of figures as they are written, rounded once."""
    return float(sum((exact(value) for value in values), Fraction(0)))
