"""Rules on one row of parameters: unit, range, dates, and what has to be said about it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.checks.context import Context, Value, usable
from carbonledger.library.checks.findings import explained_grade, finding, more_rows, near
from carbonledger.library.checks.reading import Row
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Status

__all__ = ["check_limit_rows", "check_values"]

_WIDEST = 1000.0  # the ends of a range in g and in kg
_YEARS = (1990, 2030)
_PUBLISHED = re.compile(r"(\d{4})(-\d\d){0,2}", re.ASCII)
_NOT_SEEN = re.compile(
    r"\brecalled\b|\bnot (been )?(checked|seen|verified)\b|\bun(checked|seen)\b|未核对|未见|凭记忆"
)
# What may be recalled beside a value that was seen: its range, and the number of the document.
_MAY_BE = "range|ranges|end|limit|limits|bound|bounds|interval|document number"
_BESIDE = re.compile(rf"\b({_MAY_BE})\b[^,;.]*recalled(, not checked)?")


def check_values(context: Context) -> Iterator[Problem]:
    """Everything about a parameter that its own row shows."""
    yield from _vocabulary(context)
    for value in context.values:
        yield from _limits(context, value)
        yield from _by_itself(value)
    yield from _without_set(context)


@lru_cache(maxsize=1 << 14)  # of two readings of a library nearly all rows are the same
def _by_itself(value: Value) -> tuple[Problem, ...]:
    """What a row shows without the rest of the library."""
    return (*_range(value), *_dates(value), *_statements(value))


def check_limit_rows(context: Context) -> Iterator[Problem]:
    """The rows of ``limits/`` themselves: units, ends, and fractions that end at 1."""
    rows = [*context.tables.valid("limits"), *context.tables.valid("check_limits.csv")]
    for row in rows:
        record = row.record
        if not usable(row):
            yield _limit_row(
                row, "unit",
                Text(
                    "单位或 slips 中的单位无法识别，或互不换算。",
                    "The unit, or one of slips, cannot be read or does not convert.",
                ),
            )  # fmt: skip
            continue
        if record.minimum > record.maximum:
            yield _limit_row(
                row, "minimum",
                Text("下限大于上限。", "The minimum is greater than the maximum."),
            )  # fmt: skip
        share = record.parameter.endswith("_fraction") and units.same_dimension(record.unit, "1")
        if share and record.maximum * units.multiplier(record.unit, "1") > 1:
            yield _limit_row(
                row, "maximum",
                Text(
                    f"{record.parameter} 是比例，上限不能大于 1。",
                    f"{record.parameter} is a share, which cannot exceed 1.",
                ),
            )  # fmt: skip


def _limit_row(row: Row, column: str, message: Text) -> Problem:
    remedy = Text("请改正本行的范围和单位。", "Correct the range and the units of this row.")
    return finding(Grade.A, "limit-row", row.place, column, message, remedy)


def _vocabulary(context: Context) -> Iterator[Problem]:
    """Parameters and units that do not exist, and parameters in units that they cannot have."""
    known = {GWP, *context.limits.names()}
    rows = context.tables.rows["parameters"]
    if "limits" not in context.tables.broken:
        for name, found in _alike(rows, "parameter"):
            if name and name not in known:
                yield _no_parameter(name, found, known)
    for unit, found in _alike(rows, "unit"):
        try:
            units.parse(unit)
        except units.UnitError as error:
            if unit:
                yield _no_unit(unit, found, error.text)
            continue
        for name, each in _alike(found, "parameter"):
            refused = context.limits.unit_refusal(name, unit)
            if refused is not None:
                message, more = refused[0], more_rows(len(each))
                said = Text(f"{message.zh}{more.zh}", f"{message.en}{more.en}")
                yield finding(Grade.A, "dimension", each[0].place, "unit", said, refused[1])


def _alike(rows: list[Row], column: str) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each file that have the same cell in a column."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        found[row.place.file, row[column]].append(row)
    for (_, cell), each in found.items():
        yield cell, each


def _no_parameter(name: str, rows: list[Row], known: set[str]) -> Problem:
    hint, more = near(name, known), more_rows(len(rows))
    return finding(
        Grade.A, "unknown-parameter", rows[0].place, "parameter",
        Text(
            f"没有名为“{name}”的参数，任何方法都用不到它{more.zh}。{hint.zh}",
            f"There is no parameter '{name}': no method would find it{more.en}.{hint.en}",
        ),
        Text(
            "请改用 limits/*.csv 中的参数名，或先在那里登记其单位和合理范围。",
            "Use a name of limits/*.csv, or enter its unit and plausible range there.",
        ),
    )  # fmt: skip


def _no_unit(unit: str, rows: list[Row], message: Text) -> Problem:
    more = more_rows(len(rows))
    if re.fullmatch(r"[\d.eE+-]+", unit):
        message = Text(
            f"{message.zh}unit 列里是一个数，可能错列。",
            f"{message.en} Column unit holds a number: have the cells slipped?",
        )
    return finding(
        Grade.A, "unit", rows[0].place, "unit",
        Text(f"{message.zh}{more.zh}", f"{message.en}{more.en}"),
        Text("请改用 units.csv 中的单位写法。", "Use a spelling of a unit in units.csv."),
    )  # fmt: skip


def _limits(context: Context, value: Value) -> Iterator[Problem]:
    beyond = context.beyond.get(value.place)
    if beyond is not None:
        column, message, remedy = beyond
        located = Text(f"{column} 列：{message.zh}", f"Column {column}: {message.en}")
        yield finding(Grade.A, "limit", value.place, column, located, remedy)


def _range(value: Value) -> Iterator[Problem]:
    row = value.row
    low, high = row.lower, row.upper
    if (low is None) != (high is None):
        yield finding(
            Grade.B, "half-range", value.place, "upper" if high is None else "lower",
            Text(
                "范围只有一端，不确定性无法计算。",
                "The range has one end only: no uncertainty follows from it.",
            ),
            Text("请补上另一端，或两端都留空。", "Enter the other end, or leave both empty."),
        )  # fmt: skip
    if (low is not None and row.value < low) or (high is not None and row.value > high):
        swapped = low is not None and high is not None and low > high
        why = Text("上下限填反了", "its ends are exchanged") if swapped else Text(
            "三个数中有一个抄错，或单位不同", "one of the three is mistyped or in another unit"
        )  # fmt: skip
        yield finding(
            Grade.A, "range", value.place, "value",
            Text(
                f"数值 {row.value:g} 不在自己的范围 {_shown(low)} 至 {_shown(high)} 内：{why.zh}。",
                f"The value {row.value:g} is outside its own range {_shown(low)} to "
                f"{_shown(high)}: {why.en}.",
            ),
            Text("请对照原件改正。", "Correct it by the document."),
        )  # fmt: skip
    elif low is not None and high is not None and 0 < low * _WIDEST < high:
        yield finding(
            explained_grade(row.note), "wide-range", value.place, "upper",
            Text(
                f"上限是下限的 {high / low:.6g} 倍，像是一端的单位不同（如 g 与 kg）。",
                f"The upper end is {high / low:.6g} times the lower: one of them may be in "
                "another unit, such as g for kg.",
            ),
            _EXPLAIN,
        )  # fmt: skip


_EXPLAIN = Text(
    "请对照原件；若确实如此，在 note 中写明“explained: 原因”。",
    "Check it by the document; if it is so, say 'explained: why' in note.",
)


def _shown(end: float | None) -> str:
    return "…" if end is None else f"{end:g}"


def _dates(value: Value) -> Iterator[Problem]:
    row = value.row
    if row.valid_from and row.valid_to and row.valid_from > row.valid_to:
        yield finding(
            Grade.A, "validity", value.place, "valid_from",
            Text(
                f"生效日 {row.valid_from} 晚于失效日 {row.valid_to}，该行永远不会被选用。",
                f"It begins on {row.valid_from} and ends on {row.valid_to}: never valid.",
            ),
            Text("请核对两个日期是否填反。", "See whether the two are exchanged."),
        )  # fmt: skip
    published = _PUBLISHED.fullmatch(row.published)
    if row.published and published is None:
        yield finding(
            Grade.A, "date", value.place, "published",
            Text(
                f"published 列的“{row.published}”不是年份。",
                f"Column published: '{row.published}' is no year.",
            ),
            Text("请写成 2011 或 2011-05-31。", "Write 2011 or 2011-05-31."),
        )  # fmt: skip
    years = {
        "published": int(published[1]) if published else None,
        "valid_from": row.valid_from.year if row.valid_from else None,
        "valid_to": row.valid_to.year if row.valid_to else None,
    }
    for column, year in years.items():
        if year is not None and not _YEARS[0] <= year <= _YEARS[1]:
            yield finding(
                Grade.A, "year", value.place, column,
                Text(
                    f"{column} 列的年份 {year} 不在 {_YEARS[0]} 至 {_YEARS[1]} 之间。",
                    f"Column {column}: the year {year} is not in {_YEARS[0]} to {_YEARS[1]}.",
                ),
                Text("请核对年份。", "Check the year."),
            )  # fmt: skip
    if row.value in {year for year in years.values() if year}:
        yield finding(
            explained_grade(row.note), "value-is-year", value.place, "value",
            Text(
                f"数值 {row.value:g} 等于本行的年份，像是错了列。",
                f"The value {row.value:g} is a year of its own row: the columns may have slipped.",
            ),
            _EXPLAIN,
        )  # fmt: skip


def _statements(value: Value) -> Iterator[Problem]:
    row = value.row
    if not row.locator:
        yield finding(
            Grade.B, "no-locator", value.place, "locator",
            Text(
                "没有写明表号或页码，无法核对。", "It names no table or page to check it by."
            ),
            Text("请写明表、公式或页。", "Name the table, equation or page."),
        )  # fmt: skip
    if row.status is Status.UNVERIFIED and not row.note:
        yield finding(
            Grade.B, "no-note", value.place, "note",
            Text("未核对的行没有说明原因。", "An unverified row does not say why it is."),
            Text("请在 note 中写明。", "Say it in note."),
        )  # fmt: skip
    for column, text in (("locator", row.locator), ("basis", row.basis), ("note", row.note)):
        admits = _NOT_SEEN.search(_BESIDE.sub("", text))
        if row.status is Status.VERIFIED and admits:
            yield finding(
                Grade.A, "not-seen", value.place, "status",
                Text(
                    f"{column} 列说“{admits[0]}”（未对照原件），status 却是 verified。",
                    f"Column {column} says '{admits[0]}', and the status that it is verified.",
                ),
                Text(
                    "请对照原件核对，或改为 unverified。",
                    "Check it by the document, or make it unverified.",
                ),
            )  # fmt: skip


def _without_set(context: Context) -> Iterator[Problem]:
    """Factors that exist as CO2e only and do not say under which warming potentials."""
    found: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for value in context.values:
        row = value.row
        if row.parameter != GWP and "CO2e" in row.unit and not _names_set(context, value):
            found[value.place.file, row.edition].append(value)
    sets = sorted(context.gwp_sets)
    for values in found.values():
        more = more_rows(len(values))
        yield finding(
            Grade.B, "no-gwp-set", values[0].place, "basis",
            Text(
                "该因子只有 CO2 当量，却没有写明用的是哪一套 GWP，换用其他 GWP 时会算错"
                f"{more.zh}。",
                "The factor exists as CO2e only and names no GWP set: under another set it would "
                f"be wrong{more.en}.",
            ),
            Text(
                f"请在 basis 或 note 中写明 {'、'.join(sets)} 之一；原件未说明时写"
                "“GWP set not stated”。",
                f"Name one of {', '.join(sets)} in basis or note; where the document does not say, "
                "write 'GWP set not stated'.",
            ),
        )  # fmt: skip


def _names_set(context: Context, value: Value) -> bool:
    said = f"{value.row.basis} {value.row.note}"
    named = any(re.search(rf"(?<![A-Za-z]){re.escape(name)}", said) for name in context.gwp_sets)
    return named or "GWP set not stated" in said
