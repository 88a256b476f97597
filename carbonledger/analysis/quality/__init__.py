"""Quality checks of an inventory: time series, sectors against each other, implied factors.

Every finding is a ``Problem`` of grade C or D (to be confirmed, or a hint): what is unusual may be
right, and only the compilers know. The bands stand in ``factors/quality.csv``, each with its
reason.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from carbonledger.analysis.quality.bands import Band, bands
from carbonledger.analysis.quality.cross_sector import (
    check_balances,
    check_double,
    check_livestock,
    check_ratios,
)
from carbonledger.analysis.quality.facts import number, problem
from carbonledger.analysis.quality.gather import entry_count, facts_of
from carbonledger.analysis.quality.gdp import check_gdp
from carbonledger.analysis.quality.implied import check_implied
from carbonledger.analysis.quality.measured import check_measured
from carbonledger.analysis.quality.repeated import check_repeated, check_subtotals
from carbonledger.analysis.quality.series import check_neighbours, check_series, check_statistics
from carbonledger.analysis.quality.shape import check_shape
from carbonledger.analysis.quality.small import check_small
from carbonledger.engine.open import Inventory
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.intake.answers import STALE, confirmed
from carbonledger.library.load import Library
from carbonledger.memory import plain_texts
from carbonledger.model.problem import Problem

__all__ = ["check_quality", "reviewable", "texts_of", "with_quality"]


def check_quality(source: Results | Inventory, library: Library) -> list[Problem]:
    """What is unusual about a finished run or an opened inventory; nothing is changed.

    Implied factors are checked in a finished run only. A micro-data table (more entries than the
    limit in ``factors/quality.csv``) is not checked, and a hint says so.
    """
    rows = bands()
    if not reviewable(source):
        return [_too_many(entry_count(source), rows["quality-scale"][0])]
    facts = facts_of(source, library)
    found = [
        *check_series(facts, rows),
        *check_shape(facts, rows),
        *check_small(facts, rows),
        *check_statistics(facts, rows),
        *check_gdp(facts, rows),
        *check_neighbours(facts, rows),
        *check_double(facts, rows),
        *check_repeated(facts, rows),
        *check_subtotals(facts, rows),
        *check_ratios(facts, rows),
        *check_balances(facts, rows),
        *check_livestock(facts, rows),
    ]
    if isinstance(source, Results):
        found += check_implied(source, facts, rows)
        found += check_measured(source, facts, rows)
    return sorted(found, key=lambda each: each.grade.value)


def reviewable(source: Results | Inventory) -> bool:
    """Whether the entries are few enough to be looked at one by one."""
    (scale,) = bands()["quality-scale"]
    return scale.holds(entry_count(source))


def texts_of(results: Results) -> AbstractContextManager[None]:
    """How texts are kept while a run is looked at: plainly where it has few entries."""
    return plain_texts() if reviewable(results) else nullcontext()


def with_quality(
    inventory: Inventory, problems: Sequence[Problem], source: Results | Inventory
) -> list[Problem]:
    """The problems of an inventory or its run together with what the quality checks find.

    What the manifest confirms (``[[answers]]``, action ``confirm``) becomes a hint with its reason;
    that answer is no longer reported as stale.
    """
    found, met = confirmed(check_quality(source, inventory.library), inventory.intake.unmet)
    cells = {(each.file, each.sheet, each.cell) for each in met}
    kept = [
        each
        for each in problems
        if each.code != STALE or (each.file, each.sheet, each.cell) not in cells
    ]
    return [*kept, *found]


def _too_many(count: int, band: Band) -> Problem:
    shown, most = number(count), number(band.most)
    return problem(
        band.grade,
        "quality-not-checked",
        Text(
            f"录入有 {shown} 条，超过 {most} 条，没有做时间序列和跨部门检查。",
            f"There are {shown} entries, more than {most}: time series and sectors were "
            "not checked.",
        ),
        band.remedy,
        {},
    )
