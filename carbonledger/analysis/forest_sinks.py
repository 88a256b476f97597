"""Forests: counted twice in two accounts, gained by conversion, too thin for the line of Fang."""

from collections.abc import Iterable
from typing import NamedTuple

from carbonledger import units
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import Row
from carbonledger.model.problem import Grade, Problem

__all__ = ["forest_notes"]

_LINE = "forest.continuous.new_stands"
_VOLUME = "volume_per_area"
_LOSSES = ("forest.conversion.burning.", "forest.conversion.decay.")


class _Pair(NamedTuple):
    """Two accounts that hold the carbon of the same stands."""

    first: str
    second: str
    reason: Text
    remedy: Text


_PAIRS = (
    _Pair(
        "S.1.1",
        "S.1.4",
        Text(
            "全域蓄积增量已包含项目内林木的增长",
            "the increase of volume of the whole region holds the growth of the project's stands",
        ),
        Text(
            "两者只取其一作为本地区碳汇；需要同时展示时，请分两个清单计算。",
            "Take one of them as the sink of the region; to show both, keep two inventories.",
        ),
    ),
    _Pair(
        "3.B.1",
        "3.B.cn1",
        Text(
            "省级指南的林木生物质科目和 IPCC 的林地科目是同一片森林",
            "the woody biomass of the provincial guideline and forest land of the IPCC are the "
            "same forest",
        ),
        Text(
            "请只用一套科目录入森林；合计 3.B 会把两套相加。",
            "Enter forests in one set of accounts; the total of 3.B adds both.",
        ),
    ),
)


def forest_notes(results: Results, library: Library) -> list[Problem]:
    """Problems of forests that only the results show.

    Grade B where two accounts hold the carbon of the same stands in one region and year, and where
    burning or decay at conversion comes out as a removal; grade C where the intercept of
    B = aV + b gives more than half of the biomass of a stand.

    Args:
        results: a finished run.
        library: for the accounts and their names.
    """
    found = [problem for pair in _PAIRS for problem in _both(pair, results, library)]
    return [*found, *_gained(results), *_thin(results)]


def _counted(results: Results, *columns: str, **among: Iterable[object]) -> list[Row]:
    """The postings that are known and not zero."""
    rows = results.rows("postings", (*columns, "amount"), **among)
    return [row for row in rows if row["amount"]]


def _both(pair: _Pair, results: Results, library: Library) -> list[Problem]:
    sides = []
    for account in (pair.first, pair.second):
        rows = _counted(results, "region", "period", account=library.below(account))
        sides.append({(row["region"], row["period"]) for row in rows})
    # A project of a county lies within the increase of its city too: the region above is named.
    years: dict[str, list[int]] = {}
    for side, other in (sides, sides[::-1]):
        for region, period in side if other else ():
            for above in library.regions_above[region]:
                if (above, period) in other:
                    years.setdefault(above, []).append(period)
    problems = []
    for region, found in sorted(years.items()):
        span = f"{min(found)}–{max(found)}"
        place, place_en = (library.label("regions", region, lang) for lang in ("zh", "en"))
        problems.append(
            Problem(
                grade=Grade.B,
                code="forest-counted-twice",
                message=Text(
                    f"{place} {span} 年同时有 {pair.first} 和 {pair.second}：{pair.reason.zh}，"
                    "合计时重复计算。",
                    f"{place_en} {span} has both {pair.first} and {pair.second}: "
                    f"{pair.reason.en}, so their sum counts it twice.",
                ),
                remedy=pair.remedy,
            )
        )
    return problems


def _gained(results: Results) -> list[Problem]:
    methods = [each for each in results.values("postings", "method") if each]
    losses = [each for each in methods if each.startswith(_LOSSES)]
    rows = _counted(results, "period", "source", method=losses) if losses else []
    rows = [row for row in rows if row["amount"] < 0]
    if not rows:
        return []
    years = [str(year) for year in sorted({row["period"] for row in rows})]
    file, _, cell = rows[0]["source"].rpartition("!")
    return [
        Problem(
            grade=Grade.B,
            code="conversion-gains",
            message=Text(
                f"{'、'.join(years)} 年森林转化的燃烧、分解排放为负数：转化后的生物量大于转化前，"
                "烧掉和分解的生物量不可能是负数。",
                f"Burning or decay at forest conversion is negative in {', '.join(years)}: there "
                "is more biomass after the conversion than before, and none of it can burn.",
            ),
            remedy=Text(
                "请核对转化前、转化后两列的生物量是否填反。",
                "Check whether the biomass before and after stand in each other's column.",
            ),
            file=file or cell,
            cell=cell if file else "",
        )
    ]


def _thin(results: Results) -> list[Problem]:
    rows = _counted(results, "entry", "selection", "source", method=[_LINE])
    if not rows or _VOLUME not in results.table("entries").column_names:
        return []
    used: dict[int, dict[str, float]] = {}
    chosen = {row["selection"] for row in rows}
    for each in results.rows("selections", ("selection", "argument", "value"), selection=chosen):
        used.setdefault(each["selection"], {})[each["argument"]] = each["value"]
    columns = ("entry", _VOLUME, f"{_VOLUME}__unit")
    numbers = {row["entry"] for row in rows}
    entries = {each["entry"]: each for each in results.rows("entries", columns, entry=numbers)}
    told = []
    for row in rows:
        entry, values = entries[row["entry"]], used[row["selection"]]
        volume = units.convert(float(entry[_VOLUME]), entry[f"{_VOLUME}__unit"], "m3/ha")
        if values["biomass_intercept"] > values["biomass_slope"] * volume:
            told.append((row["source"], volume))
    if not told:
        return []
    file, _, cell = str(told[0][0]).rpartition("!")
    return [
        Problem(
            grade=Grade.C,
            code="thin-stand-by-line",
            message=Text(
                f"{len(told)} 条录入的每公顷蓄积很低（最低 {min(v for _, v in told):g} m3/ha），"
                "B = aV + b 的截距占生物量一半以上，结果偏高。",
                f"{len(told)} entries have little volume (down to "
                f"{min(v for _, v in told):g} m3/ha): the intercept of B = aV + b is more than "
                "half of the biomass, which is then too high.",
            ),
            remedy=Text(
                "幼林请改用面积和生长量，或按蓄积和扩展系数计算。",
                "Compute young stands by area and growth, or by volume and expansion factor.",
            ),
            file=file or cell,
            cell=cell if file else "",
        )
    ]
