"""What was burned where: the heat of each fuel in each account, and the flows between them.

Heat is taken as the run took it: the amount of each entry times the heating value (or the heat per
tonne of coal equivalent) that its emissions were computed with, on the net heating value.
"""

import glob
from collections.abc import Collection, Mapping, Sequence
from math import fsum
from typing import NamedTuple

import pandas as pd

from carbonledger import units
from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.memory import database
from carbonledger.methods.registry import Method, methods

__all__ = ["Link", "burned_heat", "energy_links", "imbalances"]

_COMBUSTION = "1.A"
_HEATS = ("net_calorific_value", "heat_per_coal_equivalent")
_TERAJOULE = "TJ"
_UNITS = ("unit", "base", "heat_unit", "per_unit")
# One posting of each entry stands for it: all its gases come from the same heat.
_SUMS = """
SELECT region, period, account, item, selection, unit, heat_unit, fsum(amount) AS amount FROM (
    SELECT p.region, p.period, p.account, p.item, p.selection, e."{quantity}__unit" AS unit,
           {heat_unit} AS heat_unit, abs(e."{quantity}") * {heat} AS amount
    FROM read_parquet($postings, hive_partitioning = false) AS p
    JOIN read_parquet($entries, hive_partitioning = false) AS e USING (entry)
    JOIN kept USING (selection)
    WHERE p.amount IS NOT NULL AND list_contains($accounts, p.account)
      AND p.region = coalesce($region, p.region) AND p.period = coalesce($period, p.period)
    QUALIFY row_number() OVER (PARTITION BY p.entry ORDER BY p.measure) = 1
) GROUP BY ALL
"""


class _Heat(NamedTuple):
    """How a selection gets its heat.

    ``quantity`` [``base``] times ``per`` TJ, or times what each entry gives as ``entered``.
    """

    selection: int
    quantity: str
    base: str
    entered: str
    per: float
    per_unit: str


class Link(NamedTuple):
    """A flow of heat (TJ) from one node to another; nodes are codes of items and accounts."""

    source: str
    target: str
    heat: float


def burned_heat(
    results: Results, library: Library, *, region: str | None = None, period: int | None = None
) -> pd.DataFrame:
    """The heat of the fuels burned under 1.A.

    Args:
        results: the run.
        library: for the accounts under 1.A.
        region: this region alone; all where it is not given.
        period: this year alone; all where it is not given.

    Returns:
        Columns ``region, period, account, item, heat`` with the heat in TJ, summed over entries.
        Entries whose method needs no heat (an emission that was measured, a factor per tonne) are
        not in it.
    """
    kept = pd.DataFrame(_heating(results, library), columns=_Heat._fields)
    accounts = sorted(library.below(_COMBUSTION) | {_COMBUSTION})
    place = {"accounts": accounts, "region": region, "period": period}
    columns = ["region", "period", "account", "item"]
    sums = [
        _sums(results, group, (str(quantity), str(entered)), place)
        for (quantity, entered), group in kept.groupby(["quantity", "entered"], sort=True)
    ]
    if not sums:
        return pd.DataFrame(columns=[*columns, "heat"])
    table = pd.concat(sums).merge(kept, on="selection")
    factors = {
        key: units.multiplier(key[0], key[1]) * (units.multiplier(key[2], key[3]) if key[2] else 1)
        for key in set(zip(*(table[name] for name in _UNITS), strict=True))
    }
    keys = zip(*(table[name] for name in _UNITS), strict=True)
    table["heat"] = table["amount"] * table["per"] * [factors[key] for key in keys]
    heat = table.groupby(columns, sort=True)["heat"].agg(fsum)
    return heat.reset_index()


