"""Texts of cells: what a cell can hold, how wide it stands, sums over cells as formulas."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

__all__ = ["Words", "lines_of", "number_width", "safe_text", "sum_of", "width_of", "words_of"]

_LONGEST_TEXT = 32767
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MOST_ARGUMENTS = 255
# Latin letters are one letter wide and take a byte, the signs of Chinese two and take three.
_USUAL = re.compile("[ -~\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]*")


def safe_text(value: str) -> str:
    """The text as a cell can hold it: at most 32767 characters that XML knows.

    Spreadsheets count in UTF-16, where a rare character (𠀀) is two.
    """
    value = _UNPRINTABLE.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n"))
    if 2 * len(value) <= _LONGEST_TEXT:
        return value
    units = value.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST_TEXT:
        return value
    mark = "…（已截断 truncated）"
    # Half a character at the end goes.
    return units[: 2 * (_LONGEST_TEXT - len(mark))].decode("utf-16-le", "ignore") + mark


def sum_of(rows: Sequence[int], function: str = "SUM") -> str:
    """``SUM(...)`` over rows of a column, neighbours as ranges, without the leading ``=``.

    The rows are 0-based and in order; the letters of the column stand as ``{}``, to be filled in.
    """
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    names = [":".join(f"{{}}{row + 1}" for row in dict.fromkeys((run[0], run[-1]))) for run in runs]
    chunks = [names[i : i + _MOST_ARGUMENTS] for i in range(0, len(names), _MOST_ARGUMENTS)]
    return "+".join(f"{function}({','.join(chunk)})" for chunk in chunks)


def width_of(text: str) -> int:
    """How wide a text stands on one line, in Latin letters."""
    width = _usual_width(text)
    return cell_len(text) if width is None else width


def _usual_width(text: str) -> int | None:
    """The width of a text of Latin letters and Chinese on one line; None of any other."""
    if text.isascii() and text.isprintable():
        return len(text)
    if _USUAL.fullmatch(text):
        return len(text) + (len(text.encode()) - len(text)) // 2
    return None


class Words(NamedTuple):
    """A text as a cell holds it, with its width in Latin letters.

    ``longest`` is the width of its longest line, ``whole`` that of all its lines together.
    """

    safe: str
    longest: int
    whole: int


# Names and codes stand in thousands of cells, measured once.
@lru_cache(maxsize=50_000)
def words_of(value: str) -> Words:
    """The text as a cell holds it, with its width."""
    width = _usual_width(value)
    if width is not None and len(value) <= _LONGEST_TEXT:
        return Words(value, width, width)
    longest = max(map(width_of, value.splitlines()), default=0)
    return Words(safe_text(value), longest, width_of(value))


def number_width(value: float, decimals: int = 2) -> int:
    """How wide a number stands; only its last digit may be rounded otherwise than it is printed."""
    return len(f"{value:,.{decimals}f}")


@lru_cache(maxsize=50_000)
def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width in Latin letters."""
    return sum(math.ceil(max(width_of(line), 1) / (width - 1)) for line in text.split("\n"))
