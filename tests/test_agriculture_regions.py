"""Agriculture: regions as the guideline draws them, substances and slips."""

import tomllib

import pandas as pd
import pytest
from agriculture_cases import PROVINCES, PROVINCIAL
from factor_tables import BY_ID, FOLDER, all_records

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.library.select import select
from carbonledger.model import limits
from carbonledger.model.profile import Profile

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
