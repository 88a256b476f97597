"""Console output of the factor library: overview, editions, documents, search, local sets."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from carbonledger.engine.own import Trial
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.reasons import edition_title, editions
from carbonledger.reports.numbers import format_number, format_written

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "UNVERIFIED",
    "edition_rows",
    "missing",
    "print_factors",
    "print_overview",
    "print_table",
    "print_trial",
    "source_rows",
]

UNVERIFIED = Text("未核对", "unverified")
_LISTED = 40


def print_overview(console: Console, found: "pd.DataFrame", lang: str) -> None:
    """What the library holds, by subject and parameter."""
    heads = (
        Text("主题", "subject"), Text("参数", "parameter"), Text("名称", "name"),
        Text("单位", "unit"), Text("行数", "rows"), Text("已核对", "verified"),
        Text("系列", "editions"),
    )  # fmt: skip
    table = Table(show_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head.in_language(lang), justify="right" if place in {4, 5} else "left")
    before = ""
    for row in found.to_dict("records"):
        name = f"{row['name_zh']} {row['name_en']}".strip()
        subject = "" if row["subject"] == before else row["subject"]
        before = row["subject"]
        share = f"{format_number(row['verified'] * 100, 0)} %"
        cells = (subject, row["parameter"], name, row["unit"], str(row["rows"]), share)
        table.add_row(*map(escape, cells), escape(row["editions"]))
    console.print(table)
    rows = int(found["rows"].sum())
    verified = float((found["rows"] * found["verified"]).sum()) / max(rows, 1) * 100
    share = format_number(verified, 0)
    said = Text(
        f"共 {rows} 行，其中 {share} % 已与所注文献核对。",
        f"{rows} rows, {share} % of them verified against their documents.",
    )
    console.print(escape(said.in_language(lang)))


def edition_rows(library: Library, lang: str) -> list[dict[str, str]]:
    """Every edition with its title, its rows and how many of them are verified."""
    table = library.parameters
    rows = []
    for edition, group in table.groupby("edition", sort=True):
        verified = int((group["status"] == "verified").sum())
        note = editions().get(str(edition), (None, ""))[1]
        cells = (str(edition), edition_title(str(edition)).in_language(lang), str(len(group)))
        heads = (Text("系列", "edition"), Text("名称", "title"), Text("行数", "rows"),
                 Text("已核对", "verified"), Text("备注", "note"))  # fmt: skip
        names = [head.in_language(lang) for head in heads]
        rows.append(dict(zip(names, (*cells, str(verified), note), strict=True)))
    return rows


def source_rows(library: Library, lang: str) -> list[dict[str, str]]:
    """Every document with its title, year and the rows that cite it."""
    cited = library.parameters["source"].value_counts()
    heads = (Text("文献", "source"), Text("题名", "title"), Text("年份", "year"),
             Text("行数", "rows"))  # fmt: skip
    names = [head.in_language(lang) for head in heads]
    rows = []
    for row in library.sources.to_dict("records"):
        title = row["title_en"] if lang == "en" and row["title_en"] else row["title"]
        year = "" if missing(row["year"]) else str(int(row["year"]))
        cells = (row["source"], title, year, str(int(cited.get(row["source"], 0))))
        rows.append(dict(zip(names, cells, strict=True)))
    return rows


def print_table(console: Console, rows: list[dict[str, str]]) -> None:
    """Plain rows as a table, headed by their keys."""
    table = Table(*(rows[0] if rows else ()), show_edge=False)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row.values()))
    console.print(table)


def print_factors(console: Console, found: "pd.DataFrame", lang: str, *, every: bool) -> None:
    """Rows of the library, best hits first, unverified ones marked."""
    heads = (
        Text("编号", "id"), Text("值", "value"), Text("单位", "unit"),
        Text("状态", "status"), Text("出处", "source"),
    )  # fmt: skip
    table = Table(show_edge=False)
    for place, head in enumerate(heads):
        # The source is cut to its line; an id and a value never.
        table.add_column(head.in_language(lang), no_wrap=place == len(heads) - 1)
    shown = found if every else found.head(_LISTED)
    for row in shown.to_dict("records"):
        mark = UNVERIFIED.in_language(lang) if row["status"] == "unverified" else ""
        source = f"{row['source']} {row['locator']}"
        cells = (row["id"], format_written(row["value"]), row["unit"], mark, source)
        table.add_row(*map(escape, cells))
    console.print(table)
    hidden = len(found) - len(shown)
    said = Text(f"共 {len(found)} 行。", f"{len(found)} rows.")
    if hidden:
        said = Text(
            f"共 {len(found)} 行，另有 {hidden} 行未列：加词或用 --item、--parameter、--edition "
            "缩小范围，或用 --all 全部列出。",
            f"{len(found)} rows, {hidden} of them not listed: add words or narrow by --item, "
            "--parameter, --edition; --all lists all.",
        )
    console.print(escape(said.in_language(lang)))


def print_trial(console: Console, trial: Trial, library: Library, lang: str) -> None:
    """What a change of own parameters supersedes, and the totals that it moves."""
    for row in trial.superseded:
        said = Text(
            f"取代 {row.id}：{format_written(row.value)} {row.unit}（{row.source}，{row.locator}）",
            f"supersedes {row.id}: {format_written(row.value)} {row.unit} "
            f"({row.source}, {row.locator})",
        )
        console.print(escape(said.in_language(lang)))
    rows = Text(f"新增 {trial.added} 行。", f"adds {trial.added} rows.")
    console.print(escape(rows.in_language(lang)))
    totals = trial.effect.totals
    if totals.empty:
        said = Text(
            "没有合计变动：没有录入用到它，或数值与原来相同。",
            "No total moves: no entry uses it, or the value is what it was.",
        )
        console.print(escape(said.in_language(lang)))
        for problem in trial.effect.problems:
            if problem.code == "own-factor-not-used":
                console.print(escape(problem.message.in_language(lang)))
        return
    heads = (Text("科目", "account"), Text("年份", "year"), Text("原值", "old"),
             Text("新值", "new"), Text("单位", "unit"), Text("变动 %", "change %"))  # fmt: skip
    table = Table(show_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head.in_language(lang), justify="right" if place in {2, 3, 5} else "left")
    for row in totals.head(_LISTED).to_dict("records"):
        account = f"{row['account']} {library.label('accounts', row['account'], lang)}"
        numbers = [format_number(row[name], 4) for name in ("old", "new")]
        percent = format_number(row["percent"], 2)
        cells = (account, str(row["period"]), *numbers, row["unit"], percent)
        table.add_row(*map(escape, cells))
    console.print(table)
    if len(totals) > _LISTED:
        hidden = len(totals) - _LISTED
        console.print(Text(f"另有 {hidden} 行。", f"{hidden} more rows.").in_language(lang))


def missing(value: object) -> bool:
    """Whether a cell of a frame is blank."""
    return str(value) in {"None", "nan", "NaT"}
