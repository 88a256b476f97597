"""Totals: postings summed up the chart of accounts."""

import glob
from pathlib import Path

import pandas as pd
import pyarrow as pa

from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.memory import database
from carbonledger.model.notation import join_notations

__all__ = ["TOTAL_COLUMNS", "account_totals"]

TOTAL_COLUMNS = (
    "book", "region", "period", "account", "measure", "amount", "unit", "co2e", "notation",
)  # fmt: skip

# Equal runs give equal totals to the last bit: one thread sums the postings in their order.
_TOTALS = """
WITH leaves AS (
    SELECT book, region, period, account, measure, unit,
           fsum(amount) AS amount, fsum(co2e) AS co2e,
           string_agg(DISTINCT nullif(notation, ''), ',') AS notation
    FROM read_parquet($postings, hive_partitioning = false)
    GROUP BY ALL
)
SELECT leaves.book, region, period, place, ancestor AS account, measure, unit,
       fsum(amount) AS amount, fsum(co2e) AS co2e,
       coalesce(string_agg(notation, ','), '') AS notation,
       coalesce(NOT (isfinite(fsum(amount)) AND isfinite(fsum(co2e))), false) AS beyond
FROM leaves
JOIN links ON leaves.account = links.key
JOIN chart ON links.ancestor = chart.account AND leaves.book = chart.book
GROUP BY ALL
ORDER BY leaves.book, region, period, place, measure, unit
"""


def account_totals(postings: Path, library: Library) -> pd.DataFrame:
    """The totals of a postings file by book, region, period, account and measure.

    An account's total holds everything below it, accounts in the order of the chart. Books are
    never added: an account of another book takes no part in the sum of its parent. A sum over
    nothing but notation keys is missing and carries all of them; a sum over numbers and keys
    carries both, so that a reader sees that something is missing from it.

    Raises:
        CarbonledgerError: if a total is beyond the range of numbers.
    """
    chart, links = library.accounts, library.account_chain
    with database(threads=1) as connection:
        above = {name: links[name].tolist() for name in ("key", "ancestor")}
        connection.register("links", pa.table(above))
        books = {"account": chart["account"].tolist(), "book": [*map(str, chart["book"].tolist())]}
        connection.register("chart", pa.table({**books, "place": range(len(chart))}))
        place = {"postings": glob.escape(str(postings))}
        totals = connection.execute(_TOTALS, place).df()
    texts = totals["notation"].tolist()
    joined = {text: join_notations(set(text.split(","))) for text in set(texts)}
    totals["notation"] = [joined[text] for text in texts]
    # Not only where a sum is infinite: one that passes through infinity ends as no number.
    beyond = totals[totals["beyond"]]
    if len(beyond):
        account = beyond["account"].iloc[0]
        raise CarbonledgerError(
            f"科目 {account} 的合计超出可表示的范围，录入的数量大得不合理，请核对数量和单位。",
            f"The total of account {account} is beyond the range of numbers: the quantities "
            "entered are impossibly large; check them and their units.",
        )
    return totals[list(TOTAL_COLUMNS)]
