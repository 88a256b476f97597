"""A sub-compartment table of an invented county, as a workbook."""

import random
from pathlib import Path

import xlsxwriter

HEADINGS = (
    "乡镇", "村", "林班", "小班号", "面积(亩)", "优势树种", "起源", "林龄", "龄组",
    "小班蓄积(立方米)", "毛竹株数(株)", "地类",
)  # fmt: skip
_TOWNS = [f"虚构乡{number}" for number in range(1, 16)]
_CLASSES = ("幼龄林", "中龄林", "近熟林", "成熟林", "过熟林")
_STANDS = {"杉木": (11, 21, 26, 36), "马尾松": (11, 21, 31, 51), "木荷": (21, 41, 51, 71)}


def write_stands(path: Path, rows: int, *, faults: float = 0.0, seed: int = 7) -> None:
    """Write a table of invented stands; ``faults`` is the share of rows with an area of -3.2."""
    chance = random.Random(seed)  # noqa: S311 - invented data
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("小班")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, rows + 1):
        sheet.write_row(row, 0, _stand(chance, row, faults))
    book.close()


def _stand(chance: random.Random, row: int, faults: float) -> list[object]:
    area = -3.2 if chance.random() < faults else round(chance.uniform(8, 300), 1)
    place = [chance.choice(_TOWNS), f"虚构村{row // 400 % 9}", f"{row // 200:03d}", row]
    if chance.random() < 0.15:
        culms = int(abs(area) * chance.uniform(80, 200))
        return [*place, area, "毛竹", "人工", None, None, None, culms, "竹林地"]
    species = chance.choice(list(_STANDS))
    age = chance.randint(3, 60)
    number = sum(age >= first for first in _STANDS[species])
    stock = round(abs(area) / 15 * min(age * 6, 240) * chance.uniform(0.6, 1.2), 1)
    return [*place, area, species, "人工", age, _CLASSES[number], stock, None, "乔木林地"]
