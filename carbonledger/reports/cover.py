"""The cover: what this is, by which rules, whence, and what it adds up to."""

import math
from collections.abc import Sequence
from datetime import datetime

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.model.prices import VALUES
from carbonledger.model.problem import Grade
from carbonledger.model.records import Book, Status
from carbonledger.reports.context import WorkbookContext
from carbonledger.reports.figure_cells import UNVERIFIED_FIGURE
from carbonledger.reports.grid_sheets import GRADE_STYLES, Found
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import MISSING, WAN_TONNES, format_count
from carbonledger.reports.query import Use
from carbonledger.reports.result_sheets import Placed, gap_words, measure_head
from carbonledger.reports.sheet import UNVERIFIED_MARK, Sheet, Style
from carbonledger.reports.tables import CO2E_COLUMN, Column, Figure, Table
from carbonledger.reports.texts import beside, chemical, label, text

__all__ = ["run_time", "write_cover"]

_LAST = 8
_SECTION: Style = {"bold": True, "bg_color": "#D9E1F2", "font_size": 11}
_LABEL: Style = {"bold": True, "bg_color": "#F2F2F2"}
_BOLD: Style = {"bold": True}
_ARGUMENTS, _LONGEST_FORMULA = 255, 8192  # what Excel takes
_COUNTS = ("files", "entries", "selections", "postings")


def run_time(results: Results) -> datetime | None:
    """When the run was started, if ``run.json`` says so."""
    try:
        return datetime.fromisoformat(str(results.info.get("started", "")))
    except ValueError:
        return None


def write_cover(
    sheet: Sheet,
    results: Results,
    context: WorkbookContext,
    placed: Placed,
    problems: Sequence[Found],
    uses: Sequence[Use],
    unverified: int,
    contents: Sequence[tuple[str, Text]],
) -> None:
    """Write the cover; ``contents`` names the other sheets with what they hold."""
    sheet.one_page = True
    sheet.widen(0, 34)
    for column in range(1, _LAST + 1):
        sheet.widen(column, 16)
    row = sheet.title(context.title.zh, [context.title.en] * (context.title.en != context.title.zh))
    row = _facts(sheet, row + 1, results, context)
    row = _headline(sheet, row + 1, placed, context)
    row = _problems(sheet, row + 1, problems)
    unchecked = {use.parameter for use in uses if use.status == Status.UNVERIFIED}
    row = _notes(sheet, row + 1, context, len(unchecked), unverified)
    _contents(sheet, row + 1, contents)
    sheet.page.set_first_sheet()
    sheet.page.activate()


def _section(sheet: Sheet, row: int, key: str) -> int:
    sheet.wide(row, 0, _LAST, beside(text(f"cover.{key}")), _SECTION)
    return row + 1


def _facts(sheet: Sheet, row: int, results: Results, context: WorkbookContext) -> int:
    info, profile = results.info, context.profile
    identity = str(info.get("identity", ""))
    started = run_time(results)
    facts = [
        ("region", beside(context.names.region(context.region)) + f" ({context.region})"),
        ("periods", ", ".join(map(str, context.periods))),
        ("profile", f"{beside(Text(profile.title.zh, profile.title.en))} [{profile.profile}]"),
        ("profile_status", beside(label("status", profile.status))),
        ("profile_note", beside(Text(profile.note.zh, profile.note.en)) if profile.note else ""),
        ("gwp", str(info.get("gwp", ""))),
        ("identity_short", identity[:12]),
        ("identity", identity),
        ("version", str(info.get("code", ""))),
        ("date", started.strftime("%Y-%m-%d %H:%M:%S %Z").strip() if started else ""),
        ("counts", _counts(results)),
    ]
    for key, value in facts:
        if value:
            unverified = key == "profile_status" and profile.status is Status.UNVERIFIED
            sheet.text(row, 0, beside(text(f"cover.{key}")), _LABEL)
            sheet.wide(row, 1, _LAST, value, UNVERIFIED_MARK if unverified else {})
            row += 1
    return row


def _counts(results: Results) -> str:
    counts = []
    for key in _COUNTS:
        found = results.info.get(key)
        if isinstance(found, list):
            found = len(found)
        if isinstance(found, int):
            counts.append(f"{beside(text(f'count.{key}'))} {format_count(found)}")
    return "; ".join(counts)


