"""The values of the factor library: as published, and plausible for what they describe."""

from collections import defaultdict

import pytest
from factor_tables import BY_ID, CO2_PER_C, COALS, PARAMETERS, STEEL_GASES

from carbonledger import units


@pytest.mark.parametrize(
    ("row", "value"),
    [
        # IPCC SAR (1995): CH4 21, N2O 310, HFC-23 11700, SF6 23900
        ("SAR/CH4_fossil", 21), ("SAR/CH4_nonfossil", 21), ("SAR/N2O", 310),
        ("SAR/HFC-23", 11700), ("SAR/SF6", 23900),
        # AR4 WGI Table 2.14
        ("AR4/CH4_fossil", 25), ("AR4/N2O", 298), ("AR4/HFC-134a", 1430), ("AR4/SF6", 22800),
        # AR5 WGI Table 8.A.1, without climate-carbon feedback
        ("AR5/CH4_fossil", 28), ("AR5/CH4_nonfossil", 28), ("AR5/N2O", 265), ("AR5/NF3", 16100),
        # AR6 WGI Table 7.15 and 7.SM.7
        ("AR6/CH4_fossil", 29.8), ("AR6/CH4_nonfossil", 27.0), ("AR6/N2O", 273),
        ("AR6/HFC-134a", 1530), ("AR6/CF4", 7380),
    ],
)  # fmt: skip
def test_published_warming_potentials(row, value):
    assert BY_ID[row].value == value


def test_carbon_dioxide_is_one_in_every_set_and_masses_cancel():
    for row in PARAMETERS:
        if row.parameter == "gwp100":
            gas = row.species.partition("_")[0]
            assert row.species != "CO2" or row.value == 1
            assert units.same_dimension(row.unit, f"t CO2e/t {gas}")


@pytest.mark.parametrize(
    ("row", "value"),
    [
        # 2006 IPCC Guidelines, Vol. 2, Tables 1.2, 1.3, 1.4
        ("ipcc-2006/t1.2/crude_oil/ncv", 42.3), ("ipcc-2006/t1.2/bituminous_coal/ncv", 25.8),
        ("ipcc-2006/t1.3/natural_gas/cc", 15.3), ("ipcc-2006/t1.3/anthracite/cc", 26.8),
        ("ipcc-2006/t1.4/bituminous_coal/co2", 94600), ("ipcc-2006/t1.4/diesel/co2", 74100),
        ("ipcc-2006/t1.4/natural_gas/co2", 56100), ("ipcc-2006/t1.4/oxidation", 1),
        # Tables 2.2 to 2.5
        ("ipcc-2006/t2.2/bituminous_coal/ch4", 1), ("ipcc-2006/t2.2/bituminous_coal/n2o", 1.5),
        ("ipcc-2006/t2.3/bituminous_coal/ch4", 10), ("ipcc-2006/t2.4/natural_gas/ch4", 5),
        ("ipcc-2006/t2.5/bituminous_coal/1.A.4.b/ch4", 300),
        ("ipcc-2006/t2.5/wood/1.A.4.c/n2o", 4),
        # Tables 3.2.2, 3.4.1, 3.5.3, 3.6.5
        ("ipcc-2006/t3.2.2/gasoline/1.A.3/n2o", 8), ("ipcc-2006/t3.2.2/diesel/1.A.3/ch4", 3.9),
        ("ipcc-2006/t3.2.2/gasoline/1.A.3/uncontrolled/ch4", 33),
        ("ipcc-2006/t3.4.1/diesel/1.A.3.c/n2o", 28.6),
        ("ipcc-2006/t3.5.3/fuel_oil/1.A.3/ch4", 7),
        ("ipcc-2006/t3.6.5/jet_kerosene/1.A.3/n2o", 2),
        # Provincial guideline (trial), 发改办气候〔2011〕1041号
        ("cn-provincial-2011/bituminous_coal/cc", 26.1),
        ("cn-provincial-2011/bituminous_coal/of", 0.93),
        ("cn-provincial-2011/diesel/cc", 20.2), ("cn-provincial-2011/diesel/of", 0.98),
        # China Energy Statistical Yearbook, appendix
        ("cesy/raw_coal/ncv", 20.908), ("cesy/diesel/ncv", 42.652),
        ("cesy/natural_gas/ncv", 0.038931), ("cesy/heat-per-tce", 29.2712),
        # GB/T 2589-2020, Table A.1
        ("gbt-2589-2020/raw_coal/coal-equivalent", 0.7143),
        ("gbt-2589-2020/diesel/coal-equivalent", 1.4571), ("gbt-2589-2020/heat-per-tce", 29.3076),
    ],
)  # fmt: skip
def test_published_values(row, value):
    assert BY_ID[row].value == value


