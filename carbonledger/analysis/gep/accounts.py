"""The tables of a GEP account: by service, by ecosystem type, by township; their margins close.

Physical quantities add only within one measure and unit; values are money of one price basis each:
at current prices, and at constant prices of the base year. What belongs to no ecosystem type
(output of products, visitors) stands in a column of its own, so that rows and columns add up.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.analysis.gep.facts import GepFacts, price_of
from carbonledger.analysis.uses.table import Column, Row, UseTable, total
from carbonledger.errors import Text
from carbonledger.model.prices import CONSTANT, CURRENT, VALUES

__all__ = [
    "UNITS_OF_MONEY",
    "chart_order",
    "ecosystem_table",
    "quantity_of",
    "service_table",
    "township_table",
]

UNITS_OF_MONEY = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
"""The display units of money and what they are in yuan."""

_NONE = "none"
_FEW = 3


def service_table(facts: GepFacts, period: int, money: str = "万元") -> UseTable:
    """Quantity, price, value and share of every account, down the chart.

    Args:
        facts: the GEP account of a run.
        period: the year.
        money: the display unit of values: 元, 万元 or 亿元.
    """
    rows = facts.postings[facts.postings["period"] == period]
    prices = _prices(facts, rows)
    whole = _value(rows, CURRENT)
    table: list[Row] = []
    for account in _chart(facts, rows):
        below = rows[rows["account"].isin(facts.library.below(account))]
        current, constant = _value(below, CURRENT), _value(below, CONSTANT)
        quantity, unit, measure = quantity_of(below[below["account"] == account])
        if not unit:
            quantity, unit, measure = quantity_of(below)
        table.append(
            {
                "account": account,
                "name": facts.library.label("accounts", account),
                "level": _depth(account),
                "measure": measure,
                "quantity": quantity,
                "quantity_unit": unit,
                "unit_words": units.spelled(unit),
                "price": _price_text(prices, below),
                "value": _scaled(current, money),
                "value_constant": _scaled(constant, money),
                "share": current / whole * 100 if current is not None and whole else None,
                "notation": _notation(below),
                "mark": "*" if below["flags"].str.contains("unverified").any() else "",
            }
        )
    return UseTable(
        _titled(_SERVICES, facts, period), _service_columns(money), table, [_notes(facts)]
    )


def ecosystem_table(
    facts: GepFacts, period: int, money: str = "万元", *, physical: bool = False
) -> UseTable:
    """Values (or quantities) of every account that has them, by ecosystem type.

    The columns are classes of the first level and what belongs to none; each row adds up to its
    total, and the rows to the totals of the columns (values only: quantities of different services
    do not add).
    """
    rows = facts.postings[facts.postings["period"] == period]
    rows = facts.physical[facts.physical["period"] == period] if physical else _current(rows)
    types = facts.known.in_order([item for item in rows["ecosystem"].unique() if item])
    types += [""] if (rows["ecosystem"] == "").any() else []
    table: list[Row] = []
    keys = ["account", "measure", "unit"] if physical else ["account"]
    for key, part in rows.groupby(keys, sort=False):
        account, unit = str(key[0]), str(part["unit"].iloc[0])
        scale = 1.0 if physical else UNITS_OF_MONEY[money]
        start = {"account": account, "name": facts.library.label("accounts", account)}
        start |= {"quantity_unit": unit, "unit_words": units.spelled(unit)} if physical else {}
        table.append(start | _by_type(part, types, scale))
    table.sort(key=lambda row: chart_order(facts)[row["account"]])
    if not physical:
        table.append({"name": "合计 / Total"} | _by_type(rows, types, UNITS_OF_MONEY[money]))
    title = _titled(_TYPES_PHYSICAL if physical else _TYPES, facts, period)
    return UseTable(title, _type_columns(facts, types, money, physical=physical), table)


def township_table(facts: GepFacts, period: int, money: str = "万元") -> UseTable:
    """The three classes and their sum for every region that has entries, and the whole."""
    rows = _current(facts.postings[facts.postings["period"] == period])
    classes = [key for key in _chart(facts, rows) if _depth(key) == 1]
    table: list[Row] = []
    for region, part in rows.groupby("region", sort=True):
        table.append(
            {"region": str(region), "name": facts.library.label("regions", str(region))}
            | _by_class(part, classes, money)
        )
    table.append({"name": "合计 / Total"} | _by_class(rows, classes, money))
    columns = [
        Column("region", Text("地区代码", "Code")),
        Column("name", Text("地区", "Region")),
        *(Column(key, _label(facts, key), money) for key in classes),
        Column("total", Text("GEP", "GEP"), money),
        Column("share", Text("占比", "Share"), "%"),
    ]
    whole = float(rows["amount"].sum())
    for row in table:
        row["share"] = row["total"] * UNITS_OF_MONEY[money] / whole * 100 if whole else None
    return UseTable(_titled(_TOWNSHIPS, facts, period), columns, table)


def _by_class(rows: pd.DataFrame, classes: list[str], money: str) -> Row:
    found: Row = {}
    for key in classes:
        amounts = rows.loc[rows["class"] == key, "amount"]
        found[key] = total(amounts) / UNITS_OF_MONEY[money] if len(amounts) else None
    return found | {"total": total(rows["amount"]) / UNITS_OF_MONEY[money]}


def _by_type(rows: pd.DataFrame, types: list[str], scale: float) -> Row:
    cells: Row = {}
    for item in types:
        amounts = rows.loc[rows["ecosystem"] == item, "amount"]
        cells[item or _NONE] = total(amounts) / scale if len(amounts) else None
    return cells | {"total": total(rows["amount"]) / scale}


def _current(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["measure"] == CURRENT) & rows["amount"].notna()]


def _value(rows: pd.DataFrame, measure: str) -> float | None:
    amounts = rows.loc[(rows["measure"] == measure) & rows["amount"].notna(), "amount"]
    return total(amounts) if len(amounts) else None


def _scaled(value: float | None, money: str) -> float | None:
    return None if value is None else value / UNITS_OF_MONEY[money]


def quantity_of(rows: pd.DataFrame) -> tuple[float | None, str, str]:
    """The sum of the physical quantities with unit and measure, if all have the same."""
    rows = rows[~rows["measure"].isin(VALUES) & rows["amount"].notna()]
    kinds = rows[["measure", "unit"]].drop_duplicates()
    if len(kinds) != 1:
        return None, "", ""
    measure, unit = kinds.iloc[0]
    return total(rows["amount"]), str(unit), str(measure)


def _notation(rows: pd.DataFrame) -> str:
    return ",".join(sorted({key for key in rows["notation"].fillna("") if key}))


def _prices(facts: GepFacts, rows: pd.DataFrame) -> Mapping[Any, set[str]]:
    """The price behind each value at current prices, as published, with its year and kind."""
    known = facts.parameters
    found: dict[Any, set[str]] = {}
    current = _current(rows).reset_index(names="index")
    for term in facts.terms(current):
        name = price_of(term)
        parameter = term.parameters.get(name, "")
        if parameter in known.index:
            row = known.loc[parameter]
            year = "" if pd.isna(row["price_year"]) else f"（{int(row['price_year'])}）"
            found[term.posting["index"]] = {f"{row['value']:g} {row['unit']}{year}"}
    return found


def _price_text(prices: Mapping[Any, set[str]], rows: pd.DataFrame) -> str:
    """The prices below an account; where they are more than a few, the accounts below have them."""
    found = sorted(set().union(*(prices.get(index, ()) for index in rows.index)))
    return "；".join(found) if len(found) <= _FEW else ""


def chart_order(facts: GepFacts) -> Mapping[str, int]:
    """The place of every account in the chart."""
    return {key: place for place, key in enumerate(facts.library.accounts["account"])}


def _chart(facts: GepFacts, rows: pd.DataFrame) -> list[str]:
    """The accounts with postings and those above them, in the order of the chart."""
    links = facts.library.account_chain
    above = set(links.loc[links["key"].isin(rows["account"]), "ancestor"])
    return sorted(above - {""}, key=chart_order(facts).__getitem__)


def _depth(account: str) -> int:
    return account.count(".")


def _label(facts: GepFacts, account: str) -> Text:
    return Text(*(facts.library.label("accounts", account, lang) for lang in ("zh", "en")))


def _titled(title: Text, facts: GepFacts, period: int) -> Text:
    region = str(facts.results.info["region"])
    names = [facts.library.label("regions", region, lang) for lang in ("zh", "en")]
    return Text(f"{title.zh}（{names[0]} {period}）", f"{title.en} ({names[1]} {period})")


def _notes(facts: GepFacts) -> Text:
    info = facts.results.info
    base = info.get("price_base_year")
    profile = info["profile_title"]
    return Text(
        f"口径：{profile['zh']}；不变价基年：{base or '—'}。* 含未核对参数。GEP 与 GDP 从不相加。",
        f"Profile: {profile['en']}; base year of constant prices: {base or '—'}. * unverified "
        "parameters. GEP and GDP never add.",
    )


_SERVICES = Text("GEP 实物量与价值量", "GEP: quantities and values")
_TYPES = Text("GEP 分生态系统类型价值量", "GEP by ecosystem type")
_TYPES_PHYSICAL = Text("GEP 分生态系统类型实物量", "Quantities by ecosystem type")
_TOWNSHIPS = Text("GEP 分地区", "GEP by region")


def _service_columns(money: str) -> list[Column]:
    return [
        Column("account", Text("科目", "Account")),
        Column("name", Text("名称", "Name")),
        Column("quantity", Text("功能量", "Quantity")),
        Column("unit_words", Text("单位", "Unit")),
        Column("price", Text("单价（价格年份）", "Price (price year)")),
        Column("value", Text("价值量（现价）", "Value (current prices)"), money, 4),
        Column("value_constant", Text("价值量（不变价）", "Value (constant prices)"), money, 4),
        Column("share", Text("占比", "Share"), "%"),
        Column("notation", Text("说明", "Notation")),
        Column("mark", Text("未核对", "Unverified")),
    ]


def _type_columns(facts: GepFacts, types: list[str], money: str, *, physical: bool) -> list[Column]:
    unit = "" if physical else money
    return [
        Column("account", Text("科目", "Account")),
        Column("name", Text("核算项目", "Item")),
        *([Column("unit_words", Text("单位", "Unit"))] if physical else []),
        *(
            Column(
                item or _NONE,
                facts.known.name(item) if item else Text("不分类型", "No type"),
                unit,
                4,
            )
            for item in types
        ),
        Column("total", Text("合计", "Total"), unit, 4),
    ]
