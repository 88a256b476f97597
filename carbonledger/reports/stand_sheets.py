"""Sheets of sums of sub-compartments: by which keys, under which names, and their lines."""

from collections.abc import Mapping, Sequence

import pandas as pd

from carbonledger.errors import Text
from carbonledger.intake.stand_codes import code_names
from carbonledger.library.load import Library
from carbonledger.memory import values_by
from carbonledger.reports.sheet import Sheet

__all__ = ["SHEETS", "Amount", "key_names", "write_sums"]

# The sheets of a workbook of sums: name, label, keys.
SHEETS: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    ("合计", Text("全表", "all"), ()),
    ("按县", Text("县", "county"), ("region",)),
    ("按乡镇", Text("乡镇", "township"), ("region", "township")),
    ("按树种", Text("树种", "species"), ("species",)),
    ("按起源", Text("起源", "origin"), ("origin",)),
    ("按龄组", Text("龄组", "age class"), ("age_class",)),
    ("明细", Text("各组", "groups"), ("region", "township", "species", "origin", "age_class")),
)
_HEADS = {
    "region": "地区",
    "township": "乡镇",
    "species": "树种",
    "origin": "起源",
    "age_class": "龄组",
    "status": "匹配",
}
Amount = tuple[str, str, int]  # column of the sums, heading, decimals


def key_names(library: Library) -> dict[str, dict[str, str]]:
    """The names of the codes of each key by which sums are made."""
    return {
        "region": values_by(library.regions, "region", "name_zh"),
        "species": values_by(library.items, "item", "name_zh"),
        "origin": code_names("origin"),
        "age_class": code_names("age_class"),
    }


def write_sums(
    sheet: Sheet,
    row: int,
    sums: pd.DataFrame,
    amounts: Sequence[Amount],
    names: Mapping[str, Mapping[str, str]],
    *,
    keys: Sequence[str],
) -> int:
    """Write headings and a line for each group.

    Args:
        sheet: the sheet.
        row: the row of the headings.
        sums: a row for each group, with its keys and amounts.
        amounts: what is written of them.
        names: of the codes by key; a code without one is written as it is.
        keys: the columns that tell the groups apart.

    Returns:
        The row below the last line.
    """
    row = sheet.header(row, [*(_HEADS[key] for key in keys), *(head for _, head, _ in amounts)])
    for record in sums.to_dict("records"):
        for column, key in enumerate(keys):
            code = str(record[key])
            sheet.text(row, column, names.get(key, {}).get(code, code) or "（空白）")
        for column, (amount, _, decimals) in enumerate(amounts, len(keys)):
            value = record[amount]
            sheet.number(row, column, None if pd.isna(value) else float(value), decimals=decimals)
        row += 1
    return row
