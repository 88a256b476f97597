"""Runs for tests whose subject is not the workbook, which costs a third of a run."""

from pathlib import Path

from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import Outcome, RunOptions, write_run
from carbonledger.review import review

__all__ = ["reviewed"]


def reviewed(name: str | Path, out: Path, options: RunOptions | None = None) -> Outcome:
    """Run and review an inventory into a new folder."""
    options = options or RunOptions()
    inventory = open_inventory(name)
    out.mkdir(parents=True, exist_ok=True)
    outcome = write_run(inventory, out, options)
    return outcome if outcome.blocked else review(inventory, out, options, outcome)
