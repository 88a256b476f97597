"""Waste: published factors, both landfill methods, and whole runs from plain entries.

Published values are those of the 2006 IPCC Guidelines, Volume 5. The results beside "oracle" were
computed by the functions of bonsai_ipcc 0.5.3 (an independent implementation of these guidelines).
"""

import math

import numpy as np
import pandas as pd
import pytest
from factor_tables import FOLDER, records
from hypothesis import given
from hypothesis import strategies as st
from runs import reviewed

from carbonledger import units
from carbonledger.analysis.landfill import deduction_notes, landfill_notes, landfill_series
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions
from carbonledger.library.load import library
from carbonledger.library.profiles import profile
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.methods.registry import get
from carbonledger.model import limits
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


def _unit(argument, unit):
    """The unit in which a method takes a share that the tables print in percent."""
    shares = {DOC: "t C/t", "dry_matter_content": "t dm/t", "waste_carbon_content": "t C/t"}
    if unit == "%":
        return shares.get(argument, "1"), 0.01
    return ("t C/t dm", 0.01) if unit == "% dm" else (unit, 1.0)


def test_published_values_are_what_a_run_in_fujian_finds():
    rows = [
        (name, item, detail, account, "", "350500", 2020, units.dimension(_unit(name, unit)[0]))
        for name, item, detail, account, _, unit, _ in PUBLISHED
    ]
    families = ["ipcc-2006", "ipcc-2006-analogy"]
    rules = profile("ipcc-2006").model_copy(update={"families": families, "parameter_families": {}})
    found = select(pd.DataFrame(rows, columns=list(REQUEST_COLUMNS)), library(), rules)
    assert len(found) == len(PUBLISHED) >= 40
    for at, (name, item, detail, _, value, unit, table) in enumerate(PUBLISHED):
        row = found.loc[at]
        wanted, share = _unit(name, unit)
        seen = row["value"] * units.multiplier(row["unit"], wanted)
        assert seen == pytest.approx(value * share, rel=1e-9), (name, item, detail)
        assert table in row["locator"], (name, item, detail)
        assert row["edition"] == "ipcc-2006"
        assert row["source"] == "ipcc-2006-v5"


def test_half_lives_and_rates_agree_within_the_rounding_of_the_tables():
    # Tables 3.3 and 3.4 print the same thing twice; half-lives are rounded to years.
    rates = {(r.item, r.detail): r.value for r in OWN if r.parameter == K and "t3.3" in r.id}
    lives = {(r.item, r.detail): r.value for r in OWN if r.parameter == "half_life"}
    assert len(lives) == 20
    for key, years in lives.items():
        assert math.log(2) / rates[key] == pytest.approx(
            years, abs=0.71
        )  # 7.70 years is printed as 7


def test_shares_add_up_and_derived_contents_follow_from_them():
    for prefix, total in (("ipcc-2006/v5-t2.3", 80.5), ("ipcc-2019/v5-t2a", 100)):
        shares = {row.item: row.value for row in OWN if row.id.startswith(prefix)}
        assert sum(shares.values()) == pytest.approx(total)
    # Eastern Asia by hand: 0.262 x 0.15 + 0.188 x 0.40 + 0.035 x 0.43 + 0.035 x 0.24.
    by_id = {row.id: row for row in OWN}
    assert by_id["ipcc-2006/v5-eq3.7/municipal_waste/doc"].value == pytest.approx(0.13795)
    # China: 0.591 x 0.15 + 0.085 x 0.40 + 0.041 x 0.24 + 0.016 x 0.43.
    assert by_id["ipcc-2019/v5-eq3.7/municipal_waste/doc"].value == pytest.approx(0.13937)
    # Fossil carbon of plastics 0.143 x 0.75 is most of it.
    product = math.prod(
        by_id[f"ipcc-2006/v5-eq5.2/municipal_waste/{name}"].value
        * units.multiplier(by_id[f"ipcc-2006/v5-eq5.2/municipal_waste/{name}"].unit, unit)
        for name, unit in (("dm", "t dm/t"), ("carbon", "t C/t dm"), ("fossil", "1"))
    )
    assert product == pytest.approx(0.113952, rel=1e-4)
    for income in ("rural", "urban-high", "urban-low"):
        ways = [r.value for r in OWN if r.parameter == "treatment_share" and income in r.detail]
        assert sum(ways) == pytest.approx(1.0)
    assert sum(r.value for r in OWN if r.parameter == "income_class_share") == pytest.approx(1.0)


