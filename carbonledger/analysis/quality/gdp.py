"""GDP at comparable prices against current prices, the published indices, and itself.

A figure at the prices of one year, taken for one of another, looks as sound as the right one, and
every intensity rests on it. Prices tell themselves only where two series stand side by side; where
one stands alone, a hint says that nothing could be compared.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, digits, number, problem
from carbonledger.errors import Text
from carbonledger.model.problem import Problem
from carbonledger.model.statistics import Statistic

__all__ = ["check_gdp"]

Bands = Mapping[str, tuple[Band, ...]]


class _Step(NamedTuple):
    """Two years that follow each other, and how GDP at comparable prices moved."""

    before: Statistic
    after: Statistic
    ratio: float


class _Gdp(NamedTuple):
    """GDP of a region at the prices of ``base`` by year, and what is stated beside it.

    ``indices`` are by base year and year.
    """

    who: Text
    base: int
    stated: Mapping[int, Statistic]
    current: Mapping[int, Statistic]
    indices: Mapping[tuple[int, int], float]

    @property
    def steps(self) -> list[_Step]:
        """The changes from year to year."""
        pairs = pairwise(self.stated.values())
        return [_Step(a, b, b.amount / a.amount) for a, b in pairs if b.period == a.period + 1]

    def problem(self, band: Band, message: Text, place: Statistic) -> Problem:
        """A finding about this series."""
        zh = f"{self.who.zh} 地区生产总值（可比价，{self.base} 年价格）：{message.zh}"
        en = f"{self.who.en}, GDP at comparable prices (of {self.base}): {message.en}"
        return problem(band.grade, band.check, Text(zh, en), band.remedy, place.model_dump())


def check_gdp(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Comparable prices that are none, or that disagree with what stands beside them."""
    for gdp in _stated(facts):
        yield from _base_year(gdp, bands["gdp-base-year"][0])
        copied = _copied(gdp, bands)
        if copied:
            yield _as_current(gdp, copied, bands["gdp-as-current"][0])
            continue
        yield from _growth(gdp, bands)
        yield from _against_index(gdp, bands["gdp-index"][0])
        yield from _deflator(gdp, bands["gdp-deflator"][0])
        yield from _alone(gdp, bands["gdp-alone"][0])


def _stated(facts: Facts) -> list[_Gdp]:
    """GDP at comparable prices by region and price year, years in order."""
    figures = [each for each in facts.statistics if each.amount > 0]
    figures.sort(key=lambda each: each.period)
    stated: dict[tuple[str, int], dict[int, Statistic]] = {}
    current: dict[str, dict[int, Statistic]] = {}
    index: dict[str, dict[tuple[int, int], float]] = {}
    for each in figures:
        if each.price_year is None:
            continue
        if each.statistic == "gdp_comparable":
            stated.setdefault((each.region, each.price_year), {})[each.period] = each
        elif each.statistic == "gdp":
            current.setdefault(each.region, {})[each.period] = each
        elif each.statistic == "gdp_index":
            index.setdefault(each.region, {})[each.price_year, each.period] = each.amount
    return [
        _Gdp(
            Text(facts.label("regions", region), facts.label("regions", region, "en")),
            base,
            years,
            current.get(region, {}),
            index.get(region, {}),
        )
        for (region, base), years in stated.items()
    ]


def _base_year(gdp: _Gdp, band: Band) -> Iterator[Problem]:
    """At the prices of a year, the GDP of that year is its GDP at current prices."""
    stated, current = gdp.stated.get(gdp.base), gdp.current.get(gdp.base)
    if stated is None or current is None or band.holds(stated.amount / current.amount):
        return
    message = Text(
        f"{gdp.base} 年 {_shown(stated)}，当年现价为 {_shown(current)}；"
        "按当年价格计的可比价应与现价相等。",
        f"{_shown(stated)} in {gdp.base}, and {_shown(current)} at current prices; at the prices "
        "of that very year both must be the same.",
    )
    yield gdp.problem(band, message, stated)


