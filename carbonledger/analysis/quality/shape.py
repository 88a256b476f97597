"""What a single year of a series says against its neighbours: odd steps, and figures exchanged.

Both stay within what a year may bring, so the bands of jumps do not see them; only the calm of the
other years, or of another series, tells them.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, Point, Series, problem
from carbonledger.analysis.quality.steps import others_within, share_moved, steps_of
from carbonledger.errors import Text
from carbonledger.model.problem import Problem

__all__ = ["check_shape"]

Bands = Mapping[str, tuple[Band, ...]]


class _Odd(NamedTuple):
    """A year of a series, its figure and what its neighbours lead to expect."""

    series: Series
    point: Point
    value: float
    expected: float


def check_shape(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Steps unlike all others of a calm series, and years in which two series are exchanged."""
    for series in facts.series:
        yield from _odd_steps(facts, series, bands)
    yield from _exchanged(facts, bands)


def _odd_steps(facts: Facts, series: Series, bands: Bands) -> Iterator[Problem]:
    (odd,), (calm,), (least,) = bands["series-step"], bands["series-calm"], bands["calm-steps"]
    (jump,) = bands["series-jump"]
    steps = steps_of(series)
    if not all(jump.holds(step.ratio) for step in steps):
        return
    told = [
        step
        for place, step in enumerate(steps)
        if not odd.holds(step.ratio)
        and share_moved(step) >= odd.share
        and others_within(steps, place, calm, least)
    ]
    if not told:
        return
    who = facts.who(series.region, series.account, series.item, series.detail)
    shown = [
        f"{step.before.period}: {series.shown(step.before)} → "
        f"{step.after.period}: {series.shown(step.after)}"
        for step in told
    ]
    message = Text(
        f"{who.zh}：其余年份变化平缓，{'；'.join(shown)}（{told[0].ratio:.3g} 倍）。",
        f"{who.en}: calm in all other years, but {'; '.join(shown)} (times {told[0].ratio:.3g}).",
    )
    yield problem(odd.grade, odd.check, message, odd.remedy, told[0].after.place)


def _exchanged(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Two series of one account, or of one item, whose figures of one year fit each other."""
    (band,), (fit,) = bands["series-exchanged"], bands["series-exchanged-fit"]
    groups: dict[tuple[object, ...], list[_Odd]] = defaultdict(list)
    for series in facts.series:
        if series.weight < band.share:
            continue
        for each in _odd_years(series):
            kind = (series.region, each.point.period, series.quantity, series.dimension)
            groups[(*kind, "account", series.account)].append(each)
            groups[(*kind, "item", series.item, series.detail)].append(each)
    for group in groups.values():
        for one, other in combinations(group, 2):
            apart = _apart(one.value, one.expected) * _apart(other.value, other.expected)
            crossed = _apart(one.value, other.expected) * _apart(other.value, one.expected)
            if not band.holds(apart) and fit.holds(crossed):
                yield _swap(facts, band, one, other)


def _odd_years(series: Series) -> Iterator[_Odd]:
    """The years between two others; what is expected is the geometric mean of the two."""
    for a, b, c in zip(series.points, series.points[1:], series.points[2:], strict=False):
        figures = [point.value or 0.0 for point in (a, b, c)]
        if min(figures) > 0 and c.period == a.period + 2:
            yield _Odd(series, b, figures[1], math.sqrt(figures[0] * figures[2]))


def _apart(value: float, expected: float) -> float:
    """By which factor two figures differ, whichever is the larger."""
    return max(value / expected, expected / value)


def _swap(facts: Facts, band: Band, one: _Odd, other: _Odd) -> Problem:
    first, second = (
        facts.who(each.series.region, each.series.account, each.series.item, each.series.detail)
        for each in (one, other)
    )
    shown, beside = (each.series.shown(each.point) for each in (one, other))
    year = one.point.period
    message = Text(
        f"{year} 年 {first.zh}（{shown}）与 {second.zh}（{beside}）像是互换了："
        "各自与前后年份不符，对调后正好相符。",
        f"{year}: {first.en} ({shown}) and {second.en} ({beside}) seem to be exchanged: neither "
        "fits the years around it, and each fits those of the other.",
    )
    return problem(band.grade, band.check, message, band.remedy, other.point.place)
