"""Cells stand as they should however they are put into a sheet, and texts are as wide as they are.

The width of a text is that of the library ``rich`` (Unicode, East Asian width), which is the oracle
here: the program has a shorter way for usual texts.
"""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from carbonledger.errors import Text
from carbonledger.reports import lists
from carbonledger.reports.cell_texts import safe_text, width_of
from carbonledger.reports.cells import Shown, strip, strip_of
from carbonledger.reports.sheet import Book, Sheet

CHINESE = st.characters(min_codepoint=0x2E80, max_codepoint=0xFFFD, exclude_categories=["Cs"])
SAMPLE = (
    "粤桂 Guangdong，（全省）",
    "t CO₂e",
    "“净”碳汇—合计",
    "第1行\n第二行",
    "e\u0301",
    "1\ufe0f",
)


@given(st.text(st.one_of(CHINESE, st.characters(codec="ascii"), st.characters(codec="utf-8"))))
def test_a_text_is_as_wide_as_rich_says(text: str) -> None:
    assert width_of(text) == cell_len(text)


def test_every_sign_of_the_basic_plane_is_as_wide_as_rich_says() -> None:
    signs = (chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF)
    assert [sign for sign in signs if width_of(sign) != cell_len(sign)] == []


@pytest.mark.parametrize("text", SAMPLE)
def test_usual_texts_are_as_wide_as_rich_says(text: str) -> None:
    assert width_of(text) == cell_len(text)


def test_columns_are_what_single_cells_are(tmp_path: Path) -> None:
    wrap: dict[str, Any] = {"text_wrap": True, "bold": True}
    words = ["", "=1+1", "碳" * 90, "一\n二\n三", "a & <b>"]

    def by_cell(sheet: Sheet) -> None:
        for row, text in enumerate(words, 2):
            sheet.text(row, 0, text, wrap)
            sheet.number(row, 1, row / 3 if row != 3 else None, notation="NE")
            sheet.formula(row, 2, f"B{row}>0", 1.5)
            sheet.link(row, 3, "'x'!A1", "here")

    def by_column(sheet: Sheet) -> None:
        cells, rows = sheet.book.cells, range(2, 2 + len(words))
        columns = [
            [cells.text(text, wrap) for text in words],
            [cells.number(row / 3 if row != 3 else None, notation="NE") for row in rows],
            [cells.formula(f"B{row}>0", 1.5) for row in rows],
            [cells.link("'x'!A1", "here") for _ in rows],
        ]
        sheet.table(2, [strip(dict(enumerate(shown)), range(len(words))) for shown in columns])

    assert _read(tmp_path / "a.xlsx", by_column) == _read(tmp_path / "b.xlsx", by_cell)


def _read(path: Path, write: Any) -> list[Any]:
    book = Book(path, "title", None)
    write(book.sheet("x"))
    book.close()
    sheet = openpyxl.load_workbook(path)["x"]
    cells = [
        (
            *(cell.coordinate, cell.data_type, cell.value, cell.number_format, cell.font.b),
            *(cell.alignment.wrap_text, cell.quotePrefix),
            cell.hyperlink and cell.hyperlink.location,
        )
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert len(cells) == 20 + 8  # two rows above the table
    heights = {row: layout.ht for row, layout in sheet.row_dimensions.items()}
    return [cells, heights, {key: column.width for key, column in sheet.column_dimensions.items()}]


def test_equal_values_of_different_kinds_stay_apart_in_a_list(tmp_path: Path) -> None:
    values: list[lists.Value] = [1, 1.0, lists.Written(1.0), lists.Rounded(1.0, 4), 0.0, -0.0]
    values += [lists.Key("NE"), lists.Marked("NE"), "NE", None]
    book = Book(tmp_path / "list.xlsx", "title", None)
    sheet = book.sheet("x")
    lists.write_list(sheet, Text("表", "List"), [], ["note"], [values])
    book.close()
    read = openpyxl.load_workbook(tmp_path / "list.xlsx")["x"]
    cells = [read.cell(row, 1) for row in range(3, 3 + len(values))]
    formats = [cell.number_format for cell in cells]
    assert (formats[0], formats[2]) == ("0", "#,##0")
    fixed = [False, True, False, True, True, True]
    assert ["0.00" in form for form in formats[:6]] == fixed
    assert [cell.value for cell in cells[6:]] == ["NE", "NE", "NE", None]
    colours = [cell.font.color and cell.font.color.rgb for cell in cells[6:9]]
    assert len(set(colours)) == 3
    written = ZipFile(tmp_path / "list.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert ("<v>0</v>" in written, "<v>-0</v>" in written) == (True, True)


@pytest.mark.parametrize("sign", ["a", "汉", "𠀀", "🌲"])
def test_a_text_is_cut_at_what_a_cell_holds(sign: str):
    def units(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    most = 32_767 // units(sign)
    assert safe_text(sign * most) == sign * most
    cut = safe_text(sign * (most + 1))
    assert units(cut) <= 32_767 < units(cut) + units(sign)
    assert cut.endswith("truncated）")
    assert set(cut[:1000]) == {sign}


def test_cells_of_equal_keys_are_made_once_and_in_the_order_of_the_rows() -> None:
    made: list[tuple[str, str]] = []

    def shown(word: str, look: str) -> Shown:
        made.append((word, look))
        return Shown(f"{word}{look}", len(word))

    keys = [(word, look) for word in ("z", "yy", "z", "a") for look in "21"]
    column = strip_of(shown, keys)
    assert made == list(dict.fromkeys(keys))
    assert list(column.cells) == ["".join(key) for key in keys]
    assert column.width == 2
