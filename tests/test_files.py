"""Result folders appear completely or not at all."""

import contextlib
import errno
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from file_cases import as_ordinary_user

from carbonledger import files
from carbonledger.errors import CarbonledgerError
from carbonledger.files import (
    copy_file,
    locked,
    remove_leftovers,
    sha256_file,
    temporary,
    write_folder,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and permissions")


def fill(folder: Path, text: str = "一") -> None:
    (folder / "run.json").write_text("{}", "utf-8")
    (folder / "totals.csv").write_text(text, "utf-8")


def write(
    target: Path,
    text: str,
    known: set[str] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """One result folder; ``meanwhile`` happens while the block is still writing."""
    with write_folder(target, known) as temp:
        fill(temp, text)
        meanwhile()


def fail(error: BaseException) -> None:
    raise error


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "我的 结果[1]" / "out"


def test_a_new_folder_and_its_parents_are_made(target: Path) -> None:
    with write_folder(target) as temp:
        fill(temp)
        assert not target.exists()
    assert content(target) == {"run.json": "{}", "totals.csv": "一"}
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_a_former_result_is_replaced_as_a_whole(target: Path) -> None:
    with write_folder(target) as temp:
        fill(temp, "old")
        (temp / "summary.xlsx").write_text("stale")
    with write_folder(target) as temp:
        fill(temp, "new")
        assert content(target)["totals.csv"] == "old"
    assert content(target) == {"run.json": "{}", "totals.csv": "new"}
    assert [path.name for path in target.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("failure", [ValueError("x"), KeyboardInterrupt()])
def test_a_failing_block_leaves_the_former_result(target: Path, failure: BaseException) -> None:
    write(target, "old")
    with pytest.raises(type(failure)):
        write(target, "new", meanwhile=lambda: fail(failure))
    assert content(target)["totals.csv"] == "old"
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_an_empty_folder_is_taken(target: Path) -> None:
    target.mkdir(parents=True)
    (target / "Thumbs.db").write_text("a desktop's own")
    with write_folder(target) as temp:
        fill(temp)
    assert content(target)["totals.csv"] == "一"


def test_a_folder_of_other_things_is_refused_and_kept(target: Path) -> None:
    target.mkdir(parents=True)
    (target / "年报.docx").write_text("mine")
    with pytest.raises(CarbonledgerError, match=r"不会被覆盖.*not overwritten"):
        write(target, "new", meanwhile=lambda: pytest.fail("the block must not run"))
    assert content(target) == {"年报.docx": "mine"}


def test_a_file_is_refused_and_kept(target: Path) -> None:
    target.parent.mkdir()
    target.write_text("mine")
    with pytest.raises(CarbonledgerError, match=r"是一个文件.*is a file"):
        write(target, "new")
    assert target.read_text() == "mine"


def test_what_the_user_put_beside_the_results_is_not_deleted(target: Path) -> None:
    known = {"run.json", "totals.csv"}
    write(target, "old", known)
    (target / "批注.docx").write_text("mine")
    with pytest.raises(CarbonledgerError, match=r"批注\.docx"):
        write(target, "new", known, lambda: pytest.fail("the block must not run"))
    (target / "批注.docx").unlink()
    with pytest.raises(CarbonledgerError, match=r"批注\.docx"):
        write(target, "new", known, lambda: (target / "批注.docx").write_text("mine"))
    assert content(target)["批注.docx"] == "mine"
    assert content(target)["totals.csv"] == "old"


def test_a_second_writer_is_refused_while_the_first_writes(target: Path) -> None:
    with write_folder(target) as temp:
        fill(temp, "first")
        with pytest.raises(CarbonledgerError, match=r"正在写.*at this moment"):
            write(target, "second")
    assert content(target)["totals.csv"] == "first"
    write(target, "second")
    assert content(target)["totals.csv"] == "second"


def test_a_lock_file_that_its_owner_deletes_does_not_admit_two(tmp_path: Path) -> None:
    path = tmp_path / ".out.lock"
    assert files._lock(path) is not None
    path.unlink()
    # A fresh file now, as the held one has no name any more; and nobody gets that one either.
    with locked(tmp_path / "out"), pytest.raises(CarbonledgerError):
        files._lock(path)
    assert not path.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from carbonledger import files
wanted, target = int(sys.argv[1]), Path(sys.argv[2])
calls = 0
def deadly(function):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call
for name in ("fsync", "mkdir", "rename", "unlink", "rmdir"):
    setattr(os, name, deadly(getattr(os, name)))
with files.write_folder(target) as temp:
    (temp / "run.json").write_text("{}", "utf-8")
    (temp / "totals.csv").write_text("new", "utf-8")
"""


@posix
def test_killed_at_every_step_it_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    target = tmp_path / "结果" / "out"
    seen = []
    for step in range(1, 40):
        write(target, "old")
        done = subprocess.run([sys.executable, "-c", KILLED, str(step), str(target)], check=False)
        old_only = not target.exists()  # between the two renames: the next writer brings it back
        if not old_only:
            seen.append(content(target)["totals.csv"])
            assert len(content(target)) == 2
        with contextlib.suppress(InterruptedError):
            write(target, "never", meanwhile=lambda: fail(InterruptedError()))
        assert content(target)["totals.csv"] in {"old", "new"}
        assert [path.name for path in target.parent.iterdir()] == ["out"]
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    else:
        pytest.fail("the child never came to its end")
    assert step > 8
    assert {"old", "new"} == set(seen)


@pytest.mark.parametrize("name", ["fsync", "rename", "mkdir"])
def test_a_full_disk_is_told_and_changes_nothing(
    target: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(target, "old")

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, name, full)
        with pytest.raises(CarbonledgerError, match="磁盘已满"):
            write(target, "new")
    assert content(target)["totals.csv"] == "old"
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_a_full_disk_in_the_block_is_told_other_errors_pass(target: Path) -> None:
    with pytest.raises(CarbonledgerError, match="disk is full"):
        write(target, "new", meanwhile=lambda: fail(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(FileNotFoundError):
        write(target, "new", meanwhile=lambda: fail(FileNotFoundError("an input")))


def test_a_swap_that_fails_half_way_is_undone(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(target, "old")
    rename, calls = os.rename, []

    def second_fails(source: Path, to: Path) -> None:
        calls.append(to)
        if len(calls) == 2:
            raise PermissionError(errno.EACCES, "in use", str(source))
        rename(source, to)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", second_fails)
        with pytest.raises(CarbonledgerError, match=r"Excel、WPS"):
            write(target, "new")
    assert content(target)["totals.csv"] == "old"
    assert [path.name for path in target.parent.iterdir()] == ["out"]


@posix
def test_a_read_only_folder_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        with as_ordinary_user(), pytest.raises(CarbonledgerError, match=r"没有权限.*read-only"):
            write(folder / "out", "new")
        assert list(folder.iterdir()) == []
        folder.chmod(0o755)


def test_leftovers_are_ours_only(tmp_path: Path) -> None:
    ours = [temporary(tmp_path / "out"), tmp_path / ".out.lock", tmp_path / ".out.0a1b2c3d.old"]
    others = [tmp_path / ".git", tmp_path / ".out.tmp", tmp_path / "out.0a1b2c3d.tmp",
              temporary(tmp_path / "other")]  # fmt: skip
    for path in [*ours, *others]:
        path.mkdir()
        (path / "x").write_text("x")
    remove_leftovers(tmp_path, "out")
    assert set(tmp_path.iterdir()) == set(others)
    remove_leftovers(tmp_path / "nowhere")


def test_digests_are_those_of_the_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 9000  # more than one chunk
    (tmp_path / "a").write_bytes(data)
    expected = hashlib.sha256(data).hexdigest()
    assert sha256_file(tmp_path / "a") == expected
    assert copy_file(tmp_path / "a", tmp_path / "b") == (expected, len(data))
    assert (tmp_path / "b").read_bytes() == data
