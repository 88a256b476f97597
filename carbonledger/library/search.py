"""Search the factor library in either language, and the overview of what it holds."""

import csv
import unicodedata
from collections.abc import Mapping, Sequence

import pandas as pd

from carbonledger.library.load import Library
from carbonledger.library.reasons import parameter_name
from carbonledger.memory import values_by
from carbonledger.model import limits
from carbonledger.model.potentials import GWP
from carbonledger.model.records import Status
from carbonledger.paths import factors_dir

__all__ = ["overview", "search"]

_COLUMNS = [
    "id", "parameter", "item", "detail", "account", "species", "region", "value", "unit", "edition",
    "status", "source", "locator", "note",
]  # fmt: skip
_NAMED = {"item": "items", "detail": "details", "region": "regions", "account": "accounts"}
_EXACT, _PREFIX, _INSIDE, _TEXT = 0, 1, 2, 3
_NO_HIT = 9


def search(
    base: Library,
    words: Sequence[str] = (),
    *,
    parameter: str = "",
    item: str = "",
    edition: str = "",
    status: str = "",
) -> pd.DataFrame:
    """The parameters in which every word occurs: in a key, a name in either language, or a source.

    Case, width and blanks do not matter. Rows come first whose key or name is the word itself, then
    those that begin with it, then the rest, each in the order of the library. Without words, all
    parameters. The further arguments are codes that the rows must have.
    """
    table = base.parameters[_COLUMNS]
    chosen = {"parameter": parameter, "item": item, "edition": edition, "status": status}
    for column, code in chosen.items():
        if code:
            table = table[table[column] == code]
    names = {column: _names(getattr(base, frame), column) for column, frame in _NAMED.items()}
    names["parameter"] = _parameter_names()
    titles = values_by(base.sources, "source", "title")
    rank = pd.Series(0, index=table.index)
    for word in words:
        hits = _hits(table, _plain(word), names, titles)
        table, rank = table[hits < _NO_HIT], (rank + hits)[hits < _NO_HIT]
    order = rank.sort_values(kind="stable").index
    return table.loc[order].reset_index(drop=True)


def overview(base: Library) -> pd.DataFrame:
    """One row for each subject (file) and parameter: names, units, rows, verified share, editions.

    ``verified`` is the share of verified rows, from 0 to 1.
    """
    files = _subjects()
    table = base.parameters.assign(
        subject=[files.get(key, "blends") for key in base.parameters["id"]],
        checked=base.parameters["status"] == Status.VERIFIED.value,
    )
    rows = []
    for (subject, parameter), group in table.groupby(["subject", "parameter"], sort=True):
        name = parameter_name(str(parameter))
        units = group["unit"].value_counts().index
        rows.append(
            {
                "subject": subject,
                "parameter": parameter,
                "name_zh": name.zh,
                "name_en": name.en,
                "unit": "、".join(units[:3]) + ("…" if len(units) > 3 else ""),
                "rows": len(group),
                "verified": float(group["checked"].mean()),
                "editions": "、".join(dict.fromkeys(group["edition"])),
            }
        )
    return pd.DataFrame(rows)


def _subjects() -> dict[str, str]:
    """Every id with the file that it stands in."""
    found: dict[str, str] = {}
    for path in sorted((factors_dir() / "parameters").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {row["id"]: path.stem for row in csv.DictReader(file)}
    return found


def _hits(
    table: pd.DataFrame,
    word: str,
    names: Mapping[str, Mapping[str, Sequence[str]]],
    titles: Mapping[str, str],
) -> "pd.Series[int]":
    """How well each row meets a word: exactly, at the start, inside a name, in a text, not."""
    best = pd.Series(_NO_HIT, index=table.index)
    for column in ("id", "species", "edition", *names):
        known = names.get(column, {})
        found = {key: _grade((key, *known.get(key, ())), word) for key in table[column].unique()}
        best = best.combine(table[column].map(found), min)
    source = table["source"].map(titles).fillna("")
    for texts in (table["source"], source, table["locator"], table["note"], table["unit"]):
        inside = {text: word in _plain(str(text)) for text in texts.unique()}
        best = best.where(~(texts.map(inside).astype(bool) & (best > _TEXT)), _TEXT)
    return best.astype(int)


def _grade(spellings: Sequence[str], word: str) -> int:
    plain = [_plain(text) for text in spellings if text]
    if word in plain:
        return _EXACT
    if any(text.startswith(word) for text in plain):
        return _PREFIX
    return _INSIDE if any(word in text for text in plain) else _NO_HIT


def _names(table: pd.DataFrame, key: str) -> dict[str, tuple[str, ...]]:
    """Every spelling of the keys of a table."""
    rows = table.to_dict("records")
    return {
        row[key]: (row["name_zh"], row["name_en"], *str(row.get("aliases", "")).split("|"))
        for row in rows
    }


def _parameter_names() -> dict[str, tuple[str, ...]]:
    """Every parameter with the spellings that tables of entries may use for it."""
    with (factors_dir() / "layouts" / "column_aliases.csv").open(encoding="utf-8-sig") as file:
        names: dict[str, tuple[str, ...]] = {}
        for row in csv.DictReader(file):
            names[row["name"]] = (*names.get(row["name"], ()), row["alias"])
    for parameter in (GWP, *limits.names()):
        names[parameter] = (*names.get(parameter, ()), *parameter_name(parameter))
    return names


def _plain(text: str) -> str:
    """A text without case, width and blanks (the ideographic one among them)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
