"""The quantities of entries below each other, for questions about all of them."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["given"]

_OF_ENTRY = (
    "entry", "region", "period", "account", "item", "detail", "sign", "file", "sheet", "row",
    "note", "answer",
)  # fmt: skip
_OF_QUANTITY = ("", "__unit", "__notation", "__cell")
_CALLED = ("value", "unit", "notation", "cell")


def given(entries: pa.Table, names: Iterable[str]) -> pa.Table:
    """What entries state of some quantities, one row for each entry and quantity.

    A question to it is one question; to the columns of the entries it would be one for each
    quantity, and to plan those costs more than to answer them.

    Args:
        entries: the entries, with a column for each quantity.
        names: quantities, of which there is one at least.

    Returns:
        Columns ``entry, region, period, account, item, detail, sign, file, sheet, row, note,
        answer, value, unit, notation, cell, quantity``; no rows for blank cells.
    """
    parts = []
    for name in names:
        own = [f"{name}{part}" for part in _OF_QUANTITY]
        part = entries.select([*_OF_ENTRY, *own])
        stated = pc.or_(pc.is_valid(part[name]), pc.is_valid(part[f"{name}__notation"]))
        part = part.rename_columns([*_OF_ENTRY, *_CALLED]).filter(stated)
        parts.append(part.append_column("quantity", pa.repeat(name, part.num_rows)))
    return pa.concat_tables(parts)
