"""What is counted twice or cannot be: planted faults, each told, and their sound neighbours."""

import pytest

from carbonledger import units
from carbonledger.analysis.carbon_twice import carbon_pairs
from carbonledger.analysis.quality.bands import bands
from carbonledger.analysis.quality.steps import is_slip
from carbonledger.api import run
from carbonledger.library.load import library
from carbonledger.methods.registry import methods
from carbonledger.paths import factors_dir

MANIFEST = """
region = "350500"
periods = [2022]
profile = "{profile}"
title.zh = "试"
title.en = "t"
[[tables]]
file = "entries.csv"
"""
PLAIN = "科目,品种,细项,数量,单位"
MEASURED = "科目,品种,细项,数量,单位,实测CO2排放量 [{unit}]"


def finished(folder, head, *rows, profile="ipcc-2006", statistics=""):
    folder.mkdir(exist_ok=True)
    (folder / "entries.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
    manifest = MANIFEST.format(profile=profile)
    if statistics:
        (folder / "s.csv").write_text(f"年份,指标,数值,单位\n{statistics}\n", "utf-8")
        manifest += '[[tables]]\nfile = "s.csv"\nlayout = "statistics"\n'
    (folder / "inventory.toml").write_text(manifest, "utf-8")
    return run(folder)


def codes(*arguments, **more):
    return {each.code for each in finished(*arguments, **more).problems if each.grade in "ABC"}


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("1.A.2,柴油,,1.2,万t", "1.A.2.c,柴油,,12000,t", "account-twice"),
        ("1.A.3,汽油,,3.4,万t", "1.A.3.b,汽油,,3.4,万t", "account-twice"),
        ("1.A.2,柴油,,1.2,万t", "1.A.2.c,柴油,,1.3,万t", ""),
        ("1.A.2,柴油,,1.2,万t", "1.A.2.c,汽油,,1.2,万t", ""),
        ("1.A.2.d,柴油,,1.2,万t", "1.A.2.c,柴油,,1.2,万t", ""),  # beside each other: chance
        ("1.A.2.c,柴油,,1.23,万t", "1.A.2.c,柴油,甲厂,1.23,万t", "detail-twice"),
        ("1.A.2.c,柴油,,1.23,万t", "1.A.2.c,柴油,甲厂,1.24,万t", ""),
        # One herd in two systems of manure management: both details are of the library.
        ("3.A.2,奶牛,solid-storage,1.23,万头", "3.A.2,奶牛,daily-spread,1.23,万头", ""),
    ],
)
def test_the_same_amount_at_two_places_that_add(tmp_path, first, second, code):
    told = codes(tmp_path / "i", PLAIN, first, second) & {"account-twice", "detail-twice"}
    assert told == ({code} if code else set())


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("4.B,厨余垃圾,堆肥,123,千吨", True),  # whatever it is called there
        ("4.C.1,生活垃圾,,12.3,万t", True),
        ("4.C.1,生活垃圾,,12.4,万t", False),
        ("4.A,园林垃圾,管理填埋场,12.3,万t", False),  # a second row of the landfill
    ],
)
def test_the_same_waste_in_two_treatments(tmp_path, second, told):
    first = "4.A,生活垃圾,管理填埋场,12.3,万t"
    assert ("waste-twice" in codes(tmp_path / "i", PLAIN, first, second)) == told


@pytest.mark.parametrize(("sum_", "told"), [("6", True), ("6.002", True), ("6.1", False)])
def test_a_subtotal_among_its_parts(tmp_path, sum_, told):
    rows = [f"1.A.2,柴油,,{sum_},万t", "1.A.2.c,柴油,,2.5,万t", "1.A.2.d,柴油,,3.5,万t"]
    assert ("subtotal" in codes(tmp_path / "i", PLAIN, *rows)) == told


