"""The seven words of the ledger as typed records."""
