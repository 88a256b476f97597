"""Search the factor library in either language."""

import csv
import unicodedata
from collections.abc import Sequence

import pandas as pd

from carbonledger.library.load import Library
from carbonledger.paths import factors_dir

__all__ = ["search"]

_COLUMNS = [
    "id", "parameter", "item", "account", "species", "region", "value", "unit", "edition", "status",
    "source", "locator", "note",
]  # fmt: skip


def search(base: Library, words: Sequence[str]) -> pd.DataFrame:
    """The parameters in which every word occurs: in a key, a name in either language, or a source.

    Without words, all parameters.
    """
    table = base.parameters[_COLUMNS]
    items = base.items.set_index("item")
    names = items["name_zh"] + " " + items["name_en"] + " " + items["aliases"]
    titles = base.sources.set_index("source")["title"]
    text = table.astype(str).agg(" ".join, axis=1)
    text += " " + table["parameter"].map(_parameter_names()).fillna("")
    text += " " + table["item"].map(names).fillna("") + " " + table["source"].map(titles).fillna("")
    text = text.map(_plain)
    for word in words:
        keep = text.str.contains(_plain(word), regex=False)
        table, text = table[keep], text[keep]
    return table.reset_index(drop=True)


def _parameter_names() -> dict[str, str]:
    """Every parameter with the spellings that tables of entries may use for it."""
    with (factors_dir() / "layouts" / "column_aliases.csv").open(encoding="utf-8-sig") as file:
        names: dict[str, str] = {}
        for row in csv.DictReader(file):
            names[row["name"]] = f"{names.get(row['name'], '')} {row['alias']}"
    return names


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
