"""What a value of a parameter can be: hard bounds, and the slip that is likely beyond them.

The bounds stand in the tables of ``factors/limits/``, one for each subject. They are wide: they
hold everything that there is, and keep out what cannot be. ``items`` names the items (``|`` between
them) for which a row goes before the row without items. ``slips`` are the units in which the number
is usually meant where it is out of bounds; ``t CO2/TJ=3/11`` says what one of them is worth in the
unit of the row where the two do not convert.
"""

import csv
import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.paths import factors_dir

__all__ = [
    "Limits",
    "bounds",
    "limits_of",
    "names",
    "refusal",
    "spellings",
    "unit_refusal",
    "units_of",
]

_SLACK = 1e-9  # 100 % is no more than 1, however it is rounded


class _Slip(NamedTuple):
    """A unit that is easily taken for that of the row, and its worth in the latter."""

    unit: str
    worth: float


class _Limit(NamedTuple):
    """One row: the bounds of a parameter in one unit, for some items or for all."""

    parameter: str
    name: Text
    unit: str
    items: frozenset[str]
    low: float
    high: float
    slips: tuple[str, ...]

    def holds(self, value: float) -> bool:
        """Whether a value in the unit of the row is plausible."""
        least = self.low - _SLACK * abs(self.low)
        return least <= value <= self.high + _SLACK * abs(self.high)


