"""The command over two surveys of sub-compartments."""

from pathlib import Path
from typing import Annotated

import typer

from carbonledger.cli.common import Json, Lang, print_json, say
from carbonledger.errors import Text

__all__ = ["add_stands_change_command"]

_Folder = Annotated[Path, typer.Argument(help="stands 的结果目录 / result folder of stands")]


def stands_change(
    former: _Folder,
    latter: _Folder,
    out: Annotated[Path, typer.Option(help="结果目录 / result folder")] = Path("results/change"),
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """两次小班调查的库存差：年均吸收 / Stock difference of two surveys of sub-compartments."""
    from carbonledger.analysis.stand_sums import ACCOUNTS
    from carbonledger.reports.numbers import format_number
    from carbonledger.reports.stand_change_book import doubt_lines
    from carbonledger.stands.change import CHANGE_BOOK, change

    done = change(former, latter, out)
    total = done.total()
    if as_json:
        print_json(
            {
                "surveys": done.years,
                "rows": done.rows.to_dict("records"),
                "doubts": {**vars(done.doubts), "share": done.doubts.share},
                "totals": total,
            }
        )
        return
    lines = [
        Text(
            f"{done.years[0]}→{done.years[1]}：面积 {format_number(total['area then'])} → "
            f"{format_number(total['area now'])} 公顷，蓄积 {format_number(total['stock then'])} → "
            f"{format_number(total['stock now'])} 立方米"
            f"（{format_number(total['volume'])} 立方米/年）",
            f"{done.years[0]} to {done.years[1]}: area {format_number(total['area then'])} to "
            f"{format_number(total['area now'])} ha, stock {format_number(total['stock then'])} to "
            f"{format_number(total['stock now'])} m3 ({format_number(total['volume'])} m3/a)",
        ),
        *(_of_account(account, total) for account in ACCOUNTS),
        Text(
            "；".join(doubt_lines(done.doubts)),
            f"Stands met again: {done.doubts.matched} "
            f"({format_number(done.doubts.share * 100, 1)} % of the former area); other species "
            f"{done.doubts.species}, other area {done.doubts.area}, other age {done.doubts.age}, "
            f"less volume {done.doubts.fallen}.",
        ),
        Text(f"变化和未匹配的小班：{out / CHANGE_BOOK}", f"Change, and stands not met: {out}"),
    ]
    for line in lines:
        say(line, lang)


def add_stands_change_command(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command("stands-change")(stands_change)


def _of_account(account: str, total: dict[str, float]) -> Text:
    from carbonledger.reports.numbers import format_number

    removal = format_number(total[f"removal {account}"])
    lacking = " / ".join(
        format_number(total[f"uncovered {account} {when}"], 0) for when in ("then", "now")
    )
    unit = Text("株", "culms") if account == "K.3" else Text("立方米", "m3")
    return Text(
        f"年均净吸收 {account}：{removal} t CO₂/年；两次未覆盖 {lacking} {unit.zh}",
        f"Net removal {account}: {removal} t CO2/a; not covered in the two {lacking} {unit.en}",
    )
