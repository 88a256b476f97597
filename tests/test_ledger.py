"""The ledger keeps what was committed, whatever happens, and says clearly what it refuses."""

import contextlib
import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.errors import CarbonledgerError
from carbonledger.files import sha256_file
from carbonledger.ledger import Ledger, database

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and permissions")


def identity(number: int) -> str:
    return hashlib.sha256(f"run {number}".encode()).hexdigest()


def postings_table(number: int, rows: int) -> pa.Table:
    """Postings whose amounts are known: row i of run n holds n + i / 7 tonnes."""
    text = {"book": "inventory", "region": "350000", "account": "1.A.2", "item": "diesel",
            "detail": "", "measure": "CO2", "unit": "t CO2", "notation": None,
            "method": "energy.combustion.co2", "selection": "s1", "flags": ""}  # fmt: skip
    columns = {name: pa.array([value] * rows, pa.string()) for name, value in text.items()}
    amounts = [number + i / 7 for i in range(rows)]
    return pa.table(
        columns
        | {
            "period": pa.array([2012] * rows, pa.int64()),
            "amount": amounts,
            "co2e": pa.array([None if i % 3 == 2 else a for i, a in enumerate(amounts)]),
            "source": [f"balance.csv!H{i}" for i in range(rows)],
            "entry": pa.array(range(1, rows + 1), pa.int64()),
        }
    )


def make_run(folder: Path, number: int, rows: int = 3, **info: object) -> Results:
    """A result folder as the engine writes it, and ``input.csv`` beside its files."""
    folder.mkdir(parents=True)
    pq.write_table(postings_table(number, rows), folder / "postings.parquet")
    names = ["selection", "argument", "unit", "parameter", "fallback", "status", "source"]
    selections = {name: ["s1", "s1"] for name in [*names, "locator"]} | {"value": [1.5, None]}
    pq.write_table(pa.table(selections), folder / "selections.parquet")
    pq.write_table(pa.table({"entry": range(1, rows + 1)}), folder / "entries.parquet")
    (folder / "totals.csv").write_text("book,region\n", "utf-8")
    (folder / "problems.csv").write_text("grade,code\n", "utf-8")
    known = {"identity": identity(number), "inventory": "fujian-2012", "gwp": "AR5",
             "title": {"zh": "福建", "en": "Fujian"}, "region": "350000", "periods": [2012],
             "profile": "ipcc-2006", "code": "0.1.0", "entries": rows, "postings": rows,
             "started": "2026-11-20T08:00:00Z", "seconds": {"plan": 0.2, "total": 0.5},
             "news": ["unknown"]}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(known | info), "utf-8")
    (folder / "input.csv").write_text(f"第 {number // 2} 版\n", "utf-8")
    return Results.read(folder)


def originals(results: Results) -> list[tuple[str, Path, str]]:
    path = results.folder / "input.csv"
    return [("能源 平衡表.csv", path, sha256_file(path))]


def tree(folder: Path) -> list[str]:
    """All files but the database, whose bytes may move."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if not path.startswith("ledger.duckdb"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A path that DuckDB would read as a pattern, and as a partition of a column."""
    return tmp_path / "book=我的 台账[1]"


@pytest.fixture
def run(tmp_path: Path) -> Results:
    return make_run(tmp_path / "out 结果", 1)


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    with Ledger.open(folder) as opened:
        yield opened


def test_a_stored_run_comes_back_as_it_was(folder: Path, run: Results) -> None:
    with Ledger.open(folder) as ledger:
        assert ledger.store(run, originals(run)) is True
        assert ledger.verify() == []
    with Ledger.open(folder, read_only=True) as ledger:
        assert ledger.verify() == []
        row = ledger.runs().iloc[0]
        for wanted in (identity(1), identity(1)[:6], identity(1)[:6].upper(), "latest"):
            back = ledger.results(wanted)
            for name in RESULT_FILES:
                assert (back.folder / name).read_bytes() == (run.folder / name).read_bytes()
    expected = {"identity": identity(1), "inventory": "fujian-2012", "revision": 1,
                "title_zh": "福建", "title_en": "Fujian", "region": "350000", "periods": "[2012]",
                "profile": "ipcc-2006", "gwp": "AR5", "code": "0.1.0", "entries": 3,
                "postings": 3, "seconds": 0.5}  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    digest = sha256_file(run.folder / "input.csv")
    assert (folder / "originals" / digest[:2] / digest).read_text("utf-8") == "第 0 版\n"
    assert len(tree(folder)) == len(RESULT_FILES) + 1


