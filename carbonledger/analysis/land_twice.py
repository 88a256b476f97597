"""Land of a sink that two tables of an inventory may both count: a plan and one project of it."""

from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from carbonledger.analysis.side_by_side import areas
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import Row, rows_of
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Book

__all__ = ["land_twice"]


def land_twice(entries: pd.DataFrame, library: Library) -> Iterator[Problem]:
    """Grade B where two tables, or a region and one within it, enter one kind of land as a sink.

    Shapes are not compared: only the compilers know whether one area lies within the other.

    Args:
        entries: the entries of a run as written.
        library: for the books of accounts, and for regions and their names.
    """
    books = dict(
        zip(library.accounts["account"], library.accounts["book"].astype(str), strict=True)
    )
    estimates = entries[entries["account"].map(books) == Book.CREDIT]
    tables = [areas(rows).assign(file=file) for file, rows in estimates.groupby("file", sort=False)]
    if not tables:
        return
    links = library.region_chain
    within = set(zip(links["key"], links["ancestor"], strict=True))
    whole = pd.concat(tables)
    for _, rows in whole[whole["ha"] > 0].groupby(["account", "item", "quantity"]):
        for first, second in combinations(rows_of(rows), 2):
            one, other = first["region"], second["region"]
            if one == other or (one, other) in within or (other, one) in within:
                larger, smaller = sorted((first, second), key=lambda row: -row["ha"])
                yield _problem(larger, smaller, library)


def _problem(larger: Row, smaller: Row, library: Library) -> Problem:
    def told(row: Row, lang: str) -> str:
        place = library.label("regions", row["region"], lang)
        ha, mu = f"{row['ha']:,.2f}", f"{row['mu']:,.2f}"
        area = f"{ha} 公顷（{mu} 亩）" if lang == "zh" else f"{ha} ha ({mu} mu)"
        return f"{row['file']} {place} {area}"

    item, item_en = (library.label("items", larger["item"], lang) for lang in ("zh", "en"))
    account = larger["account"]
    return Problem(
        grade=Grade.B,
        code="land-twice",
        message=Text(
            f"{account} {item}：{told(smaller, 'zh')} 可能已含在 {told(larger, 'zh')} 内，"
            "现在是相加的。",
            f"{account} {item_en}: {told(smaller, 'en')} may lie within {told(larger, 'en')}; "
            "now both are added.",
        ),
        remedy=Text(
            "若已包含，请删去其中一处，或从大数中减去；若是另外的地块，请在报告中说明。",
            "If it does, delete one of them or take it out of the larger area; if it is other "
            "land, say so in the report.",
        ),
        file=str(smaller["file"]),
    )
