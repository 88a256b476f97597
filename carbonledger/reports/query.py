"""Questions to the Parquet files of a run, answered as plain rows.

The files may hold millions of rows: ask for their count before asking for the rows.
"""

import glob
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, NamedTuple

import pyarrow.parquet as pq

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


# The columns of an entry beside its quantities; a text may be missing in the last ones.
_ENTERED = (
    "entry", "file", "row", "region", "period", "account", "item", "sign",
    "sheet", "detail", "answer", "note", "source",
)  # fmt: skip
_UNVERIFIED = "list_contains(string_split(coalesce(flags, ''), ','), 'unverified')"


def direct_amounts(
    results: Results, region: str | None = None, period: int | None = None
) -> list[tuple[Any, ...]]:
    """What was posted to each account itself, of a region and year alone where they are given.

    Columns ``book, region, period, account, item, measure, unit, amount, co2e, notation,
    unverified``; the keys of several postings are joined, and a sum without a number is null.
    """
    return _rows(
        results,
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
    query = f"SELECT DISTINCT measure FROM {table} WHERE co2e IS NOT NULL"
    return {str(row[0]) for row in _rows(results, query)}


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
    return [Posting(*row) for row in _rows(results, query)]


def activities(results: Results, most: int) -> list[Activity] | None:
    """All quantities as entered, entry by entry; None if there are more than ``most``.

    A blank cell is no entry and has no row. What was burned comes before what was measured of it.
    """
    quantities = _quantities(results)
    if not quantities:
        return []
    if (
        _file(results, "entries").num_rows * len(quantities) > most
        and count_activities(results) > most
    ):
        return None
    columns = [*_ENTERED]
    for name in quantities:
        columns += [name, *(f"{name}__{part}" for part in ("cell", "unit", "notation"))]
    listed = ", ".join(f'"{column}"' for column in columns)
    rows = _rows(results, f"SELECT {listed} FROM {_table(results, 'entries.parquet')}")
    found = []
    for row in sorted(rows, key=itemgetter(0)):
        entry, file, number, region, period, account, item, sign, *rest = row
        sheet, detail, answer, note, source = (text or "" for text in rest[:5])
        for place, quantity in enumerate(quantities):
            value, cell, unit, notation = rest[4 * place + 5 : 4 * place + 9]
            if value is None and not notation:
                continue
            found.append(
                Activity(
                    *(entry, file, sheet, cell or "", number, region, period, account, item),
                    *(detail, quantity, value, unit or "", notation or "", sign),
                    *(answer, note, source),
                )
            )
    return found


def count_activities(results: Results) -> int:
    """How many quantities were entered."""
    quantities = _quantities(results)
    if not quantities:
        return 0
    entered = "count(*) FILTER (WHERE \"{0}\" IS NOT NULL OR coalesce(\"{0}__notation\", '') <> '')"
    counts = " + ".join(entered.format(name) for name in quantities)
    return int(_rows(results, f"SELECT {counts} FROM {_table(results, 'entries.parquet')}")[0][0])


def _quantities(results: Results) -> list[str]:
    """The names of the quantities that were entered, ``quantity`` itself first."""
    columns = set(_file(results, "entries").schema.names)
    names = [name for name in columns if f"{name}__unit" in columns]
    return sorted(names, key=lambda name: (name != "quantity", name))


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
    return [Use(*row) for row in _rows(results, query)]


def count_unverified(results: Results) -> int:
    """How many postings rest on a value that was not checked."""
    table = _table(results, "postings.parquet")
    return int(_rows(results, f"SELECT count(*) FROM {table} WHERE {_UNVERIFIED}")[0][0])


def count_postings(results: Results) -> int:
    """How many postings the run has."""
    return int(_file(results, "postings").num_rows)


def _file(results: Results, name: str) -> pq.FileMetaData:
    """What a file says of itself, which needs no question to its rows."""
    return pq.read_metadata(results.folder / f"{name}.parquet")


def _rows(
    results: Results, query: str, values: Mapping[str, object] | None = None
) -> list[tuple[Any, ...]]:
    with database(threads=results.threads) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(query, values or {}).fetchall()
    return rows


def _table(results: Results, name: str) -> str:
    path = glob.escape(str(results.folder / name)).replace("'", "''")
    return f"read_parquet('{path}', hive_partitioning = false)"
