"""The command that compares two ways of transport."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from carbonledger.cli.common import GwpOption, Json, Lang, ProfileOption, console, print_json, say
from carbonledger.errors import CarbonledgerError, Text

__all__ = ["savings"]


def savings(
    activity: Annotated[
        list[str],
        typer.Argument(
            help='共同的活动水平 / activity of both: 保有量="1000 辆" 年均行驶里程="2 万km/a", '
            '货运周转量="10 亿吨公里"'
        ),
    ],
    *,
    old: Annotated[
        str, typer.Option(help="原方式 / before: 科目/品种[/细项], 1.A.3.b.i/汽油小客车")
    ],
    new: Annotated[str, typer.Option(help="替代方式 / after: 1.A.3.b.i/电力/纯电动小客车")],
    region: Annotated[str, typer.Option(help="地区 / region: 泉州, 350500")],
    year: Annotated[int, typer.Option(help="年份 / year")],
    old_value: Annotated[
        list[str] | None,
        typer.Option(help='原方式的数值，可多次 / its numbers: 百公里油耗="8 L/百车公里"'),
    ] = None,
    new_value: Annotated[
        list[str] | None,
        typer.Option(help='替代方式的数值 / its numbers: 百公里电耗="15 kWh/百车公里"'),
    ] = None,
    life_cycle: Annotated[
        bool,
        typer.Option("--life-cycle", help="比较全生命周期因子（不用于清单）/ life-cycle factors"),
    ] = False,
    profile: ProfileOption = None,
    gwp: GwpOption = None,
    out: Annotated[Path | None, typer.Option(help="写成工作簿 / write a workbook")] = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """换车、改运输方式一年减排多少 / What other vehicles or another mode save in a year."""
    from carbonledger.analysis.transport_request import Written
    from carbonledger.analysis.transport_request import savings as compute
    from carbonledger.analysis.transport_savings import Question
    from carbonledger.api import DEFAULT_PROFILE
    from carbonledger.library.load import library
    from carbonledger.reports.savings_table import print_savings, savings_data, write_savings

    found = compute(
        _pairs(activity),
        Written(old, _pairs(old_value or ())),
        Written(new, _pairs(new_value or ())),
        Question(region, year, profile or DEFAULT_PROFILE, gwp or ""),
        library(),
        life_cycle=life_cycle,
    )
    if out is not None:
        write_savings(out, found)
    if as_json:
        print_json(savings_data(found))
        return
    print_savings(console(), found, lang)
    if out is not None:
        say(Text(f"已写入 {out}", f"Written: {out}"), lang)


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name or not value:
            raise CarbonledgerError(
                f'“{text}”应写成 名称=数值 单位，例如 保有量="1000 辆"。',
                f"'{text}' should read name=value unit, for example vehicles=\"1000 辆\".",
            )
        if name in pairs:
            raise CarbonledgerError(f"“{name}”给了两次。", f"'{name}' is given twice.")
        pairs[name] = value
    return pairs
