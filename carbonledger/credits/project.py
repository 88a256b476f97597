"""A project: a folder with ``project.toml`` and a table of the stocks of its plots.

The table has a row for each plot (a boundary with an id of its own), pool and date of survey, with
the area and the stock in t C. A table of parcels may say which sub-compartments each plot lies on.
What is missing is told; it never counts as zero.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from carbonledger import units
from carbonledger.credits.parcels import Parcel, read_parcels
from carbonledger.credits.products import Product, product
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.cells import parse_cell, printed_text
from carbonledger.intake.columns import split_heading
from carbonledger.intake.files import Content, locate, read_content
from carbonledger.intake.grid import Grid, grids_of
from carbonledger.model.manifest import Title
from carbonledger.model.problem import Problem
from carbonledger.paths import inventories_dir

__all__ = ["MANIFEST", "Answered", "Period", "Project", "Stock", "read_project"]

MANIFEST = "project.toml"
_HEADS = {
    "plot": {"地块", "地块编号", "plot"},
    "pool": {"碳库", "pool"},
    "date": {"日期", "调查日期", "date"},
    "area": {"面积", "area"},
    "stock": {"碳储量", "stock"},
    "source": {"来源", "source"},
}
_NUMBERS = {"area": "ha", "stock": "t C"}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Answered(_Strict):
    """The answer to a question of eligibility, with what proves it."""

    answer: bool
    evidence: str = Field(min_length=1)


class Entered(_Strict):
    """A figure of the user: ``"120 t CO2"`` or ``"5 %"``, with its source."""

    value: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Period(_Strict):
    """A monitoring period; its first and last day are dates of survey."""

    start: date
    end: date
    deductions: dict[str, Entered] = Field(default_factory=dict)

    @property
    def years(self) -> float:
        """Its length; the stocks are those of the first and of the last day."""
        return (self.end.toordinal() - self.start.toordinal()) / _DAYS_OF_A_YEAR

    @property
    def label(self) -> str:
        """Both days in one text."""
        return f"{self.start.isoformat()}..{self.end.isoformat()}"


_DAYS_OF_A_YEAR = 365.2425  # mean of the Gregorian calendar


class _Manifest(_Strict):
    project: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$")
    title: Title
    product: str
    region: str = Field(pattern=r"^[1-9][0-9]{5}([0-9]{3}|[0-9]{6})?$")
    owner: str = Field(min_length=1)
    method_version: str = ""
    table: str
    parcels: str = ""
    answers: dict[str, Answered] = Field(default_factory=dict)
    periods: list[Period] = Field(min_length=1)


@dataclass(frozen=True)
class Stock:
    """The stock of a pool of a plot on a day: area in ha, stock in t C, and its cell."""

    plot: str
    pool: str
    day: date
    area: float
    stock: float
    cell: str


@dataclass(frozen=True)
class Project:
    """A project as read; ``digest`` identifies the content of its files.

    ``parcels`` are the sub-compartments of each plot, empty where the project names no table.
    """

    manifest: _Manifest
    product: Product
    stocks: Sequence[Stock]
    digest: str
    parcels: Mapping[str, tuple[Parcel, ...]] = field(default_factory=dict)

    def period(self, start: str | None) -> Period:
        """The monitoring period that begins on a day, or the only one.

        Raises:
            CarbonledgerError: if there is none, or several and none is named.
        """
        periods = self.manifest.periods
        found = [each for each in periods if start is None or each.start.isoformat() == start]
        if len(found) == 1:
            return found[0]
        shown = "、".join(each.start.isoformat() for each in periods)
        raise CarbonledgerError(
            f"请用 --period 指明监测期的起始日：{shown}。",
            f"Name the monitoring period by its first day with --period: {shown}.",
        )


def read_project(folder: Path) -> Project:
    """Read a project: a folder, or the name of one that comes with the program.

    Raises:
        CarbonledgerError: naming every fault of the manifest and of the table.
    """
    if not folder.is_dir() and (inventories_dir() / folder.name / MANIFEST).is_file():
        folder = inventories_dir() / folder.name
    content = _content(folder, MANIFEST)
    try:
        document = tomllib.loads(content.data.decode("utf-8-sig"))
        manifest = _Manifest.model_validate(document)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise CarbonledgerError(
            f"{MANIFEST} 不是 UTF-8 编码的 TOML：{error}。", f"{MANIFEST} is no TOML: {error}."
        ) from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors()
        )
        raise CarbonledgerError(
            f"{MANIFEST} 有误：{faults}。请对照示例 inventories/demo-carbon-ticket 改正。",
            f"{MANIFEST} is not usable: {faults}. Compare inventories/demo-carbon-ticket.",
        ) from error
    table = _content(folder, manifest.table)
    stocks = _stocks(_grid(table))
    digest = hashlib.sha256(content.data + table.data)
    parcels: Mapping[str, tuple[Parcel, ...]] = {}
    if manifest.parcels:
        land = _content(folder, manifest.parcels)
        parcels, wrong = read_parcels(_grid(land), dict.fromkeys(each.plot for each in stocks))
        if wrong:
            raise _refused(wrong)
        digest.update(land.data)
    return Project(manifest, product(manifest.product), stocks, digest.hexdigest(), parcels)


def _grid(table: Content) -> Grid:
    grids, problems = grids_of(table)
    blocking = [each for each in problems if each.grade.value == "A"]
    if not grids or blocking:
        raise _refused([each.message for each in blocking or problems])
    return grids[0]


def _content(folder: Path, name: str) -> Content:
    if not folder.is_dir():
        raise CarbonledgerError(f"找不到项目目录“{folder}”。", f"There is no folder '{folder}'.")
    path = locate(folder, name)
    content = path if isinstance(path, Problem) else read_content(path, name)
    if isinstance(content, Problem):
        raise _refused([content.message])
    return content


def _refused(faults: Sequence[Text]) -> CarbonledgerError:
    return CarbonledgerError(
        "项目不能使用：\n" + "\n".join(f"- {each.zh}" for each in faults),
        "The project is not usable:\n" + "\n".join(f"- {each.en}" for each in faults),
    )


def _stocks(grid: Grid) -> list[Stock]:
    places, multipliers = _columns(grid)
    faults: list[Text] = []
    stocks: list[Stock] = []
    seen: set[tuple[str, str, date]] = set()
    for row in range(1, len(grid.rows)):
        if not any(printed_text(raw) for raw in grid.rows[row]):
            continue
        before = len(faults)
        texts = {name: grid.text(row, places[name]) for name in ("plot", "pool", "source")}
        for name, text in texts.items():
            if not text:
                faults.append(_blank(grid.address(row, places[name]), name))
        day = _day(grid, row, places["date"], faults)
        numbers = {name: _number(grid, row, places[name], faults) for name in _NUMBERS}
        if len(faults) > before:
            continue
        key = (texts["plot"], texts["pool"], day)
        cell = grid.address(row, places["stock"])
        if key in seen:
            faults.append(
                Text(
                    f"{cell}：地块“{key[0]}”、碳库“{key[1]}”、{day} 有两行。",
                    f"{cell}: plot '{key[0]}', pool '{key[1]}', {day} stand twice.",
                )
            )
        seen.add(key)
        area, stock = (numbers[name] * multipliers[name] for name in _NUMBERS)
        stocks.append(Stock(*key, area, stock, cell))
    if faults:
        raise _refused(faults)
    return stocks


def _columns(grid: Grid) -> tuple[dict[str, int], dict[str, float]]:
    """The places of the columns and what turns their numbers into ha and t C."""
    heads = [split_heading(printed_text(raw)) for raw in grid.rows[0]]
    places = {
        name: number
        for name, aliases in _HEADS.items()
        for number, (text, _) in enumerate(heads)
        if text in aliases
    }
    if lacking := [name for name in _HEADS if name not in places]:
        wanted = "地块, 碳库, 日期, 面积 [亩], 碳储量 [t C], 来源"
        raise CarbonledgerError(
            f"“{grid.file}”缺少列：{'、'.join(lacking)}。表头应为：{wanted}。",
            f"'{grid.file}' lacks the columns {', '.join(lacking)}. Its header reads: {wanted}.",
        )
    return places, {
        name: units.multiplier(heads[places[name]][1] or "1", unit)
        for name, unit in _NUMBERS.items()
    }


def _blank(cell: str, name: str) -> Text:
    return Text(f"{cell}：{name} 是空白。", f"{cell}: {name} is blank.")


def _day(grid: Grid, row: int, column: int, faults: list[Text]) -> date:
    raw = grid.rows[row][column]
    if isinstance(raw, date):
        return date(raw.year, raw.month, raw.day)
    try:
        return date.fromisoformat(printed_text(raw))
    except ValueError:
        cell = grid.address(row, column)
        shown = printed_text(raw)
        faults.append(
            Text(
                f"{cell}：日期“{shown}”应写成 2020-12-31。",
                f"{cell}: write the date '{shown}' as 2020-12-31.",
            )
        )
        return date.min


def _number(grid: Grid, row: int, column: int, faults: list[Text]) -> float:
    cell = parse_cell(grid.rows[row][column])
    if cell.value is not None and cell.value >= 0:
        return cell.value
    at = grid.address(row, column)
    faults.append(
        Text(
            f"{at}：“{cell.text}”应是不小于 0 的数；缺测不能当作 0。",
            f"{at}: '{cell.text}' should be a number of at least 0; what is missing is not 0.",
        )
    )
    return 0.0
