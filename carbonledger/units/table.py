"""The closed list of units, ``factors/units.csv``, as records.

One row is one unit, substance, mark of the heating-value basis, multiplier or refusal; nothing
else is ever read as a unit. The columns:

- ``kind``: ``unit``; ``substance`` (may follow a mass or a volume); ``basis`` (may stand in
  parentheses after an energy unit); ``label`` (a dimension that is never written by itself);
  ``multiplier`` (multiplies a whole unit); ``refused`` (a spelling that people do write and that
  has no single meaning);
- ``unit``: its name in the registry; ``spellings``: the canonical one first, separated by ``|``;
- ``factor`` and ``of``: the unit is ``factor`` (a decimal or a fraction, exact) times ``of``, a
  product of units above it (``t km``, ``m^3``); ``[mass]`` makes it the base unit of a dimension;
- ``measure_zh, measure_en``: what it measures (``length`` may have powers, ``mass`` and ``volume``
  a substance, ``energy`` a heating-value basis); ``name_zh, name_en``: its name in full;
- ``instead``: what to write in place of a refused spelling; ``note_zh, note_en``: a remark, or why
  the spelling is refused.
"""

import csv
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.paths import factors_dir
from carbonledger.units.text import plain

__all__ = ["Row", "Table", "read_table", "table"]

_COLUMNS = (
    "kind,unit,spellings,factor,of,measure_zh,measure_en,name_zh,name_en,instead,note_zh,note_en"
)
_KINDS = frozenset({"unit", "substance", "basis", "label", "multiplier", "refused"})


class Row(NamedTuple):
    """A row of the list; ``of`` holds pairs of unit (or ``[dimension]``) and power."""

    kind: str
    unit: str
    spellings: tuple[str, ...]
    factor: Fraction
    of: tuple[tuple[str, int], ...]
    measure: Text
    name: Text
    instead: tuple[str, ...]
    note: Text

    @property
    def spelling(self) -> str:
        """The canonical spelling."""
        return self.spellings[0]

    @property
    def takes_power(self) -> bool:
        """Whether it can be squared and cubed."""
        return self.measure.en == "length"

    @property
    def takes_substance(self) -> bool:
        """Whether a substance may follow it."""
        return self.measure.en.split(" ")[0] in {"mass", "volume"}

    @property
    def takes_basis(self) -> bool:
        """Whether a heating-value basis may follow it in parentheses."""
        return self.measure.en == "energy"

    @property
    def trivial(self) -> bool:
        """Whether the row is the number one: ``1`` itself, and the unmarked basis."""
        return not self.of and self.factor == 1


class Table(NamedTuple):
    """The rows in order, and by normalised spelling the rows of each place in the grammar.

    ``units`` holds the refused spellings as well, so that they are recognised; ``longest`` is the
    length of the longest spelling.
    """

    rows: tuple[Row, ...]
    units: Mapping[str, Row]
    substances: Mapping[str, Row]
    bases: Mapping[str, Row]
    multipliers: Mapping[str, Row]
    longest: int

    def spellings(self, *kinds: str) -> Iterator[str]:
        """Every spelling of these kinds, in the order of the list."""
        for row in self.rows:
            if row.kind in kinds:
                yield from row.spellings


@cache
def table() -> Table:
    """The list as delivered."""
    return read_table(factors_dir() / "units.csv")


def read_table(path: Path) -> Table:
    """Read a list of units.

    Raises:
        CarbonledgerError: if the file is not such a list; names the line and the fault.
    """
    rows: list[Row] = []
    known: set[str] = set()
    places: dict[str, dict[str, Row]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if ",".join(reader.fieldnames or ()) != _COLUMNS:
                raise ValueError(f"columns must be {_COLUMNS}")
            for line in reader:
                row = _row(line, known)
                _enter(row, places)
                rows.append(row)
                known.add(row.unit)
    except (OSError, ValueError, csv.Error, ZeroDivisionError) as fault:
        place = f"{path.name}, {len(rows) + 2}"
        raise CarbonledgerError(
            f"单位表损坏（{place} 行）：{fault}。请恢复原来的文件或重新安装 carbonledger。",
            f"The list of units is damaged (line {place}): {fault}. "
            "Please restore the file or install carbonledger again.",
        ) from fault
    return Table(
        tuple(rows),
        places.get("unit", {}),
        places.get("substance", {}),
        places.get("basis", {}),
        places.get("multiplier", {}),
        max((len(spelling) for place in places.values() for spelling in place), default=0),
    )


def _row(line: dict[str, str], known: set[str]) -> Row:
    if None in line or None in line.values():
        raise ValueError("wrong number of cells")
    kind, unit = line["kind"], line["unit"]
    if kind not in _KINDS or not unit.isidentifier() or unit in known:
        raise ValueError(f"kind '{kind}' or unit '{unit}' is not possible here")
    of = tuple(_factor_of(word, known) for word in line["of"].split())
    factor = Fraction(line["factor"] or 1)
    if factor <= 0 or (kind == "multiplier" and factor.denominator != 1):
        raise ValueError(f"factor '{line['factor']}' is not possible")
    return Row(
        kind,
        unit,
        tuple(line["spellings"].split("|")) if line["spellings"] else (),
        factor,
        of,
        Text(line["measure_zh"], line["measure_en"]),
        Text(line["name_zh"], line["name_en"]),
        tuple(line["instead"].split("|")) if line["instead"] else (),
        Text(line["note_zh"], line["note_en"]),
    )


def _factor_of(word: str, known: set[str]) -> tuple[str, int]:
    name, _, power = word.partition("^")
    if name not in known and not (name.startswith("[") and name.endswith("]")):
        raise ValueError(f"'{name}' is not defined above")
    return name, int(power or 1)


def _enter(row: Row, places: dict[str, dict[str, Row]]) -> None:
    """Make a row known by its spellings; refused ones stand among the units."""
    if not row.spellings and row.kind != "label":
        raise ValueError(f"'{row.unit}' has no spelling")
    place = places.setdefault("unit" if row.kind == "refused" else row.kind, {})
    for spelling in map(plain, row.spellings):
        if place.setdefault(spelling, row) is not row or not spelling:
            raise ValueError(f"the spelling '{spelling}' stands twice")
