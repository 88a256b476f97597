"""Other processes, and what cannot be opened: refused in words that say whose it is."""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import ledger_sample as sample
import pytest
from file_cases import as_ordinary_user
from ledger_sample import identity, make_run, originals, posix

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.ledger import Ledger

folder, run = sample.folder, sample.run


OTHER = """
import sys
from pathlib import Path
from carbonledger.errors import CarbonledgerError
from carbonledger.ledger import Ledger
try:
    Ledger.open(Path(sys.argv[1]), read_only=sys.argv[2] == "read").close()
    print("opened")
except CarbonledgerError as error:
    print(error.text.zh)
    print(error.text.en)
"""


def other_process(folder: Path, mode: str = "write") -> str:
    done = subprocess.run(
        [sys.executable, "-c", OTHER, str(folder), mode],
        capture_output=True, text=True, check=True, encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def test_a_second_process_is_told_who_holds_the_ledger(folder: Path, run: Results) -> None:
    with Ledger.open(folder) as ledger:
        ledger.store(run, originals(run))
        for mode in ("write", "read"):
            zh, en = other_process(folder, mode).splitlines()
            for text in (zh, en):
                assert str(os.getpid()) in text
                assert str(folder) in text
                assert "--ledger" in text
            assert "请关闭那个窗口" in zh
            assert "Close that window" in en
        # Neither reading everything nor a second ledger of our own lets go of the lock.
        assert ledger.verify() == []
        Ledger.open(folder).close()
        assert str(os.getpid()) in other_process(folder)
        with pytest.raises(CarbonledgerError, match="open in this program in another way"):
            Ledger.open(folder, read_only=True)
    assert other_process(folder) == "opened\n"


def test_readers_do_not_disturb_each_other(folder: Path, run: Results) -> None:
    with Ledger.open(folder) as ledger:
        ledger.store(run, originals(run))
    with Ledger.open(folder, read_only=True) as ledger:
        assert other_process(folder, "read") == "opened\n"
        with pytest.raises(CarbonledgerError, match="opened read-only"):
            ledger.store(run, [])


def test_a_closed_ledger_lets_go_of_everything(folder: Path, run: Results) -> None:
    ledger = Ledger.open(folder)
    ledger.store(run, originals(run))
    relation = ledger.postings()
    thread = threading.Thread(target=ledger.postings)
    thread.start()
    thread.join()
    ledger.close()
    ledger.close()
    assert other_process(folder) == "opened\n"
    with pytest.raises(CarbonledgerError, match="has been closed"):
        ledger.runs()
    with pytest.raises(duckdb.Error):
        relation.fetchall()


RIVAL = """
import sys, time
from pathlib import Path
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.ledger import Ledger
results = Results.read(Path(sys.argv[2]))
while time.time() < float(sys.argv[3]):
    pass
for _ in range(400):
    try:
        with Ledger.open(Path(sys.argv[1])) as ledger:
            ledger.store(results, [])
            break
    except CarbonledgerError as error:
        assert "--ledger" in error.text.en or "Another carbonledger" in error.text.en, error
        time.sleep(0.01)
"""


def test_processes_that_make_the_ledger_at_once_lose_nothing(tmp_path: Path) -> None:
    start = str(time.time() + 0.6)
    rivals = []
    for number in range(4):
        run = make_run(tmp_path / str(number), number)
        arguments = [str(tmp_path / "台账"), str(run.folder), start]
        rivals.append(subprocess.Popen([sys.executable, "-c", RIVAL, *arguments]))
    assert [rival.wait() for rival in rivals] == [0, 0, 0, 0]
    with Ledger.open(tmp_path / "台账") as ledger:
        assert ledger.verify() == []
        assert set(ledger.runs()["identity"]) == {identity(number) for number in range(4)}


# --- what cannot be opened -------------------------------------------------------------------


def test_a_missing_ledger_is_made_only_when_wanted(tmp_path: Path) -> None:
    for options in ({"create": False}, {"read_only": True}):
        with pytest.raises(CarbonledgerError, match=r"没有账本.*no ledger"):
            Ledger.open(tmp_path / "无", **options)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(CarbonledgerError, match="is a file"):
        Ledger.open(tmp_path / "file")


def sqlite_file(path: Path) -> None:
    import sqlite3

    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE runs (x)")


def truncated(path: Path) -> None:
    Ledger.open(path.parent).close()
    path.write_bytes(path.read_bytes()[:-5000])


def foreign_database(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE runs (x INTEGER)")


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.write_bytes(b""), lambda path: path.write_text("很多文字" * 5000, "utf-8"),
     sqlite_file, truncated, foreign_database],
)  # fmt: skip
def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path, spoil: object) -> None:
    path = tmp_path / "ledger.duckdb"
    assert callable(spoil)
    spoil(path)
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(CarbonledgerError, match=r"没有改动.*--ledger") as refused:
            Ledger.open(tmp_path, read_only=read_only)
        assert str(path) in refused.value.text.zh
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("version", "said"), [(3, r"格式版本是 3.*Upgrade carbonledger"), (1, r"版本是 1.*before the")]
)
def test_another_schema_is_refused(folder: Path, version: int, said: str) -> None:
    Ledger.open(folder).close()
    with duckdb.connect(str(folder / "ledger.duckdb")) as connection:
        connection.execute("UPDATE meta SET schema_version = ?", [version])
    with pytest.raises(CarbonledgerError, match=said):
        Ledger.open(folder)


@posix
def test_a_read_only_folder_can_be_read_and_refuses_the_rest(run: Results) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        folder = top / "台账"
        with Ledger.open(folder) as ledger:
            ledger.store(run, originals(run))
        paths = [top, *top.rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        with as_ordinary_user():
            with pytest.raises(CarbonledgerError, match=r"没有权限.*read-only"):
                Ledger.open(folder)
            with pytest.raises(CarbonledgerError, match=r"没有权限.*read-only"):
                Ledger.open(top / "new")
            with Ledger.open(folder, read_only=True) as ledger:
                assert ledger.verify() == []
                assert len(ledger.results("latest").postings) == 3
        for path in paths:
            path.chmod(0o755)
