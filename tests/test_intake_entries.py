"""The layout ``entries``: headings, keys, units, and what is reported about rows."""

import pytest
from intake_sample import NAMES

from carbonledger.intake import entries
from carbonledger.intake.columns import arrange, split_heading
from carbonledger.intake.keys import Refused, period_of
from carbonledger.intake.layout import Context, Spellings
from carbonledger.intake.table import Grid
from carbonledger.methods import registry
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Grade

CONTEXT = Context(
    region="350500",
    period=2012,
    periods=(2011, 2012),
    inventory_region="350500",
    regions=Spellings(NAMES.regions),
    accounts=Spellings(NAMES.accounts),
    items=Spellings(NAMES.items),
    region_parents=NAMES.region_parents,
)


def read(*rows, spec=None, context=CONTEXT, **grid):
    width = max(len(row) for row in rows)
    padded = tuple(tuple(row) + ("",) * (width - len(row)) for row in rows)
    spec = spec or TableSpec(file="t.csv")
    return entries.read(Grid("t.csv", "", padded, **grid), spec, context)


def found(result):
    return [(problem.grade.value, problem.code, problem.cell) for problem in result.problems]


HEADER = ["科目", "品种", "消费量 [吨]"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("消费量 [万吨]", ("消费量", "万吨")),
        ("消费量（万吨）", ("消费量", "万吨")),
        ("消费量(万吨)", ("消费量", "万吨")),
        ("消费量【万吨】", ("消费量", "万吨")),
        ("heat [GJ(net)]", ("heat", "GJ(net)")),
        ("标准煤量（万tce(4.1816)）", ("标准煤量", "万tce(4.1816)")),
        ("年份", ("年份", "")),
        ("[吨]", ("", "吨")),
        ("坏)", ("坏)", "")),
        ("a [t", ("a [t", "")),
    ],
)
def test_headings_and_their_units(text, parts):
    assert split_heading(text) == parts


def test_every_argument_of_a_method_has_a_heading():
    """A quantity that no heading can name could never be measured by a user."""
    arguments = {name for method in registry.methods().values() for name in method.arguments}
    unknown = [
        name for name in sorted(arguments) if arrange([f"{name} [1]"], ["quantity"], []).findings
    ]
    assert unknown == []


def test_a_clean_row():
    result = read(
        ["地区", "年份", *HEADER, "细项", "备注", "来源"],
        ["安溪县", 2011.0, "制造业", "原煤", "1,234.5", "锅炉", "估", "年鉴"],
    )
    assert result.problems == []
    (row,) = result.rows
    assert (row.region, row.period, row.account, row.item) == ("350524", 2011, "1.A.2", "raw_coal")
    assert (row.detail, row.note, row.source, row.sign, row.row) == ("锅炉", "估", "年鉴", 1.0, 2)
    reading = row.quantities["fuel"]
    assert (reading.value, reading.unit, reading.notation, reading.cell) == (
        1234.5,
        "t",
        None,
        "E2",
    )


def test_defaults_come_from_the_table():
    spec = TableSpec(file="t.csv", source="泉州统计年鉴 2013")
    (row,) = read(HEADER, ["1.A.2", "", 5.0], spec=spec).rows
    assert (row.region, row.period, row.item) == ("350500", 2012, "")
    assert row.source == "泉州统计年鉴 2013"


def test_region_and_period_are_required_where_the_inventory_has_several():
    context = Context(
        None, None, (2011, 2012), "350500", *(CONTEXT.regions, CONTEXT.accounts, CONTEXT.items), {}
    )
    result = read(HEADER, ["1.A.2", "", 5.0], context=context)
    assert [problem.code for problem in result.problems] == ["column-missing"] * 2
    assert result.rows == []


def test_blank_zero_and_notation_stay_distinct():
    result = read(
        [*HEADER[:2], "消费量 [吨]", "热量 [GJ]"],
        ["1.A.2", "原煤", 0, ""],
        ["1.A.2", "汽油", "NO", 1],
        ["1.A.2", "柴油", "", 2],
    )
    first, second, third = result.rows
    assert first.quantities["fuel"].value == 0
    assert "heat" not in first.quantities
    assert (second.quantities["fuel"].value, second.quantities["fuel"].notation) == (None, "NO")
    assert "fuel" not in third.quantities
    assert result.problems == []


def test_several_units_by_a_unit_column():
    result = read(
        ["科目", "品种", "数量", "单位"],
        ["1.A.2", "原煤", 1, "万吨"],
        ["1.A.2", "汽油", 2, "吨"],
        ["1.A.2", "柴油", 3, "顿"],
        ["1.A.2", "煤油", 4, ""],
    )
    assert [row.quantities["quantity"].unit for row in result.rows[:2]] == ["万t", "t"]
    assert found(result) == [("A", "unit-unknown", "D4"), ("A", "unit-missing", "D5")]


