"""Projects by growth curves: balances, limits of curves, schedules, whole runs."""

import numpy as np
import pandas as pd
import pytest
from factor_tables import CO2_PER_C
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import reviewed

from carbonledger.engine.run import RunOptions
from carbonledger.methods.cohorts import Management, tabulated, volumes
from carbonledger.methods.growth import gompertz, logistic, richards
from carbonledger.methods.registry import get

YEARS = 40
FIR = {"richards_final_volume": 300.0, "richards_rate": 0.1, "richards_shape": 3.0}
FACTORS = {
    "basic_wood_density": 0.307,
    "biomass_expansion_factor_aboveground": 1.634,
    "root_shoot_ratio": 0.246,
    "biomass_carbon_fraction": 0.5,
}
CO2_PER_M3 = 0.307 * 1.634 * 1.246 * 0.5 * CO2_PER_C


def rows(values, count=YEARS):
    return {name: np.full(count, value) for name, value in values.items()}


def gain(method, planted, *, risk=0.0, survival=1.0, **more):
    count = len(planted)
    return get(method).function(
        area_planted=np.asarray(planted, dtype=float),
        **rows({"survival_fraction": survival, "risk_deduction": risk}, count),
        **rows(FACTORS, count),
        **rows(more, count),
    )


# --- curves --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curve", "shape", "age", "share"),
    [
        # the age of the inflexion and the share of the final volume there, from the derivatives
        (richards, 3.0, np.log(3.0) / 0.1, (1 - 1 / 3) ** 3),
        (logistic, 20.0, np.log(20.0) / 0.1, 0.5),
        (gompertz, 4.0, np.log(4.0) / 0.1, np.exp(-1.0)),
    ],
)
def test_curves_have_their_inflexion_and_their_final_volume(curve, shape, age, share):
    assert curve(age, 300.0, 0.1, shape) == pytest.approx(300.0 * share)
    assert curve(500.0, 300.0, 0.1, shape) == pytest.approx(300.0)
    step = 1e-3
    before, at, after = (curve(age + d, 300.0, 0.1, shape) for d in (-step, 0.0, step))
    assert abs(after - 2 * at + before) < 1e-8 * at


# --- cohorts -------------------------------------------------------------------------------------


def test_a_plantation_gains_what_its_curve_says():
    planted = [100.0] + [0.0] * (YEARS - 1)
    gained = gain("forest.project.richards", planted, **FIR)
    assert gained[0] == 0.0  # nothing in the year of planting
    stock = 100.0 * richards(np.arange(YEARS), 300.0, 0.1, 3.0) * CO2_PER_M3
    assert np.cumsum(gained) == pytest.approx(stock)
    # 100 ha after 30 years by hand: 300 x (1 - e^-3)^3 = 257.4 m3/ha
    assert stock[30] == pytest.approx(100 * 257.3855 * CO2_PER_M3, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1e4), min_size=2, max_size=30), st.floats(0, 1), st.floats(0, 0.5))
def test_a_schedule_is_the_sum_of_its_years(planted, survival, risk):
    together = gain("forest.project.richards", planted, survival=survival, risk=risk, **FIR)
    alone = sum(
        gain(
            "forest.project.richards",
            [area if year == n else 0.0 for n in range(len(planted))],
            survival=survival, risk=risk, **FIR,
        )
        for year, area in enumerate(planted)
    )  # fmt: skip
    assert together == pytest.approx(alone, rel=1e-9, abs=1e-9)
    full = gain("forest.project.richards", planted, **FIR)
    assert together == pytest.approx(full * survival * (1 - risk), rel=1e-9, abs=1e-9)
    assert gain("forest.baseline.richards", planted, **FIR) == pytest.approx(-full)


