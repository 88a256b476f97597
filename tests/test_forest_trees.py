"""Trees, culms and pools of forests: published tables, worked examples, whole runs."""

import pytest
from factor_tables import BY_ID, CO2_PER_C

from carbonledger.api import calc
from carbonledger.methods.registry import get
from carbonledger.methods.trees import ORGANS

# Table of LY 208-77 for Chinese fir, m3 to three decimals: height, first diameter, volumes.
LY_208_77 = [
    (3, 4, "0.002 0.004 0.005 0.007 0.009 0.012 0.015"),
    (5, 4, "0.004 0.006 0.008 0.011 0.015 0.019 0.023"),
    (7.5, 4, "0.005 0.009 0.012 0.017 0.022 0.027 0.033 0.040 0.048 0.056 0.065 0.074"),
    (8, 4, "0.006 0.009 0.013 0.018 0.023 0.029 0.035 0.043 0.051 0.059 0.069 0.079 0.089 0.101 "
           "0.113 0.125 0.139 0.153 0.167"),
]  # fmt: skip

IN_IDS = {"root": "roots"}  # organs whose ids are spelled otherwise


def volume(edition, item, diameter, height, trees=1.0):
    names = ("volume_coefficient", "volume_diameter_exponent", "volume_height_exponent")
    values = [BY_ID[f"{edition}/{item}/{key}"].value for key in "abc"]
    return get("forest.tree.volume").function(
        trees=trees, diameter=diameter, height=height, **dict(zip(names, values, strict=True))
    )


def test_the_printed_table_of_chinese_fir():
    cells = 0
    for height, first, printed in LY_208_77:
        for step, cell in enumerate(printed.split()):
            computed = volume("ly-208-77", "cunninghamia", first + step, height)
            assert computed == pytest.approx(float(cell), abs=6e-4)
            cells += 1
    assert cells == 45


@pytest.mark.parametrize(
    ("edition", "item", "printed"),
    [
        # Check values of D = 20 cm, H = 15 m beside the equations of the standards.
        ("db35-t-1823-2019", "cunninghamia", 0.2326),
        ("db35-t-1823-2019", "masson_pine", 0.2277),
        ("db35-t-1823-2019", "broadleaf", 0.2355),
        ("db35-t-1823-2019", "coniferous", 0.2175),
        ("db34-t-3345-2019", "masson_pine", 0.2065),
    ],
)
def test_volume_equations_of_provinces(edition, item, printed):
    assert volume(edition, item, 20, 15) == pytest.approx(printed, abs=5e-5)


@pytest.mark.parametrize(
    ("item", "organs"),
    [
        # kg of a tree of 20 cm, by hand from W = a D^b: stem, branches, leaves, roots
        ("cunninghamia", (77.403, 12.678, 8.684, 22.707)),
        ("masson_pine", (211.998,)),
        ("eucalyptus", (205.537,)),
        ("hard_broadleaf", (187.101,)),
    ],
)
def test_biomass_of_a_tree_of_twenty_centimetres(item, organs):
    values = {
        f"{organ}_{name}": BY_ID[f"li-lei-2010/{item}/{IN_IDS.get(organ, organ)}/{key}"].value
        for organ in ORGANS
        for key, name in (("a", "coefficient"), ("b", "exponent"))
    }
    whole = get("forest.tree.biomass").function(trees=1.0, diameter=20.0, **values)
    assert whole == pytest.approx(sum(organs), abs=2e-3)


def test_the_calculator_takes_kilograms_and_centimetres():
    found = calc(
        "forest.tree.biomass",
        item="杉木",
        region="泉州市",
        profile="forest-stock",
        trees="1000 株",
        diameter="200 mm",
    )
    assert (found.value, found.unit) == (pytest.approx(121.472, abs=2e-3), "t dm")
    found = calc(
        "forest.tree.volume",
        item="桉树",  # a broadleaved tree of the standard
        region="泉州市",
        profile="forest-stock",
        trees="100 株",
        diameter="20 cm",
        height="15 m",
    )
    assert (found.value, found.unit) == (pytest.approx(23.55, abs=5e-3), "m3")
    assert "diameter^volume_diameter_exponent" in found.formula


@pytest.mark.parametrize(
    ("kilograms", "culms", "fraction", "printed"),
    [
        # Stems of moso bamboo in Taojiang by age of culms (ChinaXiv 201704.00158, tables 4, 5, 8)
        (10.675, 1250, 0.534, 7.126), (13.228, 1300, 0.471, 8.097), (14.703, 2400, 0.512, 18.080),
    ],
)  # fmt: skip
def test_carbon_of_bamboo_stems(kilograms, culms, fraction, printed):
    carbon = get("forest.bamboo.organ_carbon").function(
        area=1.0,
        culm_density=culms,
        culm_biomass=kilograms / 1000,
        biomass_carbon_fraction=fraction,
    )
    assert carbon == pytest.approx(printed, rel=1e-3)


