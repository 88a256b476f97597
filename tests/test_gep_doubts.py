"""What the review of a GEP account doubts: rules of double counting, implausible rows."""

from types import SimpleNamespace

import pandas as pd
import pytest

from carbonledger.analysis.gep.facts import GepFacts, gep_facts
from carbonledger.analysis.gep.overlaps import Overlap, outside_products, overlaps
from carbonledger.analysis.gep.plausibility import (
    GEP_BANDS,
    evapotranspiration,
    purified_beyond_emission,
    value_per_area,
)
from carbonledger.analysis.quality.bands import bands
from carbonledger.library.load import library
from carbonledger.library.tables import read_records
from carbonledger.model.problem import Grade
from carbonledger.paths import factors_dir
from tests.gep_two_years import gep_run

YEAR = 2020


def facts_of(*values, measure="value", unit="CNY", figures=()):
    """Facts with postings ``(account, item, amount, method)`` and statistics."""
    rows = [
        {"book": "gep", "region": "350525", "period": YEAR, "account": account, "item": item}
        | {"detail": "", "measure": measure, "amount": float(amount), "unit": unit}
        | {"method": method, "notation": "", "flags": "", "selection": 0, "entry": place}
        | {"source": "t.csv!A1"}
        for place, (account, item, amount, method) in enumerate(values)
    ]
    statistics = [
        {"statistic": name, "period": YEAR, "region": "350525", "amount": amount}
        for name, amount in figures
    ]
    postings = pd.DataFrame(rows)
    results = SimpleNamespace(
        postings=postings,
        postings_of=lambda accounts: postings[postings["account"].isin(accounts)],
        info={"region": "350525", "statistics": statistics},
    )
    found = gep_facts(results, library())
    assert isinstance(found, GepFacts)
    return found


def codes(found):
    return [each.code for each in found]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (1, [("G.2.13", "forest"), ("G.2.1", "forest")]),
        (2, [("G.1.5.a", ""), ("G.2.1", "forest")]),
        (3, [("G.2.1", "forest"), ("G.2.5.a", "forest")]),
        (4, [("G.2.2.b", "forest"), ("G.2.7.c", "wetland")]),
        (5, [("G.2.8", ""), ("G.2.9", "")]),
        (6, [("G.2.10.a", "paddy_field")]),
        (6, [("G.2.10.a", "marsh"), ("G.2.10.b", "marsh")]),
        (7, [("G.3.1", ""), ("G.3.3.b", "")]),
        (7, [("G.3.2", ""), ("G.3.3.a", "")]),
        (8, [("G.2.5.c", "reservoir")]),
        (8, [("G.1.6.a", "")]),
        (9, [("G.1.1", "", "gep.product.gross.value"), ("G.1.3", "", "gep.product.gross.value")]),
        (11, [("G.1.4", "", "gep.product.mass.value")]),
    ],
)
def test_rules_of_double_counting(rule, values):
    given = [(account, item, 1e6, (more or ("",))[0]) for account, item, *more in values]
    assert f"gep-overlap-{rule}" in codes(overlaps(facts_of(*given)))
    # One side alone, or nothing worth anything, is no double counting.
    worthless = [(account, item, 0, method) for account, item, _, method in given]
    assert codes(overlaps(facts_of(*worthless))) == []
    if len(given) > 1:
        assert f"gep-overlap-{rule}" not in codes(overlaps(facts_of(given[-1])))


@pytest.mark.parametrize(
    "values",
    [
        [("G.2.8", "", 1e6, "")],
        [("G.2.10.a", "forest", 1e6, ""), ("G.2.10.b", "marsh", 1e6, "")],
        [("G.2.10.a", "marsh", 1e6, ""), ("G.2.10.b", "lake", 1e6, "")],
        [("G.1.1", "", 1e6, "gep.product.net.value"), ("G.1.3", "", 1e6, "gep.product.net.value")],
        [("G.2.2.a", "forest", 1e6, ""), ("G.2.7.c", "wetland", 1e6, "")],
    ],
)
def test_what_counts_once(values):
    assert codes(overlaps(facts_of(*values))) == []


def test_products_without_a_deduction_are_a_hint():
    (found,) = outside_products(facts_of(("G.1.1", "", 5e6, "")))
    assert found.grade is Grade.D
    assert codes(outside_products(facts_of(("G.1.1", "", 5e6, ""), ("G.4", "", -1e6, "")))) == []
    assert codes(outside_products(facts_of(("G.2.8", "", 5e6, "")))) == []


def test_rules_name_accounts_of_gep():
    known = set(library().below("G"))
    for rule in read_records(factors_dir() / "gep" / "overlaps.csv", Overlap):
        named = f"{rule.accounts}|{rule.against_accounts}".split("|")
        assert set(filter(None, named)) <= known
    assert {each.accounts for each in bands(table=GEP_BANDS)["gep-value-per-area"]} <= known


@pytest.mark.parametrize(
    ("account", "value", "told"),
    [
        # Shenzhen 2020: climate 488.24e8 and water 117.19e8 CNY on 1,997 km2 are published.
        ("G.2.10", 488.24e8, False),
        ("G.2.1", 117.19e8, False),
        ("G.2.10", 4882.4e8, True),
        ("G.2.1", 1171.9e8, True),
    ],
)
def test_values_per_area(account, value, told):
    facts = facts_of((account, "", value, ""), figures=[("land_area", 1997)])
    assert bool(list(value_per_area(facts))) is told
    assert list(value_per_area(facts_of((account, "", value, "")))) == []  # no area, no finding


@pytest.mark.parametrize(
    ("removed", "emitted", "method", "grade"),
    [
        (41, 40, "gep.air.so2.uptake", Grade.B),
        (41, 40, "gep.air.so2.emission", Grade.B),
        (40, 40, "gep.air.so2.uptake", None),
        (41, None, "gep.air.so2.uptake", Grade.D),
        (41, None, "gep.air.so2.emission", None),
    ],
)
def test_no_more_is_purified_than_emitted(removed, emitted, method, grade):
    figures = [] if emitted is None else [("so2_emission", emitted)]
    facts = facts_of(
        ("G.2.6.a", "forest", removed, method), measure="so2_removed", unit="t", figures=figures
    )
    assert [each.grade for each in purified_beyond_emission(facts)] == [grade] * (grade is not None)


def test_more_evaporation_than_rain_names_the_cell(tmp_path):
    rows = "T1,2022,G.2.1,沼泽,10,800,900,0,,,,\nT1,2022,G.2.1,竹林,10,1600,900,4,,,,"
    _, facts = gep_run(tmp_path / "dry", rows)
    (found,) = evapotranspiration(facts)
    assert (found.file, found.cell) == ("entries.csv", "E2")
    assert "沼泽" in found.message.zh
    assert "1.12" in found.message.zh
