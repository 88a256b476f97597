"""Methods that count the same pool of carbon: for one place and year only one of them.

An entry takes one method of a pool by the rules of its profile. Two entries may still take two, one
with measured values and one without; of the same place that is carbon counted twice, and the run is
refused. Places are told apart by region, account, item and detail.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import Field

from carbonledger.engine.frame import collected
from carbonledger.engine.plan import Plan
from carbonledger.errors import Text
from carbonledger.library.tables import read_records
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Record
from carbonledger.paths import factors_dir

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["ExclusiveMethod", "counted_twice"]

_PLACE = ["region", "period", "account", "item", "detail"]


class ExclusiveMethod(Record):
    """A row of ``factors/exclusive_methods.csv``: a method that counts a pool of carbon."""

    pool: str = Field(min_length=1)
    method: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    reason_zh: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)


@cache
def _methods() -> dict[str, ExclusiveMethod]:
    table = read_records(factors_dir() / "exclusive_methods.csv", ExclusiveMethod)
    return {row.method: row for row in table}


def counted_twice(planned: Plan, frame: "nw.LazyFrame[Any]") -> list[Problem]:
    """A grade-A problem for every place and year of which two methods would count one pool."""
    of_pool: dict[str, list[pd.DataFrame]] = {}
    known = _methods()
    steps = [step for step in planned.steps if step.option.method in known]
    used: dict[str, set[str]] = {}
    for step in steps:
        used.setdefault(known[step.option.method].pool, set()).add(step.option.method)
    if all(len(methods) < 2 for methods in used.values()):
        return []
    entries = collected(planned.alike.mark(frame))
    for step in steps:
        keys = pd.DataFrame({name: step.coefficients[name] for name in planned.keys})
        rows = entries.merge(keys.drop_duplicates(), on=list(planned.keys))
        part = rows[[*_PLACE, "source"]].assign(method=step.option.method)
        of_pool.setdefault(known[step.option.method].pool, []).append(part)
    problems = []
    for parts in of_pool.values():
        for _, rows in pd.concat(parts).groupby(_PLACE, sort=True, dropna=False):
            if len(set(rows["method"])) > 1:
                problems.append(_problem(rows))
    return problems


def _problem(rows: pd.DataFrame) -> Problem:
    first, last = rows.iloc[0], rows.iloc[-1]
    pool = _methods()[str(first["method"])]
    methods = sorted(set(rows["method"]))
    file, _, cell = str(last["source"]).rpartition("!")
    return Problem(
        grade=Grade.A,
        code="pool-counted-twice",
        message=Text(
            f"{first['region']} {first['period']} 年 {first['account']} 的{pool.name_zh}"
            f"由两种方法各算一次（{'、'.join(methods)}；另一处 {first['source']}）。"
            f"{pool.reason_zh}。",
            f"{pool.name_en.capitalize()} of {first['account']} in {first['region']} "
            f"{first['period']} would be counted by two methods ({', '.join(methods)}; the other "
            f"entry: {first['source']}): {pool.reason_en}.",
        ),
        remedy=Text(
            "同一地块请只保留一条；不同地块请用品种、细项或地区区分。",
            "Keep one entry for a place; tell different places apart by item, detail or region.",
        ),
        file=file or cell,
        cell=cell if file else "",
    )
