"""Runs and values for the tests of waste."""

from factor_tables import FOLDER, records
from runs import reviewed

from carbonledger.engine.run import RunOptions
from carbonledger.model.records import Parameter

FILES = sorted((FOLDER / "parameters").glob("waste*.csv"))
OWN = [row for path in FILES for row in records(path, Parameter)]

PROFILE = """
profile = "{name}"
title.zh = "测试"
title.en = "test"
status = "unverified"
source = "ipcc-2006-v5"
gwp = "AR5"
families = {families}
[[rules]]
use = "{landfill}"
[[rules]]
use = "waste"
"""
PROFILES = {
    "provincial": PROFILE.format(
        name="provincial",
        families='["cn-provincial-2011", "ipcc-2006", "ipcc-2006-analogy"]',
        landfill="landfill-mass-balance",
    ),
    "provincial-2025": PROFILE.format(
        name="provincial-2025",
        families='["cn-provincial-2025", "ipcc-2006", "ipcc-2006-analogy"]',
        landfill="landfill-decay",
    ),
    "ipcc": PROFILE.format(
        name="ipcc", families='["ipcc-2006", "ipcc-2006-analogy"]', landfill="landfill-decay"
    ),
}

# argument, item, detail, account, value, unit, table
K = "decay_rate"
DOC = "degradable_organic_carbon"
MCF = "methane_correction_factor"
PUBLISHED = [
    *[(DOC, item, "", "4.A", value, "%", "2.4") for item, value in {
        "paper_waste": 40, "textile_waste": 24, "food_waste": 15, "wood_waste": 43,
        "garden_waste": 20, "nappies": 24,
    }.items()],
    *[("dry_matter_content", item, "", "4.C", value, "%", "2.4") for item, value in {
        "paper_waste": 90, "textile_waste": 80, "food_waste": 40, "wood_waste": 85,
        "garden_waste": 40, "nappies": 40, "rubber_leather_waste": 84, "plastic_waste": 100,
    }.items()],
    *[("waste_carbon_content", item, "", "4.C", value, "% dm", "2.4") for item, value in {
        "paper_waste": 46, "textile_waste": 50, "food_waste": 38, "wood_waste": 50,
        "garden_waste": 49, "nappies": 70, "rubber_leather_waste": 67, "plastic_waste": 75,
        "other_inert_waste": 3,
    }.items()],
    ("fossil_carbon_fraction", "paper_waste", "", "4.C.1", 1, "%", "2.4"),
    ("fossil_carbon_fraction", "textile_waste", "", "4.C.1", 20, "%", "2.4"),
    ("fossil_carbon_fraction", "nappies", "", "4.C.1", 10, "%", "2.4"),
    ("fossil_carbon_fraction", "plastic_waste", "", "4.C.1", 100, "%", "2.4"),
    (DOC, "textile_industry_waste", "", "4.A", 24, "%", "2.5"),
    (DOC, "construction_waste", "", "4.A", 4, "%", "2.5"),
    ("waste_carbon_content", "petrochemical_industry_waste", "", "4.C", 80, "%", "2.5"),
    ("waste_carbon_content", "rubber_industry_waste", "", "4.C", 56, "%", "2.5"),
    ("dry_matter_content", "clinical_waste", "", "4.C", 65, "%", "2.6"),
    (MCF, "municipal_waste", "managed", "4.A", 1.0, "1", "3.1"),
    (MCF, "municipal_waste", "managed-semi-aerobic", "4.A", 0.5, "1", "3.1"),
    (MCF, "municipal_waste", "unmanaged-deep", "4.A", 0.8, "1", "3.1"),
    (MCF, "municipal_waste", "unmanaged-shallow", "4.A", 0.4, "1", "3.1"),
    (MCF, "municipal_waste", "", "4.A.3", 0.6, "1", "3.1"),
    (MCF, "municipal_waste", "tropical-wet", "4.A.1", 1.0, "1", "3.1"),
    ("methane_oxidation_factor", "municipal_waste", "managed", "4.A", 0, "1", "3.2"),
    ("methane_oxidation_factor", "municipal_waste", "managed-covered", "4.A", 0.1, "1", "3.2"),
    *[
        (K, item, climate, "4.A.1", value, "1/a", "3.3")
        for item, values in {
            "paper_waste": (0.04, 0.06, 0.045, 0.07), "wood_waste": (0.02, 0.03, 0.025, 0.035),
            "garden_waste": (0.05, 0.1, 0.065, 0.17), "food_waste": (0.06, 0.185, 0.085, 0.4),
            "sewage_sludge": (0.06, 0.185, 0.085, 0.4), "textile_waste": (0.04, 0.06, 0.045, 0.07),
            "municipal_waste": (0.05, 0.09, 0.065, 0.17),
        }.items()
        for climate, value in zip(
            ("temperate-dry", "temperate-wet", "tropical-dry", "tropical-wet"), values, strict=True
        )
    ],
    ("ch4_emission_factor", "food_waste", "composting", "4.B", 4, "g CH4/kg", "4.1"),
    ("n2o_emission_factor", "food_waste", "composting", "4.B", 0.24, "g N2O/kg", "4.1"),
    ("ch4_emission_factor", "food_waste", "anaerobic-digestion", "4.B", 0.8, "g CH4/kg", "4.1"),
    ("combustion_efficiency", "plastic_waste", "", "4.C.1", 100, "%", "5.2"),
    ("open_burning_oxidation", "plastic_waste", "", "4.C.2", 58, "%", "5.2"),
    ("fossil_carbon_fraction", "clinical_waste", "", "4.C.1", 40, "%", "5.2"),
    ("fossil_carbon_fraction", "sewage_sludge", "", "4.C.1", 0, "%", "5.2"),
    ("n2o_emission_factor", "sewage_sludge", "", "4.C.1", 900, "g N2O/t", "5.6"),
    ("n2o_emission_factor", "municipal_waste", "incineration-batch", "4.C", 60, "g N2O/t", "5.6"),
    ("ch4_emission_factor", "municipal_waste", "", "4.C.2", 6500, "g CH4/t", "5.4.2"),
    ("methane_producing_capacity", "domestic_wastewater", "", "4.D.1", 0.6, "t CH4/t BOD", "6.2"),
    ("methane_producing_capacity", "wastewater_beer", "", "4.D.2", 0.25, "t CH4/t COD", "6.2"),
    (MCF, "domestic_wastewater", "septic-tank", "4.D.1", 0.5, "1", "6.3"),
    (MCF, "domestic_wastewater", "aerobic-overloaded", "4.D.1", 0.3, "1", "6.3"),
    (MCF, "domestic_wastewater", "latrine-wet", "4.D.1", 0.7, "1", "6.3"),
    (MCF, "wastewater_beer", "anaerobic-reactor", "4.D.2", 0.8, "1", "6.8"),
    ("bod_per_person", "domestic_wastewater", "", "4.D.1", 40, "g BOD/person/d", "6.4"),
    ("wastewater_generation", "wastewater_pulp_paper", "", "4.D.2", 162, "m3/t", "6.9"),
    ("organic_concentration", "wastewater_alcohol", "", "4.D.2", 11, "kg COD/m3", "6.9"),
    ("effluent_emission_factor", "human_sewage", "", "4.D.1", 0.005, "t N2O-N/t N", "6.11"),
    ("non_consumed_protein_factor", "human_sewage", "", "4.D.1", 1.1, "1", "6.11"),
    ("nitrogen_in_protein", "human_sewage", "", "4.D.1", 0.16, "t N/t", "6.11"),
]  # fmt: skip


def run(tmp_path, name, rows, *, periods=(2020,), history=None, engine="duckdb", head="数量,单位"):
    folder = tmp_path / f"{name}-in"
    folder.mkdir(exist_ok=True)
    (folder / "profile.toml").write_text(PROFILES[name], "utf-8")
    body = "".join(f"{row}\n" for row in rows)
    (folder / "waste.csv").write_text(f"地区,年份,科目,品种,细项,{head}\n{body}", "utf-8")
    more = "" if history is None else f"history_from = {history}\n"
    (folder / "inventory.toml").write_text(
        f'region = "350500"\nperiods = {list(periods)}\n{more}profile = "ipcc-2006"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "waste.csv"\n',
        "utf-8",
    )
    out = tmp_path / f"{name}-{engine}"
    options = RunOptions(profile=str(folder / "profile.toml"), engine=engine)
    return reviewed(folder, out, options), out


def shrinking(last=2020, first=1990, start=20.0, step=0.55, detail="管理填埋场"):
    """Landfilled waste of a city that moves to incineration."""
    return [
        f"350500,{year},4.A,生活垃圾,{detail},{start - step * (year - first):.4f},万t"
        for year in range(first, last + 1)
    ]
