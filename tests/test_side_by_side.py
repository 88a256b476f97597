"""Methods side by side: the numbers of a run, ranges from published bounds alone, no repair."""

import json

import pandas as pd
import pytest
from sinks_sample import inventory

from carbonledger.analysis.side_by_side import (
    MethodNote,
    areas,
    compare_methods,
    notes_of,
)
from carbonledger.api import run_to_folder
from carbonledger.engine.alternatives import alternatives, profiles_for
from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.library.tables import read_folder
from carbonledger.methods.registry import methods
from carbonledger.paths import factors_dir

CO2_PER_C = 44 / 12
AREA = "湿地面积 [公顷]"
KEYS = ["region", "period", "account", "item", "detail", "measure", "method"]


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """100 ha of mangrove in one year, without any measured value."""
    rows = ["2020,S.2.1,红树林,盐度 18 及以上,100"]
    folder = inventory(tmp_path_factory.mktemp("standing"), rows, AREA)
    return open_inventory(folder)


@pytest.fixture(scope="module")
def methods_of(standing):
    """Its results by method under the profile of measured values."""
    return by_method(alternatives(standing, ["sinks-cn"]).table)


def by_method(table, profile="sinks-cn"):
    own = table[table["profile"] == profile]
    return own.set_index("method")


def test_every_feasible_method_is_computed_and_the_one_of_a_run_is_marked(methods_of):
    table = methods_of
    biomass = {name for name in table.index if ".biomass." in name}
    assert biomass == {"coast.standing.biomass.growth", "coast.standing.biomass.measured"}
    assert table.at["coast.standing.biomass.measured", "chosen"]
    assert not table.at["coast.standing.biomass.growth", "chosen"]


def test_a_tier_1_default_stands_beside_the_measured_stand_22_times_below(methods_of):
    # Subtropical default 18.1 x (1 + 0.96) x 0.451 = 16.000 t C/ha/a; planted Kandelia obovata of
    # Shenzhen Bay 14.388 t C/ha in 20 years = 0.719 t C/ha/a (EFDB 525025 and 525076).
    table = methods_of
    tier_1 = table.at["coast.standing.biomass.growth", "amount"]
    measured = table.at["coast.standing.biomass.measured", "amount"]
    assert tier_1 / 100 / CO2_PER_C == pytest.approx(16.000, abs=5e-4)
    assert measured / 100 / CO2_PER_C == pytest.approx(14.388 / 20, rel=1e-3)
    assert tier_1 / measured == pytest.approx(22.2, abs=0.1)


def test_the_range_is_that_of_the_bounds_taken_together(methods_of):
    table = methods_of
    burial = table.loc["coast.standing.soil.burial_density"]
    # 0.0044 to 0.0156 g C/cm3 and 6.5 to 11 mm/a (Zhu et al. 2016): 0.286 and 1.716 t C/ha/a.
    ends = [100 * 0.286 * CO2_PER_C, 100 * 1.716 * CO2_PER_C]
    assert burial[["low", "high"]].tolist() == pytest.approx(ends, rel=1e-12)
    assert set(burial["bounded"].split("|")) == {"sediment_accretion", "soil_carbon_density"}


def test_a_deduction_has_its_ends_in_the_right_order(methods_of):
    methane = methods_of.loc["coast.standing.ch4"]
    assert methane["low"] == pytest.approx(-100 * 40 / 1000)
    assert methane["amount"] == methane["high"] == 0


def test_without_bounds_there_is_no_range(tmp_path):
    rows = ["2020,S.2.1,秋茄,,100,0.9", "2021,S.2.1,秋茄,,0,0.9"]
    folder = inventory(tmp_path / "in", rows, "造林面积 [公顷],保存率 [1]", periods=(2020, 2021))
    table = by_method(alternatives(open_inventory(folder), ["sinks-cn"]).table)
    curve = table.loc["coast.planting.biomass.curve"]
    assert curve[["low", "high"]].isna().all(axis=None)
    assert (curve["bounded"] == "").all()


def test_the_amounts_of_the_chosen_methods_are_those_of_the_run(tmp_path):
    found = open_inventory("fujian-mangrove-2025")
    out = tmp_path
    write_run(found, out, RunOptions())
    posted = pd.read_parquet(out / "postings.parquet")
    posted = posted[posted["notation"] == ""].groupby(KEYS)["amount"].sum()
    table = alternatives(found, ["sinks-cn"]).table
    chosen = table[table["chosen"].astype(bool)].set_index(KEYS)["amount"]
    assert set(posted.index) == set(chosen.index)
    assert chosen.reindex(posted.index).to_numpy() == pytest.approx(posted.to_numpy(), rel=1e-12)


