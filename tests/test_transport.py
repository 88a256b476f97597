"""Transport: published factors, bottom-up against fuel sales, slips.

Published: 2006 IPCC Guidelines, Vol. 2 Ch. 3, Tables 3.2.4, 3.2.5 and 3.6.9; the arithmetic of the
other expected values is written out here.
"""

import csv
import tomllib

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transport_cases import CARS, GASOLINE, PROVINCIAL, amount, run

from carbonledger import units
from carbonledger.analysis.transport_overlap import counted_twice
from carbonledger.library.load import library
from carbonledger.methods.registry import get
from carbonledger.model import limits
from carbonledger.paths import factors_dir

TIER1 = ("electricity-elsewhere", "transport-tier1", "transport")
RULES = factors_dir() / "profiles" / "rules"


def rules(name):
    return tomllib.loads((RULES / f"{name}.toml").read_text("utf-8"))["rules"]


def amounts(postings):
    keys = ["account", "item", "detail", "measure"]
    return postings.set_index(keys)["amount"].sort_index()


EVERYTHING = {
    CARS: ["1.A.3.b.i,汽油小客车,,1,2,8", "1.A.3.b.i,汽油,国一轿车城市冷态,1,1,8"],
    "保有量 [辆],百公里油耗 [L/百车公里]": ["1.A.3.b.iii,柴油公交车,,1000,30"],
    "行驶里程 [万车公里],百公里油耗 [kg/百车公里]": [
        "1.A.3.b.iii,LNG重型货车,heavy-duty-vehicle.lng,100,35"
    ],
    "行驶里程 [万车公里],百公里气耗 [m3/百车公里]": ["1.A.3.b.iii,CNG公交车,bus.cng,100,40"],
    "货运周转量 [亿吨公里],单位周转量油耗 [kg/千吨公里]": [
        "1.A.3.c,内燃机车,,10,2.5",
        "1.A.3.d.ii,柴油,,10,5",
    ],
    "客运周转量 [亿人公里],co2_emission_factor [g CO2/pkm]": ["1.A.3.d.ii,客运渡轮,,2,110"],
    "起降循环数 [LTO]": ["1.A.3.a.ii,客运飞机,A320,1", "M.1.a,航空煤油,A320,1000"],
    "起降架次 [架次]": ["1.A.3.a.ii,货运飞机,A320,2"],
    "冷启动次数 [万启动次]": ["1.A.3.b.i,汽油,passenger-car.uncontrolled.cold-start,100"],
    "燃料消费量 [万t]": [
        "1.A.3.e.ii,柴油,,1",
        "1.A.3.a.ii,客运飞机,巡航,1",
        "M.1.a,航空煤油,巡航,1",
    ],
    "保有量 [辆],百公里电耗 [kWh/百车公里]": ["1.A.3.b.i,电力,纯电动小客车,10000,15"],
}


