"""Whole folders: manifest, tables of every kind, answers, assertions, own parameters."""

import hashlib
import os

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from intake_sample import ENERGY, FACTORS, MANIFEST, NAMES, TONNES, write_sample

from carbonledger import units
from carbonledger.intake import typed
from carbonledger.intake.inventory import ManifestError, read_inventory
from carbonledger.intake.manifest import parse_manifest
from carbonledger.model.problem import Grade, has_blocking

CONTRACT = [
    "entry",
    "file",
    "sheet",
    "row",
    "region",
    "period",
    "account",
    "item",
    "detail",
    "note",
    "source",
    "sign",
    "answer",
]


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "清单")


def edit(folder, name, old, new, encoding="utf-8"):
    path = folder / name
    text = path.read_text(encoding=encoding)
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding=encoding)


def add(folder, text):
    path = folder / "inventory.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def codes(intake, *grades):
    wanted = [Grade(grade) for grade in grades] or list(Grade)
    return [problem.code for problem in intake.problems if problem.grade in wanted]


def tonnes(intake):
    """The sum of all quantities, in tonnes, read back through the contract."""
    total = 0.0
    for table in intake.tables:
        frame = table.table.to_pandas() if table.table else duckdb.sql(table.select).df()
        for name in table.quantities:
            for value, unit in zip(frame[name], frame[f"{name}__unit"], strict=True):
                if pd.notna(value):
                    total += units.convert(value, unit, "t")
    return total


def test_the_sample_is_read_whole(folder):
    intake = read_inventory(folder, NAMES)
    assert not has_blocking(intake.problems)
    assert intake.manifest.region == "350500"  # 泉州市 by its code
    assert tonnes(intake) == pytest.approx(TONNES, rel=1e-15)
    first, second = (table.table for table in intake.tables)
    assert first.column_names[:13] == CONTRACT
    assert first.column_names[13:] == ["fuel", "fuel__unit", "fuel__notation", "fuel__cell"]
    assert first["entry"].to_pylist() + second["entry"].to_pylist() == [1, 2, 3, 4, 5, 6]
    assert first["fuel__notation"].to_pylist() == [None, None, None, "NE"]
    assert first["fuel__cell"].to_pylist() == ["E2", "E3", "E4", "E5"]
    assert second["source"].to_pylist() == ["泉州统计年鉴 2013"] * 2
    assert second["sheet"].to_pylist() == ["工业"] * 2
    (own,) = intake.factors
    assert (own.parameter, own.item, own.value, own.unit) == (
        "net_calorific_value",
        "raw_coal",
        20.9,
        "GJ/t",
    )
    assert (own.edition, own.status.value) == ("inventory", "unverified")
    names = [file.name for file in intake.files]
    assert names == ["inventory.toml", "energy.csv", "book.xlsx", "factors.csv"]
    for file in intake.files:
        assert file.sha256 == hashlib.sha256(file.path.read_bytes()).hexdigest()


def test_all_problems_of_all_tables_come_at_once(folder):
    edit(folder, "energy.csv", "8.25", "8.25吨", "utf-8-sig")
    edit(folder, "factors.csv", "GJ/t", "GJ/顿")
    edit(folder, "inventory.toml", 'sheet = "工业"', 'sheet = "工业2"')
    found = codes(read_inventory(folder, NAMES), "A")
    assert found == ["cell-not-a-number", "sheet-missing", "unit-unknown"]


# --- answers ---------------------------------------------------------------------------------

ANSWER = """
[[answers]]
file = "{file}"
cell = "{cell}"
printed = "{printed}"
action = "{action}"
reason = {{ zh = "与原表不符", en = "differs from the print" }}
"""


def answer(folder, cell, printed, action, file="energy.csv", extra=""):
    add(folder, ANSWER.format(cell=cell, printed=printed, action=action, file=file) + extra)


def test_a_cell_set_aside_leaves_the_run(folder):
    edit(folder, "energy.csv", "8.25", "8.25吨", "utf-8-sig")
    answer(folder, "E4", "８.25吨", "set-aside")
    intake = read_inventory(folder, NAMES)
    assert not has_blocking(intake.problems)
    (problem,) = [found for found in intake.problems if found.cell == "E4"]
    assert problem.grade is Grade.B
    assert "与原表不符" in problem.message.zh
    table = intake.tables[0].table
    assert table["fuel"].to_pylist() == [12000, 1000.5, None, None]
    assert table["fuel__notation"].to_pylist() == [None, None, "NE", "NE"]
    assert table["answer"].to_pylist() == ["", "", "set-aside", ""]


