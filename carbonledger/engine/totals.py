"""Totals: postings summed up the chart of accounts."""

import glob
from pathlib import Path

import duckdb
import pandas as pd

from carbonledger.library.load import Library

__all__ = ["TOTAL_COLUMNS", "account_totals"]

TOTAL_COLUMNS = (
    "book", "region", "period", "account", "measure", "amount", "unit", "co2e", "notation",
)  # fmt: skip

# A sum over nothing but notation keys stays null and carries all of them; a sum over numbers and
# keys carries both, so that a reader sees that something is missing from it.
_QUERY = """
SELECT p.book, p.region, p.period, c.ancestor AS account, p.measure,
       fsum(p.amount) AS amount, p.unit, fsum(p.co2e) AS co2e,
       coalesce(string_agg(DISTINCT k.notation, ',' ORDER BY k.notation), '') AS notation
FROM read_parquet($postings, hive_partitioning = false) p
CROSS JOIN LATERAL (SELECT nullif(p.notation, '') AS notation) k
JOIN account_chain c ON c.key = p.account AND c.ancestor <> ''
JOIN accounts a ON a.account = c.ancestor AND a.book = p.book
GROUP BY p.book, p.region, p.period, c.ancestor, p.measure, p.unit, a.place
ORDER BY p.book, p.region, p.period, a.place, p.measure
"""


def account_totals(
    connection: duckdb.DuckDBPyConnection, postings: Path, library: Library
) -> pd.DataFrame:
    """The totals of a postings file by book, region, period, account and measure.

    An account's total holds everything below it. Accounts come in the order of the chart. Books are
    never added: an account of another book takes no part in the sum of its parent.
    """
    accounts = library.accounts[["account"]].assign(
        place=range(len(library.accounts)), book=library.accounts["book"].astype(str)
    )
    with connection.cursor() as cursor:
        cursor.register("account_chain", library.account_chain)
        cursor.register("accounts", accounts)
        found = cursor.execute(_QUERY, {"postings": glob.escape(str(postings))}).df()
    return found[list(TOTAL_COLUMNS)]
