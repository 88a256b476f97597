"""Plain lists on a sheet: heads with units, filters, and one row per record."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.reports.cells import Cells, Shown, Strip, Style, strip
from carbonledger.reports.numbers import format_count
from carbonledger.reports.sheet import UNVERIFIED_MARK, Sheet
from carbonledger.reports.texts import beside, text

__all__ = [
    "ROW_LIMIT",
    "Key",
    "Link",
    "Marked",
    "Rounded",
    "Value",
    "Written",
    "head_text",
    "limit_note",
    "write_list",
]

_USUAL_LIMIT = 34
ROW_LIMIT = 50_000
"""A sheet with more rows opens slowly; the files of the result folder have them all."""


class Link(NamedTuple):
    """A cell that leads to a place of this workbook."""

    target: str
    shown: str


class Written(NamedTuple):
    """A number shown with all the digits that it was written with."""

    value: float


class Key(NamedTuple):
    """What stands in place of a number."""

    shown: str


class Rounded(NamedTuple):
    """A number shown with so many decimals."""

    value: float | None
    decimals: int


class Marked(NamedTuple):
    """A text in the colour of what was not verified."""

    shown: str


# Mostly different from row to row; and of them 0.0 and -0.0 are equal, but not written alike.
_NUMBERS = {float, Written, Rounded}

Value = str | int | float | Key | Link | Written | Rounded | Marked | None


def head_text(words: Text, unit: str = "") -> str:
    """The head of a column: Chinese, English and the unit below each other."""
    lines = (words.zh, words.en if words.en != words.zh else "", f"[{unit}]" if unit else "")
    return "\n".join(line for line in lines if line)


def write_list(
    sheet: Sheet,
    title: Text,
    notes: Iterable[Text],
    columns: Sequence[str],
    values: Sequence[Sequence[Value]] | None,
    *,
    styles: Sequence[Style] = (),
    units: Mapping[str, str] | None = None,
    wide: Mapping[str, int] | None = None,
) -> None:
    """A title, notes and a table; a column in which no row says anything is left out.

    Args:
        sheet: an empty sheet.
        title: what stands above the table.
        notes: lines below the title.
        columns: keys of ``column.*`` in the report texts.
        values: the values of each column, none if there are no rows; None if there are too many
            to list.
        styles: the style of each row, where rows differ.
        units: the units of the columns that have one throughout.
        wide: how wide columns may grow before their texts wrap, where it is not the usual.
    """
    filled: Sequence[Sequence[Value]] = values or [()] * len(columns)
    used = [
        place for place, column in enumerate(filled) if not values or not all(map(_empty, column))
    ]
    heads = [
        head_text(text(f"column.{columns[place]}"), (units or {}).get(columns[place], ""))
        for place in used
    ]
    head = sheet.title(beside(title), map(beside, notes))
    first = sheet.header(head, heads, frozen=1)
    if not values:
        sheet.text(first, 0, beside(text("row.elsewhere" if values is None else "row.none")))
    shown = []
    for place in used:
        limit = (wide or {}).get(columns[place], _USUAL_LIMIT)
        shown.append(_column(sheet.book.cells, filled[place], styles, limit))
    sheet.table(first, shown)
    sheet.filter(head, first + len(filled[0]) - 1, len(used))


def _empty(value: Value) -> bool:
    return value is None or value == ""


def _column(cells: Cells, values: Sequence[Value], styles: Sequence[Style], limit: int) -> Strip:
    """The cells of a column; equal texts in one style are made once."""
    of_rows = styles or [{}] * len(values)
    kinds = set(map(type, values))
    keys: Sequence[Hashable] = values
    if len(kinds) > 1 or styles or kinds <= _NUMBERS:
        keys = [
            place if type(value) in _NUMBERS else (type(value), value, id(style))
            for place, (value, style) in enumerate(zip(values, of_rows, strict=True))
        ]
    different = dict(zip(keys, zip(values, of_rows, strict=True), strict=True))
    made = {key: _shown(cells, value, style, limit) for key, (value, style) in different.items()}
    return strip(made, keys)


def _shown(cells: Cells, value: Value, style: Style, limit: int) -> Shown:
    match value:  # the frequent ones first
        case None | str():
            shown = cells.text(value or "", style | {"text_wrap": True}, limit=limit)
        case float():
            shown = cells.number(value, style)
        case int():
            shown = cells.whole(value, style)
        case Written(number):
            shown = cells.written(number, style)
        case Link(target, words):
            shown = cells.link(target, words, style)
        case Key(words):
            shown = cells.key(words, style)
        case Rounded(number, decimals):
            shown = cells.number(number, style, decimals=decimals)
        case Marked(words):
            shown = cells.text(words, style | UNVERIFIED_MARK)
    return shown


def limit_note(key: str, count: int, file: str) -> list[Text]:
    """A note where a list has more rows than its sheet shows, and where the rest is."""
    if count <= ROW_LIMIT:
        return []
    words = text(key)
    values = {"count": format_count(count), "limit": format_count(ROW_LIMIT), "file": file}
    return [Text(words.zh.format(**values), words.en.format(**values))]
