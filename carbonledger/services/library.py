"""The factor library as views: what is found, which rows compete, what a trial moves."""

from collections.abc import Sequence

import pandas as pd

from carbonledger.api import factors
from carbonledger.engine.ask import Answer, answer, question_of
from carbonledger.engine.effect import Effect
from carbonledger.engine.own import Trial, set_factor
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.load import Library, library
from carbonledger.library.reasons import VERDICTS, edition_title, parameter_name
from carbonledger.reports.context import Names
from carbonledger.reports.numbers import format_written
from carbonledger.reports.texts import label
from carbonledger.reports.view import Cell, Head, Kind, View

__all__ = [
    "Answer",
    "Trial",
    "ask",
    "effect_view",
    "factors",
    "found_view",
    "item_choices",
    "parameter_choices",
    "printed_value",
    "rivals_view",
    "set_factor",
    "year_of",
]

_MOST_FOUND = 500
_YEAR_DIGITS = 4


def found_view(rows: pd.DataFrame, library: Library) -> View:
    """Rows of the library with names in words; more than a screen holds are left out, and said."""
    names = Names.of(library)
    heads = (
        Head(Text("参数", "Parameter")),
        Head(Text("品种", "Item")),
        Head(Text("细项", "Detail")),
        Head(Text("地区", "Region")),
        Head(Text("数值", "Value"), Kind.WRITTEN),
        Head(Text("单位", "Unit")),
        Head(Text("系列", "Series")),
        Head(Text("状态", "Status")),
        Head(Text("文献", "Source")),
        Head(Text("位置", "Page or table")),
        Head(Text("编号", "Id")),
    )
    body = tuple(_found(row, library, names) for row in rows.head(_MOST_FOUND).to_dict("records"))
    notes: tuple[Text, ...] = ()
    if len(rows) > _MOST_FOUND:
        notes = (
            Text(
                f"共 {len(rows)} 行，只列出前 {_MOST_FOUND} 行，请加词缩小范围。",
                f"{len(rows)} rows; the first {_MOST_FOUND} are shown. Add words to narrow it.",
            ),
        )
    return View(Text("因子库检索", "Search of the factor library"), heads, body, notes)


def rivals_view(answer: Answer, library: Library) -> View:
    """All rows that compete for a question, the winner first, with why each one loses."""
    names = Names.of(library)
    heads = (
        Head(Text("名次", "Rank"), Kind.WHOLE),
        Head(Text("结果", "Verdict")),
        Head(Text("数值", "Value"), Kind.WRITTEN),
        Head(Text("单位", "Unit")),
        Head(Text("系列", "Series")),
        Head(Text("品种", "Item")),
        Head(Text("地区", "Region")),
        Head(Text("有效期", "Valid")),
        Head(Text("状态", "Status")),
        Head(Text("文献", "Source")),
        Head(Text("位置", "Page or table")),
        Head(Text("编号", "Id")),
    )
    rows = tuple(_rival(row, library, names) for row in answer.rows.to_dict("records"))
    title = Text(
        f"口径 {answer.profile} 下相竞争的各行", f"Competing rows under profile {answer.profile}"
    )
    return View(title, heads, rows, (answer.why,))


def effect_view(effect: Effect, library: Library, roots: Sequence[str] = ()) -> View:
    """The totals that a trial moves: before, after, difference and percent."""
    names = Names.of(library)
    heads = (
        Head(Text("科目", "Account")),
        Head(Text("名称", "Name")),
        Head(Text("地区", "Region")),
        Head(Text("年份", "Year"), Kind.WHOLE),
        Head(Text("计量", "Measure")),
        Head(Text("改前", "Before"), Kind.NUMBER),
        Head(Text("改后", "After"), Kind.NUMBER),
        Head(Text("差", "Difference"), Kind.NUMBER),
        Head(Text("差 %", "Difference %"), Kind.NUMBER),
        Head(Text("单位", "Unit")),
    )
    rows = [
        (
            str(row["account"]),
            names.account(str(row["account"])),
            names.region(str(row["region"])),
            int(row["period"]),
            label("measure", str(row["measure"])),
            row["old"],
            row["new"],
            row["new"] - row["old"],
            row["percent"],
            str(row["unit"]),
        )
        for row in effect.totals.to_dict("records")
        if not roots or row["account"] in roots
    ]
    title = Text("改动前后", "Before and after the change")
    return View(title, heads, tuple(rows))


def _found(row: dict[str, object], library: Library, names: Names) -> tuple[Cell, ...]:
    return (
        parameter_name(str(row["parameter"])),
        names.item(str(row["item"])) if row["item"] else "",
        str(row["detail"]),
        names.region(str(row["region"])) if row["region"] else "",
        float(str(row["value"])),
        str(row["unit"]),
        edition_title(str(row["edition"])),
        label("status", str(row["status"])),
        library.source_title(str(row["source"])),
        str(row["locator"]),
        str(row["id"]),
    )


def _rival(row: dict[str, object], library: Library, names: Names) -> tuple[Cell, ...]:
    rank = None if pd.isna(row["rank"]) else int(str(row["rank"]).removesuffix(".0"))
    return (
        rank,
        VERDICTS.get(str(row["reason"]), Text(str(row["reason"]), str(row["reason"]))),
        float(str(row["value"])),
        str(row["unit"]),
        edition_title(str(row["edition"])),
        names.item(str(row["item"])) if row["item"] else "",
        names.region(str(row["region"])) if row["region"] else "",
        _valid(row["valid_from"], row["valid_to"]),
        label("status", str(row["status"])),
        library.source_title(str(row["source"])),
        str(row["locator"]),
        str(row["id"]),
    )


def _valid(begins: object, ends: object) -> str:
    days = ["" if pd.isna(day) else str(pd.Timestamp(str(day)).date()) for day in (begins, ends)]
    return "" if days == ["", ""] else "～".join(days)


def ask(parameter: str, item: str, region: str, year: int, profile: str) -> Answer:
    """Which value of a parameter applies under a profile, and before which others.

    Raises:
        CarbonledgerError: for a name that is not known; says what is near it.
    """
    base = library()
    asked = question_of(base, parameter, item=item, region=region, year=year)
    return answer(asked, base, profiles=[profile])


def parameter_choices(library: Library) -> dict[str, Text]:
    """The parameters that the library has, with their names, those named in Chinese first."""
    found = {key: parameter_name(key) for key in sorted(set(library.parameters["parameter"]))}
    return dict(sorted(found.items(), key=lambda each: each[1].zh == each[0]))


def item_choices(library: Library, lang: str) -> dict[str, str]:
    """The items of the library with what a list shows of each."""
    names = library.items[f"name_{lang}"]
    return {
        code: name if name == code else f"{name}（{code}）"
        for code, name in zip(library.items["item"], names, strict=True)
    }


def year_of(text: str) -> int:
    """A year as typed; 0 where none was.

    Raises:
        CarbonledgerError: it is not written in four digits.
    """
    plain = text.strip().removesuffix("年").strip()
    if not plain:
        return 0
    if not plain.isascii() or not plain.isdigit() or len(plain) != _YEAR_DIGITS:
        raise CarbonledgerError(
            f"年份“{text[:20]}”无法识别，请写四位年份，例如 2012。",
            f"The year '{text[:20]}' is none; write four digits, for example 2012.",
        )
    return int(plain)


def printed_value(answer: Answer) -> str:
    """The value of an answer with its unit, in all its digits."""
    unit = "" if answer.unit == "1" else f" {answer.unit}"
    return f"{format_written(answer.value)}{unit}"
