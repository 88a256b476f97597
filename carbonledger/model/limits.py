"""What a value of a parameter can be: hard bounds, and the slip that is likely beyond them.

The bounds stand in the tables of ``factors/limits/``, one for each subject. They are wide: they
hold everything that there is, and keep out what cannot be. ``items`` names the items (``|`` between
them) for which a row goes before the row without items. ``slips`` are the units in which the number
is usually meant where it is out of bounds; ``t CO2/TJ=3/11`` says what one of them is worth in the
unit of the row where the two do not convert.
"""

import csv
import math
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.paths import factors_dir

__all__ = ["bounds", "names", "refusal", "unit_refusal", "units_of"]

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
    slips: tuple[_Slip, ...]

    def holds(self, value: float) -> bool:
        """Whether a value in the unit of the row is plausible."""
        return self.low * (1 - _SLACK) <= value <= self.high * (1 + _SLACK)


def names() -> dict[str, Text]:
    """Every parameter that the library may hold, with its name in both languages."""
    return {parameter: limits[0].name for parameter, limits in _limits().items()}


def units_of(parameter: str) -> tuple[str, ...]:
    """One unit for each dimension that the parameter may have; none where it is no parameter."""
    return tuple(dict.fromkeys(limit.unit for limit in _limits().get(parameter, ())))


def unit_refusal(parameter: str, unit: str) -> tuple[Text, Text] | None:
    """Message and remedy where no method takes the parameter in a unit of this dimension.

    None for a unit that fits, and for a quantity that has no limits.

    Raises:
        UnitError: if the unit itself is refused.
    """
    known = units_of(parameter)
    if not known or any(units.same_dimension(unit, each) for each in known):
        return None
    name = _limits()[parameter][0].name
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


def refusal(parameter: str, value: float, unit: str, item: str = "") -> tuple[Text, Text] | None:
    """Message and remedy where a value lies beyond what the parameter can be.

    None where it is plausible, where the parameter has no limits, and where the unit does not fit
    it (``unit_refusal`` says so).

    Raises:
        UnitError: if the unit itself is refused.
    """
    found = _limit(parameter, unit, item)
    if found is None:
        return None
    limit, multiplier = found
    least, most = bounds(parameter, unit, item)
    if least <= value <= most:
        return None
    plain = "" if unit == "1" else f" {unit}"
    low, high = _number(limit.low / multiplier), _number(limit.high / multiplier)
    of = f"（{item}）" if item and item in limit.items else ""
    slips = _likely(limit, value, unit, multiplier)
    zh = "、".join(f"{_number(value)} {slip}（即 {meant}{plain}）" for slip, meant in slips)
    en = " or ".join(f"{_number(value)} {slip} (that is {meant}{plain})" for slip, meant in slips)
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


def bounds(parameter: str, unit: str, item: str = "") -> tuple[float, float]:
    """The least and the greatest plausible value in a unit; infinities where there are none.

    Raises:
        UnitError: if the unit itself is refused.
    """
    found = _limit(parameter, unit, item)
    if found is None:
        return -math.inf, math.inf
    limit, multiplier = found
    return limit.low * (1 - _SLACK) / multiplier, limit.high * (1 + _SLACK) / multiplier


@lru_cache(maxsize=1)
def _limits() -> dict[str, tuple[_Limit, ...]]:
    found: dict[str, tuple[_Limit, ...]] = {}
    for path in sorted((factors_dir() / "limits").glob("*.csv")):
        for row in csv.DictReader(path.read_text("utf-8").splitlines()):
            name = row["parameter"]
            limit = _Limit(
                name,
                Text(row["name_zh"], row["name_en"]),
                row["unit"],
                frozenset(filter(None, row["items"].split("|"))),
                float(row["minimum"]),
                float(row["maximum"]),
                tuple(_slip(t, row["unit"]) for t in (row["unit"], *row["slips"].split("|"))),
            )
            found[name] = (*found.get(name, ()), limit)
    return found


def _slip(text: str, unit: str) -> _Slip:
    name, _, worth = text.partition("=")
    return _Slip(name, float(Fraction(worth)) if worth else units.multiplier(name, unit))


@lru_cache(maxsize=4096)
def _limit(parameter: str, unit: str, item: str) -> tuple[_Limit, float] | None:
    """The row for a parameter in a unit, and what turns the unit into that of the row."""
    fitting = [
        limit
        for limit in _limits().get(parameter, ())
        if (item in limit.items or not limit.items) and units.same_dimension(unit, limit.unit)
    ]
    if not fitting:
        return None
    limit = max(fitting, key=lambda each: bool(each.items))
    return limit, units.multiplier(unit, limit.unit)


def _likely(limit: _Limit, value: float, unit: str, multiplier: float) -> list[tuple[str, str]]:
    """The units in which the number would be plausible, with what it is in the unit written."""
    return [
        (slip.unit, _number(value * slip.worth / multiplier))
        for slip in limit.slips
        if slip.unit != unit and limit.holds(value * slip.worth) and value
    ]


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.10g}"
