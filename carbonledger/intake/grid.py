"""Tables of cells and how they are read from files."""

from pathlib import Path, PurePosixPath

from carbonledger.errors import Text
from carbonledger.intake.delimited import read_delimited
from carbonledger.intake.files import Content, file_problem, read_content
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Problem, source_file_name

__all__ = ["EXTENSIONS", "Grid", "grids_of", "read_grids"]

_TEXT = {".csv", ".tsv", ".txt"}
_ZIP = {".xlsx", ".xlsm"}
_OLD = {".xls"}
EXTENSIONS = _TEXT | _ZIP | _OLD | {".parquet"}

# What a file really is, by its first bytes.
_PK, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTENTS = (
    (_PK, Text("压缩包或 .xlsx 工作簿", "a zip archive or an .xlsx workbook")),
    (_OLE, Text("旧式 .xls 工作簿或加密的 Office 文件", "an .xls workbook or an encrypted file")),
    (b"%PDF", Text("PDF 文件", "a PDF file")),
    (b"PAR1", Text("Parquet 文件", "a Parquet file")),
    (b"{\\rtf", Text("RTF 文档", "an RTF document")),
    (b"\x89PNG", Text("图片", "a picture")),
    (b"\xff\xd8\xff", Text("图片", "a picture")),
    (b"Rar!", Text("RAR 压缩包", "a RAR archive")),
    (b"7z\xbc\xaf", Text("7z 压缩包", "a 7z archive")),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"mime-version")


def read_grids(
    path: Path, folder: Path, sheet: str | None = None
) -> tuple[list[Grid], list[Problem]]:
    """Read a text table or one sheet of a workbook; never raises for what the file holds.

    Args:
        path: the file.
        folder: the inventory folder, to which names in messages are relative.
        sheet: the sheet of a workbook; may be left out where only one has content.
    """
    content = read_content(path, source_file_name(path, folder))
    return ([], [content]) if isinstance(content, Problem) else grids_of(content, sheet)


def grids_of(content: Content, sheet: str | None = None) -> tuple[list[Grid], list[Problem]]:
    """The grids of a file that is in memory."""
    file = content.source.name
    extension = PurePosixPath(file).suffix.lower()
    if extension not in EXTENSIONS - {".parquet"}:
        return [], [_unknown_extension(file, extension)]
    found = _contents(content.data)
    expected = _PK if extension in _ZIP else _OLE if extension in _OLD else None
    if expected is None and found is None and sheet:
        return [], [_no_sheets(file, sheet)]
    if found != (None if expected is None else _name_of(expected)) and not (
        extension in _ZIP and content.data.startswith(_OLE)
    ):
        return [], [_disguised(file, extension, found)]
    if expected is None:
        grid = read_delimited(content.data, file)
        return ([], [grid]) if isinstance(grid, Problem) else _filled(grid)
    if extension in _ZIP and content.data.startswith(_OLE):
        return [], [_encrypted_or_old(file, content.data)]
    # What audits and reads workbooks is ten modules, which a folder of text tables does not need.
    from carbonledger.intake.workbook import read_workbook  # noqa: PLC0415

    return read_workbook(content.data, file, sheet, old=extension in _OLD)


def _filled(grid: Grid) -> tuple[list[Grid], list[Problem]]:
    if grid.rows:
        return [grid], []
    return [], [
        file_problem(
            grid.file,
            "sheet-empty",
            Text("文件里没有任何数据。", "The file holds no data."),
            Text("请重新导出或复制该文件。", "Export or copy the file again."),
        )
    ]


def _name_of(magic: bytes) -> Text:
    return next(name for start, name in _CONTENTS if start == magic)


def _contents(data: bytes) -> Text | None:
    """What the bytes are, unless they may be plain text."""
    for start, name in _CONTENTS:
        if data.startswith(start):
            return name
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_MARKUP):
        return Text("网页或 XML 文件", "a web page or XML file")
    return None


def _disguised(file: str, extension: str, found: Text | None) -> Problem:
    actual = found or Text("文字或未知内容", "text or something unknown")
    return file_problem(
        file,
        "file-disguised",
        Text(
            f"文件的扩展名是 {extension}，内容却是{actual.zh}。",
            f"The file is named {extension}, but its content is {actual.en}.",
        ),
        Text(
            "请用能打开它的程序（Excel、WPS）打开，另存为真正的 .xlsx 或 CSV；PDF 和扫描件需要先"
            "录成电子表格。",
            "Open it in a program that can (Excel, WPS) and save it as a real .xlsx or CSV; type "
            "in what is only a PDF or a scan.",
        ),
    )


def _encrypted_or_old(file: str, data: bytes) -> Problem:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return file_problem(
            file,
            "file-encrypted",
            Text("文件设有打开密码，不能读取。", "The file is protected by a password."),
            Text("请取消密码后另存再用。", "Save it without a password."),
        )
    return _disguised(file, ".xlsx", _name_of(_OLE))


def _no_sheets(file: str, sheet: str) -> Problem:
    return file_problem(
        file,
        "sheet-missing",
        Text(
            f"文本文件没有工作表，inventory.toml 却写了 sheet = “{sheet}”。",
            f"A text file has no sheets, but inventory.toml names sheet '{sheet}'.",
        ),
        Text("请删去 sheet 一行。", "Remove the line sheet."),
    )


def _unknown_extension(file: str, extension: str) -> Problem:
    shown = extension or "（无扩展名）"
    return file_problem(
        file,
        "file-extension",
        Text(f"不认识的文件类型 {shown}。", f"The file type {extension or '(none)'} is not known."),
        Text(
            "请另存为 .xlsx、.xls、.csv、.tsv 或 .parquet。",
            "Save it as .xlsx, .xls, .csv, .tsv or .parquet.",
        ),
    )
