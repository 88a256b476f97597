"""How small tables are kept in memory: one DuckDB for all questions, texts and rows in Python."""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Row",
    "collector_at_rest",
    "database",
    "plain_texts",
    "rows_of",
    "start_database",
    "threads_for",
    "values_by",
]

# A row of a table by its columns, in Python's own values.
Row = Mapping[str, Any]

# Options and collector are those of the whole process, in which several threads may compute: the
# first of those at work finds what the last has to leave.
_STORAGE = "mode.string_storage"
_LOCK = Lock()
_FORMER: list[str] = []
_RUNNING: list[bool] = []

_FEW_ROWS = 200_000
_DATABASES: dict[tuple[int | None, int], duckdb.DuckDBPyConnection] = {}
_STARTING = Lock()


def database(*, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to the DuckDB in memory of this process.

    What is registered in it goes when it is closed. To start a database takes longer (20 ms) than
    most questions to it, and a run asks dozens.

    Args:
        threads: how many threads compute; by default as many as there are cores. With one, sums
            are the same to the last bit.
    """
    return _started(threads).cursor()


def start_database() -> None:
    """Begin to start the database of short work, while the caller goes on with something else."""
    Thread(target=_started, args=(1,)).start()


def threads_for(rows: int) -> int | None:
    """How many threads are worth their while for so many rows: one, or as many as there are cores.

    With one, rows keep one order and sums are the same to the last bit; and the databases with one
    thread and with several, which are two, need not both be started.
    """
    return 1 if rows <= _FEW_ROWS else None


def _started(threads: int | None) -> duckdb.DuckDBPyConnection:
    # A forked process has none of the threads of the database, so it starts one of its own.
    key = (threads, os.getpid())
    with _STARTING:
        if key not in _DATABASES:
            config = {"threads": threads} if threads else {}
            _DATABASES[key] = duckdb.connect(config=config)
        return _DATABASES[key]


@contextmanager
def plain_texts() -> Iterator[None]:
    """The columns of text that are made meanwhile hold Python's strings instead of Arrow's.

    For the hundreds of operations on a few rows that planning and review are made of, Arrow's cost
    of each operation is most of the time. Nothing of it changes a value. Not for millions of rows.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import; a question to files needs none

    with _LOCK:
        _FORMER.append(_FORMER[0] if _FORMER else pd.get_option(_STORAGE))
        pd.set_option(_STORAGE, "python")
    try:
        yield
    finally:
        with _LOCK:
            former = _FORMER.pop()
            if not _FORMER:
                pd.set_option(_STORAGE, former)


def rows_of(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of a table as dictionaries of Python's own values, as ``to_dict("records")``.

    That takes each value out of its column by itself, which costs ten times as much. What is
    missing stays as the column has it (NaN, None). Columns need names of their own.
    """
    names = [str(name) for name in table.columns]
    columns = [column.tolist() for _, column in table.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def values_by(table: "pd.DataFrame", key: str, value: str) -> dict[Any, Any]:
    """The values of one column of a table by those of another; of equal keys the last counts."""
    # Of lists: a column gives its values out one by one at ten times the cost.
    return dict(zip(table[key].tolist(), table[value].tolist(), strict=True))


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for cycles meanwhile: among millions of cells it finds none, for a second's work.

    What no cycle holds is freed as ever.
    """
    with _LOCK:
        _RUNNING.append(_RUNNING[0] if _RUNNING else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            running = _RUNNING.pop()
            if running and not _RUNNING:
                gc.enable()
