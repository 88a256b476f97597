"""Workbooks of a sub-compartment table: its problems with the rows to correct, and its sums."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from carbonledger.analysis.stand_sums import Check, sums_by
from carbonledger.intake.cells import printed_text
from carbonledger.intake.stand_corrections import CORRECTED, ROW_HEAD
from carbonledger.intake.stand_fields import fields
from carbonledger.intake.stand_table import RowFinding, StandTable
from carbonledger.library.load import Library
from carbonledger.model.problem import Grade, Problem
from carbonledger.reports.cell_texts import safe_text
from carbonledger.reports.sheet import Book, Sheet
from carbonledger.reports.stand_sheets import SHEETS, Amount, key_names, write_sums

__all__ = ["write_problem_book", "write_sums_book"]

_MOST = 100_000  # lines of a sheet; what is beyond is counted in its heading
_BY_ROW = (Grade.A, Grade.B)
_HEADS = (
    "等级",
    "小班号",
    "县",
    "乡镇",
    "林班",
    "行号",
    "单元格",
    "列",
    "值",
    "原因",
    "建议",
    "代码",
)
_CODE_LISTS = ("species", "origin", "age_class", "land_type")


def write_problem_book(
    path: Path, table: StandTable, findings: Sequence[RowFinding], problems: Sequence[Problem]
) -> None:
    """Write the problems, the codes that were met, and the rows to correct and send back."""
    book = Book(path, f"问题清单：{table.grid.file}", None)
    _problem_sheet(book, table, findings, problems)
    _code_sheet(book, table)
    _correction_sheet(book, table, findings)
    book.close()


def _problem_sheet(
    book: Book, table: StandTable, findings: Sequence[RowFinding], problems: Sequence[Problem]
) -> None:
    sheet = book.sheet("问题清单")
    ordered = sorted(findings, key=lambda each: each.grade.value)
    counts = "，".join(
        f"{grade.value} 级 {len(np.unique(np.concatenate(rows)))} 行"
        for grade in Grade
        if (rows := [each.rows for each in ordered if each.grade is grade])
    )
    lines = [line for each in ordered for line in _lines(table, each)]
    row = sheet.title(
        f"问题清单：{table.grid.file}（共 {len(table.frame)} 行：{counts or '没有问题'}）",
        [
            "A 必须改正，B 须说明，C 须核实，D 提示。A、B 级逐行列出；C 级按种类列出第一行和行数。",
            f"改正方法：在“{CORRECTED}”页改正单元格，保存后用 --corrections 回传本文件。",
            *([f"问题多于 {_MOST} 条，其余没有列出。"] if len(lines) > _MOST else []),
        ],
    )
    row = sheet.header(row, _HEADS, frozen=2)
    for problem in problems:
        cells = (problem.grade.value, "", "", "", "", "", problem.where, "", "")
        _line(sheet, row, [*cells, str(problem.message), str(problem.remedy), problem.code])
        row += 1
    for line in lines[:_MOST]:
        _line(sheet, row, line)
        row += 1


def _lines(table: StandTable, finding: RowFinding) -> list[list[object]]:
    """The lines of one kind of problem: each row, or the first row and the number of rows."""
    rows = finding.rows if finding.grade in _BY_ROW else finding.rows[:1]
    name = next(each.name.zh for each in fields() if each.field == finding.field)
    place = table.places.get(finding.field)
    heading = "" if place is None else printed_text(table.grid.rows[table.header][place])
    also = f"（共 {len(finding.rows)} 行）" if finding.grade not in _BY_ROW else ""
    keys = table.frame[["number", "county", "township", "compartment", "at"]]
    lines: list[list[object]] = []
    for count, (number, county, township, compartment, at) in enumerate(
        keys.iloc[rows].itertuples(index=False)
    ):
        cell = "" if place is None else table.grid.address(int(at), place)
        value = "" if place is None else table.grid.text(int(at), place)
        lines.append(
            [
                finding.grade.value,
                number,
                county,
                township,
                compartment,
                table.grid.row_number(int(at)),
                cell,
                heading or name,
                value,
                f"{finding.message(count).zh}{also} / {finding.message(count).en}",
                str(finding.remedy),
                finding.code,
            ]
        )
    return lines


def _line(sheet: Sheet, row: int, cells: Sequence[object]) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, int | float) and math.isfinite(value):
            sheet.page.write_number(row, column, value)
        else:
            sheet.page.write_string(row, column, safe_text(printed_text(value)))


def _code_sheet(book: Book, table: StandTable) -> None:
    """Every spelling of a code that was met, with what it was read as and how often."""
    sheet = book.sheet("代码对照")
    note = "未识别的代码排在前面；在字段对应文件里写明含义后再运行，数据不会丢弃。"
    row = sheet.title("本表用到的代码", [note])
    row = sheet.header(
        row, ("列", "本表写法", "读作", "状态", "行数", "面积（公顷）", "蓄积（立方米）")
    )
    for name in _CODE_LISTS:
        if name not in table.places:
            continue
        label = next(each.name.zh for each in fields() if each.field == name)
        met = table.frame.groupby([name, f"{name}_text"], sort=True)[["area", "stock"]]
        summed = met.sum().assign(rows=met.size()).reset_index()
        for code, text, area, stock, count in summed.itertuples(index=False):
            if not text:
                continue
            status = "代码表未核对" if text in table.doubtful[name] else "已识别"
            _line(sheet, row, [label, text, code, status if code else "未识别", count, area, stock])
            row += 1


def _correction_sheet(book: Book, table: StandTable, findings: Sequence[RowFinding]) -> None:
    """The rows with problems of grade A and B as they stand, to be corrected and sent back."""
    sheet = book.sheet(CORRECTED)
    grid = table.grid
    heads = [ROW_HEAD, *map(printed_text, grid.rows[table.header])]
    for column, text in enumerate(heads):
        sheet.page.write_string(0, column, safe_text(text))
    found = [each.rows for each in findings if each.grade in _BY_ROW]
    rows = np.unique(np.concatenate(found))[:_MOST] if found else np.array([], dtype=int)
    for line, at in enumerate(table.frame["at"].to_numpy()[rows], 1):
        _line(sheet, line, [grid.row_number(int(at)), *grid.rows[int(at)]])


_AMOUNTS: tuple[Amount, ...] = (
    ("stands", "小班数", 0),
    ("area", "面积（公顷）", 2),
    ("area_mu", "面积（亩）", 1),
    ("stock", "蓄积（立方米）", 1),
    ("density", "林木蓄积（立方米/公顷）", 1),
    ("culms", "竹株数（株）", 0),
    ("K.1", "碳储量 K.1 密度×扩展系数（吨碳）", 2),
    ("K.2", "碳储量 K.2 B = aV + b（吨碳）", 2),
    ("K.3", "竹林碳储量 K.3 按株数（吨碳）", 2),
    ("uncovered K.1", "K.1 未覆盖蓄积（立方米）", 1),
    ("uncovered K.2", "K.2 未覆盖蓄积（立方米）", 1),
    ("uncovered K.3", "K.3 未覆盖株数（株）", 0),
)


def write_sums_book(
    path: Path,
    groups: pd.DataFrame,
    checks: Sequence[Check],
    library: Library,
    origin: tuple[str, int],
) -> None:
    """Write the sums by county, township, species, origin and age class.

    Args:
        path: the workbook.
        groups: sums with their carbon, as ``analysis.stand_sums`` gives them.
        checks: totals beside those of the statistics.
        library: names of regions and species.
        origin: the name of the table, and how many of its rows were set aside.
    """
    file, left = origin
    book = Book(path, f"小班汇总：{file}", None)
    names = key_names(library)
    notes = [
        "碳储量是存量（吨碳），不是年吸收量。K.1 与 K.2 是同一批林木的两种算法，不能相加；"
        "没有参数的树种不估算，其蓄积列在“未覆盖”栏。",
        f"有 A 级问题而没有计入的小班：{left} 个（见问题清单）。",
    ]
    for name, label, keys in SHEETS:
        sheet = book.sheet(name)
        row = sheet.title(f"{file}：{label.zh}", notes)
        row = write_sums(sheet, row, sums_by(groups, keys), _AMOUNTS, names, keys=keys)
        if not keys:
            _check_lines(sheet, row + 1, checks)
    book.close()


def _check_lines(sheet: Sheet, row: int, checks: Sequence[Check]) -> None:
    """The totals of the forestry statistics beside ours."""
    if not checks:
        sheet.text(row, 0, "没有给出林业统计数（字段对应文件的 [statistics]），没有核对。")
        return
    heads = ("与林业统计核对", "本表", "统计", "单位", "差（%）")
    for column, head in enumerate(heads):
        sheet.text(row, column, head)
    for line, check in enumerate(checks, row + 1):
        sheet.text(line, 0, {"area": "面积", "stock": "蓄积"}[check.what])
        sheet.number(line, 1, check.ours, decimals=4)
        sheet.number(line, 2, check.theirs, decimals=4)
        sheet.text(line, 3, check.unit)
        sheet.number(line, 4, check.difference)
