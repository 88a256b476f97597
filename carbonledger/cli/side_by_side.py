"""The command that sets all methods of an inventory side by side."""

from typing import Annotated

import typer

from carbonledger.cli.common import InventoryArgument, Json, Lang, console, print_json

# pandas takes a second to import, so what needs it is imported where it is used.

__all__ = ["side_by_side"]


def side_by_side(
    inventory: InventoryArgument,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            help="口径，可写几次 / profile, may be repeated "
            "[清单的口径；碳汇为所有适用口径 / the manifest's; for sinks all that fit]",
        ),
    ] = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """所有适用方法的结果、区间和差异原因 / All methods that apply, with ranges and reasons."""
    from carbonledger.analysis.side_by_side import compare_methods
    from carbonledger.engine.open import open_inventory
    from carbonledger.reports.context import Names
    from carbonledger.reports.side_by_side_table import print_side_by_side

    opened = open_inventory(inventory)
    content = compare_methods(opened, profile or ())
    if as_json:
        print_json(content)
    else:
        print_side_by_side(console(), content, Names.of(opened.library), lang)
