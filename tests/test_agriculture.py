"""Agriculture: tables as published, regions as the guideline draws them, and whole inventories."""

import tomllib

import pandas as pd
import pytest
from factor_tables import BY_ID, FOLDER, PARAMETERS, all_records, rows
from runs import reviewed

from carbonledger import units
from carbonledger.engine.run import RunOptions
from carbonledger.library.load import library
from carbonledger.library.select import select
from carbonledger.methods.math import nitrogen_to_n2o
from carbonledger.methods.registry import get
from carbonledger.model import limits
from carbonledger.model.profile import Profile

MINE = [row for row in PARAMETERS if row.account.startswith(("3.A", "3.C"))]

# What the tables print. IPCC: 2006 Guidelines and 2019 Refinement, Vol. 4. Provincial guideline of
# 2011, chapter 4.
PUBLISHED = {
    # Table 10.10 and 10.11: digestion, kg CH4 per head and year
    "ipcc-2006/t10.10/buffalo/enteric": 55,
    "ipcc-2006/t10.10/sheep/enteric": 5,
    "ipcc-2006/t10.10/goat/enteric": 5,
    "ipcc-2006/t10.10/camel/enteric": 46,
    "ipcc-2006/t10.10/horse/enteric": 18,
    "ipcc-2006/t10.10/mules_and_asses/enteric": 10,
    "ipcc-2006/t10.10/swine/enteric": 1,
    "ipcc-2006/t10.11/dairy_cattle/enteric": 68,
    "ipcc-2006/t10.11/other_cattle/enteric": 47,
    "ipcc-2019/t10.11/dairy_cattle/enteric": 78,
    "ipcc-2019/t10.11/dairy_cattle/high/enteric": 96,
    "ipcc-2019/t10.11/other_cattle/low/enteric": 56,
    "ipcc-2019/t10.11/buffalo/enteric": 76,
    "ipcc-2019/t10.10/swine/high/enteric": 1.5,
    # Table 10.14, Asia, by mean annual temperature; Table 10.15, developing countries
    "ipcc-2006/t10.14/dairy_cattle/mat-10/ch4": 9,
    "ipcc-2006/t10.14/dairy_cattle/mat-20/ch4": 18,
    "ipcc-2006/t10.14/dairy_cattle/mat-28/ch4": 31,
    "ipcc-2006/t10.14/swine/mat-14/ch4": 2,
    "ipcc-2006/t10.14/swine/mat-28/ch4": 7,
    "ipcc-2006/t10.14/buffalo/mat-15/ch4": 2,
    "ipcc-2006/t10.15/sheep/mat-14/ch4": 0.10,
    "ipcc-2006/t10.15/goat/mat-15/ch4": 0.17,
    "ipcc-2006/t10.15/horse/mat-26/ch4": 2.19,
    "ipcc-2006/t10.15/poultry/mat-12/ch4": 0.01,
    # Tables 10.19 to 10.23
    "ipcc-2006/t10.19/dairy_cattle/nitrogen-rate": 0.47,
    "ipcc-2006/t10.19/goat/nitrogen-rate": 1.37,
    "ipcc-2006/t10.21/solid-storage/ef3": 0.005,
    "ipcc-2006/t10.21/dry-lot/ef3": 0.02,
    "ipcc-2006/t10.22/swine/solid-storage/volatilised": 0.45,
    "ipcc-2006/t10.23/dairy_cattle/uncovered-lagoon/loss": 0.77,
    "ipcc-2019/t10.13a/buffalo/solids-rate": 13.5,
    "ipcc-2019/t10.19/swine/mass": 58,
    "ipcc-2019/t10.19/swine/nitrogen-rate": 0.61,
    # Chapter 11
    "ipcc-2006/t11.1/ef1": 0.01,
    "ipcc-2006/t11.1/ef1fr": 0.003,
    "ipcc-2006/t11.3/ef4": 0.01,
    "ipcc-2006/t11.3/ef5": 0.0075,
    "ipcc-2006/t11.3/synthetic_nitrogen/volatilised": 0.1,
    "ipcc-2006/t11.3/manure_nitrogen/volatilised": 0.2,
    "ipcc-2006/t11.3/leached": 0.3,
    "ipcc-2019/t11.1/synthetic_nitrogen/wet-climate/ef1": 0.016,
    "ipcc-2019/t11.1/wet-climate/ef1": 0.006,
    "ipcc-2019/t11.1/drained/ef1fr": 0.005,
    "ipcc-2019/t11.3/ef5": 0.011,
    # Chapter 5
    "ipcc-2006/t5.11/rice/baseline": 1.3,
    "ipcc-2006/t5.12/irrigated/water": 0.78,
    "ipcc-2006/t5.12/multiple-drainage/water": 0.52,
    "ipcc-2006/t5.13/preseason": 1.22,
    "ipcc-2006/t5.14/straw-long-before/conversion": 0.29,
    "ipcc-2019/t5.11/rice/baseline": 1.32,
    "ipcc-2019/t5.11a/rice/days": 112,
    "ipcc-2019/t5.12/single-drainage/water": 0.71,
    # Chapter 2 and liming
    "ipcc-2006/t2.5/residues/ch4": 2.7,
    "ipcc-2006/t2.5/residues/n2o": 0.07,
    "ipcc-2006/t2.6/wheat/combustion": 0.9,
    "ipcc-2006/liming/limestone": 0.12,
    "ipcc-2006/liming/dolomite": 0.13,
    "ipcc-2006/urea/urea": 0.2,
    # Provincial guideline
    "cn-provincial-2011/enteric/dairy_cattle/intensive/ch4": 88.1,
    "cn-provincial-2011/enteric/goat/grazing/ch4": 6.7,
    "cn-provincial-2011/rice/early_rice/east/ch4": 211.4,
    "cn-provincial-2011/rice/late_rice/south-central/ch4": 273.2,
    "cn-provincial-2011/manure/swine/east/ch4": 5.08,
    "cn-provincial-2011/manure/dairy_cattle/east/n2o": 2.065,
    "cn-provincial-2011/soils/zone-5/n2o": 0.0178,
    "cn-provincial-2011/soils/zone-1/n2o": 0.0056,
}

