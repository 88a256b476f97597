"""Recognises rows of parameters whose cells have slipped into other columns.

A row that does not fit its columns, and fits them wholly once one cell is taken out or put in, or
two are exchanged, is reported as shifted: one message says more than one for every wrong cell.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.checks.cells import is_date, is_number
from carbonledger.library.checks.findings import finding
from carbonledger.library.checks.keys import targets
from carbonledger.library.checks.reading import Row, Tables
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Parameter, Status

__all__ = ["check_shifts"]

_COLUMNS = tuple(Parameter.model_fields)
_PUBLISHED = re.compile(r"((19|20)\d\d(-\d\d){0,2})?", re.ASCII)
_STATUSES = {status.value for status in Status}
_DISTRIBUTIONS = {"", "normal", "lognormal", "triangular", "uniform"}

_Fits = dict[str, Callable[[str], bool]]


def check_shifts(tables: Tables) -> Iterator[Problem]:
    """One finding for every row of parameters whose cells stand in wrong columns."""
    fits = _tests_of(tables)
    for row in _doubtful(tables.rows["parameters"], fits):
        told = _slip(row.line, row.place.columns, fits)
        if told is not None:
            yield finding(
                Grade.A, "shifted", row.place, "",
                Text(f"本行的格子错了列：{told.zh}。", f"The cells have slipped: {told.en}."),
                Text(
                    "请对照原件和相邻行把各格移回原列。",
                    "Move the cells back to their columns, by the document and the rows around.",
                ),
            )  # fmt: skip


def _doubtful(rows: Iterable[Row], fits: _Fits) -> Iterator[Row]:
    """The rows in which more than one cell is wrong; one wrong cell is one wrong cell."""
    for columns, group in groupby(rows, key=lambda row: row.place.columns):
        if set(columns) != set(_COLUMNS):
            continue
        found = list(group)
        whole = [row for row in found if len(row.line) == len(columns)]
        wrong: Counter[Row] = Counter()
        # Few of the texts of a column differ.
        read = zip(*(row.line for row in whole), strict=True)
        for column, texts in zip(columns, read, strict=bool(whole)):
            bad = {text for text in set(texts) if not fits[column](text)}
            if bad:
                wrong.update(row for row, text in zip(whole, texts, strict=True) if text in bad)
        yield from (row for row in found if wrong[row] > 1 or len(row.line) != len(columns))


def _slip(line: tuple[str, ...], columns: Sequence[str], fits: _Fits) -> Text | None:
    """What was slipped, where undoing it makes the row fit."""
    for place, column in enumerate(columns[:-1]):  # beyond the note there is no column
        without = _resized((*line[:place], *line[place + 1 :]), len(columns))
        if without is not None and _fit(without, columns, fits):
            return Text(
                f"从 {column} 列起多出一格，其后各格右移了一列",
                f"there is one cell too many at column {column}, and the rest stands one column "
                "too far right",
            )
        more = _resized((*line[:place], "", *line[place:]), len(columns))
        if more is not None and _fit(more, columns, fits):
            return Text(
                f"{column} 列少了一格，其后各格左移了一列",
                f"a cell is missing at column {column}, and the rest stands one column too far "
                "left",
            )
    wrong = _wrong(line, columns, fits)
    if len(line) == len(columns) and len(wrong) == 2:
        a, b = wrong
        swapped = list(line)
        swapped[a], swapped[b] = line[b], line[a]
        if _fit(swapped, columns, fits):
            return Text(
                f"{columns[a]} 与 {columns[b]} 两列互换了",
                f"columns {columns[a]} and {columns[b]} are exchanged",
            )
    return None


def _wrong(line: Sequence[str], columns: Sequence[str], fits: _Fits) -> list[int]:
    pairs = zip(columns, line, strict=False)
    return [at for at, (column, cell) in enumerate(pairs) if not fits[column](cell)]


def _resized(line: tuple[str, ...], length: int) -> tuple[str, ...] | None:
    # The last column is a note: a row that lost a cell ends with one that is empty.
    if len(line) == length - 1:
        return (*line, "")
    if len(line) == length + 1 and not line[-1]:
        return line[:-1]
    return line if len(line) == length else None


def _fit(line: Sequence[str], columns: Sequence[str], fits: _Fits) -> bool:
    pairs = zip(columns, line, strict=False)
    return len(line) == len(columns) and all(fits[column](cell) for column, cell in pairs)


def _tests_of(tables: Tables) -> _Fits:
    keys = targets(tables)
    parameters = tables.keys("limits") | {GWP}

    def prose(text: str) -> bool:
        return text not in _STATUSES and not is_number(text) and not is_date(text)

    def optional_number(text: str) -> bool:
        return not text or is_number(text)

    def optional_date(text: str) -> bool:
        return not text or is_date(text)

    def word(text: str) -> bool:
        return bool(text) and prose(text)

    found: _Fits = {
        "id": word,
        "parameter": parameters.__contains__,
        "value": is_number,
        "unit": _is_unit,
        "lower": optional_number,
        "upper": optional_number,
        "distribution": _DISTRIBUTIONS.__contains__,
        "basis": prose,
        "valid_from": optional_date,
        "valid_to": optional_date,
        "published": lambda text: bool(_PUBLISHED.fullmatch(text)),
        "edition": word,
        "source": keys["sources.csv"].__contains__,
        "locator": prose,
        "status": _STATUSES.__contains__,
        "note": lambda text: text not in _STATUSES,
    }
    for column, name in (
        ("item", "items"), ("detail", "details"), ("account", "accounts.csv"),
        ("species", "species"), ("region", "regions.csv"),
    ):  # fmt: skip
        found[column] = (keys[name] | {""}).__contains__
    return found


def _is_unit(text: str) -> bool:
    try:
        units.parse(text)
    except units.UnitError:
        return False
    return True
