"""What python-calamine does not tell about an old ``.xls`` workbook: errors, formulas, formats.

python-calamine gives a cell with ``#REF!`` as blank, and a formula whose result is text as 0.0. A
blank or a zero in place of an error would make a wrong total that looks right, so the records of
the sheet are walked here once more for exactly these cells. The record layouts are those of
[MS-XLS] 2.4 and the container is that of [MS-CFB] 2.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from carbonledger.intake.formats import BUILTIN_PERCENT, shows_other_number
from carbonledger.intake.sheetaudit import Place, SheetAudit, WorkbookError

__all__ = ["audit_xls", "xls_sheets"]

_END = 0xFFFFFFFE
_DAMAGE = (struct.error, IndexError, UnicodeDecodeError, StopIteration, MemoryError)
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BOF, _EOF, _BOUNDSHEET, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
_FORMAT, _XF = 0x041E, 0x00E0
_FORMULA, _STRING, _BOOLERR = 0x0006, 0x0207, 0x0205
_NUMBER, _RK, _MULRK, _LABELSST, _LABEL = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204
_CELLS = {_FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK, _LABELSST, _LABEL}
_ROW = 0x0208


def xls_sheets(data: bytes) -> list[tuple[str, bool]]:
    """The worksheets and whether they are hidden, in their order.

    Raises:
        WorkbookError: ``encrypted``, ``old`` or ``damaged``.
    """
    try:
        return [(found.name, found.hidden) for found in _globals(_workbook_stream(data)).sheets]
    except _DAMAGE as error:
        raise WorkbookError("damaged") from error


def audit_xls(data: bytes, sheet: str) -> SheetAudit:
    """Walk the records of one sheet.

    Raises:
        WorkbookError: ``encrypted``, ``old`` or ``damaged``.
    """
    try:
        stream = _workbook_stream(data)
        book = _globals(stream)
        start = next(found.start for found in book.sheets if found.name == sheet)
        return _sheet(stream, start, book.formats)
    except _DAMAGE as error:
        raise WorkbookError("damaged") from error


def _workbook_stream(data: bytes) -> bytes:
    if len(data) < 512:
        raise WorkbookError("damaged")
    sector, mini_sector = (1 << min(shift, 20) for shift in struct.unpack_from("<HH", data, 30))
    (fat_count,) = struct.unpack_from("<I", data, 44)
    (directory,) = struct.unpack_from("<I", data, 48)
    cutoff, mini_fat_start = struct.unpack_from("<II", data, 56)
    fat = _fat(data, sector, fat_count)
    folder = _chain(data, fat, directory, sector, sector)
    root = book = None
    for at in range(0, len(folder) - 127, 128):
        (name_length,) = struct.unpack_from("<H", folder, at + 64)
        name = folder[at : at + max(0, min(name_length, 64) - 2)].decode("utf-16-le")
        start, size = struct.unpack_from("<II", folder, at + 116)
        if folder[at + 66] == 5:
            root = (start, size)
        elif name == "Workbook":
            book = (start, size)
        elif name in {"EncryptedPackage", "EncryptionInfo"}:
            raise WorkbookError("encrypted")
        elif name == "Book" and book is None:
            raise WorkbookError("old")
    if root is None or book is None:
        raise WorkbookError("damaged")
    if book[1] >= cutoff:
        return _chain(data, fat, book[0], sector, sector)[: book[1]]
    mini = _chain(data, fat, root[0], sector, sector)
    table = _chain(data, fat, mini_fat_start, sector, sector)
    mini_fat = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
    return _chain(mini, mini_fat, book[0], mini_sector, 0)[: book[1]]


def _fat(data: bytes, sector: int, count: int) -> tuple[int, ...]:
    numbers = [number for number in struct.unpack_from("<109I", data, 76) if number < _END]
    (more,) = struct.unpack_from("<I", data, 68)
    seen = set()
    while more < _END and more not in seen:
        seen.add(more)
        block = struct.unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
        numbers += [number for number in block[:-1] if number < _END]
        more = block[-1]
    entries: list[int] = []
    for number in numbers[:count]:
        entries += struct.unpack_from(f"<{sector // 4}I", data, (number + 1) * sector)
    return tuple(entries)


def _chain(data: bytes, fat: tuple[int, ...], start: int, sector: int, header: int) -> bytes:
    parts = []
    seen = 0
    while start < _END:
        parts.append(data[header + start * sector : header + (start + 1) * sector])
        start = fat[start]
        seen += 1
        if seen > len(fat):
            raise WorkbookError("damaged")
    return b"".join(parts)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from ``at`` to the end of that substream, without nested ones (charts)."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _BOF:
            depth += 1
        if depth <= 1:
            yield kind, body
        if kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
    raise WorkbookError("damaged")


class _Listed(NamedTuple):
    name: str
    hidden: bool
    start: int


class _Book(NamedTuple):
    """The worksheets, and the telling number format of each cell style that has one."""

    sheets: list[_Listed]
    formats: dict[int, str]


def _globals(stream: bytes) -> _Book:
    sheets: list[_Listed] = []
    codes: dict[int, str] = dict(BUILTIN_PERCENT)
    styles: list[int] = []
    for kind, body in _records(stream, 0):
        if kind == _BOF and struct.unpack_from("<H", body)[0] != 0x0600:
            raise WorkbookError("old")
        if kind == _FILEPASS:
            raise WorkbookError("encrypted")
        if kind == _BOUNDSHEET and body[5] == 0:  # a worksheet, no chart or macro sheet
            start, state = struct.unpack_from("<IB", body)
            sheets.append(_Listed(_short_text(body[6:], 1), state & 3 != 0, start))
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _short_text(body[2:], 2)
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    telling = {number: code for number, code in codes.items() if shows_other_number(code)}
    formats = {index: telling[number] for index, number in enumerate(styles) if number in telling}
    return _Book(sheets, formats)


def _short_text(body: bytes, count_bytes: int) -> str:
    """An unformatted string: length in characters, a flag byte, then Latin-1 or UTF-16."""
    length = int.from_bytes(body[:count_bytes], "little")
    wide = body[count_bytes] & 1
    raw = body[count_bytes + 1 :]
    return raw[: 2 * length].decode("utf-16-le") if wide else raw[:length].decode("latin-1")


def _sheet(stream: bytes, start: int, formats: dict[int, str]) -> SheetAudit:
    audit = SheetAudit()
    text_formula: Place | None = None
    for kind, body in _records(stream, start):
        if kind == _STRING and text_formula is not None:
            audit.overlay[text_formula] = _short_text(body, 2)
            text_formula = None
        elif kind in _CELLS:
            for row, column, style in _styled(kind, body):
                audit.extend(row, column)
                if style in formats:
                    audit.formats[row, column] = formats[style]
            if kind == _FORMULA:
                text_formula = _formula(audit, body)
            elif kind == _BOOLERR and body[7]:
                audit.overlay[struct.unpack_from("<HH", body)] = _ERRORS.get(body[6], "#ERROR")
        elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            audit.hidden_rows.add(struct.unpack_from("<H", body)[0])
    return audit


def _styled(kind: int, body: bytes) -> list[tuple[int, int, int]]:
    """Row, column and style of the cells in a cell record."""
    if kind != _MULRK:
        return [struct.unpack_from("<HHH", body)]
    row, first = struct.unpack_from("<HH", body)
    return [
        (row, first + number, struct.unpack_from("<H", body, 4 + 6 * number)[0])
        for number in range((len(body) - 6) // 6)
    ]


def _formula(audit: SheetAudit, body: bytes) -> Place | None:
    """Note what the result of a formula is; its address if the text follows in the next record."""
    row, column = struct.unpack_from("<HH", body)
    result = body[6:14]
    if result[6:8] != b"\xff\xff":
        (value,) = struct.unpack("<d", result)
        if value == 0:
            audit.zero_formulas.append((row, column))
        return None
    if result[0] == 2:
        audit.overlay[row, column] = _ERRORS.get(result[2], "#ERROR")
    elif result[0] == 3:
        audit.overlay[row, column] = ""
        audit.zero_formulas.append((row, column))
    elif result[0] == 0:
        audit.overlay[row, column] = ""
        return row, column
    return None
