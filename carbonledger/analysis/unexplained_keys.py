"""Notation keys in place of a figure: each needs its explanation."""

from collections.abc import Hashable

import pandas as pd

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.notation import NOTATION_LABELS, Notation
from carbonledger.model.problem import Grade, Problem

__all__ = ["unexplained_keys"]

_SUFFIX = "__notation"
_KEY = ["region", "account", "item", "detail", "key"]


def unexplained_keys(entries: pd.DataFrame, library: Library) -> list[Problem]:
    """A problem (grade B) for every series with a notation key and nothing in its note.

    IPCC 2006 Vol. 1 section 8.2.5 asks for the reason of every NE and IE; a county that writes NO
    for a source of other years has to say as much. What the manifest answers has its reason there.

    Args:
        entries: the entries of a run (``entries.parquet``).
        library: for the names in the message.
    """
    marked = {
        column: keys.notna() & keys.ne("")
        for column in entries.columns
        if column.endswith(_SUFFIX)
        for keys in [entries[column]]
    }
    parts = [
        entries[mark].assign(
            key=entries.loc[mark, column],
            cell=entries.loc[mark, column.removesuffix(_SUFFIX) + "__cell"],
        )
        for column, mark in marked.items()
        if mark.any()
    ]
    rows = pd.concat(parts, ignore_index=True) if parts else entries.iloc[:0]
    rows = rows[rows["note"].fillna("").str.strip().eq("") & rows["answer"].fillna("").eq("")]
    if rows.empty:
        return []
    rows = rows.assign(**{name: rows[name].fillna("") for name in ("item", "detail")})
    return [
        _unexplained(group.sort_values("period"), library)
        for _, group in rows.groupby(_KEY, sort=True)
    ]


def _unexplained(rows: pd.DataFrame, library: Library) -> Problem:
    first: dict[Hashable, object] = rows.iloc[0].to_dict()
    key = Notation(str(first["key"]))
    years = [str(year) for year in rows["period"].unique()]
    who = {lang: _name(first, library, lang) for lang in ("zh", "en")}
    return Problem(
        grade=Grade.B,
        code="notation-unexplained",
        file=str(first["file"]),
        sheet=str(first["sheet"] or ""),
        cell=str(first["cell"] or ""),
        row=int(str(first["row"])),
        message=Text(
            f"{who['zh']}：{'、'.join(years)} 年填的是 {key.value}"
            f"（{NOTATION_LABELS[key].zh}），没有说明理由。",
            f"{who['en']}: {key.value} ({NOTATION_LABELS[key].en}) in {', '.join(years)}, without "
            "a reason.",
        ),
        remedy=Text(
            "请在“备注”列写明理由：NE 写为何没有估算，IE 写列入哪个科目，NO 写何以确知没有发生。",
            "Write the reason into the column note: why it was not estimated (NE), at which "
            "account it is included (IE), how it is known not to occur (NO).",
        ),
    )


def _name(row: dict[Hashable, object], library: Library, lang: str) -> str:
    account = str(row["account"])
    parts = [f"{account} {library.label('accounts', account, lang)}"]
    for table, name in (("items", "item"), ("details", "detail")):
        parts += [library.label(table, str(row[name]), lang)] if row[name] else []
    return " · ".join(parts)
