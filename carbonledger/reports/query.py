"""Questions to the Parquet files of a run, answered as plain rows.

The files may hold millions of rows: ask for their count before asking for the rows.
"""

import glob
from collections.abc import Mapping
from typing import Any, NamedTuple

from carbonledger.engine.results import Results
from carbonledger.memory import database

__all__ = [
    "Activity",
    "Posting",
    "Use",
    "activities",
    "count_activities",
    "count_postings",
    "count_unverified",
    "direct_amounts",
    "gases",
    "parameters_used",
    "postings",
]


class Activity(NamedTuple):
    """A quantity as entered; ``value`` is None where ``notation`` stands in its place."""

    entry: int
    file: str
    sheet: str
    cell: str
    row: int | None
    region: str
    period: int
    account: str
    item: str
    detail: str
    quantity: str
    value: float | None
    unit: str
    notation: str
    sign: float
    answer: str
    note: str
    source: str


class Use(NamedTuple):
    """A value that postings were computed with; None where it differs by entry."""

    argument: str
    parameter: str
    value: float | None
    unit: str
    fallback: str
    status: str
    source: str
    locator: str
    items: list[str]
    selections: list[int]
    postings: int


class Posting(NamedTuple):
    """A posting, in the order of the columns in print."""

    entry: int
    book: str
    region: str
    period: int
    account: str
    item: str
    detail: str
    measure: str
    amount: float | None
    unit: str
    co2e: float | None
    notation: str
    method: str
    selection: int | None
    source: str
    flags: str


_UNVERIFIED = "list_contains(string_split(coalesce(flags, ''), ','), 'unverified')"


def direct_amounts(
    results: Results, region: str | None = None, period: int | None = None
) -> list[tuple[Any, ...]]:
    """What was posted to each account itself, of a region and year alone where they are given.

    Columns ``book, region, period, account, item, measure, unit, amount, co2e, notation,
    unverified``; the keys of several postings are joined, and a sum without a number is null.
    """
    return _rows(
        f"""
        SELECT book, region, period, account, coalesce(item, ''), measure, unit,
               fsum(amount), fsum(co2e),
               coalesce(string_agg(DISTINCT nullif(notation, ''), ','), ''),
               bool_or({_UNVERIFIED})
        FROM {_table(results, "postings.parquet")}
        WHERE region = coalesce($region, region) AND period = coalesce($period, period)
        GROUP BY ALL ORDER BY ALL
        """,
        {"region": region, "period": period},
    )


def gases(results: Results) -> set[str]:
    """The measures that have a CO2e anywhere in the run."""
    table = _table(results, "postings.parquet")
    return {
        str(row[0]) for row in _rows(f"SELECT DISTINCT measure FROM {table} WHERE co2e IS NOT NULL")
    }


def postings(results: Results) -> list[Posting]:
    """All postings, in the order of the entries."""
    columns = ", ".join(
        f"coalesce({name}, '')" if name in {"notation", "method", "flags"} else name
        for name in Posting._fields
    )
    query = f"""
        SELECT {columns} FROM {_table(results, "postings.parquet")}
        ORDER BY entry, measure, book, account
        """
    return [Posting(*row) for row in _rows(query)]


def activities(results: Results) -> list[Activity]:
    """All quantities as entered; a blank cell is no entry and has no row."""
    query = _activities(results)
    if not query:
        return []
    # What was burned comes before what was measured of it.
    order = "entry, quantity <> 'quantity', quantity"
    rows = _rows(f"SELECT * FROM ({query}) ORDER BY {order}")
    return [Activity(*row) for row in rows]


def count_activities(results: Results) -> int:
    """How many quantities were entered."""
    query = _activities(results)
    return int(_rows(f"SELECT count(*) FROM ({query})")[0][0]) if query else 0


def _activities(results: Results) -> str:
    table = _table(results, "entries.parquet")
    columns = {str(row[0]) for row in _rows(f"DESCRIBE SELECT * FROM {table}")}
    fixed = "coalesce({0}, '') AS {0}"
    parts = [
        f"""
        SELECT entry, file, {fixed.format("sheet")}, coalesce("{name}__cell", '') AS cell, row,
               region, period, account, item, {fixed.format("detail")}, '{name}' AS quantity,
               "{name}" AS value, coalesce("{name}__unit", '') AS unit,
               coalesce("{name}__notation", '') AS notation, sign, {fixed.format("answer")},
               {fixed.format("note")},
               {fixed.format("source")}
        FROM {table}
        WHERE "{name}" IS NOT NULL OR coalesce("{name}__notation", '') <> ''
        """
        for name in sorted(columns)
        if f"{name}__unit" in columns
    ]
    return " UNION ALL ".join(parts)


def parameters_used(results: Results) -> list[Use]:
    """Every value that a posting was computed with; the warming potentials come last."""
    query = f"""
        WITH uses AS (
            SELECT selection, coalesce(item, '') AS item, count(*) AS postings
            FROM {_table(results, "postings.parquet")} GROUP BY ALL
        )
        SELECT * FROM (
            SELECT argument, parameter, value, unit, coalesce(fallback, '') AS fallback,
                   coalesce(status, '') AS status, coalesce(source, '') AS source,
                   coalesce(locator, '') AS locator,
                   list_sort(list_distinct(list(item))) AS items,
                   list_sort(list_distinct(list(selection))) AS selections,
                   CAST(sum(postings) AS BIGINT) AS postings
            FROM {_table(results, "selections.parquet")} JOIN uses USING (selection)
            GROUP BY ALL
        ) ORDER BY argument LIKE 'gwp%', argument, parameter, fallback, unit, value, locator,
                   status, source, selections
        """
    return [Use(*row) for row in _rows(query)]


def count_unverified(results: Results) -> int:
    """How many postings rest on a value that was not checked."""
    table = _table(results, "postings.parquet")
    return int(_rows(f"SELECT count(*) FROM {table} WHERE {_UNVERIFIED}")[0][0])


def count_postings(results: Results) -> int:
    """How many postings the run has."""
    return int(_rows(f"SELECT count(*) FROM {_table(results, 'postings.parquet')}")[0][0])


def _rows(query: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    with database() as connection:
        rows: list[tuple[Any, ...]] = connection.execute(query, values or {}).fetchall()
    return rows


def _table(results: Results, name: str) -> str:
    path = glob.escape(str(results.folder / name)).replace("'", "''")
    return f"read_parquet('{path}', hive_partitioning = false)"
