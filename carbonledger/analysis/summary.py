"""Summary tables: the same postings in the layout of a guideline, line by line.

A layout is a table in ``factors/summaries/``. A line names the accounts that it adds (with
everything below them), and may be for some items only: where electricity is used, its indirect
emission is another line (scope 2) than that of the fuels. A line may also add other lines.
"""

import glob
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import pandas as pd

from carbonledger.analysis.roll_up import INDIRECT, roll_up
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.tables import read_records
from carbonledger.memory import database, values_by
from carbonledger.model.notation import join_notations
from carbonledger.model.records import SummaryLine
from carbonledger.paths import factors_dir

__all__ = [
    "GAS_GROUPS",
    "SUMMARY_COLUMNS",
    "Fact",
    "SummaryRow",
    "differences",
    "layout",
    "layouts",
    "left_out",
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


class Fact(NamedTuple):
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


SUMMARY_COLUMNS = list(SummaryRow._fields)
# The columns of a summary table; a group of gases has no mass of its own, only CO2e.
GAS_GROUPS = ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3")
_OWN_MASS = {"CO2", "CH4", "N2O", "SF6", "NF3"}
_PFC = {"CF4", "C2F6", "C3F8", "C4F10", "C5F12", "C6F14", "c-C4F8"}
_BLOCK = ["region", "period"]
_FACT_KEYS = ["period", "account", "item", "measure"]

_FACTS = """
SELECT region, period, account, coalesce(item, ''), measure, fsum(amount), fsum(co2e),
       coalesce(string_agg(DISTINCT nullif(notation, ''), ',' ORDER BY nullif(notation, '')), ''),
       bool_or(list_contains(string_split(coalesce(flags, ''), ','), 'unverified'))
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
    facts = _counted(results, library, region, period)
    if region:
        facts = [fact for fact in facts if fact.region == region]
    lines = layout(name)
    codes = {line.line: line.code for line in lines}
    numbers = _numbers(results, library, name)
    parts: dict[_Place, list[Fact | SummaryRow]] = defaultdict(list)
    for fact in facts:
        gas = _group(fact.measure)
        for number in numbers[fact.account, fact.item]:
            parts[fact.region, fact.period, number, gas].append(fact)
    above: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        for code in set(line.added):
            above[code].append(line.line)
    rows = {place: _sum(place, codes, found) for place, found in parts.items()}
    added = set()
    for row in rows.values():
        for number in above.get(row.code, ()):
            place = row.region, row.period, number, row.gas
            parts[place].append(row)
            added.add(place)
    rows |= {place: _sum(place, codes, parts[place]) for place in added}
    return sorted(
        rows.values(), key=lambda row: (row.region, row.period, row.line, _order(row.gas))
    )


def differences(results: Results, library: Library, name: str) -> pd.DataFrame:
    """What no line of the finest level holds: ``left_out`` as a frame.

    Returns:
        Columns ``region, period, account, item, measure, amount, co2e``; empty where the lines
        close to the inventory's gas masses.
    """
    columns = ["region", "period", "account", "item", "measure", "amount", "co2e"]
    rest = _frame(left_out(results, library, name))[columns]
    return rest.sort_values(columns[:5], ignore_index=True)


def left_out(results: Results, library: Library, name: str) -> list[Fact]:
    """What no line of the finest level holds: what a layout lacks of the inventory's gas masses."""
    lines = layout(name)
    parents = {line.code[:at] for line in lines for at, sign in enumerate(line.code) if sign == "."}
    leaves = {line.line for line in lines if not line.added and line.code not in parents}
    numbers = _numbers(results, library, name)
    books = values_by(library.accounts, "account", "book")
    return [
        fact
        for fact in _facts(results)
        if fact.amount is not None
        and leaves.isdisjoint(numbers[fact.account, fact.item])
        and str(books.get(fact.account)) == "inventory"
    ]


def posted(results: Results, library: Library) -> pd.DataFrame:
    """What was posted directly, whatever the layout: ``region, period, gas, posted``.

    Without purchased electricity and heat; in t of the gas, t CO2e for a group of gases.
    """
    counted = _frame(_counted(results, library))
    books = values_by(library.accounts, "account", "book")
    direct = counted["account"].map(books).astype(str) == "inventory"
    rows = counted[direct & ~counted["item"].isin(INDIRECT)]
    gas = rows["measure"].map(_group)
    rows = rows.assign(gas=gas, posted=rows["amount"].where(gas.isin(_OWN_MASS), rows["co2e"]))
    sums = rows.groupby([*_BLOCK, "gas"])["posted"].sum(min_count=1)
    return sums.dropna().reset_index()


def _counted(
    results: Results, library: Library, region: str | None = None, period: int | None = None
) -> list[Fact]:
    """What counts in a region and those below it, rolled up the regions."""

    def rolled() -> list[Fact]:
        top = region or str(results.info["region"])
        facts = _facts(results, _within(region, library), period)
        if {fact.region for fact in facts} <= {top}:
            return facts  # nothing stands below
        return list(_facts_of(roll_up(_frame(facts), _FACT_KEYS, top, library)[0]))

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
) -> list[Fact]:
    """What was posted to accounts of the inventory and to memo accounts."""

    def read() -> list[Fact]:
        path = glob.escape(str(results.folder / "postings.parquet"))
        wanted = {"postings": path, "regions": list(regions), "period": period}
        with database(threads=1) as connection:
            return [Fact(*row) for row in connection.execute(_FACTS, wanted).fetchall()]

    return results.once((_FACTS, regions, period), read)