def test_ipcc_effective_factors_are_carbon_content_times_44_12():
    pairs = 0
    for name, row in BY_ID.items():
        if name.startswith("ipcc-2006/t1.4/") and row.parameter == "co2_emission_factor":
            carbon = BY_ID[name.replace("t1.4", "t1.3").removesuffix("co2") + "cc"]
            # The guidelines round the factor to three digits.
            assert row.value == pytest.approx(carbon.value * CO2_PER_C * 1000, rel=6e-3), name
            pairs += 1
    assert pairs == 53


def test_both_tonnes_of_coal_equivalent_follow_from_7000_kilocalories():
    assert BY_ID["cesy/heat-per-tce"].value == pytest.approx(7000 * 4.1816 / 1000)
    assert BY_ID["gbt-2589-2020/heat-per-tce"].value == pytest.approx(7000 * 4.1868 / 1000)


@pytest.mark.parametrize(("edition", "tolerance"), [("cesy", 2e-4), ("gbt-2589-2020", 3e-4)])
def test_heating_values_are_coefficient_times_heat_of_coal_equivalent(edition, tolerance):
    compared = 0
    for name, row in BY_ID.items():
        if row.parameter == "coal_equivalent_coefficient" and name.startswith("gbt-2589-2020/"):
            heat = BY_ID.get(f"{edition}/{row.item}/ncv")
            if heat is None or (edition == "cesy" and heat.unit != "GJ/t"):
                continue
            per_tonne = BY_ID[f"{edition}/heat-per-tce"].value
            scale = 1 / 1000 if row.unit == "kgce/m3" else 1
            # Four printed decimals of the coefficient bound what can agree.
            slack = 0.00005 / row.value + tolerance
            assert heat.value == pytest.approx(row.value * scale * per_tonne, rel=slack), name
            compared += 1
    assert compared >= 10


# The limits of the library are its own; these are read from the tables of the guidelines.
# Plausible bounds by parameter and unit, for coals, for blast furnace and converter gas (which are
# mostly carbon monoxide) and for all other fuels.
FUEL_EDITIONS = {"ipcc-2006", "cesy", "gbt-2589-2020", "cn-provincial-2011", "cn-enterprise-2013"}
BOUNDS = {
    ("net_calorific_value", "GJ/t"): ((5, 35), (2, 8), (8, 55)),
    ("net_calorific_value", "GJ/m3"): (None, (0.002, 0.01), (0.01, 0.05)),
    ("carbon_content", "t C/TJ"): ((22, 35), (40, 80), (10, 35)),
    ("oxidation_fraction", "1"): ((0.8, 1), (0.98, 1), (0.9, 1)),
    ("co2_emission_factor", "kg CO2/TJ"): (
        (85_000, 115_000), (160_000, 280_000), (37_000, 125_000),
    ),
    ("ch4_emission_factor", "kg CH4/TJ"): ((0.5, 400), (0.5, 10), (0.1, 400)),
    ("n2o_emission_factor", "kg N2O/TJ"): ((1, 2), (0.05, 0.5), (0.05, 50)),
    ("co2_factor", "t CO2/t"): ((1.2, 2.6), None, (2.6, 3.4)),
    ("co2_factor", "kg CO2/m3"): (None, None, (1.5, 2.5)),
    ("coal_equivalent_coefficient", "tce/t"): ((0.2, 1.0), None, (0.9, 1.8)),
    ("coal_equivalent_coefficient", "kgce/m3"): (None, (0.05, 0.3), (0.3, 1.4)),
    ("heat_per_coal_equivalent", "GJ/tce"): (None, None, (29.27, 29.31)),
}  # fmt: skip
# IPCC Table 1.3 gives industrial wastes 39 t C/TJ, the one value beyond those of fuels.
OUTSIDE = {"ipcc-2006/t1.3/industrial_waste/cc", "ipcc-2006/t1.4/industrial_waste/co2"}


