"""What moves between two libraries: every answer that is not the same, and every row.

Both sides are compared as snapshots (see ``snapshot``), for every place that either of them tells
apart; what changes alike in several places or profiles is one change.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from carbonledger import units
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.load import Library, library, read_library
from carbonledger.library.places import Cell, Place, Reader, changes, places
from carbonledger.library.profiles import profiles
from carbonledger.library.snapshot import Chains, read_snapshot, snapshot
from carbonledger.model.limits import limits_of
from carbonledger.model.profile import Profile
from carbonledger.paths import factors_dir

__all__ = ["LARGE", "Change", "Comparison", "Place", "Side", "compare", "side_of", "side_with"]

LARGE = 5.0  # percent

Kind = Literal["moved", "appears", "disappears", "metadata", "unselected"]
_KEYS = ["parameter", "item", "detail", "account", "species", "region"]
# What a row says besides its keys, value and unit.
_ABOUT = [
    "edition", "source", "locator", "status", "published", "valid_from", "valid_to", "lower",
    "upper", "distribution", "basis", "note",
]  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One side of a comparison; ``library`` is None where only a snapshot is at hand."""

    name: str
    lines: pd.DataFrame
    chains: Chains
    names: Mapping[str, Text]
    library: Library | None


@dataclass(frozen=True)
class Change:
    """A value that moves, appears or disappears, or that stays while its row says something else.

    ``new`` is in ``unit``, the unit of the old value (of the new one where there was none).
    ``rows`` are the ids before and after; ``about`` are the fields that differ, before and after.
    """

    kind: Kind
    parameter: str
    item: str
    species: str
    unit: str
    old: float | None
    new: float | None
    rows: tuple[str, str]
    about: tuple[tuple[str, str, str], ...] = ()
    places: tuple[Place, ...] = ()
    profiles: tuple[str, ...] = ()

    @property
    def percent(self) -> float | None:
        """By how much the value moves; None where there is nothing to relate it to."""
        if self.kind != "moved" or not self.old or self.new is None:
            return None
        return (self.new - self.old) / abs(self.old) * 100

    @property
    def rank(self) -> int:
        """0 for more than 5 % (and what appears or disappears), 1 for less, 2 for the rest."""
        if self.kind in {"metadata", "unselected"}:
            return 2
        return 0 if self.percent is None or abs(self.percent) > LARGE else 1


@dataclass(frozen=True)
class Comparison:
    """All changes, the largest first; profiles that only one side has are not compared."""

    changes: tuple[Change, ...]
    profiles: tuple[str, ...]
    only_old: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()


def side_of(source: str) -> Side:
    """A side from ``library``, a folder of factors (or a checkout with one), or a snapshot.

    Raises:
        CarbonledgerError: if it is none of these, or not valid.
    """
    if source == "library":
        return side_with(source, library(), factors_dir())
    path = Path(source)
    for folder in (path, path / "factors"):
        if (folder / "parameters").is_dir():
            # Not checked: what an old library has wrong is what one wants to see corrected.
            return side_with(source, read_library(folder), folder)
    if path.is_file():
        names = limits_of(factors_dir()).names()
        return Side(source, read_snapshot(path), Chains(library()), names, None)
    raise CarbonledgerError(
        f"“{source}”不是因子库目录、快照 CSV 或清单目录。请给出其中之一，"
        "或写 library 表示随软件的因子库。",
        f"'{source}' is no folder of factors, no snapshot and no inventory. Give one of these, or "
        "'library' for the one that comes with the program.",
    )


def side_with(
    name: str, base: Library, folder: Path, rules: Mapping[str, Profile] | None = None
) -> Side:
    """A side from a library already read, with the profiles and names of a folder of factors."""
    lines = snapshot(base, rules or profiles(folder))
    return Side(name, lines, Chains(base), limits_of(folder).names(), base)


def compare(old: Side, new: Side, only: Sequence[str] = ()) -> Comparison:
    """What moves from one side to the other, under all profiles or only those named.

    Raises:
        CarbonledgerError: if a profile named is not on both sides.
    """
    before, after = set(old.lines["profile"]), set(new.lines["profile"])
    both = sorted(before & after)
    missing = sorted(set(only) - set(both))
    if missing:
        raise CarbonledgerError(
            f"两侧都有的口径中没有“{'、'.join(missing)}”。可用：{'、'.join(both)}。",
            f"Not a profile of both sides: {', '.join(missing)}. Available: {', '.join(both)}.",
        )
    chosen = sorted(only) if only else both
    found = _selected(old, new, chosen)
    if old.library is not None and new.library is not None:
        found += _rows(old.library.parameters, new.library.parameters, found)
    found.sort(key=_order)
    return Comparison(
        tuple(found), tuple(chosen), tuple(sorted(before - after)), tuple(sorted(after - before))
    )


