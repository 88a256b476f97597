"""Carbon that was captured: it lowers the total, so it needs its evidence."""

from collections.abc import Mapping
from typing import Any

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.model.problem import Grade, Problem

__all__ = ["unproven_captures"]

_QUANTITY = "captured_co2"


def unproven_captures(results: Results) -> list[Problem]:
    """A problem (grade B) for every entry of captured CO2 without evidence in source or note.

    IPCC 2006 Vol. 2 Ch. 2 section 2.3.4 lets only CO2 be deducted whose storage is monitored.
    """
    if _QUANTITY not in results.table("entries").column_names:
        return []
    columns = ("file", "sheet", "row", "note", "source", _QUANTITY, f"{_QUANTITY}__cell")
    return [
        _unproven(row)
        for row in results.rows("entries", columns)
        if (row[_QUANTITY] or 0.0) > 0 and not row["note"] and not row["source"]
    ]


def _unproven(entry: Mapping[str, Any]) -> Problem:
    return Problem(
        grade=Grade.B,
        code="capture-evidence",
        file=entry["file"],
        sheet=entry["sheet"] or "",
        cell=entry[f"{_QUANTITY}__cell"] or "",
        row=entry["row"],
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
