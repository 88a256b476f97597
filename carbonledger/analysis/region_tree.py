"""Totals up the tree of regions: counties make the city, cities the province.

What counts where both a region and those below it have entries says ``roll_up``. Where both stand,
the difference is the residual, which a reader must be able to see: the city's own balance against
its counties. Electricity that one county sends to another is an import there and a deduction here
(accounts M.2.a and M.2.b), so it cancels in the sum.
"""

import glob
from typing import NamedTuple

import pandas as pd

from carbonledger.analysis.roll_up import account_links, roll_up
from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.memory import database, values_by

__all__ = ["REGION_COLUMNS", "Reach", "reaches", "region_tree"]

REGION_COLUMNS = [
    "region", "period", "book", "account", "measure", "unit",
    "amount", "own", "below", "residual", "co2e",
]  # fmt: skip
_KEYS = ["region", "period", "account", "measure"]
_AMOUNTS = ["amount", "co2e"]
_POSTED = """
SELECT region, period, account, coalesce(item, '') AS item, measure,
       fsum(amount) AS amount, fsum(co2e) AS co2e
FROM read_parquet($postings, hive_partitioning = false)
WHERE book IN ('inventory', 'memo') AND amount IS NOT NULL
GROUP BY ALL
"""
_REGIONS = """
SELECT DISTINCT region FROM read_parquet($postings, hive_partitioning = false)
"""


class Reach(NamedTuple):
    """How much of a region its sum holds: of ``known`` regions right below it, ``present``."""

    region: str
    present: tuple[str, ...]
    known: tuple[str, ...]


def reaches(results: Results, library: Library) -> list[Reach]:
    """The regions that have the sum of those below them, with how many of these have entries."""
    path = glob.escape(str(results.folder / "postings.parquet"))
    with database(threads=1) as connection:
        there = [
            str(region) for (region,) in connection.execute(_REGIONS, {"postings": path}).fetchall()
        ]
    top = str(results.info["region"])
    if set(there) <= {top}:
        return []
    divisions = library.regions[library.regions["level"] != "group"]
    parents = values_by(divisions, "region", "parent")
    present: dict[str, set[str]] = {}
    for region in there:
        place = region
        while place != top and parents.get(place):
            present.setdefault(parents[place], set()).add(place)
            place = parents[place]
    return [
        Reach(
            region,
            tuple(sorted(present[region])),
            tuple(divisions.loc[divisions["parent"] == region, "region"]),
        )
        for region in sorted(present)
    ]


def region_tree(results: Results, library: Library) -> pd.DataFrame:
    """The totals of every region above those that have entries, up to that of the inventory.

    Returns:
        Columns ``REGION_COLUMNS``: ``own`` is what the region's own entries give, ``below`` the sum
        over the regions under it, ``residual`` the difference where both stand; ``amount`` and
        ``co2e`` are what counts. Missing stays missing.
    """
    posted = _posted(results)
    keys = ["period", "account", "item", "measure"]
    counted, beneath = roll_up(posted, keys, str(results.info["region"]), library)
    links = account_links(library)
    table = (
        _rolled(counted, links)
        .join(_rolled(posted, links)["amount"].rename("own"))
        .join(_rolled(beneath, links)["amount"].rename("below"))
        .reset_index()
    )
    chart = library.accounts
    table["residual"] = table["own"] - table["below"]
    table["book"] = table["account"].map(values_by(chart, "account", "book"))
    table["unit"] = "t " + table["measure"]
    table["place"] = table["account"].map({each: n for n, each in enumerate(chart["account"])})
    return table.sort_values(["region", "period", "book", "place", "measure"], ignore_index=True)[
        REGION_COLUMNS
    ]


def _posted(results: Results) -> pd.DataFrame:
    """What was posted to each account itself, without the accounts below it."""
    path = glob.escape(str(results.folder / "postings.parquet"))
    with database(threads=1) as connection:
        return connection.execute(_POSTED, {"postings": path}).df()


def _rolled(rows: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Amounts of every account with all that stands below it."""
    lifted = rows.merge(links, on="account").drop(columns="account")
    lifted = lifted.rename(columns={"ancestor": "account"})
    return lifted.groupby(_KEYS)[_AMOUNTS].sum(min_count=1)
