"""Text files and files of every kind: read as they are, or refused with the reason."""

import os
from functools import cache

import pytest
from file_cases import DATA, ROWS, TEXT, book_bytes, only_code, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carbonledger.intake import delimited
from carbonledger.intake.files import Content, locate, read_content
from carbonledger.intake.grid import grids_of, read_grids
from carbonledger.intake.table import column_letters
from carbonledger.model.problem import Grade, Problem


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


def test_the_usual_limits_of_a_text_table(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    assert only_code(read(tmp_path, "t.csv", b"a,b\n" * 5)) == "file-too-long"
