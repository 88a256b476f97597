"""The same run with other decisions is a revision: its postings stay, what was decided is kept."""

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import ledger_sample as sample
import pytest
from ledger_sample import change, damage, identity, make_run, originals, tree

from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.errors import CarbonledgerError
from carbonledger.files import sha256_file
from carbonledger.ledger import Ledger

folder, run, ledger = sample.folder, sample.run, sample.ledger

SHARED = [name for name in RESULT_FILES if name.endswith(".parquet") or name == "totals.csv"]
TITLE = {"title": {"zh": "福建（更正）", "en": "Fujian, corrected"}}


def put(ledger: Ledger, results: Results) -> bool:
    return ledger.store(results, originals(results))


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in tree(folder)}


@pytest.mark.parametrize(
    "decided",
    [TITLE, {"inventory": "fujian-2012-copy"}, {"problems": "B,set-aside\n"}, {"text": "另一版"},
     {"published": [{"account": "1.A", "published": 2.5}]}, {"problem_counts": {"A": 0, "B": 2}}],
)  # fmt: skip
def test_other_decisions_are_a_revision(
    ledger: Ledger, run: Results, tmp_path: Path, decided: dict[str, Any]
) -> None:
    put(ledger, run)
    before = contents(ledger.folder)
    again = make_run(tmp_path / "again", 1, **decided)
    assert put(ledger, again) is True
    assert put(ledger, again) is False
    after = contents(ledger.folder)
    assert {name: after[name] for name in before} == before
    for wanted in ("latest", identity(1)):
        back = Results.read(ledger.results(wanted).folder)
        for name in RESULT_FILES:
            assert (back.folder / name).read_bytes() == (again.folder / name).read_bytes()
    runs = ledger.runs()
    assert len(runs) == 1
    assert runs["title_zh"].iloc[0] == again.info["title"]["zh"]
    assert runs["inventory"].iloc[0] == again.info["inventory"]
    digest = sha256_file(again.folder / "input.csv")
    assert f"originals/{digest[:2]}/{digest}" in after
    assert len(ledger.postings().fetchall()) == 3  # counted once
    assert list(ledger.audit()["action"]) == ["store", "store-revision", "store-again"]
    assert ledger.verify() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [({"started": "2026-11-20"}, {"started": "2027-01-05"}), ({"seconds": 1}, {"seconds": 2}),
     ({"engine": "duckdb"}, {"engine": "polars"}),
     ({"versions": {"python": "3.11"}}, {"versions": {"python": "3.13"}}),
     ({"published": [{"published": 2.5, "computed": 2.5, "difference": 0.0, "percent": 0.0}]},
      {"published": [{"published": 2.5, "computed": 2.5 - 4e-16, "difference": -4e-16,
                      "percent": -2e-14}]})],
)  # fmt: skip
def test_when_and_on_what_it_was_computed_is_no_decision(
    ledger: Ledger, tmp_path: Path, first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert put(ledger, make_run(tmp_path / "a", 1, **first)) is True
    before = contents(ledger.folder)
    assert put(ledger, make_run(tmp_path / "b", 1, **second)) is False
    assert contents(ledger.folder) == before
    assert len(ledger.revisions()) == 1


def test_back_to_former_decisions_is_a_revision_that_stores_no_file_again(
    ledger: Ledger, run: Results, tmp_path: Path
) -> None:
    put(ledger, run)
    put(ledger, make_run(tmp_path / "b", 1, **TITLE))
    before = contents(ledger.folder)
    assert put(ledger, run) is True
    assert contents(ledger.folder) == before
    assert ledger.results("latest").info == run.info
    assert list(ledger.runs()["title_zh"]) == ["福建"]
    revisions = ledger.revisions()
    assert list(revisions["title_zh"]) == ["福建", "福建（更正）", "福建"]
    assert list(revisions["revision"]) == [1, 2, 3]
    assert list(revisions["submission"] == revisions["submission"].iloc[0]) == [True, False, True]
    assert ledger.verify() == []


def test_revisions_count_what_was_recorded_for_an_inventory(ledger: Ledger, tmp_path: Path) -> None:
    submitted: list[tuple[int, dict[str, Any]]] = [
        (1, {}), (2, {}), (1, {"inventory": "quanzhou"}), (1, TITLE), (3, {"inventory": "quanzhou"})
    ]  # fmt: skip
    for index, (number, info) in enumerate(submitted):
        assert put(ledger, make_run(tmp_path / str(index), number, **info)) is True
    revisions = ledger.revisions()
    names = ["fujian-2012", "fujian-2012", "quanzhou", "fujian-2012", "quanzhou"]
    assert list(revisions["inventory"]) == names
    assert list(revisions["revision"]) == [1, 2, 1, 3, 2]
    assert list(ledger.runs()["identity"]) == [identity(2), identity(1), identity(3)]
    assert list(ledger.runs()["revision"]) == [2, 3, 2]


def test_large_files_of_a_revision_are_stored_once_where_the_disk_can(
    ledger: Ledger, run: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ledger, run)
    first = ledger.results("latest").folder
    other = make_run(tmp_path / "b", 1, **TITLE)
    with monkeypatch.context() as patch:
        # exFAT and some network drives have no links
        patch.setattr(os, "link", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.EPERM, "")))
        put(ledger, other)
    second = ledger.results("latest").folder
    put(ledger, make_run(tmp_path / "c", 1, problems="B,x\n"))
    third = ledger.results("latest").folder
    for name in SHARED:
        assert (second / name).read_bytes() == (first / name).read_bytes()
        assert not (second / name).samefile(first / name)
        assert (third / name).samefile(first / name)
    assert ledger.verify() == []


