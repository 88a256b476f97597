"""How values stand in the cells of a workbook: their formats, how wide they are, where they wrap.

A text is always a text cell, never a formula or a link, whatever it begins with. A formula always
carries its computed value, so that phones, previews and other readers show the number.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from carbonledger.reports.cell_texts import number_width, width_of, words_of
from carbonledger.reports.numbers import (
    excel_format,
    excel_format_written,
    format_number,
    written_decimals,
)
from carbonledger.reports.page import text_number

__all__ = [
    "FORMULA_STARTS",
    "KEY_STYLE",
    "WIDEST",
    "Cells",
    "Shown",
    "Strip",
    "Style",
    "strip",
    "strip_of",
]

_K = TypeVar("_K", bound=Hashable)

Style = dict[str, Any]

_FONT: Style = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_BODY: Style = {"border": 1, "border_color": "#BFBFBF"}
_LINK: Style = {"font_color": "#0563C1", "underline": 1}

KEY_STYLE: Style = {"align": "right", "font_color": "#7F7F7F"}
"""How a notation key looks, or the mark of a missing figure."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would take a text that begins so for a formula once someone edits the cell."""
WIDEST = 200
"""No column is wider, in Latin letters."""
_MOST_LINES = 20

# A style as the key of what is made once for it.
_Key = frozenset[tuple[str, Any]]
_PLAIN: _Key = frozenset()


class Shown(NamedTuple):
    """A value as it stands in a cell.

    Attributes:
        cell: what the file says of the cell, behind its address.
        width: how wide its column must be, in Latin letters.
        wrapped: the text if it may take several lines; empty if it wraps but is short; None of what
            does not wrap.
        target: the place of this workbook that it leads to, with the text that it shows.
    """

    cell: str
    width: int = 0
    wrapped: str | None = None
    target: tuple[str, str] | None = None


class Strip(NamedTuple):
    """The cells of a column below each other, from the first row of a table on.

    Attributes:
        cells: what the file says of each cell.
        width: how wide the widest must be, in Latin letters.
        wrapped: the texts that may take several lines, as in ``Shown``; None if none wraps.
        targets: the places that cells lead to, as in ``Shown``, by the number of the cell.
    """

    cells: Sequence[str]
    width: int = 0
    wrapped: Sequence[str | None] | None = None
    targets: Mapping[int, tuple[str, str]] = {}


def strip(made: Mapping[_K, Shown], keys: Sequence[_K]) -> Strip:
    """The column in which stands, row by row, what was made for the key of the row."""
    wrapped, targets = None, {}
    if any(shown.wrapped is not None for shown in made.values()):
        texts = {key: shown.wrapped for key, shown in made.items()}
        wrapped = [texts[key] for key in keys]
    if any(shown.target for shown in made.values()):
        found = ((place, made[key].target) for place, key in enumerate(keys))
        targets = {place: target for place, target in found if target}
    cells = {key: shown.cell for key, shown in made.items()}
    width = max((shown.width for shown in made.values()), default=0)
    return Strip([cells[key] for key in keys], width, wrapped, targets)


def strip_of(make: Callable[..., Shown], keys: Sequence[tuple[Any, ...]]) -> Strip:
    """The column of what is made of the keys; those of equal keys are made once.

    They are made in the order of the rows, so that the file is the same each time.
    """
    return strip({key: make(*key) for key in dict.fromkeys(keys)}, keys)


class _Look(NamedTuple):
    """How a text looks: the format of its cell, how far it is indented, whether it wraps."""

    format: str
    indent: int
    wraps: bool


