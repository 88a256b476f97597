"""What eu_cbm_hat gives for the products of ``tests/test_wood.py``.

Run it with an interpreter that has eu_cbm_hat (2.1.13 gave the figures of the test):
``python tests/oracles/eu_cbm_hat_products.py``. Its pools begin empty after the first year of the
table, and its loop leaves out the last, so both are padding here.
"""

import os
import tempfile
from types import SimpleNamespace

import pandas as pd

os.environ.setdefault("EU_CBM_DATA", tempfile.mkdtemp())

from eu_cbm_hat.post_processor.hwp import HWP


class _Products(HWP):
    """The pools for inflows of our own: t C of sawnwood, panels and paper of each year."""

    def __init__(self, inflow: pd.DataFrame) -> None:
        self.runner = SimpleNamespace(country=SimpleNamespace(iso2_code=""))
        self.inflow = inflow

    @property
    def concat_1900_to_last_sim_year(self) -> pd.DataFrame:
        return self.inflow


if __name__ == "__main__":
    years = range(2000, 2013)
    sawnwood = [0.0, *(229.0 + 10.0 * n for n in range(11)), 0.0]
    table = pd.DataFrame(
        {
            "year": years,
            "sw_broad_dom_tc": sawnwood,
            "sw_con_dom_tc": 0.0,
            "wp_dom_tc": sawnwood,
            "pp_dom_tc": sawnwood,
        }
    )
    stocks = _Products(table).build_hwp_stock_since_1900.set_index("year")
    for year in (2001, 2005, 2011):
        row = stocks.loc[year]
        print(year, *(float(row[f"{name}_stock"]) for name in ("sw_broad", "wp", "pp")))