@pytest.mark.parametrize(
    ("header", "code", "cell"),
    [
        (["科目", "品种", "消费量"], "unit-missing", "C1"),
        (["科目", "品种", "消费量 [顿]"], "unit-unknown", "C1"),
        (["科目", "品种", "消费量 [kcal]"], "unit-unknown", "C1"),
        (["科目", "品种", "消费量 [吨]", "单位"], "unit-twice", "D1"),
        (["科目", "品种", "消费量 [吨]", "fuel [万吨]"], "column-twice", "D1"),
        (["科目", "品种", "消费量 [吨]", "科目代码"], "column-twice", "D1"),
        (["科目", "品种", "消费量 [吨]", "备注2"], "column-unknown", "D1"),
        (["科目", "品种", "消费两 [吨]"], "column-unknown", "C1"),
        (["科目", "品种", "氧化率", "含碳量", "单位"], "unit-missing", "D1"),
        (["品种", "消费量 [吨]"], "column-missing", ""),
        (["科目", "品种"], "quantity-missing", ""),
    ],
)
def test_headings_that_are_refused(header, code, cell):
    result = read(header, ["1.A.2", "原煤", 1, "x"][: len(header)])
    assert (Grade.A, code, cell) in [(p.grade, p.code, p.cell) for p in result.problems]


def test_an_unknown_heading_names_the_nearest():
    (problem,) = read(["科目", "燃料消費量 [吨]"], ["1.A.2", 1]).problems
    assert "燃料消费量" in problem.remedy.zh


@pytest.mark.parametrize(
    ("column", "raw", "code"),
    [
        ("地区", "", "region-missing"),
        ("地区", "泉洲市", "region-unknown"),
        ("地区", "广东省", "region-outside"),
        ("地区", "福建省", "region-outside"),
        ("地区", "鼓楼区", "region-ambiguous"),
        ("年份", "", "period-missing"),
        ("年份", 12, "period-unclear"),
        ("年份", "2012-01", "period-unclear"),
        ("年份", 2012.5, "period-unclear"),
        ("年份", 2013, "period-outside"),
        ("科目", "", "account-missing"),
        ("科目", "合计", "account-unknown"),
        ("科目", 1.1, "account-not-text"),
        ("品种", "原没", "item-unknown"),
    ],
)
def test_keys_that_cannot_be_read(column, raw, code):
    header = ["地区", "年份", "科目", "品种", "消费量 [吨]"]
    row = ["泉州市", 2012, "1.A.2", "原煤", 1]
    row[header.index(column)] = raw
    result = read(header, row)
    assert [(p.grade, p.code) for p in result.problems] == [(Grade.A, code)]
    assert result.problems[0].cell == f"{'ABCD'[header.index(column)]}2"
    assert result.rows == []


@pytest.mark.parametrize("raw", [2012, 2012.0, "2012", "２０１２", "2012年", " 2012 "])
def test_years(raw):
    assert period_of(raw) == 2012


@pytest.mark.parametrize("raw", [1899, 2101, "12", "201", "20122", "二〇一二", True, None, ""])
def test_what_is_no_year(raw):
    assert isinstance(period_of(raw), Refused)


@pytest.mark.parametrize(
    ("raw", "grade", "code"),
    [
        ("—", "C", "cell-dash"),
        ("…", "C", "cell-ellipsis"),
        (-5, "B", "cell-negative"),
        ("12吨", "A", "cell-not-a-number"),
        ("无", "A", "cell-not-a-number"),
        ("#REF!", "A", "cell-not-a-number"),
        (None, "A", "row-short"),
    ],
)
def test_quantities_that_are_reported(raw, grade, code):
    result = read(HEADER, ["1.A.2", "原煤", raw])
    assert (grade, code, "C2") in found(result)


def test_a_comma_that_splits_a_number_is_found():
    result = read(HEADER, ["1.A.2", "原煤", "1", "234"])
    assert ("A", "cell-without-heading", "D2") in found(result)


def test_totals_and_footnotes_are_not_dropped():
    result = read(
        HEADER, ["1.A.2", "原煤", 5], ["", "", ""], ["合计", "", 5], ["注：初步数", "", ""]
    )
    assert [code for _, code, _ in found(result)] == ["account-unknown", "account-unknown"]
    assert len(result.rows) == 1


def test_titles_above_the_header_are_pointed_out():
    result = read(["表1 能源消费量"], ["单位：万吨"], HEADER, ["1.A.2", "原煤", 5])
    assert found(result) == [("D", "title-skipped", "A1"), ("D", "title-skipped", "A2")]
    assert result.rows[0].row == 4


def test_copies_are_reported_and_shared_keys_hinted():
    result = read(
        HEADER, ["1.A.2", "原煤", 5], ["1.A.2", "原煤", 7], ["1.A.2", "原煤", 5], ["1.A", "原煤", 5]
    )
    assert found(result) == [("B", "row-twice", "C4"), ("D", "keys-shared", "")]
    assert len(result.rows) == 4


def test_rows_without_a_number_make_no_entry_and_are_counted():
    result = read(HEADER, ["1.A.2", "原煤", ""], ["1.A.2", "汽油", ""], ["1.A.2", "柴油", 1])
    assert found(result) == [("D", "rows-without-number", "")]
    assert "2、3" in result.problems[0].message.zh
    assert len(result.rows) == 1


