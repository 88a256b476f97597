"""Console output of a question to the factor library: the winner, its rivals, and why."""

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape

from carbonledger.engine.ask import Answer, Row
from carbonledger.engine.crosscheck import CrossCheck, Factor
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.reasons import VERDICTS, edition_title, parameter_name
from carbonledger.model import limits
from carbonledger.reports.library_tables import UNVERIFIED, missing
from carbonledger.reports.numbers import format_number, format_written

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["answer_data", "print_answer", "print_row"]

_SHOWN = 14  # competing rows on one screen
_WIDE = 130  # columns from which ids stand beside the competing rows


def answer_data(found: Answer | Row) -> dict[str, Any]:
    """An answer as plain data."""
    if isinstance(found, Row):
        row = {key: _plain(value) for key, value in found.row.items()}
        return {"row": row, "answer": answer_data(found.answer)}
    columns = ["rank", "reason", "id", "value", "unit", "edition", "item", "detail", "account",
               "region", "species", "valid_from", "valid_to", "status", "source", "locator",
               "note"]  # fmt: skip
    rows = [{name: _plain(row[name]) for name in columns} for row in found.rows.to_dict("records")]
    return {
        "question": found.question._asdict(),
        "profile": found.profile,
        "parameter": found.parameter,
        "value": found.value,
        "unit": found.unit,
        "why_zh": found.why.zh,
        "why_en": found.why.en,
        "profiles": {
            name: None if each.winner is None else each.winner["id"]
            for name, each in found.winners.items()
        },
        "rows": rows,
        "checks": [_check(check, "en") for check in found.checks],
        "conflicts": [conflict.what.zh for conflict in found.conflicts],
    }


def print_row(console: Console, found: Row, library: Library, lang: str) -> None:
    """One row in full: keys in words, value, range, limits, source, and where it is selected."""
    row, answer = found.row, found.answer
    name = _parameter(str(row["parameter"]), lang)
    console.print(f"[bold]{escape(str(row['id']))}[/]  {escape(name)}")
    lines: list[tuple[Text, str]] = [(Text("值", "value"), _value(row, lang))]
    lower, upper = row["lower"], row["upper"]
    if not (missing(lower) and missing(upper)):
        ends = [format_written(None if missing(end) else float(str(end)), missing="…")
                for end in (lower, upper)]  # fmt: skip
        kind = f" ({row['distribution']})" if row["distribution"] else ""
        lines.append((Text("文献区间", "range"), f"{' – '.join(ends)} {row['unit']}{kind}"))
    low, high = limits.bounds(str(row["parameter"]), str(row["unit"]), str(row["item"]))
    if low != float("-inf"):
        lines.append((Text("合理范围", "plausible"), f"{low:.6g} – {high:.6g} {row['unit']}"))
    lines.append((Text("适用", "applies to"), _keys(row, library, lang)))
    lines.append((Text("系列", "series"), _series(str(row["edition"]), lang, key=True)))
    lines.append((Text("文献", "source"), library.source_title(str(row["source"]))))
    lines.append((Text("位置", "locator"), str(row["locator"])))
    if row["note"]:
        lines.append((Text("备注", "note"), str(row["note"])))
    for head, text in lines:
        console.print(f"  {escape(head.in_language(lang))}: {escape(text)}")
    console.print(escape(Text("各口径采用：", "Selected by:").in_language(lang)))
    for profile, competition in answer.winners.items():
        best = competition.winner
        text = _none(lang) if best is None else _brief(best, lang)
        mark = "✓" if best is not None and best["id"] == row["id"] else " "
        console.print(f"  {mark} {profile}: {escape(text)}", soft_wrap=False)
    _print_checks(console, answer, lang)
    _print_conflicts(console, answer, lang)