def test_what_was_not_checked_says_so():
    for row in OWN:
        verified = {"ipcc-2006", "ipcc-2019", "ipcc-2000-gpg", "ipcc-2013-wetlands"}
        assert row.status == "unverified" or row.edition in verified, row.id
        assert row.status != "unverified" or row.note, row.id
        # What stands in for a treatment, an incinerator or a climate that is not stated.
        chosen = row.edition == "ipcc-2006-analogy" or "climate-not-stated" in row.id
        assert not chosen or row.status == "unverified", row.id


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "item"),
    [
        ("degradable_organic_carbon", 15, "t C/t", "food_waste"),  # percent
        ("methane_correction_factor", 80, "1", ""),
        ("decay_rate", 8, "1/a", "food_waste"),  # a half-life
        ("methane_producing_capacity", 0.6, "t CH4/t COD", ""),  # that of BOD
        ("methane_producing_capacity", 0.25, "t CH4/t BOD", ""),  # that of COD
        ("organic_concentration", 500, "kg COD/m3", ""),  # mg/L
        ("bod_per_person", 14600, "g BOD/person/d", ""),  # per year
        ("protein_supply", 124.61, "kg/person", ""),  # grams a day
        ("n2o_emission_factor", 50, "kg N2O/t", "municipal_waste"),  # grams
        ("waste_carbon_content", 0.02, "t C/t", "municipal_waste"),  # decimal slip
        ("effluent_emission_factor", 0.5, "t N2O-N/t N", ""),  # percent
    ],
)
def test_slips_are_refused(parameter, value, unit, item):
    assert limits.refusal(parameter, value, unit, item) is not None


# --- methods -------------------------------------------------------------------------------------


def test_incineration_takes_44_over_12_and_not_2_or_21():
    co2 = get("waste.incineration.co2").function
    municipal = co2(
        waste=1, waste_carbon_content=0.4, fossil_carbon_fraction=0.4, combustion_efficiency=0.95
    )
    hazardous = co2(
        waste=1, waste_carbon_content=0.5, fossil_carbon_fraction=0.9, combustion_efficiency=0.995
    )
    assert municipal == pytest.approx(0.557333, abs=5e-7)
    assert hazardous == pytest.approx(1.641750, abs=5e-7)
    # What other systems printed for the same factors: the product times 2, or times 21.
    for amount, wrong in ((municipal, 0.304), (hazardous, 0.8955), (municipal, 0.152 * 21)):
        assert abs(amount - wrong) > 0.25


def test_open_burning_and_clinical_waste_against_the_oracle():
    # Gg of waste, dry matter, carbon, fossil share, oxidation: Gg CO2 by the oracle.
    names = ("waste", "dry_matter_content", "waste_carbon_content", "fossil_carbon_fraction")
    cases = [
        ("waste.incineration.co2.dry_matter", (20, 1.0, 0.75, 1.0, 1.0), 55.0),
        ("waste.incineration.co2.dry_matter", (80, 0.65, 0.6, 0.4, 1.0), 45.76),
        ("waste.open_burning.co2.dry_matter", (7, 0.8, 0.5, 0.2, 0.58), 1.1909333333),
    ]
    for method_id, values, expected in cases:
        method = get(method_id)
        arguments = dict(zip((*names, method.arguments[-1]), values, strict=True))
        assert method.function(**arguments) == pytest.approx(expected, rel=1e-9)
    # 35 Gg burned in the open at 6500 kg/Gg; 12 Gg of sludge at 900 kg N2O/Gg.
    ch4, n2o = get("waste.incineration.ch4"), get("waste.incineration.n2o")
    assert ch4.function(waste=35, ch4_emission_factor=6500e-6) == pytest.approx(0.2275)
    assert n2o.function(waste=12, n2o_emission_factor=900e-6) == pytest.approx(0.0108)


