"""The journal of a project book: entries are appended, never changed, and each seals the last.

One line of JSON for each entry in ``journal.jsonl``. An entry carries the digest of the one before
it, so that no line can be changed, taken out or put in without breaking the chain. One process
writes at a time; a killed one leaves the journal as it was.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import disk_errors, locked, sync_file, sync_folder, temporary

__all__ = ["JOURNAL", "Journal", "Line", "open_journal", "read_journal", "verify_chain"]

JOURNAL = "journal.jsonl"
_FIRST = "0" * 64


@dataclass(frozen=True)
class Line:
    """An entry: its number from 1, its kind, what it says, and the seals before and of it."""

    number: int
    kind: str
    at: str
    content: Mapping[str, Any]
    previous: str
    seal: str


class Journal:
    """The entries of a book, with what was appended since it was opened."""

    def __init__(self, lines: Sequence[Line], now: Callable[[], str]) -> None:
        self.lines = list(lines)
        self._now = now

    def append(self, kind: str, content: Mapping[str, Any]) -> Line:
        """Add an entry behind the last one."""
        previous = self.lines[-1].seal if self.lines else _FIRST
        number, at = len(self.lines) + 1, self._now()
        line = Line(
            number, kind, at, content, previous, _seal(number, kind, at, content, previous)
        )  # fmt: skip
        self.lines.append(line)
        return line


@contextmanager
def open_journal(folder: Path, now: Callable[[], str]) -> Iterator[Journal]:
    """The journal of a book for writing; what the block appended is stored at its end, or nothing.

    Args:
        folder: the book; it is made if there is none.
        now: the time that an entry carries, in ISO 8601.

    Raises:
        CarbonledgerError: if another process writes, or the chain of the journal is broken.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / JOURNAL
    with locked(path):
        lines = read_journal(folder)
        if broken := verify_chain(lines):
            raise CarbonledgerError(*broken[0])
        journal = Journal(lines, now)
        yield journal
        if len(journal.lines) > len(lines):
            with disk_errors(path):
                _store(path, journal.lines)


def read_journal(folder: Path) -> list[Line]:
    """The entries of a book as its file holds them; see ``verify_chain`` for whether they hold.

    Raises:
        CarbonledgerError: if a line is no entry.
    """
    path = folder / JOURNAL
    if not path.exists():
        return []
    with disk_errors(path):
        text = path.read_text("utf-8")
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        try:
            lines.append(Line(**json.loads(raw)))
        except (ValueError, TypeError) as error:
            raise CarbonledgerError(
                f"账簿“{path}”第 {number} 行已损坏，不能读取。请从备份恢复该文件。",
                f"Line {number} of the book '{path}' is damaged. Restore the file from a backup.",
            ) from error
    return lines


def verify_chain(lines: Sequence[Line]) -> list[Text]:
    """What breaks the chain: numbers out of order, seals that do not fit."""
    findings = []
    previous = _FIRST
    for place, line in enumerate(lines, 1):
        seal = _seal(line.number, line.kind, line.at, line.content, line.previous)
        if line.number != place or line.previous != previous or line.seal != seal:
            findings.append(
                Text(
                    f"账簿第 {place} 条记录与封印不符：该条或其前的记录被改动、删除或插入过。"
                    "请从备份恢复。",
                    f"Entry {place} of the book does not fit its seal: it, or one before it, was "
                    "changed, removed or put in. Restore the book from a backup.",
                )
            )
        previous = line.seal
    return findings


def _seal(number: int, kind: str, at: str, content: Mapping[str, Any], previous: str) -> str:
    text = json.dumps(
        [number, kind, at, content, previous],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _store(path: Path, lines: Sequence[Line]) -> None:
    text = "".join(
        json.dumps(line.__dict__, ensure_ascii=False, sort_keys=True) + "\n" for line in lines
    )
    temp = temporary(path)
    temp.write_text(text, "utf-8")
    sync_file(temp)
    os.replace(temp, path)  # noqa: PTH105 - the one call that replaces a file on every system
    sync_folder(path.parent)
