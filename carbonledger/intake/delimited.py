"""Text tables: CSV and TSV, as UTF-8, UTF-16 or GB18030."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO

from carbonledger.errors import Text
from carbonledger.intake.files import file_problem
from carbonledger.intake.table import Grid, column_letters
from carbonledger.model.problem import Problem

__all__ = ["read_delimited"]

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
_DELIMITERS = ",;\t"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The marks that a wrong decoding leaves: the replacement character, what UTF-8 replacement
# characters become when read as GBK, and Chinese UTF-8 text read as Latin-1.
_MOJIBAKE = re.compile(r"\ufffd|锟斤拷|^锘|[ä-é][\u0080-\u00bf]{2}|Ã[\u0080-\u00bf]")
_SAVE_AS_UTF8 = Text(
    "请用 Excel 或 WPS 打开原文件，另存为“CSV UTF-8（逗号分隔）”或 .xlsx 后再用。",
    "Open the original in Excel or WPS and save it as 'CSV UTF-8' or .xlsx.",
)


def read_delimited(data: bytes, file: str) -> Grid | Problem:
    """The cells of a text table; a cell that its row does not reach is None, a blank one ``""``.

    Rows are counted as spreadsheets count them: a line break inside quotes begins no row.
    """
    decoded = _decode(data, file)
    if isinstance(decoded, Problem):
        return decoded
    try:
        return _grid(decoded, file)
    except csv.Error as error:
        return _broken(file, str(error))


def _decode(data: bytes, file: str) -> str | Problem:
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return _undecodable(file, 0)
    if encoding is None:
        nul = data.find(b"\0")
        if nul >= 0:
            return _undecodable(file, nul)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding is not None:
            return _undecodable(file, error.start)
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as second:
            return _undecodable(file, second.start)
    return _mojibake(text, file) or text


def _mojibake(text: str, file: str) -> Problem | None:
    places = [text.find(char) for char in set(text) if _is_garbage(char)]
    found = _MOJIBAKE.search(text)
    if found:
        places.append(found.start())
    if not places:
        return None
    position = min(places)
    line = text.count("\n", 0, position) + 1
    shown = text[max(0, position - 8) : position + 8].replace("\n", " ").replace("\r", " ")
    shown = "".join(char if char.isprintable() else "\ufffd" for char in shown)
    return file_problem(
        file,
        "file-garbled",
        Text(
            f"文件第 {line} 行附近是乱码（“{shown}”），文字可能已经损坏，不能读取。",
            f"The text is garbled near line {line} ('{shown}'); characters may be lost.",
        ),
        _SAVE_AS_UTF8,
    )


def _is_garbage(char: str) -> bool:
    # Controls, private-use and unassigned characters stand in no table that was decoded rightly.
    return char not in "\t\n\r" and unicodedata.category(char) in {"Cc", "Co", "Cn", "Cs"}


def _undecodable(file: str, position: int) -> Problem:
    return file_problem(
        file,
        "file-encoding",
        Text(
            f"文件第 {position + 1} 个字节起不是 UTF-8、UTF-16（带标记）或 GB18030 编码的文字。",
            f"From byte {position + 1} on the file is not text in UTF-8, UTF-16 (with mark) or "
            "GB18030.",
        ),
        _SAVE_AS_UTF8,
    )


def _broken(file: str, reason: str) -> Problem:
    return file_problem(
        file,
        "file-csv",
        Text(
            f"CSV 的引号或字段写法有错，不能确定单元格的边界（{reason}）。",
            f"The quoting of the CSV is broken: the cells cannot be told apart ({reason}).",
        ),
        Text(
            "请检查成对的双引号；用 Excel 或 WPS 打开核对后重新另存为 CSV。",
            "Check the paired double quotes; open the file in Excel or WPS and save it again.",
        ),
    )


def _grid(text: str, file: str) -> Grid | Problem:
    delimiter = _delimiter(text)
    rows: list[list[str]] = []
    for record in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True):
        rows.append(record)
        if len(rows) > MAX_ROWS or len(record) > MAX_COLUMNS:
            return _too_long(file)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    if sum(1 for row in rows if len(row) < width) * width > 20_000_000:
        return _too_long(file)
    return Grid(file, "", tuple(_padded(row, width) for row in rows))


def _padded(row: Sequence[str], width: int) -> tuple[object, ...]:
    return (*row, *(None for _ in range(width - len(row))))


def _delimiter(text: str) -> str:
    """The delimiter that splits the early rows into the most columns; a comma if none does."""
    return max(_DELIMITERS, key=lambda delimiter: _columns(text, delimiter))


def _columns(text: str, delimiter: str) -> int:
    """The most columns in the first rows, up to where the quoting breaks."""
    columns = 0
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    with suppress(csv.Error):
        for record, _ in zip(reader, range(20), strict=False):
            columns = max(columns, len(record))
    return columns


def _too_long(file: str) -> Problem:
    last = f"{column_letters(MAX_COLUMNS - 1)}{MAX_ROWS}"
    return file_problem(
        file,
        "file-too-long",
        Text(
            f"表的行数或列数超过电子表格的上限（{last}）。",
            f"The table is longer or wider than a spreadsheet can be ({last}).",
        ),
        Text(
            "请把数据另存为 Parquet 文件，或拆成几个文件。",
            "Store the data as a Parquet file, or split it.",
        ),
    )
