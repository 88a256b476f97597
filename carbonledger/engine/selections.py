"""Selections: what the chosen options are computed with, its flags, and the table of it.

They are worked out once for all options together, as plain columns over the chosen rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Option
from carbonledger.library.load import Library
from carbonledger.library.numbering import Numbers, numbered, pairs
from carbonledger.methods.registry import get
from carbonledger.model.potentials import GWP, GWP_UNIT
from carbonledger.model.profile import Profile
from carbonledger.model.records import Status

__all__ = ["SELECTION_COLUMNS", "Column", "Selections", "selections_of"]

SELECTION_COLUMNS = [
    "selection", "argument", "value", "unit", "parameter", "fallback", "status",
    "source", "locator",
]  # fmt: skip

Column = npt.NDArray[Any]
Columns = dict[str, Column]


class Selections(NamedTuple):
    """What the chosen rows are computed with; a selection is known by its number, from 1.

    Attributes:
        of_rows: the number for each chosen row; 0 for a notation key.
        flags: those of each selection, by number.
        coefficients: for each argument the library values by number, in the unit that the method
            wants; not a number where the library gives none.
        table: a row for each selection and argument, with ``SELECTION_COLUMNS``.
    """

    of_rows: Numbers
    flags: Column
    coefficients: Mapping[str, Column]
    table: pd.DataFrame


def selections_of(
    chosen: pd.DataFrame,
    options: Sequence[Option],
    found: pd.DataFrame,
    library: Library,
    profile: Profile,
) -> Selections:
    """The selections of the chosen rows, of which there is one at least.

    Args:
        chosen: the rows that ``steps.choose`` gave.
        options: the options by number.
        found: what ``finding.find_parameters`` gave.
        library: for the values.
        profile: for the editions that may stand together.
    """
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
    coefficients = {}
    for name in sorted(set(uses["argument"])):
        values, of_name = np.full(len(first) + 1, np.nan), uses["argument"] == name
        values[uses["selection"][of_name]] = uses["coefficient"][of_name]
        coefficients[name] = values
    return Selections(
        selected,
        np.array([flags.get(number, "") for number in range(len(first) + 1)], dtype=object),
        coefficients,
        _selection_rows(uses, _entered(of_options[first], arguments)),
    )


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
