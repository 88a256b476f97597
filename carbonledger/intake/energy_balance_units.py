"""The units of an energy balance: a unit line above the table, or a unit in each heading.

A table in coal equivalents (标准量) has one unit for all columns; a table in physical quantities
(实物量) has several. Units are only ever those that the table states; the customary units of a
provincial balance stand in where it says that it is in physical quantities.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_labels import Carrier, Scheme, plain, scheme, unit_key
from carbonledger.intake.layout import grid_problem
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem
from carbonledger.units import UnitError, dimension, parse

__all__ = ["Units", "assign_units", "coal_equivalent", "measure", "split_unit"]

_BRACKETED = re.compile(r"^(.*?)\s*[(（\[]([^()（）\[\]]+)[)）\]]\s*$", re.DOTALL)
_UNIT_LINE = re.compile(
    r"(?:计量)?单位\s*[:：](.*)|\bunits?\s*[:：](.*)", re.IGNORECASE | re.DOTALL
)
_ENGLISH = re.compile(r"\bunits?\s*[:：].*$", re.IGNORECASE | re.DOTALL)
_BETWEEN = re.compile(r"[、，；;]|,(?![0-9])")
_PHYSICAL = re.compile(r"实物量|physical")
# What a unit of this table contains; saves asking the registry about every label of the sheet.
_LIKE_A_UNIT = re.compile(
    r"吨|立方|瓦时|瓦小时|度|[千吉兆太]焦|焦耳|(?<![A-Za-z])[kMGTPE]?(?:t|J|Wh|tce|m3|m\^3|m³)(?![A-Za-z])"
)
_COAL_EQUIVALENT = "tce"
_ENERGY = "GJ"

Place = tuple[int, int]


@dataclass(frozen=True)
class Units:
    """What stands above the table about units: those named, and whether quantities are physical."""

    named: tuple[str, ...]
    physical: bool

    @classmethod
    def above(
        cls, grid: Grid, start: int, end: int, before: "Units"
    ) -> "tuple[Units, list[Problem]]":
        """The unit line between two rows; a continued table without one keeps the line before."""
        named: dict[tuple[Fraction, str], str] = {}
        physical = before.physical
        problems: list[Problem] = []
        for row in range(start, end):
            for column in range(grid.width):
                text = grid.text(row, column)
                physical = physical or bool(_PHYSICAL.search(plain(text)))
                for piece in _pieces(grid, row, column, text):
                    unit = known_unit(piece)
                    if unit:
                        named.setdefault(measure(unit), unit)
                    else:
                        problems.append(_unreadable(grid, piece, (row, column)))
        return cls(tuple(named.values()) or before.named, physical), problems


@lru_cache(maxsize=4096)
def known_unit(text: str) -> str:
    """The unit that a text names, in a spelling of the registry; empty where it names none.

    Only units in which fuels and energy are counted are taken for units here.
    """
    own = scheme().units.get(unit_key(text))
    if own is None and not _LIKE_A_UNIT.search(text):
        return ""
    for spelling in [own] if own else [text.strip(), "".join(text.split())]:
        try:
            found = dimension(spelling)
        except UnitError:
            continue
        if found in _dimensions():
            return spelling
    return ""


@lru_cache(maxsize=4096)
def split_unit(text: str) -> tuple[str, str]:
    """A heading without its unit, and the unit: ``原煤（万吨）`` is ``原煤`` and ``万吨``."""
    whole = known_unit(text.strip().strip("()（）[]"))
    if whole:
        return "", whole
    bracketed = _BRACKETED.match(text)
    if bracketed and (unit := known_unit(bracketed[2])):
        return bracketed[1].strip(), unit
    words = text.split()
    if len(words) > 1 and (unit := known_unit(words[-1])):
        return " ".join(words[:-1]), unit
    return text.strip(), ""


def coal_equivalent(unit: str) -> bool:
    """Whether a unit counts coal equivalents."""
    return dimension(unit) == dimension(_COAL_EQUIVALENT)


def assign_units(
    grid: Grid, layout: Scheme, line: Units, heads: list[tuple[str, str, Place]]
) -> tuple[dict[str, tuple[str, bool]], list[Problem]]:
    """The unit of each carrier and whether it counts coal equivalents.

    A column whose unit the table does not state gets an empty unit and is reported; a printed
    total may stay without one, since it makes no entries.
    """
    units: dict[str, tuple[str, bool]] = {}
    missing: list[tuple[Carrier, Place]] = []
    problems: list[Problem] = []
    for item, own, place in heads:
        carrier = layout.carriers[item]
        unit = own or _from_line(carrier, line)
        if not unit and carrier.kind != "total":
            missing.append((carrier, place))
        if unit and not _fits(unit, carrier):
            problems.append(_misfit(grid, carrier, unit, place))
        units.setdefault(item, (unit, bool(unit) and coal_equivalent(unit)))
    if missing:
        problems.append(_no_unit(grid, line, missing))
    return units, problems


@lru_cache(maxsize=1)
def _dimensions() -> frozenset[str]:
    counted = {carrier.unit for carrier in scheme().carriers.values() if carrier.unit}
    return frozenset({dimension(unit) for unit in [*counted, _ENERGY]})


def _pieces(grid: Grid, row: int, column: int, text: str) -> list[str]:
    found = _UNIT_LINE.search(text)
    if not found:
        return []
    named = found[1] if found[1] is not None else found[2]
    named = _ENGLISH.sub("", named).strip()
    if not named:
        following = (grid.text(row, further) for further in range(column + 1, grid.width))
        named = next((text for text in following if text), "")
    return [piece.strip().rstrip("。.)）") for piece in _BETWEEN.split(named) if piece.strip()]


def _from_line(carrier: Carrier, line: Units) -> str:
    if len(line.named) == 1 and coal_equivalent(line.named[0]):
        return line.named[0]
    like = [unit for unit in line.named if _alike(unit, carrier.unit)]
    if len(like) == 1:
        return like[0]
    return carrier.unit if line.physical and not like and carrier.kind != "total" else ""


def _alike(unit: str, other: str) -> bool:
    """Whether a unit of the unit line is meant for a carrier: kWh for electricity, GJ for heat."""
    electric = [any(name.endswith("Wh") for name, _ in parse(u).parts) for u in (unit, other)]
    return dimension(unit) == dimension(other) and electric[0] == electric[1]


def measure(unit: str) -> tuple[Fraction, str]:
    """What makes two spellings the same unit (百万吨标准煤, Mtce)."""
    found = parse(unit)
    return found.factor, found.dimension


def _fits(unit: str, carrier: Carrier) -> bool:
    wanted = {dimension(carrier.unit), dimension(_COAL_EQUIVALENT), dimension(_ENERGY)}
    return carrier.kind == "total" or dimension(unit) in wanted


def _unreadable(grid: Grid, piece: str, place: Place) -> Problem:
    return grid_problem(
        grid,
        Grade.A,
        "balance-unit",
        Text(
            f"单位行中的“{piece}”不是能源平衡表可用的单位。",
            f"'{piece}' in the unit line is not a unit of an energy balance.",
        ),
        Text(
            "请改成“万吨标准煤”“万吨”“亿立方米”“亿千瓦时”“万百万千焦”等，多个单位用“、”隔开。",
            "Write units such as 万吨标准煤, 万吨, 亿立方米, 亿千瓦时, 10 000 tce; separate "
            "several by '、'.",
        ),
        row=place[0],
        column=place[1],
    )


def _misfit(grid: Grid, carrier: Carrier, unit: str, place: Place) -> Problem:
    return grid_problem(
        grid,
        Grade.A,
        "balance-unit",
        Text(
            f"“{carrier.name.zh}”的单位“{unit}”与该品种不符，一般为“{carrier.unit}”或标准煤、"
            "热量单位。可能是单位行错了一列。",
            f"The unit '{unit}' does not fit {carrier.name.en}, which is counted in "
            f"'{carrier.unit}', in coal equivalents or in heat. The units may be shifted by a "
            "column.",
        ),
        Text("请核对原表的单位并改正。", "Check the unit in the original table and correct it."),
        row=place[0],
        column=place[1],
    )


def _no_unit(grid: Grid, line: Units, missing: list[tuple[Carrier, Place]]) -> Problem:
    cells = "、".join(f"{carrier.name.zh}（{grid.address(*place)}）" for carrier, place in missing)
    cells_en = ", ".join(
        f"{carrier.name.en} ({grid.address(*place)})" for carrier, place in missing
    )
    given = "、".join(line.named)
    so_far = Text(
        f"表上写明的单位“{given}”不适用于" if given else "表上没有写明单位：",
        f"the units stated, '{given}', do not say it for" if given else "the table states none for",
    )
    return grid_problem(
        grid,
        Grade.A,
        "balance-unit-missing",
        Text(
            f"下列各列的计量单位不明，{so_far.zh}{cells}。单位相差万倍，不能猜测。",
            f"The unit of some columns is not known: {so_far.en} {cells_en}. It cannot be guessed: "
            "a wrong unit changes results ten-thousandfold.",
        ),
        Text(
            "请在表头上方补上原表的单位行，例如“单位：万吨标准煤”；实物量表请在各列表头下写明单位"
            "（万吨、亿立方米、亿千瓦时、万百万千焦），或在标题中写明“实物量”。",
            "Add the unit line of the original above the heading, such as '单位：万吨标准煤'; in a "
            "table of physical quantities state the unit of each column below its name (万吨, "
            "亿立方米, 亿千瓦时, 万百万千焦), or say 实物量 in the title.",
        ),
        row=missing[0][1][0],
        column=missing[0][1][1],
    )
