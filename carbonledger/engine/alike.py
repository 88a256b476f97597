"""Regions and periods that the library cannot tell apart are planned together.

An inventory may have millions of combinations of region and period; the parameters that serve
them differ by a few areas (the regions below one that some parameter names) and a few spans of
years (between the dates at which some parameter becomes or ceases to be valid). So planning costs
what the library distinguishes, not what the entries hold.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from carbonledger.engine.frame import AREA, SPAN, collected
from carbonledger.library.load import Library
from carbonledger.library.select import alike_keys
from carbonledger.methods.registry import get
from carbonledger.model.potentials import GWP
from carbonledger.model.prices import INDEX_LINK, PRICE_INDEX
from carbonledger.model.profile import Profile

__all__ = ["Alike", "alike"]


class Alike(NamedTuple):
    """The area of each region, the first and the last year, and those that begin further spans.

    Years before and after all entries tell nothing apart.
    """

    areas: Mapping[str, str]
    first: int
    last: int
    years: tuple[int, ...]

    def mark(
        self,
        frame: "nw.LazyFrame[Any]",
        names: Collection[str] = (AREA, SPAN),
        columns: Sequence[str] = (),
    ) -> "nw.LazyFrame[Any]":
        """The frame of entries with the columns of its areas and spans, if among the ``names``.

        Of the others only some ``columns`` stay, if any are named; ``region`` must be among them.
        """
        added = []
        if SPAN in names:
            later = ((nw.col("period") >= year).cast(nw.Int32) for year in self.years)
            added.append(sum(later, start=nw.lit(0, nw.Int32)).alias(SPAN))
        several = len(set(self.areas.values())) > 1
        if AREA in names and not several:
            added.append(nw.lit(next(iter(self.areas.values()), "")).alias(AREA))
        marked = frame.select(nw.col(*columns) if columns else nw.all(), *added)
        if AREA not in names or not several:
            return marked
        old, new = list(self.areas), list(self.areas.values())
        area = nw.col("region").replace_strict(old, new, default=nw.lit(""), return_dtype=nw.String)
        # Looked up once for each region, then joined.
        regions = _regions(frame).with_columns(area.alias(AREA))
        return marked.join(regions, on="region", how="inner")

    def named(self, keys: pd.DataFrame) -> pd.DataFrame:
        """The keys with one region and one period of their class, which stand for all of it."""
        regions = {area: region for region, area in self.areas.items()}
        periods = [self.first, *self.years]
        return keys.assign(
            region=[regions[area] for area in keys[AREA].tolist()],
            period=[periods[span] for span in keys[SPAN].tolist()],
        )


def alike(frame: "nw.LazyFrame[Any]", library: Library, profile: Profile) -> Alike:
    """What the library tells apart in a frame of entries, for the methods of a profile."""
    names = {
        name for rule in profile.rules for each in rule.methods for name in get(each).arguments
    }
    if PRICE_INDEX in names:
        names.add(INDEX_LINK)
    asked = library.parameters["parameter"].isin({*names, GWP})
    parameters = library.parameters.loc[asked, ["region", "valid_from", "valid_to"]]
    named = set(parameters["region"].unique())
    entered = _entered(frame)
    first, last = min(entered["first"], default=0), max(entered["last"], default=0)
    regions = sorted(entered["region"])
    same = alike_keys(library.regions_above, named, regions)
    areas = {region: _area(region, same.get(region, ""), named) for region in regions}
    years = {day.year for day in parameters["valid_from"].dropna().unique()}
    # Periods are taken at their last day.
    years |= {_first_after(day) for day in parameters["valid_to"].dropna().unique()}
    if PRICE_INDEX in names:  # prices differ from year to year
        years |= set(range(first, last + 1))
    spans = tuple(sorted(year for year in years if first < year <= last))
    return Alike(areas, first, last, spans)


def _entered(frame: "nw.LazyFrame[Any]") -> pd.DataFrame:
    """The regions of the entries with the first and the last year of each."""
    period = nw.col("period")
    grouped = frame.group_by("region").agg(period.min().alias("first"), period.max().alias("last"))
    return collected(grouped)


def _regions(frame: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    # Not unique(), which numbers every row.
    return frame.group_by("region").agg(nw.len().alias("rows")).select("region")


def _area(region: str, same: str, named: Collection[str]) -> str:
    # A region that is named itself differs from those below it: what it gets is no fallback.
    return region if region in named else f"{same}/"


def _first_after(day: date) -> int:
    return day.year + (1 if (day.month, day.day) == (12, 31) else 0)
