"""A small invented GEP account of two years and two townships, for tests."""

from pathlib import Path

from carbonledger.analysis.gep.facts import GepFacts, gep_facts
from carbonledger.api import Run, run

MANIFEST = """
region = "C0"
periods = [2022, 2023]
profile = "{profile}"
title.zh = "测试用虚构账户"
title.en = "Invented account for tests"

[[regions]]
region = "C0"
parent = "510000"
level = "county"
name.zh = "虚构县"
name.en = "Invented county"

[[regions]]
region = "T1"
parent = "C0"
level = "township"
name.zh = "甲镇"
name.en = "Town A"

[[regions]]
region = "T2"
parent = "C0"
level = "township"
name.zh = "乙镇"
name.en = "Town B"

[[tables]]
file = "entries.csv"

[[tables]]
file = "figures.csv"
layout = "statistics"
"""
HEAD = (
    "region,period,account,item,area [km2],precipitation [mm],evapotranspiration [mm],"
    "runoff_coefficient [%],net_output [万元],net_ecosystem_production [t C],"
    "pollutant_emission [t],note\n"
)
ROWS = """
T1,2022,G.2.1,常绿阔叶林,120,1600,850,4,,,,
T1,2023,G.2.1,常绿阔叶林,118,1900,860,4,,,,
T2,2022,G.2.1,竹林,60,1500,800,4,,,,
T2,2023,G.2.1,竹林,61,1800,810,4,,,,
T1,2022,G.1.1,,,,,,8000,,,
T1,2023,G.1.1,,,,,,8600,,,
T2,2022,G.1.3,,,,,,2000,,,
T2,2023,G.1.4,,,,,,900,,,一次性：台风后集中上市
T1,2022,G.2.8,常绿阔叶林,,,,,,30000,,
T1,2023,G.2.8,常绿阔叶林,,,,,,31000,,
T1,2022,G.2.9,常绿阔叶林,,,,,,30000,,
T1,2023,G.2.9,常绿阔叶林,,,,,,31000,,
T2,2022,G.2.6.a,,,,,,,,40,
T2,2023,G.2.6.a,,,,,,,,30,
"""
FIGURES = """region,period,statistic,value,unit,price_year
C0,2022,land_area,200,km2,
C0,2023,land_area,200,km2,
C0,2022,population,3,万人,
C0,2023,population,3,万人,
C0,2022,gdp,20,亿元,
C0,2023,gdp,21,亿元,
"""


def gep_folder(folder: Path, rows: str = ROWS, profile: str = "gep-garze-2010") -> Path:
    """The inventory folder of the account."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inventory.toml").write_text(MANIFEST.format(profile=profile), "utf-8")
    (folder / "entries.csv").write_text(HEAD + rows.strip() + "\n", "utf-8")
    (folder / "figures.csv").write_text(FIGURES, "utf-8")
    return folder


def gep_run(
    folder: Path, rows: str = ROWS, profile: str = "gep-garze-2010"
) -> tuple[Run, GepFacts]:
    """The account run, and what it says about GEP."""
    finished = run(gep_folder(folder, rows, profile))
    facts = gep_facts(finished.results, finished.library)
    assert facts is not None
    return finished, facts