class Cells:
    """The cells of a workbook, with caches of its formats and texts."""

    def __init__(self, file: Workbook) -> None:
        self._file = file
        self._formats: dict[_Key, Format] = {}
        self._looks: dict[tuple[_Key, bool], _Look] = {}
        self._numbers: dict[tuple[_Key, str], str] = {}
        self._blanks: dict[_Key, Shown] = {}
        self._texts: dict[tuple[str, int, _Key], Shown] = {}

    def style(self, style: Style) -> Format:
        """The format of a style, made once."""
        key = frozenset(style.items())
        if key not in self._formats:
            self._formats[key] = self._file.add_format(_FONT | style)
        return self._formats[key]

    def blank(self, style: Style | None = None) -> Shown:
        """A cell in which nothing stands."""
        key = _key(style)
        if key not in self._blanks:
            self._blanks[key] = Shown(self._format(_BODY | (style or {})) + "/>")
        return self._blanks[key]

    def text(self, value: str, style: Style | None = None, *, limit: int = 60) -> Shown:
        """A text; its column grows with it up to ``limit`` Latin letters, then it may wrap."""
        if not value:
            return self.blank(style)
        of_style = _key(style)
        key = (value, limit, of_style)
        shown = self._texts.get(key)
        if shown is None:
            look = self._look(of_style, quoted=value.startswith(FORMULA_STARTS))
            shown = self._texts[key] = self._text(value, look, limit)
        return shown

    def _text(self, value: str, look: _Look, limit: int) -> Shown:
        words = words_of(value)
        wrapped = None
        if look.wraps:
            # A row cannot grow without end; beyond that its column must.
            limit = max(limit, min(math.ceil(words.whole / _MOST_LINES), WIDEST))
            wrapped = value if words.whole > limit or "\n" in value else ""
        cell = f'{look.format} t="s"><v>{text_number(self._file, words.safe)}</v></c>'
        return Shown(cell, min(words.longest, limit) + 2 * look.indent, wrapped)

    def key(self, value: str, style: Style | None = None) -> Shown:
        """What stands in place of a number: a notation key or the mark of a missing figure."""
        return self.text(value, (style or {}) | KEY_STYLE)

    def number(
        self,
        value: float | None,
        style: Style | None = None,
        *,
        decimals: int = 2,
        notation: str = "",
    ) -> Shown:
        """A result, shown with fixed decimals; or what stands in its place."""
        if value is None or not math.isfinite(value):
            return self.key(format_number(value, decimals, notation=notation), style)
        look = self.look(style, excel_format(decimals))
        return _number_shown(value, look, number_width(value, decimals))

    def written(self, value: float, style: Style | None = None) -> Shown:
        """A number of others, shown with all the digits that it was written with."""
        if not math.isfinite(value):
            return self.key(format_number(value), style)
        look = self.look(style, excel_format_written(value))
        return _number_shown(value, look, number_width(value, written_decimals(value)))

    def whole(self, value: int, style: Style | None = None) -> Shown:
        """A whole number that is no amount: a year, a row, a count."""
        digits = str(value)
        return Shown(f"{self.look(style, '0')}><v>{digits}</v></c>", len(digits))

    def formula(
        self,
        formula: str,
        value: float | str,
        style: Style | None = None,
        *,
        number_format: str = "",
    ) -> Shown:
        """A live formula (without ``=``) and its value as computed, in full precision."""
        if isinstance(value, str):
            style = (style or {}) | KEY_STYLE
        look, written = self.look(style, number_format or excel_format()), _escaped(formula)
        if isinstance(value, str):
            cell = f'{look} t="str"><f>{written}</f><v>{_escaped(value)}</v></c>'
            return Shown(cell, width_of(value))
        return Shown(f"{look}><f>{written}</f><v>{value}</v></c>", number_width(value))

    def link(self, target: str, shown: str, style: Style | None = None) -> Shown:
        """A link to a cell of this workbook, such as ``'原表1'!H5``."""
        look = self._format(_BODY | {"indent": 1} | (style or {}) | _LINK)
        words = words_of(shown)
        cell = f'{look} t="s"><v>{text_number(self._file, words.safe)}</v></c>'
        return Shown(cell, words.whole + 2, target=(target, words.safe))

    def look(self, style: Style | None, number_format: str) -> str:
        """The format of the numbers of a table in a style."""
        key = (_key(style), number_format)
        if key not in self._numbers:
            numbers = {"num_format": number_format}
            self._numbers[key] = self._format(_BODY | (style or {}) | numbers)
        return self._numbers[key]

    def _look(self, style: _Key, *, quoted: bool) -> _Look:
        """How a text in a style looks; ``quoted`` if it begins like a formula."""
        key = (style, quoted)
        if key not in self._looks:
            full = _BODY | dict(style)
            if "align" not in full:
                # Off the line, so that it does not run into a number before it.
                full["indent"] = full.get("indent", 0) + 1
            if quoted:
                full["quote_prefix"] = True
            indent, wraps = int(full.get("indent", 0)), bool(full.get("text_wrap"))
            self._looks[key] = _Look(self._format(full), indent, wraps)
        return self._looks[key]

    def _format(self, style: Style) -> str:
        return f'" s="{self.style(style)._get_xf_index()}"'


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _key(style: Style | None) -> _Key:
    return frozenset(style.items()) if style else _PLAIN


def _number_shown(value: float, look: str, width: int) -> Shown:
    """A number in a format."""
    return Shown(f"{look}><v>{value:.16G}</v></c>", width)
