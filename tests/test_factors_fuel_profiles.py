"""What the profiles take for each fuel: complete, one family at a time, our own choices last."""

from collections import defaultdict
from itertools import combinations

import pandas as pd
import pytest
from factor_tables import BY_ID, CO2_PER_C, FOLDER, PARAMETERS, PROFILES, all_records, rows

import carbonledger as cl
from carbonledger import units
from carbonledger.library.load import library
from carbonledger.library.select import select
from carbonledger.model import limits

FUELS = [row for row in all_records("items") if row.kind == "fuel"]
CARRIERS = {
    row["item"]: "m3" if "立方米" in row["unit"] else "t"
    for row in rows(FOLDER / "layouts" / "energy_balance_carriers.csv")
    if row["kind"] == "fuel"
}


ABOVE = {row["account"]: row["parent"] for row in rows(FOLDER / "accounts.csv")}


def request(argument, unit, item, account):
    return {
        "argument": argument, "item": item, "detail": "", "account": account, "species": "",
        "region": "350000", "period": 2012, "dimension": units.dimension(unit),
    }  # fmt: skip


def key_of(profile, account, item, measure):
    """The notation key that the profile states instead of a number; empty where it computes."""
    path = [account]
    while ABOVE[path[-1]]:
        path.append(ABOVE[path[-1]])
    for rule in profile.rules:
        if set(path) & set(rule.accounts) and (not rule.items or item in rule.items):
            if rule.notation and measure in rule.measures:
                return str(rule.notation)
            if any(f".{measure.lower()}" in method for method in rule.methods):
                return ""
    return None


ACCOUNTS = ("1.A", "1.A.1", "1.A.2", "1.A.3", "1.A.3.b", "1.A.4.a", "1.A.4.b", "1.A.4.c", "1.A.5")


@pytest.mark.parametrize("name", PROFILES)
def test_every_fuel_of_the_balance_is_computed_or_has_a_key(name):
    """Heat, carbon and oxidation, CH4 and N2O, in every sector and where none is known."""
    profile = PROFILES[name]
    arguments = {
        "CO2": {"co2_emission_factor": "kg CO2/TJ"}
        if name == "ipcc-2006"
        else {"carbon_content": "t C/TJ", "oxidation_fraction": "1"},
        "CH4": {"ch4_emission_factor": "kg CH4/TJ"},
        "N2O": {"n2o_emission_factor": "kg N2O/TJ"},
    }
    wanted = []
    for item, per in CARRIERS.items():
        for account in ACCOUNTS:
            for measure, needed in arguments.items():
                key = key_of(profile, account, item, measure)
                assert key is not None, (item, account, measure)
                if not key:
                    both = {"net_calorific_value": f"GJ/{per}", **needed}
                    wanted += [request(a, unit, item, account) for a, unit in both.items()]
    requests = pd.DataFrame(wanted).drop_duplicates(ignore_index=True)
    assert len(requests) > 200
    found = select(requests, library(), profile)
    missing = requests.loc[requests.index.difference(found.index)]
    assert missing.empty, missing[["argument", "item", "account"]].to_string()


# CO2 per tonne or 1000 m3 as a transcription of the edition of 2025 computes it from its own
# heating value, carbon content and oxidation (lignite differs: it takes 11.9 GJ/t of IPCC).
FACTORS_2025 = {
    "gasoline": 2.925056, "diesel": 3.095910, "natural_gas": 2.1621888, "coke": 2.860419,
    "bituminous_coal": 1.741750, "petroleum_coke": 3.211542, "crude_oil": 3.020202,
    "fuel_oil": 3.170461, "lng": 2.831257, "lpg": 3.101330, "coke_oven_gas": 0.8863806,
    "blast_furnace_gas": 0.8481132, "converter_gas": 1.5124032,
}  # fmt: skip


@pytest.mark.parametrize(("item", "factor"), FACTORS_2025.items())
def test_the_profile_of_2025_gives_the_factors_known_of_it(item, factor):
    heat = ("net_calorific_value", "GJ/m3" if CARRIERS.get(item) == "m3" else "GJ/t")
    wanted = [heat, ("carbon_content", "t C/TJ"), ("oxidation_fraction", "1")]
    requests = pd.DataFrame(request(name, unit, item, "1.A.2") for name, unit in wanted)
    if item == "blast_furnace_gas":  # the transcription has 0.0033; GB/T 2589-2020 comes first here
        rules = PROFILES["cn-provincial-2025"]
        families = {**rules.parameter_families, "net_calorific_value": ["cn-inventory-2005"]}
        rules = rules.model_copy(update={"parameter_families": families})
    else:
        rules = PROFILES["cn-provincial-2025"]
    taken = select(requests, library(), rules)["value"]
    scale = 1 if heat[1] == "GJ/m3" else 1e-3
    assert taken.prod() * CO2_PER_C * scale == pytest.approx(factor, rel=1e-6)


