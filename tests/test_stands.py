"""Sub-compartment tables: read by their mapping, checked row by row, summed and computed."""

import openpyxl
import pandas as pd
import pytest
from stands_sample import CULM, GOOD, HEADINGS, changed, write

from carbonledger.analysis.stand_sums import sums_by
from carbonledger.cli.commands import app
from carbonledger.errors import CarbonledgerError
from carbonledger.intake.stand_corrections import CORRECTED
from carbonledger.intake.stand_fields import (
    Culm,
    Statistics,
    mapping_text,
    proposed,
    read_mapping,
)
from carbonledger.model.problem import Grade
from carbonledger.paths import inventories_dir
from carbonledger.stands import PROBLEM_BOOK, SUMS_BOOK, StandOptions, survey

# AR-CM-001 as the library has it: density, BEF above ground, root-shoot ratio, carbon fraction.
FIR = 0.307 * 1.634 * 1.246 * 0.52


def run(tmp_path, rows, *, headings=HEADINGS, mapping="", **options):
    path = write(tmp_path / "小班.xlsx", rows, headings)
    given = None
    if mapping:
        given = tmp_path / "fields.toml"
        text = mapping_text(proposed(headings), headings)
        given.write_text(text + mapping, "utf-8")
    chosen = StandOptions(mapping=given, region="350429", period=2023, **options)
    return survey(path, tmp_path / "out", chosen)


def test_totals_by_hand(tmp_path):
    done = run(tmp_path, GOOD, mapping=CULM)
    total = sums_by(done.groups, ()).iloc[0]
    assert total["area"] == pytest.approx(14)  # 210 mu
    assert total["stock"] == 400
    assert total["K.3"] == pytest.approx(20000 * 16 / 1000 * 0.5)
    fir = sums_by(done.groups, ["species"]).set_index("species").loc["cunninghamia"]
    assert fir["K.1"] == pytest.approx(120 * FIR)
    # Fang et al. 2001: B = 0.3999 V + 22.541, over 1 ha.
    assert fir["K.2"] == pytest.approx((0.3999 * 120 + 22.541) * 0.52)


@pytest.mark.parametrize("keys", [["region", "township"], ["species"], ["origin"], ["age_class"]])
def test_parts_add_up(tmp_path, keys):
    done = run(tmp_path, GOOD, mapping=CULM)
    parts, total = sums_by(done.groups, keys), sums_by(done.groups, ()).iloc[0]
    for amount in ("stands", "area", "stock", "culms", "K.1", "K.2", "K.3", "uncovered K.2"):
        assert parts[amount].sum() == pytest.approx(total[amount])


def test_a_species_without_a_line_is_left_out_and_told(tmp_path):
    total = sums_by(run(tmp_path, GOOD, mapping=CULM).groups, ()).iloc[0]
    assert total["uncovered K.2"] == 100  # Schima has no line in Fang et al.
    assert total["uncovered K.1"] == 0


