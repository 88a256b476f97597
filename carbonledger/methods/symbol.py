"""Symbols: run a formula on names, printed numbers or cells and read it back as text."""

from typing import Union

__all__ = ["CellSymbol", "Symbol"]

Operand = Union["Symbol", float, int]

_SUM, _PRODUCT, _ATOM = 1, 2, 3


class Symbol:
    """A term of a printed formula.

    A formula that is called with symbols returns its own text, so that what is shown to a reader
    can never differ from what is computed.
    """

    _minus, _times, _over = "−", "×", "÷"

    def __init__(self, text: str, rank: int = _ATOM) -> None:
        self.text = text
        self._rank = rank

    @classmethod
    def call(cls, function: str, *arguments: Operand) -> "Symbol":
        """The application of a named function."""
        return cls(f"{function}({', '.join(str(argument) for argument in arguments)})")

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: Operand) -> "Symbol":
        return self._infix(self, "+", other, _SUM)

    def __radd__(self, other: Operand) -> "Symbol":
        return self._infix(other, "+", self, _SUM)

    def __sub__(self, other: Operand) -> "Symbol":
        return self._infix(self, self._minus, other, _SUM)

    def __rsub__(self, other: Operand) -> "Symbol":
        return self._infix(other, self._minus, self, _SUM)

    def __mul__(self, other: Operand) -> "Symbol":
        return self._infix(self, self._times, other, _PRODUCT)

    def __rmul__(self, other: Operand) -> "Symbol":
        return self._infix(other, self._times, self, _PRODUCT)

    def __truediv__(self, other: Operand) -> "Symbol":
        return self._infix(self, self._over, other, _PRODUCT)

    def __rtruediv__(self, other: Operand) -> "Symbol":
        return self._infix(other, self._over, self, _PRODUCT)

    def __pow__(self, other: Operand) -> "Symbol":
        return type(self)(f"{_wrap(self, _ATOM)}^{_wrap(other, _ATOM)}")

    def __lt__(self, other: Operand) -> "Symbol":
        return type(self)(f"{self} < {other}", 0)

    def __gt__(self, other: Operand) -> "Symbol":
        return type(self)(f"{self} > {other}", 0)

    def __neg__(self) -> "Symbol":
        return type(self)(f"{self._minus}{_wrap(self, _PRODUCT)}", _SUM)

    def _infix(self, left: Operand, operator: str, right: Operand, rank: int) -> "Symbol":
        # The right side of − and ÷ needs brackets already at equal rank: a − (b + c), a ÷ (b × c).
        right_rank = rank + 1 if operator in {self._minus, self._over} else rank
        return type(self)(f"{_wrap(left, rank)} {operator} {_wrap(right, right_rank)}", rank)


class CellSymbol(Symbol):
    """A cell (or what is computed from cells) of a formula of a spreadsheet.

    There a sign binds closer than a power (-2^2 is 4) and powers go from the left, so both stand
    in brackets; angles are in degrees, as the formulas of the methods have them.
    """

    _minus, _times, _over = "-", "*", "/"
    _functions = {  # noqa: RUF012 - a constant of the class
        "exp": "EXP({})",
        "log": "LN({})",
        "max": "MAX({})",
        "min": "MIN({})",
        "sin": "SIN(RADIANS({}))",
        "sqrt": "SQRT({})",
        "where": "IF({})",
    }

    @classmethod
    def call(cls, function: str, *arguments: Operand) -> "Symbol":
        """The application of a function, by its name in a spreadsheet."""
        return cls(cls._functions[function].format(",".join(map(str, arguments))))

    def __pow__(self, other: Operand) -> "Symbol":
        return CellSymbol(f"({super().__pow__(other)})")

    def __neg__(self) -> "Symbol":
        return CellSymbol(f"({super().__neg__()})")


def _rank(operand: Operand) -> int:
    return operand._rank if isinstance(operand, Symbol) else _ATOM


def _wrap(operand: Operand, rank: int) -> str:
    return f"({operand})" if _rank(operand) < rank else str(operand)
