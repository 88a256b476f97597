"""The workbook of what stands take up in a year."""

from pathlib import Path

import pandas as pd

from carbonledger.analysis.stand_growth import growth_sums
from carbonledger.library.load import Library
from carbonledger.reports.sheet import Book
from carbonledger.reports.stand_sheets import SHEETS, Amount, key_names, write_sums

__all__ = ["write_growth_book"]

_AMOUNTS: tuple[Amount, ...] = (
    ("stands", "小班数", 0),
    ("area", "面积（公顷）", 2),
    ("tree_stock", "蓄积（立方米）", 1),
    ("growing", "有生长率的蓄积（立方米）", 1),
    ("annual_growth", "年生长（立方米/年）", 1),
    ("rate_percent", "年生长率（%）", 2),
    ("Y.1", "Y.1 毛生长 蓄积×生长率（t CO₂/年）", 2),
    ("annual_consumption", "年消耗（立方米/年）", 1),
    ("Y.3", "Y.3 消耗（t CO₂/年，扣除）", 2),
    ("net", "净吸收 Y.1+Y.3（t CO₂/年）", 2),
    ("uncovered", "Y.1 未覆盖蓄积（立方米）", 1),
    ("Y.2", "Y.2 毛生长 面积×年生长量（t CO₂/年）", 2),
    ("uncovered_area", "Y.2 未覆盖面积（公顷）", 2),
)


def write_growth_book(
    path: Path, groups: pd.DataFrame, library: Library, origin: tuple[str, int]
) -> None:
    """Write the yearly growth by county, township, species, origin and age class.

    Args:
        path: the workbook.
        groups: as ``analysis.stand_growth.removals`` gives them.
        library: names of regions and species.
        origin: the name of the table, and how many of its rows were set aside.
    """
    file, left = origin
    book = Book(path, f"年生长：{file}", None)
    names = key_names(library)
    notes = [
        "毛生长不是净碳汇：扣除消耗后才可与两次调查的库存差比较；没有给出消耗率的不给净吸收。"
        "Y.1 与 Y.2 是同一批林木的两种算法，不能相加。不含竹林、枯死木、枯落物、土壤和木质林产品。",
        "Y.2 用 IPCC 2006 表 4.9（天然林，分 20 年上下）和表 4.10（人工林）的缺省年生长量，"
        "与实际立地无关，只供对照。没有生长率或太幼小（曲线生长率超出可信范围）的林分列为未覆盖。",
        f"有 A 级问题而没有计入的小班：{left} 个。",
    ]
    for name, label, keys in SHEETS:
        sheet = book.sheet(name)
        row = sheet.title(f"{file}：{label.zh}年生长", notes)
        sums = growth_sums(groups, keys)
        percent = sums.assign(rate_percent=sums["rate"] * 100)
        write_sums(sheet, row, percent, _AMOUNTS, names, keys=keys)
    book.close()
