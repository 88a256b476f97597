"""The layout ``energy-balance``: labels, units, checks and entries of a yearbook's table."""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carbonledger import units
from carbonledger.intake.answers import apply_answers
from carbonledger.intake.energy_balance import read_energy_balance
from carbonledger.intake.energy_balance_labels import label_keys, scheme
from carbonledger.intake.grid import read_grids
from carbonledger.intake.layout import Context, LayoutResult, Spellings
from carbonledger.intake.table import Grid, column_letters
from carbonledger.model.manifest import InventoryManifest, TableSpec
from carbonledger.model.problem import Grade, Problem
from carbonledger.paths import factors_dir, inventories_dir

HEAT = "29.2712 GJ/tce"
FUJIAN = inventories_dir() / "fujian-2012"
NOTHING = Spellings({})

# --- a small balance that closes everywhere, in 万吨标准煤 ------------------------------------

SUPPLY = ("production", "in_from_provinces", "import", "out_to_provinces", "stock_change")
TRANSFORMATION = ("thermal_power", "heating_supply", "coal_washing", "coking")
SECTORS = ("agriculture", "industry", "construction", "transport", "wholesale", "other")
RESIDENTIAL = ("residential_urban", "residential_rural")
ROWS = [
    ("supply", "一、可供本地区消费的能源量"),
    ("production", "1.一次能源生产量"),
    ("in_from_provinces", "2.外省（区、市）调入量"),
    ("import", "3.进口量"),
    ("out_to_provinces", "4.本省（区、市）调出量（-）"),
    ("stock_change", "5.库存增（-）、减（+）量"),
    ("", "二、加工转换投入（-）产出（+）量"),
    ("thermal_power", "1.火力发电"),
    ("heating_supply", "2.供热"),
    ("coal_washing", "3.煤炭洗选"),
    ("coking", "4.炼焦"),
    ("losses", "三、损失量"),
    ("final", "四、终端消费量"),
    ("agriculture", "1.农、林、牧、渔业"),
    ("industry", "2.工业"),
    ("industry_non_energy", "#用作原料、材料"),
    ("construction", "3.建筑业"),
    ("transport", "4.交通运输、仓储和邮政业"),
    ("wholesale", "5.批发、零售业和住宿、餐饮业"),
    ("other", "6.其他"),
    ("residential", "7.居民生活"),
    ("residential_urban", "城镇"),
    ("residential_rural", "乡村"),
]
COLUMNS = {
    "raw_coal": "原煤",
    "cleaned_coal": "洗精煤",
    "coal_total": "煤合计",
    "coke": "焦炭",
    "gasoline": "汽油",
    "diesel": "柴油",
    "lpg": "液化石油气",
    "petroleum_total": "油品合计",
    "natural_gas": "天然气",
    "heat": "热力",
    "electricity": "电力",
    "energy_total": "能源合计",
}
LEAVES = {
    "raw_coal": {
        "production": "1200", "import": "900.25", "out_to_provinces": "150.1",
        "stock_change": "35.4", "thermal_power": "-2600.3", "heating_supply": "-180.2",
        "coal_washing": "-61.2", "coking": "-20.11", "agriculture": "12.34",
        "industry": "900.55", "industry_non_energy": "120.45", "construction": "3.21",
        "transport": "1.07", "wholesale": "9.88", "other": "4.56", "residential_urban": "7.89",
        "residential_rural": "33.21",
    },
    "cleaned_coal": {
        "stock_change": "-4.13", "coal_washing": "55.1", "coking": "-190.2", "industry": "64.9",
        "industry_non_energy": "1.92",
    },
    "coke": {"coking": "150.3", "industry": "170.4", "industry_non_energy": "2.13"},
    "gasoline": {
        "agriculture": "31.42", "industry": "80.17", "construction": "19.12",
        "transport": "142.69", "wholesale": "41.19", "other": "104.19",
        "residential_urban": "86.3", "residential_rural": "37.07",
    },
    "diesel": {
        "thermal_power": "-1.49", "heating_supply": "-0.15", "agriculture": "108.04",
        "industry": "130.61", "construction": "40.8", "transport": "423.4",
        "wholesale": "16.32", "other": "15.9", "residential_urban": "4.4",
        "residential_rural": "11.29",
    },
    "lpg": {
        "out_to_provinces": "2.35", "industry": "36.87", "transport": "10.97",
        "wholesale": "4.35", "residential_urban": "41.39", "residential_rural": "32.96",
    },
    "natural_gas": {
        "import": "484.65", "thermal_power": "-284.75", "industry": "127.02",
        "transport": "4.52", "wholesale": "5.99", "other": "3.46",
        "residential_urban": "67.7", "residential_rural": "5.19",
    },
    "heat": {"thermal_power": "-3.83", "heating_supply": "160.1", "industry": "176.27"},
    "electricity": {
        "production": "519.82", "thermal_power": "1374.38", "losses": "117.43",
        "agriculture": "24.09", "industry": "1183.08", "construction": "33.55",
        "transport": "25.34", "wholesale": "78.68", "other": "122.8",
        "residential_urban": "181.39", "residential_rural": "174.85",
    },
}  # fmt: skip
PARTS = {
    "coal_total": ("raw_coal", "cleaned_coal"),
    "petroleum_total": ("gasoline", "diesel", "lpg"),
    "energy_total": ("coal_total", "petroleum_total", "coke", "natural_gas", "heat", "electricity"),
}

