"""Carbon that may stand in two sectors: as fuel in 1.A.2 and as a raw material in 2.

Factors per tonne of iron, steel or ammonia hold the carbon of the coke or gas that went in. IPCC
2006 counts it in industrial processes (Vol. 3 Ch. 3 section 3.2, Ch. 4 section 4.2); an energy
balance of China has it among the fuels of the sector.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pydantic import Field

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.tables import read_records
from carbonledger.memory import Row
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Book, Record
from carbonledger.paths import factors_dir

__all__ = ["CarbonPair", "carbon_pairs", "carbon_twice"]

_COLUMNS = ("region", "period", "account", "item", "amount", "method")


class _Both(NamedTuple):
    """A product in its account, and its carbon in another one."""

    region: str
    item: str
    other: str
    beside: str
    account: str


class CarbonPair(Record):
    """A row of ``factors/carbon_twice.csv``: what is made with carbon, and that carbon elsewhere.

    All but grade and account are lists separated by ``|``; no other methods means any.
    ``except_profiles`` count both by the rules of their guideline.
    """

    grade: Grade
    account: str = Field(min_length=1)
    items: str = Field(min_length=1)
    methods: str = Field(min_length=1)
    other_accounts: str = Field(min_length=1)
    other_items: str = Field(min_length=1)
    other_methods: str
    except_profiles: str
    source: str = Field(min_length=1)
    reason: str = Field(min_length=1)


@cache
def carbon_pairs() -> tuple[CarbonPair, ...]:
    """The pairs of the library.

    Raises:
        CarbonledgerError: naming the row that is not valid.
    """
    return tuple(read_records(factors_dir() / "carbon_twice.csv", CarbonPair))


def carbon_twice(results: Results, library: Library, profile: str) -> list[Problem]:
    """A problem where a product and the carbon that it was made with are both counted.

    Args:
        results: a finished run.
        library: for the names.
        profile: the profile of the run.
    """
    pairs = [each for each in carbon_pairs() if profile not in each.except_profiles.split("|")]
    accounts = {each.account for each in pairs}
    accounts |= {account for each in pairs for account in each.other_accounts.split("|")}
    counted: dict[str, list[Row]] = {}
    emitted = {"account": accounts, "measure": ["CO2"], "book": [Book.INVENTORY.value]}
    for row in results.rows("postings", _COLUMNS, **emitted):
        if (row["amount"] or 0.0) > 0:
            counted.setdefault(row["account"], []).append(row)
    return [
        _problem(both, years, library, pair.grade)
        for pair in pairs
        for both, years in sorted(_met(pair, counted).items())
    ]


def _met(pair: CarbonPair, counted: Mapping[str, Sequence[Row]]) -> dict[_Both, set[int]]:
    """The years in which a product and its carbon stand in one region."""
    items, methods = pair.items.split("|"), pair.methods.split("|")
    other_items, other_methods = pair.other_items.split("|"), pair.other_methods.split("|")
    products = [
        row
        for row in counted.get(pair.account, ())
        if row["item"] in items and row["method"] in methods
    ]
    beside: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for account in pair.other_accounts.split("|") if products else ():
        for row in counted.get(account, ()):
            if row["item"] in other_items and (
                not pair.other_methods or row["method"] in other_methods
            ):
                block = (row["region"], row["period"])
                beside.setdefault(block, set()).add((row["item"], account))
    found: dict[_Both, set[int]] = {}
    for row in products:
        for other, account in beside.get((row["region"], row["period"]), ()):
            both = _Both(row["region"], row["item"], other, account, pair.account)
            found.setdefault(both, set()).add(row["period"])
    return found


def _problem(both: _Both, found: Iterable[int], library: Library, grade: Grade) -> Problem:
    years = sorted(found)
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else f"{years[0]}"

    def words(lang: str) -> tuple[str, str, str]:
        return (
            library.label("regions", both.region, lang),
            library.label("items", both.item, lang),
            library.label("items", both.other, lang),
        )

    (place, product, other), (place_en, product_en, other_en) = words("zh"), words("en")
    at, beside = both.account, both.beside
    return Problem(
        grade=grade,
        code="carbon-twice",
        message=Text(
            f"{place} {span} 年：{at} 的{product}已含还原剂、原料的碳，"
            f"{beside} 又计入了{other}，同一部分碳可能计算了两次。",
            f"{place_en} {span}: {product_en} in {at} holds the carbon of what it was made with, "
            f"and {other_en} is counted in {beside} besides: the same carbon may stand there "
            "twice.",
        ),
        remedy=Text(
            f"请只保留一处：从 {beside} 中减去用作还原剂、原料的{other}，或不再计算{product}的碳；"
            "确属不同来源的（例如外购生铁），请说明。",
            f"Keep one of them: take the {other_en} used as reducing agent or raw material out of "
            f"{beside}, or do not compute {product_en}; explain it if the carbon is another one "
            "(bought from outside, for example).",
        ),
    )
