"""The limits of parameters: they hold the library, cover the methods, and name the slip."""

import csv
import re

import pytest

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.methods.registry import methods
from carbonledger.model import limits
from carbonledger.paths import factors_dir

ROWS = [
    row
    for path in sorted((factors_dir() / "limits").glob("*.csv"))
    for row in csv.DictReader(path.read_text("utf-8").splitlines())
]


def test_every_value_of_the_library_is_plausible():
    parameters = library().parameters
    fields = ["parameter", "value", "unit", "item"]
    checked = parameters[parameters["parameter"] != "gwp100"]
    assert set(checked["parameter"]) <= {row["parameter"] for row in ROWS}
    assert len(checked) > 1000
    beyond = [
        (row.id, refused[0].en)
        for row in checked.itertuples()
        if (refused := limits.refusal(*(getattr(row, name) for name in fields)))
    ]
    assert beyond == []
    assert not [u for p, u in zip(checked["parameter"], checked["unit"], strict=True)
                if limits.unit_refusal(p, u)]  # fmt: skip


def test_the_limits_cover_what_the_methods_take():
    wanted = {
        (argument, units.dimension(unit))
        for method in methods().values()
        for form in method.forms
        for argument, unit in form.units.items()
        if argument != method.activity
    }
    assert {(row["parameter"], units.dimension(row["unit"])) for row in ROWS} >= wanted


def test_a_name_belongs_to_one_parameter():
    owners = {}
    for parameter, spellings in limits.spellings().items():
        for spelling in spellings:
            assert owners.setdefault(spelling.casefold(), parameter) == parameter, spelling


BOTH_WAYS = {
    "soil_carbon_rate_before", "soil_carbon_rate_after",
    "water_retained", "co2_fixed", "oxygen_released", "net_ecosystem_production", "carbon_rate",
    "soil_carbon_rate", "service_equivalents", "net_output",
}  # fmt: skip


def test_every_row_is_sound():
    items = set(library().items["item"])
    keys = set()
    for row in ROWS:
        # What flows both ways may be negative: water and carbon that a place loses.
        assert row["parameter"] in BOTH_WAYS or float(row["minimum"]) >= 0
        assert float(row["minimum"]) < float(row["maximum"])
        assert row["reason"]
        named = set(filter(None, row["items"].split("|")))
        assert named <= items
        for item in named or {""}:
            key = (row["parameter"], units.dimension(row["unit"]), item)
            assert key not in keys
            keys.add(key)
    # A row for some items needs one for all the others.
    assert {key[:2] for key in keys} == {key[:2] for key in keys if key[2] == ""}


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "item", "means"),
    [
        ("oxidation_fraction", 98, "1", "", "0.98"),
        ("net_calorific_value", 42652, "GJ/t", "diesel", "42.652 GJ/t"),
        ("net_calorific_value", 20.908, "TJ/t", "raw_coal", "0.020908 TJ/t"),
        ("net_calorific_value", 5000, "GJ/t", "raw_coal", "20.934 GJ/t"),
        ("net_calorific_value", 38.931, "GJ/m3", "natural_gas", "0.038931 GJ/m3"),
        ("carbon_content", 95, "t C/TJ", "raw_coal", "25.9091 t C/TJ"),
        ("carbon_content", 260, "t C/TJ", "blast_furnace_gas", "70.9091 t C/TJ"),
        ("carbon_content", 26000, "t C/TJ", "", "26 t C/TJ"),
        ("co2_emission_factor", 25.8, "t CO2/TJ", "raw_coal", "94.6 t CO2/TJ"),
        ("co2_emission_factor", 94600, "t CO2/TJ", "", "94.6 t CO2/TJ"),
        ("co2_factor", 2530, "t CO2/t", "", "2.53 t CO2/t"),
        ("co2_factor", 2.16, "t CO2/m3", "natural_gas", "0.00216 t CO2/m3"),
        ("ch4_emission_factor", 3, "t CH4/TJ", "", "0.003 t CH4/TJ"),
        ("n2o_emission_factor", 1.5, "t N2O/TJ", "", "0.0015 t N2O/TJ"),
        ("coal_equivalent_coefficient", 714.3, "tce/t", "", "0.7143 tce/t"),
        ("coal_equivalent_coefficient", 1.33, "tce/m3", "natural_gas", "0.00133 tce/m3"),
        ("heat_per_coal_equivalent", 29307.6, "GJ/tce", "", "29.3076 GJ/tce"),
    ],
)
def test_the_likely_slip_is_named(parameter, value, unit, item, means):
    message, remedy = limits.refusal(parameter, value, unit, item)
    for text in (message.zh, message.en):
        assert f"{value:g}" in text.replace(",", "")
        assert means in text
    assert means in remedy.zh
    assert means in remedy.en
    assert not re.search("[一-鿿]", (message.en + remedy.en).replace("万", ""))
    right = float(means.split(" ")[0])
    assert limits.refusal(parameter, right, unit, item) is None


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "item"),
    [
        ("oxidation_fraction", 100, "%", ""),
        ("oxidation_fraction", 0, "1", ""),
        ("oxidation_fraction", 1000, "‰", ""),
        ("net_calorific_value", 36, "MJ/L", "diesel"),
        ("carbon_content", 70.8, "t C/TJ", "blast_furnace_gas"),
        ("ch4_emission_factor", 0, "kg CH4/TJ", ""),
        ("fuel", -1e30, "t", "diesel"),
        ("carbon_content", 0.6, "t C/t", "raw_coal"),  # unit_refusal says what is wrong
    ],
)
def test_what_can_be(parameter, value, unit, item):
    assert limits.refusal(parameter, value, unit, item) is None


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "item"),
    [
        ("oxidation_fraction", 100.001, "%", ""),
        ("oxidation_fraction", -0.001, "1", ""),
        ("oxidation_fraction", float("nan"), "1", ""),
        ("net_calorific_value", 0, "GJ/t", ""),
        ("net_calorific_value", float("inf"), "GJ/t", ""),
        ("net_calorific_value", 36, "MJ/L", "natural_gas"),
        ("carbon_content", 70.8, "t C/TJ", "raw_coal"),
        ("carbon_content", 70.8, "t C/TJ", ""),
        ("co2_factor", 3.7, "t CO2/t", ""),
        ("n2o_emission_factor", -1, "kg N2O/TJ", ""),
        ("coal_equivalent_coefficient", 0, "tce/t", ""),
    ],
)
def test_what_cannot_be(parameter, value, unit, item):
    assert limits.refusal(parameter, value, unit, item) is not None


@pytest.mark.parametrize(
    ("parameter", "unit", "fits"),
    [
        ("carbon_content", "t C/t", False),
        ("carbon_content", "t CO2/TJ", False),
        ("carbon_content", "kg C/GJ", True),
        ("net_calorific_value", "GJ(gross)/t", False),
        ("net_calorific_value", "kJ/L", True),
        ("oxidation_fraction", "t", False),
        ("fuel", "GJ", True),
    ],
)
def test_units_that_fit(parameter, unit, fits):
    assert (limits.unit_refusal(parameter, unit) is None) == fits


def test_bounds_agree_with_the_refusal():
    low, high = limits.bounds("carbon_content", "kg C/TJ", "converter_gas")
    assert (low, high) == pytest.approx((30_000, 60_000))
    assert limits.bounds("fuel", "t") == (float("-inf"), float("inf"))
