"""Summary tables: the same postings in the layout of a guideline, line by line.

A layout is a table in ``factors/summaries/``. A line names the accounts that it adds (with
everything below them), and may be for some items only: where electricity is used, its indirect
emission is another line (scope 2) than that of the fuels. A line may also add other lines.
"""

import glob
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from carbonledger.analysis.roll_up import INDIRECT, roll_up
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.tables import read_records
from carbonledger.memory import database
from carbonledger.model.notation import join_notations
from carbonledger.model.records import SummaryLine
from carbonledger.paths import factors_dir

__all__ = [
    "GAS_GROUPS",
    "SUMMARY_COLUMNS",
    "differences",
    "layout",
    "layouts",
    "posted",
    "summary",
]

SUMMARY_COLUMNS = [
    "line", "code", "region", "period", "gas", "amount", "unit", "co2e", "notation", "unverified",
]  # fmt: skip
# The columns of a summary table; a group of gases has no mass of its own, only CO2e.
GAS_GROUPS = ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3")
_OWN_MASS = {"CO2", "CH4", "N2O", "SF6", "NF3"}
_PFC = {"CF4", "C2F6", "C3F8", "C4F10", "C5F12", "C6F14", "c-C4F8"}
_BLOCK = ["region", "period"]
_FACT_KEYS = ["period", "account", "item", "measure"]

_FACTS = """
SELECT region, period, account, item, measure, fsum(amount) AS amount, fsum(co2e) AS co2e,
       string_agg(DISTINCT nullif(notation, ''), ',' ORDER BY nullif(notation, '')) AS notation,
       bool_or(list_contains(string_split(coalesce(flags, ''), ','), 'unverified')) AS unverified
FROM read_parquet($postings, hive_partitioning = false)
WHERE book IN ('inventory', 'memo')
  AND (len($regions) = 0 OR list_contains($regions, region)) AND period = coalesce($period, period)
GROUP BY ALL
"""


def layouts() -> list[str]:
    """The names of the layouts that come with the program."""
    return sorted(path.stem for path in (factors_dir() / "summaries").glob("*.csv"))


@cache
def layout(name: str) -> tuple[SummaryLine, ...]:
    """The lines of a layout, in their printed order.

    Raises:
        CarbonledgerError: if there is no such layout; names those that there are.
    """
    known = layouts()
    if name not in known:
        raise CarbonledgerError(
            f"没有名为“{name}”的汇总表版式。可用：{'、'.join(known)}。",
            f"There is no summary layout '{name}'. Available: {', '.join(known)}.",
        )
    return tuple(read_records(factors_dir() / "summaries" / f"{name}.csv", SummaryLine))


def summary(
    results: Results,
    library: Library,
    name: str,
    *,
    region: str | None = None,
    period: int | None = None,
) -> pd.DataFrame:
    """The table of a layout for a finished run.

    A region above those with entries has the sum of those below it, where its own entries do not
    stand for them (``roll_up``).

    Args:
        results: the run.
        library: for regions and accounts.
        name: the layout.
        region: this region alone; all where it is not given.
        period: this year alone; all where it is not given.

    Returns:
        One row for each line, region, period and gas with the columns ``SUMMARY_COLUMNS``:
        ``amount`` in tonnes of the gas (missing for a group of gases), ``co2e`` in t CO2e. What has
        only notation keys has neither and carries the keys; a line without any posting has no row.
    """
    lines = layout(name)
    counted = _counted(results, library, region, period)
    placed = _placed(counted[counted["region"] == region] if region else counted, lines, library)
    sums = _sums(placed)
    added = [
        sums[sums["code"].isin(line.added)].assign(line=line.line, code=line.code)
        for line in lines
        if line.added
    ]
    table = _sums(pd.concat([placed, *added])) if added else sums
    return table.sort_values(["region", "period", "line", "order"], ignore_index=True)[
        SUMMARY_COLUMNS
    ]


def differences(results: Results, library: Library, name: str) -> pd.DataFrame:
    """What no line of the finest level holds: the postings by which a layout differs from the rest.

    Returns:
        Columns ``region, period, account, item, measure, amount, co2e``; empty where the lines
        close to the inventory's gas masses.
    """
    facts = _facts(results)
    lines = layout(name)
    codes = {line.code for line in lines}
    leaves = [
        line
        for line in lines
        if not line.added and not any(other.startswith(f"{line.code}.") for other in codes)
    ]
    placed = _placed(facts, leaves, library)
    books = dict(zip(library.accounts["account"], library.accounts["book"], strict=True))
    rest = facts[~facts.index.isin(placed["fact"]) & facts["amount"].notna()]
    rest = rest[rest["account"].map(books).astype(str) == "inventory"]
    columns = ["region", "period", "account", "item", "measure", "amount", "co2e"]
    return rest[columns].sort_values(columns[:5], ignore_index=True)


