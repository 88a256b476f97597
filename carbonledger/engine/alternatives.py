"""Every feasible option of an inventory, with the range that the published bounds allow.

A run takes for each entry and measure the first option that lacks nothing. Here all of them are
computed, under several profiles, so that a reader sees how far the methods lie apart.

The range of an amount is that of its parameters: each one of the library that states bounds is
moved to its lower and its upper bound alone, which tells the direction; then all go together to the
ends that make the amount smallest and largest. It is the widest range that the published bounds
allow, no confidence interval. What the entry states and what has no published bounds stays as it
is, and the names of the latter are given beside the range. Without any bounds the range is empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pandas as pd

from carbonledger.engine.frame import (
    Backend,
    engine_frame,
    entries_relation,
    key_columns,
    quantities_of,
)
from carbonledger.engine.open import Inventory
from carbonledger.engine.plan import Asked, ask
from carbonledger.engine.rates import constants
from carbonledger.engine.run import RunOptions, run_profile
from carbonledger.engine.series import is_series, series_table
from carbonledger.engine.steps import Step, build_steps, choose, lacking_nothing
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.profiles import profile as load_profile
from carbonledger.library.profiles import profile_names
from carbonledger.methods.registry import get
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import has_blocking
from carbonledger.model.profile import Profile
from carbonledger.model.records import Book, Status

__all__ = ["ALTERNATIVE_COLUMNS", "Alternatives", "alternatives", "profiles_for"]

_KEYS = ["book", "region", "period", "account", "item", "detail", "measure", "unit", "method"]
ALTERNATIVE_COLUMNS = (
    "profile", *_KEYS, "chosen", "amount", "low", "high", "gwp", "bounded", "unbounded",
    "unverified",
)  # fmt: skip


@dataclass(frozen=True)
class Alternatives:
    """What every feasible option gives, and the options that lack parameters.

    ``table`` has ``ALTERNATIVE_COLUMNS``, one row for each profile, region, year, account, item,
    detail, measure and method: ``chosen`` where a run under the profile takes this method;
    ``amount``, ``low`` and ``high`` in ``unit`` (the range is NaN where no parameter has bounds);
    ``gwp`` in t CO2e per t of the measure, NaN where it has none;
    ``bounded`` and ``unbounded`` name the parameters with and without published bounds, separated
    by ``|``; ``unverified`` where a parameter was not checked against its document.

    ``lacking`` has ``profile, account, item, method, arguments``.
    """

    table: pd.DataFrame
    lacking: pd.DataFrame


def profiles_for(inventory: Inventory) -> list[str]:
    """The inventory's own profile; for sink estimates all others that have rules for its accounts.

    A sink is estimated by the method that a purpose requires, so there are as many as purposes;
    an inventory has one rule book.
    """
    own = inventory.intake.manifest.profile
    chart = inventory.library.accounts
    credit = chart.loc[chart["book"].astype(str) == Book.CREDIT.value, "account"]
    accounts = _accounts(inventory) & set(credit)
    links = inventory.library.account_chain
    above = set(links.loc[links["key"].isin(accounts), "ancestor"])
    fitting = [
        name
        for name in profile_names()
        if name != own and any(above & set(rule.accounts) for rule in load_profile(name).rules)
    ]
    return [own, *fitting]


def _accounts(inventory: Inventory) -> set[str]:
    with duckdb.connect() as connection:
        entries = entries_relation(connection, inventory.intake.tables)
        return {str(row[0]) for row in entries.project("account").distinct().fetchall()}


def alternatives(inventory: Inventory, profiles: Iterable[str] = ()) -> Alternatives:
    """Compute every feasible option of an inventory under some profiles.

    Args:
        inventory: the inventory as opened; its own parameters serve under every profile.
        profiles: names or TOML files of profiles; without any, those of ``profiles_for``.

    Raises:
        CarbonledgerError: if the input has grade-A problems, or a profile does not exist.
    """
    if has_blocking(inventory.intake.problems):
        raise CarbonledgerError(
            f"清单“{inventory.name}”有 A 级问题，不能比较方法；"
            "请先用 carbonledger check 查看并改正。",
            f"Inventory '{inventory.name}' has grade-A problems, so methods cannot be compared; "
            "see 'carbonledger check' and correct them first.",
        )
    names = list(profiles) or profiles_for(inventory)
    found = [_under(inventory, run_profile(inventory, RunOptions(name))) for name in names]
    return Alternatives(
        pd.concat([each.table for each in found], ignore_index=True),
        pd.concat([each.lacking for each in found], ignore_index=True),
    )


def _under(inventory: Inventory, profile: Profile) -> Alternatives:
    manifest, library = inventory.intake.manifest, inventory.library
    tables = inventory.intake.tables
    with duckdb.connect() as connection:
        # Few entries and many small computations: pandas answers each at once.
        backend = Backend(connection, "pandas")
        quantities = quantities_of(tables)
        frame = engine_frame(entries_relation(connection, tables), quantities, backend)
        asked = ask(frame, quantities, library, profile, manifest.gwp or profile.gwp)
        marked = asked.classes.mark(frame).collect(backend="pandas").to_native()
    feasible = lacking_nothing(asked.wanted, asked.options, asked.found)
    chosen = set(choose(asked.wanted, asked.options, asked.found)[0].index)
    numbered = asked.keys[list(key_columns(quantities))].reset_index(names="key")
    entries = marked.merge(numbered, on=list(key_columns(quantities)))
    history = manifest.history_from is not None
    periods = set(manifest.periods if history else entries["period"])
    computed = _computed(feasible, asked, asked.library, profile)
    parts = [
        _table(option.of(keys), entries, periods).assign(chosen=taken)
        for option in computed
        for taken, keys in _by_choice(option, feasible, chosen)
    ]
    empty = pd.DataFrame(columns=[*ALTERNATIVE_COLUMNS])
    table = pd.concat(parts, ignore_index=True) if parts else empty
    table = table.astype(dict.fromkeys(("amount", "low", "high", "gwp"), float))
    order = {account: place for place, account in enumerate(library.accounts["account"])}
    table = table.assign(profile=profile.profile, place=table["account"].map(order)).sort_values(
        ["region", "place", "item", "detail", "measure", "period", "method"], ignore_index=True
    )
    lacking = _lacking(asked, feasible).assign(profile=profile.profile)
    return Alternatives(table[list(ALTERNATIVE_COLUMNS)], lacking)


@dataclass(frozen=True)
class _Option:
    """One option: its step at the values of the parameters and at the ends of their bounds.

    All three have the same coefficients by the number of the key. ``used`` are the rows of the
    library by the number of the key.
    """

    number: int
    ends: dict[str, Step]
    used: pd.DataFrame

    def of(self, keys: set[int]) -> "_Option":
        """The option for some of its keys alone."""
        ends = {end: _for_keys(step, keys) for end, step in self.ends.items()}
        return replace(self, ends=ends, used=self.used[self.used["key"].isin(keys)])


def _for_keys(step: Step, keys: set[int]) -> Step:
    rows = np.isin(step.coefficients["key"], list(keys))
    return step._replace(
        coefficients={name: each[rows] for name, each in step.coefficients.items()}
    )


def _computed(
    feasible: pd.DataFrame, asked: Asked, library: Library, profile: Profile
) -> Iterator[_Option]:
    """The options that are methods, in their order."""
    stated = library.parameters
    ends = {}
    for end in ("value", "lower", "upper"):
        at = library.changed(parameters=stated.assign(value=stated[end].fillna(stated["value"])))
        steps, _ = build_steps(feasible, asked.options, asked.found, asked.keys, at, profile)
        ends[end] = {step.option: step for step in steps}
    used = asked.found[asked.found["argument"] != GWP].merge(
        feasible[["key", "option"]], left_on="wanted", right_index=True
    )
    used = used.join(stated[["lower", "upper", "status"]], on="row")
    for number, rows in used.groupby("option").groups.items():
        option = asked.options[int(number)]
        yield _Option(int(number), {end: of[option] for end, of in ends.items()}, used.loc[rows])
    for number in sorted(set(feasible["option"]) - set(used["option"])):
        option = asked.options[int(number)]
        if option.method:
            yield _Option(int(number), {end: of[option] for end, of in ends.items()}, used.head(0))


def _by_choice(
    option: _Option, feasible: pd.DataFrame, chosen: set[int]
) -> Iterator[tuple[bool, set[int]]]:
    """The keys for which a run takes the option, and those for which it takes another."""
    rows = feasible[feasible["option"] == option.number]
    for taken, group in rows.groupby(rows.index.isin(chosen)):
        yield bool(taken), set(group["key"])


def _table(option: _Option, entries: pd.DataFrame, periods: set[int]) -> pd.DataFrame:
    """The results of an option with their ranges, by ``_KEYS``."""
    used = option.used.astype({"lower": float, "upper": float})
    has = used["lower"].notna() & used["upper"].notna()
    bounded = sorted(set(used.loc[has, "argument"]))
    central = _amounts(option, {}, entries, periods)
    ranged = _ranged(option, bounded, central, entries, periods) if bounded else central
    sums = ranged.reindex(columns=[*central.columns, "low", "high"]).groupby(_KEYS, dropna=False)
    table = sums[["amount", "low", "high"]].sum(min_count=1)
    table = table.join(sums["gwp"].first()).reset_index()
    return table.assign(
        bounded="|".join(bounded),
        unbounded="|".join(sorted(set(used["argument"]) - set(bounded))),
        unverified=bool((used["status"].astype(str) == Status.UNVERIFIED.value).any()),
    )


def _ranged(
    option: _Option,
    bounded: Sequence[str],
    central: pd.DataFrame,
    entries: pd.DataFrame,
    periods: set[int],
) -> pd.DataFrame:
    """The results with the smallest and the largest that the bounds allow."""
    seen = [central["amount"]]
    smallest, largest = {}, {}
    for name in bounded:
        below, above = (
            _amounts(option, {name: end}, entries, periods)["amount"] for end in ("lower", "upper")
        )
        seen += [below, above]
        rising = below.sum() <= above.sum()
        smallest[name], largest[name] = ("lower", "upper") if rising else ("upper", "lower")
    for corner in (smallest, largest):
        seen.append(_amounts(option, corner, entries, periods)["amount"])
    every = pd.concat(seen, axis=1)
    return central.assign(low=every.min(axis=1), high=every.max(axis=1))


def _amounts(
    option: _Option, ends: Mapping[str, str], entries: pd.DataFrame, periods: set[int]
) -> pd.DataFrame:
    """The results of an option by entry, some parameters at an end (``lower, upper``)."""
    step = option.ends["value"]
    at_ends = {
        f"c_{name}": option.ends[end].coefficients[f"c_{name}"] for name, end in ends.items()
    }
    coefficients = pd.DataFrame({**step.coefficients, **at_ends})
    joined = entries.merge(coefficients, on="key").sort_values("entry", ignore_index=True)
    if is_series(step):
        columns = [*_KEYS, "entry", "amount", "gwp"]
        table: pd.DataFrame = series_table(step, joined, columns, periods).to_pandas()
        return table
    bound = dict(step.option.bound)
    method = get(step.option.method)
    amount = method.function(
        **{
            name: joined[f"c_{name}"] * (joined[bound[name]] if name in bound else 1.0)
            for name in method.arguments
        }
    )
    reported = joined.assign(amount=amount, **constants(step))
    if step.option.post_to:
        reported["account"] = step.option.post_to
    return reported[reported["period"].isin(periods)].reset_index(drop=True)


def _lacking(asked: Asked, feasible: pd.DataFrame) -> pd.DataFrame:
    """The methods that would fit but lack arguments, with these."""
    have = asked.found.groupby("wanted")["argument"].agg(set)
    rest = asked.wanted[~asked.wanted.index.isin(feasible.index)]
    rows = [
        (
            asked.options[row.option].post_to or asked.cases[row.case].account,
            asked.cases[row.case].item,
            asked.options[row.option].method,
            "|".join(
                name
                for name in asked.options[row.option].wanted
                if name not in have.get(row.Index, set())
            ),
        )
        for row in rest.itertuples()
    ]
    columns = ["account", "item", "method", "arguments"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(ignore_index=True)
