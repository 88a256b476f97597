"""The change of GEP between two years, split into quantity, price and scope; it adds up exactly.

For every key (region, account, item, detail), with V the value at current prices and C the value at
constant prices (which moves with quantities alone):

    quantity   V0·(C1/C0 − 1)          at the prices of the former year
    price      V1 − V0·C1/C0           at the quantities of the latter
    scope      V1 − V0                 where only one year has the key, or the method changed

The sums are of whole fen: each row and each column adds up to the last digit that is printed, and
the price effect takes the rounding. Growth at comparable prices is that of the keys which both
years have by the same method: a service added to an account is no growth. Of the quantity effect,
the part of the rain is what the former year's formula gives with the latter year's rain; one-off
drivers are entries whose note says so.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd

from carbonledger.analysis.gep.accounts import chart_order
from carbonledger.analysis.gep.facts import GepFacts, Term
from carbonledger.analysis.uses.table import Column, Row, UseTable, exact
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.memory import rows_of, values_by
from carbonledger.model.prices import CONSTANT, CURRENT, VALUES
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "Effects",
    "change_table",
    "comparable_growth",
    "effects",
    "rain_problems",
    "scope_problems",
]

_KEYS = ["region", "account", "item", "detail"]
_RAIN = ("precipitation", "storm_rainfall", "rainfall_erosivity")
_ONE_OFF = ("一次性", "one-off")
_FEN = 100
_NAMES = ("before", "after", "change", "quantity", "price", "scope", "rain", "one_off")
_Key = tuple[str, str, str, str]


@dataclass
class Effects:
    """The change of one key or of a sum of keys, in whole fen.

    ``rain`` and ``one_off`` are parts of the effects, not further ones; ``constant`` are the values
    at constant prices of both years in fen, of what both have by the same method.
    """

    before: int = 0
    after: int = 0
    quantity: int = 0
    scope: int = 0
    rain: int = 0
    one_off: int = 0
    constant: tuple[int, int] = (0, 0)

    @property
    def comparable(self) -> float | None:
        """Growth at comparable prices in percent; None where nothing compares."""
        before, after = self.constant
        return (after / before - 1) * 100 if before else None

    @property
    def change(self) -> int:
        """The whole change."""
        return self.after - self.before

    @property
    def price(self) -> int:
        """What is left by quantity and scope."""
        return self.change - self.quantity - self.scope

    def plus(self, other: "Effects") -> "Effects":
        """The sum of two."""
        return Effects(
            self.before + other.before,
            self.after + other.after,
            self.quantity + other.quantity,
            self.scope + other.scope,
            self.rain + other.rain,
            self.one_off + other.one_off,
            (self.constant[0] + other.constant[0], self.constant[1] + other.constant[1]),
        )


@dataclass
class _Side:
    """One key in one year."""

    value: Fraction = Fraction(0)
    constant: Fraction = Fraction(0)
    one_off: Fraction = Fraction(0)
    methods: set[str] = field(default_factory=set)


def effects(facts: GepFacts, first: int, last: int) -> dict[_Key, Effects]:
    """The effects of every key between two years of a run.

    Raises:
        CarbonledgerError: if the run has no values of one of the years.
    """
    for period in (first, last):
        if not (facts.current["period"] == period).any():
            years = "、".join(map(str, sorted(facts.current["period"].unique())))
            raise CarbonledgerError(
                f"本次运行没有 {period} 年的 GEP 价值量。有：{years}。",
                f"The run has no GEP values of {period}. It has: {years}.",
            )
    sides = [_sides(facts, period) for period in (first, last)]
    rain = _rain(facts, first, last)
    keys = sorted({*sides[0], *sides[1]}, key=lambda key: (chart_order(facts)[key[1]], key))
    return {key: _split(sides[0].get(key), sides[1].get(key), rain.get(key)) for key in keys}


def change_table(facts: GepFacts, first: int, last: int) -> UseTable:
    """The effects rolled up the chart of accounts, in yuan, with growth at comparable prices."""
    found = effects(facts, first, last)
    links = facts.library.account_chain
    above: Mapping[str, list[str]] = {
        str(key): [each for each in part["ancestor"] if each]
        for key, part in links[links["key"].isin({key[1] for key in found})].groupby("key")
    }
    sums: dict[str, Effects] = defaultdict(Effects)
    for key, each in found.items():
        for account in above[key[1]]:
            sums[account] = sums[account].plus(each)
    rows = [
        _row(facts, account, sums[account])
        for account in sorted(sums, key=chart_order(facts).__getitem__)
    ]
    base = facts.results.info.get("price_base_year")
    notes = [
        Text(
            f"变化 = 量效应 + 价效应 + 范围/方法效应，逐行逐列相加到分。量效应按 {first} 年价格，"
            f"价效应按 {last} 年数量；可比价增速按 {base} 年不变价，只计两年都有且方法相同的项目。"
            "降雨和一次性因素是其中的部分，不另加。",
            f"Change = quantity + price + scope or method, adding up to the fen in every row and "
            f"column. Quantity at the prices of {first}, price at the quantities of {last}; "
            f"comparable growth at constant prices of {base}, of what both years have by the same "
            "method. Rain and one-off drivers are parts of these.",
        )
    ]
    title = Text(f"GEP 变化分解（{first} → {last}）", f"Change of GEP split ({first} to {last})")
    return UseTable(title, _COLUMNS, rows, notes, list(_scope_problem(facts, first, last)))


def rain_problems(facts: GepFacts, share: float) -> Iterator[Problem]:
    """Services whose quantity effect is mostly that of the rain, between neighbouring years.

    Args:
        facts: the GEP account of a run.
        share: the share of the quantity effect from which on it is told.
    """
    for first, last in _pairs(facts):
        for account, each in _by_service(facts, first, last).items():
            if each.rain and abs(each.rain) >= share * abs(each.quantity):
                yield _of_rain(facts, account, each, first, last)


def scope_problems(facts: GepFacts) -> Iterator[Problem]:
    """Services of which only one of two neighbouring years has a part, or by another method."""
    for first, last in _pairs(facts):
        yield from _scope_problem(facts, first, last)


def comparable_growth(facts: GepFacts, first: int, last: int) -> float | None:
    """Growth of the whole at comparable prices in percent; None where nothing compares."""
    found = Effects()
    for each in effects(facts, first, last).values():
        found = found.plus(each)
    return found.comparable


def _pairs(facts: GepFacts) -> Iterator[tuple[int, int]]:
    """The neighbouring years of a run."""
    return pairwise(sorted(int(period) for period in facts.current["period"].unique()))


def _by_service(facts: GepFacts, first: int, last: int) -> dict[str, Effects]:
    service = values_by(facts.postings, "account", "service")
    found: dict[str, Effects] = defaultdict(Effects)
    for key, each in effects(facts, first, last).items():
        found[service[key[1]]] = found[service[key[1]]].plus(each)
    return found


def _scope_problem(facts: GepFacts, first: int, last: int) -> Iterator[Problem]:
    services = _by_service(facts, first, last).items()
    found = {account: each for account, each in services if each.scope}
    if not found:
        return
    zh, en = (
        [facts.library.label("accounts", account, lang) for account in found]
        for lang in ("zh", "en")
    )
    amount = f"{sum(each.scope for each in found.values()) / _FEN / 1e4:,.2f}"
    yield Problem(
        grade=Grade.B,
        code="gep-scope",
        message=Text(
            f"{first} 至 {last} 年范围或方法不同（{'、'.join(zh)}），使总值变化 {amount} 万元；"
            "这部分不是增长，可比价增速未计入。",
            f"{first} to {last}: scope or method differs ({', '.join(en)}) and moves the total by "
            f"{amount}e4 CNY; that is no growth and not in the growth at comparable prices.",
        ),
        remedy=Text(
            "请补齐缺的年份或用同一方法重算；新增的项目请在报告中说明。",
            "Complete the missing year or compute both by one method; explain what is new.",
        ),
    )


def _of_rain(facts: GepFacts, account: str, each: Effects, first: int, last: int) -> Problem:
    zh, en = (facts.library.label("accounts", account, lang) for lang in ("zh", "en"))
    rain, quantity = each.rain / _FEN / 1e4, each.quantity / _FEN / 1e4
    return Problem(
        grade=Grade.B,
        code="gep-rain",
        message=Text(
            f"{zh}：{first} 至 {last} 年量效应 {quantity:,.2f} 万元，其中降雨变化 {rain:,.2f} "
            "万元，主要来自降雨，不代表生态改善。",
            f"{en}, {first} to {last}: of the quantity effect of {quantity:,.2f}e4 CNY, rain makes "
            f"{rain:,.2f}e4: it is no change of the ecosystem.",
        ),
        remedy=Text(
            "请在报告中说明，或另报按多年平均降雨计算的结果。",
            "Say so in the report, or give the result with average rain beside it.",
        ),
    )


def _sides(facts: GepFacts, period: int) -> dict[_Key, _Side]:
    rows = facts.postings
    rows = rows[(rows["period"] == period) & rows["amount"].notna()]
    notes = facts.results.entries.set_index("entry")["note"].fillna("").astype(str)
    found: dict[_Key, _Side] = defaultdict(_Side)
    for row in rows_of(rows):
        key = _key(row)
        side = found[key]
        side.methods.add(str(row["method"]))
        if row["measure"] == CURRENT:
            side.value += exact(row["amount"])
            if notes.get(row["entry"], "").casefold().startswith(_ONE_OFF):
                side.one_off += exact(row["amount"])
        elif row["measure"] == CONSTANT:
            side.constant += exact(row["amount"])
    valued = {_key(row) for row in rows_of(rows[rows["measure"].isin(VALUES)])}
    return {key: side for key, side in found.items() if key in valued}


def _key(row: Mapping[Any, Any]) -> _Key:
    region, account, item, detail = ("" if pd.isna(row[key]) else str(row[key]) for key in _KEYS)
    return region, account, item, detail


def _split(before: _Side | None, after: _Side | None, rain: Fraction | None) -> Effects:
    old, new = before or _Side(), after or _Side()
    start = _fen(old.value)
    found = Effects(
        before=start,
        after=_fen(new.value),
        one_off=_fen(new.one_off) - _fen(old.one_off),
    )
    if before is None or after is None or before.methods != after.methods:
        found.scope = found.change
        return found
    found.constant = (_fen(old.constant), _fen(new.constant))
    if old.constant:
        found.quantity = _fen(old.value * new.constant / old.constant) - start
        found.rain = _fen(old.value * rain) if rain else 0
    else:  # nothing before: no price is known at which the change could be split
        found.quantity = found.change
    return found


def _fen(value: Fraction) -> int:
    return round(value * _FEN)


def _rain(facts: GepFacts, first: int, last: int) -> dict[_Key, Fraction]:
    """By how much of itself a quantity changes if only the rain does, for keys of one entry."""
    rows = facts.postings[(facts.postings["measure"] == CONSTANT)]
    rows = rows[rows["amount"].notna()]
    terms: dict[tuple[_Key, int], list[Term]] = defaultdict(list)
    for term in facts.terms(rows[rows["period"].isin([first, last])]):
        terms[_key(dict(term.posting)), int(term.posting["period"])].append(term)
    found: dict[_Key, Fraction] = {}
    for key, period in terms:
        pair = [terms.get((key, first), []), terms.get((key, last), [])]
        if period != first or any(len(each) != 1 for each in pair):
            continue
        (old,), (new,) = pair
        rains = {name: new.numbers[name] for name in _RAIN if name in new.numbers}
        if rains and old.method is new.method and old.amount:
            found[key] = exact(old.again(**rains)) / exact(old.amount) - 1
    return found


def _row(facts: GepFacts, account: str, each: Effects) -> Row:
    amounts = {name: getattr(each, name) / _FEN for name in _NAMES}
    return (
        {"account": account, "name": facts.library.label("accounts", account)}
        | amounts
        | {
            "percent": each.change / each.before * 100 if each.before else None,
            "comparable": each.comparable,
        }
    )


_COLUMNS = (
    Column("account", Text("科目", "Account")),
    Column("name", Text("名称", "Name")),
    Column("before", Text("上期价值", "Before"), "元"),
    Column("after", Text("本期价值", "After"), "元"),
    Column("change", Text("变化", "Change"), "元"),
    Column("quantity", Text("量效应", "Quantity"), "元"),
    Column("price", Text("价效应", "Price"), "元"),
    Column("scope", Text("范围/方法效应", "Scope or method"), "元"),
    Column("rain", Text("其中：降雨", "Of which: rain"), "元"),
    Column("one_off", Text("其中：一次性", "Of which: one-off"), "元"),
    Column("percent", Text("变化率", "Change"), "%"),
    Column("comparable", Text("可比价增速", "Comparable growth"), "%"),
)
