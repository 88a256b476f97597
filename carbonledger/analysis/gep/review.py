"""Everything that is said unasked about the GEP account of a run."""

from carbonledger.analysis.gep.change import rain_problems, scope_problems
from carbonledger.analysis.gep.checks import check_account
from carbonledger.analysis.gep.facts import gep_facts
from carbonledger.analysis.gep.overlaps import outside_products, overlaps
from carbonledger.analysis.gep.plausibility import (
    GEP_BANDS,
    evapotranspiration,
    negative_retention,
    purified_beyond_emission,
    value_per_area,
)
from carbonledger.analysis.quality.bands import bands
from carbonledger.engine.results import Results
from carbonledger.library.load import Library
from carbonledger.model.problem import Problem

__all__ = ["review_gep"]


def review_gep(results: Results, library: Library) -> list[Problem]:
    """The findings about a GEP account; nothing where a run has none."""
    facts = gep_facts(results, library)
    if facts is None:
        return []
    share = bands(table=GEP_BANDS)["gep-rain"][0].share
    found = [
        *check_account(results, library),
        *evapotranspiration(facts),
        *negative_retention(facts),
        *purified_beyond_emission(facts),
        *value_per_area(facts),
        *overlaps(facts),
        *outside_products(facts),
        *rain_problems(facts, share),
        *scope_problems(facts),
    ]
    return sorted(found, key=lambda each: each.grade.value)