def _order(change: Change) -> tuple[Any, ...]:
    return (
        change.rank,
        -math.inf if change.percent is None else -abs(change.percent),
        change.parameter,
        change.item,
        change.rows,
        change.unit,
        change.places,
    )


def _selected(old: Side, new: Side, chosen: Sequence[str]) -> list[Change]:
    """The changes of what is selected."""
    before, after = _by_parameter(old.lines, chosen), _by_parameter(new.lines, chosen)
    moved: dict[tuple[Any, ...], dict[str, set[Cell]]] = {}
    for key in sorted({*before, *after}):
        mine, others = before.get(key, []), after.get(key, [])
        if mine == others:
            continue
        profile, parameter, species, _ = key
        readers = []
        for side, lines in ((old, mine), (new, others)):
            reader = Reader(side.chains)
            for line in lines:
                reader.add(line)
            readers.append(reader)
        for item, cell, sign in changes(*readers):
            of_sign = moved.setdefault((parameter, item, species, sign), {})
            of_sign.setdefault(profile, set()).add(cell)
    joined: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for key, of_profiles in moved.items():
        for profile, cells in of_profiles.items():
            joined[(*key, places(cells))].append(profile)
    both_read = old.library is not None and new.library is not None
    found = (_change(key, tuple(sorted(names)), both_read) for key, names in joined.items())
    return [change for change in found if change is not None]


def _by_parameter(
    lines: pd.DataFrame, chosen: Sequence[str]
) -> dict[tuple[str, str, str, str], list[dict[str, Any]]]:
    dimensions = {unit: units.dimension(unit) for unit in lines["unit"].unique()}
    found: dict[tuple[str, str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in _records(lines[lines["profile"].isin(chosen)]):
        key = (line["profile"], line["parameter"], line["species"], dimensions[line["unit"]])
        # As a snapshot writes it: a file must equal what it was written from.
        found[key].append(line | {"value": float(f"{line['value']:.15g}")})
    return found


def _records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a table; a third of the time of ``to_dict``, which boxes every cell by itself."""
    names = list(table.columns)
    for cells in zip(*(table[name].to_numpy(dtype=object) for name in names), strict=True):
        yield dict(zip(names, cells, strict=True))


def _change(key: tuple[Any, ...], names: tuple[str, ...], both_read: bool) -> Change | None:
    parameter, item, species, sign, where = key
    about = sign.about
    if both_read and sign.kind == "metadata" and sign.old_id == sign.new_id:
        about = tuple(each for each in about if each[0] != "status")  # said of the row itself
        if not about:
            return None
    rows = (sign.old_id, sign.new_id)
    return Change(
        sign.kind, parameter, item, species, sign.unit, sign.old, sign.new, rows, about, where,
        names,
    )  # fmt: skip


def _rows(old: pd.DataFrame, new: pd.DataFrame, found: Iterable[Change]) -> list[Change]:
    """The rows that say something else of the same value, and changed rows that nothing selects."""
    moved = {ident for change in found if change.kind != "metadata" for ident in change.rows}
    named = moved | {ident for change in found for ident in change.rows}
    before = {row["id"]: row for row in _records(old)}
    after = {row["id"]: row for row in _records(new)}
    rows = []
    for ident in sorted({*before, *after}):
        a, b = before.get(ident), after.get(ident)
        if a and b:
            change = _row(a, b)
            if change is not None and (change.kind == "metadata" or ident not in moved):
                rows.append(change)
        elif ident not in named:
            one = a or b or {}
            rows.append(
                Change(
                    "unselected", one["parameter"], one["item"], one["species"], one["unit"],
                    a["value"] if a else None, b["value"] if b else None,
                    (ident if a else "", ident if b else ""),
                )
            )  # fmt: skip
    return rows


def _row(old: dict[str, Any], new: dict[str, Any]) -> Change | None:
    """What changes of a row; ``unselected`` where it is the value (if no answer moves by it)."""
    about = tuple(
        (name, _text(old[name]), _text(new[name]))
        for name in ("unit", *_KEYS, *_ABOUT)
        if _text(old[name]) != _text(new[name])
    )
    value = new["value"]
    if old["unit"] != new["unit"] and units.same_dimension(old["unit"], new["unit"]):
        value = units.convert(value, new["unit"], old["unit"])
    same = math.isclose(value, old["value"], rel_tol=1e-12)
    if same and not about:
        return None
    return Change(
        "metadata" if same else "unselected", new["parameter"], new["item"], new["species"],
        old["unit"], old["value"], value, (old["id"], new["id"]), about,
    )  # fmt: skip


def _text(value: Any) -> str:
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if missing else str(value)