def test_cumulative_sums_and_totals_by_profile_add_up(tmp_path):
    content = compare_methods(open_inventory("fujian-mangrove-2025"))
    table, totals = pd.DataFrame(content["table"]), pd.DataFrame(content["totals"])
    for profile in ("sinks-cn", "sinks-ipcc"):
        sinks = table["account"].str.startswith("S")  # the bounds of what is restored stand apart
        own = table[(table["profile"] == profile) & table["chosen"] & sinks]
        top = totals[(totals["profile"] == profile) & (totals["account"] == "S")]
        whole = (own["amount"] * own["gwp"]).sum()
        last = top.sort_values("period").iloc[-1]
        assert last["cumulative"] == pytest.approx(whole, rel=1e-12)
        assert top["amount"].sum() == pytest.approx(whole, rel=1e-12)
        assert (top["low"] <= top["amount"]).all()
        assert (top["amount"] <= top["high"]).all()


def test_an_inventory_of_emissions_stays_with_its_own_profile(standing):
    assert profiles_for(standing) == ["sinks-cn", "sinks-ipcc"]
    assert profiles_for(open_inventory("fujian-2012")) == ["cn-provincial-2011"]


def test_a_run_of_sinks_keeps_and_prints_the_methods(tmp_path):
    rows = ["2020,S.2.1,红树林,盐度 18 及以上,100"]
    out = tmp_path / "out"
    _, outcome = run_to_folder(inventory(tmp_path / "in", rows, AREA), out, RunOptions())
    assert not outcome.blocked
    kept = json.loads((out / "run.json").read_text("utf-8"))["side_by_side"]
    assert {row["profile"] for row in kept["table"]} == {"sinks-cn", "sinks-ipcc"}
    assert [problem.code for problem in outcome.problems].count("ex-ante") == 1
    from openpyxl import load_workbook

    sheets = load_workbook(out / "summary.xlsx", read_only=True).sheetnames
    assert "方法并列 Side by side" in sheets


def test_input_that_must_be_fixed_is_not_compared(tmp_path):
    folder = inventory(tmp_path / "in", ["2020,S.2.1,红树林,,100"], "湿地面积")
    with pytest.raises(CarbonledgerError) as refusal:
        alternatives(open_inventory(folder))
    assert "check" in refusal.value.text.en


def test_areas_stand_in_hectares_and_in_mu():
    entries = pd.DataFrame(
        {
            "region": ["350000"] * 2, "account": ["S.2.1"] * 2, "item": ["mangrove"] * 2,
            "period": [2024, 2025],
            "area_planted": [675.0, 15.0], "area_planted__unit": ["公顷", "亩"],
            "survival_fraction": [0.8, 0.8], "survival_fraction__unit": ["1", "1"],
        }
    )  # fmt: skip
    found = areas(entries)
    assert found[["ha", "mu"]].to_numpy().tolist() == [pytest.approx([676.0, 10140.0])]
    assert found[["first", "last"]].to_numpy().tolist() == [[2024, 2025]]


def test_an_area_that_stands_is_not_summed_over_the_years():
    entries = pd.DataFrame(
        {
            "region": ["350000"] * 3, "account": ["S.2.1"] * 3, "item": ["mangrove"] * 3,
            "period": [2023, 2024, 2024], "wetland_area": [100.0, 100.0, 300.0],
            "wetland_area__unit": ["ha", "ha", "亩"],
        }
    )  # fmt: skip
    found = areas(entries)
    assert found[["first", "last", "ha"]].to_numpy().tolist() == [[2024, 2024, 120.0]]


def test_every_note_is_about_a_method_or_an_account_and_says_what_is_left_out():
    known, accounts = set(methods()), set(library().accounts["account"])
    for note in read_folder(factors_dir() / "method_notes", MethodNote):
        of_account = note.key in accounts
        assert of_account or any(
            method == note.key or method.startswith(f"{note.key}.") for method in known
        ), note.key
        assert of_account or all((note.included_zh, note.excluded_zh, note.excluded_en)), note.key


def test_the_nearest_note_stands_for_a_method():
    found = notes_of(["forest.growth.whole_tree", "S.2.1.a", "energy.combustion.co2"])
    assert found["forest.growth.whole_tree"].key == "forest.growth"
    assert found["S.2.1.a"].key == "S"
    assert "energy.combustion.co2" not in found
