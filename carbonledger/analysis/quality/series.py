"""Time-series checks: jumps, slips of unit, copied values, missing years, signs, neighbours."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from statistics import median

from carbonledger import units
from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, Point, Series, number, problem
from carbonledger.analysis.quality.steps import is_slip
from carbonledger.errors import Text
from carbonledger.memory import values_by
from carbonledger.model.problem import Problem
from carbonledger.model.statistics import Statistic, statistic_kinds

__all__ = ["check_neighbours", "check_series", "check_statistics"]

Bands = Mapping[str, tuple[Band, ...]]


def check_series(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """What the years of each series say against each other."""
    active = _active_periods(facts)
    for series in facts.series:
        yield from _jumps(facts, series, bands)
        yield from _constant(facts, series, bands["series-constant"][0])
        yield from _gaps(facts, series, active[series.region], bands)
        yield from _signs(facts, series, bands["series-sign"][0])


def _jumps(facts: Facts, series: Series, bands: Bands) -> Iterator[Problem]:
    """Steps beyond the band, in one problem; steps by a power of ten in another."""
    (jump,), (slip,) = bands["series-jump"], bands["series-unit-slip"]
    jumps, slips = [], []
    known = [point for point in series.points if point.value is not None]
    for a, b in pairwise(known):
        moved, ratio = _moved(a, b), _ratio(a, b)
        if is_slip(ratio, slip, series.dimension) and moved >= slip.share:
            slips.append((a, b))
        elif ratio is not None and not jump.holds(ratio) and moved >= jump.share:
            jumps.append((a, b))
    for pairs, band, remedy in ((slips, slip, _SLIP), (jumps, jump, _JUMP)):
        if pairs:
            worst = max(pairs, key=lambda pair: _moved(*pair))
            zh = "；".join(_step(series, *pair, facts).zh for pair in pairs)
            en = "; ".join(_step(series, *pair, facts).en for pair in pairs)
            who = facts.who(series.region, series.account, series.item, series.detail)
            message = Text(f"{who.zh}：{band.name_zh}：{zh}。", f"{who.en}: {band.name_en}: {en}.")
            yield problem(band.grade, band.check, message, remedy, worst[1].place)


def _ratio(a: Point, b: Point) -> float | None:
    """The ratio to the year before; None between zeros and where the sign changes."""
    if a.value is None or b.value is None or a.value * b.value < 0:
        return None
    if a.value == 0:
        return None if b.value == 0 else math.inf
    return b.value / a.value


def _moved(a: Point, b: Point) -> float:
    """The share of the region's emissions that a step moves, by the larger of its two years."""
    if a.value is None or b.value is None:
        return 0.0
    larger, smaller = (a, b) if abs(a.value) >= abs(b.value) else (b, a)
    if not larger.value or smaller.value is None:
        return 0.0
    return larger.share * (1 - smaller.value / larger.value)


def _step(series: Series, a: Point, b: Point, facts: Facts) -> Text:
    ratio = _ratio(a, b)
    times = "" if ratio is None or math.isinf(ratio) else f"（{ratio:.3g} 倍）"
    times_en = "" if ratio is None or math.isinf(ratio) else f" (times {ratio:.3g})"
    shown = f"{a.period}: {series.shown(a)} → {b.period}: {series.shown(b)}"
    return Text(shown + times, shown + times_en)


def _constant(facts: Facts, series: Series, band: Band) -> Iterator[Problem]:
    run: list[Point] = []
    runs: list[list[Point]] = []
    for point in series.points:
        same = run and point.value == run[-1].value and point.period == run[-1].period + 1
        run = [*run, point] if same else [point]
        if point.value and len(run) >= band.least:
            runs = [*(each for each in runs if each[0] is not run[0]), run]
    if not runs or series.weight < band.share:
        return
    who = facts.who(series.region, series.account, series.item, series.detail)
    years = "、".join(f"{each[0].period}—{each[-1].period}" for each in runs)
    years_en = ", ".join(f"{each[0].period} to {each[-1].period}" for each in runs)
    shown = series.shown(runs[0][0])
    message = Text(
        f"{who.zh}：{years} 年的数值完全相同（{shown}），像是沿用了以前的数。",
        f"{who.en}: the value is the same ({shown}) in {years_en}, as if copied forward.",
    )
    yield problem(band.grade, band.check, message, _COPIED, runs[0][1].place)


