"""dBASE tables (``.dbf``), the attributes beside a shapefile, as grids of cells.

``dbfread`` takes the file apart and leaves the bytes of each cell as they are. Numbers become
numbers where they are plainly written, and stay text otherwise, so that the cell parser refuses
them with their row. What a dbf does not tell for certain: its encoding, whether a long text was cut
in the middle of a character, and whether a field of asterisks is blank (QGIS) or a number that did
not fit (dBASE).
"""

import codecs
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from dbfread import DBF
from dbfread.codepages import guess_encoding

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem

__all__ = ["read_dbf"]

MAX_ROWS = 1_048_576
_UNDECLARED = ("utf-8", "gb18030")
_TEXTS, _NUMBERS = "CDLV", "NF"
# ArcGIS writes 1.50000000000e+001 into fields of kind F.
_PLAIN = re.compile(rb"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?:[eE][+-]?0?[0-9]{2})?")
_CODE_PAGE = re.compile(r"(?:ansi|cp|oem|windows)?[ _-]*([0-9]{3,5})", re.IGNORECASE)
_CJK = re.compile("[\u4e00-\u9fff]")
_CUT = "\ufffd"
_ASTERISKS = object()  # a cell that is blank or did not fit


def read_dbf(path: Path) -> tuple[Grid, list[Problem]]:
    """The table with its field names in the first row, and what has to be told about it.

    Records that are marked as deleted are left out and counted, as every program does that shows
    the table. The encoding is that of the ``.cpg`` file beside it, else of the code page in its
    header, else UTF-8 or GB18030, whichever the texts are written in.

    Raises:
        CarbonledgerError: if the file is damaged, too long, or in no encoding that was tried.
    """
    table = _opened(path)
    try:
        records = [[data for _, data in record] for record in table]
        deleted = sum(1 for _ in table.deleted)
    except Exception as error:  # the reader names no errors of its own
        raise _damaged(path, str(error)) from error
    if len(records) + deleted != table.header.numrecords:
        raise _damaged(path, f"{len(records) + deleted} / {table.header.numrecords}")
    columns = [list(column) for column in zip(*records, strict=True)]
    columns = columns or [[] for _ in table.fields]
    names = [field.name.encode("latin-1") for field in table.fields]
    kinds = [field.type for field in table.fields]
    encoding = _encoding(path, table.header.language_driver, names, _texts(columns, kinds))
    cells = [_cells(column, kind, encoding) for column, kind in zip(columns, kinds, strict=True)]
    heads = tuple(_decoded(name, encoding) for name in names)
    problems = _told(path.name, heads, cells, deleted)
    cells = [[None if cell is _ASTERISKS else cell for cell in column] for column in cells]
    return Grid(path.name, "", (heads, *zip(*cells, strict=True))), problems


def _opened(path: Path) -> DBF:
    """The table whose header agrees with the length of the file."""
    try:
        # The names of fields are decoded with the texts, once the encoding is known.
        table = DBF(str(path), encoding="latin-1", raw=True, recfactory=None,
                    ignore_missing_memofile=True)  # fmt: skip
        size = path.stat().st_size
    except Exception as error:  # the reader names no errors of its own
        raise _damaged(path, str(error)) from error
    header = table.header
    length = 1 + sum(field.length for field in table.fields)
    needed = header.headerlen + header.numrecords * header.recordlen
    if not table.fields or header.recordlen != length or size < needed:
        raise _damaged(path, f"{size} / {needed}")
    if header.numrecords > MAX_ROWS:
        raise CarbonledgerError(
            f"“{path.name}”有 {header.numrecords} 行，超过 {MAX_ROWS} 行。请按县分成几个文件。",
            f"'{path.name}' has {header.numrecords} rows, above {MAX_ROWS}: split it by county.",
        )
    return table


def _texts(columns: Sequence[Sequence[bytes]], kinds: Sequence[str]) -> set[bytes]:
    """Every distinct text of the table."""
    found = (column for column, kind in zip(columns, kinds, strict=True) if kind in _TEXTS)
    return {data.rstrip(b"\0 ") for column in found for data in column}


def _encoding(path: Path, driver: int, names: Iterable[bytes], texts: Iterable[bytes]) -> str:
    """The encoding of the texts: as declared, or the one in which all of them can be read."""
    declared = _declared(path, driver)
    tried = (declared,) if declared else _UNDECLARED
    read = {name: _all_decoded([*names, *texts], name) for name in tried}
    fitting = [name for name, text in read.items() if text is not None]
    if not fitting:
        raise CarbonledgerError(
            f"“{path.name}”里的文字不是 {'、'.join(tried)} 编码。请在旁边放一个同名的 .cpg 文件，"
            "里面写编码名（UTF-8 或 GBK）；或在 QGIS、ArcGIS 里重新导出。",
            f"The texts of '{path.name}' are not in {' or '.join(tried)}. Put a .cpg file of the "
            "same name beside it that names the encoding (UTF-8 or GBK), or export it again.",
        )
    # A few short texts in GBK may happen to be UTF-8 as well, but then for letters of no Chinese.
    chinese = [name for name in fitting if _CJK.search(read[name] or "")]
    return (chinese or fitting)[0]


