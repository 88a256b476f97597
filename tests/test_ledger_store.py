"""What the ledger keeps, gives back and refuses; every damage is found."""

import json
import os
import shutil
import threading
from pathlib import Path

import ledger_sample as sample
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ledger_sample import change, damage, identity, make_run, originals, tree

from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.errors import CarbonledgerError
from carbonledger.files import sha256_file
from carbonledger.ledger import Ledger

folder, run, ledger = sample.folder, sample.run, sample.ledger


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
