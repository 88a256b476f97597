"""What the rules on values share: limits, values by edition and key."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.checks.findings import Place
from carbonledger.library.checks.reading import Row, Tables
from carbonledger.model.limits import Limits
from carbonledger.model.potentials import GWP
from carbonledger.model.records import Parameter
from carbonledger.paths import factors_dir

__all__ = ["Context", "Value", "multiplier_or_none"]


_KEPT = 1 << 14  # of two readings of a library nearly all rows are the same


@dataclass(frozen=True, eq=False)
class Value:
    """A parameter that is valid as a row, with its place and the dimension of its unit."""

    place: Place
    row: Parameter
    dimension: str

    @property
    def scope(self) -> tuple[str, ...]:
        """The keys for which it holds, apart from the item."""
        row = self.row
        return (row.detail, row.account, row.species, row.region)

    def in_unit(self, unit: str) -> float | None:
        """The value in another unit; none where the dimensions differ."""
        factor = multiplier_or_none(self.row.unit, unit)
        return None if factor is None else self.row.value * factor


class Context:
    """A library whose form was read, prepared for the rules on values."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    @cached_property
    def limits(self) -> Limits:
        """The bounds of the parameters, from the rows of ``limits/`` that can be used."""
        return _limits_of(tuple(self.tables.valid("limits")))

    @cached_property
    def check_limits(self) -> Limits:
        """The bounds of warming potentials and of quantities that the checks derive."""
        if self.tables.rows["check_limits.csv"]:
            return _limits_of(tuple(self.tables.valid("check_limits.csv")))
        path = factors_dir() / "check_limits.csv"
        return Limits(csv.DictReader(path.read_text("utf-8-sig").splitlines()))

    @cached_property
    def values(self) -> list[Value]:
        """The parameters that are valid and have a unit that can be read."""
        found = map(_value_of, self.tables.valid("parameters"))
        return [value for value in found if value is not None]

    @cached_property
    def plausible(self) -> list[Value]:
        """The values within their limits: what lies beyond is told once and compared no more."""
        return [value for value in self.values if value.place not in self.beyond]

    @cached_property
    def beyond(self) -> dict[Place, tuple[str, Text, Text]]:
        """Where a value or an end of its range cannot be: the column, message and remedy."""
        limits, of_potentials = self.limits, self.check_limits
        told = (
            (value.place, _beyond(value, of_potentials if value.row.parameter == GWP else limits))
            for value in self.values
        )
        return {place: found for place, found in told if found is not None}

    def of(self, parameter: str, edition: str = "") -> Iterator[Value]:
        """The plausible values of a parameter, of one edition or of all."""
        return (
            value
            for value in self._by_parameter.get(parameter, ())
            if not edition or value.row.edition == edition
        )

    @cached_property
    def _by_parameter(self) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for value in self.plausible:
            found.setdefault(value.row.parameter, []).append(value)
        return found

    @cached_property
    def gwp_sets(self) -> set[str]:
        """The sets of warming potentials that the library holds."""
        return {value.row.edition for value in self.potentials}

    @cached_property
    def potentials(self) -> list[Value]:
        """The warming potentials, plausible or not: a set has to be complete."""
        return [value for value in self.values if value.row.parameter == GWP]


@lru_cache(maxsize=8)
def _limits_of(rows: tuple[Row, ...]) -> Limits:
    return Limits(row.cells for row in rows if usable(row))


@lru_cache(maxsize=_KEPT)
def _value_of(row: Row) -> Value | None:
    """The parameter of a valid row; none where its unit cannot be read."""
    try:
        return Value(row.place, row.record, units.dimension(row.record.unit))
    except units.UnitError:
        return None


@lru_cache(maxsize=_KEPT)
def _beyond(value: Value, limits: Limits) -> tuple[str, Text, Text] | None:
    row = value.row
    unit, item = row.unit, row.item
    if row.parameter == GWP:
        # Each gas is a dimension of its own; whether the unit fits is another rule.
        unit, item = "1", row.species
    for column in ("value", "lower", "upper"):
        number = getattr(row, column)
        refused = None if number is None else limits.refusal(row.parameter, number, unit, item)
        if refused is not None:
            return column, *refused
    return None


def usable(row: Row) -> bool:
    """Whether the units of a row of limits can be read and stand for one another."""
    unit = row["unit"]
    try:
        units.parse(unit)
        for slip in filter(None, row["slips"].split("|")):
            name, _, worth = slip.partition("=")
            if not worth:
                units.multiplier(name, unit)
    except units.UnitError:
        return False
    return True


def multiplier_or_none(written: str, wanted: str) -> float | None:
    """What converts one unit into another; none where they measure different things."""
    if not units.same_dimension(written, wanted):
        return None
    return units.multiplier(written, wanted)
