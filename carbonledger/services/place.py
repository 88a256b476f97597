"""Where runs and drafts are kept."""

import os
from pathlib import Path

__all__ = ["default_ledger"]


def default_ledger() -> Path:
    """The ledger folder unless another one is named: ``CARBONLEDGER_LEDGER``, or the user's."""
    if os.environ.get("CARBONLEDGER_LEDGER"):
        return Path(os.environ["CARBONLEDGER_LEDGER"])
    from platformdirs import user_data_path  # noqa: PLC0415 - needed only without the variable

    return user_data_path("carbonledger", appauthor=False) / "ledger"
