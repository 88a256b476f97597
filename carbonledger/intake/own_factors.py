"""The inventory's own parameters: ``factors.csv`` in its folder.

Only parameter, value, unit, source and locator are required: a value without unit, document and
page is no parameter. Empty key cells apply to all; status is ``unverified`` unless it says
otherwise; the edition is ``inventory``. A row with something in ``superseded_by`` is history and is
not read: it stays so that one can see what stood there, and since when not.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from carbonledger import units
from carbonledger.intake import own_factors_words as words
from carbonledger.intake.cells import label_key
from carbonledger.intake.columns import (
    Columns,
    Finding,
    arrange,
    quantity_name,
    read_unit,
    split_heading,
)
from carbonledger.intake.keys import Refused, code_of
from carbonledger.intake.layout import Context, grid_problem
from carbonledger.intake.plausible import implausible, misfit
from carbonledger.intake.table import Grid
from carbonledger.model import limits
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Parameter, Price, Status

__all__ = ["FACTORS", "SUPERSEDED", "read_factors"]

FACTORS = "factors.csv"
SUPERSEDED = "superseded_by"
_ROLES = ("key", "unit", "factor")
_REQUIRED = ("parameter", "value", "unit", "source", "locator")
_DISTRIBUTIONS = ("normal", "lognormal", "triangular", "uniform")
_DATE = re.compile(r"([12][0-9]{3})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2}))?)?[年月日]?")
_KEYS = ("parameter", "item", "detail", "account", "species", "region")
_YEAR = re.compile(r"([12][0-9]{3})年?")
_PRICE_KINDS = (("market", "市场价"), ("charge", "收费"), ("cost", "年成本"), ("capital", "造价"))
_VALUE_CONCEPTS = (("exchange", "交换价值"), ("replacement", "替代成本"), ("welfare", "福利价值"))


def read_factors(
    grid: Grid, context: Context, prefix: str = "own"
) -> tuple[list[Parameter], list[Problem]]:
    """The parameters in ``factors.csv`` and what is wrong with it; a wrong row gives none.

    ``prefix`` begins the ids of rows that have none, before the number of the row.
    """
    reader = _Reader(grid, context, prefix)
    reader.read()
    return reader.parameters, reader.problems


@dataclass
class _Reader:
    grid: Grid
    context: Context
    prefix: str
    parameters: list[Parameter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    alike: dict[tuple[object, ...], list[tuple[int, Parameter]]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        columns = arrange(self.grid.rows[0], _ROLES, _REQUIRED)
        for finding in columns.findings:
            self.report(0 if finding.column is not None else None, finding.column, finding)
        if "period" in columns.keys:
            self.report(0, columns.keys["period"], words.NO_PERIOD)
        for name in ("value", "lower", "upper"):
            column = columns.keys.get(name)
            if column is not None and split_heading(self.grid.text(0, column))[1]:
                self.report(0, column, words.UNIT_IN_HEADING)
        if self.problems:
            return
        for row in range(1, len(self.grid.rows)):
            superseded = columns.keys.get(SUPERSEDED)
            if superseded is not None and self.grid.text(row, superseded):
                continue
            if any(self.grid.text(row, column) for column in range(self.grid.width)):
                self.row(row, columns)

    def row(self, row: int, columns: Columns) -> None:
        before = len(self.problems)
        places = {**columns.keys, "unit": columns.unit_column or 0}
        stray = set(range(self.grid.width)) - set(places.values())
        for column in sorted(stray):
            if text := self.grid.text(row, column):
                self.report(row, column, words.stray(text))
        values = {
            name: self.field(row, column, name)
            for name, column in places.items()
            if name != SUPERSEDED
        }
        if len(self.problems) > before:
            return
        number = self.grid.row_number(row)
        values.setdefault("id", "")
        defaults = {
            "id": f"{self.prefix}-{number}",
            "edition": "inventory",
            "status": Status.UNVERIFIED,
        }
        filled = {name: values.get(name) or default for name, default in defaults.items()}
        blank: dict[str, object] = dict.fromkeys(Price.model_fields, "")
        parameter = Price.model_validate(blank | values | filled)
        if self.consistent(row, places, parameter):
            self.parameters.append(parameter)

    def field(self, row: int, column: int, name: str) -> object:
        """The value of one cell; an empty text, and a problem, where it cannot be read."""
        text = self.grid.text(row, column)
        if not text:
            if name in _REQUIRED:
                self.report(row, column, words.blank(name))
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
            "price_year": self.year,
            "price_kind": self.price_kind,
            "value_concept": self.value_concept,
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
        name = quantity_name(text)
        if name is not None and not limits.units_of(name):
            return self.accepted(row, column, words.no_parameter(name))
        return self.accepted(row, column, name or words.unknown_parameter(text))

    def number(self, row: int, column: int, _: str) -> object:
        cell = self.grid.cell(row, column)
        if cell.value is not None:
            return cell.value
        message = cell.problem or words.NOT_A_NUMBER.message
        remedy = cell.remedy or words.NOT_A_NUMBER.remedy
        return self.accepted(row, column, Refused("cell-not-a-number", message, remedy))

    def unit(self, row: int, column: int, text: str) -> object:
        return self.accepted(row, column, read_unit(text))

    def first_day(self, row: int, column: int, text: str) -> object:
        found = _day(self.grid.rows[row][column], last=False)
        return self.accepted(row, column, found or words.not_a_date(text))

    def last_day(self, row: int, column: int, text: str) -> object:
        found = _day(self.grid.rows[row][column], last=True)
        return self.accepted(row, column, found or words.not_a_date(text))

    def status(self, row: int, column: int, text: str) -> object:
        known = {"verified": Status.VERIFIED, "unverified": Status.UNVERIFIED}
        known |= {"已核对": Status.VERIFIED, "未核对": Status.UNVERIFIED}
        return self.accepted(row, column, known.get(label_key(text)) or words.one_of(text, known))

    def distribution(self, row: int, column: int, text: str) -> object:
        key = label_key(text)
        known = dict.fromkeys(_DISTRIBUTIONS, "")
        return self.accepted(row, column, key if key in known else words.one_of(text, known))

    def year(self, row: int, column: int, text: str) -> object:
        found = _YEAR.fullmatch(label_key(text))
        return self.accepted(row, column, int(found[1]) if found else words.not_a_date(text))

    def price_kind(self, row: int, column: int, text: str) -> object:
        known = {word: key for key, *names in _PRICE_KINDS for word in (key, *names)}
        return self.accepted(row, column, known.get(label_key(text)) or words.one_of(text, known))

    def value_concept(self, row: int, column: int, text: str) -> object:
        known = {word: key for key, *names in _VALUE_CONCEPTS for word in (key, *names)}
        return self.accepted(row, column, known.get(label_key(text)) or words.one_of(text, known))

    def consistent(self, row: int, places: Mapping[str, int], parameter: Parameter) -> bool:
        """Whether the row fits together and with the rows above it."""
        number = self.grid.row_number(row)
        before = len(self.problems)
        low = parameter.value if parameter.lower is None else parameter.lower
        high = parameter.value if parameter.upper is None else parameter.upper
        if not low <= parameter.value <= high:
            self.report(row, places["value"], words.RANGE)
        start, end = parameter.valid_from, parameter.valid_to
        if start is not None and end is not None and start > end:
            self.report(row, places["valid_to"], words.VALIDITY)
        self.plausible(row, places, parameter)
        self.alone(row, places["parameter"], parameter)
        if parameter.id in self.ids:
            self.report(
                row, places.get("id", 0), words.id_twice(parameter.id, self.ids[parameter.id])
            )
        self.ids.setdefault(parameter.id, number)
        return len(self.problems) == before

    def plausible(self, row: int, places: Mapping[str, int], parameter: Parameter) -> None:
        """Report a unit that no method takes, and a value that cannot be."""
        if what := misfit(parameter.parameter, parameter.unit):
            self.report(row, places["unit"], what)
        name, value = parameter.parameter, parameter.value
        if what := implausible(name, value, parameter.unit, parameter.item):
            self.report(row, places["value"], what)

    def alone(self, row: int, column: int, parameter: Parameter) -> None:
        """Report a row above that would be as good in a selection: none could be chosen."""
        keys = (getattr(parameter, name) for name in _KEYS)
        alike = self.alike.setdefault((*keys, units.dimension(parameter.unit)), [])
        for other, earlier in alike:
            if _overlap(earlier, parameter):
                cell = self.grid.address(other, column)
                self.report(row, column, words.twice(self.grid.row_number(other), cell))
                break
        alike.append((row, parameter))

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


def _overlap(a: Parameter, b: Parameter) -> bool:
    """Whether both are valid on some day; no date is a validity without end."""
    begins = max(a.valid_from or date.min, b.valid_from or date.min)
    return begins <= min(a.valid_to or date.max, b.valid_to or date.max)
