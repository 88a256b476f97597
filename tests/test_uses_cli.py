"""The commands of balance sheets, extent, assets and compensation, as a user meets them."""

import json

import pytest
from openpyxl import load_workbook

from carbonledger.intake.use_table import read_use_table
from carbonledger.model.use_tables import use_tables


def test_extent_is_printed_and_written(carbonledger, tmp_path):
    (tmp_path / "moves.csv").write_text("期初地类,期末地类,面积 [亩]\n0302,0101,1500\n", "utf-8")
    code, out, err = carbonledger("extent", "moves.csv", "--lang", "zh", "--out", "e.xlsx")
    assert (code, err) == (0, "")
    assert "转移矩阵" in out
    book = load_workbook(tmp_path / "e.xlsx")
    cells = [cell for row in book.worksheets[0].values for cell in row]
    assert "耕地" in cells
    assert 1.0 in cells
    assert carbonledger("extent", "moves.csv", "--level", "4")[0] == 1


def test_wrong_rows_end_with_2_in_both_languages(carbonledger, tmp_path):
    (tmp_path / "bad.csv").write_text("县,得分\n甲,很多\n", "utf-8")
    for lang, word in (("zh", "须改正"), ("en", "must be fixed")):
        code, out, _ = carbonledger("compensate", "tiers", "bad.csv", "--lang", lang)
        assert code == 2
        assert word in out
    code, out, _ = carbonledger("compensate", "tiers", "bad.csv", "--json")
    assert code == 2
    assert json.loads(out)[0]["cell"] == "B2"


def test_json_carries_units_and_both_languages(carbonledger):
    code, out, _ = carbonledger("compensate", "fund", "--json")
    assert code == 0
    table = json.loads(out)[0]
    assert table["rows"][-1]["amount"] == 30000
    assert {"zh", "en"} == set(table["title"])
    assert [each["unit"] for each in table["columns"]] == ["", "%", "万元"]


def test_unknown_rules_and_missing_files_are_refused_in_words(carbonledger):
    code, _, err = carbonledger("compensate", "fund", "--rule", "lishui")
    assert code == 1
    assert "jinjiang-luoyang-2019" in err
    assert "找不到文件" in carbonledger("balance-sheet", "none.csv")[2]


@pytest.mark.parametrize("name", use_tables())
def test_a_template_has_only_columns_that_its_reader_takes(carbonledger, tmp_path, name):
    assert carbonledger("compensate", "template", name, "--out", "t.csv")[0] == 0
    found = {each.code for each in read_use_table(tmp_path / "t.csv", name).problems}
    assert found == {"table-empty"}
    assert carbonledger("compensate", "template", name, "--out", "t.csv")[0] == 1
