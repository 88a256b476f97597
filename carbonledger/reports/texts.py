"""The words of the reports in Chinese and English, from ``factors/layouts/report_texts.csv``."""

import csv
import re
from collections.abc import Mapping
from functools import cache

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.paths import factors_dir

__all__ = ["beside", "chemical", "label", "text"]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_FORMULAS = re.compile(r"(?<![A-Za-z])(?:CO2|CH4|N2O|CF4|C2F6|SF6|NF3)(?=e?(?![A-Za-z0-9]))")


@cache
def _texts() -> Mapping[str, Text]:
    path = factors_dir() / "layouts" / "report_texts.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["key"]: Text(row["zh"], row["en"]) for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise CarbonledgerError(
            f"报表文字表 {path} 缺失或无法读取，安装不完整，请重新安装 carbonledger。",
            f"The table of report texts {path} is missing or unreadable: the installation is "
            "incomplete; please install carbonledger again.",
        ) from error


def text(key: str) -> Text:
    """The words of this key; a key that the table lacks is a mistake in the program."""
    return _texts()[key]


def label(group: str, code: str) -> Text:
    """The words for a code of a group (``fallback``, ``grade``); an unknown code for itself."""
    return _texts().get(f"{group}.{code}") or Text(code, code)


def beside(words: Text, lang: str | None = None) -> str:
    """Chinese with English beside it, or one of them; once where both are the same."""
    if lang is not None:
        return words.in_language(lang)
    return words.zh if words.zh == words.en else f"{words.zh} {words.en}"


@cache
def chemical(formula: str) -> str:
    """A measure or a unit as chemists print it: ``t CO2e`` is ``t CO₂e``."""
    return _FORMULAS.sub(lambda match: match.group().translate(_SUBSCRIPTS), formula)
