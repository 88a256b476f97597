"""Rainfall erosivity from daily rain: the R of RUSLE (HJ 1173-2021, Annex A, eq A.5 and A.6).

R is the sum over the 24 half-months of a year of the mean, over the years of the record, of
α·P^1.7265 over the days whose rain erodes. α differs between the warm and the cold season.
"""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

import pandas as pd

from carbonledger import units
from carbonledger.analysis.uses.table import Column, Row, UseTable, problem_at
from carbonledger.errors import Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.library.load import Library
from carbonledger.memory import rows_of
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Status

__all__ = ["ErosivityModel", "Rain", "erosivity_model", "erosivity_table", "half_month_erosivity"]

_EDITION = "hj-1173-2021"
_HALF = 15  # the first half of a month ends with this day


class Rain(NamedTuple):
    """The rain of one day, mm."""

    year: int
    month: int
    day: int
    amount: float


class ErosivityModel(NamedTuple):
    """The numbers of the equations; ``threshold`` in mm, ``warm`` the months of the warm season.

    ``verified`` says whether all of them were checked against their document.
    """

    threshold: float
    exponent: float
    warm_factor: float
    cold_factor: float
    warm: range
    verified: bool


def erosivity_model(library: Library) -> ErosivityModel:
    """The model as the parameters of the library give it."""
    rows = library.parameters[library.parameters["edition"] == _EDITION]
    rows = rows[rows["parameter"].str.startswith("erosivity_")]
    values = {
        row["parameter"]: units.convert(row["value"], row["unit"], _unit(str(row["parameter"])))
        for row in rows_of(rows)
    }
    first = int(values["erosivity_warm_first_month"])
    last = int(values["erosivity_warm_last_month"])
    return ErosivityModel(
        values["erosivity_rain_threshold"],
        values["erosivity_exponent"],
        values["erosivity_warm_coefficient"],
        values["erosivity_cold_coefficient"],
        range(first, last + 1),
        bool((rows["status"] == Status.VERIFIED).all()),
    )


def half_month_erosivity(days: Sequence[Rain], model: ErosivityModel) -> dict[int, float]:
    """The mean erosivity of each half-month (1 to 24), MJ mm/(ha h), over the years of the record.

    Args:
        days: the days with rain, of one or more whole years.
        model: the numbers of the equations.
    """
    years = len({day.year for day in days})
    found: dict[int, list[float]] = {half: [] for half in range(1, 25)}
    for day in days:
        if day.amount >= model.threshold:
            factor = model.warm_factor if day.month in model.warm else model.cold_factor
            half = 2 * day.month - (1 if day.day <= _HALF else 0)
            found[half].append(factor * day.amount**model.exponent)
    return {half: fsum(each) / years for half, each in found.items()} if years else {}


def erosivity_table(source: UseRows, library: Library) -> UseTable:
    """The erosivity of a table of daily rain, by half-month and for the year.

    Args:
        source: rows of the input table ``daily_rain``.
        library: the numbers of the model.
    """
    model = erosivity_model(library)
    days = [_rain(row) for row in source.rows]
    halves = half_month_erosivity(days, model)
    rows: list[Row] = [
        {"half": f"{(half + 1) // 2}-{'下' if half % 2 == 0 else '上'}", "erosivity": value}
        for half, value in halves.items()
    ]
    rows.append({"half": "全年 / year", "erosivity": fsum(halves.values())})
    years = sorted({day.year for day in days})
    status = Text("已核对", "verified") if model.verified else Text("未核对", "unverified")
    return UseTable(
        Text("降雨侵蚀力 R", "Rainfall erosivity R"),
        [
            Column("half", Text("半月", "Half-month")),
            Column("erosivity", Text("侵蚀力", "Erosivity"), "MJ·mm/(ha·h)"),
        ],
        rows,
        [
            Text(
                f"HJ 1173-2021 附录 A 式(A.5)、(A.6)；{len(years)} 年平均（{_span(years)}）；"
                f"日雨量 ≥ {model.threshold:g} mm；参数{status.zh}。",
                f"HJ 1173-2021, Annex A, eq A.5 and A.6; mean of {len(years)} years "
                f"({_span(years)}); days with {model.threshold:g} mm or more; parameters "
                f"{status.en}.",
            )
        ],
        _doubts(source, days),
    )


def _doubts(source: UseRows, days: Sequence[Rain]) -> list[Problem]:
    """Days that stand twice, and days that there are not."""
    found = []
    seen: set[tuple[int, int, int]] = set()
    for row, day in zip(source.rows, days, strict=True):
        key = day[:3]
        exists = day.day <= pd.Period(year=day.year, month=day.month, freq="M").days_in_month
        if key in seen or not exists:
            what = Text("重复", "twice") if exists else Text("不存在", "not in the calendar")
            found.append(
                problem_at(
                    source,
                    row,
                    Grade.B,
                    "rain-day",
                    Text(
                        f"{day.year}-{day.month}-{day.day} 这一天{what.zh}。",
                        f"The day {day.year}-{day.month}-{day.day} is {what.en}.",
                    ),
                    Text("请核对日期；重复的只保留一条。", "Check the date; keep one of them."),
                )
            )
        seen.add(key)
    return found


def _rain(row: UseRow) -> Rain:
    year, month, day = (int(row.number(name)) for name in ("year", "month", "day"))
    return Rain(year, month, day, row.number("rain"))


def _span(years: Sequence[int]) -> str:
    return f"{years[0]}—{years[-1]}" if years else ""


def _unit(parameter: str) -> str:
    return "mm" if parameter == "erosivity_rain_threshold" else "1"
