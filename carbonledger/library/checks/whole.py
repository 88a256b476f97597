"""All rules over one factor folder, and the order in which their findings are told."""

from collections.abc import Collection, Iterator
from pathlib import Path

from carbonledger.library.checks.consistency import check_consistency
from carbonledger.library.checks.context import Context
from carbonledger.library.checks.keys import check_keys
from carbonledger.library.checks.neighbours import check_neighbours
from carbonledger.library.checks.profiles import check_profiles
from carbonledger.library.checks.reading import Tables, read_tables
from carbonledger.library.checks.shifts import check_shifts
from carbonledger.library.checks.ties import check_ties
from carbonledger.library.checks.values import check_limit_rows, check_values
from carbonledger.model.problem import Problem

__all__ = ["check_library"]


def check_library(folder: Path, methods: Collection[str] = ()) -> list[Problem]:
    """Everything that is wrong with a factor library, by grade, file and row.

    Grade A makes the library unusable: a number would be wrong, or none could be chosen. Grade B
    is unlikely and has to be explained; ``explained: ...`` in the note of the row makes it grade D.
    Bad data raises nothing.

    Args:
        folder: the library, with the tables of ``factors/``.
        methods: the names of all methods, for which the profiles are looked through; none leaves
            that out.
    """
    tables = read_tables(folder)
    problems = [*tables.problems, *check_shifts(tables)]
    problems += _rules(tables, methods)
    return sorted(_told_once(problems), key=lambda p: (p.grade.value, p.file, p.row or 0, p.cell))


def _rules(tables: Tables, methods: Collection[str]) -> Iterator[Problem]:
    context = Context(tables)
    yield from check_keys(tables)
    yield from check_limit_rows(context)
    yield from check_values(context)
    yield from check_consistency(context)
    yield from check_ties(context)
    yield from check_neighbours(context)
    yield from check_profiles(context, methods)


def _told_once(problems: list[Problem]) -> Iterator[Problem]:
    # Of a row whose cells have slipped every other finding is a consequence.
    shifted = {(each.file, each.row) for each in problems if each.code == "factor-shifted"}
    for each in problems:
        if each.code == "factor-shifted" or (each.file, each.row) not in shifted:
            yield each