# Where a sum stands in the table: region, year, line and gas.
_Place = tuple[str, int, int, str]


def _sum(place: _Place, codes: Mapping[int, str], parts: Iterable[Fact | SummaryRow]) -> SummaryRow:
    """The row of facts, or of the rows of other lines; a group of gases has no mass of its own."""
    region, period, line, gas = place
    own = gas in _OWN_MASS
    amounts = [part.amount for part in parts if part.amount is not None] if own else []
    co2e = [part.co2e for part in parts if part.co2e is not None]
    keys = {key for part in parts if part.notation for key in part.notation.split(",")}
    return SummaryRow(
        line,
        codes[line],
        region,
        period,
        gas,
        math.fsum(amounts) if amounts else None,
        f"t {gas}" if own else "t CO2e",
        math.fsum(co2e) if co2e else None,
        join_notations(keys) if keys else "",
        any(part.unverified for part in parts),
    )


def _frame(facts: Iterable[Fact]) -> pd.DataFrame:
    table = pd.DataFrame(facts, columns=Fact._fields)
    return table.astype({"amount": "float64", "co2e": "float64"})


def _facts_of(table: pd.DataFrame) -> Iterator[Fact]:
    """The rows of a table of facts; a missing number is None."""
    columns = (table[name].to_numpy(dtype=object) for name in Fact._fields)
    for row in zip(*columns, strict=True):
        region, period, account, item, measure, amount, co2e, notation, unverified = row
        numbers = _known(amount), _known(co2e)
        words = str(region), int(period), str(account), str(item), str(measure)
        yield Fact(*words, *numbers, str(notation), bool(unverified))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _numbers(results: Results, library: Library, name: str) -> "_Numbers":
    return results.once((_Numbers, library, name), lambda: _Numbers(layout(name), library))


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


@cache
def _group(measure: str) -> str:
    if measure in _PFC:
        return "PFCs"
    return "HFCs" if measure.startswith(("HFC-", "R-")) else measure


@cache
def _order(gas: str) -> tuple[int, str]:
    """The place of a gas in print."""
    return (GAS_GROUPS.index(gas) if gas in GAS_GROUPS else len(GAS_GROUPS), gas)