def test_a_revision_with_another_answer_or_of_a_damaged_run_is_refused(
    ledger: Ledger, run: Results, tmp_path: Path
) -> None:
    put(ledger, run)
    before = contents(ledger.folder)
    wrong = make_run(tmp_path / "wrong", 1, **TITLE)
    change(wrong.folder / "postings.parquet", "amount", 2.0)
    with pytest.raises(CarbonledgerError, match=r"与账本中的不同.*differ"):
        put(ledger, wrong)
    revised = make_run(tmp_path / "revised", 1, text="new", **TITLE)
    (revised.folder / "input.csv").write_text("changed since", "utf-8")
    with pytest.raises(CarbonledgerError, match=r"平衡表\.csv.*Nothing was stored"):
        ledger.store(revised, [("能源 平衡表.csv", revised.folder / "input.csv", "0" * 64)])
    assert contents(ledger.folder) == before
    assert ledger.verify() == []
    damage(ledger.results("latest").folder / "entries.parquet")
    with pytest.raises(CarbonledgerError, match=r"entries\.parquet.*was changed or is damaged"):
        put(ledger, revised)
    assert len(ledger.revisions()) == 1


@pytest.mark.parametrize("name", ["problems.csv", "run.json"])
def test_decisions_replaced_while_they_are_copied_are_refused(
    ledger: Ledger, run: Results, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ledger, run)
    before = contents(ledger.folder)
    revised = make_run(tmp_path / "revised", 1, **TITLE)
    inputs = originals(revised)

    def keep(*_: object) -> None:  # the step before the copy
        text = json.dumps(revised.info | {"region": "x"}) if name == "run.json" else "grade\n"
        (revised.folder / name).write_text(text, "utf-8")

    monkeypatch.setattr("carbonledger.ledger.keeping.keep_originals", keep)
    with pytest.raises(CarbonledgerError, match="replaced by another run"):
        ledger.store(revised, inputs)
    assert contents(ledger.folder) == before
    assert ledger.verify() == []


def test_every_damage_to_a_revision_is_found(ledger: Ledger, run: Results, tmp_path: Path) -> None:
    put(ledger, run)
    put(ledger, make_run(tmp_path / "b", 1, text="另一版", **TITLE))
    place = ledger.results("latest").folder
    assert place.parent == ledger.folder / "revisions"
    for name in RESULT_FILES:
        path = place / name
        spare = shutil.copy2(path, tmp_path / "spare")
        path.unlink()
        assert [str(path) in text.zh and str(path) in text.en for text in ledger.verify()] == [True]
        shutil.copy2(spare, path)
        assert ledger.verify() == []
        damage(path)
        assert [str(path) in text.en for text in ledger.verify()] == [True]
        with pytest.raises(CarbonledgerError, match=name):
            ledger.results("latest")
        shutil.copy2(spare, path)
    (ledger.folder / "revisions" / "abc").mkdir()
    assert ["abc" in text.en for text in ledger.verify()] == [True]
