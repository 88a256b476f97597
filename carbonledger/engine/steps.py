"""From options to steps: the parameters of every key, the first option that lacks none.

Everything here is relational over the distinct keys of a run, never over its entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Option
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.methods.registry import get
from carbonledger.model.profile import Profile
from carbonledger.model.records import Status

__all__ = [
    "GWP",
    "Step",
    "build_steps",
    "choose",
    "find_parameters",
    "joined",
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


@dataclass(frozen=True)
class Step:
    """One method in one form with one binding, for all the keys that it serves.

    ``coefficients`` has the key columns by which it is joined to the entries, a column
    ``c_<argument>`` for each argument (a library value in the form's unit, or the multiplier of the
    entry's quantity, with its sign) and the columns ``book, selection, gwp, flags``. Where the
    option is a notation key there are no arguments, and ``selection`` is 0. ``items`` and
    ``accounts`` are those that the step is for.
    """

    option: Option
    items: tuple[str, ...]
    accounts: tuple[str, ...]
    coefficients: pd.DataFrame

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
    requests = _requests(wanted, arguments).assign(species="")
    chosen_set = profile.model_copy(update={"families": [gwp], "parameter_families": {}})
    gwp_requests = _gwp_requests(wanted, options, library)
    parts = []
    for rows, rules in ((requests, profile), (gwp_requests, chosen_set)):
        if len(rows):
            winners = select(rows[list(REQUEST_COLUMNS)], library, rules)
            part = rows.loc[winners.index, ["wanted", "argument"]]
            parts.append(part.assign(row=winners["row"], fallback=winners["fallback"]))
    columns = ["wanted", "argument", "row", "fallback"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def _requests(wanted: pd.DataFrame, arguments: list[tuple[int, str, str]]) -> pd.DataFrame:
    of_options = pd.DataFrame(arguments, columns=["option", "argument", "dimension"])
    return wanted.reset_index(names="wanted").merge(of_options, on="option")


def _gwp_requests(wanted: pd.DataFrame, options: list[Option], library: Library) -> pd.DataFrame:
    rows = [
        (number, GWP, units.dimension(GWP_UNIT.format(gas=option.measure)))
        for number, option in enumerate(options)
        if option.method and option.measure in set(library.gases["measure"])
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
    """
    steps: list[Step] = []
    selections: list[pd.DataFrame] = []
    count = 0
    books = dict(
        zip(library.accounts["account"], library.accounts["book"].astype(str), strict=True)
    )
    for number, rows in chosen.groupby("option"):
        option = options[int(number)]
        used = found[found["wanted"].isin(rows.index)]
        wide = used.pivot(index="wanted", columns="argument", values="row").reindex(rows.index)
        marks = used.pivot(index="wanted", columns="argument", values="fallback")
        wide = wide.join(marks.add_suffix("__fallback")) if len(used) else wide
        names = list(wide.columns)
        table = rows[["key"]].join(wide)
        if option.method:
            alike = table.groupby(names, dropna=False).ngroup() if names else 0
            table["selection"] = alike + count + 1
            count = int(table["selection"].max())
            distinct = table.drop_duplicates("selection").sort_values("selection")
            selections.append(_selection_rows(option, distinct, library.parameters))
        else:
            table["selection"] = 0
        table = table.merge(keys, left_on="key", right_index=True)
        table["book"] = books[option.post_to] if option.post_to else table["account"].map(books)
        table["flags"] = _flags(option, table, library.parameters, profile)
        coefficients = _coefficients(option, table, library.parameters)
        served = keys.loc[rows["key"]]
        items, accounts = (tuple(sorted(served[name].unique())) for name in ("item", "account"))
        steps.append(Step(option, items, accounts, coefficients))
    empty = pd.DataFrame(columns=SELECTION_COLUMNS)
    table = pd.concat(selections, ignore_index=True) if selections else empty
    return tuple(steps), table[SELECTION_COLUMNS]


def _selection_rows(
    option: Option, distinct: pd.DataFrame, parameters: pd.DataFrame
) -> pd.DataFrame:
    method = get(option.method)
    form, bound = method.forms[option.form].units, dict(option.bound)
    parts = []
    for place, name in enumerate((*method.arguments, GWP)):
        if name in bound:
            # What the entry supplies differs by entry; the quantity's name leads to it.
            entered = {"unit": form[name], "parameter": "entry", "fallback": "exact", "status": ""}
            part = distinct[["selection"]].assign(**entered, source="entry", locator=bound[name])
        elif name in distinct.columns:
            known = distinct[distinct[name].notna()]
            rows = parameters.loc[known[name]].set_axis(known.index)
            part = rows[["value", "unit", "source", "locator"]].assign(
                selection=known["selection"],
                parameter=rows["id"],
                fallback=known[f"{name}__fallback"],
                status=rows["status"].astype(str),
            )
        else:
            continue
        parts.append(part.assign(argument=name, place=place))
    table = pd.concat(parts).sort_values(["selection", "place"], ignore_index=True)
    return table.reindex(columns=SELECTION_COLUMNS)


def _flags(
    option: Option, table: pd.DataFrame, parameters: pd.DataFrame, profile: Profile
) -> "pd.Series[str]":
    flags = pd.Series("", index=table.index, dtype=object)
    used = [name for name in option.wanted if name in table]
    status = pd.Series(False, index=table.index)
    for name in [*used, *([GWP] if GWP in table and option.method else [])]:
        status |= table[name].map(parameters["status"]).astype(str) == Status.UNVERIFIED.value
    flags = flags.where(~status, flags + ",unverified")
    if len(used) > 1:
        editions = zip(*(table[name].map(parameters["edition"]) for name in used), strict=True)
        kinds = [frozenset(kind) for kind in editions]
        mixed = {kind for kind in kinds if _mixed(kind, profile.companions)}
        flags = flags.mask([kind in mixed for kind in kinds], flags + ",mixed-editions")
    flags = flags.where(table["answer"] != "set-aside", flags + ",set-aside")
    if option.method.startswith(_MEASURED):
        flags += ",measured"
    return flags.str.lstrip(",")


def _mixed(editions: frozenset[str], companions: Sequence[Sequence[str]]) -> bool:
    # The inventory's own values stand beside any edition: they were measured, not compiled.
    editions = frozenset(each for each in editions if not each.startswith("inventory"))
    return len(editions) > 1 and not any(editions <= set(group) for group in companions)


def _coefficients(option: Option, table: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    result = table[["key", "book", "selection", "flags"]].copy()
    result["gwp"] = float("nan")
    if not option.method:
        return result
    method = get(option.method)
    bound = dict(option.bound)
    for name, unit in method.forms[option.form].units.items():
        if name in bound:
            written = table[f"{bound[name]}__unit"]
            factors = units.multipliers({(text, unit) for text in written.unique()})
            values = written.map({text: factor for (text, _), factor in factors.items()})
            result[f"c_{name}"] = values * table["sign"] if name == method.activity else values
        else:
            result[f"c_{name}"] = _converted(table[name], parameters, unit)
    if GWP in table:
        result["gwp"] = _converted(table[GWP], parameters, GWP_UNIT.format(gas=option.measure))
    return result


def _converted(rows: "pd.Series[int]", parameters: pd.DataFrame, unit: str) -> "pd.Series[float]":
    used = parameters.loc[rows.dropna().unique()]
    factors = units.multipliers({(text, unit) for text in used["unit"].unique()})
    values = used["value"] * used["unit"].map({text: f for (text, _), f in factors.items()})
    return rows.map(values)


def joined(
    steps: Sequence[Step], keys: pd.DataFrame, columns: Sequence[str]
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The steps with key columns in place of key numbers, and those columns: the fewest that do.

    Joining millions of entries by three columns instead of ten is most of the speed of a run. A
    column may go if, without it, no two keys disagree in what any step gives them.
    """
    marks = {f"step {number}": _alike_in(step, keys) for number, step in enumerate(steps)}
    codes = {name: keys[name].factorize()[0] for name in columns}
    marked = pd.DataFrame(codes, index=keys.index).assign(**marks)
    kept = [name for name in columns if marked[name].any()] or list(columns[:1])
    for name in list(kept):
        fewer = [other for other in kept if other != name]
        if fewer and not marked[[*fewer, *marks]].drop_duplicates().duplicated(fewer).any():
            kept = fewer
    return tuple(replace(step, coefficients=_by(kept, step, keys)) for step in steps), tuple(kept)


def _alike_in(step: Step, keys: pd.DataFrame) -> "pd.Series[int]":
    """A number for each key, the same for keys to which the step gives the same; -1 for nothing."""
    payload = [name for name in step.coefficients.columns if name != "key"]
    groups = step.coefficients.groupby(payload, dropna=False, sort=False).ngroup()
    groups.index = pd.Index(step.coefficients["key"])
    return groups.reindex(keys.index, fill_value=-1)


def _by(kept: list[str], step: Step, keys: pd.DataFrame) -> pd.DataFrame:
    table = step.coefficients.merge(keys[kept], left_on="key", right_index=True)
    table = table.drop(columns="key").drop_duplicates(kept)
    return table.sort_values(kept, ignore_index=True)
