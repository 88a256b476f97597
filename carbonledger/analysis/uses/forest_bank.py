"""Contracts of a forest ecological bank (森林生态银行, Shunchang): custody of forest for a term.

NPV = Σ a/(1+r)^t + s·(R − C)/(1+r)^T: yearly payments a over T years and at the end the share s of
the timber income R net of the cost of care C.
"""

from carbonledger.analysis.uses.present_value import due, present_value
from carbonledger.analysis.uses.table import Column, Row, UseTable, problem_at, total
from carbonledger.errors import Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.model.problem import Grade, Problem

__all__ = ["forest_contracts"]


def forest_contracts(source: UseRows) -> UseTable:
    """What each contract pays to the owner, undiscounted and as present value, in CNY.

    Args:
        source: rows of the input table ``forest_bank``.
    """
    rows = [_contract(row) for row in source.rows]
    if len({row["price_year"] for row in rows}) == 1:
        names = ("area", "annual_total", "timber", "value")
        sums = {
            name: total(value for row in rows if isinstance(value := row[name], float))
            for name in names
        }
        total_row: Row = {"contract": "合计 / Total"}
        rows.append(total_row | sums)
    return UseTable(_TITLE, _COLUMNS, rows, [_NOTE], _losses(source))


def _contract(row: UseRow) -> Row:
    years, rate = row.number("years"), row.number("rate") / 100
    annual, area = row.number("annual_payment"), row.number("area")
    net = row.number("timber_income") - row.number("care_cost")
    timber = row.number("share") / 100 * net
    paid = present_value(annual, rate, years, at_start=due(row.text("timing")))
    value = paid + timber / (1 + rate) ** years
    return {
        "contract": row.text("contract"),
        "area": area,
        "years": years,
        "annual_payment": annual,
        "per_area": annual / area if area else None,
        "annual_total": annual * years,
        "timber": timber,
        "rate": row.number("rate"),
        "price_year": row.values["price_year"],
        "value": value,
        "value_per_area": value / area if area else None,
    }


def _losses(source: UseRows) -> list[Problem]:
    return [
        problem_at(
            source,
            row,
            Grade.C,
            "care-above-income",
            Text(
                f"{row.text('contract')}：管护成本大于主伐收入，农户分成是负数。",
                f"{row.text('contract')}: the cost of care exceeds the timber income, so the "
                "share of the owner is negative.",
            ),
            Text(
                "请核对两个数；合同约定不分担亏损时请按约定填写。",
                "Check both; if the contract shares no loss, write what it says.",
            ),
        )
        for row in source.rows
        if row.number("care_cost") > row.number("timber_income")
    ]


_TITLE = Text("森林生态银行合同", "Contracts of a forest ecological bank")
_COLUMNS = (
    Column("contract", Text("合同", "Contract")),
    Column("area", Text("面积", "Area"), "亩"),
    Column("years", Text("年限", "Years"), "a", 0),
    Column("annual_payment", Text("每年支付", "Paid each year"), "元/a"),
    Column("per_area", Text("每亩每年", "Per mu and year"), "元/(亩·a)"),
    Column("annual_total", Text("年支付合计（不贴现）", "Payments (undiscounted)"), "元"),
    Column("timber", Text("主伐分成（不贴现）", "Share of timber (undiscounted)"), "元"),
    Column("rate", Text("贴现率", "Discount rate"), "%"),
    Column("price_year", Text("价格年份", "Price year"), decimals=0),
    Column("value", Text("净现值", "Present value"), "元"),
    Column("value_per_area", Text("每亩净现值", "Present value per mu"), "元/亩"),
)
_NOTE = Text(
    "净现值 = Σ a/(1+r)^t + s·(R−C)/(1+r)^T。贴现率、主伐收入和管护成本由用户填写，"
    "没有公布的标准。",
    "Present value = Σ a/(1+r)^t + s·(R−C)/(1+r)^T. Rate, timber income and cost of care are the "
    "user's: no standard publishes them.",
)
