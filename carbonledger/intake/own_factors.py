"""The inventory's own parameters: ``factors.csv`` in its folder.

Only parameter, value, unit, source and locator are required: a value without unit, document and
page is no parameter. Empty key cells apply to all; status is ``unverified`` unless it says
otherwise; the edition is ``inventory``.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from carbonledger.errors import Text
from carbonledger.intake.cells import label_key
from carbonledger.intake.columns import (
    Columns,
    Finding,
    arrange,
    nearest_names,
    quantity_name,
    read_unit,
    split_heading,
)
from carbonledger.intake.keys import Refused, code_of
from carbonledger.intake.layout import Context, grid_problem, quoted
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Parameter, Status

__all__ = ["FACTORS", "read_factors"]

FACTORS = "factors.csv"
_ROLES = ("key", "unit", "factor")
_REQUIRED = ("parameter", "value", "unit", "source", "locator")
_DISTRIBUTIONS = ("normal", "lognormal", "triangular", "uniform")
_DATE = re.compile(r"([12][0-9]{3})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2}))?)?[年月日]?")
_KEYS = ("parameter", "item", "detail", "account", "species", "region", "basis", "valid_from")


def read_factors(grid: Grid, context: Context) -> tuple[list[Parameter], list[Problem]]:
    """The parameters in ``factors.csv`` and what is wrong with it; a wrong row gives none."""
    reader = _Reader(grid, context)
    reader.read()
    return reader.parameters, reader.problems


@dataclass
class _Reader:
    grid: Grid
    context: Context
    parameters: list[Parameter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    first: dict[tuple[object, ...], int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        columns = arrange(self.grid.rows[0], _ROLES, _REQUIRED)
        for finding in columns.findings:
            self.report(0 if finding.column is not None else None, finding.column, finding)
        if "period" in columns.keys:
            self.report(0, columns.keys["period"], _NO_PERIOD)
        for name in ("value", "lower", "upper"):
            column = columns.keys.get(name)
            if column is not None and split_heading(self.grid.text(0, column))[1]:
                self.report(0, column, _UNIT_IN_HEADING)
        if self.problems:
            return
        for row in range(1, len(self.grid.rows)):
            if any(self.grid.text(row, column) for column in range(self.grid.width)):
                self.row(row, columns)

    def row(self, row: int, columns: Columns) -> None:
        before = len(self.problems)
        places = {**columns.keys, "unit": columns.unit_column or 0}
        stray = set(range(self.grid.width)) - set(places.values())
        for column in sorted(stray):
            if text := self.grid.text(row, column):
                self.report(row, column, _stray(text))
        values = {name: self.field(row, column, name) for name, column in places.items()}
        if len(self.problems) > before:
            return
        number = self.grid.row_number(row)
        values.setdefault("id", "")
        defaults = {"id": f"own-{number}", "edition": "inventory", "status": Status.UNVERIFIED}
        filled = {name: values.get(name) or default for name, default in defaults.items()}
        blank: dict[str, object] = dict.fromkeys(Parameter.model_fields, "")
        parameter = Parameter.model_validate(blank | values | filled)
        if self.consistent(row, places, parameter):
            self.parameters.append(parameter)

    def field(self, row: int, column: int, name: str) -> object:
        """The value of one cell; an empty text, and a problem, where it cannot be read."""
        text = self.grid.text(row, column)
        if not text:
            if name in _REQUIRED:
                self.report(row, column, _blank(name))
            return ""
        readers: dict[str, Callable[[int, int, str], object]] = {
            "parameter": self.parameter,
            "value": self.number,
            "lower": self.number,
            "upper": self.number,
            "unit": self.unit,
            "valid_from": self.first_day,
            "valid_to": self.last_day,
            "status": self.status,
            "distribution": self.distribution,
        }
        if name in {"region", "account", "item"}:
            spellings = getattr(self.context, f"{name}s")
            return self.accepted(row, column, code_of(name, self.grid.rows[row][column], spellings))
        return readers[name](row, column, text) if name in readers else text

    def accepted(self, row: int, column: int, found: object) -> object:
        if isinstance(found, Refused | Finding):
            self.report(row, column, found)
            return ""
        return found

    def parameter(self, row: int, column: int, text: str) -> object:
        return self.accepted(row, column, quantity_name(text) or _unknown_parameter(text))

    def number(self, row: int, column: int, _: str) -> object:
        cell = self.grid.cell(row, column)
        if cell.value is not None:
            return cell.value
        message = cell.problem or _NOT_A_NUMBER.message
        remedy = cell.remedy or _NOT_A_NUMBER.remedy
        return self.accepted(row, column, Refused("cell-not-a-number", message, remedy))

    def unit(self, row: int, column: int, text: str) -> object:
        return self.accepted(row, column, read_unit(text))

    def first_day(self, row: int, column: int, text: str) -> object:
        found = _day(self.grid.rows[row][column], last=False)
        return self.accepted(row, column, found or _not_a_date(text))

    def last_day(self, row: int, column: int, text: str) -> object:
        found = _day(self.grid.rows[row][column], last=True)
        return self.accepted(row, column, found or _not_a_date(text))

    def status(self, row: int, column: int, text: str) -> object:
        known = {"verified": Status.VERIFIED, "unverified": Status.UNVERIFIED}
        known |= {"已核对": Status.VERIFIED, "未核对": Status.UNVERIFIED}
        return self.accepted(row, column, known.get(label_key(text)) or _one_of(text, known))

    def distribution(self, row: int, column: int, text: str) -> object:
        key = label_key(text)
        known = dict.fromkeys(_DISTRIBUTIONS, "")
        return self.accepted(row, column, key if key in known else _one_of(text, known))

    def consistent(self, row: int, places: Mapping[str, int], parameter: Parameter) -> bool:
        """Whether the row fits together and with the rows above it."""
        number = self.grid.row_number(row)
        before = len(self.problems)
        low = parameter.value if parameter.lower is None else parameter.lower
        high = parameter.value if parameter.upper is None else parameter.upper
        if not low <= parameter.value <= high:
            self.report(row, places["value"], _RANGE)
        start, end = parameter.valid_from, parameter.valid_to
        if start is not None and end is not None and start > end:
            self.report(row, places["valid_to"], _VALIDITY)
        key = tuple(getattr(parameter, name) for name in _KEYS)
        if key in self.first:
            self.report(row, places["parameter"], _twice(self.first[key]))
        if parameter.id in self.ids:
            self.report(row, places.get("id", 0), _id_twice(parameter.id, self.ids[parameter.id]))
        self.first.setdefault(key, number)
        self.ids.setdefault(parameter.id, number)
        return len(self.problems) == before

    def report(self, row: int | None, column: int | None, what: Refused | Finding) -> None:
        self.problems.append(
            grid_problem(
                self.grid, Grade.A, what.code, what.message, what.remedy, row=row, column=column
            )
        )


def _day(raw: object, *, last: bool) -> date | None:
    """A day; a year or a month stands for its first or its last one."""
    if isinstance(raw, date):
        return raw.date() if isinstance(raw, datetime) else raw
    found = _DATE.fullmatch(label_key(raw))
    if found is None:
        return None
    year = int(found[1])
    month = int(found[2] or (12 if last else 1))
    if not 1 <= month <= 12:
        return None
    days = monthrange(year, month)[1]
    day = int(found[3] or (days if last else 1))
    return date(year, month, day) if 1 <= day <= days else None


def _blank(name: str) -> Refused:
    return Refused(
        "factor-missing",
        Text(f"缺少 {name}。", f"The {name} is missing."),
        Text(
            "自有参数必须写明数值、单位、来源文件和表号页码。",
            "An own parameter needs its value, unit, document, and table or page.",
        ),
    )


def _unknown_parameter(text: str) -> Refused:
    near = nearest_names(text, ("quantity",))
    return Refused(
        "parameter-unknown",
        Text(f"不认识参数“{text}”。", f"The parameter '{text}' is not known."),
        Text(
            f"请改成认识的参数名，例如{quoted(near or ('低位发热量', '含碳量', '氧化率'))}。",
            f"Use a known parameter, such as "
            f"{', '.join(near or ('net_calorific_value', 'carbon_content'))}.",
        ),
    )


def _not_a_date(text: str) -> Refused:
    return Refused(
        "date-unclear",
        Text(f"“{text}”不是日期。", f"'{text}' is no date."),
        Text("请写成 2022-01-01 或 2022。", "Write it as 2022-01-01 or 2022."),
    )


def _one_of(text: str, known: Mapping[str, object]) -> Refused:
    options = ", ".join(known)
    return Refused(
        "value-unknown",
        Text(f"不认识“{text}”。", f"'{text}' is not known here."),
        Text(f"请写下列之一：{options}。", f"Write one of: {options}."),
    )


def _stray(text: str) -> Refused:
    return Refused(
        "cell-without-heading",
        Text(f"“{text}”所在的列没有表头。", f"'{text}' stands in a column without a heading."),
        Text(
            "含逗号的文字请用双引号括起来，或补上表头。",
            "Put texts with commas into double quotes, or add the heading.",
        ),
    )


def _twice(row: int) -> Refused:
    return Refused(
        "factor-twice",
        Text(
            f"与第 {row} 行的适用范围完全相同，不知道用哪一个。",
            f"The row applies to the same as row {row}: which one counts?",
        ),
        Text("请删去一行，或区分品种、地区、有效期。", "Delete one, or tell them apart."),
    )


def _id_twice(identifier: str, row: int) -> Refused:
    return Refused(
        "factor-twice",
        Text(
            f"编号“{identifier}”在第 {row} 行已经用过。",
            f"The id '{identifier}' is used in row {row} already.",
        ),
        Text("请改用不同的编号。", "Use another id."),
    )


_NOT_A_NUMBER = Refused(
    "cell-not-a-number",
    Text("这里必须是一个数。", "A number is needed here."),
    Text("请填写数值；没有时请删去这一行。", "Write the value, or delete the row."),
)
_NO_PERIOD = Refused(
    "column-unknown",
    Text("参数表没有“年份”列。", "A table of parameters has no column 'period'."),
    Text("请用 valid_from 和 valid_to 写有效期。", "Use valid_from and valid_to."),
)
_UNIT_IN_HEADING = Refused(
    "unit-twice",
    Text("参数的单位不写在表头里。", "The unit of a parameter does not stand in a heading."),
    Text("请把单位写到“单位”列。", "Write it into the unit column."),
)
_RANGE = Refused(
    "factor-range",
    Text("数值不在下限与上限之间。", "The value does not lie between its bounds."),
    Text("请核对数值与上下限的单位和数量级。", "Check the value, its bounds and their unit."),
)
_VALIDITY = Refused(
    "factor-validity",
    Text("有效期的终点早于起点。", "The validity ends before it begins."),
    Text("请核对 valid_from 与 valid_to。", "Check valid_from and valid_to."),
)