Numbers = dict[tuple[str, str], Decimal]


def total(column: Mapping[str, Decimal], flows: Iterable[str]) -> Decimal:
    return sum((column[flow] for flow in flows if flow in column), Decimal(0))


def closed_column(leaves: Mapping[str, str]) -> dict[str, Decimal]:
    """The printed column of a carrier: what its leaves lack comes in from other provinces."""
    column = {flow: Decimal(text) for flow, text in leaves.items()}
    if any(flow in column for flow in RESIDENTIAL):
        column["residential"] = total(column, RESIDENTIAL)
    column["final"] = total(column, (*SECTORS, "residential"))
    need = column["final"] + total(column, ("losses",)) - total(column, TRANSFORMATION)
    own = total(column, ("production", "import", "stock_change"))
    missing = need - own + total(column, ("out_to_provinces",))
    assert missing > 0
    column["in_from_provinces"] = missing
    column["supply"] = need
    return column


def numbers() -> Numbers:
    columns = {item: closed_column(leaves) for item, leaves in LEAVES.items()}
    for whole, parts in PARTS.items():
        columns[whole] = {
            flow: sum((columns[part].get(flow, Decimal(0)) for part in parts), Decimal(0))
            for flow, _ in ROWS
            if any(flow in columns[part] for part in parts)
        }
    return {(f, item): value for item, column in columns.items() for f, value in column.items()}


def cells(
    values: Mapping[tuple[str, str], object] | None = None,
    unit: str = "单位：万吨标准煤",
    rows: Iterable[tuple[str, str]] = ROWS,
    columns: Mapping[str, str] = COLUMNS,
) -> list[list[object]]:
    values = numbers() if values is None else values
    title = "某省能源平衡表（标准量）—2012"
    table: list[list[object]] = [[title], [unit], ["项目", *columns.values()]]
    for flow, label in rows:
        printed = [values.get((flow, item), "") for item in columns]
        table.append([label, *(str(p) if isinstance(p, Decimal) else p for p in printed)])
    return table


def grid(table: Iterable[Iterable[object]]) -> Grid:
    lines = [list(line) for line in table]
    width = max(len(line) for line in lines)
    return Grid("b.csv", "", tuple(tuple(line + [""] * (width - len(line))) for line in lines))


def read(
    source: Grid | list[list[object]], heat: str | None = HEAT, period: int = 2012
) -> LayoutResult:
    spec = TableSpec(file="b.csv", layout="energy-balance", coal_equivalent_heat=heat)
    context = Context("350000", period, (period,), "350000", NOTHING, NOTHING, NOTHING, {})
    return read_energy_balance(source if isinstance(source, Grid) else grid(source), spec, context)


def found(result: LayoutResult, grade: str | None = None) -> list[Problem]:
    return [p for p in result.problems if grade is None or p.grade.value == grade]


def codes(result: LayoutResult, *grades: str) -> set[tuple[str, str]]:
    return {(p.code, p.cell) for p in result.problems if p.grade.value in (grades or "ABCD")}


