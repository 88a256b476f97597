"""The command of the GEP tables of a finished run."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonledger.cli.common import Json, Lang, console, print_json, say
from carbonledger.cli.results import LedgerOption, open_result
from carbonledger.errors import CarbonledgerError, Text

if TYPE_CHECKING:
    from carbonledger.analysis.gep.facts import GepFacts
    from carbonledger.engine.results import Results

__all__ = ["add_gep_commands"]

_SHOWN = ("services", "regions", "indicators", "change")


def gep(
    result: Annotated[
        str, typer.Argument(help="结果目录，或账本中运行的编号 / result folder, or id of a run")
    ],
    table: Annotated[
        list[str] | None,
        typer.Option(
            help="表，可多次 / tables: information areas services types type-quantities "
            "quantities prices indicators regions change parameters sensitivity"
        ),
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="上年的运行，用于比较和分解 / the run of the year before")
    ] = None,
    money: Annotated[str, typer.Option(help="金额单位 / unit of money: 元, 万元, 亿元")] = "万元",
    out: Annotated[Path | None, typer.Option(help="写成工作簿 / write a workbook")] = None,
    ledger: LedgerOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """GEP 的各张表：科目、类型、乡镇、指标、变化分解、敏感性 / The tables of a GEP account."""
    from carbonledger.analysis.gep.accounts import UNITS_OF_MONEY
    from carbonledger.analysis.gep.report import TABLES, gep_tables
    from carbonledger.analysis.gep.two_runs import joined
    from carbonledger.reports.use_tables import print_use_tables, write_use_tables

    wanted = table or [*(TABLES if out else _SHOWN)]
    unknown = [name for name in wanted if name not in TABLES]
    if unknown or money not in UNITS_OF_MONEY:
        raise CarbonledgerError(
            f"没有这样的表或单位：{'、'.join([*unknown, money])}。表：{'、'.join(TABLES)}；"
            f"单位：{'、'.join(UNITS_OF_MONEY)}。",
            f"No such table or unit: {', '.join([*unknown, money])}. Tables: {', '.join(TABLES)}; "
            f"units: {', '.join(UNITS_OF_MONEY)}.",
        )
    with ExitStack() as stack:
        facts = _facts(stack.enter_context(open_result(result, ledger)))
        if against is not None:
            facts = joined(_facts(stack.enter_context(open_result(against, ledger))), facts)
        tables = [each for name in wanted for each in gep_tables(facts, name, money)]
        if out is not None:
            write_use_tables(out, tables)
        if as_json:
            print_json([each.as_dict() for each in tables])
        elif out is None:
            print_use_tables(console(), tables, lang)
        else:
            say(Text(f"已写入 {out}", f"Written: {out}"), lang)


def _facts(results: "Results") -> "GepFacts":
    from carbonledger.analysis.gep.facts import gep_facts
    from carbonledger.api import library_of

    facts = gep_facts(results, library_of(results))
    if facts is None or facts.current.empty:
        raise CarbonledgerError(
            "本次运行没有 GEP 科目（G）的价值量。", "The run has no values of GEP (account G)."
        )
    return facts


def add_gep_commands(app: typer.Typer) -> None:
    """Put the command of this module on the command line."""
    app.command("gep")(gep)
