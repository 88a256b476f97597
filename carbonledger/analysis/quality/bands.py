"""What the quality checks compare with: the rows of ``factors/quality.csv``.

A check has one row, or several that differ by their units; every row says why its band is what it
is. No number of a check stands in the code.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from carbonledger.errors import Text
from carbonledger.library.tables import read_records
from carbonledger.model.problem import Grade
from carbonledger.model.records import OptionalFloat, Record
from carbonledger.paths import factors_dir

__all__ = ["Band", "bands"]


class Band(Record):
    """One row: what is looked at, and the range that needs no question.

    ``low`` and ``high`` bound a ratio (or a count: of years, digits, regions); ``material`` is the
    share of the emissions of the region and year below which nothing is said. A check of a ratio
    divides the amount of ``accounts`` (with everything below) and ``items``, in ``unit``, or the
    ``statistic``, by what the columns ``against_*`` name likewise; an empty list is everything.
    """

    check: str = Field(min_length=1)
    grade: Grade
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    accounts: str
    items: str
    statistic: str
    unit: str
    against_accounts: str
    against_items: str
    against_statistic: str
    against_unit: str
    low: OptionalFloat
    high: OptionalFloat
    material: OptionalFloat
    source: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    remedy_zh: str
    remedy_en: str

    @property
    def name(self) -> Text:
        """What the check is called."""
        return Text(self.name_zh, self.name_en)

    @property
    def remedy(self) -> Text:
        """What to do about a finding."""
        return Text(self.remedy_zh, self.remedy_en)

    @property
    def least(self) -> float:
        """The low end of the band; nothing is too low where there is none."""
        return float("-inf") if self.low is None else self.low

    @property
    def most(self) -> float:
        """The high end of the band; nothing is too high where there is none."""
        return float("inf") if self.high is None else self.high

    @property
    def share(self) -> float:
        """The share of the total from which on the check speaks."""
        return self.material or 0.0

    def holds(self, value: float) -> bool:
        """Whether a value needs no question."""
        return self.least <= value <= self.most


@cache
def bands(folder: Path | None = None, table: str = "quality.csv") -> Mapping[str, tuple[Band, ...]]:
    """The rows of every check in the library of ``folder`` (by default the program's).

    ``table`` is the file of the library that they stand in.

    Raises:
        CarbonledgerError: naming the row that is not valid.
    """
    found: dict[str, tuple[Band, ...]] = {}
    for row in read_records((folder or factors_dir()) / table, Band):
        found[row.check] = (*found.get(row.check, ()), row)
    return found
