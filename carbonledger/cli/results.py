"""Commands over finished runs: explain, compare, report, layouts, regions, indicators."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonledger.cli.common import Json, Lang, console, print_json, say
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.services.place import default_ledger

if TYPE_CHECKING:
    from carbonledger.engine.results import Results

__all__ = ["LedgerOption", "SnapshotOption", "add_result_commands", "open_result"]

ResultArgument = Annotated[
    str, typer.Argument(help="结果目录，或账本中运行的编号 / result folder, or id of a stored run")
]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", help="账本目录 / folder of the ledger")
]
SnapshotOption = Annotated[
    bool,
    typer.Option(
        "--snapshot",
        help="读最近一次入账后的只读快照（网页服务运行时） / read the state after the last stored "
        "run, while the web application holds the ledger",
    ),
]


def explain(
    result: ResultArgument,
    account: Annotated[str, typer.Option(help="科目 / account, e.g. 1.A.2")],
    measure: Annotated[str, typer.Option(help="CO2, CH4, N2O")] = "CO2",
    item: Annotated[str | None, typer.Option(help="品种 / item")] = None,
    detail: Annotated[str | None, typer.Option(help="细项 / detail")] = None,
    region: Annotated[str | None, typer.Option(help="地区代码 / region code")] = None,
    period: Annotated[int | None, typer.Option(help="年份 / year")] = None,
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """说明一个数是怎么来的，直到单元格和页码 / Explain a total down to cells and pages."""
    from carbonledger.api import explain_run, library_of
    from carbonledger.reports.explanation import print_explanation

    with open_result(result, ledger, snapshot=snapshot) as results:
        base = library_of(results)
        explanation = explain_run(
            results,
            base,
            account,
            measure=measure,
            item=item,
            detail=detail,
            region=region,
            period=period,
        )
        if as_json:
            print_json(explanation.as_dict())
        else:
            print_explanation(console(), explanation, base, lang)


def compare(
    first: ResultArgument,
    second: ResultArgument,
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """比较两次运行：数据、参数、方法、GWP 各变了多少 / Split the difference of two runs."""
    from carbonledger.analysis.compare import compare as compare_runs
    from carbonledger.api import library_of
    from carbonledger.reports.explanation import print_comparison

    with (
        open_result(first, ledger, snapshot=snapshot) as a,
        open_result(second, ledger, snapshot=snapshot) as b,
    ):
        comparison = compare_runs(a, b)
        if as_json:
            print_json(
                {
                    "totals": comparison.totals.to_dict("records"),
                    "rows": comparison.rows.to_dict("records"),
                }
            )
        else:
            print_comparison(console(), comparison, a, b, library_of(a), lang)


def report(
    result: ResultArgument,
    layout: Annotated[
        list[str] | None,
        typer.Option(help="汇总表版式，可多次 / layouts: cn-provincial-2011, ipcc-2006, gpc"),
    ] = None,
    unit: Annotated[str, typer.Option(help="质量单位 / unit of masses: t, 万t")] = "t",
    out: Annotated[Path | None, typer.Option(help="写成工作簿 / write a workbook")] = None,
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """按指南版式汇总一次运行 / Summary tables of a run in the layouts of guidelines."""
    from carbonledger.analysis.summary import layouts, summary
    from carbonledger.api import library_of
    from carbonledger.reports.numbers import TONNES, WAN_TONNES
    from carbonledger.reports.summary_report import print_summary, write_summary_report

    scales = {"t": TONNES, "吨": TONNES, "万t": WAN_TONNES, "万吨": WAN_TONNES}
    if unit not in scales:
        raise CarbonledgerError(
            f"--unit 只能是 t 或 万t，不能是“{unit}”。", f"--unit is t or 万t, not '{unit}'."
        )
    wanted = layout or layouts()
    with open_result(result, ledger, snapshot=snapshot) as results:
        base = library_of(results)
        if as_json:
            tables = {name: summary(results, base, name).to_dict("records") for name in wanted}
            print_json(tables)
        elif out is not None:
            write_summary_report(out, results, base, wanted, scales[unit])
            say(Text(f"已写入 {out}", f"Written: {out}"), lang)
        else:
            for name in wanted:
                print_summary(console(), results, base, name, scales[unit], lang)


def regions(
    result: ResultArgument,
    account: Annotated[
        list[str] | None, typer.Option(help="科目，可多次 / accounts [1 2 3 4 M.2]")
    ] = None,
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """县汇总到市、省：自有数、下级合计与差额 / Regions rolled up, with their residuals."""
    from carbonledger.analysis.region_tree import region_tree
    from carbonledger.api import library_of
    from carbonledger.reports.region_table import print_regions, reach_notes

    with open_result(result, ledger, snapshot=snapshot) as results:
        base = library_of(results)
        table = region_tree(results, base)
        table = table[table["account"].isin(account or ["1", "2", "3", "4", "M.2"])]
        if as_json:
            print_json(table.to_dict("records"))
        else:
            print_regions(console(), table, base, lang)
            for note in reach_notes(results, base):
                say(note, lang)


def layouts(
    result: ResultArgument,
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """各汇总版式的气体质量是否一致，差在哪些类别 / Whether the layouts close to the same masses."""
    from carbonledger.analysis.closure import closure
    from carbonledger.api import library_of
    from carbonledger.reports.closure_table import print_closure

    with open_result(result, ledger, snapshot=snapshot) as results:
        base = library_of(results)
        table, rest = closure(results, base)
        if as_json:
            print_json({"totals": table.to_dict("records"), "left_out": rest.to_dict("records")})
        else:
            print_closure(console(), table, rest, base, lang)


def indicators(
    result: ResultArgument,
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """强度指标：单位 GDP、人均、单位能耗 / Intensities per GDP, per head and per tce."""
    from carbonledger.analysis.indicators import indicators as compute
    from carbonledger.api import library_of
    from carbonledger.reports.indicator_tables import print_indicators

    with open_result(result, ledger, snapshot=snapshot) as results:
        base = library_of(results)
        if as_json:
            print_json(compute(results, base).to_dict("records"))
        else:
            print_indicators(console(), results, base, lang)


def reference(
    result: ResultArgument,
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """参考方法与分部门方法对照 / The reference approach beside the sectoral one."""
    from carbonledger.api import library_of
    from carbonledger.reports.reference_table import print_reference, reference_rows

    with open_result(result, ledger, snapshot=snapshot) as results:
        rows = reference_rows(results)
        if as_json:
            print_json(rows)
        else:
            print_reference(console(), rows, library_of(results), lang)


def add_result_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    for command in (explain, compare, report, layouts, regions, indicators, reference):
        app.command()(command)


@contextmanager
def open_result(name: str, ledger: Path | None, *, snapshot: bool = False) -> "Iterator[Results]":
    """A result folder, or a run of the ledger by the start of its identity."""
    from carbonledger.engine.results import Results

    if Path(name).is_dir():
        yield Results.read(Path(name))
        return
    if not re.fullmatch(r"latest|[0-9a-f]{6,64}", name):
        raise CarbonledgerError(
            f"没有目录“{name}”；它也不是账本中运行的编号（用 carbonledger ledger log 查看）。",
            f"There is no folder '{name}', and it is no run of the ledger either "
            "(see 'carbonledger ledger log').",
        )
    if snapshot:
        from carbonledger.ledger.snapshot import Snapshot

        yield Snapshot.open(ledger or default_ledger()).results(name)
        return
    from carbonledger.ledger.store import Ledger

    with Ledger.open(ledger or default_ledger(), create=False, read_only=True) as opened:
        yield opened.results(name)
