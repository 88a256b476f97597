"""Methods: units proved with Pint, linearity, one formula on every engine, published numbers."""

import math

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger import units
from carbonledger.errors import CarbonledgerError
from carbonledger.methods import math as formula_math
from carbonledger.methods.registry import get, method, methods
from carbonledger.methods.symbol import Symbol
from carbonledger.model.limits import bounds
from carbonledger.model.prices import CONSTANT

# Values at constant prices are the formula of those at current prices.
ALL_FORMS = [(m, form) for m in methods().values() for form in m.forms if m.measure != CONSTANT]
FORMS = [(m, form) for m, form in ALL_FORMS if not m.series]
SERIES = [(m, form) for m, form in ALL_FORMS if m.series]
IDS = [f"{m.id}-{next(iter(form.units.values()))}" for m, form in FORMS]
LINEAR = [(m, form) for m, form in FORMS if m.linear]
LINEAR_IDS = [name for name, (m, _) in zip(IDS, FORMS, strict=True) if m.linear]
SERIES_IDS = [f"{m.id}-{next(iter(form.units.values()))}" for m, form in SERIES]
CONNECTION = duckdb.connect()
positive = st.floats(1e-6, 1e6)


def plausible(name, unit):
    """Numbers that an argument can be: empirical equations mean nothing far outside of them."""
    if name.endswith("_exponent"):
        return st.floats(0.1, 4)
    low, high = bounds(name, unit)
    least, most = max(low, 1e-6), min(high, 1e6)
    return st.floats(least, most) if least < most else positive


@pytest.mark.parametrize(("declared", "form"), FORMS, ids=IDS)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_units_of_the_result_are_the_declared_ones(declared, form, data):
    # The same function over Pint quantities must give the declared unit, and the same number: a
    # factor of 1000 hidden between GJ and TJ fails here.
    numbers = {name: data.draw(plausible(name, unit)) for name, unit in form.units.items()}
    quantities = {name: units.quantity(numbers[name], unit) for name, unit in form.units.items()}
    proved = declared.function(**quantities)
    wanted = units.quantity(1.0, declared.returns)
    expected = float(declared.function(**numbers))
    # A difference may cancel out all but the rounding of its terms.
    scale = max(abs(expected), 1e-3 * abs(numbers[declared.activity]))
    assert float((proved / wanted).to("").magnitude) == pytest.approx(
        expected, rel=1e-12, abs=1e-9 * scale
    )


@pytest.mark.parametrize(("declared", "form"), LINEAR, ids=LINEAR_IDS)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_linear_methods_are_linear_in_their_activity(declared, form, data):
    numbers = {name: data.draw(plausible(name, unit)) for name, unit in form.units.items()}
    more = data.draw(positive)
    first = declared.function(**numbers)
    second = declared.function(**(numbers | {declared.activity: more}))
    both = declared.function(**(numbers | {declared.activity: numbers[declared.activity] + more}))
    assert both == pytest.approx(first + second, rel=1e-12)


@pytest.mark.parametrize(("declared", "form"), FORMS, ids=IDS)
def test_every_engine_gives_the_same_number(declared, form):
    rows = {name: [1.5 + i, 0.25 * (i + 1), 3.0] for i, name in enumerate(form.units)}
    expected = [
        declared.function(**{name: values[i] for name, values in rows.items()}) for i in range(3)
    ]
    expression = declared.function(**{name: nw.col(name) for name in rows}).alias("amount")
    natives = [
        pd.DataFrame(rows),
        pl.DataFrame(rows).lazy(),
        CONNECTION.from_df(pd.DataFrame(rows)),
    ]
    for native in natives:
        frame = nw.from_native(native).lazy().select(expression).collect(backend="pandas")
        # A power is rounded by the library of each engine; all else is the same to the bit.
        powers = any(name.endswith("_exponent") for name in form.units)
        wanted = pytest.approx(expected, rel=1e-13) if powers else expected
        assert frame["amount"].to_list() == wanted
    arrays = {name: np.array(values) for name, values in rows.items()}
    assert declared.function(**arrays).tolist() == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(("declared", "form"), SERIES, ids=SERIES_IDS)
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_series_methods_have_their_units_and_are_linear_in_the_series(declared, form, data):
    years = data.draw(st.integers(1, 6))
    series = st.lists(st.floats(1e-3, 1e3), min_size=years, max_size=years).map(np.array)
    numbers = {name: data.draw(series) for name in form.units}
    quantities = {name: units.quantity(numbers[name], unit) for name, unit in form.units.items()}
    result = declared.function(**numbers)
    proved = declared.function(**quantities) / units.quantity(1.0, declared.returns)
    assert proved.to("").magnitude == pytest.approx(result, rel=1e-12)
    more = data.draw(series)
    second = declared.function(**(numbers | {declared.activity: more}))
    both = declared.function(**(numbers | {declared.activity: numbers[declared.activity] + more}))
    if declared.linear:
        scale = max(1e-3, np.abs(both).max(), np.abs(result).max())
        assert both == pytest.approx(result + second, rel=1e-9, abs=1e-9 * scale)
    # What a year brings never depends on later years.
    first = declared.function(**{name: values[:1] for name, values in numbers.items()})
    assert first == pytest.approx(result[:1], rel=1e-12)


