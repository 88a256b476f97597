"""Keeps the library as Parquet, so that starting the program neither reads nor checks it again.

The key is a digest of every table of the folder (names and bytes), of the unit list and of the code
that reads and checks them: whatever is edited is read and checked anew at once. Files that nobody
touched since their digest was taken are known by their sizes and times, as Python knows the sources
of its compiled modules. A cache that cannot be read, belongs to another digest or cannot be written
is passed over without a word, for it holds nothing that the tables do not hold.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from carbonledger.files import temporary
from carbonledger.paths import factors_dir

__all__ = [
    "Sight",
    "digest",
    "files_below",
    "folder",
    "known",
    "read",
    "read_plain",
    "remember",
    "sight",
    "sight_of",
    "write",
    "write_plain",
]

_KEPT = 6  # checkouts and wheels that may take turns
_KEPT_PLAIN = 400  # small files
_SETTLED = 5 * 10**9  # ns after which another edit shows in the times of a file on any disk
_MARK = b"carbonledger-library"
_TABLES = (".csv", ".toml")
_CODE = ("library", "model", "units")


def digest(source: Path) -> str:
    """The SHA-256 (hex) of everything that the loaded library depends on."""
    found = hashlib.sha256(_code().encode())
    for path in sorted(map(Path, files_below(source, _TABLES))):
        _add(found, path.relative_to(source).as_posix(), path.read_bytes())
    return found.hexdigest()


class Sight(NamedTuple):
    """What the files that a digest depends on look like from outside.

    ``mark`` stands for their paths, sizes and times. They are ``settled`` where none was touched a
    moment ago: an edit right after another would not show in the times.
    """

    mark: str
    settled: bool


def sight(source: Path) -> Sight:
    """How the tables of a folder and the code that reads them look now."""
    package = Path(__file__).parents[1]
    code = (path for name in _CODE for path in files_below(package / name, (".py",)))
    units = files_below(factors_dir(), ("units.csv",))
    return sight_of([*files_below(source, _TABLES), *units, *code], pd.__version__, str(source))


def sight_of(paths: Iterable[str], *beside: str) -> Sight:
    """How some files look now; what else the digest depends on stands ``beside`` them."""
    now = time.time_ns()
    files, latest = [*beside], 0
    for path in paths:
        seen = os.stat(path)  # noqa: PTH116 - hundreds of files, for which paths are not made
        # Who sets back the time of a change (copies, archives) cannot set back that of the entry.
        times = f"{seen.st_mtime_ns} {seen.st_ctime_ns}"
        files.append(f"{path} {seen.st_size} {times} {seen.st_ino}")
        latest = max(latest, seen.st_mtime_ns, seen.st_ctime_ns)
    text = "\n".join(sorted(files)).encode(errors="surrogateescape")
    return Sight(hashlib.sha256(text).hexdigest(), settled=latest < now - _SETTLED)


def files_below(folder: str | Path, endings: tuple[str, ...]) -> Iterator[str]:
    """The paths of the files below a folder, behind links as well, that end in one of some ways."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from files_below(entry.path, endings)
            # Programs leave hidden files beside a table that is open; some are links to nowhere.
            elif entry.name.endswith(endings) and not entry.name.startswith((".", "~")):
                yield entry.path


def known(seen: Sight) -> str | None:
    """The digest of files that look as they did when it was taken; None where it must be."""
    found = next(folder().glob(f"*/{seen.mark}"), None)
    return found.parent.name if found else None


def remember(seen: Sight, key: str) -> None:
    """Keep with the tables of a digest what the files looked like before it was taken."""
    if seen.settled:
        with suppress(OSError):
            (folder() / key / seen.mark).touch()


@cache
def folder() -> Path:
    """Where the program keeps what it can compute again."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - not for `carbonledger --help`

    return user_cache_path("carbonledger", appauthor=False) / "library"


def read(key: str, names: Iterable[str]) -> dict[str, pd.DataFrame] | None:
    """The tables kept under a digest; None where any of them is missing or damaged."""
    try:
        return {name: _read_table(key, name) for name in names}
    except (OSError, ValueError, TypeError, KeyError):  # Arrow's own errors are among them
        return None


def write(key: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Keep the tables under a digest, if the folder can be written."""
    import pyarrow as pa  # noqa: PLC0415 - only where a library is new
    import pyarrow.parquet as pq  # noqa: PLC0415

    target = folder() / key
    aside = temporary(target)
    with suppress(OSError):
        aside.mkdir(parents=True)
        for name, frame in tables.items():
            table = pa.Table.from_pandas(frame, preserve_index=False)
            marked = table.replace_schema_metadata(
                {**(table.schema.metadata or {}), _MARK: _mark(key, name)}
            )
            pq.write_table(marked, aside / f"{name}.parquet", write_page_checksum=True)
        shutil.rmtree(target, ignore_errors=True)  # a damaged one
        aside.rename(target)
    shutil.rmtree(aside, ignore_errors=True)
    _forget_old(folder(), _KEPT)
    _forget_old(_plain_folder(), _KEPT_PLAIN)


def read_plain(key: str) -> dict[str, Any] | None:
    """The plain data kept under a key; None where there is none or it is damaged."""
    try:
        digest, body = (_plain_folder() / f"{key}.json").read_text("utf-8").split("\n", 1)
        if digest != hashlib.sha256(body.encode()).hexdigest():
            return None
        found: dict[str, Any] = json.loads(body)
    except (OSError, ValueError):
        return None
    return found


def write_plain(key: str, data: Mapping[str, Any]) -> None:
    """Keep plain data under a key, if JSON has all that it holds and the folder can be written."""
    target = _plain_folder() / f"{key}.json"
    with suppress(OSError, TypeError):
        body = json.dumps(data, ensure_ascii=False)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = temporary(target)
        aside.write_text(f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}", "utf-8")
        aside.replace(target)


def _plain_folder() -> Path:
    return folder().with_name("plain")


def _read_table(key: str, name: str) -> pd.DataFrame:
    import pyarrow.parquet as pq  # noqa: PLC0415 - a run that fails early needs no Parquet

    path = folder() / key / f"{name}.parquet"
    # Not read_table, which loads what reads folders of files.
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        table = file.read()
    if (table.schema.metadata or {}).get(_MARK) != _mark(key, name):
        raise ValueError(path)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _mark(key: str, name: str) -> bytes:
    """What a file says of itself, so that none is taken for another."""
    return f"{key} {name}".encode()


def _forget_old(place: Path, most: int) -> None:
    with suppress(OSError):
        kept = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[most:]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


@cache
def _code() -> str:
    """The digest of the modules that read and check, of the unit list, and of their packages."""
    package = Path(__file__).parents[1]
    found = hashlib.sha256()
    for name in _CODE:
        for path in sorted((package / name).rglob("*.py")):
            _add(found, path.relative_to(package).as_posix(), path.read_bytes())
    _add(found, "units.csv", (factors_dir() / "units.csv").read_bytes())
    _add(found, "pandas", pd.__version__.encode())
    return found.hexdigest()


def _add(found: "hashlib._Hash", name: str, content: bytes) -> None:
    # The length keeps the end of one file from passing for the beginning of the next.
    found.update(f"{name}\0{len(content)}\0".encode() + content)
