"""Services of ecosystems: one declaration gives the physical formula and its valuations.

A valuation is the physical quantity times a price times ``price_index`` (``model.prices``). Prices
of different kinds have arguments of their own, so that a capital cost never stands where the cost
of a year is meant, nor a price per tonne of carbon where one per tonne of CO2 is.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from carbonledger.errors import Text
from carbonledger.methods.math import co2_to_carbon, number_in, over_a_year
from carbonledger.methods.registry import Formula, method
from carbonledger.model.prices import CONSTANT, CURRENT, MONEY, PRICE_INDEX

__all__ = [
    "Pricing",
    "annual",
    "annualised",
    "capital_as_annual",
    "per_carbon",
    "per_year",
    "product_of",
    "service",
    "valuation",
]

Operand = Any
_TITLES = {
    CURRENT: Text("价值（现价）", "value at current prices"),
    CONSTANT: Text("价值（不变价）", "value at constant prices"),
}


class Pricing(NamedTuple):
    """A way to value a quantity: ``worth`` of the quantity and the arguments in ``units``.

    ``suffix`` tells it from the other ways in the ids of methods; it is empty for a price of the
    year.
    """

    suffix: str
    name: Text
    units: Mapping[str, str]
    worth: Callable[..., Operand]


def annual(price: str, unit: str) -> Pricing:
    """The quantity times a price, charge or cost of the year."""
    return Pricing(
        "", Text("年价格", "price of the year"), {price: unit}, lambda q, **p: q * p[price]
    )


def per_year(price: str, unit: str) -> Pricing:
    """The quantity times a price that is stated per year."""
    return Pricing(
        "",
        Text("年价格", "price of the year"),
        {price: unit},
        lambda q, **p: over_a_year(q * p[price]),
    )


def annualised(price: str, unit: str) -> Pricing:
    """The quantity times the yearly payment of a capital cost: c r / (1 − (1 + r)^−n)."""

    def worth(quantity: Operand, **prices: Operand) -> Operand:
        rate = prices["discount_rate"]
        years = number_in(prices["asset_lifetime"], "a")
        return quantity * prices[price] * rate / (1 - (1 + rate) ** -years)

    return Pricing(
        "annualised",
        Text("造价年金化", "capital cost as an annuity"),
        {price: unit, "discount_rate": "1", "asset_lifetime": "a"},
        worth,
    )


def capital_as_annual(price: str, unit: str) -> Pricing:
    """The quantity times a capital cost, counted in full every year, as published accounts do."""
    return Pricing(
        "capital_as_annual",
        Text("造价按全额计入一年", "whole capital cost in one year"),
        {price: unit},
        lambda q, **p: q * p[price],
    )


def per_carbon(price: str, unit: str) -> Pricing:
    """CO2 valued by a price for the carbon in it."""
    return Pricing(
        "per_carbon",
        Text("碳价按每吨碳", "price per tonne of carbon"),
        {price: unit},
        lambda q, **p: co2_to_carbon(q) * p[price],
    )


def service(
    method_id: str,
    *,
    title: Text,
    measure: str,
    returns: str,
    units: Mapping[str, str],
    source: str,
    equation: str,
    formula: Formula | None = None,
    prices: tuple[Pricing, ...] = (),
    linear: bool = True,
) -> None:
    """Declare a service: its physical quantity and, for every pricing, both of its values.

    ``units`` are those of the formula, the activity first; without ``formula`` it is the product of
    the arguments.
    """
    quantity = formula or product_of(tuple(units))
    _declare(method_id, title, measure, returns, units, quantity, source, equation, linear)
    for pricing in prices:
        valuation(
            method_id,
            title=title,
            units=units,
            pricing=pricing,
            quantity=quantity,
            source=source,
            equation=equation,
            linear=linear,
        )


def valuation(
    method_id: str,
    *,
    title: Text,
    units: Mapping[str, str],
    pricing: Pricing,
    quantity: Formula,
    source: str,
    equation: str,
    linear: bool = True,
) -> None:
    """Declare the values of a quantity by one pricing: at current and at constant prices."""

    def worth(**values: Operand) -> Operand:
        amount = quantity(**{name: values[name] for name in units})
        priced = pricing.worth(amount, **{name: values[name] for name in pricing.units})
        return priced * values[PRICE_INDEX]

    suffix = f".{pricing.suffix}" if pricing.suffix else ""
    for measure, kind in _TITLES.items():
        _declare(
            f"{method_id}.{measure}{suffix}",
            Text(
                f"{title.zh}：{kind.zh}，{pricing.name.zh}",
                f"{title.en}: {kind.en}, {pricing.name.en}",
            ),
            measure,
            MONEY,
            {**units, **pricing.units, PRICE_INDEX: "1"},
            worth,
            source,
            equation,
            linear,
        )


def product_of(names: tuple[str, ...]) -> Formula:
    """The product of arguments, as a formula."""

    def formula(**values: Operand) -> Operand:
        result = values[names[0]]
        for name in names[1:]:
            result = result * values[name]
        return result

    return formula


def _declare(
    method_id: str,
    title: Text,
    measure: str,
    returns: str,
    units: Mapping[str, str],
    formula: Formula,
    source: str,
    equation: str,
    linear: bool,
) -> None:
    def named(**values: Operand) -> Operand:
        return formula(**values)

    declare = method(
        method_id,
        title=title,
        measure=measure,
        returns=returns,
        units=units,
        source=source,
        equation=equation,
        linear=linear,
        generic=False,
    )
    declare(named)
