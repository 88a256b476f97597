"""Own parameters and published totals of a folder."""

import pytest
from intake_sample import FACTORS, NAMES, write_sample
from inventory_cases import add, codes, edit

from carbonledger.intake.inventory import read_inventory
from carbonledger.model.problem import Grade, has_blocking


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "清单")


# --- own parameters --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "cell"),
    [
        ("低位发热量", "低位发热", "parameter-unknown", "A2"),
        ("原煤", "原没", "item-unknown", "B2"),
        ("20.9", "20,9", "cell-without-heading", "G2"),
        ("20.9", "20.9GJ", "cell-not-a-number", "C2"),
        ("20.9", "", "factor-missing", "C2"),
        ("20.9", "NE", "cell-not-a-number", "C2"),
        ("GJ/t", "kcal/kg", "unit-unknown", "D2"),
        ("GJ/t", "", "factor-missing", "D2"),
        ("泉州电厂检测报告", "", "factor-missing", "E2"),
        ("第3页", "", "factor-missing", "F2"),
        ("页码", "页马", "column-unknown", "F1"),
        ("参数,", "品种,", "column-twice", "B1"),
        ("品种,", "年份,", "column-unknown", "B1"),
        ("数值,", "数值 [GJ/t],", "unit-twice", "C1"),
        ("20.9", "20900", "parameter-implausible", "C2"),
        ("20.9", "-20.9", "parameter-implausible", "C2"),
        ("GJ/t", "GJ(gross)/t", "parameter-unit", "D2"),
        ("低位发热量,原煤,20.9,GJ/t", "含碳量,原煤,0.6,t C/t", "parameter-unit", "D2"),
        ("低位发热量,原煤,20.9,GJ/t", "含碳量,原煤,95,t C/TJ", "parameter-implausible", "C2"),
        ("低位发热量,原煤,20.9,GJ/t", "消费量,原煤,20.9,t", "parameter-unknown", "A2"),
    ],
)
def test_own_parameters_are_refused_by_cell(folder, old, new, code, cell):
    edit(folder, "factors.csv", old, new)
    intake = read_inventory(folder, NAMES)
    problems = [(p.code, p.cell) for p in intake.problems if p.file == "factors.csv"]
    assert (code, cell) in problems
    assert intake.factors == []
    assert has_blocking(intake.problems)


FULL = """id,参数,品种,数值,单位,下限,上限,分布,有效期起,有效期止,来源,页码,状态
a,氧化率,原煤,98,%,95,99,normal,2010,2012-06,报告,1,已核对
"""


def test_an_own_parameter_with_everything(folder):
    (folder / "factors.csv").write_text(FULL, encoding="gb18030")
    (own,) = read_inventory(folder, NAMES).factors
    assert (own.id, own.value, own.unit, own.lower, own.upper) == ("a", 98.0, "%", 95.0, 99.0)
    assert (own.valid_from.isoformat(), own.valid_to.isoformat()) == ("2010-01-01", "2012-06-30")
    assert (own.distribution, own.status.value) == ("normal", "verified")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("95,99", "99,95", "factor-range"),
        ("normal", "正态", "value-unknown"),
        ("已核对", "核过", "value-unknown"),
        ("2012-06", "2012-13", "date-unclear"),
        ("2012-06", "2009", "factor-validity"),
        ("已核对\n", "已核对\nb,氧化率,原煤,97,%,,,,2010,,报告,1,\n", "factor-twice"),
        ("已核对\n", "已核对\na,氧化率,汽油,97,%,,,,2010,,报告,1,\n", "factor-twice"),
    ],
)
def test_own_parameters_must_fit_together(folder, old, new, code):
    (folder / "factors.csv").write_text(FULL.replace(old, new), encoding="utf-8")
    assert codes(read_inventory(folder, NAMES), "A") == [code]


PAIR = """参数,品种,数值,单位,基准,有效期起,有效期止,来源,页码
低位发热量,原煤,20.9,GJ/t,net,{first},报告,1
低位发热量,原煤,21.9,{unit},{basis},{second},报告,2
"""


@pytest.mark.parametrize(
    ("first", "second", "basis", "unit", "ties"),
    [
        (",", ",", "ar", "GJ/t", True),
        ("2010,", "2011,", "net", "MJ/kg", True),
        ("2010,2012", "2012,2015", "net", "GJ/t", True),
        (",2012", "2012-12-31,", "net", "GJ/t", True),
        ("2010,2011", "2012,2015", "net", "GJ/t", False),
        ("2013,2013", ",2012", "net", "GJ/t", False),
        (",", ",", "net", "MJ/m3", False),
    ],
)
def test_own_parameters_that_may_tie(folder, first, second, basis, unit, ties):
    value = "21.9" if unit != "MJ/m3" else "15"
    text = PAIR.format(first=first, second=second, basis=basis, unit=unit).replace("21.9", value)
    (folder / "factors.csv").write_text(text, encoding="utf-8")
    intake = read_inventory(folder, NAMES)
    assert codes(intake, "A") == (["factor-twice"] if ties else [])
    assert len(intake.factors) == (1 if ties else 2)
    if ties:
        (problem,) = [each for each in intake.problems if each.code == "factor-twice"]
        assert problem.cell == "A3"
        assert "A2" in problem.message.zh
        assert "A2" in problem.message.en


# --- published totals and empty tables -------------------------------------------------------


def published(folder, text):
    add(folder, '\n[[published]]\nsource = "某处"\n' + text)
    return read_inventory(folder, NAMES)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('account = "1.A"\ntotal = "很多"', "published[1].total"),
        ('account = "1.A"\ntotal = "212.8"', "published[1].total"),
        ('account = "1.A"\ntotal = "212.8 Mt"', "published[1].total"),
        ('account = "1.A"\ntotal = "212.8 Mt CO2"\nmeasure = "CH4"', "published[1].total"),
        ('account = "1.A"\ntotal = "212.8 Mt CO2"\nmeasure = "烟"', "published[1].measure"),
        ('account = "9.Z"\ntotal = "212.8 Mt CO2"', "published[1].account"),
    ],
)
def test_published_totals_that_cannot_stand_beside_ours(folder, text, where):
    intake = published(folder, text)
    (problem,) = [each for each in intake.problems if each.grade is Grade.A]
    assert (problem.code, problem.file) == ("published-unusable", "inventory.toml")
    assert where in problem.message.zh
    assert where in problem.message.en


def test_published_totals_may_name_the_account(folder):
    intake = published(folder, 'account = "制造业"\ntotal = "212.8 万吨 CH4"\nmeasure = "CH4"')
    assert not has_blocking(intake.problems)
    assert [total.account for total in intake.manifest.published] == ["1.A.2"]


def test_own_parameters_may_be_missing(folder):
    (folder / "factors.csv").unlink()
    intake = read_inventory(folder, NAMES)
    assert intake.factors == []
    assert not has_blocking(intake.problems)
    assert FACTORS  # the sample has some, so the test above says something
