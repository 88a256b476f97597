"""dBASE tables, as they lie beside shapefiles; written here by the layout of dBASE III."""

import struct

import pytest

from carbonledger.analysis.stand_sums import sums_by
from carbonledger.errors import CarbonledgerError
from carbonledger.intake.dbf import read_dbf
from carbonledger.stands import StandOptions, survey

FIELDS = [("XIANG", "C", 12), ("LIN_BAN", "C", 4), ("XIAO_BAN", "C", 6), ("MIAN_JI", "N", 9),
          ("YOU_SHI_SZ", "C", 10), ("XBXJ", "N", 10)]  # fmt: skip
ROWS = [("甲乡", "01", "1", "15.0", "杉木", "120.0"), ("乙镇", "02", "1", "30.0", "马尾松", "180")]
MAPPING = """
region = "350429"
period = 2023
[columns]
township = "XIANG"
compartment = "LIN_BAN"
number = "XIAO_BAN"
area = "MIAN_JI"
species = "YOU_SHI_SZ"
stock = "XBXJ"
[units]
area = "亩"
stock = "m3"
"""


def dbf(path, rows=ROWS, encoding="gbk", *, driver=0, deleted=(), fields=FIELDS):
    """Header of 32 bytes, 32 for each field, a return; records of fixed length with a flag."""
    length = 1 + sum(size for _, _, size in fields)
    head = 32 + 32 * len(fields) + 1
    data = struct.pack("<4BIHH17xBxx", 3, 124, 1, 2, len(rows), head, length, driver)
    for name, kind, size in fields:
        data += struct.pack("<11sc4xBB14x", name.encode(encoding), kind.encode(), size, 0)
    data += b"\r"
    for number, row in enumerate(rows):
        data += b"*" if number in deleted else b" "
        for (_, kind, size), text in zip(fields, row, strict=True):
            cell = text if isinstance(text, bytes) else text.encode(encoding)
            data += cell.rjust(size) if kind == "N" else cell.ljust(size)[:size]
    path.write_bytes(data + b"\x1a")
    return path


def codes(problems):
    return {each.code for each in problems}


@pytest.mark.parametrize(
    ("encoding", "driver", "cpg"),
    [("gbk", 0, ""), ("gbk", 0x4D, ""), ("gbk", 0x7A, ""), ("gbk", 0, "936"), ("gbk", 0, "GB2312"),
     ("gbk", 0, "ANSI 936"), ("utf-8", 0, "65001"),
     ("utf-8", 0, ""), ("utf-8", 0, "UTF-8"), ("utf-8", 0x4D, "utf-8\n")],
)  # fmt: skip
def test_texts_are_read_in_their_encoding(tmp_path, encoding, driver, cpg):
    path = dbf(tmp_path / "小班.dbf", encoding=encoding, driver=driver)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, "ascii")
    grid, problems = read_dbf(path)
    assert grid.rows[0] == tuple(name for name, _, _ in FIELDS)
    assert grid.rows[1] == ("甲乡", "01", "1", 15.0, "杉木", 120.0)
    assert problems == []


def test_short_texts_in_gbk_that_are_letters_in_utf8(tmp_path):
    # C4 B3 is 某 in GBK and the letter U+0133 in UTF-8.
    assert "某".encode("gbk").decode("utf-8") == "ĳ"
    path = dbf(tmp_path / "a.dbf", [("某", "1", "1", "1", "某", "1")])
    assert read_dbf(path)[0].rows[1][0] == "某"


def test_a_survey_of_a_dbf_by_hand(tmp_path):
    given = tmp_path / "fields.toml"
    given.write_text(MAPPING, "utf-8")
    done = survey(dbf(tmp_path / "a.dbf"), tmp_path / "out", StandOptions(mapping=given))
    total = sums_by(done.groups, ()).iloc[0]
    assert (total["area"], total["stock"]) == (pytest.approx(3), 300)
    # AR-CM-001: density, expansion above ground, root-shoot ratio, carbon fraction of fir.
    fir = sums_by(done.groups, ["species"]).set_index("species").loc["cunninghamia"]
    assert fir["K.1"] == pytest.approx(120 * 0.307 * 1.634 * 1.246 * 0.52)


def test_deleted_records_are_left_out_and_told(tmp_path):
    grid, problems = read_dbf(dbf(tmp_path / "a.dbf", deleted={0}))
    assert [row[0] for row in grid.rows] == ["XIANG", "乙镇"]
    assert codes(problems) == {"dbf-deleted"}


def test_asterisks_are_blank_and_told(tmp_path):
    rows = [ROWS[0], ("乙镇", "02", "1", "30.0", "马尾松", "*" * 10)]
    grid, problems = read_dbf(dbf(tmp_path / "a.dbf", rows))
    assert grid.rows[2][5] is None
    assert codes(problems) == {"dbf-asterisks"}


def test_a_text_cut_within_a_character_is_told(tmp_path):
    cut = "虚构乡镇某".encode("gbk")[:-1]
    rows = [ROWS[0], (cut, "02", "1", "30.0", "马尾松", "180")]
    grid, problems = read_dbf(dbf(tmp_path / "a.dbf", rows))
    assert grid.rows[2][0] == "虚构乡镇\ufffd"
    assert codes(problems) == {"dbf-text-cut"}


@pytest.mark.parametrize("text", ["12,5", "1 2", "abc", "1e3x", "--"])
def test_a_number_that_is_none_keeps_its_row_from_being_computed(tmp_path, text):
    given = tmp_path / "fields.toml"
    given.write_text(MAPPING, "utf-8")
    rows = [ROWS[0], ("乙镇", "02", "1", text, "马尾松", "180")]
    done = survey(dbf(tmp_path / "a.dbf", rows), tmp_path / "out", StandOptions(mapping=given))
    assert done.groups is None
    assert done.left == 1


@pytest.mark.parametrize(
    ("first", "last", "bytes_"),
    [(8, 10, b"\0\0"), (10, 12, b"\0\0"), (4, 8, b"\xff\xff\xff\xff"), (10, 12, b"\1\0"),
     (4, 8, b"\3\0\0\0"), (48, 49, b"\xff")],
)  # fmt: skip
def test_headers_that_contradict_the_file_are_refused(tmp_path, first, last, bytes_):
    path = dbf(tmp_path / "a.dbf")
    data = bytearray(path.read_bytes())
    data[first:last] = bytes_
    path.write_bytes(data)
    with pytest.raises(CarbonledgerError, match="dbf"):
        read_dbf(path)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 40, 224, 250, 300])
def test_a_file_that_ends_early_is_refused(tmp_path, size):
    path = dbf(tmp_path / "a.dbf")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(CarbonledgerError, match="dbf"):
        read_dbf(path)


def test_encodings_that_do_not_fit_are_refused(tmp_path):
    path = dbf(tmp_path / "a.dbf")
    path.with_suffix(".cpg").write_text("UTF-8", "ascii")
    with pytest.raises(CarbonledgerError, match="cpg"):
        read_dbf(path)
    path.with_suffix(".cpg").write_text("klingon", "ascii")
    with pytest.raises(CarbonledgerError, match="klingon"):
        read_dbf(path)


@pytest.mark.parametrize(
    ("written", "value"),
    [("1.50e+001", 15.0), ("-3", -3.0), (".5", ".5"), ("", ""), ("1e999", "1e999"), ("007", "007")],
)
def test_numbers_are_read_where_they_are_plainly_written(tmp_path, written, value):
    row = ("甲乡", "01", "1", written, "杉木", "120.0")
    assert read_dbf(dbf(tmp_path / "a.dbf", [row]))[0].rows[1][3] == value
