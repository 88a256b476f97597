"""Questions to the Parquet files of a run, answered as plain rows.

The files may hold millions of rows: ask for their count before asking for the rows.
"""

import glob
import math
from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow.parquet as pq

from carbonledger.engine.results import Results
from carbonledger.memory import database

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Activities",
    "Postings",
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


class Activities(NamedTuple):
    """Quantities as entered, column by column.

    ``value`` is None where ``notation`` stands in its place.
    """

    entry: list[int]
    file: list[str]
    sheet: list[str]
    cell: list[str]
    row: list[int | None]
    region: list[str]
    period: list[int]
    account: list[str]
    item: list[str]
    detail: list[str]
    quantity: list[str]
    value: list[float | None]
    unit: list[str]
    notation: list[str]
    sign: list[float]
    answer: list[str]
    note: list[str]
    source: list[str]


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


class Postings(NamedTuple):
    """Postings, column by column, in the order of print."""

    entry: list[int]
    book: list[str]
    region: list[str]
    period: list[int]
    account: list[str]
    item: list[str]
    detail: list[str]
    measure: list[str]
    amount: list[float | None]
    unit: list[str]
    co2e: list[float | None]
    notation: list[str]
    method: list[str]
    selection: list[int]
    source: list[str]
    flags: list[str]


# The columns of an entry beside its number and its quantities.
_ENTERED = (
    "file", "sheet", "row", "region", "period", "account", "item", "detail", "sign", "answer",
    "note", "source",
)  # fmt: skip
_WHOLE = {"row", "selection"}
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


def postings(results: Results) -> Postings:
    """All postings, in the order of the entries."""
    columns = {name: _values(results.postings[name]) for name in Postings._fields}
    keys = list(
        zip(*(columns[name] for name in ("entry", "measure", "book", "account")), strict=True)
    )
    order = sorted(range(len(keys)), key=keys.__getitem__)
    sorted_columns = {name: [column[at] for at in order] for name, column in columns.items()}
    return Postings(**sorted_columns)


def activities(results: Results, most: int) -> Activities | None:
    """All quantities as entered, entry by entry; None if there are more than ``most``.

    A blank cell is no entry and has no row. What was burned comes before what was measured of it.
    """
    quantities = _quantities(results)
    if (
        _file(results, "entries").num_rows * len(quantities) > most
        and count_activities(results) > most
    ):
        return None
    table = results.entries
    numbers = table["entry"].tolist()
    found = []
    for order, name in enumerate(quantities):
        parts = (name, f"{name}__cell", f"{name}__unit", f"{name}__notation")
        of_quantity = zip(*(_values(table[part]) for part in parts), strict=True)
        for place, (value, cell, unit, notation) in enumerate(of_quantity):
            if value is not None or notation:
                found.append((numbers[place], order, place, name, cell, value, unit, notation))
    found.sort(key=itemgetter(0, 1))
    names = "entry", "order", "place", "quantity", "cell", "value", "unit", "notation"
    columns: dict[str, list[Any]] = {
        name: [row[at] for row in found] for at, name in enumerate(names)
    }
    for name in _ENTERED:
        entered = _values(table[name])
        columns[name] = [entered[place] for place in columns["place"]]
    return Activities(**{name: columns[name] for name in Activities._fields})


def _values(column: "pd.Series[Any]") -> list[Any]:
    """The values of a column; a missing number is None, a missing text empty."""
    values = column.tolist()
    if column.dtype.kind != "f":
        return [value if value == value else "" for value in values]  # noqa: PLR0124 - NaN
    if column.name in _WHOLE:  # with a gap in it, so that pandas holds it as a float
        return [None if math.isnan(value) else int(value) for value in values]
    return [None if math.isnan(value) else value for value in values]


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
