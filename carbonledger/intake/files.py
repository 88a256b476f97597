"""Files of an inventory folder: found inside it, read once, identified by content."""

import hashlib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "Content",
    "SourceFile",
    "file_problem",
    "hash_file",
    "locate",
    "read_content",
]

MAX_BYTES = 200 * 2**20
_CHUNK = 2**20


class SourceFile(NamedTuple):
    """A file that was read: its name relative to the folder, its SHA-256, its size in bytes."""

    name: str
    path: Path
    sha256: str
    size: int


class Content(NamedTuple):
    """A file with its bytes, read once, so that what is parsed is what was hashed."""

    source: SourceFile
    data: bytes


def file_problem(file: str, code: str, message: Text, remedy: Text) -> Problem:
    """A grade-A problem about a file as a whole."""
    return Problem(grade=Grade.A, code=code, message=message, remedy=remedy, file=file)


def locate(folder: Path, name: str, *, beyond: bool = False) -> Path | Problem:
    """The file ``name`` of an inventory folder; only regular files inside the folder are given.

    ``beyond`` lets a relative path lead out of the folder: to a set that inventories share.
    """
    written = name.replace("\\", "/")
    outside = file_problem(
        name,
        "file-outside",
        Text(
            f"文件“{name}”不在清单目录之内，为安全起见不读取。",
            f"The file '{name}' lies outside the inventory folder and is not read.",
        ),
        Text(
            "请把文件复制到清单目录中，并在 inventory.toml 里写相对路径，例如 data/平衡表.xlsx。",
            "Copy the file into the inventory folder and write its relative path in "
            "inventory.toml, such as data/balance.xlsx.",
        ),
    )
    windows = PureWindowsPath(name)
    if PurePosixPath(written).is_absolute() or windows.is_absolute() or windows.drive:
        return outside
    if "\0" in name:
        return outside
    try:
        path = (folder / written).resolve()
        if not beyond and not path.is_relative_to(folder.resolve()):
            return outside
        if path.is_file():
            return path
        return _absent(folder, name, path)
    except OSError as error:
        return _unreadable(name, error)


def read_content(path: Path, name: str, limit: int = MAX_BYTES) -> Content | Problem:
    """Read a file into memory and hash the same bytes."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        return _unreadable(name, error)
    if len(data) > limit:
        return file_problem(
            name,
            "file-too-large",
            Text(
                f"文件大于 {limit // 2**20} MB，不能按表格读取。",
                f"The file is larger than {limit // 2**20} MB and is not read as a table.",
            ),
            Text(
                "请删去多余的工作表和图片，或把数据另存为 Parquet 文件。",
                "Remove other sheets and pictures, or store the data as a Parquet file.",
            ),
        )
    if not data:
        return file_problem(
            name,
            "file-empty",
            Text("文件是空的（0 字节）。", "The file is empty (0 bytes)."),
            Text("请重新导出或复制该文件。", "Export or copy the file again."),
        )
    digest = hashlib.sha256(data).hexdigest()
    return Content(SourceFile(name, path, digest, len(data)), data)


def hash_file(path: Path, name: str) -> SourceFile | Problem:
    """Identify a file too large for memory by its SHA-256."""
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        return _unreadable(name, error)
    return SourceFile(name, path, digest.hexdigest(), size)


def _absent(folder: Path, name: str, path: Path) -> Problem:
    if path.is_dir():
        return file_problem(
            name,
            "file-is-folder",
            Text(f"“{name}”是一个目录，不是文件。", f"'{name}' is a folder, not a file."),
            Text("请写出目录中的文件名。", "Name the file in it."),
        )
    there = sorted(
        found.name for found in folder.iterdir() if found.is_file() and found.name[0] not in ".~"
    )
    shown = "、".join(there[:12]) or "（没有文件）"
    return file_problem(
        name,
        "file-missing",
        Text(f"找不到文件“{name}”。", f"The file '{name}' does not exist."),
        Text(
            f"请核对文件名（包括扩展名）。清单目录中有：{shown}。",
            f"Check the name and its extension. The inventory folder holds: "
            f"{', '.join(there[:12]) or 'no file'}.",
        ),
    )


def _unreadable(name: str, error: OSError) -> Problem:
    return file_problem(
        name,
        "file-unreadable",
        Text(
            f"文件“{name}”打不开：{error.strerror or error}。",
            f"The file '{name}' cannot be opened: {error.strerror or error}.",
        ),
        Text(
            "请关闭正在使用它的程序（如 Excel、WPS），并检查读取权限。",
            "Close the program that uses it (such as Excel or WPS) and check the permissions.",
        ),
    )