@pytest.mark.parametrize("engine", ["duckdb", "pandas"])
def test_every_route_from_a_clerk_s_tables_to_the_published_factors(tmp_path, engine):
    outcome, postings = run(tmp_path, EVERYTHING, engine=engine)
    assert not outcome.blocked, outcome.problems
    found = amounts(postings)
    # Table 3.6.9, one cycle of an A320: 2440 kg CO2, 0.06 kg CH4, 0.1 kg N2O.
    for gas, kilograms in (("CO2", 2440), ("CH4", 0.06), ("N2O", 0.1)):
        cycle = kilograms / 1e3
        assert found["1.A.3.a.ii", "passenger_aircraft", "aircraft.a320", gas] == pytest.approx(
            cycle
        )
        # Two movements, a landing and a take-off, are one cycle.
        assert found["1.A.3.a.ii", "cargo_aircraft", "aircraft.a320", gas] == pytest.approx(cycle)
        assert found["M.1.a", "jet_kerosene", "aircraft.a320", gas] == pytest.approx(1000 * cycle)
    # Cruising by its fuel, of the aircraft or of the fuel; Table 3.6.5: 2 kg N2O and 0.5 kg CH4/TJ.
    for gas in ("CO2", "CH4", "N2O"):
        cruise = found["1.A.3.a.ii", "passenger_aircraft", "巡航", gas]
        assert cruise == pytest.approx(found["M.1.a", "jet_kerosene", "巡航", gas])
    assert cruise == pytest.approx(found["1.A.3.a.ii", "passenger_aircraft", "巡航", "CH4"] * 4)
    # Table 3.2.5: 45 mg CH4 and 38 mg N2O for each km of a Euro 1 car with a cold engine.
    car = ("1.A.3.b.i", "gasoline", "passenger-car.euro-1.urban-cold")
    assert found[*car, "CH4"] == pytest.approx(1e4 * 1e4 * 45e-9)
    assert found[*car, "N2O"] == pytest.approx(1e4 * 1e4 * 38e-9)
    assert found[*car, "CO2"] == pytest.approx(1e4 * 1e4 * 0.08 * GASOLINE)
    # Without a technology, CH4 by the heat of the fuel, Table 3.2.2: 25 kg/TJ.
    plain = ("1.A.3.b.i", "gasoline_passenger_car", "")
    assert found[*plain, "CO2"] == pytest.approx(1e4 * 2e4 * 0.08 * GASOLINE)
    heat = 1e4 * 2e4 * 0.08 * 0.73e-3 * 43.070e-3
    assert found[*plain, "CH4"] == pytest.approx(heat * 25e-3)
    # Table 3.2.4: 4261 mg CH4 per km of an LNG truck, 7715 and 101 mg of a CNG bus.
    lng = ("1.A.3.b.iii", "heavy_lng_truck", "heavy-duty-vehicle.lng")
    assert found[*lng, "CH4"] == pytest.approx(4.261)
    cng = ("1.A.3.b.iii", "cng_city_bus", "bus.cng")
    assert found[*cng, "CH4"] == pytest.approx(7.715)
    assert found[*cng, "N2O"] == pytest.approx(0.101)
    # 389.31 GJ per 10^4 m3, 15.3 t C/TJ, 99 %.
    gas = 4e5 * 38.931e-6 * 15.3 * 0.99 * 44 / 12
    assert found[*cng, "CO2"] == pytest.approx(gas, rel=2e-3)
    # A distance that is not given is that of the library: 60000 km for a city bus.
    bus = 1000 * 60000 * 0.3 * 0.84e-3 * 42.652e-3 * 20.2 * 0.98 * 44 / 12
    assert found["1.A.3.b.iii", "diesel_city_bus", "", "CO2"] == pytest.approx(bus)
    # Diesel by turnover: 2500 t on rails, 5000 t on water; N2O 28.6 and 2 kg/TJ.
    rail = ("1.A.3.c", "diesel_locomotive", "")
    water = ("1.A.3.d.ii", "diesel", "")
    assert found[*water, "CO2"] == pytest.approx(2 * found[*rail, "CO2"])
    assert found[*rail, "N2O"] == pytest.approx(2500 * 42.652e-3 * 28.6e-3)
    assert found[*water, "N2O"] == pytest.approx(5000 * 42.652e-3 * 2e-3)
    # Cold starts have CH4 and N2O only; their CO2 is in the fuel.
    start = found["1.A.3.b.i", "gasoline", "passenger-car.uncontrolled.cold-start"]
    assert start["CH4"] > start["N2O"] > 0
    assert pd.isna(start["CO2"])
    # A factor of one's own for CO2; the other gases are then not estimated, with a reason.
    assert found["1.A.3.d.ii", "passenger_ferry", "", "CO2"] == pytest.approx(2e8 * 110e-6)
    keys = postings.set_index(["item", "measure"])["notation"]
    assert {keys["passenger_ferry", gas] for gas in ("CH4", "N2O")} == {"NE"}
    # The provincial guideline counts electricity where it is made.
    assert {keys["electricity", gas] for gas in ("CO2", "CH4", "N2O")} == {"IE"}


