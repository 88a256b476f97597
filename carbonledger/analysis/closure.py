"""Whether the layouts hold the same gas masses: each total beside what was posted.

A layout is another arrangement of the same postings. What it has no line for is listed by category,
so that the totals of two layouts differ by nothing else.
"""

import pandas as pd

from carbonledger.analysis.roll_up import INDIRECT
from carbonledger.analysis.summary import differences, layouts, posted, summary
from carbonledger.engine.results import Results
from carbonledger.library.load import Library

__all__ = ["CLOSURE_COLUMNS", "TOTALS", "closure"]

CLOSURE_COLUMNS = ["layout", "region", "period", "gas", "unit", "total", "posted", "difference"]
TOTALS = {"cn-provincial-2011": "T", "ipcc-2006": "TOTAL", "gpc": "TERRITORIAL"}
"""The line of each layout that holds all direct emissions and removals."""


def closure(results: Results, library: Library) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The totals of all layouts beside the postings, and what explains their differences.

    Returns:
        First the columns ``CLOSURE_COLUMNS``: for each layout, region, year and gas the line of all
        direct emissions (t of the gas, t CO2e for a group of gases), what was posted directly to
        the accounts of the inventory, and the difference. Then what a layout has no line for:
        ``layout`` and the columns of ``summary.differences``, without purchased electricity and
        heat, which are emissions of another place.
    """
    direct = posted(results, library)
    tables, rest = [], []
    for name in (each for each in layouts() if each in TOTALS):
        lines = summary(results, library, name)
        lines = lines[lines["code"] == TOTALS[name]]
        keys = ["region", "period", "gas"]
        lines = lines.assign(total=lines["amount"].fillna(lines["co2e"]))[[*keys, "total", "unit"]]
        both = direct.merge(lines, on=keys, how="left").assign(layout=name)
        both["difference"] = both["total"].fillna(0.0) - both["posted"]
        tables.append(both[CLOSURE_COLUMNS])
        left = differences(results, library, name)
        rest.append(left[~left["item"].isin(INDIRECT)].assign(layout=name))
    table = pd.concat(tables, ignore_index=True)
    # What is left of equal sums by the rounding of floating-point numbers is no difference.
    rounding = table["difference"].abs() <= table["posted"].abs() * 1e-9
    table.loc[rounding, "difference"] = 0.0
    return table, pd.concat(rest, ignore_index=True)
