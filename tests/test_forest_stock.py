"""Stocks of forest ecosystems and yearly fixation of bamboo: published tables."""

import pytest
from factor_tables import CO2_PER_C

from carbonledger.methods.registry import get

# Li et al. 2016 (ChinaXiv 201605.00429), Table 3, Zhejiang: area in 100 ha; t C/ha of trees, shrubs
# and herbs, litter, soil; printed stock in Tg C.
ZHEJIANG = [
    (24, 17.57, 3.07, 3.47, 86.37, 0.27), (167, 46.04, 0.86, 1.42, 155.83, 3.41),
    (216, 19.15, 1.70, 0.95, 147.61, 3.66), (240, 47.95, 4.06, 2.48, 98.30, 3.67),
    (671, 23.08, 1.84, 2.13, 115.92, 9.59), (744, 30.91, 3.41, 2.66, 81.09, 8.78),
    (1366, 29.42, 5.14, 2.63, 71.66, 14.87), (2030, 23.38, 2.55, 2.08, 109.19, 27.85),
    (3520, 29.42, 6.82, 3.67, 84.64, 43.84), (5676, 28.15, 3.89, 2.77, 90.81, 71.30),
    (8116, 21.61, 5.38, 2.00, 80.40, 88.78), (8209, 21.72, 2.11, 2.68, 98.96, 103.00),
    (8834, 23.78, 0.94, 0.63, 71.63, 85.67), (10028, 25.10, 3.43, 2.88, 106.24, 138.03),
]  # fmt: skip
# Ji et al. 2016 (ChinaXiv 201605.00424), Table 3, Anhui: area in 10^4 ha; t C/ha of soil and of
# vegetation by age group; printed stock in Tg C (densities are rounded).
ANHUI = [
    (136.7, 81.5, 68.9, 205.6), (137.2, 86.4, 99.5, 255.2), (57.5, 96.9, 117.2, 123.0),
    (27.4, 76.8, 262.3, 92.9), (8.1, 69.8, 395.1, 37.8),
]  # fmt: skip


def stock(area, trees, understorey, litter, soil):
    return get("forest.ecosystem.stock").function(
        area=area,
        tree_layer_carbon=trees,
        understorey_carbon=understorey,
        litter_carbon=litter,
        soil_layer_carbon=soil,
    )


def test_fourteen_types_of_zhejiang_and_their_sum():
    total = 0.0
    for area, *layers, printed in ZHEJIANG:
        computed = stock(area * 100, *layers)
        assert computed / 1e6 == pytest.approx(printed, abs=0.006)
        total += computed
    assert total / 1e6 == pytest.approx(602.73, abs=0.05)
    assert sum(row[0] for row in ZHEJIANG) == 49841


def test_age_groups_of_anhui():
    total = sum(stock(area * 1e4, living, 0.0, 0.0, soil) for area, soil, living, _ in ANHUI)
    for area, soil, living, printed in ANHUI:
        assert stock(area * 1e4, living, 0.0, 0.0, soil) / 1e6 == pytest.approx(printed, abs=0.15)
    assert total / 1e6 == pytest.approx(714.5, abs=0.2)


def test_a_bamboo_stand_of_taojiang_with_all_its_layers():
    # ChinaXiv 201704.00158: 28.226 + 0.161 + 0.032 + 0.420 + 138.978 = 167.817 t C/ha
    assert stock(1.0, 28.226, 0.161 + 0.032, 0.420, 138.978) == pytest.approx(167.817)


@pytest.mark.parametrize(
    ("layer", "printed"), [(10.490, 1.748), (11.802, 1.967), (28.226, 4.704)]
)  # fmt: skip
def test_yearly_fixation_is_the_stock_over_six_years(layer, printed):
    co2 = get("forest.bamboo.fixation").function(
        bamboo_area=1.0, bamboo_layer_carbon=layer, bamboo_turnover=6.0
    )
    assert co2 / CO2_PER_C == pytest.approx(printed, abs=6e-4)
