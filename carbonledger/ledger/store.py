"""The ledger: runs are stored once and never changed.

A run is committed in this order, so that a kill at any moment leaves the last committed state:
note in ``pending`` what is coming; put the originals and the result folder in their places, each
by one rename; insert the rows and delete the note in one transaction. A note that is still there
at the next opening belongs to a killed store: what it names and no row knows is cleared away.
"""

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import (
    copy_file,
    disk_errors,
    remove_leftovers,
    sync_folder,
    temporary,
    write_folder,
)
from carbonledger.ledger import rows, verify
from carbonledger.ledger.database import FILE, connect, process, refusal, transaction
from carbonledger.ledger.layout import blob, parquet, posting_folder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ledger"]

# Two ledgers of one process on one folder share DuckDB's file; they must take turns in storing.
_TURNS: dict[Path, threading.Lock] = {}

_PREFIX = 6


class _Original(NamedTuple):
    """A file that the run was computed from."""

    name: str
    path: Path
    sha256: str


class Ledger:
    """One ledger folder, held by one process; every thread may use it.

    Made by ``Ledger.open``; a context manager. Threads read side by side, storing takes turns.
    """

    def __init__(
        self, folder: Path, connection: duckdb.DuckDBPyConnection, *, read_only: bool
    ) -> None:
        self.folder = folder
        self.read_only = read_only
        self._connection = connection
        self._cursors = threading.local()
        self._turn = _TURNS.setdefault(folder, threading.Lock())
        self._open = True

    @classmethod
    def open(cls, folder: Path, *, create: bool = True, read_only: bool = False) -> "Ledger":
        """Open the ledger in ``folder``, and clear away what a killed process left half-done.

        Args:
            folder: the ledger folder.
            create: make a new ledger where there is none.
            read_only: change nothing at all; never creates.

        Raises:
            CarbonledgerError: there is none, another process has it open (also for reading),
                it is damaged, no ledger, of a newer program, or not writable.
        """
        folder = folder.resolve()
        connection = connect(folder, create=create, read_only=read_only)
        ledger = cls(folder, connection, read_only=read_only)
        if not read_only:
            try:
                with ledger._turn:
                    ledger._sweep()
            except BaseException:
                ledger.close()
                raise
        return ledger

    def close(self) -> None:
        """Let go of the file; relations that were handed out end with it. May be repeated."""
        self._open = False
        self._connection.close()  # closes the cursors of all threads as well

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def store(self, results: Results, originals: Iterable[tuple[str, Path, str]]) -> bool:
        """Store a finished run with the files that it was computed from.

        Args:
            results: the result folder; it is copied.
            originals: name, path and SHA-256 (hex) of each input file, as read by the run.

        Returns:
            True if it was stored, False if this very run had been stored before.

        Raises:
            CarbonledgerError: an input file or the result folder changed since the run, the run
                is stored already with other postings, or the disk refuses. The ledger is then as
                it was before.
        """
        self._refuse_read_only()
        run = rows.RunInfo.read(results)
        inputs = [_Original(*original) for original in originals]
        rows.refuse_malformed((original.name, original.sha256) for original in inputs)
        with self._turn:
            if self._known(run.identity):
                verify.refuse_other_answer(self._cursor(), self.folder, run.identity, results)
                with self._transaction() as cursor:
                    rows.log(cursor, process(), "store-again", run.identity)
                return False
            self._sweep()
            with self._transaction() as cursor:
                cursor.execute(
                    "INSERT INTO pending VALUES (?, ?)",
                    [run.identity, [original.sha256 for original in inputs]],
                )
            try:
                sizes = [self._keep(original) for original in inputs]
                digests = self._copy(results, run.identity)
            except BaseException:
                with suppress(CarbonledgerError):  # else the next opening does it
                    self._sweep()
                raise
            named = [
                rows.FileRow(original.name, original.sha256, size)
                for original, size in zip(inputs, sizes, strict=True)
            ]
            with self._transaction() as cursor:
                rows.insert_run(cursor, self.folder, run, digests, named)
                rows.log(cursor, process(), "store", run.identity)
                cursor.execute("DELETE FROM pending")
            return True

    def runs(self) -> "pd.DataFrame":
        """All stored runs in the order of storing; ``stored_at`` is UTC."""
        return self._frame(
            "SELECT r.* EXCLUDE (info) FROM runs r JOIN audit a ON a.identity = r.identity "
            "AND a.action = 'store' ORDER BY a.number"
        )

    def audit(self) -> "pd.DataFrame":
        """Who did what when: one row per action, oldest first; ``at`` is UTC."""
        return self._frame("SELECT * FROM audit ORDER BY number")

    def results(self, identity_prefix: str) -> Results:
        """The result folder of one stored run, its files checked against their digests.

        Args:
            identity_prefix: the first characters of the identity, at least 6, or ``latest``:
                the run that was last handed to ``store``, whether it was new or not.

        Raises:
            CarbonledgerError: no such run, more than one, or its files are damaged.
        """
        identity = self._find(identity_prefix.strip().lower())
        damage = verify.damaged_files(self._cursor(), self.folder, identity)
        if damage:
            raise CarbonledgerError(*damage[0])
        return Results.read(posting_folder(self.folder, identity))

    def postings(self, identities: Iterable[str] | None = None) -> duckdb.DuckDBPyRelation:
        """The postings of the stored runs, with their ``identity``, on this thread's cursor.

        Args:
            identities: full identities of the runs wanted; all runs if not given.

        Raises:
            CarbonledgerError: one of the identities is not stored.
        """
        cursor = self._cursor()
        stored = [name for (name,) in cursor.execute("SELECT identity FROM runs").fetchall()]
        wanted = stored if identities is None else list(identities)
        unknown = [name for name in wanted if name not in set(stored)]
        if unknown:
            raise _no_such_run(self.folder, unknown[0])
        paths = [parquet(self.folder, name, "postings") for name in wanted]
        try:
            return rows.postings(cursor, paths)
        except duckdb.Error as error:
            raise refusal(self.folder, error) from error

    def verify(self) -> list[Text]:
        """Read every stored byte and say what is not as it was stored; empty if all is well."""
        with self._turn:
            return verify.troubles(self._cursor(), self.folder)

    def _cursor(self) -> Any:
        if not self._open:
            raise CarbonledgerError(
                f"账本“{self.folder}”已经关闭。请重新打开后再试。",
                f"The ledger '{self.folder}' has been closed. Open it again and retry.",
            )
        cursor = getattr(self._cursors, "cursor", None)
        if cursor is None:
            cursor = self._cursors.cursor = self._connection.cursor()
        return cursor

    def _frame(self, sql: str) -> "pd.DataFrame":
        frame: pd.DataFrame = self._cursor().execute(sql).df()
        return frame

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        cursor = self._cursor()
        with transaction(cursor, self.folder):
            yield cursor

    def _known(self, identity: str) -> bool:
        sql = "SELECT 1 FROM runs WHERE identity = ?"
        return self._cursor().execute(sql, [identity]).fetchone() is not None

    def _refuse_read_only(self) -> None:
        if self.read_only:
            raise CarbonledgerError(
                f"账本“{self.folder}”是以只读方式打开的，不能保存运行。请以可写方式打开。",
                f"The ledger '{self.folder}' was opened read-only: no run can be stored. "
                "Open it for writing.",
            )

    def _find(self, wanted: str) -> str:
        if wanted == "latest":
            sql = "SELECT identity FROM audit WHERE action LIKE 'store%' ORDER BY number DESC"
            last = self._cursor().execute(sql).fetchone()
            if last is None:
                raise CarbonledgerError(
                    f"账本“{self.folder}”里还没有任何运行。请先用 carbonledger run 保存一次运行。",
                    f"The ledger '{self.folder}' holds no run yet. Store one with "
                    "'carbonledger run' first.",
                )
            return str(last[0])
        if len(wanted) < _PREFIX:
            raise CarbonledgerError(
                f"运行编号“{wanted}”太短：请至少给出前 {_PREFIX} 个字符，或写 latest。",
                f"The run '{wanted}' is too short: give at least the first {_PREFIX} characters, "
                "or 'latest'.",
            )
        sql = "SELECT identity FROM runs WHERE starts_with(identity, ?) ORDER BY identity"
        found = [str(name) for (name,) in self._cursor().execute(sql, [wanted]).fetchall()]
        if not found:
            raise _no_such_run(self.folder, wanted)
        if len(found) > 1:
            shown = [name[:16] for name in found[:5]]
            raise CarbonledgerError(
                f"有 {len(found)} 次运行的编号以“{wanted}”开头：{'、'.join(shown)}。"
                "请多给几个字符。",
                f"{len(found)} runs begin with '{wanted}': {', '.join(shown)}. "
                "Give more characters.",
            )
        return found[0]

    def _keep(self, original: _Original) -> int:
        """Put an input file among the originals, unless it is there; its size in bytes."""
        target = blob(self.folder, original.sha256)
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
                    sync_folder(target.parent)
                    sync_folder(target.parent.parent)
            finally:
                temp.unlink(missing_ok=True)
        return size

    def _copy(self, results: Results, identity: str) -> list[rows.FileRow]:
        target = posting_folder(self.folder, identity)
        with write_folder(target) as temp:
            with disk_errors(target):
                copies = [
                    rows.FileRow(name, *copy_file(results.folder / name, temp / name))
                    for name in RESULT_FILES
                ]
            rows.refuse_broken_copy(self._cursor(), temp, results.folder, identity)
        return copies

    def _sweep(self) -> None:
        """Clear away what killed stores left; only while no store is under way."""
        cursor = self._cursor()
        notes = cursor.execute("SELECT identity, originals FROM pending").fetchall()
        remove_leftovers(self.folder, FILE)
        remove_leftovers(self.folder / "postings")
        remove_leftovers(self.folder / "originals")
        for identity, hashes in notes:
            if not self._known(identity):
                shutil.rmtree(posting_folder(self.folder, identity), ignore_errors=True)
            kept = cursor.execute("SELECT DISTINCT sha256 FROM originals").fetchall()
            for sha256 in set(hashes) - {name for (name,) in kept}:
                with suppress(OSError):  # what stays is reported by verify
                    blob(self.folder, sha256).unlink()
        if notes:
            with self._transaction():
                cursor.execute("DELETE FROM pending")
                for identity, _ in notes:
                    rows.log(cursor, process(), "sweep", identity)


def _no_such_run(folder: Path, wanted: str) -> CarbonledgerError:
    return CarbonledgerError(
        f"账本“{folder}”里没有编号为“{wanted}”的运行。"
        "请用 carbonledger ledger log 查看已有的运行。",
        f"The ledger '{folder}' holds no run '{wanted}'. "
        "'carbonledger ledger log' lists those that it holds.",
    )
