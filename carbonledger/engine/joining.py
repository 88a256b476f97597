"""By which columns of the entries the steps are joined to them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from carbonledger.engine.selections import Column
from carbonledger.engine.steps import Step
from carbonledger.library.numbering import Numbers, coded, distinct, numbered

__all__ = ["joined"]


def joined(
    steps: Sequence[Step], keys: pd.DataFrame, columns: Sequence[str]
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The steps with key columns in place of key numbers, and those columns: the fewest that do.

    Joining millions of entries by three columns instead of ten is most of the speed of a run. A
    column may go if, without it, no two keys disagree in what any step gives them.
    """
    codes = {name: coded(keys[name].tolist())[0] for name in columns}
    varying = [name for name in columns if codes[name].any()] or list(columns[:1])
    given = _alike(steps, len(keys))
    # What the columns behind each one tell together.
    behind = [np.zeros(len(keys), dtype=np.int64)]
    for name in reversed(varying):
        behind.append(distinct([behind[-1], codes[name]])[0])
    kept: list[str] = []
    told = behind[0]
    for name in varying:
        behind.pop()
        fewer = distinct([told, behind[-1]])[0]
        last = len(behind) == 1 and not kept
        if last or not _tell(fewer, given):
            kept.append(name)
            told = distinct([told, codes[name]])[0]
    named = {name: keys[name].to_numpy(object) for name in kept}
    place = numbered([pd.factorize(each, sort=True)[0] for each in named.values()])
    return tuple(_by(named, place, step) for step in steps), tuple(kept)


def _tell(rows: Numbers, given: Numbers) -> bool:
    """Whether no two rows are equal where what is given differs."""
    of_row = np.empty(len(rows), dtype=np.int64)
    of_row[rows] = given
    return bool((of_row[rows] == given).all())


def _alike(steps: Sequence[Step], keys: int) -> Numbers:
    """A number for each key, the same for keys to which every step gives the same."""
    codes: dict[tuple[object, ...], int] = {}
    of_keys: list[list[int]] = [[] for _ in range(keys)]
    for number, step in enumerate(steps):
        # The selection tells the warming potential.
        names = [name for name in step.coefficients if name not in {"key", "gwp"}]
        payload = zip(*(step.coefficients[name].tolist() for name in names), strict=True)
        for key, row in zip(step.coefficients["key"].tolist(), payload, strict=True):
            of_keys[key].append(codes.setdefault((number, *row), len(codes)))
    return coded(map(tuple, of_keys))[0]


def _by(named: Mapping[str, Column], place: Numbers, step: Step) -> Step:
    """The step by the ``named`` columns of the keys; ``place`` is that of each in their order."""
    of_rows = step.coefficients["key"]
    first = np.unique(place[of_rows], return_index=True)[1]
    rows = {name: each[first] for name, each in step.coefficients.items() if name != "key"}
    of_keys = {name: each[of_rows[first]] for name, each in named.items()}
    return step._replace(coefficients=rows | of_keys)
