"""Totals up the tree of regions: counties make the city, cities the province.

A region that has entries of its own counts with these; a region without takes the sum of those
below it. Where both stand, the difference is the residual, which a reader must be able to see: the
city's own balance against its counties. Electricity that one county sends to another is an import
there and a deduction here (accounts M.2.a and M.2.b), so it cancels in the sum.
"""

from collections.abc import Mapping
from functools import cache

import pandas as pd

from carbonledger.engine.results import Results
from carbonledger.library.load import Library

__all__ = ["REGION_COLUMNS", "region_tree"]

REGION_COLUMNS = [
    "region", "period", "book", "account", "measure", "unit",
    "amount", "own", "below", "residual", "co2e",
]  # fmt: skip
_KEYS = ["period", "book", "account", "measure", "unit"]


def region_tree(results: Results, library: Library) -> pd.DataFrame:
    """The totals of every region above those that have entries, up to that of the inventory.

    Returns:
        Columns ``REGION_COLUMNS``: ``own`` is what the region's own entries give, ``below`` the sum
        over the regions under it, ``residual`` the difference where both stand; ``amount`` and
        ``co2e`` are what counts: the own figure, else the sum. Missing stays missing.
    """
    totals = results.totals
    parents = dict(zip(library.regions["region"], library.regions["parent"], strict=True))
    top = str(results.info["region"])
    regions = _between(set(totals["region"]), top, parents)
    children: dict[str, list[str]] = {}
    for region in regions - {top}:
        children.setdefault(parents[region], []).append(region)
    own = {
        region: rows.set_index(_KEYS)[["amount", "co2e"]]
        for region, rows in totals.groupby("region")
    }
    nothing = totals.head(0).set_index(_KEYS)[["amount", "co2e"]]

    @cache
    def figures(region: str) -> pd.DataFrame:
        below = [figures(child) for child in sorted(children.get(region, ()))]
        summed = _sum([frame[["amount", "co2e"]] for frame in below]) if below else nothing
        mine = own.get(region, nothing)
        table = mine.add_suffix("_own").join(summed.add_suffix("_below"), how="outer")
        stands = table["amount_own"].notna()
        return pd.DataFrame(
            {
                "amount": table["amount_own"].where(stands, table["amount_below"]),
                "own": table["amount_own"],
                "below": table["amount_below"],
                "residual": table["amount_own"] - table["amount_below"],
                "co2e": table["co2e_own"].where(stands, table["co2e_below"]),
            }
        )

    frames = [figures(region).reset_index().assign(region=region) for region in sorted(regions)]
    order = {account: place for place, account in enumerate(library.accounts["account"])}
    table = pd.concat(frames, ignore_index=True)
    table["place"] = table["account"].map(order)
    return table.sort_values(["region", "period", "book", "place", "measure"], ignore_index=True)[
        REGION_COLUMNS
    ]


def _between(present: set[str], top: str, parents: Mapping[str, str]) -> set[str]:
    """The regions on the way from those that have entries up to the top."""
    found = {top}
    for region in present:
        place = region
        while place and place != top:
            found.add(place)
            place = parents.get(place, "")
    return found


def _sum(frames: list[pd.DataFrame]) -> pd.DataFrame:
    joined = pd.concat(frames)
    return joined.groupby(level=list(range(len(_KEYS)))).sum(min_count=1)
