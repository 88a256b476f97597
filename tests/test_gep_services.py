"""Services of ecosystems against published figures and against what must hold of any formula."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.methods.gep_soil import (
    erodibility,
    slope_length_factor,
    steepness_factor,
    wind_erosion,
)
from carbonledger.methods.gep_water import fu_evapotranspiration, zhang_evapotranspiration
from carbonledger.methods.registry import get, methods

YI = 1e8
GARZE = "白玛卓嘎等 2017, 生态学报 37(19): 6302-6312, 表3 / Table 3"


def value_of(service, quantity, price, *more):
    """The value at current prices; an index of 1 says that the price is of the year."""
    return get(f"{service}.value").function(
        **dict(zip(get(f"{service}.value").arguments, (quantity, *more, price, 1.0), strict=True))
    )


# Printed quantity, price and value of Garzê 2010, Table 3; tolerances are the rounding of the
# printed quantity.
@pytest.mark.parametrize(
    ("service", "quantity", "price", "printed", "tolerance"),
    [
        ("gep.water_supply", 1.36e8, 2.6, 3.54e8, 0.002),
        ("gep.water_supply", 150.17e8, 3.6, 540.6113e8, 0.002),
        ("gep.water_supply", 17.31e8, 0.07, 1.2117e8, 0.002),
        ("gep.energy", 95.3e8, 0.53, 50.509e8, 0.0005),
        ("gep.air.so2.emission", 1137, 1200, 0.0136e8, 0.01),
        ("gep.air.nox.emission", 2772, 630, 0.0175e8, 0.01),
        ("gep.air.dust.emission", 941, 150, 0.0014e8, 0.01),
        ("gep.water.cod.emission", 5424, 700, 0.038e8, 0.01),
        ("gep.water.ammonia.emission", 625, 875, 0.0055e8, 0.01),
        ("gep.carbon.entered", 0.31e8, 380, 117.3548e8, 0.005),
        ("gep.oxygen.entered", 2.51e8, 727, 1821.9182e8, 0.002),
        ("gep.climate.entered", 2799.1e8, 0.53, 1483.5208e8, 0.0005),
        ("gep.climate.entered", 1272.35e8, 0.53, 674.3433e8, 0.0005),
        ("gep.pests", 1.58e6, 375, 5.925e8, 0.0005),
        ("gep.pests", 7.1113e6, 112.5, 8.0003e8, 0.0005),
    ],
)
def test_values_of_garze(service, quantity, price, printed, tolerance):
    assert value_of(service, quantity, price) == pytest.approx(printed, rel=tolerance), GARZE


def test_water_retained_in_garze_is_valued_at_the_capital_cost_of_storage():
    value = get("gep.water_retention.entered.value.capital_as_annual").function(
        water_retained=321.49e8, reservoir_capital_cost=7.06, price_index=1
    )
    assert value == pytest.approx(2269.7074e8, rel=0.0005), GARZE


def test_soil_of_garze_gives_silt_nitrogen_and_phosphorus():
    soil = 38.86e8  # t, section 3.2.2
    silt = get("gep.soil_silt.entered").function(
        soil_retained=soil, silt_share=0.24, soil_bulk_density=0.93
    )
    assert silt == pytest.approx(10.03e8, rel=0.001)
    nitrogen = get("gep.soil_nitrogen.entered").function(soil_retained=soil, soil_nitrogen=0.0037)
    phosphorus = get("gep.soil_phosphorus.entered").function(
        soil_retained=soil, soil_phosphorus=0.00108
    )
    assert nitrogen == pytest.approx(1437.94e4, rel=0.0005)
    assert phosphorus == pytest.approx(419.72e4, rel=0.0005)
    values = [
        value_of("gep.soil_silt.entered", soil, 15.58, 0.24, 0.93),
        value_of("gep.soil_nitrogen.entered", soil, 875, 0.0037),
        value_of("gep.soil_phosphorus.entered", soil, 2800, 0.00108),
    ]
    assert values == pytest.approx([156.2555e8, 125.8199e8, 117.5226e8], rel=0.0005)


def test_sand_of_garze_by_the_area_that_it_would_bury():
    value = value_of("gep.sand.entered", 779.42e4, 3.75, 1.28, 0.1)
    assert value == pytest.approx(2.2835e8, rel=0.0005)
    # 60.89 km2 are printed as the area kept from sand.
    assert pytest.approx(60.89e6, rel=0.0005) == 779.42e4 / (1.28 * 0.1)


def test_marsh_of_garze_holds_its_surface_times_three_decimetres():
    # The marshes are about 70 % of 2864.27 km2 of wetland (Table 1); printed 6.0e8 m3.
    stored = get("gep.flood.marsh.surface").function(area=0.7 * 2864.27e6, surface_water_depth=0.3)
    assert stored == pytest.approx(6.0e8, rel=0.005)


def test_the_lakes_of_garze_are_those_of_the_printed_storage():
    # The paper prints 2.43e8 m3 and C = exp(6.636) A^0.678; the area that it leaves out is 165.1.
    stored = get("gep.flood.lake.regression").function(
        lake_area=165.1, lake_intercept=6.636, lake_slope=0.678, water_exchanges=1
    )
    assert stored == pytest.approx(2.43e8, rel=0.005)


@pytest.mark.parametrize(
    ("heat", "area", "printed"),
    # Table 4 of the paper, 亿元: forest, shrubland, grassland; heat in kJ/(m2 d).
    [(2837.27, 31920.60, 666.68), (1300.95, 32283.46, 309.16), (969.83, 71113.87, 507.68)],
)
def test_transpiration_of_garze_by_ecosystem_type(heat, area, printed):
    value = get("gep.climate.transpiration.value").function(
        area=area * 1e6,
        transpiration_heat=heat / 3600,
        cooling_days=15,
        energy_efficiency=3.0,
        electricity_price=0.53,
        price_index=1,
    )
    assert value == pytest.approx(printed * YI, rel=0.0001)


def test_storage_of_shenzhen_2020():
    # Published result of Shenzhen 2020: 19.18e8 t of water, 117.19e8 yuan, hence 6.11 yuan/m3.
    value = get("gep.water_retention.entered.value.capital_as_annual").function(
        water_retained=1.918e9, reservoir_capital_cost=6.11, price_index=1
    )
    assert value == pytest.approx(117.19 * YI, rel=0.0005)


@pytest.mark.parametrize(
    ("production", "printed"),
    # 甲积峪小流域 (ChinaXiv-201802.00042, Table 5), CNY/hm2: arbor, economic forest, waste grass.
    [(2.98, 2529.37), (1.445, 1226.49), (1.1, 933.66)],
)
def test_carbon_and_oxygen_of_jiajiyu_prove_the_price_to_be_per_tonne_of_co2(production, printed):
    carbon = value_of("gep.carbon.dry_matter", 1, 260.9, production, 1.63)
    oxygen = value_of("gep.oxygen.dry_matter", 1, 352.93, production, 1.2)
    assert carbon + oxygen == pytest.approx(printed, abs=0.01)
    # Per tonne of carbon the same number would be worth 12/44 of that.
    per_carbon = get("gep.carbon.dry_matter.value.per_carbon").function(
        area=1,
        net_primary_production=production,
        co2_per_dry_matter=1.63,
        carbon_price_per_carbon=260.9,
        price_index=1,
    )
    assert per_carbon == pytest.approx(carbon * 12 / 44)


def test_dust_of_jiajiyu():
    # The same paper: 10.11 t/hm2 at 170 CNY/t are 1718.70 CNY/hm2.
    assert value_of("gep.air.dust.uptake", 1, 170, 10.11) == pytest.approx(1718.70, abs=0.01)


@pytest.mark.parametrize(
    ("uptake", "area", "printed"),
    # 缪建群等 2017, Table 2: kg of SO2 from kg/hm2 and hm2 (coniferous, broadleaved, mixed).
    [(215.6, 613, 13.22e4), (88.65, 2350, 20.83e4), (152.13, 1287, 19.58e4)],
)
def test_sulphur_dioxide_of_gaotianyan(uptake, area, printed):
    removed = get("gep.air.so2.uptake").function(area=area, so2_uptake=uptake / 1000)
    assert removed * 1000 == pytest.approx(printed, rel=0.0005)


def test_visit_of_baiyangdian_by_individual_travel_cost():
    # 白洋淀湿地 (ChinaXiv-201704.00322): 52.47 expenditure + 343.33 time + 578.03 surplus.
    value = get("gep.tourism.value.individual").function(
        visits=1,
        travel_expense=52.47,
        time_expense=343.33,
        travel_cost_coefficient=1 / 578.03,
        nature_share=1,
        price_index=1,
    )
    assert value == pytest.approx(973.83, abs=0.01)


def test_equivalents_of_the_beibu_gulf_keep_their_negative_sign():
    # ChinaXiv-201805.00320, Tables 1, 3 and 8: water supply 1999, by areas in km2 and equivalents.
    areas = (3678.8, 1525.38, 2553.95, 249.31 + 80.38, 290.43)
    equivalents = (-2.63, 0.34, 0.22, 2.59, 8.29)
    total = sum(
        get("gep.equivalent.value").function(
            area=area * 100, service_equivalents=each, equivalent_value=3406.5, price_index=1
        )
        for area, each in zip(areas, equivalents, strict=True)
    )
    assert total == pytest.approx(-1.82e9, rel=0.005)


def test_annuity_of_a_capital_cost():
    # A loan of 1 at 5 % over 20 years is repaid by 0.0802426 a year (tables of compound interest).
    value = get("gep.coast.value.annualised").function(
        coast_length=1,
        dyke_capital_cost=1,
        discount_rate=0.05,
        asset_lifetime=20,
        price_index=1,
    )
    assert value == pytest.approx(0.0802426, abs=5e-8)


@pytest.mark.parametrize(
    ("slope", "printed"),
    # McCool et al. 1987 and Liu et al. 1994 meet near their bounds; HJ 1173-2021 eq A.12: 9.5988.
    [(0.0001, 0.03), (28.81, 9.5988), (45, 9.5988), (9.0, 16.8 * math.sin(math.radians(9)) - 0.5)],
)
def test_steepness_factor(slope, printed):
    assert float(steepness_factor(slope)) == pytest.approx(printed, abs=0.01)


def test_standard_plot_has_a_slope_length_factor_of_one():
    # The unit plot of RUSLE is 22.13 m long, whatever its slope (Renard et al. 1997).
    assert [slope_length_factor(22.13, slope) for slope in (1, 5, 9, 20)] == pytest.approx([1] * 4)
    # Renard et al. 1997, Table 4-1: at 9 % (5.14 degrees) m is 0.5 for a moderate rill ratio.
    assert math.log(slope_length_factor(2 * 22.13, 5.14), 2) == pytest.approx(0.51, abs=0.01)


@given(sand=st.floats(1, 90), clay=st.floats(1, 60), carbon=st.floats(0.05, 8))
def test_erodibility_of_chinese_soils_lies_in_its_known_range(sand, clay, carbon):
    silt = 100 - sand - clay
    if silt < 1:
        return
    assert -0.002 < erodibility(sand, silt, clay, carbon) < 0.035


@given(slope=st.floats(0.1, 45), cover=st.floats(0, 1))
def test_what_is_retained_never_exceeds_what_would_erode_from_bare_soil(slope, cover):
    rusle = get("gep.soil.rusle_terrain").function
    common = {
        "area": 1.0,
        "rainfall_erosivity": 6000.0,
        "sand": 30.0,
        "silt": 40.0,
        "clay": 30.0,
        "organic_carbon": 1.5,
        "slope_length": 50.0,
        "slope": slope,
    }
    bare = float(rusle(**common, cover_factor=0))
    assert 0 <= float(rusle(**common, cover_factor=cover)) <= bare * (1 + 1e-12)


@given(factors=st.floats(0.1, 50), cover=st.floats(0.01, 1))
def test_cover_never_adds_to_wind_erosion_in_the_range_of_the_model(factors, cover):
    # Fields of 50 m, as HJ 1173-2021 applies the model.
    assert wind_erosion(factors * cover, 50) <= wind_erosion(factors, 50) * (1 + 1e-9)


@given(rain=st.floats(50, 3000), potential=st.floats(200, 2500))
def test_evapotranspiration_exceeds_neither_rain_nor_demand(rain, potential):
    zhang = [zhang_evapotranspiration(rain, potential, w) for w in (0.1, 0.5, 2.0)]
    fu = [fu_evapotranspiration(rain, potential, w) for w in (1.5, 2.6, 4.0)]
    assert zhang == sorted(zhang)
    assert fu == sorted(fu)
    assert max(*zhang, *fu) <= rain * (1 + 1e-12)
    assert max(fu) <= potential * (1 + 1e-12)


def test_evapotranspiration_at_equal_rain_and_demand():
    # Zhang et al. 2001: (1 + w) / (2 + w); forests w = 2, grass w = 0.5.
    assert zhang_evapotranspiration(1000, 1000, 2.0) == pytest.approx(750)
    assert zhang_evapotranspiration(1000, 1000, 0.5) == pytest.approx(600)
    # Fu 1981: 2 − 2^(1/ω).
    assert fu_evapotranspiration(1000, 1000, 2.0) == pytest.approx(2000 - 1000 * math.sqrt(2))


def test_negative_balance_is_kept_or_set_to_zero_as_the_standard_wants():
    dry = {
        "area": 1e6,
        "precipitation": 0.4,
        "runoff_coefficient": 0.0,
        "evapotranspiration": 0.7,
    }
    assert get("gep.water_retention.balance").function(**dry) == pytest.approx(-3e5)
    assert get("gep.water_retention.balance.not_below_zero").function(**dry) == 0


def test_negative_ions_by_the_constant_of_the_standard():
    # LY/T 1721: 5.256e15 Q A H / L with Q per cm3, A in hm2, H in m, L in min.
    ions = get("gep.ions").function(
        area=1e4, stand_height=10, ion_concentration=2000e6, ion_lifetime=10
    )
    assert ions == pytest.approx(5.256e15 * 2000 * 1 * 10 / 10)
    value = get("gep.ions.value").function(
        area=1e4,
        stand_height=10,
        ion_concentration=600e6,
        ion_lifetime=10,
        ion_threshold=600e6,
        ion_cost=5.8185e-18,
        price_index=1,
    )
    assert value == 0


def test_oxygen_of_one_production_is_eight_elevenths_of_its_co2():
    for form in ("nep", "npp_ratio", "rate"):
        carbon, oxygen = get(f"gep.carbon.{form}"), get(f"gep.oxygen.{form}")
        numbers = dict.fromkeys(carbon.arguments, 2.0)
        ratio = oxygen.function(**numbers) / carbon.function(**numbers)
        assert ratio == pytest.approx(8 / 11)


@given(price=st.floats(0.01, 1e4), index=st.floats(0.1, 10))
def test_twice_the_price_is_twice_the_value_and_the_index_multiplies(price, index):
    for name, method in methods().items():
        if not name.startswith("gep.") or method.measure != "value":
            continue
        numbers = dict.fromkeys(method.arguments, 1.5) | {"price_index": 1.0}
        once = float(method.function(**numbers))
        assert float(method.function(**(numbers | {"price_index": index}))) == pytest.approx(
            once * index
        )
    water = get("gep.water_supply.value").function
    one = water(water_used=7.0, water_tariff=price, price_index=1)
    assert water(water_used=7.0, water_tariff=2 * price, price_index=1) == pytest.approx(2 * one)
