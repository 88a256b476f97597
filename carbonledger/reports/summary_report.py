"""Summary tables in the layouts of guidelines: a workbook, and the same table on the screen."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from carbonledger.analysis.summary import differences, layout, summary
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.files import disk_errors, locked, temporary
from carbonledger.library.load import Library
from carbonledger.model.notation import join_notations
from carbonledger.model.records import SummaryLine
from carbonledger.reports.cover import run_time
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import Scale, format_number
from carbonledger.reports.reference_table import REFERENCE, write_reference
from carbonledger.reports.region_table import reach_notes, write_regions
from carbonledger.reports.sheet import Book, Sheet, Style
from carbonledger.reports.texts import beside, chemical, label, text

__all__ = ["print_summary", "write_layout", "write_summary_report"]

# More regions and years than a person reads; the command ``report --json`` gives them all.
_MOST_BLOCKS = 500
# Gases printed by their mass; the others are printed in CO2 equivalent, as the guidelines do.
_BY_MASS = ("CO2", "CH4", "N2O")
_EQUIVALENT = ("HFCs", "PFCs", "SF6", "NF3")
_TOTAL = "CO2e"
_TOP: Style = {"bold": True, "bg_color": "#DDEBF7"}
_SUM: Style = {"bold": True}


@dataclass(frozen=True)
class _Cell:
    """What stands at a line under a gas."""

    value: float | None = None
    notation: str = ""


@dataclass(frozen=True)
class _Block:
    """The table of one region and one year: cells by line and column."""

    region: str
    period: int
    cells: dict[tuple[int, str], _Cell]

    def cell(self, line: int, column: str) -> _Cell:
        return self.cells.get((line, column), _Cell())


def write_summary_report(
    path: Path, results: Results, library: Library, layouts: Sequence[str], scale: Scale
) -> None:
    """Write a workbook: a sheet for each layout, regions rolled up, the reference approach.

    It is there completely or not at all.

    Raises:
        CarbonledgerError: if a layout does not exist, or the file cannot be written.
    """
    path = path.resolve()
    info = results.info
    with locked(path):
        draft = temporary(path)
        try:
            with disk_errors(path):
                book = Book(draft, str(info["title"]["zh"]), run_time(results))
                for name in layouts:
                    write_layout(book, results, library, name, scale)
                write_regions(book, results, library)
                if results.info.get(REFERENCE):
                    write_reference(book, results, library)
                book.close()
                draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink()


def write_layout(book: Book, results: Results, library: Library, name: str, scale: Scale) -> str:
    """Add the sheet of a layout to a workbook; gives the name of the sheet."""
    lines = layout(name)
    blocks = _blocks(summary(results, library, name))[:_MOST_BLOCKS]
    sheet = book.sheet(beside(label("summary_sheet", name)))
    notes = [
        *_notes(results),
        *reach_notes(results, library),
        _closure(differences(results, library, name), scale),
    ]
    row = sheet.title(beside(label("summary_title", name)), map(beside, notes))
    columns = _columns(blocks)
    heads = [head_text(text("column.code")), head_text(text("column.line"))]
    heads += [head_text(text("column.scope"))] if name == "gpc" else []
    heads += [head_text(text("column.region")), head_text(text("column.period"))]
    first = len(heads)
    heads += [head_text(_column_text(column), _unit(column, scale)) for column in columns]
    heads.append(head_text(text("column.gaps")))
    row = sheet.header(row, heads, frozen=2)
    for block in blocks:
        for line in lines:
            _write_line(sheet, row, line, block, columns, first, scale, library)
            row += 1
    return sheet.name


def _write_line(
    sheet: Sheet,
    row: int,
    line: SummaryLine,
    block: _Block,
    columns: Sequence[str],
    first: int,
    scale: Scale,
    library: Library,
) -> None:
    style = _TOP if line.level == 0 else _SUM if line.level == 1 else {}
    words = Text(line.name_zh, line.name_en)
    leading = [line.code, beside(words), *([line.scope] if first == 5 else [])]
    leading += [library.label("regions", block.region)]
    for place, words_of in enumerate(leading):
        indent = {"indent": line.level} if place == 1 else {}
        sheet.text(row, place, words_of, style | indent, limit=90)
    sheet.whole(row, first - 1, block.period, style)
    for offset, column in enumerate(columns):
        cell = block.cell(line.line, column)
        value = None if cell.value is None else cell.value / 10**scale.power
        sheet.number(row, first + offset, value, style, notation=cell.notation)
    gaps = block.cell(line.line, _TOTAL).notation
    sheet.text(row, first + len(columns), gaps, style)


def print_summary(
    console: Console, results: Results, library: Library, name: str, scale: Scale, lang: str
) -> None:
    """Print the table of a layout, one block for each region and year."""
    lines = layout(name)
    table = summary(results, library, name)
    for block in _blocks(table):
        columns = _columns([block])
        place = f"{library.label('regions', block.region, lang)} {block.period}"
        title = f"{label('summary_title', name).in_language(lang)} · {place}"
        shown = Table(title=title, title_justify="left")
        shown.add_column(text("column.code").in_language(lang))
        shown.add_column(text("column.line").in_language(lang))
        for column in columns:
            head = _column_text(column).in_language(lang)
            shown.add_column(f"{head}\n{_unit(column, scale)}", justify="right")
        for line in lines:
            cells = [block.cell(line.line, column) for column in columns]
            figures = [format_number(c.value, notation=c.notation, scale=scale) for c in cells]
            name_of = Text(line.name_zh, line.name_en).in_language(lang)
            shown.add_row(line.code, "  " * line.level + name_of, *figures)
        console.print(shown)
    closure = _closure(differences(results, library, name), scale)
    for note in [*_notes(results), *reach_notes(results, library), closure]:
        console.print(note.in_language(lang))


def _blocks(table: pd.DataFrame) -> list[_Block]:
    cells: dict[tuple[str, int], dict[tuple[int, str], _Cell]] = {}
    gases: dict[tuple[str, int], dict[int, list[_Cell]]] = {}
    for row in table.itertuples():
        block, line, notation = (str(row.region), int(row.period)), int(row.line), str(row.notation)
        value = _known(row.amount if row.gas in _BY_MASS else row.co2e)
        cells.setdefault(block, {})[line, str(row.gas)] = _Cell(value, notation)
        of_line = gases.setdefault(block, {}).setdefault(line, [])
        of_line.append(_Cell(_known(row.co2e), notation))
    for block, lines in gases.items():
        for line, found in lines.items():
            numbers = [cell.value for cell in found if cell.value is not None]
            keys = {key for cell in found for key in cell.notation.split(",")}
            total = sum(numbers) if numbers else None
            cells[block][line, _TOTAL] = _Cell(total, join_notations(keys))
    return [_Block(*block, cells[block]) for block in sorted(cells)]


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _columns(blocks: Sequence[_Block]) -> list[str]:
    present = {column for block in blocks for _, column in block.cells}
    return [*_BY_MASS, *(gas for gas in _EQUIVALENT if gas in present), _TOTAL]


def _column_text(column: str) -> Text:
    return label("summary", column)


def _unit(column: str, scale: Scale) -> str:
    return chemical(scale.unit(f"t {column if column in _BY_MASS else _TOTAL}"))


def _notes(results: Results) -> list[Text]:
    gwp = str(results.info.get("gwp", ""))
    words, title = text("note.co2e"), results.info["profile_title"]
    profile = text("note.profile")
    status = text(f"status.{results.info['profile_status']}")
    return [
        Text(
            profile.zh.format(profile=title["zh"], status=status.zh),
            profile.en.format(profile=title["en"], status=status.en),
        ),
        Text(words.zh.format(gwp=gwp), words.en.format(gwp=gwp)),
        text("note.sign"),
        text("note.missing"),
    ]


def _closure(rest: pd.DataFrame, scale: Scale) -> Text:
    """Whether the lines hold the whole inventory; if not, what they leave out."""
    if rest.empty:
        return text("note.closed")
    parts = rest.groupby(["account", "measure"], sort=True)["co2e"].sum(min_count=1)
    listed = "; ".join(
        f"{account} {chemical(str(measure))} {format_number(amount, scale=scale)} "
        f"{chemical(scale.unit('t CO2e'))}"
        for (account, measure), amount in parts.items()
    )
    words = text("note.open")
    return Text(words.zh.format(rest=listed), words.en.format(rest=listed))
