"""Rates entered for sinks against the bounds that the library has for them."""

from collections.abc import Iterator

import pandas as pd

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import rows_of
from carbonledger.model import limits
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Book

__all__ = ["rates_beyond"]


def rates_beyond(entries: pd.DataFrame, library: Library) -> Iterator[Problem]:
    """A problem (grade B) for every rate of a sink above all that was published for its item.

    Args:
        entries: the entries as written, each quantity with its unit and cell.
        library: parameters with bounds; those of more general items stand in for an item.
    """
    chart = library.accounts
    credit = chart.loc[chart["book"].astype(str) == Book.CREDIT.value, "account"]
    sinks = entries[entries["account"].isin(credit)]
    bounded = library.parameters[library.parameters["upper"].notna()]
    for name in (column.removesuffix("__unit") for column in sinks if column.endswith("__unit")):
        published = bounded[bounded["parameter"] == name]
        stated = sinks[sinks[name].notna()]
        for row in rows_of(stated) if len(published) else ():
            highest = _highest(published, str(row["item"] or ""), row[f"{name}__unit"], library)
            if highest is not None and row[name] > highest["limit"]:
                yield _problem(row, name, highest, library)


def _highest(
    published: pd.DataFrame, item: str, unit: str, library: Library
) -> "pd.Series[object] | None":
    """The published row with the highest bound for an item, ``limit`` in the unit as entered."""
    links = library.item_chain
    nearer = set(links.loc[links["key"] == item, "ancestor"]) | {item}
    rows = published[
        published["item"].isin(nearer - {""}) & (published["dimension"] == units.dimension(unit))
    ]
    if rows.empty:
        return None
    scale = units.multipliers({(text, unit) for text in rows["unit"]})
    limit = rows["upper"] * [scale[text, unit] for text in rows["unit"]]
    return rows.assign(limit=limit).loc[limit.idxmax()]


def _problem(
    row: dict[str, object], name: str, highest: "pd.Series[object]", library: Library
) -> Problem:
    unit, known = row[f"{name}__unit"], limits.names()
    words = known.get(name, Text(name, name))
    source = library.source_title(str(highest["source"]))
    return Problem(
        grade=Grade.B,
        code="rate-beyond-published",
        message=Text(
            f"{words.zh} {row[name]:g} {unit} 高于文献区间上限 {highest['limit']:.4g} {unit}"
            f"（{source}，{highest['locator']}）。",
            f"The {words.en} of {row[name]:g} {unit} is above the upper bound that was published, "
            f"{highest['limit']:.4g} {unit} ({source}, {highest['locator']}).",
        ),
        remedy=Text(
            "请说明依据（实测地点、方法、年份），或改用文献值。",
            "Explain it (site, method and year of the measurement), or take a published value.",
        ),
        file=str(row["file"]),
        sheet=str(row["sheet"] or ""),
        cell=str(row[f"{name}__cell"] or ""),
    )
