"""The command line: thin commands over functions that every front end shares.

Exit codes: 0 fine, 1 failed, 2 the input has grade-A problems.
"""

import atexit
import gc
import io
import json
import os
import sys
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Annotated, Any, NoReturn, TextIO

import typer

from carbonledger.cli.common import (
    BLOCKED,
    FAILED,
    FINE,
    GwpOption,
    InventoryArgument,
    Json,
    Lang,
    ProfileOption,
    console,
    print_json,
    say,
)
from carbonledger.cli.credits import add_credit_commands
from carbonledger.cli.factors import factors_app
from carbonledger.cli.forest import forest_app
from carbonledger.cli.gep import add_gep_commands
from carbonledger.cli.rain import erosivity
from carbonledger.cli.results import LedgerOption, SnapshotOption, add_result_commands
from carbonledger.cli.side_by_side import side_by_side
from carbonledger.cli.stands import add_stands_command
from carbonledger.cli.stands_change import add_stands_change_command
from carbonledger.cli.transport import savings
from carbonledger.cli.uses import add_use_commands
from carbonledger.cli.web import add_web_command
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.services.place import default_ledger

__all__ = ["app", "main", "start"]

app = typer.Typer(
    name="carbonledger",
    help="碳与生态账本：温室气体清单、碳汇与 GEP / "
    "One ledger for greenhouse-gas inventories, carbon sinks and GEP",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
ledger_app = typer.Typer(
    help="账本：已保存的运行 / The ledger of stored runs", no_args_is_help=True
)
app.add_typer(factors_app, name="factors")
app.add_typer(forest_app, name="forest")
add_result_commands(app)
add_gep_commands(app)
app.command()(savings)
add_stands_command(app)
add_stands_change_command(app)
add_credit_commands(app)
add_use_commands(app)
app.command("erosivity")(erosivity)
add_web_command(app)
app.add_typer(ledger_app, name="ledger")
app.command("side-by-side")(side_by_side)


@app.callback(invoke_without_command=True)
def _start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def run(
    inventory: InventoryArgument,
    out: Annotated[
        Path | None, typer.Option(help="结果目录 / result folder [results/NAME]")
    ] = None,
    profile: ProfileOption = None,
    gwp: GwpOption = None,
    engine: Annotated[
        str, typer.Option(help="计算引擎 / engine: duckdb, pandas, polars")
    ] = "duckdb",
    ledger: LedgerOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """计算清单并保存 / Compute an inventory, store the run and write its results."""
    from carbonledger.analysis.side_by_side import SIDE_BY_SIDE
    from carbonledger.api import WORKBOOK, run_to_folder, store
    from carbonledger.engine.open import inventory_folder
    from carbonledger.engine.run import RunOptions
    from carbonledger.reports.console import print_problems, print_results
    from carbonledger.reports.explanation import print_published

    folder = out or Path("results") / inventory_folder(inventory).name
    opened, outcome = run_to_folder(inventory, folder, RunOptions(profile, gwp, engine))
    results = outcome.results
    if opened is None or results is None:
        if as_json:
            print_json(json.loads((folder / "run.json").read_text("utf-8")))
        else:
            print_problems(console(), outcome.problems, lang)
            say(
                Text(
                    f"有 A 级问题，没有计算。问题清单：{folder / 'problems.csv'}",
                    f"Grade-A problems: nothing was computed. List: {folder / 'problems.csv'}",
                ),
                lang,
            )
        raise typer.Exit(BLOCKED)
    place = ledger or default_ledger()
    new = store(opened, folder, place)
    if as_json:
        print_json(results.info | {"out": str(folder), "ledger": str(place), "stored": new})
        return
    print_results(console(), results, opened.library, outcome.problems, lang)
    print_published(console(), results.info["published"], opened.library, lang)
    if SIDE_BY_SIDE in results.info:
        from carbonledger.reports.context import Names
        from carbonledger.reports.side_by_side_table import print_side_by_side

        print_side_by_side(console(), results.info[SIDE_BY_SIDE], Names.of(opened.library), lang)
    say(Text(f"工作簿：{folder / WORKBOOK}", f"Workbook: {folder / WORKBOOK}"), lang)
    stored = Text("已入账", "stored") if new else Text("账本中已有同一运行", "already stored")
    identity = str(results.info["identity"])[:12]
    say(
        Text(
            f"账本：{place}（{stored.zh}，运行 {identity}）",
            f"Ledger: {place} ({stored.en}, run {identity})",
        ),
        lang,
    )


@app.command()
def check(
    inventory: InventoryArgument,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """只检查输入，不计算 / Check the input without computing."""
    from carbonledger.analysis.quality import with_quality
    from carbonledger.api import open_inventory
    from carbonledger.intake.manifest import ManifestError
    from carbonledger.model.problem import has_blocking, problem_rows
    from carbonledger.reports.console import print_problems

    try:
        opened = open_inventory(inventory)
        problems = with_quality(opened, opened.intake.problems, opened)
    except ManifestError as error:
        problems = list(error.problems)
    if as_json:
        print_json(problem_rows(problems))
    else:
        print_problems(console(), problems, lang, whole=True)
    raise typer.Exit(BLOCKED if has_blocking(problems) else FINE)


@app.command()
def calc(
    method: Annotated[str, typer.Argument(help="方法 / method, e.g. energy.combustion.co2")],
    values: Annotated[
        list[str],
        typer.Argument(help='名称=数值 单位 / name="12.5 万t"; item= region= period= account='),
    ],
    profile: ProfileOption = None,
    gwp: GwpOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """用一个方法计算，数值可带单位 / Evaluate one method; values carry units."""
    from dataclasses import asdict

    from carbonledger.api import DEFAULT_PROFILE
    from carbonledger.api import calc as evaluate
    from carbonledger.reports.explanation import print_calculation

    result = evaluate(method, profile=profile or DEFAULT_PROFILE, gwp=gwp, **_pairs(values))
    if as_json:
        print_json(asdict(result))
    else:
        print_calculation(console(), result, lang)


@app.command()
def methods(
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """列出计算方法 / List the methods with formula, units and source."""
    from carbonledger.methods.registry import methods as registered
    from carbonledger.reports.explanation import method_rows, print_methods

    if as_json:
        print_json(method_rows(registered().values()))
    else:
        print_methods(console(), registered().values(), lang)


@ledger_app.command("log")
def ledger_log(
    ledger: LedgerOption = None,
    snapshot: SnapshotOption = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """列出已保存的运行 / List the stored runs."""
    from carbonledger.ledger.snapshot import Snapshot
    from carbonledger.ledger.store import Ledger
    from carbonledger.reports.explanation import print_runs

    place = ledger or default_ledger()
    if snapshot:
        runs = Snapshot.open(place).runs()
    else:
        with Ledger.open(place, create=False, read_only=True) as opened:
            runs = opened.runs()
    if as_json:
        print_json(json.loads(runs.to_json(orient="records", date_format="iso")))
    else:
        print_runs(console(), runs, lang)


@ledger_app.command("verify")
def ledger_verify(
    ledger: LedgerOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """核对账本文件是否完好 / Check every file of the ledger against its digest."""
    from carbonledger.ledger.store import Ledger

    with Ledger.open(ledger or default_ledger(), create=False, read_only=True) as opened:
        findings = opened.verify()
    for finding in findings:
        say(finding, lang)
    if findings:
        raise typer.Exit(FAILED)
    say(Text("账本完好。", "The ledger is sound."), lang)


def main() -> NoReturn:
    """Run the command line; no refusal and no failure ends in a traceback."""
    # A command makes many small objects and no rings of them worth looking for so often.
    gc.set_threshold(1_000_000, 50, 50)
    # A service, or a shell that has closed them (``>&-``), gives no streams.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console of another encoding (GBK has no ₂) must not fail a finished run.
            stream.reconfigure(errors="replace")
    try:
        code = _asked_for(sys.argv[1:])(standalone_mode=False)
    except CarbonledgerError as error:
        code = _fail(error.text)
    except typer.TyperException as error:
        code = _wrong(error)
    except typer.Exit as leaving:
        code = leaving.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = _fail(Text("已中断，没有留下半成品。", "Interrupted; nothing half-written is left."))
    except BrokenPipeError:
        os._exit(FAILED)  # the reader of our output has gone; there is nobody to tell
    except Exception as error:  # the last line of defence before the user
        code = _fail(_unexpected(error))
    sys.exit(code or FINE)


def _asked_for(words: Sequence[str]) -> typer.Typer:
    """The app with nothing but the command that the first word names; whole, if it names none.

    Before Typer runs a command it works out the options of every one that it has.
    """
    word = words[0] if words else ""
    commands = [each for each in app.registered_commands if word == _name(each)]
    groups = [each for each in app.registered_groups if word == each.name]
    if not commands and not groups:
        return app
    asked = copy(app)
    asked.registered_commands, asked.registered_groups = commands, groups
    return asked


def _name(command: typer.models.CommandInfo) -> str:
    called = getattr(command.callback, "__name__", "")
    return command.name or called.replace("_", "-")


def start() -> None:
    """The command line as a process of its own, which ends at once with the code of ``main``.

    Python would take every library apart before it ends (0.2 s); nothing of that is needed.
    """
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else FAILED
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the reader of our output has gone; there is nobody to tell
            code = FAILED
    os._exit(code)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _fail(text: Text) -> int:
    print(f"{text.zh}\n{text.en}", file=sys.stderr)
    return FAILED


def _wrong(error: typer.TyperException) -> int:
    """Say what is wrong with the command; of one that lacks its second word, which there are."""
    said, context = error.format_message(), getattr(error, "ctx", None)
    if context is not None and said == context.get_help():
        print(said)
        return FINE
    from carbonledger.cli.refusals import refusal

    wrong = refusal(said)
    usage = f"{context.command_path if context else 'carbonledger'} --help"
    return _fail(
        Text(
            f"命令写得不对：{wrong.zh}用 {usage} 查看用法。",
            f"The command is not right: {wrong.en} See {usage}.",
        )
    )


def _unexpected(error: Exception) -> Text:
    if isinstance(error, OSError) and error.filename is None:  # a stream; files are told apart
        return Text(
            f"输出写不出去（{error}）。已写好的结果仍在结果目录和账本中。",
            f"The output could not be written ({error}). Results that were written stay in the "
            "result folder and the ledger.",
        )
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    what = f"{type(error).__name__}: {error} ({place})"
    return Text(
        f"程序出错，没有写出结果。请把这一行发给维护者：{what}",
        f"The program failed and wrote no result. Please send the maintainers this line: {what}",
    )


def _pairs(values: Sequence[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for text in values:
        name, sign, value = text.partition("=")
        if not sign or not name.isidentifier() or name in {"profile", "gwp", "method"}:
            raise CarbonledgerError(
                f'“{text}”应写成 名称=数值 单位，例如 fuel="12.5 万t" item=柴油。',
                f"'{text}' should read name=value unit, for example fuel=\"12.5 万t\" item=diesel.",
            )
        if name in pairs:
            raise CarbonledgerError(f"“{name}”给了两次。", f"'{name}' is given twice.")
        pairs[name] = value
    return pairs
