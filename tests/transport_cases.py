"""Profiles and runs for the tests of transport."""

import pandas as pd
from hypothesis import strategies as st
from runs import reviewed

from carbonledger.engine.run import RunOptions

PROFILE = """
profile = "transport-test"
title.zh = "测试"
title.en = "test"
status = "unverified"
source = "ipcc-2006-v2"
gwp = "AR5"
families = ["cn-provincial-2011", "cesy", "cn-enterprise-2013", "ipcc-2006"]
parameter_families.net_calorific_value = ["cesy", "cn-enterprise-2013", "ipcc-2006"]
parameter_families.fuel_density = ["cn-conversion"]
parameter_families.distance_per_vehicle = ["cn-vehicle-inventory-2014"]
parameter_families.grid_emission_factor = ["cn-grid-average"]
"""
PROVINCIAL = ("electricity-elsewhere", "transport")
# Gasoline: 0.73 kg/L, 43.070 GJ/t, 18.9 t C/TJ, 98 % oxidised; t CO2 per litre.
GASOLINE = 0.73e-3 * 43.070e-3 * 18.9 * 0.98 * 44 / 12


def profile(folder, sets):
    path = folder / "profile.toml"
    path.write_text(PROFILE + "".join(f'[[rules]]\nuse = "{name}"\n' for name in sets), "utf-8")
    return str(path)


def run(folder, tables, sets=PROVINCIAL, engine="duckdb"):
    """Run tables (head of the quantities, lines from the account on); outcome and postings."""
    source = folder / "in"
    source.mkdir(parents=True)
    chosen = profile(folder, sets)
    manifest = 'region = "350500"\nperiods = [2022]\nprofile = "ipcc-2006"\n'
    manifest += '[title]\nzh = "试"\nen = "t"\n'
    for number, (head, lines) in enumerate(tables.items()):
        text = f"地区,年份,科目,品种,细项,{head}\n" + "".join(f"350500,2022,{x}\n" for x in lines)
        (source / f"t{number}.csv").write_text(text, "utf-8")
        manifest += f'[[tables]]\nfile = "t{number}.csv"\n'
    (source / "inventory.toml").write_text(manifest, "utf-8")
    options = RunOptions(profile=chosen, engine=engine)
    outcome = reviewed(str(source), folder / "out", options)
    if outcome.blocked:
        return outcome, None
    return outcome, pd.read_parquet(folder / "out" / "postings.parquet")


CARS = "保有量 [万辆],年均行驶里程 [万公里/年],百公里油耗 [L/百车公里]"


amount = st.floats(1, 1e5)
