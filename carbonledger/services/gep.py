"""The GEP account of a run as views: by service, ecosystem type and region, and its prices."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.analysis.gep.accounts import (
    UNITS_OF_MONEY,
    ecosystem_table,
    service_table,
    township_table,
)
from carbonledger.analysis.gep.change import change_table
from carbonledger.analysis.gep.facts import GepFacts, gep_facts
from carbonledger.analysis.gep.two_runs import joined
from carbonledger.analysis.uses.table import Column, UseTable
from carbonledger.errors import Text
from carbonledger.library.reasons import parameter_name
from carbonledger.reports.context import Names
from carbonledger.reports.texts import chemical, label
from carbonledger.reports.view import Cell, Head, Kind, View
from carbonledger.services.results import RunViews

__all__ = [
    "MONEY",
    "GepFacts",
    "before_of",
    "change_view",
    "effects_view",
    "facts_of",
    "joined",
    "periods_of",
    "prices_view",
    "quantities",
    "regions",
    "services",
    "services_for_chart",
    "types",
]

YUAN = "元"
MONEY = ("亿元", "万元", YUAN)
_DECIMALS = {"亿元": 4, "万元": 2, YUAN: 2}
_LEVEL = "level"
_WITH_UNITS = {"unit_words", "price"}
_LATIN_MARKS = str.maketrans({"（": " (", "）": ")", "；": "; "})
_ORDER = (
    "account", "name", "quantity", "unit_words", "value", "value_constant", "share", "change",
    "mark", "notation", "price",
)  # fmt: skip
_VALUES = {
    "value": Text("现价值", "Value"),
    "value_constant": Text("不变价值", "Constant prices"),
}
_POWERS = ((8, Text("亿 ", "10⁸ ")), (4, Text("万 ", "10⁴ ")))
_EFFECTS = ("Change", "Quantity", "Price", "Scope or method")
_AMOUNT = Text("变化", "Change")
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


def services(facts: GepFacts, period: int, money: str) -> View:
    """The account by service; with an earlier year, the change against it in per cent."""
    table = _for_screen(service_table(facts, period, money), facts, period, money)
    return _view(table, Names.of(facts.library))


def types(facts: GepFacts, period: int, money: str) -> View:
    """The values by ecosystem type."""
    return _view(ecosystem_table(facts, period, money), Names.of(facts.library))


def quantities(facts: GepFacts, period: int) -> View:
    """The physical quantities by ecosystem type."""
    return _view(ecosystem_table(facts, period, YUAN, physical=True), Names.of(facts.library))


def regions(facts: GepFacts, period: int, money: str) -> View:
    """The values by region."""
    return _view(township_table(facts, period, money), Names.of(facts.library))


def change_view(facts: GepFacts, first: int, last: int, money: str) -> View:
    """The change between two years, split into quantity, price and scope, in a unit of money.

    Raises:
        CarbonledgerError: the account has no values of one of the years.
    """
    table = change_table(facts, first, last)
    in_yuan = [each.name for each in table.columns if each.unit == YUAN]
    columns = [
        replace(each, unit=money, decimals=_DECIMALS[money]) if each.name in in_yuan else each
        for each in table.columns
    ]
    rows = [
        row | {name: row[name] / UNITS_OF_MONEY[money] for name in in_yuan} for row in table.rows
    ]
    names = Names.of(facts.library)
    return _view(replace(table, columns=columns, rows=_levelled(rows)), names)


def effects_view(view: View) -> tuple[View, int]:
    """The whole change and its three effects as rows of a chart, and the column of the amounts."""
    places = [
        place for place, head in enumerate(view.heads) if head.label.en in _EFFECTS and head.unit
    ]
    money = [place for place in places if view.heads[place].unit != "%"]
    whole = view.rows[0]
    heads = (Head(Text("效应", "Effect")), replace(view.heads[money[0]], label=_AMOUNT))
    rows = tuple((view.heads[place].label, whole[place]) for place in money)
    return View(view.title, heads, rows), 1


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
                Text(units.in_chinese(str(row["unit"])), str(row["unit"])),
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


def before_of(facts: GepFacts, period: int) -> int | None:
    """The year that a year of the account is compared with: the nearest earlier one."""
    return max((year for year in periods_of(facts) if year < period), default=None)


def _for_screen(table: UseTable, facts: GepFacts, period: int, money: str) -> UseTable:
    """The services with value, share and change before the long texts, and readable quantities."""
    columns = {each.name: each for each in table.columns}
    before = before_of(facts, period)
    changes: dict[str, Any] = {}
    if before is not None:
        rows = change_table(facts, before, period).rows
        changes = {row["account"]: row["percent"] for row in rows}
        columns["change"] = Column("change", Text(f"比 {before} 年", f"Since {before}"), "%")
    for name in ("value", "value_constant"):
        columns[name] = replace(columns[name], title=_VALUES[name], decimals=_DECIMALS[money])
    rows = [
        row | _readable(row["quantity"], row["quantity_unit"])
        | {"change": changes.get(row["account"])}
        for row in table.rows
    ]  # fmt: skip
    return replace(table, columns=[columns[key] for key in _ORDER if key in columns], rows=rows)


def _readable(quantity: float | None, unit: str) -> dict[str, object]:
    """A quantity in units that are read at a glance: 123.45 亿 m³ in place of 12345000000 m3."""
    for power, word in _POWERS:
        if quantity is not None and abs(quantity) >= 10**power:
            shown = float(Decimal(repr(quantity)).scaleb(-power))
            named = _spelled(unit)
            words = Text(f"{word.zh}{named.zh}", f"{word.en}{named.en}")
            return {"quantity": shown, "unit_words": words}
    return {"quantity": quantity, "unit_words": _spelled(unit)}


def _spelled(unit: str) -> Text:
    """A unit as tables in Chinese and in English print it."""
    chinese = units.spelled(unit)
    words = (chinese, units.in_latin(chinese))
    return Text(*(chemical(each).replace("m3", "m³") for each in words))


def _levelled(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the depth of their account in the chart, which indents their names."""
    return [row | {_LEVEL: str(row["account"]).count(".")} for row in rows]


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
    if isinstance(value, Text):
        return value
    if isinstance(value, str) and name in _WITH_UNITS:
        return Text(units.in_chinese(value), units.in_latin(value).translate(_LATIN_MARKS))
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
