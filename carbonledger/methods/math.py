"""The functions that a formula may use beside arithmetic operators.

Each works on whatever a formula runs on: numbers, NumPy arrays, Narwhals expressions (DuckDB,
PySpark, pandas, Polars), Pint quantities (the proof of units) and symbols (the printed formula).
"""

from typing import Any

import narwhals as nw

from carbonledger import units
from carbonledger.methods.symbol import Symbol

__all__ = ["carbon_to_co2", "exp", "log", "maximum", "minimum", "sqrt", "where"]

# Molar masses rounded as every guideline rounds them: CO2 44, C 12 (IPCC 2006 Vol. 2, eq. 2.1 ff.).
CO2_PER_C = 44 / 12

Operand = Any  # a formula is generic over engines that share no base type


def carbon_to_co2(carbon: Operand) -> Operand:
    """Mass of carbon dioxide that holds this mass of carbon; the one place of 44/12."""
    if isinstance(carbon, Symbol):
        return carbon * Symbol("44/12")
    if _is_quantity(carbon):
        return carbon * units.quantity(CO2_PER_C, "CO2/C")
    return carbon * CO2_PER_C


def exp(x: Operand) -> Operand:
    """The exponential of a dimensionless argument."""
    return _apply("exp", x)


def log(x: Operand) -> Operand:
    """The natural logarithm of a dimensionless argument."""
    return _apply("log", x)


def sqrt(x: Operand) -> Operand:
    """The square root."""
    return _apply("sqrt", x)


def where(condition: Operand, then: Operand, otherwise: Operand) -> Operand:
    """``then`` where the condition holds, else ``otherwise``; all three of one engine."""
    if isinstance(condition, Symbol):
        return Symbol.call("where", condition, then, otherwise)
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
        return Symbol.call(name, x)
    if isinstance(x, nw.Expr):
        return getattr(x, name)()
    import numpy as np  # noqa: PLC0415 - not needed where expressions are built

    return getattr(np, name)(x)


def _pick(name: str, a: Operand, b: Operand) -> Operand:
    if isinstance(a, Symbol) or isinstance(b, Symbol):
        return Symbol.call(name, a, b)
    if isinstance(a, nw.Expr) or isinstance(b, nw.Expr):
        smaller = a < b
        return nw.when(smaller if name == "min" else ~smaller).then(a).otherwise(b)
    import numpy as np  # noqa: PLC0415 - not needed where expressions are built

    return (np.minimum if name == "min" else np.maximum)(a, b)


def _is_quantity(value: Operand) -> bool:
    # Asking by attribute spares the engines that never see Pint the import of it.
    return hasattr(value, "magnitude") and hasattr(value, "dimensionality")
