"""Files and folders that are there completely or not at all, whatever is killed at what moment.

What is written goes to a hidden sibling first (``.name.1a2b3c4d.tmp``), reaches the disk, and then
gets its name by one rename. A lock file beside it (``.name.lock``) keeps a second process out
while that happens; the system frees it when its owner ends, however it ends.
"""

import errno
import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from carbonledger.errors import CarbonledgerError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = [
    "at_once",
    "copy_file",
    "disk_errors",
    "locked",
    "remove_leftovers",
    "sha256_file",
    "sync_all",
    "sync_file",
    "sync_folder",
    "temporary",
    "write_folder",
]

_Each = TypeVar("_Each")
_Answer = TypeVar("_Answer")

_AT_ONCE = 8
_MARKER = "run.json"  # only a folder with this file is a former result, and may be replaced
_LEFTOVER = re.compile(r"\..+\.(?:[0-9a-f]{8}\.(?:tmp|old)(?:\.wal)?|lock)")
_LITTER = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|\.~.*")  # desktops, open workbooks
_CHUNK = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


@contextmanager
def write_folder(target: Path, known: Collection[str] | None = None) -> Iterator[Path]:
    """Write a result folder: fill the folder that is handed out; it becomes ``target`` at the end.

    If the block fails, or the process is killed, ``target`` stays what it was. What killed
    processes left beside it is cleared away first.

    Args:
        target: the folder to write; a former result (it holds ``run.json``) is replaced.
        known: every file name that a former result may hold; anything else found there belongs
            to the user, and is not deleted. Without it only ``run.json`` is looked for.

    Raises:
        CarbonledgerError: the target is a file, a folder of other things, being written by
            another process, or the disk is full or not writable.
    """
    target = target.resolve()
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target):
        with disk_errors(target):
            _recover(target)
            _refuse_foreign(target, known)
            temp = temporary(target)
            temp.mkdir()
        try:
            with disk_errors(target, only_full=True):
                yield temp
            with disk_errors(target):
                sync_all([*temp.rglob("*"), temp])
                _refuse_foreign(target, known)  # again: the user may have put something there
                _swap(temp, target)
        finally:
            shutil.rmtree(temp, ignore_errors=True)


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the lock of ``target``, which need not exist; its parent must.

    Raises:
        CarbonledgerError: another process (or thread) holds it, or the folder is not writable.
    """
    path = target.with_name(f".{target.name}.lock")
    with disk_errors(target):
        handle = _lock(path)
        while handle is None:
            handle = _lock(path)
    try:
        yield
    finally:
        if sys.platform == "win32":  # an open file cannot be deleted there
            os.close(handle)
            with suppress(OSError):
                path.unlink()
        else:  # deleted while held, so that nobody can hold a file that is about to vanish
            with suppress(OSError):
                path.unlink()
            os.close(handle)


def copy_file(source: Path, target: Path) -> tuple[str, int]:
    """Copy a file down to the disk; its SHA-256 (hex) and its size in bytes, as copied."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest(), size


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Wait until what was written to a file is on the disk."""
    handle = os.open(path, os.O_RDWR)  # Windows flushes only what is open for writing
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows does that by itself."""
    if sys.platform != "win32":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def at_once(work: Callable[[_Each], _Answer], these: Iterable[_Each]) -> list[_Answer]:
    """The answers of work that waits for the disk, done for many files at once.

    One after another each would wait for a write of the disk's journal of its own. If any fails,
    its error is raised when the others have ended.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(work, these))


def sync_all(paths: Iterable[Path]) -> None:
    """Wait until files and folders are on the disk."""
    at_once(lambda path: sync_folder(path) if path.is_dir() else sync_file(path), paths)


def temporary(target: Path) -> Path:
    """A fresh hidden name beside ``target``; ``remove_leftovers`` knows it as ours."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")


def remove_leftovers(folder: Path, name: str = "") -> None:
    """Delete what killed processes left half-written in a folder, for targets beginning ``name``.

    Only for targets that the caller has to itself: what is being written right now would go too.
    """
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name.startswith(f".{name}") and _LEFTOVER.fullmatch(path.name):
                _remove(path)


