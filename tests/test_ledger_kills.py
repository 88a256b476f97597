"""A full disk, a failing database, kill -9: what was committed stays, nothing is half."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import ledger_sample as sample
import pytest
from ledger_sample import make_run, originals, posix, tree

from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.errors import CarbonledgerError
from carbonledger.ledger import Ledger, database

folder, run, ledger = sample.folder, sample.run, sample.ledger


def failing(function: object, at: int, code: int) -> object:
    """The function, whose call number ``at`` fails."""
    assert callable(function)
    calls = []

    def call(*args: object, **kwargs: object) -> object:
        calls.append(args)
        if len(calls) == at:
            raise OSError(code, os.strerror(code))
        return function(*args, **kwargs)

    return call


REVISED: dict[str, Any] = {"number": 2, "title": "更正", "text": "另一版"}


@pytest.mark.parametrize("new", [{"number": 1}, REVISED])
@pytest.mark.parametrize(
    ("name", "at"),
    [("fsync", 1), ("fsync", 2), ("fsync", 5), ("fsync", 12), ("rename", 1), ("replace", 1),
     ("mkdir", 1), ("mkdir", 3)],
)  # fmt: skip
def test_a_disk_that_fills_up_leaves_the_former_state(
    ledger: Ledger, tmp_path: Path, new: dict[str, Any], name: str, at: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = make_run(tmp_path / "first", 2)
    ledger.store(first, originals(first))
    before = tree(ledger.folder)
    run = make_run(tmp_path / "new", **new)
    with monkeypatch.context() as patch:
        patch.setattr(os, name, failing(getattr(os, name), at, errno.ENOSPC))
        with pytest.raises(CarbonledgerError, match=r"磁盘已满.*disk is full"):
            ledger.store(run, originals(run))
    assert tree(ledger.folder) == before
    assert ledger.results("latest").info == first.info
    assert ledger.verify() == []
    assert ledger.store(run, originals(run)) is True  # with space again
    assert ledger.verify() == []


@pytest.mark.parametrize("new", [{"number": 1}, REVISED])
def test_a_database_that_fails_at_the_commit_leaves_the_former_state(
    folder: Path, tmp_path: Path, new: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, run = make_run(tmp_path / "first", 2), make_run(tmp_path / "new", **new)
    full = duckdb.IOException('IO Error: Could not write file "x": No space left on device')
    with Ledger.open(folder) as ledger:
        ledger.store(first, originals(first))
        before = tree(folder)
        with monkeypatch.context() as patch:
            patch.setattr(
                "carbonledger.ledger.rows.insert_revision", lambda *_: (_ for _ in ()).throw(full)
            )
            with pytest.raises(CarbonledgerError, match=r"磁盘已满.*disk is full"):
                ledger.store(run, originals(run))
        assert len(ledger.revisions()) == len(ledger.runs()) == 1
        assert ledger.verify() == []
    with Ledger.open(folder) as ledger:
        assert tree(folder) == before
        assert list(ledger.audit()["action"]) == ["store", "sweep"]
        assert ledger.store(run, originals(run)) is True


def test_a_database_that_cannot_be_made_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(database, "_TABLES", "CREATE TABLE broken (")
        with pytest.raises(CarbonledgerError, match="cannot be used"):
            Ledger.open(folder)
    assert list(folder.iterdir()) == []


# --- kill -9 ---------------------------------------------------------------------------------

# A process that has loaded everything and forks a child for each request; its children are killed.
NURSERY = """
import json, os, signal, sys
import pandas, pyarrow.dataset, pyarrow.parquet  # which the ledger loads late
from pathlib import Path
from carbonledger.engine.results import Results
from carbonledger.files import sha256_file
from carbonledger.ledger import Ledger, database, store

step = 0

def work(folder, runs, first, deadly_step):
    def tick():
        global step
        step += 1
        if step == deadly_step:
            os.kill(os.getpid(), signal.SIGKILL)
    def deadly(function):
        def call(*args, **kwargs):
            tick()
            return function(*args, **kwargs)
        return call
    if deadly_step:
        for name in ("fsync", "link", "mkdir", "rename", "replace", "unlink", "rmdir"):
            setattr(os, name, deadly(getattr(os, name)))
        log, connect = store.rows.log, database.duckdb.connect
        for name in ("insert_run", "insert_files", "insert_revision"):  # in the transaction
            setattr(store.rows, name, deadly(getattr(store.rows, name)))
        def logged(*args):
            log(*args)
            tick()  # all rows are in, not committed
        store.rows.log = logged
        def connected(*args, **kwargs):
            connection = connect(*args, **kwargs)
            tick()  # DuckDB has made its file, and nothing is in it
            return connection
        database.duckdb.connect = connected
    with Ledger.open(Path(folder)) as ledger:
        if not deadly_step:  # checkpoints come often, so that kills hit them, too
            ledger._cursor().execute("SET checkpoint_threshold = '64KB'")
        for path in sorted(Path(runs).iterdir())[first:]:
            results = Results.read(path)
            original = path / "input.csv"
            ledger.store(results, [("input.csv", original, sha256_file(original))])
            print("committed", results.info["title"], flush=True)
            tick()
    print("done", flush=True)

