"""The effect of a change of own parameters on an inventory, before the change is made."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.model.problem import Problem

__all__ = ["Effect", "effect"]

_KEYS = ["book", "region", "period", "account", "measure", "unit"]


@dataclass(frozen=True)
class Effect:
    """What moves: ``totals`` has the totals that differ, as ``old``, ``new`` and ``percent``.

    ``problems`` are those of the inventory with the change; with ``blocked`` nothing could be
    computed and ``totals`` is empty. Without a former result, ``old`` is missing everywhere.
    """

    totals: pd.DataFrame
    problems: list[Problem]
    blocked: bool


def effect(
    folder: str | Path, tried: Mapping[str, bytes], options: RunOptions | None = None
) -> Effect:
    """Run an inventory as it is and with other contents of its parameter files; nothing stays.

    Raises:
        CarbonledgerError: if the inventory cannot be opened.
    """
    before, _, _ = _totals(folder, {}, options)
    after, problems, blocked = _totals(folder, tried, options)
    if blocked:
        before = after
    both = before.merge(after, on=_KEYS, how="outer", suffixes=("_old", "_new"))
    both = both.rename(columns={"amount_old": "old", "amount_new": "new"})
    moved = ~((both["old"] == both["new"]) | (both["old"].isna() & both["new"].isna()))
    totals = both[moved].copy()
    totals["percent"] = (totals["new"] / totals["old"] - 1) * 100
    totals = totals.sort_values([*_KEYS], ignore_index=True)
    return Effect(totals[[*_KEYS, "old", "new", "percent"]], problems, blocked)


def _totals(
    folder: str | Path, tried: Mapping[str, bytes], options: RunOptions | None
) -> tuple[pd.DataFrame, list[Problem], bool]:
    """The totals of one run, empty where it is refused; its problems; whether it was refused."""
    with tempfile.TemporaryDirectory(prefix="carbonledger-") as name:
        inventory = open_inventory(folder, factors=tried)
        outcome = write_run(inventory, Path(name), options or RunOptions())
        if outcome.blocked:
            return pd.DataFrame(columns=[*_KEYS, "amount"]), outcome.problems, True
        table = pd.read_csv(
            Path(name) / "totals.csv",
            dtype={"region": str, "account": str},
            keep_default_na=False,
            na_values={"amount": [""]},
            encoding="utf-8-sig",
        )
    return table[[*_KEYS, "amount"]], outcome.problems, False
