"""Values that stand apart from their neighbours, or repeat a number of another column."""

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.checks.context import Context, Value
from carbonledger.library.checks.findings import Place, explained_grade, finding
from carbonledger.model.problem import Problem

__all__ = ["check_neighbours"]

_FAR = 8.0  # a slipped decimal is ten
_AGREE = 4.0  # neighbours that differ more among themselves say nothing about another
_FEWEST = 2  # of two values nobody can say which is the odd one: two others have to agree
_FEWEST_ACROSS, _AGREE_ACROSS = 3, 3.0  # technologies do differ
_FEWEST_DOCUMENT = 4  # so do trains and ships
_DIGITS = 3  # numbers of fewer digits coincide by chance

_Key = tuple[str, ...]

_REMEDY = Text(
    "请对照原件；若确实如此，在 note 中写明“explained: 原因”。",
    "Check it by the document; if it is so, say 'explained: why' in note.",
)


def check_neighbours(context: Context) -> Iterator[Problem]:
    """Decimal slips, seen beside other editions; numbers copied from another column."""
    beside: dict[_Key, list[Value]] = defaultdict(list)
    for value in context.values:
        row = value.row
        if row.item and _digits(row.value) >= _DIGITS:
            beside[row.edition, row.item, row.detail, row.account, row.region].append(value)
    told: set[Place] = set()
    for found, fewest, agree in _groups(context):
        for value, problem in _far_off(found, fewest, agree) if len(found) > fewest else ():
            if value.place not in told:
                told.add(value.place)
                yield problem
    for found in beside.values():
        yield from _repeated(found)


def _groups(context: Context) -> Iterator[tuple[list[Value], int, float]]:
    """Values that should be alike, how many others have to agree, and how well."""
    series: dict[_Key, list[Value]] = defaultdict(list)  # one region in all years and editions
    exact: dict[_Key, list[Value]] = defaultdict(list)  # the same keys wherever
    document: dict[_Key, list[Value]] = defaultdict(list)  # the accounts of one table
    across: dict[_Key, list[Value]] = defaultdict(list)  # the technologies of one category
    for value in context.plausible:
        row = value.row
        if row.item or row.species:
            kind = (row.parameter, value.dimension, row.item, row.species)
            category = ".".join(row.account.split(".")[:3])
            series[(*kind, row.detail, row.account, row.region)].append(value)
            exact[(*kind, row.detail, row.account)].append(value)
            document[(*kind, row.detail, row.source, row.edition)].append(value)
            across[(*kind, category)].append(value)
    for groups, fewest, agree in (
        (series, _FEWEST, _AGREE),
        (exact, _FEWEST, _AGREE_ACROSS),
        (document, _FEWEST_DOCUMENT, _AGREE),
        (across, _FEWEST_ACROSS, _AGREE_ACROSS),
    ):
        for found in groups.values():
            yield found, fewest, agree


def _far_off(found: list[Value], fewest: int, agree: float) -> Iterator[tuple[Value, Problem]]:
    unit = found[0].row.unit
    factors = {each: units.multiplier(each, unit) for each in {v.row.unit for v in found}}
    numbers = [value.row.value * factors[value.row.unit] for value in found]
    ordered = sorted(number for number in numbers if number > 0)
    if len(ordered) <= fewest:
        return
    middle = median(ordered)
    if ordered[-1] <= middle * _FAR and ordered[0] >= middle / _FAR:
        return
    for value, number in zip(found, numbers, strict=True):
        if number <= 0:
            continue
        others = ordered.copy()
        others.remove(number)
        middle = median(others)
        apart = number > middle * _FAR or number < middle / _FAR
        if apart and others[-1] <= middle * agree and others[0] >= middle / agree:
            shown = f"{middle:.4g}" if unit == "1" else f"{middle:.4g} {unit}"
            yield value, _odd(value, number / middle, shown, len(others))


def _odd(value: Value, ratio: float, middle: str, others: int) -> Problem:
    row = value.row
    how = Text(f"是其 {ratio:.3g} 倍", f"{ratio:.3g} times that")
    if ratio < 1:
        how = Text(f"是其 1/{1 / ratio:.3g}", f"1/{1 / ratio:.3g} of that")
    return finding(
        explained_grade(row.note), "far-off", value.place, "value",
        Text(
            f"{row.parameter} 同类其他 {others} 个值相近，中位数是 {middle}，本行 {row.value:g} "
            f"{row.unit} {how.zh}：像是小数点错位或单位错误。",
            f"The {others} other values of {row.parameter} of this kind agree on about {middle}; "
            f"{row.value:g} {row.unit} is {how.en}: a slipped decimal point, or another unit?",
        ),
        _REMEDY,
    )  # fmt: skip


def _digits(number: float) -> int:
    mantissa = f"{abs(number):.12g}".partition("e")[0].replace(".", "")
    return len(mantissa.strip("0"))


def _repeated(found: list[Value]) -> Iterator[Problem]:
    by_number: dict[float, Value] = {}
    for value in found:
        other = by_number.setdefault(value.row.value, value)
        factors = [each.row.parameter.endswith("_factor") for each in (value, other)]
        if factors[0] == factors[1]:
            continue  # heating value and carbon content do coincide
        yield finding(
            explained_grade(value.row.note, other.row.note), "same-number", value.place, "value",
            Text(
                f"{value.row.parameter} 的数值 {value.row.value:g} 与同一品种 {other.row.parameter}"
                f"（{other.place.file} 第 {other.place.row} 行）相同，像是抄错了列。",
                f"The value {value.row.value:g} of {value.row.parameter} is that of "
                f"{other.row.parameter} of the same item ({other.place.file} row "
                f"{other.place.row}): it may have been copied from another column.",
            ),
            _REMEDY,
        )  # fmt: skip
