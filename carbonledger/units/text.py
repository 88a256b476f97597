"""Texts as people write them: widths, spaces, signs, and numbers that stand before a unit."""

import math
import re
import unicodedata
from functools import cache

from carbonledger.units.refusal import UnitError, shown

__all__ = ["LENGTH_LIMIT", "plain", "split_number", "tidy"]

LENGTH_LIMIT = 240  # more than six terms of the longest spellings, and a number

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_SUPERSCRIPT_RUN = re.compile(f"[{_SUPERSCRIPTS}]+")
_ON_THE_LINE = str.maketrans(_SUPERSCRIPTS, "0123456789-+")
# What a copied text may carry without anybody seeing it.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u00ad"))
# Characters whose compatibility form is another statement: ① is a footnote, ½ is not "1⁄2".
_KEPT_TAGS = frozenset({"<circle>", "<fraction>", "<font>"})
_SIGNS = (
    {ord(char): "·" for char in "*×⋅∙•・●‧"}
    | {ord(char): "-" for char in "−‐‑–"}
    | {ord(char): "/" for char in "∕⁄"}
)
_POWER = re.compile(r"([^\W\d_]) ?\^\+?(-?\d)")
_OPENING = re.compile(r" ?([/·(]) ?")
_CLOSING = re.compile(r" \)")
_LEADING_TIMES = re.compile(r"(?:^|(?<=[/(]))·(?=10\^|1[eE])")

_TIMES_TEN = re.compile(r"^[×*] ?(?=10[\^*⁰¹²³⁴⁵⁶⁷⁸⁹])")
_NUMBER_RUN = re.compile(r"[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?")
_INTEGER = r"(?:0|[1-9][0-9]*)"
_NUMBER = re.compile(
    rf"[+-]?(?:(?:{_INTEGER}|[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+)(?:\.[0-9]+)?|\.[0-9]+)"
    r"(?:[eE][+-]?[0-9]+)?"
)


def tidy(text: str) -> str:
    """The text in one width and with single spaces; superscripts stay superscripts.

    Raises:
        UnitError: if the text is longer than any unit; nothing is read of it.
    """
    if len(text) > LENGTH_LIMIT:
        raise UnitError(
            f"“{shown(text)}”太长（{len(text)} 个字符），不可能是一个单位。请检查这一格的内容。",
            f"'{shown(text)}' is too long for a unit ({len(text)} characters). "
            "Please check what this cell holds.",
        )
    if not text.isascii():
        text = "".join(map(_one_width, text)).translate(_INVISIBLE)
    return " ".join(text.split())


def plain(text: str) -> str:
    """The form that the grammar reads: ``亿ｍ³`` and ``亿 m^3`` are ``亿m3``, ``×`` is ``·``."""
    line = _SUPERSCRIPT_RUN.sub(lambda run: "^" + run[0].translate(_ON_THE_LINE), tidy(text))
    line = line.replace("**", "^").translate(_SIGNS)
    line = _CLOSING.sub(")", _OPENING.sub(r"\1", _POWER.sub(r"\1\2", line)))
    return _LEADING_TIMES.sub("", line)


def split_number(text: str) -> tuple[float, str]:
    """The number at the beginning of a quantity and what follows it.

    Raises:
        UnitError: if there is no number, or it can be read in more than one way.
    """
    line = tidy(text)
    run = _NUMBER_RUN.match(line.replace("−", "-", 1) if line.startswith("−") else line)
    if run is None:
        raise UnitError(
            f"“{shown(text)}”不是以数字开头。请写成“12.5 万t”这样的数值和单位。",
            f"'{shown(text)}' does not begin with a number. "
            "Write a number and a unit, such as '12.5 万t'.",
        )
    rest = _TIMES_TEN.sub("", line[run.end() :].lstrip())
    if not _clear(text, run[0]) or rest.startswith(("^", *_SUPERSCRIPTS)):
        raise UnitError(
            f"“{shown(text)}”中的数字写法不清楚，不作猜测。"
            "千分位逗号每三位一个，全角和半角数字不要混用，例如 1,234.5；10^4 前面要写明数值。",
            f"The number in '{shown(text)}' is not clear and is not guessed. Thousands commas "
            "stand at every third digit; do not mix full-width and half-width digits: 1,234.5. "
            "A number stands before 10^4.",
        )
    value = float(run[0].replace(",", ""))
    mantissa = re.split("[eE]", run[0])[0]
    if not math.isfinite(value) or (value == 0 and re.search("[1-9]", mantissa)):
        raise UnitError(
            f"“{shown(text)}”中的数太大或太小，无法表示。",
            f"The number in '{shown(text)}' is too large or too small to be held.",
        )
    return value, rest


@cache
def _one_width(char: str) -> str:
    if char in _SUPERSCRIPTS or unicodedata.decomposition(char).split(" ")[0] in _KEPT_TAGS:
        return char
    return unicodedata.normalize("NFKC", char)


def _clear(text: str, number: str) -> bool:
    """Whether a number is well formed and, in the text as written, of one width throughout."""
    if not _NUMBER.fullmatch(number):
        return False
    count = sum(char in "0123456789" for char in number)
    written = [char for char in text if _one_width(char) in set("0123456789")][:count]
    return all(char in "0123456789" for char in written) or all(
        "０" <= char <= "９" for char in written
    )
