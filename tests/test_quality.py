"""Quality checks of series: a planted fault for every check, silence where all is well."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_inventory import STEADY, codes, lines, only, opened

from carbonledger import units
from carbonledger.analysis.quality import check_quality
from carbonledger.analysis.quality.bands import bands
from carbonledger.analysis.quality.facts import Facts
from carbonledger.analysis.quality.series import check_series
from carbonledger.api import run
from carbonledger.engine.open import open_inventory
from carbonledger.library.load import library
from carbonledger.model.problem import Grade

# The table of bands.


def test_every_row_says_why_and_no_check_is_an_error():
    for rows in bands().values():
        for row in rows:
            assert row.grade in {Grade.C, Grade.D}, row.check
            assert len(row.reason) > 30, row.check
            assert row.least < row.most, row.check
            for unit in (row.unit, row.against_unit):
                if unit:
                    units.parse(unit)


def test_the_accounts_items_and_statistics_of_the_table_exist():
    base = library()
    from carbonledger.model.statistics import statistic_kinds

    known = {
        "accounts": set(base.accounts["account"]),
        "items": {*base.items["item"], ""},
        "statistics": {*statistic_kinds(), ""},
    }
    for row in (row for rows in bands().values() for row in rows):
        for accounts in (row.accounts, row.against_accounts):
            assert set(filter(None, accounts.split("|"))) <= known["accounts"], row.check
        for items in (row.items, row.against_items):
            assert set(items.split("|")) <= known["items"], row.check
        assert {row.statistic, row.against_statistic} <= known["statistics"], row.check


# Time series.


def test_a_steady_series_is_silent(tmp_path):
    assert codes(tmp_path, lines(STEADY)) == []


def test_the_real_inventory_is_silent():
    inventory = open_inventory("fujian-2012")
    assert check_quality(inventory, inventory.library) == []
    finished = run(inventory)
    assert check_quality(finished.results, finished.library) == []


def test_a_jump_is_found_at_its_cell(tmp_path):
    problem = only(tmp_path, "series-jump", lines([100, 104, 98, 190, 200, 210]))
    assert problem.where == "entries.csv!F5"
    assert "98 万t → 2021: 190 万t" in problem.message.zh


def test_a_jump_of_little_weight_is_not_told(tmp_path):
    small = lines([0.2, 0.24, 0.2, 0.5, 0.42, 0.52], account="1.A.4.b")
    assert codes(tmp_path, lines(STEADY) + small) == []


def test_the_history_of_a_landfill_is_checked_in_a_run(tmp_path):
    # Waste of the years before has no emission of its own and decides those of later years.
    waste = lines(
        [10, 11, 12, 130, 13, 14, 15, 16], account="4.A", item="municipal_waste", start=2014
    )
    inventory = opened(tmp_path, waste, years=[2020, 2021], history=2014)
    done = run(inventory, profile="ipcc-2006")
    problems = check_quality(done.results, inventory.library)
    assert [problem.code for problem in problems] == ["series-unit-slip"]
    assert "2017: 130 万t" in problems[0].message.en


def test_a_spike_is_one_problem(tmp_path):
    problem = only(tmp_path, "series-jump", lines([100, 104, 250, 98, 103, 101]))
    assert problem.message.zh.count("→") == 2


@pytest.mark.parametrize("factor", [0.0001, 0.001, 0.1, 10, 1000, 10000])
def test_a_slip_of_unit_is_told_from_a_jump(tmp_path, factor):
    values = [value * (factor if place == 3 else 1) for place, value in enumerate(STEADY)]
    problem = only(tmp_path, "series-unit-slip", lines(values))
    assert "万吨" in problem.remedy.zh


def test_the_same_quantity_in_another_unit_is_no_jump(tmp_path):
    entries = lines(STEADY[:3]) + lines([v * 1e4 for v in STEADY[3:]], unit="t", start=2021)
    assert codes(tmp_path, entries) == []


def test_two_plants_are_one_series(tmp_path):
    halves = lines([value / 2 for value in STEADY])
    assert codes(tmp_path, halves + halves) == []


def test_copied_values(tmp_path):
    problem = only(tmp_path, "series-constant", lines([100, 104, 104, 104, 110, 115]))
    assert problem.grade is Grade.D
    assert "2019—2021" in problem.message.zh
    assert codes(tmp_path, lines([100, 104, 104, 110, 110, 115])) == []


def test_a_missing_year(tmp_path):
    other = lines(STEADY, account="1.A.4.b", item="汽油")
    problem = only(tmp_path, "series-gap", other + lines([100, 104, None, 107, 110, 115]))
    assert "2020" in problem.message.en
    assert problem.where == "entries.csv!F9"


def test_a_notation_key_fills_a_year(tmp_path):
    other = lines(STEADY, account="1.A.4.b", item="汽油")
    assert codes(tmp_path, other + lines([100, 104, "NE", 107, 110, 115])) == []


def test_a_year_that_nobody_reports_is_no_gap(tmp_path):
    assert codes(tmp_path, lines([100, 104, None, 107, 110, 115])) == []


def test_a_series_that_stops(tmp_path):
    other = lines(STEADY, account="1.A.4.b", item="汽油")
    problem = only(tmp_path, "series-stopped", other + lines([100, 104, 98, 107, None, None]))
    assert "2021" in problem.message.zh


def test_a_change_of_sign(tmp_path):
    rows = "".join(
        f"350500,{2018 + place},M.2.a,电力,,{value},万kWh\n"
        for place, value in enumerate([100, 104, -98, 107, 110, 115])
    )
    assert only(tmp_path, "series-sign", rows).where == "entries.csv!F4"


def test_an_order_of_magnitude_beside_the_neighbours(tmp_path):
    counties = ["350521", "350524", "350525", "350526", "350582"]
    rows = "".join(
        lines([12 * (1000 if county == "350582" else 1)], start=2018, region=county)
        for county in counties
    )
    problem = only(tmp_path, "region-outlier", rows, years=[2018])
    assert problem.where == "entries.csv!F6"
    assert "1e+03" in problem.message.en or "1000" in problem.message.en


def test_per_head_a_large_region_is_no_outlier(tmp_path):
    counties = ["350521", "350524", "350525", "350526", "350582"]
    sizes = {county: (300 if county == "350582" else 1) for county in counties}
    rows = "".join(lines([sizes[c] * 12], start=2018, region=c) for c in counties)
    people = "".join(f"{c},2018,常住人口,{sizes[c]},万人\n" for c in counties)
    assert codes(tmp_path, rows, years=[2018], statistics=people) == []
    assert codes(tmp_path, rows, years=[2018]) == ["region-outlier"]


def made(values, share=1.0):
    """Facts of one series, without files."""
    rows = [
        {
            "region": "350500", "account": "1.A.2", "item": "raw_coal", "detail": "",
            "quantity": "fuel", "dimension": units.dimension("t"), "period": 2018 + place,
            "unit": "t", "value": value, "share": share, "file": "x.csv", "sheet": "",
            "cell": f"F{place + 2}", "row": place + 2,
        }
        for place, value in enumerate(values)
    ]  # fmt: skip
    periods = tuple(2018 + place for place in range(len(values)))
    return Facts(rows, (), (), periods, library())


def places(values):
    return [(each.code, each.cell) for each in check_series(made(values), bands())]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1, 1e4), min_size=2, max_size=8),
    st.sampled_from([1e-4, 1e-3, 0.25, 2.0, 1e3, 65536.0]),
)
def test_the_size_of_a_series_decides_nothing(values, scale):
    # Ratios at the very edge of a band may fall to either side by rounding.
    edges = [end for name in ("series-jump", "series-unit-slip") for end in _ends(bands()[name][0])]
    ratios = [b / a for a, b in pairwise(values)]
    near = [
        r for r in ratios for e in edges for p in range(-5, 6) if abs(r / (e * 10**p) - 1) < 1e-9
    ]
    if not near:
        assert places(values) == places([value * scale for value in values])


def _ends(band):
    return band.least, band.most, 10**0.5


@given(st.lists(st.floats(80, 120), min_size=2, max_size=8, unique=True))
def test_years_within_a_half_are_never_told(values):
    assert places(values) == []
