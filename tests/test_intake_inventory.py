"""Whole folders: tables of every kind, answers, assertions."""

import hashlib

import openpyxl
import pytest
from intake_sample import ENERGY, MANIFEST, NAMES, TONNES, write_sample
from inventory_cases import CONTRACT, add, assertion, codes, edit, tonnes

from carbonledger.intake.inventory import read_inventory
from carbonledger.model.problem import Grade, has_blocking


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "清单")


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
