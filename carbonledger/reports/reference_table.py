"""The reference approach beside the sectoral one, fuel by fuel: on the screen and as a sheet."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.load import Library
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import format_number
from carbonledger.reports.sheet import Book, Style
from carbonledger.reports.texts import beside

__all__ = ["REFERENCE", "print_reference", "reference_rows", "write_reference"]

REFERENCE = "reference_approach"
"""Where the table stands in ``run.json``."""

_TITLE = Text("参考方法与分部门方法对照", "Reference approach beside the sectoral one")
_UNITS = Text("能量 TJ，CO₂ t。", "Energy in TJ, CO₂ in t.")
_SCREEN_UNITS = Text("能量 PJ，CO₂ 万t", "energy in PJ, CO₂ in 10⁴ t")
_NOTE = Text(
    "差额 = 表观消费量 − 分部门消费量；由平衡表说明的部分列在其后，余下为未能说明的部分。"
    "差额超过 5% 须在报告中说明（IPCC 2006 卷 2 第 6 章）。",
    "Difference = apparent less sectoral consumption; then what the energy balance explains of it, "
    "and the rest. Beyond 5 % it has to be explained (IPCC 2006 Vol. 2 Ch. 6).",
)
_ALL = Text("全部品种", "All fuels")
_HEADS = {
    "apparent": Text("表观消费量", "Apparent"),
    "sectoral": Text("分部门消费量", "Sectoral"),
    "difference": Text("差额", "Difference"),
    "percent": Text("差额 %", "%"),
    "transformation": Text("加工转换", "Transformed"),
    "non_energy": Text("原料、材料", "Non-energy"),
    "losses": Text("损失", "Losses"),
    "statistical_difference": Text("平衡差额", "Statistical"),
    "rest": Text("未说明", "Rest"),
    "reference_co2": Text("参考方法 CO₂", "Reference CO₂"),
    "sectoral_co2": Text("分部门 CO₂", "Sectoral CO₂"),
    "percent_co2": Text("CO₂ 差额 %", "CO₂ %"),
}
_LEADING = (Text("地区", "Region"), Text("年份", "Year"), Text("品种", "Fuel"))
# On the screen the columns have to fit side by side.
_SCREEN = {"reference_co2": 1e4, "sectoral_co2": 1e4, "percent": 1, "percent_co2": 1}
_PJ = 1e3
_SUM: Style = {"bold": True}


def reference_rows(results: Results) -> list[dict[str, Any]]:
    """The rows that the run keeps, as ``analysis.reference_approach`` made them.

    Raises:
        CarbonledgerError: if the inventory has no supply of fuels (accounts M.4).
    """
    rows: list[dict[str, Any]] = results.info.get(REFERENCE, [])
    if not rows:
        raise CarbonledgerError(
            "这次运行没有参考方法：清单中没有能源供应（科目 M.4）。请加入能源平衡表，"
            "或在 M.4.a～M.4.e 录入一次能源生产、调入、调出和库存变化。",
            "This run has no reference approach: the inventory holds no supply of fuels (accounts "
            "M.4). Add the energy balance, or enter production, imports, exports and stock change "
            "in M.4.a to M.4.e.",
        )
    return rows


def print_reference(
    console: Console, rows: Sequence[dict[str, Any]], library: Library, lang: str
) -> None:
    """Print the comparison, one table for each region and year."""
    for (region, period), own in _blocks(rows):
        place = f"{library.label('regions', region, lang)} {period}"
        title = f"{_TITLE.in_language(lang)} · {place} · {_SCREEN_UNITS.in_language(lang)}"
        shown = Table(title=title, title_justify="left")
        shown.add_column(_LEADING[-1].in_language(lang), overflow="fold")
        for head in _HEADS.values():
            shown.add_column(head.in_language(lang), justify="right", min_width=7)
        for row in own:
            name = library.label("items", row["item"], lang) if row["item"] else ""
            shown.add_row(name or _ALL.in_language(lang), *_figures(row))
        console.print(shown)
    console.print(_NOTE.in_language(lang))


def write_reference(book: Book, results: Results, library: Library) -> None:
    """Add the sheet of the comparison to a workbook."""
    sheet = book.sheet("参考方法 Reference approach")
    row = sheet.title(beside(_TITLE), [beside(_UNITS), beside(_NOTE)])
    heads = [head_text(head) for head in (*_LEADING, *_HEADS.values())]
    row = sheet.header(row, heads, frozen=len(_LEADING))
    for (region, period), own in _blocks(reference_rows(results)):
        for each in own:
            style = {} if each["item"] else _SUM
            name = library.label("items", each["item"]) if each["item"] else beside(_ALL)
            sheet.text(row, 0, library.label("regions", region), style)
            sheet.whole(row, 1, period, style)
            sheet.text(row, 2, name, style)
            for offset, key in enumerate(_HEADS, len(_LEADING)):
                sheet.number(row, offset, each[key], style, notation=each["notation"])
            row += 1


def _figures(row: dict[str, Any]) -> Iterator[str]:
    for key in _HEADS:
        value = None if row[key] is None else row[key] / _SCREEN.get(key, _PJ)
        yield format_number(value, notation=row["notation"])


def _blocks(
    rows: Sequence[dict[str, Any]],
) -> Iterator[tuple[tuple[str, int], list[dict[str, Any]]]]:
    """The rows of each region and year; the sum over the fuels last."""
    for key in sorted({(row["region"], row["period"]) for row in rows}):
        own = [row for row in rows if (row["region"], row["period"]) == key]
        yield key, sorted(own, key=lambda row: row["item"] == "")
