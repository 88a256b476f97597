"""A table of stands carried through the years: biomass, dead wood, products, what is released.

Stands that are alike in everything but their area make one row: with so many hundred curves and
ages a table of a hundred thousand stands has a few thousand of them. A year takes, in this order:

1. growth, by the increment of the curve at the age of the stand;
2. mortality: a share of the biomass becomes dead wood;
3. disturbance: a share of the biomass is released;
4. decay of the dead wood that was there before the year, and of the products (first order,
   IPCC 2019 Vol. 4 Ch. 12 eq 12.2: what enters in a year decays through it);
5. the cut of stands that have reached their rotation: products and slash; they begin again at 0.

Everything is carbon in t C and linear in the area. At all times

    biomass + dead wood + products + released = what was there + growth
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["POOLS", "Rates", "carry", "distinct"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]

POOLS = ("biomass", "dead_wood", "products", "released", "grown")
"""What a year of the result holds: pools, and what was released and grown up to then."""


@dataclass(frozen=True)
class Rates:
    """What happens to the stands of a row; numbers, or arrays with a value for each row.

    Attributes:
        rotation: age of the cut in years; infinity where nothing is cut.
        mortality: share of the biomass that dies in a year.
        disturbance: share of the biomass that is released in a year.
        decay: share of the dead wood that decays in a year.
        product_share: share of the biomass cut that becomes products; the rest is slash.
        half_life: of the products, years.
    """

    rotation: Any = math.inf
    mortality: Any = 0.0
    disturbance: Any = 0.0
    decay: Any = 0.0
    product_share: Any = 0.0
    half_life: Any = 35.0


def distinct(curve: Whole, age: Whole, *more: Whole) -> tuple[Whole, Whole]:
    """Stands that are alike.

    Args:
        curve: the number of the curve of each stand.
        age: its age in years.
        more: whatever else tells stands apart, each numbered from 0.

    Returns:
        For every distinct row a stand that has it, and for every stand the number of its row.
    """
    code = curve.astype(np.int64)
    for column in (age, *more):
        code = code * (int(column.max(initial=0)) + 1) + column
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    return first, inverse


def carry(curves: Floats, curve: Whole, age: Whole, years: int, rates: Rates) -> Floats:
    """Carry rows of stands through the years.

    Args:
        curves: carbon of the biomass by curve (row) and age in years (column), t C/ha; beyond the
            last age a stand no longer grows.
        curve: the curve of each row.
        age: its age at the beginning, whole years.
        years: how many years.
        rates: what happens to the stands.

    Returns:
        Per hectare of the row, t C/ha: an array of ``years + 1`` x ``POOLS`` x rows, the first
        entry at the beginning, with what stands by the curve and nothing else.
    """
    increment = np.diff(curves, axis=1)
    last = increment.shape[1]
    kept = np.exp(-math.log(2) / np.asarray(rates.half_life, dtype=float))
    entering = (1.0 - kept) / (math.log(2) / np.asarray(rates.half_life, dtype=float))
    result = np.zeros((years + 1, len(POOLS), len(curve)))
    age = age.astype(np.int64)
    result[0, 0] = curves[curve, np.minimum(age, last)]
    for year in range(years):
        biomass, dead, products, released, grown = result[year]
        growing = age < last
        growth = np.where(growing, increment[curve, np.minimum(age, last - 1)], 0.0)
        age = age + 1
        alive = biomass + growth
        died = alive * rates.mortality
        burned = (alive - died) * rates.disturbance
        alive = alive - died - burned
        rotten = dead * rates.decay
        cut = np.where(age >= rates.rotation, alive, 0.0)
        made = cut * rates.product_share
        in_use = products * kept + made * entering
        age = np.where(age >= rates.rotation, 0, age)
        result[year + 1] = (
            alive - cut,
            dead - rotten + died + cut - made,
            in_use,
            released + burned + rotten + products + made - in_use,
            grown + growth,
        )
    return result
