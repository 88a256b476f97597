"""Computing a draft and storing the run."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from carbonledger.api import run_to_folder, store
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions
from carbonledger.model.problem import Problem

__all__ = ["Finished", "run_and_store"]


@dataclass(frozen=True)
class Finished:
    """What came of a run: its identity, or the problems that kept it from being computed.

    ``new`` says that the ledger did not have this very submission before.
    """

    identity: str
    problems: list[Problem]
    new: bool = False

    @property
    def blocked(self) -> bool:
        """Whether nothing was computed."""
        return not self.identity


def run_and_store(
    inventory: str | Path, ledger: Path, *, profile: str | None = None, gwp: str | None = None
) -> Finished:
    """Compute an inventory as ``carbonledger run`` does, and store the run in the ledger.

    Raises:
        CarbonledgerError: the inventory cannot be opened, or the ledger not be written.
    """
    with TemporaryDirectory(prefix="carbonledger-") as scratch:
        out = Path(scratch) / "run"
        opened, outcome = run_to_folder(inventory, out, RunOptions(profile, gwp))
        if opened is None or outcome.blocked:
            return Finished("", outcome.problems)
        new = store(opened, out, ledger)
        return Finished(str(Results.read(out).info["identity"]), outcome.problems, new)
