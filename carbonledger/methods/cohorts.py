"""Stands planted year after year: what grows, is thinned, is cut, is lost, in every later year.

The stands planted in a year are a cohort. All arrays run over the same consecutive years; the row
of a year holds what is true of the cohort planted in it. Planting is at the end of its year, so
nothing grows in the year of planting, and what stands at age 0 was grown elsewhere.

Flows are matrices, row: the year of the flow, column: the year of planting. Volumes are per area
planted; the balance ``grown = change + harvested + lost`` holds in every cell.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Management", "Volumes", "tabulated", "volumes"]

Operand = Any


class Management(NamedTuple):
    """What is done to the stands of each cohort, and what befalls them; arrays over the years.

    Attributes:
        rotation: age of the clear cut, years; the stand is planted again at once. A part of a year
            counts as a year.
        thinning_age: age after which the thinned share is gone until the clear cut, years.
        thinning: the share of the volume that is thinned.
        disturbance: the rate at which fire, pests and wind take the stand, 1/a.
    """

    rotation: Operand
    thinning_age: Operand
    thinning: Operand
    disturbance: Operand


class Volumes(NamedTuple):
    """Flows of volume per area planted, m3/ha in the year; see the module for the matrices."""

    change: Operand
    grown: Operand
    harvested: Operand
    lost: Operand


def volumes(
    count: int, curve: Callable[[Operand], Operand], management: Management | None = None
) -> Volumes:
    """The flows of every cohort in every year.

    Args:
        count: the number of years.
        curve: volume per area by a matrix of ages in years, a column for each cohort.
        management: none for stands that are left to grow.
    """
    years = np.arange(count, dtype=float)
    since = years[:, np.newaxis] - years
    grows = (since >= 1).astype(float)
    if management is None:
        after = np.maximum(since, 0.0)
        grown = (curve(after) - curve(np.maximum(after - 1.0, 0.0))) * grows
        nothing = grown * 0.0
        return Volumes(grown, grown, nothing, nothing)
    before, age = (_age(np.maximum(n, 0.0), management) for n in (since - 1.0, since))
    share = _left(before, management)
    start = curve(before) * share
    mature = curve(before + 1.0)
    rate = np.asarray(management.disturbance)
    standing = mature * share * np.exp(-rate)
    end = curve(age) * _left(age, management)
    # A stand that is neither cut nor thinned ends the year as it stands, to the last bit.
    touched = (age <= before) | (_thinned(age, management) != _thinned(before, management))
    end = end * touched + standing * (1.0 - touched)
    grown = (mature - curve(before)) * share
    return Volumes(
        change=(end - start) * grows,
        grown=grown * grows,
        harvested=(standing - end) * grows,
        lost=(start + grown - standing) * grows,
    )


def tabulated(volume: Operand) -> Callable[[Operand], Operand]:
    """The curve that a table gives: its row n is the volume of a stand of n years."""

    def curve(age: Operand) -> Operand:
        # Ages beyond the table belong to years in which nothing grows yet.
        return volume[np.minimum(np.asarray(age, dtype=int), len(volume) - 1)]

    return curve


def _age(since: Operand, management: Management) -> Operand:
    """The age at the end of a year, after a cut of that year."""
    rotation = np.ceil(management.rotation)
    return since - np.floor(since / rotation) * rotation


def _thinned(age: Operand, management: Management) -> Operand:
    return age >= management.thinning_age


def _left(age: Operand, management: Management) -> Operand:
    """The share of the volume by the curve that thinning and disturbance have left."""
    kept = 1.0 - np.asarray(management.thinning) * _thinned(age, management)
    return kept * np.exp(-np.asarray(management.disturbance) * age)
