"""Totals that must hold over the input, as the manifest states them."""

import math
from collections.abc import Callable, Mapping, Sequence

import duckdb

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.intake.entry_table import EntryTable
from carbonledger.intake.files import file_problem
from carbonledger.intake.keys import Refused, code_of, in_tree
from carbonledger.intake.layout import Context
from carbonledger.intake.manifest import MANIFEST
from carbonledger.intake.typed_sql import name_in_sql, sql_text
from carbonledger.memory import database
from carbonledger.model.manifest import Assertion
from carbonledger.model.problem import Problem

__all__ = ["check_assertions"]

_Sums = list[tuple[str, float, int]]


def check_assertions(
    assertions: Sequence[Assertion],
    tables: Sequence[EntryTable],
    context: Context,
    account_parents: Mapping[str, str],
) -> list[Problem]:
    """A grade-A problem for every stated total that does not hold or cannot be computed.

    Each value counts with the sign of its entry, as the engine computes with it; entries without a
    value (blank, notation key, set aside) do not count.
    """
    if not assertions:
        return []
    with database() as connection:
        for number, table in enumerate(tables):
            if table.table is not None:
                connection.register(f"t{number}", table.table)

        def sums(quantity: str, where: str) -> _Sums:
            return _sums(connection, tables, quantity, where)

        problems = [
            _check(number, assertion, context, account_parents, sums)
            for number, assertion in enumerate(assertions, 1)
        ]
    return [problem for problem in problems if problem is not None]


def _check(
    number: int,
    assertion: Assertion,
    context: Context,
    parents: Mapping[str, str],
    sums: Callable[[str, str], _Sums],
) -> Problem | None:
    label = f"assertions[{number}]" + (f"（{assertion.note}）" if assertion.note else "")
    try:
        expected, unit = units.parse_quantity(assertion.total)
        where = _where(assertion, context, parents)
        if isinstance(where, Refused):
            return _wrong(label, where.message, where.remedy)
        found = sums(assertion.quantity, where)
        actual = math.fsum(units.convert(value, written, unit) for written, value, _ in found)
    except units.UnitError as error:
        return _wrong(label, error.text, _UNITS)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        return _wrong(label, Text(f"无法求和：{reason}", f"cannot be summed: {reason}"), _UNITS)
    count = sum(rows for _, _, rows in found)
    if count == 0:
        return _wrong(label, _NOTHING, _SELECTORS)
    allowed = assertion.tolerance * (1 if assertion.absolute else abs(expected))
    if abs(actual - expected) <= allowed:
        return None
    return _differs(label, (expected, actual, unit), count)


def _where(assertion: Assertion, context: Context, parents: Mapping[str, str]) -> str | Refused:
    """The SQL condition that selects the entries."""
    conditions = ["TRUE"]
    for name, spellings in (
        ("account", context.accounts),
        ("item", context.items),
        ("region", context.regions),
    ):
        text: str = getattr(assertion, name)
        if not text:
            continue
        code = code_of(name, text, spellings)
        if isinstance(code, Refused):
            return code
        codes = [code]
        if name == "account":
            codes += [below for below in parents if below != code and in_tree(below, code, parents)]
        conditions.append(f"{name} IN ({', '.join(sql_text(each) for each in codes)})")
    if assertion.detail:
        conditions.append(f"detail = {sql_text(assertion.detail)}")
    if assertion.period is not None:
        conditions.append(f"period = {assertion.period}")
    return " AND ".join(conditions)


def _sums(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[EntryTable],
    quantity: str,
    where: str,
) -> _Sums:
    """Unit, sum and number of the values, by table and unit."""
    value, unit = name_in_sql(quantity), name_in_sql(f"{quantity}__unit")
    found: _Sums = []
    for number, table in enumerate(tables):
        if quantity not in table.quantities:
            continue
        source = f"t{number}" if table.table is not None else f"({table.select})"
        found += connection.execute(
            f"SELECT {unit}, fsum({value} * sign), count({value}) FROM {source} "
            f"WHERE {value} IS NOT NULL AND {where} GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return found


def _differs(label: str, figures: tuple[float, float, str], count: int) -> Problem:
    expected, actual, unit = figures
    share = f"（{(actual - expected) / expected:+.4%}）" if expected else ""
    return file_problem(
        MANIFEST,
        "assertion-failed",
        Text(
            f"{label}：{count} 个数之和是 {actual:.12g} {unit}，应为 {expected:.12g} {unit}，"
            f"相差 {actual - expected:.6g}{share}。",
            f"{label}: the sum of {count} values is {actual:.12g} {unit}, stated {expected:.12g} "
            f"{unit}, difference {actual - expected:.6g} {share}.",
        ),
        Text(
            "请核对录入的数与原表的合计；原表合计本身有误时请改写这条断言并在 note 中说明。",
            "Check the values against the printed total; if that is wrong itself, change the "
            "assertion and say so in its note.",
        ),
    )


def _wrong(label: str, message: Text, remedy: Text) -> Problem:
    return file_problem(
        MANIFEST,
        "assertion-unusable",
        Text(f"{label} 无法核对：{message.zh}", f"{label} cannot be checked: {message.en}"),
        remedy,
    )


_UNITS = Text(
    '请在 total 中写数和单位，例如 total = "24.39 百万吨标准煤"，单位须与录入的数量同类。',
    'Write a number and a unit of the same kind as the values, such as total = "24.39 Mtce".',
)
_NOTHING = Text("没有选中任何有数值的录入。", "it selects no entry with a value.")
_SELECTORS = Text(
    "请核对 quantity、account、item、detail、region、period 是否写对。",
    "Check quantity, account, item, detail, region and period.",
)
