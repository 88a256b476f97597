"""The store of runs: one folder with a DuckDB file, immutable Parquet and the original files."""

from carbonledger.ledger.store import Ledger

__all__ = ["Ledger"]