# EF3 of the 2019 Refinement, Table 10.21, and MCF of Table 10.17 as bonsai_ipcc 0.5.3 has them.
BONSAI_EF3 = {
    "solid-storage": 0.01, "dry-lot": 0.02, "liquid-slurry": 0.0, "liquid-slurry-cover": 0.005,
    "uncovered-lagoon": 0.0, "pit-storage": 0.002, "manure-digester": 0.0006,
    "deep-bedding": 0.01, "deep-bedding-mixed": 0.07, "manure-compost-in-vessel": 0.006,
    "manure-compost-static-pile": 0.01, "manure-compost-intensive-windrow": 0.005,
    "manure-compost-passive-windrow": 0.005, "poultry-litter": 0.001, "poultry-no-litter": 0.001,
    "manure-aerobic": 0.01,
}  # fmt: skip
BONSAI_MCF = {
    "uncovered-lagoon.cool-temperate-moist": 0.60, "uncovered-lagoon.cool-temperate-dry": 0.67,
    "uncovered-lagoon.warm-temperate-moist": 0.73, "uncovered-lagoon.tropical-moist": 0.80,
    "liquid-slurry-4-month.warm-temperate-moist": 0.29,
    "pit-storage-1-month.warm-temperate-moist": 0.13,
    "pit-storage-6-month.warm-temperate-moist": 0.37, "deep-bedding.tropical-montane": 0.59,
}  # fmt: skip


@pytest.mark.parametrize("key", sorted(PUBLISHED))
def test_values_are_those_of_the_tables(key):
    assert BY_ID[key].value == PUBLISHED[key]


def test_manure_tables_agree_with_an_independent_transcription():
    for detail, value in BONSAI_EF3.items():
        assert BY_ID[f"ipcc-2019/t10.21/{detail}/ef3"].value == value
    for detail, value in BONSAI_MCF.items():
        row = BY_ID[f"ipcc-2019/t10.17/{detail}/mcf"]
        assert row.value * units.multiplier(row.unit, "1") == pytest.approx(value)


def test_everything_recalled_or_chosen_is_unverified_and_says_so():
    for row in MINE:
        if row.edition == "cn-provincial-2011":
            assert row.status == "unverified"
            assert "recalled" in row.note
        if "choice of ours" in row.note or row.note.startswith("recalled"):
            assert row.status == "unverified"


def test_warmer_manure_never_gives_less_methane():
    for animal in ("dairy_cattle", "other_cattle", "swine", "buffalo"):
        by_degree = [
            BY_ID[f"ipcc-2006/t10.14/{animal}/mat-{degree}/ch4"].value for degree in range(10, 29)
        ]
        assert by_degree == sorted(by_degree)
        assert BY_ID[f"ipcc-2006/t10.14/{animal}/ch4"].value == by_degree[10]


# ---- worked examples


