"""The command over sub-compartment (小班) tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonledger.cli.common import BLOCKED, Json, Lang, print_json, say
from carbonledger.errors import Text

if TYPE_CHECKING:
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
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """小班表：检查、汇总并计算碳储量 / Check, sum and compute a sub-compartment table."""
    from carbonledger.stands import PROBLEM_BOOK, SUMS_BOOK, StandOptions, survey

    folder = out or Path("results") / table.stem
    options = StandOptions(mapping, region, year, sheet, corrections or (), set_aside)
    done = survey(table, folder, options)
    if as_json:
        print_json(_summary(done))
    else:
        _tell(done, mapping or folder / "fields.toml", folder / PROBLEM_BOOK, lang)
        if done.groups is not None:
            say(Text(f"汇总：{folder / SUMS_BOOK}", f"Sums: {folder / SUMS_BOOK}"), lang)
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


def _summary(done: "Survey") -> dict[str, object]:
    from carbonledger.analysis.stand_sums import sums_by
    from carbonledger.model.problem import Grade

    return {
        "rows": len(done.table.frame),
        "grades": {grade.value: done.rows_of(grade) for grade in Grade},
        "left_out": done.left,
        "computed": done.groups is not None,
        "totals": None if done.groups is None else sums_by(done.groups, ()).to_dict("records")[0],
        "checks": [
            {"what": each.what, "unit": each.unit, "ours": each.ours, "statistics": each.theirs,
             "difference_percent": each.difference}
            for each in done.checks
        ],
    }  # fmt: skip
