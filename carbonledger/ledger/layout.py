"""Where things are in a ledger folder."""

import glob
from pathlib import Path

__all__ = ["READ_PARQUET", "blob", "literal", "parquet", "posting_folder"]

# Reads one file, its ``literal`` path bound. Left to itself, DuckDB makes a column of every folder
# on the way that is named like ``run=...`` or ``book=...``, even over a column of the file.
READ_PARQUET = "read_parquet(?, hive_partitioning = false)"


def posting_folder(folder: Path, identity: str) -> Path:
    """The result folder of a stored run."""
    return folder / "postings" / f"run={identity}"


def parquet(folder: Path, identity: str, name: str) -> Path:
    """One Parquet file of a stored run: ``postings``, ``selections`` or ``entries``."""
    return posting_folder(folder, identity) / f"{name}.parquet"


def blob(folder: Path, sha256: str) -> Path:
    """The place of an original file, by its content."""
    return folder / "originals" / sha256[:2] / sha256


def literal(path: Path) -> str:
    """A path for DuckDB's ``read_parquet``, which takes ``[1]`` and ``*`` for patterns."""
    return glob.escape(str(path))
