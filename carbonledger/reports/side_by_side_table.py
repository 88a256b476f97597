"""Methods side by side on the screen and as a sheet of the workbook."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from carbonledger.analysis.side_by_side import MethodNote, notes_of
from carbonledger.errors import Text
from carbonledger.memory import Row
from carbonledger.methods.registry import get
from carbonledger.model import limits
from carbonledger.model.records import Book
from carbonledger.reports.context import Names
from carbonledger.reports.lists import Value, write_list
from carbonledger.reports.numbers import format_number
from carbonledger.reports.sheet import Sheet
from carbonledger.reports.texts import beside, chemical, text

__all__ = ["note_lines", "print_side_by_side", "write_side_by_side"]

Content = Mapping[str, Sequence[Row]]

_COLUMNS = (
    "region", "period", "account_code", "account", "item", "method", "profile", "chosen", "amount",
    "low", "high", "unit", "cumulative", "cumulative_low", "cumulative_high", "range", "included",
    "excluded", "reason",
)  # fmt: skip
_LINE = ("profile", "region", "account", "item", "detail", "measure", "unit", "method", "chosen")
_PLACE = ("region", "account", "item", "detail", "measure")
_CUMULATIVE = ("cumulative", "cumulative_low", "cumulative_high")
# A longer table leaves out what only one method computes.
_MOST_LINES = 40
_METHOD_WIDTH = 30
_WIDE = {"included": 40, "excluded": 40, "reason": 60, "method": 40, "range": 40}


def print_side_by_side(console: Console, content: Content, names: Names, lang: str) -> None:
    """Print what each method gives over the years and in each year, the totals, and the notes.

    Args:
        console: where to print.
        content: ``table, totals, lacking, areas`` as records, as they stand in ``run.json``.
        names: the names behind the codes.
        lang: the language.
    """
    if not content["table"]:
        console.print(text("side.nothing").in_language(lang))
        return
    console.print(_by_method(content["table"], names, lang))
    estimates = [row for row in content["table"] if row["book"] == Book.CREDIT]
    for _, rows in _groups(estimates, *_PLACE, "unit"):
        columns = _columns_by_method(rows)
        if len(columns) > 1 and len({row["period"] for row in rows}) > 1:
            console.print(_methods_by_year(columns, names, lang))
    totals = _groups(_roots(content["totals"], names), "region", "account", "unit")
    for (region, account, _), rows in totals:
        console.print(_by_year(rows, region, account, names, lang))
    for words in dict.fromkeys(note_lines(content, names)):
        console.print(words.in_language(lang), soft_wrap=True)
    if any(row["book"] == Book.CREDIT for row in content["table"]):
        console.print(text("side.ex_ante").in_language(lang))


def _by_method(rows: Sequence[Row], names: Names, lang: str) -> Table:
    """The last year and the sum of the years of every method."""
    years = sorted({row["period"] for row in rows})
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else f"{years[0]}"
    title = text("side.title").in_language(lang)
    table = Table(title=f"{title} {span}", title_justify="left")
    heads = ("account", "item", "method", "profile")
    for key in heads:
        table.add_column(text(f"column.{key}").in_language(lang), overflow="fold")
    amount = text("column.amount").in_language(lang)
    table.add_column(f"{amount} {years[-1]}", justify="right")
    table.add_column(text("column.cumulative").in_language(lang), justify="right")
    table.add_column(text("side.range").in_language(lang), justify="right")
    table.add_column(text("column.unit").in_language(lang))
    lines = [line for _, line in _groups(rows, *_LINE)]
    if len(lines) > _MOST_LINES:
        counts = Counter(tuple(line[0][key] for key in _PLACE) for line in lines)
        lines = [line for line in lines if counts[tuple(line[0][key] for key in _PLACE)] > 1]
    ends = [max(line, key=lambda row: int(row["period"])) for line in lines]
    # A method that gives the same under several profiles is one line.
    for _, alike in _groups(ends, *_PLACE, "unit", "method", "period", *_CUMULATIVE):
        last = alike[0]
        table.add_row(
            f"{last['account']} {names.account(last['account']).in_language(lang)}",
            _about(last, names, lang),
            get(last["method"]).title.in_language(lang),
            "\n".join(f"{row['profile']}{' ✓' if row['chosen'] else ''}" for row in alike),
            format_number(last["amount"]) if last["period"] == years[-1] else "—",
            format_number(last["cumulative"]),
            _range(last["cumulative_low"], last["cumulative_high"]),
            chemical(last["unit"]),
        )
    table.caption = text("side.caption").in_language(lang)
    table.caption_justify = "left"
    return table


def _columns_by_method(rows: Sequence[Row]) -> list[list[list[Row]]]:
    """The lines of one pool that differ: each the rows of one method under profiles that agree."""
    lines = [line for _, line in _groups(rows, *_LINE)]
    found: dict[tuple[Any, ...], list[list[Row]]] = {}
    for line in lines:
        values = tuple((row["period"], row["amount"], row["low"], row["high"]) for row in line)
        found.setdefault((line[0]["method"], values), []).append(line)
    return list(found.values())


def _methods_by_year(columns: Sequence[Sequence[Sequence[Row]]], names: Names, lang: str) -> Table:
    """Years down, methods across, each amount with its range below it."""
    first = columns[0][0][0]
    about = (
        names.region(first["region"]).in_language(lang),
        f"{first['account']} {names.account(first['account']).in_language(lang)}",
        _about(first, names, lang),
    )
    heading = text("side.by_method").in_language(lang)
    title = " · ".join(filter(None, (heading, *about)))
    table = Table(title=f"{title} [{chemical(first['unit'])}]", title_justify="left")
    table.add_column(text("column.period").in_language(lang))
    years = sorted({row["period"] for lines in columns for row in lines[0]})
    cells = []
    for lines in columns:
        takers = [f"{line[0]['profile']}{' ✓' if line[0]['chosen'] else ''}" for line in lines]
        title = get(lines[0][0]["method"]).title.in_language(lang)
        table.add_column(
            "\n".join((title, *takers)), justify="right", overflow="fold", max_width=_METHOD_WIDTH
        )
        cells.append({row["period"]: row for row in lines[0]})
    for year in years:
        table.add_row(str(year), *(_stacked(column.get(year)) for column in cells))
    return table


def _stacked(row: Row | None) -> str:
    if row is None:
        return "—"
    shown = format_number(row["amount"])
    return shown if row["low"] is None else f"{shown}\n({_range(row['low'], row['high'])})"


def _about(row: Row, names: Names, lang: str) -> str:
    item = names.item(row["item"]).in_language(lang) if row["item"] else ""
    detail = row[f"detail_{lang}"]
    return "·".join(name for name in (item, detail) if name)


def _by_year(rows: Sequence[Row], region: str, account: str, names: Names, lang: str) -> Table:
    """Years down, for each profile the amount of the year and the sum so far, with ranges."""
    profiles = list(dict.fromkeys(row["profile"] for row in rows))
    place = names.region(region).in_language(lang)
    name = f"{account} {names.account(account).in_language(lang)}"
    unit = chemical(rows[0]["unit"])
    title = text("side.yearly").in_language(lang)
    table = Table(title=f"{title} · {place} · {name} [{unit}]", title_justify="left")
    table.add_column(text("column.period").in_language(lang))
    for profile in profiles:
        for key in ("side.of_year", "side.so_far"):
            table.add_column(f"{profile}\n{text(key).in_language(lang)}", justify="right")
    cells = {(row["period"], row["profile"]): row for row in rows}
    for year in sorted({row["period"] for row in rows}):
        figures: list[str] = []
        for profile in profiles:
            row = cells.get((year, profile))
            figures += [_ranged(row, ""), _ranged(row, "cumulative")]
        table.add_row(str(year), *figures)
    return table


def _ranged(row: Row | None, prefix: str) -> str:
    if row is None:
        return "—"
    low, high = (row[f"{prefix}_{end}" if prefix else end] for end in ("low", "high"))
    shown = format_number(row[prefix or "amount"])
    partly = "†" if row["partly"] and low is not None else ""
    return f"{shown} ({_range(low, high)}){partly}" if low is not None else shown


def _range(low: float | None, high: float | None) -> str:
    return "—" if low is None else f"{format_number(low)} ~ {format_number(high)}"


def note_lines(content: Content, names: Names) -> Iterator[Text]:
    """What stands below the tables: areas, each method's pools and reason, what is lacking."""
    for row in content["areas"]:
        years = (
            f"{row['first']}" if row["first"] == row["last"] else f"{row['first']}–{row['last']}"
        )
        yield _filled(
            "side.area",
            account=_account(names, row["account"]),
            item=names.item(row["item"]) if row["item"] else Text("", ""),
            quantity=_quantity(row["quantity"]),
            years=_both(years),
            ha=_both(format_number(row["ha"])),
            mu=_both(format_number(row["mu"])),
        )
    notes = notes_of(row["method"] for row in content["table"])
    for method, note in notes.items():
        yield _method_line(get(method).title, note)
    accounts = dict.fromkeys(row["account"] for row in content["table"])
    general = {note.key: note for note in notes_of(accounts).values()}
    yield from (note.reason for note in general.values())
    for row in content["lacking"]:
        lacks = [_quantity(name) for name in row["arguments"].split("|")]
        yield _filled(
            "side.lacking",
            account=_account(names, row["account"]),
            method=get(row["method"]).title,
            profile=_both(row["profile"]),
            arguments=_listed(lacks),
        )


