"""Deleting, scrambling and mistyping inputs: refused in words, or the same numbers as before."""

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_sample import ENERGY, NAMES, write_book, write_sample

from carbonledger.intake.inventory import ManifestError, read_inventory
from carbonledger.model.notation import Notation
from carbonledger.model.problem import Grade

CELLS = list(csv.reader(io.StringIO(ENERGY)))
QUANTITY = 4  # the column of the numbers
VALUES = {1: 12000.0, 2: 1000.5, 3: 8.25}  # by row


def content(folder):
    """Every entry with a value as (account, item, quantity, value, unit), or the problems' codes.

    Nothing but these two can come out of reading a folder.
    """
    try:
        intake = read_inventory(folder, NAMES)
    except ManifestError as error:
        return None, codes_of(error.problems)
    blocking = [found for found in intake.problems if found.grade is Grade.A]
    codes = codes_of(intake.problems)
    if blocking:
        return None, [problem.code for problem in blocking]
    rows = []
    for table in intake.tables:
        for row in table.table.to_pylist():
            rows += [
                (row["account"], row["item"], name, row[name], row[f"{name}__unit"])
                for name in table.quantities
                if row[name] is not None
            ]
    return sorted(rows), codes


def codes_of(problems):
    for problem in problems:
        assert problem.message.zh
        assert problem.message.en
        assert problem.remedy.zh
        assert problem.remedy.en
    return [problem.code for problem in problems]


def text(name, old, new, encoding="utf-8-sig"):
    def change(folder):
        path = folder / name
        written = path.read_text(encoding=encoding)
        assert old in written
        path.write_text(written.replace(old, new, 1), encoding=encoding)

    return change


def data(name, change_bytes):
    def change(folder):
        path = folder / name
        path.write_bytes(change_bytes(path.read_bytes()))

    return change


def gone(name):
    return lambda folder: (folder / name).unlink()


def renamed(name, new):
    return lambda folder: (folder / name).rename(folder / new)


def folder_instead(name):
    def change(folder):
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def upto(mark):
    return lambda raw: raw[: raw.index(mark.encode())]


def cell(address, value):
    def change(folder):
        book = openpyxl.load_workbook(folder / "book.xlsx")
        book["工业"][address] = value
        book.save(folder / "book.xlsx")

    return change


def sheet_renamed(folder):
    book = openpyxl.load_workbook(folder / "book.xlsx")
    book["工业"].title = "工 业"
    book.save(folder / "book.xlsx")


def row_inserted(folder):
    book = openpyxl.load_workbook(folder / "book.xlsx")
    book["工业"].insert_rows(3)
    book["工业"]["A3"] = "小计"
    book.save(folder / "book.xlsx")


def column_deleted(folder):
    book = openpyxl.load_workbook(folder / "book.xlsx")
    book["工业"].delete_cols(4)
    book.save(folder / "book.xlsx")


def merged(folder):
    book = openpyxl.load_workbook(folder / "book.xlsx")
    book["工业"].merge_cells("B2:B3")
    book.save(folder / "book.xlsx")


def without(member):
    def change(folder):
        path = folder / "book.xlsx"
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist() if name != member}
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)

    return change


def linked_outside(folder):
    (folder.parent / "outside.csv").write_text(ENERGY, encoding="utf-8")
    (folder / "energy.csv").unlink()
    (folder / "energy.csv").symlink_to(folder.parent / "outside.csv")


def blank_out(folder):
    write_book(folder / "book.xlsx", {"工业": [], "说明": []})


