"""The working paper computes: its formulas, worked out anew, give the amounts of the run."""

import io
import math
import random
import re
from dataclasses import replace
from math import fsum
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from carbonledger.api import explain_run
from carbonledger.engine.explain import Explanation
from carbonledger.engine.open import open_inventory
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.methods.registry import methods
from carbonledger.methods.symbol import CellSymbol
from carbonledger.services import trace
from carbonledger.services.results import RunViews
from carbonledger.services.working_paper import working_paper

REFERENCE = "0123456789ab/350000/2024/1.A/CO2"
FUNCTIONS = {
    "EXP": math.exp, "LN": math.log, "SQRT": math.sqrt, "SIN": math.sin, "RADIANS": math.radians,
    "MIN": min, "MAX": max, "IF": lambda test, then, otherwise: then if test else otherwise,
    "SUM": lambda cells: fsum(cell for cell in cells if isinstance(cell, int | float)),
}  # fmt: skip
PART = re.compile(r"(?:'([^']+)'!)?\b([A-Z]+[0-9]+)(?::([A-Z]+[0-9]+))?\b(?!\()")


def calculated(book: Workbook, sheet: str, cell: str) -> object:
    """A cell as a spreadsheet would compute it from what stands in the others."""
    written = book[sheet][cell].value
    if not isinstance(written, str) or not written.startswith("="):
        return written

    def value(found: "re.Match[str]") -> str:
        place, first, last = found[1] or sheet, found[2], found[3]
        if not last:
            return repr(calculated(book, place, first))
        cells = [each.coordinate for row in book[place][f"{first}:{last}"] for each in row]
        return repr([calculated(book, place, each) for each in cells])

    return eval(PART.sub(value, written[1:]).replace("^", "**"), {}, FUNCTIONS)  # noqa: S307


def formulas(book: Workbook) -> list[tuple[str, str]]:
    return [
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    ]


def computed(name: str, folder: Path) -> RunViews:
    write_run(open_inventory(name), folder, RunOptions())
    return RunViews(Results.read(folder))


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> RunViews:
    return computed("demo-county", tmp_path_factory.mktemp("paper"))


def figure(views: RunViews, account: str, measure: str, place: int = -1) -> Explanation:
    region, year = views.blocks[place]
    return explain_run(
        views.results, views.library, account, measure=measure, region=region, period=year
    )


@pytest.mark.parametrize(
    ("account", "measure"), [("1.A", "CO2"), ("1.A", "N2O"), ("2", "CO2"), ("3", "CH4")]
)
def test_its_formulas_give_the_figure(views: RunViews, account: str, measure: str) -> None:
    found = figure(views, account, measure)
    data = working_paper(found, views.library, REFERENCE)
    book = load_workbook(io.BytesIO(data))
    cached = load_workbook(io.BytesIO(data), data_only=True)
    live = formulas(book)
    assert live
    for sheet, cell in live:
        assert calculated(book, sheet, cell) == pytest.approx(cached[sheet][cell].value, rel=1e-9)
    sheet = book.worksheets[0]
    rows = [row for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert len(rows) == len(found.terms)
    for row, term in zip(rows, found.terms, strict=True):
        if term.amount is None:
            assert row[3].value == term.notation
            continue
        amount = calculated(book, sheet.title, row[3].coordinate)
        assert amount == pytest.approx(term.amount, rel=1e-9)
        assert str(row[3].value).startswith("=")  # none of these is a plain value
        if term.co2e is not None:
            assert calculated(book, sheet.title, row[4].coordinate) == pytest.approx(
                term.co2e, rel=1e-9
            )
    total = f"D{rows[-1][0].row + 1}"
    assert calculated(book, sheet.title, total) == pytest.approx(found.amount, rel=1e-9)


def test_a_changed_number_moves_the_sum(views: RunViews) -> None:
    found = figure(views, "1.A", "CO2")
    book = load_workbook(io.BytesIO(working_paper(found, views.library, REFERENCE)))
    terms, numbers = book.worksheets
    before = calculated(book, terms.title, f"D{terms.max_row}")
    first = next(row for row in numbers.iter_rows() if row[0].value == 1)
    first[3].value *= 2  # the activity of the first term, to which it is proportional
    after = calculated(book, terms.title, f"D{terms.max_row}")
    assert after - before == pytest.approx(found.terms[0].amount, rel=1e-9)


def test_a_result_of_a_series_of_years_stands_as_a_value(tmp_path: Path) -> None:
    planted = computed("fujian-mangrove-2025", tmp_path)
    found = figure(planted, "S.2.1.a", "CO2")  # what grows depends on all years of planting
    book = load_workbook(io.BytesIO(working_paper(found, planted.library, REFERENCE)))
    sheet = book.worksheets[0]
    rows = [row for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert rows
    assert [row[3].value for row in rows] == pytest.approx([term.amount for term in found.terms])
    assert REFERENCE in str(sheet["A2"].value)
    assert "逐年递推" in str(sheet["A4"].value)


@pytest.mark.parametrize("seed", range(3))
def test_every_method_computes_the_same_in_cells(seed: int) -> None:
    pick = random.Random(seed)
    proved = 0
    for method in methods().values():
        if method.series:
            continue
        numbers = {name: pick.uniform(0.1, 0.9) for name in method.arguments}
        book = Workbook()
        sheet = book.active
        cells = {}
        for row, (name, number) in enumerate(numbers.items(), 1):
            sheet[f"A{row}"] = number
            cells[name] = f"'{sheet.title}'!A{row}"
        wanted = float(method.function(**numbers))
        sheet["B1"] = f"={method.in_cells(cells)}"
        assert calculated(book, sheet.title, "B1") == pytest.approx(wanted, rel=1e-9), method.id
        proved += 1
    assert proved > 400


def test_signs_and_powers_stand_in_brackets() -> None:
    # A spreadsheet reads -2^2 as 4 and 2^3^2 as 64.
    a, b = CellSymbol("A1"), CellSymbol("B1")
    assert str(-(a**2)) == "(-(A1^2))"
    assert str((-a) ** 2) == "((-A1)^2)"
    assert str(a ** (b**2)) == "(A1^(B1^2))"
    assert str(a / (b * 2)) == "A1 / (B1 * 2)"


def test_a_figure_of_a_thousand_terms_shows_the_largest(views: RunViews) -> None:
    found = figure(views, "1.A", "CO2")
    term = found.terms[0]
    terms = tuple(replace(term, amount=float(place)) for place in range(1, 1001))
    many = replace(found, terms=terms, amount=fsum(each.amount or 0.0 for each in terms))
    view = trace.terms_view(many, views.library)
    *shown, others, total = (row[2] for row in view.rows)
    assert max(shown) == 1000.0
    assert min(shown) > 1000 - len(shown)
    assert fsum([*shown, others]) == total == many.amount
    assert "500" in view.rows[-2][0].zh
