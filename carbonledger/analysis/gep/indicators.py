"""Indicators of a GEP account: per area, per head, beside GDP, shares of classes and of markets.

GEP and GDP stand beside each other and in a ratio; they are never added. The share of marketed
value is that of exchange values and of money that was entered (output, income); oxygen at the price
of the industrial gas is a replacement cost, although that price is one of the market.
"""

from itertools import pairwise

import pandas as pd

from carbonledger import units
from carbonledger.analysis.gep.change import comparable_growth
from carbonledger.analysis.gep.facts import GepFacts, price_of
from carbonledger.analysis.uses.table import Column, Row, UseTable, total
from carbonledger.errors import Text
from carbonledger.model.prices import CONSTANT

__all__ = ["indicator_table", "price_table", "totals_by_kind"]

_MARKET, _EXCHANGE = "market", "exchange"
_UNSTATED = Text("未注明", "not stated")
_KINDS = {
    _MARKET: Text("市场价（含录入的金额）", "market prices and money entered"),
    "charge": Text("收费、税额", "charges and taxes"),
    "cost": Text("替代成本", "costs"),
    "capital": Text("工程造价", "capital costs"),
    "": _UNSTATED,
}
_CONCEPTS = {
    _EXCHANGE: Text("交换价值", "exchange value"),
    "replacement": Text("替代成本价值", "replacement cost"),
    "welfare": Text("福利价值", "welfare value"),
    "": _UNSTATED,
}
_BY = {"kind": "定价方法 kind of price", "concept": "价值概念 concept of value"}
_CLASSES = {
    "G.1": Text("物质产品占比", "Provisioning services"),
    "G.2": Text("调节服务占比", "Regulating services"),
    "G.3": Text("文化服务占比", "Cultural services"),
    "G.4": Text("区域外扣减占比", "Products from outside (deducted), share of services"),
}


def indicator_table(facts: GepFacts) -> UseTable:
    """One row for each indicator, one column for each year; None where a statistic is missing."""
    periods = sorted(int(period) for period in facts.current["period"].unique())
    by_year = {period: _indicators(facts, period) for period in periods}
    for first, last in pairwise(periods):
        by_year[last]["growth"] = comparable_growth(facts, first, last)
    rows: list[Row] = []
    for name, (label, unit) in _INDICATORS.items():
        row: Row = {"indicator": f"{label.zh} {label.en}", "unit": unit}
        rows.append(row | {str(period): by_year[period].get(name) for period in periods})
    columns = [
        Column("indicator", Text("指标", "Indicator")),
        Column("unit", Text("单位", "Unit")),
        *(Column(str(period), Text(f"{period} 年", str(period)), "", 4) for period in periods),
    ]
    return UseTable(_TITLE, columns, rows, [_NOTE])


def _indicators(facts: GepFacts, period: int) -> dict[str, float | None]:
    rows = facts.current[facts.current["period"] == period]
    gep = total(rows["amount"])
    found: dict[str, float | None] = {"gep": gep * _factor("元", "亿元")}
    fixed = facts.postings
    fixed = fixed[(fixed["measure"] == CONSTANT) & (fixed["period"] == period)]
    fixed = fixed[fixed["amount"].notna()]
    found["gep_constant"] = total(fixed["amount"]) * _factor("元", "亿元") if len(fixed) else None
    for key in _CLASSES:
        part = rows.loc[rows["class"] == key, "amount"]
        found[key] = total(part) / gep * 100 if gep and len(part) else None
    area = facts.statistic("land_area", period)
    heads = facts.statistic("population", period)
    gdp = facts.statistic("gdp", period)
    found["per_area"] = gep / area * _factor("元/km2", "万元/km2") if area else None
    found["per_head"] = gep / heads * _factor("元/人", "万元/人") if heads else None
    found["gdp"] = gdp * _factor("元", "亿元") if gdp else None
    found["ratio"] = gep / gdp if gdp else None
    kinds = totals_by_kind(facts, period)
    found["marketed"] = (
        kinds[kinds["concept"] == _EXCHANGE]["value"].sum() / gep * 100 if gep else None
    )
    return found


def totals_by_kind(facts: GepFacts, period: int) -> pd.DataFrame:
    """Values at current prices by kind of price and concept of value.

    Returns:
        Columns ``service, kind, concept, value`` in yuan, one row for each posting.
    """
    known = facts.parameters[["price_kind", "value_concept"]].fillna("")
    rows = []
    for term in facts.terms(facts.current[facts.current["period"] == period]):
        parameter = term.parameters.get(price_of(term), "")
        row = known.loc[parameter] if parameter in known.index else None
        kind = _MARKET if row is None else str(row["price_kind"])
        concept = _EXCHANGE if row is None else str(row["value_concept"])
        rows.append((term.posting["service"], kind, concept, term.amount))
    return pd.DataFrame(rows, columns=["service", "kind", "concept", "value"])


def price_table(facts: GepFacts, period: int) -> UseTable:
    """Values and shares by kind of price and concept of value: what the total rests on."""
    found = totals_by_kind(facts, period)
    whole = float(found["value"].sum())
    rows: list[Row] = []
    for names, column in ((_KINDS, "kind"), (_CONCEPTS, "concept")):
        for key, label in names.items():
            value = float(found.loc[found[column] == key, "value"].sum())
            share = value / whole * 100 if whole else None
            rows.append(
                {"by": column, "by_words": _BY[column], "name": f"{label.zh} {label.en}"}
                | {"value": value * _factor("元", "万元"), "share": share}
            )
    title = Text(f"按定价方法和价值概念（{period}）", f"By kind of price and concept ({period})")
    columns = [
        Column("by_words", Text("分类", "By")),
        Column("name", Text("名称", "Name")),
        Column("value", Text("价值量", "Value"), "万元", 4),
        Column("share", Text("占比", "Share"), "%"),
    ]
    return UseTable(title, columns, rows)


def _factor(written: str, wanted: str) -> float:
    return units.multiplier(written, wanted)


_TITLE = Text("GEP 汇总与指标", "GEP: totals and indicators")
_INDICATORS = {
    "gep": (Text("GEP（现价）", "GEP at current prices"), "亿元"),
    "gep_constant": (Text("GEP（不变价）", "GEP at constant prices"), "亿元"),
    "growth": (Text("可比价增速（比上一核算年）", "Growth at comparable prices"), "%"),
    **{key: (label, "%") for key, label in _CLASSES.items()},
    "marketed": (Text("市场化（交换）价值占比", "Share of marketed value (exchange values)"), "%"),
    "per_area": (Text("单位面积 GEP", "GEP per area"), "万元/km2"),
    "per_head": (Text("人均 GEP", "GEP per head"), "万元/人"),
    "gdp": (Text("GDP（现价，并列）", "GDP at current prices (beside)"), "亿元"),
    "ratio": (Text("GEP/GDP（绿金指数）", "GEP/GDP"), "1"),
}
_NOTE = Text(
    "GEP 与 GDP 并列，从不相加。缺面积、人口或 GDP 的指标为空，请在统计指标表中填写。",
    "GEP and GDP stand beside each other and never add. Without area, population or GDP in the "
    "table of statistics an indicator is empty.",
)
