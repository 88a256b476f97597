"""The canonical spelling of a unit: one that reads back as the same unit."""

from collections.abc import Sequence
from functools import cache

from carbonledger.units.grammar import Term
from carbonledger.units.table import table

__all__ = ["canonical"]


def canonical(terms: Sequence[Term]) -> str:
    """The terms in their order, the denominator behind one slash: ``kg CH4/(头·a)``."""
    above = [_spell(term) for term in terms if term.power > 0 and not term.row.trivial]
    below = [_spell(term) for term in terms if term.power < 0]
    numerator = "·".join(above) or "1"
    if len(below) > 1:
        return f"{numerator}/({'·'.join(below)})"
    return "/".join([numerator, *below])


def _spell(term: Term) -> str:
    power = str(abs(term.power)) if abs(term.power) > 1 else ""
    substance = f" {term.substance.spelling}" if term.substance else ""
    basis = f"({term.basis.spelling})" if term.basis and not term.basis.trivial else ""
    return f"{_multiplier(term.multiplier)}{term.row.spelling}{power}{substance}{basis}"


def _multiplier(value: int) -> str:
    if value == 1:
        return ""
    return _words().get(value) or f"10^{len(str(value)) - 1} "


@cache
def _words() -> dict[int, str]:
    return {row.factor.numerator: row.spelling for row in table().rows if row.kind == "multiplier"}
