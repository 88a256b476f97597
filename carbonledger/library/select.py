"""The selection rule: which row of the library serves which argument (design 5.3).

The best row wins by the profile's order of families; then by region, nearest ancestor first; then
by item and detail, exact before general; then by account, nearest first; then by validity at the
end of the period: valid (the latest to begin), else the nearest older, else (if allowed) the
nearest newer. For parameters that a profile takes by the year (``by_year``) the families come last,
so that a newer series does not stand in for the years of an older one.

It is one join and one sort (see ``ranking``). Its cost grows with what the library can tell apart:
requests that no row distinguishes are answered together.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.numbering import Coded, Numbers, as_of, coded, distinct
from carbonledger.library.ranking import Offer, best_rows
from carbonledger.model.profile import Profile

__all__ = [
    "REQUEST_COLUMNS",
    "alike_keys",
    "by_group",
    "family_places",
    "of_members",
    "select",
    "winners",
    "winning_rows",
]

REQUEST_COLUMNS = (
    "argument", "item", "detail", "account", "species", "region", "period", "dimension",
)  # fmt: skip

# What of a parameter decides.
_COMPARED = (
    "parameter", "item", "detail", "account", "species", "region", "dimension", "edition",
    "valid_from", "valid_to",
)  # fmt: skip


def select(requests: pd.DataFrame, library: Library, rules: Profile) -> pd.DataFrame:
    """The winning parameter of every request.

    Args:
        requests: one row per wanted argument, with the columns ``REQUEST_COLUMNS``; ``dimension``
            is that of the unit in which the method wants the value.
        library: the parameters, with the inventory's own rows among them.
        rules: the profile, whose families order the editions.

    Returns:
        A frame on the index of ``requests``, without the requests for which nothing was found:
        the columns of the parameter row and those of ``winning_rows``.

    Raises:
        CarbonledgerError: if two rows tie, which is an error in the library.
    """
    found = winning_rows(requests, library, rules)
    return library.parameters.loc[found["row"]].set_axis(found.index).join(found)


def winning_rows(requests: pd.DataFrame, library: Library, rules: Profile) -> pd.DataFrame:
    """As ``select``, without the columns of the parameters.

    Returns:
        ``row`` (the index of the parameter in the library) and ``fallback``: ``exact``, or those
        of ``parent-region``, ``general-item``, ``older``, ``newer`` that apply, joined by ``+``.
    """
    numbered = {name: pd.factorize(requests[name]) for name in REQUEST_COLUMNS}
    asked = {name: (codes, known.tolist()) for name, (codes, known) in numbered.items()}
    served, rows, fallback = winners(asked, library, rules)
    return pd.DataFrame({"row": rows, "fallback": fallback}, index=requests.index[served])


def winners(
    asked: Mapping[str, Coded], library: Library, rules: Profile
) -> tuple[Numbers, Numbers, npt.NDArray[Any]]:
    """As ``winning_rows``, of requests whose ``REQUEST_COLUMNS`` are numbers already.

    Returns:
        The places of the requests that are served; for each of them the index of its parameter in
        the library, and its fallback.
    """
    offer = _offered(asked["argument"][1], library, rules)
    number, requests = _distinct(asked, offer, library, rules)
    above = {
        "region": library.regions_above,
        "item": library.items_above,
        "account": library.accounts_above,
    }
    request, row, validity = best_rows(requests, offer, above, rules.use_newer)
    _refuse_ties(request, offer["place"][row], library)
    winner = np.full(len(requests["argument"][0]), -1)
    winner[request] = np.arange(len(request))
    won = winner[number]
    served = np.flatnonzero(won >= 0)
    row, validity = row[won[served]], validity[won[served]]
    other = {
        name: _other(asked[name][0][served], asked[name][1], offer[name], row)
        for name in ("region", "item")
    }
    places = library.parameters.index.to_numpy()[offer["place"][row]]
    return served, places, _fallback(other["region"], other["item"], validity)


def by_group(argument: str, account: str, library: Library, rules: Profile) -> bool:
    """Whether a profile takes an argument from groups of regions, not from what members have."""
    root = rules.by_group.get(argument)
    return root is not None and account in library.below(root)


def of_members(
    parameters: Sequence[str],
    regions: Sequence[str],
    editions: Sequence[str],
    library: Library,
    rules: Profile,
) -> list[bool]:
    """Which rows are of a member of a group that has values itself; own values count as none."""
    named = {
        region for name, region in zip(parameters, regions, strict=True) if name in rules.by_group
    }
    groups = zip(library.groups["group"].tolist(), library.groups["member"].tolist(), strict=True)
    members = {member for group, member in groups if group in named} if named else set()
    return [
        name in rules.by_group and region in members and not edition.startswith("inventory")
        for name, region, edition in zip(parameters, regions, editions, strict=True)
    ]


def alike_keys(
    above: Mapping[str, Mapping[str, int]], named: Iterable[str], keys: Iterable[str]
) -> dict[str, str]:
    """For each of some keys one of them that the same of ``named`` serve, in the same order.

    Rows whose keys are all in ``named`` serve both alike. The nearest ancestor would not do: a
    group of regions says nothing of the country that its members belong to.

    Args:
        above: for every key those that serve it, with how near they are.
        named: keys of rows.
        keys: those that are asked for; what ``above`` does not know is left out.
    """
    serving = {*named, ""}
    first: dict[tuple[tuple[str, ...], ...], str] = {}
    alike = {}
    for key in sorted(set(keys) & above.keys()):
        chain = sorted((near, each) for each, near in above[key].items() if each in serving)
        # Only the order of the ancestors counts, and which of them are equally near.
        steps = tuple(
            tuple(each for _, each in near) for _, near in groupby(chain, key=itemgetter(0))
        )
        alike[key] = first.setdefault(steps, key)
    return alike


def _offered(arguments: Iterable[str], library: Library, rules: Profile) -> Offer:
    """The rows of the editions that a profile takes some arguments from, as columns.

    ``place`` is that of the row in the library. ``family`` and ``series`` are the places of its
    edition; ``family`` counts first, ``series`` only within a year. Whoever says from when an
    ``own`` value holds does not mean the years before.
    """
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for parameter in arguments:
        for edition, family, series in family_places(rules, parameter):
            # Of an edition that is named twice the first place counts.
            places.setdefault((parameter, edition), (family, series))
    columns = {name: library.parameters[name].to_numpy(object) for name in _COMPARED}
    wanted = set(arguments)
    asked = np.flatnonzero([name in wanted for name in columns["parameter"].tolist()])
    columns = {name: column[asked] for name, column in columns.items()}
    named, editions = columns["parameter"].tolist(), columns["edition"].tolist()
    member = of_members(named, columns["region"].tolist(), editions, library, rules)
    of_rows = [*map(places.get, zip(named, editions, strict=True))]
    taken = np.flatnonzero([place is not None for place in of_rows])
    numbers = np.array([place for place in of_rows if place is not None], np.int64).reshape(-1, 2)
    own = [edition.startswith("inventory") for edition in editions]
    return {name: column[taken] for name, column in columns.items()} | {
        "place": asked[taken],
        "family": numbers[:, 0],
        "series": numbers[:, 1],
        "own": np.array(own, dtype=bool)[taken],
        "of_member": np.array(member, dtype=bool)[taken],
    }


def _distinct(
    asked: Mapping[str, Coded], offer: Offer, library: Library, rules: Profile
) -> tuple[Numbers, dict[str, Coded]]:
    """The number of what each request comes to, and these distinct requests in that order.

    Regions and accounts that the same rows serve are one, as are the years between which no row
    begins or ends; a detail that no row names is as good as none. A ``grouped`` request takes the
    values of groups of regions, not those of their members.
    """
    arguments, accounts = asked["argument"], asked["account"]
    grouped = np.array(
        [[by_group(name, each, library, rules) for each in accounts[1]] for name in arguments[1]],
        dtype=np.int64,
    ).reshape(len(arguments[1]), len(accounts[1]))
    columns = {"grouped": (grouped[arguments[0], accounts[0]], [False, True])}
    for name, (codes, spellings) in asked.items():
        classes, kept = coded(_same(name, spellings, offer, library))
        columns[name] = classes[codes], kept
    number, first = distinct([codes for codes, _ in columns.values()])
    return number, {name: (codes[first], kept) for name, (codes, kept) in columns.items()}


def _same(column: str, spellings: list[Any], offer: Offer, library: Library) -> Sequence[Any]:
    """For each spelling of a column the first of those that the same rows serve."""
    if column in {"region", "account"}:
        above = library.regions_above if column == "region" else library.accounts_above
        alike = alike_keys(above, set(offer[column].tolist()), spellings)
        return [alike.get(text, "") for text in spellings]
    if column == "detail":
        named = set(offer["detail"].tolist())
        return [text if text in named else "" for text in spellings]
    return _spans(spellings, offer) if column == "period" else spellings


def _spans(periods: Sequence[int], offer: Offer) -> list[int]:
    """For every period the first of those for which the same rows are valid, older and newer."""
    years = {day.year for day in set(offer["valid_from"].tolist()) if not pd.isna(day)}
    # Periods are taken at their last day.
    years |= {
        day.year + (1 if (day.month, day.day) == (12, 31) else 0)
        for day in set(offer["valid_to"].tolist())
        if not pd.isna(day)
    }
    starts = [min(years, default=1) - 1, *sorted(years)]
    return [starts[bisect_right(starts, period, lo=1) - 1] for period in periods]


def _refuse_ties(request: Numbers, places: Numbers, library: Library) -> None:
    if len(request) == len(np.unique(request)):
        return
    counts = np.bincount(request)
    tied = library.parameters["id"].iloc[places[counts[request] > 1]]
    ids = "、".join(sorted(set(tied))[:6])
    raise CarbonledgerError(
        f"因子库中有并列的行，无法选择：{ids}。请为其中之一填写更具体的键或有效期。",
        f"Rows of the library tie, so none can be chosen: {ids}. "
        "Give one of them a more specific key or validity.",
    )


def family_places(rules: Profile, parameter: str) -> list[tuple[str, int, int]]:
    """The editions that a profile takes a parameter from, with their places before and by the year.

    An inventory's own values come before the library's in any case.
    """
    editions = ["inventory", *rules.parameter_families.get(parameter, rules.families)]
    own = sum(edition.startswith("inventory") for edition in editions)
    last = own if parameter in rules.by_year else len(editions)
    return [(edition, min(place, last), place) for place, edition in enumerate(editions)]


def _other(
    codes: Numbers, spellings: Sequence[str], keys: npt.NDArray[Any], rows: Numbers
) -> npt.NDArray[np.bool_]:
    """Where a row has another key than its request."""
    named = as_of(spellings, keys.tolist())[rows]
    # An empty key cell says "applies to all": using such a row is no fallback.
    other: npt.NDArray[np.bool_] = (named != codes) & (keys != "")[rows]
    return other


def _fallback(
    region: npt.NDArray[np.bool_], item: npt.NDArray[np.bool_], validity: Numbers
) -> npt.NDArray[Any]:
    kinds = {
        "parent-region": region,
        "general-item": item,
        "older": validity == 1,
        "newer": validity == 2,
    }
    names = [
        "+".join(kind for bit, kind in enumerate(kinds) if code >> bit & 1) or "exact"
        for code in range(2 ** len(kinds))
    ]
    code = sum(applies.astype(np.int64) << bit for bit, applies in enumerate(kinds.values()))
    fallback: npt.NDArray[Any] = np.array(names, dtype=object)[code]
    return fallback
