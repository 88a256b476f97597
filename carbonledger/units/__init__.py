"""Units and substances: a closed registry, with Chinese and English spellings.

Only what ``factors/units.csv`` lists is a unit; ``grammar`` says how listed units combine. What is
not listed, or has two readings, is refused with the nearest spellings. The base ideas:

- Substances are dimensions: t C, t CO2, t CH4 and t do not add and do not convert; a method does.
- A coal equivalent (tce) is a dimension of its own; ``tce(4.1816)`` and ``tce(4.1868)`` are heat.
- ``(gross)`` after an energy unit marks gross heating value; unmarked energy is net.
- Heads, persons, vehicles and the like are dimensions: neither each other nor plain numbers.
- A year is not a number of days, and Nm3 (0 degrees C) is not m3: methods convert them.

Importing this module costs nothing; Pint is loaded when the first quantity is made.
"""

import math
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from carbonledger.errors import Text
from carbonledger.units.canonical import canonical
from carbonledger.units.grammar import Term, read
from carbonledger.units.refusal import UnitError, shown
from carbonledger.units.registry import Powers, registry, resolve
from carbonledger.units.table import table
from carbonledger.units.text import split_number
from carbonledger.units.words import in_words, incompatible

if TYPE_CHECKING:
    from pint import Quantity

__all__ = [
    "Label",
    "Unit",
    "UnitError",
    "convert",
    "dimension",
    "known_units",
    "labels",
    "measure",
    "multiplier",
    "multipliers",
    "parse",
    "parse_quantity",
    "quantity",
    "registry",
    "same_dimension",
    "spelled",
]


class Unit(NamedTuple):
    """A unit that has been read.

    ``text`` is its canonical spelling; reading it gives the same unit. ``dimension`` is equal for
    two units exactly if they convert into each other. ``factor`` is the exact value in the base
    units of the registry, ``scale`` the part of it that stands in multipliers (万, 10^4),
    ``parts`` the names and powers of the listed units.
    """

    text: str
    dimension: str
    factor: Fraction
    scale: Fraction
    parts: Powers
    powers: Powers

    def __str__(self) -> str:
        return self.text


