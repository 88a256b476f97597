"""What has to be said about estimates of sinks, and all their methods side by side.

The estimate is made beforehand and no tradable reduction; the profile's method may lie many times
above another one of the same pool; a planting that counts at full rate in its first year is too
high.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from carbonledger.analysis.entered_rates import rates_beyond
from carbonledger.analysis.land_twice import land_twice
from carbonledger.analysis.side_by_side import SIDE_BY_SIDE, compare_methods
from carbonledger.engine.alternatives import profiles_for
from carbonledger.engine.open import Inventory
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.tables import read_records
from carbonledger.memory import Row
from carbonledger.methods.registry import get
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Book, Finite, Record
from carbonledger.paths import factors_dir

__all__ = ["SinkLimit", "review_sinks"]

_FULL_RATE = {"coast.planting.biomass.growth", "coast.planting.biomass.measured"}
_PLACE = ("region", "account", "item", "detail", "measure", "unit")


class SinkLimit(Record):
    """A row of ``factors/sink_limits.csv``: beyond which ratio something is said."""

    check: str = Field(min_length=1)
    limit: Finite
    source: str = Field(min_length=1)
    reason: str = Field(min_length=1)


def review_sinks(
    inventory: Inventory, results: Results, profile: str
) -> tuple[list[Problem], dict[str, Any]]:
    """What a run that estimates sinks has to say; nothing for others.

    Args:
        inventory: the inventory as opened.
        results: its run.
        profile: the name of the run's profile.

    Returns:
        The problems, and the methods side by side under ``SIDE_BY_SIDE``, for ``run.json``.
    """
    if Book.CREDIT.value not in set(results.postings["book"]):
        return [], {}
    content = compare_methods(inventory, dict.fromkeys([profile, *profiles_for(inventory)]))
    own = [row for row in content["table"] if row["profile"] == content["table"][0]["profile"]]
    ends = list(_ends(own))
    problems = [
        *rates_beyond(results.entries, inventory.library),
        *_far_apart(ends),
        *_full_rate(ends),
        *land_twice(results.entries, inventory.library),
        _ex_ante(),
    ]
    return problems, {SIDE_BY_SIDE: content}


def _ends(rows: Iterable[Row]) -> Iterator[Row]:
    """The last year of every method of every place, whose cumulative sums are those of all."""
    last: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = (*(row[name] for name in _PLACE), row["method"], row["chosen"])
        if key not in last or last[key]["period"] < row["period"]:
            last[key] = row
    yield from last.values()


def _far_apart(ends: list[Row]) -> Iterator[Problem]:
    """Where the method taken gives many times what another one of the same pool gives."""
    rows = read_records(factors_dir() / "sink_limits.csv", SinkLimit)
    limit = next(row.limit for row in rows if row.check == "method-spread")
    for taken in ends:
        others = [
            row
            for row in ends
            if not row["chosen"]
            and all(row[name] == taken[name] for name in _PLACE)
            and row["cumulative"] is not None
            and row["cumulative"] > 0
        ]
        if not taken["chosen"] or taken["cumulative"] is None or not others:
            continue
        least = min(others, key=lambda row: float(row["cumulative"]))
        ratio = taken["cumulative"] / least["cumulative"]
        if ratio >= limit:
            yield _spread(taken, least, ratio)


def _spread(taken: Row, least: Row, ratio: float) -> Problem:
    high, low = get(taken["method"]).title, get(least["method"]).title
    unit = taken["unit"]
    return Problem(
        grade=Grade.B,
        code="method-spread",
        message=Text(
            f"{taken['account']}：所用方法“{high.zh}”累计 {taken['cumulative']:,.0f} {unit}，是"
            f"“{low.zh}”{least['cumulative']:,.0f} {unit} 的 {ratio:.1f} 倍，明显偏高。",
            f"{taken['account']}: the method taken, '{high.en}', gives {taken['cumulative']:,.0f} "
            f"{unit} in all, {ratio:.1f} times the {least['cumulative']:,.0f} {unit} of "
            f"'{low.en}': it looks far too high.",
        ),
        remedy=Text(
            "请说明依据，或改用另一方法（见方法并列表，--profile）；两个结果都写进报告。",
            "Explain it, or take another method (see the methods side by side); report both.",
        ),
    )


def _full_rate(ends: list[Row]) -> Iterator[Problem]:
    for row in ends:
        if row["chosen"] and row["method"] in _FULL_RATE:
            title = get(row["method"]).title
            yield Problem(
                grade=Grade.C,
                code="full-rate-at-planting",
                message=Text(
                    f"{row['account']}：“{title.zh}”种植当年即按满速率计算，偏高。",
                    f"{row['account']}: '{title.en}' counts at full rate from the year of "
                    "planting, which is too high.",
                ),
                remedy=Text(
                    "建议按分年生长曲线（口径 sinks-cn，或给出 carbon_final_stock 等参数）。",
                    "Take a growth curve by year (profile sinks-cn, or give carbon_final_stock and "
                    "the other parameters of the curve).",
                ),
            )


def _ex_ante() -> Problem:
    return Problem(
        grade=Grade.D,
        code="ex-ante",
        message=Text(
            "结果为事前估算，不等于可交易减排量。",
            "These are estimates made beforehand; they are no tradable emission reductions.",
        ),
        remedy=Text(
            "对外使用时请保留这句话；交易须按方法学监测、审定和核查。",
            "Keep this sentence wherever the result is used; trading takes monitoring, validation "
            "and verification under a methodology.",
        ),
    )
