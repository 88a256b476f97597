"""By which columns of the entries the steps are joined to them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from carbonledger.engine.numbering import Numbers, numbered
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
    varying = [name for name in columns if codes[name].any()] or list(columns[:1])
    given = _alike(steps, keys)
    # What the columns behind each one tell together.
    behind = [np.zeros(len(keys), dtype=np.int64)]
    for name in reversed(varying):
        behind.append(numbered([behind[-1], codes[name]]))
    kept: list[str] = []
    told = behind[0]
    for name in varying:
        behind.pop()
        fewer = numbered([told, behind[-1]])
        last = len(behind) == 1 and not kept
        if last or not _tell(fewer, given):
            kept.append(name)
            told = numbered([told, codes[name]])
    place = keys.groupby(kept).ngroup().to_numpy()
    named = {name: keys[name].to_numpy(object) for name in kept}
    return tuple(_by(named, place, step) for step in steps), tuple(kept)


def _tell(rows: Numbers, given: Numbers) -> bool:
    """Whether no two rows are equal where what is given differs."""
    return _count(rows) == _count(numbered([rows, given]))


def _count(numbers: Numbers) -> int:
    return len(np.unique(numbers))


def _alike(steps: Sequence[Step], keys: pd.DataFrame) -> Numbers:
    """A number for each key, the same for keys to which every step gives the same."""
    marks = [np.zeros(len(keys), dtype=np.int64)]
    for step in steps:
        # The selection tells the warming potential.
        names = [name for name in step.coefficients if name not in {"key", "gwp"}]
        payload = zip(*(step.coefficients[name].tolist() for name in names), strict=True)
        codes: dict[tuple[object, ...], int] = {}
        mark = np.zeros(len(keys), dtype=np.int64)
        mark[step.coefficients["key"]] = [codes.setdefault(row, len(codes) + 1) for row in payload]
        marks.append(mark)
    return numbered(marks)


def _by(named: Mapping[str, Column], place: Numbers, step: Step) -> Step:
    """The step by the ``named`` columns of the keys; ``place`` is that of each in their order."""
    of_rows = step.coefficients["key"]
    first = np.unique(place[of_rows], return_index=True)[1]
    rows = {name: each[first] for name, each in step.coefficients.items() if name != "key"}
    of_keys = {name: each[of_rows[first]] for name, each in named.items()}
    return step._replace(coefficients=rows | of_keys)