@pytest.mark.parametrize(
    ("zone", "published"), [("cool-temperate-moist", 96.5), ("cool-temperate-dry", 107.7)]
)
def test_manure_methane_per_volatile_solids_is_that_of_table_10_14(zone, published):
    # IPCC 2019 Table 10.14, uncovered lagoon, dairy cows of high productivity: g CH4 per kg VS.
    capacity = BY_ID["ipcc-2019/t10.16a/dairy_cattle/b0"]
    conversion = BY_ID[f"ipcc-2019/t10.17/uncovered-lagoon.{zone}/mcf"]
    amount = get("agriculture.manure.ch4.by_solids").function(
        animals=1,
        typical_animal_mass=1,
        volatile_solids_rate=1 / 365,  # 1 t VS in the year
        manure_system_share=1,
        methane_producing_capacity=capacity.value * units.multiplier(capacity.unit, "m3 CH4/t VS"),
        methane_conversion_factor=conversion.value * units.multiplier(conversion.unit, "1"),
        ch4_density=0.67e-3,
    )
    assert amount * 1000 == pytest.approx(published, abs=0.05)


def test_direct_n2o_of_a_thousand_tonnes_of_nitrogen():
    direct = get("agriculture.soils.n2o.direct").function
    zone_5 = BY_ID["cn-provincial-2011/soils/zone-5/n2o"].value
    assert direct(nitrogen=1000, n2o_emission_factor=zone_5) == pytest.approx(27.9714, abs=5e-5)
    ipcc = BY_ID["ipcc-2006/t11.1/ef1"].value
    assert direct(nitrogen=1000, n2o_emission_factor=ipcc) == pytest.approx(15.714, abs=5e-4)


def test_nitrogen_becomes_n2o_and_not_no2():
    # A known error of other systems: 46/14 (NO2 per N) in place of 44/28 doubles everything.
    assert nitrogen_to_n2o(28) == pytest.approx(44)
    assert nitrogen_to_n2o(28) != pytest.approx(28 * 46 / 14, rel=0.5)


def test_organic_amendments_raise_methane_by_the_exponent_of_equation_5_3():
    plain = {
        "area": 1000, "baseline_ch4_emission": 1.3e-3, "cultivation_period": 100,
        "water_regime_factor": 1, "preseason_water_factor": 1,
    }  # fmt: skip
    amended = get("agriculture.rice.ch4.by_amendment").function
    # 6 t/ha of straw shortly before cultivation: 7^0.59 = 3.1523 (by logarithms).
    amount = amended(**plain, organic_amendment_rate=6, organic_conversion_factor=1)
    assert amount == pytest.approx(130 * 3.1523, rel=1e-4)
    none = amended(**plain, organic_amendment_rate=0, organic_conversion_factor=1)
    by_day = get("agriculture.rice.ch4.by_day").function
    assert none == by_day(**plain, organic_amendment_factor=1) == pytest.approx(130)


def test_residues_by_harvest_index_are_those_by_residue_ratio():
    shared = {
        "crop": 1000, "dry_matter_content": 0.855, "residue_returned_fraction": 0.6,
        "residue_nitrogen_content": 0.00753, "root_ratio": 0.125,
        "root_nitrogen_content": 0.00753, "n2o_emission_factor": 0.0178,
    }  # fmt: skip
    by_index = get("agriculture.soils.n2o.residues.harvest_index").function
    by_ratio = get("agriculture.soils.n2o.residues").function
    assert by_index(**shared, harvest_index=0.489) == pytest.approx(
        by_ratio(**shared, residue_ratio=1 / 0.489 - 1)
    )
    # By hand: above ground 855/0.489 = 1748.466 t; straw 893.466 x 0.6, roots 1748.466 x 0.125.
    nitrogen = (893.4663 * 0.6 + 1748.4663 * 0.125) * 0.00753
    assert by_index(**shared, harvest_index=0.489) == pytest.approx(
        nitrogen * 0.0178 * 44 / 28, rel=1e-6
    )


# Computed with the functions of bonsai_ipcc 0.5.3 from values of the 2019 Refinement.
def test_livestock_agrees_with_an_independent_program():
    by_mass = get("agriculture.manure.n2o.by_mass").function
    dairy = {"typical_animal_mass": 0.386, "nitrogen_excretion_rate": 0.44e-3}
    assert by_mass(
        animals=1e4, **dairy, manure_system_share=1, manure_emission_factor=0.01
    ) == pytest.approx(9.741537142857142, rel=1e-12)
    solids = get("agriculture.manure.ch4.by_solids").function
    assert solids(
        animals=1e4, typical_animal_mass=0.386, volatile_solids_rate=9e-3, manure_system_share=1,
        methane_producing_capacity=240, methane_conversion_factor=0.6, ch4_density=0.67e-3,
    ) == pytest.approx(1223.3760479999999, rel=1e-12)  # fmt: skip
    swine = {"typical_animal_mass": 0.058, "nitrogen_excretion_rate": 0.61e-3}
    volatile = {"volatilised_fraction": 0.45, "deposition_emission_factor": 0.01}
    deposition = get("agriculture.manure.n2o.deposition.by_mass").function
    deposited = deposition(animals=1e5, **swine, manure_system_share=1, **volatile)
    assert deposited == pytest.approx(9.131830714285714, rel=1e-12)
    both = get("agriculture.manure.n2o.indirect.by_mass").function(
        animals=1e5, **swine, manure_system_share=1, **volatile,
        leached_fraction=0.02, leaching_emission_factor=0.011,
    )  # fmt: skip
    assert both - deposited == pytest.approx(0.44644505714285715, rel=1e-9)


