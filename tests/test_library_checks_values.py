"""Errors planted in a copy of the factor library: values that contradict each other.

Every case changes one thing and expects exactly the codes that the change adds, with file and row.
"""

import pytest
from library_copy import NCV, PARAMETERS, caught

from carbonledger.model.problem import Grade

AMMONIA = "ipcc-2006/v3-t3.1/ammonia/2.B.1"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        # 2006 IPCC Guidelines, Vol. 3, Table 3.1: the emission factor in t CO2/t is 1.666, 1.694,
        # 2.772, 2.104 and 3.273; a transcription repeats the fuel requirement in GJ/t instead.
        (f"{AMMONIA}/excess-air-reforming/co2", "29.7"),
        (f"{AMMONIA}/autothermal-reforming/co2", "30.2"),
        (f"{AMMONIA}/partial-oxidation/co2", "36.0"),
        (f"{AMMONIA}/average-natural-gas/co2", "37.5"),
        (f"{AMMONIA}/average-partial-oxidation/co2", "42.5"),
    ],
)
def test_a_fuel_requirement_in_the_column_of_the_emission_factor(copy, row, wrong):
    place = copy.set(row, value=wrong)
    codes = {(each.code, each.file, each.row) for each in copy.new_problems()}
    assert ("factor-limit", *place) in codes
    if len(wrong.strip("0").replace(".", "")) > 2:
        assert "factor-same-number" in {code for code, *_ in codes}


def test_the_feedstock_of_methanol_with_a_slipped_decimal(copy):
    # Vol. 3, Table 3.13: 31.4 GJ/t (Lurgi conventional); a transcription has 3.14.
    rows = [
        row
        for path in (copy.folder / PARAMETERS).glob("*.csv")
        for row in copy.table(path.relative_to(copy.folder).as_posix())
        if row[1] == "feedstock_consumption" and row[2] == "methanol" and float(row[7]) == 31.4
    ]
    place = copy.set(rows[0][0], value="3.14")
    caught(copy, place, "limit")


def test_the_feedstock_of_methanol_beside_its_neighbours_alone(copy):
    # The neighbours of Table 3.13 (29.3 to 36.5 GJ/t) would tell it without any limits.
    name = copy.place("feedstock_consumption", "limits")[0]
    lines = copy.table(name)
    for line in lines:
        if line[0] == "feedstock_consumption" and line[3] == "GJ/t":
            line[5], line[6] = "0.01", "1000"
    copy.put(name, lines)
    rows = [
        row
        for row in copy.table("parameters/chemicals_ipcc2006.csv")
        if row[1] == "feedstock_consumption"
    ]
    row = next(row for row in rows if row[2] == "methanol" and float(row[7]) == 31.4)
    place = copy.set(row[0], value="3.14")
    caught(copy, place, "far-off", says=["a slipped decimal point"])


def test_the_carbon_of_lng_is_not_that_of_lpg(copy):
    # 17.2 t C/TJ x 51.4 GJ/t x 44/12 = 3.2 t CO2/t; methane gives 44/16 = 2.75.
    place = copy.set("cn-enterprise-2013/lng/cc", value="17.2")
    caught(copy, place, "carbon-per-mass", says=["3.2"])


def test_what_is_explained_is_a_hint(copy):
    place = copy.set("cn-enterprise-2013/lng/cc", value="17.2", note="explained: so printed")
    found = copy.new_problems()
    assert [(each.code, each.grade, each.file, each.row) for each in found] == [
        ("factor-carbon-per-mass", Grade.D, *place)
    ]


def test_no_fuel_above_pure_carbon(copy):
    # 39.5 GJ/t x 32 t C/TJ is 1.26 t C/t, though each may be plausible by itself.
    place = copy.set("ipcc-2006/t1.3/petroleum_coke/cc", value="31.2", lower="", upper="")
    copy.set("ipcc-2006/t1.2/petroleum_coke/ncv", value="41", lower="", upper="")
    found = {each.code: each for each in copy.new_problems()}
    assert found["factor-carbon-per-mass"].grade is Grade.A
    assert (found["factor-carbon-per-mass"].file, found["factor-carbon-per-mass"].row) == place


def test_the_two_tonnes_of_coal_equivalent_are_no_contradiction(copy):
    # 29.2712 for 29.3076 GJ/tce differs by 0.12 %: two kilocalories, not an error of a coefficient.
    copy.set("gbt-2589-2020/heat-per-tce", value="29.2712")
    assert copy.new_problems() == []


def test_a_decimal_slip_within_the_limits_stands_out_from_other_editions(copy):
    place = copy.set("cn-enterprise-2013/natural_gas/ncv", value="0.0038931")
    codes = {each.code for each in copy.new_problems() if (each.file, each.row) == place}
    assert codes & {"factor-far-off", "factor-limit"}


def test_a_direct_factor_follows_from_heat_and_carbon(copy):
    # 42.3 GJ/t x 20.0 t C/TJ x 44/12 = 3.102 t CO2/t (2006 IPCC Guidelines, Tables 1.2 and 1.3)
    row = {"id": "direct", "parameter": "co2_factor", "unit": "t CO2/t", "lower": "", "upper": ""}
    copy.add_like(NCV, **row, value="3.10")
    assert copy.new_problems() == []
    copy.restore()
    found = caught(copy, copy.add_like(NCV, **row, value="3.00"), "direct-factor")
    assert found[0].grade is Grade.B
    copy.restore()
    found = caught(copy, copy.add_like(NCV, **row, value="2.80"), "direct-factor", says=["3.102"])
    assert found[0].grade is Grade.A


def test_a_slip_stands_out_from_the_other_years_of_a_region(copy):
    # Fujian, average of 2021 to 2023 as announced: 0.4711, 0.4092 and 0.4211 t CO2/MWh.
    place = copy.set("cn-grid-average/2022/350000", value="0.04092")
    caught(copy, place, "far-off", says=["0.04092"])


def test_a_slip_stands_out_from_the_other_accounts_of_a_table(copy):
    # N2O of crude oil is 0.6 kg/TJ in Tables 2.2 to 2.5 alike.
    place = copy.set("ipcc-2006/t2.3/crude_oil/n2o", value="6", lower="", upper="")
    caught(copy, place, "far-off", says=["10 times"])


def test_the_carbon_dioxide_of_a_flight_is_that_of_its_fuel(copy):
    # Table 3.6.9: an A320 burns 770 kg of kerosene and emits 2440 kg CO2 in a landing and take-off.
    rows = copy.table("parameters/aviation_ipcc2006.csv")
    row = next(row for row in rows if row[1] == "co2_emission_factor" and "a320" in row[3])
    assert float(row[7]) == 2440
    caught(copy, copy.set(row[0], value="3440"), "co2-and-fuel", says=["770"])
