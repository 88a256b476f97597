"""The ledger's DuckDB file: made, opened, and its refusals put into words.

Never open ``ledger.duckdb`` by any other means (to hash it, to copy it) while a ledger of the same
process is open: on POSIX systems closing such a second handle drops DuckDB's lock on the file.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from carbonledger.errors import CarbonledgerError
from carbonledger.files import disk_errors, locked, sync_file, sync_folder, temporary
from carbonledger.ledger.holder import web_address

__all__ = ["FILE", "SCHEMA_VERSION", "connect", "process", "refusal", "transaction"]

FILE = "ledger.duckdb"
SCHEMA_VERSION = 2

# Nothing is ever fetched: asked to open, say, a SQLite file, DuckDB would look for an extension.
_OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}

_TABLES = """
CREATE TABLE meta (schema_version INTEGER NOT NULL);
CREATE TABLE runs (
    identity VARCHAR PRIMARY KEY, entries BIGINT NOT NULL, postings BIGINT NOT NULL);
-- One row per submission that differs from the one before it: "number" counts all of them,
-- "revision" those of the inventory.
CREATE TABLE revisions (
    number BIGINT PRIMARY KEY, inventory VARCHAR NOT NULL, revision INTEGER NOT NULL,
    identity VARCHAR NOT NULL, submission VARCHAR NOT NULL, place VARCHAR NOT NULL,
    title_zh VARCHAR, title_en VARCHAR, region VARCHAR, periods VARCHAR, profile VARCHAR,
    gwp VARCHAR, code VARCHAR, started VARCHAR, seconds DOUBLE, stored_at TIMESTAMP NOT NULL,
    info VARCHAR NOT NULL, UNIQUE (inventory, revision));
CREATE TABLE files (
    place VARCHAR NOT NULL, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, size BIGINT NOT NULL);
CREATE TABLE originals (
    submission VARCHAR NOT NULL, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
    size BIGINT NOT NULL);
CREATE TABLE selections (
    identity VARCHAR NOT NULL, selection VARCHAR, argument VARCHAR, value DOUBLE, unit VARCHAR,
    parameter VARCHAR, fallback VARCHAR, status VARCHAR, source VARCHAR, locator VARCHAR);
CREATE TABLE audit (
    number BIGINT PRIMARY KEY, "at" TIMESTAMP NOT NULL, process VARCHAR NOT NULL,
    action VARCHAR NOT NULL, identity VARCHAR, detail VARCHAR NOT NULL);
-- What a store in progress is about to put into the folders: what to clear away if it is killed.
CREATE TABLE pending (
    identity VARCHAR NOT NULL, place VARCHAR NOT NULL, originals VARCHAR[] NOT NULL);