@pytest.mark.parametrize(
    ("crop", "returned", "published"),
    # 100 000 t, bonsai_ipcc f_cr and n2o with EF1 0.01; its rice has the roots of generic grains
    [("rice", 0.6, 13.057062857142856), ("maize", 0.25, 6.261514285714285)],
)
def test_residues_agree_with_an_independent_program(crop, returned, published):
    def value(name):
        return BY_ID[f"ipcc-2019/t11.1a/{crop}/{name}"].value

    amount = get("agriculture.soils.n2o.residues").function(
        crop=1e5,
        dry_matter_content=value("dry-matter"),
        residue_ratio=value("residue-ratio"),
        residue_returned_fraction=returned,
        residue_nitrogen_content=value("residue-nitrogen"),
        root_ratio=value("root-ratio"),
        root_nitrogen_content=value("root-nitrogen"),
        n2o_emission_factor=BY_ID["ipcc-2019/t11.1/ef1"].value,
    )
    assert amount == pytest.approx(published, rel=1e-12)


# ---- regions

PROVINCES = {
    row["region"] for row in rows(FOLDER / "regions.csv") if row["level"] == "province"
} - {"710000", "810000", "820000"}  # the tables do not cover Taiwan, Hong Kong and Macao


# The regions of the rice and manure tables, and the zones of the N2O table, as the guideline lists
# their provinces (first two digits of the code).
SIX_REGIONS = {
    "north": "11 12 13 14 15", "northeast": "21 22 23", "east": "31 32 33 34 35 36 37",
    "south-central": "41 42 43 44 45 46", "southwest": "50 51 52 53 54",
    "northwest": "61 62 63 64 65",
}  # fmt: skip
ZONES = {
    "1": "14 15 54 61 62 63 64 65", "2": "21 22 23", "3": "11 12 13 37 41",
    "4": "31 32 33 34 36 42 43 50 51", "5": "35 44 45 46", "6": "52 53",
}  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "regions"),
    [("CN-rice-", SIX_REGIONS), ("CN-manure-", SIX_REGIONS), ("CN-n2o-zone-", ZONES)],
)
def test_every_province_is_in_the_region_that_the_table_says(prefix, regions):
    listed: dict[str, set[str]] = {}
    for row in all_records("region_groups.csv"):
        if row.group.startswith(prefix):
            listed.setdefault(row.group.removeprefix(prefix), set()).add(row.member)
    assert listed == {
        key: {f"{code}0000" for code in codes.split()} for key, codes in regions.items()
    }
    assert set().union(*listed.values()) == PROVINCES
    assert sum(map(len, listed.values())) == len(PROVINCES)


def _rules(name):
    text = (FOLDER / "profiles" / "rules" / "agriculture.toml").read_text("utf-8")
    return Profile.model_validate(
        {
            "profile": name, "title": {"zh": "试", "en": "t"}, "status": "unverified",
            "source": "ipcc-2006-v4", "gwp": "AR5", "families": [name],
            "rules": tomllib.loads(text)["rules"],
        }
    )  # fmt: skip


def _selected(argument, unit, *, item="", detail="", account, region="350500", edition):
    request = {
        "argument": argument, "item": item, "detail": detail, "account": account, "species": "",
        "region": region, "period": 2020, "dimension": units.dimension(unit),
    }  # fmt: skip
    found = select(pd.DataFrame([request]), library(), _rules(edition))
    return None if found.empty else (found["value"].iloc[0], found["id"].iloc[0])


PROVINCIAL = "cn-provincial-2011"