def test_a_set_aside_footnote_row_makes_no_entry(folder):
    edit(folder, "energy.csv", "未调查\n", "未调查\n泉州市,2012,合计,,\n", "utf-8-sig")
    assert codes(read_inventory(folder, NAMES), "A") == ["account-unknown"]
    answer(folder, "C6", "合计", "set-aside")
    intake = read_inventory(folder, NAMES)
    assert codes(intake, "A") == []
    assert intake.tables[0].table.num_rows == 4


def test_a_good_value_can_be_set_aside_where_it_was_questioned(folder):
    edit(folder, "energy.csv", "8.25", "-8.25", "utf-8-sig")
    answer(folder, "$E$4", "-8.25", "set-aside", extra='code = "cell-negative"\n')
    intake = read_inventory(folder, NAMES)
    assert intake.tables[0].table["fuel"].to_pylist()[2] is None
    assert codes(intake, "B") == ["cell-negative"]


def test_a_unit_set_aside_takes_its_value_along(folder):
    book = openpyxl.load_workbook(folder / "book.xlsx")
    book["工业"]["D2"] = "万顿"
    book.save(folder / "book.xlsx")
    answer(folder, "D2", "万顿", "set-aside", file="book.xlsx")
    intake = read_inventory(folder, NAMES)
    assert codes(intake, "A") == []
    assert intake.tables[1].table["quantity"].to_pylist() == [None, 250.0]


def test_a_row_out_of_step_set_aside_leaves_whole(folder):
    edit(folder, "energy.csv", '"12,000"', "12,000", "utf-8-sig")
    assert codes(read_inventory(folder, NAMES), "A") == ["row-long"]
    answer(folder, "G2", "", "set-aside")
    intake = read_inventory(folder, NAMES)
    assert codes(intake, "A") == []
    assert intake.tables[0].table["fuel"].to_pylist() == [1000.5, 8.25, None]


def test_confirm_keeps_the_value_and_makes_a_hint(folder):
    edit(folder, "energy.csv", "8.25", "-8.25", "utf-8-sig")
    assert codes(read_inventory(folder, NAMES), "B") == ["cell-negative"]
    answer(folder, "E4", "-8.25", "confirm")
    intake = read_inventory(folder, NAMES)
    assert codes(intake, "B") == []
    assert "cell-negative" in codes(intake, "D")
    table = intake.tables[0].table
    assert table["fuel"].to_pylist()[2] == -8.25
    assert table["answer"].to_pylist()[2] == "confirm"


def test_confirm_cannot_settle_a_grade_a_problem(folder):
    edit(folder, "energy.csv", "8.25", "8.25吨", "utf-8-sig")
    answer(folder, "E4", "8.25吨", "confirm")
    intake = read_inventory(folder, NAMES)
    (problem,) = [found for found in intake.problems if found.grade is Grade.A]
    assert "confirm" in problem.message.zh
    assert "set-aside" in problem.remedy.zh


@pytest.mark.parametrize(
    ("cell", "printed", "file", "now"),
    [
        ("E4", "9.99", "energy.csv", "8.25"),
        ("E4", "8.25", "energy.csv", "没有这样的问题"),
        ("Z99", "8.25", "energy.csv", "没有这个单元格"),
        ("E4:E5", "8.25", "energy.csv", "没有这个单元格"),
        ("E4", "8.25", "other.csv", "没有读到"),
    ],
)
def test_an_answer_that_answers_nothing_is_reported(folder, cell, printed, file, now):
    answer(folder, cell, printed, "set-aside", file)
    intake = read_inventory(folder, NAMES)
    (problem,) = [found for found in intake.problems if found.code == "answer-stale"]
    assert problem.grade is Grade.B
    assert printed in problem.message.zh
    assert now in problem.message.zh
    assert tonnes(intake) == pytest.approx(TONNES)


def test_an_answer_with_another_code_does_not_apply(folder):
    edit(folder, "energy.csv", "8.25", "8.25吨", "utf-8-sig")
    answer(folder, "E4", "8.25吨", "set-aside", extra='code = "cell-negative"\n')
    assert codes(read_inventory(folder, NAMES), "A") == ["cell-not-a-number"]


# --- assertions ------------------------------------------------------------------------------


