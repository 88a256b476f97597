"""Transport: what other vehicles or modes save, and boundaries that are never mixed.

Published: 2006 IPCC Guidelines, Vol. 2 Ch. 3, Tables 3.2.4, 3.2.5 and 3.6.9; the arithmetic of the
other expected values is written out here.
"""

import pytest
from transport_cases import CARS, GASOLINE, PROVINCIAL, profile, run

from carbonledger.analysis.compare import compare
from carbonledger.analysis.transport_savings import (
    Question,
    Side,
    by_life_cycle,
    replace_vehicles,
    shift_traffic,
)
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library

SCOPE2 = ("transport-scope2", "transport")


CAR = Side("1.A.3.b.i", "gasoline_passenger_car", known={"fuel_economy": "8 L/百车公里"})
ELECTRIC = Side(
    "1.A.3.b.i", "electricity", "electric-passenger-car", {"electricity_economy": "15 kWh/百车公里"}
)


@pytest.fixture
def question(tmp_path):
    return Question("350500", 2022, profile(tmp_path, PROVINCIAL))


def cells(savings, side):
    table = savings.table
    return table[table["side"] == side].set_index("measure")


def test_an_electric_car_saves_the_fuel_and_costs_the_grid_s_co2(question):
    savings = replace_vehicles("1000 辆", CAR, ELECTRIC, question, library())
    before, after = cells(savings, "baseline"), cells(savings, "alternative")
    litres = 1000 * 18000 * 0.08
    assert before.loc["CO2", "amount"] == pytest.approx(litres * GASOLINE)
    # 0.15 kWh/km at 0.4092 kg CO2/kWh, the factor published for Fujian 2022.
    assert after.loc["CO2", "amount"] == pytest.approx(1000 * 18000 * 0.15 * 0.4092e-3)
    saved = cells(savings, "saving")
    for gas in ("CO2", "CH4", "N2O"):
        difference = before.loc[gas, "amount"] - after.loc[gas, "amount"]
        assert saved.loc[gas, "amount"] == pytest.approx(difference)
    gwp = {"CO2": 1, "CH4": 28, "N2O": 265}
    total = sum(saved.loc[gas, "amount"] * worth for gas, worth in gwp.items())
    assert saved.loc["CO2e", "amount"] == pytest.approx(total)
    # Table 3.2.2: 25 kg/TJ between 7.5 and 86; density 0.73 between 0.72 and 0.775 kg/L.
    low, high = saved.loc["CH4", ["lower", "upper"]]
    assert low == pytest.approx(saved.loc["CH4", "amount"] * 7.5 / 25 * 0.72 / 0.73)
    assert high == pytest.approx(saved.loc["CH4", "amount"] * 86 / 25 * 0.775 / 0.73)
    # Every number is given by the user or leads to a row of the library.
    numbers = savings.numbers
    ids = set(library().parameters["id"])
    asked = numbers[numbers["parameter"] == ""]["name"]
    assert set(asked) == {"vehicles", "fuel_economy", "electricity_economy"}
    assert set(numbers["parameter"]) - {""} <= ids
    distances = numbers[numbers["name"] == "distance_per_vehicle"]
    assert len(set(distances["parameter"])) == 1


def test_savings_are_the_difference_of_two_inventories(tmp_path, question):
    savings = replace_vehicles("1000 辆", CAR, ELECTRIC, question, library(), "2 万km/a")
    electric = "保有量 [辆],年均行驶里程 [万公里/年],百公里电耗 [kWh/百车公里]"
    before = {CARS: ["1.A.3.b.i,汽油小客车,,0.5,2,8"]}
    after = {CARS: ["1.A.3.b.i,汽油小客车,,0.4,2,8"]}
    after[electric] = ["1.A.3.b.i,电力,纯电动小客车,1000,2,15"]
    folders = []
    for name, tables in (("before", before), ("after", after)):
        outcome, _ = run(tmp_path / name, tables, SCOPE2)
        assert not outcome.blocked, outcome.problems
        folders.append(Results.read(tmp_path / name / "out"))
    compared = compare(*folders)
    saved = cells(savings, "saving").loc["CO2e", "amount"]
    assert -compared.totals["difference"].sum() == pytest.approx(saved, rel=1e-9)
    cars = compared.rows[compared.rows["item"] == "gasoline_passenger_car"]
    # A fifth of the cars less: all of it is data, nothing is method or parameter.
    assert cars["difference"].sum() == pytest.approx(cars["data"].sum())
    assert cars["data"].sum() == pytest.approx(-cars["co2e_a"].sum() / 5)


