"""Transport and uncertainty in the library: published values, and what they must not become.

Expected values are those of the 2006 IPCC Guidelines, Volume 2 (Tables 2.15, 3.2.2 to 3.6.9), of
GB/T 51366-2019 (Table E.0.1) and of the GHG Protocol's cross-sector tools, version 2.0.
"""

import itertools

import pandas as pd
import pytest
from factor_tables import BY_ID, FOLDER, PARAMETERS, PROFILES, all_records, keys, records

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.model import limits
from carbonledger.model.records import Detail, Item, Parameter

FILES = ("road_ipcc2006", "aviation_ipcc2006", "transport_activity", "uncertainty")
MOBILE = records(FOLDER / "parameters/mobile_ipcc2006.csv", Parameter)
OF = {name: records(FOLDER / f"parameters/{name}.csv", Parameter) for name in FILES}
ROAD, AVIATION, ACTIVITY, UNCERTAINTY = OF.values()
DETAILS = records(FOLDER / "details/transport.csv", Detail)
ITEMS = records(FOLDER / "items/transport.csv", Item)
FOREIGN = {"defra-2023", "ghg-protocol"}
LIFE_CYCLE = "co2e_life_cycle_factor"

PUBLISHED = [
    # Table 3.2.2, ethanol
    ("t3.2.2/biogasoline/1.A.3.b/ethanol.us-truck/ch4", 260, "kg CH4/TJ"),
    ("t3.2.2/biogasoline/1.A.3.b/ethanol.brazil-car/ch4", 18, "kg CH4/TJ"),
    ("t3.2.2/biogasoline/1.A.3.b/ethanol.us-truck/n2o", 41, "kg N2O/TJ"),
    # Table 3.2.4, alternative fuels
    ("t3.2.4/natural_gas/heavy-duty-vehicle.cng/ch4", 5983, "mg CH4/vkm"),
    ("t3.2.4/natural_gas/heavy-duty-vehicle.cng/n2o", 185, "mg N2O/vkm"),
    ("t3.2.4/lng/heavy-duty-vehicle.lng/ch4", 4261, "mg CH4/vkm"),
    ("t3.2.4/lng/heavy-duty-vehicle.lng/n2o", 274, "mg N2O/vkm"),
    ("t3.2.4/natural_gas/bus.cng/ch4", 7715, "mg CH4/vkm"),
    ("t3.2.4/biogasoline/bus.ethanol/ch4", 1292, "mg CH4/vkm"),
    ("t3.2.4/lpg/light-duty-vehicle.lpg/n2o", 5, "mg N2O/vkm"),
    # Table 3.2.5, European vehicles
    ("t3.2.5/gasoline/passenger-car.pre-euro.urban-cold/ch4", 201, "mg CH4/vkm"),
    ("t3.2.5/gasoline/passenger-car.pre-euro.rural/n2o", 6.5, "mg N2O/vkm"),
    ("t3.2.5/gasoline/passenger-car.euro-1.urban-cold/n2o", 38, "mg N2O/vkm"),
    ("t3.2.5/gasoline/passenger-car.euro-4.urban-cold/ch4", 57, "mg CH4/vkm"),
    ("t3.2.5/gasoline/passenger-car.euro-4.highway/n2o", 0.7, "mg N2O/vkm"),
    ("t3.2.5/gasoline/light-duty-vehicle.euro-1.urban-cold/n2o", 122, "mg N2O/vkm"),
    ("t3.2.5/diesel/passenger-car.euro-3.urban-cold/n2o", 15, "mg N2O/vkm"),
    ("t3.2.5/diesel/heavy-duty-vehicle.over-16t.urban/ch4", 175, "mg CH4/vkm"),
    ("t3.2.5/diesel/heavy-duty-vehicle.under-16t.rural/ch4", 23, "mg CH4/vkm"),
    ("t3.2.5/diesel/bus.highway/n2o", 30, "mg N2O/vkm"),
    ("t3.2.5/lpg/passenger-car.euro-2.urban-hot/n2o", 13, "mg N2O/vkm"),
    ("t3.2.5/natural_gas/heavy-duty-vehicle.cng.euro-4-and-later/ch4", 900, "mg CH4/vkm"),
    ("t3.2.5/gasoline/motorcycle.under-50cc.urban/ch4", 219, "mg CH4/vkm"),
    # Table 3.3.1, off-road
    ("t3.3.1/diesel/1.A.4.c.ii/agriculture/n2o", 28.6, "kg N2O/TJ"),
    ("t3.3.1/diesel/1.A.3.e.ii/industry/ch4", 4.15, "kg CH4/TJ"),
    ("t3.3.1/gasoline/1.A.4.c.ii/agriculture.4-stroke/ch4", 80, "kg CH4/TJ"),
    ("t3.3.1/gasoline/1.A.4.b/household.2-stroke/ch4", 180, "kg CH4/TJ"),
    ("t3.3.1/gasoline/1.A.4.c.ii/forestry.2-stroke/n2o", 0.4, "kg N2O/TJ"),
    # Table 3.6.9, landing and take-off
    ("t3.6.9/a320/co2", 2440, "kg CO2/LTO"),
    ("t3.6.9/737-800-900/co2", 2780, "kg CO2/LTO"),
    ("t3.6.9/747-400/co2", 10240, "kg CO2/LTO"),
    ("t3.6.9/tu-154-b/ch4", 11.9, "kg CH4/LTO"),
    ("t3.6.9/crj-100er/n2o", 0.03, "kg N2O/LTO"),
    ("t3.6.9/beech-king-air/co2", 230, "kg CO2/LTO"),
]
OTHERS = [
    ("gbt-51366-2019/e.0.1/light_diesel_truck/payload-2t/co2e", 0.286, "kg CO2e/tkm"),
    ("gbt-51366-2019/e.0.1/heavy_diesel_truck/payload-46t/co2e", 0.057, "kg CO2e/tkm"),
    ("defra-2023/rail_freight/co2-tkm", 0.02749, "kg CO2/tkm"),
    ("defra-2023/van/van-class-i.petrol/co2-tkm", 1.05502, "kg CO2/tkm"),
    ("defra-2023/container_ship/co2-tkm", 0.01592, "kg CO2/tkm"),
    ("ghg-protocol/diesel/density", 0.913281, "kg/L"),
]


