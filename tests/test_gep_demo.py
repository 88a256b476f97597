"""The invented county: all services over two years; what must hold whatever the figures are."""

from math import fsum

import pytest
from factor_tables import FOLDER
from openpyxl import load_workbook
from test_gep_garze import computed

from carbonledger.analysis.gep.facts import gep_facts
from carbonledger.analysis.gep.report import TABLES, gep_tables
from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions, run_profile
from carbonledger.library.load import library
from carbonledger.methods.registry import methods
from carbonledger.model.prices import CONSTANT, CURRENT, VALUES
from carbonledger.model.records import Book
from carbonledger.reports.context import WorkbookContext
from carbonledger.reports.library_shelf import read_shelf
from carbonledger.reports.method_pages import method_documents
from carbonledger.reports.texts import label
from carbonledger.reports.workbook import write_workbook


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return computed(tmp_path_factory.mktemp("demo"), "demo-gep-county")


def test_it_says_that_it_is_invented(demo):
    assert "虚构" in demo[0].info["title"]["zh"]
    assert "SAMPLE" in demo[0].info["title"]["en"]
    assert all("虚构" in source for source in demo[0].entries["source"].unique())


def test_every_table_taken_by_itself_says_that_it_is_invented(demo):
    facts = gep_facts(demo[0], library())
    for name in TABLES:
        for table in gep_tables(facts, name):
            assert any("虚构" in note.zh and "made up" in note.en for note in table.notes), name


def test_every_service_of_the_chart_has_a_value_in_both_years(demo):
    base = library()
    accounts = base.accounts[base.accounts["book"] == Book.GEP]
    services = [a for a in accounts["account"] if a.count(".") == 2 and a[0] == "G"]
    totals = demo[0].totals
    for year in (2023, 2024):
        valued = totals[(totals["period"] == year) & (totals["measure"] == CURRENT)]
        assert set(services) <= set(valued["account"])
        assert valued["amount"].notna().all()


def test_townships_and_services_add_up_to_the_same_total(demo):
    totals, postings = demo[0].totals, demo[0].postings
    for measure in VALUES:
        for year in (2023, 2024):
            rows = totals[(totals["measure"] == measure) & (totals["period"] == year)]
            whole = fsum(rows.loc[rows["account"] == "G", "amount"])
            classes = rows[rows["account"].isin(["G.1", "G.2", "G.3", "G.4"])]
            assert fsum(classes["amount"]) == pytest.approx(whole, rel=1e-12)
            own = postings[(postings["measure"] == measure) & (postings["period"] == year)]
            assert fsum(own["amount"]) == pytest.approx(whole, rel=1e-12)


def test_products_from_outside_are_deducted(demo):
    totals = demo[0].totals
    rows = totals[(totals["account"] == "G.4") & (totals["measure"] == CURRENT)]
    assert sorted(rows["amount"]) == pytest.approx([-4.55e6, -4.2e6])


def test_prices_of_the_base_year_make_both_values_of_that_year_equal(demo):
    totals = demo[0].totals[demo[0].totals["account"] == "G"]
    wide = totals.pivot_table(index="period", columns="measure", values="amount", aggfunc="sum")
    assert wide.loc[2023, CURRENT] == pytest.approx(wide.loc[2023, CONSTANT], rel=1e-12)
    assert wide.loc[2024, CURRENT] != pytest.approx(wide.loc[2024, CONSTANT], rel=1e-4)
    assert demo[0].info["price_base_year"] == 2023


def test_growth_at_constant_prices_is_that_of_the_quantity(demo):
    postings = demo[0].postings
    rows = postings[(postings["account"] == "G.1.1") & (postings["item"] == "tea_plantation")]
    wide = rows.pivot_table(index="measure", columns="period", values="amount")
    growth = wide[2024] / wide[2023]
    assert growth[CONSTANT] == pytest.approx(growth["product_mass"])
    assert growth[CURRENT] == pytest.approx(growth["product_mass"] * 101500 / 98000)


def test_no_oxygen_ratio_is_told_where_both_follow_one_production(demo):
    assert "gep-oxygen-ratio" not in {problem.code for problem in demo[1].problems}


def test_every_method_has_its_place_on_a_page_and_every_measure_its_name():
    pages = "".join(method_documents(read_shelf(FOLDER)).values())
    for method in methods().values():
        if method.measure != CONSTANT:
            assert f"`{method.id}` ·" in pages, method.id
        if method.id.startswith("gep."):
            assert label("measure", method.measure).zh != method.measure
    # The parameters of a page lead to their values: the retention of storms by vegetation.
    (line,) = {
        line for line in pages.splitlines() if line.startswith("| `runoff_benefit_coefficient` |")
    }
    assert "[5 ✓](../library/gep_regulating.md)" in line


def test_the_cover_of_the_workbook_sums_up_values_not_quantities(demo, tmp_path):
    inventory = open_inventory("demo-gep-county")
    rules = run_profile(inventory, RunOptions())
    grids = inventory.intake.grids
    context = WorkbookContext.of(inventory.intake.manifest, rules, inventory.library, grids)
    write_workbook(tmp_path / "summary.xlsx", demo[0], context)
    cover = load_workbook(tmp_path / "summary.xlsx", data_only=True).worksheets[0]
    rows = [[cell for cell in row if cell is not None] for row in cover.iter_rows(values_only=True)]
    head = next(row for row in rows if row and str(row[0]).startswith("范围"))
    assert [str(cell).split("\n")[0] for cell in head[1:3]] == ["现价价值", "不变价价值"]
    totals = demo[0].totals[demo[0].totals["account"] == "G"]
    for year in (2023, 2024):
        (of_all,) = (row for row in rows if row and str(row[0]).endswith(f"All regions · {year}"))
        for shown, measure in zip(of_all[1:3], VALUES, strict=True):
            chosen = totals[(totals["period"] == year) & (totals["measure"] == measure)]
            assert shown == pytest.approx(fsum(chosen["amount"]), rel=1e-12)
