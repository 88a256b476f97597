"""What can be wrong with one cell of a table, whatever it means."""

import re
import unicodedata
from datetime import date

from carbonledger.errors import Text

__all__ = ["Fault", "date_fault", "is_date", "is_number", "number_fault", "text_fault"]

Fault = tuple[str, Text, Text]  # code, message, remedy

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,，'’ ]\d{3})+(\.\d+)?", re.ASCII)
_SERIAL = re.compile(r"[1-6]\d{4}", re.ASCII)
# Control characters (the category Cc of Unicode), and others that nobody sees.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200d\u2060\ufeff]")
_EXCEL_ERRORS = ("#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "##")
_FORMULA = "=+-@"

_PLAIN = Text(
    "请只写一个数，用半角数字和小数点，例如 0.94 或 1.2e-5；单位写在 unit 列。",
    "Write one plain number with a decimal point, such as 0.94 or 1.2e-5; its unit belongs in "
    "column unit.",
)
_ISO = Text(
    "请写成 2012-01-31 的形式（在 Excel 中先把该列设为文本）。",
    "Write it as 2012-01-31 (in Excel, first format the column as text).",
)


def is_number(text: str) -> bool:
    """Whether a text is a number as the tables write it."""
    return bool(_NUMBER.fullmatch(text))


def is_date(text: str) -> bool:
    """Whether a text is an existing day as the tables write it."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def number_fault(text: str) -> Fault | None:
    """Why a text is no number; None where it is one."""
    if is_number(text):
        return None
    why = _why_no_number(text)
    message = Text(f"“{text}”不是可用的数：{why.zh}。", f"'{text}' is no number: {why.en}.")
    return "number", message, _PLAIN


def _why_no_number(text: str) -> Text:
    plain = unicodedata.normalize("NFKC", text).strip()
    reasons = (
        (is_number(plain), Text("含全角数字或符号", "it has full-width digits or signs")),
        (
            text.startswith("="),
            Text("这是公式，不是数值", "it is a formula and not a value"),
        ),
        (
            plain.startswith("#"),
            Text("这是电子表格的错误值", "it is an error value of a spreadsheet"),
        ),
        (
            plain.endswith(("%", "‰")),
            Text(
                "含百分号，百分比应在 unit 列写 %",
                "it has a percent sign, which belongs in column unit",
            ),
        ),
        (
            bool(_THOUSANDS.fullmatch(text)),
            Text(
                "含千位分隔符，或以逗号作小数点，两种读法相差一千倍",
                "it has a thousands separator, or a comma for the decimal point; the two readings "
                "differ a thousandfold",
            ),
        ),
        (
            is_number(plain.replace(",", ".", 1)),
            Text("以逗号作小数点", "it has a comma for the decimal point"),
        ),
        (
            plain.lower().lstrip("+-") in {"nan", "inf", "infinity", "null", "none"},
            Text("不是有限的数", "it is not a finite number"),
        ),
        (
            bool(re.fullmatch(r"[\d.]+", plain)) and plain.count(".") > 1,
            Text("有多个小数点", "it has several decimal points"),
        ),
        (
            bool(re.fullmatch(r"[\d.]+\s*[-~～—–至]\s*[\d.]+", plain)),
            Text(
                "这是一个范围，上下限应写在 lower、upper 列",
                "it is a range, whose ends belong in lower and upper",
            ),
        ),
        (
            bool(re.match(r"[<>≤≥≈~约]", plain)),
            Text("含比较或约数符号", "it has a sign such as < or about"),
        ),
        (
            bool(re.match(r"[+-]?[\d.]+\s*[^\d.\s]", plain)),
            Text("数后有其他文字", "other text follows the number"),
        ),
    )
    return next(
        (reason for applies, reason in reasons if applies), Text("含有文字", "it is a text")
    )


def date_fault(text: str) -> Fault | None:
    """Why a text is no day; None where it is one."""
    if is_date(text):
        return None
    if _DATE.fullmatch(text):
        why = Text("日历上没有这一天", "there is no such day")
    elif _SERIAL.fullmatch(text):
        why = Text("像是 Excel 的日期序号", "it looks like the serial number of a date in Excel")
    else:
        why = Text("日期必须写成 年-月-日", "a day is written year-month-day")
    message = Text(f"“{text}”不是可用的日期：{why.zh}。", f"'{text}' is no date: {why.en}.")
    return "date", message, _ISO


def text_fault(text: str, trimmed: bool) -> Fault | None:
    """What is wrong with a cell of text; ``trimmed`` where no blanks may stand around it."""
    if found := _INVISIBLE.search(text):
        bad = found.group()
        shown = "换行 / line break" if bad in "\r\n" else f"U+{ord(bad):04X}"
        return (
            "control-character",
            Text(
                f"含看不见的字符（{shown}），看起来相同的两个键会被当作不同。",
                f"It holds an invisible character ({shown}): two keys that look alike would "
                "differ.",
            ),
            Text(
                "请删除后手工重新键入这一格；若其后整行都乱了，请检查引号是否成对。",
                "Clear the cell and type it again; where the rest of the row is mixed up too, "
                "look for a quotation mark that is not closed.",
            ),
        )
    if text.lstrip().startswith(_EXCEL_ERRORS):
        return (
            "excel-error",
            Text(
                f"“{text}”是电子表格的错误值，原来的内容已丢失。",
                f"'{text}' is an error value of a spreadsheet: what stood here is lost.",
            ),
            Text("请按原件重新填写。", "Enter it again from the document."),
        )
    if text.lstrip()[:1] in _FORMULA and text.strip():
        return (
            "formula-text",
            Text(
                f"文字以“{text.lstrip()[0]}”开头，Excel 和 WPS 打开时会当作公式执行或改写。",
                f"The text begins with '{text.lstrip()[0]}': Excel and WPS would run it as a "
                "formula or rewrite it.",
            ),
            Text("请改写，使其以文字开头。", "Reword it so that it begins with a word."),
        )
    if trimmed and text != text.strip():
        return (
            "blanks",
            Text(
                f"“{text}”前后有空格，其他程序会把它当作另一个键。",
                f"'{text}' has blanks around it: other programs take it for another key.",
            ),
            Text("请删除前后的空格。", "Remove the blanks."),
        )
    return None
