"""Search the factor library in either language."""

import csv
import unicodedata
from collections.abc import Sequence

import pandas as pd

from carbonledger.library.load import Library
from carbonledger.model import limits
from carbonledger.paths import factors_dir

__all__ = ["search"]

_COLUMNS = [
    "id", "parameter", "item", "detail", "account", "species", "region", "value", "unit", "edition",
    "status", "source", "locator", "note",
]  # fmt: skip


def search(base: Library, words: Sequence[str]) -> pd.DataFrame:
    """The parameters in which every word occurs: in a key, a name in either language, or a source.

    Without words, all parameters.
    """
    table = base.parameters[_COLUMNS]
    names = _names(base.items, "item")
    titles = base.sources.set_index("source")["title"]
    text = table.astype(str).agg(" ".join, axis=1)
    text += " " + table["parameter"].map(_parameter_names()).fillna("")
    text += " " + table["item"].map(names).fillna("") + " " + table["source"].map(titles).fillna("")
    text += " " + table["detail"].map(_names(base.details, "detail")).fillna("")
    text += " " + table["region"].map(_names(base.regions, "region")).fillna("")
    text += " " + table["account"].map(_names(base.accounts, "account")).fillna("")
    text = text.map(_plain)
    for word in words:
        keep = text.str.contains(_plain(word), regex=False)
        table, text = table[keep], text[keep]
    return table.reset_index(drop=True)


def _names(table: pd.DataFrame, key: str) -> "pd.Series[str]":
    """Every spelling of a key of a table, in one text."""
    columns = [name for name in ("name_zh", "name_en", "aliases") if name in table]
    return table.set_index(key)[columns].agg(" ".join, axis=1)


def _parameter_names() -> dict[str, str]:
    """Every parameter with the spellings that tables of entries may use for it."""
    with (factors_dir() / "layouts" / "column_aliases.csv").open(encoding="utf-8-sig") as file:
        names: dict[str, str] = {}
        for row in csv.DictReader(file):
            names[row["name"]] = f"{names.get(row['name'], '')} {row['alias']}"
    for parameter, name in limits.names().items():
        names[parameter] = f"{names.get(parameter, '')} {name.zh} {name.en}"
    return names


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
