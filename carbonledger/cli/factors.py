"""Commands of the factor library."""

import json
from typing import Annotated

import typer

from carbonledger.cli.common import Json, Lang, console, print_json

__all__ = ["factors_app"]

factors_app = typer.Typer(help="因子库 / The factor library", no_args_is_help=True)


@factors_app.command("search")
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="查找词：参数、品种、来源 / words to look for")
    ] = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """查找因子库 / Search the factor library, in Chinese or English."""
    from carbonledger.library.load import library
    from carbonledger.library.search import search as find
    from carbonledger.reports.explanation import print_factors

    found = find(library(), words or [])
    if as_json:
        print_json(json.loads(found.to_json(orient="records", force_ascii=False)))
    else:
        print_factors(console(), found, lang)
