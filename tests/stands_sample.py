"""A small table of sub-compartments for the tests."""

import xlsxwriter

HEADINGS = ["乡镇", "林班", "小班号", "面积(亩)", "优势树种", "起源", "林龄", "龄组",
            "小班蓄积(立方米)", "毛竹株数(株)", "地类"]  # fmt: skip
GOOD = [
    ["甲乡", "1", 1, 15, "杉木", "人工", 15, "中龄林", 120, None, "乔木林地"],
    ["甲乡", "1", 2, 30, "马尾松", "天然", 25, "中龄林", 180, None, "乔木林地"],
    ["乙镇", "2", 1, 15, "木荷", "天然", 50, "中龄林", 100, None, "乔木林地"],
    ["乙镇", "2", 2, 150, "毛竹", "人工", None, None, None, 20000, "竹林地"],
]


def write(path, rows, headings=HEADINGS):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("小班")
    for number, row in enumerate([headings, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def changed(row, **values):
    row = list(row)
    for name, value in values.items():
        row[next(i for i, text in enumerate(HEADINGS) if name in text)] = value
    return row


CULM = '[bamboo]\nbiomass_per_culm = "16 kg dm/株"\nsource = "示例"\n'
