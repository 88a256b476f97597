"""The sheets of evidence: activity data, parameters, postings."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.model.manifest import Answer
from carbonledger.model.records import Status
from carbonledger.reports import query
from carbonledger.reports.context import Names, WorkbookContext
from carbonledger.reports.grid_sheets import Places
from carbonledger.reports.lists import (
    ROW_LIMIT,
    Key,
    Marked,
    Rounded,
    Value,
    Written,
    limit_note,
    write_list,
)
from carbonledger.reports.sheet import Sheet
from carbonledger.reports.texts import beside, chemical, label, text

__all__ = ["write_activity", "write_parameters", "write_postings", "write_published"]

# A value under this name comes with the entry and differs from one to the next.
_ENTRY = "entry"
_MOST_NAMES = 12


def write_activity(
    sheet: Sheet, results: Results, context: WorkbookContext, places: Places
) -> None:
    """Every figure entered, as written, with its cell and the answer to a problem with it.

    Not listed if there are too many for a sheet.
    """
    columns = (
        "entry", "file", "sheet", "cell", "row", "region", "period", "code", "account", "item",
        "detail", "quantity", "value_written", "unit", "sign", "answer", "note", "source",
    )  # fmt: skip
    found = query.activities(results, ROW_LIMIT)
    rows = None if found is None else [_activity(one, context, places) for one in found]
    count = query.count_activities(results) if found is None else len(found)
    notes = limit_note("note.elsewhere", count, "entries.parquet")
    notes += [text("note.missing"), *([text("note.cells")] if places.grids else [])]
    write_list(sheet, text("title.activity"), notes, columns, rows)


def _activity(one: query.Activity, context: WorkbookContext, places: Places) -> tuple[Value, ...]:
    names = context.names
    return (
        *(one.entry, one.file, one.sheet, places.link(one.file, one.sheet, one.cell), one.row),
        *(beside(names.region(one.region)), one.period),
        *(one.account, beside(names.account(one.account)), beside(names.item(one.item))),
        *(one.detail, beside(label("argument", one.quantity))),
        Key(one.notation) if one.value is None else Written(one.value),
        *(chemical(one.unit), int(one.sign), _answer(one, context.answers)),
        *(one.note, one.source),
    )


def _answer(one: query.Activity, answers: Iterable[Answer]) -> str:
    """What the compilers decided about the cell; an answer to an older text has no mark here."""
    if not one.answer:
        return ""
    action = beside(label("action", one.answer))
    for answer in answers:
        file = answer.file.replace("\\", "/").removeprefix("./")
        cell = answer.cell.replace("$", "").strip().upper()
        if (file, cell) == (one.file, one.cell) and answer.sheet in {"", one.sheet}:
            return (
                f"{action} [{answer.printed}]: {beside(Text(answer.reason.zh, answer.reason.en))}"
            )
    return action


def write_parameters(sheet: Sheet, uses: Sequence[query.Use], names: Names) -> None:
    """Every parameter that a posting was computed with, with its source and its standing."""
    columns = (
        "argument", "items", "value", "unit", "fallback", "status", "source", "locator", "uses",
        "selections", "parameter",
    )  # fmt: skip
    rows = [_parameter(use, names) for use in uses]
    title, notes = text("title.parameters"), [text("note.unverified")]
    write_list(sheet, title, notes, columns, rows, wide={"selections": 16})


def _parameter(use: query.Use, names: Names) -> tuple[Value, ...]:
    own = use.parameter == _ENTRY
    kinds = "; ".join(beside(label("fallback", kind)) for kind in use.fallback.split("+") if kind)
    status = beside(label("status", use.status)) if use.status else ""
    return (
        beside(label("argument", use.argument)),
        _listed([beside(names.item(item)) for item in use.items if item]),
        Written(use.value) if use.value is not None else beside(text("row.from_entry")),
        chemical(use.unit),
        "" if own else kinds,
        Marked(status) if use.status == Status.UNVERIFIED else status,
        beside(text("row.from_entry")) if own else names.source(use.source).zh,
        beside(label("argument", use.locator)) if own else use.locator,
        use.postings,
        _listed([str(selection) for selection in use.selections]),
        "" if own else use.parameter,
    )


def _listed(words: Sequence[str]) -> str:
    more = f", … ({len(words)})" if len(words) > _MOST_NAMES else ""
    return ", ".join(words[:_MOST_NAMES]) + more


def write_published(sheet: Sheet, results: Results, names: Names) -> None:
    """The totals of the run beside those that others published."""
    columns = (
        "code", "account", "measure", "period", "computed", "published", "difference", "percent",
        "unit", "source", "note",
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            *(one["account"], beside(names.account(one["account"])), chemical(one["measure"])),
            *(one["period"], Rounded(one["computed"], 4), Written(one["published"])),
            *(Rounded(one["difference"], 4), Rounded(one["percent"], 2), chemical(one["unit"])),
            *(one["source"], beside(Text(**one["note"])) if one["note"] else ""),
        )
        for one in results.info["published"]
    ]
    title, notes = text("title.published"), [text("note.published")]
    write_list(sheet, title, notes, columns, rows, units={"percent": "%"}, wide={"note": 60})


def write_postings(sheet: Sheet, results: Results, names: Names) -> None:
    """Every single result, unless there are too many for a sheet."""
    columns = (
        "entry", "book", "region", "period", "code", "account", "item", "detail", "measure",
        "amount", "unit", "co2e", "notation", "method", "selection", "place", "flags",
    )  # fmt: skip
    count = query.count_postings(results)
    rows = None
    if count <= ROW_LIMIT:
        rows = [_posting(one, names) for one in query.postings(results)]
    title = text("title.postings")
    notes = [*limit_note("note.elsewhere", count, "postings.parquet"), text("note.sign")]
    write_list(sheet, title, notes, columns, rows, units={"co2e": chemical("t CO2e")})


def _posting(one: query.Posting, names: Names) -> tuple[Value, ...]:
    return (
        *(one.entry, beside(label("book", one.book)), beside(names.region(one.region))),
        *(one.period, one.account, names.account(one.account).zh, names.item(one.item).zh),
        *(one.detail, chemical(one.measure)),
        Key(one.notation) if one.amount is None else one.amount,
        *(chemical(one.unit), one.co2e, one.notation, one.method, one.selection or None),
        *(one.source, _flags(one.flags)),
    )


@lru_cache(maxsize=1000)
def _flags(flags: str) -> Value:
    words = "; ".join(beside(label("flag", flag)) for flag in flags.split(",") if flag)
    return Marked(words) if "unverified" in flags.split(",") else words