@pytest.mark.parametrize(
    ("name", "concentration", "mcf", "printed"),
    [("BOD", 200, 0.3, 0.001008), ("BOD", 200, 0.9, 0.003024), ("BOD", 200, 0.05, 0.000168),
     ("COD", 500, 0.9, 0.003150)],
)  # fmt: skip
def test_wastewater_by_volume_gives_the_printed_co2_equivalents(name, concentration, mcf, printed):
    # Printed: t CO2e per m3 at a GWP of 28; B0 0.6 kg/kg BOD, 0.25 kg/kg COD.
    method = get("waste.wastewater.ch4.by_volume")
    form = next(f.units for f in method.forms if name in f.units["organic_concentration"])
    amount = method.function(
        wastewater=1,
        organic_concentration=concentration
        * units.multiplier(f"mg {name}/L", form["organic_concentration"]),
        methane_producing_capacity=0.6 if name == "BOD" else 0.25,
        methane_correction_factor=mcf,
    )
    assert amount * 28 == pytest.approx(printed, abs=5e-7)


def test_wastewater_against_the_oracle():
    # Oracle, kg: 8.78 million people, 40 g BOD a day, septic tanks (I = 1, MCF 0.5): 38 456 400.
    by_population = get("waste.wastewater.ch4.by_population").function
    shared = {"bod_per_person": 40e-6, "days_per_year": 365, "methane_producing_capacity": 0.6}
    septic = by_population(
        population=8.78e6, industrial_bod_factor=1.0, methane_correction_factor=0.5, **shared
    )
    assert septic == pytest.approx(38456.4)
    # I = 1.25, MCF 0.3, 500 000 kg BOD removed as sludge, 120 000 kg CH4 recovered: 28 632 300.
    parts = [
        by_population(
            population=8.78e6, industrial_bod_factor=1.25, methane_correction_factor=0.3, **shared
        ),
        get("waste.wastewater.ch4.sludge").function(
            organics_in_sludge=500, methane_producing_capacity=0.6, methane_correction_factor=0.3
        ),
        get("waste.wastewater.recovery").function(methane_recovered=120),
    ]
    assert parts[1] < 0
    assert parts[2] < 0
    assert sum(parts) == pytest.approx(28632.3)
    # Industry: (3 000 000 - 400 000) kg COD x 0.25 x 0.8 - 50 000 = 470 000 kg.
    load = get("waste.wastewater.ch4").function
    arguments = {"methane_producing_capacity": 0.25, "methane_correction_factor": 0.8}
    removed = get("waste.wastewater.ch4.sludge").function
    total = load(organic_load=3000, **arguments) + removed(organics_in_sludge=400, **arguments) - 50
    assert total == pytest.approx(470.0)
    # 20 000 t of alcohol x 24 m3/t x 11 kg COD/m3 = 5280 t COD.
    by_production = get("waste.wastewater.ch4.by_production").function(
        production=20000, wastewater_generation=24, organic_concentration=11e-3, **arguments
    )
    assert by_production == pytest.approx(5280 * 0.2)


def test_nitrogen_of_sewage_against_the_oracle():
    # Oracle: 87 849 168 kg N, 690 243.46 kg N2O; what leaves with sludge is deducted.
    function = get("waste.wastewater.n2o").function
    amount = function(
        population=8.78e6,
        protein_supply=45.48e-3,
        nitrogen_in_protein=0.16,
        non_consumed_protein_factor=1.1,
        industrial_protein_factor=1.25,
        effluent_emission_factor=0.005,
    )
    assert amount == pytest.approx(690.2434628571)
    effluent = get("waste.wastewater.n2o.effluent").function
    sludge = get("waste.wastewater.n2o.sludge").function
    whole = effluent(nitrogen=87849.168, effluent_emission_factor=0.005)
    assert whole == pytest.approx(amount)
    assert whole != pytest.approx(87849.168 * 0.005)  # N2O-N is not N2O
    less = sludge(nitrogen_in_sludge=7849.168, effluent_emission_factor=0.005)
    assert whole + less == pytest.approx(80000 * 0.005 * 44 / 28)


