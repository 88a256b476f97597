"""What the commands share: language, printing, options."""

import json
import locale
import math
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carbonledger.errors import CarbonledgerError, Text

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "BLOCKED",
    "FAILED",
    "FINE",
    "GwpOption",
    "InventoryArgument",
    "Json",
    "Lang",
    "ProfileOption",
    "console",
    "default_language",
    "print_json",
    "say",
]

FINE, FAILED, BLOCKED = 0, 1, 2


def default_language() -> str:
    """The language of the locale."""
    # Chinese unless the machine says otherwise: an unset or neutral locale is no choice.
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "en" if os.environ[name].lower().startswith("en") else "zh"
    return "en" if (locale.getlocale()[0] or "").lower().startswith("en") else "zh"


def _language(value: str | None) -> str:
    if value is None:
        return default_language()
    if value not in {"zh", "en"}:
        raise CarbonledgerError(
            f"--lang 只能是 zh 或 en，不能是“{value}”。", f"--lang is zh or en, not '{value}'."
        )
    return value


InventoryArgument = Annotated[
    str, typer.Argument(help="清单目录，或随软件提供的清单名 / inventory folder or packaged name")
]
Lang = Annotated[
    str,
    typer.Option(
        help="语言 / language: zh, en", callback=_language, show_default="系统语言 / the locale's"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出 / print JSON")]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="口径，替代清单所定 / profile instead of the manifest's"),
]
GwpOption = Annotated[
    str | None, typer.Option("--gwp", help="GWP 值组：SAR AR4 AR5 AR6 / set of warming potentials")
]


def console() -> "Console":
    """Where tables are printed."""
    from rich.console import Console

    # Pipes and files have no width of their own; cut tables there would hide numbers.
    return Console() if sys.stdout.isatty() else Console(width=160)


def say(text: Text, lang: str) -> None:
    """Print a message in the language of the user."""
    print(text.in_language(lang))


def print_json(data: Any) -> None:
    """Print data as JSON, a missing number as null."""
    print(json.dumps(_plain(data), ensure_ascii=False, indent=2, default=str, allow_nan=False))


def _plain(data: Any) -> Any:
    # JSON has no NaN: a missing number is null there.
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    return None if isinstance(data, float) and math.isnan(data) else data
