"""The competition of rows for requests: one join and one sort over numbers.

Texts are numbered first, equal ones alike, so that nothing compares a text twice.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["best_rows"]

Numbers = npt.NDArray[np.int64]

_OLDER, _NEWER = 1, 2  # validity at the end of the period; 0 is valid
_NO_LINK = -1
_EVER = np.datetime64("0001-01-01", "D").astype(np.int64)  # since when a row without a day is valid
_ALWAYS = np.datetime64("9999-12-31", "D").astype(np.int64)  # and until when
_EPOCH = 1970
_EARLIEST = 1900  # what is asked for a year before is asked for this one


def best_rows(
    requests: pd.DataFrame, rows: pd.DataFrame, chains: Mapping[str, pd.DataFrame], use_newer: bool
) -> pd.DataFrame:
    """The best row for every request that any row serves.

    Args:
        requests: distinct requests with the columns of ``select.REQUEST_COLUMNS``, and whether
            they are ``grouped``.
        rows: parameters, with the places ``family`` and ``series`` of their editions and whether
            they are the inventory's ``own``, or ``of_member`` and not for grouped requests.
        chains: for region, item and account which keys serve a key, and how near they are.
        use_newer: whether a row that is not valid yet may serve, if it is not an own one.

    Returns:
        ``request`` and ``row`` (places in the two tables, from 0) and ``validity`` (0 valid, 1
        older, 2 newer), sorted by request. A request stands more than once where rows tie.
    """
    request, row, item_distance = _meetings(requests, rows, chains["item"])
    region, account = (
        _distances(requests[column], rows[column], chains[column], request, row)
        for column in ("region", "account")
    )
    asked, offered, empty = _numbered(requests["detail"], rows["detail"], [""])
    other_detail = (asked[request] != offered[row]).astype(np.int64)
    validity, gap, age = _times(requests["period"], rows, request, row)
    serves = (region != _NO_LINK) & (account != _NO_LINK)
    serves &= (other_detail == 0) | (offered[row] == empty[0])
    serves &= (validity != _NEWER) | (use_newer & ~rows["own"].to_numpy(dtype=bool)[row])
    grouped, of_member = (
        each.to_numpy(dtype=bool) for each in (requests["grouped"], rows["of_member"])
    )
    serves &= ~(grouped[request] & of_member[row])
    family, series = (rows[column].to_numpy()[row] for column in ("family", "series"))
    criteria = np.stack([
        family, region, item_distance, other_detail, account, validity, gap, series, age
    ])[:, serves]  # fmt: skip
    request, row, validity = request[serves], row[serves], validity[serves]
    order = np.lexsort((*criteria[::-1], request))
    criteria, request = criteria[:, order], request[order]
    _, first, count = np.unique(request, return_index=True, return_counts=True)
    wins = (criteria == np.repeat(criteria[:, first], count, axis=1)).all(axis=0)
    winners = {"request": request, "row": row[order], "validity": validity[order]}
    return pd.DataFrame(winners)[wins].sort_values(["request", "row"], ignore_index=True)


def _meetings(
    requests: pd.DataFrame, rows: pd.DataFrame, links: pd.DataFrame
) -> tuple[Numbers, Numbers, Numbers]:
    """Requests and rows of one parameter, dimension and species whose items serve one another."""
    wanted, item, key, ancestor = _numbered(
        requests["item"], rows["item"], links["key"], links["ancestor"]
    )
    request, link = _equal(wanted, key)
    kinds = _kinds(requests, rows)
    base = max(each.max(initial=0) for each in (item, ancestor)) + 1
    asked = kinds[0][request] * base + ancestor[link]
    met, row = _equal(asked, kinds[1] * base + item)
    return request[met], row, links["distance"].to_numpy()[link[met]]


def _kinds(requests: pd.DataFrame, rows: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """A number for each parameter, dimension and species, of the requests and of the rows."""
    asked, offered = _numbered(requests["argument"], rows["parameter"])
    for column in ("dimension", "species"):
        more = _numbered(requests[column], rows[column])
        base = max(each.max(initial=0) for each in more) + 1
        asked, offered = asked * base + more[0], offered * base + more[1]
    return asked, offered


def _distances(
    asked: "pd.Series[str]",
    offered: "pd.Series[str]",
    links: pd.DataFrame,
    request: Numbers,
    row: Numbers,
) -> Numbers:
    """How near the key of each row is to that of its request; ``_NO_LINK`` for no link."""
    wanted, here, key, ancestor = _numbered(asked, offered, links["key"], links["ancestor"])
    size = max(each.max(initial=0) for each in (wanted, here, key, ancestor)) + 1
    table = np.full((size, size), _NO_LINK, dtype=np.int64)
    table[key, ancestor] = links["distance"]
    return table[wanted[request], here[row]]


def _times(
    periods: "pd.Series[int]", rows: pd.DataFrame, request: Numbers, row: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Validity at the last day of the period; the days that a row is older or newer; its age."""
    next_year = np.maximum(periods.to_numpy(dtype=np.int64), _EARLIEST) + 1 - _EPOCH
    last = next_year.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) - 1
    day = last[request]
    begins, ends = (
        _days(rows[column], none)[row]
        for column, none in (("valid_from", _EVER), ("valid_to", _ALWAYS))
    )
    newer, older = begins > day, ends < day
    validity = np.where(newer, _NEWER, np.where(older, _OLDER, 0))
    gap = np.where(newer, begins - day, np.where(older, day - ends, 0))
    return validity, gap, day - begins


def _days(dates: "pd.Series[Any]", none: np.int64) -> Numbers:
    """Dates as days, with another day for those that are empty."""
    found = pd.to_datetime(dates)
    days = found.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(found.isna(), none, days)


def _numbered(*columns: Any) -> list[Numbers]:
    """The texts of several columns as numbers, equal texts alike."""
    texts = np.concatenate([np.asarray(column, dtype=object) for column in columns])
    numbers = pd.factorize(texts, use_na_sentinel=False)[0]
    return np.split(numbers, np.cumsum([len(column) for column in columns])[:-1])


def _equal(left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Every pair of places in two columns that hold the same number."""
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right[order], left, side="left")
    count = np.searchsorted(right[order], left, side="right") - first
    starts = np.repeat(first - (np.cumsum(count) - count), count)
    return np.repeat(np.arange(len(left)), count), order[starts + np.arange(count.sum())]