def test_the_same_run_is_stored_once(ledger: Ledger, run: Results, tmp_path: Path) -> None:
    other = make_run(tmp_path / "other", 2)
    assert ledger.store(run, originals(run)) is True
    assert ledger.store(other, originals(other)) is True
    before = tree(ledger.folder)
    again = make_run(tmp_path / "again", 1, seconds=9.0)  # timings differ, the answer does not
    assert ledger.store(again, originals(again)) is False
    assert tree(ledger.folder) == before
    assert list(ledger.runs()["identity"]) == [identity(1), identity(2)]
    assert ledger.results("latest").info["identity"] == identity(1)
    assert list(ledger.audit()["action"]) == ["store", "store", "store-again"]
    assert str(os.getpid()) in ledger.audit()["process"].iloc[0]


@pytest.mark.parametrize("title", [None, "福建", 7])
def test_only_the_identity_is_indispensable(ledger: Ledger, tmp_path: Path, title: object) -> None:
    sparse = make_run(tmp_path / "sparse", 1, title=title, seconds="soon", entries=None)
    info = {k: sparse.info[k] for k in ("identity", "title", "seconds", "entries")}
    (sparse.folder / "run.json").write_text(json.dumps(info))
    assert ledger.store(Results.read(sparse.folder), [])
    assert ledger.runs()["entries"].iloc[0] == 3  # counted, not believed


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"identity": "../../x"}', '{"identity": 1}'])
def test_a_run_without_identity_is_refused(ledger: Ledger, run: Results, text: str) -> None:
    (run.folder / "run.json").write_text(text)
    with pytest.raises(CarbonledgerError, match=r"运行编号.*identity"):
        ledger.store(Results.read(run.folder), [])
    assert tree(ledger.folder) == []


def change(path: Path, column: str, value: object) -> None:
    table = pq.read_table(path)
    values = [value, *table.column(column).to_pylist()[1:]]
    at = table.column_names.index(column)
    array = pa.array(values, table.schema.field(column).type)
    pq.write_table(table.set_column(at, column, array), path)


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount", 1.0 + 1e-9), ("amount", None), ("amount", float("nan")), ("co2e", None),
     ("co2e", float("nan")), ("account", "1.A.1"), ("notation", "NE"), ("entry", 9)],
)  # fmt: skip
def test_the_same_identity_with_another_answer_is_refused(
    ledger: Ledger, run: Results, column: str, value: object
) -> None:
    ledger.store(run, [])
    change(run.folder / "postings.parquet", column, value)
    with pytest.raises(CarbonledgerError, match=r"与账本中的不同.*differ"):
        ledger.store(Results.read(run.folder), [])
    assert ledger.verify() == []
    assert ledger.results("latest").postings["amount"].iloc[0] == 1.0


def test_other_bytes_with_the_same_answer_are_the_same_run(ledger: Ledger, run: Results) -> None:
    ledger.store(run, [])
    path = run.folder / "postings.parquet"
    table = pq.read_table(path)
    pq.write_table(table.take([2, 0, 1]), path, compression="none")
    assert ledger.store(Results.read(run.folder), []) is False
    change(path, "amount", (1 + 2 / 7) * (1 + 2e-16))  # another engine's order of addition
    assert ledger.store(Results.read(run.folder), []) is False
    pq.write_table(table.take([0, 1, 2, 2]), path)
    with pytest.raises(CarbonledgerError, match="differ"):
        ledger.store(Results.read(run.folder), [])
    path.write_bytes(b"nonsense")
    with pytest.raises(CarbonledgerError, match="无法核对"):
        ledger.store(Results.read(run.folder), [])


def test_revisions_count_the_entries_not_the_runs(ledger: Ledger, tmp_path: Path) -> None:
    entries = {2: "aa", 3: "aa", 4: "bb", 6: "aa"}  # other profiles, other entries, as at first
    for number, digest in entries.items():
        run = make_run(tmp_path / str(number), number, digests={"entries": digest})
        ledger.store(run, originals(run))
    other = make_run(tmp_path / "5", 5, inventory="quanzhou-2012")
    ledger.store(other, originals(other))
    assert list(ledger.runs()["revision"]) == [1, 1, 2, 1, 1]
    assert len([name for name in tree(ledger.folder) if name.startswith("originals")]) == 3


