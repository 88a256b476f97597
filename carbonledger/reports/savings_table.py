"""What a change in transport saves: both sides and the difference, with all numbers behind it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from carbonledger.analysis.transport_savings import Savings
from carbonledger.errors import Text
from carbonledger.files import disk_errors, locked, temporary
from carbonledger.model import limits
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import format_number, format_written
from carbonledger.reports.sheet import UNVERIFIED_MARK, Book, Sheet, Style
from carbonledger.reports.texts import beside, chemical, label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_savings", "savings_data", "write_savings"]

_TITLE = Text("交通减排对比（一年）", "What a change in transport saves in a year")
_NUMBERS = Text("所用数值", "Numbers used")
_SIDES = {
    "baseline": Text("原方式", "Before"),
    "alternative": Text("替代方式", "After"),
    "saving": Text("减排量", "Saving"),
}
_GAS = {
    "side": Text("方案", "Side"),
    "measure": Text("气体", "Gas"),
    "amount": Text("质量", "Mass"),
    "lower": Text("下限", "Lower"),
    "upper": Text("上限", "Upper"),
    "co2e": Text("二氧化碳当量", "CO₂e"),
    "co2e_lower": Text("当量下限", "CO₂e lower"),
    "co2e_upper": Text("当量上限", "CO₂e upper"),
}
_FIGURES = tuple(_GAS)[2:]
_USED = {
    "name": Text("名称", "Name"),
    "value": Text("数值", "Value"),
    "unit": Text("单位", "Unit"),
    "source": Text("来源", "Source"),
    "locator": Text("表页", "Locator"),
    "status": Text("核对状态", "Status"),
}
_GIVEN = Text("使用者给出", "given by the user")
_SIGN = Text(
    "减排量 = 原方式 − 替代方式；为负表示排放增加。单位 t，当量 t CO₂e。",
    "Saving = before less after; a negative one means higher emissions. In t, and t CO₂e.",
)
_BOLD: Style = {"bold": True}


def savings_data(savings: Savings) -> dict[str, Any]:
    """The comparison as plain values: ``table``, ``numbers`` and ``notes`` in both languages."""
    return {
        "table": savings.table.to_dict("records"),
        "numbers": savings.numbers.to_dict("records"),
        "notes": [{"zh": note.zh, "en": note.en} for note in savings.notes],
    }


def print_savings(console: Console, savings: Savings, lang: str) -> None:
    """Print both sides and what is saved, then the numbers that were used."""
    shown = Table(title=_TITLE.in_language(lang), title_justify="left")
    for key, head in _GAS.items():
        shown.add_column(head.in_language(lang), justify="right" if key in _FIGURES else "left")
    last = ""
    for row in savings.table.to_dict("records"):
        if last and row["side"] != last:
            shown.add_section()
        last = row["side"]
        figures = [
            format_number(row[key], notation=_keys(row) if key == "amount" else "")
            for key in _FIGURES
        ]
        shown.add_row(_SIDES[last].in_language(lang), chemical(row["measure"]), *figures)
    console.print(shown)
    used = Table(title=_NUMBERS.in_language(lang), title_justify="left")
    for head in (_GAS["side"], *_USED.values()):
        used.add_column(head.in_language(lang), overflow="fold")
    for number in _numbers(savings.numbers):
        side = "、" if lang == "zh" else ", "
        cells = [side.join(_SIDES[each].in_language(lang) for each in number["sides"])]
        cells += [_name(number).in_language(lang), format_written(number["value"])]
        cells += [chemical(number["unit"]), _source(number, lang), number["locator"]]
        used.add_row(*map(escape, [*cells, _status(number).in_language(lang)]))
    console.print(used)
    for note in (_SIGN, *savings.notes):
        console.print(note.in_language(lang))


def write_savings(path: Path, savings: Savings) -> None:
    """Write the comparison as a workbook of two sheets; it is there completely or not at all.

    Raises:
        CarbonledgerError: if the file cannot be written.
    """
    path = path.resolve()
    with locked(path):
        draft = temporary(path)
        try:
            with disk_errors(path):
                book = Book(draft, beside(_TITLE), None)
                _write_gases(book.sheet("减排对比 Savings"), savings)
                _write_numbers(book.sheet("所用数值 Numbers"), savings)
                book.close()
                draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink()


def _write_gases(sheet: Sheet, savings: Savings) -> None:
    row = sheet.title(beside(_TITLE), map(beside, (_SIGN, *savings.notes)))
    row = sheet.header(row, [head_text(head) for head in _GAS.values()], frozen=2)
    for each in savings.table.to_dict("records"):
        style = _BOLD if each["side"] == "saving" else {}
        sheet.text(row, 0, beside(_SIDES[each["side"]]), style)
        sheet.text(row, 1, chemical(each["measure"]), style)
        for column, key in enumerate(_FIGURES, 2):
            notation = _keys(each) if key == "amount" else ""
            sheet.number(row, column, each[key], style, notation=notation)
        row += 1


def _write_numbers(sheet: Sheet, savings: Savings) -> None:
    row = sheet.title(beside(_NUMBERS))
    heads = (_GAS["side"], *_USED.values())
    row = sheet.header(row, [head_text(head) for head in heads], frozen=2)
    for number in _numbers(savings.numbers):
        sheet.text(row, 0, "、".join(beside(_SIDES[each]) for each in number["sides"]))
        sheet.text(row, 1, beside(_name(number)))
        sheet.written(row, 2, number["value"])
        texts = (chemical(number["unit"]), _source(number), number["locator"])
        for column, words in enumerate(texts, 3):
            sheet.text(row, column, words, {"text_wrap": True})
        unverified = number["parameter"] and number["status"] != "verified"
        sheet.text(row, 6, beside(_status(number)), UNVERIFIED_MARK if unverified else {})
        row += 1


def _keys(row: dict[str, Any]) -> str:
    return str(row["notation"])


def _numbers(table: "pd.DataFrame") -> Iterator[dict[str, Any]]:
    """Every number once, with the sides that it served."""
    keys = ["name", "value", "unit", "parameter", "source", "locator", "status"]
    for values, rows in table.groupby(keys, sort=False):
        yield {**dict(zip(keys, values, strict=True)), "sides": list(dict.fromkeys(rows["side"]))}


def _name(number: dict[str, Any]) -> Text:
    name = number["name"]
    return limits.names().get(name) or label("argument", name)


def _source(number: dict[str, Any], lang: str | None = None) -> str:
    return number["source"] if number["parameter"] else beside(_GIVEN, lang)


def _status(number: dict[str, Any]) -> Text:
    return label("status", number["status"]) if number["parameter"] else Text("", "")