def at(flow: str, item: str) -> str:
    """The address of a cell in the small balance."""
    row = [code for code, _ in ROWS].index(flow) + 4
    return f"{column_letters(list(COLUMNS).index(item) + 1)}{row}"


def entries(result: LayoutResult) -> set[tuple[object, ...]]:
    return {
        (row.account, row.item, row.detail, row.sign, name, q.value, q.unit, q.notation)
        for row in result.rows
        for name, q in row.quantities.items()
    }


def put(source: Grid, cell: str, text: object) -> Grid:
    letters = "".join(char for char in cell if char.isalpha())
    column = [column_letters(c) for c in range(source.width)].index(letters)
    row = int(cell[len(letters) :]) - 1
    lines = [list(line) for line in source.rows]
    lines[row][column] = text
    return source._replace(rows=tuple(map(tuple, lines)))


CLOSED = read(cells())
FUJIAN_GRID = read_grids(FUJIAN / "energy_balance.csv", FUJIAN)[0][0]
FUJIAN_READ = read(FUJIAN_GRID)


# --- the closed balance ----------------------------------------------------------------------


def test_a_balance_that_closes_gives_hints_only():
    assert codes(CLOSED, "A", "B", "C") == set()
    assert {p.code for p in found(CLOSED)} == {"balance-sign-convention"}


def of_sectors(rows):
    return [row for row in rows if not row.account.startswith("M.")]


def test_entries_are_fuel_burned_with_account_sign_unit_and_cell():
    rows = {(row.detail, row.item): row for row in of_sectors(CLOSED.rows)}
    coal = rows["thermal_power", "raw_coal"]
    assert (coal.account, coal.sign, coal.row) == ("1.A.1.a.i", -1.0, 11)
    quantity = coal.quantities["quantity"]
    assert (quantity.value, quantity.unit, quantity.cell) == (-2600.3, "万吨标准煤", "B11")
    heat = coal.quantities["heat_per_coal_equivalent"]
    assert (heat.value, heat.unit, heat.cell) == (29.2712, "GJ/tce", "inventory.toml")
    deduction = rows["industry_non_energy", "coke"]
    assert (deduction.account, deduction.sign) == ("1.A.2", -1.0)
    assert rows["residential_rural", "lpg"].account == "1.A.4.b"
    services = {rows[sector, "electricity"].account for sector in ("other", "wholesale")}
    assert services == {"1.A.4.a"}
    details = {row.detail for row in of_sectors(CLOSED.rows)}
    assert details == {
        "thermal_power", "heating_supply", "industry_non_energy", *SECTORS, *RESIDENTIAL,
    }  # fmt: skip
    # Output of power plants and every printed total make no entry.
    assert ("thermal_power", "electricity") not in rows
    assert ("heating_supply", "heat") not in rows
    assert not {item for _, item in rows} & set(PARTS)
    assert not {row.item for row in CLOSED.rows} & set(PARTS)


def test_the_supply_enters_the_memo_accounts_however_its_signs_are_printed():
    printed = numbers()
    flipped = {
        place: -amount if place[0] == "out_to_provinces" else amount
        for place, amount in printed.items()
    }
    for values in (printed, flipped):
        memos = {}
        for row in read(cells(dict(values))).rows:
            if row.account.startswith("M."):
                memos[row.account, row.detail, row.item] = (
                    row.sign * row.quantities["quantity"].value
                )
        # What leaves is a positive amount under the account that deducts it.
        coal = abs(float(printed["out_to_provinces", "raw_coal"]))
        assert memos["M.4.c", "out_to_provinces", "raw_coal"] == coal
        assert memos["M.4.a", "production", "raw_coal"] == float(printed["production", "raw_coal"])
        stock = float(printed["stock_change", "raw_coal"])
        assert memos["M.4.e", "stock_change", "raw_coal"] == stock
        assert memos["M.2.a", "in_from_provinces", "electricity"] > 0
        assert {account for account, _, item in memos if item == "electricity"} <= {
            "M.2.a",
            "M.2.b",
        }
        supply = {
            item: sum(
                (-amount if account == "M.4.c" else amount)
                for (account, flow, its), amount in memos.items()
                if its == item and account in {"M.4.a", "M.4.b", "M.4.c", "M.4.d", "M.4.e"}
            )
            for item in ("raw_coal", "coke", "diesel", "lpg", "natural_gas")
        }
        assert supply == pytest.approx(
            {item: float(printed["supply", item]) for item in supply}, abs=1e-9
        )


