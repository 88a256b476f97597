"""The Pint registry of the closed list: exact factors and dimensions.

Pint does the algebra and never sees a text: units reach it as names of the list with powers.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from carbonledger.errors import Text
from carbonledger.units.table import table

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
    for row in table().rows:
        if row.kind not in {"multiplier", "refused"}:
            factor: Any = row.factor
            scale = ScaleConverter(factor)
            of = UnitsContainer(dict(row.of))
            built.define(UnitDefinition(row.unit, None, (), scale, of))
    registry: UnitRegistry[Any] = built
    return registry


def resolve(parts: Iterable[tuple[str, int]]) -> tuple[Fraction, Powers]:
    """The exact factor to the base units, and the powers of the dimensions, by name."""
    units: Any = registry()
    container = units.UnitsContainer(dict(parts))
    factor, _ = units.get_root_units(container)
    dimensions = units.get_dimensionality(container)
    powers = sorted((name.strip("[]"), int(power)) for name, power in dimensions.items())
    return Fraction(factor), tuple(powers)


@cache
def measures() -> dict[Powers, Text]:
    """What each dimension that a listed unit has by itself is called."""
    named: dict[Powers, Text] = {}
    for row in table().rows:
        if row.kind == "unit":
            named.setdefault(resolve([(row.unit, 1)])[1], row.measure)
    return named
