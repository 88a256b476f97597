"""Steps of a series from year to year: how far, how much they move, and whether others are calm."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from carbonledger import units
from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Point, Series

__all__ = ["Step", "is_slip", "others_within", "share_moved", "steps_of"]

_HECTARE, _MU = "ha", "亩"


class Step(NamedTuple):
    """Two years that follow each other, and the ratio of the later to the earlier."""

    before: Point
    after: Point
    ratio: float


def steps_of(series: Series) -> list[Step]:
    """The steps between figures of one sign that are not zero."""
    return [
        Step(a, b, b.value / a.value)
        for a, b in pairwise(series.points)
        if a.value and b.value and b.value / a.value > 0 and b.period == a.period + 1
    ]


def share_moved(step: Step) -> float:
    """The share of the region's emissions that a step moves."""
    larger = max(step.before, step.after, key=lambda point: abs(point.value or 0.0))
    return larger.share * (1 - min(step.ratio, 1 / step.ratio))


def others_within(steps: Sequence[Step], place: int, band: Band, least: Band) -> bool:
    """Whether steps that do not touch those years are enough, and all of them within a band."""
    others = [*steps[: max(place - 1, 0)], *steps[place + 2 :]]
    return least.holds(len(others)) and all(band.holds(step.ratio) for step in others)


def is_slip(ratio: float | None, band: Band, dimension: str) -> bool:
    """Whether a step is a power of ten, or an area in 亩 for hectares, beside a usual change."""
    if not ratio or math.isinf(ratio):
        return False
    power = round(math.log10(ratio))
    if power != 0 and band.holds(ratio / 10**power):
        return True
    if dimension != units.dimension(_HECTARE):
        return False
    mu = units.multiplier(_HECTARE, _MU)
    return band.holds(ratio * mu) or band.holds(ratio / mu)
