"""The cache of the library: the same answers, never a stale or damaged one."""

import os
import shutil
import time
from datetime import date

import pandas as pd
import pytest

from carbonledger.errors import CarbonledgerError
from carbonledger.library import cache, load
from carbonledger.library.load import library, read_library
from carbonledger.library.profiles import tables_of
from carbonledger.library.tables import frame_of, read_records
from carbonledger.model.records import Account
from carbonledger.paths import factors_dir


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """An empty cache folder."""
    place = tmp_path / "cache" / "library"
    monkeypatch.setattr(cache, "folder", lambda: place)
    return place


@pytest.fixture
def factors(tmp_path):
    """A copy of the library that a test may spoil."""
    return shutil.copytree(factors_dir(), tmp_path / "factors")


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    """A copy of the library that nobody spoils."""
    return shutil.copytree(factors_dir(), tmp_path_factory.mktemp("unchanged") / "factors")


@pytest.fixture(scope="module")
def read(unchanged):
    """What the tables say, read without a cache."""
    return read_library(unchanged)


@pytest.fixture
def checked(monkeypatch):
    """The folders that were checked; the checks themselves have tests of their own."""
    folders = []
    monkeypatch.setattr(load, "_refuse_faults", folders.append)
    return folders


def fresh(folder):
    """As a new process would load it."""
    library.cache_clear()
    try:
        return library(folder)
    finally:
        library.cache_clear()


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def assert_same(one, other):
    for name in one.__dataclass_fields__:
        left, right = getattr(one, name), getattr(other, name)
        pd.testing.assert_frame_equal(left, right)
        assert left.to_csv() == right.to_csv()


def test_what_comes_from_the_cache_is_what_was_read(kept, checked, unchanged, read):
    first = fresh(unchanged)
    again = fresh(unchanged)
    assert checked == [unchanged]  # the second came from the cache
    assert_same(first, again)
    assert_same(first, read)


def test_an_edit_takes_effect_at_once_and_is_checked(kept, checked, factors):
    before = fresh(factors).parameters.set_index("id")["value"]
    edit(factors / "parameters" / "fuels_cn_statistics.csv", "20.908", "21.908")
    after = fresh(factors).parameters.set_index("id")["value"]
    assert (before["cesy/raw_coal/ncv"], after["cesy/raw_coal/ncv"]) == (20.908, 21.908)
    assert len(checked) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "items" / "zz.csv").write_text("item\n"),
        lambda folder: (folder / "sources.csv").rename(folder / "source.csv"),
        lambda folder: edit(folder / "limits" / "fuels.csv", ",", ", "),
        lambda folder: edit(folder / "profiles" / "ceads.toml", '"', ' "'),
        lambda folder: (folder / "details" / "transport.csv").unlink(),
    ],
)
def test_every_table_counts_for_the_digest(factors, change):
    before = cache.digest(factors)
    change(factors)
    assert cache.digest(factors) != before


def test_what_moves_from_one_file_to_another_counts(tmp_path):
    for name, (first, second) in {"a": ("x", "yz"), "b": ("xy", "z")}.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "1.csv").write_text(first)
        (folder / "2.csv").write_text(second)
    assert cache.digest(tmp_path / "a") != cache.digest(tmp_path / "b")


def test_lock_files_of_office_programs_do_not_count(factors):
    before = cache.digest(factors)
    (factors / ".~lock.sources.csv").write_text("x")
    (factors / "~$sources.csv").write_text("x")
    assert cache.digest(factors) == before


def test_the_code_that_reads_counts(factors, monkeypatch):
    before = cache.digest(factors)
    monkeypatch.setattr(cache, "_code", lambda: "other code")
    assert cache.digest(factors) != before


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "parameters.parquet").unlink(),
        lambda folder: (folder / "parameters.parquet").write_bytes(b"PAR1"),
        lambda folder: (folder / "items.parquet").write_bytes(b""),
        lambda folder: flip(folder / "parameters.parquet"),
        lambda folder: shutil.copy(folder / "items.parquet", folder / "details.parquet"),
    ],
)
def test_a_damaged_cache_is_read_anew_and_mended(kept, checked, unchanged, read, damage):
    names = read.__dataclass_fields__
    cache.write(cache.digest(unchanged), {name: getattr(read, name) for name in names})
    (folder,) = kept.iterdir()
    damage(folder)
    assert_same(read, fresh(unchanged))
    assert checked == [unchanged]
    assert_same(read, fresh(unchanged))
    assert checked == [unchanged]  # the second came from the mended cache
    assert len(list(kept.iterdir())) == 1


def test_a_cache_of_another_digest_is_not_trusted(kept, checked, factors):
    fresh(factors)
    (folder,) = kept.iterdir()
    edit(factors / "parameters" / "fuels_cn_statistics.csv", "20.908", "21.908")
    folder.rename(folder.with_name(cache.digest(factors)))
    values = fresh(factors).parameters.set_index("id")["value"]
    assert values["cesy/raw_coal/ncv"] == 21.908


def test_without_a_place_for_the_cache_the_library_loads_all_the_same(
    tmp_path, monkeypatch, checked, factors
):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setattr(cache, "folder", lambda: blocked / "library")
    assert len(fresh(factors).parameters) > 1000
    assert blocked.read_text() == "no folder"


def test_old_caches_are_forgotten(kept, read):
    for number in range(9):
        cache.write(f"digest {number}", {"accounts": read.accounts})
        stamp = 1_000_000 + number  # the clock of a file system may be too coarse to tell them
        os.utime(kept / f"digest {number}", (stamp, stamp))
    left = [f"digest {number}" for number in range(3, 9)]
    assert sorted(path.name for path in kept.iterdir()) == left


