"""Where things are in a ledger folder.

A *place* is the folder of one stored submission, as a path below the ledger folder with ``/``: the
run's own folder for what came first, a folder by digest for each later revision of the same run.
"""

import glob
from pathlib import Path

__all__ = [
    "PLACES",
    "READ_PARQUET",
    "blob",
    "literal",
    "parquet",
    "posting_place",
    "revision_place",
]

# Reads one file, its ``literal`` path bound. Left to itself, DuckDB makes a column of every folder
# on the way that is named like ``run=...`` or ``book=...``, even over a column of the file.
READ_PARQUET = "read_parquet(?, hive_partitioning = false)"

# The folders that hold places. Revisions lie outside ``postings``, so that whoever reads all
# Parquet files there counts no run twice.
PLACES = ("postings", "revisions")


def posting_place(identity: str) -> str:
    """The place of a stored run."""
    return f"postings/run={identity}"


def revision_place(submission: str) -> str:
    """The place of a later revision of a run, by the digest of the submission."""
    return f"revisions/{submission}"


def parquet(folder: Path, identity: str, name: str) -> Path:
    """One Parquet file of a stored run: ``postings``, ``selections`` or ``entries``."""
    return folder / posting_place(identity) / f"{name}.parquet"


def blob(folder: Path, sha256: str) -> Path:
    """The place of an original file, by its content."""
    return folder / "originals" / sha256[:2] / sha256


def literal(path: Path) -> str:
    """A path for DuckDB's ``read_parquet``, which takes ``[1]`` and ``*`` for patterns."""
    return glob.escape(str(path))
