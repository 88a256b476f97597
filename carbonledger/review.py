"""A look at the results of a run as a whole: what is found joins the problems of the run."""

from pathlib import Path
from typing import Any

from carbonledger.analysis.capture import unproven_captures
from carbonledger.analysis.carbon_twice import carbon_twice
from carbonledger.analysis.forest_sinks import forest_notes
from carbonledger.analysis.landfill import deduction_notes, landfill_notes, landfill_series
from carbonledger.analysis.memo_twice import memo_problems
from carbonledger.analysis.mine_class import mines_without_class
from carbonledger.analysis.quality import reviewable, texts_of, with_quality
from carbonledger.analysis.reference_approach import reference_approach, reference_problems
from carbonledger.analysis.transport_overlap import COLUMNS, counted_twice, transport_accounts
from carbonledger.analysis.unexplained_keys import unexplained_keys
from carbonledger.engine.open import Inventory
from carbonledger.engine.results import Results, plain_records
from carbonledger.engine.run import Outcome, RunOptions, rewrite_problems, run_profile
from carbonledger.memory import collector_at_rest
from carbonledger.model.problem import Problem
from carbonledger.model.records import Book
from carbonledger.reports.reference_table import REFERENCE

__all__ = ["review"]


def review(inventory: Inventory, folder: Path, options: RunOptions, outcome: Outcome) -> Outcome:
    """Look at the results of a run as a whole, and add what is found to its problems.

    Series, sectors against each other, implied factors, landfills, fuel entered twice, captures,
    sinks, GEP ... Nothing of it changes a number. Micro-data are only looked at in their totals.
    """
    results = Results.read(folder)
    with texts_of(results), collector_at_rest():
        found, kept = _reviewed(inventory, results, options, outcome)
    rewrite_problems(folder, found, **kept)
    return Outcome(found, blocked=False, results=results.again())


def _reviewed(
    inventory: Inventory, results: Results, options: RunOptions, outcome: Outcome
) -> tuple[list[Problem], dict[str, Any]]:
    """The problems of a run with what its review finds, and what else it has to say."""
    library_, profile = inventory.library, run_profile(inventory, options)
    found = with_quality(inventory, outcome.problems, results)
    found += deduction_notes(results.totals, library_)
    kept: dict[str, Any] = {}
    if reviewable(results):
        # What looks at books that few runs have is loaded only for those.
        books = set(results.values("postings", "book"))
        series = landfill_series(results, library_, profile)
        supply = reference_approach(results, library_, inventory.intake.grids)
        found += landfill_notes(series, library_)
        driven = results.rows("postings", COLUMNS, account=transport_accounts(library_))
        found += counted_twice(driven, library_)
        found += reference_problems(supply, library_)
        kept = {REFERENCE: plain_records(supply)}
        if Book.CREDIT in books:
            from carbonledger.analysis.sinks import review_sinks  # noqa: PLC0415 - see above

            name = options.profile or inventory.intake.manifest.profile
            sinks, tables = review_sinks(inventory, results, name)
            found += sinks
            kept |= tables
        found += unproven_captures(results)
        found += unexplained_keys(results, library_)
        found += carbon_twice(results, library_, profile.profile)
        found += memo_problems(results, library_)
        if Book.GEP in books:
            from carbonledger.analysis.gep.review import review_gep  # noqa: PLC0415 - see above

            found += review_gep(results, library_)
        found += forest_notes(results, library_)
        if profile.profile.startswith("cn-provincial"):
            found += mines_without_class(results, library_)
    return found, kept
