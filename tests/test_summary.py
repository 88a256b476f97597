"""Summary tables: lines add up, layouts close to the gas masses, scopes are told apart."""

import openpyxl
import pandas as pd
import pytest

from carbonledger.analysis.summary import differences, layout, layouts, summary
from carbonledger.api import library_of, run_to_folder
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions
from carbonledger.errors import CarbonledgerError
from carbonledger.reports.numbers import TONNES, WAN_TONNES
from carbonledger.reports.summary_report import write_summary_report

ROWS = """地区,年份,科目,品种,数量,单位
350500,2022,1.A.4.b,液化石油气,1.5,万t
350500,2022,1.A.4.b,电力,1000,万kWh
350500,2022,1.A.3,柴油,2,万t
350500,2022,1.A.3.b,汽油,1,万t
350500,2022,1.A.1.a.i,烟煤,3,万t
350500,2022,2.A.1,水泥熟料,10,万t
350500,2022,M.1.b,燃料油,0.4,万t
350500,2021,1.A.4.b,液化石油气,1.2,万t
"""


def run(folder, profile):
    (folder / "a.csv").write_text(ROWS, "utf-8")
    (folder / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2021, 2022]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    _, outcome = run_to_folder(folder, folder / profile, RunOptions(profile))
    assert not outcome.blocked, outcome.problems
    return Results.read(folder / profile)


@pytest.fixture(scope="module", params=["cn-provincial-2011", "gpc-basic"])
def results(request, tmp_path_factory):
    return run(tmp_path_factory.mktemp("summary"), request.param)


def table_of(results, name, period=2022):
    table = summary(results, library_of(results), name)
    return table[table["period"] == period].set_index(["code", "gas"])


def posted(results, period=2022):
    postings = results.postings
    kept = postings[(postings["period"] == period) & (postings["book"] == "inventory")]
    return kept.groupby("measure")["amount"].sum()


@pytest.mark.parametrize("name", layouts())
def test_lines_name_accounts_that_exist_and_codes_are_unique(name):
    from carbonledger.library.load import library

    lines = layout(name)
    known = set(library().accounts["account"])
    items = set(library().items["item"])
    codes = [line.code for line in lines]
    assert len(codes) == len(set(codes))
    assert [line.line for line in lines] == list(range(1, len(lines) + 1))
    for line in lines:
        assert {root.removeprefix("=") for root in line.roots} <= known, line.code
        assert set(line.added) <= set(codes), line.code
        assert bool(line.roots) != bool(line.added), line.code
        for text in (line.items, line.except_items):
            assert set(filter(None, text.split("|"))) <= items, line.code


def test_the_three_layouts_close_to_the_same_masses(results):
    masses = posted(results)
    scope2 = 0.0
    if "gpc" in results.info["profile"]:
        scope2 = table_of(results, "gpc").loc[("I.1.2", "CO2"), "amount"]
        assert scope2 > 1000
    top = {"cn-provincial-2011": "T", "ipcc-2006": "TOTAL", "gpc": "TERRITORIAL"}
    for name, code in top.items():
        table = table_of(results, name)
        for gas in ("CO2", "CH4", "N2O"):
            expected = masses[gas] - (scope2 if gas == "CO2" else 0.0)
            assert table.loc[(code, gas), "amount"] == pytest.approx(expected, rel=1e-12), name


def test_what_a_layout_leaves_out_is_listed(results):
    base = library_of(results)
    assert differences(results, base, "gpc").empty
    rest = differences(results, base, "cn-provincial-2011")
    # The provincial table has no line for purchased electricity in its sectors.
    left_out = set(rest["item"])
    assert left_out == ({"electricity"} if "gpc" in results.info["profile"] else set())


def test_provincial_lines_add_up(results):
    table = table_of(results, "cn-provincial-2011")
    total = table.loc[("T", "CO2"), "amount"]
    assert total == pytest.approx(sum(table.loc[(code, "CO2"), "amount"] for code in ("E", "I")))
    assert table.loc[("N", "CO2"), "amount"] == total  # no land use among the entries
    below = [c for c, gas in table.index if gas == "CO2" and c.startswith("E.1.")]
    assert table.loc[("E.1", "CO2"), "amount"] == pytest.approx(
        sum(table.loc[(code, "CO2"), "amount"] for code in below)
    )
    # Bunkers and transfers are memo lines outside the total.
    assert table.loc[("B.2", "CO2"), "amount"] > 0
    assert ("W", "CO2") not in table.index


def test_transport_without_a_mode_has_its_own_line(results):
    table = table_of(results, "gpc")
    diesel, petrol = table.loc[("II.0.1", "CO2"), "amount"], table.loc[("II.1.1", "CO2"), "amount"]
    assert table.loc[("II", "CO2"), "amount"] == pytest.approx(diesel + petrol)
    # Generation for the grid stands outside BASIC and inside the territorial total.
    power = table.loc[("I.4.4", "CO2"), "amount"]
    assert table.loc[("BASIC", "CO2"), "amount"] < table.loc[("TERRITORIAL", "CO2"), "amount"]
    assert power > 50_000


def test_a_line_without_exceptions_holds_entries_without_an_item():
    (line,) = [line for line in layout("cn-provincial-2011") if line.code == "L.1.4"]
    assert line.holds("")
    assert line.holds("shrub_forest")
    (fuels,) = [line for line in layout("cn-provincial-2011") if line.code == "E.1.4"]
    assert fuels.holds("")
    assert fuels.holds("diesel")
    assert not fuels.holds("electricity")


def test_years_and_gases_stay_apart(results):
    table = summary(results, library_of(results), "cn-provincial-2011")
    per_year = table[(table["code"] == "E.1.6") & (table["gas"] == "CO2")].set_index("period")
    ratio = per_year.loc[2021, "amount"] / per_year.loc[2022, "amount"]
    assert ratio == pytest.approx(1.2 / 1.5)


def test_an_unknown_layout_is_refused():
    with pytest.raises(CarbonledgerError) as refusal:
        layout("unfccc")
    assert "gpc" in refusal.value.text.zh


@pytest.mark.parametrize(("scale", "divisor"), [(TONNES, 1), (WAN_TONNES, 10_000)])
def test_the_workbook_prints_the_same_figures(results, tmp_path, scale, divisor):
    target = tmp_path / "tables.xlsx"
    write_summary_report(target, results, library_of(results), layouts(), scale)
    book = openpyxl.load_workbook(target)
    assert len(book.sheetnames) == 3
    sheet = book["省级清单汇总表 Provincial summary"[:31]]
    rows = {(row[0].value, row[3].value): row for row in sheet.iter_rows() if row[0].value}
    cell = rows["E.1.6", 2022][4].value
    expected = table_of(results, "cn-provincial-2011").loc[("E.1.6", "CO2"), "amount"]
    assert cell == pytest.approx(expected / divisor)
    assert rows["W", 2022][4].value == "—"  # nothing computed is no zero


def test_the_run_writes_the_tables_too(results):
    assert (results.folder / "summary_tables.xlsx").is_file()
    assert isinstance(results.postings, pd.DataFrame)
