"""Totals up the tree of regions: counties make the city, cities the province.

What a region entered itself counts before what stands below it, account by account: an entry of the
city in 1.A.2 takes the place of all that its counties have in 1.A.2, below it, or in the accounts
above it, whose part in 1.A.2 nobody knows. What only the counties have is added. Where both stand,
the difference is the residual, which a reader must be able to see: the city's own balance against
its counties. Electricity that one county sends to another is an import there and a deduction here
(accounts M.2.a and M.2.b), so it cancels in the sum.
"""

import glob
from collections.abc import Mapping
from functools import cache

import pandas as pd

from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.memory import database

__all__ = ["REGION_COLUMNS", "region_tree"]

REGION_COLUMNS = [
    "region", "period", "book", "account", "measure", "unit",
    "amount", "own", "below", "residual", "co2e",
]  # fmt: skip
_KEYS = ["period", "account", "measure"]
_AMOUNTS = ["amount", "co2e"]
_POSTED = """
SELECT region, period, account, measure, fsum(amount) AS amount, fsum(co2e) AS co2e
FROM read_parquet($postings, hive_partitioning = false)
WHERE book IN ('inventory', 'memo') AND amount IS NOT NULL
GROUP BY ALL
"""


def region_tree(results: Results, library: Library) -> pd.DataFrame:
    """The totals of every region above those that have entries, up to that of the inventory.

    Returns:
        Columns ``REGION_COLUMNS``: ``own`` is what the region's own entries give, ``below`` the sum
        over the regions under it, ``residual`` the difference where both stand; ``amount`` and
        ``co2e`` are what counts. Missing stays missing.
    """
    posted = _posted(results)
    parents = dict(zip(library.regions["region"], library.regions["parent"], strict=True))
    top = str(results.info["region"])
    regions = _between(set(posted["region"]), top, parents)
    children: dict[str, list[str]] = {}
    for region in regions - {top}:
        children.setdefault(parents[region], []).append(region)
    own = {region: rows[[*_KEYS, *_AMOUNTS]] for region, rows in posted.groupby("region")}
    nothing = posted.head(0)[[*_KEYS, *_AMOUNTS]]
    above = _above(library)

    @cache
    def below(region: str) -> pd.DataFrame:
        return _sum([nothing, *(counted(child) for child in sorted(children.get(region, ())))])

    @cache
    def counted(region: str) -> pd.DataFrame:
        mine = own.get(region, nothing)
        return _sum([mine, _uncovered(below(region), mine, above)])

    frames = []
    for region in sorted(regions):
        whole = _rolled(counted(region), above)
        table = (
            whole.join(_rolled(own.get(region, nothing), above)["amount"].rename("own"))
            .join(_rolled(below(region), above)["amount"].rename("below"))
            .reset_index()
        )
        frames.append(table.assign(region=region, residual=table["own"] - table["below"]))
    table = pd.concat(frames, ignore_index=True)
    chart = library.accounts
    table["book"] = table["account"].map(dict(zip(chart["account"], chart["book"], strict=True)))
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


def _above(library: Library) -> pd.DataFrame:
    """``account, ancestor``: every account with itself and all above it."""
    links = library.account_chain
    return links[links["ancestor"] != ""].rename(columns={"key": "account"})[
        ["account", "ancestor"]
    ]


def _uncovered(lower: pd.DataFrame, mine: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """The rows from below in accounts that are neither under nor over an account of one's own."""
    entered = mine[["period", "account"]].drop_duplicates()
    up = entered.merge(above, on="account")[["period", "ancestor"]]
    down = entered.merge(above, left_on="account", right_on="ancestor")[["period", "account_y"]]
    covered = {*up.itertuples(index=False, name=None), *down.itertuples(index=False, name=None)}
    keys = zip(lower["period"], lower["account"], strict=True)
    kept = pd.Series([key not in covered for key in keys], index=lower.index, dtype=bool)
    return lower[kept]


def _rolled(rows: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """Amounts of every account with all that stands below it."""
    lifted = rows.merge(above, on="account").drop(columns="account")
    return _sum([lifted.rename(columns={"ancestor": "account"})]).set_index(_KEYS)


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
    joined = pd.concat([frame[[*_KEYS, *_AMOUNTS]] for frame in frames], ignore_index=True)
    return joined.groupby(_KEYS, as_index=False)[_AMOUNTS].sum(min_count=1)
