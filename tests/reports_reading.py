"""Reading a workbook back: its sheets by name, its cells, its lists under their heads."""

import re
from collections.abc import Iterator
from typing import Any

RESULTS, ITEMS, GASES = "结果 Results", "分品种 By item", "分气体 By gas"
ACTIVITY, PARAMETERS, POSTINGS = "活动水平 Activity", "参数 Parameters", "分录 Postings"
PROBLEMS, COVER, GRID = "问题 Problems", "封面 Cover", "原表1 Table 1"


def cells(book: Any) -> Iterator[Any]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    """The rows of a list under its heads, by the Chinese word of the head."""
    page = book[sheet]
    head = page.freeze_panes
    at = int(re.search(r"\d+", head)[0]) - 1
    heads = [str(cell.value).split("\n")[0] for cell in page[at]]
    return [
        dict(zip(heads, (cell.value for cell in row), strict=True))
        for row in page.iter_rows(min_row=at + 1)
    ]
