"""Slips too small for the bands of the total: only the other years of a series tell them.

An account of a few thousandths of the total is still somebody's figure, and electricity, or a rate
that weighs nothing by itself, decides under another profile or for its own account.
"""

from collections.abc import Iterator, Mapping, Sequence

from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, Series, problem
from carbonledger.analysis.quality.steps import (
    Step,
    is_slip,
    others_within,
    share_moved,
    steps_of,
)
from carbonledger.errors import Text
from carbonledger.model import limits
from carbonledger.model.problem import Problem

__all__ = ["check_small"]

Bands = Mapping[str, tuple[Band, ...]]


def check_small(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Powers of ten and odd steps in series of little weight, and in entered parameters."""
    (small_slip,), (small_step,) = bands["small-slip"], bands["small-step"]
    (told_slip,), (told_jump,) = bands["series-unit-slip"], bands["series-jump"]
    for series in facts.series:
        steps = steps_of(series)
        slips = _slips(series, steps, bands)
        slips = [step for step in slips if share_moved(step) < told_slip.share]
        yield from _told(facts, series, small_slip, slips)
        odd = [
            step
            for step in _odd(series, steps, small_step, bands)
            if small_step.share <= share_moved(step) < told_jump.share
        ]
        yield from _told(facts, series, small_step, odd)
    for series in facts.parameters:
        slips = _slips(series, steps_of(series), bands)
        yield from _told(facts, series, bands["parameter-slip"][0], slips)


def _slips(series: Series, steps: Sequence[Step], bands: Bands) -> list[Step]:
    """Steps by a power of ten in a series whose other years move as years do."""
    (slip,), (least,) = bands["series-unit-slip"], bands["calm-steps"]
    return [
        step
        for place, step in enumerate(steps)
        if is_slip(step.ratio, slip, series.dimension) and others_within(steps, place, slip, least)
    ]


def _odd(series: Series, steps: Sequence[Step], band: Band, bands: Bands) -> list[Step]:
    """Steps beyond a band in a series whose other years are calm, powers of ten aside."""
    (slip,), (calm,), (least,) = (
        bands[check] for check in ("series-unit-slip", "series-calm", "calm-steps")
    )
    return [
        step
        for place, step in enumerate(steps)
        if not band.holds(step.ratio)
        and not is_slip(step.ratio, slip, series.dimension)
        and others_within(steps, place, calm, least)
    ]


def _told(facts: Facts, series: Series, band: Band, steps: Sequence[Step]) -> Iterator[Problem]:
    if not steps:
        return
    who = facts.who(series.region, series.account, series.item, series.detail)
    name = limits.names().get(series.quantity, Text("", ""))
    shown = [
        (
            f"{step.before.period}: {series.shown(step.before)} → "
            f"{step.after.period}: {series.shown(step.after)}",
            f"{step.ratio:.3g}",
        )
        for step in steps
    ]
    zh = "；".join(f"{text}（{times} 倍）" for text, times in shown)
    en = "; ".join(f"{text} (times {times})" for text, times in shown)
    message = Text(
        f"{who.zh}{f' {name.zh}' if name.zh else ''}：{band.name_zh}：{zh}。",
        f"{who.en}{f' {name.en}' if name.en else ''}: {band.name_en}: {en}.",
    )
    yield problem(band.grade, band.check, message, band.remedy, steps[0].after.place)
