"""Tables of assets, compensation and extent: on the screen, as a workbook."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from carbonledger.analysis.uses.table import Column, UseTable
from carbonledger.errors import Text
from carbonledger.files import disk_errors, locked, temporary
from carbonledger.reports.console import print_problems
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import MISSING, format_number
from carbonledger.reports.sheet import Book, Sheet
from carbonledger.reports.texts import beside

__all__ = ["print_use_tables", "write_use_tables"]

_TEXT_WIDTH = 36
_WIDEST = 1000


def print_use_tables(console: Console, tables: Sequence[UseTable], lang: str) -> None:
    """Print tables with their notes and findings."""
    for table in tables:
        shown = Table(title=table.title.in_language(lang), title_justify="left")
        for column in table.columns:
            head = column.title.in_language(lang)
            numeric = any(_is_number(row.get(column.name)) for row in table.rows)
            shown.add_column(
                f"{head}\n[{column.unit}]".replace("[", "\\[") if column.unit else head,
                justify="right" if numeric else "left",
                no_wrap=numeric,
                max_width=None if numeric else _TEXT_WIDTH,
                overflow="fold",
            )
        for row in table.rows:
            shown.add_row(*(_text(row.get(column.name), column) for column in table.columns))
        # A number is never cut: a table that is wider than the screen runs on.
        free = console.options.update(max_width=_WIDEST)
        wanted = Measurement.get(console, free, shown).maximum
        width = max(console.width, wanted)
        Console(file=console.file, width=width).print(shown, crop=False)
        for note in table.notes:
            console.print(note.in_language(lang), markup=False)
        if table.problems:
            print_problems(console, list(table.problems), lang, whole=True)


def write_use_tables(path: Path, tables: Sequence[UseTable]) -> None:
    """Write tables as a workbook, one sheet for each; completely or not at all.

    Raises:
        CarbonledgerError: if the file cannot be written.
    """
    path = path.resolve()
    with locked(path):
        draft = temporary(path)
        try:
            with disk_errors(path):
                book = Book(draft, tables[0].title.zh, None)
                for table in tables:
                    _write(book.sheet((table.sheet or table.title.zh)[:31]), table)
                book.close()
                draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink()


def _write(sheet: Sheet, table: UseTable) -> None:
    problems = [
        Text(f"{each.grade.value} {each.message.zh}", f"{each.grade.value} {each.message.en}")
        for each in table.problems
    ]
    row = sheet.title(beside(table.title), map(beside, [*table.notes, *problems]))
    heads = [head_text(column.title, column.unit) for column in table.columns]
    row = sheet.header(row, heads, frozen=1)
    for values in table.rows:
        for place, column in enumerate(table.columns):
            _cell(sheet, row, place, values.get(column.name), column)
        row += 1


def _cell(sheet: Sheet, row: int, place: int, value: Any, column: Column) -> None:
    if isinstance(value, float):
        sheet.number(row, place, value, decimals=column.decimals)
    elif isinstance(value, int):
        sheet.whole(row, place, value)
    elif value is None:
        sheet.key(row, place, MISSING)
    else:
        sheet.text(row, place, str(value))


def _text(value: Any, column: Column) -> str:
    if isinstance(value, float):
        return format_number(value, column.decimals)
    return MISSING if value is None else str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, float | int)
