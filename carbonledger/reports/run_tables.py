"""The workbooks of tables beside that of a run: summary layouts, and the account of GEP."""

from pathlib import Path

from carbonledger.analysis.summary import layouts
from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.memory import collector_at_rest
from carbonledger.reports.gep_report import GEP_TABLES, write_gep_report
from carbonledger.reports.numbers import TONNES
from carbonledger.reports.summary_report import write_summary_report

__all__ = ["TABLE_BOOKS", "write_run_tables"]

_SUMMARY_TABLES = "summary_tables.xlsx"
TABLE_BOOKS = (_SUMMARY_TABLES, GEP_TABLES)
"""The names of the workbooks that a result folder may hold."""


@collector_at_rest()
def write_run_tables(folder: Path, results: Results, library: Library) -> None:
    """Write the summary tables in every layout and, where a run has GEP, its tables.

    Raises:
        CarbonledgerError: if a file cannot be written.
    """
    write_summary_report(folder / _SUMMARY_TABLES, results, library, layouts(), TONNES)
    write_gep_report(folder / GEP_TABLES, results, library)
