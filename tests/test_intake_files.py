"""Files of every kind: read as they are, or refused with the reason."""

import io
import os
import struct
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_sample import write_book

from carbonledger.intake import biff, delimited, ooxml, xls_child
from carbonledger.intake.files import Content, locate, read_content
from carbonledger.intake.formats import shows_other_number
from carbonledger.intake.grid import grids_of, read_grids
from carbonledger.intake.table import column_letters
from carbonledger.model.problem import Grade, Problem

DATA = Path(__file__).parent / "data"
ROWS = [["科目", "品种", "消费量 [吨]"], ["1.A.2", "原煤", 1234.5]]
TEXT = "科目,品种,消费量 [吨]\r\n1.A.2,原煤,1234.5\r\n"


def read(tmp_path, name, data, sheet=None):
    path = tmp_path / name
    path.write_bytes(data)
    return read_grids(path, tmp_path, sheet)


def only_code(result):
    grids, problems = result
    assert grids == []
    assert [problem.grade for problem in problems] == [Grade.A]
    assert problems[0].message.zh
    assert problems[0].message.en
    assert problems[0].remedy.zh
    return problems[0].code


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("gb18030"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        TEXT.rstrip().encode(),
        (TEXT + "\r\n,,\r\n").encode(),
    ],
)
def test_text_tables_in_every_usual_encoding(tmp_path, data):
    (grid,), problems = read(tmp_path, "t.csv", data)
    assert problems == []
    assert grid.rows == (("科目", "品种", "消费量 [吨]"), ("1.A.2", "原煤", "1234.5"))
    assert grid.address(1, 2) == "C2"


def test_a_line_break_in_quotes_begins_no_row(tmp_path):
    (grid,), _ = read(tmp_path, "t.csv", '科目,"消费量\n[吨]"\n\n1.A.2,5\n'.encode())
    assert grid.rows[2] == ("1.A.2", "5")
    assert grid.address(2, 1) == "B3"  # as Excel shows it, though it is line 4 of the file


def test_a_cell_that_its_row_does_not_reach_is_none(tmp_path):
    (grid,), _ = read(tmp_path, "t.csv", b"a,b,c\n1,\n")
    assert grid.rows[1] == ("1", "", None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"\xef\xbb\xbf", "sheet-empty"),
        (b" , \n,,\n", "sheet-empty"),
        (b"a,b\x00c\n", "file-encoding"),
        (TEXT.encode("utf-16-le"), "file-encoding"),
        (TEXT.encode("utf-32"), "file-encoding"),
        (b"a,\xff\xff\n", "file-encoding"),
        (b"\xef\xbb\xbfa,\xc1\n", "file-encoding"),
        ("科目,\ufffd\ufffd\n".encode(), "file-garbled"),
        ("能源".encode().decode("latin-1").encode("utf-8"), "file-garbled"),
        ("科目,锟斤拷\n".encode(), "file-garbled"),
        (b"a,b\x07\n", "file-garbled"),
        (b'a,b\n"1,2\n3,4\n', "file-csv"),
        (b'a,b\n"1"2,3\n', "file-csv"),
        (b"%PDF-1.7\n", "file-disguised"),
        (b"PK\x03\x04xxxx", "file-disguised"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file-disguised"),
        (b"PAR1....", "file-disguised"),
    ],
)
def test_text_that_cannot_be_trusted_is_refused(tmp_path, data, code):
    assert only_code(read(tmp_path, "t.csv", data)) == code


def test_a_byte_that_is_no_text_is_located(tmp_path):
    _, (problem,) = read(tmp_path, "t.csv", b"abc\xff\xff")
    assert "第 4 个字节" in problem.message.zh


def test_a_sheet_of_a_text_file_is_refused(tmp_path):
    assert only_code(read(tmp_path, "t.csv", TEXT.encode(), "表1")) == "sheet-missing"


@pytest.mark.parametrize("name", ["t.docx", "t.ods", "t.xlsb", "t.pdf", "t"])
def test_unknown_extensions_are_refused(tmp_path, name):
    assert only_code(read(tmp_path, name, b"abc")) == "file-extension"


def book_bytes(sheets):
    stream = io.BytesIO()
    write_book(stream, sheets)
    return stream.getvalue()


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


