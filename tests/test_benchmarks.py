"""The benchmarks answer the same question: every contender gives the same sums, on a small file."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
pytest.importorskip("polars")

from benchmarks.__main__ import compare_postings, compare_sums
from benchmarks.contenders import CONTENDERS, write_factors
from benchmarks.data import write_inventory

ROWS = 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench") / "inventory"
    write_inventory(folder, ROWS)
    write_factors(folder)
    return folder


@pytest.fixture(scope="module")
def answers(folder, tmp_path_factory):
    made = {}

    def answer(name):
        if name not in made:
            made[name] = tmp_path_factory.mktemp("answers") / f"{name}.parquet"
            CONTENDERS[name](folder, made[name], ROWS)
        return made[name]

    return answer


@pytest.mark.parametrize(
    "name", ["sql_roll_up", "pandas_roll_up", "polars_roll_up", "quantity_roll_up"]
)
def test_every_roll_up_gives_the_same_sums(answers, name):
    assert compare_sums(answers("engine_roll_up"), answers(name)) < 1e-12


def test_both_lineages_give_the_same_postings(answers):
    assert compare_postings(answers("engine_lineage"), answers("sql_lineage")) < 1e-12


def test_a_difference_between_answers_stops_the_run(answers, tmp_path):
    import pandas as pd

    table = pd.read_parquet(answers("engine_roll_up")).dropna(subset="amount")
    table.iloc[1:].to_parquet(tmp_path / "fewer.parquet")
    with pytest.raises(SystemExit):
        compare_sums(answers("engine_roll_up"), tmp_path / "fewer.parquet")
    table.assign(amount=table["amount"] * 1.001).to_parquet(tmp_path / "other.parquet")
    assert compare_sums(answers("engine_roll_up"), tmp_path / "other.parquet") > 1e-4
