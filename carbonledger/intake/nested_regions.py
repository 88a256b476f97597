"""A region and a part of it in one table: their figures must not be added.

Whether the larger figure contains the smaller one cannot be told from the table; it usually does.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.intake.keys import Refused
from carbonledger.intake.layout import EntryRow

__all__ = ["Nested", "nested", "nested_pairs", "nested_rows"]


class Nested(NamedTuple):
    """Two rows alike in period, account and item, one of a region and one of its part."""

    row: int
    other: int
    region: str
    part: str


def nested_pairs(codes: Iterable[str], parents: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every region among ``codes`` with every other one of them that lies in it."""
    known = set(codes)
    found = []
    for code in sorted(known):
        above = parents.get(code, "")
        seen = {code}
        while above and above not in seen:
            if above in known:
                found.append((above, code))
            seen.add(above)
            above = parents.get(above, "")
    return found


def nested_rows(rows: Sequence[EntryRow], parents: Mapping[str, str]) -> list[Nested]:
    """The rows with a number that repeat what a row of a larger region may contain."""
    first: dict[tuple[str, int, str, str], int] = {}
    for row in rows:
        if any(reading.value is not None for reading in row.quantities.values()):
            first.setdefault((row.region, row.period, row.account, row.item), row.row)
    pairs = nested_pairs((key[0] for key in first), parents)
    larger: dict[str, list[str]] = {}
    for region, part in pairs:
        larger.setdefault(part, []).append(region)
    return [
        Nested(row, other, region, part)
        for (part, period, account, item), row in first.items()
        for region in larger.get(part, ())
        if (other := first.get((region, period, account, item))) is not None
    ]


def nested(found: Nested, count: int) -> Refused:
    """One finding for all such rows of a table, with the first as the example."""
    more_zh = f"这样的共有 {count} 处。" if count > 1 else ""
    more_en = f" There are {count} such pairs." if count > 1 else ""
    return Refused(
        "regions-nested",
        Text(
            f"一张表里既有地区 {found.region}（第 {found.other} 行），又有其所辖的 {found.part}"
            f"（第 {found.row} 行），年份、科目和品种相同：相加会重复计算。{more_zh}",
            f"A province or region, {found.region} (row {found.other}), and a part of it, "
            f"{found.part} (row {found.row}), stand in one table for the same year, account and "
            f"item: adding them would count twice.{more_en}",
        ),
        Text(
            "上级地区的数若已包含下级，请只留一级；确为不同部分（如省直属与各市）的，请说明。",
            "If the larger figure contains the smaller, keep one level; if they are separate "
            "parts, explain it.",
        ),
    )
