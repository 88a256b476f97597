"""Energy balances that close, and what reading them gives."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from carbonledger.intake.energy_balance import read_energy_balance
from carbonledger.intake.layout import Context, LayoutResult, Spellings
from carbonledger.intake.table import Grid, column_letters
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Problem

HEAT = "29.2712 GJ/tce"
NOTHING = Spellings({})
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


def of_sectors(rows):
    return [row for row in rows if not row.account.startswith("M.")]


MEMO = [(row.detail, row.item) for row in CLOSED.rows if row.account[:3] in {"M.2", "M.4", "M.5"}]
