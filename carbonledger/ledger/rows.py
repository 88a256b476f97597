"""The rows of the ledger's tables: what is written about a submission, and asked about it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from carbonledger.ledger.layout import READ_PARQUET, literal, parquet
from carbonledger.ledger.submission import Submission

__all__ = [
    "NEEDED",
    "FileRow",
    "files",
    "insert_files",
    "insert_revision",
    "insert_run",
    "is_place",
    "latest",
    "log",
    "place_of",
    "postings",
]

# The columns that docs/architecture.md promises, with their types for a ledger without runs.
_POSTINGS = {
    "book": "VARCHAR", "region": "VARCHAR", "period": "BIGINT", "account": "VARCHAR",
    "item": "VARCHAR", "detail": "VARCHAR", "measure": "VARCHAR", "amount": "DOUBLE",
    "unit": "VARCHAR", "co2e": "DOUBLE", "notation": "VARCHAR", "method": "VARCHAR",
    "selection": "VARCHAR", "source": "VARCHAR", "flags": "VARCHAR", "entry": "BIGINT",
}  # fmt: skip
_SELECTIONS = "selection, argument, value, unit, parameter, fallback, status, source, locator"

# The columns that a result's Parquet files must have.
NEEDED = {"postings": ", ".join(_POSTINGS), "selections": _SELECTIONS, "entries": "entry"}


class FileRow(NamedTuple):
    """A stored file: its name, SHA-256 (hex) and size in bytes."""

    name: str
    sha256: str
    size: int


class Latest(NamedTuple):
    """The last revision of a run: its submission and where that is."""

    submission: str
    place: str


def insert_run(cursor: duckdb.DuckDBPyConnection, folder: Path, identity: str) -> None:
    """Insert the rows of a run whose files are in their places; the caller commits."""
    counts = [_count(cursor, parquet(folder, identity, name)) for name in ("entries", "postings")]
    cursor.execute("INSERT INTO runs VALUES (?, ?, ?)", [identity, *counts])
    cursor.execute(
        f"INSERT INTO selections SELECT ?, {_SELECTIONS} FROM {READ_PARQUET}",
        [identity, literal(parquet(folder, identity, "selections"))],
    )


def insert_files(
    cursor: duckdb.DuckDBPyConnection,
    submission: str,
    place: str,
    files: Sequence[FileRow],
    originals: Sequence[FileRow],
) -> None:
    """Insert the files of a submission, which are in their places; the caller commits."""
    for table, key, kept in (("files", place, files), ("originals", submission, originals)):
        if kept:  # a statement for each row would take ten times as long
            values = ", ".join(["(?, ?, ?, ?)"] * len(kept))
            wanted = [value for row in kept for value in (key, *row)]
            cursor.execute(f"INSERT INTO {table} VALUES {values}", wanted)


def insert_revision(cursor: duckdb.DuckDBPyConnection, new: Submission, place: str) -> None:
    """Record a submission as the latest revision of its inventory and run; the caller commits."""
    cursor.execute(
        "INSERT INTO revisions SELECT (SELECT coalesce(max(number), 0) + 1 FROM revisions), ?, "
        "(SELECT coalesce(max(revision), 0) + 1 FROM revisions WHERE inventory = ?), "
        f"{', '.join('?' * 14)}",
        [new.inventory, new.inventory, new.identity, new.digest, place, new.title_zh,
         new.title_en, new.region, new.periods, new.profile, new.gwp, new.code, new.started,
         new.seconds, _now(), new.text],
    )  # fmt: skip


def log(
    cursor: duckdb.DuckDBPyConnection, process: str, action: str, identity: str, detail: str = ""
) -> None:
    """Append a row to the audit; the caller commits."""
    cursor.execute(
        "INSERT INTO audit SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ?, ? FROM audit",
        [_now(), process, action, identity, detail],
    )


def latest(cursor: duckdb.DuckDBPyConnection, identity: str) -> Latest | None:
    """The last revision of a run; None if there is no such run."""
    sql = "SELECT submission, place FROM revisions WHERE identity = ? ORDER BY number DESC LIMIT 1"
    row = cursor.execute(sql, [identity]).fetchone()
    return Latest(*row) if row else None


def place_of(cursor: duckdb.DuckDBPyConnection, submission: str) -> str | None:
    """Where a submission is; None if it was never stored."""
    sql = "SELECT place FROM revisions WHERE submission = ? LIMIT 1"
    row = cursor.execute(sql, [submission]).fetchone()
    return str(row[0]) if row else None


def is_place(cursor: duckdb.DuckDBPyConnection, place: str) -> bool:
    """Whether a committed submission has its files there."""
    sql = "SELECT 1 FROM revisions WHERE place = ? LIMIT 1"
    return cursor.execute(sql, [place]).fetchone() is not None


def files(cursor: duckdb.DuckDBPyConnection, place: str) -> list[FileRow]:
    """The files of a place, as they were stored."""
    sql = "SELECT name, sha256, size FROM files WHERE place = ? ORDER BY name"
    return [FileRow(*row) for row in cursor.execute(sql, [place]).fetchall()]


def postings(cursor: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> duckdb.DuckDBPyRelation:
    """The posting files as one relation, with the ``identity`` of each row's run in front."""
    if not paths:
        empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in _POSTINGS.items())
        return cursor.sql(f"SELECT NULL::VARCHAR AS identity, {empty} LIMIT 0")
    return cursor.sql(
        r"SELECT regexp_extract(filename, 'run=([0-9a-f]{64})[/\\]postings\.parquet$', 1) "
        "AS identity, * EXCLUDE (filename) FROM read_parquet(?, "
        "filename = true, union_by_name = true, hive_partitioning = false)",
        params=[[literal(path) for path in paths]],
    )


def _count(cursor: duckdb.DuckDBPyConnection, path: Path) -> int:
    sql = f"SELECT count(*) FROM {READ_PARQUET}"
    row = cursor.execute(sql, [literal(path)]).fetchone()
    return int(row[0]) if row else 0


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
