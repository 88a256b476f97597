"""Every row of the provincial summary: a method, an entry of the demonstration, a figure by hand.

The figures are those of 2024 in the invented county: its activity times the factor of the document
named beside it, typed here once more and not read from the library.
"""

import math

import pytest
from runs import reviewed

from carbonledger.analysis.summary import layout, summary
from carbonledger.api import library_of
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions
from carbonledger.library.load import library
from carbonledger.library.profiles import profile

LAYOUT = "cn-provincial-2011"
CARBON = 44 / 12
NITROGEN = 44 / 28
# Heating values: China Energy Statistical Yearbook, appendix (GJ/t; GJ per 10^3 m3). Carbon content
# and oxidation: guideline of 2011, Table 1.7 (t C/TJ).
COAL, RAW, COKE = 22.3e-3 * 26.1 * 0.93, 20.908e-3 * 26.1 * 0.93, 28.435e-3 * 29.5 * 0.93
DIESEL, GASOLINE = 42.652e-3 * 20.2 * 0.98, 43.07e-3 * 18.9 * 0.98
KEROSENE, FUEL_OIL = 43.07e-3 * 19.5 * 0.98, 41.816e-3 * 21.1 * 0.98
LPG, PETCOKE, LNG = 50.179e-3 * 17.2 * 0.98, 32.5e-3 * 27.5 * 0.98, 51.498e-3 * 15.3 * 0.99
GAS = 38.931e-6 * 15.3 * 0.99  # per m3
# Forest of the guideline, Tables 5.x: wood density x expansion x (1 + root to shoot), carbon 0.5.
TREES = {"fir": 0.307 * 1.634 * 1.246, "pine": 0.380 * 1.472 * 1.187,
         "hard": 0.598 * 1.674 * 1.261, "eucalyptus": 0.578 * 1.263 * 1.221}  # fmt: skip
STOCK = {"fir": 452e4, "pine": 301e4, "hard": 371e4, "eucalyptus": 81e4}
GROWTH = {"fir": 0.086, "pine": 0.085, "hard": 0.087, "eucalyptus": 0.089}
USE = {"fir": 0.068, "pine": 0.071, "hard": 0.068, "eucalyptus": 0.067}


def wood(rates):
    return sum(STOCK[tree] * TREES[tree] * rates[tree] for tree in STOCK) * 0.5 * CARBON


# Code of the row, gas (HFCs and PFCs in CO2e of the SAR), tonnes.
INDUSTRY = (COKE * 7.4e4 + RAW * (1.9e4 + 0.3e4 + 1.8e4) + COAL * 33e4 + PETCOKE * 1e4
            + GAS * (1500e4 + 520e4 + 7100e4 + 6100e4) + DIESEL * (0.71e4 + 0.35e4)
            + FUEL_OIL * 0.15e4)  # fmt: skip
TRANSPORT = (KEROSENE * 0.25e4 + GASOLINE * 9.3e4 + DIESEL * (8.2e4 + 0.05e4 + 0.56e4)
             + LNG * 0.9e4 + FUEL_OIL * 0.28e4)  # fmt: skip
