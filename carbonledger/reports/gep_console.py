"""The account of ecosystem products on the screen: quantity, value and share of every service."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from rich.table import Table as Grid

from carbonledger.model.prices import CONSTANT, CURRENT, VALUES
from carbonledger.model.records import Book
from carbonledger.reports.context import Names
from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import text

__all__ = ["account_grid", "has_account"]

_ROOT = "G"
_YI = 1e8  # values are shown in 亿元
_BLOCK = ["region", "period"]


class _Line(NamedTuple):
    """An account of one region and year, with the amounts of its measures."""

    region: str
    period: int
    account: str
    measures: dict[str, tuple[float | None, str, str]]


def has_account(totals: pd.DataFrame) -> bool:
    """Whether the totals hold an account of ecosystem products."""
    return bool((totals["book"] == Book.GEP.value).any())


def account_grid(totals: pd.DataFrame, names: Names, lang: str) -> Grid:
    """The services of every region and year: quantity, value, value at constant prices, share."""
    grid = Grid(title=text("console.gep").in_language(lang), title_justify="left")
    lines = list(_lines(totals[totals["book"] == Book.GEP.value]))
    several = len({(line.region, line.period) for line in lines}) > 1
    grid.add_column(text("column.account").in_language(lang), overflow="fold")
    if several:
        grid.add_column(text("column.region").in_language(lang))
        grid.add_column(text("column.period").in_language(lang))
    for key in ("quantity", "value", "value_constant", "share"):
        heading = text(f"gep.{key}").in_language(lang)
        grid.add_column(heading, justify="right", no_wrap=True)
    whole = {
        (line.region, line.period): line.measures.get(CURRENT, (None, "", ""))[0]
        for line in lines
        if line.account == _ROOT
    }
    for line in lines:
        depth = line.account.count(".")
        named = "  " * depth + f"{line.account} {names.account(line.account).in_language(lang)}"
        block = [names.region(line.region).in_language(lang), str(line.period)] if several else []
        grid.add_row(
            named,
            *block,
            _quantity(line),
            _money(line, CURRENT),
            _money(line, CONSTANT),
            _share(line, whole.get((line.region, line.period))),
            style="bold" if depth < 2 else "",
        )
    return grid


def _lines(totals: pd.DataFrame) -> Iterator[_Line]:
    for (region, period), block in totals.groupby(_BLOCK, sort=False):
        for account, rows in block.groupby("account", sort=False):
            yield _Line(
                str(region),
                int(period),
                str(account),
                {
                    str(row["measure"]): (
                        None if pd.isna(row["amount"]) else float(row["amount"]),
                        str(row["unit"]),
                        str(row["notation"]),
                    )
                    for row in rows.to_dict("records")
                },
            )


def _quantity(line: _Line) -> str:
    """The physical quantity, where the account has just one."""
    physical = [(name, each) for name, each in line.measures.items() if name not in VALUES]
    if len(physical) != 1 or line.account.count(".") < 2:
        return ""
    (_, (amount, unit, notation)) = physical[0]
    return f"{format_number(amount, notation=notation)} {unit}"


def _money(line: _Line, measure: str) -> str:
    if measure not in line.measures:
        return ""
    amount, _, notation = line.measures[measure]
    return format_number(None if amount is None else amount / _YI, notation=notation)


def _share(line: _Line, whole: float | None) -> str:
    amount = line.measures.get(CURRENT, (None, "", ""))[0]
    return f"{amount / whole:.2%}" if amount is not None and whole else ""