def test_a_run_is_found_by_a_unique_prefix_only(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(CarbonledgerError, match="holds no run yet"):
        ledger.results("latest")
    same = identity(1)[:8]
    for number, tail in enumerate(("a" * 56, "b" * 56)):
        ledger.store(make_run(tmp_path / tail, number, identity=same + tail), [])
    assert ledger.results(same + "b").info["identity"] == same + "b" * 56
    for wanted, said in ((same, "2 runs"), (same[:5], "too short"), ("f" * 8, "holds no run 'f")):
        with pytest.raises(CarbonledgerError, match=said):
            ledger.results(wanted)


def test_postings_of_all_runs_or_some(ledger: Ledger, tmp_path: Path) -> None:
    empty = ledger.postings()
    assert empty.fetchall() == []
    for number in (1, 2):
        ledger.store(make_run(tmp_path / str(number), number, rows=5), [])
    assert ledger.postings().columns[0] == "identity"
    assert set(empty.columns) == set(ledger.postings().columns)
    sums = dict(ledger.postings().aggregate("identity, sum(amount)").fetchall())
    assert sums == {identity(n): pytest.approx(5 * n + 10 / 7, rel=1e-12) for n in (1, 2)}
    assert len(ledger.postings([identity(2)]).fetchall()) == 5
    assert ledger.postings([]).fetchall() == []
    with pytest.raises(CarbonledgerError, match="holds no run"):
        ledger.postings(["0" * 64])


def test_a_folder_named_like_a_pattern_is_not_mistaken_for_its_neighbour(tmp_path: Path) -> None:
    paths = {1: tmp_path / "台账[1]", 2: tmp_path / "台账1"}  # as a pattern, the first means both
    for number, path in paths.items():
        run = make_run(tmp_path / str(number), number, rows=number, identity=identity(1))
        with Ledger.open(path) as ledger:
            ledger.store(run, [])
            assert ledger.verify() == []
    for number, path in paths.items():
        with Ledger.open(path) as ledger:
            assert len(ledger.postings().fetchall()) == number


def test_threads_read_while_others_store(ledger: Ledger, tmp_path: Path) -> None:
    runs = [make_run(tmp_path / str(n), n) for n in range(12)]
    errors: list[BaseException] = []

    def store(part: list[Results]) -> None:
        try:
            for run in part:
                ledger.store(run, originals(run))
                assert len(ledger.postings([run.info["identity"]]).fetchall()) == 3
                assert len(ledger.runs()) >= 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=store, args=(runs[i::3],)) for i in range(3)]
    threads += [threading.Thread(target=store, args=(runs[:4],))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert ledger.verify() == []
    assert len(ledger.runs()) == 12
    assert list(ledger.audit()["number"]) == list(range(1, 17))


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_every_damage_is_found(ledger: Ledger, tmp_path: Path) -> None:
    run = make_run(tmp_path / "out", 1)
    ledger.store(run, originals(run))
    spare = tmp_path / "spare"
    names = tree(ledger.folder)
    assert len(names) == 7
    for name in names:
        path = ledger.folder / name
        shutil.copy2(path, spare)
        for spoil in (damage, Path.unlink):
            spoil(path)
            found = ledger.verify()
            assert len(found) == 1, name
            assert str(path) in found[0].zh
            assert str(path) in found[0].en
            if name.startswith("postings"):
                with pytest.raises(CarbonledgerError, match=path.name):
                    ledger.results("latest")
            shutil.copy2(spare, path)
    assert ledger.verify() == []
    damage(ledger.results("latest").folder / "postings.parquet")
    change(run.folder / "postings.parquet", "amount", 5.0)
    with pytest.raises(CarbonledgerError, match="was changed or is damaged"):
        ledger.store(Results.read(run.folder), [])


def test_lost_rows_are_found(ledger: Ledger, run: Results) -> None:
    ledger.store(run, originals(run))
    ledger._cursor().execute("DELETE FROM selections WHERE value IS NULL")
    assert "has 2 selections, the ledger knows 1" in ledger.verify()[0].en


def test_folders_without_a_row_are_reported_and_never_deleted(
    folder: Path, run: Results, tmp_path: Path
) -> None:
    with Ledger.open(folder) as ledger:
        ledger.store(run, originals(run))
    backup = shutil.copy2(folder / "ledger.duckdb", tmp_path / "backup")
    later = make_run(tmp_path / "later", 2)
    with Ledger.open(folder) as ledger:
        ledger.store(later, originals(later))
    shutil.copy2(backup, folder / "ledger.duckdb")
    before = tree(folder)
    with Ledger.open(folder) as ledger:
        assert tree(folder) == before
        assert {Path(text.en.split("'")[1]).name for text in ledger.verify()} == {
            f"run={identity(2)}",
            sha256_file(later.folder / "input.csv"),
        }
        assert ledger.store(later, originals(later)) is True  # as the message says
        assert ledger.verify() == []


def test_a_lost_database_is_not_replaced_by_an_empty_one(folder: Path, run: Results) -> None:
    with Ledger.open(folder) as ledger:
        ledger.store(run, originals(run))
    (folder / "ledger.duckdb").unlink()
    before = tree(folder)
    with pytest.raises(CarbonledgerError, match=r"不见了.*is gone"):
        Ledger.open(folder)
    assert tree(folder) == before
    assert not (folder / "ledger.duckdb").exists()


def test_an_input_that_changed_after_the_run_is_refused(ledger: Ledger, run: Results) -> None:
    inputs = originals(run)
    (run.folder / "input.csv").write_text("changed")
    with pytest.raises(CarbonledgerError, match=r"平衡表\.csv.*Nothing was stored"):
        ledger.store(run, inputs)
    (run.folder / "input.csv").unlink()
    with pytest.raises(CarbonledgerError, match=r"平衡表\.csv.*Nothing was stored"):
        ledger.store(run, inputs)
    with pytest.raises(CarbonledgerError, match="no SHA-256"):
        ledger.store(run, [("x", run.folder / "run.json", "../../x")])
    assert tree(ledger.folder) == []
    assert ledger.verify() == []
    assert len(ledger.runs()) == 0


@pytest.mark.parametrize("name", ["postings.parquet", "selections.parquet", "entries.parquet"])
@pytest.mark.parametrize("text", [b"", b"nonsense", None])
def test_broken_results_are_refused(
    ledger: Ledger, run: Results, name: str, text: bytes | None
) -> None:
    path = run.folder / name
    if text is None:  # readable, but something else
        pq.write_table(pa.table({"x": [1]}), path)
    else:
        path.write_bytes(text)
    with pytest.raises(CarbonledgerError, match=rf"{name}.*Nothing was stored"):
        ledger.store(run, originals(run))
    assert tree(ledger.folder) == []
    assert ledger.verify() == []


def test_results_replaced_while_they_are_copied_are_refused(
    ledger: Ledger, run: Results, tmp_path: Path
) -> None:
    assert run.info["identity"] == identity(1)  # read, as the run itself would have it
    other = make_run(tmp_path / "other", 2)
    shutil.copytree(other.folder, run.folder, dirs_exist_ok=True)
    with pytest.raises(CarbonledgerError, match="replaced by another run"):
        ledger.store(run, [])
    assert tree(ledger.folder) == []


# --- other processes -------------------------------------------------------------------------

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


def test_a_newer_schema_is_refused(folder: Path) -> None:
    Ledger.open(folder).close()
    with duckdb.connect(str(folder / "ledger.duckdb")) as connection:
        connection.execute("UPDATE meta SET schema_version = 2")
    with pytest.raises(CarbonledgerError, match=r"格式版本是 2.*Upgrade carbonledger"):
        Ledger.open(folder)


@contextlib.contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Root may write everywhere; give that up for a moment."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


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


# --- failures while storing ------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("name", "at"),
    [("fsync", 1), ("fsync", 2), ("fsync", 5), ("fsync", 13), ("rename", 1), ("replace", 1),
     ("mkdir", 1), ("mkdir", 3)],
)  # fmt: skip
def test_a_disk_that_fills_up_leaves_the_former_state(
    ledger: Ledger, run: Results, tmp_path: Path, name: str, at: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = make_run(tmp_path / "first", 2)
    ledger.store(first, originals(first))
    before = tree(ledger.folder)
    with monkeypatch.context() as patch:
        patch.setattr(os, name, failing(getattr(os, name), at, errno.ENOSPC))
        with pytest.raises(CarbonledgerError, match=r"磁盘已满.*disk is full"):
            ledger.store(run, originals(run))
    assert tree(ledger.folder) == before
    assert ledger.verify() == []
    assert ledger.store(run, originals(run)) is True  # with space again
    assert ledger.verify() == []


def test_a_database_that_fails_at_the_commit_leaves_the_former_state(
    folder: Path, run: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(folder) as ledger:
        with monkeypatch.context() as patch:
            full = duckdb.IOException('IO Error: Could not write file "x": No space left on device')
            patch.setattr(
                "carbonledger.ledger.rows.insert_run", lambda *_: (_ for _ in ()).throw(full)
            )
            with pytest.raises(CarbonledgerError, match=r"磁盘已满.*disk is full"):
                ledger.store(run, originals(run))
        assert len(ledger.runs()) == 0
        assert ledger.verify() == []
    with Ledger.open(folder) as ledger:
        assert tree(folder) == []
        assert list(ledger.audit()["action"]) == ["sweep"]
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

CHILD = """
import os, signal, sys
from pathlib import Path
from carbonledger.engine.results import Results
from carbonledger.files import sha256_file
from carbonledger.ledger import Ledger, database, store
folder, runs, first, deadly_step = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])
step = 0
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
    for name in ("fsync", "mkdir", "rename", "replace", "unlink", "rmdir"):
        setattr(os, name, deadly(getattr(os, name)))
    log, connect = store.rows.log, database.duckdb.connect
    store.rows.insert_run = deadly(store.rows.insert_run)  # the transaction has begun
    def logged(*args):
        log(*args)
        tick()  # all rows are in, not committed
    store.rows.log = logged
    def connected(*args, **kwargs):
        connection = connect(*args, **kwargs)
        tick()  # DuckDB has made its file, and nothing is in it
        return connection
    database.duckdb.connect = connected
print("ready", flush=True)
with Ledger.open(folder) as ledger:
    if not deadly_step:  # checkpoints come often, so that kills hit them, too
        ledger._cursor().execute("SET checkpoint_threshold = '64KB'")
    for path in sorted(runs.iterdir())[first:]:
        results = Results.read(path)
        original = path / "input.csv"
        ledger.store(results, [("input.csv", original, sha256_file(original))])
        print("committed", results.info["identity"], flush=True)
        tick()
print("done", flush=True)
"""


def child(folder: Path, runs: Path, first: int, deadly_step: int = 0) -> "subprocess.Popen[str]":
    arguments = [str(folder), str(runs), str(first), str(deadly_step)]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments], stdout=subprocess.PIPE, text=True
    )


