"""The competition of rows for requests: one join and one sort over numbers.

Texts are numbers here, equal ones alike, so that nothing compares a text twice.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carbonledger.library.numbering import Coded, Numbers, as_of, pairs

__all__ = ["Offer", "best_rows"]

# Rows as columns.
Offer = dict[str, npt.NDArray[Any]]

_OLDER, _NEWER = 1, 2  # validity at the end of the period; 0 is valid
_NO_LINK = -1
_EPOCH = 1970
_FIRST_DAY = date(_EPOCH, 1, 1).toordinal()
_EVER = date.min.toordinal() - _FIRST_DAY  # since when a row without a day is valid
_ALWAYS = date.max.toordinal() - _FIRST_DAY  # and until when
_EARLIEST = 1900  # what is asked for a year before is asked for this one


def best_rows(
    requests: Mapping[str, Coded],
    rows: Offer,
    above: Mapping[str, Mapping[str, Mapping[str, int]]],
    use_newer: bool,
) -> tuple[Numbers, Numbers, Numbers]:
    """The best row for every request that any row serves.

    Args:
        requests: distinct requests with the columns of ``select.REQUEST_COLUMNS``, and whether
            they are ``grouped``.
        rows: parameters, with the places ``family`` and ``series`` of their editions and whether
            they are the inventory's ``own``, or ``of_member`` and not for grouped requests.
        above: for region, item and account which keys serve a key, and how near they are.
        use_newer: whether a row that is not valid yet may serve, if it is not an own one.

    Returns:
        Request and row (places in the two tables, from 0) and validity (0 valid, 1 older, 2 newer),
        sorted by request. A request stands more than once where rows tie.
    """
    request, row, item = _meetings(requests, rows, above["item"])
    region, account = (
        _distances(requests[name], rows[name], above[name], request, row)
        for name in ("region", "account")
    )
    wanted, known = requests["detail"]
    other_detail = (wanted[request] != as_of(known, rows["detail"].tolist())[row]).astype(np.int64)
    validity, gap, age = _times(requests["period"], rows, request, row)
    serves = (region != _NO_LINK) & (account != _NO_LINK)
    serves &= (other_detail == 0) | (rows["detail"] == "")[row]
    serves &= (validity != _NEWER) | (use_newer & ~rows["own"][row])
    serves &= (requests["grouped"][0][request] == 0) | ~rows["of_member"][row]
    family, series = rows["family"][row], rows["series"][row]
    criteria = np.stack([
        family, region, item, other_detail, account, validity, gap, series, age
    ])[:, serves]  # fmt: skip
    request, row, validity = request[serves], row[serves], validity[serves]
    order = np.lexsort((row, *criteria[::-1], request))
    criteria, request = criteria[:, order], request[order]
    _, first, count = np.unique(request, return_index=True, return_counts=True)
    wins = (criteria == np.repeat(criteria[:, first], count, axis=1)).all(axis=0)
    return request[wins], row[order][wins], validity[order][wins]


def _meetings(
    requests: Mapping[str, Coded], rows: Offer, above: Mapping[str, Mapping[str, int]]
) -> tuple[Numbers, Numbers, Numbers]:
    """Requests and rows of one parameter, dimension and species whose items serve one another."""
    table, item = _table(requests["item"][1], rows["item"], above)
    key, near = np.nonzero(table != _NO_LINK)
    request, link = pairs(requests["item"][0], key)
    asked, offered = _kinds(requests, rows)
    size = table.shape[1]
    met, row = pairs(asked[request] * size + near[link], offered * size + item)
    return request[met], row, table[key, near][link[met]]


def _kinds(requests: Mapping[str, Coded], rows: Offer) -> tuple[Numbers, Numbers]:
    """A number for each parameter, dimension and species, of the requests and of the rows.

    That of a row which no request is for is below zero.
    """
    asked = np.zeros(len(requests["argument"][0]), dtype=np.int64)
    offered = np.zeros(len(rows["parameter"]), dtype=np.int64)
    foreign = np.zeros(len(offered), dtype=bool)
    for wanted, has in (("argument", "parameter"), ("dimension", "dimension"), ("species",) * 2):
        codes, known = requests[wanted]
        more = as_of(known, rows[has].tolist())
        foreign |= more < 0
        asked, offered = asked * len(known) + codes, offered * len(known) + more
    return asked, np.where(foreign, -1, offered)


def _table(
    asked: Sequence[str], offered: npt.NDArray[Any], above: Mapping[str, Mapping[str, int]]
) -> tuple[Numbers, Numbers]:
    """How near the keys of rows are to those asked for, and the column of each row in that.

    ``_NO_LINK`` where a key does not serve another.
    """
    keys = offered.tolist()
    columns = {text: number for number, text in enumerate(dict.fromkeys(keys))}
    table = np.full((len(asked), max(len(columns), 1)), _NO_LINK, dtype=np.int64)
    for number, key in enumerate(asked):
        for ancestor, distance in above.get(key, {}).items():
            if ancestor in columns:
                table[number, columns[ancestor]] = distance
    return table, np.array([columns[text] for text in keys], dtype=np.int64)


def _distances(
    asked: Coded,
    offered: npt.NDArray[Any],
    above: Mapping[str, Mapping[str, int]],
    request: Numbers,
    row: Numbers,
) -> Numbers:
    """How near the key of each row is to that of its request; ``_NO_LINK`` for no link."""
    table, column = _table(asked[1], offered, above)
    return table[asked[0][request], column[row]]


def _times(
    periods: Coded, rows: Offer, request: Numbers, row: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Validity at the last day of the period; the days that a row is older or newer; its age."""
    years = np.array(periods[1], dtype=np.int64)[periods[0]]
    next_year = np.maximum(years, _EARLIEST) + 1 - _EPOCH
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


def _days(dates: npt.NDArray[Any], none: int) -> Numbers:
    """Dates as days since 1970, with another day for those that are empty."""
    days = dates.tolist()
    numbers = {day: none if pd.isna(day) else day.toordinal() - _FIRST_DAY for day in set(days)}
    return np.array([numbers[day] for day in days], dtype=np.int64)
