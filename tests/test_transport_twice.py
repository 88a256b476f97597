"""Transport: one fuel that is entered by two routes is reported, once."""

import pytest

from carbonledger.analysis.transport_overlap import COLUMNS, counted_twice
from carbonledger.library.load import library


def posting(account, item, method, detail="", region="350500", period=2022):
    return dict(
        zip(COLUMNS, (region, period, account, item, detail, method, "a.csv!B2"), strict=True)
    )


SALES, STOCK, DISTANCE = (
    "energy.combustion.co2",
    "transport.vehicles.liquid.co2",
    "transport.distance.co2",
)
FLIGHTS, MOVEMENTS = "transport.flights.co2", "transport.movements.co2"


@pytest.mark.parametrize(
    ("one", "other", "twice"),
    [
        (("1.A.3.b", "gasoline", SALES), ("1.A.3.b.i", "gasoline_passenger_car", STOCK), True),
        (("1.A.3", "diesel", SALES), ("1.A.3.b.iii", "heavy_diesel_truck", DISTANCE), True),
        (
            ("1.A.3.a.ii", "jet_kerosene", SALES),
            ("1.A.3.a.ii", "passenger_aircraft", FLIGHTS),
            True,
        ),
        # A balance has one line for kerosene and jet fuel.
        (("1.A.3", "kerosene", SALES), ("1.A.3.a.ii", "passenger_aircraft", FLIGHTS), True),
        (
            ("1.A.3.a.ii", "cargo_aircraft", MOVEMENTS),
            ("1.A.3.a.ii", "cargo_aircraft", FLIGHTS),
            True,
        ),
        (("1.A.3.c", "diesel", SALES), ("1.A.3.c", "rail_freight", "transport.freight.co2"), True),
        (
            ("1.A.3", "electricity", "electricity.location.co2"),
            ("1.A.3.b.i", "electricity", "transport.vehicles.electricity.co2", "electric-taxi"),
            True,
        ),
        # Another fuel, another branch, another vehicle, another year, and what only adds.
        (("1.A.3.b", "diesel", SALES), ("1.A.3.b.i", "gasoline_passenger_car", STOCK), False),
        (
            ("1.A.3.a.ii", "jet_kerosene", SALES, "巡航"),
            ("1.A.3.a.ii", "passenger_aircraft", FLIGHTS, "aircraft.a320"),
            False,
        ),
        (("1.A.3.d.ii", "diesel", SALES), ("1.A.3.b.iii", "heavy_diesel_truck", STOCK), False),
        (("M.1.a", "jet_kerosene", SALES), ("1.A.3.a.ii", "passenger_aircraft", FLIGHTS), False),
        (
            ("1.A.3.b.iii", "diesel_city_bus", STOCK),
            ("1.A.3.b.iii", "heavy_diesel_truck", DISTANCE),
            False,
        ),
        (
            (
                "1.A.3.b.i",
                "gasoline",
                "transport.starts.ch4",
                "passenger-car.uncontrolled.cold-start",
            ),
            ("1.A.3.b.i", "gasoline", STOCK),
            False,
        ),
        (("1.A.4.b", "gasoline", SALES), ("1.A.3.b.i", "gasoline", STOCK), False),
    ],
)
def test_one_fuel_by_two_routes_is_reported(one, other, twice):
    rows = [posting(*one), posting(*other)]
    for order in (rows, rows[::-1]):
        problems = counted_twice(order, library())
        assert [problem.code for problem in problems] == ["transport-counted-twice"] * twice
    rows[1]["period"] = 2021
    assert counted_twice(rows, library()) == []


def test_the_years_of_one_finding_are_told_together():
    rows = [
        posting(*key, period=year)
        for key in (("1.A.3.b", "gasoline", SALES), ("1.A.3.b.i", "gasoline_taxi", STOCK))
        for year in (2020, 2021, 2022)
    ]
    (problem,) = counted_twice(rows, library())
    assert "2020、2021、2022" in problem.message.zh
    assert "2020, 2021, 2022" in problem.message.en