@settings(max_examples=60, deadline=None)
@given(
    rotation=st.integers(3, 50), thinning_age=st.integers(1, 60), thinning=st.floats(0, 0.7),
    disturbance=st.floats(0, 0.2),
)  # fmt: skip
def test_what_grows_stands_is_cut_or_is_lost(rotation, thinning_age, thinning, disturbance):
    managed = Management(*(np.full(YEARS, float(v)) for v in (
        rotation, thinning_age, thinning, disturbance,
    )))  # fmt: skip
    flows = volumes(YEARS, lambda age: richards(age, 300.0, 0.1, 3.0), managed)
    left = flows.grown - flows.change - flows.harvested - flows.lost
    assert np.abs(left).max() <= 1e-9 * 300
    for flow in (flows.grown, flows.harvested, flows.lost):
        assert flow.min() >= -1e-9
    # The stock never exceeds that of the curve, and a clear cut leaves nothing.
    stock = flows.change.cumsum(axis=0)
    assert stock.max() <= richards(min(rotation, YEARS), 300.0, 0.1, 3.0) * (1 + 1e-9)
    for year in range(rotation, YEARS, rotation):
        assert abs(stock[year, 0]) < 1e-9


def test_nothing_done_is_the_same_as_no_management():
    curve = tabulated(np.linspace(0.0, 200.0, YEARS))
    idle = Management(*(np.full(YEARS, v) for v in (1000.0, 1000.0, 0.0, 0.0)))
    plain, managed = volumes(YEARS, curve), volumes(YEARS, curve, idle)
    assert (plain.change == managed.change).all()
    assert not managed.harvested.any()


def test_thinning_takes_its_share_once():
    managed = Management(*(np.full(YEARS, v) for v in (1000.0, 12.0, 0.25, 0.0)))
    flows = volumes(YEARS, lambda age: richards(age, 300.0, 0.1, 3.0), managed)
    cut = flows.harvested[:, 0]
    assert np.flatnonzero(cut).tolist() == [12]
    assert cut[12] == pytest.approx(0.25 * richards(12, 300.0, 0.1, 3.0))


# --- whole runs ----------------------------------------------------------------------------------

HEAD = "地区,年份,科目,品种,造林面积 [ha],保存率 [%],"
CURVE = "richards_final_volume [m3/ha],richards_rate [1/a],richards_shape [1]"


def run(tmp_path, head, lines, *, periods=range(2021, 2026)):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / "plan.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "350500"\nperiods = {list(periods)}\nprofile = "forest-stock"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "plan.csv"\n',
        "utf-8",
    )
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    return outcome, tmp_path / "out"


def postings_of(outcome, out):
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    return pd.read_parquet(out / "postings.parquet").set_index(["account", "period"])


def test_a_planting_plan_becomes_postings(tmp_path):
    areas = (100, 50, 0, 0, 0)
    lines = [f"泉州市,{2021 + n},S.1.1,杉木,{area},90,300,0.1,3" for n, area in enumerate(areas)]
    table = postings_of(*run(tmp_path, HEAD + CURVE, lines))
    amounts = table.loc["S.1.1"]["amount"].sort_index()
    # 90 % survive; 10 % are put aside; roots 0.20 and carbon 0.47 of IPCC.
    factor = 0.9 * 0.9 * 0.307 * 1.634 * 1.2 * 0.47 * CO2_PER_C
    curve = richards(np.arange(5), 300.0, 0.1, 3.0)
    grown = np.diff(curve, prepend=0.0)
    wanted = 100 * grown + 50 * np.concatenate([[0.0], grown[:-1]])
    assert amounts.tolist() == pytest.approx(list(wanted * factor))
    assert set(table.loc["S.1.1"]["book"]) == {"credit"}
    # Nothing was said of a cut, so products are not estimated, which is not zero.
    assert set(table.loc["S.5.2"]["notation"]) == {"NE"}
    assert table.loc["S.5.2"]["amount"].isna().all()


