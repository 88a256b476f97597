"""What a run says of itself as a whole: captures, the reference approach, scope 2 by the market."""

import json

import pytest
from runs import reviewed

import carbonledger as cl
from carbonledger import cli
from carbonledger.api import run_to_folder
from carbonledger.engine.run import RunOptions
from carbonledger.errors import CarbonledgerError

MANIFEST = """
region = "350500"
periods = [{periods}]
profile = "{profile}"
title.zh = "复核"
title.en = "Review"
[[tables]]
file = "entries.csv"
"""


@pytest.fixture
def write(tmp_path):
    def write(lines, profile="cn-provincial-2011", periods="2022"):
        folder = tmp_path / "inventory"
        folder.mkdir(exist_ok=True)
        (folder / "inventory.toml").write_text(
            MANIFEST.format(profile=profile, periods=periods), "utf-8"
        )
        (folder / "entries.csv").write_text("\n".join([*lines, ""]), "utf-8")
        return folder

    return write


def amounts(run, measure="CO2"):
    totals = run.results.totals
    return totals[totals["measure"] == measure].set_index("account")["amount"]


CAPTURE = "科目,品种,产量 [万t],捕集封存CO2量 [t CO2],备注"


def test_captured_co2_is_taken_off_where_it_arises(write):
    without = amounts(cl.run(write([CAPTURE, "2.A.1,水泥熟料,10,,"])))["2.A.1"]
    both = [CAPTURE, "2.A.1,水泥熟料,10,,", "2.A.1,水泥熟料,,700,封存核查报告 2023-12"]
    run = cl.run(write(both))
    assert amounts(run)["2.A.1"] == pytest.approx(without - 700)
    assert amounts(run)["2"] == amounts(run)["2.A.1"]
    assert "capture-evidence" not in {each.code for each in run.problems}


@pytest.mark.parametrize("account", ["1.C.3,", "2.B.1,合成氨", "2.C.1,石灰石"])
def test_a_capture_without_evidence_must_be_explained(write, account):
    (found,) = [
        each
        for each in cl.run(write([CAPTURE, f"{account},,3000,"])).problems
        if each.code == "capture-evidence"
    ]
    assert (found.grade.value, found.file, found.cell) == ("B", "entries.csv", "D2")


OUTPUT = "科目,品种,细项,产量 [万t],物料量 [万t],消费量 [万t]"


def test_steel_beside_its_iron_and_its_coke_must_be_explained(write):
    lines = [OUTPUT, "1.A.2.a,焦炭,,,,7.4", "2.C.1,生铁,,18.5,,", "2.C.1,粗钢,转炉,22,,"]
    run = cl.run(write(lines, profile="ipcc-2006"))
    found = [each for each in run.problems if each.code == "carbon-twice"]
    assert len(found) == 3
    assert {each.grade.value for each in found} == {"B"}
    alone = cl.run(write([OUTPUT, lines[3]], profile="ipcc-2006"))
    assert "carbon-twice" not in {each.code for each in alone.problems}


@pytest.mark.parametrize("profile", ["cn-provincial-2011", "ipcc-2006", "gpc-basic"])
def test_carbon_that_stays_in_steel_is_deducted(write, profile):
    run = cl.run(write([OUTPUT, "2.C.1,生铁,,,18.5,", "2.C.1,钢材,,,22,"], profile=profile))
    postings = run.results.postings
    carbon = postings[postings["measure"] == "CO2"].set_index("item")["amount"]
    assert carbon["pig_iron"] > 0 > carbon["rolled_steel"]
    assert "carbon-twice" not in {each.code for each in run.problems}


def test_more_captured_than_made_must_be_explained(write):
    lines = [CAPTURE, "2.B.1,合成氨,1.3,,", "2.B.1,合成氨,,500000,核查报告"]
    (found,) = [each for each in cl.run(write(lines)).problems if each.code == "deducted-too-much"]
    assert found.grade.value == "B"
    assert "2.B" in found.message.en


def test_a_mine_of_the_guideline_needs_its_class(write):
    def codes(detail, profile="cn-provincial-2011"):
        lines = ["科目,品种,细项,原煤产量 [万t]", f"1.B.1.a.i.1,原煤,{detail},31"]
        return {each.code for each in cl.run(write(lines, profile=profile)).problems}

    assert "mine-class" in codes("")
    assert "mine-class" not in codes("township-mine")
    assert "mine-class" not in codes("", "ipcc-2006")


