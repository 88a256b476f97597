"""A run hands on what it has read of its results: the same as who opens its folder would read."""

import io
from pathlib import Path

from rich.console import Console

from carbonledger.api import library_of, run_to_folder
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions
from carbonledger.reports.console import print_results

MANIFEST = """region = "350500"
periods = [2022]
profile = "cn-provincial-2011"
[title]
zh = "试"
en = "t"
[[tables]]
file = "a.csv"
"""
ROWS = """地区,年份,科目,品种,数量,单位
350500,2022,1.A.3,柴油,{},万t
350500,2022,2.A.1,水泥熟料,10,万t
"""


def printed(results: Results) -> str:
    out = io.StringIO()
    print_results(Console(file=out, width=160), results, library_of(results), [], "zh")
    return out.getvalue()


def run(folder: Path, amount: str) -> Results | None:
    (folder / "a.csv").write_text(ROWS.format(amount), "utf-8")
    (folder / "inventory.toml").write_text(MANIFEST, "utf-8")
    return run_to_folder(folder, folder / "out", RunOptions())[1].results


def test_results_that_are_handed_on_are_those_of_the_folder(tmp_path: Path) -> None:
    results = run(tmp_path, "2")
    assert results is not None
    fresh = Results.read(tmp_path / "out")
    assert results.folder == fresh.folder
    assert printed(results) == printed(fresh)
    assert len(results.postings) == len(fresh.postings) > 0  # read only now, where it lies now


def test_a_second_run_hands_on_its_own(tmp_path: Path) -> None:
    first, second = run(tmp_path, "2"), run(tmp_path, "4")
    assert first is not None
    assert second is not None
    assert printed(first) != printed(second) == printed(Results.read(tmp_path / "out"))


def test_a_run_that_was_refused_has_none(tmp_path: Path) -> None:
    assert run(tmp_path, "两") is None
