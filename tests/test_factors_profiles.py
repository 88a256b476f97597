"""The profiles: their rules decide everything once, and their families hold what they need."""

import pandas as pd
import pytest
from factor_tables import (
    BY_ID,
    CO2_PER_C,
    COALS,
    FOLDER,
    PARAMETERS,
    PROFILES,
    STEEL_GASES,
    all_records,
    keys,
    rows,
)

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.library.select import select
from carbonledger.methods.registry import methods


def test_profiles_name_what_exists():
    editions = {row.edition for row in PARAMETERS}
    accounts, items, known = keys("accounts.csv"), keys("items"), set(methods())
    assert set(PROFILES) == {
        "cn-provincial-2011", "cn-provincial-2025", "ipcc-2006", "gpc-basic", "gpc-basic-plus",
        "ceads",
    }  # fmt: skip
    for name, profile in PROFILES.items():
        assert profile.profile == name
        assert profile.source in keys("sources.csv")
        assert profile.gwp in editions
        assert profile.status == "unverified"
        assert profile.note is not None
        assert set(profile.families) <= editions
        assert set().union(*profile.parameter_families.values()) <= editions
        for rule in profile.rules:
            assert set(rule.accounts) <= accounts
            assert set(rule.items) <= items | {""}
            assert set(rule.methods) <= known


@pytest.mark.parametrize("name", PROFILES)
def test_no_order_of_one_parameter_hides_the_guideline_itself(name):
    """A name such as ch4_emission_factor serves every subject, not only combustion."""
    profile = PROFILES[name]
    for row in PARAMETERS:
        if row.edition in {name, "ipcc-2006"} & set(profile.families):
            order = profile.parameter_families.get(row.parameter, profile.families)
            assert row.edition in order, row.id


@pytest.mark.parametrize("name", PROFILES)
def test_electricity_comes_from_the_statistics_and_not_from_enterprises(name):
    orders = PROFILES[name].parameter_families
    series = ["cn-grid-average", "cn-grid-provincial-assessment", "cn-grid-ndrc"]
    assert orders["grid_emission_factor"] == series
    for order in [PROFILES[name].families, *orders.values()]:
        assert not set(order) & {"cn-grid-enterprise", "cn-grid-footprint", "cn-ets-2022"}


ABOVE = {row["account"]: row["parent"] for row in rows(FOLDER / "accounts.csv")}


def decided(profile, account, item):
    """What the first matching rule says of each measure: method ids or a notation key."""
    path = [account]
    while ABOVE[path[-1]]:
        path.append(ABOVE[path[-1]])
    answer = {}
    for rule in profile.rules:
        if set(path) & set(rule.accounts) and (not rule.items or item in rule.items):
            measures = rule.measures or ["CO2", "CH4", "N2O"]
            for measure in measures:
                # What an enterprise measured comes first wherever the entry has it.
                methods = [
                    name
                    for name in rule.methods
                    if f".{measure.lower()}" in name and not name.startswith("measured.")
                ]
                if rule.notation or methods:
                    answer.setdefault(measure, rule.notation or methods[0])
    return answer


@pytest.mark.parametrize("name", PROFILES)
def test_rules_decide_every_measure_of_every_item(name):
    for item in keys("items"):
        for account in ("1.A.1.a.i", "1.A.2", "1.A.3", "1.A.4.b"):
            assert set(decided(PROFILES[name], account, item)) == {"CO2", "CH4", "N2O"}, item


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_is_counted_twice(name):
    profile = PROFILES[name]
    # Indirect emissions are counted where a city uses the energy, never in an inventory of sources.
    indirect = {"electricity": "electricity.location.co2", "heat": "heat.purchased.co2"}
    for item in ("electricity", "heat"):
        expected = indirect[item] if name.startswith("gpc") else "IE"
        assert decided(profile, "1.A.2", item)["CO2"] == expected
    for item in STEEL_GASES:
        assert decided(profile, "1.A.2", item)["CO2"] == "IE"
    for item in ("lubricants", "bitumen", "paraffin_waxes", "white_spirit"):
        assert decided(profile, "1.A.2", item)["CO2"] == "NA"  # not burned, so never in 1.A
    assert decided(profile, "1.A.2", "other_energy")["CO2"] == "NE"
    assert decided(profile, "1.A.2", "hydrogen")["CO2"] == "NA"
    fuels = [row for row in all_records("items") if row.kind == "fuel"]
    biogenic = [row.item for row in fuels if row.carbon == "biogenic"]
    assert len(biogenic) == 14
    for item in biogenic:
        assert decided(profile, "1.A.4.b", item)["CO2"] == "IE"
        assert decided(profile, "M.3", item)["CO2"].startswith("energy.combustion.co2")
    assert decided(profile, "1.A.2", "raw_coal")["CO2"].startswith("energy.combustion.co2")