def test_electricity_is_counted_once_by_place_and_once_by_market(write):
    head = "科目,品种,电量 [MWh],市场法电力排放因子 [t CO2/MWh]"
    lines = [head, "1.A.2,电力,1000,", "1.A.4.a,电力,500,0.02"]
    totals = amounts(cl.run(write(lines, profile="gpc-basic")))
    # Fujian 2022 and the national average without traded non-fossil electricity (announcement of
    # the Ministry of Ecology and Environment of 2024-12-20).
    assert totals["1.A"] == pytest.approx(1500 * 0.4092)
    assert totals["M.6"] == pytest.approx(1000 * 0.5856 + 500 * 0.02)
    assert "M.6" not in amounts(cl.run(write(lines[:2], profile="cn-provincial-2011")))


def test_the_reference_approach_stands_in_the_run_and_on_the_screen(write, tmp_path, capsys):
    head = "科目,品种,消费量 [万t]"
    lines = [head, "M.4.a,烟煤,30", "M.4.b,烟煤,75", "M.4.c,烟煤,5", "1.A.1.a.i,烟煤,80"]
    out = tmp_path / "out"
    outcome = reviewed(write(lines), out, RunOptions())
    assert "reference-difference" in {each.code for each in outcome.problems}
    rows = json.loads((out / "run.json").read_text("utf-8"))["reference_approach"]
    (whole,) = [row for row in rows if not row["item"]]
    # 30 + 75 - 5 supplied, 80 burned: a quarter more, in energy as in CO2.
    assert whole["percent"] == pytest.approx(25)
    assert whole["apparent"] / whole["sectoral"] == pytest.approx(100 / 80)
    cli.app(["reference", str(out), "--lang", "zh"], standalone_mode=False)
    assert "25.00" in capsys.readouterr().out
    cli.app(["reference", str(out), "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == rows


def test_without_supply_there_is_no_reference_approach(write, tmp_path):
    out = tmp_path / "out"
    run_to_folder(write(["科目,品种,消费量 [万t]", "1.A.2,烟煤,8"]), out, RunOptions())
    with pytest.raises(CarbonledgerError, match=r"M\.4"):
        cli.app(["reference", str(out), "--lang", "zh"], standalone_mode=False)


NOTED = "科目,品种,消费量 [万t],备注"


@pytest.mark.parametrize("key", ["NE", "NO", "IE", "C"])
def test_a_notation_key_needs_its_explanation(write, key):
    def found(note):
        lines = [NOTED, "1.A.2.d,烟煤,8,", f"1.A.2.f,烟煤,{key},{note}"]
        return [
            each for each in cl.run(write(lines)).problems if each.code == "notation-unexplained"
        ]

    (problem,) = found("")
    assert (problem.grade.value, problem.file, problem.cell) == ("B", "entries.csv", "C3")
    assert key in problem.message.zh
    assert "2022" in problem.message.en
    assert found("窑已于 2021 年关停，见停产公告") == []


def test_a_band_open_above_is_not_said_to_end_at_infinity(write):
    lines = ["科目,品种,细项,数量,单位", "3.A.1,猪,,24,头", "3.A.2,猪,,24,头"]
    (few,) = [each for each in cl.run(write(lines)).problems if each.code == "animals-few"]
    assert "不少于 100" in few.message.zh
    assert "100 head or more" in few.message.en


@pytest.mark.parametrize(
    ("account", "before", "after", "code"),
    [
        ("3.B.cn2.a", 75, 10, set()),
        ("3.B.cn2.a", 10, 75, {"conversion-gains"}),
        ("3.B.cn2.b", 10, 75, {"conversion-gains"}),
    ],
)
def test_forest_that_burns_does_not_remove_carbon(write, account, before, after, code):
    head = (
        "科目,品种,数量,单位,转化前单位面积地上生物量 [t dm/ha],转化后单位面积地上生物量 [t dm/ha]"
    )
    problems = cl.run(write([head, f"{account},马尾松,38,ha,{before},{after}"])).problems
    found = [each for each in problems if each.code == "conversion-gains"]
    assert {each.code for each in found} == code
    assert {each.file for each in found} <= {"entries.csv"}
    assert all(each.cell for each in found)
