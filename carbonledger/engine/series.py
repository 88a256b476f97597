"""Series methods: results that depend on the years before, such as first-order decay.

The entries of a series are few (landfills, stands), so they are taken out of the engine's frame,
computed year after year with NumPy, and put back as postings.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from carbonledger.engine.frame import collected
from carbonledger.engine.rates import constants
from carbonledger.engine.steps import Step
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.methods.registry import Method, get
from carbonledger.model.problem import Grade, Problem

__all__ = ["gaps", "idle_history", "is_series", "series_table"]

# What makes a line of entries over the years.
_LINE = ("region", "account", "item", "detail")


def is_series(step: Step) -> bool:
    """Whether a step needs the history of its entries."""
    return bool(step.option.method) and get(step.option.method).series


def series_table(
    step: Step, joined: pd.DataFrame, columns: Sequence[str], periods: Iterable[int]
) -> pa.Table:
    """The postings of a series step, for the years that are reported.

    Args:
        step: the step.
        joined: the entries of the step, all years, with the coefficients of the step.
        columns: the columns of a posting.
        periods: the years that the inventory reports.

    Raises:
        CarbonledgerError: if two entries of one line and year do not agree in what they state.
    """
    method = get(step.option.method)
    parts = [
        _line(step, method, rows)
        for _, rows in joined.groupby(list(_LINE), sort=True, dropna=False)
    ]
    table = pd.concat(parts, ignore_index=True) if parts else joined.assign(amount=[])
    table = table[table["period"].isin(set(periods))]
    table = table.assign(co2e=table["amount"] * table["gwp"], **constants(step))
    if step.option.post_to:
        table["account"] = step.option.post_to
    return pa.Table.from_pandas(table[list(columns)], preserve_index=False)


def _line(step: Step, method: Method, rows: pd.DataFrame) -> pd.DataFrame:
    bound = dict(step.option.bound)
    values = {
        name: rows[bound[name]] * rows[f"c_{name}"] if name in bound else rows[f"c_{name}"]
        for name in method.arguments
    }
    numbers = rows.assign(**{f"a_{name}": value for name, value in values.items()})
    yearly = numbers.sort_values(["period", "entry"]).groupby("period")
    first = yearly.first().reset_index()
    arrays = {}
    for name in method.arguments:
        column = yearly[f"a_{name}"]
        if name != method.activity and (column.max() != column.min()).any():
            raise _disagreement(first, name)
        total = column.sum() if name == method.activity else column.first()
        arrays[name] = total.to_numpy(dtype=float)
    amounts: np.ndarray[Any, np.dtype[np.float64]] = method.function(**arrays)
    return first.assign(amount=amounts)


def _disagreement(rows: pd.DataFrame, argument: str) -> CarbonledgerError:
    at = rows.iloc[0]
    what = f"{at['region']}, {at['account']}, {at['item']}, {at['detail']}"
    return CarbonledgerError(
        f"同一年有两条录入（{what}），但“{argument}”不同，无法合成一个时间序列。"
        "请用不同的 detail（细项）区分。",
        f"Two entries of one year ({what}) differ in '{argument}', so they make no time series. "
        "Tell them apart by 'detail'.",
    )


class _Gap(NamedTuple):
    """A line that lacks years, and where it begins."""

    line: str
    years: tuple[int, ...]
    source: str


def gaps(steps: Iterable[Step], frame: "nw.LazyFrame[Any]", last: int) -> list[Problem]:
    """A problem for every line of a series step that lacks a year before the last reported one.

    A year without an entry is not a year without a deposit: missing is not zero. Nor is a notation
    key: a year in which nothing was deposited (NO) still has the methane of the years before.
    """
    years = [_stated(step, frame) for step in steps if is_series(step)]
    if not years:
        return []
    table = pd.concat(years).drop_duplicates([*_LINE, "period"])
    return [_problem(gap) for gap in _missing(table, last)]


def _stated(step: Step, frame: "nw.LazyFrame[Any]") -> pd.DataFrame:
    """The lines and years for which the activity of a step has a number, with their places."""
    quantity = dict(step.option.bound)[get(step.option.method).activity]
    kept = frame.filter(
        nw.col("account").is_in(step.accounts)
        & nw.col("item").is_in(step.items)
        & (nw.col(f"{quantity}__state") == "value")
    )
    return collected(kept.select(*_LINE, "period", "source"))


def idle_history(
    steps: Iterable[Step], frame: "nw.LazyFrame[Any]", periods: Sequence[int]
) -> list[Problem]:
    """A problem where entries of years that are not reported serve no series method."""
    accounts = {account for step in steps if is_series(step) for account in step.accounts}
    idle = frame.filter(~nw.col("period").is_in(sorted(periods)))
    if accounts:
        idle = idle.filter(~nw.col("account").is_in(sorted(accounts)))
    table = collected(idle.select("period", "source"))
    if table.empty:
        return []
    years = ", ".join(map(str, sorted(table["period"].unique())))
    file, _, cell = table["source"].iloc[0].rpartition("!")
    return [
        Problem(
            grade=Grade.D,
            code="history-not-used",
            message=Text(
                f"{years} 年的 {len(table)} 条录入不在清单年份内，所用方法也不需要历史数据，"
                "因此没有计算。",
                f"{len(table)} entries of {years} lie before the years of the inventory, and their "
                "methods need no history: they were not computed.",
            ),
            remedy=Text(
                "请核对年份；要计算这些年份，请写进 inventory.toml 的 periods。",
                "Check the years; to compute them, add them to periods in inventory.toml.",
            ),
            file=file or cell,
            cell=cell if file else "",
        )
    ]


def _missing(table: pd.DataFrame, last: int) -> Iterator[_Gap]:
    for line, rows in table.groupby(list(_LINE), sort=True):
        known = set(rows["period"])
        lacking = [year for year in range(min(known), last + 1) if year not in known]
        if lacking:
            source = rows.sort_values("period")["source"].iloc[0]
            yield _Gap(", ".join(text for text in line if text), tuple(lacking), source)


def _problem(gap: _Gap) -> Problem:
    years = ", ".join(map(str, gap.years))
    file, _, cell = gap.source.rpartition("!")
    return Problem(
        grade=Grade.A,
        code="series-gap",
        message=Text(
            f"{gap.line}：按时间序列计算，但缺少 {years} 年的录入。",
            f"{gap.line}: computed as a time series, but {years} have no entry.",
        ),
        remedy=Text(
            "请补上这些年份；确实没有的年份请填 0（空白不等于 0）。",
            "Add these years; where there was none, write 0 (a blank is not 0).",
        ),
        file=file or cell,
        cell=cell if file else "",
    )
