"""Symbols: run a formula on names or printed numbers and read it back as text."""

from typing import Union

__all__ = ["Symbol"]

Operand = Union["Symbol", float, int]

_SUM, _PRODUCT, _ATOM = 1, 2, 3


class Symbol:
    """A term of a printed formula.

    A formula that is called with symbols returns its own text, so that what is shown to a reader
    can never differ from what is computed.
    """

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
        return _infix(self, "+", other, _SUM)

    def __radd__(self, other: Operand) -> "Symbol":
        return _infix(other, "+", self, _SUM)

    def __sub__(self, other: Operand) -> "Symbol":
        return _infix(self, "−", other, _SUM)

    def __rsub__(self, other: Operand) -> "Symbol":
        return _infix(other, "−", self, _SUM)

    def __mul__(self, other: Operand) -> "Symbol":
        return _infix(self, "×", other, _PRODUCT)

    def __rmul__(self, other: Operand) -> "Symbol":
        return _infix(other, "×", self, _PRODUCT)

    def __truediv__(self, other: Operand) -> "Symbol":
        return _infix(self, "÷", other, _PRODUCT)

    def __rtruediv__(self, other: Operand) -> "Symbol":
        return _infix(other, "÷", self, _PRODUCT)

    def __pow__(self, other: Operand) -> "Symbol":
        return Symbol(f"{_wrap(self, _ATOM)}^{_wrap(other, _ATOM)}")

    def __lt__(self, other: Operand) -> "Symbol":
        return Symbol(f"{self} < {other}", 0)

    def __gt__(self, other: Operand) -> "Symbol":
        return Symbol(f"{self} > {other}", 0)

    def __neg__(self) -> "Symbol":
        return Symbol(f"−{_wrap(self, _PRODUCT)}", _SUM)


def _rank(operand: Operand) -> int:
    return operand._rank if isinstance(operand, Symbol) else _ATOM


def _wrap(operand: Operand, rank: int) -> str:
    return f"({operand})" if _rank(operand) < rank else str(operand)


def _infix(left: Operand, operator: str, right: Operand, rank: int) -> "Symbol":
    # The right side of − and ÷ needs brackets already at equal rank: a − (b + c), a ÷ (b × c).
    right_rank = rank + 1 if operator in "−÷" else rank
    return Symbol(f"{_wrap(left, rank)} {operator} {_wrap(right, right_rank)}", rank)
