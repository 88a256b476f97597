"""Coastal wetlands: worked numbers of the 2013 Wetlands Supplement, InVEST, measured stands.

Numbers computed by hand stand beside the equation (D1 to D7 in the order: biomass, extraction,
rewetting, drainage, methane, nitrous oxide, burial).
"""

import numpy as np
import pytest
from factor_tables import FOLDER, records
from hypothesis import given
from hypothesis import strategies as st
from sinks_sample import amounts, computed, reviewed

from carbonledger.methods.registry import get
from carbonledger.model.records import Parameter

CO2_PER_C = 44 / 12
AREA = "湿地面积 [公顷]"
PLANTED = "造林面积 [公顷],保存率 [1]"
ROWS = {
    row.id: row
    for name in ("coast_ipcc", "coast_cn")
    for row in records(FOLDER / "parameters" / f"{name}.csv", Parameter)
}
areas = st.lists(st.floats(0, 1e4), min_size=1, max_size=12).map(np.array)


def spread(value, like):
    return np.full(len(like), value)


def value(key):
    return ROWS[key].value


# --- the inventory -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "head", "measure", "expected"),
    [
        # D2 (eq 4.6): 10 ha x 386 t C/ha, all in the year.
        ("3.B.4.c.1,红树林,,10", "开挖或围垦面积 [公顷]", "CO2", 10 * 386 * CO2_PER_C),
        ("3.B.4.c.1,海草床,,150", "开挖或围垦面积 [亩]", "CO2", 10 * 108 * CO2_PER_C),
        # D3 (eq 4.7): EF_RE -0.43 t C/ha/a for seagrass.
        ("3.B.4.c.3,海草床,,10", "恢复淹水、重建植被的面积 [公顷]", "CO2", -4.3 * CO2_PER_C),
        # D4 (eq 4.8): 7.9 t C/ha/a.
        ("3.B.4.c.2,盐沼,,10", "排干面积 [公顷]", "CO2", 79 * CO2_PER_C),
        # D6 (eq 4.10): 1000 t fish x 0.00169 kg N2O-N/kg x 44/28.
        ("3.B.4.c.4,养殖鱼虾,,1000", "水产养殖产量 [吨]", "N2O", 1.69 * 44 / 28),
    ],
)
def test_emissions_of_coastal_wetlands(tmp_path, row, head, measure, expected):
    found = amounts(*computed(tmp_path, [f"2020,{row}"], head, profile="ipcc-2006"))
    account = row.split(",")[0]
    assert found[account, measure] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("detail", "methane"), [("盐度低于 18", 1.937), ("盐度 18 及以上", 0.0)])
def test_methane_by_salinity(tmp_path, detail, methane):
    # D5 (eq 4.9): 193.7 kg CH4/ha/a below 18 psu, none above.
    rows = [f"2020,3.B.4.c.3,红树林,{detail},10"]
    head = "恢复淹水、重建植被的面积 [公顷]"
    found = amounts(*computed(tmp_path, rows, head, profile="ipcc-2006"))
    assert found["3.B.4.c.3", "CH4"] == pytest.approx(methane)
    assert found["3.B.4.c.3", "CO2"] == pytest.approx(-16.2 * CO2_PER_C)


def test_without_salinity_the_methane_is_asked_for(tmp_path):
    head = "恢复淹水、重建植被的面积 [公顷]"
    outcome, _ = computed(tmp_path, ["2020,3.B.4.c.3,红树林,,10"], head, profile="ipcc-2006")
    assert outcome.blocked
    said = [problem for problem in outcome.problems if problem.code == "parameter-not-found"]
    assert len(said) == 1
    assert "盐度低于 18" in said[0].remedy.zh


def test_mangrove_biomass_in_the_inventory_takes_its_own_roots(tmp_path):
    # D1: 18.1 x (1 + 0.96) x 0.451 = 16.000 t C/ha/a; the roots of forests (0.20) would give 9.8.
    rows = ["2020,3.B.1.a,红树林,,10"]
    head = "面积 [公顷]"
    outcome, out = computed(tmp_path, rows, head, profile="ipcc-2006")
    found = amounts(outcome, out)
    assert found["3.B.1.a", "CO2"] == pytest.approx(-160.0 * CO2_PER_C, rel=1e-4)


# --- pools that decay ----------------------------------------------------------------------------


