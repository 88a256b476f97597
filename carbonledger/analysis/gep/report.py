"""The tables of a GEP report, each by its name, as the report layouts have them.

T0 information, T1 areas, T2 quantities and values, T3 by ecosystem type, T4 two years beside each
other, T5 by kind of price, T6 totals and indicators, T7 by region, T8 change, T9 parameters and
prices, T10 sensitivity. The layouts of the standards could not be opened; these are the columns
that published accounts print.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from carbonledger import units
from carbonledger.analysis.gep.accounts import (
    chart_order,
    ecosystem_table,
    quantity_of,
    service_table,
    township_table,
)
from carbonledger.analysis.gep.areas import area_table
from carbonledger.analysis.gep.change import change_table
from carbonledger.analysis.gep.facts import GepFacts
from carbonledger.analysis.gep.indicators import indicator_table, price_table
from carbonledger.analysis.gep.sensitivity import sensitivity_table
from carbonledger.analysis.uses.table import Column, Row, UseTable
from carbonledger.errors import Text
from carbonledger.library.reasons import parameter_name
from carbonledger.memory import rows_of

__all__ = ["TABLES", "gep_tables"]


def gep_tables(facts: GepFacts, name: str, money: str = "万元") -> list[UseTable]:
    """The tables of one name: one for each year, each pair of years, or one for all.

    Args:
        facts: the GEP account of a run.
        name: a key of ``TABLES``.
        money: the display unit of values: 元, 万元 or 亿元.
    """
    title = facts.results.info["title"]
    # A table taken out of the report still says what it is of, and that sample data are invented.
    of = Text(f"清单：{title['zh']}", f"Inventory: {title['en']}")
    return [replace(each, notes=[*each.notes, of]) for each in TABLES[name](facts, money)]


def _years(facts: GepFacts) -> list[int]:
    return sorted(int(period) for period in facts.current["period"].unique())


def _each_year(
    short: str, make: Callable[[GepFacts, int, str], UseTable]
) -> Callable[[GepFacts, str], list[UseTable]]:
    def tables(facts: GepFacts, money: str) -> list[UseTable]:
        return [
            replace(make(facts, year, money), sheet=f"{short} {year}") for year in _years(facts)
        ]

    return tables


def _each_pair(
    short: str, make: Callable[[GepFacts, int, int], UseTable]
) -> Callable[[GepFacts, str], list[UseTable]]:
    def tables(facts: GepFacts, _: str) -> list[UseTable]:
        years = _years(facts)
        return [
            replace(make(facts, first, last), sheet=f"{short} {first}-{last}")
            for first, last in pairwise(years)
        ]

    return tables


def _information(facts: GepFacts, _: str) -> list[UseTable]:
    info = facts.results.info
    title, status = info["profile_title"], info["profile_status"]
    region = str(info["region"])
    rows: list[Row] = [
        _fact("清单 Inventory", f"{info['title']['zh']} / {info['title']['en']}"),
        _fact("行政区 Region", f"{region} {facts.library.label('regions', region)}"),
        _fact("核算期 Years", "、".join(map(str, info["periods"]))),
        _fact("核算标准 Profile", f"{title['zh']} / {title['en']}（{info['profile']}）"),
        _fact("标准是否核对 Status", f"{_STATUS.get(str(status), '')} {status}"),
        _fact("不变价基年 Base year", str(info.get("price_base_year") or "—")),
        _fact("运行编号 Run", str(info["identity"])[:12]),
        _fact("程序版本 Version", str(info["versions"]["carbonledger"])),
    ]
    for year in info["periods"]:
        for name, label, unit in (
            ("land_area", "面积 Area", "km2"),
            ("population", "常住人口 Population", "人"),
            ("gdp", "GDP（现价）", "元"),
        ):
            value = facts.statistic(name, int(year))
            shown = "—" if value is None else f"{value:,.12g} {unit}"
            rows.append(_fact(f"{year} {label}", shown))
    columns = [Column("name", Text("项目", "Item")), Column("value", Text("内容", "Content"))]
    return [UseTable(_INFORMATION, columns, rows, sheet="T0 基本信息")]


def _fact(name: str, value: str) -> Row:
    return {"name": name, "value": value}


def _two_years(facts: GepFacts, first: int, last: int) -> UseTable:
    """Physical quantities of two years beside each other, by account and measure."""
    rows = facts.physical[facts.physical["period"].isin([first, last])]
    table: list[Row] = []
    for (account, unit), part in rows.groupby(["account", "unit"]):
        before, after = (quantity_of(part[part["period"] == year])[0] for year in (first, last))
        change = None if before is None or after is None else after - before
        table.append(
            {"account": account, "name": facts.library.label("accounts", str(account))}
            | {"unit": unit, "unit_words": units.spelled(str(unit))}
            | {"before": before, "after": after, "change": change}
            | {"percent": change / before * 100 if change is not None and before else None}
        )
    table.sort(key=lambda row: chart_order(facts)[row["account"]])
    columns = [
        Column("account", Text("科目", "Account")),
        Column("name", Text("产品或指标", "Product")),
        Column("unit_words", Text("计量单位", "Unit")),
        Column("before", Text(f"上期 {first}", f"Before ({first})"), "", 4),
        Column("after", Text(f"本期 {last}", f"Now ({last})"), "", 4),
        Column("change", Text("变化量", "Change"), "", 4),
        Column("percent", Text("变化率", "Change"), "%"),
    ]
    title = Text(f"生态产品实物量（{first}、{last}）", f"Physical account ({first}, {last})")
    return UseTable(title, columns, table)


def _parameters(facts: GepFacts, _: str) -> list[UseTable]:
    """Every parameter and price that the account used, with its document and status."""
    selections = facts.results.selections
    used = selections[selections["selection"].isin(facts.postings["selection"])]
    used = used[used["parameter"] != "entry"].drop_duplicates(["argument", "parameter"])
    known = facts.parameters
    rows: list[Row] = []
    for row in rows_of(used.sort_values(["argument", "parameter"])):
        found = known.loc[row["parameter"]] if row["parameter"] in known.index else None
        rows.append(
            {name: row[name] for name in ("argument", "parameter", "unit", "locator", "status")}
            | {"name": parameter_name(str(row["argument"])).zh}
            | {"value": f"{float(row['value']):.12g}"}
            | {"source": facts.library.source_title(str(row["source"]))}
            | {name: _text(found, name) for name in ("region", "price_kind", "value_concept")}
            | {"price_year": _text(found, "price_year").removesuffix(".0")}
            | {"deflator": _text(found, "deflator")}
        )
    return [UseTable(_PARAMETERS, _PARAMETER_COLUMNS, rows, sheet="T9 参数与价格")]


def _text(row: "pd.Series[object] | None", name: str) -> str:
    return "" if row is None or pd.isna(row[name]) else str(row[name])


def _indicators(facts: GepFacts, _: str) -> list[UseTable]:
    return [replace(indicator_table(facts), sheet="T6 汇总与指标")]


def _sensitivity(facts: GepFacts, _: str) -> list[UseTable]:
    """The latest year: choices of method and price are those of the whole account."""
    year = _years(facts)[-1]
    return [replace(sensitivity_table(facts, year), sheet=f"T10 敏感性 {year}")]


_STATUS = {"verified": "已核对", "unverified": "未核对"}
_INFORMATION = Text("核算基本信息", "About the account")
_PARAMETERS = Text("参数与价格清单", "Parameters and prices")
_PARAMETER_COLUMNS = (
    Column("name", Text("名称", "Name")),
    Column("argument", Text("参数", "Parameter")),
    Column("parameter", Text("编号", "Id")),
    Column("value", Text("数值", "Value")),
    Column("unit", Text("单位", "Unit")),
    Column("region", Text("地区", "Region")),
    Column("price_year", Text("价格年份", "Price year")),
    Column("price_kind", Text("价格种类", "Kind of price")),
    Column("value_concept", Text("价值概念", "Concept of value")),
    Column("deflator", Text("指数序列", "Index series")),
    Column("source", Text("来源", "Source")),
    Column("locator", Text("位置", "Place")),
    Column("status", Text("状态", "Status")),
)

TABLES: Mapping[str, Callable[[GepFacts, str], list[UseTable]]] = {
    "information": _information,
    "areas": _each_year("T1 面积", lambda facts, year, money: area_table(facts, year)),
    "services": _each_year("T2 实物量与价值量", service_table),
    "types": _each_year("T3 分类型价值量", ecosystem_table),
    "type-quantities": _each_year(
        "T3p 分类型实物量", lambda facts, year, money: ecosystem_table(facts, year, physical=True)
    ),
    "quantities": _each_pair("T4 实物量对比", _two_years),
    "prices": _each_year("T5 定价方法", lambda facts, year, money: price_table(facts, year)),
    "indicators": _indicators,
    "regions": _each_year("T7 分地区", township_table),
    "change": _each_pair("T8 变化分解", change_table),
    "parameters": _parameters,
    "sensitivity": _sensitivity,
}
"""The tables by name, in the order of the report."""
