"""What other processes may read while one process holds the ledger: the list of runs as a file.

DuckDB lets one process alone hold the ledger's file, even for reading. The result folders of runs
never change, so a list of them with the digests of their files is all that a reader needs. It is
written after every store, aside and by one rename: a reader sees the old list or the new one.
"""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.files import disk_errors, sha256_file, sync_file, temporary

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["SNAPSHOT", "Snapshot", "renew_snapshot", "write_snapshot"]

SNAPSHOT = "snapshot.json"
_COLUMNS = (
    "identity, inventory, revision, title_zh, title_en, region, periods, profile, gwp, code, "
    "entries, postings, started, seconds, CAST(stored_at AS VARCHAR) AS stored_at, place"
)
_RUNS = f"""
SELECT {_COLUMNS} FROM revisions JOIN runs USING (identity)
QUALIFY number = max(number) OVER (PARTITION BY identity) ORDER BY number
"""


def write_snapshot(cursor: "duckdb.DuckDBPyConnection", folder: Path) -> None:
    """Write the list of stored runs beside the ledger, whole or not at all."""
    _write(folder / SNAPSHOT, _list_of_runs(cursor))


def renew_snapshot(cursor: "duckdb.DuckDBPyConnection", folder: Path) -> None:
    """Bring the list up to the ledger, where a process was killed before it had written it."""
    path, wanted = folder / SNAPSHOT, _list_of_runs(cursor)
    for left in folder.glob(f".{SNAPSHOT}.*"):  # nobody else writes: the ledger is ours
        left.unlink(missing_ok=True)
    there = path.read_bytes() if path.is_file() else b"[]"
    if there != wanted.encode():
        _write(path, wanted)


def _list_of_runs(cursor: "duckdb.DuckDBPyConnection") -> str:
    cursor.execute(_RUNS)
    columns = [str(column[0]) for column in cursor.description or ()]
    runs: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    files: dict[Any, dict[str, str]] = {}
    cursor.execute("SELECT place, name, sha256 FROM files ORDER BY place, name")
    for place, name, sha256 in cursor.fetchall():
        files.setdefault(place, {})[name] = sha256
    for run in runs:
        run["files"] = files.get(run["place"], {})
    return json.dumps(runs, ensure_ascii=False, indent=1)


def _write(path: Path, text: str) -> None:
    aside = temporary(path)
    with disk_errors(path):
        try:
            aside.write_text(text, "utf-8", newline="\n")
            sync_file(aside)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


class Snapshot(NamedTuple):
    """The runs of a ledger as they were when the last one was stored."""

    folder: Path
    rows: list[dict[str, Any]]

    @classmethod
    def open(cls, folder: Path) -> "Snapshot":
        """Read the snapshot of the ledger in ``folder``.

        Raises:
            CarbonledgerError: there is none, or it cannot be read.
        """
        try:
            rows = json.loads((folder / SNAPSHOT).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CarbonledgerError(
                f"账本“{folder}”没有可用的只读快照（{SNAPSHOT}）。保存一次运行后即有快照。",
                f"The ledger '{folder}' has no usable snapshot ({SNAPSHOT}). It is written when a "
                "run is stored.",
            ) from error
        return cls(folder, rows)

    def runs(self) -> "pd.DataFrame":
        """The runs with the columns of ``Ledger.runs``."""
        import pandas as pd  # noqa: PLC0415 - slow to import; results alone need none

        return pd.DataFrame(self.rows).drop(columns=["place", "files"], errors="ignore")

    def results(self, wanted: str) -> Results:
        """The result folder of a run by the start of its identity, or ``latest``.

        Raises:
            CarbonledgerError: no such run, more than one, or a file that is not as it was stored.
        """
        pattern = re.escape(wanted.strip().lower())
        if wanted == "latest":
            found = self.rows[-1:]
        else:
            found = [row for row in self.rows if re.match(pattern, row["identity"])]
        if len(found) != 1:
            raise CarbonledgerError(
                f"快照中有 {len(found)} 次运行符合“{wanted}”，应恰有一次。",
                f"{len(found)} runs of the snapshot match '{wanted}'; exactly one is wanted.",
            )
        place = self.folder / found[0]["place"]
        for name, digest in found[0]["files"].items():
            path = place / name
            if not path.is_file() or sha256_file(path) != digest:
                raise CarbonledgerError(
                    f"文件“{path}”与入账时不一致。请用 carbonledger ledger verify 核对账本。",
                    f"The file '{path}' is not as it was stored. Check the ledger with "
                    "'carbonledger ledger verify'.",
                )
        return Results.read(place)
