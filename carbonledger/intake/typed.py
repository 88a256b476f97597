"""Typed tables: Parquet files that stay on disk and are checked by aggregation.

Only distinct keys and sums travel to Python, so memory does not grow with the number of rows. The
columns are those of the layout ``entries``; a null is a blank cell. What every row of a table on
paper is checked for is checked here by counts, with the first row that shows it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from carbonledger.errors import Text
from carbonledger.intake import entries_words as words
from carbonledger.intake.columns import Columns, Finding, Measured, arrange, read_unit
from carbonledger.intake.entry_table import EntryTable
from carbonledger.intake.keys import KEY_LABELS, Refused, read_key
from carbonledger.intake.layout import Context
from carbonledger.intake.typed_sql import (
    ROW,
    Translation,
    entries_query,
    name_in_sql,
    sql_text,
)
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Grade, Problem

__all__ = ["Typed", "read_parquet"]

_ROLES = ("key", "quantity", "unit")
_NUMERIC = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)")
_MANY = 20_000  # distinct keys beyond which a key column holds something else than keys


@dataclass(frozen=True)
class Typed:
    """A Parquet table as an entry table, with the number of its rows."""

    table: EntryTable | None
    rows: int
    problems: list[Problem]


def read_parquet(
    path: Path, file: str, spec: TableSpec, context: Context, first_entry: int
) -> Typed:
    """Check a Parquet table and describe how to query it; entries are numbered in file order."""
    reader = _Reader(path, file, spec, context)
    try:
        return reader.read(first_entry)
    except duckdb.Error as error:
        reader.report(None, _damaged(str(error)))
        return Typed(None, 0, reader.problems)
    finally:
        reader.connection.close()


@dataclass
class _Reader:
    path: Path
    file: str
    spec: TableSpec
    context: Context
    problems: list[Problem] = field(default_factory=list)
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    @property
    def source(self) -> str:
        return f"read_parquet({sql_text(str(self.path))}, file_row_number = true)"

    def read(self, first_entry: int) -> Typed:
        described = self.rows(f"DESCRIBE SELECT * FROM {self.source}")
        names = [str(row[0]) for row in described if row[0] != ROW]
        types = {str(row[0]): str(row[1]) for row in described}
        required = ["account"]
        required += ["region"] if self.context.region is None else []
        required += ["period"] if self.context.period is None else []
        columns = arrange(names, _ROLES, required)
        for finding in columns.findings:
            self.report(None, finding)
        if self.spec.coal_equivalent_heat is not None:
            self.report(None, words.HEAT_UNUSED)
        if not columns.quantities and not columns.findings:
            self.report(None, words.NO_QUANTITY)
        if self.problems:
            return Typed(None, 0, self.problems)
        count = int(str(self.rows(f"SELECT count(*) FROM {self.source}")[0][0]))
        if count == 0:
            self.report(None, _EMPTY)
        codes = {
            name: self.key(name, names[column])
            for name, column in columns.keys.items()
            if name in KEY_LABELS
        }
        units = self.units(columns, names)
        for measured in columns.quantities:
            self.quantity(measured, names[measured.column], types[names[measured.column]])
        constants: dict[str, str | int] = {
            "file": self.file,
            "first_entry": first_entry,
            "region": self.context.region or "",
            "period": self.context.period or 0,
            "source": self.spec.source,
        }
        translation = Translation(codes, units)
        select = entries_query(self.source, names, columns, translation, constants)
        quantities = tuple(measured.name for measured in columns.quantities)
        return Typed(
            EntryTable(self.file, quantities, None, self.path, select), count, self.problems
        )

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = self.connection.execute(sql).fetchall()
        return found

    def report(self, row: int | None, what: Refused | Finding, grade: Grade = Grade.A) -> None:
        self.problems.append(
            Problem(
                grade=what.grade if isinstance(what, Finding) else grade,
                code=what.code,
                message=what.message,
                remedy=what.remedy,
                file=self.file,
                row=row,
            )
        )

    def distinct(self, column: str) -> list[tuple[object, int, int]] | None:
        """Each distinct value with its count and its first row; None where there are too many."""
        quoted = name_in_sql(column)
        (number,) = self.rows(f"SELECT approx_count_distinct({quoted}) FROM {self.source}")[0]
        if int(str(number)) > _MANY:
            self.report(None, _too_many(column))
            return None
        found = self.rows(
            f"SELECT {quoted}, count(*), min({ROW}) + 1 FROM {self.source} GROUP BY ALL ORDER BY 3"
        )
        return [(value, int(str(count)), int(str(row))) for value, count, row in found]

    def key(self, name: str, column: str) -> dict[object, str | int]:
        """The code of every distinct value of a key column; unreadable ones are reported."""
        codes: dict[object, str | int] = {}
        for value, count, row in self.distinct(column) or ():
            found = read_key(name, value, self.context)
            if isinstance(found, Refused):
                self.report(row, _counted(found, column, count))
            else:
                codes[value] = found
        return codes

    def units(self, columns: Columns, names: Sequence[str]) -> dict[object, str]:
        """The normalised spelling of every distinct unit in the unit column."""
        if columns.unit_column is None:
            return {}
        column = names[columns.unit_column]
        units: dict[object, str] = {}
        for value, count, row in self.distinct(column) or ():
            found = read_unit(str(value or ""))
            if isinstance(found, Finding):
                refused = Refused(found.code, found.message, found.remedy)
                self.report(row, _counted(refused, column, count))
            else:
                units[value] = found
        return units

    def quantity(self, measured: Measured, column: str, kind: str) -> None:
        if not _NUMERIC.fullmatch(kind):
            self.report(None, _not_numeric(column, kind))
            return
        value = f"CAST({name_in_sql(column)} AS DOUBLE)"
        # Not isnan(v): over a Parquet file DuckDB answers that from the column's statistics, which
        # leave NaN out.
        checks = {
            "NOT isfinite(v - v)": (_not_finite, Grade.A),
            "v < 0": (_negative, Grade.B),
            "v IS NULL": (_blank, Grade.D),
        }
        selected = ", ".join(
            f"count(*) FILTER ({check}), min(r) FILTER ({check})" for check in checks
        )
        inner = f"SELECT {value} AS v, {ROW} + 1 AS r FROM {self.source}"
        found = self.rows(f"SELECT {selected}, max(v), count(v) FROM ({inner})")[0]
        for number, (describe, grade) in enumerate(checks.values()):
            count, row = found[2 * number], found[2 * number + 1]
            if count:
                self.report(int(str(row)), describe(column, int(str(count))), grade)
        largest = found[-2]
        if measured.unit == "%" and isinstance(largest, float) and 0 < largest <= 1:
            self.report(None, _like_fractions(column), Grade.C)


def _counted(refused: Refused, column: str, count: int) -> Refused:
    return refused._replace(
        message=Text(
            f"列“{column}”：{refused.message.zh}共 {count} 行。",
            f"Column '{column}': {refused.message.en} {count} rows.",
        )
    )


def _not_finite(column: str, count: int) -> Refused:
    return Refused(
        "cell-not-a-number",
        Text(
            f"列“{column}”有 {count} 行是 NaN 或无穷大。",
            f"Column '{column}' holds NaN or infinity in {count} rows.",
        ),
        Text("没有数据请存为空值（null）。", "Store a missing value as null."),
    )


def _negative(column: str, count: int) -> Refused:
    return Refused(
        "cell-negative",
        Text(
            f"列“{column}”有 {count} 行是负数。",
            f"Column '{column}' is negative in {count} rows.",
        ),
        Text(
            "请核对正负号；确实为负（如扣减、调出）时请说明。",
            "Check the sign; explain it if it is meant (a deduction, an export).",
        ),
    )


def _blank(column: str, count: int) -> Refused:
    return Refused(
        "rows-without-number",
        Text(
            f"列“{column}”有 {count} 行为空，不产生录入。",
            f"Column '{column}' is null in {count} rows, which make no entry.",
        ),
        Text("空值不等于 0，请确认。", "A null is no zero: check that this is meant."),
    )


def _like_fractions(column: str) -> Refused:
    return Refused(
        "percent-like-fraction",
        Text(
            f"列“{column}”的单位是 %，但所有数都不大于 1，像是小数。",
            f"Column '{column}' is in %, but no value is above 1: they look like fractions.",
        ),
        Text("若 0.98 表示 98%，请把单位改为 [1]。", "If 0.98 means 98 %, write the unit [1]."),
    )


def _not_numeric(column: str, kind: str) -> Refused:
    return Refused(
        "column-not-numeric",
        Text(
            f"列“{column}”的类型是 {kind}，数量列必须是数值类型。",
            f"Column '{column}' is of type {kind}; a quantity must be numeric.",
        ),
        Text(
            "请在导出 Parquet 时把它存成 double；带文字的表请用 CSV 或 xlsx。",
            "Store it as double, or use CSV or xlsx for a table with words in it.",
        ),
    )


def _too_many(column: str) -> Refused:
    return Refused(
        "column-not-keys",
        Text(
            f"列“{column}”有两万个以上不同的值，不像是编码。",
            f"Column '{column}' holds more than 20,000 distinct values: these are no codes.",
        ),
        Text("请检查列名是否对应。", "Check that the heading fits the column."),
    )


def _damaged(reason: str) -> Refused:
    first = reason.strip().splitlines()[0][:200] if reason.strip() else ""
    return Refused(
        "file-damaged",
        Text(
            f"文件已损坏或不是 Parquet 文件，不能读取（{first}）。",
            f"The file is damaged or no Parquet file ({first}).",
        ),
        Text("请重新导出。", "Export it again."),
    )


_EMPTY = Refused(
    "sheet-empty",
    Text("表中没有任何行。", "The table has no rows."),
    Text("请重新导出。", "Export it again."),
)
