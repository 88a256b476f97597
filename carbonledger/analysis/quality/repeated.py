"""The same amount twice: at an account and below it, under two details, or as a subtotal.

A table of a yearbook prints its subtotals among its rows. Entered as they stand, a subtotal and its
parts are added.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, digits, number, problem
from carbonledger.errors import Text
from carbonledger.memory import Row
from carbonledger.model.problem import Problem

__all__ = ["check_repeated", "check_subtotals"]

Bands = Mapping[str, tuple[Band, ...]]
_SAME = ["region", "period", "item", "quantity", "dimension"]


def check_repeated(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Equal amounts in an account and one below it, or in one account under two details.

    Details that the library knows tell sources apart, so only another spelling is asked about.
    """
    (nested,), (detailed,) = bands["account-twice"], bands["detail-twice"]
    above = facts.library.accounts_above
    known = set(facts.library.details["detail"])
    for group in _alike(_numbers(facts)):
        for first, second in combinations(group, 2):
            a, b = str(first["account"]), str(second["account"])
            if a == b and not {first["detail"], second["detail"]} <= known:
                band = detailed
            elif a != b and (a in above[b] or b in above[a]) and _one_detail(first, second):
                band = nested
            else:
                continue
            enough = min(digits(first["amount"]), digits(second["amount"])) >= band.least
            if enough and max(first["share"], second["share"]) >= band.share:
                yield _twice(facts, band, first, second)
                break


def check_subtotals(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """An account whose own amount is the sum of what stands below it."""
    (band,) = bands["subtotal"]
    (parts,) = bands["subtotal-parts"]
    amounts = _by_account(facts)
    stated = {account for *_, account in amounts}
    below: dict[tuple[Any, ...], list[float]] = {}
    for (*same, account), row in amounts.items():
        for ancestor, distance in facts.library.accounts_above.get(account, {}).items():
            if distance > 0 and ancestor in stated:
                below.setdefault((*same, ancestor), []).append(row["value"])
    for key in sorted(amounts.keys() & below.keys()):
        row, values = amounts[key], below[key]
        whole = math.fsum(values)
        if whole and len(values) >= parts.least and band.holds(row["value"] / whole):
            yield _subtotal(facts, band, {**row, "count": len(values)})


def _by_account(facts: Facts) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What counts, one row for each account; its details are one amount."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in _numbers(facts):
        key = (*(row[name] for name in _SAME), row["account"])
        known = found.setdefault(key, {**row, "value": 0.0})
        known["value"] += row["value"]
    return found


def _numbers(facts: Facts) -> list[Row]:
    """The activities that count: of the reported years, with a number other than zero."""
    reported = set(facts.periods)
    return [
        row
        for row in facts.activities
        if row["value"] and not math.isnan(row["value"]) and row["period"] in reported
    ]


def _alike(rows: Iterable[Row]) -> Iterator[list[Row]]:
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        key = (*(row[name] for name in _SAME), f"{abs(row['value']):.12g}")
        groups.setdefault(key, []).append(row)
    yield from (group for group in groups.values() if len(group) > 1)


def _one_detail(first: Row, second: Row) -> bool:
    return first["detail"] == second["detail"] or not (first["detail"] and second["detail"])


def _twice(facts: Facts, band: Band, first: Row, second: Row) -> Problem:
    one, other = (
        facts.who(each["region"], each["account"], each["item"], each["detail"])
        for each in (first, second)
    )
    shown = f"{number(abs(second['amount']))} {second['unit']}"
    message = Text(
        f"{first['period']} 年 {one.zh} 与 {other.zh} 数量完全相同（{shown}），都计入了合计。",
        f"{first['period']}: {one.en} and {other.en} have the very same quantity ({shown}), and "
        "both are in the total.",
    )
    return problem(band.grade, band.check, message, band.remedy, second)


def _subtotal(facts: Facts, band: Band, row: Row) -> Problem:
    who = facts.who(row["region"], row["account"], row["item"])
    shown = f"{number(row['amount'])} {row['unit']}"
    message = Text(
        f"{row['period']} 年 {who.zh} 的数量（{shown}）等于其下 {row['count']} 个科目之和，"
        "像是把小计行也录入了，合计会多一倍。",
        f"{row['period']}: {who.en} ({shown}) is the sum of the {row['count']} accounts below it, "
        "as if the subtotal was entered too: the total counts it twice.",
    )
    return problem(band.grade, band.check, message, band.remedy, row)
