"""Rows of one family that compete for the same request, so that none can be chosen."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from carbonledger.errors import Text
from carbonledger.library.checks.context import Context, Value
from carbonledger.library.checks.findings import finding
from carbonledger.library.checks.reading import Tables
from carbonledger.model.problem import Grade, Problem

__all__ = ["check_ties"]

_Key = tuple[str, ...]

_REMEDY = Text(
    "请给其中一行更具体的键、不相交的有效期，或另一个 edition；重复的行请删除。",
    "Give one of them a more specific key, a validity of its own or another edition; delete it if "
    "it is the same.",
)


def check_ties(context: Context) -> Iterator[Problem]:
    """Rows with equal keys, or of groups that share a region, whose validities overlap."""
    same: dict[_Key, list[Value]] = defaultdict(list)
    by_region: dict[_Key, list[Value]] = defaultdict(list)
    members = _members(context.tables)
    for value in context.values:
        row = value.row
        key = (row.edition, row.parameter, row.item, row.detail, row.account, row.species)
        same[(*key, row.region, value.dimension)].append(value)
        if row.region in members:
            by_region[(*key, value.dimension)].append(value)
    for found in same.values():
        for a, b in combinations(found, 2):
            if _overlap(a, b):
                yield _tie(a, b)
    for found in by_region.values():
        for a, b in combinations(found, 2):
            shared = members[a.row.region] & members[b.row.region]
            if a.row.region != b.row.region and shared and _overlap(a, b):
                yield _group_tie(a, b, min(shared))


def _members(tables: Tables) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in tables.rows["region_groups.csv"]:
        found[row["group"]].add(row["member"])
    return found


def _overlap(a: Value, b: Value) -> bool:
    start = max(a.row.valid_from or date.min, b.row.valid_from or date.min)
    return start <= min(a.row.valid_to or date.max, b.row.valid_to or date.max)


def _tie(a: Value, b: Value) -> Problem:
    other = f"{a.place.file} 第 {a.place.row} 行（{a.row.id}）"
    other_en = f"{a.place.file} row {a.place.row} ({a.row.id})"
    if (a.row.valid_from, a.row.valid_to) != (b.row.valid_from, b.row.valid_to):
        return finding(
            Grade.A, "overlap", b.place, "valid_from",
            Text(
                f"与 {other} 的键相同而有效期相交：同一年会有两个值。",
                f"Its keys are those of {other_en} and the validities overlap: some years have "
                "two values.",
            ),
            _REMEDY,
        )  # fmt: skip
    equal = a.row.value == b.row.value and a.row.unit == b.row.unit
    word = Text("值也相同（重复）", "with the same value, a repetition") if equal else Text(
        f"值却不同（{a.row.value:g} 与 {b.row.value:g} {b.row.unit}）",
        f"with another value ({a.row.value:g} and {b.row.value:g} {b.row.unit})",
    )  # fmt: skip
    return finding(
        Grade.A, "tie", b.place, "value",
        Text(
            f"与 {other} 的键和版本相同，{word.zh}：无法选择。",
            f"Its keys and edition are those of {other_en}, {word.en}: none can be chosen.",
        ),
        _REMEDY,
    )  # fmt: skip


def _group_tie(a: Value, b: Value, region: str) -> Problem:
    return finding(
        Grade.A, "group-tie", b.place, "region",
        Text(
            f"地区 {region} 同时属于 {a.row.region}（{a.place.file} 第 {a.place.row} 行）和 "
            f"{b.row.region}，两行同样近，有效期又相交：无法选择。",
            f"Region {region} belongs to {a.row.region} ({a.place.file} row {a.place.row}) and to "
            f"{b.row.region}: the rows are equally near and overlap, so none can be chosen.",
        ),
        _REMEDY,
    )  # fmt: skip