def assertion(folder, text):
    add(folder, "\n[[assertions]]\n" + text)
    return [
        problem for problem in read_inventory(folder, NAMES).problems if "assertion" in problem.code
    ]


@pytest.mark.parametrize(
    "text",
    [
        'total = "1.3008750 万吨"\nquantity = "fuel"',
        'total = "13000.5 t"\nquantity = "fuel"\nitem = "原煤"\naccount = "1.A"',
        'total = "1000.5 t"\nquantity = "fuel"\nregion = "安溪县"\nperiod = 2012',
        'total = "1001 t"\nquantity = "fuel"\naccount = "制造业"\nitem = "raw_coal"\n'
        "tolerance = 1e-3",
        'total = "1000 t"\nquantity = "fuel"\naccount = "1.A.2"\nitem = "raw_coal"\n'
        "tolerance = 0.6\nabsolute = true",
        'total = "3.525 万吨"',
    ],
)
def test_totals_that_hold(folder, text):
    assert assertion(folder, text) == []


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ('total = "13008 t"\nquantity = "fuel"', "assertion-failed", "13008.75 t"),
        ('total = "13008.75 GJ"\nquantity = "fuel"', "assertion-unusable", "GJ"),
        ('total = "13008.75"\nquantity = "fuel"', "assertion-unusable", ""),
        ('total = "很多"\nquantity = "fuel"', "assertion-unusable", "很多"),
        ('total = "1 t"\nquantity = "heat"', "assertion-unusable", "没有选中"),
        ('total = "1 t"\nquantity = "fuel"\nitem = "柴油"', "assertion-unusable", "没有选中"),
        ('total = "1 t"\nquantity = "fuel"\nitem = "柴由"', "assertion-unusable", "柴由"),
        ('total = "1 t"\nquantity = "fuel"\ndetail = "\'; DROP"', "assertion-unusable", "没有选中"),
    ],
)
def test_totals_that_do_not_hold(folder, text, code, says):
    (problem,) = assertion(folder, text)
    assert (problem.grade, problem.code, problem.file) == (Grade.A, code, "inventory.toml")
    assert "assertions[2]" in problem.message.zh
    assert says in problem.message.zh


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


@pytest.mark.parametrize("text", [ENERGY.splitlines()[0], "科目,品种,消费量 [吨]\n1.A.2,原煤,\n"])
def test_a_table_without_entries_is_reported_and_an_inventory_without_any_refused(folder, text):
    (folder / "energy.csv").write_text(text, encoding="utf-8")
    edit(folder, "inventory.toml", "[[assertions]]", "")
    edit(folder, "inventory.toml", MANIFEST[MANIFEST.index("total =") :], "")
    intake = read_inventory(folder, NAMES)
    assert codes(intake, "A", "B") == ["no-entries"]
    (problem,) = [each for each in intake.problems if each.code == "no-entries"]
    assert (problem.grade, problem.file) == (Grade.B, "energy.csv")
    edit(folder, "inventory.toml", '[[tables]]\nfile = "book.xlsx"', "")
    edit(folder, "inventory.toml", 'sheet = "工业"\nsource = "泉州统计年鉴 2013"', "")
    assert codes(read_inventory(folder, NAMES), "A") == ["inventory-empty"]


# --- manifest --------------------------------------------------------------------------------


def manifest_codes(text):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ManifestError) as caught:
        parse_manifest(data)
    assert caught.value.text.zh
    return [problem.code for problem in caught.value.problems], caught.value.text.zh


def test_a_byte_order_mark_is_no_fault():
    assert parse_manifest(b"\xef\xbb\xbf" + MANIFEST.encode()).profile == "ipcc-2006"


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ('region = "泉州市"\n', "", "manifest-missing", "region"),
        ('region = "泉州市"', "region = 350500", "manifest-value", "引号"),
        ("periods = [2012]", "periods = []", "manifest-value", "至少有一项"),
        ("periods = [2012]", "periods = 2012", "manifest-value", "列表"),
        ("periods = [2012]", 'periods = ["甲"]', "manifest-value", "periods[1]"),
        ("periods = [2012]", "periods = [12]", "manifest-period", "12"),
        ("periods = [2012]", "periods = [2012, 2012]", "manifest-period", "重复"),
        ("profile =", "profil =", "manifest-unknown-key", "profile"),
        ('sheet = "工业"', 'sheets = "工业"', "manifest-unknown-key", "tables[2].sheets"),
        ('file = "energy.csv"', 'file = ""', "manifest-value", "tables[1].file"),
        ("title = {", "title = 5 #", "manifest-value", "title"),
        ("[[tables]]", "[tables]", "manifest-syntax", "tables"),
        ('"泉州市"', "“泉州市”", "manifest-syntax", "中文标点"),
        ("periods = [", "periods = ", "manifest-syntax", "第 3 行"),
    ],
)
def test_faults_of_the_manifest_are_explained(old, new, code, says):
    found, text = manifest_codes(MANIFEST.replace(old, new, 1))
    assert code in found
    assert says in text


