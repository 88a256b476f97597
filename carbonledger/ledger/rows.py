"""What the ledger writes about a run, and reads from its files."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.ledger.layout import READ_PARQUET, literal, parquet

__all__ = [
    "FileRow",
    "RunInfo",
    "insert_run",
    "log",
    "postings",
    "refuse_broken_copy",
    "refuse_malformed",
]

# The columns that docs/architecture.md promises, with their types for a ledger without runs.
_POSTINGS = {
    "book": "VARCHAR", "region": "VARCHAR", "period": "BIGINT", "account": "VARCHAR",
    "item": "VARCHAR", "detail": "VARCHAR", "measure": "VARCHAR", "amount": "DOUBLE",
    "unit": "VARCHAR", "co2e": "DOUBLE", "notation": "VARCHAR", "method": "VARCHAR",
    "selection": "VARCHAR", "source": "VARCHAR", "flags": "VARCHAR", "entry": "BIGINT",
}  # fmt: skip
_SELECTIONS = (
    "selection, argument, value, unit, parameter, fallback, status, source, locator"
)  # fmt: skip
_NEEDED = {"postings": ", ".join(_POSTINGS), "selections": _SELECTIONS, "entries": "entry"}
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileRow(NamedTuple):
    """A stored file: its name, SHA-256 (hex) and size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class RunInfo:
    """``run.json`` as far as the ledger has columns for it; what is missing is None."""

    identity: str
    inventory: str
    title_zh: str | None
    title_en: str | None
    region: str | None
    periods: str | None
    profile: str | None
    gwp: str | None
    code: str | None
    started: str | None
    seconds: float | None
    entries: str | None  # the digest of the entries
    text: str

    @classmethod
    def read(cls, results: Results) -> "RunInfo":
        """Read ``run.json``, of which only the identity is indispensable.

        Raises:
            CarbonledgerError: it is unreadable, or its identity is not a SHA-256 in hex.
        """
        try:
            info: Any = results.info
        except (ValueError, OSError):
            info = None
        identity = info.get("identity") if isinstance(info, dict) else None
        if not isinstance(identity, str) or not _SHA256.fullmatch(identity):
            raise CarbonledgerError(
                f"结果目录“{results.folder}”的 run.json 无法读取，或没有有效的运行编号"
                "（identity）。没有保存。请重新运行一次。",
                f"run.json in '{results.folder}' cannot be read or has no valid identity. "
                "Nothing was stored. Run again.",
            )
        title = info.get("title")
        both = title if isinstance(title, dict) else {"zh": title, "en": title}
        digests = info.get("digests")
        return cls(
            identity=identity,
            inventory=_text(info.get("inventory")) or "",
            title_zh=_text(both.get("zh")),
            title_en=_text(both.get("en")),
            region=_text(info.get("region")),
            periods=_text(info.get("periods")),
            profile=_text(info.get("profile")),
            gwp=_text(info.get("gwp")),
            code=_text(info.get("code")),
            started=_text(info.get("started")),
            seconds=_seconds(info.get("seconds")),
            entries=_text(digests.get("entries")) if isinstance(digests, dict) else None,
            text=json.dumps(info, ensure_ascii=False),
        )


def refuse_malformed(hashes: Iterable[tuple[str, str]]) -> None:
    """Refuse input files (name, SHA-256) whose digest is none: it becomes a file name."""
    for name, sha256 in hashes:
        if not _SHA256.fullmatch(sha256):
            raise CarbonledgerError(
                f"输入文件“{name}”的摘要“{sha256}”不是 SHA-256。没有保存。请重新运行一次。",
                f"The digest '{sha256}' of the input file '{name}' is no SHA-256. "
                "Nothing was stored. Run again.",
            )


def refuse_broken_copy(
    cursor: duckdb.DuckDBPyConnection, copy: Path, source: Path, identity: str
) -> None:
    """Refuse result files that are unreadable, or were replaced while they were copied."""
    if RunInfo.read(Results(copy)).identity != identity:
        raise CarbonledgerError(
            f"保存过程中，结果目录“{source}”被另一次运行覆盖了。没有保存。请重新运行一次。",
            f"The result folder '{source}' was replaced by another run while it was being stored. "
            "Nothing was stored. Run again.",
        )
    for name, columns in _NEEDED.items():
        path = literal(copy / f"{name}.parquet")
        try:
            cursor.execute(f"SELECT {columns} FROM {READ_PARQUET} LIMIT 0", [path])
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise CarbonledgerError(
                f"结果文件“{source / name}.parquet”已损坏或缺少应有的列（DuckDB：{said}）。"
                "没有保存。请重新运行一次。",
                f"The result file '{source / name}.parquet' is damaged or lacks a column (DuckDB: "
                f"{said}). Nothing was stored. Run again.",
            ) from error


def insert_run(
    cursor: duckdb.DuckDBPyConnection,
    folder: Path,
    run: RunInfo,
    files: Sequence[FileRow],
    originals: Sequence[FileRow],
) -> None:
    """Insert all rows about a run whose files are in their places; the caller commits."""
    now = _now()
    in_file = next(file.sha256 for file in files if file.name == "entries.parquet")
    revision = _revision(cursor, run, run.entries or in_file, now)
    counts = [_count(cursor, parquet(folder, run.identity, n)) for n in ("entries", "postings")]
    cursor.execute(
        f"INSERT INTO runs VALUES ({', '.join('?' * 16)})",
        [run.identity, run.inventory, revision, run.title_zh, run.title_en, run.region,
         run.periods, run.profile, run.gwp, run.code, *counts, run.started, run.seconds,
         now, run.text],
    )  # fmt: skip
    for table, rows in (("files", files), ("originals", originals)):
        for row in rows:
            cursor.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", [run.identity, *row])
    cursor.execute(
        f"INSERT INTO selections SELECT ?, {_SELECTIONS} FROM {READ_PARQUET}",
        [run.identity, literal(parquet(folder, run.identity, "selections"))],
    )


def log(
    cursor: duckdb.DuckDBPyConnection, process: str, action: str, identity: str, detail: str = ""
) -> None:
    """Append a row to the audit; the caller commits."""
    cursor.execute(
        "INSERT INTO audit SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ?, ? FROM audit",
        [_now(), process, action, identity, detail],
    )


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


def _revision(cursor: duckdb.DuckDBPyConnection, run: RunInfo, entries: str, now: datetime) -> int:
    """The revision of the inventory with these entries; a new one if they were never stored."""
    found = cursor.execute(
        "SELECT revision FROM revisions WHERE inventory = ? AND entries_sha256 = ?",
        [run.inventory, entries],
    ).fetchone()
    if found:
        return int(found[0])
    last = cursor.execute(
        "SELECT coalesce(max(revision), 0) FROM revisions WHERE inventory = ?", [run.inventory]
    ).fetchone()
    revision = int(last[0]) + 1 if last else 1
    cursor.execute(
        "INSERT INTO revisions VALUES (?, ?, ?, ?, ?)",
        [run.inventory, revision, entries, run.identity, now],
    )
    return revision


def _count(cursor: duckdb.DuckDBPyConnection, path: Path) -> int:
    sql = f"SELECT count(*) FROM {READ_PARQUET}"
    row = cursor.execute(sql, [literal(path)]).fetchone()
    return int(row[0]) if row else 0


def _seconds(value: object) -> float | None:
    """The duration of the run, of the timings step by step or as one number."""
    total = value.get("total") if isinstance(value, dict) else value
    return float(total) if isinstance(total, int | float) else None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
