"""Carbon that was captured: it lowers the total, so it needs its evidence."""

import pandas as pd

from carbonledger.errors import Text
from carbonledger.memory import rows_of
from carbonledger.model.problem import Grade, Problem

__all__ = ["unproven_captures"]

_QUANTITY = "captured_co2"


def unproven_captures(entries: pd.DataFrame) -> list[Problem]:
    """A problem (grade B) for every entry of captured CO2 without evidence in source or note.

    IPCC 2006 Vol. 2 Ch. 2 section 2.3.4 lets only CO2 be deducted whose storage is monitored.

    Args:
        entries: the entries of a run (``entries.parquet``).
    """
    if _QUANTITY not in entries:
        return []
    silent = (entries["note"].fillna("") == "") & (entries["source"].fillna("") == "")
    return [_unproven(row) for row in rows_of(entries[entries[_QUANTITY].gt(0) & silent])]


def _unproven(entry: dict[str, object]) -> Problem:
    return Problem(
        grade=Grade.B,
        code="capture-evidence",
        file=str(entry["file"]),
        sheet=str(entry["sheet"] or ""),
        cell=str(entry[f"{_QUANTITY}__cell"] or ""),
        row=int(str(entry["row"])),
        message=Text(
            "捕集封存的 CO₂ 从排放中扣除，但这一条没有写依据。",
            "Captured CO2 is deducted from the emissions, but this entry names no evidence.",
        ),
        remedy=Text(
            "请在“数据来源”或“备注”列写明捕集量的计量和封存的监测、核查文件。",
            "Name the document that measures what was captured and verifies its storage, in the "
            "column source or note.",
        ),
    )
