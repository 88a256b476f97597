"""Summary tables in the layouts of guidelines: a workbook, and the same table on the screen."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypeVar

from rich.console import Console
from rich.table import Table

from carbonledger.analysis.summary import Fact, SummaryRow, layout, left_out, summary_rows
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.files import disk_errors, locked, temporary
from carbonledger.library.load import Library
from carbonledger.model.notation import join_notations
from carbonledger.model.records import SummaryLine
from carbonledger.reports.cells import Cells, Shown, Strip, Style, strip, strip_of
from carbonledger.reports.cover import run_time
from carbonledger.reports.figure_cells import FigureCells
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import Scale, format_number
from carbonledger.reports.reference_table import REFERENCE, write_reference
from carbonledger.reports.region_table import reach_notes, write_regions
from carbonledger.reports.sheet import Book
from carbonledger.reports.tables import Figure
from carbonledger.reports.texts import beside, chemical, label, text

__all__ = ["print_summary", "write_layout", "write_summary_report"]

_V = TypeVar("_V")

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


_NOTHING = Figure()


class _Block(NamedTuple):
    """The table of one region and one year: figures by column and line."""

    region: str
    period: int
    figures: Mapping[str, Mapping[int, Figure]]

    def column(self, column: str, lines: Iterable[int]) -> list[Figure]:
        """The figures of lines in a column; empty where nothing was computed."""
        of_column = self.figures.get(column, {})
        return [of_column.get(line, _NOTHING) for line in lines]


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
    notes = [*_notes(results), *reach, _closure(left_out(results, library, name), scale)]
    row = sheet.title(beside(label("summary_title", name)), map(beside, notes))
    columns = _columns(blocks)
    scopes = name == "gpc"
    heads = [head_text(text("column.code")), head_text(text("column.line"))]
    heads += [head_text(text("column.scope"))] if scopes else []
    heads += [head_text(text("column.region")), head_text(text("column.period"))]
    heads += [head_text(_column_text(column), _unit(column, scale)) for column in columns]
    heads.append(head_text(text("column.gaps")))
    row = sheet.header(row, heads, frozen=2)
    rows = _Rows(lines, blocks)
    leading = _leading(book.cells, rows, library, scopes=scopes)
    sheet.table(row, leading + _figures(book.cells, rows, columns, scale))
    return sheet.name


class _Rows:
    """The rows of a sheet: the lines again for each block, and how each of them looks."""

    def __init__(self, lines: Sequence[SummaryLine], blocks: Sequence[_Block]) -> None:
        self.blocks = blocks
        self.lines = {line.line: line for line in lines}
        self.numbers = [line.line for line in lines] * len(blocks)
        self.looks = [_look(line) for line in lines] * len(blocks)

    def beside_looks(self, values: Iterable[_V]) -> list[tuple[_V, str]]:
        """A value of each block in all its rows, with their looks."""
        return list(zip([v for v in values for _ in self.lines], self.looks, strict=True))

    def column(self, column: str) -> list[Figure]:
        """The figures in a column."""
        return [figure for block in self.blocks for figure in block.column(column, self.lines)]


def _look(line: SummaryLine) -> str:
    return ("top", "sum")[line.level] if line.level < 2 else ""


def _leading(cells: Cells, rows: _Rows, library: Library, *, scopes: bool) -> list[Strip]:
    """The columns before the figures."""

    def of_lines(words: Callable[[SummaryLine], str], *, indented: bool = False) -> Strip:
        made = {}
        for number, line in rows.lines.items():
            style = _STYLES[_look(line)] | ({"indent": line.level} if indented else {})
            made[number] = cells.text(words(line), style, limit=90)
        return strip(made, rows.numbers)

    def name(line: SummaryLine) -> str:
        return beside(Text(line.name_zh, line.name_en))

    def place(region: str, look: str) -> Shown:
        return cells.text(region, _STYLES[look], limit=90)

    def year(period: int, look: str) -> Shown:
        return cells.whole(period, _STYLES[look])

    leading = [of_lines(lambda line: line.code), of_lines(name, indented=True)]
    leading += [of_lines(lambda line: line.scope)] if scopes else []
    places = rows.beside_looks(library.label("regions", block.region) for block in rows.blocks)
    years = rows.beside_looks(block.period for block in rows.blocks)
    return [*leading, strip_of(place, places), strip_of(year, years)]


def _figures(cells: Cells, rows: _Rows, columns: Sequence[str], scale: Scale) -> list[Strip]:
    """The figures under each gas, and what the total lacks."""

    def gap(keys: str, look: str) -> Shown:
        return cells.text(keys, _STYLES[look])

    made = FigureCells(cells, _STYLES)
    figures = [
        made.column([_scaled(figure, scale) for figure in rows.column(column)], rows.looks)
        for column in columns
    ]
    lacks = [figure.notation for figure in rows.column(_TOTAL)]
    gaps = list(zip(lacks, rows.looks, strict=True))
    return [*figures, strip_of(gap, gaps)]


def _scaled(figure: Figure, scale: Scale) -> Figure:
    if figure.amount is None or not scale.power:
        return figure
    return figure._replace(amount=figure.amount / 10**scale.power)


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
            cells = [block.figures.get(column, {}).get(line.line, _NOTHING) for column in columns]
            figures = [format_number(c.amount, notation=c.notation, scale=scale) for c in cells]
            name_of = Text(line.name_zh, line.name_en).in_language(lang)
            shown.add_row(line.code, "  " * line.level + name_of, *figures)
        console.print(shown)
    closure = _closure(left_out(results, library, name), scale)
    for note in [*_notes(results), *reach_notes(results, library), closure]:
        console.print(note.in_language(lang))


def _blocks(rows: Iterable[SummaryRow]) -> list[_Block]:
    blocks: dict[tuple[str, int], dict[str, dict[int, Figure]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    # The rows of a line follow one another.
    for (region, period, line), found in groupby(rows, attrgetter("region", "period", "line")):
        figures, numbers, keys = blocks[region, period], [], set()
        for row in found:
            value = row.amount if row.gas in _BY_MASS else row.co2e
            figures[row.gas][line] = Figure(value, row.notation)
            keys.update(row.notation.split(","))
            if row.co2e is not None:
                numbers.append(row.co2e)
        total = sum(numbers) if numbers else None
        figures[_TOTAL][line] = Figure(total, join_notations(keys))
    return [_Block(*block, blocks[block]) for block in sorted(blocks)]


def _columns(blocks: Sequence[_Block]) -> list[str]:
    present = {column for block in blocks for column in block.figures}
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


def _closure(rest: Sequence[Fact], scale: Scale) -> Text:
    """Whether the lines hold the whole inventory; if not, what they leave out."""
    if not rest:
        return text("note.closed")
    parts: dict[tuple[str, str], list[float]] = defaultdict(list)
    for fact in rest:
        parts[fact.account, fact.measure] += [] if fact.co2e is None else [fact.co2e]
    listed = "; ".join(
        f"{account} {chemical(measure)} "
        f"{format_number(math.fsum(amounts) if amounts else None, scale=scale)} "
        f"{chemical(scale.unit('t CO2e'))}"
        for (account, measure), amounts in sorted(parts.items())
    )
    words = text("note.open")
    return Text(words.zh.format(rest=listed), words.en.format(rest=listed))
