"""By which columns of the entries the steps are joined to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from carbonledger.engine.steps import Column, Step

__all__ = ["joined"]


def joined(
    steps: Sequence[Step], keys: pd.DataFrame, columns: Sequence[str]
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The steps with key columns in place of key numbers, and those columns: the fewest that do.

    Joining millions of entries by three columns instead of ten is most of the speed of a run. A
    column may go if, without it, no two keys disagree in what any step gives them.
    """
    codes = {name: keys[name].factorize()[0] for name in columns}
    given = _alike(steps, keys)
    kept = [name for name in columns if codes[name].any()] or list(columns[:1])
    for name in list(kept):
        fewer = [other for other in kept if other != name]
        if fewer and _tell(np.column_stack([codes[other] for other in fewer]), given):
            kept = fewer
    place = keys.groupby(kept).ngroup().to_numpy()
    named = {name: keys[name].to_numpy(object) for name in kept}
    return tuple(_by(named, place, step) for step in steps), tuple(kept)


def _tell(codes: "npt.NDArray[np.int64]", given: "npt.NDArray[np.int64]") -> bool:
    """Whether no two rows of codes are equal where what is given differs."""
    first: dict[bytes, int] = {}
    rows = (row.tobytes() for row in codes)
    return all(
        first.setdefault(row, number) == number
        for row, number in zip(rows, given.tolist(), strict=True)
    )


def _alike(steps: Sequence[Step], keys: pd.DataFrame) -> "npt.NDArray[np.int64]":
    """A number for each key, the same for keys to which every step gives the same."""
    marks = np.full((len(keys), len(steps)), -1)
    for number, step in enumerate(steps):
        # The selection tells the warming potential.
        names = [name for name in step.coefficients if name not in {"key", "gwp"}]
        payload = zip(*(step.coefficients[name].tolist() for name in names), strict=True)
        codes: dict[tuple[object, ...], int] = {}
        given = [codes.setdefault(row, len(codes)) for row in payload]
        marks[step.coefficients["key"], number] = given
    return np.unique(marks, axis=0, return_inverse=True)[1].reshape(-1)


def _by(
    named: Mapping[str, Column], place: "npt.NDArray[np.int64]", step: Step
) -> Step:
    """The step by the ``named`` columns of the keys; ``place`` is that of each in their order."""
    of_rows = step.coefficients["key"]
    first = np.unique(place[of_rows], return_index=True)[1]
    rows = {name: each[first] for name, each in step.coefficients.items() if name != "key"}
    of_keys = {name: each[of_rows[first]] for name, each in named.items()}
    return replace(step, coefficients=rows | of_keys)
