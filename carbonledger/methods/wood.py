"""Harvested wood products: a pool that new products enter and that decays by first order.

    C(i+1) = exp(-k) C(i) + (1 - exp(-k)) / k x inflow(i),  k = ln 2 / half-life

(IPCC 2006 Vol. 4 Ch. 12 eq 12.1; 2019 Refinement eq 12.2). In a steady state the pool is inflow/k.
Entries name the class of products as their item, since each has its half-life. Results stand in the
inventory as a change of stock (a rise is a removal, negative) or as a sink estimate (positive).
"""

import math
from collections.abc import Callable
from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, exp, number_in
from carbonledger.methods.registry import method

__all__ = ["stock_of_products"]

Operand = Any

_EQUATION = "IPCC 2019 Vol. 4 Ch. 12 eq 12.2"
_UNITS = {
    "wood_products": "m3",
    "product_carbon": "t C/m3",
    "product_half_life": "a",
}
_BY_MASS = {"wood_products": "t", "product_carbon": "t C/t"}
_EARLIER = {"earlier_wood_products": "m3"}
_WORDS = (
    "inflow[T] = wood_products × product_carbon; C[T+1] = C[T] × exp(−k) + inflow[T] × "
    "(1 − exp(−k)) ÷ k; k = ln 2 ÷ product_half_life; (C[T+1] − C[T]) × 44/12"
)
_START = "C[first] = earlier_wood_products × product_carbon ÷ k; "


def stock_of_products(inflow: Operand, half_life: Operand, earlier: Operand = None) -> Operand:
    """The change of the carbon of products in each year.

    Args:
        inflow: carbon of the products made in each year, an array over consecutive years.
        half_life: of the products, years, an array of the same length.
        earlier: carbon of the products made in each year before the first, whose pool is taken to
            be in a steady state; without it the pool begins empty.

    Returns:
        The change of the pool in each year, in the unit of the inflow.
    """
    rate = math.log(2) / number_in(half_life, "a")
    kept = exp(-rate)
    change = inflow * 0.0
    stock = inflow[0] * 0.0 if earlier is None else earlier[0] / rate[0]
    for year in range(len(inflow)):
        after = stock * kept[year] + inflow[year] * ((1.0 - kept[year]) / rate[year])
        change[year] = after - stock
        stock = after
    return change


def _declare(key: str, title: Text, sign: int, *, steady: bool) -> None:
    declare = method(
        key,
        title=title,
        measure="CO2",
        returns="t CO2",
        units={**_UNITS, **(_EARLIER if steady else {})},
        variants=({**_BY_MASS, **({"earlier_wood_products": "t"} if steady else {})},),
        source="ipcc-2019-v4",
        equation=_EQUATION,
        linear=not steady,
        series=(_START if steady else "") + _WORDS,
        generic=False,
    )
    declare(_steady(sign) if steady else _empty(sign))


def _empty(sign: int) -> Callable[..., Operand]:
    def formula(
        wood_products: Operand, product_carbon: Operand, product_half_life: Operand
    ) -> Operand:
        inflow = wood_products * product_carbon
        return sign * carbon_to_co2(stock_of_products(inflow, product_half_life))

    return formula


def _steady(sign: int) -> Callable[..., Operand]:
    def formula(
        wood_products: Operand,
        product_carbon: Operand,
        product_half_life: Operand,
        earlier_wood_products: Operand,
    ) -> Operand:
        earlier = earlier_wood_products * product_carbon
        inflow = wood_products * product_carbon
        return sign * carbon_to_co2(stock_of_products(inflow, product_half_life, earlier))

    return formula


for _book, _sign, _zh, _en in (
    ("inventory", -1, "清单", "inventory"),
    ("sink", 1, "碳汇估算", "sink estimate"),
):
    _declare(
        f"wood.{_book}.steady",
        Text(
            f"木质林产品碳储量变化（{_zh}，此前为稳态）",
            f"Change of harvested wood products ({_en}, steady state before)",
        ),
        _sign,
        steady=True,
    )
    _declare(
        f"wood.{_book}",
        Text(
            f"木质林产品碳储量变化（{_zh}，自零开始）",
            f"Change of harvested wood products ({_en}, from an empty pool)",
        ),
        _sign,
        steady=False,
    )
