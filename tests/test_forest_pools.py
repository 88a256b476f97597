"""Pools of forests through whole runs: under IPCC 2006, and the range of a fitted curve."""

import numpy as np
import pandas as pd
import pytest
from factor_tables import CO2_PER_C
from runs import reviewed

from carbonledger.analysis.side_by_side import compare_methods
from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions
from carbonledger.methods.growth import richards


def inventory(folder, tables, *, periods, profile):
    folder.mkdir()
    listed = ""
    for name, text in tables.items():
        (folder / name).write_text(text, "utf-8")
        listed += f'[[tables]]\nfile = "{name}"\n' if name != "factors.csv" else ""
    (folder / "inventory.toml").write_text(
        f'region = "350500"\nperiods = {list(periods)}\nprofile = "{profile}"\n'
        f'[title]\nzh = "试"\nen = "t"\n{listed}',
        "utf-8",
    )
    return str(folder)


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_dead_wood_litter_and_soil_are_added_to_the_biomass_of_forest_land(tmp_path, engine):
    tables = {
        "a.csv": "地区,年份,科目,品种,dead_wood_area [ha],dead_wood_before [t C/ha],"
        "dead_wood_after [t C/ha],间隔年数 [a]\n泉州市,2020,3.B.1.a,杉木,100,2,3,5\n",
        "b.csv": "地区,年份,科目,品种,litter_area [ha],litter_before [t C/ha],"
        "litter_after [t C/ha],间隔年数 [a]\n泉州市,2020,3.B.1.a,杉木,100,4,3,5\n",
        "c.csv": "地区,年份,科目,品种,dead_organic_matter_area [亩],"
        "dead_organic_matter_before [t C/ha]\n泉州市,2020,3.B.1.b,杉木,150,0\n",
        "d.csv": "地区,年份,科目,品种,soil_area [ha],soil_reference_stock [t C/ha],"
        "soil_factor_before [1],soil_factor_after [1]\n"
        "泉州市,2020,3.B.1.b,,10,64,0.7452,0.82\n",
        "e.csv": "地区,年份,科目,品种,面积 [ha]\n泉州市,2020,3.B.1.b,人工林,10\n",
    }
    folder = inventory(tmp_path / "in", tables, periods=[2020], profile="ipcc-2006")
    outcome = reviewed(folder, tmp_path / "out", RunOptions(engine=engine))
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    table = pd.read_parquet(tmp_path / "out" / "postings.parquet").set_index("method")["amount"]
    by_hand = {
        "forest.dead_wood.stock_change": -100 * 1 / 5,
        "forest.litter.stock_change": 100 * 1 / 5,
        # 150 mu are 10 ha; conifers of the humid subtropics 10.9 + 6.8 t C/ha in 20 years
        "forest.dead_organic_matter.conversion": -10 * (10.9 + 6.8) / 20,
        "forest.soil.stock_change": -10 * 64 * (0.82 - 0.7452) / 20,
        "forest.gain.growth": -10 * 8 * 1.2 * 0.47,
    }
    assert set(table.index) == set(by_hand)
    for method, carbon in by_hand.items():
        assert table[method] == pytest.approx(carbon * CO2_PER_C), method


def test_a_curve_with_a_confidence_interval_gives_every_year_a_range(tmp_path):
    years = range(2021, 2027)
    lines = "".join(f"泉州市,{year},S.1.1,杉木,{100 if year == 2021 else 0},90\n" for year in years)
    tables = {
        "plan.csv": "地区,年份,科目,品种,造林面积 [ha],保存率 [%]\n" + lines,
        "factors.csv": "parameter,item,value,unit,lower,upper,source,locator\n"
        "richards_final_volume,杉木,300,m3/ha,270,330,样地,表 1\n"
        "richards_rate,杉木,0.10,1/a,0.09,0.11,样地,表 1\n"
        "richards_shape,杉木,3,1,2.8,3.2,样地,表 1\n",
    }
    folder = inventory(tmp_path / "in", tables, periods=years, profile="forest-stock")
    table = pd.DataFrame(compare_methods(open_inventory(folder), ())["table"])
    rows = table[table["method"] == "forest.project.richards"].sort_values("period")
    age = np.arange(6)
    factor = 100 * 0.9 * 0.307 * 1.634 * CO2_PER_C * 0.9
    for column, final, rate, shape, roots, carbon in (
        ("cumulative", 300, 0.10, 3.0, 0.20, 0.47),
        # slow, low and late with the lower ends of roots and carbon; and the reverse
        ("cumulative_low", 270, 0.09, 3.2, 0.09, 0.44),
        ("cumulative_high", 330, 0.11, 2.8, 0.25, 0.49),
    ):
        wanted = richards(age, final, rate, shape) * factor * (1 + roots) * carbon
        assert rows[column].tolist() == pytest.approx(wanted.tolist()), column


def test_wood_products_stand_in_the_inventory_of_ipcc(tmp_path):
    lines = "".join(f"泉州市,{year},3.D.1,锯材,1000\n" for year in (2019, 2020))
    tables = {"wood.csv": "地区,年份,科目,品种,wood_products [m3]\n" + lines}
    folder = inventory(tmp_path / "in", tables, periods=[2019, 2020], profile="ipcc-2006")
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    table = pd.read_parquet(tmp_path / "out" / "postings.parquet").sort_values("period")
    # 226.7473 and 449.0483 t C after one and two years (0.229 t C/m3, 35 years)
    assert table["amount"].tolist() == pytest.approx(
        [-226.7473 * CO2_PER_C, -(449.0483 - 226.7473) * CO2_PER_C], rel=1e-6
    )
