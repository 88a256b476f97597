"""Files and pasted blocks as they arrive from a browser: checked, and recognised, on this side.

What a browser says about a file (its name, its type, its size) is no guarantee of anything.
"""

import csv
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from io import StringIO
from pathlib import Path, PurePosixPath

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.energy_balance_heads import find_blocks
from carbonledger.intake.energy_balance_labels import scheme
from carbonledger.intake.energy_balance_recognise import title_years
from carbonledger.intake.files import Content, SourceFile
from carbonledger.intake.grid import EXTENSIONS, Grid, grids_of
from carbonledger.intake.workbook import sheet_names
from carbonledger.model.problem import Problem

__all__ = [
    "MAX_UPLOAD_MB",
    "PASTED",
    "Candidate",
    "candidates",
    "content_of",
    "pasted",
    "safe_name",
]

MAX_UPLOAD_MB = 20
PASTED = "pasted-{number}.csv"
_ACCEPTED = EXTENSIONS - {".parquet", ".txt"}
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_LONGEST_NAME = 80
_MOST_PASTED = 5_000_000
ENERGY_BALANCE, ENTRIES = "energy-balance", "entries"


@dataclass(frozen=True)
class Candidate:
    """A sheet of a file: what it looks like, and what is wrong with reading it at all.

    ``layout`` is ``energy-balance`` where its headings are those of one, else ``entries``;
    ``years`` are the years that its title names.
    """

    sheet: str
    layout: str
    years: tuple[int, ...]
    grid: Grid | None
    problems: tuple[Problem, ...]


def safe_name(name: str) -> str:
    """The name under which a file from a browser is kept: its last part, without any path.

    Raises:
        CarbonledgerError: nothing usable is left, or the extension is none that is read.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/")
    plain = _FORBIDDEN.sub("_", PurePosixPath(plain).name).strip(" .")
    extension = PurePosixPath(plain).suffix.lower()
    stem = plain[: len(plain) - len(extension)].lstrip(".~")[:_LONGEST_NAME]
    if extension not in _ACCEPTED or not stem:
        shown = "、".join(sorted(_ACCEPTED))
        raise CarbonledgerError(
            f"文件“{name[:60]}”不能读取：只接受 {shown}。扫描件和 PDF 请先录成电子表格。",
            f"The file '{name[:60]}' is not read: only {', '.join(sorted(_ACCEPTED))} are. "
            "Type in what is only a scan or a PDF.",
        )
    return stem + extension


def content_of(name: str, data: bytes) -> Content:
    """An upload with its name made safe and its size checked.

    Raises:
        CarbonledgerError: it is empty, too large, or of no kind that is read.
    """
    safe = safe_name(name)
    if not data:
        raise CarbonledgerError(
            f"文件“{safe}”是空的（0 字节），请重新导出。",
            f"The file '{safe}' is empty (0 bytes). Export it again.",
        )
    if len(data) > MAX_UPLOAD_MB * 2**20:
        raise CarbonledgerError(
            f"文件“{safe}”有 {len(data) / 2**20:.1f} MB，超过 {MAX_UPLOAD_MB} MB。"
            "请删去多余的工作表和图片；很大的数据请用命令行（Parquet）。",
            f"The file '{safe}' has {len(data) / 2**20:.1f} MB, more than {MAX_UPLOAD_MB} MB. "
            "Remove other sheets and pictures; use the command line (Parquet) for micro-data.",
        )
    digest = hashlib.sha256(data).hexdigest()
    return Content(SourceFile(safe, Path(safe), digest, len(data)), data)


def pasted(text: str, number: int) -> Content:
    """A block copied from a spreadsheet, as a text table; every cell stays as it was copied.

    Raises:
        CarbonledgerError: it is empty, too long, or one line of one cell.
    """
    block = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not block.strip():
        raise CarbonledgerError("没有粘贴任何内容。", "Nothing was pasted.")
    if len(block) > _MOST_PASTED:
        raise CarbonledgerError(
            "粘贴的内容太长，请改用上传文件。", "The pasted block is too long: upload a file."
        )
    if "\t" not in block:
        raise CarbonledgerError(
            "粘贴的内容没有列的分隔（制表符）。"
            "请在 Excel/WPS 中选中整块区域（含表头）复制后再粘贴。",
            "The pasted block has no columns (tabs). Copy a whole range with its headings in Excel "
            "or WPS and paste that.",
        )
    table = StringIO(newline="")
    writer = csv.writer(table, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows(_rows(block))
    return content_of(PASTED.format(number=number), table.getvalue().encode("utf-8-sig"))


def _rows(block: str) -> list[list[str]]:
    """The cells of a copied block; spreadsheets quote the cells that hold line breaks."""
    try:
        rows = list(csv.reader(StringIO(block, newline=""), delimiter="\t", strict=True))
    except csv.Error:  # a cell that merely begins with a quotation mark
        rows = [line.split("\t") for line in block.split("\n")]
    width = max(len(row) for row in rows)
    return [row + [""] * (width - len(row)) for row in rows]


def candidates(content: Content) -> list[Candidate]:
    """Every sheet of a file with what it looks like; a text table is one without a name."""
    extension = PurePosixPath(content.source.name).suffix.lower()
    names = [""]
    if extension in {".xlsx", ".xlsm", ".xls"}:
        names = sheet_names(content.data, old=extension == ".xls") or [""]
    found = [_candidate(content, name) for name in names]
    filled = [each for each in found if each.grid is not None]
    return filled or found[:1]


def _candidate(content: Content, sheet: str) -> Candidate:
    grids, problems = grids_of(content, sheet or None)
    if not grids:
        return Candidate(sheet, ENTRIES, (), None, tuple(problems))
    grid = grids[0]
    balance = any(True for _ in find_blocks(grid, scheme()))
    years = tuple(sorted(title_years(grid, scheme()))) if balance else ()
    layout = ENERGY_BALANCE if balance else ENTRIES
    return Candidate(sheet, layout, years, grid, tuple(problems))


def layout_name(layout: str) -> Text:
    """The words for a layout."""
    if layout == ENERGY_BALANCE:
        return Text("能源平衡表", "energy balance")
    if layout == "statistics":
        return Text("社会经济统计", "statistics")
    return Text("录入表（科目、品种、数量）", "table of entries (account, item, quantity)")


def safe_file_title(title: str) -> str:
    """A title as the name of a file to download."""
    return _FORBIDDEN.sub("_", title).strip(" .")[:_LONGEST_NAME] or "carbonledger"