def test_several_faults_come_together():
    found, _ = manifest_codes(MANIFEST.replace("profile", "profil").replace("sheet =", "shet ="))
    assert sorted(found) == ["manifest-missing", "manifest-unknown-key", "manifest-unknown-key"]


def test_a_manifest_in_gbk_is_named_as_such():
    found, text = manifest_codes(MANIFEST.encode("gb18030"))
    assert found == ["manifest-encoding"]
    assert "第 1 行" in text
    assert "UTF-8" in text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('region = "泉州市"', 'region = "泉洲市"', "region-unknown"),
        ('region = "泉州市"', 'region = "鼓楼区"', "region-ambiguous"),
        ('file = "energy.csv"', 'file = "energy.csv"\nregion = "广东省"', "table-outside"),
        ('file = "energy.csv"', 'file = "energy.csv"\nperiod = 2013', "table-outside"),
        ('file = "energy.csv"', 'file = "energy.csv"\nlayout = "entrys"', "layout-unknown"),
        ('file = "energy.csv"', 'file = "book.xlsx"\nsheet = "工业"', "table-twice"),
        ('file = "energy.csv"', 'file = "inventory.toml"', "file-extension"),
    ],
)
def test_what_the_manifest_asks_must_make_sense(folder, old, new, code):
    edit(folder, "inventory.toml", old, new)
    assert code in codes(read_inventory(folder, NAMES), "A")


def test_the_same_file_under_two_names(folder):
    (folder / "copy.csv").write_bytes((folder / "energy.csv").read_bytes())
    assert codes(read_inventory(folder, NAMES), "D") == ["file-unused"]
    add(folder, '\n[[tables]]\nfile = "copy.csv"\n')
    assert "file-same-content" in codes(read_inventory(folder, NAMES), "B")


def test_many_problems_of_a_kind_are_counted(folder):
    rows = "".join(f"泉州市,2012,1.A.2,原煤,x{number},\n" for number in range(250))
    (folder / "energy.csv").write_text(ENERGY + rows, encoding="utf-8")
    problems = read_inventory(folder, NAMES).problems
    listed = [found for found in problems if found.code == "cell-not-a-number"]
    assert len(listed) == 101
    assert "150" in listed[-1].message.zh


# --- parquet ---------------------------------------------------------------------------------


def parquet(folder, columns):
    pq.write_table(pa.table(columns), folder / "big.parquet")
    add(folder, '\n[[tables]]\nfile = "big.parquet"\n')
    return read_inventory(folder, NAMES)


def test_a_typed_table_stays_on_disk(folder):
    intake = parquet(
        folder,
        {
            "地区": ["泉州市", "350524", "350500"],
            "account": ["1.A.2", "1.A.2", "电力生产"],
            "item": ["raw_coal", None, "原煤"],
            "fuel": [1.5, 2.5, None],
            "unit": ["万吨", "t", "t"],
            "note": ["它's", None, "x"],
        },
    )
    assert not has_blocking(intake.problems)
    table = intake.tables[-1]
    assert (table.name, table.table, table.quantities) == ("big.parquet", None, ("fuel",))
    frame = duckdb.sql(table.select)
    wanted = [*CONTRACT, "fuel", "fuel__unit", "fuel__notation", "fuel__cell"]
    assert frame.columns == wanted
    kinds = dict(zip(frame.columns, map(str, frame.types), strict=True))
    assert (kinds["entry"], kinds["row"], kinds["period"], kinds["sign"], kinds["fuel"]) == (
        "BIGINT",
        "INTEGER",
        "INTEGER",
        "DOUBLE",
        "DOUBLE",
    )
    rows = frame.fetchall()
    assert [row[:10] for row in rows] == [
        (7, "big.parquet", "", 1, "350500", 2012, "1.A.2", "raw_coal", "", "它's"),
        (8, "big.parquet", "", 2, "350524", 2012, "1.A.2", "", "", ""),
        (9, "big.parquet", "", 3, "350500", 2012, "1.A.1.a", "raw_coal", "", "x"),
    ]
    assert [row[13:] for row in rows] == [
        (1.5, "万t", None, None),
        (2.5, "t", None, None),
        (None, None, None, None),
    ]
    assert tonnes(intake) == pytest.approx(TONNES + 15002.5)
    assert intake.files[-2].name == "big.parquet"


