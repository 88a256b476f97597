"""Faults of one year that stay within the band of jumps: odd steps and exchanged figures."""

from itertools import pairwise

import pytest
from quality_inventory import STEADY, codes, lines, only

from carbonledger.analysis.quality.bands import bands


@pytest.mark.parametrize("year", range(6))
@pytest.mark.parametrize("factor", [0.65, 1.5])
def test_a_figure_off_by_half_is_found_in_a_calm_series(tmp_path, year, factor):
    values = [100, 102, 104, 103, 105, 107]
    values[year] *= factor
    assert all(bands()["series-jump"][0].holds(b / a) for a, b in pairwise(values))
    problem = only(tmp_path, "series-step", lines(values))
    assert str(2018 + year) in problem.message.zh
    assert problem.cell


def test_a_lively_series_may_step(tmp_path):
    assert codes(tmp_path, lines([100, 125, 100, 140, 115, 90])) == []


def test_without_other_years_nothing_is_called_odd(tmp_path):
    assert codes(tmp_path, lines([100, 150, 152])) == []


def test_a_jump_is_not_told_twice(tmp_path):
    assert codes(tmp_path, lines([100, 102, 155, 80, 82, 81])) == ["series-jump"]


def _two(first, second):
    return lines(first, "1.A.3.b", "汽油") + lines(second, "1.A.3.b", "柴油")


GASOLINE = [84, 85, 87, 88, 90, 91]
DIESEL = [100, 99, 101, 100, 98, 99]


@pytest.mark.parametrize("year", [1, 2, 3])
def test_exchanged_figures_of_one_year(tmp_path, year):
    gasoline, diesel = [*GASOLINE], [*DIESEL]
    gasoline[year], diesel[year] = diesel[year], gasoline[year]
    problem = only(tmp_path, "series-exchanged", _two(gasoline, diesel))
    assert str(2018 + year) in problem.message.zh
    assert "汽油" in problem.message.zh
    assert "柴油" in problem.message.zh


def test_two_series_that_move_alike_or_apart_are_not_exchanged(tmp_path):
    assert codes(tmp_path, _two(GASOLINE, DIESEL)) == []
    both = _two([84, 85, 97, 88, 90, 91], [100, 99, 114, 100, 98, 99])
    assert codes(tmp_path, both) == []
    assert codes(tmp_path, _two(STEADY, [value * 3 for value in reversed(STEADY)])) == []
