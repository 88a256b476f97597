"""Rates: what one unit of an entry's quantity gives, for results that are proportional to it.

They are computed once per plan, so that the work per entry is one multiplication for each measure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from carbonledger.engine.selections import Column
from carbonledger.engine.steps import Step
from carbonledger.methods.registry import get, unit_of

__all__ = ["TEXTS", "Kind", "Rates", "constants", "rates_of", "stacked", "together"]

# The posting columns in text that do not differ by entry.
TEXTS = ("book", "measure", "unit", "notation", "method", "flags")


class Kind(NamedTuple):
    """Rates of one measure and one warming potential, or one notation key for one measure.

    ``rate`` names their column. ``alike`` names the first column that has numbers at the same keys,
    so that columns need not be counted twice.
    """

    measure: str
    notation: str
    gwp: float | None
    rate: str
    alike: str


@dataclass(frozen=True)
class Rates:
    """The results that are proportional to one quantity of the entries.

    ``table`` has, column by column, one row for each of the ``keys`` and measure: the key columns,
    ``rate`` (per unit of the quantity as written; not a number for a notation key), ``gwp`` and the
    posting columns that do not differ by entry.

    ``account`` is that of the results, empty for that of the entry.
    """

    quantity: str
    account: str
    table: Mapping[str, Column]
    keys: tuple[str, ...]

    @property
    def wide(self) -> pd.DataFrame:
        """One row for each key: the key columns, ``book`` and a column for each of ``kinds``.

        In the column of a notation key any number says that the key stands there.
        """
        return self._widened[0]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The measures and notation keys of the table."""
        return self._widened[1]

    @cached_property
    def _widened(self) -> tuple[pd.DataFrame, tuple[Kind, ...]]:
        return _widened(self.table, self.keys)


def rates_of(
    steps: Sequence[Step], keys: Sequence[str], quantities: Sequence[str]
) -> Iterator[Rates]:
    """The rates of the proportional steps, for every quantity and account of results."""
    tables: dict[tuple[str, str], list[dict[str, Column]]] = {}
    for step in steps:
        if step.proportional:
            bound = step.option.bound
            name = bound[0][1] if bound else quantities[0]
            tables.setdefault((step.option.post_to, name), []).append(_table(step, keys))
    # What stays in the account of its entry comes first.
    for (account, name), parts in sorted(tables.items(), key=lambda each: each[0][0] != ""):
        table = together(parts)
        ranks = [pd.factorize(table[column], sort=True)[0] for column in ("measure", *keys[::-1])]
        order = np.lexsort(ranks)
        ordered = {column: each[order] for column, each in table.items()}
        yield Rates(name, account, ordered, tuple(keys))


def stacked(steps: Sequence[Step]) -> dict[str, Column]:
    """The coefficients of some steps in one table, column by column.

    ``part`` is the place of each row's step among them. What a step has no column for is missing.
    """
    return together(
        [
            {**step.coefficients, **_repeated(constants(step) | {"part": part}, step)}
            for part, step in enumerate(steps)
        ]
    )


def constants(step: Step) -> dict[str, str]:
    """The posting columns that are the same in every posting of a step."""
    option = step.option
    return {
        "measure": option.measure,
        "unit": unit_of(option.measure),
        "notation": option.notation,
        "method": option.method,
    }


def _table(step: Step, keys: Sequence[str]) -> dict[str, Column]:
    known = step.coefficients
    method = get(step.option.method) if step.option.method else None
    columns = {name: known[name] for name in (*keys, "book", "selection", "flags", "gwp")}
    rate = np.full(step.size, np.nan)
    if method:
        rate = method.function(**{name: known[f"c_{name}"] for name in method.arguments})
    return {**columns, "rate": rate, **_repeated(constants(step), step)}


def _repeated(values: Mapping[str, object], step: Step) -> dict[str, Column]:
    """The same values for every row of a step."""
    return {
        name: np.full(step.size, value, dtype=object if isinstance(value, str) else None)
        for name, value in values.items()
    }


def together(parts: Sequence[Mapping[str, Column]]) -> dict[str, Column]:
    """Tables below each other; a column that a table lacks is missing there."""
    names = dict.fromkeys(name for part in parts for name in part)
    sizes = [len(part["selection"]) for part in parts]
    return {
        name: np.concatenate([
            part[name] if name in part else np.full(size, np.nan)
            for part, size in zip(parts, sizes, strict=True)
        ])
        for name in names
    }  # fmt: skip


def _widened(
    columns: Mapping[str, Column], keys: Sequence[str]
) -> tuple[pd.DataFrame, tuple[Kind, ...]]:
    table = pd.DataFrame(columns)
    groups = table.groupby(["measure", "notation", "gwp"], dropna=False)
    column = "rate_" + groups.ngroup().astype(str)
    known = table.assign(column=column, rate=table["rate"].where(table["notation"] == "", 1.0))
    wide = known.pivot(index=[*keys, "book"], columns="column", values="rate")
    stands = wide.notna()
    kinds = []
    for number, (measure, notation, gwp) in enumerate(groups.groups):
        rate = f"rate_{number}"
        alike = stands.eq(stands[rate], axis=0).all().idxmax()
        kinds.append(Kind(measure, notation, None if pd.isna(gwp) else gwp, rate, alike))
    return wide.reset_index(), tuple(kinds)
