"""The identity of a run: the digest of entries, parameters, chart, profile and code."""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pandas as pd

from carbonledger.files import temporary
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
    package = str(Path(__file__).parents[1])
    modules = [
        f"{folder}/{name}"
        for folder, _, names in os.walk(package)
        for name in names
        if name.endswith(".py")
    ]
    digest = _of_files([*sorted(modules), str(factors_dir() / "units.csv")], _kept())
    return f"{VERSION}+{digest[:12]}"


def _kept() -> Path:
    return cache_of.folder().with_name("code")


def _of_files(paths: Sequence[str], kept: Path) -> str:
    """The digest of some files, however their lines end.

    As Python trusts what it compiled of a module, the digest is ``kept`` for as long as no file has
    another size or time. A note of it that is damaged or cannot be written is passed over.
    """
    found = [(path, Path(path).stat()) for path in paths]
    # Who sets back the time of a change cannot set back that of the entry.
    times = (f"{each.st_size} {each.st_mtime_ns} {each.st_ctime_ns}" for _, each in found)
    state = _digest(*paths, *times)
    with suppress(OSError, ValueError):
        known, digest, proof = kept.read_text("ascii").split()
        if known == state and proof == _digest(state, digest):
            return digest
    contents = [Path(path).read_bytes().replace(b"\r\n", b"\n") for path in paths]
    digest = hashlib.sha256(b"\0".join(contents)).hexdigest()
    aside = temporary(kept)
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(f"{state} {digest} {_digest(state, digest)}", "ascii")
        aside.replace(kept)
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
