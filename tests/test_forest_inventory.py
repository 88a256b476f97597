"""Forests in the inventory: published figures, balances of carbon, whole runs from plain entries.

Numbers computed by hand stand beside the equation: A1 to A11 are those of the provincial guideline
of 2011 (growth A2, scattered trees A3, area A4, consumption A5, conversion A8 to A11), B those of
IPCC 2006 Vol. 4 Ch. 2.
"""

import tomllib

import pandas as pd
import pytest
from factor_tables import BY_ID, CO2_PER_C, FOLDER, records
from hypothesis import given
from hypothesis import strategies as st
from runs import reviewed

from carbonledger.engine.run import RunOptions
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.methods.forest import continuous_biomass
from carbonledger.methods.registry import get, methods
from carbonledger.model import limits
from carbonledger.model.records import Item, Parameter

OWN = [
    row
    for name in ("forest_cn", "forest_ipcc")
    for row in records(FOLDER / "parameters" / f"{name}.csv", Parameter)
]
ITEMS = {row.item: row for row in records(FOLDER / "items" / "forest.csv", Item)}
FLOWS = ("growth", "consumption", "stock_change", "annual_stock_change", "wood_removed")

HEAD = """
title.zh = "测试"
title.en = "test"
status = "unverified"
source = "cn-provincial-2011"
gwp = "SAR"
"""
PROVINCIAL = 'families = ["cn-provincial-2011", "ar-cm-001", "ipcc-2006", "li-2018"]\n'
IPCC = 'families = ["ipcc-2006", "ar-cm-001"]\n'
RULE_SETS = {
    "forest-provincial": PROVINCIAL,
    "forest-provincial-stock": PROVINCIAL,
    "forest-ipcc": IPCC,
    "forest-ipcc-stock": IPCC,
}


def run(tmp_path, rules, rows, *, head="数量,单位", engine="duckdb", region="350500"):
    folder = tmp_path / f"{rules}-in"
    folder.mkdir(exist_ok=True)
    content = f'profile = "{rules}"\n{HEAD}{RULE_SETS[rules]}[[rules]]\nuse = "{rules}"\n'
    (folder / "profile.toml").write_text(content, "utf-8")
    body = "".join(f"{region},2020,{row}\n" for row in rows)
    (folder / "forest.csv").write_text(f"地区,年份,科目,品种,细项,{head}\n{body}", "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "{region}"\nperiods = [2020]\nprofile = "ipcc-2006"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "forest.csv"\n',
        "utf-8",
    )
    out = tmp_path / f"{rules}-{engine}"
    options = RunOptions(profile=str(folder / "profile.toml"), engine=engine)
    return reviewed(folder, out, options), out


def amounts_of(outcome, out):
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    table = pd.read_parquet(out / "postings.parquet")
    return table.groupby(["account", "item", "measure"])["amount"].sum(min_count=1).to_dict()


# --- parameters ----------------------------------------------------------------------------------

# Stands of Hunan in 2005, m3 (report of the province's forestry inventory, 2013). The total is
# printed as 345 451 900; "other" has no species group.
HUNAN = {
    "cunninghamia": 144649780, "masson_pine": 58448700, "cypress": 1304140, "slash_pine": 4656720,
    "poplar": 722740, "hard_broadleaf": 29826600, "soft_broadleaf": 5480960,
}  # fmt: skip


def test_hunan_2005_adds_up_and_weights_its_density():
    assert sum(HUNAN.values()) + 100362260 == 345451900
    density = sum(v * BY_ID[f"ar-cm-001/{item}/density"].value for item, v in HUNAN.items())
    assert density / sum(HUNAN.values()) == pytest.approx(0.36621, abs=5e-6)  # A6