def limits(row):
    place = 0 if row.item in COALS else 1 if row.item in STEEL_GASES else 2
    bounds = BOUNDS[row.parameter, row.unit][place]
    assert bounds is not None, f"{row.id}: {row.unit} is not a unit for this item"
    return bounds


# Fuels that are much leaner, or richer in hydrogen, than their group.
UNGROUPED = {"coal_gangue", "oil_shale", "peat", "hydrogen", "methanol_fuel", "producer_gas"}


def test_every_value_of_a_fuel_is_plausible_for_its_group():
    outside, checked = set(), 0
    for row in PARAMETERS:
        if (row.parameter, row.unit) not in BOUNDS or row.edition not in FUEL_EDITIONS:
            continue
        low, high = limits(row)
        checked += 1
        if not low <= row.value <= high and row.item not in UNGROUPED:
            outside.add(row.id)
    assert checked > 1000
    assert outside == OUTSIDE


def test_every_potential_is_that_of_a_greenhouse_gas():
    for row in PARAMETERS:
        if row.parameter == "gwp100":
            low, high = (1, 1) if row.species == "CO2" else (4, 30_000)
            assert low <= row.value <= high, row.id


def test_a_mistyped_value_would_be_caught():
    # A table in kg CO2/GJ taken for t C/TJ, a slipped decimal, methane with the carbon of LPG.
    for name, wrong in (
        ("cn-provincial-2011/bituminous_coal/cc", 95.7),
        ("cesy/raw_coal/ncv", 209.08),
        ("ipcc-2006/t1.4/diesel/co2", 7410),
        ("cesy/natural_gas/ncv", 38.931),
    ):
        low, high = limits(BY_ID[name])
        assert not low <= wrong <= high, name


def test_values_lie_in_their_ranges():
    ranged = [row for row in PARAMETERS if row.lower is not None or row.upper is not None]
    assert len(ranged) > 600
    for row in ranged:
        assert None not in (row.lower, row.upper), row.id
        assert row.lower <= row.value <= row.upper, row.id


def test_no_fuel_holds_more_carbon_than_itself():
    """Heat x carbon per heat is a mass fraction; methane ends at 12/16."""
    values = defaultdict(dict)
    for row in PARAMETERS:
        if row.edition != "ipcc-2006" or row.item:
            per_tonne = row.unit if row.parameter == "net_calorific_value" else ""
            values[row.edition, row.item].setdefault(row.parameter + per_tonne, row.value)
    impossible = set()
    for (edition, item), found in values.items():
        carbon, heat = found.get("carbon_content"), found.get("net_calorific_valueGJ/t")
        if carbon is not None and heat is not None:
            fraction = carbon * heat / 1000
            assert fraction <= 1, (edition, item)
            # 0.79: printed heating values per tonne of gas are rounded up.
            if item in {"lng", "natural_gas"} and fraction > 0.79:
                impossible.add((edition, item))
    # The one known error of a source (17.2 t C/TJ is LPG); no profile puts it first.
    assert impossible == {("cn-enterprise-2022", "lng")}
