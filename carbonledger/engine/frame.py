"""The entries of an inventory as one frame, on any engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import duckdb
import narwhals as nw
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from carbonledger.errors import CarbonledgerError
from carbonledger.intake.inventory import EntryTable

__all__ = [
    "AREA",
    "ENGINES",
    "KEYS",
    "SPAN",
    "Backend",
    "collected",
    "engine_frame",
    "entries_relation",
    "key_columns",
    "quantities_of",
    "small_frames",
]

ENGINES = ("duckdb", "pandas", "polars")

# They stand for region and period (see ``alike``); no quantity of an entry has such a name.
AREA, SPAN = "alike_area", "alike_span"

# What identifies alike entries, beside the unit and the state of each quantity.
KEYS = (AREA, SPAN, "account", "item", "detail", "sign", "answer")
_TEXTS = ("region", "account", "item", "detail", "answer")


def key_columns(quantities: Sequence[str]) -> tuple[str, ...]:
    """The columns by which entries are alike."""
    of_quantities = (f"{name}__{part}" for name in quantities for part in ("unit", "state"))
    return (*KEYS, *of_quantities)


def quantities_of(tables: Sequence[EntryTable]) -> list[str]:
    """The quantities that occur in any table, in the order of their first occurrence."""
    return list(dict.fromkeys(name for table in tables for name in table.quantities))


def entries_relation(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[EntryTable]
) -> duckdb.DuckDBPyRelation:
    """All entries as one relation with the columns of the entries contract.

    A quantity that a table lacks is null there.
    """
    in_memory = [table.table for table in tables if table.table is not None]
    parts = [table.select for table in tables if table.table is None]
    if in_memory:
        # Put together first: the database takes longer to look at each table than to read it.
        together = pa.concat_tables(in_memory, promote_options="permissive")
        connection.register("entries_in_memory", together)
        parts.append("SELECT * FROM entries_in_memory")
    return connection.sql(" UNION ALL BY NAME ".join(parts))


@dataclass(frozen=True)
class Backend:
    """What computes: DuckDB relations by default, pandas or Polars frames for the same answer.

    Raises:
        CarbonledgerError: if the engine is not one of ``ENGINES``, or is not installed.
    """

    connection: duckdb.DuckDBPyConnection
    engine: str = "duckdb"

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise CarbonledgerError(
                f"没有名为“{self.engine}”的计算引擎。可用：{'、'.join(ENGINES)}。",
                f"There is no engine '{self.engine}'. Available: {', '.join(ENGINES)}.",
            )
        if find_spec(self.engine) is None:
            raise CarbonledgerError(
                f"计算引擎“{self.engine}”没有安装，请先运行 pip install {self.engine}，"
                "或用 duckdb。",
                f"The engine '{self.engine}' is not installed: pip install {self.engine}, "
                "or use duckdb.",
            )

    def frame(self, table: pd.DataFrame) -> "nw.LazyFrame[Any]":
        """A small table of the plan on this engine."""
        return self.of_table(pa.Table.from_pandas(table, preserve_index=False))

    def of_columns(self, columns: Mapping[str, npt.NDArray[Any]]) -> "nw.LazyFrame[Any]":
        """A table of the plan that stands in columns; what is no number in them is missing."""
        arrays = {name: pa.array(each, from_pandas=True) for name, each in columns.items()}
        return self.of_table(pa.table(arrays))

    def of_table(self, table: pa.Table) -> "nw.LazyFrame[Any]":
        """An Arrow table on this engine."""
        return self.of_relation(self.connection.from_arrow(table))

    def of_relation(self, relation: duckdb.DuckDBPyRelation) -> "nw.LazyFrame[Any]":
        """A DuckDB relation on this engine."""
        native = relation
        if self.engine != "duckdb":
            native = relation.df() if self.engine == "pandas" else relation.pl()
        frame: nw.LazyFrame[Any] = nw.from_native(native).lazy()
        return frame


def engine_frame(
    entries: duckdb.DuckDBPyRelation, quantities: Sequence[str], backend: Backend
) -> "nw.LazyFrame[Any]":
    """The entries that state anything, with the columns that the engine computes with.

    ``entry``, the keys, ``source`` (the place of the entry) and for each quantity ``q`` its value,
    ``q__unit`` and ``q__state``: ``value``, a notation key, or empty where the cell is blank. A row
    whose quantities are all blank is no entry.

    Raises:
        CarbonledgerError: if there is no quantity.
    """
    return backend.of_relation(_stated(entries, quantities))


def small_frames(
    entries: duckdb.DuckDBPyRelation, quantities: Sequence[str], backend: Backend
) -> tuple["nw.LazyFrame[Any]", "nw.LazyFrame[Any]"]:
    """The frame of few entries, laid out in memory once: for the engine, and to plan with.

    Planning asks many small questions, to which Arrow's answer is there before a database has read
    the question.

    Raises:
        CarbonledgerError: if there is no quantity.
    """
    table = _stated(entries, quantities).to_arrow_table()
    return backend.of_table(table), nw.from_native(table).lazy()


def collected(frame: "nw.LazyFrame[Any]") -> pd.DataFrame:
    """What a question to a frame gives, as a table of pandas."""
    answer: pd.DataFrame = frame.collect(backend="pyarrow").to_native().to_pandas()
    return answer.reset_index(drop=True)  # that of pandas frames comes along


def _stated(entries: duckdb.DuckDBPyRelation, quantities: Sequence[str]) -> duckdb.DuckDBPyRelation:
    if not quantities:
        raise CarbonledgerError(
            "没有任何录入：表中没有数量列，或只有表头。请检查录入表。",
            "There are no entries: the tables hold no quantity, or only a header. Check them.",
        )
    columns = ["entry", "period", "sign"]
    columns += [f"coalesce({name}, '') AS {name}" for name in _TEXTS]
    place = "file || CASE WHEN coalesce(sheet, '') = '' THEN '' ELSE '/' || sheet END"
    cells = ", ".join(f'"{name}__cell"' for name in quantities)
    columns.append(f"{place} || coalesce('!' || coalesce({cells}), '') AS source")
    for name in quantities:
        columns.append(f'"{name}"')
        # As coalesce, which would copy the text of every row.
        unit = f'"{name}__unit"'
        columns.append(f"CASE WHEN {unit} IS NULL THEN '' ELSE {unit} END AS {unit}")
        columns.append(
            f"CASE WHEN \"{name}\" IS NOT NULL THEN 'value' "
            f'ELSE coalesce("{name}__notation", \'\') END AS "{name}__state"'
        )
    stated = " OR ".join(
        f"\"{name}\" IS NOT NULL OR coalesce(\"{name}__notation\", '') <> ''" for name in quantities
    )
    return entries.filter(stated).project(", ".join(columns))