def test_a_faulty_library_is_refused_with_the_place_and_not_cached(kept, factors):
    table = factors / "parameters" / "fuels_cn_statistics.csv"
    edit(table, "20.908,GJ/t", "209.08,GJ/t")
    for _ in range(2):
        with pytest.raises(CarbonledgerError) as refusal:
            fresh(factors)
        said = refusal.value.text
        assert "fuels_cn_statistics.csv" in said.zh
        assert "fuels_cn_statistics.csv" in said.en
        assert "209.08" in said.zh
    assert not kept.exists()


def test_of_many_faults_ten_are_named(kept, factors):
    table = factors / "parameters" / "fuels_ipcc2006.csv"
    edit(table, "GJ/t", "GJ/t")
    table.write_text(table.read_text("utf-8").replace(",GJ/t,", ",kJ/t,"), "utf-8")
    with pytest.raises(CarbonledgerError) as refusal:
        fresh(factors)
    lines = refusal.value.text.en.splitlines()
    assert len(lines) == 12
    assert all(".csv" in line for line in lines[1:11])
    assert "more" in lines[11]


def test_words_of_a_frame_are_plain_texts_with_or_without_the_cache():
    frame = frame_of(read_records(factors_dir() / "accounts.csv", Account), Account)
    assert {type(value) for value in frame["book"]} == {str}


@pytest.fixture
def aged(monkeypatch):
    """A clock by which every file was touched long ago."""
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 10**12)


@pytest.fixture
def digested(monkeypatch):
    """The folders whose files were read for a digest."""
    folders, digest = [], cache.digest

    def told(folder):
        folders.append(folder)
        return digest(folder)

    monkeypatch.setattr(cache, "digest", told)
    return folders


@pytest.mark.usefixtures("kept", "checked")
def test_an_edit_behind_a_linked_folder_takes_effect(tmp_path, factors):
    elsewhere = shutil.move(factors / "parameters", tmp_path / "parameters")
    (factors / "parameters").symlink_to(elsewhere)
    fresh(factors)
    edit(elsewhere / "fuels_cn_statistics.csv", "20.908", "21.908")
    values = fresh(factors).parameters.set_index("id")["value"]
    assert values["cesy/raw_coal/ncv"] == 21.908


@pytest.mark.usefixtures("kept", "checked")
def test_the_lock_of_an_editor_that_leads_nowhere_is_passed_over(factors, read):
    for folder in (factors, factors / "parameters"):
        (folder / ".#fuels_cn_statistics.csv").symlink_to("someone@elsewhere.4711")
    assert_same(read, fresh(factors))
    assert_same(read, fresh(factors))


@pytest.mark.usefixtures("kept", "checked", "aged")
def test_files_that_nobody_touched_are_not_digested_again(factors, read, digested):
    for _ in range(2):
        fresh(factors)
    before = len(digested)
    assert_same(read, fresh(factors))
    assert len(digested) == before


@pytest.mark.usefixtures("kept", "checked", "aged")
@pytest.mark.parametrize("name", ["parameters/fuels_cn_statistics.csv", "profiles/ceads.toml"])
def test_an_edit_that_keeps_size_and_time_is_digested(factors, digested, name):
    for _ in range(3):
        fresh(factors)
    before, path = len(digested), factors / name
    times = path.stat()
    content = path.read_bytes()
    path.write_bytes(content.replace(b"1", b"2", 1))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_size == times.st_size
    assert cache.known(cache.sight(factors)) is None
    fresh(factors)
    assert len(digested) > before


@pytest.mark.usefixtures("kept", "checked")
def test_files_touched_a_moment_ago_are_digested(factors, digested):
    for _ in range(3):
        fresh(factors)
    assert cache.known(cache.sight(factors)) is None
    assert len(digested) >= 3


@pytest.mark.usefixtures("kept", "checked", "aged")
def test_files_that_come_and_go_are_digested(factors):
    for _ in range(2):
        fresh(factors)
    assert cache.known(cache.sight(factors)) == cache.digest(factors)
    (factors / "items" / "zz.csv").write_text("item\n")
    assert cache.known(cache.sight(factors)) is None
    (factors / "items" / "zz.csv").unlink()
    assert cache.known(cache.sight(factors)) == cache.digest(factors)


TOML = """families = ["ipcc-2006"]
[gwp]
CO2 = 1
CH4 = 27.9
"""
SAID = {"families": ["ipcc-2006"], "gwp": {"CO2": 1, "CH4": 27.9}}


def read_twice(text):
    """What two processes read of a text."""
    found = []
    for _ in range(2):
        tables_of.cache_clear()
        found.append(tables_of(text))
    tables_of.cache_clear()
    return found


def test_what_a_text_says_is_kept_under_the_text(kept, monkeypatch):
    assert read_twice(TOML) == [SAID, SAID]
    monkeypatch.setattr("tomllib.loads", None)
    assert read_twice(TOML) == [SAID, SAID]
    with pytest.raises(TypeError):
        read_twice(TOML.replace("27.9", "28"))
    assert len(list((kept.parent / "plain").iterdir())) == 1


@pytest.mark.parametrize("damage", [flip, lambda path: path.write_bytes(b"")])
def test_damaged_plain_data_are_read_anew(kept, damage):
    tables_of.cache_clear()
    tables_of(TOML)
    (path,) = (kept.parent / "plain").iterdir()
    damage(path)
    assert read_twice(TOML) == [SAID, SAID]


@pytest.mark.usefixtures("kept")
def test_what_json_does_not_have_is_read_each_time():
    text = "since = 2011-01-01"
    assert read_twice(text) == [{"since": date(2011, 1, 1)}] * 2
