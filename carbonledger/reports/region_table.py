"""The table of regions rolled up, on the screen and as a sheet."""

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from carbonledger.analysis.region_tree import Reach, reaches, region_tree
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import format_number
from carbonledger.reports.sheet import Book
from carbonledger.reports.texts import beside, chemical

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_regions", "reach_notes", "write_regions"]

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
_RULE = Text(
    "上级地区：有自己录入的科目用自己的数，其余用下级合计；下级之间调入调出的电力相抵；"
    "两者都有的列出差额。",
    "A region above others: its own entries count first, account by account, then the sum of those "
    "below; electricity between these cancels; where both stand, the residual is shown.",
)
# The chart of accounts down to the sub-sectors, and the balances of electricity and heat.
_MOST_DOTS = 2
_MOST_ROWS = 20_000


def reach_notes(results: Results, library: Library) -> list[Text]:
    """What the sums of regions hold, and which regions they lack; nothing where there is no sum."""
    found = reaches(results, library)
    return [_RULE, *(_reach(each, library) for each in found)] if found else []


def _reach(each: Reach, library: Library) -> Text:
    place, place_en = (library.label("regions", each.region, lang) for lang in ("zh", "en"))
    missing = len(set(each.known) - set(each.present))
    rest = f"，另外 {missing} 个没有录入，合计不是全部" if missing else ""
    rest_en = f"; {missing} have none, so the sum is not the whole" if missing else ""
    return Text(
        f"{place}：下级 {len(each.known)} 个地区中 {len(each.present)} 个有录入{rest}。",
        f"{place_en}: {len(each.present)} of {len(each.known)} regions below it have entries"
        f"{rest_en}.",
    )


def write_regions(book: Book, results: Results, library: Library) -> None:
    """Add the sheet of own entries, sums below and residuals, if any region has such a sum."""
    notes = reach_notes(results, library)
    if not notes:
        return
    table = region_tree(results, library)
    table = table[table["account"].str.count(r"\.") <= _MOST_DOTS]
    summed = set(table.loc[table["below"].notna(), "region"])
    table = table[table["region"].isin(summed)].head(_MOST_ROWS)
    sheet = book.sheet("地区汇总 Regions")
    head = sheet.title(beside(_TITLE), map(beside, notes))
    row = sheet.header(head, [head_text(each) for each in _HEADS], frozen=3)
    for each in table.itertuples():
        sheet.text(row, 0, library.label("regions", str(each.region)))
        sheet.whole(row, 1, int(str(each.period)))
        sheet.text(row, 2, f"{each.account} {library.label('accounts', str(each.account))}")
        sheet.text(row, 3, chemical(str(each.unit)))
        figures = (each.amount, each.own, each.below, each.residual)
        for column, value in enumerate(figures, 4):
            known = float(str(value))
            sheet.number(row, column, None if math.isnan(known) else known)
        row += 1
    sheet.filter(head, row - 1, len(_HEADS))


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