_LATIN = re.compile(r"[A-Za-z_]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


class Label(NamedTuple):
    """A listed unit as documentation shows it; ``measure`` is empty for a substance."""

    unit: str
    spellings: tuple[str, ...]
    name: Text
    measure: Text
    note: Text


@lru_cache(maxsize=32768)
def parse(text: str) -> Unit:
    """Read a unit as people write it.

    Raises:
        UnitError: if it is not in the closed list or has two readings.
    """
    terms = read(text)
    parts: dict[str, int] = {}
    scale = Fraction(1)
    for term in terms:
        scale *= Fraction(term.multiplier) ** (1 if term.power > 0 else -1)
        for name, power in _parts(term):
            parts[name] = parts.get(name, 0) + power
    kept = tuple(sorted((name, power) for name, power in parts.items() if power))
    factor, powers = resolve(kept)
    return Unit(canonical(terms), _dimension(powers), scale * factor, scale, kept, powers)


def parse_quantity(text: str) -> tuple[float, str]:
    """The number and the unit of a text such as ``12.5 万t``; the unit in one width, as written.

    A number without a unit has the unit ``1``: it fits a fraction and nothing else.

    Raises:
        UnitError: if the number or the unit cannot be read in exactly one way.
    """
    value, unit = split_number(text)
    parse(unit or "1")
    return value, unit or "1"


@lru_cache(maxsize=32768)
def multiplier(written: str, wanted: str) -> float:
    """What a number in the unit written is multiplied by to stand in the unit wanted.

    Exact arithmetic, rounded once.

    Raises:
        UnitError: if a unit is refused or the two measure different things.
    """
    source, target = parse(written), parse(wanted)
    if source.powers != target.powers:
        raise incompatible(written, source.powers, wanted, target.powers)
    return float(source.factor / target.factor)


def convert(value: float, written: str, wanted: str) -> float:
    """A value in another unit: the value times ``multiplier(written, wanted)``.

    Raises:
        UnitError: as ``multiplier``, and if the value or the result is not a finite number.
    """
    result = value * multiplier(written, wanted)
    if not math.isfinite(result):
        raise UnitError(
            f"{value} {shown(written)} 不能换算成 {shown(wanted)}：不是有限的数，或结果太大。",
            f"{value} {shown(written)} cannot be converted to {shown(wanted)}: "
            "it is not a finite number, or the result is too large.",
        )
    return result


def multipliers(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """The multiplier of each distinct pair (unit written, unit wanted).

    Raises:
        UnitError: for the first pair that is refused.
    """
    return {pair: multiplier(*pair) for pair in set(pairs)}


def same_dimension(a: str, b: str) -> bool:
    """Whether two units convert into each other.

    Raises:
        UnitError: if one of them is refused.
    """
    return parse(a).powers == parse(b).powers


def dimension(text: str) -> str:
    """The dimension of a unit, such as ``C·mass/energy``; ``1`` for a plain number.

    Raises:
        UnitError: if the unit is refused.
    """
    return parse(text).dimension


def measure(text: str) -> Text:
    """What a unit measures, in words: 质量, mass of CO2 / energy.

    Raises:
        UnitError: if the unit is refused.
    """
    return in_words(parse(text).powers)


def quantity(value: Any, text: str) -> "Quantity[Any]":
    """A Pint quantity, for proofs of units and the calculator; never for a column.

    Its magnitude stands in the listed units, without multipliers: 12.5 万t is 125000 t.

    Raises:
        UnitError: if the unit is refused.
    """
    unit = parse(text)
    units = registry()
    made: Quantity[Any] = units.Quantity(
        value * float(unit.scale), units.UnitsContainer(unit.parts)
    )
    return made


def known_units() -> list[str]:
    """Every simple spelling of a unit or substance, in the order of the list."""
    return list(table().spellings("unit", "substance"))


def labels() -> Iterator[Label]:
    """The listed units and substances with their names, for documentation."""
    for row in table().rows:
        if row.kind in {"unit", "substance"}:
            yield Label(row.spelling, row.spellings, row.name, row.measure, row.note)


@lru_cache(maxsize=1024)
def spelled(text: str) -> str:
    """A listed unit as Chinese tables print it: 头 for ``head``, 人次 for ``visit``.

    Units that are not listed by themselves (``t CO2``, ``m3/a``) stay as they are.
    """
    return next((label.unit for label in labels() if text in label.spellings), text)


def in_latin(text: str) -> str:
    """A unit (or words with units) for English readers: CNY/head for 元/头; others stay."""
    return _CHINESE.sub(lambda found: _latin().get(found.group(), found.group()), text)


def in_chinese(text: str) -> str:
    """A unit as Chinese tables print each part of it: 元/头 for CNY/head; others stay."""
    return _LATIN.sub(lambda found: spelled(found.group()), text)


@lru_cache(maxsize=1)
def _latin() -> dict[str, str]:
    """The first Latin spelling of every unit that has a Chinese one."""
    latin = [
        (label.spellings, next((each for each in label.spellings if each.isascii()), ""))
        for label in labels()
    ]
    return {each: name for spellings, name in latin if name for each in spellings}


def _parts(term: Term) -> Iterator[tuple[str, int]]:
    sign = 1 if term.power > 0 else -1
    if not term.row.trivial:
        yield term.row.unit, term.power
    if term.substance is not None:
        yield term.substance.unit, sign
    if term.basis is not None and not term.basis.trivial:
        yield term.basis.unit, sign


def _dimension(powers: Powers) -> str:
    above = [f"{name}^{power}" if power > 1 else name for name, power in powers if power > 0]
    below = [f"{name}^{-power}" if power < -1 else name for name, power in powers if power < 0]
    return "/".join(["·".join(above) or "1", *below])
