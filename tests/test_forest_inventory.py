"""Forests in the inventory: published figures, and balances of carbon.

Numbers computed by hand stand beside the equation: A1 to A11 are those of the provincial guideline
of 2011 (growth A2, scattered trees A3, area A4, consumption A5, conversion A8 to A11), B those of
IPCC 2006 Vol. 4 Ch. 2.
"""

import pytest
from factor_tables import BY_ID, CO2_PER_C
from forest_cases import OWN, amount
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.errors import CarbonledgerError
from carbonledger.methods.forest import continuous_biomass
from carbonledger.methods.registry import get, methods
from carbonledger.model import limits

# --- parameters ----------------------------------------------------------------------------------

# Stands of Hunan in 2005, m3 (report of the province's forestry inventory, 2013). The total is
# printed as 345 451 900; "other" has no species group.
HUNAN = {
    "cunninghamia": 144649780, "masson_pine": 58448700, "cypress": 1304140, "slash_pine": 4656720,
    "poplar": 722740, "hard_broadleaf": 29826600, "soft_broadleaf": 5480960,
}  # fmt: skip


def test_hunan_2005_adds_up_and_weights_its_density():
    assert sum(HUNAN.values()) + 100362260 == 345451900
    density = sum(v * BY_ID[f"ar-cm-001/{item}/density"].value for item, v in HUNAN.items())
    assert density / sum(HUNAN.values()) == pytest.approx(0.36621, abs=5e-6)  # A6


@pytest.mark.parametrize(
    ("item", "biomass"),
    [
        ("cunninghamia", 62.531), ("masson_pine", 52.055), ("eucalyptus", 93.284),
        ("evergreen_broadleaf", 111.629),
    ],
)  # fmt: skip
def test_continuous_biomass_at_a_hundred_cubic_metres(item, biomass):
    slope, intercept = (BY_ID[f"fang-2001/{item}/{name}"].value for name in ("slope", "intercept"))
    assert continuous_biomass(100, slope, intercept) == pytest.approx(biomass, abs=6e-4)


@pytest.mark.parametrize("volume", [0, -1, float("nan")])
def test_a_stand_without_volume_has_no_biomass_by_the_line(volume):
    with pytest.raises(CarbonledgerError) as refusal:
        continuous_biomass(volume, 0.3999, 22.541)
    assert "22.541" in refusal.value.text.zh
    assert "22.541" in refusal.value.text.en


def test_both_ways_to_biomass_agree_for_fir_and_part_for_masson_pine():
    # 100 x 0.307 x 1.634 x 1.246 = 62.504; 100 x 0.380 x 1.472 x 1.187 = 66.396 (27.5 % above Fang)
    for item, ratio in (("cunninghamia", 0.9996), ("masson_pine", 1.2755)):
        density, above, roots = (
            BY_ID[f"ar-cm-001/{item}/{name}"].value for name in ("density", "bef", "roots")
        )
        line = [BY_ID[f"fang-2001/{item}/{name}"].value for name in ("slope", "intercept")]
        by_factors = 100 * density * above * (1 + roots)
        assert by_factors / continuous_biomass(100, *line) == pytest.approx(ratio, abs=5e-5)


def test_every_species_group_has_all_four_parameters():
    of_species = {}
    for row in OWN:
        if row.edition == "ar-cm-001":
            of_species.setdefault(row.item, set()).add(row.parameter)
    assert len(of_species) == 23
    assert set(map(len, of_species.values())) == {4}


def test_the_parts_of_the_guideline_are_no_more_than_the_whole():
    # Bamboo 68.48, economic 35.21, shrub 17.99 t/ha whole; 45.29, 29.35, 12.51 above ground.
    for name in ("bamboo", "economic", "shrub"):
        whole = BY_ID[f"cn-provincial-2011/forest/{name}/biomass"].value
        above = BY_ID[f"cn-provincial-2011/forest/{name}/aboveground"].value
        assert 0.6 < above / whole < 0.9