def test_a_stock_row_with_reversed_label_is_deducted():
    table = [
        [text.replace("库存增（-）、减（+）量", "库存增（+）、减（-）量") for text in row]
        for row in cells()
    ]
    rows = {(r.account, r.item): r for r in read(table).rows if r.detail == "stock_change"}
    assert {row.sign for row in rows.values()} == {-1.0}


def test_used_energy_equals_the_printed_final_consumption():
    """Sum of all sector entries against the printed totals: nothing lost, nothing twice."""
    sums: dict[str, Decimal] = {}
    for row in CLOSED.rows:
        if row.detail in (*SECTORS, *RESIDENTIAL):
            value = Decimal(str(row.quantities["quantity"].value))
            sums[row.item] = sums.get(row.item, Decimal(0)) + value
    printed = numbers()
    assert sums == {item: printed["final", item] for item in LEAVES}


def test_residential_total_stands_in_only_without_its_parts():
    values: dict[tuple[str, str], object] = dict(numbers())
    for flow in RESIDENTIAL:
        del values[flow, "lpg"]
    result = read(cells(values))
    details = {row.detail for row in result.rows if row.item == "lpg" and "resid" in row.detail}
    assert details == {"residential"}
    others = {row.detail for row in result.rows if row.item == "diesel" and "resid" in row.detail}
    assert others == set(RESIDENTIAL)


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


# --- checks: each is triggered by one change of the closed table ----------------------------


def change(flow: str, item: str, text: object) -> LayoutResult:
    return read(put(grid(cells()), at(flow, item), text))


USED = [(row.detail, row.item) for row in of_sectors(CLOSED.rows)]
MEMO = [(row.detail, row.item) for row in CLOSED.rows if row.account[:3] in {"M.2", "M.4", "M.5"}]


@pytest.mark.parametrize("factor", ["100", "0.01", "10"])
def test_a_slip_of_the_decimal_point_is_reported_with_its_cell(factor):
    """Every used cell, each scaled alone: no such error may go unseen."""
    for flow, item in USED:
        printed = numbers()[flow, item]
        result = change(flow, item, f"{printed * Decimal(factor):f}")
        hits = [p for p in result.problems if p.cell == at(flow, item) and p.grade in "AB"]
        assert hits, (flow, item)
        assert f"若为 {printed.normalize():f}" in " ".join(p.message.zh for p in hits), (flow, item)


def test_a_large_slip_blocks_the_run():
    problem = next(p for p in found(change("industry", "raw_coal", "90055"), "A"))
    assert problem.cell == at("industry", "raw_coal")
    assert problem.code == "balance-suspicious-number"
    assert "缩小 100 倍" in problem.message.zh
    assert "1.A.2" in problem.message.en
    assert "set-aside" in problem.remedy.en


def test_a_slip_in_supply_is_traced_to_its_source():
    values = numbers()
    off = values["in_from_provinces", "gasoline"] * 99
    values["in_from_provinces", "gasoline"] += off
    values["supply", "gasoline"] += off
    result = read(cells(dict(values)))
    assert ("balance-suspicious-number", at("in_from_provinces", "gasoline")) in codes(result, "A")
    assert ("balance-suspicious-number", at("supply", "gasoline")) in codes(result, "A", "B")
    message = next(p for p in result.problems if p.cell == at("supply", "gasoline")).message.zh
    assert at("in_from_provinces", "gasoline") in message


@pytest.mark.parametrize(("flow", "item"), USED)
def test_a_lost_number_never_goes_unseen(flow, item):
    result = change(flow, item, "")
    lost = abs(numbers()[flow, item])
    # Below five per cent of its column a gap is reported, above it blocks.
    grades = "AB" if flow in {*SECTORS, *RESIDENTIAL} else "ABC"
    new = codes(result, *grades)
    assert new, (flow, item, lost)
    assert any(p.code.startswith(("balance-not-closed", "balance-rows")) for p in result.problems)


def test_a_missing_large_consumer_blocks():
    assert ("balance-not-closed-final", at("final", "raw_coal")) in codes(
        change("industry", "raw_coal", ""), "A"
    )
    assert ("balance-not-closed-balance", at("supply", "raw_coal")) in codes(
        change("thermal_power", "raw_coal", ""), "A"
    )