@pytest.mark.parametrize(
    ("item", "biomass"),
    [
        ("cunninghamia", 62.531), ("masson_pine", 52.055), ("eucalyptus", 93.284),
        ("evergreen_broadleaf", 111.629),
    ],
)  # fmt: skip
def test_continuous_biomass_at_a_hundred_cubic_metres(item, biomass):
    slope, intercept = (BY_ID[f"fang-2001/{item}/{name}"].value for name in ("slope", "intercept"))
    assert continuous_biomass(100, slope, intercept) == pytest.approx(biomass, abs=6e-4)


@pytest.mark.parametrize("volume", [0, -1, float("nan")])
def test_a_stand_without_volume_has_no_biomass_by_the_line(volume):
    with pytest.raises(CarbonledgerError) as refusal:
        continuous_biomass(volume, 0.3999, 22.541)
    assert "22.541" in refusal.value.text.zh
    assert "22.541" in refusal.value.text.en


def test_both_ways_to_biomass_agree_for_fir_and_part_for_masson_pine():
    # 100 x 0.307 x 1.634 x 1.246 = 62.504; 100 x 0.380 x 1.472 x 1.187 = 66.396 (27.5 % above Fang)
    for item, ratio in (("cunninghamia", 0.9996), ("masson_pine", 1.2755)):
        density, above, roots = (
            BY_ID[f"ar-cm-001/{item}/{name}"].value for name in ("density", "bef", "roots")
        )
        line = [BY_ID[f"fang-2001/{item}/{name}"].value for name in ("slope", "intercept")]
        by_factors = 100 * density * above * (1 + roots)
        assert by_factors / continuous_biomass(100, *line) == pytest.approx(ratio, abs=5e-5)


def test_every_species_group_has_all_four_parameters():
    of_species = {}
    for row in OWN:
        if row.edition == "ar-cm-001":
            of_species.setdefault(row.item, set()).add(row.parameter)
    assert len(of_species) == 23
    assert set(map(len, of_species.values())) == {4}


def test_the_parts_of_the_guideline_are_no_more_than_the_whole():
    # Bamboo 68.48, economic 35.21, shrub 17.99 t/ha whole; 45.29, 29.35, 12.51 above ground.
    for name in ("bamboo", "economic", "shrub"):
        whole = BY_ID[f"cn-provincial-2011/forest/{name}/biomass"].value
        above = BY_ID[f"cn-provincial-2011/forest/{name}/aboveground"].value
        assert 0.6 < above / whole < 0.9


def test_what_is_recalled_is_not_called_verified():
    for row in OWN:
        recalled = row.edition in {"cn-provincial-2011", "ar-cm-001"}
        assert not (recalled and row.status == "verified"), row.id
        assert not ("recalled" in row.note and row.status == "verified"), row.id


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "item"),
    [
        ("growth_rate", 7.98, "1/a", ""),  # per cent taken for a fraction
        ("growth_rate", 0.0798, "%/a", ""),
        ("consumption_rate", 5.54, "1/a", ""),
        ("basic_wood_density", 307, "t dm/m3", "cunninghamia"),
        ("basic_wood_density", 0.598, "t dm/m3", "cunninghamia"),  # that of hard broadleaves
        ("biomass_expansion_factor_total", 0.307, "1", ""),  # shifted column
        ("mean_biomass_expansion_factor_total", 1.246, "1", ""),
        ("root_shoot_ratio", 1.634, "1", ""),
        ("biomass_carbon_fraction", 50, "t C/t dm", ""),
        ("biomass_per_area", 684.8, "t dm/ha", "moso_bamboo"),
        ("interval", 2020, "a", ""),
        ("interval", 0, "a", ""),
        ("n2o_nitrogen_ratio", 0.7, "t N2O-N/t N", ""),
    ],
)  # fmt: skip
def test_slips_are_refused(parameter, value, unit, item):
    assert limits.refusal(parameter, value, unit, item)


