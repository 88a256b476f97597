"""The plain sheet: numbers and words alone, told by a few searches over its bytes.

Walking the XML of a sheet of 200,000 rows takes longer than everything else that is done with it.
Most such sheets hold nothing that the walk looks for: no formula, no error, no hidden row or
column, no number that is shown as another one. Where every cell is spelled as Excel, WPS and the
usual writers spell it, this can be seen without parsing, and only the reach of the sheet is left to
be found. In any doubt the answer is None, and the sheet is walked.
"""

import re
from collections.abc import Collection

import numpy as np

from carbonledger.intake.sheetaudit import SheetAudit

__all__ = ["MOST_BYTES", "plain_sheet"]

MOST_BYTES = 400 * 2**20  # of the XML of a sheet that is held in memory

# A formula, a hidden row, a comment or declaration; a prefix needs a declaration of its own.
_TELLING = (b"<f", b"hidden", b"<!", b"xmlns")
_HEAD = re.compile(
    rb"\bhidden\s*=|<!|<row\b|<c\b|xmlns:\w+\s*=\s*\"[^\"]*/(?:2006|spreadsheetml)/main\""
)
_FILLED = re.compile(
    rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="[0-9]+")?'
    rb'(?: t="(?:n|s|b|str|inlineStr)")?><(?:v|is)>'
)
_STYLE = re.compile(rb'<c [^>]*?\bs="([0-9]+)"')
_OPENED, _CLOSED = (b"<v", b"<is"), (b"</v></c>", b"</is></c>")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_BLOCK = 50_000  # addresses at a time, so that they stay near the processor


def plain_sheet(data: bytes, styles: Collection[str], longest: int, most: int) -> SheetAudit | None:
    """The audit of a sheet that holds nothing to be told; None for any other sheet.

    Args:
        data: the XML of the sheet, unpacked.
        styles: the indices of the cell styles that show another number than the cell holds.
        longest: characters of the longest shared text.
        most: characters that all cells may have together.
    """
    start, end = data.find(b"<sheetData>"), data.find(b"</sheetData>")
    if start < 0 or end < start or not _framed(data, start, end):
        return None
    if any(data.find(word, start, end) >= 0 for word in _TELLING):
        return None
    places = _FILLED.findall(data, start, end)
    # Every value must have been met in the one spelling that the pattern knows.
    counts = {sum(data.count(word, start, end) for word in words) for words in (_OPENED, _CLOSED)}
    if counts != {len(places)} or len(places) * longest + len(data) > most:
        return None
    if styles and not {code.encode() for code in styles}.isdisjoint(_STYLE.findall(data)):
        return None
    return _reach(places)


def _framed(data: bytes, start: int, end: int) -> bool:
    """Whether what stands around the rows is plain too, and the only rows are between."""
    if not _is_utf8(data[:200]) or _HEAD.search(data, 0, start):
        return False
    return data[-40:].rstrip().endswith(b"</worksheet>") and b"<sheetData" not in data[end:]


def _is_utf8(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"<?xml"):
        return text.startswith(b"<worksheet")
    declaration = text.partition(b"?>")[0].lower()
    return b"encoding" not in declaration or b"utf-8" in declaration


def _reach(places: list[bytes]) -> SheetAudit | None:
    """How far the filled cells go; None where no spreadsheet goes so far."""
    audit = SheetAudit()
    for first in range(0, len(places), _BLOCK):
        rows, columns = _numbered(places[first : first + _BLOCK])
        if rows.max() > _LAST_ROW or columns.max() > _LAST_COLUMN:
            return None
        audit.extend(int(rows.min()) - 1, int(columns.min()) - 1)
        audit.extend(int(rows.max()) - 1, int(columns.max()) - 1)
    return audit


def _numbered(places: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """The 1-based rows and columns of addresses such as ``AB12``."""
    characters = np.array(places, dtype="S10").view(np.uint8).reshape(len(places), 10)
    rows = np.zeros(len(places), dtype=np.int32)
    columns = np.zeros(len(places), dtype=np.int32)
    for place in np.ascontiguousarray(characters.T, dtype=np.int32):
        letters, digits = place >= ord("A"), (place > 0) & (place <= ord("9"))
        np.copyto(columns, columns * 26 + (place - ord("A") + 1), where=letters)
        np.copyto(rows, rows * 10 + (place - ord("0")), where=digits)
    return rows, columns