def test_diesel_by_the_provincial_guideline():
    # 1 t of diesel, 42.652 GJ/t, 20.2 t C/TJ, 98 %: 3.0959 t CO2 (the factor that the guideline's
    # parameters give; also quoted as 3.0959 kg CO2/kg in GB/T 32151 and enterprise guidelines).
    amount = get("energy.combustion.co2").function(1, 42.652e-3, 20.2, 0.98)
    assert amount == pytest.approx(3.0959, abs=5e-5)


def test_ipcc_default_factor_of_diesel():
    # IPCC 2006 Vol. 2 tables 1.2 and 1.4: 43.0 TJ/Gg x 74 100 kg CO2/TJ = 3.1863 t CO2/t.
    assert get("energy.combustion.co2_tier1").function(1, 43.0e-3, 74.1) == pytest.approx(3.1863)


def test_carbon_and_emission_factor_agree_where_oxidation_is_complete():
    by_carbon = get("energy.combustion.co2").function(1.0, 0.0430, 20.2, 1.0)
    by_factor = get("energy.combustion.co2_tier1").function(1.0, 0.0430, 20.2 * 44 / 12)
    assert by_carbon == pytest.approx(by_factor, rel=1e-12)


def test_printed_formula_is_the_formula():
    assert get("energy.combustion.co2").formula == (
        "fuel × net_calorific_value × carbon_content × oxidation_fraction × 44/12"
    )
    assert get("energy.combustion.co2_by_quantity.coal_equivalent").formula == (
        "coal_equivalent ÷ coal_equivalent_coefficient × co2_factor"
    )


def test_symbols_bracket_what_needs_brackets():
    a, b, c = Symbol("a"), Symbol("b"), Symbol("c")
    assert str((a + b) * c) == "(a + b) × c"
    assert str(a - (b + c)) == "a − (b + c)"
    assert str(a / (b * c)) == "a ÷ (b × c)"
    assert str(a * b / c) == "a × b ÷ c"
    assert str(2 * a**2 - 1) == "2 × a^2 − 1"
    assert str(formula_math.exp(-a) + formula_math.where(a > b, b, c)) == (
        "exp(−a) + where(a > b, b, c)"
    )


@given(x=st.floats(0.01, 50), y=st.floats(0.01, 50))
def test_formula_functions_agree_on_every_engine(x, y):
    m = formula_math

    def formula(a, b):
        return (
            m.exp(-a)
            + m.log(b) * m.sqrt(a)
            + m.where(a > b, a, b)
            + m.minimum(a, b) * m.maximum(a, 1 / b)
        )

    expected = math.exp(-x) + math.log(y) * math.sqrt(x) + max(x, y) + min(x, y) * max(x, 1 / y)
    assert formula(x, y) == pytest.approx(expected, rel=1e-12)
    frame = nw.from_native(pl.DataFrame({"a": [x], "b": [y]}))
    assert frame.select(r=formula(nw.col("a"), nw.col("b")))["r"][0] == pytest.approx(expected)


def test_a_method_without_units_for_an_argument_is_refused_at_import():
    with pytest.raises(TypeError, match="units"):
        method(
            "x",
            title=None,
            measure="CO2",
            returns="t CO2",
            units={"a": "t"},
            source="",
            equation="",
        )(lambda a, b: a * b)


def test_an_unknown_method_is_refused_with_its_neighbours():
    with pytest.raises(CarbonledgerError) as refusal:
        get("energy.combustion.co")
    assert "energy.combustion.co2" in refusal.value.text.zh