def _headline(sheet: Sheet, row: int, placed: Placed, context: WorkbookContext) -> int:
    row = _section(sheet, row, "headline")
    columns = _headline_columns(placed.table)
    names = [chemical(column.key) for column in columns]
    scaled = CO2E_COLUMN in columns
    heads = [head_text(text("column.scope")), *map(measure_head, columns)]
    if scaled:
        in_wan = CO2E_COLUMN._replace(unit=WAN_TONNES.unit(CO2E_COLUMN.unit))
        heads.append(measure_head(in_wan))
    heads.append(head_text(text("column.gaps")))
    for column, head in enumerate(heads):
        sheet.text(row, column, head, _LABEL | {"text_wrap": True, "align": "center"}, limit=34)
    for place, line in placed.table.tops:
        row += 1
        block = line.block
        words = [beside(label("book", block.book)), beside(context.names.region(block.region))]
        words += [str(block.period), beside(context.names.account(line.account))]
        scope = " · ".join(word for word in words if word)
        sheet.text(row, 0, scope, {"text_wrap": True}, limit=34)
        for offset, key in enumerate(columns, 1):
            figure = placed.table.figure(place, key)
            shown = figure.amount if figure.amount is not None else figure.notation or MISSING
            sheet.formula(row, offset, placed.cell(place, key), shown, _weight(figure))
        if scaled:
            target = placed.cell(place, CO2E_COLUMN)
            figure = placed.table.figure(place, CO2E_COLUMN)
            _scaled(sheet, row, len(columns) + 1, target, figure)
        gaps = gap_words(columns, placed.table.figures[place], names)
        sheet.text(row, len(heads) - 1, gaps, {"text_wrap": True}, limit=34)
    return _values_of_all(sheet, row + 1, placed, columns)


def _headline_columns(table: Table) -> Sequence[Column]:
    """An account of values is summed up by its values: quantities of many kinds fill a sheet."""
    if all(line.block.book == Book.GEP for _, line in table.tops):
        return [column for column in table.columns if column.key in VALUES]
    return table.columns


def _values_of_all(sheet: Sheet, row: int, placed: Placed, columns: Sequence[Column]) -> int:
    """The values of all regions together, year by year, where there are several."""
    tops = [(place, line) for place, line in placed.table.tops if line.block.book == Book.GEP]
    if len({line.block.region for _, line in tops}) < 2:
        return row
    for period in sorted({line.block.period for _, line in tops}):
        places = [place for place, line in tops if line.block.period == period]
        words = beside(label("book", Book.GEP)), beside(text("cover.all_regions")), str(period)
        sheet.text(row, 0, " · ".join(words), _BOLD | {"text_wrap": True}, limit=34)
        for offset, column in enumerate(columns, 1):
            figures = [placed.table.figure(place, column) for place in places]
            amounts = [each.amount for each in figures if each.amount is not None]
            if column.key not in VALUES or not amounts:
                sheet.number(row, offset, None, _BOLD)
                continue
            cells = [placed.cell(place, column) for place in places]
            parts = [cells[i : i + _ARGUMENTS] for i in range(0, len(cells), _ARGUMENTS)]
            formula = "+".join(f"SUM({','.join(part)})" for part in parts)
            total = Figure(math.fsum(amounts), unverified=any(each.unverified for each in figures))
            if len(formula) > _LONGEST_FORMULA:
                sheet.number(row, offset, total.amount, _weight(total))
            else:
                sheet.formula(row, offset, formula, math.fsum(amounts), _weight(total))
        row += 1
    return row


def _weight(figure: Figure) -> Style:
    return _BOLD | (UNVERIFIED_FIGURE if figure.unverified and figure.amount is not None else {})


def _scaled(sheet: Sheet, row: int, column: int, target: str, figure: Figure) -> None:
    if figure.amount is None:
        sheet.number(row, column, None, _BOLD, notation=figure.notation)
        return
    divisor = 10**WAN_TONNES.power
    value = figure.amount / divisor
    sheet.formula(row, column, f"{target}/{divisor}", value, _weight(figure))


def _problems(sheet: Sheet, row: int, problems: Sequence[Found]) -> int:
    row = _section(sheet, row, "problems")
    for grade in Grade:
        count = sum(found.grade == grade for found in problems)
        words = f"{grade} {beside(label('grade', grade))}"
        sheet.text(row, 0, words, GRADE_STYLES[grade] if count else {})
        sheet.whole(row, 1, count)
        row += 1
    return row


def _notes(
    sheet: Sheet,
    row: int,
    context: WorkbookContext,
    parameters: int,
    unverified: int,
) -> int:
    row = _section(sheet, row, "notes")
    count = text("note.unverified_count")
    numbers = {"parameters": format_count(parameters), "postings": format_count(unverified)}
    notes: list[tuple[Text, Style]] = []
    if context.profile.status is Status.UNVERIFIED:
        notes.append((text("note.profile_unverified"), UNVERIFIED_MARK))
    of_run = Text(count.zh.format(**numbers), count.en.format(**numbers))
    notes.append((of_run, UNVERIFIED_MARK if unverified else {}))
    notes += [(text(f"note.{key}"), {}) for key in ("unverified", "missing", "sign", "books")]
    notes.append((text("note.rounding"), {}))
    for words, style in notes:
        sheet.wide(row, 0, _LAST, f"{words.zh}\n{words.en}", style)
        row += 1
    return row


def _contents(sheet: Sheet, row: int, contents: Sequence[tuple[str, Text]]) -> int:
    row = _section(sheet, row, "contents")
    for name, words in contents:
        sheet.link(row, 0, f"'{name}'!A1", name)
        sheet.wide(row, 1, _LAST, beside(words))
        row += 1
    return row
