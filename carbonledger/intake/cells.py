"""One cell as people write it: a number, a notation key, a dash, a blank, or a refusal.

Nothing is guessed. A text becomes a number only where it can be read in exactly one way; every
other text comes back with the reason and with what to do.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from carbonledger.errors import Text
from carbonledger.model.notation import Notation

__all__ = ["Cell", "Kind", "fold_labels", "label_key", "parse_cell", "printed_text", "same_print"]

Kind = Literal["blank", "number", "notation", "dash", "ellipsis", "text", "error"]


class Cell(NamedTuple):
    """What one cell says.

    ``text`` is the text as written (outer spaces removed); a number that the file stores as a
    number is shown with 15 significant digits, as spreadsheets do.

    ``kind`` is ``number`` (``value`` is set), ``notation`` (``notation`` is set), ``blank``,
    ``dash`` (``—``, ``-``, ``/``: the yearbooks' sign for "none or not available"), ``ellipsis``
    (``…``: less than the smallest unit printed), ``text`` (words without any digit) or ``error``
    (looks like a number, a date or a failed formula and cannot be read safely). ``value`` is None
    for everything but a number: neither a blank nor a dash is a zero.

    ``problem`` and ``remedy`` are set for ``text`` and ``error`` and say why the cell is no number
    and what to do; a layout that expects words in this place ignores them.
    """

    text: str
    value: float | None
    notation: str | None
    kind: Kind
    problem: Text | None = None
    remedy: Text | None = None


# Full-width ASCII (！ to ～) and the signs that stand for ASCII ones. Not NFKC: that would turn the
# footnote mark ① and the exponent ² into digits, and 123① into 1231.
_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x2212: "-",  # minus sign
    0xFE63: "-",  # small hyphen-minus
    0xFE62: "+",
    0xFE50: ",",
    0xFE52: ".",
    0xFE6A: "%",
}
# What a cell may carry at its ends without anybody seeing it, besides white space.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u00ad"
# Every character that Unicode counts as white space, and those.
_OUTER = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000" + _INVISIBLE
)
_BETWEEN = "\0"  # in no name, and no space
_SPACES = re.compile(rf"[\s{_INVISIBLE}]+")
_INTEGER = r"(?:0|[1-9][0-9]*)"
_NUMBER = re.compile(rf"[+-]?(?:{_INTEGER}(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DASH = re.compile(r"[-\u2010-\u2015\u2212\u2500\u2501\uff0d\ufe58\ufe63\u30fc/]+")
_ELLIPSIS = re.compile(r"[\u2026\u22ef]+|\.{3,}|\u3002{3,}")
_NOTATIONS = frozenset(key.value for key in Notation)


def printed_text(raw: object) -> str:
    """The text of a cell as the user sees it, without outer spaces."""
    if raw is None:
        return ""
    return raw.strip(_OUTER) if isinstance(raw, str) else _typed(raw)


def _typed(raw: object) -> str:
    """How a cell of a workbook shows a value that is no text."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, int):
        return str(raw) if abs(raw) < 10**18 else f"{Decimal(raw):.15g}"
    if isinstance(raw, float):
        return f"{raw:.15g}"
    if isinstance(raw, datetime | date | time):
        return raw.isoformat(" ") if isinstance(raw, datetime) else raw.isoformat()
    return str(raw).strip(_OUTER)


def same_print(one: object, other: object) -> bool:
    """Whether two cells show the same text, white space and character width aside."""
    return _plain(printed_text(one)) == _plain(printed_text(other))


def label_key(text: object) -> str:
    """The form under which labels are compared: no spaces, one width, no capitals."""
    return _folded(printed_text(text))


def fold_labels(texts: Iterable[str]) -> list[str]:
    """``label_key`` of thousands of names: the spaces of all of them are looked for at once."""
    folded = [unicodedata.normalize("NFKC", text.strip(_OUTER)).casefold() for text in texts]
    return _SPACES.sub("", _BETWEEN.join(folded)).split(_BETWEEN) if folded else []


# The names in a table are few, and asked for again with every row.
@lru_cache(maxsize=1 << 15)
def _folded(printed: str) -> str:
    folded = unicodedata.normalize("NFKC", printed).casefold()
    # Most names are letters alone, and telling that costs less than looking for spaces.
    return folded if folded.isalnum() else _SPACES.sub("", folded)


def parse_cell(raw: object) -> Cell:
    """Read one raw cell; never raises.

    Accepted as numbers: ``1234.5``, ``1,234.5``, full-width digits, outer spaces of any kind,
    leading ``+``, ``-``, ``−`` or ``－``, ``1.2E+03``. Thousands separators must stand at every
    third digit.
    """
    text = printed_text(raw)
    if not text:
        return Cell("", None, None, "blank")
    if not isinstance(raw, str):
        if isinstance(raw, bool):
            return _refuse(text, _TRUTH)
        if isinstance(raw, int | float):
            return _number(text, float(text if isinstance(raw, int) else raw))
        if isinstance(raw, datetime | date | time | timedelta):
            return _refuse(text, _DATE)
    plain = _plain(text)
    if _NUMBER.fullmatch(plain) or _GROUPED.fullmatch(plain):
        return _number(text, float(plain.replace(",", "")), plain)
    return _not_a_number(text, plain)


def _plain(text: str) -> str:
    return text if text.isascii() else text.translate(_TO_ASCII)


def _number(text: str, value: float, plain: str = "") -> Cell:
    vanished = value == 0 and any(digit in plain.lower().partition("e")[0] for digit in "123456789")
    if not math.isfinite(value) or vanished:
        return _refuse(text, _RANGE)
    return Cell(text, value, None, "number")


def _not_a_number(text: str, plain: str) -> Cell:
    if plain.upper() in _NOTATIONS:
        return Cell(text, None, plain.upper(), "notation")
    if _DASH.fullmatch(text):
        return Cell(text, None, None, "dash")
    if _ELLIPSIS.fullmatch(plain):
        return Cell(text, None, None, "ellipsis")
    for pattern, refusal in _REFUSALS:
        if re.search(pattern, plain):
            return _refuse(text, refusal)
    if any(unicodedata.numeric(char, None) is not None for char in plain):
        return _refuse(text, _UNCLEAR)
    return _refuse(text, _WORDS, "text")


class _Refusal(NamedTuple):
    reason: Text
    remedy: Text


def _refuse(text: str, refusal: _Refusal, kind: Kind = "error") -> Cell:
    shown = text if len(text) <= 60 else text[:57] + "..."
    problem = Text(
        f"“{shown}”不能读成数：{refusal.reason.zh}。",
        f"'{shown}' cannot be read as a number: {refusal.reason.en}.",
    )
    return Cell(text, None, None, kind, problem, refusal.remedy)


_PLAIN_NUMBER = Text(
    "请只填一个数字，例如 1234.5；没有数据请留空，或填 NE（未估算）、NO（不发生）、"
    "IE（已列入他处）、C（保密）、NA（不适用）。",
    "Write one number only, such as 1234.5; where there is none leave the cell blank or write NE "
    "(not estimated), NO (not occurring), IE (included elsewhere), C (confidential) or NA (not "
    "applicable).",
)
_RANGE = _Refusal(
    Text("数值超出可以计算的范围", "it lies outside the range that can be computed"), _PLAIN_NUMBER
)
_TRUTH = _Refusal(Text("这是逻辑值，不是数量", "it is a logical value"), _PLAIN_NUMBER)
_DATE = _Refusal(
    Text("单元格被存成了日期或时间", "the cell holds a date or a time"),
    Text(
        "请把单元格格式改为“常规”后重新输入数字（输入 1-2 或 3/4 会被表格软件改成日期）。",
        "Set the cell format to General and type the number again (spreadsheets turn 1-2 or 3/4 "
        "into a date).",
    ),
)
_UNCLEAR = _Refusal(Text("不是一个完整的数", "it is not one complete number"), _PLAIN_NUMBER)
_WORDS = _Refusal(Text("这是文字", "it is text"), _PLAIN_NUMBER)
# Tried in this order; the first pattern found in the text names the reason. They are compiled with
# the first text that is no number, which most tables do not have.
_REFUSALS: tuple[tuple[str, _Refusal], ...] = (
    (
        r"(?i)^#|^N/A$",
        _Refusal(
            Text("这是公式的错误值", "it is the error value of a formula"),
            Text(
                "请改正公式或填入数字；确实没有数据时请留空或填 NE。",
                "Correct the formula or write the number; leave the cell blank or write NE where "
                "there is none.",
            ),
        ),
    ),
    (
        r"^=",
        _Refusal(
            Text("这是一条公式的文字", "it is the text of a formula"),
            Text("请填入公式的计算结果。", "Write the result of the formula."),
        ),
    ),
    (
        r"[%\u2030]",
        _Refusal(
            Text("带百分号，与列的单位不一定相符", "it carries a percent sign"),
            Text(
                "请去掉百分号，并在表头的单位里写明是 % 还是小数（1）。",
                "Remove the percent sign and say in the unit of the header whether it is % or a "
                "fraction (1).",
            ),
        ),
    ),
    (
        r"^[(\[][^()\[\]]*[0-9][^()\[\]]*[)\]]$",
        _Refusal(
            Text(
                "带括号，可能表示负数，也可能是注释",
                "brackets may mean a negative number or a remark",
            ),
            Text("负数请写成 -1234.5。", "Write a negative number as -1234.5."),
        ),
    ),
    (
        r"(?i)^[+-]?(nan|inf|infinity|null|none|nil|true|false)$",
        _Refusal(Text("这不是数量", "it is not a quantity"), _PLAIN_NUMBER),
    ),
    (
        r"^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?$|^[0-9]{1,4}[年月][0-9]*[月日]?$",
        _Refusal(Text("看起来是日期", "it looks like a date"), _PLAIN_NUMBER),
    ),
    (
        r"^[+-]?(?=.*[0-9])[0-9OoIl.,]*[OoIl][0-9OoIl.,]*$",
        _Refusal(
            Text(
                "含有字母 O、o、I 或 l，可能是 0 或 1 的误写",
                "it contains the letter O, o, I or l, perhaps written for 0 or 1",
            ),
            Text("请核对原表后改成数字。", "Check the original and write digits."),
        ),
    ),
    (
        r"^[+-]?[0-9,.]*,[0-9,.]*$",
        _Refusal(
            Text(
                "逗号不在每三位数字之间，可能是小数点，也可能是分节号",
                "the comma does not separate groups of three digits: it may be a decimal point or "
                "a separator",
            ),
            Text(
                "请写成不带逗号的数，小数点用“.”，例如 30.5 或 12345。",
                "Write the number without commas and with '.' as the decimal point, such as 30.5 "
                "or 12345.",
            ),
        ),
    ),
    (
        r"^[+-]?[0-9]*\.[0-9]*\.[0-9.]*$|^[+-]?[0-9]+\.$",
        _Refusal(
            Text("小数点多余或其后缺数字", "a decimal point is misplaced"),
            Text(
                "请只用一个小数点，例如 1234.5。",
                "Use one decimal point, followed by digits, such as 1234.5.",
            ),
        ),
    ),
    (
        r"^[+-]?0[0-9]+(\.[0-9]+)?$",
        _Refusal(
            Text("以 0 开头，像是编码或漏了小数点", "it begins with 0 like a code"),
            Text("请核对后写成 12.5 或 0.125 这样的数。", "Check it; write 12.5 or 0.125."),
        ),
    ),
    (
        r"^[+-]?[0-9.,]+(\s+[0-9.,]+)+$|^[+-]\s+[0-9]",
        _Refusal(
            Text("数字中间有空格，可能是两个数", "there is a space inside: it may be two numbers"),
            Text("请删去空格，或把两个数分开填写。", "Remove the space or use two cells."),
        ),
    ),
    (
        r"^[<>=~\u2264\u2265\u2248\u223c\u7ea6\u8fd1]",
        _Refusal(
            Text("是约数或上下限", "it is an approximation or a bound"),
            Text(
                "请填入采用的数值，并在备注中说明。", "Write the value used; explain in the note."
            ),
        ),
    ),
    (
        r"^[0-9.,]+\s*[-~\u2010-\u2015\u223c\u81f3\u5230]\s*[0-9.,]+$",
        _Refusal(
            Text("是一个区间", "it is a range"),
            Text("请填入采用的数值，并在备注中写明区间。", "Write the value used; note the range."),
        ),
    ),
    (
        r"^[+-]?[0-9.,]+\s*[^0-9\s.,+*/()\[\]-]+[0-9]?(/[^0-9\s]+[0-9]?)?$",
        _Refusal(
            Text(
                "数字后面带有单位、文字或注释号",
                "a unit, a word or a footnote mark follows the number",
            ),
            Text(
                "请把单位写到表头（例如“消费量 [吨]”）或“单位”列，说明写到备注，单元格中只留数字。",
                "Put the unit into the header ('fuel [t]') or the unit column and remarks into the "
                "note; leave only the number in the cell.",
            ),
        ),
    ),
)