@pytest.mark.parametrize(
    ("unit", "amount", "told"),
    [
        ("t CO2", "75.4", True),  # 万t forgotten: 38 万t of bituminous coal give some 75 万t
        ("万t CO2", "75.4", False),
        ("万t CO2", "754", True),
    ],
)
def test_measured_co2_against_the_fuel_of_its_row(tmp_path, unit, amount, told):
    row = f"1.A.1.a.i,烟煤,,38,万t,{amount}"
    assert ("measured-fuel" in codes(tmp_path / "i", MEASURED.format(unit=unit), row)) == told


def test_measured_co2_of_gas_in_cubic_metres(tmp_path):
    # 56.1 t CO2/TJ x 38.931 GJ/10^3 m3 = 21.8 t CO2 per 万m3.
    head = MEASURED.format(unit="t CO2")
    good = codes(tmp_path / "a", head, "1.A.1.a.i,天然气,,100,万m3,2184")
    bad = codes(tmp_path / "b", head, "1.A.1.a.i,天然气,,100,万m3,218400")
    assert ("measured-fuel" in good, "measured-fuel" in bad) == (False, True)


def test_a_measured_plant_beside_the_fuel_of_its_sector(tmp_path):
    head = MEASURED.format(unit="万t CO2")
    both = ["1.A.1.a.i,烟煤,,38,万t,", "1.A.1.a.i,烟煤,甲电厂,36,万t,75.4"]
    assert "measured-beside" in codes(tmp_path / "a", head, *both)
    assert "measured-beside" not in codes(tmp_path / "b", head, both[1])


def test_a_handful_of_animals_is_asked_about(tmp_path):
    assert "animals-few" in codes(tmp_path / "a", PLAIN, "3.A.1,山羊,,3.2,头")
    assert "animals-few" not in codes(tmp_path / "b", PLAIN, "3.A.1,山羊,,3.2,万头")


@pytest.mark.parametrize(
    ("row", "statistic", "code"),
    [
        ("3.A.1,生猪,,{},万头", "2022,常住人口,60,万人", "animals-per-head"),
        ("3.C.4,化肥氮,,{},t N", "2022,耕地面积,2.4,万公顷", "nitrogen-per-cropland"),
    ],
)
def test_activities_against_the_statistics(tmp_path, row, statistic, code):
    good, bad = ("24", "24000") if "生猪" in row else ("5000", "50000000")
    assert code not in codes(tmp_path / "a", PLAIN, row.format(good), statistics=statistic)
    assert code in codes(tmp_path / "b", PLAIN, row.format(bad), statistics=statistic)


def test_biomass_in_its_sector_and_in_the_memo_account(tmp_path):
    sector, memo = "1.A.4.b,秸秆,,2,万t", "M.3,秸秆,,2,万t"
    assert "biomass-twice" in codes(tmp_path / "a", PLAIN, sector, memo)
    for name, row in (("b", sector), ("c", memo)):
        assert "biomass-twice" not in codes(tmp_path / name, PLAIN, row)
    assert "biomass-twice" not in codes(tmp_path / "d", PLAIN, sector, "M.3,薪柴,,2,万t")


def test_bunkers_that_the_reference_approach_does_not_deduct(tmp_path):
    supply, bunkers, deducted = (f"{a},燃料油,,{v},万t" for a, v in
                                 (("M.4.b", 9), ("M.1.b", 2), ("M.4.d", 2)))  # fmt: skip
    assert "bunkers-not-deducted" in codes(tmp_path / "a", PLAIN, supply, bunkers)
    assert "bunkers-not-deducted" not in codes(tmp_path / "b", PLAIN, supply, bunkers, deducted)
    assert "bunkers-not-deducted" not in codes(tmp_path / "c", PLAIN, bunkers)


