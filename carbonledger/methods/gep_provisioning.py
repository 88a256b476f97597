"""Material products: what ecosystems supply, at market prices.

Three conventions exclude one another, so a profile takes one: the gross output of the yearbook, the
net output, and the contribution of the ecosystem alone.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.service import Pricing, annual, product_of, service, valuation
from carbonledger.model.prices import MONEY

Operand = Any

_MEE = "gep-mee-2020"
_NDRC = "gep-ndrc-2022"
_GARZE = "gep-garze-2017"
_P1 = "V = Σ Q·p（式号未核对 / number not checked）"
_TITLE = Text("农林牧渔产品", "Products of farming, forestry, livestock, fishery")
_NOTHING_MORE = Pricing("", Text("已是金额", "already money"), {}, lambda quantity: quantity)


def _money(method_id: str, title: Text, units: dict[str, str], formula: Any, source: str) -> None:
    """Declare what is entered as money: no physical quantity, only its values."""
    valuation(
        method_id,
        title=title,
        units=units,
        pricing=_NOTHING_MORE,
        quantity=formula,
        source=source,
        equation=_P1,
        linear=len(units) == 1 or "contribution_share" in units,
    )


_money(
    "gep.product.gross",
    Text("产品总产值", "Gross output"),
    {"gross_output": MONEY},
    product_of(("gross_output",)),
    _MEE,
)
_money(
    "gep.product.net",
    Text("产品净产值", "Net output"),
    {"net_output": MONEY},
    product_of(("net_output",)),
    _GARZE,
)
_money(
    "gep.product.less_intermediate",
    Text("产品总产值扣除中间消耗", "Gross output less intermediate consumption"),
    {"gross_output": MONEY, "intermediate_consumption": MONEY},
    lambda gross_output, intermediate_consumption: gross_output - intermediate_consumption,
    _GARZE,
)
_money(
    "gep.product.residual_rent",
    Text("产品剩余租金（剥离生产要素）", "Residual rent (other factors of production deducted)"),
    {
        "gross_output": MONEY,
        "intermediate_consumption": MONEY,
        "labour_cost": MONEY,
        "capital_user_cost": MONEY,
    },
    lambda gross_output, intermediate_consumption, labour_cost, capital_user_cost: (
        gross_output - intermediate_consumption - labour_cost - capital_user_cost
    ),
    _NDRC,
)
_money(
    "gep.product.contribution",
    Text("产品的生态系统贡献", "Contribution of the ecosystem to output"),
    {"gross_output": MONEY, "contribution_share": "1"},
    product_of(("gross_output", "contribution_share")),
    _NDRC,
)
# What comes from outside of the area is entered as a positive amount and deducted.
_money(
    "gep.product.outside",
    Text("区域外生态产品价值扣减", "Products not from the area, deducted"),
    {"outside_value": MONEY},
    lambda outside_value: -outside_value,
    "gbt-46869-2025",
)

for _key, _argument, _unit, _measure, _name in (
    ("mass", "product_mass", "t", "product_mass", Text("按重量", "by mass")),
    ("animals", "product_animals", "head", "product_animals", Text("按头数", "by heads")),
    ("volume", "product_volume", "m3", "product_volume", Text("按体积", "by volume")),
):
    service(
        f"gep.product.{_key}",
        title=Text(f"{_TITLE.zh}（{_name.zh}）", f"{_TITLE.en} ({_name.en})"),
        measure=_measure,
        returns=_unit,
        units={_argument: _unit},
        prices=(annual("producer_price", f"CNY/{_unit}"),),
        source=_MEE,
        equation=_P1,
    )

service(
    "gep.water_supply",
    title=Text("水资源供给", "Water supply"),
    measure="water_supplied",
    returns="m3",
    units={"water_used": "m3"},
    prices=(annual("water_tariff", "CNY/m3"),),
    source=_GARZE,
    equation="式(1) / eq 1: V = Σ W·p",
)
service(
    "gep.energy",
    title=Text("生态能源", "Ecological energy"),
    measure="energy_supplied",
    returns="kWh",
    units={"energy_generated": "kWh"},
    prices=(annual("electricity_price", "CNY/kWh"),),
    source=_GARZE,
    equation="V = E·p（式号未核对 / number not checked）",
)
