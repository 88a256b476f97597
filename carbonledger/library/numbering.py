"""Numbers in place of texts and rows: whatever compares these compares one number for each."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Coded", "Numbers", "as_of", "coded", "distinct", "numbered", "pairs"]

Numbers = npt.NDArray[np.int64]

# A column as numbers, with the value of each number.
Coded = tuple[Numbers, list[Any]]

_LARGEST = 2**62  # a number of 64 bits must hold what several columns of a row come to


def coded(values: Iterable[Any]) -> Coded:
    """A column as numbers from 0 in the order of appearance, and the value of each number."""
    numbers: dict[Any, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in values]
    return np.array(codes, dtype=np.int64), list(numbers)


def as_of(known: Sequence[str], texts: Iterable[str]) -> Numbers:
    """Texts by the numbers that those ``known`` have, which are their places; -1 for any other."""
    numbers = {text: number for number, text in enumerate(known)}
    return np.array([numbers.get(text, -1) for text in texts], dtype=np.int64)


def distinct(columns: Iterable[Numbers]) -> tuple[Numbers, Numbers]:
    """A number from 0 for each row, in the order of appearance; and the first row of each number.

    Args:
        columns: at least one, whole numbers from 0, all of one length.
    """
    combined, *others = columns
    size = int(combined.max(initial=0)) + 1
    for codes in others:
        more = int(codes.max(initial=0)) + 1
        if size * more > _LARGEST:
            combined = pd.factorize(combined)[0]
            size = int(combined.max(initial=0)) + 1
        combined, size = combined * more + codes, size * more
    number, values = pd.factorize(combined)
    first = np.empty(len(values), dtype=np.int64)
    # Of rows alike the last one written is the first.
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, first


def numbered(columns: Iterable[Numbers]) -> Numbers:
    """A number from 0 for each row: the same for equal rows, and in the order of the rows.

    Args:
        columns: as in ``distinct``; the first counts most.
    """
    first, *others = columns
    number: Numbers = np.unique(first, return_inverse=True)[1]
    for column in others:
        # Numbered anew each time, so that they stay small.
        size = int(column.max(initial=0)) + 1
        number = np.unique(number * size + column, return_inverse=True)[1]
    return number


def pairs(left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Every pair of places in two columns that hold the same number."""
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right[order], left, side="left")
    count = np.searchsorted(right[order], left, side="right") - first
    starts = np.repeat(first - (np.cumsum(count) - count), count)
    return np.repeat(np.arange(len(left)), count), order[starts + np.arange(count.sum())]