def test_mu_and_hectares_give_the_same(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    in_mu = run(tmp_path / "a", GOOD)
    heads = [text.replace("亩", "公顷") for text in HEADINGS]
    in_ha = run(tmp_path / "b", [[*r[:3], r[3] / 15, *r[4:]] for r in GOOD], headings=heads)
    pd.testing.assert_frame_equal(in_mu.groups, in_ha.groups)


@pytest.mark.parametrize(
    ("row", "code", "grade", "cell"),
    [
        (changed(GOOD[0], 面积=-3.2), "stand-area-not-positive", "A", "D2"),
        (changed(GOOD[0], 面积=None), "stand-no-area", "A", "D2"),
        (changed(GOOD[0], 面积="十五亩"), "stand-not-a-number", "A", "D2"),
        (changed(GOOD[0], 小班号=None), "stand-no-number", "A", "C2"),
        (changed(GOOD[0], 小班号="合计"), "stand-total-row", "A", "C2"),
        (changed(GOOD[0], 小班号=2), "stand-duplicate", "A", "C2"),
        (changed(GOOD[0], 优势树种=None), "stand-stock-without-species", "A", "E2"),
        (changed(GOOD[0], 优势树种="杂阔树"), "stand-unknown-species", "A", "E2"),
        (changed(GOOD[0], 蓄积=-1), "stand-negative", "A", "I2"),
        (changed(GOOD[0], 蓄积=912), "stand-density", "B", "I2"),
        (changed(GOOD[0], 林龄=60), "stand-age-class", "B", "H2"),
        (changed(GOOD[0], 蓄积=None), "stand-no-stock", "B", "I2"),
        (changed(GOOD[0], 起源="不详"), "stand-unknown-code", "B", "F2"),
        (changed(GOOD[3], 株数=None), "stand-bamboo-without-culms", "B", "J2"),
        (changed(GOOD[3], 蓄积=50), "stand-bamboo-with-stock", "B", "I2"),
        (changed(GOOD[3], 林班="9"), "stand-bamboo-by-culms", "C", "J2"),
        (changed(GOOD[0], 优势树种="310"), "stand-code-unverified", "C", "E2"),
    ],
)
def test_each_problem_is_told_with_its_cell(tmp_path, row, code, grade, cell):
    rows = [row, GOOD[1], GOOD[2]]
    done = run(tmp_path, rows)
    found = [each for each in done.findings if each.code == code]
    assert [each.grade.value for each in found] == [grade]
    assert 0 in found[0].rows
    sheet = openpyxl.load_workbook(tmp_path / "out" / PROBLEM_BOOK)["问题清单"]
    lines = [[str(cell.value) for cell in line] for line in sheet.iter_rows()]
    assert any(line[0] == grade and line[6] == cell and line[11] == code for line in lines)
    assert (done.groups is None) == (grade == "A")


def test_good_rows_have_no_problem_that_stops_them(tmp_path):
    done = run(tmp_path, GOOD)
    assert {each.code for each in done.findings} == {"stand-bamboo-by-culms"}


def test_rows_set_aside_are_left_out_and_counted(tmp_path):
    rows = [*GOOD, changed(GOOD[0], 小班号=9, 面积=-1)]
    done = run(tmp_path, rows, mapping=CULM, set_aside=True)
    assert (done.left, done.rows_of(Grade.A)) == (1, 1)
    assert sums_by(done.groups, ()).iloc[0]["stock"] == 400
    sheet = openpyxl.load_workbook(tmp_path / "out" / SUMS_BOOK)["合计"]
    assert "1 个" in str(sheet["A3"].value)


def test_corrected_rows_come_back_alone(tmp_path):
    rows = [changed(GOOD[0], 面积=-15), *GOOD[1:]]
    refused = run(tmp_path, rows, mapping=CULM)
    assert refused.groups is None
    book = openpyxl.load_workbook(tmp_path / "out" / PROBLEM_BOOK)
    sheet = book[CORRECTED]
    assert [cell.value for cell in sheet[2]][:5] == [2, "甲乡", "1", 1, -15]
    assert sheet.max_row == 2  # only what is wrong
    sheet["E2"] = 15
    fixed = tmp_path / "fixed.xlsx"
    book.save(fixed)
    done = run(tmp_path, rows, mapping=CULM, corrections=[fixed])
    assert sums_by(done.groups, ()).iloc[0]["area"] == pytest.approx(14)
    assert [each.code for each in done.problems] == ["stand-rows-corrected"]
    sheet["A2"] = 77
    book.save(fixed)
    with pytest.raises(CarbonledgerError, match="77"):
        run(tmp_path, rows, mapping=CULM, corrections=[fixed])


def test_an_unknown_code_is_listed_and_learned(tmp_path):
    rows = [changed(GOOD[0], 优势树种="杂阔树"), GOOD[1]]
    refused = run(tmp_path, rows)
    assert refused.groups is None
    sheet = openpyxl.load_workbook(tmp_path / "out" / PROBLEM_BOOK)["代码对照"]
    listed = {line[1]: (line[3], line[4]) for line in sheet.iter_rows(values_only=True)}
    assert listed["杂阔树"] == ("未识别", 1)
    path = tmp_path / "fields.toml"
    text = mapping_text(proposed(HEADINGS), HEADINGS)
    path.write_text(text.replace("[species]", '[species]\n"杂阔树" = "阔叶树"\n#'), "utf-8")
    options = StandOptions(mapping=path, region="350429", period=2023)
    done = survey(tmp_path / "小班.xlsx", tmp_path / "out", options)
    assert "broadleaf" in set(done.groups["species"])


def test_statistics_stand_beside_our_totals(tmp_path):
    stated = '[statistics]\narea = "0.0014 万公顷"\nstock = "0.05 万m3"\nsource = "示例"\n'
    area, stock = run(tmp_path, GOOD, mapping=stated).checks
    assert area.ours == pytest.approx(0.0014)
    assert area.difference == pytest.approx(0, abs=1e-9)
    assert stock.difference == pytest.approx(-20)


def test_a_volume_per_area_is_multiplied_by_the_area(tmp_path):
    heads = [text.replace("小班蓄积(立方米)", "蓄积(立方米/公顷)") for text in HEADINGS]
    done = run(tmp_path, GOOD, headings=heads)
    assert sums_by(done.groups, ()).iloc[0]["stock"] == pytest.approx(120 + 180 * 2 + 100)


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ([text.replace("(亩)", "") for text in HEADINGS], "面积"),
        ([text.replace("小班号", "编号甲") for text in HEADINGS], "小班号"),
        ([text.replace("面积(亩)", "面积(立方米)") for text in HEADINGS], "面积"),
    ],
)
def test_a_table_without_unit_or_field_is_refused(tmp_path, headings, said):
    with pytest.raises(CarbonledgerError, match=said):
        run(tmp_path, GOOD, headings=headings)
    assert not (tmp_path / "out").exists()