def test_per_cent_a_year_and_tonnes_per_mu_are_what_the_slips_say():
    assert limits.refusal("growth_rate", 7.98, "%/a") is None
    message = limits.refusal("growth_rate", 7.98, "1/a")[0]
    assert "7.98 %/a" in message.zh
    assert "0.0798" in message.zh


# --- formulas ------------------------------------------------------------------------------------


def test_shandong_sink_over_an_interval():
    # Shandong 2004-2013: a sink of 9.23 Tg C between two surveys five years apart is 1.85 Tg C/a
    # (1.846); with density, expansion and carbon fraction of one the volume is the carbon.
    co2 = get("forest.stock_change.mean").function(
        stock_change=9.23e6,
        interval=5,
        mean_wood_density=1,
        mean_biomass_expansion_factor_total=1,
        biomass_carbon_fraction=1,
    )
    assert -co2 / CO2_PER_C == pytest.approx(1.846e6)


def test_shandong_carbon_per_area():
    # 34.75 Tg C on 156.12 万 ha are 22.26 Mg C/ha; 33.22 on 146.04 of planted stands 22.75.
    for carbon, area, printed in ((34.75e6, 156.12e4, 22.26), (33.22e6, 146.04e4, 22.75)):
        lost = get("forest.conversion.stock").function(
            area_converted=area,
            aboveground_biomass=printed / 0.5,
            aboveground_biomass_after=0,
            biomass_carbon_fraction=0.5,
        )
        assert lost / CO2_PER_C == pytest.approx(carbon, rel=0.005 / printed)


def expanded(flow, key, **activity):
    """A flow of wood of fir: SVD 0.307, BEF 1.634 above ground, R 0.246, CF 0.5."""
    factors = {
        "whole_tree": {"basic_wood_density": 0.307, "biomass_expansion_factor_total": 2.035964},
        "above_ground": {
            "basic_wood_density": 0.307,
            "biomass_expansion_factor_aboveground": 1.634,
            "root_shoot_ratio": 0.246,
        },
        "mean": {"mean_wood_density": 0.307, "mean_biomass_expansion_factor_total": 2.035964},
    }[key]
    function = get(f"forest.{flow}.{key}").function
    return function(**activity, **factors, biomass_carbon_fraction=0.5)


@pytest.mark.parametrize("key", ["whole_tree", "above_ground", "mean"])
def test_a_stand_by_hand(key):
    # A2: 12 500 000 m3 x 0.05 = 625 000 m3; x 0.307 = 191 875 t; x 1.634 x 1.246 (= 2.035964)
    # = 390 650.6 t; x 0.5 = 195 325.3 t C; x 44/12 = 716 192.75 t CO2, removed.
    grown = expanded("growth", key, growing_stock=12.5e6, growth_rate=0.05)
    assert grown == pytest.approx(-716192.753, rel=1e-9)
    # A5 with 2 % a year, emitted.
    cut = expanded("consumption", key, growing_stock=12.5e6, consumption_rate=0.02)
    assert cut == pytest.approx(716192.753 * 0.4, rel=1e-9)
    # A7: 375 000 m3 a year more, the same as 1 875 000 m3 in five years.
    net = expanded("annual_stock_change", key, annual_stock_change=375_000)
    assert net == pytest.approx(-716192.753 * 0.6, rel=1e-9)
    assert expanded("stock_change", key, stock_change=1.875e6, interval=5) == pytest.approx(net)


amount = st.floats(0, 1e9)
share = st.floats(0, 0.2)


@given(amount, share, share)
def test_growth_less_consumption_is_the_change_of_stock(stock, growth, consumption):
    gained = expanded("growth", "above_ground", growing_stock=stock, growth_rate=growth)
    lost = expanded(
        "consumption", "above_ground", growing_stock=stock, consumption_rate=consumption
    )
    change = expanded(
        "annual_stock_change", "above_ground", annual_stock_change=stock * (growth - consumption)
    )
    assert gained <= 0 <= lost
    assert gained + lost == pytest.approx(change, rel=1e-9, abs=1e-6)