def _active_periods(facts: Facts) -> dict[str, list[int]]:
    """The reported years in which a region has entries."""
    active: dict[str, set[int]] = {}
    for row in facts.activities:
        active.setdefault(str(row["region"]), set()).add(int(row["period"]))
    return {
        region: [period for period in sorted(facts.periods) if period in found]
        for region, found in active.items()
    }


def _gaps(facts: Facts, series: Series, active: list[int], bands: Bands) -> Iterator[Problem]:
    """Years without an entry between others, and series that end before the inventory does."""
    (gap,), (stopped,) = bands["series-gap"], bands["series-stopped"]
    there = {point.period for point in series.points}
    inside = [year for year in active if min(there) < year < max(there) and year not in there]
    after = [year for year in active if year > max(there)]
    last = series.points[-1]
    if not inside and not after:
        return
    who = facts.who(series.region, series.account, series.item, series.detail)
    if inside and len(there) >= gap.least and series.weight >= gap.share:
        years = "、".join(map(str, inside))
        years_en = ", ".join(map(str, inside))
        message = Text(
            f"{who.zh}：前后年份都有数，{years} 年没有录入，这些年的合计会偏小。",
            f"{who.en}: there are entries before and after, but none for {years_en}; the totals of "
            "these years are too small.",
        )
        yield problem(gap.grade, gap.check, message, _GAP, _before(series, inside[0]).place)
    if after and len(there) >= stopped.least and last.value and last.share >= stopped.share:
        message = Text(
            f"{who.zh}：连续录入到 {last.period} 年（{series.shown(last)}），其后没有录入。",
            f"{who.en}: entered up to {last.period} ({series.shown(last)}), and no longer after.",
        )
        yield problem(stopped.grade, stopped.check, message, _STOPPED, last.place)


def _before(series: Series, year: int) -> Point:
    return max(
        (point for point in series.points if point.period < year), key=lambda point: point.period
    )


def _signs(facts: Facts, series: Series, band: Band) -> Iterator[Problem]:
    negative = [point for point in series.points if point.value is not None and point.value < 0]
    positive = [point for point in series.points if point.value is not None and point.value > 0]
    if not negative or not positive or series.weight < band.share:
        return
    odd = min((negative, positive), key=len)
    who = facts.who(series.region, series.account, series.item, series.detail)
    years = "、".join(str(point.period) for point in odd)
    years_en = ", ".join(str(point.period) for point in odd)
    sign = Text("负数", "negative") if odd is negative else Text("正数", "positive")
    message = Text(
        f"{who.zh}：{years} 年为{sign.zh}（{series.shown(odd[0])}），其余年份符号相反。",
        f"{who.en}: {sign.en} in {years_en} ({series.shown(odd[0])}), unlike the other years.",
    )
    yield problem(band.grade, band.check, message, _SIGN, odd[0].place)


