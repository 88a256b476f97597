"""Carbon that may stand in two sectors: as fuel in 1.A.2 and as a raw material in 2.

Factors per tonne of iron, steel or ammonia hold the carbon of the coke or gas that went in. IPCC
2006 counts it in industrial processes (Vol. 3 Ch. 3 section 3.2, Ch. 4 section 4.2); an energy
balance of China has it among the fuels of the sector.
"""

from functools import cache

import pandas as pd
from pydantic import Field

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.tables import read_records
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Record
from carbonledger.paths import factors_dir

__all__ = ["CarbonPair", "carbon_pairs", "carbon_twice"]

_COLUMNS = ["book", "region", "period", "account", "item", "measure", "amount", "method"]


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


def carbon_twice(postings: pd.DataFrame, library: Library, profile: str) -> list[Problem]:
    """A problem where a product and the carbon that it was made with are both counted.

    Args:
        postings: the postings of a run.
        library: for the names.
        profile: the profile of the run.
    """
    pairs = [each for each in carbon_pairs() if profile not in each.except_profiles.split("|")]
    accounts = {each.account for each in pairs}
    accounts |= {account for each in pairs for account in each.other_accounts.split("|")}
    concerned = postings.loc[postings["account"].isin(accounts), _COLUMNS]
    counted = concerned[
        (concerned["measure"] == "CO2")
        & concerned["amount"].gt(0)
        & (concerned["book"] == "inventory")
    ]
    found = []
    for pair in pairs:
        product = counted[
            (counted["account"] == pair.account)
            & counted["item"].isin(pair.items.split("|"))
            & counted["method"].isin(pair.methods.split("|"))
        ]
        if product.empty:
            continue
        other = counted[
            counted["account"].isin(pair.other_accounts.split("|"))
            & counted["item"].isin(pair.other_items.split("|"))
        ]
        if pair.other_methods:
            other = other[other["method"].isin(pair.other_methods.split("|"))]
        both = product.merge(other, on=["region", "period"], suffixes=("", "_other"))
        for _, rows in both.groupby(["region", "item", "item_other", "account_other"]):
            found.append(_problem(rows, library, pair.grade))
    return found


def _problem(rows: pd.DataFrame, library: Library, grade: Grade) -> Problem:
    first = rows.iloc[0]
    years = sorted({int(year) for year in rows["period"]})
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else f"{years[0]}"

    def words(lang: str) -> tuple[str, str, str]:
        return (
            library.label("regions", str(first["region"]), lang),
            library.label("items", str(first["item"]), lang),
            library.label("items", str(first["item_other"]), lang),
        )

    (place, product, other), (place_en, product_en, other_en) = words("zh"), words("en")
    at, beside = first["account"], first["account_other"]
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
