"""The layout ``statistics``: one socio-economic figure per row, with its unit and price year.

Money of different price years never mixes: GDP at current prices has the prices of its own year,
GDP at comparable prices names its price year, an index of GDP the year that is 100.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.intake.cells import printed_text
from carbonledger.intake.columns import Columns, Finding, arrange, read_unit
from carbonledger.intake.keys import Refused, period_of, read_key
from carbonledger.intake.layout import Context, Spellings, grid_problem, quoted
from carbonledger.intake.table import Grid
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.statistics import Statistic, StatisticKind, statistic_kinds

__all__ = ["STATISTICS", "read_statistics"]

STATISTICS = "statistics"
_ROLES = ("key", "unit", "factor", "statistic")
_COLUMNS = ("region", "period", "statistic", "value", "unit", "price_year", "source", "note")


def read_statistics(
    grid: Grid, spec: TableSpec, context: Context, earlier: Sequence[Statistic] = ()
) -> tuple[list[Statistic], list[Problem]]:
    """The figures of a table and what is wrong with it; a wrong row gives no figure.

    ``earlier`` are the figures of other tables, which must not stand here again.
    """
    reader = _Reader(grid, spec, context)
    for figure in earlier:
        key = (figure.region, figure.period, figure.statistic, figure.price_year)
        reader.places[key] = f"{figure.file}!{figure.cell}"
    reader.read()
    return reader.figures, reader.problems


@dataclass
class _Reader:
    grid: Grid
    spec: TableSpec
    context: Context
    figures: list[Statistic] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: dict[tuple[object, ...], str] = field(default_factory=dict)

    def read(self) -> None:
        kinds = statistic_kinds()
        names = {name: kind.statistic for kind in kinds.values() for name in kind.spellings}
        known = Spellings(names)
        required = ["statistic", "value", "unit"]
        required += ["region"] if self.context.region is None else []
        required += ["period"] if self.context.period is None else []
        columns = arrange(self.grid.rows[0], _ROLES, required)
        for finding in columns.findings:
            self.report(0 if finding.column is not None else None, finding.column, finding)
        for name, column in columns.keys.items():
            if name not in _COLUMNS:
                self.report(0, column, _stray_column(name))
        if self.problems:
            return
        for row in range(1, len(self.grid.rows)):
            if any(printed_text(raw) for raw in self.grid.rows[row]):
                self.row(row, columns, known, kinds)

    def row(
        self, row: int, columns: Columns, known: Spellings, kinds: Mapping[str, StatisticKind]
    ) -> None:
        region = self.key(row, columns, "region")
        period = self.key(row, columns, "period")
        name = self.text(row, columns, "statistic")
        found = known.find(name)
        kind = kinds[found[0]] if len(found) == 1 else None
        if kind is None:
            near = known.nearest(name) or tuple(each.name_zh for each in kinds.values())
            self.report(row, columns.keys["statistic"], _unknown(name, near))
        value = self.value(row, columns)
        unit = self.unit(row, columns, kind)
        if not isinstance(region, str) or not isinstance(period, int):
            return
        if kind is None or value is None or unit is None:
            return
        before = len(self.problems)
        price_year = self.price_year(row, columns, kind, period)
        amount = value * units.multiplier(unit, kind.unit)
        if not kind.minimum <= amount <= kind.maximum:
            self.report(row, columns.keys["value"], _implausible(kind, value, unit))
        key = (region, period, kind.statistic, price_year)
        cell = self.grid.address(row, columns.keys["value"])
        if key in self.places:
            self.report(row, columns.keys["value"], _twice(kind, self.places[key]))
        self.places.setdefault(key, f"{self.grid.file}!{cell}")
        if len(self.problems) == before:
            self.figures.append(
                Statistic(
                    region=region,
                    period=period,
                    statistic=kind.statistic,
                    value=value,
                    unit=unit,
                    amount=amount,
                    price_year=price_year,
                    source=self.text(row, columns, "source") or self.spec.source,
                    file=self.grid.file,
                    sheet=self.grid.sheet,
                    cell=cell,
                )
            )

    def text(self, row: int, columns: Columns, name: str) -> str:
        column = columns.keys.get(name)
        return "" if column is None else self.grid.text(row, column)

    def key(self, row: int, columns: Columns, name: str) -> str | int | None:
        """Region or year; a figure may be of a year before those of the inventory (a base year)."""
        column = columns.keys.get(name)
        if column is None:
            return self.context.region if name == "region" else self.context.period
        raw = self.grid.rows[row][column]
        found = period_of(raw) if name == "period" else read_key(name, raw, self.context)
        if isinstance(found, Refused):
            self.report(row, column, found)
            return None
        return found

    def value(self, row: int, columns: Columns) -> float | None:
        column = columns.keys["value"]
        cell = self.grid.cell(row, column, self.text(row, columns, "unit"))
        if cell.value is None:
            message = cell.problem or _NOT_A_NUMBER.message
            remedy = cell.remedy or _NOT_A_NUMBER.remedy
            self.report(row, column, Refused("cell-not-a-number", message, remedy))
        return cell.value

    def unit(self, row: int, columns: Columns, kind: StatisticKind | None) -> str | None:
        column = columns.unit_column
        text = "" if column is None else self.grid.text(row, column)
        found = read_unit(text or "1")
        if isinstance(found, Finding):
            self.report(row, column, found)
            return None
        if kind is not None and not units.same_dimension(found, kind.unit):
            self.report(row, column, _wrong_unit(kind, text))
            return None
        return found

    def price_year(
        self, row: int, columns: Columns, kind: StatisticKind, period: int
    ) -> int | None:
        column = columns.keys.get("price_year")
        text = self.text(row, columns, "price_year")
        if not text:
            if kind.price_year == "required":
                self.report(row, columns.keys["statistic"], _no_price_year(kind))
            return period if kind.price_year == "own" else None
        found = period_of(None if column is None else self.grid.rows[row][column])
        if isinstance(found, Refused):
            self.report(row, column, found)
        elif kind.price_year == "own" and found != period:
            self.report(row, column, _current_prices(period, found))
        elif not kind.price_year:
            self.report(row, column, _price_year_unused(kind))
        else:
            return found
        return None

    def report(self, row: int | None, column: int | None, what: Refused | Finding) -> None:
        self.problems.append(
            grid_problem(
                self.grid, Grade.A, what.code, what.message, what.remedy, row=row, column=column
            )
        )


_NOT_A_NUMBER = Refused(
    "cell-not-a-number",
    Text("缺少数值。", "The value is missing."),
    Text("请填写数值；没有数据的行请删去。", "Write the value; delete a row without data."),
)


def _stray_column(name: str) -> Refused:
    return Refused(
        "column-unknown",
        Text(f"统计指标表没有“{name}”这一列。", f"A table of statistics has no column '{name}'."),
        Text(
            "请删去这一列。可用的列：地区、年份、指标、数值、单位、价格年份、来源、备注。",
            "Delete it. Columns: region, period, statistic, value, unit, price_year, source, note.",
        ),
    )


def _unknown(name: str, near: tuple[str, ...]) -> Refused:
    return Refused(
        "statistic-unknown",
        Text(f"不认识统计指标“{name}”。", f"The statistic '{name}' is not known."),
        Text(f"请改成认识的指标，例如{quoted(near)}。", f"Use a known one: {', '.join(near)}."),
    )


def _wrong_unit(kind: StatisticKind, text: str) -> Refused:
    return Refused(
        "statistic-unit",
        Text(
            f"{kind.name_zh}的单位不能是“{text}”。",
            f"The unit of {kind.name_en} cannot be '{text}'.",
        ),
        Text(
            f"请写成 {kind.unit} 或同类单位（万、亿可写在前面，例如 亿元、万人、万吨标准煤）；"
            "指数写成百分数（106.1，单位 %）。",
            f"Write {kind.unit} or a unit of its kind (亿元, 万人 ...); an index in percent "
            "(106.1, unit %).",
        ),
    )


def _implausible(kind: StatisticKind, value: float, unit: str) -> Refused:
    shown = f"{value:.10g} {unit}"
    return Refused(
        "statistic-implausible",
        Text(
            f"{kind.name_zh}为 {shown}，不可能：合理范围是 {kind.minimum:g} 至 {kind.maximum:g} "
            f"{kind.unit}。",
            f"{kind.name_en} cannot be {shown}: plausible are {kind.minimum:g} to "
            f"{kind.maximum:g} {kind.unit}.",
        ),
        Text(
            "请核对数值和单位（元与亿元、人与万人）；指数以基年为 100，"
            "写 106.1 %，不写增长率 6.1 %。",
            "Check value and unit (元 or 亿元, 人 or 万人); an index has 100 in its base year: "
            "106.1 %, not the growth of 6.1 %.",
        ),
    )


def _twice(kind: StatisticKind, first: str) -> Refused:
    return Refused(
        "statistic-twice",
        Text(
            f"{kind.name_zh}与 {first} 是同一地区、年份和价格年份，不知道用哪个。",
            f"{kind.name_en} stands in {first}, too, for the same region, year and price year.",
        ),
        Text("请只保留一行。", "Keep one of them."),
    )


def _no_price_year(kind: StatisticKind) -> Refused:
    return Refused(
        "price-year-missing",
        Text(
            f"{kind.name_zh}没有写价格年份：不同年份的价格不能混用。",
            f"{kind.name_en} has no price year: money of different price years never mixes.",
        ),
        Text(
            "请在“价格年份”列写明：可比价写按哪一年价格（如 2020），指数写哪一年为 100"
            "（上年=100 的写上一年）。",
            "Write it in the column price_year: the year of the prices, or the year that is 100 "
            "(the year before, for an index to the year before).",
        ),
    )


def _current_prices(period: int, found: int) -> Refused:
    return Refused(
        "price-year-current",
        Text(
            f"现价地区生产总值按当年（{period}）价格，表中写的价格年份却是 {found}。",
            f"GDP at current prices has the prices of {period}; the table says {found}.",
        ),
        Text(
            "若是可比价，请把指标改为“地区生产总值（可比价）”；若是现价，请留空价格年份。",
            "If it is at comparable prices, name the statistic so; else leave price_year empty.",
        ),
    )


def _price_year_unused(kind: StatisticKind) -> Refused:
    return Refused(
        "price-year-unused",
        Text(f"{kind.name_zh}没有价格年份。", f"{kind.name_en} has no price year."),
        Text("请留空这一格。", "Leave this cell empty."),
    )
