"""The DuckDB query that gives a Parquet table the columns of the entries contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path

from carbonledger.intake.columns import Columns, Measured

__all__ = ["ROW", "Translation", "entries_query", "name_in_sql", "parquet_source", "sql_text"]

ROW = "file_row_number"


@dataclass(frozen=True)
class Translation:
    """What the values written in the key and unit columns of a table stand for.

    ``codes`` holds a mapping from written value to code for each key column, ``units`` one from
    written unit to its normalised spelling.
    """

    codes: Mapping[str, Mapping[object, str | int]]
    units: Mapping[object, str] = field(default_factory=dict)


def sql_text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name_in_sql(column: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


def parquet_source(path: Path) -> str:
    """The table expression for one Parquet file, with the column ``file_row_number``.

    The file is taken as it is: neither do ``[``, ``*`` and ``?`` in its path stand for other names,
    nor does a folder ``year=2012`` become a column.
    """
    literal = sql_text(escape(str(path)))
    return f"read_parquet({literal}, file_row_number = true, hive_partitioning = false)"


def entries_query(
    source: str,
    names: Sequence[str],
    columns: Columns,
    translation: Translation,
    constants: Mapping[str, str | int],
) -> str:
    """The query over ``source``, which carries the column ``file_row_number``.

    Args:
        source: the table expression.
        names: the names of its columns.
        columns: which of them holds what.
        translation: what their values stand for.
        constants: ``file``, ``first_entry``, and ``region``, ``period`` and ``source`` of rows
            that carry none.
    """
    parts = [
        f"{ROW} + {constants['first_entry']} AS entry",
        f"{_literal(constants['file'])} AS file",
        "'' AS sheet",
        f"CAST({ROW} + 1 AS INTEGER) AS row",
    ]
    for key in ("region", "period", "account", "item"):
        value = _literal(constants.get(key, ""))
        if key in columns.keys:
            value = _mapped(names[columns.keys[key]], translation.codes[key])
        parts.append(f"{value} AS {key}")
    for key in ("detail", "note", "source"):
        value = _literal(constants.get(key, ""))
        if key in columns.keys:
            value = f"coalesce(CAST({name_in_sql(names[columns.keys[key]])} AS VARCHAR), '')"
        parts.append(f"{value} AS {key}")
    parts += ["CAST(1 AS DOUBLE) AS sign", "'' AS answer"]
    for measured in columns.quantities:
        unit = sql_text(measured.unit or "")
        if measured.unit is None and columns.unit_column is not None:
            unit = _mapped(names[columns.unit_column], translation.units)
        parts += _quantity(measured, name_in_sql(names[measured.column]), unit)
    return f"SELECT {', '.join(parts)} FROM {source}"


def _quantity(measured: Measured, column: str, unit: str) -> list[str]:
    named = {part: name_in_sql(measured.name + part) for part in ("__unit", "__notation", "__cell")}
    return [
        f"CAST({column} AS DOUBLE) AS {name_in_sql(measured.name)}",
        f"CASE WHEN {column} IS NOT NULL THEN {unit} END AS {named['__unit']}",
        f"CAST(NULL AS VARCHAR) AS {named['__notation']}",
        f"CAST(NULL AS VARCHAR) AS {named['__cell']}",
    ]


def _mapped(name: str, codes: Mapping[object, str | int] | Mapping[object, str]) -> str:
    """SQL that turns the written values of a column into their codes."""
    column = name_in_sql(name)
    if all(type(value) is type(code) and value == code for value, code in codes.items()):
        return f"CAST({column} AS INTEGER)" if _whole(codes) else column
    cases = [
        f"WHEN {column} {'IS NULL' if value is None else f'= {_literal(value)}'} "
        f"THEN {_literal(code)}"
        for value, code in codes.items()
    ]
    return f"CASE {' '.join(cases)} END"


def _whole(codes: Mapping[object, str | int] | Mapping[object, str]) -> bool:
    return any(isinstance(code, int) for code in codes.values())


def _literal(value: object) -> str:
    if isinstance(value, int):
        return f"CAST({value} AS INTEGER)" if abs(value) < 2**31 else str(value)
    return repr(value) if isinstance(value, float) else sql_text(str(value))
