"""What reading a workbook says about it."""

from collections.abc import Sequence

from carbonledger.errors import Text
from carbonledger.intake.files import file_problem
from carbonledger.intake.sheetaudit import Place, SheetAudit
from carbonledger.intake.table import Grid, column_letters
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "far_cell",
    "hidden",
    "no_such_sheet",
    "nothing",
    "refusal",
    "uncached",
    "which_sheet",
    "zero_formulas",
]

SHOWN = 10  # places named in one message


def uncached(grid: Grid, place: Place) -> Problem:
    """A formula whose result the file does not hold."""
    row, column = place
    return Problem(
        grade=Grade.A,
        code="formula-not-calculated",
        message=Text(
            "该单元格是公式且没有缓存的计算结果，不知道它的数值。",
            "The cell is a formula without a stored result: its value is not known.",
        ),
        remedy=Text(
            "请用 Excel 或 WPS 打开该文件，保存后再上传；或直接填入数值。",
            "Open the file in Excel or WPS, save it and use it again; or write the value.",
        ),
        file=grid.file,
        sheet=grid.sheet,
        cell=f"{column_letters(column)}{row + 1}",
        row=row + 1,
    )


def zero_formulas(grid: Grid, places: Sequence[Place]) -> Problem:
    """Formulas of an ``.xls`` file whose result is 0 or empty."""
    cells = [f"{column_letters(column)}{row + 1}" for row, column in places]
    shown = "、".join(cells[:SHOWN]) + (" …" if len(cells) > SHOWN else "")
    return Problem(
        grade=Grade.C,
        code="formula-zero",
        message=Text(
            f"{len(cells)} 个公式单元格的结果是 0 或空（{shown}）：.xls 文件中分不清是算出来的，"
            "还是文件从未计算过。",
            f"{len(cells)} formula cells hold 0 or nothing ({shown}): an .xls file does not tell "
            "whether that was calculated or the file never was.",
        ),
        remedy=Text(
            "请核实这些单元格；或用 Excel 或 WPS 打开后另存为 .xlsx。",
            "Check these cells, or open the file in Excel or WPS and save it as .xlsx.",
        ),
        file=grid.file,
        sheet=grid.sheet,
        cell=cells[0],
        row=places[0][0] + 1,
    )


def hidden(grid: Grid, rows: Sequence[int], columns: Sequence[int]) -> Problem:
    """Hidden rows and columns (0-based, in the sheet) that hold something."""
    parts = [str(row + 1) for row in rows[:SHOWN]] + [
        column_letters(column) for column in columns[:SHOWN]
    ]
    shown = "、".join(parts)
    return Problem(
        grade=Grade.C,
        code="hidden-cells",
        message=Text(
            f"表中有隐藏的 {len(rows)} 行、{len(columns)} 列（{shown}），其中的内容同样会被读入。",
            f"{len(rows)} rows and {len(columns)} columns of the sheet are hidden ({shown}); what "
            "they hold is read as well.",
        ),
        remedy=Text(
            "请取消隐藏并核实；不需要的行列请删除。",
            "Unhide and check them; delete those that are not wanted.",
        ),
        file=grid.file,
        sheet=grid.sheet,
    )


def no_such_sheet(file: str, sheet: str, names: Sequence[str]) -> Problem:
    """A sheet that the file does not have."""
    return file_problem(
        file,
        "sheet-missing",
        Text(f"文件中没有名为“{sheet}”的工作表。", f"The file has no sheet '{sheet}'."),
        Text(
            f"请在 inventory.toml 的 sheet 处写下列名称之一：{'、'.join(names)}。",
            f"Set sheet in inventory.toml to one of: {', '.join(names)}.",
        ),
    )


def which_sheet(file: str, filled: Sequence[tuple[str, bool]]) -> Problem:
    """Several sheets with content (name, whether hidden) and none chosen."""
    zh = "、".join(name + ("（隐藏）" if unseen else "") for name, unseen in filled)
    en = ", ".join(name + (" (hidden)" if unseen else "") for name, unseen in filled)
    return file_problem(
        file,
        "sheet-ambiguous",
        Text(
            f"文件有 {len(filled)} 个有内容的工作表，不知道读哪一个：{zh}。",
            f"The file has {len(filled)} sheets with content: {en}; which one is meant?",
        ),
        Text(
            f'请在 inventory.toml 的这一表下加一行，例如 sheet = "{filled[0][0]}"。',
            f'Add a line to this table in inventory.toml, such as sheet = "{filled[0][0]}".',
        ),
    )


def nothing(file: str) -> Problem:
    """A sheet without content."""
    return file_problem(
        file,
        "sheet-empty",
        Text("工作表是空的，没有任何数据。", "The sheet is empty."),
        Text("请检查是否选错了文件或工作表。", "Check whether this is the right file and sheet."),
    )


def far_cell(file: str, sheet: str, audit: SheetAudit) -> Problem:
    """A sheet that reaches too far."""
    last = f"{column_letters(audit.right)}{audit.bottom + 1}"
    return file_problem(
        file,
        "sheet-too-large",
        Text(
            f"工作表“{sheet}”一直延伸到 {last}，范围过大。",
            f"The sheet '{sheet}' reaches as far as {last}, which is too much to read.",
        ),
        Text(
            "请删除表格右侧和下方多余的单元格后保存；数据确实很多时请改用 Parquet 文件。",
            "Delete stray cells right of and below the table and save; use Parquet for large data.",
        ),
    )


_REFUSALS = {
    "encrypted": (
        "file-encrypted",
        Text("文件设有打开密码，不能读取。", "The file is protected by a password."),
        Text("请取消密码后另存再用。", "Save it without a password."),
    ),
    "old": (
        "file-old-xls",
        Text(
            "这是 Excel 97 之前的旧格式，不能可靠读取。",
            "The file is older than Excel 97 and cannot be read reliably.",
        ),
        Text("请用 Excel 或 WPS 打开后另存为 .xlsx。", "Open it in Excel or WPS; save as .xlsx."),
    ),
    "bomb": (
        "file-bomb",
        Text(
            "文件解压后异常庞大，为安全起见不读取。",
            "The file would unpack to an unreasonable size and is not read.",
        ),
        Text(
            "请用 Excel 或 WPS 打开，只把需要的表复制到新文件。",
            "Open it in Excel or WPS and copy the table you need into a new file.",
        ),
    ),
    "reach": (
        "file-damaged",
        Text(
            "文件里有超出电子表格范围的单元格，已经损坏。",
            "The file holds cells outside any spreadsheet: it is damaged.",
        ),
        Text("请用 Excel 或 WPS 打开修复后另存。", "Repair it in Excel or WPS and save it again."),
    ),
    "damaged": (
        "file-damaged",
        Text(
            "文件已损坏或不是完整的 Excel 工作簿，不能读取。",
            "The file is damaged or no complete Excel workbook.",
        ),
        Text(
            "请重新下载或复制；能用 Excel 或 WPS 打开时请另存为 .xlsx。",
            "Download or copy it again; if Excel or WPS opens it, save it as .xlsx.",
        ),
    ),
}


def refusal(file: str, kind: str) -> Problem:
    """A file that is not read; ``kind`` is that of a ``WorkbookError``."""
    code, message, remedy = _REFUSALS[kind]
    return file_problem(file, code, message, remedy)
