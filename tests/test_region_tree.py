"""Regions rolled up: counties to the city, residuals, electricity that cancels."""

import json

import pandas as pd
import pytest

from carbonledger.analysis.region_tree import region_tree
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
    _, outcome = run_to_folder(folder, folder / "out", RunOptions())
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
    _, outcome = run_to_folder(tmp_path, tmp_path / "out", RunOptions())
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
    _, outcome = run_to_folder(tmp_path, tmp_path / "out", RunOptions())
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
    run_to_folder(tmp_path, tmp_path / "out", RunOptions())
    results = Results.read(tmp_path / "out")
    table = region_tree(results, library_of(results))
    city = table[(table["region"] == "350500") & (table["measure"] == "CO2")].set_index("account")
    parts = city.loc[["1.A.2", "1.A.3", "1.A.4"], "amount"]
    assert city.loc["1.A", "amount"] == pytest.approx(parts.sum())
    assert parts["1.A.2"] == city.loc["1.A.2", "own"]
    assert parts["1.A.3"] == city.loc["1.A.3", "own"]
    assert parts["1.A.4"] == city.loc["1.A.4", "below"] > 0
    assert city.loc["1.A.2", "residual"] < 0 < city.loc["1.A.3", "residual"]