@pytest.mark.parametrize(
    ("row", "value", "unit"), [(f"ipcc-2006/{key}", *rest) for key, *rest in PUBLISHED] + OTHERS
)
def test_published_values(row, value, unit):
    assert (BY_ID[row].value, BY_ID[row].unit) == (value, unit)
    assert BY_ID[row].status == "verified"
    if row.startswith("ipcc-2006/t"):
        assert BY_ID[row].locator == "Table " + row.split("/")[1].removeprefix("t")


def test_the_tables_are_whole():
    def lines(table, unit="kg CO2/TJ"):
        return {
            (row.item, row.detail)
            for row in (*MOBILE, *ROAD, *AVIATION)
            if row.locator == f"Table {table}" and row.unit == unit
        }

    # Lines of each table: fuels of 3.2.1 and 3.5.2, 26 technologies of 3.2.3, 52 aircraft of 3.6.9.
    assert {table: len(lines(table)) for table in ("3.2.1", "3.4.1", "3.5.2", "3.6.4")} == {
        "3.2.1": 7, "3.4.1": 2, "3.5.2": 10, "3.6.4": 2,
    }  # fmt: skip
    for gas in ("CH4", "N2O"):
        assert len(lines("3.2.3", f"mg {gas}/vkm")) == 26
        assert len(lines("3.2.4", f"mg {gas}/vkm")) == 12
        assert len(lines("3.3.1", f"kg {gas}/TJ")) == 4 + 3 + 4
        assert len(lines("3.6.9", f"kg {gas}/LTO")) == 52
    assert len(lines("3.6.9", "kg CO2/LTO")) == len(lines("3.6.9", "kg/LTO")) == 52
    # Cars and light vehicles in four conditions; trucks, buses and two-wheelers in three.
    european = 4 * (5 + 5 + 4 + 5 + 5) + 3 * (1 + 2 + 1 + 3)
    assert len(lines("3.2.5", "mg N2O/vkm")) == european
    assert len(lines("3.2.5", "mg CH4/vkm")) == european + 2  # CNG, without N2O


