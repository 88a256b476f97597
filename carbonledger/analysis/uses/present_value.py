"""Present value of annual flows: the value of an ecosystem asset.

An ordinary annuity is paid at the end of each year, an annuity-due at its start; the two differ by
the factor 1 + r, and published values often do not say which they are. So there is no default.
"""

from carbonledger.analysis.uses.table import Column, Row, UseTable, problem_at, rule_note, total
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.library.uses import rule_values
from carbonledger.model.problem import Grade
from carbonledger.model.uses import Rule

__all__ = ["asset_values", "due", "present_value"]

_DUE = {"期初": True, "年初": True, "start": True, "due": True}
_DUE |= {"期末": False, "年末": False, "end": False, "ordinary": False}


def present_value(flow: float, rate: float, years: float, *, at_start: bool) -> float:
    """The present value of a constant annual flow.

    F·(1 − (1 + r)^−n)/r, times 1 + r for an annuity-due; F·n without discounting.

    Args:
        flow: the flow of each year.
        rate: the discount rate as a fraction, above -1.
        years: the number of years.
        at_start: whether each year's flow falls due at its start (annuity-due).
    """
    if rate == 0:
        return flow * years
    ordinary = flow * (1 - float((1 + rate) ** -years)) / rate
    return ordinary * (1 + rate) if at_start else ordinary


def due(text: str) -> bool:
    """Whether a flow falls due at the start of the year (期初) or at its end (期末).

    Raises:
        CarbonledgerError: if the text says neither.
    """
    known = _DUE.get(text.strip().lower())
    if known is None:
        raise CarbonledgerError(
            f"收付时点“{text}”应写“期初”或“期末”：两者的净现值相差 1 + 贴现率 倍，没有默认值。",
            f"The timing '{text}' is 期初 (start of the year) or 期末 (end): the present values "
            "differ by the factor 1 + rate, and there is no default.",
        )
    return known


def asset_values(source: UseRows, rule: Rule | None = None, document: str = "") -> UseTable:
    """The present value of each asset of the table, with the other timing beside it.

    Args:
        source: rows of the input table ``present_value``.
        rule: the rule that gives rate and years where a row has none; None: rows must have them.
        document: the title of the document of the rule.

    Raises:
        CarbonledgerError: if a row lacks rate or years and no rule gives them, or its timing is
            not understood.
    """
    rates = {} if rule is None else {each.key: each.value for each in rule_values(rule, "rate")}
    rows = [_asset(row, rates) for row in source.rows]
    years = {row["price_year"] for row in rows}
    problems = []
    if len(years) == 1:
        sums = {name: total(row[name] for row in rows) for name in ("value", "other_timing")}
        rows.append({"asset": "合计 / Total", "price_year": years.pop()} | sums)
    else:
        problems.append(problem_at(source, None, Grade.B, "price-years-differ", *_APART))
    notes = [_NOTE] + ([] if rule is None else [rule_note(rule, document)])
    return UseTable(_TITLE, _COLUMNS, rows, notes, problems)


def _asset(row: UseRow, rates: dict[str, float | None]) -> Row:
    rate = row.optional("rate")
    years = row.optional("years")
    rate = rates.get("rate") if rate is None else rate
    years = rates.get("years") if years is None else years
    if rate is None or years is None:
        raise CarbonledgerError(
            f"第 {row.row} 行（{row.text('asset')}）没有贴现率或年数。请在表中填写，或用 --rule "
            "指定给出它们的文献，例如 forest-asset-2017。",
            f"Row {row.row} ({row.text('asset')}) has no discount rate or no number of years. "
            "Write them, or name a document that gives them with --rule, such as "
            "forest-asset-2017.",
        )
    flow, at_start = row.number("flow"), due(row.text("timing"))
    return {
        "asset": row.text("asset"),
        "flow": flow,
        "price_year": row.values["price_year"],
        "rate": rate,
        "years": years,
        "timing": "期初 start" if at_start else "期末 end",
        "value": present_value(flow, rate / 100, years, at_start=at_start),
        "other_timing": present_value(flow, rate / 100, years, at_start=not at_start),
    }


_TITLE = Text("生态资产净现值", "Net present value of ecosystem assets")
_COLUMNS = (
    Column("asset", Text("资产", "Asset")),
    Column("flow", Text("年流量", "Annual flow"), "元/a"),
    Column("price_year", Text("价格年份", "Price year"), decimals=0),
    Column("rate", Text("贴现率", "Discount rate"), "%"),
    Column("years", Text("年数", "Years"), "a", 0),
    Column("timing", Text("收付时点", "Timing")),
    Column("value", Text("净现值", "Present value"), "元"),
    Column("other_timing", Text("另一时点的净现值", "At the other timing"), "元"),
)
_NOTE = Text(
    "净现值 = F·(1−(1+r)^−n)/r（期末收付，普通年金）；期初收付（先付年金）再乘 1+r。",
    "Present value = F·(1−(1+r)^−n)/r at the end of each year (ordinary annuity); at the start "
    "(annuity-due) times 1+r.",
)
_APART = (
    Text("价格年份不同，没有加总。", "The price years differ, so no total is given."),
    Text("请先把各行换算到同一价格年份。", "Bring the rows to one price year first."),
)
