"""The amounts that the tables of a run are made of: its totals, and what was posted directly."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from carbonledger.engine.results import Results
from carbonledger.reports.query import direct_amounts

__all__ = ["Block", "Fact", "posted_facts", "total_facts"]


class Block(NamedTuple):
    """What is added up together: amounts of different books, regions or years never are."""

    book: str
    region: str
    period: int


class Fact(NamedTuple):
    """An amount of a measure in an account: a row of the totals, or the sum of like postings."""

    block: Block
    account: str
    item: str
    measure: str
    unit: str
    amount: float | None
    co2e: float | None
    notation: str
    unverified: bool


def total_facts(results: Results, region: str | None, period: int | None) -> Iterator[Fact]:
    """The rows of the totals, of a region and year alone where they are given."""
    names = ["book", "region", "period", "account", "measure", "unit", "amount", "co2e", "notation"]
    table = results.totals[names]
    if region is not None:
        table = table[table["region"] == region]
    if period is not None:
        table = table[table["period"] == period]
    for row in zip(*(table[name].tolist() for name in names), strict=True):
        book, where, when, account, measure, unit, amount, co2e, notation = row
        block = Block(str(book), str(where), int(when))
        words = str(account), "", str(measure), str(unit)
        numbers = _number(amount), _number(co2e)
        yield Fact(block, *words, *numbers, str(notation), unverified=False)


def posted_facts(results: Results, region: str | None, period: int | None) -> Iterator[Fact]:
    """What was posted to each account itself, of a region and year alone where they are given."""
    for book, where, when, *rest in direct_amounts(results, region, period):
        yield Fact(Block(book, where, when), *rest)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
