"""Cultural services: tourism and health, recreation, landscape."""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.service import (
    Pricing,
    annual,
    annualised,
    product_of,
    service,
    valuation,
)
from carbonledger.model.prices import MONEY

Operand = Any

_MEE = "gep-mee-2020"
_UNCHECKED = "（式号未核对 / number not checked）"
_COST = {
    "travel_expense": "CNY/visit",
    "travel_time": "h/visit",
    "wage": "CNY/h",
    "time_value_share": "1",
}


def _zonal(
    visits: Operand,
    travel_expense: Operand,
    travel_time: Operand,
    wage: Operand,
    time_value_share: Operand,
    nature_share: Operand,
) -> Operand:
    cost = travel_expense + travel_time * wage * time_value_share
    return visits * cost * nature_share


def _individual(
    visits: Operand,
    travel_expense: Operand,
    time_expense: Operand,
    travel_cost_coefficient: Operand,
    nature_share: Operand,
) -> Operand:
    surplus = 1 / travel_cost_coefficient
    return visits * (travel_expense + time_expense + surplus) * nature_share


service(
    "gep.tourism",
    title=Text("旅游康养", "Tourism and health"),
    measure="visits",
    returns="visit",
    units={"visits": "visit"},
    prices=(
        Pricing(
            "zonal",
            Text("分区旅行费用法", "zonal travel cost"),
            {**_COST, "nature_share": "1"},
            _zonal,
        ),
        Pricing(
            "individual",
            Text("个人旅行费用法（含消费者剩余）", "individual travel cost, with surplus"),
            {
                "travel_expense": "CNY/visit",
                "time_expense": "CNY/visit",
                "travel_cost_coefficient": "visit/CNY",
                "nature_share": "1",
            },
            _individual,
        ),
    ),
    source=_MEE,
    equation=f"V = Σ N·TC; CS = 1/β{_UNCHECKED}",
)
valuation(
    "gep.tourism.income",
    title=Text("旅游康养（旅游收入乘扩展系数）", "Tourism and health (income times a factor)"),
    units={"tourism_income": MONEY, "tourism_expansion": "1", "nature_share": "1"},
    pricing=Pricing("", Text("已是金额", "already money"), {}, lambda quantity: quantity),
    quantity=product_of(("tourism_income", "tourism_expansion", "nature_share")),
    source="gep-garze-2017",
    equation="表3 / Table 3: 70.67 = 3 × 23.56",
)
valuation(
    "gep.tourism.entered",
    title=Text("旅游康养（录入价值）", "Tourism and health (value entered)"),
    units={"tourism_value": MONEY},
    pricing=Pricing("", Text("已是金额", "already money"), {}, lambda quantity: quantity),
    quantity=product_of(("tourism_value",)),
    source="gep-garze-2017",
    equation="V as entered / 录入价值",
)
service(
    "gep.recreation",
    title=Text("休闲游憩", "Recreation of residents"),
    measure="recreation_visits",
    returns="visit",
    units={"recreation_visits": "visit"},
    prices=(
        Pricing(
            "",
            Text("按时间价值", "by the value of time"),
            {"hours_per_visit": "h/visit", "hour_value": "CNY/h"},
            lambda visits, hours_per_visit, hour_value: visits * hours_per_visit * hour_value,
        ),
        annual("substitute_fee", "CNY/visit")._replace(
            suffix="substitute_fee", name=Text("按替代收费", "by a substitute fee")
        ),
    ),
    source="gep-ndrc-2022",
    equation=f"V = Σ N·h·v{_UNCHECKED}",
)


def _premium(base: Pricing) -> Pricing:
    """A pricing of which only the share that the landscape adds counts."""
    return base._replace(
        units={**base.units, "premium_share": "1"},
        worth=lambda quantity, premium_share, **prices: (
            base.worth(quantity, **prices) * premium_share
        ),
    )


service(
    "gep.landscape.housing",
    title=Text("景观增值：住宅", "Landscape premium of housing"),
    measure="housing_with_view",
    returns="m2",
    units={"housing_area": "m2"},
    prices=(
        _premium(annualised("housing_capital_cost", "CNY/m2")),
        _premium(annual("housing_rent", "CNY/m2")),
    ),
    source="gep-ndrc-2022",
    equation=f"V = Σ A·p·γ, annualised{_UNCHECKED}",
)
service(
    "gep.landscape.hotels",
    title=Text("景观增值：酒店", "Landscape premium of hotels"),
    measure="room_nights",
    returns="room_night",
    units={"room_nights": "room_night"},
    prices=(_premium(annual("room_price", "CNY/room_night")),),
    source="gep-ndrc-2022",
    equation=f"V = Σ N·p·γ{_UNCHECKED}",
)