@given(amount, amount, st.floats(0.5, 30))
def test_surveys_in_between_do_not_change_the_sum(first, second, years):
    # The carbon of two intervals is that of the whole, whatever their lengths.
    parts = [
        years * expanded("stock_change", "mean", stock_change=change, interval=years)
        for change in (first, second)
    ]
    whole = (
        2
        * years
        * expanded("stock_change", "mean", stock_change=first + second, interval=2 * years)
    )
    assert sum(parts) == pytest.approx(whole, rel=1e-9, abs=1e-6)


LOST = {
    "area_converted": 1000.0,
    "aboveground_biomass": 80.0,
    "aboveground_biomass_after": 10.0,
    "biomass_carbon_fraction": 0.5,
}


def test_conversion_by_hand():
    # 1000 ha x (80 - 10) x 0.5 = 35 000 t C lost above ground.
    on_site = {**LOST, "burned_on_site": 0.15, "burning_oxidation": 0.9}
    co2 = get("forest.conversion.burning.co2").function(**on_site, burned_off_site=0.2)
    assert co2 == pytest.approx(35000 * 0.35 * 0.9 * 44 / 12)  # A8 + A9: 40 425 t
    # 35 000 x 0.15 x 0.9 = 4725 t C released on site.
    ch4 = get("forest.conversion.burning.ch4").function(**on_site, methane_carbon_ratio=0.012)
    assert ch4 == pytest.approx(75.6)  # A11: 4725 x 0.012 x 16/12
    n2o = get("forest.conversion.burning.n2o").function(
        **on_site, nitrogen_carbon_ratio=0.01, n2o_nitrogen_ratio=0.007
    )
    assert n2o == pytest.approx(0.51975)  # A11: 4725 x 0.01 x 0.007 x 44/28
    decay = get("forest.conversion.decay.co2").function(**LOST, decay_fraction=0.15)
    assert decay == pytest.approx(19250.0)  # A10


@given(share, share, st.floats(0, 0.6))
def test_conversion_releases_no_more_than_the_land_loses(on_site, off_site, decay):
    burned = get("forest.conversion.burning.co2").function(
        **LOST, burned_on_site=on_site, burned_off_site=off_site, burning_oxidation=0.9
    )
    decayed = get("forest.conversion.decay.co2").function(**LOST, decay_fraction=decay)
    assert 0 <= burned + decayed <= get("forest.conversion.stock").function(**LOST) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("method", "arguments", "carbon"),
    [
        # B4, B5: 100 ha x 8 x 1.2 x 0.47 = 451.2 t C a year
        ("forest.gain.growth", {"area": 100, "aboveground_growth": 8}, -451.2),
        # 100 ha x 10 m3 x 0.6 t/m3 x 1.2 x 0.47 = 338.4
        ("forest.gain.increment",
         {"area": 100, "volume_increment": 10, "bcef_increment": 0.6}, -338.4),
        # B7: 1000 m3 x 0.9 x 1.2 x 0.47 = 507.6
        ("forest.wood_removed.bcef", {"wood_removed": 1000, "bcef_removal": 0.9}, 507.6),
        ("forest.fuelwood.trees", {"fuelwood_trees": 1000, "bcef_removal": 0.9}, 507.6),
        # B9: 50 ha x 100 t x 0.3 x 1.2 x 0.47 = 846
        ("forest.disturbance",
         {"area_disturbed": 50, "aboveground_biomass": 100, "biomass_lost_fraction": 0.3}, 846),
        # B3: 6000 m3 in 3 years x 0.7 x 1.2 x 0.47 = 789.6 a year
        ("forest.stock_change.bcef",
         {"stock_change": 6000, "interval": 3, "bcef_stock": 0.7}, -789.6),
    ],
)  # fmt: skip
def test_ipcc_gains_and_losses_by_hand(method, arguments, carbon):
    co2 = get(method).function(**arguments, root_shoot_ratio=0.2, biomass_carbon_fraction=0.47)
    assert co2 == pytest.approx(carbon * 44 / 12, rel=1e-12)