def test_freight_on_rails_saves_what_its_fuel_is_less(question):
    truck = Side("1.A.3.b.iii", "heavy_diesel_truck", known={"fuel_per_turnover": "2 L/百吨公里"})
    rail = Side("1.A.3.c", "diesel_locomotive", known={"fuel_per_turnover": "2.5 kg/千吨公里"})
    electric = Side("1.A.3.c", "electricity", known={"electricity_per_turnover": "1 kWh/百吨公里"})
    by_diesel = shift_traffic("freight_turnover", "10 亿吨公里", truck, rail, question, library())
    # 20 million litres against 2500 t of the same diesel.
    fuel = (2e7 * 0.84e-3 - 2500) * 42.652e-3 * 20.2 * 0.98 * 44 / 12
    assert cells(by_diesel, "saving").loc["CO2", "amount"] == pytest.approx(fuel)
    # N2O of railways is higher per heat (28.6 against 3.9 kg/TJ): the saving may be a loss.
    n2o = (2e7 * 0.84e-3 * 3.9e-3 - 2500 * 28.6e-3) * 42.652e-3
    assert cells(by_diesel, "saving").loc["N2O", "amount"] == pytest.approx(n2o)
    by_grid = shift_traffic("freight_turnover", "10 亿吨公里", truck, electric, question, library())
    assert cells(by_grid, "alternative").loc["CO2", "amount"] == pytest.approx(1e7 * 0.4092e-3)


def test_a_gas_that_one_side_lacks_is_left_out_and_said(question):
    truck = Side("1.A.3.b.iii", "heavy_diesel_truck", known={"fuel_per_turnover": "2 L/百吨公里"})
    ship = Side("1.A.3.d.ii", "bulk_carrier", known={"co2_emission_factor": "8 g CO2/tkm"})
    savings = shift_traffic("freight_turnover", "1 亿吨公里", truck, ship, question, library())
    saved = cells(savings, "saving")
    assert saved.loc[["CH4", "N2O"], "notation"].tolist() == ["NE", "NE"]
    assert saved.loc[["CH4", "N2O"], "amount"].isna().all()
    assert saved.loc["CO2e", "amount"] == pytest.approx(saved.loc["CO2", "amount"])
    assert any("CH4" in note.zh for note in savings.notes)


TRUCK = Side("1.A.3.b.iii", "heavy_diesel_truck", "payload-18t")
RAIL = Side("1.A.3.c", "rail_freight")
TURNOVER = ("freight_turnover", "1 亿吨公里")


def test_life_cycles_are_compared_with_each_other(question):
    savings = by_life_cycle(*TURNOVER, TRUCK, RAIL, question, library())
    # GB/T 51366-2019 Table E.0.1: 0.129 and 0.010 kg CO2e/tkm.
    assert cells(savings, "saving").loc["CO2e", "amount"] == pytest.approx(1e8 * 0.119e-3)
    assert set(savings.table["measure"]) == {"CO2e"}


BURNING = Side("1.A.3.b.iii", "heavy_diesel_truck", known={"fuel_per_turnover": "2 L/百吨公里"})
LIFE = {"co2e_life_cycle_factor": "0.01 kg CO2e/tkm"}
TRIP = ("vehicle_distance", "1 万vkm")


@pytest.mark.parametrize(
    ("function", "asked", "old", "new", "word"),
    [
        (
            shift_traffic,
            TURNOVER,
            BURNING,
            Side("1.A.3.c", "rail_freight", known=LIFE),
            "全生命周期",
        ),
        (shift_traffic, TURNOVER, BURNING, RAIL, "全生命周期"),
        (by_life_cycle, TURNOVER, BURNING, RAIL, "fuel_per_turnover"),
        (by_life_cycle, TURNOVER, Side("", "heavy_diesel_truck"), RAIL, "payload-30t"),
        (
            by_life_cycle,
            TRIP,
            Side("", "gasoline_passenger_car", "medium-car"),
            TRUCK,
            "重型柴油货车",
        ),
        (shift_traffic, ("flights", "1 LTO"), BURNING, RAIL, "flights"),
        (
            shift_traffic,
            TURNOVER,
            BURNING,
            Side("1.A.3.c", "diesel_locomotive"),
            "fuel_per_turnover",
        ),
        (
            shift_traffic,
            TURNOVER,
            BURNING,
            Side("1.A.3.c", "diesel_locomotive", known={"fuel_per_turnover": "2.5 kg/tkm"}),
            "2.5 kg/千吨公里",
        ),
        (
            shift_traffic,
            TURNOVER,
            BURNING,
            Side("1.A.3.c", "diesel", known={"freight_turnover": "1 tkm"}),
            "只给一次",
        ),
    ],
)
def test_boundaries_are_never_mixed_and_numbers_never_guessed(
    question, function, asked, old, new, word
):
    with pytest.raises(CarbonledgerError) as refusal:
        function(*asked, old, new, question, library())
    assert word in refusal.value.text.zh