def test_old_workbooks():
    (grid,), problems = read_grids(DATA / "workbook.xls", DATA)
    assert grid.sheet == "能源"
    assert [row[2] for row in grid.rows[1:]] == [1234.5, 2469, "#REF!", 0.5, 7, "", 12345678, 1 / 3]
    assert grid.rows[4][0] == "1.A.2"  # the text result of a formula
    assert grid.cell(4, 2).kind == "error"  # shown as 50%
    assert grid.merges == ((7, 3, 8, 3),)
    assert [(found.code, found.grade.value) for found in problems] == [
        ("formula-zero", "C"),
        ("hidden-cells", "C"),
    ]
    assert "C7" in problems[0].message.zh
    assert "6" in problems[1].message.zh


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


def test_a_file_larger_than_the_limit_is_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a" * 100)
    found = read_content(tmp_path / "t.csv", "t.csv", limit=99)
    assert isinstance(found, Problem)
    assert found.code == "file-too-large"


def test_a_file_is_hashed_as_it_was_parsed(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"abc")
    content = read_content(tmp_path / "t.csv", "t.csv")
    assert isinstance(content, Content)
    assert content.data == b"abc"
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2
    assert content.source.sha256 == expected


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../etc/passwd", "file-outside"),
        ("/etc/passwd", "file-outside"),
        ("..\\secret.csv", "file-outside"),
        ("C:\\data\\a.csv", "file-outside"),
        ("\\\\server\\share\\a.csv", "file-outside"),
        ("a\0b.csv", "file-outside"),
        ("missing.csv", "file-missing"),
        ("sub", "file-is-folder"),
        ("link.csv", "file-outside"),
        ("pipe.csv", "file-missing"),
        ("x" * 5000 + ".csv", "file-unreadable"),
    ],
)
def test_only_regular_files_inside_the_folder_are_read(tmp_path, name, code):
    folder = tmp_path / "inventory"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("a")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.csv")
    found = locate(folder, name)
    assert isinstance(found, Problem)
    assert found.code == code


def test_files_in_subfolders_are_found_with_either_slash(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "表.csv").write_text("a")
    assert locate(tmp_path, "data/表.csv") == locate(tmp_path, "data\\表.csv")


def test_a_missing_file_names_those_that_are_there(tmp_path):
    (tmp_path / "能源.csv").write_text("a")
    found = locate(tmp_path, "能原.csv")
    assert isinstance(found, Problem)
    assert "能源.csv" in found.remedy.zh


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (16383, "XFD")])
def test_column_letters(column, letters):
    assert column_letters(column) == letters


PREFIXES = {
    ".csv": [b"", b"\xef\xbb\xbf", b"\xff\xfe", '"科目",\n'.encode()],
    ".xlsx": [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
    ".xls": [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
}


@given(st.sampled_from(sorted(PREFIXES)), st.data(), st.binary(max_size=700))
def test_random_bytes_under_any_name_give_no_traceback(tmp_path_factory, extension, data, body):
    path = tmp_path_factory.getbasetemp() / f"random{extension}"
    path.write_bytes(data.draw(st.sampled_from(PREFIXES[extension])) + body)
    grids, problems = read_grids(path, path.parent)
    assert bool(grids) != any(problem.grade is Grade.A for problem in problems)


@cache
def originals():
    return {
        "t.xlsx": book_bytes({"甲": ROWS}),
        "t.xls": (DATA / "workbook.xls").read_bytes(),
    }


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_still_the_same(tmp_path, data):
    """Any byte changed or any part cut off: the cells are those of the original, or refused."""
    name = data.draw(st.sampled_from(["t.xlsx", "t.xls"]))
    original = originals()[name]
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(original) - 1))
        byte = data.draw(st.integers(0, 255))
        broken = original[:at] + bytes([byte]) + original[at + 1 :]
    else:
        broken = original[: data.draw(st.integers(1, len(original) - 1))]
    grids, problems = read(tmp_path, name, broken)
    assert grids or problems
    if grids and name == "t.xlsx":  # an .xls carries no checksum: a changed digit is a digit
        (grid,), _ = read(tmp_path, name, original)
        assert grids == [grid]


