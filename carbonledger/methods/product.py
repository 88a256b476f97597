"""Methods whose formula is the product of their arguments: activity x factor, and no more.

Most of an inventory is computed so. The declaration says all there is; the formula is made of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.registry import Formula, method

__all__ = ["product"]

Operand = Any


def product(
    method_id: str,
    *,
    title: Text,
    measure: str,
    units: Mapping[str, str],
    source: str,
    equation: str,
    returns: str = "",
    variants: tuple[Mapping[str, str], ...] = (),
    then: Callable[[Operand], Operand] | None = None,
    generic: bool = True,
) -> None:
    """Declare a method: the product of its arguments, in tonnes of the measure unless it says more.

    ``units`` are those of the arguments, the activity first; ``then`` turns the product into the
    substance of the measure (carbon into CO2) or changes its sign. ``generic`` as in ``method``.
    """
    formula = _formula(tuple(units), then)
    declare = method(
        method_id,
        title=title,
        measure=measure,
        returns=returns or f"t {measure}",
        units=units,
        variants=variants,
        source=source,
        equation=equation,
        linear=True,
        generic=generic,
    )
    declare(formula)


def _formula(names: tuple[str, ...], then: Callable[[Operand], Operand] | None) -> Formula:
    def formula(**values: Operand) -> Operand:
        result = values[names[0]]
        for name in names[1:]:
            result = result * values[name]
        return result if then is None else then(result)

    return formula