@given(amount, st.floats(1e3, 2e5), st.floats(2, 60), st.sampled_from(["co2", "co2_tier1", "ch4"]))
@settings(max_examples=50, deadline=None)
def test_stock_times_distance_times_economy_is_the_fuel_sold(stock, distance, economy, gas):
    heat = {"net_calorific_value": 0.042652}
    factors = {
        "co2": {"carbon_content": 20.2, "oxidation_fraction": 0.98},
        "co2_tier1": {"co2_emission_factor": 74.1},
        "ch4": {"ch4_emission_factor": 0.0039},
    }[gas]
    litres = stock * distance * economy / 100
    sold = get(f"energy.combustion.{gas}").function(fuel=litres * 0.84e-3, **heat, **factors)
    driven = {"vehicles": stock, "distance_per_vehicle": distance}
    liquid = get(f"transport.vehicles.liquid.{gas}").function(
        **driven, fuel_economy=economy / 1e5, fuel_density=0.84, **heat, **factors
    )
    by_mass = get(f"transport.distance.fuel.{gas}").function(
        vehicle_distance=stock * distance, fuel_economy=economy / 1e5 * 0.84, **heat, **factors
    )
    assert liquid == pytest.approx(sold, rel=1e-9)
    assert by_mass == pytest.approx(sold, rel=1e-9)


@pytest.mark.parametrize("sets", [PROVINCIAL, TIER1])
def test_bottom_up_and_fuel_sales_agree_in_a_run_and_are_reported_as_one_fuel(tmp_path, sets):
    # 10^4 cars x 2 x 10^4 km x 8 L/100 km x 0.73 kg/L = 11680 t of gasoline.
    tables = {CARS: ["1.A.3.b.i,汽油小客车,,1,2,8"], "燃料消费量 [t]": ["1.A.3.b,汽油,,11680"]}
    outcome, postings = run(tmp_path, tables, sets)
    assert not outcome.blocked, outcome.problems
    found = amounts(postings)
    for gas in ("CO2", "CH4", "N2O"):
        driven = found["1.A.3.b.i", "gasoline_passenger_car", "", gas]
        assert driven == pytest.approx(found["1.A.3.b", "gasoline", "", gas], rel=1e-9)
    if sets is TIER1:
        assert found["1.A.3.b", "gasoline", "", "CO2"] == pytest.approx(11680 * 43.070e-3 * 69.3)
    (problem,) = counted_twice(postings.to_dict("records"), library())
    assert problem.grade == "C"
    assert "t1.csv" in problem.message.zh
    assert problem.file == "t0.csv"