def test_what_is_recalled_is_not_called_verified():
    for row in OWN:
        recalled = row.edition in {"cn-provincial-2011", "ar-cm-001"}
        assert not (recalled and row.status == "verified"), row.id
        assert not ("recalled" in row.note and row.status == "verified"), row.id


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "item"),
    [
        ("growth_rate", 7.98, "1/a", ""),  # per cent taken for a fraction
        ("growth_rate", 0.0798, "%/a", ""),
        ("consumption_rate", 5.54, "1/a", ""),
        ("basic_wood_density", 307, "t dm/m3", "cunninghamia"),
        ("basic_wood_density", 0.598, "t dm/m3", "cunninghamia"),  # that of hard broadleaves
        ("biomass_expansion_factor_total", 0.307, "1", ""),  # shifted column
        ("mean_biomass_expansion_factor_total", 1.246, "1", ""),
        ("root_shoot_ratio", 1.634, "1", ""),
        ("biomass_carbon_fraction", 50, "t C/t dm", ""),
        ("biomass_per_area", 684.8, "t dm/ha", "moso_bamboo"),
        ("interval", 2020, "a", ""),
        ("interval", 0, "a", ""),
        ("n2o_nitrogen_ratio", 0.7, "t N2O-N/t N", ""),
    ],
)  # fmt: skip
def test_slips_are_refused(parameter, value, unit, item):
    assert limits.refusal(parameter, value, unit, item)


def test_per_cent_a_year_and_tonnes_per_mu_are_what_the_slips_say():
    assert limits.refusal("growth_rate", 7.98, "%/a") is None
    message = limits.refusal("growth_rate", 7.98, "1/a")[0]
    assert "7.98 %/a" in message.zh
    assert "0.0798" in message.zh


# --- formulas ------------------------------------------------------------------------------------


def test_shandong_sink_over_an_interval():
    # Shandong 2004-2013: a sink of 9.23 Tg C between two surveys five years apart is 1.85 Tg C/a
    # (1.846); with density, expansion and carbon fraction of one the volume is the carbon.
    co2 = get("forest.stock_change.mean").function(
        stock_change=9.23e6,
        interval=5,
        mean_wood_density=1,
        mean_biomass_expansion_factor_total=1,
        biomass_carbon_fraction=1,
    )
    assert -co2 / CO2_PER_C == pytest.approx(1.846e6)


def test_shandong_carbon_per_area():
    # 34.75 Tg C on 156.12 万 ha are 22.26 Mg C/ha; 33.22 on 146.04 of planted stands 22.75.
    for carbon, area, printed in ((34.75e6, 156.12e4, 22.26), (33.22e6, 146.04e4, 22.75)):
        lost = get("forest.conversion.stock").function(
            area_converted=area,
            aboveground_biomass=printed / 0.5,
            aboveground_biomass_after=0,
            biomass_carbon_fraction=0.5,
        )
        assert lost / CO2_PER_C == pytest.approx(carbon, rel=0.005 / printed)


def expanded(flow, key, **activity):
    """A flow of wood of fir: SVD 0.307, BEF 1.634 above ground, R 0.246, CF 0.5."""
    factors = {
        "whole_tree": {"basic_wood_density": 0.307, "biomass_expansion_factor_total": 2.035964},
        "above_ground": {
            "basic_wood_density": 0.307,
            "biomass_expansion_factor_aboveground": 1.634,
            "root_shoot_ratio": 0.246,
        },
        "mean": {"mean_wood_density": 0.307, "mean_biomass_expansion_factor_total": 2.035964},
    }[key]
    function = get(f"forest.{flow}.{key}").function
    return function(**activity, **factors, biomass_carbon_fraction=0.5)


@pytest.mark.parametrize("key", ["whole_tree", "above_ground", "mean"])
def test_a_stand_by_hand(key):
    # A2: 12 500 000 m3 x 0.05 = 625 000 m3; x 0.307 = 191 875 t; x 1.634 x 1.246 (= 2.035964)
    # = 390 650.6 t; x 0.5 = 195 325.3 t C; x 44/12 = 716 192.75 t CO2, removed.
    grown = expanded("growth", key, growing_stock=12.5e6, growth_rate=0.05)
    assert grown == pytest.approx(-716192.753, rel=1e-9)
    # A5 with 2 % a year, emitted.
    cut = expanded("consumption", key, growing_stock=12.5e6, consumption_rate=0.02)
    assert cut == pytest.approx(716192.753 * 0.4, rel=1e-9)
    # A7: 375 000 m3 a year more, the same as 1 875 000 m3 in five years.
    net = expanded("annual_stock_change", key, annual_stock_change=375_000)
    assert net == pytest.approx(-716192.753 * 0.6, rel=1e-9)
    assert expanded("stock_change", key, stock_change=1.875e6, interval=5) == pytest.approx(net)


share = st.floats(0, 0.2)


@given(amount, share, share)
def test_growth_less_consumption_is_the_change_of_stock(stock, growth, consumption):
    gained = expanded("growth", "above_ground", growing_stock=stock, growth_rate=growth)
    lost = expanded(
        "consumption", "above_ground", growing_stock=stock, consumption_rate=consumption
    )
    change = expanded(
        "annual_stock_change", "above_ground", annual_stock_change=stock * (growth - consumption)
    )
    assert gained <= 0 <= lost
    assert gained + lost == pytest.approx(change, rel=1e-9, abs=1e-6)