# --- landfills -----------------------------------------------------------------------------------

DECAY = get("waste.landfill.ch4_decay").function
BALANCE = get("waste.landfill.ch4_mass_balance").function
# deposits, k, DOC, MCF, OX (DOCf 0.5, F 0.5): CH4 of each year by the oracle
ORACLE = [
    ([100] * 10 + [0] * 5, 0.17, 0.1306, 1.0, 0.1, [
        0, 0.612521, 1.129284, 1.565258, 1.933075, 2.243388, 2.505189, 2.726061, 2.912403,
        3.069613, 3.202246, 2.701622, 2.279264, 1.922935, 1.622312,
    ]),
    ([30, 28, 0, 15, 40, 0], 0.4, 0.15, 1.0, 0.1, [
        0, 0.445067938, 0.713734703, 0.478430679, 0.543235643, 0.957565659,
    ]),
    ([12, 14, 9, 0, 0, 3], 0.07, 0.4, 0.8, 0.0, [
        0, 0.086535911, 0.18164411, 0.234265779, 0.218427964, 0.203660884,
    ]),
    ([5, 5, 5, 0, 0, 0], 0.03, 0.43, 0.4, 0.0, [
        0, 0.00847228, 0.016694167, 0.02467306, 0.023943861, 0.023236213,
    ]),
]  # fmt: skip


def _arrays(deposits, rate, doc=0.15, mcf=1.0, oxidation=0.0):
    values = {
        "degradable_organic_carbon": doc, "degradable_carbon_fraction": 0.5,
        "methane_correction_factor": mcf, "methane_fraction": 0.5,
        "methane_oxidation_factor": oxidation, "decay_rate": rate,
    }  # fmt: skip
    full = {name: np.full(len(deposits), value) for name, value in values.items()}
    return {"waste": np.array(deposits, dtype=float), **full}


def _balance(deposits, doc=0.15, mcf=1.0, oxidation=0.0):
    arrays = _arrays(deposits, 1.0, doc, mcf, oxidation)
    del arrays["decay_rate"]
    return BALANCE(**arrays)


@pytest.mark.parametrize(("deposits", "rate", "doc", "mcf", "oxidation", "expected"), ORACLE)
def test_first_order_decay_against_the_oracle(deposits, rate, doc, mcf, oxidation, expected):
    amounts = DECAY(**_arrays(deposits, rate, doc, mcf, oxidation))
    assert amounts == pytest.approx(expected, abs=1e-6)


def test_mass_balance_books_the_potential_in_the_year_of_burial():
    # L0 = 0.1306 x 0.5 x 0.5 x 16/12 = 0.0435333 t/t; 100 Gg x 0.9 = 3.918 Gg a year, then none.
    amounts = _balance([100] * 10 + [0] * 5, 0.1306, 1.0, 0.1)
    assert amounts == pytest.approx([3.918] * 10 + [0] * 5, rel=1e-6)


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30),
    st.floats(0.01, 0.7),
    st.floats(0.05, 0.43),
    st.floats(0, 0.4),
)
def test_everything_that_is_buried_is_emitted_in_the_end(deposits, rate, doc, oxidation):
    # Forty half-lives after the last deposit both methods have given the same methane.
    rest = [0.0] * math.ceil(40 * math.log(2) / rate)
    decayed = DECAY(**_arrays([*deposits, *rest], rate, doc, 0.8, oxidation))
    booked = _balance(deposits, doc, 0.8, oxidation)
    assert decayed.min() >= 0
    assert decayed.sum() == pytest.approx(booked.sum(), rel=1e-9, abs=1e-9)
    assert (np.cumsum(decayed)[: len(deposits)] <= np.cumsum(booked) * (1 + 1e-9)).all()