def test_a_pool_accumulates_as_invest_states():
    # InVEST's mangrove: 2 (biomass) + 5.35 (soil) + 1 (litter) t C/ha/a over 10 years = 83.5.
    one = np.array([1.0])
    rates = {
        "coast.standing.biomass.measured": ("biomass_carbon_growth", 2.0),
        "coast.standing.soil.accumulation": ("soil_carbon_accumulation", 5.35),
        "coast.standing.litter": ("litter_carbon_growth", 1.0),
    }
    yearly = sum(
        get(name).function(wetland_area=one, **{argument: one * rate})
        for name, (argument, rate) in rates.items()
    )
    assert 10 * yearly[0] / CO2_PER_C == pytest.approx(83.5, rel=1e-12)


@given(half_life=st.floats(0.5, 60), stock=st.floats(1, 500), share=st.floats(0.01, 1))
def test_half_of_a_disturbed_pool_is_emitted_in_a_half_life(half_life, stock, share):
    # E(t) = D x [0.5^((t - r - 1)/H) - 0.5^((t - r)/H)], summed up to t: D x (1 - 0.5^((t - r)/H)).
    years = np.arange(40.0)
    area = (years == 0) * 1.0
    emitted = get("coast.inventory.disturbance").function(
        area, spread(stock, area), spread(share, area), spread(half_life, area)
    )
    total = stock * share * CO2_PER_C
    assert emitted.cumsum() == pytest.approx(total * (1 - 0.5 ** (years / half_life)), abs=1e-9)
    # Mass balance: what is emitted and what is left are what was disturbed.
    left = total * 0.5 ** (years[-1] / half_life)
    assert emitted.sum() + left == pytest.approx(total, rel=1e-9)


# --- plantings -----------------------------------------------------------------------------------


def curve(area, survival=1.0):
    names = ("final", "rate", "shape")
    parameters = [spread(value(f"cn-coast/kandelia/curve-{name}"), area) for name in names]
    return get("coast.planting.biomass.curve").function(area, spread(survival, area), *parameters)


@pytest.mark.parametrize(("age", "stock"), [(6, 0.423 + 0.117), (20, 12.126 + 2.262), (70, 15.120)])
def test_the_curve_goes_through_the_stands_that_were_measured(age, stock):
    # Kandelia obovata planted in Shenzhen Bay: 0.540, 14.388 and 15.120 t C/ha at 6, 20, 70 years
    # (EFDB 524992, 525043; 525025, 525076; 525036, 525087). At age 0 the curve has 0.04.
    area = np.zeros(age + 1)
    area[0] = 1.0
    grown = curve(area).sum() / CO2_PER_C
    assert grown == pytest.approx(stock, abs=0.05)


def test_a_planting_gains_nothing_in_its_year_and_less_than_at_full_rate_at_first():
    area = np.array([100.0, *[0.0] * 9])
    grown = curve(area)
    full = get("coast.planting.biomass.measured").function(
        area_planted=area,
        survival_fraction=spread(1.0, area),
        biomass_carbon_growth=spread(value("cn-coast/kandelia/growth"), area),
    )
    assert grown[0] == 0
    assert full[0] == pytest.approx(100 * 0.719 * CO2_PER_C)
    assert (grown[:5].cumsum() < full[:5].cumsum() / 5).all()


@given(area=areas, survival=st.floats(0.05, 1), factor=st.floats(0.1, 10))
def test_a_schedule_is_the_sum_of_its_plantings(area, survival, factor):
    whole = curve(area, survival)
    apart = [curve(np.where(np.arange(len(area)) == year, area, 0.0), survival)
             for year in range(len(area))]  # fmt: skip
    assert whole == pytest.approx(sum(apart), rel=1e-9, abs=1e-9)
    assert curve(area * factor, survival) == pytest.approx(whole * factor, rel=1e-9, abs=1e-9)
    assert curve(area, survival / 2) == pytest.approx(whole / 2, rel=1e-9, abs=1e-9)
    assert (whole >= 0).all()


def test_an_entry_gives_its_pools_apart_and_names_what_is_not_included(tmp_path):
    rows = ["2020,S.2.1,秋茄,盐度低于 18,100"]
    outcome, out = computed(tmp_path, rows, AREA)
    found = amounts(outcome, out)
    assert found["S.2.1.a", "CO2"] == pytest.approx(71.9 * CO2_PER_C)
    # D7: 0.01 g C/cm3 x 8.75 mm/a = 0.875 t C/ha/a, within the 0.65 to 1.1 of Zhu et al. 2016.
    assert found["S.2.1.b", "CO2"] == pytest.approx(87.5 * CO2_PER_C)
    assert found["S.2.1.c", "CH4"] == pytest.approx(-19.37)
    assert np.isnan(found["S.2.1.d", "CO2"])
    assert any("枯落物" in problem.message.zh for problem in outcome.problems)