GOOD = {"account": ["1.A.2"] * 4, "item": ["raw_coal"] * 4, "fuel [t]": [1.0, 2.0, 3.0, 4.0]}


@pytest.mark.parametrize(
    ("change", "grade", "code", "row"),
    [
        ({"account": ["1.A.2", "合计", "合计", "1.A.2"]}, "A", "account-unknown", 2),
        ({"account": ["1.A.2", "1.A.2", None, "1.A.2"]}, "A", "account-missing", 3),
        ({"account": ["1.A.2", "", "1.A.2", "1.A.2"]}, "A", "account-missing", 2),
        ({"item": ["raw_coal", "x", "raw_coal", "x"]}, "A", "item-unknown", 2),
        ({"region": ["350500", "350500", "350500", "440000"]}, "A", "region-outside", 4),
        ({"period": [2012, 2012, 2011, 2012]}, "A", "period-outside", 3),
        ({"period": [2012, 2012, 12, 2012]}, "A", "period-unclear", 3),
        ({"fuel [t]": [1.0, float("nan"), float("inf"), 2.0]}, "A", "cell-not-a-number", 2),
        ({"fuel [t]": [1.0, float("-inf"), 3.0, 2.0]}, "A", "cell-not-a-number", 2),
        ({"fuel [t]": [1.0, 2.0, -3.0, 2.0]}, "B", "cell-negative", 3),
        ({"fuel [t]": [1.0, 2.0, None, 2.0]}, "D", "rows-without-number", 3),
        ({"fuel [t]": ["1", "2", "3", "4"]}, "A", "column-not-numeric", None),
        ({"fuel [t]": [[1], [2], [3], [4]]}, "A", "column-not-numeric", None),
        ({"heat": [1.0, 2.0, 3.0, 4.0]}, "A", "unit-missing", None),
        ({"备注2": ["", "", "", ""]}, "A", "column-unknown", None),
        ({"oxidation_fraction [%]": [0.98] * 4}, "C", "percent-like-fraction", None),
        ({"oxidation_fraction [1]": [0.9, 1, 98, 97]}, "A", "parameter-implausible", 3),
        ({"oxidation_fraction [1]": [0.9, None, -1, 1]}, "A", "parameter-implausible", 3),
        ({"ncv [GJ/t]": [20.9, 20.9, 20.9, 20900]}, "A", "parameter-implausible", 4),
        ({"carbon_content [t C/t]": [0.6] * 4}, "A", "parameter-unit", 1),
        ({"fuel [t]": pa.array([None] * 4, "double")}, "A", "no-entries", None),
        ({"region": ["350524", "x", "350500", "350500"]}, "A", "region-unknown", 2),
        ({"region": ["350524", "350524", "350500", "350500"]}, "B", "regions-nested", 1),
    ],
)
def test_typed_tables_are_checked_by_counts(folder, change, grade, code, row):
    intake = parquet(folder, GOOD | change)
    problems = [found for found in intake.problems if found.file == "big.parquet"]
    assert (grade, code, row) in [(p.grade.value, p.code, p.row) for p in problems]


def test_typed_limits_know_item_and_unit(folder):
    """Blast furnace gas holds 70.8 t C/TJ; nothing else does, and kg is not t."""
    rows = {
        "account": ["1.A.2"] * 4,
        "item": ["gasoline", "原煤", "raw_coal", "raw_coal"],
        "fuel [t]": [1.0] * 4,
        "carbon_content": [20000.0, 25.0, 95.0, 96.0],
        "unit": ["kg C/TJ", "t C/TJ", "t C/TJ", "t C/TJ"],
    }
    intake = parquet(folder, rows)
    (problem,) = [found for found in intake.problems if found.grade is Grade.A]
    assert (problem.code, problem.row) == ("parameter-implausible", 3)
    assert "2 行" in problem.message.zh
    assert "95 t CO2/TJ（即 25.9091 t C/TJ）" in problem.message.zh
    rows |= {"carbon_content": [20000.0, 25.0, 26.0, 26.0]}
    edit(folder, "inventory.toml", '\n[[tables]]\nfile = "big.parquet"\n', "")
    assert not has_blocking(parquet(folder, rows).problems)


