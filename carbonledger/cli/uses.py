"""Commands for what results are used for: balance sheets, extent, assets, compensation."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonledger.cli.common import BLOCKED, Json, Lang, console, print_json, say
from carbonledger.errors import CarbonledgerError, Text

if TYPE_CHECKING:
    from carbonledger.analysis.uses.table import UseTable
    from carbonledger.intake.use_table import UseRows
    from carbonledger.model.problem import Problem
    from carbonledger.model.uses import Rule, RuleKind

__all__ = [
    "OutOption",
    "SheetOption",
    "TableArgument",
    "add_use_commands",
    "rows_of",
    "show_tables",
]

compensate = typer.Typer(
    help="补偿、赔偿与合同的计算 / Compensation, damages and contracts", no_args_is_help=True
)
TableArgument = Annotated[Path, typer.Argument(help="输入表，CSV 或工作簿 / input table")]
SheetOption = Annotated[str | None, typer.Option("--sheet", help="工作表 / sheet")]
OutOption = Annotated[Path | None, typer.Option("--out", help="写成工作簿 / write a workbook")]


def _of_table(
    name: str,
) -> Callable[[Callable[["UseRows"], "UseTable"]], Callable[..., None]]:
    """A command that computes the rows of an input table; its help is that of the function."""

    def commanded(compute: Callable[["UseRows"], "UseTable"]) -> Callable[..., None]:
        def command(
            table: TableArgument,
            sheet: SheetOption = None,
            out: OutOption = None,
            lang: Lang = None,  # type: ignore[assignment]  # the callback puts the language
            as_json: Json = False,
        ) -> None:
            show_tables([compute(rows_of(table, name, sheet, lang, as_json))], out, lang, as_json)

        command.__doc__ = compute.__doc__
        return command

    return commanded


def _by_rule(
    name: str, kind: "RuleKind", usual: str
) -> Callable[[Callable[["UseRows", "Rule", str], "UseTable"]], Callable[..., None]]:
    """A command that computes the rows of an input table by a published rule of a kind."""

    def commanded(compute: Callable[["UseRows", "Rule", str], "UseTable"]) -> Callable[..., None]:
        def command(
            table: TableArgument,
            rule: Annotated[str, typer.Option(help="规则 / rule")] = usual,
            sheet: SheetOption = None,
            out: OutOption = None,
            lang: Lang = None,  # type: ignore[assignment]  # as above
            as_json: Json = False,
        ) -> None:
            from carbonledger.library.uses import rule_of

            chosen = rule_of(rule, kind)
            rows = rows_of(table, name, sheet, lang, as_json)
            show_tables([compute(rows, chosen, _title(chosen))], out, lang, as_json)

        command.__doc__ = compute.__doc__
        return command

    return commanded


@_of_table("balance")
def balance_sheet(rows: "UseRows") -> "UseTable":
    """自然资源资产平衡表：期初、增加、减少、期末 / Balance sheet of natural resources."""
    from carbonledger.analysis.uses.balance import balance_sheet as compute

    return compute(rows)


def extent(
    table: TableArgument,
    level: Annotated[int, typer.Option(help="类型级别 / level of the classes: 1, 2, 3")] = 2,
    totals: Annotated[
        Path | None, typer.Option(help="另行公布的面积表，用于核对 / published areas to compare")
    ] = None,
    sheet: SheetOption = None,
    out: OutOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """生态系统范围账户与转移矩阵 / Account of ecosystem extent with transition matrix."""
    from carbonledger.analysis.extent import extent_account, transition_matrix
    from carbonledger.library.ecosystems import ecosystems
    from carbonledger.library.load import library

    if level not in {1, 2, 3}:
        raise CarbonledgerError(
            f"--level 只能是 1、2 或 3，不能是 {level}。", f"--level is 1, 2 or 3, not {level}."
        )
    rows = rows_of(table, "extent", sheet, lang, as_json)
    stated = rows_of(totals, "extent_totals", None, lang, as_json) if totals else None
    known = ecosystems(library())
    account = extent_account(rows, known, level, stated)
    show_tables([account, transition_matrix(rows, known, level)], out, lang, as_json)


def asset_value(
    table: TableArgument,
    rule: Annotated[
        str | None, typer.Option(help="给出贴现率和年数的文献 / e.g. forest-asset-2017")
    ] = None,
    sheet: SheetOption = None,
    out: OutOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """生态资产净现值，期初或期末收付须写明 / Net present value; the timing must be said."""
    from carbonledger.analysis.uses.present_value import asset_values
    from carbonledger.library.uses import rule_of

    chosen = rule_of(rule, "present-value") if rule else None
    rows = rows_of(table, "present_value", sheet, lang, as_json)
    title = _title(chosen) if chosen else ""
    show_tables([asset_values(rows, chosen, title)], out, lang, as_json)


@_of_table("geep")
def green_product(rows: "UseRows") -> "UseTable":
    """GEEP：GDP 与 GEP 之间唯一公布的桥 / The bridge between GDP and regulating services."""
    from carbonledger.analysis.uses.assessment import green_product as compute

    return compute(rows)


@_of_table("assessment")
def dual_assessment(rows: "UseRows") -> "UseTable":
    """双考核表：经济与生态产品指标并列和位次 / Economy and ecosystem products side by side."""
    from carbonledger.analysis.uses.assessment import dual_assessment as compute

    return compute(rows)


@compensate.command("rules")
def compensate_rules(
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """列出规则及其出处 / List the rules with their documents."""
    from carbonledger.library.uses import rules

    if as_json:
        print_json([rule.model_dump(mode="json") for rule in rules().values()])
        return
    for key, rule in rules().items():
        say(Text(f"{key}  {rule.name_zh}  [{rule.status}]", f"{key}  {rule.name_en}"), lang)


@compensate.command("template")
def compensate_template(
    name: Annotated[
        str, typer.Argument(help="balance extent extent_totals present_value factors sections ...")
    ],
    out: Annotated[Path, typer.Option(help="写成 CSV / the CSV file to write")],
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """写出一张输入表的表头，供填写 / Write the headings of an input table, to be filled in."""
    from carbonledger.model.use_tables import use_tables

    known = use_tables()
    if name not in known:
        raise CarbonledgerError(
            f"没有输入表“{name}”。有：{'、'.join(known)}。",
            f"There is no input table '{name}'. There are: {', '.join(known)}.",
        )
    if out.exists():
        raise CarbonledgerError(f"文件“{out}”已存在，不覆盖。", f"'{out}' exists already.")
    # With a byte-order mark, so that Excel reads the Chinese.
    out.write_text(",".join(each.heading for each in known[name]) + "\n", "utf-8-sig")
    needed = [each for each in known[name] if each.required]
    say(
        Text(
            f"已写入 {out}；必填：{'、'.join(each.name_zh for each in needed)}",
            f"Written: {out}; required: {', '.join(each.name for each in needed)}",
        ),
        lang,
    )


@compensate.command("fund")
def compensate_fund(
    rule: Annotated[str, typer.Option(help="规则 / rule")] = "jinjiang-luoyang-2019",
    fund: Annotated[
        float | None, typer.Option(help="资金总额 [万元]，替代规则所定 / another total")
    ] = None,
    out: OutOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """流域补偿资金：各地筹集额 / What each place pays into a basin fund."""
    from carbonledger.analysis.uses.compensation import contributions
    from carbonledger.library.uses import rule_of

    chosen = rule_of(rule, "basin-fund")
    show_tables([contributions(chosen, fund, _title(chosen))], out, lang, as_json)


@compensate.command("factors")
def compensate_factors(
    table: TableArgument,
    pool: Annotated[float, typer.Option(help="待分配资金 [万元] / amount to be shared")],
    rule: Annotated[str, typer.Option(help="规则 / rule")] = "fujian-basin-2017",
    weight: Annotated[
        list[str] | None, typer.Option(help="规则未公布的权重 / weights: water=0.4, repeatable")
    ] = None,
    sheet: SheetOption = None,
    out: OutOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """按因素分配（省级流域 70/20/10、两江三因素） / Shares of a pool by weighted factors."""
    from carbonledger.analysis.uses.compensation import factor_shares
    from carbonledger.library.uses import rule_of

    chosen = rule_of(rule, "basin-fund", "factor-shares")
    rows = rows_of(table, "factors", sheet, lang, as_json)
    weights = dict(_weight(text) for text in weight or [])
    show_tables([factor_shares(rows, chosen, pool, weights, _title(chosen))], out, lang, as_json)


@compensate.command("sections")
@_by_rule("sections", "basin-fund", "jinjiang-luoyang-2019")
def compensate_sections(rows: "UseRows", rule: "Rule", title: str) -> "UseTable":
    """断面水质达标奖补与扣回 / Rewards for sections of rivers, and what is clawed back."""
    from carbonledger.analysis.uses.awards import section_rewards

    return section_rewards(rows, rule, title)


@compensate.command("tiers")
@_by_rule("scores", "tiers", "fujian-comprehensive-2024")
def compensate_tiers(rows: "UseRows", rule: "Rule", title: str) -> "UseTable":
    """综合性生态保护补偿：按得分名次分档奖励 / Awards by rank of the score."""
    from carbonledger.analysis.uses.awards import tier_awards

    return tier_awards(rows, rule, title)


@compensate.command("damage")
@_by_rule("damage", "damage", "water-damage-2020")
def compensate_damage(rows: "UseRows", rule: "Rule", title: str) -> "UseTable":
    """水环境损害赔偿 D = E·C·γ / Damage to surface water by the virtual treatment cost."""
    from carbonledger.analysis.uses.damage import water_damage

    return water_damage(rows, rule, title)


@compensate.command("forest-bank")
@_of_table("forest_bank")
def compensate_forest_bank(rows: "UseRows") -> "UseTable":
    """森林生态银行合同的收益 / What contracts of a forest ecological bank pay."""
    from carbonledger.analysis.uses.forest_bank import forest_contracts

    return forest_contracts(rows)


@compensate.command("agreed")
@_of_table("agreed")
def compensate_agreed(rows: "UseRows") -> "UseTable":
    """按约定标准计算，没有公布公式的补偿或交易 / Quantity times a rate that you enter."""
    from carbonledger.analysis.uses.awards import agreed_payments

    return agreed_payments(rows)


def add_use_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command("balance-sheet")(balance_sheet)
    app.command("extent")(extent)
    app.command("asset-value")(asset_value)
    app.command("geep")(green_product)
    app.command("dual-assessment")(dual_assessment)
    app.add_typer(compensate, name="compensate")


def rows_of(path: Path, table: str, sheet: str | None, lang: str, as_json: bool) -> "UseRows":
    """The rows of an input table; ends the command where it has grade-A problems."""
    from carbonledger.intake.use_table import read_use_table

    if not path.is_file():
        raise CarbonledgerError(f"找不到文件“{path}”。", f"The file '{path}' does not exist.")
    rows = read_use_table(path, table, sheet)
    _stop_at(rows.problems, lang, as_json)
    return rows


def _stop_at(problems: "Sequence[Problem]", lang: str, as_json: bool) -> None:
    from carbonledger.model.problem import has_blocking, problem_rows
    from carbonledger.reports.console import print_problems

    if not has_blocking(problems):
        return
    if as_json:
        print_json(problem_rows(problems))
    else:
        print_problems(console(), problems, lang, whole=True)
    raise typer.Exit(BLOCKED)


def show_tables(tables: "Sequence[UseTable]", out: Path | None, lang: str, as_json: bool) -> None:
    """Print computed tables, or write them as a workbook."""
    from carbonledger.reports.use_tables import print_use_tables, write_use_tables

    _stop_at([each for table in tables for each in table.problems], lang, as_json)
    if out is not None:
        write_use_tables(out, tables)
    if as_json:
        print_json([table.as_dict() for table in tables])
        return
    print_use_tables(console(), tables, lang)
    if out is not None:
        say(Text(f"已写入 {out}", f"Written: {out}"), lang)


def _weight(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError as error:
        raise CarbonledgerError(
            f"--weight 应写成 因素=小数，例如 water=0.4，不能是“{text}”。",
            f"--weight reads factor=fraction, such as water=0.4, not '{text}'.",
        ) from error


def _title(rule: "Rule") -> str:
    from carbonledger.library.load import library

    return library().source_title(rule.source)
