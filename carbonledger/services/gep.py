"""The GEP account of a run as views: by service, ecosystem type and region, and its prices."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from carbonledger.analysis.gep.accounts import ecosystem_table, service_table, township_table
from carbonledger.analysis.gep.facts import GepFacts, gep_facts
from carbonledger.analysis.uses.table import UseTable
from carbonledger.errors import Text
from carbonledger.library.reasons import parameter_name
from carbonledger.reports.context import Names
from carbonledger.reports.texts import label
from carbonledger.reports.view import Cell, Head, Kind, View
from carbonledger.services.results import RunViews

__all__ = ["MONEY", "GepFacts", "change_view", "facts_of", "periods_of", "prices_view", "tables"]

MONEY = ("亿元", "万元", "元")
_LEVEL = "level"
_WORDS = {
    "market": Text("市场价", "market price"),
    "charge": Text("收费、税费", "charge"),
    "cost": Text("成本", "cost"),
    "capital": Text("投资（一次性）", "capital, once"),
    "exchange": Text("交换价值", "exchange value"),
    "replacement": Text("替代成本", "replacement cost"),
    "welfare": Text("福利价值", "welfare value"),
}


def facts_of(views: RunViews) -> GepFacts | None:
    """The GEP account of a run; None where it has none."""
    return gep_facts(views.results, views.library)


def periods_of(facts: GepFacts) -> list[int]:
    """The years of the account, the last one first."""
    return sorted({int(year) for year in facts.postings["period"]}, reverse=True)


def tables(facts: GepFacts, period: int, money: str) -> dict[str, View]:
    """The account by service, by ecosystem type (values and quantities) and by region."""
    names = Names.of(facts.library)
    found = {
        "services": service_table(facts, period, money),
        "types": ecosystem_table(facts, period, money),
        "quantities": ecosystem_table(facts, period, money, physical=True),
        "regions": township_table(facts, period, money),
    }
    return {key: _view(table, names) for key, table in found.items()}


def change_view(facts: GepFacts, period: int, before: int, money: str) -> View:
    """The values of two years beside each other, at constant prices where the run has them."""
    names = Names.of(facts.library)
    now, former = (_by_account(service_table(facts, year, money)) for year in (period, before))
    priced = any(row["value_constant"] is not None for row in now.values())
    key = "value_constant" if priced else "value"
    basis = Text("不变价", "constant prices") if priced else Text("现价", "current prices")
    heads = (
        Head(Text("科目", "Account")),
        Head(Text("名称", "Name")),
        Head(Text(f"{before} 年", str(before)), Kind.NUMBER, money, decimals=4),
        Head(Text(f"{period} 年", str(period)), Kind.NUMBER, money, decimals=4),
        Head(Text("变化", "Change"), Kind.NUMBER, money, decimals=4),
        Head(Text("变化率", "Change"), Kind.NUMBER, "%"),
    )
    rows: list[tuple[Cell, ...]] = []
    for account in dict.fromkeys([*now, *former]):
        new, old = (table.get(account, {}).get(key) for table in (now, former))
        change = new - old if isinstance(new, float) and isinstance(old, float) else None
        percent = change / old * 100 if change is not None and old else None
        rows.append((account, names.account(account), old, new, change, percent))
    title = Text(
        f"{before}～{period} 年变化（{basis.zh}）", f"Change {before} to {period}, {basis.en}"
    )
    return View(title, heads, tuple(rows))


def prices_view(facts: GepFacts) -> View:
    """Every price behind the values: as published, its year, kind, concept and status."""
    used = facts.results.selections
    used = used[used["selection"].isin(facts.postings["selection"])]
    known = facts.library.parameters.set_index("id")
    rows: list[tuple[Cell, ...]] = []
    for identifier in dict.fromkeys(used["parameter"]):
        if identifier not in known.index or pd.isna(known.at[identifier, "price_year"]):
            continue
        row = known.loc[identifier]
        rows.append(
            (
                parameter_name(str(row["parameter"])),
                float(row["value"]),
                str(row["unit"]),
                int(row["price_year"]),
                _WORDS.get(str(row["price_kind"]), ""),
                _WORDS.get(str(row["value_concept"]), ""),
                str(row["deflator"]),
                label("status", str(row["status"])),
                facts.library.source_title(str(row["source"])),
                str(row["locator"]),
            )
        )
    heads = (
        Head(Text("价格", "Price")),
        Head(Text("数值", "Value"), Kind.WRITTEN),
        Head(Text("单位", "Unit")),
        Head(Text("价格年份", "Price year"), Kind.WHOLE),
        Head(Text("价格种类", "Kind")),
        Head(Text("价值概念", "Concept of value")),
        Head(Text("平减指数", "Index")),
        Head(Text("状态", "Status")),
        Head(Text("文献", "Source")),
        Head(Text("位置", "Page or table")),
    )
    return View(Text("所用价格", "Prices used"), heads, tuple(rows))


def _by_account(table: UseTable) -> dict[str, dict[str, Any]]:
    return {str(row["account"]): row for row in table.rows}


def _view(table: UseTable, names: Names) -> View:
    """A table of the analysis as a view: names in both languages, accounts indented."""
    columns = [column for column in table.columns if not _empty(column.name, table.rows)]
    heads = tuple(
        Head(each.title, _kind(each.name, table.rows), each.unit, each.decimals) for each in columns
    )
    rows = tuple(tuple(_cell(row, each.name, names) for each in columns) for row in table.rows)
    return View(table.title, heads, rows, tuple(table.notes))


def _cell(row: dict[str, object], name: str, names: Names) -> Cell:
    value = row.get(name)
    if name == "name" and row.get("account"):
        indent = "\u3000" * int(str(row.get(_LEVEL) or 0))
        words = names.account(str(row["account"]))
        return Text(indent + words.zh, indent + words.en)
    if isinstance(value, str) and " / " in value:
        return Text(*value.split(" / ", 1))
    return value if isinstance(value, str | int | float) else None


def _kind(name: str, rows: Sequence[dict[str, object]]) -> Kind:
    numbers = any(isinstance(row.get(name), int | float) for row in rows)
    return Kind.NUMBER if numbers else Kind.TEXT


def _empty(name: str, rows: Sequence[dict[str, object]]) -> bool:
    return all(row.get(name) in (None, "") for row in rows)


def services_for_chart(view: View) -> tuple[View, int, tuple[int, ...]]:
    """The services with the column of values, and the rows that are sums of others."""
    column = next(
        place for place, head in enumerate(view.heads) if head.label.en.startswith("Value")
    )
    codes = [str(row[0]) for row in view.rows]
    sums = tuple(
        place
        for place, code in enumerate(codes)
        if any(other.startswith(f"{code}.") for other in codes)
    )
    return view, column, sums
