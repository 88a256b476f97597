"""Slips in series of little or no weight, and in parameters that entries bring."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_inventory import HEAD, STEADY, codes, found, lines, only, opened

from carbonledger.analysis.quality import check_quality
from carbonledger.analysis.quality.bands import bands
from carbonledger.analysis.quality.facts import Point, Series
from carbonledger.analysis.quality.steps import is_slip, others_within, steps_of
from carbonledger.api import run

LARGE = lines([value * 100 for value in STEADY])


def small(values):
    """A fuel of some 0.05 % of the county's, in its own account."""
    return lines(values, account="1.A.4.a", item="柴油")


CALM = [5.0, 5.2, 5.1, 5.3, 5.4, 5.2]


@pytest.mark.parametrize("year", range(6))
def test_a_tenth_of_a_small_figure_is_a_hint(tmp_path, year):
    values = [*CALM]
    values[year] /= 10
    problem = only(tmp_path, "small-slip", LARGE + small(values))
    assert problem.grade == "D"
    assert f"{2018 + year}: {values[year]:.6g} 万t" in problem.message.zh


def test_ten_times_a_small_figure_is_told_once(tmp_path):
    # It weighs 0.5 % then, which is enough for the check of all series.
    assert codes(tmp_path, LARGE + small([5, 5.2, 51, 5.3, 5.4, 5.2])) == ["series-unit-slip"]


@pytest.mark.parametrize("year", range(6))
@pytest.mark.parametrize("factor", [0.5, 2])
def test_a_small_figure_off_by_two_is_a_hint_in_a_calm_series(tmp_path, year, factor):
    values = [*CALM]
    values[year] *= factor
    assert only(tmp_path, "small-step", LARGE + small(values)).grade == "D"
    # A source of a hundredth of that may come and go.
    tiny = [value / 100 for value in values]
    assert codes(tmp_path, LARGE + small(tiny)) == []


def test_a_small_series_that_moves_freely_is_silent(tmp_path):
    assert codes(tmp_path, LARGE + small([5, 2, 6, 1, 4, 9])) == []
    assert codes(tmp_path, LARGE + small([0.1, 1.2, 0.09, 1, 0.11, 1.1])) == []


def test_a_source_that_starts_or_ends_is_no_slip(tmp_path):
    assert codes(tmp_path, LARGE + small([0, 0, 5, 5.1, 5.2, 5.3])) == []


def test_electricity_weighs_nothing_and_is_looked_at(tmp_path):
    power = lines(
        [30, 31, 320, 33, 34, 35], account="1.A.4.b", item="电力", unit="亿kWh"
    )  # fmt: skip
    done = run(opened(tmp_path, LARGE + power))
    problems = check_quality(done.results, done.library)
    assert [each.code for each in problems] == ["small-slip"]
    assert "电力" in problems[0].message.zh
    assert problems[0].where.startswith("entries.csv!F")


def forest(rates):
    """The rows of a forest whose growth rate comes with its stock."""
    return "".join(
        f"350500,{2018 + n},3.B.cn1.a,杉木,,{400 + n},万m3,{rate}\n" for n, rate in enumerate(rates)
    )


RATES = f"{HEAD},年均总生长率 [%/a]"


@pytest.mark.parametrize("year", range(6))
def test_a_rate_off_by_ten_is_found_at_its_cell(tmp_path, year):
    rates = [8.6, 8.6, 8.5, 8.6, 8.4, 8.6]
    rates[year] /= 10
    problem = only(tmp_path, "parameter-slip", forest(rates), head=RATES)
    assert problem.grade == "C"
    assert "年均总生长率" in problem.message.zh
    assert problem.cell.startswith("H")


def test_rates_are_told_by_their_first_year_and_not_by_name(tmp_path):
    fir, pine = [8.6, 8.6, 0.86, 8.6, 8.4, 8.6], [7.6, 7.6, 0.76, 7.6, 7.4, 7.6]
    rows = forest(fir) + forest(pine).replace("杉木", "马尾松")
    problems = found(tmp_path, rows, head=RATES)
    slips = [each.cell for each in problems if each.code == "parameter-slip"]
    assert slips == ["H10", "H4"]


def test_rates_that_move_as_rates_do_are_silent(tmp_path):
    assert codes(tmp_path, forest([8.6, 8.2, 7.5, 6.1, 6.0, 5.9]), head=RATES) == []


def series(values):
    points = tuple(Point(2018 + n, value, "t", 0.0, {}) for n, value in enumerate(values))
    return Series("350500", "1.A", "diesel", "", "quantity", "t", points)


@settings(max_examples=80)
@given(
    st.lists(st.floats(0.9, 1.1), min_size=5, max_size=5),
    st.integers(0, 5),
    st.sampled_from([1000, 100, 10, 0.1, 0.01, 0.001]),
    st.floats(1e-3, 1e9),
)
def test_one_power_of_ten_is_found_at_any_year_and_size(moves, year, power, size):
    values = [size]
    for move in moves:
        values.append(values[-1] * move)
    (slip,), (least,) = bands()["series-unit-slip"], bands()["calm-steps"]

    def found(figures):
        steps = steps_of(series(figures))
        return [
            place
            for place, step in enumerate(steps)
            if is_slip(step.ratio, slip, "t") and others_within(steps, place, slip, least)
        ]

    assert found(values) == []
    values[year] *= power
    assert found(values) == [place for place in (year - 1, year) if 0 <= place < 5]
