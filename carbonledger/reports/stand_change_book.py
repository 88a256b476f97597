"""The workbook of two surveys: sums side by side, yearly change, stands that were not met again."""

from pathlib import Path

import pandas as pd

from carbonledger.analysis.stand_change import Doubts, change_sums
from carbonledger.library.load import Library
from carbonledger.reports.numbers import format_number
from carbonledger.reports.sheet import Book
from carbonledger.reports.stand_sheets import SHEETS, Amount, key_names, write_sums

__all__ = ["STATUS_NAMES", "doubt_lines", "write_change_book"]

_MOST = 100_000  # rows of the sheet of stands that were not met
STATUS_NAMES = {
    "matched": "两次都有",
    "gone": "仅前一次",
    "new": "仅后一次",
    "excluded": "有一次不能计算（两次都不计入）",
}
_AMOUNTS: tuple[Amount, ...] = (
    ("stands", "小班数", 0),
    ("area", "面积（公顷）", 2),
    ("stock", "蓄积（立方米）", 1),
    ("culms", "竹株数（株）", 0),
    ("K.1", "碳储量 K.1（吨碳）", 2),
    ("K.2", "碳储量 K.2（吨碳）", 2),
    ("K.3", "碳储量 K.3（吨碳）", 2),
)
_RESULTS: tuple[Amount, ...] = (
    ("volume", "蓄积年均变化（立方米/年）", 1),
    ("removal K.1", "年均吸收 K.1（t CO₂/年）", 2),
    ("removal K.2", "年均吸收 K.2（t CO₂/年）", 2),
    ("removal K.3", "年均吸收 K.3（t CO₂/年）", 2),
    ("uncovered K.1 then", "前一次 K.1 未覆盖（立方米）", 1),
    ("uncovered K.1 now", "后一次 K.1 未覆盖（立方米）", 1),
    ("uncovered K.2 then", "前一次 K.2 未覆盖（立方米）", 1),
    ("uncovered K.2 now", "后一次 K.2 未覆盖（立方米）", 1),
    ("uncovered K.3 then", "前一次 K.3 未覆盖（株）", 0),
    ("uncovered K.3 now", "后一次 K.3 未覆盖（株）", 0),
)
_NOTES = (
    "年均吸收 =（后一次 − 前一次）÷ 间隔年数 × 44/12，吸收为正；是净变化，已含采伐和枯损，"
    "不再扣消耗。K.1 与 K.2 是同一批林木的两种算法，不能相加。",
    "不含枯死木、枯落物、土壤和木质林产品。有一次因 A 级问题不能计算的小班，两次都不计入，"
    "以免把改错当成生长。面积变化（造林、转出、调查口径）也在差额里，见“按匹配”页。",
)


def write_change_book(
    path: Path,
    groups: pd.DataFrame,
    years: tuple[int, int],
    library: Library,
    unmatched: pd.DataFrame,
    found: Doubts,
) -> None:
    """Write the change by every key, and the stands that only one survey has.

    Args:
        path: the workbook.
        groups: groups of both surveys, as ``analysis.stand_change`` takes them.
        years: of the surveys.
        library: names of regions and species.
        unmatched: the rows that have no partner or were left out.
        found: what is doubtful about those that have one.
    """
    book = Book(path, f"小班变化 {years[0]}–{years[1]}", None)
    names = {**key_names(library), "status": STATUS_NAMES}
    amounts = [
        *(
            (f"{name} {when}", f"{head} {year}", decimals)
            for name, head, decimals in _AMOUNTS
            for when, year in zip(("then", "now"), years, strict=True)
        ),
        *_RESULTS,
    ]
    by_status = ("按匹配", "匹配情况", ("status",))
    sheets = [(name, label.zh, keys) for name, label, keys in SHEETS]
    for name, label, keys in (sheets[0], by_status, *sheets[1:]):
        sheet = book.sheet(name)
        notes = [*_NOTES, *doubt_lines(found)] if not keys else _NOTES
        row = sheet.title(f"{years[0]}–{years[1]} 年：{label}", notes)
        write_sums(sheet, row, change_sums(groups, keys, years), amounts, names, keys=keys)
    _unmatched_sheet(book, unmatched)
    book.close()


def doubt_lines(found: Doubts) -> list[str]:
    """What is told of the stands that were met again."""
    lines = [
        f"两次都有的小班 {found.matched} 个，"
        f"占前一次面积的 {format_number(found.share * 100, 1)} %。"
        f"其中树种不同 {found.species} 个，面积相差 5 % 以上 {found.area} 个，"
        f"林龄与间隔年数不符 {found.age} 个；蓄积减少 {found.fallen} 个，"
        f"共减少 {format_number(found.fallen_volume, 1)} 立方米。",
    ]
    if found.share < 0.5:
        lines.append(
            "不到一半的面积能对上：小班可能重新编号或重新区划。合计的差额仍可用，"
            "按小班匹配的各栏不能当作同一地块的变化。"
        )
    return lines


def _unmatched_sheet(book: Book, unmatched: pd.DataFrame) -> None:
    sheet = book.sheet("未匹配")
    more = len(unmatched) - _MOST
    notes = [f"另有 {more} 行没有列出。"] if more > 0 else []
    row = sheet.title("只在一次调查中的小班，和有一次不能计算的小班", notes)
    heads = ("调查年份", "匹配", "乡镇", "村", "林班", "小班号", "行号", "面积（公顷）",
             "蓄积（立方米）")  # fmt: skip
    row = sheet.header(row, heads)
    columns = ["period", "status", "township", "village", "compartment", "number", "row", "area",
               "stock"]  # fmt: skip
    for line in unmatched[columns].head(_MOST).itertuples(index=False):
        period, status, *texts, at, area, stock = line
        sheet.text(row, 0, str(period))
        sheet.text(row, 1, STATUS_NAMES[status])
        for column, text in enumerate([*texts, str(at)], 2):
            sheet.text(row, column, text)
        for column, value in ((7, area), (8, stock)):
            sheet.number(row, column, None if pd.isna(value) else float(value))
        row += 1
