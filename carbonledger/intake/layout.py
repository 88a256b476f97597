"""What a layout is: a function from one grid to entry rows and problems.

A layout reads cells and finds labels; it neither opens files nor numbers entries. All problems of
the grid come back together, and rows that could not be read are reported, never dropped silently.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

from carbonledger.errors import Text
from carbonledger.intake.cells import fold_labels, label_key
from carbonledger.intake.table import Grid
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "Context",
    "EntryRow",
    "Layout",
    "LayoutResult",
    "Names",
    "Reading",
    "Spellings",
    "grid_problem",
]


@dataclass(frozen=True)
class Names:
    """What the library knows, as plain look-ups from every accepted spelling to the code.

    A spelling that several codes share maps to the tuple of them. The ``*_parents`` give the code
    one step up, and nothing (or an empty string) at a root.
    """

    regions: Mapping[str, str | tuple[str, ...]]
    accounts: Mapping[str, str | tuple[str, ...]]
    items: Mapping[str, str | tuple[str, ...]]
    region_parents: Mapping[str, str] = field(default_factory=dict)
    account_parents: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def spellings(self) -> "Mapping[str, Spellings]":
        """The look-ups by their names (``regions``, ``accounts``, ``items``, ``details``)."""
        named = ("regions", "accounts", "items", "details")
        return {name: Spellings(getattr(self, name)) for name in named}


class Spellings:
    """Look-up of a label: exact but for width, spaces and capitals."""

    def __init__(self, names: Mapping[str, str | tuple[str, ...]]) -> None:
        self._codes: dict[str, tuple[str, ...]] = {}
        self._written: dict[str, str] = {}
        for key, (spelling, codes) in zip(fold_labels(names), names.items(), strict=True):
            found = (codes,) if isinstance(codes, str) else codes
            if key in self._codes:
                found = tuple(dict.fromkeys(self._codes[key] + found))
            else:
                self._written[key] = spelling
            self._codes[key] = found

    def find(self, text: object) -> tuple[str, ...]:
        """The codes that the label may mean: none, one, or several if it is ambiguous."""
        return self._codes.get(label_key(text), ())

    def nearest(self, text: object, count: int = 3) -> tuple[str, ...]:
        """Known spellings that resemble the label, best first."""
        keys = difflib.get_close_matches(label_key(text), self._codes, count, 0.5)
        return tuple(self._written[key] for key in keys)


class Context(NamedTuple):
    """What a layout may know besides its grid.

    ``region`` and ``period`` are the defaults of the table (its own in the manifest, else the
    inventory's where there is only one); None where rows must carry them.
    """

    region: str | None
    period: int | None
    periods: tuple[int, ...]
    inventory_region: str
    regions: Spellings
    accounts: Spellings
    items: Spellings
    region_parents: Mapping[str, str]
    details: Spellings = Spellings({})


class Reading(NamedTuple):
    """One quantity of an entry as written: a value or a notation key, its unit, its cell."""

    value: float | None
    unit: str
    notation: str | None
    cell: str


class EntryRow(NamedTuple):
    """One entry. ``row`` is the row number in the file; ``quantities`` holds no blank cells.

    ``sign`` is -1 where the table prints what is consumed as a negative number, or prints a
    deduction as a positive one.
    """

    row: int
    region: str
    period: int
    account: str
    item: str
    quantities: Mapping[str, Reading]
    detail: str = ""
    note: str = ""
    source: str = ""
    sign: float = 1.0


class LayoutResult(NamedTuple):
    """The entries and problems of one grid; ``keep`` asks to keep the grid for the report."""

    rows: Sequence[EntryRow]
    problems: Sequence[Problem]
    keep: bool = False


class Layout(Protocol):
    """A reader of one kind of table."""

    def __call__(self, grid: Grid, spec: TableSpec, context: Context) -> LayoutResult:
        """Read the grid; never raises for what the cells say."""
        ...


def grid_problem(
    grid: Grid,
    grade: Grade,
    code: str,
    message: Text,
    remedy: Text,
    *,
    row: int | None = None,
    column: int | None = None,
) -> Problem:
    """A problem located in the grid (0-based ``row`` and ``column``, as in ``grid.rows``)."""
    cell = grid.address(row, column) if row is not None and column is not None else ""
    return Problem(
        grade=grade,
        code=code,
        message=message,
        remedy=remedy,
        file=grid.file,
        sheet=grid.sheet,
        cell=cell,
        row=None if row is None else grid.row_number(row),
    )


def quoted(spellings: Iterable[str]) -> str:
    """Suggestions in one line."""
    return "、".join(f"“{spelling}”" for spelling in spellings)
