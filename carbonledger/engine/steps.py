"""From options to steps: the parameters of every key, the first option that lacks none.

Everything here is relational over the distinct keys of a run, never over its entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Option
from carbonledger.library.load import Library
from carbonledger.library.numbering import Numbers, numbered, pairs
from carbonledger.methods.registry import get
from carbonledger.model.prices import CAPITAL_AS_ANNUAL
from carbonledger.model.profile import Profile
from carbonledger.model.records import Status

__all__ = [
    "GWP",
    "GWP_UNIT",
    "Column",
    "Step",
    "build_steps",
    "choose",
    "lacking_nothing",
]

GWP = "gwp100"
# The unit in which a gas mass times its potential is a mass of CO2 equivalent.
GWP_UNIT = "t CO2e/t {gas}"

# Methods that take the emission itself from the entry, as an enterprise monitored it.
_MEASURED = "measured."

SELECTION_COLUMNS = [
    "selection", "argument", "value", "unit", "parameter", "fallback", "status",
    "source", "locator",
]  # fmt: skip


Column = npt.NDArray[Any]
Columns = dict[str, Column]


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
    """The steps and the table of selections that they refer to (see ``SELECTION_COLUMNS``).

    The coefficients of the steps stand by the number of their key, for ``joined`` to resolve.

    Selections, flags and coefficients are worked out once for all options together; only at the end
    are the rows of each option cut out of them.
    """
    if chosen.empty:
        return (), pd.DataFrame(columns=SELECTION_COLUMNS)
    of_options = chosen["option"].to_numpy()
    numbers = sorted(set(of_options.tolist()))
    arguments = [each for number in numbers for each in _arguments(number, options[number])]
    uses = _uses(chosen, found, arguments)
    computed = np.array([bool(option.method) for option in options])[of_options]
    selected = _selected(of_options, computed, uses)
    # What a selection holds is said by its first row.
    first = np.unique(selected, return_index=True)[1][0 if computed.all() else 1 :]
    said = np.isin(uses["at"], first)
    uses = _valued({name: each[said] for name, each in uses.items()}, arguments, library)
    uses["selection"] = selected[uses["at"]]
    flags = _flags(uses, profile)
    marks = np.array([flags.get(number, "") for number in range(len(first) + 1)], dtype=object)
    known = {}
    for name in sorted(set(uses["argument"])):
        values, of_name = np.full(len(first) + 1, np.nan), uses["argument"] == name
        values[uses["selection"][of_name]] = uses["coefficient"][of_name]
        known[name] = values[selected]
    chart = library.accounts
    books = dict(zip(chart["account"].tolist(), map(str, chart["book"].tolist()), strict=True))
    written = {str(name): column.to_numpy(object) for name, column in keys.items()}
    of_rows = chosen["key"].to_numpy()
    steps = []
    for number in numbers:
        option, at = options[number], np.flatnonzero(of_options == number)
        places = of_rows[at]
        accounts = written["account"][places]
        coefficients = {
            "key": places,
            "book": np.array([books.get(option.post_to or key) for key in accounts], dtype=object),
            "selection": selected[at],
            "flags": _with_own_flags(marks[selected[at]], written["answer"][places], option),
            **_coefficients(option, written, places, known, at),
        }
        items = tuple(sorted(set(written["item"][places])))
        step = Step(option, items, tuple(sorted(set(accounts))), coefficients)
        steps.append(step)
    return tuple(steps), _selection_rows(uses, _entered(of_options[first], arguments))


class _Argument(NamedTuple):
    """An argument of an option with a method.

    ``place`` is that in the order of print, ``slot`` that in the order of names. ``bound`` is the
    quantity of the entry that supplies it, empty where the library does.
    """

    option: int
    name: str
    place: int
    slot: int
    unit: str
    bound: str


def _arguments(number: int, option: Option) -> list[_Argument]:
    if not option.method:
        return []
    method, bound = get(option.method), dict(option.bound)
    form = {**method.forms[option.form].units, GWP: GWP_UNIT.format(gas=option.measure)}
    names = (*method.arguments, GWP)
    slots = {name: slot for slot, name in enumerate(sorted(names))}
    return [
        _Argument(number, name, place, slots[name], form[name], bound.get(name, ""))
        for place, name in enumerate(names)
    ]


def _uses(chosen: pd.DataFrame, found: pd.DataFrame, arguments: Sequence[_Argument]) -> Columns:
    """Every library value of the chosen rows, as columns.

    ``at`` is the place of its row among the chosen, ``taken`` that of its argument in
    ``arguments``; ``argument, row, fallback`` are those of ``found``.
    """
    wanted = found["wanted"].to_numpy(np.int64)
    places = np.full(max(wanted.max(initial=0), chosen.index.max()) + 1, -1)
    places[chosen.index.to_numpy()] = np.arange(len(chosen))
    used = np.flatnonzero(places[wanted] >= 0)
    at = places[wanted[used]]
    names, known = pd.factorize(found["argument"].to_numpy(object)[used])
    numbers = {name: number for number, name in enumerate(known.tolist())}
    of_options = chosen["option"].to_numpy()
    taken = np.full((of_options.max() + 1, len(known) + 1), -1)
    slots = np.array([each.slot for each in arguments], dtype=np.int64)
    for place, each in enumerate(arguments):
        taken[each.option, numbers.get(each.name, len(known))] = place
    return {
        "at": at,
        "argument": known.take(names),
        "taken": taken[of_options[at], names],
        "slot": slots[taken[of_options[at], names]],
        "row": found["row"].to_numpy(np.int64)[used],
        "fallback": found["fallback"].to_numpy(object)[used],
    }


def _selected(of_options: Column, computed: Column, uses: Columns) -> Numbers:
    """The number of what each chosen row is computed with, from 1; 0 for a notation key."""
    told = [of_options]
    for codes in (uses["row"], pd.factorize(uses["fallback"], sort=True)[0]):
        # What an option does not take comes last.
        shape = uses["slot"].max(initial=0) + 1, len(of_options)
        columns = np.full(shape, codes.max(initial=0) + 1)
        columns[uses["slot"], uses["at"]] = codes
        told += [*columns]
    selected = np.zeros(len(of_options), dtype=np.int64)
    selected[computed] = numbered([column[computed] for column in told]) + 1
    return selected


def _valued(uses: Columns, arguments: Sequence[_Argument], library: Library) -> Columns:
    """The uses with their parameters and the ``coefficient``, the value in the method's unit."""
    parameters = library.parameters
    rows = parameters.index.get_indexer(pd.Index(uses["row"]))
    named = ("id", "value", "unit", "status", "edition", "source", "locator")
    known = {name: parameters[name].to_numpy()[rows] for name in named}
    taken = [arguments[place] for place in uses["taken"].tolist()]
    wanted = [each.unit for each in taken]
    conversions = list(zip(known["unit"].tolist(), wanted, strict=True))
    factors = units.multipliers(conversions)
    return {
        **uses,
        **known,
        "place": np.array([each.place for each in taken], dtype=np.int64),
        "coefficient": known["value"] * np.array([factors[pair] for pair in conversions]),
    }


