"""The workbook of a run: ``summary.xlsx``."""

from contextlib import suppress
from pathlib import Path

from carbonledger.analysis.side_by_side import SIDE_BY_SIDE
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.files import disk_errors, locked, temporary
from carbonledger.memory import collector_at_rest
from carbonledger.reports import query
from carbonledger.reports.context import WorkbookContext
from carbonledger.reports.cover import run_time, write_cover
from carbonledger.reports.data_sheets import (
    write_activity,
    write_parameters,
    write_postings,
    write_published,
)
from carbonledger.reports.grid_sheets import Places, found_problems, write_grids, write_problems
from carbonledger.reports.result_sheets import write_gases, write_items, write_results
from carbonledger.reports.sheet import Book
from carbonledger.reports.side_by_side_table import write_side_by_side
from carbonledger.reports.tables import Tables
from carbonledger.reports.texts import beside, text

__all__ = ["write_workbook"]

_SHEETS = (
    "results",
    "side_by_side",
    "items",
    "gases",
    "activity",
    "parameters",
    "postings",
    "published",
    "problems",
)


@collector_at_rest()
def write_workbook(path: Path, results: Results, context: WorkbookContext) -> None:
    """Write the workbook of a run; the file is there completely or not at all.

    Args:
        path: the file to write; an existing one is replaced.
        results: the result folder of the run, after its review.
        context: the inventory, its profile, names and tables as read.

    Raises:
        CarbonledgerError: if the results contradict themselves, or the file cannot be written
            (it is open in Excel or WPS, the disk is full).
    """
    path = path.resolve()
    tables = Tables.of(results, context.names)
    with locked(path):
        draft = temporary(path)
        try:
            with disk_errors(path):
                _write(draft, results, context, tables)
                draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink()


def _write(path: Path, results: Results, context: WorkbookContext, tables: Tables) -> None:
    names, gwp = context.names, str(results.info.get("gwp", ""))
    uses = query.parameters_used(results)
    places = Places(context.grids)
    book = Book(path, context.title.zh, run_time(results))
    cover = book.sheet(beside(text("sheet.cover")))
    by_measure, by_item, by_gas = tables.by_measure(), tables.by_item(), tables.by_gas()
    published = bool(results.info.get("published"))
    methods = results.info.get(SIDE_BY_SIDE)
    shown = {"items": bool(by_item.columns), "gases": bool(by_gas.columns)}
    shown |= {"published": published, "side_by_side": bool(methods)}
    sheets = {
        key: book.sheet(beside(text(f"sheet.{key}"))) for key in _SHEETS if shown.get(key, True)
    }
    placed = write_results(sheets["results"], by_measure, names, gwp)
    if methods:
        write_side_by_side(sheets["side_by_side"], methods, names)
    if by_item.columns:
        write_items(sheets["items"], by_item, names)
    if by_gas.columns:
        write_gases(sheets["gases"], by_gas, names, gwp)
    write_activity(sheets["activity"], results, context, places)
    write_parameters(sheets["parameters"], uses, names)
    write_postings(sheets["postings"], results, names)
    if published:
        write_published(sheets["published"], results, names)
    problems = found_problems(results)
    write_problems(sheets["problems"], problems, places)
    write_grids(book, places, problems)
    contents = [(sheet.name, text(f"contents.{key}")) for key, sheet in sheets.items()]
    contents += [
        (name, Text(f"{grid.file} {grid.sheet}".strip(), text("contents.grid").en))
        for name, grid in places.grids.items()
    ]
    unverified = query.count_unverified(results)
    write_cover(cover, results, context, placed, problems, uses, unverified, contents)
    book.close()
