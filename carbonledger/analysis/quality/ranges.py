"""What any edition of the library knows of a parameter: its least and its greatest value."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.library.load import Library
from carbonledger.memory import rows_of

__all__ = ["Ranges"]

_SCOPE = ["item", "account", "detail"]


class Ranges:
    """The ends of some parameters over all editions, regions and years."""

    def __init__(self, library: Library, parameters: Collection[str]) -> None:
        self._chains = {"item": library.items_above, "account": library.accounts_above}
        self._rows: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        table = library.parameters
        names = ["parameter", "dimension", *_SCOPE, "species", "unit", "value", "lower", "upper"]
        for row in rows_of(table.loc[table["parameter"].isin(parameters), names]):
            self._rows.setdefault((row["parameter"], row["dimension"]), []).append(row)

    def span(self, row: Mapping[str, Any], parameter: str, unit: str) -> tuple[float, float] | None:
        """The ends for an item, an account and a gas, in a unit; None where there are no rows."""
        rows = self._rows.get((parameter, units.dimension(unit)), [])
        for name, chain in self._chains.items():
            above = {*chain.get(row[name], ()), ""}
            rows = [each for each in rows if each[name] in above]
        rows = [each for each in rows if each["species"] in {"", row["measure"]}]
        rows = [each for each in rows if each["item"]] or rows
        rows = [each for each in rows if each["detail"] in {"", row["detail"]}] or rows
        if not rows:
            return None
        ends = [
            float(each["value"] if pd.isna(each[end]) else each[end])
            * units.multiplier(each["unit"], unit)
            for each in rows
            for end in ("lower", "upper")
        ]
        return min(ends), max(ends)