def test_fractions_under_a_percent_heading():
    header = ["科目", "品种", "氧化率 [%]"]
    assert ("C", "percent-like-fraction", "C1") in found(read(header, ["1.A.2", "原煤", 0.98]))
    assert found(read(header, ["1.A.2", "原煤", 98])) == []


def test_merged_cells_are_refused():
    result = read(HEADER, ["1.A.2", "原煤", 1], ["", "汽油", 2], merges=((1, 0, 2, 0),))
    assert ("A", "cells-merged", "A2") in found(result)


def test_a_number_shown_as_percent_is_refused_under_tonnes():
    result = read(HEADER, ["1.A.2", "原煤", 0.5], formats={(1, 2): "0%"})
    assert found(result) == [("A", "cell-not-a-number", "C2")]


def test_the_heat_of_coal_equivalent_is_no_option_here():
    spec = TableSpec(file="t.csv", coal_equivalent_heat="29.3076 GJ/tce")
    result = read(HEADER, ["1.A.2", "原煤", 1], spec=spec)
    assert found(result) == [("A", "option-unused", "")]


def test_a_table_without_header():
    assert found(read(["只有一列文字", ""], ["又一行", ""]))[-1] == ("A", "header-missing", "")


def test_too_many_problems_end_the_reading(monkeypatch):
    monkeypatch.setattr(entries, "_ENOUGH", 10)
    result = read(HEADER, *(["1.A.2", "原煤", "x"] for _ in range(50)))
    assert result.problems[11].code == "too-many-problems"
    assert len(result.problems) < 15


MEASURED = ["科目", "品种", "消费量 [吨]"]


@pytest.mark.parametrize(
    ("heading", "value", "says"),
    [
        ("氧化率 [1]", 98, "98 %（即 0.98）"),
        ("氧化率 [%]", 9800, "0 至 100 %"),
        ("氧化率 [%]", -98, "0 至 100 %"),
        ("低位发热量 [GJ/t]", 20908, "20908 kJ/kg（即 20.908 GJ/t）"),
        ("低位发热量 [GJ/t]", -20.9, "5 至 35 GJ/t"),
        ("含碳量 [t C/TJ]", 94.6, "94.6 t CO2/TJ（即 25.8 t C/TJ）"),
        ("含碳量 [t C/TJ]", 70.8, "22 至 34.5 t C/TJ"),
    ],
)
def test_measured_values_that_cannot_be(heading, value, says):
    result = read([*MEASURED, heading], ["1.A.2", "原煤", 5, value])
    assert found(result) == [("A", "parameter-implausible", "D2")]
    assert says in result.problems[0].message.zh
    assert str(value) in result.problems[0].message.en


def test_measured_values_that_can_be():
    header = [*MEASURED, "低位发热量 [MJ/kg]", "含碳量 [t C/TJ]", "氧化率 [%]"]
    result = read(header, ["1.A.2", "原煤", -5, 20.9, 26.4, 100])
    assert found(result) == [("B", "cell-negative", "C2")]


def test_measured_values_in_a_unit_that_no_method_takes():
    header = [*MEASURED, "含碳量 [t C/t]", "低位发热量 [GJ(gross)/t]"]
    result = read(header, ["1.A.2", "原煤", 5, 0.6, 21.9], ["1.A.2", "汽油", 5, 0.6, 21.9])
    assert found(result) == [("A", "parameter-unit", "D1"), ("A", "parameter-unit", "E1")]
    assert set(result.rows[0].quantities) == {"fuel"}


def test_a_unit_column_of_a_measured_value():
    header = ["科目", "品种", "热量 [TJ]", "含碳量", "单位"]
    result = read(header, ["1.A.2", "原煤", 5, 0.6, "t C/t"], ["1.A.2", "汽油", 5, 95, "t C/TJ"])
    assert found(result) == [("A", "parameter-unit", "E2"), ("A", "parameter-implausible", "D3")]


REGIONAL = ["地区", "年份", "科目", "品种", "消费量 [吨]"]


def test_a_region_and_a_part_of_it_in_one_table():
    result = read(
        REGIONAL,
        ["安溪县", 2012, "1.A.2", "原煤", 5],
        ["泉州市", 2011, "1.A.2", "原煤", 50],
        ["泉州市", 2012, "1.A.2", "汽油", 50],
        ["泉州市", 2012, "1.A.2", "原煤", 50],
    )
    assert found(result) == [("B", "regions-nested", "A2")]
    assert "350500（第 5 行）" in result.problems[0].message.zh
    assert "350524（第 2 行）" in result.problems[0].message.zh


def test_a_region_and_a_part_of_it_that_do_not_meet():
    result = read(
        REGIONAL,
        ["安溪县", 2012, "1.A.2", "原煤", 5],
        ["泉州市", 2012, "1.A.1.a", "原煤", 50],
        ["泉州市", 2012, "1.A.2", "原煤", "NE"],
    )
    assert found(result) == []


@pytest.mark.parametrize("rows", [[], [["", "", ""]], [["1.A.2", "原煤", ""]]])
def test_a_table_without_entries(rows):
    result = read(HEADER, *rows)
    assert ("B", "no-entries", "") in found(result)
