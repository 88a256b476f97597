"""What ``landfill`` says, in both languages."""

from collections.abc import Mapping

from carbonledger.errors import Text
from carbonledger.model.problem import Grade, Problem

__all__ = ["climate_assumed", "deducted_too_much", "history_short", "trend_turned"]

_DIRECTION = {True: Text("上升", "rises"), False: Text("下降", "falls")}


def trend_turned(
    region_zh: str,
    region_en: str,
    years: tuple[int, int],
    ends: Mapping[str, tuple[float, float]],
    *,
    booked_by_decay: bool,
) -> Problem:
    """The two methods disagree on the direction; ``ends`` are t CH4 of the first and last year."""
    (balance_first, balance_last), (decay_first, decay_last) = ends["mass_balance"], ends["decay"]
    balance = _DIRECTION[balance_last > balance_first]
    decay = _DIRECTION[decay_last > decay_first]
    used = (
        Text("一阶衰减法", "first-order decay")
        if booked_by_decay
        else Text("质量平衡法", "the mass balance")
    )
    return Problem(
        grade=Grade.C,
        code="landfill-trend",
        message=Text(
            f"{region_zh}：{years[0]}—{years[1]} 年填埋处理 CH4（未扣回收）按质量平衡法由 "
            f"{balance_first:,.0f} t 到 {balance_last:,.0f} t（{balance.zh}），按一阶衰减法由 "
            f"{decay_first:,.0f} t 到 {decay_last:,.0f} t（{decay.zh}）：两种方法的趋势相反。"
            f"本次运行用{used.zh}。",
            f"{region_en}: from {years[0]} to {years[1]} the CH4 of landfills (before recovery) "
            f"goes from {balance_first:,.0f} t to {balance_last:,.0f} t ({balance.en}) by the mass "
            f"balance and from {decay_first:,.0f} t to {decay_last:,.0f} t ({decay.en}) by "
            f"first-order decay: the methods disagree on the trend. This run uses {used.en}.",
        ),
        remedy=Text(
            "请确认所用方法与考核或上报要求一致，并在报告中写明；"
            "质量平衡法把甲烷全部计在填埋当年，一阶衰减法分摊到以后几十年。",
            "Confirm that the method is the one that is asked for, and state it in the report: the "
            "mass balance books all methane in the year of burial, decay over the decades after.",
        ),
    )


def history_short(
    line_zh: str, line_en: str, years: tuple[int, int], half_life: float, since: int
) -> Problem:
    """A decay series begins too late; ``years`` are its first year and the first reported one."""
    return Problem(
        grade=Grade.C,
        code="decay-history-short",
        message=Text(
            f"{line_zh}：填埋量从 {years[0]} 年开始，到首个报告年 {years[1]} 年不足三个半衰期"
            f"（半衰期 {half_life:.1f} 年）；更早填埋的垃圾仍在产气，却没有计入，结果偏低。",
            f"{line_en}: the deposits begin in {years[0]}, less than three half-lives "
            f"({half_life:.1f} years each) before {years[1]}, the first year reported. What was "
            "buried earlier still gives methane that is not counted: the result is too low.",
        ),
        remedy=Text(
            f"请补充 {since} 年以来的填埋量（可按人口推算，并注明）；填埋场确于 {years[0]} 年启用"
            "的，请确认。",
            f"Add the deposits since {since} (estimates from population will do, if marked); if "
            f"the landfill opened in {years[0]}, confirm it.",
        ),
    )


def climate_assumed(line_zh: str, line_en: str, rate: float) -> Problem:
    """The climate zone was not stated; ``rate`` (1/a) is that of the temperate wet zone."""
    return Problem(
        grade=Grade.C,
        code="landfill-climate",
        message=Text(
            f"{line_zh}：没有写明气候带，按寒温带湿润取一阶衰减常数 k = {rate:g}。"
            "年均气温高于 20 ℃ 的地方（20 ℃ 等温线穿过福建）应取热带的值，约为两倍。",
            f"{line_en}: the climate zone is not stated; the decay rate of the boreal and "
            f"temperate wet zone, k = {rate:g}, was taken. Where the mean annual temperature is "
            "above 20 degrees C (the isotherm crosses Fujian) the tropical rate holds, about twice "
            "as high.",
        ),
        remedy=Text(
            "请用科目 4.A.1、4.A.2.cn1、4.A.2.cn2、4.A.3 区分填埋场类别，在细项中写气候带"
            "（寒温带湿润、热带湿润、寒温带干旱、热带干旱）；或另加一列 k [1/a]。",
            "Tell the class of the site by its account (4.A.1, 4.A.2.cn1, 4.A.2.cn2, 4.A.3) and "
            "write the climate zone as the detail (temperate-wet, tropical-wet, temperate-dry, "
            "tropical-dry); or add a column k [1/a].",
        ),
    )


def deducted_too_much(
    region_zh: str, region_en: str, year: int, account: str, gas: str, amount: float
) -> Problem:
    """A total is below zero; ``amount`` is in t of the gas."""
    return Problem(
        grade=Grade.B,
        code="deducted-too-much",
        message=Text(
            f"{region_zh}，{year} 年，科目 {account} 的 {gas} 合计为 {amount:,.1f} t，小于 0："
            "回收量、捕集量或污泥清除量大于产生量，不可能。",
            f"{region_en}, {year}: the {gas} of account {account} adds to {amount:,.1f} t, below "
            "zero. More was recovered, captured or removed as sludge than was generated, which "
            "cannot be.",
        ),
        remedy=Text(
            "请核对回收量、捕集量、污泥清除量的单位和年份，以及对应的产量、填埋量或废水量是否漏填；"
            "历史年份不全也会使产生量偏低。",
            "Check unit and year of what was recovered, captured or removed, and whether the "
            "output, waste or wastewater it belongs to is missing; missing "
            "earlier years make the generation too low.",
        ),
    )
