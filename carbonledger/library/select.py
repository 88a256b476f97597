"""The selection rule: which row of the library serves which argument (design 5.3).

The best row wins by the profile's order of families; then by region, nearest ancestor first; then
by item and detail, exact before general; then by account, nearest first; then by validity at the
end of the period: valid (the latest to begin), else the nearest older, else (if allowed) the
nearest newer. For parameters that a profile takes by the year (``by_year``) the families come last,
so that a newer series does not stand in for the years of an older one.

It is one join and one sort (see ``ranking``). Its cost grows with what the library can tell apart:
requests that no row distinguishes are answered together.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.ranking import best_rows
from carbonledger.model.profile import Profile

__all__ = [
    "REQUEST_COLUMNS",
    "alike_keys",
    "by_group",
    "family_places",
    "of_groups",
    "select",
    "winning_rows",
]

REQUEST_COLUMNS = (
    "argument", "item", "detail", "account", "species", "region", "period", "dimension",
)  # fmt: skip

# A grouped request takes the values of groups of regions, not those of their members.
_ASKED = (*REQUEST_COLUMNS, "grouped")

# What of a parameter decides.
_COMPARED = (
    "id", "parameter", "item", "detail", "account", "species", "region", "dimension", "edition",
    "valid_from", "valid_to",
)  # fmt: skip

Codes = npt.NDArray[np.int64]


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
    parameters = library.parameters
    asked = parameters["parameter"].isin(requests["argument"].unique())
    wanted = parameters.loc[asked, list(_COMPARED)]
    grouped = by_group(requests["argument"], requests["account"], library, rules)
    of_members = ~wanted.index.isin(of_groups(wanted, library, rules).index)
    return _best(
        requests.assign(grouped=grouped), wanted.assign(of_member=of_members), library, rules
    )


def _best(
    requests: pd.DataFrame, wanted: pd.DataFrame, library: Library, rules: Profile
) -> pd.DataFrame:
    """The winners among some rows of the library; ``grouped`` requests want no ``of_member``."""
    parameters = library.parameters
    # Texts are compared once per spelling; the requests themselves are numbers from here on.
    codes, spellings = {}, {}
    for column in _ASKED:
        codes[column], spellings[column] = pd.factorize(requests[column])
    number, distinct = _alike(codes, spellings, wanted, library)
    winners = _winners(distinct, wanted, library, rules).set_index("request")
    place = winners.index.get_indexer(pd.Index(number))
    served = place >= 0
    found = winners.iloc[place[served]]
    rows = parameters.index.get_indexer(pd.Index(found["row"]))
    asked = {name: (codes[name][served], spellings[name]) for name in ("region", "item")}
    fallback = _fallback(asked, parameters, rows, found["validity"].to_numpy())
    winning = {"row": found["row"].to_numpy(), "fallback": fallback}
    return pd.DataFrame(winning, index=requests.index[served])


def by_group(
    arguments: "pd.Series[str]", accounts: "pd.Series[str]", library: Library, rules: Profile
) -> "pd.Series[bool]":
    """Which arguments a profile takes from groups of regions, not from what their members have."""
    found = pd.Series(False, index=arguments.index)
    for parameter, account in rules.by_group.items():
        found |= (arguments == parameter) & accounts.isin(library.below(account))
    return found


def of_groups(parameters: pd.DataFrame, library: Library, rules: Profile) -> pd.DataFrame:
    """The rows without those of members of a group that has values; own values stay."""
    taken = parameters["parameter"].isin(rules.by_group)
    groups = library.groups
    valued = groups["group"].isin(parameters.loc[taken, "region"])
    of_member = parameters["region"].isin(groups.loc[valued, "member"])
    return parameters[~(taken & of_member) | parameters["edition"].str.startswith("inventory")]


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


def _alike(
    codes: dict[str, Codes],
    spellings: dict[str, Any],
    parameters: pd.DataFrame,
    library: Library,
) -> tuple[Codes, pd.DataFrame]:
    """The number of what each request comes to, and these distinct requests in that order.

    Regions and accounts that the same rows serve are one, as are the years between which no row
    begins or ends; a detail that no row names is as good as none.
    """
    combined = np.zeros(len(codes["argument"]), dtype=np.int64)
    kept = {}
    for column in _ASKED:
        texts = pd.Series(spellings[column])
        if column in {"region", "account"}:
            above: Mapping[str, Mapping[str, int]] = getattr(library, f"{column}s_above")
            written = texts.tolist()
            alike = alike_keys(above, parameters[column].unique(), written)
            texts = pd.Series([alike.get(text, "") for text in written], dtype=str)
        elif column == "detail":
            texts = texts.where(texts.isin(parameters["detail"]), "")
        elif column == "period":
            texts = _spans(texts, parameters)
        classes, kept[column] = pd.factorize(texts)
        combined = combined * max(len(kept[column]), 1) + classes[codes[column]]
    number, places = pd.factorize(combined)
    distinct = {}
    for column in reversed(_ASKED):
        places, rest = np.divmod(places, max(len(kept[column]), 1))
        distinct[column] = kept[column].take(rest)
    return number, pd.DataFrame(distinct)


def _spans(periods: "pd.Series[int]", parameters: pd.DataFrame) -> "pd.Series[int]":
    """For every period the first of those for which the same rows are valid, older and newer."""
    years = {day.year for day in parameters["valid_from"].dropna().unique()}
    # Periods are taken at their last day.
    years |= {
        day.year + (1 if (day.month, day.day) == (12, 31) else 0)
        for day in parameters["valid_to"].dropna().unique()
    }
    starts = [min(years, default=1) - 1, *sorted(years)]
    return pd.Series(np.array(starts)[np.searchsorted(starts[1:], periods, side="right")])


def _winners(
    requests: pd.DataFrame, parameters: pd.DataFrame, library: Library, rules: Profile
) -> pd.DataFrame:
    """The best row of every request that any serves: ``request``, ``row``, ``validity``."""
    rows = _in_families(parameters, rules)
    chains = {
        "region": library.region_chain,
        "item": library.item_chain,
        "account": library.account_chain,
    }
    found = best_rows(requests, rows, chains, rules.use_newer)
    found["row"] = rows.index.to_numpy()[found["row"]]
    tied = found[found["request"].duplicated(keep=False)]
    if len(tied):
        ids = "、".join(sorted(set(parameters.loc[tied["row"], "id"]))[:6])
        raise CarbonledgerError(
            f"因子库中有并列的行，无法选择：{ids}。请为其中之一填写更具体的键或有效期。",
            f"Rows of the library tie, so none can be chosen: {ids}. "
            "Give one of them a more specific key or validity.",
        )
    return found


def _in_families(parameters: pd.DataFrame, rules: Profile) -> pd.DataFrame:
    """The rows of the editions that a profile takes, with their places.

    ``family`` counts first, ``series`` only within a year. Whoever says from when an ``own`` value
    holds does not mean the years before.
    """
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for parameter in parameters["parameter"].unique():
        for edition, family, series in family_places(rules, parameter):
            # Of an edition that is named twice the first place counts.
            places.setdefault((parameter, edition), (family, series))
    editions = parameters["edition"].tolist()
    of_rows = [*map(places.get, zip(parameters["parameter"].tolist(), editions, strict=True))]
    taken = [place for place in of_rows if place is not None]
    numbers = np.array(taken, dtype=np.int64).reshape(-1, 2)
    # An array: an empty list would choose no columns instead of no rows.
    rows = parameters[np.array([place is not None for place in of_rows], dtype=bool)]
    own = rows["edition"].str.startswith("inventory")
    return rows.assign(family=numbers[:, 0], series=numbers[:, 1], own=own)


def family_places(rules: Profile, parameter: str) -> list[tuple[str, int, int]]:
    """The editions that a profile takes a parameter from, with their places before and by the year.

    An inventory's own values come before the library's in any case.
    """
    editions = ["inventory", *rules.parameter_families.get(parameter, rules.families)]
    own = sum(edition.startswith("inventory") for edition in editions)
    last = own if parameter in rules.by_year else len(editions)
    return [(edition, min(place, last), place) for place, edition in enumerate(editions)]


def _fallback(
    asked: dict[str, tuple[Codes, Any]], parameters: pd.DataFrame, rows: Codes, validity: Codes
) -> Any:
    # An empty key cell says "applies to all": using such a row is no fallback.
    other = {}
    for column, (codes, spellings) in asked.items():
        keys = parameters[column].take(rows)
        named = pd.Index(spellings).get_indexer(pd.Index(keys))
        other[column] = (named != codes) & (keys != "").to_numpy()
    kinds = {
        "parent-region": other["region"],
        "general-item": other["item"],
        "older": validity == 1,
        "newer": validity == 2,
    }
    names = [
        "+".join(kind for bit, kind in enumerate(kinds) if code >> bit & 1) or "exact"
        for code in range(2 ** len(kinds))
    ]
    code = sum(applies.astype(np.int64) << bit for bit, applies in enumerate(kinds.values()))
    return pd.array(names, dtype="str").take(code)
