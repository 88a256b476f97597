"""The targets of growing stock: the worked inventory, what is counted twice, thin stands."""

import pandas as pd
import pytest
from factor_tables import CO2_PER_C
from runs import reviewed
from typer.testing import CliRunner

from carbonledger.analysis.side_by_side import compare_methods
from carbonledger.cli.commands import app
from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions

# m3 a year from the targets of Quanzhou: 4835.72 (2022), 4884 (2030), 5134 (2035) x 10^4 m3.
FIRST = (4884e4 - 4835.72e4) / 8
SECOND = (5134e4 - 4884e4) / 5
# t CO2 per m3, by hand: national means 0.462 x 1.787; mixed stands 0.486 x 1.656 with R 0.20;
# BCEF 1.5 of Table 4.5 with R 0.20; slope 0.8136 of the line. Carbon fraction 0.47 (0.44 to 0.49).
CARBON = 0.47 * CO2_PER_C
BY_METHOD = {
    "mean": 0.462 * 1.787 * CARBON,
    "above_ground": 0.486 * 1.656 * 1.2 * CARBON,
    "bcef": 1.5 * 1.2 * CARBON,
    "continuous": 0.8136 * CARBON,
}
# The ends of the ranges over the value: carbon fraction, root ratio 0.09 to 0.25, BCEF 1.0 to 1.8.
LOW, HIGH = 0.44 / 0.47, 0.49 / 0.47
ENDS = {
    "mean": (LOW, HIGH),
    "above_ground": (LOW * 1.09 / 1.2, HIGH * 1.25 / 1.2),
    "bcef": (LOW * 1.09 / 1.2 * 1.0 / 1.5, HIGH * 1.25 / 1.2 * 1.8 / 1.5),
    "continuous": (LOW, HIGH),
}


def test_four_methods_of_the_targets_with_their_ranges():
    table = pd.DataFrame(compare_methods(open_inventory("quanzhou-forest-targets"), ())["table"])
    table = table[table["profile"] == "forest-stock"]
    assert len(table) == 4 * 13
    for name, per_volume in BY_METHOD.items():
        rows = table[table["method"] == f"forest.sink.stock_change.{name}"].set_index("period")
        assert rows.loc[2030, "amount"] == pytest.approx(FIRST * per_volume)
        assert rows.loc[2035, "amount"] == pytest.approx(SECOND * per_volume)
        assert rows.loc[2035, "cumulative"] == pytest.approx((298.28e4) * per_volume)
        low, high = ENDS[name]
        assert rows.loc[2035, "low"] == pytest.approx(SECOND * per_volume * low)
        assert rows.loc[2035, "high"] == pytest.approx(SECOND * per_volume * high)