WAYS = {
    "manifest gone": (gone("inventory.toml"), "file-missing"),
    "manifest empty": (data("inventory.toml", lambda _: b""), "file-empty"),
    "manifest blank": (data("inventory.toml", lambda _: b"\n"), "manifest-missing"),
    "manifest cut": (data("inventory.toml", upto("[[tables]]")), "manifest-missing"),
    "manifest cut in a word": (data("inventory.toml", upto("iods = [2012]")), "manifest-syntax"),
    "manifest in GBK": (
        data("inventory.toml", lambda raw: raw.decode().encode("gb18030")),
        "manifest-encoding",
    ),
    "manifest in UTF-16": (
        data("inventory.toml", lambda raw: raw.decode().encode("utf-16")),
        "manifest-encoding",
    ),
    "manifest a folder": (folder_instead("inventory.toml"), "file-is-folder"),
    "manifest is a workbook": (
        lambda folder: (folder / "book.xlsx").rename(folder / "inventory.toml"),
        "manifest-encoding",
    ),
    "table gone": (gone("energy.csv"), "file-missing"),
    "table renamed": (renamed("energy.csv", "能源.csv"), "file-missing"),
    "table empty": (data("energy.csv", lambda _: b""), "file-empty"),
    "table a folder": (folder_instead("energy.csv"), "file-is-folder"),
    "table outside": (linked_outside, "file-outside"),
    "table path outside": (
        text("inventory.toml", '"energy.csv"', '"../energy.csv"'),
        "file-outside",
    ),
    "table path absolute": (
        text("inventory.toml", '"energy.csv"', '"/etc/passwd"'),
        "file-outside",
    ),
    "table is a workbook": (renamed("book.xlsx", "energy.csv"), "file-disguised"),
    "table is a PDF": (data("energy.csv", lambda raw: b"%PDF-1.4" + raw), "file-disguised"),
    "table cut in a character": (data("energy.csv", lambda raw: raw[:-3]), "file-encoding"),
    "table cut in a row": (data("energy.csv", upto(",8.25")), "row-short"),
    "table with a NUL": (
        data("energy.csv", lambda raw: raw[:60] + b"\0" + raw[60:]),
        "file-garbled",
    ),
    "table in Latin-1": (
        data(
            "energy.csv",
            lambda raw: raw.decode("utf-8-sig").encode("utf-8").decode("latin-1").encode(),
        ),
        "file-garbled",
    ),
    "open quote": (text("energy.csv", "8.25", '"8.25'), "file-csv"),
    "header gone": (text("energy.csv", ENERGY.splitlines()[0] + "\n", ""), "column-unknown"),
    "header mistyped": (text("energy.csv", "科目", "科木"), "column-unknown"),
    "header blank": (text("energy.csv", "消费量 [吨]", ""), "cell-without-heading"),
    "header without unit": (text("energy.csv", " [吨]", ""), "unit-missing"),
    "header with a wrong unit": (text("energy.csv", "[吨]", "[斤吨]"), "unit-unknown"),
    "two headers swapped": (text("energy.csv", "科目,品种", "品种,科目"), "account-unknown"),
    "delimiter mixed": (text("energy.csv", "汽油,8.25", "汽油;8.25"), "item-unknown"),
    "number with its unit": (text("energy.csv", "8.25", "8.25吨"), "cell-not-a-number"),
    "number with letter O": (text("energy.csv", "1000.5", "1O00.5"), "cell-not-a-number"),
    "number with two points": (text("energy.csv", "1000.5", "1.000.5"), "cell-not-a-number"),
    "number with a decimal comma": (text("energy.csv", "8.25", '"8,25"'), "cell-not-a-number"),
    "comma without quotes": (text("energy.csv", '"12,000"', "12,000"), "row-long"),
    "comma before the note": (text("energy.csv", '"12,000",', "12,000"), "number-split"),
    "comma in a long number": (text("energy.csv", "1000.5,县", "1,000,000.5,县"), "row-long"),
    "number out of range": (text("energy.csv", "8.25", "8.25e999"), "cell-not-a-number"),
    "number is nan": (text("energy.csv", "8.25", "nan"), "cell-not-a-number"),
    "year mistyped": (text("energy.csv", "2012年", "2102年"), "period-unclear"),
    "year of another inventory": (text("energy.csv", "2012年", "2013年"), "period-outside"),
    "account mistyped": (text("energy.csv", "1.A.1.a", "1.A.l.a"), "account-unknown"),
    "item mistyped": (text("energy.csv", "汽油", "气油"), "item-unknown"),
    "region mistyped": (text("energy.csv", "泉州市", "泉洲市"), "region-unknown"),
    "region of elsewhere": (text("energy.csv", "350524", "440000"), "region-outside"),
    "a total below": (
        text("energy.csv", "未调查\n", "未调查\n,,合计,,13008.75,\n"),
        "account-unknown",
    ),
    "a value that breaks the assertion": (
        text("energy.csv", "1000.5", "10005"),
        "assertion-failed",
    ),
    "workbook gone": (gone("book.xlsx"), "file-missing"),
    "workbook cut": (data("book.xlsx", lambda raw: raw[: len(raw) // 2]), "file-damaged"),
    "workbook zeroed": (
        data("book.xlsx", lambda raw: b"PK\x03\x04" + bytes(len(raw))),
        "file-damaged",
    ),
    "workbook is text": (data("book.xlsx", lambda _: ENERGY.encode()), "file-disguised"),
    "workbook blank": (blank_out, "sheet-empty"),
    "sheet renamed": (sheet_renamed, "sheet-missing"),
    "sheet not named": (text("inventory.toml", 'sheet = "工业"\n', ""), "sheet-ambiguous"),
    "sheet part gone": (without("xl/worksheets/sheet1.xml"), "file-damaged"),
    "workbook part gone": (without("xl/workbook.xml"), "file-damaged"),
    "cell is a formula": (cell("C2", "=3.5*1"), "formula-not-calculated"),
    "cell is an error": (cell("C2", "#REF!"), "cell-not-a-number"),
    "cell is a boolean": (cell("C2", True), "cell-not-a-number"),
    "cell is a word": (cell("C2", "三点五"), "cell-not-a-number"),
    "unit mistyped": (cell("D2", "万顿"), "unit-unknown"),
    "unit blank": (cell("D3", None), "unit-missing"),
    "account blank": (cell("B2", None), "account-missing"),
    "account a number": (cell("B2", 1.1), "account-not-text"),
    "a subtotal row": (row_inserted, "account-missing"),
    "the unit column deleted": (column_deleted, "unit-missing"),
    "cells merged": (merged, "cells-merged"),
    "factor without source": (text("factors.csv", "泉州电厂检测报告", ""), "factor-missing"),
    "factors garbled": (data("factors.csv", lambda _: b"\xff\xff\xff"), "file-encoding"),
}


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "inventory")


@pytest.mark.parametrize("way", WAYS)
def test_a_spoilt_input_is_refused_with_its_reason(folder, way):
    change, code = WAYS[way]
    change(folder)
    rows, codes = content(folder)
    assert rows is None
    assert code in codes


HALF_WIDTH = str.maketrans("０１２３４５６７８９．＋－\u2212", "0123456789.+--")


def write_cells(folder, cells):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(cells)
    (folder / "energy.csv").write_text(stream.getvalue(), encoding="utf-8")


@pytest.mark.parametrize("row", range(len(CELLS)))
@pytest.mark.parametrize("column", range(len(CELLS[0])))
def test_deleting_any_cell_is_refused_or_changes_no_other(folder, row, column):
    before, _ = content(folder)
    cells = [list(line) for line in CELLS]
    cells[row][column] = ""
    write_cells(folder, cells)
    after, codes = content(folder)
    if after is None:
        assert codes
    elif column == QUANTITY and row in VALUES:
        assert (
            sorted([*after, next(found for found in before if found[3] == VALUES[row])]) == before
        )
        assert "rows-without-number" in codes
    elif column == 3:  # an entry without item is one; the method will ask for it
        assert [found[3:] for found in after] == [found[3:] for found in before] or row == 0
    else:
        assert after == before


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(CELLS) - 1),
    st.integers(0, len(CELLS[0]) - 1),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=8),
)
def test_any_text_in_any_cell_is_refused_or_read_as_written(folder, row, column, written):
    cells = [list(line) for line in CELLS]
    cells[row][column] = written
    write_cells(folder, cells)
    after, _ = content(folder)
    if after is None or column != QUANTITY or row == 0:
        return
    mine = [found[3] for found in after if found[2] == "fuel"]
    others = [value for at, value in VALUES.items() if at != row]
    extra = list(mine)
    for value in others:
        extra.remove(value)
    plain = written.strip().translate(
        str.maketrans("０１２３４５６７８９．＋－−", "0123456789.+--")
    )
    if plain.upper() in set(Notation):  # a notation key is no value
        assert extra == []
        return
    assert extra in ([], [pytest.approx(float(plain or "nan"))]) or "," in plain or "，" in plain


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_random_bytes_anywhere_never_give_a_traceback(folder, data):
    write_sample(folder)
    name = data.draw(st.sampled_from(["inventory.toml", "energy.csv", "factors.csv"]))
    raw = (folder / name).read_bytes()
    at = data.draw(st.integers(0, len(raw) - 1))
    length = data.draw(st.integers(0, 20))
    noise = data.draw(st.binary(max_size=20))
    (folder / name).write_bytes(raw[:at] + noise + raw[at + length :])
    rows, codes = content(folder)
    assert rows is not None or codes


def test_the_sample_itself_is_fine(folder):
    rows, codes = content(folder)
    assert len(rows) == 5
    assert codes == []
