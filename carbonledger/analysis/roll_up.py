"""What counts in a region above others: its own entries, and from below what they do not cover.

What a region entered itself counts before what stands below it, account by account: an entry of the
city in 1.A.2 takes the place of all that its counties have in 1.A.2, below it, or in the accounts
above it, whose part in 1.A.2 nobody knows. What only the counties have is added. Purchased
electricity and heat are apart: a city that enters only the electricity of its industry has said
nothing of the fuel there. The parts of a balance go together: a city that enters the electricity
transferred in takes the place of what its counties have of either direction, since what they send
each other is no transfer of the city.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from carbonledger.library.load import Library
from carbonledger.memory import values_by
from carbonledger.model.notation import join_notations

__all__ = ["INDIRECT", "account_links", "roll_up"]

INDIRECT = ("electricity", "heat")
"""Items whose emissions arise elsewhere."""

_COVER = ["region", "period", "account", "indirect"]
# Transfers of electricity and heat, and the supply of fuels: what comes in less what goes out.
_BALANCES = ("M.2", "M.4", "M.5")


def roll_up(
    rows: pd.DataFrame, keys: Sequence[str], top: str, library: Library
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of every region up to the top, and what stands below each.

    Args:
        rows: one row for each region, period, account and the other ``keys`` (``item`` among
            them), with ``amount``, ``co2e``, and perhaps ``notation`` and ``unverified``.
        keys: the columns that tell the rows apart, without the region.
        top: the region of the inventory.
        library: for regions and accounts.

    Returns:
        The rows that count in every region, and the rows that counted in the regions right below
        each; both like ``rows``. A row without an amount covers nothing.
    """
    parents = values_by(library.regions, "region", "parent")
    levels = _levels(set(rows["region"]), top, parents)
    nothing = rows.head(0)
    if len(levels) < 2:
        return rows, nothing
    rows = rows.assign(indirect=rows["item"].isin(INDIRECT))
    covered = _covered(rows, library)
    lower, counted, beneath = rows.head(0), [], []
    for regions in levels:
        own = rows[rows["region"].isin(regions)]
        lifted = lower.assign(region=lower["region"].map(parents))
        below = _sum(lifted, keys) if len(lifted) else lifted
        marked = below.merge(covered, on=_COVER, how="left", indicator="found")
        added = below[(marked["found"] == "left_only").to_numpy()]
        whole = _sum(pd.concat([own, added], ignore_index=True), keys) if len(added) else own
        counted.append(whole)
        beneath.append(below)
        lower = whole
    columns = list(rows.columns.drop("indirect"))
    return (
        pd.concat(counted, ignore_index=True)[columns],
        pd.concat(beneath, ignore_index=True)[columns],
    )


def account_links(library: Library) -> pd.DataFrame:
    """``account, ancestor``: every account with itself and all above it."""
    links = library.account_chain
    return links[links["ancestor"] != ""].rename(columns={"key": "account"})[
        ["account", "ancestor"]
    ]


def _levels(present: set[str], top: str, parents: Mapping[str, str]) -> list[list[str]]:
    """The regions on the way from those that have entries up to the top, the deepest first.

    A region has no regions of its own level or above it below it, so each is reached once.
    """
    depths = {top: 0}
    for region in sorted(present):
        way = [region]
        while way[-1] not in depths and parents.get(way[-1]):
            way.append(parents[way[-1]])
        known = depths.get(way[-1], 0)
        depths |= {place: known + step for step, place in enumerate(reversed(way))}
    deepest = max(depths.values())
    return [
        sorted(region for region, depth in depths.items() if depth == level)
        for level in range(deepest, -1, -1)
    ]


def _covered(rows: pd.DataFrame, library: Library) -> pd.DataFrame:
    """The accounts that a region's own entries stand for: each with all above and below it."""
    links = account_links(library)
    whole = {part: balance for balance in _BALANCES for part in library.below(balance)}
    entered = rows.loc[rows["amount"].notna(), _COVER].replace({"account": whole})
    entered = entered.drop_duplicates()
    above = entered.merge(links, on="account").drop(columns="account")
    lower = links.rename(columns={"account": "lower"})
    below = entered.merge(lower, left_on="account", right_on="ancestor")
    below = below.drop(columns=["account", "ancestor"]).rename(columns={"lower": "account"})
    both = [above.rename(columns={"ancestor": "account"}), below]
    return pd.concat(both, ignore_index=True)[_COVER].drop_duplicates()


def _sum(rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    place = ["region", *keys, "indirect"]
    grouped = rows.groupby(place, sort=False)
    summed = grouped[["amount", "co2e"]].sum(min_count=1)
    if "notation" in rows:
        said = rows[rows["notation"] != ""].groupby(place, sort=False)["notation"]  # few have any
        summed["notation"] = said.agg(_notations).reindex(summed.index, fill_value="")
    if "unverified" in rows:
        summed["unverified"] = grouped["unverified"].any()
    return summed.reset_index()


def _notations(texts: "pd.Series[str]") -> str:
    found = {key for text in texts.unique() for key in text.split(",") if key}
    return join_notations(found) if found else ""