def check_statistics(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Steps in the figures beside the inventory, which would pass on to every intensity."""
    (jump,), (slip,) = bands["statistic-jump"], bands["series-unit-slip"]
    kinds = statistic_kinds()
    rows: dict[tuple[str, str, int | None], list[Statistic]] = {}
    for each in facts.statistics:
        prices = each.price_year if kinds[each.statistic].price_year == "required" else None
        rows.setdefault((each.region, each.statistic, prices), []).append(each)
    for (region, statistic, _), figures in rows.items():
        for a, b in pairwise(sorted(figures, key=lambda each: each.period)):
            ratio = b.amount / a.amount if a.amount else None
            if ratio is None or b.period != a.period + 1 or jump.holds(ratio):
                continue
            slipped = is_slip(ratio, slip, units.dimension(b.unit))
            band, remedy = (slip, _SLIP) if slipped else (jump, jump.remedy)
            name = Text(kinds[statistic].name_zh, kinds[statistic].name_en)
            shown = (
                f"{a.period}: {number(a.value)} {a.unit} → {b.period}: {number(b.value)} {b.unit}"
            )
            message = Text(
                f"{facts.label('regions', region)} {name.zh}：{band.name_zh}：{shown}。",
                f"{facts.label('regions', region, 'en')} {name.en}: {band.name_en}: {shown}.",
            )
            yield problem(band.grade, band.check, message, remedy, b.model_dump())


def check_neighbours(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Regions whose figure is orders of magnitude from those of the regions beside them."""
    (siblings,), (plain,) = bands["region-siblings"], bands["region-outlier"]
    (per_head,) = bands["region-outlier-per-head"]
    if len({series.region for series in facts.series}) < siblings.least:
        return
    parents = values_by(facts.library.regions, "region", "parent")
    alike: dict[tuple[object, ...], list[tuple[Series, Point]]] = {}
    for series in facts.series:
        for point in series.points:
            if point.value:
                kind = (series.account, series.item, series.detail, series.quantity)
                key = (parents.get(series.region, ""), point.period, *kind, series.dimension)
                alike.setdefault(key, []).append((series, point))
    told: set[int] = set()
    for group in alike.values():
        if len(group) < siblings.least:
            continue
        heads = [facts.statistic(each.region, p.period, "population") for each, p in group]
        band = per_head if all(heads) else plain
        sizes = [
            abs(point.value or 0.0) / (head.amount if head and band is per_head else 1.0)
            for (_, point), head in zip(group, heads, strict=True)
        ]
        middle = median(sizes)
        for (series, point), size in zip(group, sizes, strict=True):
            if band.holds(size / middle) or point.share < band.share or id(series) in told:
                continue
            told.add(id(series))
            yield _outlier(facts, series, point, size / middle, band)


def _outlier(facts: Facts, series: Series, point: Point, ratio: float, band: Band) -> Problem:
    who = facts.who(series.region, series.account, series.item, series.detail)
    return problem(
        band.grade,
        band.check,
        Text(
            f"{who.zh}：{point.period} 年 {series.shown(point)}，是同级地区中位数的 {ratio:.3g} "
            f"倍（{band.name_zh}）。",
            f"{who.en}: {series.shown(point)} in {point.period} is {ratio:.3g} times the median "
            f"of its neighbours ({band.name_en}).",
        ),
        Text(
            "请对照原件核对单位（如 t 与万t）和地区；属实请在备注中说明。",
            "Check the unit (t or 万t) and the region against the document; explain it if right.",
        ),
        point.place,
    )


_JUMP = Text(
    "请对照原件核对两年的数和口径；属实的（新投产、停产、行业调整）请在备注中写明原因。",
    "Check both years and their scope against the documents; where right (a plant opened or "
    "closed), write the reason into the note.",
)
_SLIP = Text(
    "请核对两年的单位（吨与万吨、元与万元、亩与公顷）和小数点。",
    "Check the units of both years (t or 万t, 亩 or ha) and the decimal point.",
)
_COPIED = Text(
    "请查实各年的数；没有新数据而沿用的，请在备注中写明。",
    "Find the figures of each year; where none was published, say so in the note.",
)
_GAP = Text(
    "请补录缺年的数；没有发生写 NO，没有估算写 NE，并说明原因；也请核对细项写法各年是否一致。",
    "Enter the missing years; write NO where it did not occur, NE where it was not estimated, "
    "with the reason. Also check that the detail is written alike in all years.",
)
_STOPPED = Text(
    "请核对是停产、漏填，还是改了科目、品种或细项的写法；停产请写 0 或 NO。",
    "Closed, forgotten, or entered under another account, item or detail? Write 0 or NO where it "
    "is closed.",
)
_SIGN = Text("请核对符号。", "Check the sign.")