def check_after_kill(folder: Path, committed: list[str], runs: dict[str, int]) -> int:
    """The ledger holds all that was committed, at most one run more, and nothing half."""
    with Ledger.open(folder) as ledger:
        assert ledger.verify() == []
        stored = list(ledger.runs()["identity"])
        assert stored[: len(committed)] == committed
        assert len(stored) <= len(committed) + 1
        counts = dict(ledger.postings().aggregate("identity, count(*)").fetchall())
        assert counts == {name: runs[name] for name in stored}
        assert len(tree(folder)) == len(stored) * len(RESULT_FILES) + len(
            list((folder / "originals").glob("*/*"))
        )
        assert not [path for path in folder.rglob("*") if path.name.startswith(".")]
        committed[:] = stored
        return len(stored)


@posix
def test_killed_at_random_times_it_keeps_what_was_committed(tmp_path: Path) -> None:
    folder, runs = tmp_path / "台账 1", tmp_path / "runs"
    chance = random.Random(20121231)
    rows = {}
    for number in range(400):
        rows[identity(number)] = chance.choice([1, 3, 3, 3, 20_000 if number % 40 == 0 else 5])
        make_run(runs / f"{number:03}", number, rows[identity(number)])
    committed: list[str] = []
    for _ in range(18):
        process = child(folder, runs, len(committed))
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # However slow the machine is: after some commits, and a moment that hits any step.
        lines = [process.stdout.readline() for _ in range(chance.randint(0, 6))]
        time.sleep(chance.uniform(0.0, 0.05))
        process.kill()
        lines += process.stdout.read().splitlines()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        committed += [line.split()[1] for line in lines if line.startswith("committed")]
        check_after_kill(folder, committed, rows)
    assert len(committed) > 18


@posix
def test_killed_at_every_step_of_making_and_storing(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    rows = {identity(1): 3}
    make_run(runs / "1", 1)
    for step in range(1, 120):
        folder = tmp_path / f"台账 {step}"
        process = child(folder, runs, 0, step)
        lines = process.communicate()[0].splitlines()
        committed = [line.split()[1] for line in lines if line.startswith("committed")]
        check_after_kill(folder, committed, rows)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
    else:
        pytest.fail("the child never came to its end")
    assert lines[-1] == "done"
    assert step > 30