def test_roots_come_once_in_every_method():
    seen = 0
    for name, declared in methods().items():
        if name.startswith("forest."):
            taken = set(declared.arguments)
            whole = {"biomass_expansion_factor_total", "mean_biomass_expansion_factor_total"}
            assert not ("root_shoot_ratio" in taken and taken & whole), name
            above = {"biomass_expansion_factor_aboveground", "bcef_stock", "bcef_removal"}
            assert "root_shoot_ratio" in taken or not taken & above, name
            seen += 1
    assert seen > 20


# --- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RULE_SETS)
def test_a_rule_set_lists_every_species_and_never_both_ways_to_a_stock(name):
    rules = tomllib.loads((FOLDER / "profiles" / "rules" / f"{name}.toml").read_text("utf-8"))
    apart = {
        "arbor_forest", "natural_forest", "plantation_forest", "shrub_forest", "economic_forest",
        "orchard", "tea_plantation", "oil_camellia", "bamboo_forest", "moso_bamboo", "other_bamboo",
    }  # fmt: skip
    used = set()
    for rule in rules["rules"]:
        used |= {method.split(".")[1] for method in rule.get("methods", [])}
        # A rule for several species is for all of them.
        if set(rule.get("items", [])) & (set(ITEMS) - apart):
            assert set(rule["items"]) == set(ITEMS) - apart
    stock = bool(used & {"stock_change", "annual_stock_change"})
    gross = bool(used & {"growth", "consumption", "gain", "wood_removed", "fuelwood"})
    assert stock != gross


# --- whole runs ----------------------------------------------------------------------------------

# One entry of every line: t of gas. Rates of growth and consumption come with the entry.
PROVINCE = [
    # 12 500 000 x 5 % x 0.307 x 1.634 x 1.246 x 0.5 x 44/12
    ("3.B.cn1.a,杉木,,1250,万m3,5,", ("3.B.cn1.a", "cunninghamia", "CO2"), -716192.753),
    # 1 000 000 x 5 % x 0.598 x 1.674 x 1.261 x 0.5 x 44/12
    ("3.B.cn1.a,硬阔,,100,万m3,5,", ("3.B.cn1.a", "hard_broadleaf", "CO2"), -115713.2691),
    # national means: 500 000 x 5 % x 0.462 x 1.787 x 0.5 x 44/12
    ("3.B.cn1.e,,,50,万m3,5,", ("3.B.cn1.e", "", "CO2"), -37839.725),
    # 35.21, 68.48 and 17.99 t/ha x 0.5 x 44/12; an area that shrinks emits
    ("3.B.cn1.b,茶园,,300,ha,,", ("3.B.cn1.b", "tea_plantation", "CO2"), -19365.5),
    ("3.B.cn1.c,毛竹,,1200,ha,,", ("3.B.cn1.c", "moso_bamboo", "CO2"), -150656.0),
    ("3.B.cn1.d,,,-150,ha,,", ("3.B.cn1.d", "", "CO2"), 4947.25),
    # 58 000 000 x 3 % x 0.462 x 1.787 x 0.5 x 44/12
    ("3.B.cn1.f,,,5800,万m3,,3", ("3.B.cn1.f", "", "CO2"), 2633644.86),
]


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_the_lines_of_the_province(tmp_path, engine):
    head = "数量,单位,年均总生长率 [%/a],年均净消耗率 [%/a]"
    entries = [row for row, _, _ in PROVINCE]
    outcome, out = run(tmp_path, "forest-provincial", entries, head=head, engine=engine)
    amounts = amounts_of(outcome, out)
    assert len(amounts) == len(PROVINCE)
    for _, key, expected in PROVINCE:
        assert amounts[key] == pytest.approx(expected, rel=1e-8), key


