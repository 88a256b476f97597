"""Execute a plan: entries joined with coefficients become postings, on any engine of Narwhals."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from carbonledger.engine.frame import Backend
from carbonledger.engine.plan import Plan
from carbonledger.engine.steps import Step
from carbonledger.errors import CarbonledgerError
from carbonledger.methods.registry import get

__all__ = ["POSTING_COLUMNS", "postings", "roll_up"]

Frame = nw.LazyFrame[Any]

POSTING_COLUMNS = (
    "book", "region", "period", "account", "item", "detail", "measure", "amount", "unit", "co2e",
    "notation", "method", "selection", "source", "flags", "entry",
)  # fmt: skip


def postings(plan: Plan, frame: Frame, backend: Backend) -> Frame:
    """The postings of every entry: columns ``POSTING_COLUMNS``, one step after another.

    Raises:
        CarbonledgerError: if no entry leads to a posting.
    """
    if not plan.steps:
        raise CarbonledgerError(
            "没有任何可以计算的录入：所有数量都是空白。请检查录入表。",
            "There is nothing to compute: every quantity is blank. Check the tables of entries.",
        )
    parts = [_posted(step, frame, backend) for step in plan.steps]
    return nw.concat(parts, how="vertical")


def roll_up(plan: Plan, frame: Frame, backend: Backend, by: Sequence[str]) -> Frame:
    """The sums of ``amount`` and ``co2e`` over entries, by some of the posting columns.

    A sum of nothing but notation keys stays null. Where every method is proportional to its
    activity, alike entries are summed first, so that the work per entry is one addition.
    """
    names = ("amount", "co2e")
    counts = [nw.col(name).count().alias(f"{name}__count") for name in names]
    sums = [nw.col(name).sum() for name in names]
    grouped = postings(plan, _summed(plan, frame), backend).group_by(*by).agg(*sums, *counts)
    # Not every engine gives null for the sum of nothing, and missing is not zero.
    known = [nw.when(nw.col(f"{name}__count") > 0).then(nw.col(name)).alias(name) for name in names]
    return grouped.select(*by, *known)


def _summed(plan: Plan, frame: Frame) -> Frame:
    options = [step.option for step in plan.steps if step.option.method]
    measured = any(len(option.bound) > 1 for option in options)
    if measured or not all(get(option.method).linear for option in options):
        return frame
    summed = frame.group_by(*plan.key_columns).agg(
        *(nw.col(name).sum() for name in plan.quantities), nw.col("entry").min()
    )
    return summed.with_columns(source=nw.lit(""))


def _posted(step: Step, frame: Frame, backend: Backend) -> Frame:
    joined = frame.join(backend.frame(step.coefficients), on=list(step.keys), how="inner")
    option = step.option
    amount, co2e = nw.lit(None, dtype=nw.Float64()), nw.lit(None, dtype=nw.Float64())
    if option.method:
        amount = _amount(step)
        co2e = amount * nw.col("gwp")
    computed = {
        "measure": nw.lit(option.measure),
        "amount": amount,
        "unit": nw.lit(f"t {option.measure}"),
        "co2e": co2e,
        "notation": nw.lit(option.notation),
        "method": nw.lit(option.method),
    }
    return joined.select(
        *(
            computed[name].alias(name) if name in computed else nw.col(name)
            for name in POSTING_COLUMNS
        )
    )


def _amount(step: Step) -> nw.Expr:
    bound = dict(step.option.bound)
    method = get(step.option.method)
    arguments = {
        name: nw.col(bound[name]) * nw.col(f"c_{name}") if name in bound else nw.col(f"c_{name}")
        for name in method.arguments
    }
    amount: nw.Expr = method.function(**arguments)
    return amount
