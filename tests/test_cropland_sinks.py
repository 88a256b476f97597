"""Cropland soil, tea plantations, orchards and urban green as sinks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sinks_sample import amounts, computed

from carbonledger.methods.registry import get

CO2_PER_C = 44 / 12
SOIL = (
    "soil_reference_stock", "land_use_factor_before", "management_factor_before",
    "input_factor_before", "land_use_factor_after", "management_factor_after",
    "input_factor_after", "soil_transition",
)  # fmt: skip
share = st.floats(0.3, 1.8)


def soil(area, *values):
    return get("cropland.soil").function(cropland_area=area, **dict(zip(SOIL, values, strict=True)))


def test_the_worked_example_of_equation_2_25():
    # SOC_ref 64 (EFDB 327450), 0.69 x 1.08 x 1 to 0.82 x 1 x 1 on 100 ha: 4769.28 to 5248.0 t C,
    # +23.936 t C a year over 20 years.
    found = soil(100.0, 64.0, 0.69, 1.08, 1.0, 0.82, 1.0, 1.0, 20.0)
    assert found / CO2_PER_C == pytest.approx((5248.0 - 4769.28) / 20, rel=1e-12)
    assert found / CO2_PER_C == pytest.approx(23.936, rel=1e-9)


@given(stock=st.floats(5, 150), factors=st.tuples(share, share, share), area=st.floats(0, 1e5))
def test_what_does_not_change_gains_nothing_and_the_way_back_loses_as_much(stock, factors, area):
    assert soil(area, stock, *factors, *factors, 20.0) == 0
    there = soil(area, stock, *factors, 0.9, 1.1, 1.2, 20.0)
    back = soil(area, stock, 0.9, 1.1, 1.2, *factors, 20.0)
    assert there == pytest.approx(-back, rel=1e-9, abs=1e-9)


def test_no_tillage_by_climate_and_soil(tmp_path):
    # Table 2.3 and 5.5 of IPCC 2019: 55 x 0.69 x (1.10 - 1) / 20 on 1000 ha; 38 x 0.83 x 0.10 / 20.
    rows = [
        "2020,S.4.1,免耕,暖温带湿润·低活性黏土,1000",
        "2020,S.4.1,免耕,热带湿润·低活性黏土,15000",
    ]
    found = amounts(*computed(tmp_path, rows[:1], "耕地面积（管理改变） [公顷]"))
    assert found["S.4.1", "CO2"] == pytest.approx(1000 * 55 * 0.69 * 0.1 / 20 * CO2_PER_C)
    found = amounts(*computed(tmp_path / "x", rows[1:], "耕地面积（管理改变） [亩]"))
    assert found["S.4.1", "CO2"] == pytest.approx(1000 * 38 * 0.83 * 0.1 / 20 * CO2_PER_C)


def test_without_climate_and_soil_nothing_is_assumed(tmp_path):
    outcome, _ = computed(tmp_path, ["2020,S.4.1,免耕,,1000"], "耕地面积（管理改变） [公顷]")
    assert outcome.blocked
    (said,) = [problem for problem in outcome.problems if problem.code == "parameter-not-found"]
    assert "暖温带湿润" in said.remedy.zh


def test_young_tea_grows_until_it_is_mature(tmp_path):
    # IPCC 2019 Table 5.3: 0.7 t C/ha/a above ground.
    rows = ["2020,S.4.2,茶园,,100"]
    found = amounts(*computed(tmp_path, rows, "未成熟茶园、果园面积 [公顷]"))
    assert found["S.4.2", "CO2"] == pytest.approx(70 * CO2_PER_C)


def test_urban_green_by_its_crowns(tmp_path):
    rows = ["2020,S.4.3,城市绿地,,10"]
    found = amounts(*computed(tmp_path, rows, "树冠覆盖面积 [公顷]"))
    assert found["S.4.3", "CO2"] == pytest.approx(29 * CO2_PER_C)
