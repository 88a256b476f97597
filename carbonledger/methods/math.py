"""The functions that a formula may use beside arithmetic operators.

Each works on whatever a formula runs on: numbers, NumPy arrays, Narwhals expressions (DuckDB,
PySpark, pandas, Polars), Pint quantities (the proof of units) and symbols (the printed formula).
"""

import math
from typing import Any

import narwhals as nw

from carbonledger import units
from carbonledger.methods.symbol import Symbol

__all__ = [
    "carbon_to_co2",
    "carbon_to_methane",
    "co2_to_carbon",
    "co2_to_oxygen",
    "exp",
    "first_order_decay",
    "log",
    "maximum",
    "minimum",
    "nitrogen_to_n2o",
    "number_in",
    "of_unit",
    "over_a_year",
    "sine",
    "sqrt",
    "where",
]

# Molar masses rounded as every guideline rounds them: CO2 44, CH4 16, C 12, N2O 44, N2 28 (IPCC
# 2006 Vol. 2 eq. 2.1 ff., Vol. 5 eq. 3.6, Vol. 4 eq. 11.1).
CO2_PER_C = 44 / 12
CH4_PER_C = 16 / 12
N2O_PER_N = 44 / 28
O2_PER_CO2 = 32 / 44
C_PER_CO2 = 12 / 44
RADIANS_PER_DEGREE = math.pi / 180

Operand = Any  # a formula is generic over engines that share no base type


def carbon_to_co2(carbon: Operand) -> Operand:
    """Mass of carbon dioxide that holds this mass of carbon; the one place of 44/12."""
    return _substance(carbon, CO2_PER_C, "CO2/C", "44/12")


def carbon_to_methane(carbon: Operand) -> Operand:
    """Mass of methane that holds this mass of carbon; the one place of 16/12."""
    return _substance(carbon, CH4_PER_C, "CH4/C", "16/12")


def nitrogen_to_n2o(nitrogen: Operand) -> Operand:
    """Mass of nitrous oxide that holds this mass of nitrogen (N2O-N); the one place of 44/28."""
    return _substance(nitrogen, N2O_PER_N, "N2O/N2O-N", "44/28")


def co2_to_oxygen(co2: Operand) -> Operand:
    """Mass of oxygen released where photosynthesis binds this mass of CO2; the place of 32/44."""
    return _substance(co2, O2_PER_CO2, "O2/CO2", "32/44")


def co2_to_carbon(co2: Operand) -> Operand:
    """Mass of carbon in this mass of carbon dioxide; the one place of 12/44."""
    return _substance(co2, C_PER_CO2, "C/CO2", "12/44")


def over_a_year(rate: Operand) -> Operand:
    """What a rate per year amounts to in the one year that a period is."""
    return rate * units.quantity(1.0, "a") if _is_quantity(rate) else rate


def number_in(value: Operand, unit: str) -> Operand:
    """The plain number that a power or an exponential takes: a diameter in cm, a rate in 1/a."""
    return (value / units.quantity(1.0, unit)).to("").magnitude if _is_quantity(value) else value


def of_unit(number: Operand, unit: str, like: Operand) -> Operand:
    """The result of an empirical equation in its unit; a quantity where ``like`` is one."""
    return number * units.quantity(1.0, unit) if _is_quantity(like) else number


def first_order_decay(deposited: Operand, rate: Operand) -> Operand:
    """What decomposes in each year of what was deposited in the years before.

    A deposit begins to decay in the year after it (IPCC 2006 Vol. 5, eq. 3.4 and 3.5).

    Args:
        deposited: the mass deposited in each year, an array over consecutive years.
        rate: the share per year that decays, 1/a, an array of the same length.

    Returns:
        The mass decomposed in each year, in the unit of the deposits.
    """
    left = exp(-over_a_year(rate))
    decomposed = deposited * 0.0
    stock = deposited[0] * 0.0
    for year in range(len(deposited)):
        decomposed[year] = stock * (1.0 - left[year])
        stock = stock * left[year] + deposited[year]
    return decomposed


def exp(x: Operand) -> Operand:
    """The exponential of a dimensionless argument."""
    return _apply("exp", x)


def log(x: Operand) -> Operand:
    """The natural logarithm of a dimensionless argument."""
    return _apply("log", x)


def sine(degrees: Operand) -> Operand:
    """The sine of an angle in degrees."""
    if isinstance(degrees, Symbol):
        return degrees.call("sin", degrees)
    return _apply("sin", number_in(degrees, "deg") * RADIANS_PER_DEGREE)


def sqrt(x: Operand) -> Operand:
    """The square root."""
    return _apply("sqrt", x)


def where(condition: Operand, then: Operand, otherwise: Operand) -> Operand:
    """``then`` where the condition holds, else ``otherwise``; all three of one engine."""
    if isinstance(condition, Symbol):
        return condition.call("where", condition, then, otherwise)
    if isinstance(condition, nw.Expr):
        return nw.when(condition).then(then).otherwise(otherwise)
    import numpy as np  # noqa: PLC0415 - not needed where expressions are built

    return np.where(condition, then, otherwise)


def minimum(a: Operand, b: Operand) -> Operand:
    """The smaller of two."""
    return _pick("min", a, b)


def maximum(a: Operand, b: Operand) -> Operand:
    """The larger of two."""
    return _pick("max", a, b)


def _apply(name: str, x: Operand) -> Operand:
    if isinstance(x, Symbol):
        return x.call(name, x)
    if isinstance(x, nw.Expr):
        return getattr(x, name)()
    import numpy as np  # noqa: PLC0415 - not needed where expressions are built

    return getattr(np, name)(x)


def _pick(name: str, a: Operand, b: Operand) -> Operand:
    symbol = next((each for each in (a, b) if isinstance(each, Symbol)), None)
    if symbol is not None:
        return symbol.call(name, a, b)
    if isinstance(a, nw.Expr) or isinstance(b, nw.Expr):
        smaller = a < b
        return nw.when(smaller if name == "min" else ~smaller).then(a).otherwise(b)
    import numpy as np  # noqa: PLC0415 - not needed where expressions are built

    return (np.minimum if name == "min" else np.maximum)(a, b)


def _substance(amount: Operand, ratio: float, unit: str, printed: str) -> Operand:
    if isinstance(amount, Symbol):
        return amount * Symbol(printed)
    if _is_quantity(amount):
        return amount * units.quantity(ratio, unit)
    return amount * ratio


def _is_quantity(value: Operand) -> bool:
    # Asking by attribute spares the engines that never see Pint the import of it.
    return hasattr(value, "magnitude") and hasattr(value, "dimensionality")
