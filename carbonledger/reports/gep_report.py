"""The GEP tables of a run as a workbook: ``gep_tables.xlsx``."""

from pathlib import Path

from carbonledger.analysis.gep.facts import gep_facts
from carbonledger.analysis.gep.report import TABLES, gep_tables
from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.reports.use_tables import write_use_tables

__all__ = ["write_gep_report"]


def write_gep_report(path: Path, results: Results, library: Library, money: str = "万元") -> None:
    """Write all tables of the GEP account of a run; nothing where it has none.

    Raises:
        CarbonledgerError: if the file cannot be written.
    """
    facts = gep_facts(results, library)
    if facts is not None and not facts.current.empty:
        tables = [table for name in TABLES for table in gep_tables(facts, name, money)]
        write_use_tables(path, tables)
