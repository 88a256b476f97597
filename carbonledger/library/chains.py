"""Chains of ancestors: which keys serve a key, and how near they are."""

import pandas as pd

from carbonledger.errors import CarbonledgerError

__all__ = ["chain", "with_groups"]

_COLUMNS = ["key", "ancestor", "distance"]


def chain(table: pd.DataFrame, key: str, parent: str) -> pd.DataFrame:
    """The ancestors of every key: columns ``key, ancestor, distance`` (0 is the key itself).

    The empty ancestor, which stands for "applies to all", closes every chain.

    Raises:
        CarbonledgerError: if a parent does not exist or the table runs in a circle.
    """
    parents: dict[str, str] = dict(zip(table[key], table[parent], strict=True))
    rows: list[tuple[str, str, int]] = [("", "", 0)]
    for start in parents:
        place, distance = start, 0
        while place:
            rows.append((start, place, distance))
            distance += 1
            if place not in parents or distance > len(parents):
                raise CarbonledgerError(
                    f"因子库中“{start}”的上级“{place}”不存在或循环。",
                    f"In the library the parent '{place}' of '{start}' is missing or circular.",
                )
            place = parents[place]
        rows.append((start, "", distance))
    return pd.DataFrame(rows, columns=_COLUMNS)


def with_groups(links: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """A chain of regions with the groups that each belongs to, itself or by a region above it.

    A group stands between its member and the parent of that.
    """
    of_members: dict[str, list[str]] = {}
    for group, member in zip(groups["group"].tolist(), groups["member"].tolist(), strict=True):
        of_members.setdefault(member, []).append(group)
    rows = []
    columns = (links[name].tolist() for name in _COLUMNS)
    for key, ancestor, distance in zip(*columns, strict=True):
        rows.append((key, 2 * distance, ancestor))
        rows += [(key, 2 * distance + 1, group) for group in of_members.get(ancestor, ())]
    nearest: dict[tuple[str, str], int] = {}
    for key, distance, ancestor in sorted(rows):
        nearest.setdefault((key, ancestor), distance)
    found = [(key, ancestor, distance) for (key, ancestor), distance in nearest.items()]
    return pd.DataFrame(found, columns=_COLUMNS)