def posted(results: Results, library: Library) -> pd.DataFrame:
    """What was posted directly, whatever the layout: ``region, period, gas, posted``.

    Without purchased electricity and heat; in t of the gas, t CO2e for a group of gases.
    """
    counted = _counted(results, library)
    books = dict(zip(library.accounts["account"], library.accounts["book"], strict=True))
    direct = counted["account"].map(books).astype(str) == "inventory"
    rows = counted[direct & ~counted["item"].isin(INDIRECT)]
    gas = rows["measure"].map(_group)
    rows = rows.assign(gas=gas, posted=rows["amount"].where(gas.isin(_OWN_MASS), rows["co2e"]))
    sums = rows.groupby([*_BLOCK, "gas"])["posted"].sum(min_count=1)
    return sums.dropna().reset_index()


def _counted(
    results: Results, library: Library, region: str | None = None, period: int | None = None
) -> pd.DataFrame:
    """What counts in a region and those below it, rolled up the regions."""

    def rolled() -> pd.DataFrame:
        top = region or str(results.info["region"])
        facts = _facts(results, _within(region, library), period)
        return roll_up(facts, _FACT_KEYS, top, library)[0]

    return results.once((roll_up, library, region, period), rolled)


def _within(region: str | None, library: Library) -> tuple[str, ...]:
    """A region with all below it, whose entries its sums are made of; empty for all regions."""
    links = library.region_chain
    below = links.loc[links["ancestor"] == region, "key"]
    return tuple(sorted({region, *below})) if region else ()


def _facts(
    results: Results, regions: tuple[str, ...] = (), period: int | None = None
) -> pd.DataFrame:
    """What was posted to accounts of the inventory and to memo accounts."""

    def posted() -> pd.DataFrame:
        path = glob.escape(str(results.folder / "postings.parquet"))
        wanted = {"postings": path, "regions": list(regions), "period": period}
        with database(threads=1) as connection:
            facts = connection.execute(_FACTS, wanted).df()
        return facts.fillna({"notation": "", "item": ""})

    return results.once((_FACTS, regions, period), posted)


def _placed(facts: pd.DataFrame, lines: Iterable[SummaryLine], library: Library) -> pd.DataFrame:
    """The facts of every line: ``fact`` (their index), ``line``, ``code``, ``gas`` and the rest."""
    filters = {line.line: line for line in lines}
    roots = pd.DataFrame(
        [(line.line, line.code, root) for line in filters.values() for root in line.roots],
        columns=["line", "code", "root"],
    )
    # An equals sign asks for what stands in the account itself, without the accounts below it.
    roots["ancestor"] = roots["root"].str.removeprefix("=")
    below = roots.merge(library.account_chain[["key", "ancestor"]], on="ancestor")
    below = below[~below["root"].str.startswith("=") | (below["key"] == below["ancestor"])]
    below = below.drop_duplicates(["line", "key"])
    placed = facts.reset_index(names="fact").merge(below, left_on="account", right_on="key")
    pairs = list(zip(placed["line"].tolist(), placed["item"].tolist(), strict=True))
    holds = {(line, item): filters[line].holds(item) for line, item in set(pairs)}
    placed = placed[np.array([holds[pair] for pair in pairs], dtype=bool)]
    return placed.assign(gas=placed["measure"].map(_group))


def _group(measure: str) -> str:
    if measure in _PFC:
        return "PFCs"
    return "HFCs" if measure.startswith(("HFC-", "R-")) else measure


def _sums(placed: pd.DataFrame) -> pd.DataFrame:
    keys = ["line", "code", *_BLOCK, "gas"]
    grouped = placed.groupby(keys)
    sums = grouped[["amount", "co2e"]].sum(min_count=1)
    noted = placed[placed["notation"] != ""].groupby(keys)["notation"].agg(_keys)
    sums["notation"] = noted.reindex(sums.index, fill_value="")
    sums["unverified"] = grouped["unverified"].any()
    sums = sums.reset_index()
    own = sums["gas"].isin(_OWN_MASS)
    order = {gas: place for place, gas in enumerate(GAS_GROUPS)}
    return sums.assign(
        amount=sums["amount"].where(own),
        unit=("t " + sums["gas"]).where(own, "t CO2e"),
        order=sums["gas"].map(order).fillna(len(order)),
    )


def _keys(notations: "pd.Series[str]") -> str:
    return join_notations({key for text in notations for key in text.split(",") if key})