class Limits:
    """The bounds of a library, as the rows of its tables give them."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._by_parameter: dict[str, tuple[_Limit, ...]] = {}
        for row in rows:
            limit = _limit_of(row)
            known = self._by_parameter.get(limit.parameter, ())
            self._by_parameter[limit.parameter] = (*known, limit)
        # A table asks the same of every cell of a column.
        self._fitting = lru_cache(maxsize=4096)(self._find)
        self._ends = lru_cache(maxsize=4096)(self._bounds)
        self._misfits = lru_cache(maxsize=4096)(self._misfit)

    def names(self) -> Mapping[str, Text]:
        """Every parameter that the library may hold, with its name in both languages.

        Where its units have names of their own, the plainest of them.
        """
        return self._names

    @cached_property
    def _names(self) -> dict[str, Text]:
        return {
            parameter: min((limit.name for limit in limits), key=lambda name: len(name.zh))
            for parameter, limits in self._by_parameter.items()
        }

    def spellings(self) -> dict[str, set[str]]:
        """Every parameter with all the names that it has in any unit."""
        return {
            parameter: {parameter, *(text for limit in limits for text in limit.name)}
            for parameter, limits in self._by_parameter.items()
        }

    def units_of(self, parameter: str) -> tuple[str, ...]:
        """One unit for each dimension of the parameter; none where it is no parameter."""
        return tuple(dict.fromkeys(limit.unit for limit in self._by_parameter.get(parameter, ())))

    def unit_refusal(self, parameter: str, unit: str) -> tuple[Text, Text] | None:
        """Message and remedy for a unit of a wrong dimension; see ``unit_refusal`` below."""
        return self._misfits(parameter, unit)

    def _misfit(self, parameter: str, unit: str) -> tuple[Text, Text] | None:
        known = self.units_of(parameter)
        if not known or any(units.same_dimension(unit, each) for each in known):
            return None
        name = self._by_parameter[parameter][0].name
        return (
            Text(
                f"{name.zh}（{parameter}）的单位不能是 {unit}：没有方法能用这样的数。",
                f"The {name.en} cannot be in {unit}: no method can use such a number.",
            ),
            Text(
                f"请换算成可用的单位：{'、'.join(known)}（或同类单位）；热量为低位（净）热值。",
                f"Convert it to {' or '.join(known)}, or to a unit of the same kind; heat is net.",
            ),
        )

    def refusal(
        self, parameter: str, value: float, unit: str, item: str = ""
    ) -> tuple[Text, Text] | None:
        """Message and remedy for an implausible value; see ``refusal`` below."""
        least, most = self._ends(parameter, unit, item)
        found = None if least <= value <= most else self._fitting(parameter, unit, item)
        if found is None:
            return None
        limit, multiplier = found
        return _refusal(limit, value, unit, item, multiplier)

    def bounds(self, parameter: str, unit: str, item: str = "") -> tuple[float, float]:
        """The least and the greatest plausible value in a unit; infinities without limits."""
        return self._ends(parameter, unit, item)

    def _bounds(self, parameter: str, unit: str, item: str) -> tuple[float, float]:
        found = self._fitting(parameter, unit, item)
        if found is None:
            return -math.inf, math.inf
        limit, multiplier = found
        # The slack widens the range, on whichever side of zero its ends lie.
        least = limit.low - _SLACK * abs(limit.low)
        most = limit.high + _SLACK * abs(limit.high)
        return least / multiplier, most / multiplier

    def _find(self, parameter: str, unit: str, item: str) -> tuple[_Limit, float] | None:
        """The row for a parameter in a unit, and what turns the unit into that of the row."""
        fitting = [
            limit
            for limit in self._by_parameter.get(parameter, ())
            if (item in limit.items or not limit.items) and units.same_dimension(unit, limit.unit)
        ]
        if not fitting:
            return None
        limit = max(fitting, key=lambda each: bool(each.items))
        return limit, units.multiplier(unit, limit.unit)


@cache
def limits_of(folder: Path) -> Limits:
    """The limits of the library in a folder, whose tables stand in ``limits/``."""
    return Limits(
        row
        for path in sorted((folder / "limits").glob("*.csv"))
        for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())
    )


def names() -> Mapping[str, Text]:
    """Every parameter that the library may hold, with its name in both languages."""
    return limits_of(factors_dir()).names()


def spellings() -> dict[str, set[str]]:
    """Every parameter with all the names that it has in any unit."""
    return limits_of(factors_dir()).spellings()


def units_of(parameter: str) -> tuple[str, ...]:
    """One unit for each dimension that the parameter may have; none where it is no parameter."""
    return limits_of(factors_dir()).units_of(parameter)


def unit_refusal(parameter: str, unit: str) -> tuple[Text, Text] | None:
    """Message and remedy where no method takes the parameter in a unit of this dimension.

    None for a unit that fits, and for a quantity that has no limits.

    Raises:
        UnitError: if the unit itself is refused.
    """
    return limits_of(factors_dir()).unit_refusal(parameter, unit)


def refusal(parameter: str, value: float, unit: str, item: str = "") -> tuple[Text, Text] | None:
    """Message and remedy where a value lies beyond what the parameter can be.

    None where it is plausible, where the parameter has no limits, and where the unit does not fit
    it (``unit_refusal`` says so).

    Raises:
        UnitError: if the unit itself is refused.
    """
    return limits_of(factors_dir()).refusal(parameter, value, unit, item)


def bounds(parameter: str, unit: str, item: str = "") -> tuple[float, float]:
    """The least and the greatest plausible value in a unit; infinities where there are none.

    Raises:
        UnitError: if the unit itself is refused.
    """
    return limits_of(factors_dir()).bounds(parameter, unit, item)


def _refusal(
    limit: _Limit, value: float, unit: str, item: str, multiplier: float
) -> tuple[Text, Text]:
    plain = "" if unit == "1" else f" {unit}"
    low, high = _number(limit.low / multiplier), _number(limit.high / multiplier)
    of = f"（{item}）" if item and item in limit.items else ""
    slips = _likely(limit, value, unit, multiplier)
    zh = "、".join(f"{shown}（即 {meant}{plain}）" for shown, meant in slips)
    en = " or ".join(f"{shown} (that is {meant}{plain})" for shown, meant in slips)
    meant_zh = "，或写成 ".join(dict.fromkeys(f"{meant}{plain}" for _, meant in slips))
    meant_en = " or ".join(dict.fromkeys(f"{meant}{plain}" for _, meant in slips))
    return (
        Text(
            f"{limit.name.zh}{of}为 {_number(value)}{plain}，不可能：合理范围是 {low} 至 "
            f"{high}{plain}。" + (f"像是 {zh}。" if slips else ""),
            f"The {limit.name.en}{f' of {item}' if of else ''} cannot be {_number(value)}{plain}: "
            f"plausible are {low} to {high}{plain}." + (f" It looks like {en}." if slips else ""),
        ),
        Text(
            "请对照原件核对数值、单位和品种。" + (f"若是，请写成 {meant_zh}。" if slips else ""),
            "Check value, unit and item against the document."
            + (f" If so, write {meant_en}." if slips else ""),
        ),
    )


def _limit_of(row: Mapping[str, str]) -> _Limit:
    written = (row["unit"], *row["slips"].split("|"))
    return _Limit(
        row["parameter"],
        Text(row["name_zh"], row["name_en"]),
        row["unit"],
        frozenset(filter(None, row["items"].split("|"))),
        float(row["minimum"]),
        float(row["maximum"]),
        tuple(filter(None, written)),
    )


def _slip(text: str, unit: str) -> _Slip:
    name, _, worth = text.partition("=")
    return _Slip(name, float(Fraction(worth)) if worth else units.multiplier(name, unit))


def _likely(limit: _Limit, value: float, unit: str, multiplier: float) -> list[tuple[str, str]]:
    """As what the number would be plausible, with what that is in the unit written."""
    if not value:
        return []
    found = []
    for slip in (_slip(text, limit.unit) for text in limit.slips):
        # The number may be meant in the unit of the slip; where that is another substance (C for
        # CO2), also in whatever multiple of it the unit written is (kg C/TJ for kg CO2/TJ).
        readings = [value]
        if multiplier != 1 and not units.same_dimension(slip.unit, limit.unit):
            readings.append(value * multiplier)
        for number in readings:
            if slip.unit != unit and limit.holds(number * slip.worth):
                meant = _number(number * slip.worth / multiplier)
                found.append((f"{_number(number)} {slip.unit}", meant))
    return found


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.10g}"