def test_a_short_rotation_with_its_products_and_its_baseline(tmp_path):
    managed = "轮伐期 [a],间伐林龄 [a],间伐强度（蓄积比例） [1],灾害损失率 [1/a]"
    products = "product_share [1],product_half_life [a]"
    head = f"{HEAD}{CURVE},{managed},{products},基线植被面积 [ha],aboveground_growth [t dm/ha/a]"
    lines = []
    for n, year in enumerate(range(2021, 2031)):
        area = 10 if n == 0 else 0
        lines.append(f"泉州市,{year},S.1.1,桉树,{area},100,200,0.5,3,5,100,0,0,0.6,5,,")
        lines.append(f"泉州市,{year},S.1.2,灌木林,,,,,,,,,,,,10,0.5")
    table = postings_of(*run(tmp_path, head, lines, periods=range(2021, 2031)))
    change = table.loc["S.1.1"]["amount"].sort_index().to_numpy()
    # Cut at five years in 2026: all that had grown is given back.
    assert change[:6].sum() == pytest.approx(0.0, abs=1e-9)
    assert change[6:].sum() > 0 > change[5]
    wood = table.loc["S.5.2"]["amount"].sort_index().to_numpy()
    cut = 10 * richards(5, 200.0, 0.5, 3.0)
    density = 0.578  # eucalyptus
    k = np.log(2) / 5
    made = cut * density * 0.47 * 0.6 * CO2_PER_C
    assert wood[5] == pytest.approx(made * (1 - np.exp(-k)) / k)
    assert wood[:5].tolist() == [0.0] * 5
    assert wood[6] == pytest.approx(-wood[5] * (1 - np.exp(-k)))
    # 10 ha x 0.5 t x 1.2 x 0.47 of the shrub that was there, deducted after 10 % for risk
    baseline = table.loc["S.1.2"]["amount"]
    assert baseline.tolist() == pytest.approx([-10 * 0.5 * 1.2 * 0.47 * CO2_PER_C * 0.9] * 10)


def test_a_table_of_volumes_serves_as_a_curve(tmp_path):
    volume = (0, 4, 12, 25, 40)
    lines = [
        f"泉州市,{2021 + n},S.1.1,马尾松,{100 if n == 0 else 0},100,{v}"
        for n, v in enumerate(volume)
    ]
    table = postings_of(*run(tmp_path, HEAD + "stand_volume [m3/ha]", lines))
    amounts = table.loc["S.1.1"]["amount"].sort_index()
    factor = 0.9 * 0.38 * 1.472 * 1.2 * 0.47 * CO2_PER_C
    assert amounts.cumsum().tolist() == pytest.approx([100 * v * factor for v in volume])


@pytest.mark.parametrize(
    ("head", "lines", "code"),
    [
        # a plan that leaves out a year; two surveys' numbers where a curve is asked
        (HEAD + CURVE, ["泉州市,2021,S.1.1,杉木,100,90,300,0.1,3",
                        "泉州市,2023,S.1.1,杉木,0,90,300,0.1,3"], "series-gap"),
        # a share of the rotation without the thinning
        (HEAD + CURVE + ",轮伐期 [a]", ["泉州市,2021,S.1.1,杉木,100,90,300,0.1,3,25"],
         "quantity-not-used"),
        # per cent written as a fraction of hundred, an area in square kilometres too large
        (HEAD + CURVE, ["泉州市,2021,S.1.1,杉木,100,190,300,0.1,3"], "parameter-implausible"),
        (HEAD + CURVE, ["泉州市,2021,S.1.1,杉木,100,90,3000,0.1,3"], "parameter-implausible"),
    ],
)  # fmt: skip
def test_plans_that_cannot_be_right_are_refused(tmp_path, head, lines, code):
    outcome, _ = run(tmp_path, head, lines, periods=[2021])
    if code == "series-gap":
        outcome, _ = run(tmp_path, head, lines, periods=range(2021, 2024))
    assert outcome.blocked
    assert code in {problem.code for problem in outcome.problems}