@pytest.mark.parametrize(
    ("argument", "unit", "keys", "value"),
    [
        ("ch4_emission_factor", "t CH4/ha", {"item": "early_rice", "account": "3.C.7"}, 211.4),
        ("ch4_emission_factor", "t CH4/ha", {"item": "late_rice", "account": "3.C.7"}, 224.0),
        ("ch4_emission_factor", "t CH4/ha", {"item": "single_rice", "account": "3.C.7"}, 215.5),
        ("ch4_emission_factor", "t CH4/head", {"item": "swine", "account": "3.A.2"}, 5.08),
        ("n2o_emission_factor", "t N2O/head", {"item": "swine", "account": "3.A.2"}, 0.175),
        ("n2o_emission_factor", "t N2O/head", {"item": "ass", "account": "3.A.2"}, 0.188),
        (
            "n2o_emission_factor",
            "t N2O-N/t N",
            {"item": "synthetic_nitrogen", "account": "3.C.4"},
            0.0178,
        ),
    ],
)
def test_quanzhou_is_east_china_for_rice_and_manure_but_zone_5_for_cropland(
    argument, unit, keys, value
):
    found = _selected(argument, unit, **keys, edition=PROVINCIAL)
    assert found is not None
    assert found[0] == value


def test_regions_differ_by_table():
    soils = {"item": "synthetic_nitrogen", "account": "3.C.4", "edition": PROVINCIAL}
    for region, factor in (("610000", 0.0056), ("370000", 0.0057), ("500000", 0.0109)):
        found = _selected("n2o_emission_factor", "t N2O-N/t N", region=region, **soils)
        assert found[0] == factor
    # Chongqing: zone IV with the Yangtze for N2O, Southwest China for manure.
    found = _selected(
        "ch4_emission_factor", "t CH4/head", item="swine", account="3.A.2", region="500000",
        edition=PROVINCIAL,
    )  # fmt: skip
    assert found[0] == 4.18
    # There is no early rice in the north, and no factor for it.
    missing = _selected(
        "ch4_emission_factor", "t CH4/ha", item="early_rice", account="3.C.7", region="230000",
        edition=PROVINCIAL,
    )  # fmt: skip
    assert missing is None


@pytest.mark.parametrize("edition", [PROVINCIAL, "ipcc-2006"])
@pytest.mark.parametrize("item", ["dairy_cattle", "other_cattle", "sheep", "goat", "swine"])
def test_digestion_and_manure_are_never_confused(edition, item):
    # Both are t CH4 per head; only the account tells them apart.
    found = {
        account: _selected(
            "ch4_emission_factor", "t CH4/head", item=item, account=account, edition=edition
        )
        for account in ("3.A.1", "3.A.2")
    }
    for account, (_, key) in found.items():
        assert BY_ID[key].account == account
    assert found["3.A.1"][0] != found["3.A.2"][0]
    elsewhere = _selected(
        "ch4_emission_factor", "t CH4/head", item=item, account="3.A", edition=edition
    )
    assert elsewhere is None


def test_rearing_and_temperature_are_taken_from_the_detail():
    def ch4(edition, account, detail):
        return _selected(
            "ch4_emission_factor", "t CH4/head", item="dairy_cattle", detail=detail,
            account=account, edition=edition,
        )[0]  # fmt: skip

    rearing = ("intensive", "household", "grazing", "")
    assert [ch4(PROVINCIAL, "3.A.1", each) for each in rearing] == [88.1, 89.3, 99.3, 89.3]
    degrees = ("mat-10", "mat-21", "mat-28", "")
    assert [ch4("ipcc-2006", "3.A.2", each) for each in degrees] == [9, 20, 31, 18]


def test_nitrogen_of_the_provincial_guideline_is_lost_as_it_says():
    def fraction(name, item):
        return _selected(name, "1", item=item, account="3.C.5", edition=PROVINCIAL)[0]

    assert fraction("volatilised_fraction", "synthetic_nitrogen") == 0.1
    assert fraction("volatilised_fraction", "excreted_nitrogen") == 0.2
    assert fraction("leached_fraction", "manure_nitrogen") == 0.2


# ---- refusals


def test_nitrogen_of_n2o_is_not_n2o():
    assert not units.same_dimension("kg N2O-N/kg N", "kg N2O/kg N")
    assert limits.unit_refusal("n2o_emission_factor", "kg N2O/kg N") is not None
    with pytest.raises(units.UnitError):
        units.multiplier("t N2O-N", "t N2O")


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "item"),
    [
        ("ch4_emission_factor", 881, "kg CH4/head", "dairy_cattle"),  # decimal point
        ("ch4_emission_factor", 88.1, "g CH4/head", "dairy_cattle"),  # g for kg
        ("ch4_emission_factor", 88.1, "t CH4/head", "dairy_cattle"),  # t for kg
        ("ch4_emission_factor", 0.02, "g CH4/head", "poultry"),
        ("ch4_emission_factor", 9.4, "kg CH4/head", "poultry"),  # the row of goats
        ("n2o_emission_factor", 1.78, "kg N2O-N/kg N", ""),  # percent
        ("n2o_emission_factor", 0.846, "t N2O/head", "other_cattle"),
        ("ch4_emission_factor", 211.4, "t CH4/ha", "early_rice"),
        ("ch4_emission_factor", 2.114, "kg CH4/ha", "early_rice"),
        ("baseline_ch4_emission", 1.3, "g CH4/ha/d", "rice"),
        ("volatilised_fraction", 10, "1", ""),
        ("typical_animal_mass", 350, "t/head", "dairy_cattle"),
    ],
)
def test_slips_are_refused(parameter, value, unit, item):
    assert limits.refusal(parameter, value, unit, item) is not None


