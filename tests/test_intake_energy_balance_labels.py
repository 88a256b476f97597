"""The layout ``energy-balance``: labels, headings and units as yearbooks print them."""

import csv

import pytest
from energy_balance_cases import (
    CLOSED,
    COLUMNS,
    ROWS,
    cells,
    codes,
    entries,
    found,
    grid,
    read,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger import units
from carbonledger.intake.energy_balance_labels import label_keys, scheme
from carbonledger.intake.table import Grid, column_letters
from carbonledger.model.problem import Grade
from carbonledger.paths import factors_dir

# --- recognition -----------------------------------------------------------------------------


def test_no_label_means_two_things_and_codes_exist():
    for name, code in (("flows", "flow"), ("carriers", "item")):
        with (factors_dir() / "layouts" / f"energy_balance_{name}.csv").open(encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        meaning: dict[str, str] = {}
        for row in rows:
            for spelling in [row["name_zh"], row["name_en"], *row["aliases"].split("|")]:
                for key in label_keys(spelling):
                    assert meaning.setdefault(key, row[code]) == row[code], spelling
    layout = scheme()
    with (factors_dir() / "accounts.csv").open(encoding="utf-8-sig") as f:
        accounts = {row["account"] for row in csv.DictReader(f)}
    with (factors_dir() / "items" / "fuels.csv").open(encoding="utf-8-sig") as f:
        items = {row["item"] for row in csv.DictReader(f)}
    assert {flow.account for flow in layout.flows.values()} - {""} <= accounts
    assert {c.item for c in layout.carriers.values() if c.kind in {"fuel", "energy"}} <= items
    for carrier in layout.carriers.values():
        assert not carrier.unit or units.parse(carrier.unit)
    for unit in layout.units.values():
        units.parse(unit)


@pytest.mark.parametrize(
    ("spelling", "flow"),
    [
        ("一、可供本地区消费的能源量 Total Primary Energy Supply", "supply"),
        ("外省(区、市)调入量", "in_from_provinces"),
        ("  ２．外省（区、市）\n调入量", "in_from_provinces"),
        ("Inflows from Other Provinces", "in_from_provinces"),
        ("本省(区、市)调出量(-)", "out_to_provinces"),
        ("库存增（-）、减（+）量", "stock_change"),
        ("Stock Change", "stock_change"),
        ("我国轮船、飞机在国外加油量", "bunkers_abroad"),
        ("二、加工转换投入(-)产出(+)量", "transformation"),
        ("1. 火 力 发 电", "thermal_power"),
        ("⒈火力发电", "thermal_power"),
        ("①火力发电", "thermal_power"),
        ("洗选煤", "coal_washing"),
        ("3、煤炭洗选", "coal_washing"),
        ("5.炼油", "refining"),
        ("炼油及煤制油", "refining"),
        ("天然气液化", "gas_liquefaction"),
        ("7.煤制品加工", "briquette_making"),
        ("回收能", "recovery"),
        ("三、损失量", "losses"),
        ("其中：运输和输配损失量", "losses_distribution"),
        ("Total Final Consumption", "final"),
        ("1.农、林、牧、渔、水利业", "agriculture"),
        ("农林牧渔业（水利业）", "agriculture"),
        ("＃用作原料、材料", "industry_non_energy"),
        ("其中: 用作原料、材料 Of which: Non-Energy Use", "industry_non_energy"),
        ("交通运输、仓储及邮电通讯业", "transport"),
        ("4.Transport, Storage and Post", "transport"),
        ("批发和零售贸易业、餐饮业", "wholesale"),
        ("Wholesale, Retail Trade and Catering Services", "wholesale"),
        ("6.其它", "other"),
        ("7.生活消费", "residential"),
        ("城 镇", "residential_urban"),
        ("Rural", "residential_rural"),
        ("五、平衡差额", "statistical_difference"),
        ("六、消费量合计", "consumption_total"),
    ],
)
def test_row_labels_as_yearbooks_print_them(spelling, flow):
    match = scheme().flow_labels.match(spelling)
    assert (match.codes, match.unknown) == ((flow,), "")


@pytest.mark.parametrize(
    ("heading", "item", "unit"),
    [
        (["原 煤"], "raw_coal", ""),
        (["原煤(万吨)"], "raw_coal", "万吨"),
        (["原  煤\n（万吨）"], "raw_coal", "万吨"),
        (["原煤", "Raw Coal", "(10 000 tons)"], "raw_coal", "万吨"),
        (["Coal Raw", "(10⁴ tons)"], "raw_coal", "万吨"),
        (["洗精煤 Cleaned Coal"], "cleaned_coal", ""),
        (["其他", "洗煤"], "other_washed_coal", ""),
        (["其它洗煤"], "other_washed_coal", ""),
        (["焦炉\n煤气", "亿立方米"], "coke_oven_gas", "亿立方米"),
        (["高炉煤气", "(100 million cu.m)"], "blast_furnace_gas", "亿立方米"),
        (["液化石油气 LPG"], "lpg", ""),
        (["ＬＮＧ"], "lng", ""),
        (["天然气", "亿立方米", "Natural Gas", "100 million cu.m"], "natural_gas", "亿立方米"),
        (["热力", "万百万千焦"], "heat", "万百万千焦"),
        (["Heat", "(10 billion kJ)"], "heat", "万GJ"),
        (
            ["电 力", "(亿千瓦小时)", "Electricity", "(100 million kwh)"],
            "electricity",
            "亿千瓦小时",
        ),
        (["其他能源", "（万吨标准煤）"], "other_energy", "万吨标准煤"),
        (["石油沥青"], "bitumen", ""),
        (["Petroleum Products Total"], "petroleum_total", ""),
        (["能源合计"], "energy_total", ""),
    ],
)
def test_column_headings_as_yearbooks_print_them(heading, item, unit):
    # Two neighbours make the first heading row recognisable.
    top = [["", text, "", ""] for text in heading]
    top[0][2:] = ["汽油", "柴油"]
    body = [["1.火力发电", "-7.5", "", ""], ["2.工业", "3.5", "1", "1"], ["城镇", "1", "1", "1"]]
    result = read([["单位：万吨标准煤"], *top, *body])
    made = {r.item: r.quantities["quantity"] for r in result.rows if r.detail == "industry"}
    assert not [p for p in result.problems if p.code.startswith(("balance-un", "balance-rep"))]
    assert set(made) == {item, "gasoline", "diesel"} - {"petroleum_total", "energy_total"}
    if item in made:
        assert made[item].unit == (unit or "万吨标准煤")


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万吨标准煤", "万吨标准煤"),
        ("单位:百万吨标准煤 Unit: Mtce", "百万吨标准煤"),
        ("计量单位：万tce", "万tce"),
        ("Unit: 10 000 tce", "万吨标准煤"),
        ("（单位：万吨标煤）", "万吨标煤"),
        ("2012年　　　单位：吨标准煤", "吨标准煤"),
    ],
)
def test_unit_lines(line, unit):
    result = read(cells(unit=line))
    assert {row.quantities["quantity"].unit for row in result.rows} == {unit}
    assert codes(result, "A") == set()


