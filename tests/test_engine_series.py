"""Series methods in a run: history before the reported years, gaps, and published numbers."""

import pandas as pd
import pytest
from runs import reviewed

from carbonledger.api import run_to_folder
from carbonledger.engine.run import RunOptions
from carbonledger.errors import CarbonledgerError

PROFILE = """
profile = "decay"
title.zh = "测试"
title.en = "test"
status = "unverified"
source = "ipcc-2006-v5"
gwp = "AR5"
families = ["ipcc-2006"]
[[rules]]
accounts = ["4.A"]
items = ["municipal_waste_fossil"]
methods = ["waste.landfill.ch4_mass_balance"]
[[rules]]
accounts = ["4.A"]
methods = ["waste.landfill.ch4_decay"]
"""

FACTORS = """parameter,value,unit,source,locator
degradable_organic_carbon,0.1306,t C/t,test,p. 1
degradable_carbon_fraction,0.5,1,test,p. 1
methane_correction_factor,1,1,test,p. 1
methane_fraction,0.5,1,test,p. 1
decay_rate,0.17,1/a,test,p. 1
methane_oxidation_factor,0.1,1,test,p. 1
"""

# 100 Gg of municipal waste a year for ten years, DOC 0.1306, k 0.17: Gg CH4 of years 1 to 15 by
# the functions of bonsai_ipcc 0.5.3 (IPCC 2006 Vol. 5, eq. 3.1 to 3.6).
PUBLISHED = [
    0, 0.612521, 1.129284, 1.565258, 1.933075, 2.243388, 2.505189, 2.726061, 2.912403, 3.069613,
    3.202246, 2.701622, 2.279264, 1.922935, 1.622312,
]  # fmt: skip


def inventory(folder, rows, *, periods, history=None):
    (folder / "decay.toml").write_text(PROFILE, "utf-8")
    (folder / "factors.csv").write_text(FACTORS, "utf-8")
    head = "地区,年份,科目,品种,细项,填埋量 [万t]\n"
    body = "".join(f"350500,{year},4.A,,{detail},{amount}\n" for year, detail, amount in rows)
    (folder / "waste.csv").write_text(head + body, "utf-8")
    more = "" if history is None else f"history_from = {history}\n"
    (folder / "inventory.toml").write_text(
        f'region = "350500"\nperiods = {list(periods)}\n{more}profile = "ipcc-2006"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "waste.csv"\n',
        "utf-8",
    )
    return folder


def run(folder, out, engine="duckdb"):
    options = RunOptions(profile=str(folder / "decay.toml"), engine=engine)
    return reviewed(folder, out, options)


def yearly(out):
    table = pd.read_parquet(out / "postings.parquet")
    return table.groupby("period")["amount"].sum().sort_index()


@pytest.mark.parametrize("engine", ["duckdb", "pandas", "polars"])
def test_decay_gives_the_published_methane_and_reports_only_the_wanted_years(tmp_path, engine):
    rows = [(2000 + n, "", 10 if n < 10 else 0) for n in range(15)]
    folder = tmp_path / "in"
    folder.mkdir()
    inventory(folder, rows, periods=range(2008, 2015), history=2000)
    outcome = run(folder, tmp_path / "out", engine)
    assert not outcome.blocked, outcome.problems
    amounts = yearly(tmp_path / "out")
    assert list(amounts.index) == list(range(2008, 2015))
    assert amounts.tolist() == pytest.approx([1e3 * value for value in PUBLISHED[8:]], rel=1e-6)


def test_a_missing_year_is_a_problem_and_not_a_zero(tmp_path):
    rows = [(2000 + n, "", 10) for n in range(15) if n not in {4, 14}]
    folder = tmp_path / "in"
    folder.mkdir()
    inventory(folder, rows, periods=range(2008, 2015), history=2000)
    outcome = run(folder, tmp_path / "out")
    assert outcome.blocked
    gap = next(problem for problem in outcome.problems if problem.code == "series-gap")
    assert "2004, 2014" in gap.message.en
    assert "2004, 2014" in gap.message.zh


def test_a_notation_key_is_no_year_of_a_series(tmp_path):
    # Nothing buried in 2006 (NO): the methane of the years before goes on, so a number is wanted.
    rows = [(2000 + n, "", "NO" if n == 6 else 10) for n in range(15)]
    folder = tmp_path / "in"
    folder.mkdir()
    inventory(folder, rows, periods=range(2008, 2015), history=2000)
    outcome = run(folder, tmp_path / "out")
    assert outcome.blocked
    gap = next(problem for problem in outcome.problems if problem.code == "series-gap")
    assert "2006" in gap.message.en


def test_lines_decay_apart_and_add_up(tmp_path):
    # Two landfills of half the waste give what one of all of it does: the method is linear.
    rows = [(2000 + n, site, 5) for n in range(5) for site in ("甲", "乙")]
    folder = tmp_path / "in"
    folder.mkdir()
    inventory(folder, rows, periods=range(2000, 2005))
    run(folder, tmp_path / "out")
    assert yearly(tmp_path / "out").tolist() == pytest.approx(
        [1e3 * value for value in PUBLISHED[:5]], rel=1e-6
    )


def test_history_that_no_method_needs_is_reported_and_not_computed(tmp_path):
    rows = [(year, "", 10) for year in (2005, 2006)]
    folder = tmp_path / "in"
    folder.mkdir()
    inventory(folder, rows, periods=[2006], history=2000)
    text = (folder / "waste.csv").read_text("utf-8")
    (folder / "waste.csv").write_text(text.replace("4.A,", "4.A,municipal_waste_fossil"), "utf-8")
    outcome = run(folder, tmp_path / "out")
    assert not outcome.blocked, outcome.problems
    assert [problem.code for problem in outcome.problems if problem.code == "history-not-used"]
    assert list(yearly(tmp_path / "out").index) == [2006]


def test_the_history_must_lie_before_the_years(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    inventory(folder, [(2006, "", 1)], periods=[2006], history=2006)
    opened, outcome = run_to_folder(str(folder), tmp_path / "out", RunOptions())
    assert opened is None
    assert outcome.problems[0].code == "manifest-period"
    assert outcome.blocked


def test_entries_of_one_year_must_agree(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    inventory(folder, [(2006, "", 1), (2006, "", 2)], periods=[2006])
    table = folder / "waste.csv"
    lines = table.read_text("utf-8").splitlines()
    lines[0] += ",MCF [1]"
    lines[1] += ",0.8"
    lines[2] += ",0.4"
    (folder / "waste.csv").write_text("\n".join(lines).replace("MCF", "methane_correction_factor"))
    (folder / "factors.csv").write_text(
        FACTORS.replace("methane_correction_factor,1,1,test,p. 1\n", ""), "utf-8"
    )
    with pytest.raises(CarbonledgerError) as refusal:
        run(folder, tmp_path / "out")
    assert "methane_correction_factor" in refusal.value.text.en