def test_roots_of_bamboo_are_those_of_the_county():
    # Yongchun 0.384, Wuyishan 0.560; Zhangping has none of its own and takes that of the humid
    # subtropics, never that of another county.
    asked = {
        "profile": "forest-stock",
        "item": "毛竹",
        "area": "1 ha",
        "culm_density": "2000 根/ha",
        "culm_biomass_aboveground": "15 kg dm/根",
        "biomass_carbon_fraction": "0.5 t C/t dm",
    }
    for region, ratio in (("永春县", 0.384), ("武夷山市", 0.56), ("漳平市", 0.2)):
        found = calc("forest.bamboo.carbon", region=region, **asked)
        assert found.value == pytest.approx(15 * (1 + ratio)), region


def test_soil_carbon_by_equation_2_25():
    # SOC_ref 64 t C/ha; 0.69 x 1.08 before and 0.82 after; 100 ha in 20 years: 23.936 t C a year.
    co2 = get("forest.soil.stock_change").function(
        soil_area=100.0,
        soil_reference_stock=64.0,
        soil_factor_before=0.69 * 1.08,
        soil_factor_after=0.82,
        soil_transition=20.0,
    )
    assert -co2 / CO2_PER_C == pytest.approx(23.936)


def test_dead_organic_matter_is_a_twentieth_of_forest_a_year():
    # 13.2 + 8.7 t C/ha (IPCC 2019 Table 2.2, subtropical humid) over 20 years on 10 ha
    stocks = {
        name: BY_ID[f"ipcc-2019/v4-t2.2/subtropical-humid/all/{key}"].value
        for name, key in (("dead_wood_stock", "dead-wood"), ("litter_stock", "litter"))
    }
    co2 = get("forest.dead_organic_matter.conversion").function(
        dead_organic_matter_area=10.0,
        dead_organic_matter_before=0.0,
        dead_organic_matter_transition=20.0,
        **stocks,
    )
    assert -co2 / CO2_PER_C == pytest.approx(10 * 21.9 / 20)


def test_the_line_of_fang_has_its_intercept_for_new_stands_alone():
    # Fir: 0.3999 x 100 + 22.541 = 62.531 t/ha; from 80 to 100 m3/ha 20 x 0.3999 = 7.998 t/ha.
    fir = {"biomass_slope": 0.3999, "interval": 5.0, "biomass_carbon_fraction": 0.5}
    new = get("forest.continuous.new_stands").function(
        new_stand_area=1.0, volume_per_area=100.0, biomass_intercept=22.541, **fir
    )
    same = get("forest.continuous.stock_change").function(
        stand_area=1.0, volume_per_area_before=80.0, volume_per_area_after=100.0, **fir
    )
    assert -new == pytest.approx(62.531 * 0.5 / 5 * CO2_PER_C)
    assert -same == pytest.approx(7.998 * 0.5 / 5 * CO2_PER_C)


@pytest.mark.parametrize(
    ("item", "organs"),
    [
        # kg of a tree of 20 cm and 15 m (D2H = 6000), by hand from W = a (D2H)^b: stem, branches,
        # leaves, roots; ChinaXiv 201605.00424 Table 1
        ("cunninghamia", (98.15, 15.43, 14.09, 23.19)),
        ("masson_pine", (136.82, 36.23, 23.05, 20.91)),
    ],
)
def test_biomass_by_diameter_and_height(item, organs):
    found = calc(
        "forest.tree.biomass_by_height",
        item=item,
        region="福建省",
        profile="forest-stock",
        trees="1 株",
        diameter="20 cm",
        height="15 m",
    )
    assert found.value * 1000 == pytest.approx(sum(organs), abs=0.03)


def test_the_two_equations_of_biomass_agree_roughly():
    # Different samples and forms: within a factor of two for trees of ordinary shape.
    for item in ("cunninghamia", "masson_pine"):
        shared = {"item": item, "region": "福建省", "profile": "forest-stock", "trees": "1 株"}
        for diameter, height in ((10, 9), (20, 15), (30, 20)):
            size = {"diameter": f"{diameter} cm"}
            one = calc("forest.tree.biomass", **shared, **size).value
            other = calc(
                "forest.tree.biomass_by_height", **shared, **size, height=f"{height} m"
            ).value
            assert 0.5 < other / one < 2
