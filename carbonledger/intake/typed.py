"""Typed tables: Parquet files that stay on disk and are checked by aggregation.

Only distinct keys and sums travel to Python, so memory does not grow with the number of rows. The
columns are those of the layout ``entries``; a null is a blank cell. What every row of a table on
paper is checked for is checked here by counts, with the first row that shows it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from carbonledger.intake import entries_words
from carbonledger.intake import typed_words as words
from carbonledger.intake.columns import Columns, Finding, Measured, arrange, read_unit
from carbonledger.intake.entry_table import EntryTable
from carbonledger.intake.keys import KEY_LABELS, Refused, read_key
from carbonledger.intake.layout import Context
from carbonledger.intake.nested_regions import Nested, nested, nested_pairs
from carbonledger.intake.plausible import implausible, misfit
from carbonledger.intake.typed_sql import (
    ROW,
    Translation,
    entries_query,
    name_in_sql,
    parquet_source,
    sql_text,
)
from carbonledger.model import limits
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
        reader.report(None, words.damaged(str(error)))
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
        return parquet_source(self.path)

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
            self.report(None, entries_words.HEAT_UNUSED)
        if not columns.quantities and not columns.findings:
            self.report(None, entries_words.NO_QUANTITY)
        if self.problems:
            return Typed(None, 0, self.problems)
        count = int(str(self.rows(f"SELECT count(*) FROM {self.source}")[0][0]))
        if count == 0:
            self.report(None, words.EMPTY)
        codes = {
            name: self.key(name, names[column])
            for name, column in columns.keys.items()
            if name in KEY_LABELS
        }
        units = self.units(columns, names)
        numeric = [
            self.quantity(measured, names[measured.column], types[names[measured.column]])
            for measured in columns.quantities
        ]
        constants: dict[str, str | int] = {
            "file": self.file,
            "first_entry": first_entry,
            "region": self.context.region or "",
            "period": self.context.period or 0,
            "source": self.spec.source,
        }
        translation = Translation(codes, units)
        select, digested = (
            entries_query(source, names, columns, translation, constants)
            for source in (self.source, "entries")
        )
        quantities = tuple(measured.name for measured in columns.quantities)
        if all(numeric):
            for measured in columns.quantities:
                self.plausible(select, measured, names[measured.column])
            self.nested(select, quantities, codes.get("region", {}))
            self.entries(select, quantities, count)
        table = EntryTable(self.file, quantities, None, self.path, select, digested)
        return Typed(table, count, self.problems)

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
            self.report(None, words.too_many(column))
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
                self.report(row, words.counted(found, column, count))
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
                self.report(row, words.counted(refused, column, count))
            else:
                units[value] = found
        return units

    def quantity(self, measured: Measured, column: str, kind: str) -> bool:
        """Check the numbers of a column; False where they are none."""
        if not _NUMERIC.fullmatch(kind):
            self.report(None, words.not_numeric(column, kind))
            return False
        value = f"CAST({name_in_sql(column)} AS DOUBLE)"
        # Not isnan(v): over a Parquet file DuckDB answers that from the column's statistics, which
        # leave NaN out.
        checks = {
            "NOT isfinite(v - v)": (words.not_finite, Grade.A),
            "v IS NULL": (words.blank, Grade.D),
        }
        if not limits.units_of(measured.name):  # a parameter has limits of its own
            checks["v < 0"] = (words.negative, Grade.B)
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
            self.report(None, words.like_fractions(column), Grade.C)
        return True

    def plausible(self, select: str, measured: Measured, column: str) -> None:
        """The least and the greatest measured value of each item and unit against the limits."""
        if not limits.units_of(measured.name):
            return
        value, unit = name_in_sql(measured.name), name_in_sql(f"{measured.name}__unit")
        groups = self.rows(
            f"SELECT item, {unit}, min({value}), max({value}), min(row) FROM ({select}) "
            f"WHERE isfinite({value} - {value}) GROUP BY ALL ORDER BY 5"
        )
        misfits: set[str] = set()
        for item, written, least, most, row in groups:
            name, code = str(written), str(item)
            if what := misfit(measured.name, name):
                if name not in misfits:
                    self.report(int(str(row)), what)
                misfits.add(name)
            elif any(
                implausible(measured.name, float(str(each)), name, code) for each in (least, most)
            ):
                where = f"item = {sql_text(code)} AND {unit} = {sql_text(name)}"
                self.beyond(select, measured, column, where, (name, code))

    def beyond(
        self, select: str, measured: Measured, column: str, where: str, group: tuple[str, str]
    ) -> None:
        """Report the first impossible value of a group, with the number of them."""
        value = name_in_sql(measured.name)
        low, high = limits.bounds(measured.name, *group)
        found = self.rows(
            f"SELECT min(row), arg_min({value}, row), count(*) FROM ({select}) "
            f"WHERE {where} AND isfinite({value} - {value}) "
            f"AND NOT {value} BETWEEN {low!r} AND {high!r}"
        )
        row, first, count = found[0]
        what = implausible(measured.name, float(str(first)), *group)
        if what is not None:
            self.report(int(str(row)), words.beyond(column, what, int(str(count))))

    def nested(
        self, select: str, quantities: Sequence[str], regions: Mapping[object, str | int]
    ) -> None:
        """Rows of a region and of a part of it that are alike in period, account and item."""
        codes = (str(code) for code in regions.values())
        pairs = nested_pairs(codes, self.context.region_parents)
        if not pairs:
            return
        listed = ", ".join(f"({sql_text(upper)}, {sql_text(part)})" for upper, part in pairs)
        found = self.rows(
            f"WITH pair(upper, part) AS (VALUES {listed}), entry AS (SELECT region, period, "
            f"account, item, min(row) AS row FROM ({select}) WHERE {_filled(quantities)} "
            "GROUP BY ALL) "
            "SELECT p.row, u.row, u.region, p.region, count(*) OVER () FROM entry p "
            "JOIN pair ON pair.part = p.region JOIN entry u ON u.region = pair.upper "
            "AND u.period = p.period AND u.account = p.account AND u.item = p.item "
            "ORDER BY 1, 2 LIMIT 1"
        )
        for row, other, region, part, count in found:
            example = Nested(int(str(row)), int(str(other)), str(region), str(part))
            self.report(example.row, nested(example, int(str(count))), Grade.B)

    def entries(self, select: str, quantities: Sequence[str], count: int) -> None:
        """A table whose rows hold no number at all."""
        filled = self.rows(f"SELECT 1 FROM ({select}) WHERE {_filled(quantities)} LIMIT 1")
        if count and not filled:
            self.report(None, entries_words.NO_ENTRIES)


def _filled(quantities: Sequence[str]) -> str:
    """SQL: whether a row holds a number."""
    return "(" + " OR ".join(f"{name_in_sql(name)} IS NOT NULL" for name in quantities) + ")"
