"""Sub-compartments summed: the groups that are computed, and their sums by each key."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carbonledger import units

__all__ = ["ACCOUNTS", "GROUP_KEYS", "Check", "carbon_of", "entry_rows", "group_stands", "sums_by"]

GROUP_KEYS = ["region", "township", "species", "origin", "age_class"]
ACCOUNTS = ("K.1", "K.2", "K.3")
_MU_PER_HECTARE = units.multiplier("ha", "亩")


@dataclass(frozen=True)
class Check:
    """A total of the table beside that of the statistics, in the unit of the latter."""

    what: str
    unit: str
    ours: float
    theirs: float

    @property
    def difference(self) -> float:
        """The difference in % of the statistics."""
        return (self.ours - self.theirs) / self.theirs * 100


def group_stands(frame: pd.DataFrame, bamboo: Collection[str]) -> pd.DataFrame:
    """Stands that differ in nothing that is computed or reported, summed.

    Columns: ``GROUP_KEYS``, ``stands``, ``area`` (ha), ``stock`` (m3), ``culms`` (plants), and of
    those stands that have them ``tree_stock``, ``tree_area`` and ``bamboo_culms``: what the
    carbon is computed from.
    """
    is_bamboo = frame["species"].isin(list(bamboo))
    trees = ~is_bamboo & (frame["stock"] > 0)
    culms = frame["culms"].where(is_bamboo & (frame["culms"] > 0))
    data = frame[[*GROUP_KEYS, "area", "stock", "culms"]].assign(
        stands=1,
        tree_stock=frame["stock"].where(trees),
        tree_area=frame["area"].where(trees),
        bamboo_culms=culms,
    )
    summed = data.groupby(GROUP_KEYS, sort=True, observed=True).sum(min_count=1)
    return summed.reset_index()


def entry_rows(groups: pd.DataFrame, period: int, biomass_per_culm: str) -> pd.DataFrame:
    """The entries of the groups: one for each way to the carbon, with ``group`` as its position.

    Args:
        groups: as ``group_stands`` gives them.
        period: the year of the survey.
        biomass_per_culm: kg of dry matter, as text; empty where the user has none.
    """
    trees = groups[groups["tree_stock"].notna()]
    bamboo = groups[groups["bamboo_culms"].notna()]
    parts = [
        _part(trees, "K.1", {"growing_stock": trees["tree_stock"]}),
        _part(
            trees, "K.2", {"growing_stock": trees["tree_stock"], "stand_area": trees["tree_area"]}
        ),
        _part(
            bamboo,
            "K.3",
            {"culms": bamboo["bamboo_culms"], "biomass_per_culm": biomass_per_culm or None},
        ),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True).assign(period=period)


def _part(groups: pd.DataFrame, account: str, quantities: Mapping[str, object]) -> pd.DataFrame:
    part = groups[[*GROUP_KEYS, "stands"]].assign(account=account, group=groups.index)
    return part.assign(**quantities)


def carbon_of(groups: pd.DataFrame, entries: pd.DataFrame, postings: pd.DataFrame) -> pd.DataFrame:
    """The groups with their carbon (t C) by each account, NaN where it was not estimated.

    Args:
        groups: the groups.
        entries: as ``entry_rows`` gives them; the n-th is entry n of the run.
        postings: of the run.
    """
    amounts = postings.groupby("entry")["amount"].sum(min_count=1)
    carbon = entries.assign(amount=amounts.reindex(np.arange(1, len(entries) + 1)).to_numpy())
    wide = carbon.pivot(index="group", columns="account", values="amount")
    return groups.join(wide.reindex(columns=list(ACCOUNTS)))


def sums_by(groups: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Sums by some keys; without keys, the total.

    ``area_mu`` is the area in mu, ``density`` the volume of trees per area (m3/ha), and
    ``uncovered K.n`` the volume (or culms) whose carbon a method does not give.
    """
    amounts = ["stands", "area", "stock", "culms", "tree_stock", "tree_area", *ACCOUNTS]
    uncovered = {
        f"uncovered {account}": groups["bamboo_culms" if account == "K.3" else "tree_stock"].where(
            groups[account].isna()
        )
        for account in ACCOUNTS
    }
    data = groups.assign(**uncovered)
    columns = [*amounts, *uncovered]
    if keys:
        found = data.groupby(list(keys), sort=True)[columns].sum(min_count=1).reset_index()
    else:
        found = data[columns].sum(min_count=1).to_frame().T
    found[list(uncovered)] = found[list(uncovered)].fillna(0)  # nothing left out is a true zero
    found["area_mu"] = found["area"] * _MU_PER_HECTARE
    found["density"] = found["tree_stock"] / found["tree_area"]
    return found
