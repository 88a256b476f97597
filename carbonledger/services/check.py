"""A draft or an inventory as it stands: its tables as people know them, and its problems."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from carbonledger.analysis.quality import with_quality
from carbonledger.engine.open import Inventory, open_inventory
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.corrections import corrected
from carbonledger.intake.grid import EXTENSIONS, Grid, read_grids
from carbonledger.intake.manifest import ManifestError
from carbonledger.intake.table import column_letters, position
from carbonledger.library.load import Library
from carbonledger.model.problem import Grade, Problem, has_blocking
from carbonledger.reports.context import Names
from carbonledger.reports.tables import Figure
from carbonledger.reports.texts import label
from carbonledger.reports.view import Head, Kind, View

__all__ = ["Checked", "cell_text", "check", "problems_view", "sheet_columns"]

_MOST_ROWS = 20_000


@dataclass(frozen=True)
class Checked:
    """An inventory as read, or the problems that keep it from being read."""

    inventory: Inventory | None
    problems: list[Problem]

    @property
    def count(self) -> int:
        """How many entries its sheets and text tables give."""
        tables = self.inventory.intake.tables if self.inventory else ()
        return sum(each.table.num_rows for each in tables if each.table is not None)

    @property
    def blocked(self) -> bool:
        """Whether a grade-A problem forbids the run."""
        return has_blocking(self.problems)

    @cached_property
    def grids(self) -> list[Grid]:
        """The tables of the manifest as their files show them, with the corrections in them."""
        if self.inventory is None:
            return []
        manifest = self.inventory.intake.manifest
        found = []
        for spec in manifest.tables:
            path = self.inventory.intake.folder / spec.file
            if path.suffix.lower() in EXTENSIONS - {".parquet"}:
                grids, _ = read_grids(path, self.inventory.intake.folder, spec.sheet)
                found += [corrected(grid, manifest.corrections)[0] for grid in grids]
        return found

    def entries(self) -> View:
        """What was understood: every entry with names, quantity, unit and cell."""
        heads = (
            Head(Text("科目", "Account")),
            Head(Text("名称", "Name")),
            Head(Text("品种", "Item")),
            Head(Text("细项", "Detail")),
            Head(Text("地区", "Region")),
            Head(Text("年份", "Year"), Kind.WHOLE),
            Head(Text("数量（原样）", "Quantity as written"), Kind.WRITTEN),
            Head(Text("单位", "Unit")),
            Head(Text("单元格", "Cell")),
        )
        rows = list(self._entry_rows())[:_MOST_ROWS]
        return View(Text("识别出的录入", "Entries as understood"), heads, tuple(rows))

    def _entry_rows(self) -> Iterable[tuple[str | Text | int | Figure | None, ...]]:
        if self.inventory is None:
            return
        names = Names.of(self.inventory.library)
        for table in self.inventory.intake.tables:
            for row in table.table.to_pylist() if table.table is not None else ():
                for name in table.quantities:
                    if row[f"{name}__cell"] is None:
                        continue
                    yield (
                        row["account"],
                        names.account(row["account"]),
                        names.item(row["item"]) if row["item"] else "",
                        _detail(self.inventory.library, row["detail"]),
                        names.region(row["region"]),
                        row["period"],
                        Figure(row[name], row[f"{name}__notation"] or ""),
                        row[f"{name}__unit"],
                        f"{table.name}!{row[f'{name}__cell']}",
                    )


def _detail(library: Library, code: str) -> Text:
    return Text(library.label("details", code), library.label("details", code, "en"))


def check(folder: Path) -> Checked:
    """Read and check an inventory folder, as ``carbonledger check`` does."""
    try:
        opened = open_inventory(folder)
    except ManifestError as error:
        return Checked(None, list(error.problems))
    return Checked(opened, with_quality(opened, opened.intake.problems, opened))


def cell_text(folder: Path, file: str, sheet: str, cell: str) -> str:
    """What a cell of a draft's file shows, before any correction.

    Raises:
        CarbonledgerError: the file has no such cell.
    """
    grids, _ = read_grids(folder / file, folder, sheet or None)
    for grid in grids:
        place = position(grid, cell.replace("$", "").strip().upper())
        if place is not None:
            return grid.text(*place)
    raise CarbonledgerError(
        f"“{file}”中没有单元格“{cell[:12]}”。请写成表格软件显示的地址，例如 H5。",
        f"'{file}' has no cell '{cell[:12]}'. Write its address as a spreadsheet shows it, "
        "such as H5.",
    )


def problems_view(problems: Iterable[Problem]) -> View:
    """The problems by grade, each with its place and what to do."""
    order = list(Grade)
    found = sorted(problems, key=lambda problem: order.index(problem.grade))
    heads = (
        Head(Text("等级", "Grade")),
        Head(Text("位置", "Place")),
        Head(Text("问题", "Problem")),
        Head(Text("怎么办", "What to do")),
    )
    rows = tuple(
        (_grade(problem.grade), problem.where, problem.message, problem.remedy) for problem in found
    )
    return View(Text("输入数据的问题", "Problems of the input"), heads, rows)


def _grade(grade: Grade) -> Text:
    words = label("grade", grade.value)
    return Text(f"{grade.value} {words.zh}", f"{grade.value} {words.en}")


def sheet_columns(grid: Grid) -> list[str]:
    """The letters of a grid's columns, as a spreadsheet heads them."""
    return [column_letters(grid.first_col + column) for column in range(grid.width)]
