"""The account of ecosystem extent: opening, gains, losses, closing by type, and who became what.

From a list of transitions (a type before, a type after, an area) the account and the matrix are
sums, so they close by themselves: opening + gains − losses = closing for each type, and the area
of the whole does not change. Areas that are published beside them are compared, never adjusted.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from carbonledger.analysis.uses.table import Column, Row, UseTable, exact, problem_at
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.library.ecosystems import Ecosystems
from carbonledger.model.ecosystems import EcosystemClass
from carbonledger.model.problem import Grade, Problem

__all__ = ["extent_account", "transition_matrix"]

_Place = tuple[str, str]
_Pair = tuple[str, str]


class _Read(NamedTuple):
    areas: Mapping[_Place, Mapping[_Pair, Fraction]]
    problems: list[Problem]


def extent_account(
    source: UseRows, known: Ecosystems, level: int = 2, totals: UseRows | None = None
) -> UseTable:
    """Opening, gains, losses and closing area of each type, in km2, by region and year.

    Args:
        source: rows of the input table ``extent``.
        known: the ecosystem types.
        level: the level of the classes (1 to 3).
        totals: rows of the input table ``extent_totals``: published areas to compare with.

    Raises:
        CarbonledgerError: if a type is not known.
    """
    read = _read(source, known, level)
    rows: list[Row] = []
    for (year, region), areas in read.areas.items():
        start = {"year": year, "region": region}
        found = _account(areas)
        for item in known.in_order([item for pair in areas for item in pair]):
            rows.append(start | _type(known, item) | _floats(found[item]))
        whole = {key: sum(row[key] for row in found.values()) for key in _SUMS}
        rows.append(start | {"type": "合计 / Total"} | _floats(whole))
    problems = [*read.problems, *(_against(totals, known, level, read) if totals else [])]
    return UseTable(_TITLE, _COLUMNS, rows, [_NOTE], problems)


def transition_matrix(source: UseRows, known: Ecosystems, level: int = 2) -> UseTable:
    """The area of each type before (rows) that became each type after (columns), in km2.

    The sums of the rows are the opening areas, those of the columns the closing ones.

    Raises:
        CarbonledgerError: if a type is not known.
    """
    read = _read(source, known, level)
    types = known.in_order(
        [item for areas in read.areas.values() for pair in areas for item in pair]
    )
    rows: list[Row] = []
    for (year, region), areas in read.areas.items():
        start = {"year": year, "region": region}
        for before in types:
            cells = {after: areas.get((before, after)) for after in types}
            opening = sum((area for area in cells.values() if area is not None), Fraction(0))
            row = start | _type(known, before) | _floats(cells)
            rows.append(row | {"opening": float(opening)})
        closing = {
            after: sum((areas.get((before, after), Fraction(0)) for before in types), Fraction(0))
            for after in types
        }
        whole = float(sum(closing.values(), Fraction(0)))
        rows.append(start | {"type": "期末合计 / Closing"} | _floats(closing) | {"opening": whole})
    columns = [
        *_KEYS,
        *(Column(item, known.name(item), "km2", 4) for item in types),
        Column("opening", Text("期初合计", "Opening"), "km2", 4),
    ]
    return UseTable(_MATRIX, columns, rows, [_MATRIX_NOTE])


def _read(source: UseRows, known: Ecosystems, level: int) -> _Read:
    areas: dict[_Place, dict[_Pair, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    problems: list[Problem] = []
    told: set[str] = set()
    for row in source.rows:
        place = _place(row)
        pair = tuple(_class(row, name, known, level).item for name in ("before", "after"))
        areas[place][pair[0], pair[1]] += exact(row.number("area"))
        for name in ("before", "after"):
            found = known.find(row.text(name))
            if found and found.land and found.land.fit == "several" and found.item not in told:
                told.add(found.item)
                problems.append(_several(source, row, found.land.name_zh, found.land.note))
    return _Read(areas, problems)


def _place(row: UseRow) -> _Place:
    return row.text("year"), row.text("region")


def _class(row: UseRow, name: str, known: Ecosystems, level: int) -> EcosystemClass:
    found = known.find(row.text(name))
    type_ = None if found is None else known.at_level(found.item, level)
    if type_ is None:
        raise CarbonledgerError(
            f"第 {row.row} 行：不认识生态系统类型或地类“{row.text(name)}”。请写名称（如 竹林、"
            "红树林）或三调地类的名称、四位编码（编码的单元格须为文本，否则开头的 0 会丢失）。",
            f"Row {row.row}: '{row.text(name)}' is no ecosystem type and no land class. Write a "
            "name, or the name or four-digit code of a land class (as text, so that a leading 0 "
            "is kept).",
        )
    return type_


def _several(source: UseRows, row: UseRow, name: str, how: str) -> Problem:
    return problem_at(
        source, row, Grade.C, "land-class-several",
        Text(
            f"地类“{name}”可能含几种生态系统类型：{how}。",
            f"The land class '{name}' may hold several ecosystem types.",
        ),
        Text(
            "核算到二、三级类型时，请用林草湿图、小班或滨海湿地调查把它分开。",
            "For accounts by finer types, split it with the map of forest, grass and wetland.",
        ),
    )  # fmt: skip


def _account(areas: Mapping[_Pair, Fraction]) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = defaultdict(lambda: dict.fromkeys(_SUMS, Fraction(0)))
    for (before, after), area in areas.items():
        found[before]["opening"] += area
        found[after]["closing"] += area
        if before == after:
            found[before]["stable"] += area
        else:
            found[after]["gains"] += area
            found[before]["losses"] += area
    for row in found.values():
        row["change"] = row["closing"] - row["opening"]
    return found


def _type(known: Ecosystems, item: str) -> Row:
    return {"code": known.classes[item].code, "type": known.name(item).zh}


def _floats(values: Mapping[str, Fraction | int | None]) -> Row:
    return {key: None if value is None else float(value) for key, value in values.items()}


def _against(totals: UseRows, known: Ecosystems, level: int, read: _Read) -> Iterator[Problem]:
    stated: dict[tuple[_Place, str, str], Fraction] = defaultdict(Fraction)
    rows: dict[tuple[_Place, str, str], UseRow] = {}
    for row in totals.rows:
        item = _class(row, "ecosystem", known, level).item
        for name in ("opening", "closing"):
            area = row.optional(name)
            if area is not None:
                stated[_place(row), item, name] += exact(area)
                rows[_place(row), item, name] = row
    for key, value in stated.items():
        place, item, name = key
        computed = _account(read.areas.get(place, {}))[item][name]
        if abs(value - computed) > _ROUNDING * max(value, computed):
            yield problem_at(
                totals, rows[key], Grade.B, "extent-differs",
                Text(
                    f"{known.name(item).zh} 的{_SUMS[name].zh} {float(value):.10g} km2 与转移矩阵"
                    f"的 {float(computed):.10g} km2 相差 {float(value - computed):.10g} km2。",
                    f"{known.name(item).en}: {_SUMS[name].en} of {float(value):.10g} km2 differs "
                    f"from the {float(computed):.10g} km2 of the matrix by "
                    f"{float(value - computed):.10g} km2.",
                ),
                Text("请核对两张表的口径和图斑。", "Check the scope and the plots of both tables."),
            )  # fmt: skip


_ROUNDING = 1e-9  # of areas converted from another unit
_SUMS = {
    "opening": Text("期初面积", "opening area"),
    "gains": Text("增加", "gains"),
    "losses": Text("减少", "losses"),
    "closing": Text("期末面积", "closing area"),
    "stable": Text("未变", "unchanged"),
    "change": Text("净变化", "net change"),
}
_TITLE = Text("生态系统范围（面积）账户", "Account of ecosystem extent")
_MATRIX = Text("生态系统类型转移矩阵", "Transition matrix of ecosystem types")
_KEYS = (
    Column("year", Text("年份", "Year"), decimals=0),
    Column("region", Text("地区", "Region")),
    Column("code", Text("类型代码", "Class")),
    Column("type", Text("生态系统类型", "Ecosystem type")),
)
_COLUMNS = (*_KEYS, *(Column(name, label, "km2", 4) for name, label in _SUMS.items()))
_NOTE = Text(
    "期初 + 增加 − 减少 = 期末；各类期初合计与期末合计相等。一、二级类型依 HJ 1166-2021，三级和"
    "滨海、海洋类型为扩展；地类对应关系未核对。",
    "Opening + gains − losses = closing; the totals of opening and closing are equal. Levels 1 and "
    "2 follow HJ 1166-2021; level 3, coast and sea are extensions; the mapping of land classes is "
    "unverified.",
)
_MATRIX_NOTE = Text(
    "行为期初类型，列为期末类型；对角线为未变化的面积。空格表示没有这种转移。",
    "Rows: type before; columns: type after; the diagonal is unchanged. A blank cell: no such "
    "transition.",
)