def test_unit_beside_its_word_and_footnotes_below():
    table = cells()
    table[1] = ["", "", "单位：", "万吨标准煤"]
    table += [["注：本表为标准量。"], ["资料来源：某省统计局，2013 年。"], ["Note: none."]]
    result = read(table)
    assert entries(result) == entries(CLOSED)
    assert codes(result) == codes(CLOSED)


def test_columns_continued_further_down_make_one_table():
    left = dict(list(COLUMNS.items())[:5])
    right = dict(list(COLUMNS.items())[5:])
    table = [*cells(columns=left), ["续表"], ["单位：万吨标准煤"], *cells(columns=right)[2:]]
    result = read(table)
    assert entries(result) == entries(CLOSED)
    assert codes(result, "A", "B", "C") == set()


def test_merged_group_headings_and_a_row_of_column_numbers():
    table = cells()
    table[2:3] = [
        ["项目", "煤", "", "", *list(COLUMNS.values())[3:]],
        ["", "原煤", "洗精煤", "合计", *[""] * 9],
        ["甲", *[str(n) for n in range(1, 13)]],
    ]
    merged = grid(table)._replace(merges=((2, 1, 2, 3), (2, 0, 3, 0)))
    result = read(merged)
    assert entries(result) == entries(CLOSED)
    assert codes(result, "A", "B", "C") == set()


