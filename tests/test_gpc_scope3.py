"""Scope 3 of the GPC from the same entries, and honest gaps where nothing was entered."""

import pytest

from carbonledger.analysis.summary import layout, summary
from carbonledger.api import library_of, run

HEAD = (
    "年份,科目,品种,细项,数量,单位,保有量 [辆],年均行驶里程 [万公里/年],"
    "百公里电耗 [kWh/百车公里],实测CH4排放量 [t CH4]\n"
)
ROWS = """2022,1.A.4.b,电力,,1000,万kWh,,,,
2022,1.A.2,电力,,0.1229,万tce(4.1868),,,,
2022,1.A.3.b,电力,,100,万kWh,,,,
2022,1.A.3.b.i,电力,纯电动小客车,,,1000,1,15,
2022,1.A.4.b,液化石油气,,1,万t,,,,
2022,M.1.a,航空煤油,,0.1,万t,,,,
2022,M.8.a,柴油,,0.1,万t,,,,
2022,M.9.a,生活垃圾,,,,,,,30
2022,M.9.c,,,NE,t,,,,
"""


@pytest.fixture(scope="module", params=["gpc-basic", "gpc-basic-plus"])
def finished(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gpc")
    (folder / "a.csv").write_text(HEAD + ROWS, "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "350500"\nperiods = [2022]\nprofile = "{request.param}"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    return run(folder)


@pytest.fixture(scope="module")
def lines(finished):
    table = summary(finished.results, library_of(finished.results), "gpc")
    return table.set_index(["code", "gas"])


def test_losses_are_what_must_be_supplied_beside_what_is_used(lines):
    # Fujian 2022: 0.4092 t CO2/MWh; 4.82 % of what the grid is supplied with is lost.
    share = 0.0482 / (1 - 0.0482)
    assert lines.loc[("I.1.3", "CO2"), "amount"] == pytest.approx(1e4 * 0.4092 * share)
    used = 1229 * 29.3076 / 3.6  # MWh of 1229 tce by heat
    assert lines.loc[("I.3.3", "CO2"), "amount"] == pytest.approx(used * 0.4092 * share, rel=1e-6)
    supplied = lines.loc[("I.1.2", "CO2"), "amount"] + lines.loc[("I.1.3", "CO2"), "amount"]
    assert supplied * (1 - 0.0482) == pytest.approx(lines.loc[("I.1.2", "CO2"), "amount"])


def test_electricity_known_by_vehicles_alone_is_said_to_be_missing(lines):
    row = lines.loc[("II.0.3", "CO2")]
    assert row["amount"] == pytest.approx(1e3 * 0.4092 * 0.0482 / (1 - 0.0482))
    assert "NE" in row["notation"]


def test_transboundary_transport_holds_bunkers_and_what_is_entered_outside(lines):
    # IPCC 2006 Vol. 2 Table 1.4: jet kerosene 71.5, diesel 74.1 t CO2/TJ.
    assert lines.loc[("II.4.3", "CO2"), "amount"] == pytest.approx(1e3 * 43.07e-3 * 71.5)
    assert lines.loc[("II.1.3", "CO2"), "amount"] == pytest.approx(1e3 * 42.652e-3 * 74.1)
    assert lines.loc[("II.1.3", "CH4"), "notation"] == "NE"


def test_waste_treated_outside_is_in_basic_and_a_gap_stays_a_gap(lines):
    assert lines.loc[("III.1.2", "CH4"), "amount"] == 30
    assert lines.loc[("III.3.2", "CO2"), "notation"] == "NE"
    burned = lines.loc[("I.1.1", "CH4"), "amount"]
    assert lines.loc[("BASIC", "CH4"), "amount"] == pytest.approx(30 + burned)


def test_basic_plus_adds_scope_3_and_basic_does_not(lines):
    basic, plus = (lines.loc[(code, "CO2"), "amount"] for code in ("BASIC", "BASIC+"))
    scope3 = [line.code for line in layout("gpc") if line.scope == "3" and line.code[:3] != "III"]
    assert len(scope3) == 11
    known = [code for code in scope3 if (code, "CO2") in lines.index]
    assert plus - basic == pytest.approx(lines.loc[[(c, "CO2") for c in known], "amount"].sum())


def test_scope_3_is_never_in_the_inventory_itself(finished, lines):
    postings = finished.postings
    inside = postings[postings["book"] == "inventory"]
    assert not inside["account"].str.startswith("M").any()
    territorial = lines.loc[("TERRITORIAL", "CO2"), "amount"]
    assert territorial == pytest.approx(lines.loc[("I.1.1", "CO2"), "amount"])