def _copied(gdp: _Gdp, bands: Bands) -> list[Statistic]:
    """Figures that are those at current prices, though prices had a year to change."""
    (same,), (exact,) = bands["gdp-as-current"], bands["gdp-as-current-digits"]
    equal = [
        (figure, gdp.current[year])
        for year, figure in gdp.stated.items()
        if year != gdp.base
        and year in gdp.current
        and same.holds(figure.amount / gdp.current[year].amount)
    ]
    if not any(exact.holds(max(digits(each.value) for each in pair)) for pair in equal):
        return []
    return [figure for figure, _ in equal]


def _as_current(gdp: _Gdp, copied: list[Statistic], band: Band) -> Problem:
    zh = "、".join(f"{each.period}: {_shown(each)}" for each in copied)
    en = ", ".join(f"{each.period}: {_shown(each)}" for each in copied)
    message = Text(
        f"与当年现价数完全相同（{zh}），像是把现价数填成了可比价。",
        f"the same as at current prices ({en}), as if these had been entered for comparable ones.",
    )
    return gdp.problem(band, message, copied[0])


def _growth(gdp: _Gdp, bands: Bands) -> Iterator[Problem]:
    """Growth that regions seldom have; what jumps is told as a jump."""
    (band,), (jump,) = bands["gdp-growth"], bands["statistic-jump"]
    odd = [each for each in gdp.steps if jump.holds(each.ratio) and not band.holds(each.ratio)]
    if odd:
        yield gdp.problem(band, _steps(odd, band), odd[0].after)


def _against_index(gdp: _Gdp, band: Band) -> Iterator[Problem]:
    """Growth that is not the published one."""
    for step in gdp.steps:
        published = _published(gdp, step)
        if published is None or band.holds(step.ratio / published):
            continue
        year = step.after.period
        message = Text(
            f"{year} 年增长 {_percent(step.ratio)}，按所填的指数为 {_percent(published)}。",
            f"growth of {_percent(step.ratio)} in {year}, and {_percent(published)} by the index.",
        )
        yield gdp.problem(band, message, step.after)


def _published(gdp: _Gdp, step: _Step) -> float | None:
    """The growth by the index: to the year before, or of one base in both years."""
    before, after = step.before.period, step.after.period
    if (before, after) in gdp.indices:
        return gdp.indices[before, after]
    for base, year in gdp.indices:
        if year == after and (base, before) in gdp.indices:
            return gdp.indices[base, after] / gdp.indices[base, before]
    return None


def _deflator(gdp: _Gdp, band: Band) -> Iterator[Problem]:
    """Changes of prices that follow from both series, beyond what prices do."""
    odd = []
    for step in gdp.steps:
        a, b = (gdp.current.get(each.period) for each in (step.before, step.after))
        if a and b and not band.holds(b.amount / a.amount / step.ratio):
            odd.append(step._replace(ratio=b.amount / a.amount / step.ratio))
    if odd:
        yield gdp.problem(band, _steps(odd, band), odd[0].after)


def _alone(gdp: _Gdp, band: Band) -> Iterator[Problem]:
    """A series beside which nothing stands that could tell its prices."""
    beside = {*gdp.current, *(year for _, year in gdp.indices)}
    later = [figure for year, figure in gdp.stated.items() if year != gdp.base]
    if not band.holds(len(later)) and not any(each.period in beside for each in later):
        message = Text(
            "没有同年的现价数或指数，无法核对是否误填了现价。",
            "without figures at current prices or an index of these years it cannot be told "
            "whether they are at current prices.",
        )
        yield gdp.problem(band, message, later[0])


def _steps(steps: list[_Step], band: Band) -> Text:
    zh = "、".join(f"{each.after.period} 年 {_percent(each.ratio)}" for each in steps)
    en = ", ".join(f"{_percent(each.ratio)} in {each.after.period}" for each in steps)
    usual = f"{_percent(band.least)} … {_percent(band.most)}"
    return Text(f"{band.name_zh} {zh}（常见 {usual}）。", f"{band.name_en} {en} (usual {usual}).")


def _shown(figure: Statistic) -> str:
    return f"{number(figure.value)} {figure.unit}"


def _percent(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.3g} %"
