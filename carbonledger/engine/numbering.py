"""Numbers for rows: what compares whole rows of a table compares one number for each."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Numbers", "numbered"]

Numbers = npt.NDArray[np.int64]


def numbered(columns: Iterable[Numbers]) -> Numbers:
    """A number from 0 for each row: the same for equal rows, and in the order of the rows.

    Args:
        columns: at least one, whole numbers from 0, all of one length; the first counts most.
    """
    first, *others = columns
    number: Numbers = pd.factorize(first, sort=True)[0]
    for column in others:
        # Numbered anew each time, so that they stay small.
        size = int(column.max(initial=0)) + 1
        number = pd.factorize(number * size + column, sort=True)[0]
    return number