@pytest.mark.parametrize("engine", ["duckdb", "pandas"])
def test_conversion_gives_three_gases(tmp_path, engine):
    entries = [
        "3.B.cn2.a,杉木,,1000,ha,80,10",
        "3.B.cn2.a,灌木林,,1000,ha,,",
        "3.B.cn2.b,杉木,,800,ha,80,10",
    ]
    head = "数量,单位,转化前单位面积地上生物量 [t dm/ha],转化后单位面积地上生物量 [t dm/ha]"
    outcome, out = run(tmp_path, "forest-provincial", entries, head=head, engine=engine)
    amounts = amounts_of(outcome, out)
    assert amounts["3.B.cn2.a", "cunninghamia", "CO2"] == pytest.approx(40425)
    assert amounts["3.B.cn2.a", "cunninghamia", "CH4"] == pytest.approx(75.6)
    assert amounts["3.B.cn2.a", "cunninghamia", "N2O"] == pytest.approx(0.51975)
    assert amounts["3.B.cn2.b", "cunninghamia", "CO2"] == pytest.approx(0.8 * 19250)
    # Shrub: 1000 ha x 12.51 x 0.35 x 0.9 x 0.5 x 44/12, nothing left on the land.
    assert amounts["3.B.cn2.a", "shrub_forest", "CO2"] == pytest.approx(7224.525)


def test_rates_are_never_those_of_another_province(tmp_path):
    outcome, _ = run(tmp_path, "forest-provincial", ["3.B.cn1.a,杉木,,1250,万m3"])
    assert outcome.blocked
    told = [problem.message.en for problem in outcome.problems]
    assert any("growth_rate" in text for text in told), told
    # Guangdong has 9.61 % a year for 2015, which serves its 2020 for want of a later one.
    row = ["3.B.cn1.a,杉木,,1250,万m3"]
    amounts = amounts_of(*run(tmp_path, "forest-provincial", row, region="440000"))
    grown = amounts["3.B.cn1.a", "cunninghamia", "CO2"]
    assert grown == pytest.approx(-716192.753 * 9.61 / 5, rel=1e-8)


def test_whole_tree_factor_and_root_ratio_together_are_refused(tmp_path):
    head = "数量,单位,年均总生长率 [%/a],全林生物量扩展系数 [1],根茎比 [1]"
    entries = ["3.B.cn1.a,杉木,,1250,万m3,5,1.9,0.246"]
    outcome, _ = run(tmp_path, "forest-provincial", entries, head=head)
    assert outcome.blocked
    assert [p.code for p in outcome.problems if "root_shoot_ratio" in p.message.en] == [
        "quantity-not-used"
    ]
    # Without the ratio the factor of whole trees that was entered goes before the library's.
    entries = ["3.B.cn1.a,杉木,,1250,万m3,5,1.9,"]
    outcome, out = run(tmp_path, "forest-provincial", entries, head=head)
    by_hand = -12.5e6 * 0.05 * 0.307 * 1.9 * 0.5 * 44 / 12
    amounts = amounts_of(outcome, out)
    assert amounts["3.B.cn1.a", "cunninghamia", "CO2"] == pytest.approx(by_hand)


def test_own_means_go_before_those_of_the_country(tmp_path):
    head = "数量,单位,年均净消耗率 [%/a],平均基本木材密度 [t dm/m3]"
    entries = ["3.B.cn1.f,,,5800,万m3,3,0.36621"]
    amounts = amounts_of(*run(tmp_path, "forest-provincial", entries, head=head))
    by_hand = 58e6 * 0.03 * 0.36621 * 1.787 * 0.5 * 44 / 12
    assert amounts["3.B.cn1.f", "", "CO2"] == pytest.approx(by_hand)


