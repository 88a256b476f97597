"""Totals, shares and ratios of published accounts, through the tables that a county gets.

Only totals are published of these accounts, so they test sums, shares, indicators and findings.
"""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
from test_gep_doubts import YEAR, facts_of

from carbonledger import units
from carbonledger.analysis.gep.accounts import ecosystem_table, service_table
from carbonledger.analysis.gep.checks import dominating_services
from carbonledger.analysis.gep.indicators import indicator_table
from carbonledger.analysis.gep.plausibility import value_per_area
from carbonledger.analysis.uses.present_value import present_value
from carbonledger.library.load import library

YI = 1e8


def account(*values, figures=()):
    """Facts of values ``(account, amount in 亿元)`` or ``(account, item, amount)``."""
    given = [(row[0], row[1] if len(row) > 2 else "", row[-1] * YI, "") for row in values]
    found = facts_of(*given, figures=figures)
    title = {"zh": "公布的账户", "en": "published account"}
    info = {**found.results.info, "profile_title": title}
    return replace(found, results=SimpleNamespace(**{**vars(found.results), "info": info}))


def column(facts, name):
    return {row["account"]: row[name] for row in service_table(facts, YEAR, "亿元").rows}


def indicator(facts, start):
    rows = indicator_table(facts).rows
    return next(row[str(YEAR)] for row in rows if row["indicator"].startswith(start))


def test_types_of_garze_sum_to_its_total():
    # 白玛卓嘎等 2017, Table 4: forest, shrubs, grass, wetland, fields, towns, ice, bare land.
    types = {
        "forest": 2176.0, "shrubland": 1490.88, "grassland": 2397.56, "wetland": 1396.13,
        "cropland": 42.29, "urban": 1.0, "glacier_snow": 5.6, "bare_land": 36.13,
    }  # fmt: skip
    facts = account(*(("G.2", item, value) for item, value in types.items()))
    *_, last = ecosystem_table(facts, YEAR, "亿元").rows
    assert last["total"] == 7545.59
    assert last["forest"] == 2176.0
    assert sum(value for key, value in last.items() if key not in {"name", "total"}) == (
        pytest.approx(7545.59, abs=1e-9)
    )


@pytest.mark.parametrize(
    ("classes", "total", "shares"),
    [
        # Shenzhen 2020: products, regulating, culture.
        ((("G.1", 23.55), ("G.2", 699.52), ("G.3", 580.75)), 1303.82, {}),
        # Yantian 2013: nature and settlements, of which the second is built; printed shares.
        ((("G.2", 660.88), ("G.3", 354.52)), 1015.40, {"G.2": 65.09, "G.3": 34.91}),
        # Ninghai 2018: 588.44 converted (products and culture), regulating 53.26 %.
        ((("G.1", 588.44), ("G.2", 670.59)), 1259.03, {"G.2": 53.26}),
        # China (land) 2015, 1e12 CNY: regulating 53.14 of 72.81, 73.0 %.
        ((("G.2", 531400), ("G.3", 196700)), 728100, {"G.2": 73.0}),
        # Xiamen 2019: recreation 77.95 %, species 11.76 % of 1373.40.
        (
            (("G.3.2", 1070.62), ("G.2.13", 161.55), ("G.2.1", 141.23)),
            1373.40,
            {"G.3.2": 77.95, "G.2.13": 11.76},
        ),
        # Cuiheng wetland, Zhongshan 2018, 万元: coast, flood, carbon, tourism, all others.
        (
            (
                ("G.2.4", 3612.72), ("G.2.5", 2583.50), ("G.2.8", 1502.27), ("G.3.1", 946.48),
                ("G.2.13", 2337.66),
            ),
            10982.63,
            {"G.2.5": 23.52, "G.2.8": 13.68, "G.3.1": 8.62},
        ),
    ],
)  # fmt: skip
def test_sums_and_shares(classes, total, shares):
    facts = account(*classes)
    assert column(facts, "value")["G"] == pytest.approx(total, rel=1e-12)
    assert indicator(facts, "GEP（现价）") == pytest.approx(total, rel=1e-12)
    found = column(facts, "share")
    # Printed with two digits, one with three (73.0); one is cut, not rounded.
    assert {key: found[key] for key in shares} == pytest.approx(shares, abs=0.016)


def test_converted_value_of_ninghai_is_what_regulating_leaves():
    values = column(account(("G.1", 588.44), ("G.2", 670.59)), "value")
    assert values["G"] - values["G.2"] == pytest.approx(588.44, rel=1e-6)


def test_wetlands_of_china_have_the_share_of_their_own_total():
    # Printed 28.08e12 CNY and "42.4 %"; of 72.81 it is 38.6 %: the printed share has another base.
    facts = account(("G.2", "wetland", 280800), ("G.2", "forest", 198900), ("G.2", 248400))
    *_, last = ecosystem_table(facts, YEAR, "亿元").rows
    assert last["wetland"] / last["total"] * 100 == pytest.approx(38.57, abs=0.005)
    assert last["wetland"] / last["total"] * 100 != pytest.approx(42.4, abs=3)


def test_indicators_of_guizhou_and_jiangle():
    # Guizhou 2010: 20,013.46 and 57,526 CNY per head, of 34.79 million people.
    facts = account(("G.2", 20013.46), figures=[("population", 34.79e6)])
    assert indicator(facts, "人均 GEP") * 1e4 == pytest.approx(57526, abs=1)
    # Jiangle 2018: 236.9 over a GDP of 137.81 is 1.72; 1.86 is printed and does not follow.
    facts = account(("G.2", 236.9), figures=[("gdp", 137.81 * YI)])
    assert indicator(facts, "GEP/GDP") == pytest.approx(1.72, abs=0.005)


def test_published_accounts_lie_within_the_bands_and_ten_times_do_not():
    # Shenzhen 2020 (0.65e8 CNY/km2) and the wetlands of Yanqing 2016 (1.18e8 CNY/km2).
    for value, area in ((1303.82, 1997), (1.18, 1)):
        figures = [("land_area", area)]
        assert list(value_per_area(account(("G", value), figures=figures))) == []
        assert len(list(value_per_area(account(("G", 10 * value), figures=figures)))) == 1


def test_one_service_dominates_in_xiamen():
    totals = facts_of(("G", "", 1373.40 * YI, ""), ("G.3.2", "", 1070.62 * YI, "")).postings
    (told,) = dominating_services(totals, library())
    assert "77.9" in told.message.zh or "78.0" in told.message.zh


def test_rental_price_of_carbon():
    # NatCap: 678.33 USD/t C at 2 % is 13.43 USD/(t C a), P(1 − e^−r): the payment at the start of
    # each year without end that is worth the price (here 2,000 years).
    assert present_value(13.43, math.exp(0.02) - 1, 2000, at_start=True) == pytest.approx(
        678.33, rel=5e-4
    )


def test_first_forest_carbon_ticket_per_area():
    # Changkou: 12,723 t on 3,197 mu are 59.7 t/ha for the whole period of monitoring.
    assert units.convert(12723 / 3197, "t CO2/亩", "t CO2/ha") == pytest.approx(59.7, rel=0.001)