def test_measured_sediment_is_taken_before_defaults(tmp_path):
    head = f"{AREA},沉积物干容重 [g/cm3],沉积物有机碳含量 [g C/kg],沉积速率 [cm/a]"
    rows = ["2020,S.2.1,红树林,盐度 18 及以上,10,0.9,7.6,0.5"]
    found = amounts(*computed(tmp_path, rows, head))
    # D7: 0.9 g/cm3 x 0.0076 x 0.5 cm/a x 100 = 0.342 t C/ha/a.
    assert found["S.2.1.b", "CO2"] == pytest.approx(3.42 * CO2_PER_C)


# --- never twice ---------------------------------------------------------------------------------

SEDIMENT = f"{AREA},沉积物干容重 [g/cm3],沉积物有机碳含量 [g C/kg],沉积速率 [cm/a]"


def test_rewetting_and_burial_of_one_place_are_refused(tmp_path):
    # One entry by the default of rewetting, one by measured burial: the same carbon of the soil.
    head = SEDIMENT
    rows = ["2020,S.2.3,海草床,,10,,,", "2020,S.2.3,海草床,,10,0.9,7.6,0.5"]
    outcome, out = computed(tmp_path, rows, head)
    assert outcome.blocked
    (said,) = [problem for problem in outcome.problems if problem.code == "pool-counted-twice"]
    assert said.grade == "A"
    assert "不得相加" in said.message.zh
    assert "never added" in said.message.en
    assert not (out / "totals.csv").exists()


def test_different_places_may_differ_in_their_methods(tmp_path):
    rows = ["2020,S.2.3,海草床,,10,,,", "2020,S.2.2,盐沼,盐度 18 及以上,10,0.9,7.6,0.5"]
    found = amounts(*computed(tmp_path, rows, SEDIMENT))
    assert found["S.2.3.b", "CO2"] == pytest.approx(4.3 * CO2_PER_C)
    assert found["S.2.2.b", "CO2"] == pytest.approx(3.42 * CO2_PER_C)


def test_tier_1_is_flagged_with_the_measured_value_beside_it(tmp_path):
    rows = ["2020,S.2.1,红树林,盐度 18 及以上,100"]
    outcome, _ = reviewed(tmp_path, rows, AREA, profile="sinks-ipcc")
    (said,) = [problem for problem in outcome.problems if problem.code == "method-spread"]
    assert said.grade == "B"
    # 100 ha: 5,867 t CO2 by Tier 1 and 264 t CO2 as measured, 22.3 times.
    assert all(figure in said.message.zh for figure in ("5,867", "264", "22.3"))


def test_a_rate_above_what_was_published_must_be_explained(tmp_path):
    # Measured mangroves gained at most 1.687 t C/ha/a (Sonneratia of 6 years, Shenzhen Bay).
    head = f"{AREA},植被生物量碳年增量 [t C/ha/a]"
    rows = ["2020,S.2.1,红树林,盐度 18 及以上,100,4.5", "2021,S.2.1,红树林,盐度 18 及以上,100,1.6"]
    outcome, _ = reviewed(tmp_path, rows, head, periods=(2020, 2021))
    (said,) = [problem for problem in outcome.problems if problem.code == "rate-beyond-published"]
    assert said.grade == "B"
    assert said.cell == "G2"
    assert "4.5 t C/(ha·a) 高于文献区间上限 1.687 t C/(ha·a)" in said.message.zh


def test_a_planting_at_full_rate_is_told(tmp_path):
    rows = ["2020,S.2.1,红树林,盐度 18 及以上,100,0.8"]
    outcome, _ = reviewed(tmp_path, rows, PLANTED, profile="sinks-ipcc")
    (said,) = [problem for problem in outcome.problems if problem.code == "full-rate-at-planting"]
    assert said.grade == "C"
    assert "种植当年即按满速率计算，偏高" in said.message.zh


def test_a_baseline_without_a_default_must_be_measured(tmp_path):
    outcome, _ = computed(tmp_path, ["2020,S.2.5,互花米草,,100,0.8"], PLANTED)
    assert outcome.blocked
    head = f"{PLANTED},土壤碳积累速率 [t C/ha/a]"
    again = computed(tmp_path / "x", ["2020,S.2.5,互花米草,,100,0.8,0.5"], head)
    assert amounts(*again)["S.2.5", "CO2"] == pytest.approx(-100 * 0.8 * 0.5 * CO2_PER_C)


def test_methane_of_a_pond_that_is_given_up_is_avoided(tmp_path):
    # IPCC 2019 Table 7.12: 30 kg CH4/ha/a of saline ponds.
    found = amounts(*computed(tmp_path, ["2020,S.2.5,养殖塘（咸水）,,100,1"], PLANTED))
    assert found["S.2.5", "CH4"] == pytest.approx(3.0)