@settings(max_examples=15, deadline=None)
@given(st.permutations(ROWS), st.permutations(list(COLUMNS)))
def test_order_of_rows_and_columns_does_not_matter(rows, columns):
    result = read(cells(rows=rows, columns={item: COLUMNS[item] for item in columns}))
    assert entries(result) == entries(CLOSED)
    assert codes(result, "A", "B", "C") == set()


def test_unknown_labels_are_refused_with_cell_and_suggestions():
    table = cells()
    table[2][1] = "源煤"
    table[16][0] = "2.工亚"
    result = read(table)
    unknown = {p.cell: p for p in found(result, "A") if p.code == "balance-unknown-label"}
    assert set(unknown) == {"B3", "A17"}
    assert "“原煤”" in unknown["B3"].message.zh
    assert "“工业”" in unknown["A17"].message.zh


def test_names_of_both_languages_must_agree():
    table = cells()
    table[17][0] = "2.工业 Construction"
    assert ("balance-unknown-label", "A18") in codes(read(table), "A")


def test_a_known_english_name_beside_unknown_chinese_is_pointed_out():
    table = [[*line[:1], "", *line[1:]] for line in cells()]
    table[2][1] = "Item"
    table[2][2] = "源煤\nRaw Coal"
    table[16][1] = "Agriculture"
    table[17][:2] = ["2.工亚", "Industry"]
    result = read(table)
    assert {"C3", "A18"} == {cell for code, cell in codes(result, "C") if "label" in code}
    assert entries(result) == entries(CLOSED)


@pytest.mark.parametrize("column", range(1, 13))
def test_no_damaged_heading_loses_its_column(column):
    table = cells()
    table[2][column] = "某某"
    assert ("balance-unknown-label", f"{column_letters(column)}3") in codes(read(table), "A")
    table[2][column] = ""
    assert ("balance-unknown-label", f"{column_letters(column)}3") in codes(read(table), "A")


@pytest.mark.parametrize("row", [r for r in range(3, 26) if r != 9])
def test_no_damaged_label_loses_its_row(row):
    table = cells()
    for damaged in ("某某", "", "3.14"):
        table[row][0] = damaged
        assert ("balance-unknown-label", f"A{row + 1}") in codes(read(table), "A")


def test_no_damaged_heading_loses_its_block():
    columns = list(COLUMNS.items())
    left, right = cells(columns=dict(columns[:5])), cells(columns=dict(columns[5:]))
    first = [*left, *right[2:]]
    first[2] = ["项目", "甲", "乙", "丙", "丁", "戊"]
    assert ("balance-no-heading", "A4") in codes(read(first), "A")
    second = [*left, right[2], *([f"行{n}", *line[1:]] for n, line in enumerate(right[3:]))]
    lost = [cell for code, cell in codes(read(second), "A") if code == "balance-unknown-label"]
    assert len(lost) == len(ROWS) - 1


def test_different_units_in_one_heading():
    table = physical("能源平衡表", "", True)
    table.insert(4, ["", "(100 million cu.m)"])
    assert ("balance-unit", "B3") in codes(read(table), "A")


def test_a_table_that_is_no_balance_is_refused():
    result = read([["region", "period", "quantity [t]"], ["350000", "2012", "3"]])
    assert [(p.grade, p.code) for p in result.problems] == [(Grade.A, "balance-no-heading")]
    assert list(result.rows) == []
    assert found(read(Grid("b.csv", "", ())), "A")