@given(amount, amount, st.floats(0.5, 30))
def test_surveys_in_between_do_not_change_the_sum(first, second, years):
    # The carbon of two intervals is that of the whole, whatever their lengths.
    parts = [
        years * expanded("stock_change", "mean", stock_change=change, interval=years)
        for change in (first, second)
    ]
    whole = (
        2
        * years
        * expanded("stock_change", "mean", stock_change=first + second, interval=2 * years)
    )
    assert sum(parts) == pytest.approx(whole, rel=1e-9, abs=1e-6)


LOST = {
    "area_converted": 1000.0,
    "aboveground_biomass": 80.0,
    "aboveground_biomass_after": 10.0,
    "biomass_carbon_fraction": 0.5,
}


def test_conversion_by_hand():
    # 1000 ha x (80 - 10) x 0.5 = 35 000 t C lost above ground.
    on_site = {**LOST, "burned_on_site": 0.15, "burning_oxidation": 0.9}
    co2 = get("forest.conversion.burning.co2").function(**on_site, burned_off_site=0.2)
    assert co2 == pytest.approx(35000 * 0.35 * 0.9 * 44 / 12)  # A8 + A9: 40 425 t
    # 35 000 x 0.15 x 0.9 = 4725 t C released on site.
    ch4 = get("forest.conversion.burning.ch4").function(**on_site, methane_carbon_ratio=0.012)
    assert ch4 == pytest.approx(75.6)  # A11: 4725 x 0.012 x 16/12
    n2o = get("forest.conversion.burning.n2o").function(
        **on_site, nitrogen_carbon_ratio=0.01, n2o_nitrogen_ratio=0.007
    )
    assert n2o == pytest.approx(0.51975)  # A11: 4725 x 0.01 x 0.007 x 44/28
    decay = get("forest.conversion.decay.co2").function(**LOST, decay_fraction=0.15)
    assert decay == pytest.approx(19250.0)  # A10


@given(share, share, st.floats(0, 0.6))
def test_conversion_releases_no_more_than_the_land_loses(on_site, off_site, decay):
    burned = get("forest.conversion.burning.co2").function(
        **LOST, burned_on_site=on_site, burned_off_site=off_site, burning_oxidation=0.9
    )
    decayed = get("forest.conversion.decay.co2").function(**LOST, decay_fraction=decay)
    assert 0 <= burned + decayed <= get("forest.conversion.stock").function(**LOST) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("method", "arguments", "carbon"),
    [
        # B4, B5: 100 ha x 8 x 1.2 x 0.47 = 451.2 t C a year
        ("forest.gain.growth", {"area": 100, "aboveground_growth": 8}, -451.2),
        # 100 ha x 10 m3 x 0.6 t/m3 x 1.2 x 0.47 = 338.4
        ("forest.gain.increment",
         {"area": 100, "volume_increment": 10, "bcef_increment": 0.6}, -338.4),
        # B7: 1000 m3 x 0.9 x 1.2 x 0.47 = 507.6
        ("forest.wood_removed.bcef", {"wood_removed": 1000, "bcef_removal": 0.9}, 507.6),
        ("forest.fuelwood.trees", {"fuelwood_trees": 1000, "bcef_removal": 0.9}, 507.6),
        # B9: 50 ha x 100 t x 0.3 x 1.2 x 0.47 = 846
        ("forest.disturbance",
         {"area_disturbed": 50, "aboveground_biomass": 100, "biomass_lost_fraction": 0.3}, 846),
        # B3: 6000 m3 in 3 years x 0.7 x 1.2 x 0.47 = 789.6 a year
        ("forest.stock_change.bcef",
         {"stock_change": 6000, "interval": 3, "bcef_stock": 0.7}, -789.6),
    ],
)  # fmt: skip
def test_ipcc_gains_and_losses_by_hand(method, arguments, carbon):
    co2 = get(method).function(**arguments, root_shoot_ratio=0.2, biomass_carbon_fraction=0.47)
    assert co2 == pytest.approx(carbon * 44 / 12, rel=1e-12)


def test_roots_come_once_in_every_method():
    seen = 0
    for name, declared in methods().items():
        if name.startswith("forest."):
            taken = set(declared.arguments)
            whole = {"biomass_expansion_factor_total", "mean_biomass_expansion_factor_total"}
            assert not ("root_shoot_ratio" in taken and taken & whole), name
            above = {"biomass_expansion_factor_aboveground", "bcef_stock", "bcef_removal"}
            assert "root_shoot_ratio" in taken or not taken & above, name
            seen += 1
    assert seen > 20
