"""The ledger: runs are stored once and never changed; what is decided anew is a further revision.

A run is what was computed (its identity); a submission is a run with all that the compilers decided
about it: title, answers, published totals, original files. The same run submitted with other
decisions keeps its postings and gets a revision with its own ``run.json`` and ``problems.csv``.

A submission is committed in this order, so that a kill at any moment leaves the last committed
state: note in ``pending`` what is coming; put the originals and the result folder in their places,
each by one rename; insert the rows and delete the note in one transaction. A note that is still
there at the next opening belongs to a killed store: what it names and no row knows is cleared away.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.ledger import keeping, rows, verify
from carbonledger.ledger.database import connect, process, refusal, transaction
from carbonledger.ledger.layout import parquet, posting_place, revision_place
from carbonledger.ledger.snapshot import renew_snapshot, write_snapshot
from carbonledger.ledger.submission import Original, Submission

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ledger"]

# Two ledgers of one process on one folder share DuckDB's file; they must take turns in storing.
_TURNS: dict[Path, threading.Lock] = {}

_PREFIX = 6


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
                    keeping.sweep(ledger._cursor(), folder)
                    renew_snapshot(ledger._cursor(), folder)
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

        A run that is stored already, but was submitted last with other decisions (title, answers,
        published totals, original files, another inventory's name), becomes a new revision.

        Args:
            results: the result folder; it is copied.
            originals: name, path and SHA-256 (hex) of each input file, as read by the run.

        Returns:
            True if a run or a revision was recorded, False if this very submission is the run's
            latest one already.

        Raises:
            CarbonledgerError: an input file or the result folder changed since the run, the run
                is stored already with other postings or is damaged, or the disk refuses. The
                ledger is then as it was before.
        """
        self._refuse_read_only()
        inputs = [Original(*original) for original in originals]
        new = Submission.read(results, inputs)
        with self._turn:
            latest = rows.latest(self._cursor(), new.identity)
            if latest is not None:
                verify.refuse_other_answer(self._cursor(), self.folder, new.identity, results)
            if latest is not None and latest.submission == new.digest:
                with self._transaction() as cursor:
                    rows.log(cursor, process(), "store-again", new.identity, new.digest)
                return False
            place = rows.place_of(self._cursor(), new.digest)
            if place is not None:  # back to former decisions, whose files are there
                with self._transaction() as cursor:
                    rows.insert_revision(cursor, new, place)
                    rows.log(cursor, process(), "store-revision", new.identity, new.digest)
            else:
                self._add(results, new, inputs, is_run=latest is None)
            write_snapshot(self._cursor(), self.folder)
            return True

    def runs(self) -> "pd.DataFrame":
        """All stored runs, each as its latest revision has it and in that order.

        ``stored_at`` is UTC, ``revision`` counts what was recorded for the inventory.
        """
        return self._frame(
            "SELECT identity, inventory, revision, title_zh, title_en, region, periods, profile, "
            "gwp, code, entries, postings, started, seconds, stored_at "
            "FROM revisions JOIN runs USING (identity) "
            "QUALIFY number = max(number) OVER (PARTITION BY identity) ORDER BY number"
        )

    def revisions(self) -> "pd.DataFrame":
        """All that was ever recorded, oldest first; ``place`` is its folder below the ledger's.

        ``stored_at`` is UTC. What went back to former decisions shares their ``submission``.
        """
        return self._frame("SELECT * EXCLUDE (number, info) FROM revisions ORDER BY number")

    def audit(self) -> "pd.DataFrame":
        """Who did what when: one row per action, oldest first; ``at`` is UTC."""
        return self._frame("SELECT * FROM audit ORDER BY number")

    def results(self, identity_prefix: str) -> Results:
        """The result folder of a run's latest revision, its files checked against their digests.

        Args:
            identity_prefix: the first characters of the identity, at least 6, or ``latest``:
                the run that was last handed to ``store``, whether it was new or not.

        Raises:
            CarbonledgerError: no such run, more than one, or its files are damaged.
        """
        identity = self._find(identity_prefix.strip().lower())
        latest = rows.latest(self._cursor(), identity)
        place = latest.place if latest else posting_place(identity)
        damage = verify.damaged_files(self._cursor(), self.folder, place)
        if damage:
            raise CarbonledgerError(*damage[0])
        return Results.read(self.folder / place)

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

    def _add(
        self, results: Results, new: Submission, inputs: Sequence[Original], *, is_run: bool
    ) -> None:
        """Put the files of a submission into the folders and commit its rows."""
        place = posting_place(new.identity) if is_run else revision_place(new.digest)
        keeping.sweep(self._cursor(), self.folder)
        with self._transaction() as cursor:
            hashes = [original.sha256 for original in inputs]
            cursor.execute("INSERT INTO pending VALUES (?, ?, ?)", [new.identity, place, hashes])
        try:
            named = keeping.keep_originals(self.folder, inputs)
            files = keeping.keep_results(self._cursor(), self.folder, place, results, new, inputs)
        except BaseException:
            with suppress(CarbonledgerError):  # else the next opening does it
                keeping.sweep(self._cursor(), self.folder)
            raise
        with self._transaction() as cursor:
            if is_run:
                rows.insert_run(cursor, self.folder, new.identity)
            rows.insert_files(cursor, new.digest, place, files, named)
            rows.insert_revision(cursor, new, place)
            action = "store" if is_run else "store-revision"
            rows.log(cursor, process(), action, new.identity, new.digest)
            cursor.execute("DELETE FROM pending")

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


def _no_such_run(folder: Path, wanted: str) -> CarbonledgerError:
    return CarbonledgerError(
        f"账本“{folder}”里没有编号为“{wanted}”的运行。"
        "请用 carbonledger ledger log 查看已有的运行。",
        f"The ledger '{folder}' holds no run '{wanted}'. "
        "'carbonledger ledger log' lists those that it holds.",
    )
