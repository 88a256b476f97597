"""Restored wetlands: only the difference to the state before counts, and bounds join no total."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carbonledger as cl
from carbonledger.analysis.added import added
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.methods.coast_restored import restoring_biomass, restoring_soil

areas = st.lists(st.floats(0, 1000), min_size=1, max_size=30)


@settings(deadline=None)
@given(areas, st.floats(0, 300), st.floats(0, 300), st.floats(1, 40))
def test_all_the_difference_is_gained_in_the_years_of_recovery(area, before, after, years):
    planted = np.concatenate([np.array(area), np.zeros(41)])
    gained = restoring_biomass(planted, before, after, years).sum()
    expected = sum(area) * (after - before) * 44 / 12
    assert gained == pytest.approx(expected, rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(areas, st.floats(-5, 5), st.floats(-5, 5))
def test_before_and_after_exchanged_is_the_opposite(area, before, after):
    one = restoring_soil(np.array(area), before, after)
    other = restoring_soil(np.array(area), after, before)
    assert one == pytest.approx(-other)
    assert restoring_soil(np.array(area), before, before) == pytest.approx(np.zeros(len(area)))


def test_by_hand():
    # 100 ha from 2 to 12 t C/ha in 5 years: 200 t C a year, none in the year of restoration.
    area = np.array([100.0, 0, 0, 0, 0, 0, 0])
    assert restoring_biomass(area, 2.0, 12.0, 5.0) == pytest.approx(
        np.array([0, 200, 200, 200, 200, 200, 0]) * 44 / 12
    )
    half = restoring_biomass(area, 2.0, 12.0, 2.5)
    assert half == pytest.approx(np.array([0, 400, 400, 200, 0, 0, 0]) * 44 / 12)
    # Soil: 0.2 before, 0.9 after, on 100 and then on 150 ha.
    soil = restoring_soil(np.array([100.0, 50.0, 0.0]), 0.2, 0.9)
    assert soil == pytest.approx(np.array([70, 105, 105]) * 44 / 12)


@pytest.fixture(scope="module")
def totals():
    """The totals of the worked inventory."""
    run = cl.run(cl.open_inventory("fujian-mangrove-2025"))
    found = run.totals(by=["account", "period", "measure"])
    return found[found["measure"] != "CH4"].set_index(["account", "period"])["amount"]


def test_550_ha_are_a_range_apart_from_675_ha_of_new_mangrove(totals):
    # By hand: 550 ha x 15.12 / 20 a + 550 ha x 1.1 t C/ha/a.
    assert totals["R.2", 2035] == pytest.approx(550 * (15.12 / 20 + 1.1) * 44 / 12)
    assert totals["R.1", 2035] == 0
    assert totals["S", 2035] == pytest.approx(totals["S.2.1", 2035] + totals["S.2.5", 2035])


HEADS = (
    "region,period,account,item,修复面积 [公顷],修复前植被碳密度 [t C/ha],"
    "修复后植被碳密度 [t C/ha],恢复年限 [a]\n"
)
ENTRY = """350000,2024,S.2.6,红树林,10,1,6,5
350000,2025,S.2.6,红树林,0,1,6,5
"""
MANIFEST = """region = "350000"
periods = [2024, 2025]
profile = "sinks-cn"
[title]
zh = "修复"
en = "restored"
[[tables]]
file = "a.csv"
source = "示例"
"""


def test_measured_restoration_joins_the_sinks_and_a_missing_pool_is_said(tmp_path):
    folder = tmp_path / "restored"
    folder.mkdir()
    (folder / "inventory.toml").write_text(MANIFEST, "utf-8")
    (folder / "a.csv").write_text(HEADS + ENTRY, "utf-8")
    run = cl.run(cl.open_inventory(folder))
    gained = run.totals(by=["account", "period"]).set_index(["account", "period"])["amount"]
    assert gained["S.2", 2025] == pytest.approx(10 * 44 / 12)
    soil = run.postings[run.postings["account"] == "S.2.6.b"]
    assert set(soil["notation"]) == {"NE"}


def test_bounds_are_added_to_nothing(totals):
    run = cl.run(cl.open_inventory("fujian-mangrove-2025"))
    assert run.postings.loc[run.postings["account"].str.startswith("R"), "co2e"].isna().all()
    by_item = run.totals(by="item")
    assert by_item.loc[by_item["item"] == "mangrove", "root"].nunique() == 3
    table = run.totals(by="account")
    for accounts in (["S", "R.2"], ["R.1", "R.2"]):
        with pytest.raises(CarbonledgerError):
            added(table, accounts, library())