def energy_links(heat: pd.DataFrame, parents: Mapping[str, str]) -> list[Link]:
    """The flows fuel, branch (1.A.1, 1.A.2 ...), account of one region and year.

    Args:
        heat: rows of ``burned_heat`` of one region and year.
        parents: the account above each account.

    Returns:
        The links; at every branch as much flows in as out. An account that is its own branch ends
        there.
    """
    branches = {code: _branch(code, parents) for code in heat["account"].unique()}
    table = heat.assign(branch=heat["account"].map(branches))
    first = table.groupby(["item", "branch"], sort=True)["heat"].agg(fsum)
    below = table[table["account"] != table["branch"]]
    second = below.groupby(["branch", "account"], sort=True)["heat"].agg(fsum)
    links = [Link(str(item), str(branch), float(heat)) for (item, branch), heat in first.items()]
    links += [Link(str(branch), str(account), float(heat)) for (branch, account), heat in
              second.items()]  # fmt: skip
    # What was entered in the branch itself beside the accounts below it flows on by that name.
    own = table[(table["account"] == table["branch"]) & table["branch"].isin(below["branch"])]
    links += [Link(str(branch), f"{branch}=", float(fsum(part["heat"])))
              for branch, part in own.groupby("branch", sort=True)]  # fmt: skip
    return [link for link in links if link.heat > 0]


def imbalances(links: Sequence[Link]) -> dict[str, float]:
    """Inflow minus outflow (TJ) of every inner node, relative errors of summation aside."""
    inner = {link.target for link in links} & {link.source for link in links}
    found = {}
    for node in sorted(inner):
        inflow = fsum(link.heat for link in links if link.target == node)
        outflow = fsum(link.heat for link in links if link.source == node)
        if abs(inflow - outflow) > 1e-9 * max(inflow, outflow):
            found[node] = inflow - outflow
    return found


def _branch(account: str, parents: Mapping[str, str]) -> str:
    while parents.get(account, "") not in {_COMBUSTION, ""}:
        account = parents[account]
    return account


def _heating(results: Results, library: Library) -> list[_Heat]:
    known = methods()
    arguments = dict(list(results.selections.groupby("selection")))
    rows = []
    for selection, name in _selections(results, library.below(_COMBUSTION) | {_COMBUSTION}):
        if name in known and selection in arguments:
            table = arguments[selection].set_index("argument")
            row = _heat_of(selection, known[name], table)
            rows += [row] if row is not None else []
    return rows


def _heat_of(selection: int, method: Method, table: pd.DataFrame) -> _Heat | None:
    if method.activity not in table.index or table.loc[method.activity, "parameter"] != "entry":
        return None
    quantity = str(table.loc[method.activity, "locator"])
    heat = next((name for name in _HEATS if name in method.arguments), None)
    if heat is None:
        is_heat = method.forms[0].units[method.activity] == _TERAJOULE
        return _Heat(selection, quantity, _TERAJOULE, "", 1.0, "") if is_heat else None
    found = table.loc[heat]
    forms = [
        (form.units[method.activity], form.units[heat])
        for form in method.forms
        if units.same_dimension(form.units[heat], str(found["unit"]))
    ]
    if not forms:
        return None
    base, per = forms[0]
    if found["parameter"] == "entry":
        return _Heat(selection, quantity, base, str(found["locator"]), 1.0, per)
    value = units.convert(float(found["value"]), str(found["unit"]), per)
    return _Heat(selection, quantity, base, "", value, "")


def _selections(results: Results, accounts: Collection[str]) -> list[tuple[int, str]]:
    query = "SELECT DISTINCT selection, method, account FROM read_parquet($postings)"
    with database() as connection:
        rows = connection.execute(query, {"postings": _path(results, "postings")}).fetchall()
    return sorted({(row[0], row[1]) for row in rows if row[2] in accounts and row[1]})


def _sums(
    results: Results, kept: pd.DataFrame, names: tuple[str, str], place: Mapping[str, object]
) -> pd.DataFrame:
    quantity, entered = names
    quoted = entered.replace('"', '""')
    query = _SUMS.format(
        quantity=quantity.replace('"', '""'),
        heat=f'e."{quoted}"' if entered else "1",
        heat_unit=f'e."{quoted}__unit"' if entered else "''",
    )
    values = {
        "postings": _path(results, "postings"),
        "entries": _path(results, "entries"),
        **place,
    }
    with database() as connection:
        connection.register("kept", kept[["selection"]])
        sums: pd.DataFrame = connection.execute(query, values).df()
    return sums


def _path(results: Results, name: str) -> str:
    return glob.escape(str(results.folder / f"{name}.parquet"))