def test_pig_iron_as_a_material_beside_its_coke(tmp_path):
    head = "科目,品种,物料量 [万t],消费量 [万t]"
    iron, coke = "2.C.1,生铁,18.5,", "1.A.2.a,焦炭,,7.4"
    found = [
        each for each in finished(tmp_path / "a", head, iron, coke).problems
        if each.code == "carbon-twice"
    ]  # fmt: skip
    assert [each.grade.value for each in found] == ["C"]
    assert "carbon-twice" not in codes(tmp_path / "b", head, iron)
    # The provincial guideline itself counts the coke as a fuel and what leaves the iron besides.
    told = codes(tmp_path / "c", head, iron, coke, profile="cn-provincial-2011")
    assert "carbon-twice" not in told


def test_the_pairs_name_what_exists():
    base = library()
    accounts, items = set(base.accounts["account"]), set(base.items["item"])
    for pair in carbon_pairs():
        assert set(filter(None, pair.except_profiles.split("|"))) <= {
            path.stem for path in (factors_dir() / "profiles").glob("*.toml")
        }
        assert {pair.account, *pair.other_accounts.split("|")} <= accounts
        assert {*pair.items.split("|"), *pair.other_items.split("|")} <= items
        assert set(filter(None, f"{pair.methods}|{pair.other_methods}".split("|"))) <= set(
            methods()
        )


GASES = "科目,品种,细项,数量,单位,实测CH4排放量 [t CH4],实测N2O排放量 [t N2O]"


@pytest.mark.parametrize("profile", ["cn-provincial-2011", "ipcc-2006", "gpc-basic-plus"])
def test_measured_methane_and_nitrous_oxide_in_agriculture_and_waste(tmp_path, profile):
    rows = [
        "3.A.1,奶牛,,,,12,", "3.A.2,生猪,,3,万头,,1.5", "3.C.7,早稻,,,,4,", "4.A.1,生活垃圾,,,,5,",
        "4.B,厨余垃圾,堆肥,2,万t,6,", "4.D.1,生活污水,,,,7,", "4.D.2,工业废水,,,,8,",
        "3.C.4,化肥氮,,,,,9",
    ]  # fmt: skip
    done = finished(tmp_path / "i", GASES, *rows, profile=profile)
    postings = done.postings.set_index(["account", "measure"])
    assert "measured" in postings.loc[("3.A.1", "CH4"), "flags"]
    expected = {
        ("3.A.1", "CH4"): 12, ("3.A.2", "N2O"): 1.5, ("3.C.7", "CH4"): 4, ("4.A.1", "CH4"): 5,
        ("4.B", "CH4"): 6, ("4.D.1", "CH4"): 7, ("4.D.2", "CH4"): 8, ("3.C.4", "N2O"): 9,
    }  # fmt: skip
    for key, amount in expected.items():
        assert postings.loc[key, "amount"] == amount, key
    # What was not measured is computed from the same row: 4 g CH4, 0.24 g N2O per kg of compost
    # (IPCC 2006 Vol. 5 Table 4.1; the edition of 2015 of the enterprises has 0.3).
    assert postings.loc[("4.B", "N2O"), "amount"] == pytest.approx(2e4 * 0.24e-3, rel=0.3)
    assert postings.loc[("3.A.2", "CH4"), "amount"] > 0


def test_recovered_methane_is_no_measured_emission(tmp_path):
    done = finished(tmp_path / "i", PLAIN, "4.A.1,生活垃圾,,50,万t", "4.A.1,回收甲烷,,100,t CH4",
                    profile="cn-provincial-2011")  # fmt: skip
    amounts = done.postings.set_index("item")["amount"]
    assert amounts["recovered_methane"] < 0


@pytest.mark.parametrize(
    ("dimension", "ratio", "slip"),
    [
        ("ha", 15, True),
        ("ha", 1 / 15, True),
        ("ha", 13, True),
        ("ha", 3, False),
        ("t", 4, False),
        ("t", 10, True),
    ],
)
def test_an_area_in_mu_is_told_like_a_power_of_ten(dimension, ratio, slip):
    (band,) = bands()["series-unit-slip"]
    assert is_slip(ratio, band, units.dimension(dimension)) == slip
