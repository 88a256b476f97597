"""Regions rolled up: counties to the city, residuals, electricity that cancels."""

import json

import openpyxl
import pandas as pd
import pytest
from runs import reviewed

from carbonledger.analysis.indicators import indicators
from carbonledger.analysis.region_tree import reaches, region_tree
from carbonledger.analysis.summary import summary
from carbonledger.api import library_of, run_to_folder
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions

HEAD = "地区,年份,科目,品种,电量 [MWh],消费量 [t]\n"
ROWS = [
    ("350500", "1.A.2", "diesel", "", 1000),  # the city's own balance
    ("350524", "1.A.2", "diesel", "", 400),
    ("350525", "1.A.2", "diesel", "", 500),
    ("350524", "1.A.4.b", "lpg", "", 30),  # only the counties know
    ("350525", "1.A.4.b", "lpg", "", 20),
    ("350524", "M.2.b", "electricity", 100, ""),  # sent from one county to the other
    ("350525", "M.2.a", "electricity", 100, ""),
    ("350525", "M.2.a", "electricity", 40, ""),  # and from outside the city
]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    rows = "".join(f"{r},2022,{a},{i},{e},{f}\n" for r, a, i, e, f in ROWS)
    (folder / "a.csv").write_text(HEAD + rows, "utf-8")
    (folder / "inventory.toml").write_text(
        'region = "350000"\nperiods = [2022]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    outcome = reviewed(folder, folder / "out")
    assert not outcome.blocked, outcome.problems
    return Results.read(folder / "out")


@pytest.fixture(scope="module")
def tree(results):
    table = region_tree(results, library_of(results))
    return table[table["measure"] == "CO2"].set_index(["region", "account"])


def factor(tree, fuel_account, tonnes, region="350524"):
    return tree.loc[(region, fuel_account), "own"] / tonnes


def test_what_a_region_states_itself_counts_and_the_residual_is_shown(tree):
    diesel = factor(tree, "1.A.2", 400)
    row = tree.loc[("350500", "1.A.2")]
    assert row["amount"] == row["own"] == pytest.approx(1000 * diesel)
    assert row["below"] == pytest.approx(900 * diesel)
    assert row["residual"] == pytest.approx(100 * diesel)


def test_a_region_without_entries_takes_the_sum_below(tree):
    lpg = factor(tree, "1.A.4.b", 30)
    for region in ("350500", "350000"):
        row = tree.loc[(region, "1.A.4.b")]
        assert pd.isna(row["own"])
        assert row["amount"] == pytest.approx(50 * lpg)
    assert tree.loc[("350000", "1.A.2"), "amount"] == pytest.approx(
        1000 * factor(tree, "1.A.2", 400)
    )


def test_electricity_between_counties_cancels(tree):
    per_mwh = tree.loc[("350525", "M.2.a"), "own"] / 140
    assert tree.loc[("350524", "M.2"), "own"] == pytest.approx(-100 * per_mwh)
    assert tree.loc[("350500", "M.2"), "amount"] == pytest.approx(40 * per_mwh)


def test_regions_of_the_inventory_itself_roll_up_too(tmp_path):
    (tmp_path / "a.csv").write_text(
        "地区,年份,科目,品种,消费量 [t]\n开发区,2022,1.A.2,diesel,7\n", "utf-8"
    )
    (tmp_path / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2022]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n'
        '[[regions]]\nregion = "zone-1"\nparent = "泉州市"\nlevel = "park"\n'
        'name.zh = "开发区"\nname.en = "Zone"\n',
        "utf-8",
    )
    outcome = reviewed(tmp_path, tmp_path / "out")
    assert not outcome.blocked, outcome.problems
    results = Results.read(tmp_path / "out")
    assert json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["regions"]
    base = library_of(results)
    assert base.label("regions", "zone-1") == "开发区"
    table = region_tree(results, base).set_index(["region", "account", "measure"])
    own = table.loc[("zone-1", "1.A", "CO2"), "own"]
    assert table.loc[("350500", "1.A", "CO2"), "amount"] == own > 20


@pytest.mark.parametrize(
    ("parent", "code", "name", "said"),
    [("没有的市", "zone-1", "开发区", "没有的市"), ("350500", "350524", "开发区", "350524"),
     ("350500", "zone-1", "安溪县", "安溪县")],
)  # fmt: skip
def test_a_region_without_parent_or_with_a_taken_name_is_refused(
    tmp_path, parent, code, name, said
):
    (tmp_path / "a.csv").write_text("年份,科目,品种,消费量 [t]\n2022,1.A.2,diesel,7\n", "utf-8")
    (tmp_path / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2022]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n'
        f'[[regions]]\nregion = "{code}"\nparent = "{parent}"\nlevel = "park"\n'
        f'name.zh = "{name}"\nname.en = "Zone"\n',
        "utf-8",
    )
    outcome = reviewed(tmp_path, tmp_path / "out")
    assert outcome.blocked
    problem = next(p for p in outcome.problems if p.code == "manifest-region")
    assert said in problem.message.zh