def print_answer(
    console: Console, answer: Answer, library: Library, lang: str, *, every: bool = False
) -> None:
    """Which value applies, under which series and why, and all rows that it was chosen before."""
    _print_question(console, answer, library, lang)
    for names, text in _by_winner(answer, lang):
        console.print(f"  {escape(', '.join(names))}: {escape(text)}")
    best = answer.competition.winner
    head = Text("为什么", "Why") if best is not None else Text("没有适用的值", "No value applies")
    said = f"{head.in_language(lang)}：{answer.why.in_language(lang)}"
    console.print(escape(said if lang == "zh" else said.replace("：", ": ", 1)))
    if best is not None:
        source = f"{library.source_title(str(best['source']))} · {best['locator']}"
        console.print(escape(f"{Text('出处', 'Source').in_language(lang)}: {source}"))
        if best["note"]:
            console.print(escape(f"{Text('备注', 'Note').in_language(lang)}: {best['note']}"))
    if len(answer.rows):
        _print_rivals(console, answer, library, lang, every=every)
    _print_checks(console, answer, lang)
    _print_conflicts(console, answer, lang)


def _print_question(console: Console, answer: Answer, library: Library, lang: str) -> None:
    asked = answer.question
    parts = [_parameter(asked.parameter, lang)]
    for table, key in (("items", asked.item), ("details", asked.detail)):
        if key:
            parts.append(library.label(table, key, lang))
    if asked.species:
        parts.append(asked.species)
    if asked.account:
        parts.append(f"{asked.account} {library.label('accounts', asked.account, lang)}")
    parts.append(library.label("regions", asked.region, lang))
    best = answer.competition.winner
    dated = best is not None and not (missing(best["valid_from"]) and missing(best["valid_to"]))
    if asked.year and (answer.year_given or dated):
        parts.append(str(asked.year))
        if not answer.year_given:
            parts.append(
                Text("（未给年份，取最近）", "(no year given: the latest)").in_language(lang)
            )
    console.print(f"[bold]{escape(' · '.join(parts))}[/]")


def _by_winner(answer: Answer, lang: str) -> list[tuple[list[str], str]]:
    """Profiles that select the same row, together."""
    found: dict[str, list[str]] = {}
    for profile, competition in answer.winners.items():
        best = competition.winner
        text = _none(lang) if best is None else _brief(best, lang)
        found.setdefault(text, []).append(profile)
    return [(names, text) for text, names in found.items()]


def _print_rivals(
    console: Console, answer: Answer, library: Library, lang: str, *, every: bool
) -> None:
    title = Text(
        f"口径 {answer.profile} 下的各行，按选用规则排列",
        f"Rows in the order of the rule, profile {answer.profile}",
    )
    heads = [
        Text("", ""),
        Text("值", "value"),
        Text("结果", "result"),
        Text("系列", "series"),
        Text("适用", "applies to"),
        Text("编号", "id"),
    ]
    shown = answer.rows if every else answer.rows.head(_SHOWN)
    cells = [_rival(row, answer.question.item, library, lang) for _, row in shown.iterrows()]
    console.print(escape(title.in_language(lang)), style="italic")
    for line in _aligned([[head.in_language(lang) for head in heads], *cells], console.width):
        console.print(escape(line), highlight=False, soft_wrap=True)
    hidden = len(answer.rows) - len(shown)
    other = answer.competition.elsewhere
    said = Text(
        (f"另有 {hidden} 行（--all）。" if hidden else "")
        + f"不相干的（其他地区、品种）{other} 行。",
        (f"{hidden} more rows (--all). " if hidden else "")
        + f"{other} rows are of other regions or items.",
    )
    console.print(escape(said.in_language(lang)))


def _rival(row: "pd.Series[object]", item: str, library: Library, lang: str) -> list[str]:
    """One competing row as cells: rank, value, result, series, keys, id."""
    rank = "—" if missing(row["rank"]) else format_number(float(str(row["rank"])), 0)
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    mark = "†" if row["status"] == "unverified" else ""
    value = f"{format_written(float(str(row['value'])))}{unit}{mark}"
    verdict = VERDICTS[str(row["reason"])].in_language(lang)
    keys = _keys(row, library, lang, but=item)
    return [rank, value, verdict, _series(str(row["edition"]), lang), keys, str(row["id"])]


