"""The columns of the input tables of assets, compensation and accounts of extent.

They stand in ``factors/layouts/use_tables.csv``; ``intake.use_table`` reads tables by them.
"""

import csv
from functools import cache
from typing import Literal

from pydantic import Field

from carbonledger.errors import Text
from carbonledger.model.records import OptionalFloat, Record
from carbonledger.paths import factors_dir

__all__ = ["UseField", "use_fields", "use_tables"]


class UseField(Record):
    """A column of an input table.

    ``unit`` is that of the calculation, ``row`` that of the unit column of the row, ``cost`` money
    per that unit. ``required`` is ``yes`` where every row needs the column. A number outside
    ``minimum`` to ``maximum`` is refused.
    """

    table: str = Field(min_length=1)
    name: str = Field(min_length=1)
    kind: Literal["text", "number", "year", "unit", "yes"]
    unit: str
    required: Literal["", "yes"]
    aliases: str
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    minimum: OptionalFloat
    maximum: OptionalFloat

    @property
    def title(self) -> Text:
        """The name of the column in both languages."""
        return Text(self.name_zh, self.name_en)

    @property
    def heading(self) -> str:
        """The Chinese heading with the unit of the calculation, as a template writes it."""
        unit = "" if self.kind != "number" or self.unit in {"row", "cost", "1"} else self.unit
        return f"{self.name_zh} [{unit}]" if unit else self.name_zh


@cache
def use_tables() -> dict[str, tuple[UseField, ...]]:
    """The columns of every input table, in the order of the documentation."""
    path = factors_dir() / "layouts" / "use_tables.csv"
    found: dict[str, list[UseField]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["table"], []).append(UseField.model_validate(row))
    return {table: tuple(rows) for table, rows in found.items()}


def use_fields(table: str) -> tuple[UseField, ...]:
    """The columns of one input table."""
    return use_tables()[table]
