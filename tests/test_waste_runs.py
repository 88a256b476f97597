"""Waste: whole runs from plain entries."""

import math

import pandas as pd
import pytest
from waste_cases import run, shrinking

from carbonledger import units
from carbonledger.analysis.landfill import deduction_notes
from carbonledger.engine.results import Results
from carbonledger.library.load import library


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