def _aligned(rows: list[list[str]], width: int) -> list[str]:
    """Lines of a width: the number and what became of it whole, series and keys as room is left."""
    widest = [max(cell_len(row[place]) for row in rows) for place in range(6)]
    room = width - sum(widest[:3]) - 2 * 4
    if width >= _WIDE:
        room -= widest[5] + 2
    series = min(widest[3], max(room // 2, room - widest[4], 12))
    sizes = [*widest[:3], series, min(widest[4], max(room - series, 12))]
    if width >= _WIDE:
        sizes.append(widest[5])
    return [
        "  ".join(_fitted(text, size) for text, size in zip(row, sizes, strict=False)).rstrip()
        for row in rows
    ]


def _fitted(text: str, size: int) -> str:
    """A text of exactly so many columns, cut where it is longer."""
    if cell_len(text) <= size:
        return text + " " * (size - cell_len(text))
    return f"{set_cell_size(text, size - 1)}…"


def _print_checks(console: Console, answer: Answer, lang: str) -> None:
    for check in answer.checks:
        console.print(escape(_check(check, lang)))


def _check(check: CrossCheck, lang: str) -> str:
    names = {
        "net_calorific_value": Text("低位发热量", "net calorific value"),
        "carbon_content": Text("含碳量", "carbon content"),
        "oxidation_fraction": Text("氧化率", "oxidation"),
    }
    product = " × ".join(names[each.parameter].in_language(lang) for each in check.inputs)
    numbers = " × ".join(_factor(each) for each in check.inputs)
    left = f"{product} × 44/12 = {numbers} × 44/12 = {check.computed:.5g} {check.unit}"
    if check.declared is None or check.difference is None:
        none = Text("库中没有声明的排放因子可比", "no declared factor to compare")
        right = none.in_language(lang)
    else:
        declared = f"{check.declared.in_unit(check.unit):.5g}"
        title = edition_title(check.declared.edition).in_language(lang)
        by = f"{format_number(check.difference * 100, 2)} %"
        said = Text(
            f"声明值 {declared}（{title}），相差 {by}",
            f"declared {declared} ({title}), differs by {by}",
        )
        right = said.in_language(lang)
    return f"{Text('核对', 'Check').in_language(lang)}: {left}; {right}"


def _factor(factor: Factor) -> str:
    unit = "" if factor.unit == "1" else f" {factor.unit}"
    return f"{format_written(factor.value)}{unit}"


def _print_conflicts(console: Console, answer: Answer, lang: str) -> None:
    for conflict in answer.conflicts[:2]:
        said = Text(
            f"已知分歧：{conflict.what.zh} {conflict.chosen.zh}",
            f"Known conflict: {conflict.what.en} {conflict.chosen.en}",
        )
        console.print(escape(said.in_language(lang)))


def _brief(row: "pd.Series[object]", lang: str) -> str:
    return f"{_value(row, lang)} · {_series(str(row['edition']), lang)} <{row['id']}>"


def _none(lang: str) -> str:
    return Text("没有适用的值", "no value applies").in_language(lang)


def _value(row: "pd.Series[object]", lang: str) -> str:
    mark = f" ({UNVERIFIED.in_language(lang)})" if row["status"] == "unverified" else ""
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    return f"{format_written(float(str(row['value'])))}{unit}{mark}"


def _series(edition: str, lang: str, *, key: bool = False) -> str:
    title = edition_title(edition).in_language(lang)
    return f"{title} ({edition})" if key and title != edition else title


def _keys(row: "pd.Series[object]", library: Library, lang: str, *, but: str = "") -> str:
    """What a row applies to, in words; without the item that everybody asks for."""
    parts = [
        _short(library.label(table, str(row[column]), lang), column)
        for table, column in (("items", "item"), ("details", "detail"), ("regions", "region"))
        if row[column] and row[column] != but
    ]
    if row["account"]:
        parts.append(str(row["account"]))
    if row["species"]:
        parts.append(str(row["species"]))
    years = [
        "" if missing(row[name]) else str(row[name])[:4] for name in ("valid_from", "valid_to")
    ]
    if any(years):
        parts.append(years[0] if years[0] == years[1] else "–".join(years))
    everything = Text("全部", "all").in_language(lang)
    return " ".join(parts) or everything


def _parameter(parameter: str, lang: str) -> str:
    name = parameter_name(parameter).in_language(lang)
    return f"{name} ({parameter})" if name != parameter else parameter


def _short(name: str, column: str) -> str:
    """The name of a region without what it says in brackets; any other name as it is."""
    if column != "region":
        return name
    return name.partition("（")[0].partition(" (")[0]


def _plain(value: Any) -> Any:
    if missing(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else str(value)
