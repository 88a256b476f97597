"""The identity of a run: the digest of entries, parameters, chart, profile and code."""

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from carbonledger.intake.inventory import EntryTable, SourceFile
from carbonledger.library import cache as cache_of
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
        "parameters": _digest(_columns(parameters)),
        "accounts": _digest(_columns(accounts[["account", "parent", "book"]])),
        "profile": _digest(profile.model_dump_json(), gwp),
        "code": code_version(),
    }
    return {"identity": _digest(json.dumps(parts, sort_keys=True)), **parts}


@cache
def code_version() -> str:
    """The version of the program with a digest of its modules and unit list."""
    modules = cache_of.files_below(Path(__file__).parents[1], (".py",))
    # In one order on every system.
    paths = sorted(modules, key=lambda path: path.replace(os.sep, "/"))
    digest = _of_files([*paths, str(factors_dir() / "units.csv")])
    return f"{VERSION}+{digest[:12]}"


def _of_files(paths: Sequence[str]) -> str:
    """The digest of some files, however their lines end; kept as long as nobody touches them."""
    seen = cache_of.sight_of(paths)
    kept = cache_of.read_plain(seen.mark)
    if kept is not None:
        return str(kept["digest"])
    contents = [Path(path).read_bytes().replace(b"\r\n", b"\n") for path in paths]
    digest = hashlib.sha256(b"\0".join(contents)).hexdigest()
    if seen.settled:
        cache_of.write_plain(seen.mark, {"digest": digest})
    return digest


def _entries(table: EntryTable, files: Sequence[SourceFile]) -> str:
    if table.table is not None:
        return "\0".join(
            f"{name}\0{column.to_pylist()!r}"
            for name, column in zip(table.table.column_names, table.table.columns, strict=True)
        )
    shas = {file.path: file.sha256 for file in files}
    # The path in the SQL is of this machine and must not count.
    return shas[table.parquet] + table.digest_text if table.parquet else ""


def _columns(frame: pd.DataFrame) -> str:
    return "\0".join(f"{name}\0{column.tolist()!r}" for name, column in frame.items())


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