@pytest.mark.parametrize("name", sorted(PROFILES.keys() - {"ceads"}))
def test_every_fuel_of_an_energy_balance_finds_its_parameters(name):
    """In every final sector, by quantity and by coal equivalent, and with a plausible result."""
    profile = PROFILES[name]
    carriers = {
        row["item"]: "m3" if "立方米" in row["unit"] else "t"
        for row in rows(FOLDER / "layouts" / "energy_balance_carriers.csv")
        if row["kind"] == "fuel"
    }
    wanted = {
        "heat_per_coal_equivalent": "GJ/tce",
        "ch4_emission_factor": "kg CH4/TJ",
        "n2o_emission_factor": "kg N2O/TJ",
        "carbon_content": "t C/TJ",
        "oxidation_fraction": "1",
        "co2_emission_factor": "kg CO2/TJ",
    }
    accounts = ("1.A.1.a.i", "1.A.1.a.iii", "1.A.2", "1.A.2.k", "1.A.3", "1.A.4.a", "1.A.4.b")
    requests = pd.DataFrame(
        {
            "argument": argument, "item": item, "detail": "", "account": account, "species": "",
            "region": "350000", "period": 2012, "dimension": units.dimension(unit),
        }
        for item, per in carriers.items()
        for account in (*accounts, "1.A.4.c")
        if decided(profile, account, item)["CH4"] not in {"NE", "NA"}
        for argument, unit in {**wanted, "net_calorific_value": f"GJ/{per}"}.items()
    )  # fmt: skip
    found = select(requests, library(), profile)
    missing = requests.loc[requests.index.difference(found.index)]
    assert missing.empty, missing[["argument", "item", "account"]].to_string()
    values = requests.assign(value=found["value"])
    industry = values[values["account"] == "1.A.2"].set_index(["item", "argument"])["value"]
    for item, per in carriers.items():
        if per != "t" or decided(profile, "1.A.2", item)["CH4"] in {"NE", "NA"}:
            continue
        take = industry[item]
        heat = take["net_calorific_value"] / 1000
        by_carbon = take["carbon_content"] * take["oxidation_fraction"] * CO2_PER_C
        factor = take["co2_emission_factor"] / 1000 if name == "ipcc-2006" else by_carbon
        low, high = (0.5, 2.6) if item in COALS else (2.6, 3.4)
        assert low < heat * factor < high, item


# Published CO2 of Fujian 2012 (CEADs: Shan et al. 2018, doi:10.1038/sdata.2017.201), Mt, beside
# the energy balance of the same year in Mtce: account, item, Mtce, Mt CO2.
CEADS_CELLS = [
    ("1.A.3", "raw_coal", 0.0248472, 0.050911073719478554),
    ("1.A.3", "diesel", 4.234042, 8.990639224994391),
    ("1.A.3", "gasoline", 1.42687, 2.8389436123855),
    ("1.A.3", "kerosene", 1.0835386, 2.235687064403531),
    ("1.A.3", "fuel_oil", 1.2340844, 2.736161746264251),
    ("1.A.3", "lpg", 0.109696, 0.20037509105908036),
    ("1.A.3", "natural_gas", 0.04522, 0.07346478583677979),
    ("1.A.2.k", "raw_coal", 0.069258, 0.159468331952575),
    ("1.A.2.k", "diesel", 0.40796, 0.8662694366821851),
    ("1.A.2.k", "gasoline", 0.19123, 0.3804769789795),
    ("1.A.2.k", "lpg", 0.0054848, 0.010018754552954019),
    ("1.A.4.c", "raw_coal", 0.3995544, 0.9199843150583606),
    ("1.A.4.c", "diesel", 1.0803655, 2.294067097499429),
    ("1.A.4.c", "gasoline", 0.3142056, 0.62515294392324),
    ("1.A.4.c", "fuel_oil", 0.18577, 0.411881689456175),
    ("1.A.4.c", "lpg", 0.0654748, 0.11959888247588857),
    ("1.A.4.a", "raw_coal", 0.1553664, 0.3183405069355901),
    ("1.A.4.a", "diesel", 0.163184, 0.346507774672874),
    ("1.A.4.a", "gasoline", 0.41188, 0.8194888778020001),
    ("1.A.4.a", "lpg", 0.0435356, 0.07952386426407253),
    ("1.A.4.a", "natural_gas", 0.05985, 0.09723280478397327),
    ("1.A.4.a", "raw_coal", 0.0559062, 0.11454991586882675),
    ("1.A.4.a", "diesel", 0.1589587, 0.3375356983643799),
    ("1.A.4.a", "gasoline", 1.0419093, 2.073014186239845),
    ("1.A.4.a", "lpg", 0.0176542, 0.03224786621732075),
    ("1.A.4.a", "natural_gas", 0.03458, 0.05617895387518455),
    ("1.A.4.b", "raw_coal", 0.0843234, 0.1727757990307591),
    ("1.A.4.b", "diesel", 0.0440014, 0.09343334638500708),
    ("1.A.4.b", "gasoline", 0.8630357, 1.7171218735944052),
    ("1.A.4.b", "lpg", 0.413931, 0.7561028826682485),
    ("1.A.4.b", "natural_gas", 0.67697, 1.0998110585564975),
    ("1.A.4.b", "raw_coal", 0.4797366, 0.9829640928769436),
    ("1.A.4.b", "diesel", 0.1129175, 0.23977100479596192),
    ("1.A.4.b", "gasoline", 0.370692, 0.7375399900217999),
    ("1.A.4.b", "lpg", 0.3296022, 0.6020645314165806),
    ("1.A.4.b", "natural_gas", 0.05187, 0.08426843081277681),
]


@pytest.mark.parametrize(("account", "item", "mtce", "published"), CEADS_CELLS)
def test_implied_factors_reproduce_the_published_cells(account, item, mtce, published):
    coefficient = BY_ID[f"ceads/{item}/coal-equivalent"].value
    factor = BY_ID[f"ceads/{item}/{account}/co2"].value
    # Mtce / (tce/t) x t CO2/t, and Mtce / (kgce/m3) x kg CO2/m3: both are Mt.
    assert mtce / coefficient * factor == pytest.approx(published, rel=1e-5)


def test_implied_factors_exist_only_where_they_could_be_derived():
    own = [row for row in PARAMETERS if row.edition == "ceads"]
    derived = {(row.account, row.item) for row in own if row.parameter == "co2_factor"}
    assert derived == {(account, item) for account, item, _, _ in CEADS_CELLS}
    for row in own:
        assert row.region == "350000"
        assert row.valid_from.year == row.valid_to.year == 2012
