"""Agriculture: whole inventories from plain entries."""

import pandas as pd
import pytest
from agriculture_cases import PROVINCIAL
from factor_tables import FOLDER, rows
from runs import reviewed

from carbonledger.engine.run import RunOptions

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