def test_parts_add_up_where_city_and_counties_enter_at_different_depths(tmp_path):
    rows = [
        "350500,1.A.2,diesel,50000",
        "350500,1.A.3.b,gasoline,90000",
        "350524,1.A.2.f,bituminous_coal,300000",  # within the city's 1.A.2
        "350526,1.A.3,gasoline,10000",  # holds an unknown part of the city's 1.A.3.b
        "350526,1.A.4.b,lpg,10000",  # only the county knows
    ]
    (tmp_path / "a.csv").write_text("地区,科目,品种,消费量 [t]\n" + "\n".join(rows), "utf-8")
    (tmp_path / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2024]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    reviewed(tmp_path, tmp_path / "out")
    results = Results.read(tmp_path / "out")
    table = region_tree(results, library_of(results))
    city = table[(table["region"] == "350500") & (table["measure"] == "CO2")].set_index("account")
    parts = city.loc[["1.A.2", "1.A.3", "1.A.4"], "amount"]
    assert city.loc["1.A", "amount"] == pytest.approx(parts.sum())
    assert parts["1.A.2"] == city.loc["1.A.2", "own"]
    assert parts["1.A.3"] == city.loc["1.A.3", "own"]
    assert parts["1.A.4"] == city.loc["1.A.4", "below"] > 0
    assert city.loc["1.A.2", "residual"] < 0 < city.loc["1.A.3", "residual"]


BOTH = """地区,年份,科目,品种,电量 [MWh],消费量 [t]
350500,2022,1.A.2,电力,500,
350500,2022,M.2.a,电力,30,
350524,2022,1.A.2,柴油,,400
350524,2022,1.A.4.b,液化石油气,,30
350525,2022,1.A.2,柴油,,500
350525,2022,1.A.2,电力,80,
350524,2022,M.2.b,电力,100,
350525,2022,M.2.a,电力,120,
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    (folder / "a.csv").write_text(BOTH, "utf-8")
    (folder / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2022]\nprofile = "gpc-basic"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n'
        '[[tables]]\nfile = "s.csv"\nlayout = "statistics"\n',
        "utf-8",
    )
    (folder / "s.csv").write_text("年份,指标,数值,单位\n2022,常住人口,10,万人\n", "utf-8")
    _, outcome = run_to_folder(folder, folder / "out", RunOptions())
    assert not outcome.blocked, outcome.problems
    return Results.read(folder / "out")


def test_electricity_of_a_city_does_not_hide_the_fuels_of_its_counties(city):
    table = region_tree(city, library_of(city))
    co2 = table[table["measure"] == "CO2"].set_index(["region", "account"])
    row = co2.loc[("350500", "1.A.2")]
    fuel = co2.loc[("350524", "1.A.2"), "own"] / 400 * 900
    # 500 MWh of the city at 0.4092 t/MWh (Fujian 2022) take the place of the county's 80 MWh.
    assert row["amount"] == pytest.approx(fuel + 500 * 0.4092)
    assert row["own"] == pytest.approx(500 * 0.4092)


def test_what_comes_into_the_city_stands_for_all_transfers_of_its_counties(city):
    table = region_tree(city, library_of(city))
    co2 = table[table["measure"] == "CO2"].set_index(["region", "account"])
    row = co2.loc[("350500", "M.2")]
    assert row["amount"] == row["own"] == pytest.approx(30 * 0.4092)
    assert row["below"] == pytest.approx((120 - 100) * 0.4092)
    assert row["residual"] == pytest.approx(10 * 0.4092)


def test_summary_tables_and_indicators_of_the_city_hold_its_counties(city):
    base = library_of(city)
    tree = region_tree(city, base)
    tree = tree[(tree["measure"] == "CO2") & (tree["region"] == "350500")].set_index("account")
    lines = summary(city, base, "gpc")
    lines = lines[(lines["region"] == "350500") & (lines["gas"] == "CO2")].set_index("code")
    assert lines.loc["I.1.1", "amount"] == pytest.approx(tree.loc["1.A.4.b", "below"])
    assert lines.loc["I.3.2", "amount"] == pytest.approx(500 * 0.4092)
    both = lines.loc["I.3.1", "amount"] + lines.loc["I.3.2", "amount"]
    assert both == pytest.approx(tree.loc["1.A.2", "amount"])
    found = indicators(city, base).set_index("indicator")
    fuels = tree.loc["1.A.4.b", "amount"] + lines.loc["I.3.1", "amount"]
    assert found.loc["co2_per_head", "value"] == pytest.approx(fuels / 1e5)
    assessed = (fuels + 30 * 0.4092) / 1e5
    assert found.loc["co2_assessed_per_head", "value"] == pytest.approx(assessed)


def test_the_tables_say_which_regions_a_sum_lacks(city):
    (reach,) = reaches(city, library_of(city))
    assert (reach.region, reach.present) == ("350500", ("350524", "350525"))
    assert len(reach.known) > 2
    book = openpyxl.load_workbook(city.folder / "summary_tables.xlsx")
    said = [cell.value for cell in book["地区汇总 Regions"]["A"]]
    assert any(f"下级 {len(reach.known)} 个地区中 2 个有录入" in str(text) for text in said)
    rows = list(book["地区汇总 Regions"].iter_rows(values_only=True))
    m2 = next(row for row in rows if str(row[2]).startswith("M.2 ") and row[3] == "t CO₂")
    assert m2[4:8] == pytest.approx((30 * 0.4092, 30 * 0.4092, 20 * 0.4092, 10 * 0.4092))


def test_a_single_region_has_no_sheet_of_regions(tmp_path):
    (tmp_path / "a.csv").write_text("年份,科目,品种,消费量 [t]\n2022,1.A.2,diesel,7\n", "utf-8")
    (tmp_path / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2022]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    run_to_folder(tmp_path, tmp_path / "out", RunOptions())
    results = Results.read(tmp_path / "out")
    assert reaches(results, library_of(results)) == []
    assert "地区汇总 Regions" not in openpyxl.load_workbook(results.folder / "summary_tables.xlsx")
