"""The table of stands: balances, limits, and figures that another model gave."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stands_contenders import carbonledger
from carbonledger.methods.stand_table import POOLS, Rates, carry, distinct

AGES = 61
CURVES = np.array([150.0, 90.0, 40.0])[:, None] * (
    1 - np.exp(-np.array([0.05, 0.1, 0.3])[:, None] * np.arange(AGES))
) ** 3  # fmt: skip
share = st.floats(0, 0.5)


@settings(max_examples=60, deadline=None)
@given(
    curve=st.lists(st.integers(0, 2), min_size=1, max_size=8),
    start=st.integers(0, 70),
    rotation=st.integers(1, 80),
    mortality=share, disturbance=share, decay=share, product=st.floats(0, 1),
    half_life=st.floats(0.5, 100),
)  # fmt: skip
def test_carbon_is_neither_made_nor_lost(
    curve, start, rotation, mortality, disturbance, decay, product, half_life
):
    curve = np.array(curve)
    age = np.full(len(curve), start)
    rates = Rates(rotation, mortality, disturbance, decay, product, half_life)
    table = carry(CURVES, curve, age, 50, rates)
    held = table[:, :4].sum(axis=1) - table[:, 4]
    scale = table[:, 4].max() + table[0, 0].max() + 1
    assert np.abs(held - held[0]).max() <= 1e-9 * scale
    assert table.min() >= -1e-9 * scale


def test_left_to_grow_a_stand_follows_its_curve():
    table = carry(CURVES, np.array([0, 1]), np.array([5, 20]), 30, Rates())
    assert table[:, 0, 0] == pytest.approx(CURVES[0, 5:36])
    assert table[:, 0, 1] == pytest.approx(CURVES[1, 20:51])
    assert not table[:, 1:4].any()
    # Beyond the table of the curve nothing grows.
    old = carry(CURVES, np.array([0]), np.array([AGES + 10]), 5, Rates())
    assert (old[:, 0, 0] == CURVES[0, -1]).all()


def test_a_rotation_repeats_itself_and_products_reach_inflow_over_k():
    rates = Rates(rotation=10, product_share=0.4, half_life=5.0)
    table = carry(CURVES, np.array([1]), np.array([0]), 200, rates)[:, :, 0]
    biomass = table[:, POOLS.index("biomass")]
    assert biomass[1:11].tolist() == pytest.approx([*CURVES[1, 1:10], 0.0])
    assert biomass[1:181] == pytest.approx(np.tile(biomass[1:11], 18))
    # In the mean of a rotation the pool of products is the inflow over the rate of decay.
    inflow = 0.4 * CURVES[1, 10] / 10
    products = table[150:200, POOLS.index("products")]
    k = np.log(2) / 5.0
    # eq 12.2: the stock at the ends of years, of an inflow spread over the year of the cut
    expected = inflow * 10 * (1 - np.exp(-k)) / k / (1 - np.exp(-10 * k))
    assert products.max() == pytest.approx(expected)
    # Decay by the year over a rotation gives back exactly what came in.
    assert products[40] == pytest.approx(products[30])


def test_alike_stands_are_carried_once():
    random = np.random.default_rng(1)
    curve, age = random.integers(0, 3, 10_000), random.integers(0, 40, 10_000)
    first, row = distinct(curve, age)
    assert len(first) == len(set(zip(curve.tolist(), age.tolist(), strict=True)))
    assert (curve[first][row] == curve).all()
    assert (age[first][row] == age).all()
    rates = Rates(rotation=25, mortality=0.01, decay=0.1, product_share=0.3)
    of_rows = carry(CURVES, curve[first], age[first], 20, rates)
    of_stands = carry(CURVES, curve, age, 20, rates)
    assert (of_rows[:, :, row] == of_stands).all()


def test_rates_may_differ_by_row():
    rotation = np.array([10.0, np.inf])
    rates = Rates(rotation=rotation, product_share=0.5)
    both = carry(CURVES, np.array([0, 0]), np.array([0, 0]), 30, rates)
    for row in (0, 1):
        alone = carry(
            CURVES, np.array([0]), np.array([0]), 30, Rates(rotation[row], product_share=0.5)
        )
        assert (alone[:, :, 0] == both[:, :, row]).all()


# libcbm 2.10.2 (tests/oracles/libcbm_stands.py): t C of biomass, dead wood, products, released.
LIBCBM = {
    1: (6392.57757050597, 4815.509722022209, 3084.026220299893, 59.054453844441056),
    10: (6286.454653541807, 3658.6717224842987, 3980.052149076228, 4881.600122731589),
    30: (11252.105062997714, 2415.957471110082, 4451.206855585515, 13473.860479588388),
    50: (8474.330981251504, 3222.2610400402373, 6939.174815789198, 24902.234376221888),
}


def test_the_pools_of_libcbm():
    number = np.arange(20)
    area = 1.0 + number
    ours = carbonledger(number * 5, number * 7 % 50, area)
    for year, pools in LIBCBM.items():
        assert ours[year] == pytest.approx(pools, rel=1e-12)
