"""The selection rule: which row of the library serves which argument (design 5.3).

The best row wins by the profile's order of families; then by region, nearest ancestor first; then
by item and detail, exact before general; then by account, nearest first; then by validity at the
end of the period: valid (the latest to begin), else the nearest older, else (if allowed) the
nearest newer.

It is one relational query. Its cost grows with what the library can tell apart: requests that no
row distinguishes are answered together.
"""

from collections.abc import Iterable

import duckdb
import pandas as pd

from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.model.profile import Profile

__all__ = ["REQUEST_COLUMNS", "nearest_named", "select"]

REQUEST_COLUMNS = (
    "argument", "item", "detail", "account", "species", "region", "period", "dimension",
)  # fmt: skip

_ORDER = """
    family, region_distance, item_distance, detail_distance, account_distance, validity, gap, age
"""

_QUERY = f"""
WITH candidate AS (
    SELECT r.request,
           p.row,
           f.place AS family,
           region_chain.distance AS region_distance,
           item_chain.distance AS item_distance,
           CASE WHEN p.detail = r.detail THEN 0 ELSE 1 END AS detail_distance,
           account_chain.distance AS account_distance,
           CASE WHEN p.valid_from > r.day THEN 2 WHEN p.valid_to < r.day THEN 1 ELSE 0 END
               AS validity,
           CASE WHEN p.valid_from > r.day THEN date_diff('day', r.day, p.valid_from)
                WHEN p.valid_to < r.day THEN date_diff('day', p.valid_to, r.day)
                ELSE 0 END AS gap,
           date_diff('day', coalesce(p.valid_from, DATE '0001-01-01'), r.day::DATE) AS age
    FROM request r
    JOIN parameter p
      ON p.parameter = r.argument AND p.dimension = r.dimension AND p.species = r.species
     AND p.detail IN ('', r.detail)
    JOIN family f ON f.parameter = p.parameter AND f.edition = p.edition
    JOIN region_chain ON region_chain.key = r.region AND region_chain.ancestor = p.region
    JOIN item_chain ON item_chain.key = r.item AND item_chain.ancestor = p.item
    JOIN account_chain ON account_chain.key = r.account AND account_chain.ancestor = p.account
)
SELECT request, row, validity
FROM candidate
WHERE $use_newer OR validity < 2
QUALIFY rank() OVER (PARTITION BY request ORDER BY {_ORDER}) = 1
ORDER BY request, row
"""


def select(requests: pd.DataFrame, library: Library, rules: Profile) -> pd.DataFrame:
    """The winning parameter of every request.

    Args:
        requests: one row per wanted argument, with the columns ``REQUEST_COLUMNS``; ``dimension``
            is that of the unit in which the method wants the value.
        library: the parameters, with the inventory's own rows among them.
        rules: the profile, whose families order the editions.

    Returns:
        A frame on the index of ``requests``, without the requests for which nothing was found:
        the columns of the parameter row, ``row`` (its index in the library) and ``fallback``:
        ``exact``, or those of ``parent-region``, ``general-item``, ``older``, ``newer`` that apply,
        joined by ``+``.

    Raises:
        CarbonledgerError: if two rows tie, which is an error in the library.
    """
    parameters = library.parameters
    wanted = parameters[parameters["parameter"].isin(requests["argument"].unique())]
    merged = _merge_alike(requests, wanted, library)
    distinct = merged.drop_duplicates().reset_index(drop=True)
    winners = _query(distinct, wanted, library, rules)
    distinct["request"] = distinct.index
    answers = merged.merge(distinct, on=list(REQUEST_COLUMNS), how="left").set_index(merged.index)
    answers = answers[["request"]].join(winners.set_index("request"), on="request", how="inner")
    rows = parameters.loc[answers["row"]].set_axis(answers.index).assign(row=answers["row"])
    rows["fallback"] = _fallback(requests.loc[rows.index], rows, answers["validity"])
    return rows


def nearest_named(links: pd.DataFrame, named: Iterable[str]) -> "pd.Series[str]":
    """For every key of a chain the nearest of its ancestors (itself first) among ``named``."""
    found = links[links["ancestor"].isin({*named, ""})]
    nearest = found.sort_values("distance").drop_duplicates("key")
    return nearest.set_index("key")["ancestor"]


def _merge_alike(
    requests: pd.DataFrame, parameters: pd.DataFrame, library: Library
) -> pd.DataFrame:
    # A region, account or detail that no row names is as good as its nearest ancestor that one
    # does name; a period matters only where some row has a validity.
    merged = requests[list(REQUEST_COLUMNS)].copy()
    for column, links in (("region", library.region_chain), ("account", library.account_chain)):
        merged[column] = merged[column].map(nearest_named(links, parameters[column])).fillna("")
    merged.loc[~merged["detail"].isin(set(parameters["detail"])), "detail"] = ""
    if parameters["valid_from"].isna().all() and parameters["valid_to"].isna().all():
        merged["period"] = 0
    return merged


def _query(
    requests: pd.DataFrame, parameters: pd.DataFrame, library: Library, rules: Profile
) -> pd.DataFrame:
    days = pd.to_datetime({"year": requests["period"].clip(lower=1900), "month": 12, "day": 31})
    keys = ["parameter", "item", "detail", "account", "species", "region", "dimension", "edition"]
    dates = {name: pd.to_datetime(parameters[name]) for name in ("valid_from", "valid_to")}
    with duckdb.connect() as connection:
        connection.register("request", requests.assign(request=requests.index, day=days))
        connection.register("parameter", parameters[keys].assign(row=parameters.index, **dates))
        connection.register("family", _families(parameters, rules))
        for column in ("region", "item", "account"):
            # Only the links of these requests, or every row would first meet every region.
            links: pd.DataFrame = getattr(library, f"{column}_chain")
            asked = links["key"].isin(requests[column]) & links["ancestor"].isin(parameters[column])
            connection.register(f"{column}_chain", links[asked])
        found = connection.execute(_QUERY, {"use_newer": rules.use_newer}).df()
    tied = found[found["request"].duplicated(keep=False)]
    if len(tied):
        ids = "、".join(sorted(set(parameters.loc[tied["row"], "id"]))[:6])
        raise CarbonledgerError(
            f"因子库中有并列的行，无法选择：{ids}。请为其中之一填写更具体的键或有效期。",
            f"Rows of the library tie, so none can be chosen: {ids}. "
            "Give one of them a more specific key or validity.",
        )
    return found


def _families(parameters: pd.DataFrame, rules: Profile) -> pd.DataFrame:
    rows = [
        (parameter, edition, place)
        for parameter in parameters["parameter"].unique()
        for place, edition in enumerate(
            ["inventory", *rules.parameter_families.get(parameter, rules.families)]
        )
    ]
    return pd.DataFrame(rows, columns=["parameter", "edition", "place"])


def _fallback(
    requests: pd.DataFrame, rows: pd.DataFrame, validity: "pd.Series[int]"
) -> "pd.Series[str]":
    # An empty key cell says "applies to all": using such a row is no fallback.
    kinds = {
        "parent-region": (rows["region"] != "") & (rows["region"] != requests["region"]),
        "general-item": (rows["item"] != "") & (rows["item"] != requests["item"]),
        "older": validity == 1,
        "newer": validity == 2,
    }
    text = pd.Series("", index=rows.index, dtype=object)
    for kind, applies in kinds.items():
        text = text.where(~applies, text + "+" + kind)
    return text.str.lstrip("+").replace("", "exact")