def test_files_that_are_no_tables_are_refused(tmp_path):
    for name, data in (("a.xlsx", b"%PDF-1.4"), ("b.dbf", b"\x03"), ("c.xlsx", b"PK\x03\x04" * 9)):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(CarbonledgerError):
            survey(path, tmp_path / "out", StandOptions(region="350429", period=2023))
    assert not (tmp_path / "out").exists()


def test_the_mapping_is_kept_and_read_back(tmp_path):
    mapping = proposed(HEADINGS)
    assert mapping.columns["stock"] == "小班蓄积(立方米)"
    assert mapping.units == {"area": "亩", "stock": "立方米", "culms": "株"}
    given = mapping.model_copy(
        update={
            "region": "350429",
            "period": 2023,
            "species": {'杂"阔\\': "broadleaf"},
            "bamboo": Culm(biomass_per_culm="16 kg dm/株", source="a"),
            "statistics": Statistics(stock="5 万m3", source="b"),
        }
    )
    for each in (mapping, given):
        assert read_mapping(mapping_text(each, HEADINGS).encode(), "f") == each
    with pytest.raises(CarbonledgerError, match="unknown fields"):
        read_mapping('[columns]\nheight = "树高"\n'.encode(), "f")
    path = tmp_path / "f.toml"
    wrong = mapping_text(mapping, HEADINGS).replace("[origin]", '[origin]\n"1" = "人造"\n#')
    path.write_text(wrong, "utf-8")
    write(tmp_path / "小班.xlsx", GOOD)
    with pytest.raises(CarbonledgerError, match="不认识这个名称"):
        survey(tmp_path / "小班.xlsx", tmp_path / "out", StandOptions(path, "350429", 2023))


def test_the_order_of_rows_does_not_matter(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = run(tmp_path / "a", GOOD), run(tmp_path / "b", GOOD[::-1])
    pd.testing.assert_frame_equal(one.groups, other.groups)


def test_the_command(tmp_path, capsys):
    path = write(tmp_path / "小班.xlsx", [changed(GOOD[0], 面积=-3.2), *GOOD[1:]])
    arguments = ["stands", str(path), "--out", str(tmp_path / "out"), "--region", "350429"]
    arguments += ["--year", "2023", "--mapping", str(tmp_path / "m.toml"), "--lang", "zh"]
    assert app(arguments, standalone_mode=False) == 2
    assert "A 级 1 行" in capsys.readouterr().out
    assert (tmp_path / "m.toml").exists()
    assert not app([*arguments, "--set-aside"], standalone_mode=False)
    assert "未计入小班 1 个" in capsys.readouterr().out


def test_the_sample_table_shows_its_faults(tmp_path):
    folder = inventories_dir() / "demo-stands"
    options = StandOptions(mapping=folder / "fields.toml", set_aside=True)
    done = survey(folder / "小班.csv", tmp_path / "out", options)
    codes = {each.code for each in done.findings}
    assert codes >= {
        "stand-area-not-positive", "stand-duplicate", "stand-unknown-species", "stand-density",
        "stand-age-class",
    }  # fmt: skip
    assert done.left == 4
    assert sums_by(done.groups, ()).iloc[0]["stands"] == len(done.table.frame) - 4


@pytest.mark.parametrize(
    ("name", "value", "grade"),
    [("面积", 9000, Grade.B), ("面积", 1e308, Grade.A), ("小班蓄积", 3e5, Grade.B),
     ("小班蓄积", 1e9, Grade.A)],
)  # fmt: skip
def test_a_stand_of_impossible_size_is_told_by_its_row(tmp_path, name, value, grade):
    # 9000 mu are 600 ha: square metres or hectares under another heading, most likely.
    done = run(tmp_path, [changed(GOOD[0], **{name: value}), *GOOD[1:]])
    found = [each for each in done.findings if each.code == "stand-size"]
    assert [(each.grade, each.rows.tolist()) for each in found] == [(grade, [0])]


def test_ordinary_stands_are_of_no_doubtful_size(tmp_path):
    assert "stand-size" not in {each.code for each in run(tmp_path, GOOD).findings}
