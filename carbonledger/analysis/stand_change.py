"""Two surveys of the same sub-compartments: which stands meet, and how the carbon has changed.

The difference of two stocks over the years between them is the net removal (IPCC 2006 Vol. 4 Ch. 2
eq 2.5): harvest and mortality are in it. A stand that one survey could not compute is left out of
both, so that a correction does not look like growth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from carbonledger.analysis.stand_sums import ACCOUNTS
from carbonledger.methods.math import carbon_to_co2

__all__ = ["MATCH_KEYS", "STATUSES", "Doubts", "change_sums", "doubts", "matched"]

MATCH_KEYS = ["region", "township", "village", "compartment", "number"]
STATUSES = ("matched", "gone", "new", "excluded")
"""In both surveys, in the former alone, in the latter alone, without result in one of them."""
_NUMBERED = ("compartment", "number")
_AREA_TOLERANCE = 0.05  # a stand that was surveyed again keeps its area to a few per cent
_AMOUNTS = ("stands", "area", "stock", "culms", *ACCOUNTS)


@dataclass(frozen=True)
class Doubts:
    """What speaks against taking matched stands for the same ones, and what they lost.

    Numbers of matched stands, and areas in ha: with another species, with an area that differs by
    more than 5 %, whose age did not advance by the years between (1 year more or less is no
    doubt); and the number and volume (m3) of those whose stock has fallen.
    """

    matched: int
    matched_area: float
    former_area: float
    species: int
    area: int
    age: int
    fallen: int
    fallen_volume: float

    @property
    def share(self) -> float:
        """The share of the former area whose stands were met again."""
        return self.matched_area / self.former_area if self.former_area else 0.0


def matched(former: pd.DataFrame, latter: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both surveys with the ``status`` of each row, and its ``key``.

    Compartments and numbers meet without leading zeros, which spreadsheets drop.

    Args:
        former: the rows of the earlier survey, with ``MATCH_KEYS`` and ``set_aside``.
        latter: those of the later one.
    """
    keys = [_keys(frame) for frame in (former, latter)]
    frames = []
    left_out = [
        own[frame["set_aside"] | own.duplicated(keep=False)]
        for frame, own in zip((former, latter), keys, strict=True)
    ]
    for frame, own, other, alone in (
        (former, keys[0], keys[1], "gone"),
        (latter, keys[1], keys[0], "new"),
    ):
        status = pd.Series(alone, index=frame.index, dtype=object)
        status[own.isin(other)] = "matched"
        status[own.isin(left_out[0]) | own.isin(left_out[1])] = "excluded"
        frames.append(frame.assign(status=status, key=own))
    return frames[0], frames[1]


def _keys(frame: pd.DataFrame) -> "pd.Series[str]":
    whole = frame["region"].astype(str)
    for name in MATCH_KEYS[1:]:
        texts = frame[name].astype(str)
        if name in _NUMBERED:
            texts = texts.str.replace(r"^0+(?=.)", "", regex=True)
        whole = whole + "\t" + texts
    return whole


def doubts(former: pd.DataFrame, latter: pd.DataFrame, years: int) -> Doubts:
    """What is doubtful about the stands that meet; both frames as ``matched`` gives them."""
    both = former[former["status"] == "matched"].merge(
        latter[latter["status"] == "matched"],
        on="key",
        suffixes=("_then", "_now"),
        validate="one_to_one",
    )
    other_area = (both["area_now"] / both["area_then"] - 1).abs() > _AREA_TOLERANCE
    advance = both["age_now"] - both["age_then"]
    fall = both["stock_then"].fillna(0) - both["stock_now"].fillna(0)
    counted = former[former["status"] != "excluded"]
    return Doubts(
        matched=len(both),
        matched_area=float(both["area_then"].sum()),
        former_area=float(counted["area"].sum()),
        species=int((both["species_then"] != both["species_now"]).sum()),
        area=int(other_area.sum()),
        age=int(((advance - years).abs() > 1).sum()),
        fallen=int((fall > 0).sum()),
        fallen_volume=float(fall[fall > 0].sum()),
    )


def change_sums(groups: pd.DataFrame, keys: Sequence[str], years: tuple[int, int]) -> pd.DataFrame:
    """Both surveys side by side by some keys, and the change in a year.

    Args:
        groups: groups of both surveys with their ``period``, ``status`` and carbon.
        keys: the columns by which is summed; none for the total.
        years: the two surveys.

    Returns:
        For every amount and for ``uncovered K.n`` (the volume, or culms, whose carbon a way does
        not give) ``then`` and ``now``; ``volume``, the change of the stock (m3/a); ``removal K.n``
        (t CO2/a, a removal positive) of what is covered, blank where that is nothing in either
        survey.
    """
    uncovered = {
        f"uncovered {account}": groups["bamboo_culms" if account == "K.3" else "tree_stock"].where(
            groups[account].isna()
        )
        for account in ACCOUNTS
    }
    data = groups.assign(all="", **uncovered)
    by = list(keys) or ["all"]
    summed = data.groupby([*by, "period"], sort=True)[[*_AMOUNTS, *uncovered]].sum(min_count=1)
    wide = summed.unstack("period")
    found = pd.DataFrame(index=wide.index)
    for name in (*_AMOUNTS, *uncovered):
        for year, when in zip(years, ("then", "now"), strict=True):
            found[f"{name} {when}"] = wide.get((name, year))
    found = found.astype(float)
    lacking = [name for name in found.columns if name.startswith("uncovered")]
    found[lacking] = found[lacking].fillna(0)  # nothing left out is a true zero
    interval = years[1] - years[0]
    # A group that is in one survey alone has nothing in the other: a true zero.
    found["volume"] = (found["stock now"].fillna(0) - found["stock then"].fillna(0)) / interval
    for account in ACCOUNTS:
        then, now = found[f"{account} then"], found[f"{account} now"]
        grown = carbon_to_co2((now.fillna(0) - then.fillna(0)) / interval)
        found[f"removal {account}"] = grown.where(then.notna() | now.notna())
    return found.reset_index() if keys else found.reset_index(drop=True)
