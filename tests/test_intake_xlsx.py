"""Workbooks (XLSX): read as they are, or refused with the reason."""

import io
import struct
import zipfile

import openpyxl
import pytest
import xlsxwriter
from file_cases import ROWS, TEXT, book_bytes, only_code, read

from carbonledger.intake import ooxml
from carbonledger.intake.formats import shows_other_number
from carbonledger.intake.grid import read_grids
from carbonledger.model.problem import Grade


def test_xlsx_cells_and_addresses(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for column, value in enumerate(["原煤", 1.5, "=C3*2", True], 2):
        sheet.cell(3, column, value)
    sheet["B5"] = "#DIV/0!"
    sheet.merge_cells("B6:C7")
    book.save(tmp_path / "t.xlsx")
    (grid,), (problem,) = read_grids(tmp_path / "t.xlsx", tmp_path)
    assert (grid.first_row, grid.first_col) == (2, 1)
    assert grid.rows[0] == ("原煤", 1.5, "=C3*2", True)
    assert grid.rows[2][0] == "#DIV/0!"  # python-calamine alone says blank
    assert grid.address(0, 2) == "D3"
    assert grid.merge_of(4, 1) == (3, 0, 4, 1)
    assert (problem.code, problem.cell, problem.grade) == ("formula-not-calculated", "D3", Grade.A)
    assert "WPS" in problem.remedy.zh


def test_a_formula_that_only_pretends_to_be_zero(tmp_path):
    """xlsxwriter stores 0 for a formula without a value, and asks for a full calculation."""
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    sheet.write_formula("A1", "=1+1")
    sheet.write_formula("A2", "=1+1", None, 2)
    sheet.write_formula("A3", "=NA()", None, "#N/A")
    sheet.write_formula("A4", '="x"', None, "x")
    book.close()
    (grid,), (problem,) = read_grids(tmp_path / "t.xlsx", tmp_path)
    assert grid.rows == (("=1+1",), (2.0,), ("#N/A",), ("x",))
    assert problem.cell == "A1"


def test_number_formats_that_show_another_number(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row, style in enumerate(["0%", "0.00", "0!.0,", "#,##0.00"], 1):
        sheet.cell(row, 1, 0.93).number_format = style
    book.save(tmp_path / "t.xlsx")
    (grid,), _ = read_grids(tmp_path / "t.xlsx", tmp_path)
    assert [grid.cell(row, 0).kind for row in range(4)] == ["error", "number", "error", "number"]
    assert grid.cell(0, 0, "1").value == 0.93  # shown as 93%, stored and meant as a fraction
    assert grid.cell(0, 0, "%").value is None


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("General", False),
        ("#,##0.00", False),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', False),
        ('0.00"%"', False),
        ("[Red]0.00_,", False),
        ("0.0%", True),
        ("#,##0,", True),
        ('0.00,,"百万"', True),
        ("0\\.0,", True),
        ('0"."0', True),
    ],
)
def test_which_formats_tell_something_else(code, other):
    assert shows_other_number(code) is other


def test_hidden_rows_and_columns_are_pointed_out(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.save(tmp_path / "t.xlsx")
    _, (problem,) = read_grids(tmp_path / "t.xlsx", tmp_path)
    assert (problem.code, problem.grade) == ("hidden-cells", Grade.C)
    assert "2、B" in problem.message.zh


def test_which_sheet_is_meant(tmp_path):
    data = book_bytes({"甲": ROWS, "空": [], "乙": ROWS})
    assert only_code(read(tmp_path, "t.xlsx", data)) == "sheet-ambiguous"
    assert only_code(read(tmp_path, "t.xlsx", data, "丙")) == "sheet-missing"
    assert only_code(read(tmp_path, "t.xlsx", data, "空")) == "sheet-empty"
    assert read(tmp_path, "t.xlsx", data, "乙")[0][0].sheet == "乙"
    only = book_bytes({"甲": ROWS, "空": []})
    assert read(tmp_path, "t.xlsx", only)[0][0].sheet == "甲"
    assert only_code(read(tmp_path, "t.xlsx", book_bytes({"空": []}))) == "sheet-empty"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("t.xlsx", b"%PDF-1.7", "file-disguised"),
        ("t.xlsx", TEXT.encode(), "file-disguised"),
        ("t.xls", b"<html><table></table></html>", "file-disguised"),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "file-damaged"),
        ("t.xlsx", b"PK\x03\x04" + b"\0" * 100, "file-damaged"),
        (
            "t.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "file-encrypted",
        ),
        ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "file-disguised"),
    ],
)
def test_files_that_are_not_what_their_name_says(tmp_path, name, data, code):
    assert only_code(read(tmp_path, name, data)) == code


def test_an_xlsx_renamed_to_xls_is_refused(tmp_path):
    assert only_code(read(tmp_path, "t.xls", book_bytes({"甲": ROWS}))) == "file-disguised"


def test_an_archive_without_a_workbook_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert only_code(read(tmp_path, "t.xlsx", stream.getvalue())) == "file-damaged"


def rewritten(data, name, content):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.namelist():
            target.writestr(member, content if member == name else source.read(member))
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
XML = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = "</sheetData></worksheet>"


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path):
    data = rewritten(book_bytes({"甲": ROWS}), SHEET, XML + " " * 60_000_000 + END)
    assert len(data) < 200_000
    assert only_code(read(tmp_path, "t.xlsx", data)) == "file-bomb"


def test_a_declared_size_that_lies_is_refused(tmp_path):
    data = bytearray(book_bytes({"甲": ROWS}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 3)
    assert only_code(read(tmp_path, "t.xlsx", bytes(data))) == "file-damaged"


def test_a_stray_cell_at_the_end_of_the_sheet_is_refused(tmp_path):
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c>'
    data = rewritten(book_bytes({"甲": ROWS}), SHEET, XML + cells + "</row>" + END)
    grids, (problem,) = read(tmp_path, "t.xlsx", data)
    assert (grids, problem.code) == ([], "sheet-too-large")
    assert "XFD1048576" in problem.message.zh


@pytest.mark.parametrize("address", ["XFE1", "A1048577", "A0", "甲1", "AAAA1"])
def test_cells_outside_any_spreadsheet_are_refused(tmp_path, address):
    cells = f'<row r="1"><c r="{address}"><v>1</v></c></row>'
    data = rewritten(book_bytes({"甲": ROWS}), SHEET, XML + cells + END)
    assert only_code(read(tmp_path, "t.xlsx", data)) == "file-damaged"


def test_one_long_text_in_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(ooxml, "MAX_TEXT", 100_000)
    data = book_bytes({"甲": [["x" * 30_000] * 4]})
    assert only_code(read(tmp_path, "t.xlsx", data)) == "file-bomb"