@pytest.mark.parametrize(("flow", "item"), USED)
def test_a_wrong_sign_of_a_used_cell_blocks(flow, item):
    result = change(flow, item, f"{-numbers()[flow, item]:f}")
    hits = {p.grade for p in result.problems if p.cell == at(flow, item)}
    # Heat may be an input or an output of power plants: there only the balance tells.
    assert Grade.A in hits or (flow == "thermal_power" and item == "heat" and Grade.B in hits)


@pytest.mark.parametrize(("flow", "item"), [place for place in MEMO if place not in USED])
def test_a_wrong_sign_of_a_memo_cell_is_reported(flow, item):
    result = change(flow, item, f"{-numbers()[flow, item]:f}")
    assert {p.grade for p in result.problems if p.cell == at(flow, item)} & {Grade.A, Grade.B}


def test_two_rows_exchanged_in_one_column():
    values = numbers()
    one, two = ("residential_urban", "gasoline"), ("transport", "gasoline")
    values[one], values[two] = values[two], values[one]
    assert ("balance-not-closed-residential", at("residential", "gasoline")) in codes(
        read(cells(dict(values))), "A"
    )


def test_a_row_shifted_by_one_column():
    table = cells()
    row = 4 + [flow for flow, _ in ROWS].index("industry") - 1
    table[row] = [table[row][0], "", *table[row][1:-1]]
    cells_hit = {p.cell for p in found(read(table), "A") if p.code == "balance-not-closed-final"}
    assert {at("final", "raw_coal"), at("final", "electricity")} <= cells_hit


def test_a_printed_total_that_contradicts_its_row():
    result = change("transport", "petroleum_total", "577.16")  # 577.06 is the sum
    problem = next(p for p in found(result, "B") if p.code == "balance-rows-against-total")
    assert problem.cell == at("transport", "petroleum_total")
    assert "+0.1" in problem.message.zh
    assert entries(result) == entries(CLOSED)
    tiny = change("transport", "petroleum_total", "577.09")
    assert ("balance-rows-against-total", at("transport", "petroleum_total")) in codes(tiny, "C")
    rounded = change("transport", "petroleum_total", "577.07")
    assert at("transport", "petroleum_total") not in {cell for _, cell in codes(rounded, "B", "C")}


def test_a_total_that_leaves_out_columns_says_which():
    values = numbers()
    for flow, _ in ROWS:
        missing = values.get((flow, "heat"), Decimal(0)) + values.get((flow, "coke"), Decimal(0))
        if missing:
            values[flow, "energy_total"] -= missing
    result = read(cells(dict(values)))
    messages = [p.message.zh for p in found(result, "B") if p.code == "balance-rows-against-total"]
    assert len(messages) == 1
    assert "“焦炭、热力”" in messages[0]


def test_a_part_greater_than_its_total():
    table = [
        ["单位：万吨标准煤"],
        ["", "汽油", "柴油", "油品合计"],
        ["2.工业", "347.7", "2.8", "25.6"],
        ["6.其他", "1", "2.8", "3.8"],
    ]
    problem = next(p for p in found(read(table), "A") if p.cell == "B3")
    assert "25.6（D3）" in problem.message.zh
    assert "2.8" in problem.message.zh


def test_of_which_and_negative_consumption():
    assert ("balance-of-which", at("industry_non_energy", "coke")) in codes(
        change("industry_non_energy", "coke", "171.5"), "A"
    )
    assert ("balance-of-which", at("industry_non_energy", "gasoline")) not in codes(CLOSED)
    assert ("balance-sign", at("transport", "diesel")) in codes(
        change("transport", "diesel", "-423.4"), "A"
    )
    assert ("balance-sign", at("heating_supply", "heat")) in codes(
        change("heating_supply", "heat", "-160.1"), "A"
    )
    assert ("balance-sign", at("coal_washing", "raw_coal")) in codes(
        change("coal_washing", "raw_coal", "61.2"), "A"
    )
    assert ("balance-sign", at("production", "raw_coal")) in codes(
        change("production", "raw_coal", "-1200"), "B"
    )


