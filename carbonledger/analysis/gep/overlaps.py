"""The rules of double counting in GEP: accounts that should not be in one total unseen.

The rules stand in ``factors/gep/overlaps.csv``; what must not be mixed at all (both branches of a
purification) is refused before the run.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd
from pydantic import Field

from carbonledger.analysis.gep.facts import GepFacts
from carbonledger.errors import Text
from carbonledger.library.tables import read_records
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Record
from carbonledger.paths import factors_dir

__all__ = ["Overlap", "met", "outside_products", "overlaps"]

_YI = 1e8  # figures are told in units of 10^8


class Overlap(Record):
    """A rule of double counting: accounts that should not, or not unseen, be in one total.

    Lists are separated by ``|``; an empty list of items or methods is everything. Without
    ``against_accounts`` the presence of the first alone is told. ``without`` names the part
    (``first`` or ``against``) that the table of sensitivity leaves out.
    """

    rule: int
    grade: Grade
    accounts: str = Field(min_length=1)
    items: str
    methods: str
    against_accounts: str
    against_items: str
    against_methods: str
    same_item: str
    without: str
    what_zh: str = Field(min_length=1)
    what_en: str = Field(min_length=1)
    remedy_zh: str = Field(min_length=1)
    remedy_en: str = Field(min_length=1)


class _Meeting(NamedTuple):
    """A year in which a rule is met, with the values on both sides in yuan."""

    period: int
    first: float
    other: float


def overlaps(facts: GepFacts) -> Iterator[Problem]:
    """The rules of double counting that are met, each once for all its years."""
    found: dict[Overlap, list[_Meeting]] = {}
    for period, rows in facts.current.groupby("period"):
        for rule, first, other in met(facts, rows):
            amounts = [float(part["amount"].sum()) for part in (first, other)]
            found.setdefault(rule, []).append(_Meeting(int(period), *amounts))
    for rule, meetings in found.items():
        yield _overlap(rule, meetings)


def met(
    facts: GepFacts, rows: pd.DataFrame
) -> Iterator[tuple[Overlap, pd.DataFrame, pd.DataFrame]]:
    """Each rule that values meet, with the values on both of its sides."""
    for rule in read_records(factors_dir() / "gep" / "overlaps.csv", Overlap):
        first = _part(facts, rows, rule.accounts, rule.items, rule.methods)
        other = _part(facts, rows, rule.against_accounts, rule.against_items, rule.against_methods)
        other = other[~other["account"].isin(first["account"])]
        if rule.same_item:
            keys = ["region", "item"]
            other = other.merge(first[keys].drop_duplicates(), on=keys)
            first = first.merge(other[keys].drop_duplicates(), on=keys)
        if not first.empty and not (rule.against_accounts and other.empty):
            yield rule, first, other


def _part(
    facts: GepFacts, rows: pd.DataFrame, accounts: str, items: str, methods: str
) -> pd.DataFrame:
    rows = rows[rows["account"].isin(facts.below(accounts)) & rows["amount"].ne(0)]
    if items:
        rows = rows[rows["ecosystem"].isin(items.split("|"))]
    if methods:
        starts = tuple(methods.split("|"))
        rows = rows[rows["method"].str.startswith(starts)]
    return rows


def _overlap(rule: Overlap, meetings: Sequence[_Meeting]) -> Problem:
    both = bool(rule.against_accounts)
    zh = "；".join(
        f"{each.period} 年 {each.first / _YI:,.2f} 亿元"
        + (f" 与 {each.other / _YI:,.2f} 亿元" if both else "")
        for each in meetings
    )
    en = "; ".join(
        f"{each.period}: {each.first / _YI:,.2f}e8 CNY"
        + (f" and {each.other / _YI:,.2f}e8 CNY" if both else "")
        for each in meetings
    )
    return Problem(
        grade=rule.grade,
        code=f"gep-overlap-{rule.rule}",
        message=Text(f"{rule.what_zh}（{zh}）", f"{rule.what_en} ({en})"),
        remedy=Text(rule.remedy_zh, rule.remedy_en),
    )


def outside_products(facts: GepFacts) -> Iterator[Problem]:
    """Products counted without a deduction of what does not come from the area (rule 10)."""
    products, deducted = facts.below("G.1"), facts.below("G.4")
    years = [
        str(period)
        for period, rows in facts.current.groupby("period")
        if rows["account"].isin(products).any() and not rows["account"].isin(deducted).any()
    ]
    if years:
        yield Problem(
            grade=Grade.D,
            code="gep-overlap-10",
            message=Text(
                f"{'、'.join(years)} 年没有扣减区域外生态产品价值。",
                f"{', '.join(years)}: nothing is deducted for products from outside the area.",
            ),
            remedy=Text(
                "有外购饲料、种苗、原料时请在 G.4 录入；没有请说明。",
                "Enter bought feed, seedlings, raw material in G.4; else say that there are none.",
            ),
        )
