"""Totals of hand-made postings: what no sum may hide."""

import pandas as pd
import pytest

from carbonledger.engine.totals import account_totals
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library


def totals_of(folder, amounts, potential=28.0):
    """The totals of amounts by account, in order."""
    rows = pd.DataFrame(amounts, columns=["account", "amount"])
    rows = rows.assign(book="inventory", region="350500", period=2020, measure="CH4", unit="t CH4")
    rows = rows.assign(co2e=rows["amount"] * potential, notation="")
    rows.to_parquet(folder / "postings.parquet")
    return account_totals(folder / "postings.parquet", library()).set_index("account")


@pytest.mark.parametrize(
    "amounts",
    [
        [("1.A.2", 1.7e308), ("1.A.2", 1.7e308)],
        # What is added to an infinite sum makes it no number, which a file shows as a blank.
        [("1.A.2", 1.7e308), ("1.A.2", 1.7e308), ("1.A.2", -3.0), ("1.A.2", 5.0)],
        [("1.A.1.a.i", 1.7e308), ("1.A.2", 1.7e308), ("1.A.3.b.i", 1.0), ("1.B.1", 1.0)],
        [("1.A.2", float("inf")), ("1.A.2", 1.0), ("1.A.2", 1.0)],
        # The mass is a number, its equivalent is not.
        [("1.A.2", 1e308), ("1.A.2", 1.0), ("1.A.2", 2.0)],
    ],
)
def test_a_total_beyond_all_numbers_is_refused_and_never_blank(tmp_path, amounts):
    with pytest.raises(CarbonledgerError, match="beyond the range"):
        totals_of(tmp_path, amounts)


def test_large_totals_are_exact(tmp_path):
    totals = totals_of(tmp_path, [("1.A.2", 2.0**1000), ("1.A.2", 2.0**1000)])
    assert totals.loc["1.A", "amount"] == 2.0**1001