def test_co2_of_transport_is_that_of_table_1_4():
    table = {
        row.item: row for row in PARAMETERS
        if row.edition == "ipcc-2006" and row.locator.startswith("Table 1.4")
        and row.parameter == "co2_emission_factor"
    }  # fmt: skip
    table["lng"] = table["natural_gas"]
    transport = [row for row in MOBILE if row.parameter == "co2_emission_factor"]
    assert len(transport) == 7 + 2 + 2 * 10 + 2 * 2
    for row in transport:
        assert units.dimension(row.unit) == units.dimension(table[row.item].unit)
        worth = units.multiplier(table[row.item].unit, row.unit)
        assert row.value == pytest.approx(table[row.item].value * worth), row.id


def test_a_cold_engine_emits_no_less_methane_with_a_catalyst():
    gasoline = {(row.detail, row.parameter): row.value for row in ROAD if row.item == "gasoline"}
    pairs = [
        (value, gasoline[detail.replace("urban-cold", "urban-hot"), parameter])
        for (detail, parameter), value in gasoline.items()
        if detail.endswith("urban-cold")
    ]
    assert len(pairs) == 2 * 5 * 2
    assert all(cold >= hot for cold, hot in pairs)


def test_cold_starts_are_counted_apart_from_distance():
    for row in ROAD:
        assert row.unit.endswith("/start") == row.detail.endswith(".cold-start"), row.id
    starts = {row.detail for row in ROAD if row.detail.endswith(".cold-start")}
    running = {row.detail for row in ROAD if row.detail.endswith(".running-hot")}
    assert {key.replace(".cold-start", ".running-hot") for key in starts} <= running
    assert units.dimension("mg CH4/start") != units.dimension("mg CH4/vkm")


def lto(parameter):
    return {
        row.detail.removeprefix("aircraft."): row.value
        for row in AVIATION
        if row.parameter == parameter
    }


def test_larger_aircraft_burn_more():
    co2 = lto("co2_emission_factor")
    for order in (
        ("beech-king-air", "dornier-328-jet", "erj-145", "rj85", "a319", "a320", "a321", "757-200"),
        ("737-600", "737-700", "737-800-900", "757-300", "767-300", "777-200-300", "747-400"),
        ("a310", "a300", "a330-200-300", "a340-500-600"),
    ):
        values = [co2[key] for key in order]
        assert values == sorted(values)
        assert len(set(values)) == len(values)


def test_fuel_and_co2_of_a_cycle_agree():
    fuel, co2 = lto("fuel_consumption"), lto("co2_emission_factor")
    assert fuel.keys() == co2.keys()
    for key, burned in fuel.items():
        # 3.16 kg CO2 per kg of jet kerosene; both are rounded to 10 kg.
        assert abs(co2[key] - 3.16 * burned) <= 5 + 3.16 * 10, key
    assert sum(co2.values()) / sum(fuel.values()) == pytest.approx(3.155, abs=0.01)


def test_nitrous_oxide_of_a_cycle_follows_the_fuel():
    # About 0.1 g per kg of fuel, given with one digit.
    fuel = lto("fuel_consumption")
    for key, value in lto("n2o_emission_factor").items():
        assert abs(value - 1e-4 * fuel[key]) <= 0.1, key


def test_longer_flights_and_lower_classes_emit_less_for_each_passenger():
    def flight(detail, gas="co2"):
        return BY_ID[f"defra-2023/passenger_aircraft/{detail}/{gas}-pkm"].value

    classes = ("economy-class", "premium-economy-class", "business-class", "first-class")
    for haul, gas in itertools.product(("long-haul", "international"), ("co2", "n2o")):
        values = [flight(f"{haul}.{name}", gas) for name in classes]
        assert values == sorted(values)
        assert values[0] < flight(f"{haul}.average-passenger", gas) < values[-1]
    assert flight("domestic.average-passenger") > flight("short-haul.average-passenger")


