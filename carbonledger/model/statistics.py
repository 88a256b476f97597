"""Socio-economic figures beside an inventory: GDP, population, energy, electricity, areas.

What figures there are stands in ``factors/statistics.csv``. They take part in no emission; they are
the denominators of indicators and the other side of quality checks.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from carbonledger.paths import factors_dir

__all__ = ["Statistic", "StatisticKind", "statistic_kinds"]


class StatisticKind(BaseModel):
    """A row of ``factors/statistics.csv``: what a figure may be.

    ``price_year`` says what the price year of a figure is: none, its own year (``own``: current
    prices), or one that must be written (``required``: comparable prices, or the base of an index).
    ``minimum`` and ``maximum`` are in ``unit`` and keep out what cannot be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    statistic: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    aliases: str
    unit: str = Field(min_length=1)
    price_year: Literal["", "own", "required"]
    minimum: Annotated[float, Field(allow_inf_nan=False)]
    maximum: Annotated[float, Field(allow_inf_nan=False)]
    reason: str = Field(min_length=1)

    @property
    def spellings(self) -> tuple[str, ...]:
        """All the names that a table may write."""
        names = (self.statistic, self.name_zh, self.name_en, *self.aliases.split("|"))
        return tuple(filter(None, names))


class Statistic(BaseModel):
    """One figure: ``value`` as written in ``unit``, and ``amount`` in the unit of its kind.

    ``price_year`` is the year whose prices money is counted in, or the base year of an index.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    region: str
    period: int
    statistic: str
    value: float
    unit: str
    amount: float
    price_year: int | None = None
    source: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""


@cache
def statistic_kinds(folder: Path | None = None) -> dict[str, StatisticKind]:
    """The figures that the library in ``folder`` (by default the program's) knows, by code."""
    path = (folder or factors_dir()) / "statistics.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [StatisticKind.model_validate(row) for row in csv.DictReader(file)]
    return {row.statistic: row for row in rows}