# ---- whole inventories

HEAD = (
    "地区,年份,科目,品种,细项,年平均存栏量 [万头],播种面积 [千公顷],氮量 [t N],"
    "秸秆焚烧量 [t dm],施用量 [t]"
)
ENTRIES = [
    ("3.A.1", "奶牛", "规模化", "3.2,,,,"),
    ("3.A.1", "山羊", "农户", "20,,,,"),
    ("3.A.1", "生猪", "", "150,,,,"),
    ("3.A.1", "家禽", "", "5000,,,,"),
    ("3.A.2", "奶牛", "年均气温 21 ℃", "3.2,,,,"),
    ("3.A.2", "猪", "", "150,,,,"),
    ("3.C.1", "水稻", "", ",,,1000,"),
    ("3.C.2", "石灰石", "", ",,,,500"),
    ("3.C.3", "尿素", "", ",,,,2000"),
    ("3.C.4", "化肥氮", "", ",,1000,,"),
    ("3.C.4", "放牧排泄氮", "", ",,100,,"),
    ("3.C.5", "化肥氮", "", ",,1000,,"),
    ("3.C.5", "粪肥氮", "大气沉降", ",,1000,,"),
    ("3.C.5", "粪肥氮", "淋溶径流", ",,1000,,"),
    ("3.C.5", "畜禽排泄氮", "大气沉降", ",,1000,,"),
    ("3.C.6", "生猪", "固体储存", "10,,,,"),
    ("3.C.7", "早稻", "", ",1,,,"),
    ("3.C.7", "晚稻", "多次排水", ",1,,,"),
]
N2O = 44 / 28
EARLY_2006 = 1000 * 1.3e-3 * 112 * 0.78 * 1.22  # t, 1000 ha
EXPECTED = {  # t of gas; computed by hand from the tables
    "cn-provincial-2011": {
        ("3.A.1", "dairy_cattle", "CH4"): 32000 * 88.1e-3,
        ("3.A.1", "goat", "CH4"): 200000 * 9.4e-3,
        ("3.A.1", "swine", "CH4"): 1500,
        ("3.A.2", "dairy_cattle", "CH4"): 32000 * 8.33e-3,
        ("3.A.2", "dairy_cattle", "N2O"): 32000 * 2.065e-3,
        ("3.A.2", "swine", "CH4"): 1500 * 5.08,
        ("3.A.2", "swine", "N2O"): 1500 * 0.175,
        ("3.C.1", "rice", "CH4"): 2.16,
        ("3.C.1", "rice", "N2O"): 0.056,
        ("3.C.2", "limestone", "CO2"): 220,
        ("3.C.3", "urea", "CO2"): 2000 * 0.2 * 44 / 12,
        ("3.C.4", "synthetic_nitrogen", "N2O"): 27.9714,
        ("3.C.4", "grazing_nitrogen", "N2O"): 2.79714,
        ("3.C.5", "synthetic_nitrogen", "N2O"): 1000 * (0.1 * 0.01 + 0.2 * 0.0075) * N2O,
        ("3.C.5", "manure_nitrogen", "N2O"): 1000 * (0.1 * 0.01 + 0.2 * 0.0075) * N2O,
        ("3.C.5", "excreted_nitrogen", "N2O"): 1000 * 0.2 * 0.01 * N2O,
        # 16 kg N per head, of which 45 per cent volatilise from solid storage
        ("3.C.6", "swine", "N2O"): 100000 * 16e-3 * 0.45 * 0.01 * N2O,
        ("3.C.7", "early_rice", "CH4"): 211.4,
        ("3.C.7", "late_rice", "CH4"): 224.0,
    },
    "ipcc-2006": {
        ("3.A.1", "dairy_cattle", "CH4"): 32000 * 68e-3,
        ("3.A.1", "goat", "CH4"): 200000 * 5e-3,
        ("3.A.1", "swine", "CH4"): 1500,
        ("3.A.2", "dairy_cattle", "CH4"): 32000 * 20e-3,
        ("3.A.2", "dairy_cattle", "N2O"): 32000 * 0.646e-3,
        ("3.A.2", "swine", "CH4"): 1500 * 4,
        ("3.A.2", "swine", "N2O"): 1500 * 0.0166,
        ("3.C.1", "rice", "CH4"): 2.16,
        ("3.C.1", "rice", "N2O"): 0.056,
        ("3.C.2", "limestone", "CO2"): 220,
        ("3.C.3", "urea", "CO2"): 2000 * 0.2 * 44 / 12,
        ("3.C.4", "synthetic_nitrogen", "N2O"): 15.7143,
        ("3.C.4", "grazing_nitrogen", "N2O"): 100 * 0.02 * N2O,
        ("3.C.5", "synthetic_nitrogen", "N2O"): 1000 * (0.1 * 0.01 + 0.3 * 0.0075) * N2O,
        ("3.C.5", "manure_nitrogen", "N2O"): 1000 * (0.2 * 0.01 + 0.3 * 0.0075) * N2O,
        # 28 kg x 0.40 kg N/t/d x 365 d = 4.088 kg N per head
        ("3.C.6", "swine", "N2O"): 100000 * 4.088e-3 * 0.45 * 0.01 * N2O,
        ("3.C.7", "early_rice", "CH4"): EARLY_2006,
        ("3.C.7", "late_rice", "CH4"): EARLY_2006 / 0.78 * 0.52,
    },
}