@pytest.mark.parametrize(("period", "nested"), [([2012, 2012], True), ([2011, 2012], False)])
def test_typed_regions_meet_only_in_one_year(folder, period, nested):
    edit(folder, "inventory.toml", "[2012]", "[2011, 2012]")
    rows = {"region": ["350500", "350524"], "account": ["1.A.2"] * 2, "fuel [t]": [1.0, 2.0]}
    found = [
        problem
        for problem in parquet(folder, rows | {"period": period}).problems
        if problem.code == "regions-nested"
    ]
    assert [problem.row for problem in found] == ([2] if nested else [])
    for problem in found:
        assert "350500（第 1 行）" in problem.message.zh


NEIGHBOURS = [("g[2012]", "g2"), ("a*", "ab"), ("a?", "ab"), ("it's", "its"), ("period=2011", "x")]


@pytest.mark.parametrize(("name", "neighbour"), NEIGHBOURS)
def test_a_typed_table_is_the_file_that_it_names(tmp_path, name, neighbour):
    """The signs of a pattern in a path must not lead to another file, nor become a column."""
    if os.name == "nt" and set(name) & set("*?"):
        pytest.skip("Windows has no such names")
    for folder, fuel in ((neighbour, 666.0), (name, 5.0)):
        intake = parquet(
            write_sample(tmp_path / folder), {"account": ["1.A.2"], "fuel [t]": [fuel]}
        )
    assert not has_blocking(intake.problems)
    table = intake.tables[-1]
    frame = duckdb.sql(table.select).df()
    assert frame["fuel"].to_list() == [5.0]
    assert frame["period"].to_list() == [2012]


def test_the_digest_of_a_typed_table_knows_no_folder(tmp_path):
    columns = {"account": ["1.A.2"], "fuel [t]": [5.0]}
    texts = set()
    for name in ("plain", "it's", "g[2012]", "'"):
        table = parquet(write_sample(tmp_path / name), columns).tables[-1]
        assert "read_parquet" in table.select
        texts.add(table.digest_text)
    (text,) = texts
    assert "big.parquet" in text  # the name within the folder belongs to the entries
    assert str(tmp_path) not in text
    other = {"account": ["1.A.2"], "fuel [kg]": [5.0]}
    assert parquet(write_sample(tmp_path / "kg"), other).tables[-1].digest_text != text


def test_typed_tables_count_rows_and_units(folder):
    intake = parquet(folder, GOOD | {"account": ["1.A.2", "合计", "合计", "1.A.2"]})
    (problem,) = [found for found in intake.problems if found.code == "account-unknown"]
    assert "2 行" in problem.message.zh
    pair = {"account": ["1.A.2"] * 2, "quantity": [1, 2], "unit": ["t", "顿"]}
    assert "unit-unknown" in codes(parquet(folder, pair), "A")


@pytest.mark.parametrize("data", [b"PAR1", b"", b"PAR1" + b"x" * 50 + b"PAR1", b"1,2\n"])
def test_a_damaged_typed_table(folder, data):
    (folder / "big.parquet").write_bytes(data)
    add(folder, '\n[[tables]]\nfile = "big.parquet"\n')
    assert codes(read_inventory(folder, NAMES), "A") == ["file-damaged"]


def test_a_typed_table_without_rows_or_with_a_layout(folder):
    assert "sheet-empty" in codes(
        parquet(folder, {"account": pa.array([], "string"), "fuel [t]": pa.array([], "double")}),
        "A",
    )
    add(folder, 'layout = "energy-balance"\n')
    assert "layout-parquet" in codes(read_inventory(folder, NAMES), "A")


def test_a_column_that_holds_no_codes(folder, monkeypatch):
    monkeypatch.setattr(typed, "_MANY", 2)
    intake = parquet(folder, GOOD | {"account": [f"x{number}" for number in range(4)]})
    assert codes(intake, "A") == ["column-not-keys"]


def test_assertions_see_typed_tables(folder):
    parquet(folder, GOOD)
    assert assertion(folder, 'total = "13018.75 t"\nquantity = "fuel"') == []


def test_own_parameters_may_be_missing(folder):
    (folder / "factors.csv").unlink()
    intake = read_inventory(folder, NAMES)
    assert intake.factors == []
    assert not has_blocking(intake.problems)
    assert FACTORS  # the sample has some, so the test above says something