for line in sys.stdin:
    child = os.fork()
    if not child:
        print("ready", os.getpid(), flush=True)
        try:
            work(*json.loads(line))
        finally:
            sys.stdout.flush()
            os._exit(0)
    print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def nursery() -> "Iterator[subprocess.Popen[str]]":
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", NURSERY], **pipes) as process:
        yield process
        process.kill()


class Child:
    """A forked process that stores the runs of a folder from number ``first`` on."""

    def __init__(
        self, nursery: "subprocess.Popen[str]", folder: Path, runs: Path, first: int, step: int = 0
    ) -> None:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        self._out = nursery.stdout
        nursery.stdin.write(json.dumps([str(folder), str(runs), first, step]) + "\n")
        nursery.stdin.flush()
        word, number = self.line().split()
        assert word == "ready"
        self.pid = int(number)

    def line(self) -> str:
        return self._out.readline().rstrip("\n")

    def end(self) -> tuple[list[str], int]:
        """What else it says, and how it ends."""
        lines = []
        while not (line := self.line()).startswith("ended"):
            lines.append(line)
        return lines, int(line.split()[1])


def check_after_kill(folder: Path, titles: list[str], submitted: list[Results]) -> None:
    """The ledger holds all that was committed, at most one submission more, and nothing half.

    ``titles`` are those of what was committed, and become those of what is there.
    """
    with Ledger.open(folder) as ledger:
        assert ledger.verify() == []
        revisions = ledger.revisions()
        stored = list(revisions["title_zh"])
        assert stored[: len(titles)] == titles
        assert len(stored) <= len(titles) + 1
        latest = {r.info["identity"]: r for r in submitted[: len(stored)]}
        runs = ledger.runs().set_index("identity")
        assert dict(runs["title_zh"]) == {name: r.info["title"] for name, r in latest.items()}
        counts = dict(ledger.postings().aggregate("identity, count(*)").fetchall())
        assert counts == {name: r.info["postings"] for name, r in latest.items()}
        for name in list(latest)[-3:]:
            assert ledger.results(name).info == latest[name].info
        places = set(revisions["place"])
        assert len(tree(folder)) == len(places) * len(RESULT_FILES) + len(
            list((folder / "originals").glob("*/*"))
        )
        assert not [path for path in folder.rglob("*") if path.name.startswith(".")]
        titles[:] = stored


@posix
def test_killed_at_random_times_it_keeps_what_was_committed(
    tmp_path: Path, nursery: "subprocess.Popen[str]"
) -> None:
    folder, runs = tmp_path / "台账 1", tmp_path / "runs"
    chance = random.Random(20121231)
    submitted: list[Results] = []
    run: dict[str, Any] = {}
    for index in range(400):
        place, kind = runs / f"{index:03}", index % 5
        if kind in {0, 1, 4}:
            rows = chance.choice([1, 3, 3, 3, 20_000 if index % 40 == 0 else 5])
            run = {"number": index, "rows": rows, "title": f"{index}"}
        former = run
        if kind == 2:  # the run before with other decisions and another file, and then as it was
            former = run | {"title": f"{index}", "problems": f"C,{index}\n", "text": f"{index}"}
        submitted.append(make_run(place, **former))
    titles: list[str] = []
    for _ in range(18):
        child = Child(nursery, folder, runs, len(titles))
        # However slow the machine is: after some commits, and a moment that hits any step.
        lines = [child.line() for _ in range(chance.randint(0, 6))]
        time.sleep(chance.uniform(0.0, 0.05))
        os.kill(child.pid, signal.SIGKILL)
        more, code = child.end()
        assert code == -signal.SIGKILL
        lines += more
        titles += [line.split()[1] for line in lines if line.startswith("committed")]
        check_after_kill(folder, titles, submitted)
    assert len(titles) > 18


@posix
@pytest.mark.parametrize(("before", "steps"), [(0, 30), (1, 20), (2, 3)])
def test_killed_at_every_step_of_making_and_storing(
    tmp_path: Path, nursery: "subprocess.Popen[str]", before: int, steps: int
) -> None:
    """Of making the ledger and storing a run; of a revision; of going back to the former one."""
    runs = tmp_path / "runs"
    changed = {"title": "b", "problems": "C,answered\n", "text": "另一版"}
    made: list[dict[str, Any]] = [{"title": "a"}, changed, {"title": "a"}][: before + 1]
    submitted = [make_run(runs / f"{index}", 1, **info) for index, info in enumerate(made)]
    if before:
        with Ledger.open(tmp_path / "base") as ledger:
            for results in submitted[:before]:
                assert ledger.store(results, [("input.csv", *originals(results)[0][1:])])
    for step in range(1, 120):
        folder = tmp_path / f"台账 {step}"
        if before:
            shutil.copytree(tmp_path / "base", folder)
        lines, code = Child(nursery, folder, runs, before, step).end()
        titles = [results.info["title"] for results in submitted[:before]]
        titles += [line.split()[1] for line in lines if line.startswith("committed")]
        check_after_kill(folder, titles, submitted)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("the child never came to its end")
    assert lines[-1] == "done"
    assert step > steps