def _inventory(folder, entries, profile, head=HEAD):
    folder.mkdir()
    body = "".join(f"350500,2020,{account},{item},{detail},{rest}\n"
                   for account, item, detail, rest in entries)  # fmt: skip
    (folder / "a.csv").write_text(f"{head}\n{body}", "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "350500"\nperiods = [2020]\nprofile = "{profile}"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    return folder


def _run(folder, out, **options):
    outcome = reviewed(folder, out, RunOptions(**options))
    assert not outcome.blocked, outcome.problems
    return pd.read_parquet(out / "postings.parquet")


@pytest.mark.parametrize("engine", ["duckdb", "pandas"])
@pytest.mark.parametrize("profile", sorted(EXPECTED))
def test_an_inventory_of_plain_entries(tmp_path, profile, engine):
    folder = _inventory(tmp_path / "in", ENTRIES, profile)
    postings = _run(folder, tmp_path / "out", engine=engine)
    amounts = postings.groupby(["account", "item", "measure"])["amount"].sum(min_count=1).dropna()
    assert set(amounts.index) == set(EXPECTED[profile])
    for key, expected in EXPECTED[profile].items():
        assert amounts[key] == pytest.approx(expected, rel=1e-5), key
    keys = postings.set_index(["account", "item"])["notation"]
    assert keys["3.A.1", "poultry"] == "NE"
    if profile == "ipcc-2006":
        assert keys["3.C.5", "excreted_nitrogen"] == "IE"


REFINEMENT = """
profile = "refinement"
title.zh = "测试"
title.en = "test"
status = "unverified"
source = "ipcc-2019-v4"
gwp = "AR6"
families = ["ipcc-2019", "ipcc-2006", "ipcc-2006-analogy"]
[[rules]]
use = "agriculture"
"""


def test_the_refinement_of_2019_by_manure_system_and_climate(tmp_path):
    entries = [
        ("3.A.2", "奶牛", "uncovered-lagoon.cool-temperate-moist", "1,,,,"),
        ("3.A.2", "奶牛", "固体储存", "1,,,,"),
        ("3.C.6", "生猪", "固体储存", "10,,,,"),
        ("3.C.5", "尿素氮", "", ",,1000,,"),
        ("3.C.4", "化肥氮", "湿润气候", ",,1000,,"),
        ("3.C.4", "粪肥氮", "湿润气候", ",,1000,,"),
        ("3.C.1", "水稻", "", ",,,1000,"),
        ("3.C.7", "单季稻", "一次排水", ",1,,,"),
    ]
    folder = _inventory(tmp_path / "in", entries, "ipcc-2006")
    profile = tmp_path / "refinement.toml"
    profile.write_text(REFINEMENT, "utf-8")
    postings = _run(folder, tmp_path / "out", profile=str(profile))
    amounts = postings.set_index(["account", "item", "detail", "measure"])["amount"]
    # The first and the next three as computed with bonsai_ipcc 0.5.3.
    lagoon = "uncovered-lagoon.cool-temperate-moist"
    assert amounts["3.A.2", "dairy_cattle", lagoon, "CH4"] == pytest.approx(1223.376048)
    assert amounts["3.A.2", "dairy_cattle", lagoon, "N2O"] == 0
    assert amounts["3.A.2", "dairy_cattle", "solid-storage", "N2O"] == pytest.approx(9.7415371)
    assert amounts["3.C.6", "swine", "solid-storage", "N2O"] == pytest.approx(9.1318307 + 0.4464451)
    assert amounts["3.C.5", "urea_nitrogen", "", "N2O"] == pytest.approx(
        1000 * (0.15 * 0.01 + 0.24 * 0.011) * N2O
    )
    wet = "wet-climate"
    assert amounts["3.C.4", "synthetic_nitrogen", wet, "N2O"] == pytest.approx(1000 * 0.016 * N2O)
    assert amounts["3.C.4", "manure_nitrogen", wet, "N2O"] == pytest.approx(1000 * 0.006 * N2O)
    # Rice has its own combustion factor (0.80), which that of other crops (0.85) must not hide.
    assert amounts["3.C.1", "rice", "", "CH4"] == pytest.approx(1000 * 0.8 * 2.7e-3)
    assert amounts["3.C.7", "single_rice", "single-drainage", "CH4"] == pytest.approx(
        1000 * 1.32e-3 * 112 * 0.71 * 1.22
    )


def test_measured_values_and_shares_beside_the_animals(tmp_path):
    head = f"{HEAD},manure_system_share [%],nitrogen_excretion [kg N/head],有机添加物施用量 [t/ha]"
    head += ",有机添加物转换系数（CFOA） [1]"
    entries = [
        ("3.A.2", "奶牛", "固体储存", "1,,,,,40,80,,"),
        ("3.C.7", "单季稻", "持续淹水", ",1,,,,,,6,1"),
    ]
    folder = _inventory(tmp_path / "in", entries, "ipcc-2006", head)
    postings = _run(folder, tmp_path / "out")
    amounts = postings.set_index(["account", "measure"])["amount"]
    assert amounts["3.A.2", "N2O"] == pytest.approx(1e4 * 80e-3 * 0.4 * 0.005 * N2O)
    assert amounts["3.C.7", "CH4"] == pytest.approx(1000 * 1.3e-3 * 112 * 1.22 * 3.1523, rel=1e-4)


def test_straw_returned_by_the_harvest_of_rice(tmp_path):
    head = "地区,年份,科目,品种,细项,作物产量 [万t],秸秆还田率 [%]"
    folder = _inventory(tmp_path / "in", [("3.C.4", "稻谷", "", "10,60")], PROVINCIAL, head)
    postings = _run(folder, tmp_path / "out")
    # 100 000 t of rice: see the hand calculation above, which is for 1000 t.
    nitrogen = 100 * (893.4663 * 0.6 + 1748.4663 * 0.125) * 0.00753
    assert postings["amount"].tolist() == [pytest.approx(nitrogen * 0.0178 * N2O, rel=1e-6)]


def test_a_number_in_the_wrong_substance_is_refused(tmp_path):
    # Nitrogen of fertiliser in t of fertiliser: no method turns one into the other.
    entries = [("3.C.4", "化肥氮", "", ",,,,1000")]
    folder = _inventory(tmp_path / "in", entries, "cn-provincial-2011")
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    assert outcome.blocked


def test_winter_flooded_paddy_is_not_given_the_days_of_rice(tmp_path):
    entries = [("3.C.7", "冬水田", "", ",1,,,")]
    folder = _inventory(tmp_path / "in", entries, "ipcc-2006")
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    assert outcome.blocked
    assert any("ch4_emission_factor" in problem.message.zh for problem in outcome.problems)


def test_every_animal_crop_and_source_has_chinese_spellings():
    items = {row["item"]: row for row in rows(FOLDER / "items" / "agriculture.csv")}
    wanted = {
        "dairy_cattle": "奶牛", "other_cattle": "非奶牛", "buffalo": "水牛", "sheep": "绵羊",
        "goat": "山羊", "swine": "生猪", "poultry": "家禽", "horse": "马", "ass": "驴",
        "mule": "骡", "camel": "骆驼", "synthetic_nitrogen": "化肥氮",
        "manure_nitrogen": "粪肥氮", "residue_nitrogen": "秸秆还田氮",
    }  # fmt: skip
    for key, name in wanted.items():
        assert items[key]["name_zh"] == name
    assert "猪" in items["swine"]["aliases"].split("|")
    details = {
        row["detail"]: row["name_zh"] for row in rows(FOLDER / "details" / "agriculture.csv")
    }
    assert (details["deposition"], details["leaching"]) == ("大气沉降", "淋溶径流")
    assert details["mat-20"] == "年均气温 20 ℃"
