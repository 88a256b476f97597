"""Plots to stands and growth curves from data: certified values, hand sums, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import reviewed
from typer.testing import CliRunner

from carbonledger.analysis.curve_fit import fit_curves, parameter_rows, read_growth
from carbonledger.cli.commands import app
from carbonledger.engine.plots import read_trees, stand_of
from carbonledger.engine.run import RunOptions
from carbonledger.engine.stands import grow, read_curves, read_stands
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.methods.growth import CURVES
from carbonledger.methods.stand_table import Rates

# NIST Statistical Reference Datasets, Rat42 (pasture yield by time): y = b1 / (1 + exp(b2 - b3 x))
# with its certified values and standard deviations.
RAT42 = [
    (9, 8.93), (14, 10.80), (21, 18.59), (28, 22.33), (42, 39.35), (57, 56.11), (63, 61.73),
    (70, 64.62), (79, 67.08),
]  # fmt: skip
B1, B2, B3 = 7.2462237576e01, 2.6180768402, 6.7359200066e-02
SD1, SD3, RESIDUAL = 1.7340283401, 3.4465663377e-03, 1.1587725499
T6 = 2.4469118511  # Student's t, 97.5 %, 6 degrees of freedom


def test_certified_values_of_a_logistic_curve():
    table = pd.DataFrame(RAT42, columns=["age", "stand_volume"])
    fit = next(each for each in fit_curves(table) if each.curve.key == "logistic")
    assert fit.parameters == pytest.approx((B1, B3, np.exp(B2)), rel=1e-5)
    assert fit.error == pytest.approx(RESIDUAL, rel=1e-6)
    half = [(high - low) / 2 for low, high in zip(fit.lower, fit.upper, strict=True)]
    assert half[0] == pytest.approx(T6 * SD1, rel=1e-3)
    assert half[1] == pytest.approx(T6 * SD3, rel=1e-3)
    assert not fit.at_limit


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(CURVES)), st.floats(80, 500), st.floats(0.06, 0.25))
def test_a_curve_is_found_again_from_its_own_points(key, final, rate):
    shape = {"richards": 3.0, "logistic": 25.0, "gompertz": 5.0}[key]
    ages = np.arange(3.0, 60.0, 4.0)
    volumes = CURVES[key].function(ages, final, rate, shape)
    fit = fit_curves(pd.DataFrame({"age": ages, "stand_volume": volumes}))[0]
    assert fit.curve.key == key
    assert fit.parameters == pytest.approx((final, rate, shape), rel=1e-3)
    assert fit.volume(ages) == pytest.approx(volumes, rel=1e-3, abs=1e-3)


def write(path, text):
    path.write_text(text, "utf-8")
    return path


def growth_table(tmp_path, rows, head="林龄 [a],蓄积 [m3/亩]"):
    return write(tmp_path / "growth.csv", head + "\n" + "\n".join(rows) + "\n")


POINTS = ["5,1.2", "10,5.4", "15,9.8", "20,13.1", "25,15.2", "30,16.4"]


def test_cubic_metres_per_mu_and_months_are_read_in_their_units(tmp_path):
    rows = [f"{float(r.split(',')[0]) * 12:g},{r.split(',')[1]}" for r in POINTS]
    months = read_growth(growth_table(tmp_path, rows, "林龄 [月],每公顷蓄积 [m3/亩]"))
    assert months["age"].tolist() == pytest.approx([5, 10, 15, 20, 25, 30])
    assert months["stand_volume"].tolist()[1] == pytest.approx(5.4 * 15)  # 15 mu are a hectare


@pytest.mark.parametrize(
    ("rows", "head", "said"),
    [
        (POINTS[:4], "林龄 [a],蓄积 [m3/亩]", "5"),
        (POINTS, "林龄 [a],蓄积", "m3/ha"),  # no unit
        (POINTS, "林龄 [a],蓄积 [t]", "B1"),  # a mass
        (POINTS, "林龄 [a],高度 [m]", "高度"),
        ([*POINTS[:5], "30,许多"], "林龄 [a],蓄积 [m3/亩]", "B7"),
        ([*POINTS[:5], "30,164"], "林龄 [a],蓄积 [m3/亩]", "B7"),  # 2460 m3/ha
        ([f"{a},{17 - float(v)}" for a, v in (r.split(",") for r in POINTS)],
         "林龄 [a],蓄积 [m3/亩]", "林龄"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_fitted_are_refused(tmp_path, rows, head, said):
    with pytest.raises(CarbonledgerError) as refusal:
        fit_curves(read_growth(growth_table(tmp_path, rows, head)))
    assert said in refusal.value.text.zh
    assert refusal.value.text.en


def test_a_fitted_curve_serves_an_inventory(tmp_path):
    table = growth_table(tmp_path, POINTS)
    folder = tmp_path / "in"
    folder.mkdir()
    out = folder / "factors.csv"
    done = CliRunner().invoke(
        app, ["forest", "fit", str(table), "--item", "杉木", "--region", "泉州市",
              "--out", str(out), "--lang", "zh"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "理查兹" in done.output
    best = fit_curves(read_growth(table))[0]
    assert [row["parameter"] for row in parameter_rows(best, "", "", "", "")] == [*best.curve.units]
    lines = [f"泉州市,{2021 + n},S.1.1,杉木,{10 if n == 0 else 0},1\n" for n in range(6)]
    write(folder / "plan.csv", "地区,年份,科目,品种,造林面积 [ha],保存率 [1]\n" + "".join(lines))
    write(
        folder / "inventory.toml",
        'region = "350500"\nperiods = [2021, 2022, 2023, 2024, 2025, 2026]\n'
        'profile = "forest-stock"\n[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "plan.csv"\n',
    )
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    postings = pd.read_parquet(tmp_path / "out" / "postings.parquet")
    grown = postings.loc[postings["account"] == "S.1.1", "amount"].sum()
    factor = 0.307 * 1.634 * 1.2 * 0.47 * 44 / 12 * 0.9
    assert grown == pytest.approx(10 * best.volume(np.array([5.0]))[0] * factor)


# --- plots ---------------------------------------------------------------------------------------

TREES = """样地号,样地面积 [m2],树种,胸径 [cm],树高 [m]
1,500,杉木,20,15
1,500,杉木,20,15
2,500,杉木,20,15
2,500,桉树,200,15
"""


def test_trees_become_a_stand(tmp_path):
    text = TREES.replace("桉树,200", "桉树,20")
    trees = read_trees(write(tmp_path / "trees.csv", text), library())
    stand = stand_of(trees, library(), region="350500", profile="forest-stock")
    one, two = stand.plots.to_dict("records")
    # DB35/T 1823: 0.2326 and 0.2355 m3; by organs 121.472 and 205.537 kg; 500 m2 are 0.05 ha.
    assert one["trees"] == pytest.approx(40)
    assert one["volume"] == pytest.approx(2 * 0.2326 / 0.05, abs=2e-3)
    assert two["volume"] == pytest.approx((0.2326 + 0.2355) / 0.05, abs=2e-3)
    assert one["biomass"] == pytest.approx(2 * 0.121472 / 0.05, rel=1e-4)
    assert two["biomass"] == pytest.approx((0.121472 + 0.205537) / 0.05, rel=1e-4)
    assert two["carbon"] == pytest.approx(two["biomass"] * 0.47)
    assert two["diameter"] == pytest.approx(20.0)
    # Two plots: the half-width is t(0.975, 1) = 12.7062 times half their difference.
    apart = two["volume"] - one["volume"]
    assert stand.mean["volume"] == pytest.approx(one["volume"] + apart / 2)
    assert stand.error["volume"] == pytest.approx(12.7062 * abs(apart) / 2, rel=1e-4)
    assert {each.name for each in stand.used["eucalyptus"]} >= {"stem_coefficient"}


def test_the_quadratic_mean_of_diameters(tmp_path):
    text = "样地号,样地面积 [ha],树种,胸径 [mm],树高 [m]\nA,0.1,杉木,100,8\nA,0.1,杉木,200,12\n"
    trees = read_trees(write(tmp_path / "trees.csv", text), library())
    stand = stand_of(trees, library(), region="350000", profile="forest-stock")
    assert stand.mean["diameter"] == pytest.approx(np.sqrt(250.0))
    assert np.isnan(stand.error["volume"])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (TREES.replace("桉树,200", "蟠桃木,20"), ["trees.csv!5"]),
        (TREES.replace("2,500,杉木", "2,600,杉木"), ["trees.csv!4"]),
        (TREES.replace("1,500,杉木,20,15\n2", "1,500,杉木,,15\n2"), ["trees.csv!3"]),
        (TREES.replace("桉树,200", "桉树,2000"), ["D5"]),
        (TREES.replace("[m2]", ""), ["B1"]),
        (TREES.replace("桉树,200", "桉树,大").replace("1,500,杉木,20,15\n1", "1,500,杉木,x,15\n1"),
         ["D2", "D5"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_table_of_trees_is_told(tmp_path, text, places):
    with pytest.raises(CarbonledgerError) as refusal:
        read_trees(write(tmp_path / "trees.csv", text), library())
    for place in places:
        assert place in refusal.value.text.zh
        assert place in refusal.value.text.en


def test_a_species_without_an_equation_is_named(tmp_path):
    text = TREES.replace("桉树,200", "毛竹,20")
    trees = read_trees(write(tmp_path / "trees.csv", text), library())
    with pytest.raises(CarbonledgerError) as refusal:
        stand_of(trees, library(), region="350500", profile="forest-stock")
    assert "moso_bamboo" in refusal.value.text.zh


def test_the_command_prints_and_writes_the_plots(tmp_path):
    table = write(tmp_path / "trees.csv", TREES.replace("桉树,200", "桉树,20"))
    out = tmp_path / "plots.csv"
    done = CliRunner().invoke(
        app, ["forest", "plots", str(table), "--region", "泉州市", "--out", str(out),
              "--lang", "zh"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "抽样误差" in done.output
    assert len(pd.read_csv(out)) == 2


# --- stands through the years --------------------------------------------------------------------

STANDS = """小班号,树种,曲线,林龄 [a],面积 [亩]
1,杉木,A,5,150
2,杉木,A,22,30
3,马尾松,A,5,15
"""
VOLUMES = 300 * (1 - np.exp(-0.1 * np.arange(61))) ** 3
CURVE = "曲线,林龄 [a],每公顷蓄积 [m3/ha]\n" + "".join(
    f"A,{age},{volume!r}\n" for age, volume in enumerate(VOLUMES.tolist())
)
FIR, PINE = (d * b * 1.2 * 0.47 for d, b in ((0.307, 1.634), (0.38, 1.472)))


def grown(tmp_path, stands=STANDS, curve=CURVE, years=10, rates=None):
    table = read_stands(write(tmp_path / "stands.csv", stands), library())
    curves = read_curves(write(tmp_path / "curves.csv", curve))
    return grow(
        table, curves, years, rates or Rates(), library(), region="350500", profile="forest-stock"
    )


def test_a_table_of_stands_left_to_grow(tmp_path):
    found = grown(tmp_path)
    assert found.rows == 3
    years = np.arange(11)
    by_hand = (10 * VOLUMES[5 + years] + 2 * VOLUMES[22 + years]) * FIR + VOLUMES[5 + years] * PINE
    assert found.years["biomass"].tolist() == pytest.approx(by_hand.tolist())
    gain = np.diff(by_hand) * 44 / 12
    assert found.years["gain"].tolist()[1:] == pytest.approx(gain.tolist())
    assert np.isnan(found.years["gain"][0])


def test_a_cut_goes_into_products_and_the_area_is_linear(tmp_path):
    rates = Rates(rotation=25, product_share=0.4, decay=0.1, half_life=35.0)
    once = grown(tmp_path, rates=rates).years
    cut = 2 * VOLUMES[25] * FIR  # two hectares reach 25 years in the third year
    k = np.log(2) / 35
    assert once["products"][3] == pytest.approx(0.4 * cut * (1 - np.exp(-k)) / k)
    assert once["dead_wood"][3] == pytest.approx(0.6 * cut)
    balance = once[["biomass", "dead_wood", "products", "released"]].sum(axis=1) - once["grown"]
    assert balance.tolist() == pytest.approx([once["biomass"][0]] * 11, rel=1e-9)
    doubled = STANDS.replace(",150", ",300").replace(",30\n", ",60\n").replace(",15\n", ",30\n")
    twice = grown(tmp_path, stands=doubled, rates=rates).years
    assert twice["biomass"].tolist() == pytest.approx((2 * once["biomass"]).tolist())


@pytest.mark.parametrize(
    ("stands", "curve", "said"),
    [
        (STANDS.replace("3,马", "1,马"), CURVE, "stands.csv!4"),
        (STANDS.replace(",22,", ",22.5,"), CURVE, "stands.csv!3"),
        (STANDS.replace(",30\n", ",0\n"), CURVE, "stands.csv!3"),
        (STANDS.replace("2,杉木,A", "2,杉木,B"), CURVE, "“B”"),
        (STANDS.replace("2,杉木", "2,"), CURVE, "stands.csv!3"),
        (STANDS, CURVE.replace("A,7,", "A,70,"), "逐年"),
    ],
)
def test_tables_of_stands_that_cannot_be_right_are_refused(tmp_path, stands, curve, said):
    with pytest.raises(CarbonledgerError) as refusal:
        grown(tmp_path, stands=stands, curve=curve)
    assert said in refusal.value.text.zh


def test_the_command_carries_stands_and_asks_for_the_half_life(tmp_path):
    stands, curves = write(tmp_path / "s.csv", STANDS), write(tmp_path / "c.csv", CURVE)
    out = tmp_path / "years.csv"
    asked = ["forest", "grow", str(stands), "--curves", str(curves), "--years", "3",
             "--rotation", "25", "--product-share", "0.4", "--lang", "zh"]  # fmt: skip
    refused = CliRunner().invoke(app, asked)
    assert refused.exit_code == 1
    assert isinstance(refused.exception, CarbonledgerError)
    done = CliRunner().invoke(app, [*asked, "--half-life", "35", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "不等于可交易减排量" in done.output
    assert len(pd.read_csv(out)) == 4
