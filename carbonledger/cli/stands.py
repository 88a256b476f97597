"""The command over sub-compartment (小班) tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonledger.cli.common import BLOCKED, Json, Lang, print_json, say
from carbonledger.errors import Text

if TYPE_CHECKING:
    import pandas as pd

    from carbonledger.stands import Survey

__all__ = ["add_stands_command"]


def stands(
    table: Annotated[Path, typer.Argument(help="小班表 / table: .xlsx .xls .csv .dbf")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="字段对应文件，没有就按表头建议并写出 / TOML of the fields, kept for reuse"
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="结果目录 / result folder")] = None,
    region: Annotated[str | None, typer.Option(help="地区代码 / region code")] = None,
    year: Annotated[int | None, typer.Option(help="调查年份 / year of the survey")] = None,
    sheet: Annotated[str | None, typer.Option(help="工作表 / sheet")] = None,
    corrections: Annotated[
        list[Path] | None,
        typer.Option(help="改正后的问题清单，可多次 / corrected problem workbook"),
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="不计入有 A 级问题的小班 / leave out grade-A rows")
    ] = False,
    growth: Annotated[
        bool,
        typer.Option("--growth", help="按字段对应文件 [[growth]] 计算年生长 / yearly growth"),
    ] = False,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """小班表：检查、汇总并计算碳储量 / Check, sum and compute a sub-compartment table."""
    from carbonledger.stands import GROWTH_BOOK, PROBLEM_BOOK, SUMS_BOOK, StandOptions, survey

    folder = out or Path("results") / table.stem
    options = StandOptions(mapping, region, year, sheet, corrections or (), set_aside, growth)
    done = survey(table, folder, options)
    if as_json:
        print_json(_summary(done))
    else:
        _tell(done, mapping or folder / "fields.toml", folder / PROBLEM_BOOK, lang)
        if done.groups is not None:
            say(Text(f"汇总：{folder / SUMS_BOOK}", f"Sums: {folder / SUMS_BOOK}"), lang)
        if done.growth is not None:
            _tell_growth(done.growth, lang)
            book = folder / GROWTH_BOOK
            say(Text(f"年生长：{book}", f"Yearly growth: {book}"), lang)
    if done.groups is None:
        raise typer.Exit(BLOCKED)


def add_stands_command(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(stands)


def _tell(done: "Survey", mapping: Path, book: Path, lang: str) -> None:
    from carbonledger.analysis.stand_sums import ACCOUNTS, sums_by
    from carbonledger.model.problem import Grade
    from carbonledger.reports.numbers import format_number

    count = {grade: done.rows_of(grade) for grade in Grade}
    total = len(done.table.frame)
    if done.proposed:
        say(
            Text(
                f"字段对应是按表头建议的，请核对：{mapping}",
                f"The mapping was proposed from the headings; please check it: {mapping}",
            ),
            lang,
        )
    for problem in done.problems:
        say(Text(problem.message.zh, problem.message.en), lang)
    say(
        Text(
            f"共 {total} 行：A 级 {count[Grade.A]} 行，B 级 {count[Grade.B]} 行，"
            f"C 级 {count[Grade.C]} 行。问题清单：{book}",
            f"{total} rows: {count[Grade.A]} with grade A, {count[Grade.B]} with B, "
            f"{count[Grade.C]} with C. Problems: {book}",
        ),
        lang,
    )
    for check in done.checks:
        what = {"area": Text("面积", "Area"), "stock": Text("蓄积", "Stock")}[check.what]
        ours, theirs = format_number(check.ours, 4), format_number(check.theirs, 4)
        rest = f"{ours} / {theirs} {check.unit}（{format_number(check.difference)} %）"
        say(Text(f"{what.zh}（本表/统计）：{rest}", f"{what.en} (ours / statistics): {rest}"), lang)
    if done.groups is None and done.left == total:
        say(
            Text(
                "每一行都有 A 级问题，没有可以计算的小班。请看问题清单；多半是字段对应或单位有误。",
                "Every row has a problem of grade A: nothing can be computed. See the problems; "
                "most likely a field or a unit is mapped wrongly.",
            ),
            lang,
        )
        return
    if done.groups is None:
        say(
            Text(
                "有 A 级问题，没有计算。请改正后用 --corrections 回传；"
                "或加 --set-aside，不计入这些小班（会写明个数）。",
                "Rows with grade A: nothing was computed. Correct them and give the workbook with "
                "--corrections, or leave them out with --set-aside (their number is told).",
            ),
            lang,
        )
        return
    record = sums_by(done.groups, ()).to_dict("records")[0]
    say(
        Text(
            f"面积 {format_number(record['area'])} 公顷（{format_number(record['area_mu'])} 亩），"
            f"蓄积 {format_number(record['stock'])} 立方米；未计入小班 {done.left} 个。",
            f"Area {format_number(record['area'])} ha ({format_number(record['area_mu'])} mu), "
            f"stock {format_number(record['stock'])} m3; {done.left} rows left out.",
        ),
        lang,
    )
    for account in ACCOUNTS:
        value, lacking = record[account], record[f"uncovered {account}"]
        unit = Text("株", "culms") if account == "K.3" else Text("立方米", "m3")
        say(
            Text(
                f"碳储量 {account}：{format_number(value)} 吨碳；未覆盖 "
                f"{format_number(lacking)} {unit.zh}",
                f"Carbon {account}: {format_number(value)} t C; not covered "
                f"{format_number(lacking)} {unit.en}",
            ),
            lang,
        )


def _tell_growth(groups: "pd.DataFrame", lang: str) -> None:
    from carbonledger.analysis.stand_growth import growth_sums
    from carbonledger.reports.numbers import format_number

    found = growth_sums(groups, ()).to_dict("records")[0]
    shown = {name: format_number(value) for name, value in found.items()}
    say(
        Text(
            f"年生长（毛）Y.1 蓄积×生长率：{shown['Y.1']} t CO₂/年"
            f"（{shown['annual_growth']} 立方米）；未覆盖蓄积 {shown['uncovered']} 立方米",
            f"Yearly growth (gross) Y.1 by volume: {shown['Y.1']} t CO2/a "
            f"({shown['annual_growth']} m3); volume not covered {shown['uncovered']} m3",
        ),
        lang,
    )
    say(
        Text(
            f"年生长（毛）Y.2 面积×年生长量：{shown['Y.2']} t CO₂/年；"
            f"未覆盖面积 {shown['uncovered_area']} 公顷",
            f"Yearly growth (gross) Y.2 by area: {shown['Y.2']} t CO2/a; "
            f"area not covered {shown['uncovered_area']} ha",
        ),
        lang,
    )
    if found["net"] == found["net"]:
        net = Text(f"净吸收 {shown['net']} t CO₂/年", f"net {shown['net']} t CO2/a")
    else:
        net = Text("消耗率不全，不给净吸收", "consumption is not complete: no net amount")
    say(
        Text(
            f"消耗 Y.3：{shown['Y.3']} t CO₂/年；{net.zh}。Y.1 与 Y.2 是同一批林木的两种算法，"
            "不相加；毛生长不是净碳汇。",
            f"Consumption Y.3: {shown['Y.3']} t CO2/a; {net.en}. Y.1 and Y.2 are two ways to the "
            "same trees and are never added; gross growth is no net sink.",
        ),
        lang,
    )


def _summary(done: "Survey") -> dict[str, object]:
    from carbonledger.analysis.stand_growth import growth_sums
    from carbonledger.analysis.stand_sums import sums_by
    from carbonledger.model.problem import Grade

    growth = done.growth
    return {
        "rows": len(done.table.frame),
        "grades": {grade.value: done.rows_of(grade) for grade in Grade},
        "left_out": done.left,
        "computed": done.groups is not None,
        "totals": None if done.groups is None else sums_by(done.groups, ()).to_dict("records")[0],
        "growth": None if growth is None else growth_sums(growth, ()).to_dict("records")[0],
        "checks": [
            {"what": each.what, "unit": each.unit, "ours": each.ours, "statistics": each.theirs,
             "difference_percent": each.difference}
            for each in done.checks
        ],
    }  # fmt: skip
