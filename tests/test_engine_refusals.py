"""What the engine cannot compute: told with its cell, and never dropped in silence."""

import duckdb
import pytest
from engine_cases import computed, entry, library, parameters, prepared, profile, table
from test_select import parameter

from carbonledger.engine.execute import postings
from carbonledger.engine.frame import Backend, engine_frame
from carbonledger.errors import CarbonledgerError


@pytest.mark.parametrize(
    ("fields", "code", "says"),
    [
        ({"quantity": 1.0, "quantity__unit": "km"}, "activity-unit-unfit", "fuel [t]"),
        ({"quantity": 1.0, "account": "1"}, "no-rule", "科目 1"),
        ({"quantity": 1.0, "account": "1.A"}, "parameter-not-found", "ch4_emission_factor"),
    ],
)
def test_what_cannot_be_computed_is_a_problem_with_its_cell(fields, code, says):
    planned, *_ = prepared([entry(7, **fields), entry(8, **fields)])
    problem = next(problem for problem in planned.problems if problem.code == code)
    assert (problem.grade, problem.file, problem.cell) == ("A", "a.csv", "B7")
    assert says in problem.message.zh + problem.remedy.zh
    assert "2 条录入" in problem.message.zh


@pytest.mark.parametrize(
    ("extra", "unit", "lost"),
    [("co2_factor", "t CO2/t", "co2_factor"), ("heat", "TJ", "heat"),
     ("coal_equivalent", "tce", "quantity")],
)  # fmt: skip
def test_a_number_that_no_method_takes_is_not_dropped_silently(extra, unit, lost):
    given_ = {extra: 9.9, f"{extra}__unit": unit, f"{extra}__notation": "", f"{extra}__cell": "C1"}
    rules = profile([
        {"accounts": ["1.A"], "methods": [
            "energy.combustion.co2.coal_equivalent", "energy.combustion.co2",
            "energy.combustion.ch4"]},
    ])  # fmt: skip
    if lost == "quantity":  # coal equivalent serves CO2 and the quantity CH4: nothing is lost
        rules = profile(
            [{"accounts": ["1.A"], "methods": ["energy.combustion.co2.coal_equivalent"]}]
        )
    planned, *_ = prepared([entry(1, quantity=1.0, **given_)], rules=rules,
                           quantities=("quantity", extra))  # fmt: skip
    (problem,) = planned.problems
    assert (problem.code, problem.grade) == ("quantity-not-used", "A")
    assert lost in problem.message.en


def test_a_key_for_one_activity_does_not_hide_the_value_of_another():
    rows = [entry(1, quantity=None, quantity__notation="NE", heat=5.0, heat__unit="TJ",
                  heat__notation="", heat__cell="C1")]  # fmt: skip
    rules = profile([{"accounts": ["1.A"], "methods": [
        "energy.combustion.co2", "energy.combustion.co2.heat"]}])  # fmt: skip
    result = computed(rows, rules=rules, quantities=("quantity", "heat"))
    assert result["amount"].tolist() == pytest.approx([5 * 20.2 * 0.98 * 44 / 12])


def test_an_own_factor_that_applies_to_nothing_is_told():
    own = parameter(id="own-2", item="raw_coal", parameter="carbon_content", unit="t C/TJ",
                    value=27.0, edition="inventory")  # fmt: skip
    planned, *_ = prepared([entry(1, quantity=1.0)], base=library([*parameters(), own]))
    (problem,) = planned.problems
    assert (problem.code, problem.grade, problem.file) == (
        "own-factor-not-used",
        "B",
        "factors.csv",
    )
    assert "own-2" in problem.message.zh


def test_no_quantity_at_all_is_said():
    connection = duckdb.connect()
    with pytest.raises(CarbonledgerError, match="录入"):
        engine_frame(connection.from_arrow(table([entry(1)])), (), Backend(connection))


def test_nothing_to_compute_is_said():
    planned, frame, backend = prepared([entry(1, quantity=None)])
    with pytest.raises(CarbonledgerError, match="空白"):
        postings(planned, frame, backend)


def test_an_unknown_engine_is_refused():
    with pytest.raises(CarbonledgerError, match="duckdb"):
        Backend(duckdb.connect(), "abacus")
