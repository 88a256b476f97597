"""A small run in files, as the results contract describes it: the ground of the report tests.

The fuels, sectors and amounts look like a provincial balance but are made up for the tests; the
texts are as nasty as a user's file can make them.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.model.manifest import Answer, Title
from carbonledger.model.profile import Profile, Rule
from carbonledger.model.records import Status
from carbonledger.reports.context import Names, WorkbookContext

NASTY = ("=1+1", "@SUM(A1)", "-2+3", "+5", '=HYPERLINK("http://x")', "http://example.org", "\t=1")

ACCOUNTS = [
    ("1", "", "inventory", "能源活动", "Energy"),
    ("1.A", "1", "inventory", "燃料燃烧活动", "Fuel combustion activities"),
    ("1.A.1", "1.A", "inventory", "能源工业", "Energy industries"),
    ("1.A.1.a.i", "1.A.1", "inventory", "公用电力生产", "Electricity generation"),
    ("1.A.2", "1.A", "inventory", "制造业和建筑业", "Manufacturing industries and construction"),
    ("1.A.2.a", "1.A.2", "inventory", "钢铁", "Iron and steel"),
    ("1.A.4", "1.A", "inventory", "其他部门", "Other sectors"),
    ("1.A.4.b", "1.A.4", "inventory", "居民生活", "Residential"),
    ("1.B", "1", "inventory", "逃逸排放", "Fugitive emissions from fuels"),
    ("1.B.1", "1.B", "inventory", "固体燃料", "Solid fuels"),
    ("M.1", "", "memo", "国际航空燃料舱", "International aviation bunkers"),
    ("M.2", "", "memo", "生物质燃烧", "Biomass burnt for energy"),
]
ITEMS = [
    ("raw_coal", "原煤", "Raw coal"),
    ("diesel", "柴油", "Diesel oil"),
    ("natural_gas", "天然气", "Natural gas"),
    ("kerosene", "煤油", "Kerosene"),
    ("fuelwood", "薪柴", "Fuelwood"),
]
GWP = {"CO2": 1.0, "CH4": 21.0, "N2O": 310.0}
# t CO2, t CH4, t N2O per unit of activity; None is not estimated.
FACTORS = {
    "raw_coal": (1.9003, 0.00002093, 0.0000314),
    "diesel": (3.0959, 0.000126, None),
    "natural_gas": (21.622, 0.00039, 0.0000389),
    "kerosene": (3.0334, None, None),
    "fuelwood": (1.83, 0.0047, 0.0000627),
}
# entry, cell, account, item, detail, value, unit, tonnes or 10^4 m3, sign, notation
ENTRIES = [
    (1, "C5", "1.A.1.a.i", "raw_coal", "", 3456.78, "万t", 34567800.0, 1, ""),
    (2, "D5", "1.A.1.a.i", "natural_gas", "", 28.6, "亿m3", 286000.0, 1, ""),
    (3, "C6", "1.A.2", "raw_coal", "", 1234.5, "万t", 12345000.0, 1, ""),
    (4, "C7", "1.A.2.a", "raw_coal", "烧结 =1+1", 210.07, "万t", 2100700.0, 1, ""),
    (5, "E7", "1.A.2.a", "diesel", "-2+3", 12.0, "万t", 120000.0, -1, ""),
    (6, "C8", "1.A.4.b", "raw_coal", "", 55.125, "万t", 551250.0, 1, ""),
    (7, "E8", "1.A.4.b", "diesel", "", None, "万t", None, 1, "NE"),
    (8, "C9", "1.B.1", "raw_coal", "", None, "万t", None, 1, "IE"),
    (9, "F9", "M.1", "kerosene", "", 30.5, "万t", 305000.0, 1, ""),
    (10, "G9", "M.2", "fuelwood", "", 0.0, "万t", 0.0, 1, ""),
]
UNVERIFIED = {"diesel", "natural_gas"}


@dataclass(frozen=True)
class Grid:
    """A table as read."""

    file: str
    sheet: str
    rows: tuple[tuple[object, ...], ...]
    first_row: int = 0
    first_col: int = 0


def names() -> Names:
    return Names(
        accounts=pd.DataFrame(
            ACCOUNTS, columns=["account", "parent", "book", "name_zh", "name_en"]
        ),
        regions=pd.DataFrame(
            [("350000", "福建省", "Fujian"), ("350200", "厦门市", "Xiamen")],
            columns=["region", "name_zh", "name_en"],
        ),
        items=pd.DataFrame(ITEMS, columns=["item", "name_zh", "name_en"]),
        sources=pd.DataFrame(
            [
                ("guide", "省级温室气体清单编制指南（试行）", "Provincial guideline"),
                ("=evil", "=1+1", "@SUM(A1)"),
            ],
            columns=["source", "title", "title_en"],
        ),
    )


def grid() -> Grid:
    cells: list[list[object]] = [["" for _ in range(8)] for _ in range(9)]
    cells[0][0] = "福建省能源平衡表（实物量）—2012"
    cells[3] = ["项目", "", "原煤", "天然气", "柴油", "煤油", "薪柴", "=合计"]
    cells[4][:4] = ["火力发电", "", 3456.78, 28.6]
    cells[5][:3] = ["工业", "", 1234.5]
    cells[6][:5] = ["  #钢铁", "", 210.07, None, "-12.0"]
    cells[7][:5] = ["生活消费", "", 55.125, "", "347.7444"]
    cells[8][:7] = ["+其他", "", "…", "", "", 30.5, 0]
    return Grid("energy_balance.csv", "", tuple(tuple(row) for row in cells))


def profile(status: Status = Status.UNVERIFIED) -> Profile:
    return Profile(
        profile="cn-provincial-2011",
        title=Title(zh="省级温室气体清单编制指南（试行）", en="Provincial guideline (trial)"),
        status=status,
        source="guide",
        note=Title(zh="参数表只核对了能源部分。", en="Only the energy tables were checked."),
        gwp="SAR",
        families=["cn-provincial-2011"],
        rules=[Rule(accounts=["1"], methods=["energy.combustion.co2"])],
    )


def context(status: Status = Status.UNVERIFIED) -> WorkbookContext:
    return WorkbookContext(
        title=Text("福建省 2012 年温室气体清单 & 试算", "Fujian 2012 inventory & trial"),
        region="350000",
        periods=(2012,),
        profile=profile(status),
        names=names(),
        answers=(
            Answer(
                file="energy_balance.csv",
                cell="E8",
                printed="347.7444",
                action="set-aside",
                reason=Title(
                    zh="比上年大一百倍，疑为单位错误。", en="A hundred times last year's."
                ),
            ),
        ),
        grids=(grid(),),
    )


def postings(region: str = "350000", period: int = 2012) -> pd.DataFrame:
    rows = []
    books = {account: book for account, _, book, _, _ in ACCOUNTS}
    for entry, cell, account, item, detail, _, _, activity, sign, notation in ENTRIES:
        for gas, factor in zip(GWP, FACTORS[item], strict=True):
            known = activity is not None and factor is not None
            amount = activity * sign * factor if known else None
            biogenic = item == "fuelwood" and gas == "CO2"
            flags = [
                *(["unverified"] if item in UNVERIFIED and known else []),
                *(["deduction"] if sign < 0 else []),
                *(["set-aside"] if cell == "E8" else []),
            ]
            rows.append(
                {
                    "book": books[account], "region": region, "period": period,
                    "account": account, "item": item, "detail": detail, "measure": gas,
                    "amount": amount, "unit": f"t {gas}",
                    "co2e": amount * GWP[gas] if known and not biogenic else None,
                    "notation": "" if known else notation or "NE",
                    "method": "energy.combustion.co2" if known else "",
                    "selection": ITEMS.index(next(i for i in ITEMS if i[0] == item)) + 1
                    if known else 0,
                    "source": f"energy_balance.csv!{cell}", "flags": ",".join(flags),
                    "entry": entry,
                }
            )  # fmt: skip
    return pd.DataFrame(rows).astype({"amount": "float64", "co2e": "float64"})


def totals(posted: pd.DataFrame) -> pd.DataFrame:
    parents = {account: (parent, book) for account, parent, book, _, _ in ACCOUNTS}
    parts = []
    for row in posted.to_dict("records"):
        account = row["account"]
        while account and parents[account][1] == row["book"]:
            parts.append({**row, "account": account})
            account = parents[account][0]
    keys = ["book", "region", "period", "account", "measure", "unit"]
    rows = []
    for key, part in pd.DataFrame(parts).groupby(keys):
        amounts = part[["amount", "co2e"]].sum(min_count=1)
        notation = ",".join(sorted({text for text in part["notation"] if text}))
        rows.append(dict(zip(keys, key, strict=True)) | dict(amounts) | {"notation": notation})
    columns = ["book", "region", "period", "account", "measure", "amount", "unit", "co2e"]
    return pd.DataFrame(rows)[[*columns, "notation"]]


def problems() -> pd.DataFrame:
    columns = ["grade", "code", "file", "sheet", "cell", "row", "message", "remedy"]
    file = "energy_balance.csv"
    rows = [
        ("B", "magnitude", file, "", "E8", "",
         "柴油生活消费 347.7444 万t 超过其他品种。 / Diesel 347.7444 exceeds all others.",
         "请核对小数点。 / Check the decimal point."),
        *(("C", "text", file, "", f"H{4 + n}", "", text, f"{text} / {text}")
          for n, text in enumerate(NASTY)),
        ("D", "row", "big.parquet", "", "", 17, "第 17 行没有地区。 / No region.", "无 / none"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def write(folder: Path, posted: pd.DataFrame | None = None) -> Results:
    """Write the run into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    posted = postings() if posted is None else posted
    posted.to_parquet(folder / "postings.parquet", index=False)
    entries = [
        {
            "entry": entry, "file": "energy_balance.csv", "sheet": "", "row": int(cell[1:]),
            "region": "350000", "period": 2012, "account": account, "item": item,
            "detail": detail, "note": NASTY[entry % len(NASTY)], "source": "", "sign": float(sign),
            "answer": "set-aside" if cell == "E8" else "", "quantity": value,
            "quantity__unit": unit, "quantity__notation": notation or None,
            "quantity__cell": cell,
        }
        for entry, cell, account, item, detail, value, unit, _, sign, notation in ENTRIES
    ]  # fmt: skip
    pd.DataFrame(entries).to_parquet(folder / "entries.parquet", index=False)
    selections = []
    for number, (item, *_) in enumerate(ITEMS, 1):
        status = "unverified" if item in UNVERIFIED else "verified"
        for argument, value, unit, parameter, fallback, source in (
            ("fuel", None, "t", "entry", "exact", "entry"),
            ("carbon_content", 20.2 + number, "t C/TJ", f"cc-{item}", "exact", "guide"),
            ("oxidation_fraction", 0.98, "1", "of", "parent-region+older", "=evil"),
            ("gwp100", 21.0, "t CO2e/t CH4", "gwp-ch4-sar", "exact", "unlisted"),
        ):
            selections.append(
                {
                    "selection": number, "method": "energy.combustion.co2", "argument": argument,
                    "value": value, "unit": unit, "parameter": parameter, "fallback": fallback,
                    "status": "" if parameter == "entry" else status, "source": source,
                    "locator": "quantity" if parameter == "entry" else "表1.7, p. 23",
                }
            )  # fmt: skip
    pd.DataFrame(selections).to_parquet(folder / "selections.parquet", index=False)
    options = {"index": False, "encoding": "utf-8-sig", "lineterminator": "\r\n"}
    totals(posted).to_csv(folder / "totals.csv", **options)
    problems().to_csv(folder / "problems.csv", **options)
    info = {
        "identity": "0123456789abcdef" * 4, "code": "0.1.0+abcdef012345", "gwp": "SAR",
        "profile": "cn-provincial-2011", "inventory": "sample",
        "started": "2026-03-04T05:06:07+00:00",
        "entries": len(ENTRIES), "postings": len(posted), "selections": len(ITEMS), "files": [{}],
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(info), "utf-8")
    return Results.read(folder)