def test_by_the_change_of_stock_consumption_is_included(tmp_path):
    head = "蓄积变化量 [万m3],间隔年数 [a],数量,单位"
    entries = ["3.B.cn1.a,杉木,,187.5,5,,", "3.B.cn1.f,,,,,5800,万m3"]
    outcome, out = run(tmp_path, "forest-provincial-stock", entries, head=head)
    amounts = amounts_of(outcome, out)
    assert amounts["3.B.cn1.a", "cunninghamia", "CO2"] == pytest.approx(-716192.753 * 0.6)
    table = pd.read_parquet(out / "postings.parquet").set_index("account")
    assert table.loc["3.B.cn1.f", "notation"] == "IE"
    assert pd.isna(table.loc["3.B.cn1.f", "amount"])


@pytest.mark.parametrize(
    ("rules", "head", "row"),
    [
        # a change of stock where growth and consumption are counted, and the reverse
        ("forest-provincial", "蓄积变化量 [万m3],间隔年数 [a]", "3.B.cn1.a,杉木,,187.5,5"),
        ("forest-provincial-stock", "数量,单位,年均总生长率 [%/a]", "3.B.cn1.a,杉木,,1250,万m3,5"),
        ("forest-ipcc", "蓄积变化量 [万m3],间隔年数 [a]", "3.B.1.a,杉木,,187.5,5"),
        ("forest-ipcc-stock", "采伐量 [万m3]", "3.B.1.a,杉木,,20"),
        # volumes and areas that could mean several things need their names
        ("forest-ipcc", "数量,单位", "3.B.1.a,杉木,,20,万m3"),
        ("forest-ipcc", "数量,单位", "3.B.1.b,人工林,,20,万ha"),
        # bamboo among the stands, fir among the bamboo
        ("forest-provincial", "数量,单位,年均总生长率 [%/a]", "3.B.cn1.a,毛竹,,1250,万m3,5"),
        ("forest-provincial", "数量,单位", "3.B.cn1.c,杉木,,1200,ha"),
        # carbon for dry matter
        ("forest-provincial", "数量,单位,单位面积生物量（全株） [t C/ha]",
         "3.B.cn1.c,毛竹,,1200,ha,34"),
    ],
)  # fmt: skip
def test_what_would_be_counted_twice_or_mistaken_is_refused(tmp_path, rules, head, row):
    outcome, _ = run(tmp_path, rules, [row], head=head)
    assert outcome.blocked


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_ipcc_land_categories(tmp_path, engine):
    head = "面积 [ha],采伐量 [m3],转化面积 [ha],转化前单位面积地上生物量 [t dm/ha]"
    entries = [
        "3.B.1.b,人工林,,1000,,,",
        "3.B.1.a,杉木,,,5000,,",
        "3.B.5,,,,,100,70",
    ]
    outcome, out = run(tmp_path, "forest-ipcc", entries, head=head, engine=engine)
    amounts = amounts_of(outcome, out)
    # 1000 x 8 x 1.2 x 0.47 x 44/12 (Tables 4.10, 4.4, 4.3)
    assert amounts["3.B.1.b", "plantation_forest", "CO2"] == pytest.approx(-16544)
    # 5000 x 0.307 x 1.634 x 1.2 x 0.47 x 44/12: the ratio of Table 4.4 comes before the species'
    assert amounts["3.B.1.a", "cunninghamia", "CO2"] == pytest.approx(5186.93692)
    # 100 ha x 70 t x 0.47 x 44/12
    assert amounts["3.B.5", "", "CO2"] == pytest.approx(12063.33333)


def test_names_of_clerks_lead_to_species():
    known = library().items.set_index("item")
    wanted = {"杉树": "cunninghamia", "针叶混": "mixed_conifer", "毛竹林": "moso_bamboo"}
    for spelling, item in wanted.items():
        assert spelling in known.loc[item, "aliases"].split("|")
    assert set(known.loc[list(ITEMS), "carbon"]) == {"biogenic"}
