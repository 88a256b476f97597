"""A small inventory folder for the tests of the intake, and the names that it uses."""

from pathlib import Path

import openpyxl

from carbonledger.intake.layout import Names

NAMES = Names(
    regions={
        "350000": "350000",
        "福建省": "350000",
        "350500": "350500",
        "泉州市": "350500",
        "350524": "350524",
        "安溪县": "350524",
        "440000": "440000",
        "广东省": "440000",
        "鼓楼区": ("350102", "320106"),
    },
    accounts={
        "1.A": "1.A",
        "1.A.1.a": "1.A.1.a",
        "电力生产": "1.A.1.a",
        "1.A.2": "1.A.2",
        "制造业": "1.A.2",
    },
    items={
        "raw_coal": "raw_coal",
        "原煤": "raw_coal",
        "gasoline": "gasoline",
        "汽油": "gasoline",
        "diesel": "diesel",
        "柴油": "diesel",
        "kerosene": "kerosene",
        "煤油": "kerosene",
    },
    region_parents={"350000": "", "350500": "350000", "350524": "350500", "440000": ""},
    account_parents={"1.A": "", "1.A.1.a": "1.A", "1.A.2": "1.A"},
)

MANIFEST = """title = { zh = "测试清单", en = "Test inventory" }
region = "泉州市"
periods = [2012]
profile = "ipcc-2006"

[[tables]]
file = "energy.csv"

[[tables]]
file = "book.xlsx"
sheet = "工业"
source = "泉州统计年鉴 2013"

[[assertions]]
total = "1000.5 t"
quantity = "fuel"
account = "1.A.2"
item = "原煤"
region = "安溪县"
"""

ENERGY = """地区,年份,科目,品种,消费量 [吨],备注
泉州市,2012,1.A.1.a,原煤,"12,000",
350524,2012年,制造业,原煤,1000.5,县
泉州市,2012,1.A.2,汽油,8.25,
泉州市,2012,1.A.2,柴油,NE,未调查
"""

INDUSTRY = [
    ["品种", "科目", "数量", "单位"],
    ["煤油", "1.A.2", 3.5, "万吨"],
    ["原煤", "电力生产", 250, "t"],
]

FACTORS = """参数,品种,数值,单位,来源,页码
低位发热量,原煤,20.9,GJ/t,泉州电厂检测报告,第3页
"""

# What the sample holds, in tonnes: 12000 + 1000.5 + 8.25 in the CSV, 35000 + 250 in the workbook.
TONNES = 12000 + 1000.5 + 8.25 + 35000 + 250


def write_sample(folder: Path) -> Path:
    """Write the sample inventory; it has no grade-A problem."""
    folder.mkdir(exist_ok=True)
    (folder / "inventory.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "energy.csv").write_text(ENERGY, encoding="utf-8-sig")
    (folder / "factors.csv").write_text(FACTORS, encoding="utf-8")
    write_book(folder / "book.xlsx", {"工业": INDUSTRY, "说明": [["本表由统计局提供"]]})
    return folder


def write_book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a workbook with plain cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path
