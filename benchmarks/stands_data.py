"""Stands for the measurement of growth; NumPy alone: libcbm has an interpreter of its own."""

import numpy as np

CURVES, AGES, OLDEST, YEARS = 100, 121, 50, 50
ROTATION, MORTALITY, DISTURBANCE, DECAY, PRODUCT_SHARE, HALF_LIFE = 30, 0.01, 0.002, 0.1, 0.4, 35.0


def curves() -> np.ndarray:
    """Carbon of the biomass by curve and age, t C/ha (Chapman-Richards)."""
    number = np.arange(CURVES)[:, np.newaxis]
    final, rate, shape = 40 + number, 0.03 + number / 1000, 2 + number / 50
    return final * (1 - np.exp(-rate * np.arange(AGES))) ** shape


def stands(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Curve, age in years and area in ha of each stand: 5,000 pairs of curve and age."""
    random = np.random.default_rng(20260101)
    curve = random.integers(0, CURVES, count)
    age = random.integers(0, OLDEST, count)
    return curve, age, random.uniform(0.1, 20.0, count)
