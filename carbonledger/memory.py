"""The DuckDB in memory of this process, which questions to files and small tables share.

To start a database takes longer (20 ms) than to answer any of them, and a run asks dozens.
"""

import os
from functools import cache

import duckdb

__all__ = ["database"]


def database(*, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection of its own; what is registered in it goes when it is closed.

    Args:
        threads: how many threads compute; by default as many as there are cores. With one, sums
            are the same to the last bit.
    """
    return _started(threads, os.getpid()).cursor()


# A forked process has none of the threads of the database, so it starts one of its own.
@cache
def _started(threads: int | None, process: int) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": threads} if threads else {})
