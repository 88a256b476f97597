"""Numbers for rows: what compares whole rows of a table compares one number for each."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

__all__ = ["Numbers", "numbered"]

Numbers = npt.NDArray[np.int64]


def numbered(columns: Iterable[Numbers]) -> Numbers:
    """A number from 0 for each row: the same for equal rows, and in the order of the rows.

    Args:
        columns: at least one, whole numbers from 0, all of one length; the first counts most.
    """
    first, *others = columns
    number: Numbers = np.unique(first, return_inverse=True)[1]
    for column in others:
        # Numbered anew each time, so that they stay small.
        size = int(column.max(initial=0)) + 1
        number = np.unique(number * size + column, return_inverse=True)[1]
    return number