def test_the_command_prints_years_ranges_and_what_is_not_in_it(tmp_path):
    done = CliRunner().invoke(
        app, ["run", "quanzhou-forest-targets", "--out", str(tmp_path / "out"),
              "--ledger", str(tmp_path / "ledger"), "--lang", "zh"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    for said in ("2035", "711,386.83", "~", "不包括：", "枯死木", "不等于可交易减排量"):
        assert said in done.output
    # Every method in every year: increase of stock x factor of the method, in the range below it.
    lines = done.output.splitlines()
    for year, increase in ((2023, FIRST), (2030, FIRST), (2031, SECOND), (2035, SECOND)):
        shown = {f"{increase * per_volume:,.2f}" for per_volume in BY_METHOD.values()}
        place = next(
            number for number, line in enumerate(lines)
            if line.startswith(f"│ {year} │") and all(value in line for value in shown)
        )  # fmt: skip
        assert lines[place + 1].count("~") == len(BY_METHOD)
    postings = pd.read_parquet(tmp_path / "out" / "postings.parquet")
    assert set(postings["book"]) == {"credit"}
    assert postings["amount"].gt(0).all()


def run(tmp_path, head, lines, profile="forest-stock", periods=(2025,)):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / "t.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "350000"\nperiods = {list(periods)}\nprofile = "{profile}"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "t.csv"\n',
        "utf-8",
    )
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    return outcome, pd.read_parquet(tmp_path / "out" / "postings.parquet")


def test_the_target_of_fujian(tmp_path):
    # 7.29 to 7.79 x 10^8 m3 in five years: 10^7 m3 a year.
    head = "地区,年份,科目,品种,蓄积变化量 [亿m3],间隔年数 [a]"
    outcome, postings = run(tmp_path, head, ["福建省,2025,S.1.4,,0.5,5"])
    assert postings["amount"].tolist() == pytest.approx([1e7 * BY_METHOD["mean"]])
    assert "ex-ante" in {problem.code for problem in outcome.problems}


def test_a_project_within_its_region_is_told(tmp_path):
    head = (
        "地区,年份,科目,品种,蓄积变化量 [亿m3],间隔年数 [a],project_emissions [t CO2],"
        "baseline_area [ha],aboveground_growth [t dm/ha/a]"
    )
    lines = ["福建省,2025,S.1.4,,0.5,5,,,", "福建省,2025,S.1.2,灌木林,,,,10,0.5"]
    outcome, _ = run(tmp_path, head, lines)
    assert "forest-counted-twice" not in {problem.code for problem in outcome.problems}
    head = "地区,年份,科目,品种,蓄积变化量 [亿m3],间隔年数 [a],造林面积 [ha],保存率 [1],"
    head += "stand_volume [m3/ha]"
    lines = ["福建省,2025,S.1.4,,0.5,5,,,", "福建省,2025,S.1.1,杉木,,,10,1,0"]
    outcome, postings = run(tmp_path, head, lines)
    # Planted in the year itself the project adds nothing yet, so nothing is counted twice.
    assert postings.loc[postings["account"] == "S.1.1", "amount"].tolist() == [0.0]
    assert "forest-counted-twice" not in {problem.code for problem in outcome.problems}
    lines += ["福建省,2026,S.1.4,,0.5,5,,,", "福建省,2026,S.1.1,杉木,,,0,1,2"]
    outcome, _ = run(tmp_path, head, lines, periods=(2025, 2026))
    told = [p for p in outcome.problems if p.code == "forest-counted-twice"]
    assert [problem.grade for problem in told] == ["B"]
    assert "2026" in told[0].message.zh
    # A project of a county lies within the increase of its province as well.
    lines[1::2] = [line.replace("福建省", "泉州市") for line in lines[1::2]]
    outcome, _ = run(tmp_path, head, lines, periods=(2025, 2026))
    told = [p for p in outcome.problems if p.code == "forest-counted-twice"]
    assert [(problem.grade, "福建省" in problem.message.zh) for problem in told] == [("B", True)]


def test_one_forest_in_two_sets_of_accounts_is_told(tmp_path):
    head = "地区,年份,科目,品种,面积 [ha],面积变化量 [ha]"
    lines = ["福建省,2025,3.B.1.a,人工林,1000,", "福建省,2025,3.B.cn1.c,毛竹,,100"]
    outcome, _ = run(tmp_path, head, lines, profile="ipcc-2006")
    told = [p for p in outcome.problems if p.code == "forest-counted-twice"]
    assert [problem.grade for problem in told] == ["B"]
    assert "3.B.cn1" in told[0].message.zh
    outcome, _ = run(tmp_path, head, lines[:1], profile="ipcc-2006")
    assert "forest-counted-twice" not in {problem.code for problem in outcome.problems}


@pytest.mark.parametrize(("volume", "told"), [("50", True), ("100", False), ("5", True)])
def test_thin_stands_by_the_line_of_fang_are_told(tmp_path, volume, told):
    # Fir: the intercept 22.541 t/ha is more than 0.3999 V below 56.4 m3/ha.
    head = "地区,年份,科目,品种,new_stand_area [ha],volume_per_area [m3/ha],间隔年数 [a]"
    outcome, postings = run(tmp_path, head, [f"福建省,2025,3.B.cn1.a,杉木,100,{volume},5"])
    by_hand = 100 * (0.3999 * float(volume) + 22.541) / 5 * CARBON
    assert postings["amount"].tolist() == pytest.approx([-by_hand])
    codes = {problem.code for problem in outcome.problems}
    assert ("thin-stand-by-line" in codes) is told
