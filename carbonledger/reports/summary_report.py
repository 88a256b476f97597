"""Summary tables in the layouts of guidelines: a workbook, and the same table on the screen."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from rich.console import Console
from rich.table import Table

from carbonledger.analysis.summary import SummaryRow, differences, layout, summary_rows
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.files import disk_errors, locked, temporary
from carbonledger.library.load import Library
from carbonledger.model.notation import join_notations
from carbonledger.model.records import SummaryLine
from carbonledger.reports.cells import Cells, Shown, Style
from carbonledger.reports.cover import run_time
from carbonledger.reports.figure_cells import FigureCells
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import Scale, format_number
from carbonledger.reports.reference_table import REFERENCE, write_reference
from carbonledger.reports.region_table import reach_notes, write_regions
from carbonledger.reports.sheet import Book
from carbonledger.reports.texts import beside, chemical, label, text

__all__ = ["print_summary", "write_layout", "write_summary_report"]

# More regions and years than a person reads; the command ``report --json`` gives them all.
_MOST_BLOCKS = 500
# Gases printed by their mass; the others are printed in CO2 equivalent, as the guidelines do.
_BY_MASS = ("CO2", "CH4", "N2O")
_EQUIVALENT = ("HFCs", "PFCs", "SF6", "NF3")
_TOTAL = "CO2e"
_STYLES: Mapping[str, Style] = {
    "top": {"bold": True, "bg_color": "#DDEBF7"},
    "sum": {"bold": True},
    "": {},
}


class _Cell(NamedTuple):
    """What stands at a line under a gas."""

    value: float | None = None
    notation: str = ""


_NOTHING = _Cell()


class _Block(NamedTuple):
    """The table of one region and one year: cells by line and column."""

    region: str
    period: int
    cells: dict[tuple[int, str], _Cell]

    def cell(self, line: int, column: str) -> _Cell:
        return self.cells.get((line, column), _NOTHING)


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
                reach = reach_notes(results, library)
                for name in layouts:
                    write_layout(book, results, library, name, scale, reach)
                write_regions(book, results, library)
                if results.info.get(REFERENCE):
                    write_reference(book, results, library)
                book.close()
                draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink()


def write_layout(
    book: Book,
    results: Results,
    library: Library,
    name: str,
    scale: Scale,
    reach: Sequence[Text],
) -> str:
    """Add the sheet of a layout to a workbook; gives the name of the sheet.

    ``reach`` says what the sums of regions hold (``reach_notes``).
    """
    blocks = _blocks(summary_rows(results, library, name))[:_MOST_BLOCKS]
    lines = layout(name) if blocks else ()  # without any, no text of theirs stands in the file
    sheet = book.sheet(beside(label("summary_sheet", name)))
    notes = [*_notes(results), *reach, _closure(differences(results, library, name), scale)]
    row = sheet.title(beside(label("summary_title", name)), map(beside, notes))
    columns = _columns(blocks)
    scopes = name == "gpc"
    heads = [head_text(text("column.code")), head_text(text("column.line"))]
    heads += [head_text(text("column.scope"))] if scopes else []
    heads += [head_text(text("column.region")), head_text(text("column.period"))]
    heads += [head_text(_column_text(column), _unit(column, scale)) for column in columns]
    heads.append(head_text(text("column.gaps")))
    row = sheet.header(row, heads, frozen=2)
    leading = _leading(book.cells, lines, blocks, library, scopes=scopes)
    sheet.table(row, leading + _figures(book.cells, lines, blocks, columns, scale))
    return sheet.name


def _look(line: SummaryLine) -> str:
    return ("top", "sum")[line.level] if line.level < 2 else ""


def _leading(
    cells: Cells,
    lines: Sequence[SummaryLine],
    blocks: Sequence[_Block],
    library: Library,
    *,
    scopes: bool,
) -> list[list[Shown]]:
    """The columns before the figures: the lines again for each block."""

    def shown(words: str, line: SummaryLine, **style: object) -> Shown:
        return cells.text(words, _STYLES[_look(line)] | style, limit=90)

    def named(line: SummaryLine) -> Shown:
        return shown(beside(Text(line.name_zh, line.name_en)), line, indent=line.level)

    leading = [[shown(line.code, line) for line in lines], [named(line) for line in lines]]
    leading += [[shown(line.scope, line) for line in lines]] if scopes else []
    places = [library.label("regions", block.region) for block in blocks]
    return [
        *(column * len(blocks) for column in leading),
        [shown(place, line) for place in places for line in lines],
        [cells.whole(block.period, _STYLES[_look(line)]) for block in blocks for line in lines],
    ]


def _figures(
    cells: Cells,
    lines: Sequence[SummaryLine],
    blocks: Sequence[_Block],
    columns: Sequence[str],
    scale: Scale,
) -> list[list[Shown]]:
    """The figures under each gas, and what the total lacks."""
    made = FigureCells(cells, _STYLES)
    rows = [(block, line.line, _look(line)) for block in blocks for line in lines]
    figures = []
    for column in columns:
        found = [(block.cell(line, column), look) for block, line, look in rows]
        figures.append(
            [made.figure(_scaled(cell, scale), cell.notation, look) for cell, look in found]
        )
    gaps = [(block.cell(line, _TOTAL).notation, look) for block, line, look in rows]
    return [*figures, [cells.text(notation, _STYLES[look]) for notation, look in gaps]]


def _scaled(cell: _Cell, scale: Scale) -> float | None:
    return None if cell.value is None else cell.value / 10**scale.power


def print_summary(
    console: Console, results: Results, library: Library, name: str, scale: Scale, lang: str
) -> None:
    """Print the table of a layout, one block for each region and year."""
    lines = layout(name)
    for block in _blocks(summary_rows(results, library, name)):
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


def _blocks(rows: Iterable[SummaryRow]) -> list[_Block]:
    cells: dict[tuple[str, int], dict[tuple[int, str], _Cell]] = {}
    gases: dict[tuple[str, int], dict[int, list[_Cell]]] = {}
    for row in rows:
        block = row.region, row.period
        value = row.amount if row.gas in _BY_MASS else row.co2e
        cells.setdefault(block, {})[row.line, row.gas] = _Cell(value, row.notation)
        of_line = gases.setdefault(block, {}).setdefault(row.line, [])
        of_line.append(_Cell(row.co2e, row.notation))
    for block, lines in gases.items():
        for line, found in lines.items():
            numbers = [cell.value for cell in found if cell.value is not None]
            keys = {key for cell in found for key in cell.notation.split(",")}
            total = sum(numbers) if numbers else None
            cells[block][line, _TOTAL] = _Cell(total, join_notations(keys))
    return [_Block(*block, cells[block]) for block in sorted(cells)]


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