"""


def connect(folder: Path, *, create: bool, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the ledger in ``folder``; make a new one if there is none and ``create`` says so.

    Raises:
        CarbonledgerError: there is no ledger, another process has it open, it is not a ledger,
            damaged, of a newer program, or not writable.
    """
    path = folder / FILE
    if not path.exists():
        _refuse_missing(folder, create=create and not read_only)
        _create(folder)
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=_OFFLINE)
    except (duckdb.Error, OSError) as error:
        raise refusal(folder, error) from error
    try:
        _check_schema(connection, folder)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(cursor: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[None]:
    """All statements of the block, or none."""
    try:
        cursor.begin()
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # the first error is the one to tell
                cursor.rollback()
            raise
        cursor.commit()
    except duckdb.Error as error:
        raise refusal(folder, error) from error


def process() -> str:
    """This process, for the audit: its id and the name of its program."""
    return f"{os.getpid()} {Path(sys.argv[0]).name}".strip()


def refusal(folder: Path, error: Exception) -> CarbonledgerError:
    """What DuckDB said about the ledger in ``folder``, in words that help."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if re.search(r"set lock|Conflicting lock|being used by another|already open in", str(error)):
        return _held(folder, str(error))
    if "different configuration" in said:
        return CarbonledgerError(
            f"账本“{folder}”已经被本程序以另一种方式（读写或只读）打开。"
            "请先关闭已打开的账本，再重试。",
            f"The ledger '{folder}' is already open in this program in another way (writable or "
            "read-only). Close that one first, then try again.",
        )
    if re.search(r"No space left|disk quota", said, re.IGNORECASE):
        return CarbonledgerError(
            f"磁盘已满，无法写入账本“{folder}”。已保存的数据没有改动。请清理磁盘空间后再运行一次。",
            f"The disk is full: the ledger '{folder}' cannot be written. What was stored before is "
            "unchanged. Free some space and run again.",
        )
    if re.search(r"Permission denied|Read-only file system|read-only mode|Access is denied", said):
        return CarbonledgerError(
            f"没有权限写入账本“{folder}”（只读的目录或文件）。已保存的数据没有改动。"
            "请取得写入权限，或用 --ledger 指定另一个目录；只查看时请以只读方式打开。",
            f"The ledger '{folder}' may not be written (read-only folder or file). What was stored "
            "before is unchanged. Obtain permission to write, or choose another folder with "
            "--ledger; to look only, open it read-only.",
        )
    return CarbonledgerError(
        f"账本文件“{folder / FILE}”无法使用：它不是账本、已损坏，或由更新版本的程序写成"
        f"（DuckDB：{said}）。文件没有改动。请从备份恢复该文件，或升级 carbonledger，"
        "或用 --ledger 指定另一个目录。",
        f"The ledger file '{folder / FILE}' cannot be used: it is no ledger, is damaged, or was "
        f"written by a newer program (DuckDB: {said}). The file was not changed. Restore it from a "
        "backup, upgrade carbonledger, or choose another folder with --ledger.",
    )


def _held(folder: Path, said: str) -> CarbonledgerError:
    found = re.search(r"PID (\d+)", said)
    number = found[1] if found and found[1] != "0" else ""
    program = re.search(r"([^\\/\s]+) \(PID", said)
    name = f" {program[1]}" if program else ""
    if number and (address := web_address(folder, number)):
        return _held_by_web(folder, number, address)
    owner = (f"进程号 {number}{name}", f"process {number}{name}") if number else ("", "")
    return CarbonledgerError(
        f"账本“{folder}”正被另一个程序使用（{owner[0] or '进程号未知'}）。"
        "请关闭那个窗口后再试，或用 --ledger 指定另一个目录。"
        "如果那个程序是异常中断的，它退出后账本自动可用，不需要任何修复。",
        f"The ledger '{folder}' is in use by another program ({owner[1] or 'process id unknown'}). "
        "Close that window and try again, or choose another folder with --ledger. "
        "If that program crashed, nothing needs repair: the ledger is free as soon as it is gone.",
    )


def _held_by_web(folder: Path, number: str, address: str) -> CarbonledgerError:
    return CarbonledgerError(
        f"账本“{folder}”正被网页服务占用（进程号 {number}，{address}）。请在网页里操作，"
        "或先停止该服务，或用 --ledger 指定另一个目录；只查看时可加 --snapshot，"
        "读取最近一次入账后的只读快照。",
        f"The ledger '{folder}' is held by the web application (process {number}, {address}). "
        "Work in the pages, or stop the application first, or choose another folder with --ledger; "
        "to look only, add --snapshot and read the state after the last stored run.",
    )


def _refuse_missing(folder: Path, *, create: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise CarbonledgerError(
            f"“{folder}”是一个文件，不是账本目录。请用 --ledger 指定一个目录。",
            f"'{folder}' is a file, not a ledger folder. Choose a folder with --ledger.",
        )
    if not create:
        raise CarbonledgerError(
            f"“{folder}”里没有账本（找不到 {FILE}）。请检查 --ledger 的路径，"
            "或先用 carbonledger run 保存一次运行。",
            f"There is no ledger in '{folder}' ({FILE} is missing). Check the path given to "
            "--ledger, or store a run with 'carbonledger run' first.",
        )
    orphans = [folder / f"{FILE}.wal", *(folder / "postings").glob("run=*")]
    if any(path.exists() for path in orphans):
        # A fresh, empty file here would make stored runs look as if they had never been.
        raise CarbonledgerError(
            f"账本目录“{folder}”里有以前保存的运行，但 {FILE} 不见了。没有新建账本，以免丢失记录。"
            f"请从备份恢复 {FILE}，或用 --ledger 指定另一个目录。",
            f"The ledger folder '{folder}' holds runs that were stored before, but {FILE} is gone. "
            f"No new ledger was made, so that no record is lost. Restore {FILE} from a backup, "
            "or choose another folder with --ledger.",
        )


def _create(folder: Path) -> None:
    """Make the file aside and give it its name when it is complete: a kill leaves none or all."""
    path = folder / FILE
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(path):
        if path.exists():  # another process was quicker
            return
        temp = temporary(path)
        try:
            connection = duckdb.connect(str(temp), config=_OFFLINE)
            try:
                connection.execute(_TABLES)
                connection.execute("INSERT INTO meta VALUES (?)", [SCHEMA_VERSION])
            finally:
                connection.close()
        except duckdb.Error as error:
            temp.unlink(missing_ok=True)
            raise refusal(folder, error) from error
        with disk_errors(folder):
            sync_file(temp)
            temp.rename(path)
            sync_folder(folder)


def _check_schema(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    try:
        row = connection.execute("SELECT max(schema_version) FROM meta").fetchone()
    except duckdb.Error:
        row = None
    version = row[0] if row else None
    if not isinstance(version, int):
        raise CarbonledgerError(
            f"“{folder / FILE}”是 DuckDB 数据库，但不是 carbonledger 的账本。文件没有改动。"
            "请用 --ledger 指定另一个目录。",
            f"'{folder / FILE}' is a DuckDB database, but not a ledger of carbonledger. "
            "It was not changed. Choose another folder with --ledger.",
        )
    if version < SCHEMA_VERSION:
        raise CarbonledgerError(
            f"账本“{folder}”的格式版本是 {version}，由正式发布前的旧程序写成，"
            f"本程序只认识版本 {SCHEMA_VERSION}。账本没有改动。"
            "请用 --ledger 指定另一个目录，把清单重新运行一次入账。",
            f"The ledger '{folder}' has format version {version}, of a program before the first "
            f"release; this program knows version {SCHEMA_VERSION} only. It was not changed. "
            "Choose another folder with --ledger and run the inventories again.",
        )
    if version > SCHEMA_VERSION:
        raise CarbonledgerError(
            f"账本“{folder}”的格式版本是 {version}，本程序只认识版本 {SCHEMA_VERSION}。"
            "账本没有改动。请升级 carbonledger，或用 --ledger 指定另一个目录。",
            f"The ledger '{folder}' has format version {version}; this program knows version "
            f"{SCHEMA_VERSION} only. It was not changed. Upgrade carbonledger, or choose another "
            "folder with --ledger.",
        )
