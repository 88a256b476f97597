"""The table of regions rolled up, on the screen."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import chemical

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_regions"]

_TITLE = Text(
    "地区汇总：自有录入、下级合计、差额", "Regions: own entries, sum of those below, residual"
)
_HEADS = (
    Text("地区", "Region"),
    Text("年份", "Year"),
    Text("科目", "Account"),
    Text("计量", "Measure"),
    Text("采用", "Counts"),
    Text("自有录入", "Own"),
    Text("下级合计", "Below"),
    Text("差额", "Residual"),
)


def print_regions(console: Console, table: "pd.DataFrame", library: Library, lang: str) -> None:
    """Print the rows of a region tree (see ``analysis.region_tree``)."""
    shown = Table(title=_TITLE.in_language(lang), title_justify="left")
    for place, head in enumerate(_HEADS):
        shown.add_column(head.in_language(lang), justify="right" if place > 3 else "left")
    for row in table.itertuples():
        account = f"{row.account} {library.label('accounts', str(row.account), lang)}"
        numbers = [format_number(value) for value in (row.amount, row.own, row.below, row.residual)]
        region = library.label("regions", str(row.region), lang)
        shown.add_row(region, str(row.period), account, chemical(str(row.unit)), *numbers)
    console.print(shown)