@contextmanager
def disk_errors(target: Path, *, only_full: bool = False) -> Iterator[None]:
    """Turn the system's refusals to write into messages for the user.

    Args:
        target: what was being written, named in the message.
        only_full: let everything pass but a full disk (for blocks that do other things as well).
    """
    try:
        yield
    except OSError as error:
        if only_full and error.errno not in _FULL:
            raise
        raise _refusal(target, error) from error


def _refusal(target: Path, error: OSError) -> CarbonledgerError:
    named = Path(error.filename) if isinstance(error.filename, str) else target
    # A hidden name beside the target is ours, and would only puzzle; a file elsewhere is the point.
    place = target if named.name.startswith(".") or target in named.parents else named
    if error.errno in _FULL:
        return CarbonledgerError(
            f"磁盘已满，无法写入“{place}”。原有的数据没有改动。"
            "请清理磁盘空间，或换一个磁盘上的目录，再运行一次。",
            f"The disk is full: '{place}' cannot be written. What was there before is unchanged. "
            "Free some space, or choose a folder on another disk, and run again.",
        )
    if error.errno in _FORBIDDEN:
        return CarbonledgerError(
            f"没有权限读写“{place}”：目录是只读的，或其中的文件正被其他程序（如 Excel、WPS）打开。"
            "原有的数据没有改动。请关闭打开的文件，或换一个可以写入的目录，再运行一次。",
            f"'{place}' may not be read or written: the folder is read-only, or a file in it is "
            "open in another program (such as Excel or WPS). What was there before is unchanged. "
            "Close the file, or choose a folder that you may write to, and run again.",
        )
    reason = error.strerror or str(error)
    return CarbonledgerError(
        f"无法读写“{place}”：{reason}。原有的数据没有改动。"
        "请检查该路径和磁盘，或换一个目录，再运行一次。",
        f"'{place}' cannot be read or written: {reason}. What was there before "
        "is unchanged. Check the path and the disk, or choose another folder, and run again.",
    )


def _refuse_foreign(target: Path, known: Collection[str] | None) -> None:
    """Refuse to replace anything that a run did not write."""
    if not target.exists():
        return
    if not target.is_dir():
        raise CarbonledgerError(
            f"“{target}”是一个文件，不能在这里写结果目录。请换一个目录名。",
            f"'{target}' is a file: no result folder can be written there. Choose another name.",
        )
    names = sorted(path.name for path in target.iterdir() if not _LITTER.fullmatch(path.name))
    if names and _MARKER not in names:
        raise CarbonledgerError(
            f"目录“{target}”不是空的，也不是以前的运行结果（没有 {_MARKER}），不会被覆盖。"
            "请换一个目录，或先把其中的文件移走。",
            f"The folder '{target}' is neither empty nor a former result (it has no {_MARKER}) and "
            "is not overwritten. Choose another folder, or move its files away first.",
        )
    strangers = [name for name in names if known is not None and name not in known]
    if strangers:
        shown = "、".join(strangers[:5]), ", ".join(strangers[:5])
        raise CarbonledgerError(
            f"结果目录“{target}”里有不是本程序写的文件：{shown[0]}，共 {len(strangers)} 个。"
            "为了不删掉它们，没有覆盖这个目录。请先把它们移走，或换一个目录。",
            f"The result folder '{target}' also holds {len(strangers)} file(s) that this program "
            f"did not write: {shown[1]}. It was not overwritten, so that they are not lost. "
            "Move them away first, or choose another folder.",
        )


def _swap(temp: Path, target: Path) -> None:
    old = temp.with_suffix(".old")
    try:
        if target.exists():
            target.rename(old)
        temp.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _recover(target: Path) -> None:
    """Undo what a killed writer of this target left, whose lock we now hold."""
    name = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.(tmp|old)")
    for path in target.parent.iterdir():
        found = name.fullmatch(path.name)
        if found and found[1] == "old" and not target.exists():
            path.rename(target)  # killed between the two renames: the former result comes back
        elif found:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _lock(path: Path) -> int | None:
    """The held lock; None if its last owner deleted the file in between (then try again)."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if error.errno not in _HELD:
            raise
        raise CarbonledgerError(
            f"另一个 carbonledger 正在写“{path.with_name(path.name[1:-5])}”。"
            "请等它完成后再运行，或换一个目录。",
            f"Another carbonledger is writing '{path.with_name(path.name[1:-5])}' at this moment. "
            "Wait until it has finished, or choose another folder.",
        ) from error
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    os.close(handle)
    return None
