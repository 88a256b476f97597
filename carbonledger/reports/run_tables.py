"""The workbooks of tables beside that of a run: summary layouts, and the account of GEP."""

from pathlib import Path

from carbonledger.analysis.summary import layouts
from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.memory import collector_at_rest
from carbonledger.model.records import Book
from carbonledger.reports.numbers import TONNES
from carbonledger.reports.summary_report import write_summary_report

__all__ = ["TABLE_BOOKS", "write_run_tables"]

_SUMMARY_TABLES, _GEP_TABLES = "summary_tables.xlsx", "gep_tables.xlsx"
TABLE_BOOKS = (_SUMMARY_TABLES, _GEP_TABLES)
"""The names of the workbooks that a result folder may hold."""


@collector_at_rest()
def write_run_tables(folder: Path, results: Results, library: Library) -> None:
    """Write the summary tables in every layout and, where a run has GEP, its tables.

    Raises:
        CarbonledgerError: if a file cannot be written.
    """
    write_summary_report(folder / _SUMMARY_TABLES, results, library, layouts(), TONNES)
    if Book.GEP in set(results.totals["book"]):
        # Few runs have a GEP account, and what lays it out is slow to load.
        from carbonledger.reports.gep_report import write_gep_report  # noqa: PLC0415

        write_gep_report(folder / _GEP_TABLES, results, library)
