"""Notation keys in place of a figure: each needs its explanation."""

from collections.abc import Sequence
from operator import itemgetter

from carbonledger.analysis.quality.given import given
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import Row
from carbonledger.model.notation import NOTATION_LABELS, Notation
from carbonledger.model.problem import Grade, Problem

__all__ = ["unexplained_keys"]

_SUFFIX = "__notation"
_KEY = ("region", "account", "item", "detail", "notation")


def unexplained_keys(results: Results, library: Library) -> list[Problem]:
    """A problem (grade B) for every series with a notation key and nothing in its note.

    IPCC 2006 Vol. 1 section 8.2.5 asks for the reason of every NE and IE; a county that writes NO
    for a source of other years has to say as much. What the manifest answers has its reason there.

    Args:
        results: a finished run.
        library: for the names in the message.
    """
    table = results.table("entries")
    marked = [
        name.removesuffix(_SUFFIX)
        for name in table.column_names
        if name.endswith(_SUFFIX) and table[name].null_count < table.num_rows
    ]
    series: dict[tuple[str, ...], list[Row]] = {}
    for row in given(table, marked).to_pylist() if marked else ():
        explained = (row["note"] or "").strip() or row["answer"]
        if row["notation"] and not explained:
            key = tuple(row[name] or "" for name in _KEY)
            series.setdefault(key, []).append(row)
    return [
        _unexplained(sorted(rows, key=itemgetter("period")), library)
        for _, rows in sorted(series.items(), key=itemgetter(0))
    ]


def _unexplained(rows: Sequence[Row], library: Library) -> Problem:
    first = rows[0]
    key = Notation(first["notation"])
    years = list(dict.fromkeys(str(row["period"]) for row in rows))
    who = {lang: _name(first, library, lang) for lang in ("zh", "en")}
    return Problem(
        grade=Grade.B,
        code="notation-unexplained",
        file=first["file"],
        sheet=first["sheet"] or "",
        cell=first["cell"] or "",
        row=first["row"],
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


def _name(row: Row, library: Library, lang: str) -> str:
    account = row["account"]
    parts = [f"{account} {library.label('accounts', account, lang)}"]
    for table, name in (("items", "item"), ("details", "detail")):
        parts += [library.label(table, row[name], lang)] if row[name] else []
    return " · ".join(parts)