def _entered(of_selections: Numbers, arguments: Sequence[_Argument]) -> Columns:
    """What the entry supplies to each selection; ``of_selections`` are the options of these."""
    bound = [each for each in arguments if each.bound]
    owners = np.array([each.option for each in bound], dtype=np.int64)
    selection, number = pairs(of_selections, owners)
    taken = [bound[place] for place in number.tolist()]
    return {
        "selection": selection + 1,
        "place": np.array([each.place for each in taken], dtype=np.int64),
        "argument": np.array([each.name for each in taken], dtype=object),
        "unit": np.array([each.unit for each in taken], dtype=object),
        # What the entry supplies differs by entry; the quantity's name leads to it.
        "locator": np.array([each.bound for each in taken], dtype=object),
        "value": np.full(len(taken), np.nan),
        "parameter": np.full(len(taken), "entry", dtype=object),
        "fallback": np.full(len(taken), "exact", dtype=object),
        "status": np.full(len(taken), "", dtype=object),
        "source": np.full(len(taken), "entry", dtype=object),
    }


def _selection_rows(uses: Columns, entered: Columns) -> pd.DataFrame:
    """The table of selections, from their library values and what the entries supply."""
    status = np.array([str(each) for each in uses["status"].tolist()], dtype=object)
    known = uses | {"parameter": uses["id"], "status": status}
    columns = {
        name: np.concatenate([known[name], entered[name]]) for name in (*SELECTION_COLUMNS, "place")
    }
    order = np.lexsort((columns["place"], columns["selection"]))
    return pd.DataFrame({name: columns[name][order] for name in SELECTION_COLUMNS})


def _flags(uses: Columns, profile: Profile) -> dict[int, str]:
    """The flags of the selections that have any, as their library values say."""
    unverified: set[int] = set()
    editions: dict[int, set[str]] = {}
    columns = (uses[name].tolist() for name in ("selection", "argument", "edition", "status"))
    for number, argument, edition, status in zip(*columns, strict=True):
        if status == Status.UNVERIFIED:
            unverified.add(number)
        if argument != GWP:
            editions.setdefault(number, set()).add(edition)
    mixed = {
        number for number, used in editions.items() if _mixed(frozenset(used), profile.companions)
    }
    marks = {"unverified": unverified, "mixed-editions": mixed}
    return {
        number: ",".join(mark for mark, holders in marks.items() if number in holders)
        for number in unverified | mixed
    }


def _mixed(editions: frozenset[str], companions: Sequence[Sequence[str]]) -> bool:
    # The inventory's own values stand beside any edition: they were measured, not compiled.
    editions = frozenset(each for each in editions if not each.startswith("inventory"))
    return len(editions) > 1 and not any(editions <= set(group) for group in companions)


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
    known: Mapping[str, Column],
    at: Column,
) -> dict[str, Column]:
    """The columns ``gwp`` and ``c_<argument>`` of a step.

    Args:
        option: the way that the step goes.
        written: the keys by column; those of the step stand at ``places``.
        places: see there.
        known: the library values by argument; those of the step stand ``at`` these rows.
        at: see there.
    """
    missing = np.full(len(places), np.nan)
    if not option.method:
        return {"gwp": missing}
    method = get(option.method)
    bound = dict(option.bound)
    result = {"gwp": known[GWP][at] if GWP in known else missing}
    for name, unit in method.forms[option.form].units.items():
        if name in bound:
            texts = written[f"{bound[name]}__unit"][places]
            factors = units.multipliers((text, unit) for text in texts)
            multiplied = np.array([factors[text, unit] for text in texts])
            sign = written["sign"][places].astype(float) if name == method.activity else 1
            result[f"c_{name}"] = multiplied * sign
        else:
            result[f"c_{name}"] = known[name][at]
    return result
