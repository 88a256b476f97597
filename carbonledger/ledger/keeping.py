"""Putting files into the ledger's folders, and clearing away what a killed process left there."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.errors import CarbonledgerError
from carbonledger.files import (
    at_once,
    copy_file,
    disk_errors,
    remove_leftovers,
    sync_all,
    temporary,
    write_folder,
)
from carbonledger.ledger import rows, verify
from carbonledger.ledger.database import FILE, process, transaction
from carbonledger.ledger.layout import PLACES, READ_PARQUET, blob, literal, posting_place
from carbonledger.ledger.submission import Original, Submission

__all__ = ["keep_originals", "keep_results", "sweep"]

# What the compilers decided; all other result files follow from the identity of the run.
_DECIDED = ("problems.csv", "run.json")


def keep_originals(folder: Path, originals: Sequence[Original]) -> list[rows.FileRow]:
    """Put input files among the originals, those that are not there.

    Raises:
        CarbonledgerError: one is not the file that the run read, or the disk refuses.
    """
    kept = at_once(lambda original: _keep(folder, original), originals)
    places = {blob(folder, row.sha256).parent for row in kept}
    with disk_errors(folder):
        sync_all([*places, *{place.parent for place in places}])
    return kept


def _keep(folder: Path, original: Original) -> rows.FileRow:
    target = blob(folder, original.sha256)
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temp = temporary(target.parent.parent / original.sha256)
        try:
            try:
                digest, size = copy_file(original.path, temp)
            except FileNotFoundError:
                digest, size = "", 0
            if digest != original.sha256:
                raise CarbonledgerError(
                    f"输入文件“{original.name}”在计算之后被修改或移走，结果与文件不再一致，"
                    "没有保存。请重新运行一次。",
                    f"The input file '{original.name}' was changed or moved after the run read "
                    "it, so the results no longer match it. Nothing was stored. Run again.",
                )
            if not target.exists() or target.stat().st_size != size:
                temp.replace(target)
        finally:
            temp.unlink(missing_ok=True)
    return rows.FileRow(original.name, original.sha256, size)


def keep_results(
    cursor: duckdb.DuckDBPyConnection,
    folder: Path,
    place: str,
    results: Results,
    submission: Submission,
    originals: Sequence[Original],
) -> list[rows.FileRow]:
    """Put a complete result folder into its place.

    For a revision, what follows from the identity is that of the stored run: the same files, by
    hard links where the disk has such, so that nothing large is stored twice.

    Raises:
        CarbonledgerError: the results are unreadable or changed meanwhile, the stored run is
            damaged, or the disk refuses.
    """
    target = folder / place
    stored = posting_place(submission.identity)
    shared = [] if place == stored else _shared(cursor, folder, stored)
    own = _DECIDED if shared else RESULT_FILES
    with write_folder(target) as temp:
        with disk_errors(target):
            for row in shared:
                _link(folder / stored / row.name, temp / row.name)
            copies = at_once(
                lambda name: rows.FileRow(name, *copy_file(results.folder / name, temp / name)),
                own,
            )
        _refuse_replaced(temp, results.folder, submission, originals)
        if not shared:
            _refuse_unreadable(cursor, temp, results.folder)
    return shared + copies


def sweep(cursor: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Clear away what killed stores left; only while no store is under way."""
    notes = cursor.execute("SELECT identity, place, originals FROM pending").fetchall()
    remove_leftovers(folder, FILE)
    for name in (*PLACES, "originals"):
        remove_leftovers(folder / name)
    for _, place, hashes in notes:
        if not rows.is_place(cursor, place):
            shutil.rmtree(folder / place, ignore_errors=True)
        kept = cursor.execute("SELECT DISTINCT sha256 FROM originals").fetchall()
        for sha256 in set(hashes) - {name for (name,) in kept}:
            with suppress(OSError):  # what stays is reported by verify
                blob(folder, sha256).unlink()
    if notes:
        with transaction(cursor, folder):
            cursor.execute("DELETE FROM pending")
            for identity, _, _ in notes:
                rows.log(cursor, process(), "sweep", identity)


def _shared(cursor: duckdb.DuckDBPyConnection, folder: Path, stored: str) -> list[rows.FileRow]:
    """The files of the stored run that serve its revisions, too."""
    damage = verify.damaged_files(cursor, folder, stored)
    if damage:
        raise CarbonledgerError(*damage[0])
    return [row for row in rows.files(cursor, stored) if row.name not in _DECIDED]


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # exFAT, some network drives, files of another user
        copy_file(source, target)


def _refuse_replaced(
    copy: Path, source: Path, submission: Submission, originals: Sequence[Original]
) -> None:
    if Submission.read(Results(copy), originals).digest != submission.digest:
        raise CarbonledgerError(
            f"保存过程中，结果目录“{source}”被另一次运行覆盖了。没有保存。请重新运行一次。",
            f"The result folder '{source}' was replaced by another run while it was being stored. "
            "Nothing was stored. Run again.",
        )


def _refuse_unreadable(cursor: duckdb.DuckDBPyConnection, copy: Path, source: Path) -> None:
    for name, columns in rows.NEEDED.items():
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
