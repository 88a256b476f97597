"""Forests in the inventory: rules, and whole runs from plain entries.

Numbers computed by hand stand beside the equation: A1 to A11 are those of the provincial guideline
of 2011 (growth A2, scattered trees A3, area A4, consumption A5, conversion A8 to A11), B those of
IPCC 2006 Vol. 4 Ch. 2.
"""

import tomllib

import pandas as pd
import pytest
from factor_tables import FOLDER
from forest_cases import ITEMS
from runs import reviewed

from carbonledger.engine.run import RunOptions
from carbonledger.library.load import library

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
