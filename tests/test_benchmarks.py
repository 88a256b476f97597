"""The benchmarks ask everybody the same question: at 1000 rows all answers agree. No timing."""

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import answers, contenders, report, run, startup
from benchmarks.data import write_inventory


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "rows"
    write_inventory(path, 1000)
    contenders.write_factors(path)
    return path


def answer(name, folder):
    path = folder / f"{name}.parquet"
    if not path.exists():
        _, table = contenders.CONTENDERS[name](folder, path)
        if table is not None:
            table.to_parquet(path)
    return path


@pytest.mark.parametrize("name", [*run.ROLL_UPS[1:], *run.SLOW])
def test_every_contender_gives_the_sums_of_the_engine(name, folder):
    if name == "pint_pandas_roll_up":
        pytest.importorskip("pint_pandas")
    ours, theirs = answer("engine_roll_up", folder), answer(name, folder)
    assert answers.compare_sums(ours, theirs) < 1e-12
    sums = pd.read_parquet(ours)
    assert set(sums["measure"]) == {"CO2", "CH4", "N2O"}
    assert sums["amount"].isna().any()  # notation keys take part
    assert (sums["amount"] > 0).sum() > 1000


def test_the_postings_are_those_of_the_sql(folder):
    ours, theirs = answer("engine_lineage", folder), answer("sql_lineage", folder)
    assert answers.compare_postings(ours, theirs) < 1e-12


def test_the_multipliers_are_those_of_the_calculator(folder):
    assert answers.check_factors(folder, 12) < 1e-12


@pytest.mark.parametrize("spoil", ["amount", "missing", "row"])
def test_a_different_answer_is_noticed(spoil, folder, tmp_path):
    ours = answer("engine_roll_up", folder)
    table = pd.read_parquet(ours)
    place = table["amount"].first_valid_index()
    if spoil == "amount":
        table.loc[place, "amount"] *= 1 + 1e-6
    elif spoil == "missing":
        table.loc[place, "amount"] = None
    else:
        table = table.drop(index=place)
    table.to_parquet(tmp_path / "spoiled.parquet")
    with pytest.raises(answers.Different):
        answers.compare_sums(ours, tmp_path / "spoiled.parquet")


def test_a_different_text_of_a_posting_is_noticed(folder, tmp_path):
    ours = answer("engine_lineage", folder)
    table = pd.read_parquet(ours)
    table.loc[0, "method"] = "another"
    table.to_parquet(tmp_path / "spoiled.parquet")
    with pytest.raises(answers.Different, match="texts"):
        answers.compare_postings(ours, tmp_path / "spoiled.parquet")


def test_the_page_says_which_bars_are_missed(monkeypatch):
    monkeypatch.setattr(report, "version", lambda name: "1")
    result = report.Report(3, 1e-13)
    for name, seconds in (("engine", 2.0), ("sql", 1.0)):
        planning = 0.5 if name == "engine" else 0.0
        for kind in ("roll_up", "lineage"):
            result.measured.append(
                report.Measured(f"{name}_{kind}", 10**6, seconds, 100.0, planning)
            )
    result.starts = {startup.EMPTY: 0.01, **dict.fromkeys(startup.BARS, 0.1)}
    page = report.page(result)
    assert "| 2.00 x (2.50 x with planning) | **no** |" in page
    assert "| 0.40 M rows/s, 0.10 GB | **no** |" in page
    assert page.count("| yes |") == len(startup.BARS)