def test_sendings_out_may_be_printed_either_way():
    values = numbers()
    negative = {
        key: -value if key[0] == "out_to_provinces" else value for key, value in values.items()
    }
    result = read(cells(dict(negative)))
    assert codes(result, "A", "B", "C") == set()
    hint = next(p for p in found(result, "D") if p.cell == at("out_to_provinces", "raw_coal"))
    assert "负数" in hint.message.zh
    other = next(p for p in found(CLOSED, "D") if p.cell == at("out_to_provinces", "raw_coal"))
    assert "正数" in other.message.zh
    mixed = change("out_to_provinces", "lpg", "-2.35")
    assert ("balance-sign", at("out_to_provinces", "lpg")) in codes(mixed, "B")


def test_stock_label_of_the_reverse_sense():
    values = {k: -v if k[0] == "stock_change" else v for k, v in numbers().items()}
    rows = [(f, "5.库存增（+）、减（-）量" if f == "stock_change" else label) for f, label in ROWS]
    assert codes(read(cells(dict(values), rows=rows)), "A", "B", "C") == set()
    assert codes(read(cells(dict(values))), "B")


def test_negative_supply_is_to_be_confirmed():
    values = numbers()
    values["out_to_provinces", "cleaned_coal"] = values["in_from_provinces", "cleaned_coal"] + 20
    values["supply", "cleaned_coal"] = Decimal("-24.13")
    values["coking", "cleaned_coal"] = Decimal("33.9")
    result = read(cells(dict(values)))
    assert ("balance-negative-supply", at("supply", "cleaned_coal")) in codes(result, "C")


def test_statistical_difference_closes_the_column():
    values: Numbers = numbers()
    values["statistical_difference", "diesel"] = Decimal("1.5")
    values["final", "diesel"] -= Decimal("1.5")
    values["industry", "diesel"] -= Decimal("1.5")
    for flow in ("final", "industry"):
        for item in ("petroleum_total", "energy_total"):
            values[flow, item] -= Decimal("1.5")
    rows = [*ROWS, ("statistical_difference", "五、平衡差额")]
    gaps = codes(read(cells(dict(values), rows=rows)), "A", "B", "C")
    assert {cell for _, cell in gaps} <= {at("supply", "petroleum_total")}
    without = codes(read(cells(dict(values))), "C")
    assert ("balance-not-closed-balance", at("supply", "diesel")) in without


def test_signs_and_keys_in_place_of_numbers():
    values: dict[tuple[str, str], object] = dict(numbers())
    values["agriculture", "lpg"] = "—"
    values["other", "lpg"] = "…"
    values["construction", "lpg"] = "NE"
    result = read(cells(values))
    assert codes(result, "A", "B", "C") == set()
    told = {p.cell for p in found(result, "D") if p.code == "balance-no-number"}
    assert told == {at("agriculture", "lpg"), at("other", "lpg"), at("construction", "lpg")}
    extra = entries(result) - entries(CLOSED)
    assert {(e[2], e[5], e[7]) for e in extra} == {("construction", None, "NE")}


@pytest.mark.parametrize("text", ["1,23４.5吨", "12..5", "#DIV/0!", "约30", "30，5", "abc", True])
def test_what_is_no_number_is_refused_with_its_cell(text):
    cell = at("transport", "diesel")
    assert ("balance-cell", cell) in codes(change("transport", "diesel", text), "A")


def test_repeated_rows_and_columns():
    table = cells()
    table.append(list(table[16]))
    result = read(table)
    repeated = next(p for p in found(result, "A") if p.code == "balance-repeated-label")
    assert (repeated.cell, "A17" in repeated.message.zh) == ("A27", True)
    wide = [[*line, line[4] if len(line) > 4 else ""] for line in cells()]
    wide[0] = wide[0][:1]
    wide[1] = wide[1][:1]
    assert ("balance-repeated-label", "N3") in codes(read(wide), "A")


def test_rows_that_the_method_needs():
    kept = [row for row in ROWS if row[0] not in {*SECTORS, *RESIDENTIAL, "residential"}]
    assert ("balance-no-final-consumption", "") in codes(read(cells(rows=kept)), "A")
    fewer = [row for row in ROWS if row[0] not in {"heating_supply"}]
    problem = next(
        p for p in found(read(cells(rows=fewer)), "B") if p.code == "balance-row-missing"
    )
    assert "供热" in problem.message.zh


