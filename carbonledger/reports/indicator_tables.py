"""The indicators of a run on the screen: one table for each region, years side by side."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from carbonledger.analysis.indicators import (
    PLAN,
    YEARLY,
    Indicator,
    indicator_kinds,
    indicator_list,
)
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import chemical, text

__all__ = ["print_indicators"]

_DECIMALS, _PERCENT = 4, 2
_UNITS_ZH = {"CNY": "元", "person": "人", "tce": "吨标准煤"}


def print_indicators(console: Console, results: Results, library: Library, lang: str) -> None:
    """Print the indicators of every region, and below them what is to be said about them."""
    found = indicator_list(results, library)
    if not found:
        console.print(text("indicator.none").in_language(lang))
        return
    for region in dict.fromkeys(each.region for each in found):
        of_region = [each for each in found if each.region == region]
        console.print(_table(of_region, library.label("regions", region, lang), lang))
        for note in _notes(of_region, lang):
            console.print(note)


def _table(found: Sequence[Indicator], place: str, lang: str) -> Table:
    years = sorted({each.period for each in found})
    title = f"{text('indicator.title').in_language(lang)} · {place}"
    table = Table(title=title, title_justify="left")
    for key in ("indicator.column", "indicator.unit", "indicator.prices"):
        table.add_column(text(key).in_language(lang))
    for year in years:
        table.add_column(str(year), justify="right")
    lines: dict[tuple[str, int | None], dict[int, Indicator]] = {}
    for each in found:
        lines.setdefault((each.indicator, each.price_year), {})[each.period] = each
    for (indicator, price_year), cells in lines.items():
        unit = next(iter(cells.values())).unit
        decimals = _PERCENT if unit == "%" else _DECIMALS
        figures = [format_number(_value(cells.get(year)), decimals) for year in years]
        shown = "" if price_year is None else str(price_year)
        table.add_row(_name(indicator).in_language(lang), _unit(unit, lang), shown, *figures)
    return table


def _value(indicator: Indicator | None) -> float | None:
    return None if indicator is None else indicator.value


def _name(indicator: str) -> Text:
    names = {kind.indicator: kind.name for kind in indicator_kinds()}
    plain, _, change = indicator.partition(".")
    name = names[plain]
    suffixes = {YEARLY: text("indicator.yearly"), PLAN: text("indicator.plan")}
    if change not in suffixes:
        return name
    return Text(f"  {name.zh}{suffixes[change].zh}", f"  {name.en}{suffixes[change].en}")


def _unit(unit: str, lang: str) -> str:
    for code, zh in _UNITS_ZH.items() if lang == "zh" else ():
        unit = unit.replace(code, zh)
    return chemical(unit)


def _notes(found: Sequence[Indicator], lang: str) -> list[str]:
    """What the notes say, each once with the years that it is said of."""
    said: dict[str, set[int]] = {}
    for each in found:
        for note in each.notes:
            if each.value is None or "." not in each.indicator:
                said.setdefault(note.in_language(lang), set()).add(each.period)
    shown = {each.indicator for each in found}
    scopes = dict.fromkeys(
        Text(kind.note_zh, kind.note_en).in_language(lang)
        for kind in indicator_kinds()
        if kind.indicator in shown
    )
    return [*scopes, *(f"{_years(years)}: {note}" for note, years in said.items())]


def _years(years: set[int]) -> str:
    return str(min(years)) if len(years) == 1 else f"{min(years)}—{max(years)}"
