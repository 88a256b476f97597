"""Carbon that may stand in two sectors: as fuel in 1.A.2 and as a raw material in 2.

Factors per tonne of iron, steel or ammonia hold the carbon of the coke or gas that went in. IPCC
2006 counts it in industrial processes (Vol. 3 Ch. 3 section 3.2, Ch. 4 section 4.2); an energy
balance of China has it among the fuels of the sector.
"""

from dataclasses import dataclass

import pandas as pd

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.problem import Grade, Problem

__all__ = ["carbon_twice"]

_BY_OUTPUT = "industry.process.co2"
_IRON = (_BY_OUTPUT, "industry.carbon.released")


@dataclass(frozen=True)
class _Pair:
    """A product made with carbon, and that carbon as another entry."""

    products: frozenset[str]
    account: str
    other_items: frozenset[str]
    other_accounts: tuple[str, ...]
    other_methods: tuple[str, ...] = ()


_PAIRS = (
    _Pair(
        frozenset({"crude_steel", "pig_iron", "direct_reduced_iron"}),
        "2.C.1",
        frozenset({"coke"}),
        ("1.A.2", "1.A.2.a"),
    ),
    _Pair(frozenset({"crude_steel"}), "2.C.1", frozenset({"pig_iron"}), ("2.C.1",), _IRON),
    _Pair(
        frozenset({"ammonia"}),
        "2.B.1",
        frozenset({"natural_gas", "anthracite", "bituminous_coal", "raw_coal", "coke"}),
        ("1.A.2.c",),
    ),
)


def carbon_twice(postings: pd.DataFrame, library: Library) -> list[Problem]:
    """A problem (grade B) where a product and the carbon that it was made with are both counted.

    Args:
        postings: the postings of a run.
        library: for the names.
    """
    counted = postings[(postings["measure"] == "CO2") & postings["amount"].gt(0)]
    made = counted[counted["method"] == _BY_OUTPUT]
    found = []
    for pair in _PAIRS:
        product = made[(made["account"] == pair.account) & made["item"].isin(pair.products)]
        other = counted[
            counted["account"].isin(pair.other_accounts) & counted["item"].isin(pair.other_items)
        ]
        if pair.other_methods:
            other = other[other["method"].isin(pair.other_methods)]
        both = product.merge(other, on=["region", "period"], suffixes=("", "_other"))
        for _, rows in both.groupby(["region", "item", "item_other", "account_other"]):
            found.append(_problem(rows, library))
    return found


def _problem(rows: pd.DataFrame, library: Library) -> Problem:
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
        grade=Grade.B,
        code="carbon-twice",
        message=Text(
            f"{place} {span} 年：{at} 的{product}按产量的因子已含还原剂、原料的碳，"
            f"{beside} 又计入了{other}，同一部分碳可能计算了两次。",
            f"{place_en} {span}: the factor per tonne of {product_en} in {at} holds the carbon of "
            f"what it was made with, and {other_en} is counted in {beside} besides: the same "
            "carbon may stand there twice.",
        ),
        remedy=Text(
            f"请只保留一处：从 {beside} 中减去用作还原剂、原料的{other}，或不按产量计算{product}；"
            "确属不同来源的，请说明。",
            f"Keep one of them: take the {other_en} used as reducing agent or raw material out of "
            f"{beside}, or do not compute {product_en} by output; explain it if the carbon is "
            "another one.",
        ),
    )
