"""Summary tables: the same postings in the layout of a guideline, line by line.

A layout is a table in ``factors/summaries/``. A line names the accounts that it adds (with
everything below them), and may be for some items only: where electricity is used, its indirect
emission is another line (scope 2) than that of the fuels. A line may also add other lines.
"""

import glob
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

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
    "SummaryRow",
    "differences",
    "layout",
    "layouts",
    "posted",
    "summary",
    "summary_rows",
]


class SummaryRow(NamedTuple):
    """What stands at a line under a gas, in a region and year.

    Attributes:
        line: the number of the line in its layout, and its ``code``.
        amount: tonnes of the gas (``unit``); None for a group of gases.
        co2e: t CO2e; what has only notation keys has neither and carries the keys.
        notation: the notation keys of the parts.
        unverified: whether a part rests on a value that was not checked.
    """

    line: int
    code: str
    region: str
    period: int
    gas: str
    amount: float | None
    unit: str
    co2e: float | None
    notation: str
    unverified: bool


SUMMARY_COLUMNS = list(SummaryRow._fields)
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
    """The table of a layout for a finished run: ``summary_rows`` as a frame.

    Returns:
        One row for each line, region, period and gas with the columns ``SUMMARY_COLUMNS``.
    """
    rows = summary_rows(results, library, name, region=region, period=period)
    table = pd.DataFrame(rows, columns=SUMMARY_COLUMNS)
    return table.astype({"amount": "float64", "co2e": "float64"})


def summary_rows(
    results: Results,
    library: Library,
    name: str,
    *,
    region: str | None = None,
    period: int | None = None,
) -> list[SummaryRow]:
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
        One row for each line, region, period and gas, in this order; a line without any posting has
        none.
    """

    def counted() -> list[_Fact]:
        table = _counted(results, library, region, period)
        return list(_facts_of(table[table["region"] == region] if region else table))

    facts = results.once((counted.__qualname__, library, region, period), counted)
    lines = layout(name)
    codes = {line.line: line.code for line in lines}
    numbers = _Numbers(lines, library)
    sums: dict[_Place, _Sum] = defaultdict(_Sum)
    for fact in facts:
        gas = _group(fact.measure)
        for number in numbers[fact.account, fact.item]:
            sums[_Place(fact.region, fact.period, number, gas)].add(fact)
    above: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        for code in set(line.added):
            above[code].append(line.line)
    rows = {place: summed.row(place, codes) for place, summed in sums.items()}
    added = set()
    for row in rows.values():
        for number in above[row.code]:
            place = _Place(row.region, row.period, number, row.gas)
            sums[place].add(row)
            added.add(place)
    rows |= {place: sums[place].row(place, codes) for place in added}
    return sorted(rows.values(), key=lambda row: (row.region, row.period, row.line, _order(row)))


def differences(results: Results, library: Library, name: str) -> pd.DataFrame:
    """What no line of the finest level holds: the postings by which a layout differs from the rest.

    Returns:
        Columns ``region, period, account, item, measure, amount, co2e``; empty where the lines
        close to the inventory's gas masses.
    """
    facts = _facts(results)
    lines = layout(name)
    parents = {line.code[:at] for line in lines for at, sign in enumerate(line.code) if sign == "."}
    leaves = [line for line in lines if not line.added and line.code not in parents]
    numbers = _Numbers(leaves, library)
    books = dict(zip(library.accounts["account"], library.accounts["book"], strict=True))
    outside = [
        str(books.get(fact.account)) == "inventory"
        and fact.amount is not None
        and not numbers[fact.account, fact.item]
        for fact in results.once(_facts_of, lambda: list(_facts_of(facts)))
    ]
    columns = ["region", "period", "account", "item", "measure", "amount", "co2e"]
    rest = facts.loc[np.array(outside, dtype=bool), columns]
    return rest.sort_values(columns[:5], ignore_index=True)


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
    if not region:
        return ()
    links = library.region_chain
    below = links.loc[links["ancestor"] == region, "key"]
    return tuple(sorted({region, *below}))


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


class _Fact(NamedTuple):
    """What was posted of a measure to an account and item, in a region and year."""

    region: str
    period: int
    account: str
    item: str
    measure: str
    amount: float | None
    co2e: float | None
    notation: str
    unverified: bool


class _Place(NamedTuple):
    """Where a sum stands in the table."""

    region: str
    period: int
    line: int
    gas: str


@dataclass
class _Sum:
    """What a place of the table adds up."""

    amounts: list[float] = field(default_factory=list)
    co2e: list[float] = field(default_factory=list)
    notations: set[str] = field(default_factory=set)
    unverified: bool = False

    def add(self, part: "_Fact | SummaryRow") -> None:
        """Add a fact, or the row of another line."""
        if part.amount is not None:
            self.amounts.append(part.amount)
        if part.co2e is not None:
            self.co2e.append(part.co2e)
        if part.notation:
            self.notations.update(part.notation.split(","))
        self.unverified = self.unverified or part.unverified

    def row(self, place: _Place, codes: Mapping[int, str]) -> SummaryRow:
        """The row of the table; a group of gases has no mass of its own."""
        own = place.gas in _OWN_MASS
        return SummaryRow(
            *(place.line, codes[place.line], place.region, place.period, place.gas),
            math.fsum(self.amounts) if own and self.amounts else None,
            f"t {place.gas}" if own else "t CO2e",
            math.fsum(self.co2e) if self.co2e else None,
            join_notations(self.notations),
            self.unverified,
        )


def _facts_of(table: pd.DataFrame) -> Iterator[_Fact]:
    """The rows of a table of facts; a missing number is None."""
    columns = (table[name].to_numpy(dtype=object) for name in _Fact._fields)
    for row in zip(*columns, strict=True):
        region, period, account, item, measure, amount, co2e, notation, unverified = row
        numbers = _known(amount), _known(co2e)
        words = str(region), int(period), str(account), str(item), str(measure)
        yield _Fact(*words, *numbers, str(notation), bool(unverified))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


class _Numbers(dict[tuple[str, str], list[int]]):
    """The numbers of the lines that add an account and item, found out when first asked for."""

    def __init__(self, lines: Iterable[SummaryLine], library: Library) -> None:
        super().__init__()
        self._lines: dict[str, list[SummaryLine]] = {}
        for line in lines:
            accounts: set[str] = set()
            for root in line.roots:
                # An equals sign asks for what stands in the account itself, without those below it.
                accounts |= {root[1:]} if root.startswith("=") else library.below(root)
            for account in accounts:
                self._lines.setdefault(account, []).append(line)

    def __missing__(self, key: tuple[str, str]) -> list[int]:
        account, item = key
        found = [line.line for line in self._lines.get(account, ()) if line.holds(item)]
        self[key] = found
        return found


def _group(measure: str) -> str:
    if measure in _PFC:
        return "PFCs"
    return "HFCs" if measure.startswith(("HFC-", "R-")) else measure


def _order(row: SummaryRow) -> tuple[int, str]:
    """The place of a gas in print."""
    known = row.gas in GAS_GROUPS
    return (GAS_GROUPS.index(row.gas) if known else len(GAS_GROUPS), row.gas)