A320 = "1.A.3.a.ii,客运飞机,A320,2"
REFUSED = {
    "cycles under the heading of movements": ("起降架次 [LTO]", A320),
    "movements under the heading of cycles": ("起降循环数 [架次]", A320),
    "movements without a name": ("数量 [架次]", A320),
    "an aircraft of no type": ("起降循环数 [LTO]", "1.A.3.a.ii,客运飞机,,2"),
    "litres of LNG as a gas": (
        "行驶里程 [车公里],百公里油耗 [L/百车公里]", "1.A.3.b.iii,LNG重型货车,,1,60",
    ),
    "litres per km": ("行驶里程 [车公里],百公里油耗 [L/km]", "1.A.3.b.i,汽油,,1,0.08"),
    "the number of 100 km for 1 km": (
        "行驶里程 [车公里],百公里油耗 [L/vkm]", "1.A.3.b.i,汽油,,1,8",
    ),
    "no fuel economy": ("保有量 [辆]", "1.A.3.b.i,汽油小客车,,1"),
    "a truck of no fuel": (
        "保有量 [辆],百公里油耗 [L/百车公里]", "1.A.3.b.iii,重型载货汽车,,1,30",
    ),
    "g of CH4 for mg": (
        "行驶里程 [车公里],百公里油耗 [L/百车公里],ch4_emission_factor [g CH4/vkm]",
        "1.A.3.b.i,汽油,,1,8,45",
    ),
    "turnover without a factor": ("货运周转量 [亿吨公里]", "1.A.3.d.ii,散货船,,1"),
    "two activities in one entry": (
        "保有量 [辆],行驶里程 [车公里],百公里油耗 [L/百车公里]", "1.A.3.b.i,汽油小客车,,1,1,8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_read_in_two_ways_is_refused(tmp_path, case):
    head, line = REFUSED[case]
    outcome, _ = run(tmp_path, {head: [line]})
    assert outcome.blocked, case


def test_fuel_per_100_km_says_how_to_write_its_unit():
    assert units.convert(8, "L/百车公里", "L/vkm") == pytest.approx(0.08)
    for written in ("L/100km", "kWh/100km", "升/100公里"):
        with pytest.raises(units.UnitError) as refusal:
            units.parse(written)
        assert "百车公里" in refusal.value.text.zh
    message, _ = limits.refusal("ch4_emission_factor", 45, "g CH4/vkm", "gasoline")
    assert "0.045 g CH4/vkm" in message.zh
    assert limits.refusal("cycles_per_movement", 1, "LTO/movement") is not None
    # Litres of liquid LNG are not proposed as cubic metres of gas.
    message, remedy = limits.refusal("fuel_economy", 60, "L/百车公里", "heavy_lng_truck")
    assert "请换算成 kg" in message.zh
    assert "m3" not in remedy.zh


def test_the_rules_name_every_vehicle_and_every_cold_start():
    def keys(folder, column):
        with (factors_dir() / folder / "transport.csv").open(encoding="utf-8", newline="") as file:
            return {row[column] for row in csv.DictReader(file)}

    electric, starts, *_ = rules("transport")
    named = next(set(rule["items"]) for rule in rules("transport") if "otherwise" in rule)
    assert named | set(electric["items"]) == keys("items", "item")
    cold = {detail for detail in keys("details", "detail") if detail.endswith(".cold-start")}
    for rule in (*rules("transport"), *rules("transport-tier1")):
        if rule.get("details"):
            assert set(rule["details"]) == cold == set(starts["details"])
        for name in rule.get("methods", ()):
            assert get(name).id == name


def test_a_vehicle_of_known_fuel_stands_on_it_and_has_a_distance():
    items = library().items.set_index("item")
    fuels = {
        "gasoline": "汽油",
        "diesel": "柴油",
        "natural_gas": "天然气|CNG|压缩天然气",
        "lpg": "LPG",
    }
    fuels |= {"lng": "LNG|液化天然气", "jet_kerosene": "飞机"}
    own = items[(items["kind"] == "vehicle") & (items["general"] != "")]
    assert set(own["general"]) == set(fuels)
    known = library().parameters
    distances = set(known.loc[known["parameter"] == "distance_per_vehicle", "item"])
    for item, row in own.iterrows():
        if row["general"] != "jet_kerosene" and item != "diesel_locomotive":
            assert item in distances
        if item not in {"motorcycle", "low_speed_truck", "three_wheeler", "diesel_locomotive"}:
            words = f"{row['name_zh']}|{row['aliases']}"
            assert any(word in words for word in fuels[row["general"]].split("|")), item
    # The class has one distance, whatever drives it.
    rows = known[known["parameter"] == "distance_per_vehicle"].set_index(["item", "detail"])[
        "value"
    ]
    for electric, other in (
        ("electric-passenger-car", "gasoline_passenger_car"),
        ("electric-city-bus", "lng_city_bus"),
        ("electric-heavy-truck", "heavy_diesel_tractor"),
        ("electric-taxi", "cng_taxi"),
    ):
        assert rows["electricity", electric] == rows[other, ""]
