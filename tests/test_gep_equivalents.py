"""Equivalence factors against a published account: the Beibu Gulf coast of Guangxi.

ChinaXiv-201805.00320, Tables 1 (areas, km2), 3 (equivalents), 7 and 8 (results): 3406.5 CNY/hm2 for
one equivalent (Xie et al. 2015). Orchards count as forest, ponds and mangroves share a column.
"""

from math import fsum

import pytest

from carbonledger.library.load import library
from carbonledger.methods.registry import get

TYPES = ("cropland", "forest", "orchard", "ponds and mangrove", "water", "bare", "built")
AREAS = {
    1999: (3678.8, 1525.38, 2553.95, 249.31 + 80.38, 290.43, 341.46, 122.4),
    2006: (2761.08, 1923.88, 2725.06, 391.93 + 49.19, 299.39, 377.83, 310.66),
}
# Service, equivalents by type, published value of 1999 and 2006 in CNY.
SERVICES = [
    ("food", (1.36, 0.29, 0.19, 0.51, 0.8, 0, 0), 2.16e9, 1.80e9),
    ("material", (0.09, 0.66, 0.43, 0.5, 0.23, 0, 0), 9.08e8, 1.01e9),
    ("water supply", (-2.63, 0.34, 0.22, 2.59, 8.29, 0, 0), -1.82e9, -8.12e8),
    ("gas regulation", (1.11, 2.17, 1.41, 1.9, 0.77, 0.02, 0), 4.04e9, 4.14e9),
    ("climate", (0.57, 6.5, 4.23, 3.6, 2.29, 0, 0), 8.40e9, 9.50e9),
    ("purification", (0.17, 1.93, 1.28, 3.6, 5.55, 0.1, 0), 3.29e9, 3.73e9),
    ("flow", (2.72, 4.74, 3.35, 24.23, 102.24, 0.03, 0), 2.16e10, 2.28e10),
    ("soil", (0.01, 2.65, 1.72, 2.31, 0.93, 0.02, 0), 3.24e9, 3.79e9),
    ("nutrients", (0.19, 0.2, 0.13, 0.18, 0.07, 0, 0), 4.82e8, 4.65e8),
    ("biodiversity", (0.21, 2.41, 1.57, 7.87, 2.55, 0.02, 0), 4.02e9, 4.68e9),
    ("landscape", (0.09, 1.06, 0.69, 4.73, 1.89, 0.01, 0), 1.98e9, 2.32e9),
]
# By ecosystem: columns that it takes, published values of 1999 and 2006.
ECOSYSTEMS = [
    ((0,), 4.87e9, 3.66e9),
    ((1, 2), 2.52e10, 2.92e10),
    ((3,), 5.84e9, 7.82e9),
    ((4,), 1.24e10, 1.28e10),
    ((5,), 2.33e7, 2.57e7),
    (range(7), 4.83e10, 5.35e10),
]


def worth(year, column, equivalents):
    return get("gep.equivalent.value").function(
        area=AREAS[year][column] * 100,
        service_equivalents=equivalents,
        equivalent_value=3406.5,
        price_index=1,
    )


@pytest.mark.parametrize(("service", "equivalents", "first", "second"), SERVICES)
def test_every_service_is_the_published_one(service, equivalents, first, second):
    for year, published in ((1999, first), (2006, second)):
        total = fsum(worth(year, at, each) for at, each in enumerate(equivalents))
        assert total == pytest.approx(published, rel=0.005), (service, year)


@pytest.mark.parametrize(("columns", "first", "second"), ECOSYSTEMS)
def test_every_ecosystem_is_the_published_one(columns, first, second):
    for year, published in ((1999, first), (2006, second)):
        total = fsum(worth(year, at, row[1][at]) for at in columns for row in SERVICES)
        assert total == pytest.approx(published, rel=0.005), [TYPES[at] for at in columns]


def test_the_quick_assessment_is_no_part_of_the_product():
    base = library()
    assert "GE" not in base.below("G")
    assert base.accounts.set_index("account").at["GE", "parent"] == ""
