"""The digest of the code is kept until a file changes, and a damaged note of it does not count."""

import hashlib
import os
from pathlib import Path

from carbonledger.engine.identity import _of_files

FORMULA, UNITS = b"a = 1\n", b"t,mass\n"


def files(folder):
    paths = [folder / "formula.py", folder / "units.csv"]
    for path, content in zip(paths, (FORMULA, UNITS), strict=True):
        path.write_bytes(content)
    return [str(path) for path in paths]


def expected(*contents):
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def test_digest_is_that_of_the_contents_whether_kept_or_not(tmp_path):
    paths, kept = files(tmp_path), tmp_path / "cache" / "code"
    assert _of_files(paths, kept) == expected(FORMULA, UNITS)
    assert kept.is_file()
    assert _of_files(paths, kept) == expected(FORMULA, UNITS)


def test_kept_digest_serves_as_long_as_sizes_and_times_stay(tmp_path, monkeypatch):
    paths, kept = files(tmp_path), tmp_path / "code"
    _of_files(paths, kept)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", None)
        assert _of_files(paths, kept) == expected(FORMULA, UNITS)


def test_edit_whose_time_is_set_back_is_seen(tmp_path):
    paths, kept = files(tmp_path), tmp_path / "code"
    _of_files(paths, kept)
    before = (tmp_path / "units.csv").stat()
    (tmp_path / "units.csv").write_bytes(UNITS.upper())
    os.utime(paths[1], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert _of_files(paths, kept) == expected(FORMULA, UNITS.upper())


def test_line_endings_do_not_count(tmp_path):
    paths = files(tmp_path)
    (tmp_path / "formula.py").write_bytes(b"a = 1\r\n")
    assert _of_files(paths, tmp_path / "code") == expected(FORMULA, UNITS)


def test_damaged_note_is_passed_over(tmp_path):
    paths, kept = files(tmp_path), tmp_path / "code"
    digest = _of_files(paths, kept)
    for damaged in (kept.read_text().replace(digest, "0" * 64), "", "x y", "\0"):
        kept.write_text(damaged)
        assert _of_files(paths, kept) == digest


def test_folder_that_cannot_be_written_is_no_obstacle(tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    assert _of_files(files(tmp_path), blocked / "code") == expected(FORMULA, UNITS)