LEAVES = {
    ("E.1.1", "CO2"): (COAL * 38e4 + RAW * 5.1e4 + GAS * 900e4) * CARBON,
    ("E.1.2", "CO2"): DIESEL * 1.7e4 * CARBON,
    ("E.1.3", "CO2"): INDUSTRY * CARBON,
    ("E.1.4", "CO2"): TRANSPORT * CARBON,
    ("E.1.5", "CO2"): (LPG * 0.5e4 + GAS * 980e4 + DIESEL * 0.1e4) * CARBON,
    ("E.1.6", "CO2"): (LPG * 1.6e4 + GAS * 1730e4 + RAW * 0.25e4) * CARBON,
    # IPCC 2006 Vol. 2 Table 2.5: 200 kg CH4/TJ of charcoal at 29.5 GJ/t (Table 1.2).
    ("E.2", "CH4"): 0.04e4 * 29.5e-3 * 200e-3,
    # Guideline, Table 1.9 ff.: township mines 6.93, after mining 0.94, open cast 2 and 0.5 m3/t;
    # 0.67 kg/m3; recovered 95 万m3.
    ("E.3", "CH4"): (22e4 * (6.93 + 0.94) + 3e4 * (2 + 0.5) - 95e4) * 0.67e-3,
    # IPCC 2006 Vol. 2 Table 4.2.5: 1.8 Gg CH4 per 10^6 m3 of gas sold x 10^-3.
    ("E.4", "CH4"): 18830e4 * 1.8e-6,
    # IPCC 2006 Vol. 3 eq 5.2: a fifth of the carbon of lubricants oxidised during use.
    ("E.5", "CO2"): 0.104e4 * 40.2e-3 * 20.0 * 0.2 * CARBON,
    ("I.1", "CO2"): 104e4 * 0.538,
    ("I.2", "CO2"): 4.4e4 * 0.683,
    # Limestone 0.430, dolomite 0.474; pig iron 4.1 %, steel 0.248 % of carbon.
    ("I.3", "CO2"): 2.7e4 * 0.430 + 0.95e4 * 0.474 + (18.5e4 * 0.041 - 22e4 * 0.00248) * CARBON,
    ("I.4", "CO2"): 0.4e4 * 1.154,
    ("I.5", "N2O"): 0.18e4 * 0.293,
    ("I.6", "N2O"): 1e4 * 11.77e-3,
    # CF4 0.0888 and C2F6 0.0114 kg/t; GWP of the SAR: 6500 and 9200.
    ("I.7", "PFCs"): 1.05e4 * (0.0888 * 6500 + 0.0114 * 9200) * 1e-3,
    ("I.8", "SF6"): 0.09e4 * 0.490e-3,
    ("I.9", "SF6"): 6.1 * 0.086,
    # East China: 211.4, 224.0 and 215.5 kg CH4/ha.
    ("A.1", "CH4"): 3.6 * 211.4 + 3.9 * 224.0 + 6.5 * 215.5,
    # Zone V: 0.0178 kg N2O-N/kg N direct; 10 % volatilised x 0.01 and 20 % leached x 0.0075.
    ("A.2", "N2O"): 1.31e4 * (0.0178 + 0.1 * 0.01 + 0.2 * 0.0075) * NITROGEN,
    ("A.3", "CH4"): 1.5e3 * 0.0881 + 16e3 * 0.0679 + 27e3 * 0.0094 + 190e3 * 0.001,
    ("A.4", "CH4"): (1.5 * 8.33 + 16 * 3.31 + 27 * 0.28 + 190 * 5.08 + 4200 * 0.02),
    ("L.1.1", "CO2"): -wood(GROWTH),
    # 35.21, 68.48 and 17.99 t dm/ha.
    ("L.1.2", "CO2"): -60 * 35.21 * 0.5 * CARBON,
    ("L.1.3", "CO2"): -90 * 68.48 * 0.5 * CARBON,
    ("L.1.4", "CO2"): -20 * 17.99 * 0.5 * CARBON,
    # National means 0.462 t dm/m3 and 1.787.
    ("L.1.5", "CO2"): -13e4 * 0.462 * 1.787 * 0.085 * 0.5 * CARBON,
    ("L.1.6", "CO2"): wood(USE),
    # 65 t dm/ha lost on 22 ha: 15 % burned on the spot, 20 % elsewhere, 90 % oxidised; 15 % decay.
    ("L.2.1", "CO2"): 22 * 65 * (0.15 + 0.20) * 0.9 * 0.5 * CARBON,
    ("L.2.2", "CO2"): 22 * 65 * 0.15 * 0.5 * CARBON,
    # Municipal waste 20 % carbon, 39 % fossil, 95 % burned; hazardous waste 1 %, 90 %, 97 %.
    ("W.1", "CO2"): (23.5e4 * 0.2 * 0.39 * 0.95 + 0.5e4 * 0.01 * 0.9 * 0.97) * CARBON,
    ("W.2", "CH4"): 0.68e4 * 0.6 * 0.165 + 0.17e4 * 0.25 * 0.8,
    ("B.1", "CO2"): KEROSENE * 0.13e4 * CARBON,
    ("B.2", "CO2"): FUEL_OIL * 0.95e4 * CARBON,
    # Regional grid of East China, announced for 2023: 0.5500 t CO2/MWh.
    ("P", "CO2"): (241000 - 18500) * 10 * 0.5500,
}
# Rows that are sums of others: total and subtotals.
SUMS = {
    "E.1": ["E.1.1", "E.1.2", "E.1.3", "E.1.4", "E.1.5", "E.1.6"],
    "E": ["E.1", "E.2", "E.3", "E.4", "E.5"],
    "L.1": ["L.1.1", "L.1.2", "L.1.3", "L.1.4", "L.1.5", "L.1.6"],
    "L.2": ["L.2.1", "L.2.2"],
    "L": ["L.1", "L.2"],
    "W": ["W.1", "W.2"],
    "B": ["B.1", "B.2"],
    "N": ["E", "I", "A", "W"],
    "T": ["N", "L"],
}
# Gases of a sector that have no row of their own (glass, carbonates, ammonia; burning, lime, urea).
MORE = {
    # IPCC 2006 Vol. 3: float glass 0.21, calcium carbonate 0.43971; ammonia 3.273 t CO2/t; prebake
    # anodes 1.6 t CO2/t of aluminium.
    ("I", "CO2"): (
        ["I.1", "I.2", "I.3", "I.4"],
        9e4 * 0.21 + 0.9e4 * 0.4397 + 1.3e4 * 3.273 + 1.05e4 * 1.6,
    ),
    # IPCC 2006 Vol. 4 eq 11.12 and 11.13: 0.12 t C/t of limestone, 0.20 of urea.
    ("A", "CO2"): ([], (0.14e4 * 0.12 + 0.36e4 * 0.20) * CARBON),
    # IPCC 2006 Vol. 4 Table 2.5: 2.7 g CH4/kg dm, 0.80 burned.
    ("A", "CH4"): (["A.1", "A.3", "A.4"], 0.1e4 * 0.80 * 2.7e-3),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("rows") / "out"
    outcome = reviewed("demo-county", out, RunOptions(LAYOUT))
    assert not outcome.blocked, outcome.problems
    return Results.read(out)


@pytest.fixture(scope="module")
def table(results):
    rows = summary(results, library_of(results), LAYOUT)
    rows = rows[rows["period"] == 2024].set_index(["code", "gas"])
    return rows["amount"].fillna(rows["co2e"])


def test_every_row_has_a_figure_by_hand():
    told = {code for code, _ in LEAVES} | set(SUMS) | {code for code, _ in MORE}
    assert told == {line.code for line in layout(LAYOUT)}
    assert len(layout(LAYOUT)) == 47


@pytest.mark.parametrize("line", layout(LAYOUT), ids=lambda line: line.code)
def test_every_row_has_a_method_and_an_entry(results, line):
    base = library()
    accounts = set().union(*(base.below(root) for root in line.roots))
    added = {other.code: other for other in layout(LAYOUT)}
    for code in line.added:
        accounts |= set().union(*(base.below(root) for root in added[code].roots))
    rules = profile(LAYOUT).rules
    assert any(
        rule.methods and any(accounts & base.below(account) for account in rule.accounts)
        for rule in rules
    )
    postings = results.postings
    rows = postings[postings["account"].isin(accounts) & postings["amount"].notna()]
    assert sorted(rows["period"].unique()) == list(range(2019, 2025))
    assert (rows["method"] != "").all()


@pytest.mark.parametrize(("code", "gas"), LEAVES, ids=lambda text: text)
def test_the_figure_of_a_row_is_that_by_hand(table, code, gas):
    assert table[code, gas] == pytest.approx(LEAVES[code, gas], rel=2e-5)


@pytest.mark.parametrize("code", SUMS)
def test_totals_are_the_sums_of_their_rows(table, code):
    for gas in ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6"):
        parts = [table.get((part, gas), default=math.nan) for part in SUMS[code]]
        known = [part for part in parts if not math.isnan(part)]
        if known:
            assert table[code, gas] == pytest.approx(sum(known), rel=1e-12), gas


@pytest.mark.parametrize(("code", "gas"), MORE, ids=lambda text: text)
def test_a_sector_holds_what_has_no_row_of_its_own(table, code, gas):
    parts, rest = MORE[code, gas]
    assert table[code, gas] == pytest.approx(sum(table[part, gas] for part in parts) + rest)
