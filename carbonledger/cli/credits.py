"""Commands of the project book: products, eligibility, credits, and what was issued."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonledger.cli.common import BLOCKED, FAILED, Json, Lang, print_json, say
from carbonledger.cli.credit_overlaps import existing_book, overlaps
from carbonledger.errors import CarbonledgerError, Text

if TYPE_CHECKING:
    from carbonledger.credits.compute import Credit
    from carbonledger.credits.project import Period, Project

__all__ = ["add_credit_commands"]

credits_app = typer.Typer(
    help="碳汇信用与碳票：资格、计算、签发、交易、注销 / Credits and carbon tickets",
    no_args_is_help=True,
)
ProjectArgument = Annotated[Path, typer.Argument(help="项目目录 / folder of the project")]
SerialArgument = Annotated[str, typer.Argument(help="批次编号 / serial of the batch")]
BookOption = Annotated[Path, typer.Option("--book", help="项目账簿目录 / folder of the book")]
PeriodOption = Annotated[
    str | None, typer.Option("--period", help="监测期起日 / first day of the period, 2016-01-01")
]
UnitsOption = Annotated[str, typer.Option("--units", help="吨的编号 / units, e.g. 1-2723")]


@credits_app.command("products")
def products_command(
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """列出产品、资格问题和来源 / Products with their conditions and sources."""
    from carbonledger.credits.products import products

    if as_json:
        print_json([each.model_dump(mode="json") for each in products().values()])
        return
    for each in products().values():
        status = Text("未核对", "unverified") if each.status == "unverified" else Text("", "")
        title = Text(each.title.zh, each.title.en)
        say(
            Text(f"{each.product}  {title.zh} [{status.zh}]", f"{each.product}  {title.en} "
                 f"[{status.en}]"),
            lang,
        )  # fmt: skip
        say(Text(f"  方法：{each.method_version}", f"  Method: {each.method_version}"), lang)
        say(Text(f"  公式：{each.equation}", f"  Equation: {each.equation}"), lang)
        say(Text(f"  {each.note.zh}", f"  {each.note.en}"), lang)
        for question in each.questions:
            wanted = Text("是", "yes") if question.expected else Text("否", "no")
            say(
                Text(
                    f"  - {question.id}：{question.zh}（应为{wanted.zh}；{question.source}）",
                    f"  - {question.id}: {question.en} ({wanted.en}; {question.source})",
                ),
                lang,
            )


@credits_app.command("check")
def check(
    project: ProjectArgument,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """核对项目资格 / Check the eligibility of a project."""
    from carbonledger.credits.compute import eligibility
    from carbonledger.credits.project import read_project

    outcomes = eligibility(read_project(project))
    words = {
        "met": Text("符合", "met"),
        "not-met": Text("不符合", "not met"),
        "unanswered": Text("未回答", "not answered"),
    }
    if as_json:
        print_json([{"question": e.question.id, "state": e.state} for e in outcomes])
    else:
        for each in outcomes:
            word = words[each.state]
            say(
                Text(
                    f"{word.zh}  {each.question.id}：{each.question.zh}  {each.evidence}",
                    f"{word.en}  {each.question.id}: {each.question.en}  {each.evidence}",
                ),
                lang,
            )
    if any(each.state != "met" for each in outcomes):
        raise typer.Exit(BLOCKED)


@credits_app.command("compute")
def compute(
    project: ProjectArgument,
    period: PeriodOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """计算一个监测期的碳汇信用 / The credit of a monitoring period."""
    _, chosen, credit = _computed(project, period)
    if as_json:
        print_json(
            {"period": chosen.label, "amount": credit.amount, "unit": "t CO2",
             "formula": credit.formula, "values": credit.values, "sources": credit.sources,
             "area_ha": credit.area, "years": credit.years}
        )  # fmt: skip
        return
    from carbonledger.reports.numbers import format_number

    rate = credit.amount / credit.area / credit.years
    say(
        Text(
            f"{chosen.label}：{format_number(credit.amount, 3)} t CO2（正数为碳汇），"
            f"面积 {format_number(credit.area)} 公顷，年均 {format_number(rate)} t CO2/公顷",
            f"{chosen.label}: {format_number(credit.amount, 3)} t CO2 (positive is a removal), "
            f"area {format_number(credit.area)} ha, {format_number(rate)} t CO2/ha a year",
        ),
        lang,
    )
    say(Text(f"  = {credit.formula}", f"  = {credit.formula}"), lang)
    for key, source in credit.sources.items():
        line = f"  {key} = {credit.values[key]:g}（{source}）"
        say(Text(line, line), lang)


@credits_app.command("issue")
def issue_command(
    project: ProjectArgument,
    book: BookOption,
    tonnes: Annotated[int, typer.Option(help="签发量，整吨 / whole tonnes")],
    certificate: Annotated[str, typer.Option(help="证书或碳票编号、评估机构 / certificate")],
    period: PeriodOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """签发信用并编号 / Issue credits with serial numbers."""
    from carbonledger.credits.book import issue
    from carbonledger.credits.journal import open_journal

    read, chosen, credit = _computed(project, period)
    with open_journal(book, _now) as journal:
        line, notices = issue(journal, read, chosen, credit, tonnes, certificate)
    serial = line.content["serial"]
    say(
        Text(
            f"已签发 {serial}，编号 1–{tonnes}，监测期 {chosen.label}。",
            f"Issued {serial}, units 1 to {tonnes}, period {chosen.label}.",
        ),
        lang,
    )
    for notice in notices:
        say(notice, lang)


@credits_app.command("sell")
def sell_command(
    serial: SerialArgument,
    book: BookOption,
    units: UnitsOption,
    buyer: Annotated[str, typer.Option(help="买方 / buyer")],
    price: Annotated[str, typer.Option(help="单价，元/吨 / yuan per tonne")],
    price_year: Annotated[int, typer.Option(help="价格年份 / price year")],
    seller: Annotated[str | None, typer.Option(help="卖方，默认签发人 / seller")] = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """登记一次出售 / Enter a sale."""
    from carbonledger.credits.book import sell
    from carbonledger.credits.journal import open_journal
    from carbonledger.credits.state import book_of

    with open_journal(book, _now) as journal:
        sell(
            journal, serial, _units(units), buyer=buyer, price=price, price_year=price_year,
            seller=seller,
        )  # fmt: skip
        sale = book_of(journal.lines).sales[-1]
    say(
        Text(
            f"已登记：{serial} {units} 售给 {buyer}，{sale.units} t × {sale.price} 元/t = "
            f"{sale.amount} 元（{price_year} 年价）。",
            f"Entered: {serial} {units} sold to {buyer}, {sale.units} t x {sale.price} yuan/t = "
            f"{sale.amount} yuan (prices of {price_year}).",
        ),
        lang,
    )


@credits_app.command("cancel")
def cancel_command(
    serial: SerialArgument,
    book: BookOption,
    units: UnitsOption,
    purpose: Annotated[str, typer.Option(help="用途 / purpose")],
    holder: Annotated[str | None, typer.Option(help="持有人，默认签发人 / holder")] = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """注销，不可撤回 / Cancel units for good."""
    from carbonledger.credits.book import cancel
    from carbonledger.credits.journal import open_journal

    with open_journal(book, _now) as journal:
        cancel(journal, serial, _units(units), purpose=purpose, holder=holder)
    say(Text(f"已注销：{serial} {units}。", f"Cancelled: {serial} {units}."), lang)


@credits_app.command("claim")
def claim_command(
    project: ProjectArgument,
    book: BookOption,
    inventory: Annotated[str, typer.Option(help="计入该碳汇的清单 / inventory that counts it")],
    period: PeriodOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """登记清单也计入该碳汇 / Note that an inventory counts the same removal."""
    from carbonledger.credits.book import claim
    from carbonledger.credits.journal import open_journal
    from carbonledger.credits.project import read_project

    read = read_project(project)
    with open_journal(book, _now) as journal:
        _, notices = claim(journal, read, read.period(period), inventory)
    say(Text(f"已登记：清单“{inventory}”。", f"Noted: inventory '{inventory}'."), lang)
    for notice in notices:
        say(notice, lang)


@credits_app.command("log")
def log_command(
    book: BookOption,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """列出账簿的全部记录 / All entries of the book."""
    from carbonledger.credits.journal import read_journal

    lines = read_journal(existing_book(book))
    if as_json:
        print_json([line.__dict__ for line in lines])
        return
    for line in lines:
        said = {key: value for key, value in line.content.items() if isinstance(value, str | int)}
        shown = "  ".join(f"{key}={value}" for key, value in said.items() if value != "")
        text = f"{line.number}  {line.at}  {line.kind}  {shown}  [{line.seal[:12]}]"
        say(Text(text, text), lang)


@credits_app.command("balance")
def balance_command(
    book: BookOption,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """各批次的签发、持有、注销和销售额 / What was issued, is held, cancelled and sold."""
    from carbonledger.credits.balance import balance
    from carbonledger.credits.journal import read_journal
    from carbonledger.credits.state import book_of, shown_beside

    state = book_of(read_journal(existing_book(book)))
    rows, money = balance(state)
    shared = state.shared()
    if as_json:
        notices = [shown_beside(*each).zh for each in shared]
        print_json({"batches": rows, "sales_by_price_year": money, "shared": notices})
        return
    for row in rows:
        held = "；".join(f"{name} {tonnes} t" for name, tonnes in row["held"].items()) or "—"
        say(
            Text(
                f"{row['serial']}（{row['vintage']}）：签发 {row['issued']} t，注销 "
                f"{row['cancelled']} t，持有：{held}",
                f"{row['serial']} ({row['vintage']}): issued {row['issued']} t, cancelled "
                f"{row['cancelled']} t, held: {held}",
            ),
            lang,
        )
    for year, amount in money.items():
        say(Text(f"销售额：{amount} 元（{year} 年价）", f"Sales: {amount} yuan of {year}"), lang)
    say(
        Text(
            "信用账簿与清单分开：以上数量不得与清单总量相加或相抵。",
            "The book of credits stands apart: never add it to, or set it off against, an "
            "inventory.",
        ),
        lang,
    )
    for each in shared:
        say(shown_beside(*each), lang)


@credits_app.command("verify")
def verify_command(
    book: BookOption,
    lang: Lang = None,  # type: ignore[assignment]  # as above
) -> None:
    """核对账簿的封印和平衡 / Check the seals and the balance of the book."""
    from carbonledger.credits.journal import read_journal, verify_chain
    from carbonledger.credits.state import book_of

    lines = read_journal(existing_book(book))
    findings = verify_chain(lines) or book_of(lines).check()
    for finding in findings:
        say(finding, lang)
    if findings:
        raise typer.Exit(FAILED)
    say(Text(f"账簿完好（{len(lines)} 条）。", f"The book is sound ({len(lines)} entries)."), lang)


def total(
    result: Annotated[Path, typer.Argument(help="结果目录 / result folder")],
    accounts: Annotated[list[str], typer.Argument(help="要相加的科目 / accounts to add")],
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """把几个科目相加；不同账簿的拒绝相加 / Add accounts; those of different books are refused."""
    from carbonledger.analysis.added import added
    from carbonledger.api import library_of
    from carbonledger.engine.results import Results
    from carbonledger.reports.numbers import format_number

    results = Results.read(result)
    sums = added(results.totals, accounts, library_of(results))
    if as_json:
        print_json(sums.to_dict("records"))
        return
    for region, period, co2e in sums.itertuples(index=False):
        line = f"{region} {period}: {format_number(co2e)} t CO2e"
        say(Text(line, line), lang)


def add_credit_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    credits_app.command("overlaps")(overlaps)
    app.add_typer(credits_app, name="credits")
    app.command()(total)


def _computed(folder: Path, period: str | None) -> "tuple[Project, Period, Credit]":
    from carbonledger.credits.compute import credit_of
    from carbonledger.credits.project import read_project

    read = read_project(folder)
    chosen = read.period(period)
    return read, chosen, credit_of(read, chosen)


def _units(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not (first.isascii() and first.isdigit() and (last or first).isdigit()):
        raise CarbonledgerError(
            f"编号“{text}”应写成 1-2723。", f"Write the units '{text}' as 1-2723."
        )
    return int(first), int(last or first)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