# --- whole runs ----------------------------------------------------------------------------------


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


def amounts_of(out):
    table = pd.read_parquet(out / "postings.parquet")
    keys = ["account", "item", "detail", "measure"]
    return table.groupby(keys)["amount"].sum(min_count=1).to_dict()


# One entry of every account, as a clerk writes it: t of gas under the provincial and IPCC profile.
PLAIN = [
    # 80 万t x 0.20 x 0.39 x 0.95 x 44/12
    ("4.C.1,生活垃圾,,80,万t", "4.C.1,municipal_waste,", "CO2", 217360.0, None),
    ("4.C.1,生活垃圾,,80,万t", "4.C.1,municipal_waste,", "N2O", 40.0, 40.0),
    ("4.C.1,危险废物,,3,万t", "4.C.1,hazardous_waste,", "CO2", 960.3, 49500.0),
    ("4.C.1,医疗废物,,1000,t", "4.C.1,clinical_waste,", "CO2", 572.0, 572.0),
    # sewage sludge burns no fossil carbon
    ("4.C,污泥,,2,万t", "4.C,sewage_sludge,", "CO2", 0.0, 0.0),
    ("4.C,污泥,,2,万t", "4.C,sewage_sludge,", "N2O", 18.0, 18.0),
    ("4.C.2,废塑料,,100,t", "4.C.2,plastic_waste,", "CO2", 159.5, 159.5),
    # per dry matter: 2 万t x 0.60775 x 150 g/t, and not the 50 g/t of incinerators
    ("4.C.2,生活垃圾,,2,万t", "4.C.2,municipal_waste,", "N2O", 1.82325, 1.82325),
    ("4.C.2,生活垃圾,,2,万t", "4.C.2,municipal_waste,", "CH4", 130.0, 130.0),
    ("4.B,厨余,堆肥,5,万t", "4.B,food_waste,composting", "CH4", 200.0, 200.0),
    ("4.B,厨余,堆肥,5,万t", "4.B,food_waste,composting", "N2O", 12.0, 12.0),
    ("4.B,厨余,厌氧消化,5,万t", "4.B,food_waste,anaerobic-digestion", "CH4", 40.0, 40.0),
    # 1.2 万t BOD x 0.6 x 0.165
    ("4.D.1,生活污水,,1.2,万t BOD", "4.D.1,domestic_wastewater,", "CH4", 1188.0, 1188.0),
    # 0.43 BOD/COD in East China and the mean MCF, against B0 0.25 and the septic tank's MCF 0.5
    ("4.D.1,生活污水,化粪池,1.2,万t COD", "4.D.1,domestic_wastewater,septic-tank", "CH4",
     510.84, 1500.0),
    ("4.D.1,生活污水含氮,,1000,t N", "4.D.1,human_sewage,", "N2O", 7.857142857, 7.857142857),
    ("4.D.1,生活污水含氮,脱氮污水处理厂,100,万人", "4.D.1,human_sewage,advanced-plant", "N2O",
     4.0, 4.0),
    ("4.D.2,啤酒废水,厌氧,0.3,万t COD", "4.D.2,wastewater_beer,anaerobic-reactor", "CH4",
     600.0, 600.0),
    ("4.D.2,工业废水,直接排放,0.3,万t COD",
     "4.D.2,industrial_wastewater,untreated-discharge", "CH4", 75.0, 75.0),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
@pytest.mark.parametrize("name", ["provincial", "ipcc"])
def test_plain_entries_of_every_account_are_computed(tmp_path, name, engine):
    rows = [f"350500,2020,{entry}" for entry in dict.fromkeys(row[0] for row in PLAIN)]
    rows.append("350500,2020,4.A.1,生活垃圾,,12.3,万t")
    outcome, out = run(tmp_path, name, rows, engine=engine)
    assert not outcome.blocked, outcome.problems
    amounts = amounts_of(out)
    for _, key, gas, provincial, ipcc in PLAIN:
        expected = provincial if name == "provincial" else ipcc
        if expected is not None:
            found = amounts[(*key.split(","), gas)]
            assert found == pytest.approx(expected, rel=1e-6, abs=1e-9), key
    buried = amounts["4.A.1", "municipal_waste", "", "CH4"]
    # 12.3 万t x 0.13795 x 0.5 x 1.0 x 0.5 x 16/12 x 0.9; decay gives nothing in the first year.
    assert buried == pytest.approx(5090.355 if name == "provincial" else 0.0)


def test_the_edition_of_2025_gives_the_published_co2_per_tonne(tmp_path):
    rows = ["350500,2020,4.C.1,生活垃圾,,1,t", "350500,2020,4.C.1,危险废物,,1,t"]
    outcome, out = run(tmp_path, "provincial-2025", rows)
    assert not outcome.blocked
    amounts = amounts_of(out)
    assert amounts["4.C.1", "municipal_waste", "", "CO2"] == pytest.approx(0.557333, abs=5e-7)
    assert amounts["4.C.1", "hazardous_waste", "", "CO2"] == pytest.approx(1.641750, abs=5e-7)


CHINESE = {
    "生活垃圾": "municipal_waste", "厨余": "food_waste", "纸类": "paper_waste",
    "织物": "textile_waste", "木竹": "wood_waste", "污泥": "sewage_sludge",
    "园林垃圾": "garden_waste", "危险废物": "hazardous_waste", "医疗废物": "clinical_waste",
}  # fmt: skip
SITES = {
    "管理填埋场": 1.0, "管理型填埋场": 1.0, "卫生填埋场": 1.0, "深层>5米": 0.8, "浅层<5米": 0.4,
    "未分类": 0.4, "": 0.4,
}  # fmt: skip


def test_chinese_names_of_waste_and_of_sites_are_known(tmp_path):
    rows = [f"350500,2020,4.A,{item},,1,t" for item in list(CHINESE)[:7]]
    rows += [f"350500,2020,4.C.1,{item},,1,t" for item in ("危险废物", "医疗废物")]
    rows += [f"350500,2020,4.A,生活垃圾,{site},10,t" for site in SITES if site]
    outcome, out = run(tmp_path, "provincial", rows)
    assert not outcome.blocked, outcome.problems
    postings = pd.read_parquet(out / "postings.parquet")
    assert set(CHINESE.values()) == set(postings["item"])
    managed = postings[postings["detail"] == "managed"]
    assert len(managed) == 3
    by_site = postings[postings["amount"] > 0].set_index("detail")["amount"]
    # 10 t x 0.13795 x 0.5 x 0.5 x 16/12 = 0.459833 t; only managed sites oxidise a tenth.
    potential = 10 * 0.13795 * 0.5 * 0.5 * 16 / 12
    assert by_site["managed"].tolist() == pytest.approx([potential * 0.9] * 3)
    assert by_site["unmanaged-deep"] == pytest.approx(potential * 0.8)
    assert by_site["unmanaged-shallow"] == pytest.approx(potential * 0.4)
    assert by_site["uncategorised"] == pytest.approx(potential * 0.4)


def test_class_by_account_and_climate_by_detail(tmp_path):
    years = range(2000, 2003)
    rows = [
        f"350500,{year},{account},厨余,{climate},1,万t"
        for year in years
        for account in ("4.A.1", "4.A.2.cn1", "4.A.2.cn2", "4.A.3")
        for climate in ("热带湿润", "寒温带湿润")
    ]
    outcome, out = run(tmp_path, "ipcc", rows, periods=years)
    assert not outcome.blocked
    table = pd.read_parquet(out / "postings.parquet")
    table = table[table["period"] == 2001].set_index(["account", "detail"])["amount"]
    factors = {"4.A.1": 1.0, "4.A.2.cn1": 0.8, "4.A.2.cn2": 0.4, "4.A.3": 0.6}
    for account, mcf in factors.items():
        for climate, rate in {"tropical-wet": 0.4, "temperate-wet": 0.185}.items():
            expected = 1e4 * 0.15 * 0.5 * mcf * (1 - math.exp(-rate)) * 0.5 * 16 / 12
            assert table[account, climate] == pytest.approx(expected)


def shrinking(last=2020, first=1990, start=20.0, step=0.55, detail="管理填埋场"):
    """Landfilled waste of a city that moves to incineration."""
    return [
        f"350500,{year},4.A,生活垃圾,{detail},{start - step * (year - first):.4f},万t"
        for year in range(first, last + 1)
    ]


def test_both_methods_side_by_side_and_alike_from_either_run(tmp_path):
    rows = [
        f"350500,{year},4.A,生活垃圾,管理填埋场,{amount},万t"
        for year, amount in zip(range(2013, 2021), [5, 8, 11, 14, 17, 16, 15, 14], strict=True)
    ]
    series = {}
    for name in ("provincial", "ipcc"):
        outcome, out = run(tmp_path, name, rows, periods=range(2018, 2021), history=2013)
        assert not outcome.blocked, outcome.problems
        results = Results.read(out)
        used = profile(str(tmp_path / f"{name}-in" / "profile.toml"))
        series[name] = landfill_series(
            results.postings, results.selections, results.entries, library(), used
        )
        # Recomputed from entries and selections, the method of the run gives what it booked.
        own = "mass_balance" if name == "provincial" else "decay"
        assert series[name][own].tolist() == pytest.approx(series[name]["booked"].tolist())
        codes = [problem.code for problem in landfill_notes(series[name], library())]
        assert "landfill-trend" in codes
        assert ("decay-history-short" in codes) == (name == "ipcc")
        assert ("landfill-climate" in codes) == (name == "ipcc")
    # The provincial run oxidises a tenth, the IPCC run nothing: else they are the same.
    for column in ("mass_balance", "decay"):
        ratio = series["provincial"][column] / series["ipcc"][column]
        assert ratio.tolist() == pytest.approx([0.9] * 3)
    deposits = [1e4 * value for value in (5, 8, 11, 14, 17, 16, 15, 14)]
    expected = DECAY(**_arrays(deposits, 0.09, 0.13795))
    assert series["ipcc"]["decay"].tolist() == pytest.approx(expected[-3:].tolist())


def test_no_warning_of_a_trend_where_both_methods_agree(tmp_path):
    # Thirty years of steady decline: three half-lives are known and both methods fall.
    rows = shrinking(detail="热带湿润", start=20.0, step=0.6)
    rows = [row.replace(",4.A,", ",4.A.1,") for row in rows]
    outcome, out = run(tmp_path, "ipcc", rows, periods=range(2015, 2021), history=1990)
    assert not outcome.blocked, outcome.problems
    results = Results.read(out)
    used = profile(str(tmp_path / "ipcc-in" / "profile.toml"))
    series = landfill_series(results.postings, results.selections, results.entries, library(), used)
    assert landfill_notes(series, library()) == []


def test_warnings_name_the_place_the_numbers_and_the_remedy(tmp_path):
    rows = shrinking(first=2010, last=2020, start=12, step=0.5)
    _, out = run(tmp_path, "ipcc", rows, periods=range(2016, 2021), history=2010)
    results = Results.read(out)
    used = profile(str(tmp_path / "ipcc-in" / "profile.toml"))
    series = landfill_series(results.postings, results.selections, results.entries, library(), used)
    notes = {problem.code: problem for problem in landfill_notes(series, library())}
    assert {problem.grade.value for problem in notes.values()} == {"C"}
    trend = notes["landfill-trend"].message
    assert "泉州市" in trend.zh
    assert "Quanzhou" in trend.en
    assert "质量平衡法" in trend.zh
    short = notes["decay-history-short"]
    assert "7.7" in short.message.zh  # ln 2 / 0.09
    assert "1992" in short.remedy.zh  # 2016 - ceil(3 x 7.7)
    assert "热带湿润" in notes["landfill-climate"].remedy.zh


def test_an_entered_rate_serves_both_the_run_and_the_comparison(tmp_path):
    rows = [f"350500,{year},4.A.1,生活垃圾,,10,万t,0.12" for year in range(2015, 2021)]
    outcome, out = run(tmp_path, "ipcc", rows, periods=range(2015, 2021), head="数量,单位,k [1/a]")
    assert not outcome.blocked, outcome.problems
    results = Results.read(out)
    used = profile(str(tmp_path / "ipcc-in" / "profile.toml"))
    series = landfill_series(results.postings, results.selections, results.entries, library(), used)
    assert series["decay"].tolist() == pytest.approx(series["booked"].tolist())
    assert series["decay_rate"].tolist() == pytest.approx([0.12] * 6)
    assert "landfill-climate" not in {note.code for note in landfill_notes(series, library())}


def test_a_missing_year_is_refused(tmp_path):
    rows = [row for row in shrinking(first=2010) if ",2014," not in row]
    outcome, _ = run(tmp_path, "ipcc", rows, periods=range(2018, 2021), history=2010)
    assert outcome.blocked
    assert any(
        problem.code == "series-gap" and "2014" in problem.message.zh
        for problem in outcome.problems
    )


def test_recovery_is_a_negative_entry_and_may_not_exceed_the_generation(tmp_path):
    rows = ["350500,2020,4.A,生活垃圾,管理填埋场,10,万t", "350500,2020,4.A,回收甲烷,,0.1,万t CH4"]
    outcome, out = run(tmp_path, "provincial", rows)
    assert not outcome.blocked, outcome.problems
    amounts = amounts_of(out)
    generated = amounts["4.A", "municipal_waste", "managed", "CH4"]
    # (generated - recovered) x (1 - 0.1): recovered gas is not oxidised in the cover.
    assert generated == pytest.approx(1e5 * 0.13795 * 0.25 * 16 / 12 * 0.9)
    assert amounts["4.A", "recovered_methane", "", "CH4"] == pytest.approx(-900.0)
    assert deduction_notes(Results.read(out).totals, library()) == []
    rows[1] = "350500,2020,4.A,回收甲烷,,0.6,万t CH4"
    _, out = run(tmp_path, "provincial", rows, engine="polars")
    (note,) = deduction_notes(Results.read(out).totals, library())
    assert (note.grade.value, note.code) == ("B", "deducted-too-much")
    assert "泉州市" in note.message.zh
    assert "2020" in note.message.zh


def test_bod_is_not_cod_and_a_bare_tonne_is_neither(tmp_path):
    outcome, _ = run(tmp_path, "ipcc", ["350500,2020,4.D.1,生活污水,化粪池,1,万t"])
    assert outcome.blocked
    (problem,) = [each for each in outcome.problems if each.grade.value == "A"]
    assert "t BOD" in problem.remedy.zh
    with pytest.raises(units.UnitError):
        units.multiplier("t BOD", "t COD")


def test_deductions_of_wastewater_are_entries_of_their_own(tmp_path):
    rows = [
        "350500,2020,4.D.2,造纸废水,厌氧,1000,t COD,,,",
        "350500,2020,4.D.2,造纸废水,厌氧,,,200,,",
        "350500,2020,4.D.2,造纸废水,厌氧,,,,30,",
        "350500,2020,4.D.1,生活污水含氮,,1000,t N,,,",
        "350500,2020,4.D.1,生活污水含氮,,,,,,100",
    ]
    head = "数量,单位,污泥带走的有机物 [t COD],回收的甲烷 [t CH4],污泥带走的氮 [t N]"
    outcome, out = run(tmp_path, "ipcc", rows, head=head)
    assert not outcome.blocked, outcome.problems
    amounts = amounts_of(out)
    # (1000 - 200) x 0.25 x 0.8 - 30
    paper = amounts["4.D.2", "wastewater_pulp_paper", "anaerobic-reactor", "CH4"]
    assert paper == pytest.approx(130)
    assert amounts["4.D.1", "human_sewage", "", "N2O"] == pytest.approx(900 * 0.005 * 44 / 28)
