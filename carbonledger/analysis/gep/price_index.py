"""The index that brings a price of one year to another, from the series of the library."""

from math import prod

import pandas as pd

from carbonledger import units
from carbonledger.library.load import Library
from carbonledger.model.prices import INDEX_LINK

__all__ = ["price_index"]


def price_index(library: Library, series: str, region: str, first: int, last: int) -> float | None:
    """The price level of ``last`` over that of ``first``; None where a year of the series lacks.

    Args:
        library: the parameters; a series is rows ``price_index_link`` of one detail.
        series: the detail of the series, such as ``cpi``.
        region: the region; the nearest one that has the year counts.
        first: the year of the price.
        last: the year that it is brought to.
    """
    if first == last:
        return 1.0
    start, end = sorted((first, last))
    rows = library.parameters
    rows = rows[(rows["parameter"] == INDEX_LINK) & (rows["detail"] == series)]
    chain = library.region_chain
    near = chain[chain["key"] == region][["ancestor", "distance"]]
    rows = rows.merge(near, left_on="region", right_on="ancestor")
    if rows.empty:
        return None
    rows = rows.assign(year=pd.to_datetime(rows["valid_from"]).dt.year)
    rows = rows.sort_values(["year", "distance"]).drop_duplicates("year")
    rows = rows[rows["year"].between(start + 1, end)]
    if len(rows) != end - start:
        return None
    level = prod(
        units.convert(value, unit, "1")
        for value, unit in zip(rows["value"], rows["unit"], strict=True)
    )
    return level if last > first else 1 / level