def test_blank_totals_are_pointed_out_and_not_taken_as_zero():
    result = change("final", "diesel", "")
    assert ("balance-blank-total", at("final", "diesel")) in codes(result, "B")
    assert entries(result) == entries(CLOSED)


def test_magnitude_is_asked_about_where_nothing_else_covers_it():
    table = [
        ["单位：万吨标准煤"],
        ["", "汽油", "柴油", "煤油"],
        ["4.交通运输、仓储和邮政业", "1.4", "4.2", "1.1"],
        ["6.其他", "1.0", "160", "0.2"],
    ]
    assert ("balance-magnitude", "C4") in codes(read(table), "C")


def test_title_of_another_year_and_missing_region():
    table = cells()
    table[0] = ["福建能源平衡表 （《中国能源统计年鉴2013》）"]
    assert "balance-year" not in {code for code, _ in codes(read(table))}
    assert ("balance-year", "A1") in codes(read(cells(), period=2013), "B")
    spec = TableSpec(file="b.csv", layout="energy-balance", coal_equivalent_heat=HEAT)
    nowhere = Context(None, None, (2012, 2013), "350000", NOTHING, NOTHING, NOTHING, {})
    result = read_energy_balance(grid(cells()), spec, nowhere)
    assert ("balance-place", "") in codes(result, "A")
    assert list(result.rows) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_scrambled_tables_never_raise_and_every_problem_is_explained(data):
    """Cells, rows and columns replaced, dropped, exchanged: a result or problems, no traceback."""
    table = [list(line) + [""] * (13 - len(line)) for line in cells()]
    junk = st.sampled_from(
        ["", "原煤", "工业", "单位：万吨", "1e400", "-", "…", "NE", "0", "-0", "9" * 30, 3.5, None,
         "单位：", "合计", "(万吨)", "其他", "Total", 7, "0.000000000001", "年", "#", "一、"]
    )  # fmt: skip
    for _ in range(data.draw(st.integers(1, 8))):
        row = data.draw(st.integers(0, len(table) - 1))
        action = data.draw(st.sampled_from(["cell", "row", "drop", "swap", "column"]))
        if action == "cell":
            table[row][data.draw(st.integers(0, 12))] = data.draw(junk)
        elif action == "row":
            table[row] = [data.draw(junk) for _ in range(13)]
        elif action == "drop" and len(table) > 2:
            del table[row]
        elif action == "swap":
            other = data.draw(st.integers(0, len(table) - 1))
            table[row], table[other] = table[other], table[row]
        elif action == "column":
            column = data.draw(st.integers(0, 12))
            for line in table:
                line[column] = ""
    result = read(table)
    for problem in result.problems:
        assert all((*problem.message, *problem.remedy))
    if not found(result, "A"):
        assert result.rows


# --- the worked inventory ---------------------------------------------------------------------

# Energy balance of Fujian 2012, China Energy Statistical Yearbook 2013, as transcribed in Mtce.
FUJIAN_FINAL = {
    "raw_coal": "24.3878838", "coke": "6.3115", "gasoline": "5.8489902", "kerosene": "1.0938356",
    "diesel": "7.5074839", "fuel_oil": "2.5722", "lpg": "1.35406", "natural_gas": "2.13864",
    "electricity": "18.2378684", "heat": "1.904493",
}  # fmt: skip


def test_fujian_entries_add_up_to_the_printed_final_consumption():
    sums: dict[str, Decimal] = {}
    for row in FUJIAN_READ.rows:
        quantity = row.quantities["quantity"]
        assert quantity.unit == "百万吨标准煤"
        assert row.quantities["heat_per_coal_equivalent"].value == 29.2712
        if row.detail in (*SECTORS, *RESIDENTIAL):
            sums[row.item] = sums.get(row.item, Decimal(0)) + Decimal(str(quantity.value))
    assert {item: sums[item] for item in FUJIAN_FINAL} == {
        item: Decimal(text) for item, text in FUJIAN_FINAL.items()
    }
    assert len(of_sectors(FUJIAN_READ.rows)) == 100
    power = {r.item: r for r in FUJIAN_READ.rows if r.detail == "thermal_power"}
    assert power["raw_coal"].quantities["quantity"].value == -32.1441372
    assert power["raw_coal"].sign == -1


