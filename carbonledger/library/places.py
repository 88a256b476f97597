"""Compares two snapshots of one parameter place by place; joins the places that change alike."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from carbonledger import units
from carbonledger.library.snapshot import TOP, YEARS, Chains

__all__ = ["Cell", "Place", "Reader", "Sign", "changes", "places"]


class _Line(NamedTuple):
    """What a line of a snapshot answers."""

    value: float
    unit: str
    id: str
    fallback: str
    status: str


class Place(NamedTuple):
    """Where and when something changes; several keys that change alike are joined."""

    details: tuple[str, ...]
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    years: str


class Sign(NamedTuple):
    """What identifies a change; ``new`` in ``unit``, ``about`` the fields that differ."""

    kind: Literal["moved", "appears", "disappears", "metadata"]
    unit: str
    old: float | None
    new: float | None
    old_id: str
    new_id: str
    about: tuple[tuple[str, str, str], ...] = ()


Cell = tuple[str, str, str, int]  # detail, account, region, year
Subject = tuple[str, str, str]  # item, detail, account


@dataclass
class Reader:
    """The lines of one profile and parameter, to be read as ``snapshot`` says."""

    chains: Chains
    tree: dict[str, dict[str, dict[str, dict[str, list[_Line | None]]]]] = field(
        default_factory=dict
    )

    def add(self, line: dict[str, Any]) -> None:
        """Take in a line of the snapshot."""
        accounts = self.tree.setdefault(line["item"], {}).setdefault(line["detail"], {})
        regions = accounts.setdefault(line["account"], {})
        years = regions.setdefault(line["region"], [None] * len(YEARS))
        first, _, last = str(line["years"]).partition("-")
        answer = _Line(*(line[name] for name in _Line._fields))
        for year in range(int(first), int(last or first) + 1):
            years[year - YEARS[0]] = answer

    def subjects(self) -> set[tuple[str, str, str]]:
        """Item, detail and account of every line."""
        return {
            (item, detail, account)
            for item, details in self.tree.items()
            for detail, accounts in details.items()
            for account in accounts
        }

    def regions(self) -> set[str]:
        """The regions of all lines."""
        return {
            region
            for details in self.tree.values()
            for accounts in details.values()
            for regions in accounts.values()
            for region in regions
        }

    def at(self, subject: tuple[str, str, str], region: str) -> list[_Line | None]:
        """The answer of every year."""
        item, detail, account = subject
        details = _nearest(self.tree, self.chains.items.get(item, [item, ""])) or {}
        accounts = details.get(detail) or details.get("", {})
        regions = _nearest(accounts, self.chains.accounts.get(account, [account, ""])) or {}
        above = self.chains.divisions.get(region, [region, TOP])
        columns = [regions[place] for place in above if place in regions]
        return [
            next((years[year] for years in columns if years[year]), None)
            for year in range(len(YEARS))
        ]


def _nearest(table: Mapping[str, Any], above: Iterable[str]) -> Any:
    return next((table[place] for place in above if place in table), None)


def changes(old: Reader, new: Reader) -> Iterator[tuple[str, Cell, Sign]]:
    """Every place and year that changes, unless it changes as the region above it does."""
    divisions = old.chains.divisions | new.chains.divisions
    regions = sorted(
        {TOP, *old.regions(), *new.regions()},
        key=lambda region: (len(divisions.get(region, ())), region),
    )
    for subject in sorted(old.subjects() | new.subjects()):
        item, detail, account = subject
        signs: dict[str, list[Sign | None]] = {}
        for region in regions:
            pairs = zip(old.at(subject, region), new.at(subject, region), strict=True)
            signs[region] = [_sign(a, b) for a, b in pairs]
            above = next((signs[r] for r in divisions.get(region, ())[1:] if r in signs), None)
            for place, sign in enumerate(signs[region]):
                if sign is not None and (above is None or above[place] != sign):
                    yield item, (detail, account, region, YEARS[place]), sign


def _sign(old: _Line | None, new: _Line | None) -> Sign | None:
    if old is None:
        return new and Sign("appears", new.unit, None, new.value, "", new.id)
    if new is None:
        return Sign("disappears", old.unit, old.value, None, old.id, "")
    value = new.value if new.unit == old.unit else units.convert(new.value, new.unit, old.unit)
    if not math.isclose(value, old.value, rel_tol=1e-12):
        return Sign("moved", old.unit, old.value, value, old.id, new.id)
    about = tuple(
        (name, getattr(old, name), getattr(new, name))
        for name in ("status", "fallback")
        if getattr(old, name) != getattr(new, name)
    )
    if old.id == new.id and not about:
        return None  # the same, or only another spelling of the unit
    return Sign("metadata", old.unit, old.value, value, old.id, new.id, about)


def places(cells: set[Cell]) -> tuple[Place, ...]:
    """Years as ranges; then regions, accounts and details that are alike in the rest, joined."""
    years: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for detail, account, region, year in sorted(cells):
        years[detail, account, region].append(year)
    by_region: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (detail, account, region), each in years.items():
        by_region[detail, account, _spans(each)].append(region)
    by_account: dict[tuple[str, tuple[str, ...], str], list[str]] = defaultdict(list)
    for (detail, account, span), regions in by_region.items():
        by_account[detail, tuple(regions), span].append(account)
    by_detail: dict[tuple[tuple[str, ...], tuple[str, ...], str], list[str]] = defaultdict(list)
    for (detail, joined, span), accounts in by_account.items():
        by_detail[tuple(accounts), joined, span].append(detail)
    return tuple(
        sorted(
            Place(tuple(details), accounts, regions, span)
            for (accounts, regions, span), details in by_detail.items()
        )
    )


def _spans(years: Sequence[int]) -> str:
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
