"""Execute a plan: entries joined with coefficients become postings, on any engine of Narwhals."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa

from carbonledger.engine.frame import AREA, SPAN, Backend, collected
from carbonledger.engine.plan import Plan
from carbonledger.engine.rates import TEXTS, Kind, Rates, stacked, together
from carbonledger.engine.series import is_series, series_table
from carbonledger.engine.steps import Step
from carbonledger.errors import CarbonledgerError
from carbonledger.methods.registry import get, unit_of

__all__ = ["POSTING_COLUMNS", "postings", "roll_up", "write_postings"]

Frame = nw.LazyFrame[Any]
# Engines differ in the types of all-null and whole-number columns; the file must not.
_TYPES = {
    "period": "INTEGER", "selection": "BIGINT", "entry": "BIGINT",
    "amount": "DOUBLE", "co2e": "DOUBLE",
}  # fmt: skip
_Numbers = np.ndarray[Any, np.dtype[Any]]

POSTING_COLUMNS = (
    "book", "region", "period", "account", "item", "detail", "measure", "amount", "unit", "co2e",
    "notation", "method", "selection", "source", "flags", "entry",
)  # fmt: skip

# What a posting takes from its entry, beside the quantities.
_FROM_ENTRIES = ("region", "period", "account", "item", "detail", "source", "entry")

# By these columns entries can be summed before their measures are told apart.
_OF_ENTRIES = ("book", "region", "period", "account", "item", "detail")
_OF_MEASURES = ("measure", "unit")
_SUMS = ("amount", "co2e")


def postings(plan: Plan, frame: Frame, backend: Backend) -> Frame:
    """The postings of every entry: columns ``POSTING_COLUMNS``.

    Entries whose results are proportional to a quantity come first, in their own order; then the
    other steps, one after another.

    Raises:
        CarbonledgerError: if no entry leads to a posting.
    """
    _require_steps(plan)
    entries = _entries(plan, frame)
    parts = [_rated(plan, entries, backend)] if plan.rates else []
    return nw.concat([*parts, *_others_posted(plan, entries, backend)], how="vertical")


def write_postings(plan: Plan, frame: Frame, backend: Backend, path: Path) -> None:
    """Write the postings to a Parquet file whose columns are the same whatever the engine.

    Raises:
        CarbonledgerError: if no entry leads to a posting.
    """
    if plan.rates and not _others(plan):
        # Texts that are numbers to the writer halve its work; in the file they are texts again.
        computed = _rated(plan, _entries(plan, frame), backend, numbered=True)
    else:
        computed = postings(plan, frame, backend)
    native = nw.to_native(computed)
    if not isinstance(native, duckdb.DuckDBPyRelation):
        native = backend.connection.from_arrow(computed.collect(backend="pyarrow").to_native())
    # DuckDB's own postings have their types; a projection makes the writing half as long again.
    given = dict(zip(native.columns, map(str, native.types), strict=True))
    if tuple(given) != POSTING_COLUMNS or any(given[name] != _TYPES[name] for name in _TYPES):
        columns = (
            f"{name}::{_TYPES[name]} AS {name}" if name in _TYPES else name
            for name in POSTING_COLUMNS
        )
        native = native.project(", ".join(columns))
    native.to_parquet(str(path))


def roll_up(plan: Plan, frame: Frame, backend: Backend, by: Sequence[str]) -> Frame:
    """The sums of ``amount`` and ``co2e`` over entries, by some of the posting columns.

    A sum of nothing but notation keys stays null. Where results are proportional to a quantity,
    the work per entry is one multiplication and one addition for each measure.

    Raises:
        CarbonledgerError: if no entry leads to a posting.
    """
    if not set(by) <= {*_OF_ENTRIES, *_OF_MEASURES}:
        return _sums(postings(plan, frame, backend), by)
    _require_steps(plan)
    entries = _entries(plan, frame)
    reported = _reported(plan, entries)
    tables = [_rate_sums(rates, reported, plan, backend, by) for rates in plan.rates]
    others = _others_posted(plan, entries, backend)
    if "measure" in by and len(tables) == 1 and not others:
        sums: Frame = nw.from_native(tables[0].select([*by, *_SUMS])).lazy()
        return sums
    parts = [*map(backend.of_table, tables), *others]
    return _sums(nw.concat([part.select(*by, *_SUMS) for part in parts], how="vertical"), by)


def _sums(frame: Frame, by: Sequence[str]) -> Frame:
    counts = [nw.col(name).count().alias(f"{name}__count") for name in _SUMS]
    grouped = frame.group_by(*by).agg(*(nw.col(name).sum() for name in _SUMS), *counts)
    # Not every engine gives null for the sum of nothing, and missing is not zero.
    known = [nw.when(nw.col(f"{name}__count") > 0).then(nw.col(name)).alias(name) for name in _SUMS]
    return grouped.select(*by, *known)


def _require_steps(plan: Plan) -> None:
    if not plan.steps:
        raise CarbonledgerError(
            "没有任何可以计算的录入：所有数量都是空白。请检查录入表。",
            "There is nothing to compute: every quantity is blank. Check the tables of entries.",
        )


def _entries(plan: Plan, frame: Frame) -> Frame:
    """The entries with nothing but what their postings are made of, and what they are joined by.

    An engine reads the columns of a frame anew for everything that is added to it.
    """
    quantities = [rates.quantity for rates in plan.rates]
    quantities += [name for step in _others(plan) for _, name in step.option.bound]
    keys = [name for name in plan.keys if name not in {AREA, SPAN}]
    columns = list(dict.fromkeys((*keys, *_FROM_ENTRIES, *quantities)))
    return plan.alike.mark(frame, plan.keys, columns)


def _reported(plan: Plan, entries: Frame) -> Frame:
    """The entries without the years before those that are reported."""
    if plan.periods is None:
        return entries
    return entries.filter(nw.col("period").is_in(plan.periods))


def _others(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if not step.proportional]


def _rated(plan: Plan, entries: Frame, backend: Backend, *, numbered: bool = False) -> Frame:
    """The postings of all results that are proportional to a quantity."""
    parts = [
        {**rates.table, "part": np.full(len(rates.table["selection"]), part)}
        for part, rates in enumerate(plan.rates)
    ]
    rows = together(parts)
    table = backend.of_columns(rows)
    if numbered:
        table = table.with_columns(
            nw.col(name).cast(nw.Enum(sorted(set(rows[name].tolist())))) for name in TEXTS
        )
    joined = _reported(plan, entries).join(table, on=list(plan.keys), how="inner")
    quantity = _of_part([nw.col(rates.quantity) for rates in plan.rates])
    accounts = [rates.account for rates in plan.rates]
    return _as_postings(joined, quantity * nw.col("rate"), accounts)


def _others_posted(plan: Plan, entries: Frame, backend: Backend) -> list[Frame]:
    """The postings of all other results: those of formulas and those of series."""
    others = _others(plan)
    formulas = [step for step in others if not is_series(step)]
    series = [step for step in others if is_series(step)]
    parts = []
    if formulas:
        joined = _met(formulas, plan, _reported(plan, entries), backend)
        accounts = [step.option.post_to for step in formulas]
        parts.append(_as_postings(joined, _of_part([*map(_amount, formulas)]), accounts))
    if series:
        history = collected(_met(series, plan, entries, backend))
        periods = plan.periods or history["period"].unique()
        for part, step in enumerate(series):
            rows = history[history["part"] == part].drop(columns="part")
            table = series_table(step, rows, POSTING_COLUMNS, periods)
            parts.append(backend.of_table(table))
    return parts


def _met(steps: Sequence[Step], plan: Plan, entries: Frame, backend: Backend) -> Frame:
    """The entries of some steps with the coefficients; ``part`` is the number of the step."""
    table = backend.of_columns(stacked(steps))
    return entries.join(table, on=list(plan.keys), how="inner")


def _amount(step: Step) -> nw.Expr:
    """The formula of a step over the entries and its coefficients."""
    bound = dict(step.option.bound)
    method = get(step.option.method)
    coefficients = {name: nw.col(f"c_{name}") for name in method.arguments}
    arguments = {
        name: nw.col(bound[name]) * each if name in bound else each
        for name, each in coefficients.items()
    }
    amount: nw.Expr = method.function(**arguments)
    return amount


def _of_part(values: Sequence[nw.Expr]) -> nw.Expr:
    """For every row the value of its part; rows of other parts do not count."""
    if len(values) == 1:
        return values[0]
    return nw.coalesce(
        *(nw.when(nw.col("part") == part).then(value) for part, value in enumerate(values))
    )


def _as_postings(joined: Frame, amount: nw.Expr, accounts: Sequence[str]) -> Frame:
    """The postings of joined entries; ``accounts`` are those of the results, by part."""
    computed = [amount.alias("amount")]
    others = [
        nw.when(nw.col("part") == part).then(nw.lit(account))
        for part, account in enumerate(accounts)
        if account
    ]
    if others:
        computed.append(nw.coalesce(*others, nw.col("account")).alias("account"))
    co2e = (nw.col("amount") * nw.col("gwp")).alias("co2e")
    columns = [co2e if name == "co2e" else nw.col(name) for name in POSTING_COLUMNS]
    return joined.with_columns(*computed).select(*columns)


def _under(account: str, frame: Frame) -> Frame:
    """The frame under the account of the results, where that is not the account of the entry."""
    return frame.with_columns(account=nw.lit(account)) if account else frame


def _rate_sums(
    rates: Rates, entries: Frame, plan: Plan, backend: Backend, by: Sequence[str]
) -> pa.Table:
    """The sums of each measure; the entries are joined once, for all kinds of rates together."""
    names = [name for name in by if name in _OF_ENTRIES] or ["book"]
    amounts = {
        f"sum_{kind.rate}": nw.col(rates.quantity) * nw.col(kind.rate)
        for kind in rates.kinds
        if not kind.notation
    }
    counted = sorted({kind.alike for kind in rates.kinds})
    wide = backend.frame(rates.wide)
    joined = _under(rates.account, entries.join(wide, on=list(plan.keys), how="inner"))
    grouped = joined.with_columns(**amounts).group_by(*names)
    sums = grouped.agg(nw.col(*amounts).sum(), nw.col(*counted).count())
    table = sums.collect(backend="pyarrow").to_native()
    numbers = {name: table[name].to_numpy() for name in (*amounts, *counted)}
    parts = []
    for measure in sorted({kind.measure for kind in rates.kinds}):
        kinds = [kind for kind in rates.kinds if kind.measure == measure]
        texts = {"measure": measure, "unit": unit_of(measure)}
        part = pa.table(
            {name: table[name] for name in names}
            | {name: pa.repeat(text, len(table)) for name, text in texts.items() if name in by}
            | {"amount": _total(numbers, {kind: 1.0 for kind in kinds if not kind.notation})}
            | {"co2e": _total(numbers, {kind: kind.gwp for kind in kinds if kind.gwp is not None})}
        )
        stand = _stand(numbers, kinds)
        parts.append(part if stand.all() else part.filter(pa.array(stand)))
    return pa.concat_tables(parts)


def _total(numbers: Mapping[str, _Numbers], weights: Mapping[Kind, float]) -> pa.Array:
    """The weighted sum over kinds, null where none of them stands."""
    total = np.zeros(len(next(iter(numbers.values()))))
    for kind, weight in weights.items():
        total += numbers[f"sum_{kind.rate}"] * weight
    return pa.array(total, mask=~_stand(numbers, weights))


def _stand(numbers: Mapping[str, _Numbers], kinds: Iterable[Kind]) -> _Numbers:
    """Where any of the kinds stands."""
    counts = sum((numbers[kind.alike] for kind in kinds), start=np.zeros(1, int))
    return np.broadcast_to(counts > 0, next(iter(numbers.values())).shape)