def _method_line(title: Text, note: MethodNote) -> Text:
    return _filled(
        "side.note",
        method=title,
        included=note.included,
        excluded=note.excluded,
        reason=note.reason,
    )


def _filled(key: str, **words: Text) -> Text:
    pattern = text(key)
    return Text(
        pattern.zh.format(**{name: each.zh for name, each in words.items()}),
        pattern.en.format(**{name: each.en for name, each in words.items()}),
    )


def _both(words: str) -> Text:
    return Text(words, words)


def _account(names: Names, code: str) -> Text:
    name = names.account(code)
    return Text(f"{code} {name.zh}", f"{code} {name.en}")


def _quantity(name: str) -> Text:
    if name == "quantity":
        return text("column.area")
    return limits.names().get(name, Text(name, name))


def write_side_by_side(sheet: Sheet, content: Content, names: Names) -> None:
    """Write every method, year by year, with its range and its notes."""
    notes = notes_of(row["method"] for row in content["table"])
    rows: list[tuple[Value, ...]] = []
    for row in content["table"]:
        note = notes.get(row["method"])
        says = (
            [beside(words) for words in (note.included, note.excluded, note.reason)]
            if note is not None
            else ["", "", ""]
        )
        rows.append(
            (
                beside(names.region(row["region"])),
                int(row["period"]),
                row["account"],
                beside(names.account(row["account"])),
                _about(row, names, "zh"),
                beside(get(row["method"]).title),
                row["profile"],
                "✓" if row["chosen"] else "",
                *(row[name] for name in ("amount", "low", "high")),
                chemical(row["unit"]),
                *(row[name] for name in _CUMULATIVE),
                beside(_of_range(row)),
                *says,
            )
        )
    head = [text("side.caption"), text("side.rule"), *dict.fromkeys(note_lines(content, names))]
    write_list(sheet, text("side.title"), head, _COLUMNS, list(zip(*rows, strict=True)), wide=_WIDE)


def _of_range(row: Row) -> Text:
    bounded, unbounded = (
        [_quantity(name) for name in row[key].split("|") if name]
        for key in ("bounded", "unbounded")
    )
    if not bounded:
        return text("side.no_bounds")
    if not unbounded:
        return _listed(bounded)
    return _filled("side.bounds_in_part", bounded=_listed(bounded), unbounded=_listed(unbounded))


def _listed(words: Sequence[Text]) -> Text:
    return Text("、".join(each.zh for each in words), ", ".join(each.en for each in words))


def _roots(rows: Iterable[Row], names: Names) -> list[Row]:
    """The totals of the accounts at the top of the chart."""
    return [row for row in rows if not names.parents[row["account"]]]


def _groups(rows: Iterable[Row], *keys: str) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
    """The rows that share these columns, in the order of their first."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    yield from found.items()
