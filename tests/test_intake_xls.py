"""Old workbooks (XLS): read as they are, or refused with the reason."""

import struct

import pytest
from file_cases import DATA, only_code, read

from carbonledger.intake import biff, xls_child
from carbonledger.intake.grid import read_grids
from carbonledger.model.problem import Grade


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
