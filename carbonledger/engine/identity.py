"""The identity of a run: the digest of entries, parameters, chart, profile and code."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from carbonledger.intake.inventory import EntryTable, SourceFile
from carbonledger.model.profile import Profile
from carbonledger.paths import factors_dir
from carbonledger.version import VERSION

__all__ = ["code_version", "run_identity"]


def run_identity(
    tables: Sequence[EntryTable],
    files: Sequence[SourceFile],
    parameters: pd.DataFrame,
    accounts: pd.DataFrame,
    profile: Profile,
    gwp: str,
) -> dict[str, str]:
    """The digests of a run's ingredients and, under ``identity``, of all of them.

    Entries are digested as read, so that a change of a file that changes no entry keeps the
    identity; tables that stay on disk count by the digest of their file.
    """
    parts = {
        "entries": _digest(*(_entries(table, files) for table in tables)),
        "parameters": _digest(_csv(parameters)),
        "accounts": _digest(_csv(accounts[["account", "parent", "book"]])),
        "profile": _digest(profile.model_dump_json(), gwp),
        "code": code_version(),
    }
    return {"identity": _digest(json.dumps(parts, sort_keys=True)), **parts}


@cache
def code_version() -> str:
    """The version of the program with a digest of its modules and unit list."""
    package = Path(__file__).parents[1]
    modules = sorted(package.rglob("*.py"), key=Path.as_posix)
    paths = [*modules, factors_dir() / "units.csv"]
    contents = [path.read_bytes().replace(b"\r\n", b"\n") for path in paths]
    digest = hashlib.sha256(b"\0".join(contents)).hexdigest()
    return f"{VERSION}+{digest[:12]}"


def _entries(table: EntryTable, files: Sequence[SourceFile]) -> str:
    if table.table is not None:
        return "\0".join(
            f"{name}\0{column.to_pylist()!r}"
            for name, column in zip(table.table.column_names, table.table.columns, strict=True)
        )
    shas = {file.path: file.sha256 for file in files}
    # The path in the SQL is of this machine and must not count.
    return shas[table.parquet] + table.digest_text if table.parquet else ""


def _csv(frame: pd.DataFrame) -> str:
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
