"""The balance sheet of natural resources: opening, additions, reductions, closing.

For each asset and year: opening + added − lost − taken + revaluation = closing. Where the closing
stock is given the sheet closes exactly or says by how much it does not; where it is blank it is
computed, and the table says so. Parts are compared with their whole, and the closing stock of a
year with the opening of the next. Nothing is changed to fit.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from carbonledger import units
from carbonledger.analysis.uses.table import Column, Row, UseTable, exact, problem_at
from carbonledger.errors import Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.model.problem import Grade, Problem

__all__ = ["balance_sheet"]

_SIGNS = {
    "natural_addition": 1,
    "managed_addition": 1,
    "natural_reduction": -1,
    "managed_reduction": -1,
    "revaluation": 1,
}
_STOCKS = ("opening", *_SIGNS, "closing")
_Key = tuple[object, str, str]


def balance_sheet(source: UseRows) -> UseTable:
    """The balance sheet of the input table ``balance``, in the units of its rows.

    A blank flow is a flow that did not occur; a blank opening or closing stock is unknown. If both
    are, nothing can be computed, and the row is a problem.
    """
    rows = [_row(row) for row in source.rows]
    problems = [
        *_gaps(source, rows),
        *_parts(source),
        *_continuity(source),
        *_negative(source),
    ]
    return UseTable(_TITLE, _COLUMNS, rows, [_NOTE], problems)


def _row(row: UseRow) -> Row:
    opening, closing = _stock(row, "opening"), _stock(row, "closing")
    change = _change(row)
    computed = None if opening is None else opening + change
    gap = None if computed is None or closing is None else closing - computed
    if opening is None and closing is not None:
        opening, state = closing - change, "期初为推算 opening computed"
    elif closing is None and computed is not None:
        closing, state = computed, "期末为推算 closing computed"
    elif gap is None:
        state = "无法计算 not computable"
    else:
        state = "平衡 closes" if gap == 0 else "不平 does not close"
    texts = {name: row.text(name) for name in ("region", "group", "asset", "part_of", "unit")}
    flows = {name: row.optional(name) for name in _SIGNS}
    return (
        {"year": row.values["year"]}
        | texts
        | {"opening": _float(opening)}
        | flows
        | {"closing": _float(closing), "residual": _float(gap), "state": state}
    )


def _stock(row: UseRow, name: str) -> Fraction | None:
    value = row.optional(name)
    return None if value is None else exact(value)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _change(row: UseRow) -> Fraction:
    flows = ((_stock(row, name) or Fraction(0)) * sign for name, sign in _SIGNS.items())
    return sum(flows, Fraction(0))


def _gaps(source: UseRows, rows: Sequence[Row]) -> Iterator[Problem]:
    for row, shown in zip(source.rows, rows, strict=True):
        gap, unit = shown["residual"], row.text("unit")
        if isinstance(gap, float) and gap:
            yield problem_at(
                source, row, Grade.B, "balance-open",
                Text(
                    f"{row.text('asset')}：期末存量比“期初+增加−减少+重估”"
                    f"{'多' if gap > 0 else '少'} {abs(gap):.12g} {unit}。",
                    f"{row.text('asset')}: the closing stock is {abs(gap):.12g} {unit} "
                    f"{'above' if gap > 0 else 'below'} opening + added - reduced + revaluation.",
                ),
                Text(
                    "请补齐漏记的增减，或在“重估”列写明调查变更的量。",
                    "Add the flows that are missing, or write the change of survey as revaluation.",
                ),
            )  # fmt: skip
        if shown["opening"] is None or shown["closing"] is None:
            yield problem_at(
                source, row, Grade.B, "balance-unknown",
                Text(
                    f"{row.text('asset')}：期初和期末都没有数，无法计算。",
                    f"{row.text('asset')}: neither opening nor closing is known.",
                ),
                Text("请至少填写其中一个。", "Write at least one of them."),
            )  # fmt: skip


def _key(row: UseRow, asset: str) -> _Key:
    return (row.values["year"], row.text("region"), asset)


def _parts(source: UseRows) -> Iterator[Problem]:
    """Parts against their whole, for each stock and flow that all of them have."""
    wholes = {_key(row, row.text("asset")): row for row in source.rows}
    parts: dict[_Key, list[UseRow]] = {}
    for row in source.rows:
        if row.text("part_of"):
            parts.setdefault(_key(row, row.text("part_of")), []).append(row)
    for key, members in parts.items():
        whole = wholes.get(key)
        if whole is None:
            yield problem_at(
                source, members[0], Grade.B, "balance-no-whole",
                Text(
                    f"{members[0].text('asset')} 属于“{key[2]}”，表中没有这一行。",
                    f"{members[0].text('asset')} is part of '{key[2]}', which has no row.",
                ),
                Text("请加上合计行，或改正“上级资产”。", "Add the row, or correct part_of."),
            )  # fmt: skip
        else:
            yield from _against(source, whole, members)


def _against(source: UseRows, whole: UseRow, members: Sequence[UseRow]) -> Iterator[Problem]:
    name, unit = whole.text("asset"), whole.text("unit")
    apart = [each for each in members if not units.same_dimension(each.text("unit"), unit)]
    if apart:
        yield problem_at(
            source, apart[0], Grade.A, "balance-units",
            Text(
                f"{apart[0].text('asset')} 的单位 {apart[0].text('unit')} 与“{name}”的单位 {unit} "
                "不是同类，不能相加。",
                f"{apart[0].text('asset')} is in {apart[0].text('unit')}, '{name}' in {unit}: "
                "they do not add.",
            ),
            Text("请改正单位，或不作为其组成部分。", "Correct the unit, or do not make it a part."),
        )  # fmt: skip
        return
    for column in _STOCKS:
        values = [_in_unit(each, column, unit) for each in members]
        stated = _stock(whole, column)
        if stated is None or any(value is None for value in values):
            continue
        gap = stated - sum((value for value in values if value is not None), Fraction(0))
        if gap:
            yield problem_at(
                source, whole, Grade.B, "balance-parts",
                Text(
                    f"{name} 的 {_LABELS[column].zh} 比各组成部分之和"
                    f"{'多' if gap > 0 else '少'} {abs(float(gap)):.12g} {unit}。",
                    f"{_LABELS[column].en} of {name} is {abs(float(gap)):.12g} {unit} "
                    f"{'above' if gap > 0 else 'below'} the sum of its parts.",
                ),
                Text("请核对各组成部分。", "Check the parts."),
            )  # fmt: skip


def _in_unit(row: UseRow, column: str, unit: str) -> Fraction | None:
    value = _stock(row, column)
    if value is None:
        return None
    written, wanted = units.parse(row.text("unit")), units.parse(unit)
    return value * written.factor / wanted.factor


def _continuity(source: UseRows) -> Iterator[Problem]:
    found = {_key(row, row.text("asset")): row for row in source.rows}
    for (year, region, asset), row in found.items():
        before = found.get((int(str(year)) - 1, region, asset))
        opening = _stock(row, "opening")
        closing = None if before is None else _in_unit(before, "closing", row.text("unit"))
        if opening is None or closing is None or opening == closing:
            continue
        unit = row.text("unit")
        yield problem_at(
            source, row, Grade.B, "balance-years",
            Text(
                f"{asset}：{year} 年期初 {float(opening):.12g} {unit} 与上年期末 "
                f"{float(closing):.12g} {unit} 不同。",
                f"{asset}: the opening stock of {year}, {float(opening):.12g} {unit}, is not the "
                f"closing stock of the year before, {float(closing):.12g} {unit}.",
            ),
            Text("请核对，或作为重估列出。", "Check it, or enter the step as revaluation."),
        )  # fmt: skip


def _negative(source: UseRows) -> Iterator[Problem]:
    for row in source.rows:
        for column in _STOCKS:
            value = row.optional(column)
            if value is not None and value < 0 and column != "revaluation":
                yield problem_at(
                    source, row, Grade.B, "balance-negative",
                    Text(
                        f"{row.text('asset')} 的{_LABELS[column].zh}是负数 {value:g}；减少应写"
                        "正数。",
                        f"{_LABELS[column].en} of {row.text('asset')} is negative ({value:g}); "
                        "reductions are written as positive numbers.",
                    ),
                    Text("请核对符号。", "Check the sign."),
                )  # fmt: skip


_LABELS = {
    "opening": Text("期初存量", "opening stock"),
    "natural_addition": Text("自然增加", "natural additions"),
    "managed_addition": Text("人为增加", "managed additions"),
    "natural_reduction": Text("自然减少", "natural reductions"),
    "managed_reduction": Text("人为减少", "managed reductions"),
    "revaluation": Text("重估", "revaluation"),
    "closing": Text("期末存量", "closing stock"),
}
_TITLE = Text("自然资源资产平衡表", "Balance sheet of natural resource assets")
_COLUMNS = (
    Column("year", Text("年份", "Year"), decimals=0),
    Column("region", Text("地区", "Region")),
    Column("group", Text("类别", "Class")),
    Column("asset", Text("资产", "Asset")),
    Column("part_of", Text("上级资产", "Part of")),
    Column("unit", Text("单位", "Unit")),
    *(Column(name, label) for name, label in _LABELS.items()),
    Column("residual", Text("差额", "Residual")),
    Column("state", Text("状态", "State")),
)
_NOTE = Text(
    "期末 = 期初 + 自然增加 + 人为增加 − 自然减少 − 人为减少 + 重估；差额 = 所填期末 − 计算期末，"
    "不作调平。",
    "Closing = opening + additions − reductions + revaluation; residual = closing as given − as "
    "computed; nothing is adjusted.",
)
