"""The account of ecosystem products on the screen: quantity, value and share of every service."""

from collections.abc import Iterator
from math import fsum
from typing import NamedTuple

import pandas as pd
from rich.table import Table as Grid

from carbonledger import units
from carbonledger.model.notation import join_notations
from carbonledger.model.prices import CONSTANT, CURRENT, VALUES
from carbonledger.model.records import Book
from carbonledger.reports.context import Names
from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import text

__all__ = ["account_grid", "has_account"]

_ROOT = "G"
_YI = 1e8  # values are shown in 亿元, with four decimals, as published accounts
_DECIMALS = 4
_BEYOND = 1e15  # a float has no more digits; the count of ions is of this size
_SERVICE_DOTS = 2  # services stand two levels below the root


class _Line(NamedTuple):
    """An account of one year over all regions, with the amounts of its measures."""

    period: int
    account: str
    measures: dict[str, tuple[float | None, str, str]]


def has_account(totals: pd.DataFrame) -> bool:
    """Whether the totals hold an account of ecosystem products."""
    return bool((totals["book"] == Book.GEP.value).any())


def account_grid(totals: pd.DataFrame, names: Names, lang: str) -> Grid:
    """The services of every year: quantity, value, value at constant prices, share.

    Regions are added up, as the townships of a county are parts of it; the workbook has each.
    """
    grid = Grid(title=text("console.gep").in_language(lang), title_justify="left")
    rows = totals[totals["book"] == Book.GEP.value]
    lines = list(_lines(rows))
    several = len({line.period for line in lines}) > 1
    grid.add_column(text("column.account").in_language(lang), overflow="fold")
    if several:
        grid.add_column(text("column.period").in_language(lang))
    for key in ("quantity", "value", "value_constant", "share"):
        heading = text(f"gep.{key}").in_language(lang)
        grid.add_column(heading, justify="right", no_wrap=True)
    whole = {line.period: _amount(line, CURRENT) for line in lines if line.account == _ROOT}
    for line in lines:
        depth = line.account.count(".")
        named = "  " * depth + f"{line.account} {names.account(line.account).in_language(lang)}"
        grid.add_row(
            named,
            *([str(line.period)] if several else []),
            _quantity(line),
            _money(line, CURRENT),
            _money(line, CONSTANT),
            _share(line, whole.get(line.period)),
            style="bold" if depth < 2 else "",
        )
    if len(rows["region"].unique()) > 1:
        grid.caption = text("console.gep_regions").in_language(lang)
        grid.caption_justify = "left"
    return grid


def _lines(totals: pd.DataFrame) -> Iterator[_Line]:
    for period, block in totals.groupby("period"):
        accounts = block.groupby("account")
        for account in sorted(map(str, accounts.groups), key=_in_order):
            rows = accounts.get_group(account)
            yield _Line(
                int(period),
                account,
                {
                    str(measure): (
                        fsum(each["amount"].dropna()) if each["amount"].notna().any() else None,
                        str(unit),
                        join_notations({k for keys in each["notation"] for k in keys.split(",")}),
                    )
                    for (measure, unit), each in rows.groupby(["measure", "unit"])
                },
            )


def _in_order(account: str) -> list[tuple[int, str]]:
    """Codes as people count: G.2.9 before G.2.10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in account.split(".")]


def _amount(line: _Line, measure: str) -> float | None:
    return line.measures.get(measure, (None, "", ""))[0]


def _quantity(line: _Line) -> str:
    """The physical quantity, where the account has just one."""
    physical = [each for name, each in line.measures.items() if name not in VALUES]
    if len(physical) != 1 or line.account.count(".") < _SERVICE_DOTS:
        return ""
    ((amount, unit, notation),) = physical
    if amount is not None and abs(amount) >= _BEYOND:
        return f"{amount:.4e} {units.spelled(unit)}"
    return f"{format_number(amount, notation=notation)} {units.spelled(unit)}"


def _money(line: _Line, measure: str) -> str:
    if measure not in line.measures:
        return ""
    amount, _, notation = line.measures[measure]
    shown = None if amount is None else amount / _YI
    return format_number(shown, _DECIMALS, notation=notation)


def _share(line: _Line, whole: float | None) -> str:
    amount = _amount(line, CURRENT)
    return f"{amount / whole:.2%}" if amount is not None and whole else ""
