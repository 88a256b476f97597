"""The digest of the code is kept until a file changes, and a damaged note of it does not count."""

import hashlib
import os

import pytest

from carbonledger.engine.identity import _of_files
from carbonledger.library import cache

FORMULA, UNITS = b"a = 1\n", b"t,mass\n"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The empty folder of what is kept, for files that are a moment old."""
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "cache" / "library")
    monkeypatch.setattr(cache, "_SETTLED", 0)
    return tmp_path / "cache" / "plain"


@pytest.fixture
def paths(tmp_path):
    """Two files of code."""
    found = [tmp_path / "formula.py", tmp_path / "units.csv"]
    for path, content in zip(found, (FORMULA, UNITS), strict=True):
        path.write_bytes(content)
    return [str(path) for path in found]


def expected(*contents):
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def test_digest_is_that_of_the_contents_whether_kept_or_not(paths, kept):
    assert _of_files(paths) == expected(FORMULA, UNITS)
    (note,) = kept.iterdir()
    assert expected(FORMULA, UNITS) in note.read_text()
    assert _of_files(paths) == expected(FORMULA, UNITS)


@pytest.mark.usefixtures("kept")
def test_an_edit_that_keeps_size_and_time_is_seen(paths, tmp_path):
    _of_files(paths)
    before = (tmp_path / "formula.py").stat()
    (tmp_path / "formula.py").write_bytes(b"a = 2\n")
    os.utime(paths[0], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert _of_files(paths) == expected(b"a = 2\n", UNITS)


def test_nothing_is_kept_of_files_touched_a_moment_ago(paths, kept, monkeypatch):
    monkeypatch.setattr(cache, "_SETTLED", 10**15)
    assert _of_files(paths) == expected(FORMULA, UNITS)
    assert not kept.exists()


@pytest.mark.usefixtures("kept")
def test_line_endings_do_not_count(paths, tmp_path):
    (tmp_path / "formula.py").write_bytes(b"a = 1\r\n")
    assert _of_files(paths) == expected(FORMULA, UNITS)


def test_damaged_note_is_passed_over(paths, kept):
    digest = _of_files(paths)
    (note,) = kept.iterdir()
    for damaged in (note.read_text().replace(digest, "0" * 64), "", "x y", "\0"):
        note.write_text(damaged)
        assert _of_files(paths) == digest


def test_folder_that_cannot_be_written_is_no_obstacle(paths, kept):
    kept.parent.write_text("a file where the folder should be")
    assert _of_files(paths) == expected(FORMULA, UNITS)
