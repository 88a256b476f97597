"""Entry rows as an Arrow table with the columns of the entries contract."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from carbonledger.intake.layout import EntryRow
from carbonledger.intake.table import Grid

__all__ = ["EntryTable", "build_table"]


class EntryTable(NamedTuple):
    """The entries of one input table.

    Small tables are held in ``table``. Large typed tables stay on disk: ``parquet`` is their file
    and ``select`` the DuckDB query over it that yields the columns of the entries contract;
    ``digest_text`` is the same query with a fixed word in place of the file, for digests.
    """

    name: str
    quantities: tuple[str, ...]
    table: pa.Table | None
    parquet: Path | None = None
    select: str = ""
    digest_text: str = ""


def build_table(
    grid: Grid, rows: Sequence[EntryRow], marks: Sequence[str], first_entry: int
) -> EntryTable:
    """Number the rows from ``first_entry`` and lay them out in columns.

    ``marks`` holds the answer that applies to each row (``set-aside``, ``confirm`` or nothing).
    """
    names = tuple(dict.fromkeys(name for row in rows for name in row.quantities))
    count = len(rows)
    columns: dict[str, pa.Array] = {
        "entry": pa.array(range(first_entry, first_entry + count), pa.int64()),
        "file": pa.array([grid.file] * count, pa.string()),
        "sheet": pa.array([grid.sheet] * count, pa.string()),
        "row": pa.array([row.row for row in rows], pa.int32()),
        "region": pa.array([row.region for row in rows], pa.string()),
        "period": pa.array([row.period for row in rows], pa.int32()),
        "account": pa.array([row.account for row in rows], pa.string()),
        "item": pa.array([row.item for row in rows], pa.string()),
        "detail": pa.array([row.detail for row in rows], pa.string()),
        "note": pa.array([row.note for row in rows], pa.string()),
        "source": pa.array([row.source for row in rows], pa.string()),
        "sign": pa.array([row.sign for row in rows], pa.float64()),
        "answer": pa.array(list(marks), pa.string()),
    }
    for name in names:
        readings = [row.quantities.get(name) for row in rows]
        columns[name] = pa.array([each and each.value for each in readings], pa.float64())
        columns[f"{name}__unit"] = pa.array([each and each.unit for each in readings], pa.string())
        columns[f"{name}__notation"] = pa.array(
            [each and each.notation for each in readings], pa.string()
        )
        columns[f"{name}__cell"] = pa.array([each and each.cell for each in readings], pa.string())
    label = f"{grid.file}/{grid.sheet}" if grid.sheet else grid.file
    return EntryTable(label, names, pa.table(columns))
