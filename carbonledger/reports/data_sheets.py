"""The sheets of evidence: activity data, parameters, postings."""

from collections.abc import Callable, Iterable, Sequence

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
    count = query.count_activities(results) if found is None else len(found.entry)
    notes = limit_note("note.elsewhere", count, "entries.parquet")
    notes += [text("note.missing"), *([text("note.cells")] if places.grids else [])]
    values = None if found is None else _activities(found, context, places) if count else []
    write_list(sheet, text("title.activity"), notes, columns, values)


def _activities(
    found: query.Activities, context: WorkbookContext, places: Places
) -> list[Sequence[Value]]:
    names = context.names
    cells = zip(found.file, found.sheet, found.cell, strict=True)
    answers = zip(found.answer, found.file, found.sheet, found.cell, strict=True)
    return [
        found.entry,
        found.file,
        found.sheet,
        [places.link(*place) for place in cells],
        found.row,
        _each(found.region, lambda region: beside(names.region(region))),
        found.period,
        found.account,
        _each(found.account, lambda account: beside(names.account(account))),
        _each(found.item, lambda item: beside(names.item(item))),
        found.detail,
        _each(found.quantity, lambda name: beside(label("argument", name))),
        [
            Key(notation) if value is None else Written(value)
            for value, notation in zip(found.value, found.notation, strict=True)
        ],
        _each(found.unit, chemical),
        [int(sign) for sign in found.sign],
        [_answer(*answer, context.answers) for answer in answers],
        found.note,
        found.source,
    ]


def _each(codes: Sequence[str], words: Callable[[str], Value]) -> list[Value]:
    """The words for the codes of a column; those for equal codes are looked up once."""
    known = {code: words(code) for code in set(codes)}
    return [known[code] for code in codes]


def _answer(answer: str, file: str, sheet: str, cell: str, answers: Iterable[Answer]) -> str:
    """What the compilers decided about the cell; an answer to an older text has no mark here."""
    if not answer:
        return ""
    action = beside(label("action", answer))
    for one in answers:
        named = one.file.replace("\\", "/").removeprefix("./")
        place = one.cell.replace("$", "").strip().upper()
        if (named, place) == (file, cell) and one.sheet in {"", sheet}:
            return f"{action} [{one.printed}]: {beside(Text(one.reason.zh, one.reason.en))}"
    return action


def write_parameters(sheet: Sheet, uses: Sequence[query.Use], names: Names) -> None:
    """Every parameter that a posting was computed with, with its source and its standing."""
    columns = (
        "argument", "items", "value", "unit", "fallback", "status", "source", "locator", "uses",
        "selections", "parameter",
    )  # fmt: skip
    rows = [_parameter(use, names) for use in uses]
    title, notes = text("title.parameters"), [text("note.unverified")]
    values = list(zip(*rows, strict=True))
    write_list(sheet, title, notes, columns, values, wide={"selections": 16})


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
    values = list(zip(*rows, strict=True))
    write_list(sheet, title, notes, columns, values, units={"percent": "%"}, wide={"note": 60})


def write_postings(sheet: Sheet, results: Results, names: Names) -> None:
    """Every single result, unless there are too many for a sheet."""
    columns = (
        "entry", "book", "region", "period", "code", "account", "item", "detail", "measure",
        "amount", "unit", "co2e", "notation", "method", "selection", "place", "flags",
    )  # fmt: skip
    count = query.count_postings(results)
    values = None
    if count <= ROW_LIMIT:
        values = _postings(query.postings(results), names) if count else []
    title = text("title.postings")
    notes = [*limit_note("note.elsewhere", count, "postings.parquet"), text("note.sign")]
    write_list(sheet, title, notes, columns, values, units={"co2e": chemical("t CO2e")})


def _postings(found: query.Postings, names: Names) -> list[Sequence[Value]]:
    return [
        found.entry,
        _each(found.book, lambda book: beside(label("book", book))),
        _each(found.region, lambda region: beside(names.region(region))),
        found.period,
        found.account,
        _each(found.account, lambda code: names.account(code).zh),
        _each(found.item, lambda item: names.item(item).zh),
        found.detail,
        _each(found.measure, chemical),
        [
            Key(notation) if amount is None else amount
            for amount, notation in zip(found.amount, found.notation, strict=True)
        ],
        _each(found.unit, chemical),
        found.co2e,
        found.notation,
        found.method,
        [selection or None for selection in found.selection],
        found.source,
        _each(found.flags, _flags),
    ]


def _flags(flags: str) -> Value:
    words = "; ".join(beside(label("flag", flag)) for flag in flags.split(",") if flag)
    return Marked(words) if "unverified" in flags.split(",") else words