def test_an_unreadable_file_is_a_problem(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("a")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    grids, (problem,) = read_grids(path, tmp_path)
    assert (grids, problem.code) == ([], "file-unreadable")
    assert "Excel" in problem.remedy.zh


def test_grids_of_reads_from_memory(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT.encode())
    content = read_content(path, "t.csv")
    path.write_bytes(b"changed")
    grids, _ = grids_of(content)
    assert grids[0].rows[1][2] == "1234.5"


# --- .xls containers made here: [MS-CFB] with one stream, so that its records can be changed ---


def mini_stream(data):
    """The workbook stream of the committed file, which lies in the mini stream of its container."""
    return biff._workbook_stream(data)


def compound(stream):
    """A compound file of 512-byte sectors that holds ``stream``, padded out of the mini stream."""
    stream = stream + b"\0" * max(0, 4096 - len(stream))
    data = stream + b"\0" * (-len(stream) % 512)
    count = len(data) // 512
    fat = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFD]  # data, directory, the FAT itself
    fat += [0xFFFFFFFF] * (128 - len(fat))
    header = bytearray(b"\xff" * 512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[8:24] = bytes(16)
    struct.pack_into("<5H6x", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<9I", header, 40, 0, 1, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<I", header, 76, count + 1)
    folder = entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + entry("Workbook", 2, 0, len(stream))
    return bytes(header) + data + folder + bytes(256) + struct.pack("<128I", *fat)


def entry(name, kind, start, size, child=0xFFFFFFFF):
    raw = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    head = raw.ljust(64, b"\0") + struct.pack("<HBB3I", len(raw), kind, 1, none, none, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def changed(stream, kind, change):
    """The stream with every record of one kind changed in place."""
    parts, at = [], 0
    while at + 4 <= len(stream):
        found, length = struct.unpack_from("<HH", stream, at)
        body = bytearray(stream[at + 4 : at + 4 + length])
        if found == kind:
            found = change(body) or found
        parts.append(struct.pack("<HH", found, length) + bytes(body))
        at += 4 + length
    return b"".join(parts)


def test_a_workbook_outside_the_mini_stream_reads_the_same(tmp_path):
    original = (DATA / "workbook.xls").read_bytes()
    data = compound(mini_stream(original))
    assert read(tmp_path, "t.xls", data) == read(tmp_path, "t.xls", original)


def test_an_old_formula_that_may_never_have_been_calculated(tmp_path):
    def to_zero(body):
        if body[12:14] != b"\xff\xff":
            body[6:14] = bytes(8)

    data = compound(changed(mini_stream((DATA / "workbook.xls").read_bytes()), 0x0006, to_zero))
    (grid,), problems = read(tmp_path, "t.xls", data)
    assert grid.rows[2][2] == 0
    assert "C3" in problems[0].message.zh
    assert problems[0].grade is Grade.C


def to_excel_5(body):
    body[:2] = b"\x00\x05"


def to_filepass(_):
    return 0x002F


def to_nowhere(body):
    struct.pack_into("<I", body, 0, 10**8)


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        (0x0809, to_excel_5, "file-old-xls"),
        (0x0042, to_filepass, "file-encrypted"),  # the code page record made a password record
        (0x0085, to_nowhere, "file-damaged"),
    ],
)
def test_old_workbooks_that_are_refused(tmp_path, kind, change, code):
    stream = mini_stream((DATA / "workbook.xls").read_bytes())
    broken = changed(stream, kind, change)
    assert broken != stream
    assert only_code(read(tmp_path, "t.xls", compound(broken))) == code


@pytest.mark.parametrize(
    ("name", "code"), [("EncryptedPackage", "file-encrypted"), ("Book", "file-old-xls")]
)
def test_containers_of_something_else(tmp_path, name, code):
    data = compound(mini_stream((DATA / "workbook.xls").read_bytes()))
    old, new = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    at = data.index(old.ljust(64, b"\0"))
    data = data[:at] + new.ljust(64, b"\0") + struct.pack("<H", len(new) + 2) + data[at + 66 :]
    assert only_code(read(tmp_path, "t.xls", data)) == code


def test_a_chain_of_sectors_that_bites_its_tail(tmp_path):
    data = bytearray(compound(mini_stream((DATA / "workbook.xls").read_bytes())))
    struct.pack_into("<I", data, len(data) - 512, 0)  # the first sector is followed by itself
    assert only_code(read(tmp_path, "t.xls", bytes(data))) == "file-damaged"


def test_what_kills_the_reader_of_old_workbooks_is_a_damaged_file(tmp_path, monkeypatch):
    monkeypatch.setattr(xls_child.sys, "executable", "/nonexistent")
    data = (DATA / "workbook.xls").read_bytes()
    assert only_code(read(tmp_path, "t.xls", data)) == "file-damaged"


def test_the_usual_limits_of_a_text_table(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    assert only_code(read(tmp_path, "t.csv", b"a,b\n" * 5)) == "file-too-long"