def _declared(path: Path, driver: int) -> str | None:
    """The encoding that the file beside the table or its header names; None for neither."""
    beside = next((path.with_suffix(end) for end in (".cpg", ".CPG")
                   if path.with_suffix(end).is_file()), None)  # fmt: skip
    if beside is None:
        try:
            return _wider(codecs.lookup(guess_encoding(driver)).name) if driver else None
        except LookupError:
            return None
    written = beside.read_bytes()[:64].decode("ascii", "replace").strip()
    page = _CODE_PAGE.fullmatch(written)
    try:
        return _wider(codecs.lookup(f"cp{page[1]}" if page else written).name)
    except LookupError as error:
        raise CarbonledgerError(
            f"“{beside.name}”写的编码“{written}”不认识。请改为 UTF-8 或 GBK。",
            f"The encoding '{written}' in '{beside.name}' is not known. Write UTF-8 or GBK.",
        ) from error


def _wider(name: str) -> str:
    """GB18030 for what it holds: Windows' GBK lacks the characters of some place names."""
    return "gb18030" if name in {"gbk", "gb2312"} else name


def _all_decoded(texts: Iterable[bytes], encoding: str) -> str | None:
    try:
        return "\n".join(_decoded(data, encoding) for data in texts)
    except UnicodeDecodeError:
        return None


def _decoded(data: bytes, encoding: str) -> str:
    """A text; the mark of a lost character stands for one that the end of the field cut off."""
    decoder = codecs.getincrementaldecoder(encoding)()
    text = decoder.decode(data.rstrip(b"\0 "))
    return text + _CUT if decoder.getstate()[0] else text


def _cells(column: Sequence[bytes], kind: str, encoding: str) -> list[object]:
    """The cells of a field; each distinct content is looked at once."""
    if kind in _NUMBERS:
        read = {data: _number(data.strip(b"\0 ")) for data in set(column)}
    elif kind in _TEXTS:
        read = {data: _decoded(data, encoding) for data in set(column)}
    else:  # binary numbers, memos and pictures stand in no table of stands that is exported
        read = dict.fromkeys(column, f"[dbf {kind}]")
    return [read[data] for data in column]


def _number(data: bytes) -> object:
    if _PLAIN.fullmatch(data):
        return float(data)
    return _ASTERISKS if data and not data.strip(b"*") else data.decode("ascii", "replace")


def _told(
    file: str, heads: Sequence[str], cells: Sequence[Sequence[object]], deleted: int
) -> list[Problem]:
    """Deleted records, texts that were cut, and cells of asterisks."""
    problems = []
    if deleted:
        message = Text(
            f"有 {deleted} 条记录带删除标记，没有读取。",
            f"{deleted} records are marked as deleted and were not read.",
        )
        remedy = Text("如不应删除，请恢复后再导出。", "Recall them if they still hold.")
        problems.append(
            Problem(grade=Grade.D, code="dbf-deleted", file=file, message=message, remedy=remedy)
        )
    for head, column in zip(heads, cells, strict=True):
        cut = {cell for cell in set(column) if isinstance(cell, str) and cell.endswith(_CUT)}
        if cut:
            problems.append(_cut(file, head, _rows(column, cut)))
        if _ASTERISKS in column:
            problems.append(_starred(file, head, _rows(column, {_ASTERISKS})))
    return problems


def _rows(column: Sequence[object], wanted: Collection[object]) -> list[int]:
    """The rows of some contents; row 1 holds the names of the fields."""
    return [number for number, cell in enumerate(column, 2) if cell in wanted]


def _cut(file: str, head: str, rows: Sequence[int]) -> Problem:
    return Problem(
        grade=Grade.B,
        code="dbf-text-cut",
        file=file,
        message=Text(
            f"字段“{head}”有 {len(rows)} 行文字太长，末尾的汉字被截断（行 {_shown(rows)}）。",
            f"{len(rows)} texts of the field '{head}' end within a character: the field was too "
            f"short (rows {_shown(rows)}).",
        ),
        remedy=Text(
            "请加长该字段后重新导出；同名的地方若截断不同，会被当作两处。",
            "Lengthen the field and export again.",
        ),
    )


def _starred(file: str, head: str, rows: Sequence[int]) -> Problem:
    return Problem(
        grade=Grade.C,
        code="dbf-asterisks",
        file=file,
        message=Text(
            f"字段“{head}”有 {len(rows)} 行是一串星号，按空白读取（行 {_shown(rows)}）："
            "QGIS 这样写空值，dBASE 这样写放不下的数。",
            f"{len(rows)} cells of the field '{head}' are asterisks and were read as blank (rows "
            f"{_shown(rows)}): QGIS writes no value so, dBASE a number that does not fit.",
        ),
        remedy=Text("请确认这些单元格本来就是空的。", "Confirm that these cells hold no value."),
    )


def _shown(rows: Sequence[int]) -> str:
    """The first rows, as numbered where the names of the fields are row 1."""
    return "、".join(map(str, rows[:10])) + ("……" if len(rows) > 10 else "")


def _damaged(path: Path, detail: str) -> CarbonledgerError:
    return CarbonledgerError(
        f"“{path.name}”不是完整的 dbf 文件（{detail}）。请在 QGIS、ArcGIS 或 WPS 里打开核对，"
        "重新导出为 dbf、CSV（UTF-8）或 .xlsx。",
        f"'{path.name}' is no complete dbf file ({detail}). Open it in QGIS, ArcGIS or WPS and "
        "export it again as dbf, CSV (UTF-8) or .xlsx.",
    )