def test_our_own_choices_come_after_every_table():
    """A category without a table of its own never changes one that has."""
    profile = PROFILES["ipcc-2006"]
    cases = {
        ("coke", "1.A.2.a"): "ipcc-2006/t2.3/coke/ch4",
        ("diesel", "1.A.3"): "ipcc-2006/t3.2.2/diesel/1.A.3/ch4",
        ("coke", "1.A.5"): "ipcc-2006-analogy/coke/1.A.5/ch4",
        ("coke", "1.A"): "ipcc-2006-analogy/coke/1.A/ch4",
        ("diesel", "1.A.5.b"): "ipcc-2006-analogy/diesel/1.A.5.b/ch4",
        ("straw", "1.A.cn2"): "ipcc-2006-analogy/other_solid_biomass/1.A.cn2/ch4",
        ("other_biogas", "1.A.3.b"): "ipcc-2006-analogy/other_biogas/1.A.3/ch4",
    }
    requests = pd.DataFrame(
        request("ch4_emission_factor", "kg CH4/TJ", item, account) for item, account in cases
    )
    found = select(requests, library(), profile)
    assert found["id"].tolist() == list(cases.values())
    for row in PARAMETERS:
        if row.edition == "ipcc-2006-analogy" and row.parameter.endswith("_emission_factor"):
            assert row.status == "unverified", row.id
            assert "choice of ours" in row.note, row.id


# Fuels whose heating value comes from another family than their carbon. Each is flagged.
COMMON = {
    "anthracite", "briquettes", "brown_coal_briquettes", "coal_tar", "coking_coal", "crude_benzol",
    "heavy_oil_catalytic_gas", "heavy_oil_thermal_gas", "lignite", "natural_gas_liquids",
    "petrochemical_feedstock", "pressure_gasification_gas",
}  # fmt: skip
WITHOUT_NATIONAL_HEAT = {"bituminous_coal", "coal_slime", "coke_oven_gas", "sub_bituminous_coal"}
PRODUCTS = {"naphtha", "other_petroleum_products", "petroleum_coke"}  # ceads does not estimate them
MIXED = {
    "cn-provincial-2011": COMMON | WITHOUT_NATIONAL_HEAT | PRODUCTS,
    "cn-provincial-2025": COMMON | PRODUCTS,
    "ceads": COMMON | WITHOUT_NATIONAL_HEAT | {"ethanol_fuel"},
    # National heat beside IPCC's factor is what Tier 1 prescribes.
    "ipcc-2006": set(),
    "gpc-basic": set(),
    "gpc-basic-plus": set(),
}
# These lack what a profile needs: a measured value has to be given.
INCOMPLETE = {"methanol_fuel", "water_gas", "coke_gasification_gas", "producer_gas"}
INCOMPLETE |= {"industrial_waste"}
NOT_IN_IPCC = {"crude_benzol", "carbide_furnace_gas", "heavy_oil_catalytic_gas"}
NOT_IN_IPCC |= {"heavy_oil_thermal_gas", "pressure_gasification_gas"}
GASES = {row.item for row in FUELS if row.item.endswith("_gas")} - {"refinery_gas", "landfill_gas"}
GASES -= {"sludge_gas"}


def write_inventory(folder, items):
    names = {row.item: row.name_zh for row in FUELS}
    (folder / "inventory.toml").write_text(
        'title.zh = "各种燃料"\ntitle.en = "All fuels"\nregion = "350000"\nperiods = [2012]\n'
        'profile = "ipcc-2006"\n[[tables]]\nfile = "fuels.csv"\n',
        "utf-8",
    )
    lines = [
        f"350000,2012,1.A.2,{names[item]},1000,{'m3' if item in GASES else 't'}" for item in items
    ]
    text = "\n".join(["地区,年份,科目,品种,消费量,单位", *lines, ""])
    (folder / "fuels.csv").write_text(text, "utf-8")


@pytest.mark.parametrize("name", PROFILES)
def test_two_families_never_mix_in_one_factor_without_the_flag(name, tmp_path):
    """Every fuel, computed: the parameters of a posting are of one family or of companions."""
    profile = PROFILES[name]
    left_out = INCOMPLETE | (NOT_IN_IPCC if profile.families[0] == "ipcc-2006" else set())
    write_inventory(tmp_path, [row.item for row in FUELS if row.item not in left_out])
    results = cl.run(tmp_path, profile=name).results
    editions = defaultdict(set)
    for row in results.selections.itertuples():
        if row.parameter in BY_ID and row.argument != "gwp100":
            editions[row.selection].add(BY_ID[row.parameter].edition)
    flagged = set()
    compared = 0
    for row in results.postings.itertuples():
        if row.measure != "CO2" or not row.selection:
            continue
        compared += 1
        used = editions[row.selection]
        alone = len(used) == 1 or any(used <= set(group) for group in profile.companions)
        assert ("mixed-editions" in row.flags) == (not alone), (row.item, used)
        if not alone:
            flagged.add(row.item)
    assert compared >= 25
    assert flagged == MIXED[name]


def test_two_columns_that_change_places_are_refused():
    """The values of each fuel of the balance, each under the name of another column."""
    unit_of = {
        "carbon_content": "t C/TJ",
        "oxidation_fraction": "1",
        "co2_emission_factor": "kg CO2/TJ",
    }
    missed = set()
    for item, per in CARRIERS.items():
        if key_of(PROFILES["cn-provincial-2011"], "1.A.2", item, "CH4"):
            continue
        wanted = {**unit_of, "net_calorific_value": f"GJ/{per}"}
        requests = pd.DataFrame(request(a, unit, item, "1.A.2") for a, unit in wanted.items())
        found = select(requests, library(), PROFILES["cn-provincial-2011"])["value"]
        taken = dict(zip(wanted, found, strict=True))
        for one, other in combinations(wanted, 2):
            refused = [
                limits.refusal(one, taken[other], wanted[one], item),
                limits.refusal(other, taken[one], wanted[other], item),
            ]
            if not any(refused):
                missed.add((item, one, other))
    # The heat of a good coal in GJ/t and its carbon in t C/TJ are nearly the same number.
    alike = ("carbon_content", "net_calorific_value")
    assert missed == {("cleaned_coal", *alike), ("coke", *alike)}
