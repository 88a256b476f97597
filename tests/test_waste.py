"""Waste: published factors, incineration and wastewater.

Published values are those of the 2006 IPCC Guidelines, Volume 5. The results beside "oracle" were
computed by the functions of bonsai_ipcc 0.5.3 (an independent implementation of these guidelines).
"""

import math

import pandas as pd
import pytest
from waste_cases import DOC, OWN, PUBLISHED, K

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.library.profiles import profile
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.methods.registry import get
from carbonledger.model import limits


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
