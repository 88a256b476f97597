"""Stands of sample plots and fitted growth curves, on the screen."""

import math
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from carbonledger.analysis.curve_fit import Fit
from carbonledger.engine.explain import Argument
from carbonledger.engine.plots import Stand
from carbonledger.engine.stands import Growth
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.reports.numbers import format_number, format_written

__all__ = ["print_fits", "print_growth", "print_stand"]

_STAND = Text("样地推算的林分（每公顷）", "Stand of the plots (per hectare)")
_HEADS = {
    "trees": Text("株数 株/ha", "Trees per ha"),
    "diameter": Text("平均胸径 cm", "Mean diameter cm"),
    "height": Text("平均树高 m", "Mean height m"),
    "volume": Text("蓄积 m³/ha", "Volume m³/ha"),
    "biomass": Text("生物量 t/ha", "Biomass t/ha"),
    "carbon": Text("碳储量 t C/ha", "Carbon t C/ha"),
}
_MEAN = Text("平均", "Mean")
_ERROR = Text("抽样误差 ±（95 %）", "Sampling error ± (95 %)")
_NO_ERROR = Text("只有一个样地，没有抽样误差。", "A single plot has no sampling error.")
_BIOMASS_NOTE = Text(
    "生物量为全株（干枝叶根），不得再乘根茎比；死有机质和土壤不在内。",
    "Biomass is that of whole trees with their roots, so no root-shoot ratio comes on top; dead "
    "organic matter and soil are not in it.",
)
_USED = Text("所用方程和参数", "Equations and parameters")
_GROWTH = Text("林分逐年推算", "Stands through the years")
_POOLS = {
    "biomass": Text("生物量 t C", "Biomass t C"),
    "dead_wood": Text("枯死木 t C", "Dead wood t C"),
    "products": Text("木制品 t C", "Products t C"),
    "released": Text("累计释放 t C", "Released so far t C"),
    "grown": Text("累计生长 t C", "Grown so far t C"),
    "gain": Text("当年净增 t CO₂", "Gain of the year t CO₂"),
}
_GROWTH_NOTE = Text(
    "净增为生物量、枯死木和木制品三库之和的变化；土壤、枯落物不在内。"
    "结果为事前估算，不等于可交易减排量。",
    "The gain is the change of the three pools together; soil and litter are not in it. These are "
    "estimates made beforehand; they are no tradable emission reductions.",
)
_FITS = Text("生长曲线拟合（误差最小的在前）", "Growth curves (smallest error first)")
_BEYOND = Text(
    "曲线只在拟合所用林龄范围内有依据，外推无依据。",
    "A curve holds within the ages that it was fitted to; beyond them it is a guess.",
)
_AT_LIMIT = Text("到达允许范围边界，区间无意义：", "Ended at a limit, so without a range: ")


def print_stand(console: Console, stand: Stand, library: Library, lang: str) -> None:
    """Print the plots, their mean with its sampling error, and what was used."""
    table = Table(title=_STAND.in_language(lang), title_justify="left")
    table.add_column(Text("样地", "Plot").in_language(lang))
    for head in _HEADS.values():
        table.add_column(head.in_language(lang), justify="right")
    for row in stand.plots.to_dict("records"):
        table.add_row(str(row["plot"]), *(_rounded(row[name]) for name in _HEADS))
    table.add_section()
    table.add_row(_MEAN.in_language(lang), *(_rounded(stand.mean[name]) for name in _HEADS))
    if len(stand.plots) > 1:
        error = (_rounded(stand.error[name]) for name in _HEADS)
        table.add_row(_ERROR.in_language(lang), *error)
    console.print(table)
    if len(stand.plots) == 1:
        console.print(_NO_ERROR.in_language(lang))
    console.print(_BIOMASS_NOTE.in_language(lang))
    _print_used(console, stand.used, library, lang)


def print_growth(console: Console, growth: Growth, library: Library, lang: str) -> None:
    """Print the pools of a table of stands year by year, and what was used."""
    table = Table(title=_GROWTH.in_language(lang), title_justify="left")
    table.add_column(Text("年", "Year").in_language(lang))
    for head in _POOLS.values():
        table.add_column(head.in_language(lang), justify="right")
    for row in growth.years.to_dict("records"):
        table.add_row(str(int(row["year"])), *(format_number(row[name]) for name in _POOLS))
    console.print(table)
    console.print(_GROWTH_NOTE.in_language(lang))
    _print_used(console, growth.used, library, lang)


def _print_used(
    console: Console, used: Mapping[str, Sequence[Argument]], library: Library, lang: str
) -> None:
    console.print(f"{_USED.in_language(lang)}:")
    for item, arguments in used.items():
        for argument in arguments:
            console.print(
                f"  {library.label('items', item, lang)} {argument.name} = {argument.printed} · "
                f"{argument.source} · {argument.status}"
            )


def print_fits(console: Console, fits: Sequence[Fit], lang: str) -> None:
    """Print the fitted curves with their ranges."""
    table = Table(title=_FITS.in_language(lang), title_justify="left")
    for head in (
        Text("曲线", "Curve"),
        Text("参数", "Parameter"),
        Text("值", "Value"),
        Text("95 % 区间", "95 % interval"),
        Text("R²", "R²"),
        Text("均方根误差 m³/ha", "Error m³/ha"),
    ):
        table.add_column(head.in_language(lang))
    for fit in fits:
        for number, (name, unit) in enumerate(fit.curve.units.items()):
            ranged = name not in fit.at_limit
            low, high = (_rounded(end[number]) for end in (fit.lower, fit.upper))
            table.add_row(
                fit.curve.name.in_language(lang) if number == 0 else "",
                escape(f"{name} [{unit}]"),
                _rounded(fit.parameters[number]),
                f"{low} ~ {high}" if ranged else "—",
                f"{fit.determination:.4f}" if number == 0 else "",
                _rounded(fit.error) if number == 0 else "",
            )
        table.add_section()
    console.print(table)
    ages = f"{fits[0].ages[0]:g}–{fits[0].ages[1]:g}"
    console.print(f"{_BEYOND.in_language(lang)} ({ages} a, n = {fits[0].count})")
    if stuck := [name for fit in fits for name in fit.at_limit]:
        console.print(_AT_LIMIT.in_language(lang) + ", ".join(stuck))


def _rounded(value: float) -> str:
    """Four significant digits: these are estimates, not accounts."""
    if not math.isfinite(value) or value == 0:
        return format_written(value if math.isfinite(value) else None, missing="—")
    digits = 3 - math.floor(math.log10(abs(value)))
    return format_written(round(value, max(digits, 0)))
