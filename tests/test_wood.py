"""Harvested wood products: worked examples, another model, the steady state, whole runs."""

import math

import numpy as np
import pandas as pd
import pytest
from factor_tables import BY_ID, CO2_PER_C
from hypothesis import given
from hypothesis import strategies as st
from runs import reviewed

from carbonledger.engine.run import RunOptions
from carbonledger.methods.wood import stock_of_products


def stocks(inflow, half_life, earlier=None):
    inflow = np.asarray(inflow, dtype=float)
    lives = np.full(len(inflow), half_life)
    before = None if earlier is None else np.full(len(inflow), earlier)
    change = stock_of_products(inflow, lives, before)
    start = 0.0 if earlier is None else earlier * half_life / math.log(2)
    return start + np.cumsum(change)


def test_a_thousand_cubic_metres_of_sawnwood_a_year():
    # 0.229 t C/m3, half-life 35 years, from an empty pool; by hand from eq 12.2.
    assert stocks([229.0] * 5, 35.0) == pytest.approx(
        [226.7473, 449.0483, 666.9900, 880.6580, 1090.1362], abs=5e-5
    )


# eu_cbm_hat 2.1.13 (tests/oracles/eu_cbm_hat_products.py): stocks of 229, 239, 249 ... t C a year
# after 1, 5 and 11 years.
EU_CBM_HAT = {
    35.0: (226.7473139048906, 1187.2298041082424, 2777.2822264726046),
    25.0: (225.854523332547, 1165.1446025569771, 2671.406852910823),
    2.0: (193.53046218581562, 607.1193563516917, 867.2099711026721),
}


@pytest.mark.parametrize("half_life", EU_CBM_HAT)
def test_the_pools_of_another_model(half_life):
    ours = stocks([229.0 + 10 * n for n in range(11)], half_life)
    assert ours[[0, 4, 10]] == pytest.approx(EU_CBM_HAT[half_life], rel=1e-12)


@given(st.floats(1, 1e6), st.floats(0.5, 60))
def test_the_steady_state_is_inflow_over_k(inflow, half_life):
    steady = inflow * half_life / math.log(2)
    assert stocks([inflow] * 3, half_life, earlier=inflow) == pytest.approx([steady] * 3)
    years = int(40 * half_life) + 1
    assert stocks([inflow] * years, half_life)[-1] == pytest.approx(steady, rel=1e-9)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20), st.floats(0.5, 60))
def test_no_more_is_in_use_than_was_made(inflow, half_life):
    held = stocks(inflow, half_life)
    assert (held >= 0).all()
    assert (held <= np.cumsum(inflow) * (1 + 1e-12)).all()


def run(tmp_path, text):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / "wood.csv").write_text(text, "utf-8")
    (folder / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2021, 2022]\nprofile = "forest-stock"\n'
        'history_from = 2020\n[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "wood.csv"\n',
        "utf-8",
    )
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    return outcome, tmp_path / "out"


def test_products_of_an_inventory_and_of_an_estimate_have_opposite_signs(tmp_path):
    body = [
        f"泉州市,{year},{account},{item},{volume}"
        for year in (2020, 2021, 2022)
        for account in ("3.D.1", "S.5.1")
        for item, volume in (("锯材", 1000), ("胶合板", 2000))
    ]
    table = "地区,年份,科目,品种,wood_products [m3]\n" + "\n".join(body) + "\n"
    outcome, out = run(tmp_path, table)
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    postings = pd.read_parquet(out / "postings.parquet")
    amounts = postings.set_index(["account", "item", "period"])["amount"]
    sawn = np.diff(stocks([229.0] * 3, 35.0)) * CO2_PER_C
    plywood = np.diff(stocks([534.0] * 3, 25.0)) * CO2_PER_C  # the half-life of all panels
    for item, wanted in (("sawnwood", sawn), ("plywood", plywood)):
        sink = amounts["S.5.1"][item].sort_index().tolist()
        assert sink == pytest.approx(list(wanted))
        assert amounts["3.D.1"][item].sort_index().tolist() == pytest.approx([-x for x in sink])
    books = postings.groupby("account")["book"].first().to_dict()
    assert books == {"3.D.1": "inventory", "S.5.1": "credit"}


def test_an_earlier_production_starts_the_pool_in_its_steady_state(tmp_path):
    body = "".join(f"泉州市,{year},S.5.1,锯材,1000,1000\n" for year in (2020, 2021, 2022))
    head = "地区,年份,科目,品种,wood_products [m3],earlier_wood_products [m3]\n"
    outcome, out = run(tmp_path, head + body)
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    postings = pd.read_parquet(out / "postings.parquet")
    assert set(postings["method"]) == {"wood.sink.steady"}
    assert postings["amount"].abs().max() < 1e-9


def test_paper_goes_by_mass(tmp_path):
    body = "".join(f"泉州市,{year},S.5.1,paper,100\n" for year in (2020, 2021, 2022))
    outcome, out = run(tmp_path, "地区,年份,科目,品种,wood_products [t]\n" + body)
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    table = pd.read_parquet(out / "postings.parquet").sort_values("period")
    wanted = np.diff(stocks([38.6] * 3, 2.0)) * CO2_PER_C
    assert table["amount"].tolist() == pytest.approx(list(wanted))


def test_a_year_without_an_entry_is_not_a_year_without_wood(tmp_path):
    body = "".join(f"泉州市,{year},S.5.1,锯材,1000\n" for year in (2020, 2022))
    outcome, _ = run(tmp_path, "地区,年份,科目,品种,wood_products [m3]\n" + body)
    assert outcome.blocked
    assert "series-gap" in {problem.code for problem in outcome.problems}


def test_carbon_of_products_is_density_times_fraction():
    # IPCC 2019 Table 12.1: dry mass per air-dry volume and its carbon fraction.
    for item, density, fraction in (
        ("sawnwood", 0.458, 0.5), ("mdf", 0.691, 0.427), ("plywood", 0.542, 0.493),
        ("hardboard", 0.788, 0.425), ("osb", 0.573, 0.463),
    ):  # fmt: skip
        value = BY_ID[f"ipcc-2019/v4-t12.1/{item}/carbon"].value
        assert value == pytest.approx(density * fraction, abs=6e-4)
