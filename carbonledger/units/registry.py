"""The closed list as exact factors and dimensions, and as a Pint registry.

Pint makes the quantities by which methods prove their units, and never sees a text: units reach it
as names of the list with powers. What a run needs, factors and dimensions, is multiplied up here
(``resolve``), because Pint takes longer to start than a small inventory to compute.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from carbonledger.errors import Text
from carbonledger.units.table import Row, table

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["Powers", "measures", "registry", "resolve"]

Powers = tuple[tuple[str, int], ...]

_BUILDING = Lock()


def registry() -> "UnitRegistry[Any]":
    """The registry: the listed units and nothing else, with exact (rational) factors.

    Quantities made with it must not be sent to another process, where Pint would read them by a
    registry of its own.
    """
    with _BUILDING:  # two threads must not get two registries, whose quantities would not mix
        return _build()


@cache
def _build() -> "UnitRegistry[Any]":
    # Any below: Pint's annotations know float factors only, its code takes any number.
    from pint import UnitRegistry  # noqa: PLC0415 - 0.15 s that --help need not pay
    from pint.facets.plain import ScaleConverter, UnitDefinition  # noqa: PLC0415
    from pint.util import UnitsContainer  # noqa: PLC0415

    built: Any = UnitRegistry(None, non_int_type=Fraction)
    for row in _rows().values():
        factor: Any = row.factor
        scale = ScaleConverter(factor)
        of = UnitsContainer(dict(row.of))
        built.define(UnitDefinition(row.unit, None, (), scale, of))
    registry: UnitRegistry[Any] = built
    return registry


def resolve(parts: Iterable[tuple[str, int]]) -> tuple[Fraction, Powers]:
    """The exact factor to the base units, and the powers of the dimensions, by name."""
    factor, powers = Fraction(1), dict[str, int]()
    for name, power in parts:
        scale, dimensions = _resolved(name)
        factor *= scale**power
        for dimension, times in dimensions:
            powers[dimension] = powers.get(dimension, 0) + times * power
    return factor, tuple(sorted((name, power) for name, power in powers.items() if power))


@cache
def _resolved(name: str) -> tuple[Fraction, Powers]:
    """One unit of the list; what a base unit is made of is its dimension in brackets."""
    if name.startswith("["):
        return Fraction(1), ((name.strip("[]"), 1),)
    row = _rows()[name]
    factor, powers = resolve(row.of)
    return row.factor * factor, powers


@cache
def _rows() -> dict[str, Row]:
    return {row.unit: row for row in table().rows if row.kind not in {"multiplier", "refused"}}


@cache
def measures() -> dict[Powers, Text]:
    """What each dimension that a listed unit has by itself is called."""
    named: dict[Powers, Text] = {}
    for row in table().rows:
        if row.kind == "unit":
            named.setdefault(resolve([(row.unit, 1)])[1], row.measure)
    return named
