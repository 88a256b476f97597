"""The runs of a ledger as a view."""

import re
from typing import TYPE_CHECKING

from carbonledger.errors import Text
from carbonledger.reports.view import Head, Kind, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["runs_view"]


def _years(periods: str) -> str:
    """The years of a run, as the ledger lists them, from the first to the last."""
    years = [int(year) for year in re.findall(r"[0-9]+", periods)]
    whole = len(years) > 1 and years == list(range(years[0], years[-1] + 1))
    return f"{years[0]}～{years[-1]}" if whole else "、".join(map(str, years))


def runs_view(runs: "pd.DataFrame") -> View:
    """Every stored run: inventory, profile, size, time and identity."""
    heads = (
        Head(Text("清单", "Inventory")),
        Head(Text("年份", "Years")),
        Head(Text("口径", "Profile")),
        Head(Text("GWP", "GWP")),
        Head(Text("版本", "Revision"), Kind.WHOLE),
        Head(Text("录入数", "Entries"), Kind.WHOLE),
        Head(Text("分录数", "Postings"), Kind.WHOLE),
        Head(Text("入账时间（UTC）", "Stored (UTC)")),
        Head(Text("运行编号", "Run")),
    )
    rows = tuple(
        (
            Text(
                str(row["title_zh"] or row["inventory"]), str(row["title_en"] or row["inventory"])
            ),
            _years(str(row["periods"])),
            str(row["profile"]),
            str(row["gwp"]),
            int(row["revision"]),
            int(row["entries"]),
            int(row["postings"]),
            str(row["stored_at"])[:16],
            str(row["identity"])[:12],
        )
        for row in runs.to_dict("records")
    )
    return View(Text("账本中的运行", "Runs in the ledger"), heads, rows)