# --- units -----------------------------------------------------------------------------------

PHYSICAL = {
    "raw_coal": ("原煤", "(万吨)"),
    "coke_oven_gas": ("焦炉煤气", "(亿立方米)"),
    "diesel": ("柴油", "(万吨)"),
    "natural_gas": ("天然气", "(亿立方米)"),
    "heat": ("热力", "(万百万千焦)"),
    "electricity": ("电力", "(亿千瓦小时)"),
    "other_energy": ("其他能源", "(万吨标准煤)"),
}


def physical(title: str, unit: str, heading_units: bool) -> list[list[object]]:
    table: list[list[object]] = [[title], [unit], ["", *(name for name, _ in PHYSICAL.values())]]
    if heading_units:
        table.append(["", *(printed for _, printed in PHYSICAL.values())])
    table.append(["1.火力发电", "-45", "-1", "-2", "-3", "", "90", "-4"])
    table.append(["2.工业", "30", "2", "3", "4", "5", "60", "6"])
    table.append(["7.居民生活", "1", "", "1", "2", "", "30", ""])
    return table


EXPECTED_UNITS = {
    "raw_coal": "t", "coke_oven_gas": "m3", "diesel": "t", "natural_gas": "m3", "heat": "GJ",
    "electricity": "kWh", "other_energy": "tce",
}  # fmt: skip


@pytest.mark.parametrize(
    ("title", "line", "headed"),
    [
        ("能源平衡表", "", True),
        ("能源平衡表（实物量）", "", False),
        ("能源平衡表", "单位：万吨、亿立方米、万百万千焦、亿千瓦小时、万吨标准煤", False),
    ],
)
def test_physical_quantities_keep_the_unit_of_their_column(title, line, headed):
    result = read(physical(title, line, headed))
    got = {row.item: row.quantities["quantity"].unit for row in result.rows}
    assert set(got) == set(EXPECTED_UNITS)
    for item, unit in got.items():
        assert units.same_dimension(unit, EXPECTED_UNITS[item]), item
    assert units.convert(1, got["heat"], "TJ") == 10
    # Only what is counted in coal equivalents carries the heat of a tonne of them.
    with_heat = {r.item for r in result.rows if "heat_per_coal_equivalent" in r.quantities}
    assert with_heat == {"other_energy"}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (physical("能源平衡表", "", False), "balance-unit-missing"),
        (physical("能源平衡表", "单位：万吨", False), "balance-unit-missing"),
        (cells(unit=""), "balance-unit-missing"),
        (cells(unit="单位：万盾标准煤"), "balance-unit"),
        (cells(unit="单位：公顷"), "balance-unit"),
    ],
)
def test_units_are_never_guessed(table, code):
    problems = [p for p in found(read(table), "A") if p.code == code]
    assert problems
    assert problems[0].cell


def test_a_unit_that_does_not_fit_its_carrier():
    table = physical("能源平衡表", "", True)
    table[3][1], table[3][2] = table[3][2], table[3][1]
    assert {("balance-unit", "B3"), ("balance-unit", "C3")} <= codes(read(table), "A")


def test_the_heat_of_a_coal_equivalent():
    missing = read(cells(), heat=None)
    told = [p for p in missing.problems if p.code == "balance-coal-equivalent-heat"]
    assert [p.grade for p in told] == [Grade.C]
    assert "29.2712" in told[0].message.zh
    assert "29.3076" in told[0].message.zh
    assert all("heat_per_coal_equivalent" not in row.quantities for row in missing.rows)
    for wrong in ("29.2712 MJ/tce", "29.2712 t", "7000 kcal/tce", "29,27", "20.9 GJ/tce"):
        assert ("balance-coal-equivalent-heat", "") in codes(read(cells(), heat=wrong), "A")
    same = read(cells(), heat="29307.6 MJ/tce")
    assert codes(same, "A") == set()
