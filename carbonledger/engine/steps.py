"""From options to steps: the parameters of every key, the first option that lacks none.

Everything here is relational over the distinct keys of a run, never over its entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Option
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.methods.registry import get
from carbonledger.model.profile import Profile
from carbonledger.model.records import Status

__all__ = ["GWP", "Step", "build_steps", "choose", "find_parameters"]

GWP = "gwp100"
# The unit in which a gas mass times its potential is a mass of CO2 equivalent.
GWP_UNIT = "t CO2e/t {gas}"

SELECTION_COLUMNS = [
    "selection", "argument", "value", "unit", "parameter", "fallback", "status",
    "source", "locator",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One method in one form with one binding, for all the keys that it serves.

    ``coefficients`` has the key columns that tell its keys apart (``keys``), a column
    ``c_<argument>`` for each argument (a library value in the form's unit, or the multiplier of the
    entry's quantity, with its sign) and the columns ``book, selection, gwp, flags``. Where the
    option is a notation key there are no arguments, and ``selection`` is 0. ``items`` are the items
    that the step is for.
    """

    option: Option
    keys: tuple[str, ...]
    items: tuple[str, ...]
    coefficients: pd.DataFrame


def find_parameters(
    wanted: pd.DataFrame, options: list[Option], library: Library, profile: Profile, gwp: str
) -> pd.DataFrame:
    """The library row for every argument that an option wants.

    Args:
        wanted: columns ``key, case, order, measure, option`` and the keys of the entries.
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


def choose(
    wanted: pd.DataFrame, options: list[Option], found: pd.DataFrame
) -> tuple[pd.DataFrame, list[tuple[int, int, list[str]]]]:
    """For every key and measure the first option that lacks nothing.

    Returns:
        The chosen rows of ``wanted``; and, for every case and measure without one, the case, the
        preferred option and the arguments that were not found for it.
    """
    needed = wanted["option"].map([len(option.wanted) for option in options].__getitem__)
    library_rows = found[found["argument"] != GWP]
    got = library_rows.groupby("wanted").size().reindex(wanted.index, fill_value=0)
    feasible = wanted[got == needed]
    chosen = feasible.sort_values("order").drop_duplicates(["key", "measure"]).sort_index()
    served = pd.MultiIndex.from_frame(chosen[["key", "measure"]])
    rest = wanted[~pd.MultiIndex.from_frame(wanted[["key", "measure"]]).isin(served)]
    first = rest.sort_values("order").drop_duplicates(["case", "measure"])
    missing = []
    for index, row in first.sort_values(["case", "measure"]).iterrows():
        have = set(library_rows.loc[library_rows["wanted"] == index, "argument"])
        lacking = [name for name in options[row["option"]].wanted if name not in have]
        missing.append((int(row["case"]), int(row["option"]), lacking))
    return chosen, missing


def build_steps(
    chosen: pd.DataFrame,
    options: list[Option],
    found: pd.DataFrame,
    keys: pd.DataFrame,
    library: Library,
    profile: Profile,
) -> tuple[tuple[Step, ...], pd.DataFrame]:
    """The steps and the table of selections that they refer to (see ``SELECTION_COLUMNS``)."""
    steps: list[Step] = []
    selections: list[pd.DataFrame] = []
    count = 0
    codes = _key_codes(keys)
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
        table["book"] = table["account"].map(books)
        table["flags"] = _flags(option, table, library.parameters, profile)
        coefficients = _coefficients(option, table, library.parameters)
        steps.append(_step(option, coefficients, keys, codes))
    empty = pd.DataFrame(columns=SELECTION_COLUMNS)
    table = pd.concat(selections, ignore_index=True) if selections else empty
    return tuple(steps), table[SELECTION_COLUMNS]


def _selection_rows(
    option: Option, distinct: pd.DataFrame, parameters: pd.DataFrame
) -> pd.DataFrame:
    method = get(option.method)
    form, bound = method.forms[option.form].units, dict(option.bound)
    rows = []
    for _, selection in distinct.iterrows():
        for name in (*method.arguments, GWP):
            base = {"selection": selection["selection"], "argument": name}
            if name in bound:
                # What the entry supplies differs by entry; the quantity's name leads to it.
                rows.append(
                    base
                    | {"unit": form[name], "parameter": "entry", "fallback": "exact"}
                    | {"status": "", "source": "entry", "locator": bound[name]}
                )
            elif name in distinct.columns and pd.notna(selection[name]):
                row = parameters.loc[selection[name]]
                kept = {key: row[key] for key in ("value", "unit", "source", "locator")}
                fallback = selection[f"{name}__fallback"]
                kept |= {"parameter": row["id"], "fallback": fallback, "status": str(row["status"])}
                rows.append(base | kept)
    return pd.DataFrame(rows, columns=SELECTION_COLUMNS)


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
        editions = table[used].apply(lambda column: column.map(parameters["edition"]))
        mixed = editions.apply(lambda row: _mixed(set(row), profile.companions), axis=1)
        flags = flags.where(~mixed, flags + ",mixed-editions")
    flags = flags.where(table["answer"] != "set-aside", flags + ",set-aside")
    return flags.str.lstrip(",")


def _mixed(editions: set[str], companions: Sequence[Sequence[str]]) -> bool:
    # The inventory's own values stand beside any edition: they were measured, not compiled.
    editions = editions - {"inventory"}
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


def _key_codes(keys: pd.DataFrame) -> pd.DataFrame:
    """The key columns that differ anywhere, as whole numbers; one column at least."""
    columns = [name for name in keys.columns if name not in {"case", "rows", "first"}]
    codes = pd.DataFrame({name: keys[name].factorize()[0] for name in columns}, index=keys.index)
    varying = [name for name in columns if codes[name].any()]
    return codes[varying or columns[:1]]


def _step(
    option: Option, coefficients: pd.DataFrame, keys: pd.DataFrame, codes: pd.DataFrame
) -> Step:
    """Keep the fewest key columns that still give every entry its own coefficients.

    Joining millions of entries by two columns instead of ten is most of the speed of a run. A
    column may go if, without it, no two keys disagree, keys outside the step included.
    """
    payload = [name for name in coefficients.columns if name != "key"]
    mark = pd.Series(-1, index=keys.index)
    groups = coefficients.groupby(payload, dropna=False, sort=False).ngroup()
    mark.loc[coefficients["key"]] = groups.to_numpy()
    marked = codes.assign(mark=mark)
    kept = list(codes.columns)
    for name in codes.columns:
        fewer = [other for other in kept if other != name]
        if fewer and not marked[[*fewer, "mark"]].drop_duplicates().duplicated(fewer).any():
            kept = fewer
    joined = coefficients.merge(keys[kept], left_on="key", right_index=True)
    distinct = joined[[*kept, *payload]].drop_duplicates(kept).sort_values(kept, ignore_index=True)
    items = tuple(sorted(keys.loc[coefficients["key"], "item"].unique()))
    return Step(option, tuple(kept), items, distinct)
