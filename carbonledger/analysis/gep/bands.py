"""The bands of the checks of gross ecosystem product: ``factors/gep_checks.csv``."""

import csv
from functools import cache
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.model.problem import Grade
from carbonledger.paths import factors_dir

__all__ = ["Band", "band"]


class Band(NamedTuple):
    """The ordinary range of a figure, and the grade of a finding beyond it."""

    check: str
    grade: Grade
    name: Text
    unit: str
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies within the band."""
        return self.low <= value <= self.high


@cache
def _bands() -> dict[str, Band]:
    path = factors_dir() / "gep_checks.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["check"]: Band(
                row["check"],
                Grade(row["grade"]),
                Text(row["name_zh"], row["name_en"]),
                row["unit"],
                float(row["low"]),
                float(row["high"]),
            )
            for row in csv.DictReader(file)
        }


def band(check: str) -> Band:
    """The band of a check."""
    return _bands()[check]