def test_fujian_problems_name_their_cells():
    assert {(p.grade.value, p.code, p.cell) for p in FUJIAN_READ.problems} == {
        ("A", "balance-suspicious-number", "O7"),
        ("A", "balance-suspicious-number", "O5"),
        ("B", "balance-rows-against-total", "G15"),
        ("B", "balance-rows-against-total", "AA20"),
        ("B", "balance-rows-against-total", "AF5"),
        ("C", "balance-not-closed-balance", "H5"),
        ("C", "balance-negative-supply", "P5"),
        ("D", "balance-sign-convention", "C9"),
        ("D", "balance-sign-convention", "C12"),
        ("D", "balance-sign-convention", "C13"),
        ("D", "balance-sign-convention", "C23"),
    }
    by_cell = {p.cell: p.message for p in FUJIAN_READ.problems}
    gasoline = by_cell["O7"]
    for part in ("347.7444", "若为 3.477444", "缩小 100 倍", "+344.266956", "25.634323（AA7）"):
        assert part in gasoline.zh
    assert "不进入任何部门的排放" in gasoline.zh
    assert "enters no emission" in gasoline.en
    assert "3.477444" in by_cell["O5"].zh
    # Of the powers of ten that bring the row near its total, the one that closes the column.
    for text in (by_cell["O7"].zh, by_cell["O7"].en, by_cell["O5"].zh, by_cell["O5"].en):
        assert "0.3477444" not in text
        assert "0.03477444" not in text
    assert "若为 3.477444，则该行各项之和接近“油品合计”（AA7）" in gasoline.zh
    assert "焦炭（H5）差 -0.000971" in by_cell["H5"].zh
    assert "热力（AC5）差 -0.00034" in by_cell["H5"].zh
    assert "“高炉煤气、转炉煤气”" in by_cell["AF5"].zh
    assert "原煤 C12=-32.1441372" in by_cell["C12"].zh
    assert "煤油 P9=0.4112916" in by_cell["C9"].zh
    assert all(cell in by_cell["P5"].zh for cell in ("P5=", "U5=", "V5=", "Z5="))


def test_fujian_answers_unblock_the_run():
    manifest = InventoryManifest.model_validate(
        tomllib.loads((FUJIAN / "inventory.toml").read_text(encoding="utf-8"))
    )
    answered = apply_answers(FUJIAN_GRID, FUJIAN_READ.rows, FUJIAN_READ.problems, manifest.answers)
    assert len(answered.used) == len(manifest.answers) == 5
    assert not [p for p in answered.problems if p.grade is Grade.A]
    aside = {p.cell: p for p in answered.problems if p.grade is Grade.B}
    assert set(aside) == {"O5", "O7"}
    assert "236.40" in aside["O7"].message.zh
    aside = {row.quantities["quantity"].cell for row in FUJIAN_READ.rows} - {
        row.quantities["quantity"].cell
        for row in answered.rows
        if row.quantities["quantity"].notation is None
    }
    # The import takes part in the reference approach alone; the supply in nothing.
    assert aside == {"O7"}
    assert of_sectors(answered.rows) == of_sectors(FUJIAN_READ.rows)
    # The same answer no longer holds when the cell has changed.
    other = put(FUJIAN_GRID, "O7", "34.77444")
    again = read(other)
    kept = apply_answers(other, again.rows, again.problems, manifest.answers)
    assert ("O7", Grade.A) in {(p.cell, p.grade) for p in kept.problems}


@pytest.mark.parametrize(
    "cell", ["C12", "Q12", "C13", "O21", "H22", "AD22", "Z22", "C24", "Q25", "X26", "AB29", "C30"]
)
def test_fujian_scaled_cells_are_reported(cell):
    raw = next(
        row.quantities["quantity"].value
        for row in FUJIAN_READ.rows
        if row.quantities["quantity"].cell == cell
    )
    for factor in ("100", "0.01"):
        result = read(put(FUJIAN_GRID, cell, f"{Decimal(repr(raw)) * Decimal(factor):f}"))
        assert cell in {p.cell for p in result.problems if p.grade in "AB"}, factor


def test_fujian_file_opens_in_a_spreadsheet_as_utf8():
    assert (FUJIAN / "energy_balance.csv").read_bytes().startswith(b"\xef\xbb\xbf")
