"""From options to steps: the parameters of every key, the first option that lacks none.

Everything here is relational over the distinct keys of a run, never over its entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from carbonledger import units
from carbonledger.engine.numbering import Numbers, numbered
from carbonledger.engine.options import Option
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, winning_rows
from carbonledger.methods.registry import get
from carbonledger.model.prices import CAPITAL_AS_ANNUAL
from carbonledger.model.profile import Profile
from carbonledger.model.records import Status

__all__ = [
    "GWP",
    "Column",
    "Step",
    "build_steps",
    "choose",
    "find_parameters",
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


def find_parameters(
    wanted: pd.DataFrame, options: list[Option], library: Library, profile: Profile, gwp: str
) -> pd.DataFrame:
    """The library row for every argument that an option wants.

    Args:
        wanted: columns ``key, case, order, post_to, measure, option`` and the keys of the entries.
        options: the options by number.
        library: where to look.
        profile: the order of the families.
        gwp: the edition of the warming potentials.

    Returns:
        Columns ``wanted`` (index into ``wanted``), ``argument``, ``row`` (index into the
        parameters) and ``fallback``.
    """
    arguments = [
        (number, name, units.dimension(unit))
        for number, option in enumerate(options)
        for name, unit in option.wanted.items()
    ]
    requests = pd.concat(
        [_requests(wanted, arguments).assign(species=""), _gwp_requests(wanted, options, library)],
        ignore_index=True,
    )
    orders = {**profile.parameter_families, GWP: [gwp]}
    rules = profile.model_copy(update={"parameter_families": orders})
    winners = winning_rows(requests[list(REQUEST_COLUMNS)], library, rules)
    found = requests.loc[winners.index, ["wanted", "argument"]]
    return found.assign(row=winners["row"], fallback=winners["fallback"])


def _requests(wanted: pd.DataFrame, arguments: list[tuple[int, str, str]]) -> pd.DataFrame:
    of_options = pd.DataFrame(arguments, columns=["option", "argument", "dimension"])
    return wanted.reset_index(names="wanted").merge(of_options, on="option")


def _gwp_requests(wanted: pd.DataFrame, options: list[Option], library: Library) -> pd.DataFrame:
    gases = set(library.gases["measure"])
    rows = [
        (number, GWP, units.dimension(GWP_UNIT.format(gas=option.measure)))
        for number, option in enumerate(options)
        if option.method and option.measure in gases
    ]
    requests = _requests(wanted, rows)
    carbon = dict(zip(library.items["item"], library.items["carbon"], strict=True))
    requests["origin"] = requests["item"].map(carbon).fillna("none")
    requests = requests.merge(library.gases, on=["measure", "origin"])
    return requests.assign(item="", account="", detail="")


def lacking_nothing(
    wanted: pd.DataFrame, options: list[Option], found: pd.DataFrame
) -> pd.DataFrame:
    """The rows of ``wanted`` whose option has all its arguments."""
    needed = wanted["option"].map([len(option.wanted) for option in options].__getitem__)
    of_library = found[found["argument"] != GWP]
    got = of_library.groupby("wanted").size().reindex(wanted.index, fill_value=0)
    return wanted[got == needed]


def choose(
    wanted: pd.DataFrame, options: list[Option], found: pd.DataFrame
) -> tuple[pd.DataFrame, list[tuple[int, int, list[str]]]]:
    """For every key, account of results and measure the first option that lacks nothing.

    Returns:
        The chosen rows of ``wanted``; and, for every case and measure without one, the case, the
        preferred option and the arguments that were not found for it.
    """
    feasible = lacking_nothing(wanted, options, found)
    library_rows = found[found["argument"] != GWP]
    asked = ["key", "post_to", "measure"]
    chosen = feasible.sort_values("order").drop_duplicates(asked).sort_index()
    served = pd.MultiIndex.from_frame(chosen[asked])
    rest = wanted[~pd.MultiIndex.from_frame(wanted[asked]).isin(served)]
    first = rest.sort_values("order").drop_duplicates(["case", "post_to", "measure"])
    near = library_rows[library_rows["wanted"].isin(first.index)]
    have = near.groupby("wanted")["argument"].agg(set).to_dict()
    missing = []
    for row in first.sort_values(["case", "post_to", "measure"]).itertuples():
        lacking = [
            name for name in options[row.option].wanted if name not in have.get(row.Index, ())
        ]
        missing.append((int(row.case), int(row.option), lacking))
    return chosen, missing


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
    numbers = sorted(set(chosen["option"]))
    arguments = _arguments(numbers, options)
    uses = _uses(chosen, found, arguments, library.parameters)
    chosen = chosen.assign(selection=_selected(chosen, uses, options))
    # What a selection holds is said by its first row.
    first = chosen[chosen["selection"] > 0].drop_duplicates("selection")
    uses = uses.merge(first["selection"], left_on="wanted", right_index=True)
    flags = _flags(uses, profile).reindex(chosen["selection"], fill_value="")
    values = uses.pivot(index="selection", columns="argument", values="coefficient")
    values = values.reindex(index=chosen["selection"])
    books = dict(
        zip(library.accounts["account"], library.accounts["book"].astype(str), strict=True)
    )
    # Column by column: the operations on whole frames cost more than an option's few rows.
    known = {str(name): column.to_numpy(float) for name, column in values.items()}
    written = {str(name): column.to_numpy(object) for name, column in keys.items()}
    of_options, selected, marks = (
        each.to_numpy() for each in (chosen["option"], chosen["selection"], flags)
    )
    steps = []
    for number in numbers:
        option, at = options[number], np.flatnonzero(of_options == number)
        places = chosen["key"].to_numpy()[at]
        accounts = written["account"][places]
        coefficients = {
            "key": places,
            "book": np.array([books.get(option.post_to or key) for key in accounts], dtype=object),
            "selection": selected[at],
            "flags": _with_own_flags(marks[at], written["answer"][places], option),
            **_coefficients(option, written, places, known, at),
        }
        items = tuple(sorted(set(written["item"][places])))
        step = Step(option, items, tuple(sorted(set(accounts))), coefficients)
        steps.append(step)
    return tuple(steps), _selection_rows(uses, arguments.merge(first[["option", "selection"]]))


def _arguments(numbers: Sequence[int], options: list[Option]) -> pd.DataFrame:
    """The arguments of the options with a method, in the order of print.

    Columns ``option, argument, place, wanted_unit`` and ``bound``, the quantity of the entry that
    supplies the argument, empty where the library does.
    """
    rows = []
    for number in numbers:
        option = options[number]
        if option.method:
            method, bound = get(option.method), dict(option.bound)
            form = {**method.forms[option.form].units, GWP: GWP_UNIT.format(gas=option.measure)}
            rows += [
                (number, name, place, form[name], bound.get(name, ""))
                for place, name in enumerate((*method.arguments, GWP))
            ]
    return pd.DataFrame(rows, columns=["option", "argument", "place", "wanted_unit", "bound"])


def _uses(
    chosen: pd.DataFrame, found: pd.DataFrame, arguments: pd.DataFrame, parameters: pd.DataFrame
) -> pd.DataFrame:
    """Every library value of the chosen rows: its parameter and its ``coefficient``.

    The coefficient is the value in the unit that the form of the method wants.
    """
    uses = found[found["wanted"].isin(chosen.index)]
    uses = uses.assign(option=uses["wanted"].map(chosen["option"]))
    # Where nothing was found no column has a type of its own.
    uses = uses.astype({"wanted": "int64", "row": "int64", "option": "int64"})
    uses = uses.merge(arguments.astype({"option": "int64"}), on=["option", "argument"])
    named = ["id", "value", "unit", "status", "edition", "source", "locator"]
    uses = uses.merge(parameters[named], left_on="row", right_index=True)
    pairs = list(zip(uses["unit"].tolist(), uses["wanted_unit"].tolist(), strict=True))
    factors = units.multipliers(pairs)
    return uses.assign(coefficient=uses["value"] * [factors[pair] for pair in pairs])


def _selected(chosen: pd.DataFrame, uses: pd.DataFrame, options: list[Option]) -> "pd.Series[int]":
    """The number of what each chosen row is computed with, from 1; 0 for a notation key."""
    computed = [number for number, option in enumerate(options) if option.method]
    rows = chosen[chosen["option"].isin(computed)]
    at = rows.index.get_indexer(pd.Index(uses["wanted"]))
    arguments = uses["argument"].to_numpy(object)
    told: list[Numbers] = [rows["option"].to_numpy(np.int64)]
    for codes in (uses["row"].to_numpy(np.int64), uses["fallback"].factorize(sort=True)[0]):
        for name in sorted(set(arguments)):
            of_argument = arguments == name
            # What an option does not take comes last.
            column = np.full(len(rows), codes.max(initial=0) + 1)
            column[at[of_argument]] = codes[of_argument]
            told.append(column)
    number = numbered(told) + 1
    return pd.Series(number, rows.index).reindex(chosen.index, fill_value=0)


def _selection_rows(uses: pd.DataFrame, arguments: pd.DataFrame) -> pd.DataFrame:
    """The table of selections, from their library values and all their ``arguments``."""
    known = uses.assign(parameter=uses["id"], status=uses["status"].astype(str))
    # What the entry supplies differs by entry; the quantity's name leads to it.
    entered = arguments[arguments["bound"] != ""].assign(
        parameter="entry", fallback="exact", status="", source="entry"
    )
    entered = entered.rename(columns={"wanted_unit": "unit", "bound": "locator"})
    names = [*SELECTION_COLUMNS, "place"]
    table = pd.concat([known[names], entered.reindex(columns=names)])
    return table.sort_values(["selection", "place"], ignore_index=True)[SELECTION_COLUMNS]


def _flags(uses: pd.DataFrame, profile: Profile) -> "pd.Series[str]":
    """The flags of every selection, as its library values have them."""
    unverified = set(
        uses.loc[uses["status"].astype(str) == Status.UNVERIFIED.value, "selection"].tolist()
    )
    editions: dict[int, set[str]] = {}
    columns = (uses[name].tolist() for name in ("selection", "argument", "edition"))
    for number, argument, edition in zip(*columns, strict=True):
        if argument != GWP:
            editions.setdefault(number, set()).add(edition)
    mixed = {
        number for number, used in editions.items() if _mixed(frozenset(used), profile.companions)
    }
    marks = {"unverified": unverified, "mixed-editions": mixed}
    words = {
        number: ",".join(mark for mark, holders in marks.items() if number in holders)
        for number in unverified | mixed
    }
    return pd.Series(words, dtype=object)


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