@pytest.mark.parametrize("ship", ["crude_tanker", "bulk_carrier", "container_ship"])
def test_larger_ships_emit_less_for_each_tonne(ship):
    sizes = sorted(
        (float(row.detail.split("-")[0]), row.value)
        for row in ACTIVITY
        if row.item == ship and row.unit == "kg CO2/tkm" and row.detail
    )
    values = [value for _, value in sizes]
    assert len(values) >= 6
    assert values == sorted(values, reverse=True)
    assert values[-1] < BY_ID[f"defra-2023/{ship}/co2-tkm"].value < values[0]


def test_larger_trucks_of_one_fuel_emit_less_for_each_tonne():
    for fuel in ("diesel", "gasoline"):
        loads = sorted(
            (float(row.detail.removeprefix("payload-").removesuffix("t")), row.value)
            for row in ACTIVITY
            if row.parameter == LIFE_CYCLE and row.item.endswith(f"_{fuel}_truck")
        )
        values = [value for _, value in loads]
        assert len(values) >= 4
        assert values == sorted(values, reverse=True)


def test_no_row_without_detail_displaces_a_default_of_the_inventory():
    new = [row for row in MOBILE if row.locator in ("Table 3.3.1", "Table 3.2.1", "Table 3.5.2")]
    new += [row for row in MOBILE if row.item == "biogasoline"]
    assert len(new) > 50
    assert all(row.detail for row in (*new, *ROAD, *AVIATION))


@pytest.fixture(scope="module")
def answers():
    """What every profile selects for Quanzhou 2022 for every key of these tables and for none."""
    asked = {
        (row.parameter, row.item, row.detail, account, units.dimension(row.unit))
        for row in (*ROAD, *AVIATION, *ACTIVITY, *MOBILE)
        for account in {row.account or "1.A.3.a", "1.A.3", "1.A.3.b.i", "M.1.a"}
    }
    asked |= {(parameter, item, "", *rest) for parameter, item, _, *rest in asked}
    rows = [(p, i, d, a, "", "350500", 2022, dimension) for p, i, d, a, dimension in sorted(asked)]
    requests = pd.DataFrame(rows, columns=list(REQUEST_COLUMNS))
    return {name: select(requests, library(), rules) for name, rules in PROFILES.items()}


def test_no_life_cycle_or_foreign_value_is_ever_selected_for_fujian(answers):
    for name, found in answers.items():
        assert len(found) > 500, name
        assert not (found["parameter"] == LIFE_CYCLE).any(), name
        assert not found["edition"].isin(FOREIGN).any(), name
        assert not (found["region"] == "developed").any(), name
    for row in ACTIVITY:
        assert (row.edition in FOREIGN) == (row.region == "developed"), row.id
        assert ("life-cycle" in row.note or "cradle" in row.note) == (row.parameter == LIFE_CYCLE)


def test_a_technology_is_found_by_its_detail_and_only_by_it(answers):
    found = answers["ipcc-2006"]
    assert set(found["id"]) >= {row.id for row in (*ROAD, *AVIATION)}
    for row in found.itertuples():
        assert row.detail == "" or row.id in BY_ID
    density = {row.item: row for row in ACTIVITY if row.region == "CN" and "density" in row.id}
    assert density["diesel"].value == 0.84
    assert density["diesel"].upper < BY_ID["ghg-protocol/diesel/density"].value


def test_details_and_vehicles_exist_and_are_used():
    used = {(row.item, row.detail) for row in PARAMETERS}
    assert {detail for _, detail in used} - {""} <= keys("details")
    assert {row.item for row in ITEMS} <= {item for item, _ in used}
    details = [*DETAILS, *records(FOLDER / "details/uncertainty.csv", Detail)]
    assert {row.detail for row in details} <= {detail for _, detail in used}
    assert len({row.name_zh for row in details}) == len(details)
    assert len({row.name_en.casefold() for row in details}) == len(details)


