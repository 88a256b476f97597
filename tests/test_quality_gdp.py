"""GDP at comparable prices: figures at current prices in its place, and series that are sound.

The figures are a thousandth of those of China, 2015 to 2020, with its growth of 6.8, 6.9, 6.7, 6.0
and 2.2 % (National Bureau of Statistics, as recalled); what is tested does not rest on them.
"""

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_inventory import codes, lines, only

from carbonledger.analysis.quality.bands import bands
from carbonledger.analysis.quality.facts import Facts
from carbonledger.analysis.quality.gdp import check_gdp
from carbonledger.library.load import library
from carbonledger.model.statistics import Statistic

YEARS = range(2015, 2021)
CURRENT = [688.86, 746.4, 832.04, 919.28, 986.52, 1013.57]
GROWTH = [1.068, 1.069, 1.067, 1.06, 1.022]
REAL = [round(value, 2) for value in accumulate(GROWTH, lambda a, b: a * b, initial=CURRENT[0])]
ROWS = lines([100, 104, 98, 107, 110, 115], start=2015)


def figures(name, values, base=None, unit="亿元"):
    return "".join(
        f"350500,{year},{name},{value},{unit},{year if base is None else base}\n"
        for year, value in zip(YEARS, values, strict=True)
        if value is not None
    )


def at_current(values=CURRENT):
    return figures("地区生产总值（现价）", values)


def at_2015(values=REAL):
    return figures("地区生产总值（可比价）", values, 2015)


def said(folder, statistics):
    return codes(folder, ROWS, years=YEARS, statistics=statistics)


def told(folder, code, statistics):
    return only(folder, code, ROWS, years=YEARS, statistics=statistics)


def test_sound_series_are_silent(tmp_path):
    assert said(tmp_path, at_current() + at_2015()) == []
    assert said(tmp_path, at_current()) == []


def test_current_prices_in_place_of_comparable_ones_name_all_years(tmp_path):
    problem = told(tmp_path, "gdp-as-current", at_current() + at_2015(CURRENT))
    for year in range(2016, 2021):
        assert f"{year}: " in problem.message.zh
    assert "2015: " not in problem.message.zh
    assert problem.where == "statistics.csv!D9"


@pytest.mark.parametrize("place", range(1, 6))
def test_one_year_at_current_prices(tmp_path, place):
    values = [*REAL]
    values[place] = CURRENT[place]
    problem = told(tmp_path, "gdp-as-current", at_current() + at_2015(values))
    assert f"{2015 + place}: " in problem.message.en


def test_a_figure_that_another_unit_writes_is_the_same(tmp_path):
    values = [*REAL]
    values[3] = CURRENT[3]
    stated = at_2015(values).replace("919.28,亿元", "9192800,万元")
    told(tmp_path, "gdp-as-current", at_current() + stated)


def test_two_digits_that_agree_say_nothing(tmp_path):
    current = [50, 53, 56, 60, 64, 66]
    assert said(tmp_path, at_current(current) + at_2015([50, 53, 57, 61, 65, 67])) == []


def test_a_rounded_figure_at_current_prices_is_found_by_the_deflator(tmp_path):
    values = [*REAL[:5], 1010]
    problem = told(tmp_path, "gdp-deflator", at_current() + at_2015(values))
    assert "2020" in problem.message.zh
    assert problem.where == "statistics.csv!D13"


def test_in_the_price_year_both_prices_are_one(tmp_path):
    problem = told(tmp_path, "gdp-base-year", at_current() + at_2015([v * 1.02 for v in REAL]))
    assert "688.86" in problem.message.en
    # A figure with fewer digits is the same figure.
    assert said(tmp_path, at_current() + at_2015([689, *REAL[1:]])) == []


def test_comparable_prices_alone_cannot_be_told(tmp_path):
    assert told(tmp_path, "gdp-alone", at_2015(CURRENT)).grade == "D"
    # GDP at current prices of the price year itself says nothing of the others.
    told(tmp_path, "gdp-alone", at_current([CURRENT[0], *[None] * 5]) + at_2015())


def test_the_index_tells_growth_at_current_prices(tmp_path):
    percents = [None, *(f"{(growth * 100):.1f}" for growth in GROWTH)]
    chained = "".join(
        f"350500,{year},地区生产总值指数,{value},%,{year - 1}\n"
        for year, value in zip(YEARS, percents, strict=True)
        if value
    )
    assert said(tmp_path, at_2015() + chained) == []
    assert set(said(tmp_path, at_2015(CURRENT) + chained)) == {"gdp-index"}
    fixed = figures("地区生产总值指数", [v / REAL[0] * 100 for v in REAL], 2015, "%")
    assert said(tmp_path, at_2015() + fixed) == []
    assert set(said(tmp_path, at_2015(CURRENT) + fixed)) == {"gdp-index"}


def test_growth_that_regions_seldom_have(tmp_path):
    real = [*REAL[:4], *(value * 1.12 for value in REAL[4:])]
    current = [*CURRENT[:4], *(value * 1.12 for value in CURRENT[4:])]
    problem = told(tmp_path, "gdp-growth", at_current(current) + at_2015(real))
    assert "2019 年 +18.7 %" in problem.message.zh


def _facts(*stated):
    rows = tuple(
        Statistic(
            region="350500", period=2015 + n, statistic=name, value=value, unit="CNY",
            amount=value, price_year=base or 2015 + n,
        )
        for name, values, base in stated
        for n, value in enumerate(values)
    )  # fmt: skip
    return Facts((), (), rows, tuple(YEARS), library())


@settings(max_examples=60)
@given(
    st.lists(st.floats(0.95, 1.12), min_size=5, max_size=5),
    st.lists(st.floats(1.003, 1.08), min_size=5, max_size=5),
    st.floats(1e8, 1e13),
)
def test_any_usual_growth_and_prices_are_silent_and_exchanged_series_are_not(growth, prices, size):
    real = list(accumulate(growth, lambda a, b: a * b, initial=size))
    level = list(accumulate(prices, lambda a, b: a * b, initial=1.0))
    current = [a * b for a, b in zip(real, level, strict=True)]
    sound = _facts(("gdp", current, None), ("gdp_comparable", real, 2015))
    assert list(check_gdp(sound, bands())) == []
    copied = _facts(("gdp", current, None), ("gdp_comparable", current, 2015))
    assert [each.code for each in check_gdp(copied, bands())] == ["gdp-as-current"]
