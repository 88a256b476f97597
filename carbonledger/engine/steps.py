"""From options to steps: for every key the first option that lacks no parameter.

Everything here is relational over the distinct keys of a run, never over its entries.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Option
from carbonledger.engine.selections import SELECTION_COLUMNS, Column, Selections, selections_of
from carbonledger.library.load import Library
from carbonledger.library.numbering import Numbers
from carbonledger.methods.registry import get
from carbonledger.model.potentials import GWP
from carbonledger.model.prices import CAPITAL_AS_ANNUAL
from carbonledger.model.profile import Profile

__all__ = [
    "Step",
    "build_steps",
    "choose",
    "lacking_nothing",
]

# Methods that take the emission itself from the entry, as an enterprise monitored it.
_MEASURED = "measured."


class Step(NamedTuple):
    """One method in one form with one binding, for all the keys that it serves.

    ``coefficients`` are columns: the keys by which they are joined to the entries, a column
    ``c_<argument>`` for each argument (a library value in the form's unit, or the multiplier of the
    entry's quantity, with its sign) and the columns ``book, selection, gwp, flags``. Where the
    option is a notation key there are no arguments, and ``selection`` is 0. ``items`` and
    ``accounts`` are those that the step is for.
    """

    option: Option
    items: tuple[str, ...]
    accounts: tuple[str, ...]
    coefficients: Mapping[str, Column]

    @property
    def size(self) -> int:
        """How many rows the coefficients have."""
        return len(self.coefficients["selection"])

    @property
    def proportional(self) -> bool:
        """Whether the result is the entry's quantity times a rate, or a notation key."""
        option = self.option
        if not option.method:
            return True
        method = get(option.method)
        return len(option.bound) == 1 and method.linear and not method.series


def lacking_nothing(
    wanted: pd.DataFrame, options: list[Option], found: pd.DataFrame
) -> pd.DataFrame:
    """The rows of ``wanted`` whose option has all its arguments."""
    return wanted.iloc[_feasible(wanted, options, found)]


def _feasible(wanted: pd.DataFrame, options: list[Option], found: pd.DataFrame) -> Numbers:
    needed = np.array([len(option.wanted) for option in options], dtype=np.int64)
    of_library = found["wanted"].to_numpy(np.int64)[(found["argument"] != GWP).to_numpy()]
    got = np.bincount(of_library, minlength=len(wanted))
    return np.flatnonzero(got == needed[wanted["option"].to_numpy()])


def choose(
    wanted: pd.DataFrame, options: list[Option], found: pd.DataFrame
) -> tuple[pd.DataFrame, list[tuple[int, int, list[str]]]]:
    """For every key, account of results and measure the first option that lacks nothing.

    Returns:
        The chosen rows of ``wanted``; and, for every case and measure without one, the case, the
        preferred option and the arguments that were not found for it.
    """
    results = sorted({(option.post_to, option.measure) for option in options})
    of_options = np.array(
        [results.index((option.post_to, option.measure)) for option in options], dtype=np.int64
    )
    key, case, order, option = (
        wanted[name].to_numpy() for name in ("key", "case", "order", "option")
    )
    result = of_options[option]
    asked = key * len(results) + result
    chosen = _first(_feasible(wanted, options, found), asked, order)
    rest = np.flatnonzero(~np.isin(asked, asked[chosen]))
    lacking = _first(rest, case * len(results) + result, order)
    lacking = lacking[np.lexsort((result[lacking], case[lacking]))]
    near = found[found["wanted"].isin(lacking)]
    have: dict[int, set[str]] = {}
    for row, argument in zip(near["wanted"].tolist(), near["argument"].tolist(), strict=True):
        have.setdefault(row, set()).add(argument)
    missing = [
        (
            int(case[row]),
            int(option[row]),
            [name for name in options[option[row]].wanted if name not in have.get(row, ())],
        )
        for row in lacking.tolist()
    ]
    return wanted.iloc[np.sort(chosen)], missing


def _first(rows: Numbers, group: Numbers, order: Numbers) -> Numbers:
    """Of some rows the first of each group by ``order``."""
    ordered = rows[np.lexsort((order[rows], group[rows]))]
    return ordered[np.unique(group[ordered], return_index=True)[1]]


def build_steps(
    chosen: pd.DataFrame,
    options: list[Option],
    found: pd.DataFrame,
    keys: pd.DataFrame,
    library: Library,
    profile: Profile,
) -> tuple[tuple[Step, ...], pd.DataFrame]:
    """The steps and the table of selections that they refer to (see ``Selections.table``).

    The coefficients of the steps stand by the number of their key, for ``joined`` to resolve.

    What stands in them is worked out once for all options together (``selections_of``); then the
    rows of each option are cut out of it.
    """
    if chosen.empty:
        return (), pd.DataFrame(columns=SELECTION_COLUMNS)
    known = selections_of(chosen, options, found, library, profile)
    chart = library.accounts
    books = dict(zip(chart["account"].tolist(), map(str, chart["book"].tolist()), strict=True))
    written = {str(name): column.to_numpy(object) for name, column in keys.items()}
    of_options, of_rows = chosen["option"].to_numpy(), chosen["key"].to_numpy()
    steps = []
    for number in sorted(set(of_options.tolist())):
        option, at = options[number], np.flatnonzero(of_options == number)
        places, selected = of_rows[at], known.of_rows[at]
        accounts = written["account"][places]
        coefficients = {
            "key": places,
            "book": np.array([books.get(option.post_to or key) for key in accounts], dtype=object),
            "selection": selected,
            "flags": _with_own_flags(known.flags[selected], written["answer"][places], option),
            **_coefficients(option, written, places, known, selected),
        }
        items = tuple(sorted(set(written["item"][places])))
        step = Step(option, items, tuple(sorted(set(accounts))), coefficients)
        steps.append(step)
    return tuple(steps), known.table


def _with_own_flags(flags: Iterable[str], answers: Iterable[str], option: Option) -> Column:
    """The flags of the selections with those of the entries and of the method."""
    measured = "measured" if option.method.startswith(_MEASURED) else ""
    capital = "capital-as-annual" if option.method.endswith(CAPITAL_AS_ANNUAL) else ""
    words = [
        ",".join(
            filter(None, (flag, "set-aside" if answer == "set-aside" else "", measured, capital))
        )
        for flag, answer in zip(flags, answers, strict=True)
    ]
    return np.array(words, dtype=object)


def _coefficients(
    option: Option,
    written: Mapping[str, Column],
    places: Column,
    known: Selections,
    selected: Numbers,
) -> dict[str, Column]:
    """The columns ``gwp`` and ``c_<argument>`` of a step.

    Args:
        option: the way that the step goes.
        written: the keys by column; those of the step stand at ``places``.
        places: see there.
        known: the library values.
        selected: the numbers of the selections of the step.
    """
    missing = np.full(len(places), np.nan)
    if not option.method:
        return {"gwp": missing}
    method = get(option.method)
    bound = dict(option.bound)
    values = known.coefficients
    result = {"gwp": values[GWP][selected] if GWP in values else missing}
    for name, unit in method.forms[option.form].units.items():
        if name in bound:
            texts = written[f"{bound[name]}__unit"][places]
            factors = units.multipliers((text, unit) for text in texts)
            multiplied = np.array([factors[text, unit] for text in texts])
            sign = written["sign"][places].astype(float) if name == method.activity else 1
            result[f"c_{name}"] = multiplied * sign
        else:
            result[f"c_{name}"] = values[name][selected]
    return result
