"""Commands of the factor library."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carbonledger.cli.common import (
    BLOCKED,
    FINE,
    Json,
    Lang,
    ProfileOption,
    console,
    print_json,
    say,
)

if TYPE_CHECKING:
    import pandas as pd

    from carbonledger.engine.own import Trial
    from carbonledger.library.diff import Side

__all__ = ["factors_app"]

factors_app = typer.Typer(help="因子库 / The factor library", no_args_is_help=True)

ItemOption = Annotated[str, typer.Option("--item", help="品种 / item: 原煤, diesel, SF6")]
DetailOption = Annotated[str, typer.Option("--detail", help="细项 / detail")]
AccountOption = Annotated[str, typer.Option("--account", help="科目 / account: 1.A.3.b")]
RegionOption = Annotated[str, typer.Option("--region", help="地区 / region: 泉州, 350500")]
ParameterOption = Annotated[str, typer.Option("--parameter", help="参数 / parameter")]
EditionOption = Annotated[str, typer.Option("--edition", help="系列 / edition: cesy")]
All = Annotated[bool, typer.Option("--all", help="列出全部 / list all")]


@factors_app.command("list")
def list_(
    editions: Annotated[bool, typer.Option("--editions", help="系列 / editions")] = False,
    sources: Annotated[bool, typer.Option("--sources", help="文献 / documents")] = False,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """因子库总览：主题、参数、行数、已核对比例 / What the library holds."""
    from carbonledger.library.load import library
    from carbonledger.library.search import overview
    from carbonledger.reports.library_tables import (
        edition_rows,
        print_overview,
        print_table,
        source_rows,
    )

    base = library()
    if editions or sources:
        rows = edition_rows(base, lang) if editions else source_rows(base, lang)
        if as_json:
            print_json(rows)
        else:
            print_table(console(), rows)
    elif as_json:
        print_json(_records(overview(base)))
    else:
        print_overview(console(), overview(base), lang)


@factors_app.command("search")
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="查找词：参数、品种、来源 / words to look for")
    ] = None,
    parameter: ParameterOption = "",
    item: ItemOption = "",
    edition: EditionOption = "",
    status: Annotated[
        str, typer.Option("--status", help="状态 / status: verified, unverified")
    ] = "",
    every: All = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """查找因子库 / Search the factor library, in Chinese or English."""
    from carbonledger.api import factors
    from carbonledger.reports.library_tables import print_factors

    found = factors(*words or (), parameter=parameter, item=item, edition=edition, status=status)
    if as_json:
        print_json(_records(found))
    else:
        print_factors(console(), found, lang, every=every)


@factors_app.command("show")
def show(
    subject: Annotated[
        str, typer.Argument(help="行的编号，或参数名 / id of a row, or a parameter")
    ],
    *,
    item: ItemOption = "",
    detail: DetailOption = "",
    account: AccountOption = "",
    region: RegionOption = "",
    species: Annotated[str, typer.Option("--species", help="气体 / gas: SF6, R-410A")] = "",
    year: Annotated[int, typer.Option("--year", help="年份 / year")] = 0,
    unit: Annotated[str, typer.Option("--unit", help="量纲相同的单位 / unit: GJ/m3")] = "",
    profile: ProfileOption = None,
    gwp: Annotated[str | None, typer.Option("--gwp", help="GWP 值组 / GWP set")] = None,
    every: All = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """一个值的全部依据：哪个值适用、为什么、与谁比较 / Which value applies, and why."""
    from carbonledger.api import show as ask
    from carbonledger.engine.ask import Row
    from carbonledger.library.load import library
    from carbonledger.reports.library_answer import answer_data, print_answer, print_row

    found = ask(
        subject, item=item, detail=detail, account=account, region=region, species=species,
        year=year, unit=unit, profile=profile, gwp=gwp,
    )  # fmt: skip
    if as_json:
        print_json(answer_data(found))
    elif isinstance(found, Row):
        print_row(console(), found, library(), lang)
    else:
        print_answer(console(), found, library(), lang, every=every)


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        table.to_json(orient="records", force_ascii=False, date_format="iso")
    )
    return rows


SetOption = Annotated[
    str, typer.Option("--set", help="清单使用的参数文件 / which of the inventory's sets")
]
Apply = Annotated[
    bool, typer.Option("--apply", help="写入文件；不加只试算 / write it; otherwise only tried")
]


@factors_app.command("copy")
def copy(
    target: Annotated[
        str,
        typer.Argument(help="清单目录，或新建的 CSV 文件 / inventory folder, or a new CSV file"),
    ],
    edition: EditionOption,
    parameter: ParameterOption = "",
    item: ItemOption = "",
    file: SetOption = "factors.csv",
    apply: Apply = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """把因子库的行复制为清单自有参数 / Copy rows of the library into an inventory or a set."""
    from pathlib import Path

    from carbonledger.engine.own import copy_factors, copy_to_file
    from carbonledger.errors import Text

    if target.lower().endswith(".csv"):
        count = copy_to_file(Path(target), edition=edition, parameter=parameter, item=item)
        say(Text(f"已写入 {target}：{count} 行。", f"Wrote {count} rows to {target}."), lang)
        return
    _finish(
        copy_factors(target, edition=edition, parameter=parameter, item=item, file=file),
        lang,
        apply=apply,
    )


@factors_app.command("set")
def set_(
    inventory: Annotated[str, typer.Argument(help="清单目录 / inventory folder")],
    parameter: Annotated[str, typer.Argument(help="参数 / parameter: 低位发热量")],
    *,
    value: Annotated[str, typer.Option("--value", help='数值和单位 / value: "21.3 GJ/t"')],
    source: Annotated[str, typer.Option("--source", help="来源文件 / document")] = "",
    locator: Annotated[str, typer.Option("--locator", help="表号、页码 / table, page")] = "",
    item: ItemOption = "",
    detail: DetailOption = "",
    account: AccountOption = "",
    region: RegionOption = "",
    year_from: Annotated[int, typer.Option("--year-from", help="起始年 / first year")] = 0,
    year_to: Annotated[int, typer.Option("--year-to", help="终止年 / last year")] = 0,
    note: Annotated[str, typer.Option("--note", help="备注 / note")] = "",
    verified: Annotated[
        bool, typer.Option("--verified", help="已与原件核对 / checked against the document")
    ] = False,
    file: SetOption = "factors.csv",
    apply: Apply = False,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """改一个值：先看影响，加 --apply 才写入 / Change a value: see the effect, then --apply."""
    from carbonledger.engine.own import set_factor

    trial = set_factor(
        inventory, parameter, value, source=source, locator=locator, item=item, detail=detail,
        account=account, region=region, year_from=year_from, year_to=year_to, note=note,
        verified=verified, file=file,
    )  # fmt: skip
    _finish(trial, lang, apply=apply)


def _finish(trial: "Trial", lang: str, *, apply: bool) -> None:
    """Show what a change does, and write it if asked to."""
    from carbonledger.errors import Text
    from carbonledger.library.load import library
    from carbonledger.reports.console import print_problems
    from carbonledger.reports.library_tables import print_trial

    if trial.effect.blocked:
        print_problems(console(), trial.effect.problems, lang, whole=True)
        raise typer.Exit(BLOCKED)
    print_trial(console(), trial, library(), lang)
    path = trial.target.path
    if apply:
        trial.apply()
        said = Text(f"已写入 {path}。", f"Wrote {path}.")
    else:
        said = Text("没有写入；加 --apply 写入。", "Nothing was written; --apply writes it.")
    say(said, lang)


@factors_app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="因子库目录，默认随软件提供的 / folder of a library")
    ] = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """检查因子库：列出全部错误；有 A 级时退出码为 2 / Check a factor library for errors."""
    from carbonledger.errors import CarbonledgerError, Text
    from carbonledger.library.checks import check_library
    from carbonledger.methods.registry import methods
    from carbonledger.model.problem import has_blocking, problem_rows
    from carbonledger.paths import factors_dir

    place = folder or factors_dir()
    if not place.is_dir():
        raise CarbonledgerError(f"没有目录 {place}。", f"There is no folder {place}.")
    problems = check_library(place, methods())
    if as_json:
        print_json(problem_rows(problems))
    else:
        for each in problems:
            arrow = f"\n    → {each.remedy.in_language(lang)}"
            print(f"{each.grade.value} {each.where}: {each.message.in_language(lang)}{arrow}")
        counts = Counter(each.grade.value for each in problems)
        shown = "、".join(f"{grade} {count}" for grade, count in sorted(counts.items())) or "0"
        say(Text(f"发现的问题：{shown}", f"Findings: {shown.replace('、', ', ')}"), lang)
    raise typer.Exit(BLOCKED if has_blocking(problems) else FINE)


@factors_app.command("snapshot")
def snapshot(
    out: Annotated[Path | None, typer.Option("--out", help="写入的文件 / file to write")] = None,
) -> None:
    """福建各年、各口径选用的值，一行一个 / Every value that the library selects for Fujian."""
    from carbonledger.files import disk_errors
    from carbonledger.library.load import library
    from carbonledger.library.profiles import profiles
    from carbonledger.library.snapshot import snapshot as lines_of
    from carbonledger.library.snapshot import snapshot_text
    from carbonledger.paths import factors_dir

    text = snapshot_text(lines_of(library(), profiles(factors_dir())))
    if out is None:
        print(text, end="")
        return
    with disk_errors(out):
        out.write_bytes(text.encode())


@factors_app.command("diff")
def diff(
    old: Annotated[
        str,
        typer.Argument(
            help="因子库目录、快照 CSV、清单，或 library / folder of factors, snapshot, inventory"
        ),
    ],
    new: Annotated[str, typer.Argument(help="同上 / as before")],
    profile: Annotated[
        list[str] | None, typer.Option("--profile", help="只比较这些口径 / these profiles only")
    ] = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """比较两个因子库，列出变动的值 / What moves between two libraries, and by how much."""
    from carbonledger.library.diff import compare, side_of
    from carbonledger.library.load import library
    from carbonledger.reports.library_diff import comparison_data, comparison_text

    before, after = (_inventory_side(name) or side_of(name) for name in (old, new))
    result = compare(before, after, profile or ())
    if as_json:
        print_json(comparison_data(result, before, after))
    else:
        print(comparison_text(result, before, after, library(), lang))


def _inventory_side(name: str) -> "Side | None":
    """A side for an inventory: the library with its own factors; None for anything else."""
    from carbonledger.engine.open import inventory_folder, open_inventory
    from carbonledger.engine.run import RunOptions, run_profile
    from carbonledger.errors import CarbonledgerError
    from carbonledger.library.diff import side_with
    from carbonledger.library.profiles import profile_names
    from carbonledger.paths import factors_dir, inventories_dir

    packaged = inventories_dir() / name
    folder = Path(name) if Path(name).is_dir() else packaged
    if not (folder / "inventory.toml").is_file():
        return None
    inventory = open_inventory(inventory_folder(folder))
    own = [p for p in inventory.intake.problems if p.grade.value == "A" and "factor" in p.file]
    if own:
        raise CarbonledgerError(
            f"{own[0].where}：{own[0].message.zh}{own[0].remedy.zh}",
            f"{own[0].where}: {own[0].message.en} {own[0].remedy.en}",
        )
    rules = {each: run_profile(inventory, RunOptions(profile=each)) for each in profile_names()}
    return side_with(name, inventory.library, factors_dir(), rules)
