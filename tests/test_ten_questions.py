"""Ten questions of a compiler: one screen with the answer and the reason, in either language.

The numbers are those of the documents named beside them.
"""

import io
from dataclasses import dataclass, field

import pytest
from rich.console import Console

import carbonledger as cl
from carbonledger.library.load import library
from carbonledger.reports.library_answer import print_answer

LINES, COLUMNS = 45, 100


@dataclass(frozen=True)
class Case:
    """A question, the value that answers it, and what the screen must say."""

    subject: str
    asked: dict[str, object]
    value: float
    unit: str
    says: tuple[str, ...]
    says_en: tuple[str, ...]
    profiles: dict[str, str] = field(default_factory=dict)


QUESTIONS = {
    # Announcement of 2022 factors (2024 No. 33), table 3: Fujian; national 0.5366 beside it.
    "electricity of Quanzhou 2022": Case(
        "电网排放因子",
        {"region": "泉州", "year": 2022},
        0.4092,
        "t CO2/MWh",
        ("泉州市没有自己的值", "福建省", "2022 年有效", "0.5366", "地区较远", "0.4711", "年份较早"),
        ("Quanzhou has none of its own", "Fujian", "valid in 2022", "farther region", "older"),
    ),
    # 5000 kcal of 4.1816 kJ; IPCC 2006 Vol. 2 Table 1.2: 25.8 (other bituminous coal).
    "heating value of raw coal": Case(
        "低位发热量",
        {"item": "原煤", "region": "福建省", "profile": "cn-provincial-2011"},
        20.908,
        "GJ/t",
        ("中国能源统计年鉴", "25.8 GJ/t", "IPCC", "系列靠后", "未核对"),
        ("Yearbook", "25.8 GJ/t", "IPCC", "later series", "unverified"),
    ),
    "oxidation of diesel on the road": Case(
        "氧化率",
        {"item": "柴油", "account": "1.A.3.b", "profile": "cn-provincial-2011"},
        0.98,
        "1",
        ("省级清单指南", "IPCC", "核对: 含碳量 × 氧化率 × 44/12", "相差"),
        ("Provincial guideline", "IPCC", "Check: carbon content × oxidation × 44/12", "differs"),
    ),
    # IPCC 2006 Vol. 2 Table 2.5; stationary power has 1 (Table 2.2).
    "CH4 of natural gas in households": Case(
        "ch4_emission_factor",
        {"item": "天然气", "account": "1.A.4.b"},
        5,
        "kg CH4/TJ",
        ("Table 2.5", "属于科目 1.A.4.b", "1 kg CH4/TJ", "其他科目"),
        ("Table 2.5", "belongs to account 1.A.4.b", "1 kg CH4/TJ", "other account"),
    ),
    # AR6 WG I, Table 7.SM.7.
    "GWP of SF6": Case(
        "gwp100",
        {"item": "SF6", "gwp": "AR6"},
        25200,
        "t CO2e/t SF6",
        ("第六次评估报告", "7.SM.7", "23,500", "口径不用此系列"),
        ("Sixth", "7.SM.7", "23,500", "not in the profile"),
    ),
    # Half HFC-32 (771), half HFC-125 (3740).
    "GWP of R-410A": Case(
        "全球增温潜势",
        {"item": "R-410A", "gwp": "AR6"},
        (771 + 3740) / 2,
        "t CO2e/t R-410A",
        ("0.5 x 771 (HFC-32) + 0.5 x 3740 (HFC-125)", "未核对"),
        ("0.5 x 771 (HFC-32) + 0.5 x 3740 (HFC-125)", "unverified"),
    ),
    # 17.2 is the value of LPG: 3.2 t CO2 per tonne of what is methane.
    "carbon content of LNG": Case(
        "含碳量",
        {"item": "LNG"},
        15.3,
        "t C/TJ",
        ("17.2 t C/TJ", "已知分歧", "液化石油气", "系列靠后"),
        ("17.2 t C/TJ", "Known conflict", "later series"),
    ),
    # Provincial guideline 0.538; IPCC 2006 Vol. 3 Equation 2.4: 0.52.
    "CO2 of clinker": Case(
        "co2_emission_factor",
        {"item": "水泥熟料", "account": "2.A.1"},
        0.538,
        "t CO2/t",
        ("省级清单指南", "0.52 t CO2/t", "IPCC", "未核对", "系列靠后"),
        ("Provincial guideline", "0.52 t CO2/t", "unverified", "later series"),
        {"ipcc-2006": "0.52 t CO2/t"},
    ),
    # GB/T 2589-2020, table A.1.
    "coal equivalent of electricity": Case(
        "折标准煤系数",
        {"item": "电力", "detail": "当量值"},
        0.1229,
        "kgce/kWh",
        ("GB/T 2589-2020", "当量值", "附录A"),
        ("GB/T 2589-2020", "附录A"),
    ),
    # Provincial guideline 11.77; IPCC 2006 Vol. 3 Table 3.3: 7.
    "N2O of nitric acid, medium pressure": Case(
        "n2o_emission_factor",
        {"item": "硝酸", "account": "2.B.2", "detail": "中压法"},
        11.77,
        "kg N2O/t",
        ("省级清单指南", "7 kg N2O/t", "其他细项", "13.9"),
        ("Provincial guideline", "7 kg N2O/t", "other detail", "13.9"),
        {"ipcc-2006": "7 kg N2O/t"},
    ),
    # Provincial guideline 8.37 m3/t (key state-owned mines); IPCC average 18 m3/t.
    "CH4 of underground mines": Case(
        "ch4_emission_factor",
        {"item": "原煤", "account": "1.B.1.a.i.1", "detail": "国有重点煤矿"},
        8.37,
        "m3 CH4/t",
        ("国有重点煤矿", "18 m3 CH4/t", "系列靠后", "6.93"),
        ("Provincial guideline", "18 m3 CH4/t", "later series", "6.93"),
        {"ipcc-2006": "18 m3 CH4/t"},
    ),
}


def screen(answer, lang):
    text = io.StringIO()
    print_answer(Console(file=text, width=COLUMNS), answer, library(), lang)
    return text.getvalue()


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_and_its_reason_stand_on_one_screen(name):
    question = QUESTIONS[name]
    answer = cl.show(question.subject, **question.asked)
    assert (answer.value, answer.unit) == (question.value, question.unit)
    for lang, says in (("zh", question.says), ("en", question.says_en)):
        shown = screen(answer, lang)
        lines = shown.splitlines()
        assert len(lines) <= LINES
        assert any(line.startswith(("为什么", "Why")) for line in lines)
        joined = shown.replace("\n", "")
        assert [text for text in says if text not in shown and text not in joined] == []
        for profile, value in question.profiles.items():
            assert any(profile in line and value in line for line in lines)


def test_the_reason_is_of_the_row_that_wins():
    answer = cl.show("电网排放因子", region="泉州", year=2022)
    first = answer.rows.iloc[0]
    assert (first["reason"], first["rank"], first["id"]) == ("winner", 1, answer.parameter)
    assert "2021" in cl.show("电网排放因子", region="泉州", year=2021).why.zh
    nation = cl.show("电网排放因子", region="CN", year=2022)
    assert nation.value == 0.5366  # announcement of 2022 factors, table 1
    assert "自己的值" in nation.why.zh
