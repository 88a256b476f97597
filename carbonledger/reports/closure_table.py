"""The layouts beside each other: the same gas masses, and what explains a difference."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import chemical, label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_closure"]

_TITLE = Text("各版式合计对照（直接排放）", "Totals of the layouts (direct emissions)")
_POSTED = Text("全部分录", "All postings")
_DIFFERENCE = Text("相差", "Differs")
_HEADS = (Text("地区", "Region"), Text("年份", "Year"), Text("气体", "Gas"), Text("单位", "Unit"))
_SAME = Text(
    "各版式的气体质量与全部分录一致；没有版式遗漏的类别。",
    "All layouts hold the same gas masses as the postings; none leaves out a category.",
)
_LEFT = Text(
    "下列类别在该版式最细的行中没有位置（可能已含在上级行中）：",
    "Without a line of the finest level in a layout (they may stand in a line above):",
)


def print_closure(
    console: Console, table: "pd.DataFrame", rest: "pd.DataFrame", library: Library, lang: str
) -> None:
    """Print what ``analysis.closure`` found: a row for each region, year and gas."""
    layouts = list(dict.fromkeys(table["layout"]))
    shown = Table(title=_TITLE.in_language(lang), title_justify="left")
    for head in _HEADS:
        shown.add_column(head.in_language(lang))
    names = [label("summary_sheet", layout) for layout in layouts]
    for head in (_POSTED, *names, _DIFFERENCE):
        shown.add_column(head.in_language(lang), justify="right")
    keys = ["region", "period", "gas"]
    for (region, period, gas), rows in table.groupby(keys, sort=False):
        by_layout = rows.set_index("layout")
        totals = [format_number(by_layout["total"].get(layout)) for layout in layouts]
        worst = rows["difference"].abs().max()
        unit = chemical(str(rows["unit"].dropna().iloc[0])) if rows["unit"].notna().any() else ""
        place = library.label("regions", str(region), lang)
        figures = (format_number(rows["posted"].iloc[0]), *totals, format_number(worst))
        shown.add_row(place, str(period), chemical(str(gas)), unit, *figures)
    console.print(shown)
    if rest.empty and not table["difference"].any():
        console.print(_SAME.in_language(lang))
        return
    console.print(_LEFT.in_language(lang) if len(rest) else "")
    groups = rest.groupby(["layout", "account", "measure"], sort=False)["amount"].sum(min_count=1)
    for (layout, account, measure), amount in groups.items():
        name = f"{account} {library.label('accounts', str(account), lang)}"
        line = f"{label('summary_sheet', str(layout)).in_language(lang)}: {name}: "
        console.print(f"  {line}{format_number(amount)} t {chemical(str(measure))}")