@pytest.mark.parametrize(
    "word", ["重型柴油车", "起降循环", "客运飞机", "内河船舶", "摩托车", "公交车", "出租车", "国四"]
)
def test_a_clerk_finds_the_chinese_words(word):
    texts = [
        f"{row.name_zh}|{row.aliases}" for name in ("details", "items") for row in all_records(name)
    ]
    assert any(word in text for text in texts)


def test_uncertainty_is_the_upper_end_of_its_band():
    for row in UNCERTAINTY:
        assert row.unit == "%"
        assert (row.lower or 0) <= row.value == (row.upper or row.value)
        assert row.status == "unverified"
        assert row.lower == row.upper or "upper end" in row.note
    table = {row.id.split("/", 2)[2]: row for row in UNCERTAINTY if row.locator == "Table 2.15"}
    assert len(table) == 5 * 4
    bands = {
        "1.A.1.a/well-developed-statistics.surveys": (None, None),
        "1.A.1.a/less-developed-statistics.extrapolations": (5, 10),
        "1.A.2/energy-intensive.well-developed-statistics.surveys": (2, 3),
        "1.A.2/less-developed-statistics.extrapolations": (15, 20),
        "1.A.4/less-developed-statistics.extrapolations": (15, 25),
        "1.A.4/small-biomass.less-developed-statistics.extrapolations": (60, 100),
    }
    assert {key: (table[key].lower, table[key].upper) for key in bands} == bands
    # Better statistics and surveys are never less certain.
    for key, row in table.items():
        worse = key.replace("well-", "less-").replace("surveys", "extrapolations")
        assert (
            row.value <= table[key.replace("surveys", "extrapolations")].value <= table[worse].value
        )


SLIPS = [
    ("ch4_emission_factor", 201, "g CH4/vkm", "gasoline", "0.201 g CH4/vkm"),
    ("ch4_emission_factor", 5983, "g CH4/vkm", "natural_gas", "5.983 g CH4/vkm"),
    ("ch4_emission_factor", 5983, "mg CH4/vkm", "diesel", None),
    ("n2o_emission_factor", 380, "mg N2O/vkm", "gasoline", None),
    ("co2_emission_factor", 877, "kg CO2/vkm", "heavy_diesel_truck", "0.877 kg CO2/vkm"),
    ("co2_emission_factor", 162, "kg CO2/tkm", "heavy_diesel_truck", "0.162 kg CO2/tkm"),
    ("co2_emission_factor", 1.5, "kg CO2/tkm", "bulk_carrier", None),
    ("co2_emission_factor", 35.1, "kg CO2/pkm", "passenger_rail", "0.0351 kg CO2/pkm"),
    ("co2_emission_factor", 2.44, "kg CO2/LTO", "jet_kerosene", "2440 kg CO2/LTO"),
    ("co2_emission_factor", 24400, "kg CO2/LTO", "jet_kerosene", None),
    ("fuel_consumption", 0.77, "kg/LTO", "jet_kerosene", "770 kg/LTO"),
    ("fuel_density", 840, "kg/L", "diesel", "0.84 kg/L"),
    ("fuel_density", 8.4, "kg/L", "diesel", None),
    ("fuel_density", 0.7, "kg/L", "natural_gas", "0.0007 kg/L"),
    ("distance_per_vehicle", 18, "vkm/vehicle/a", "small_passenger_car", None),
    ("distance_per_vehicle", 60000, "vkm/vehicle/a", "motorcycle", None),
    (LIFE_CYCLE, 162, "kg CO2e/tkm", "heavy_diesel_truck", "0.162 kg CO2e/tkm"),
    (LIFE_CYCLE, 0.19, "kg CO2e/tkm", "tanker", None),
    ("activity_data_uncertainty", 0.05, "%", "", "5 %"),
    ("emission_factor_uncertainty", 0.05, "%", "", "5 %"),
]


@pytest.mark.parametrize(("parameter", "value", "unit", "item", "means"), SLIPS)
def test_a_slip_of_unit_or_decimal_is_refused(parameter, value, unit, item, means):
    message, remedy = limits.refusal(parameter, value, unit, item)
    assert f"{value:g}" in message.zh
    if means:
        assert means in message.en
        assert means in remedy.zh
