"""Growth at comparable prices and what is missing: a service added is no growth, nothing is 0."""

from dataclasses import replace
from io import StringIO
from types import SimpleNamespace

import pytest
from rich.console import Console

from carbonledger import units
from carbonledger.analysis.gep.accounts import township_table
from carbonledger.analysis.gep.change import change_table, comparable_growth
from carbonledger.analysis.gep.facts import gep_facts
from carbonledger.analysis.gep.indicators import indicator_table
from carbonledger.analysis.gep.report import gep_tables
from carbonledger.analysis.gep.sensitivity import sensitivity_table
from carbonledger.analysis.gep.two_runs import joined
from carbonledger.api import library_of, run
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.paths import factors_dir
from carbonledger.reports.context import Names
from carbonledger.reports.gep_console import account_grid
from tests.gep_two_years import gep_folder, gep_run

STORAGE = (
    "parameter,value,unit,price_year,price_kind,value_concept,deflator,source,locator\n"
    "storage_cost,1,元/m3,2022,cost,replacement,cpi,测试,测试\n"
)
OXYGEN = STORAGE.replace("storage_cost,1,元/m3", "oxygen_price,500,元/t O2")


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    return gep_run(tmp_path_factory.mktemp("gep") / "account")


@pytest.fixture(scope="module")
def facts(account):
    return account[1]


def constant(facts, year, accounts):
    rows = facts.postings
    rows = rows[(rows["measure"] == "value_constant") & (rows["period"] == year)]
    return rows.loc[rows["account"].isin(accounts), "amount"].sum()


def test_a_service_of_one_year_only_is_no_growth_at_comparable_prices(facts):
    # Livestock is entered for 2022 and fish for 2023 alone; everything else for both.
    both = ["G.1.1", "G.2.1", "G.2.6.a", "G.2.8", "G.2.9"]
    expected = (constant(facts, 2023, both) / constant(facts, 2022, both) - 1) * 100
    whole = (
        constant(facts, 2023, [*both, "G.1.4"]) / constant(facts, 2022, [*both, "G.1.3"]) - 1
    ) * 100
    table = {row["account"]: row for row in change_table(facts, 2022, 2023).rows}
    assert table["G"]["comparable"] == pytest.approx(expected, rel=1e-6)
    assert table["G"]["comparable"] != pytest.approx(whole, rel=1e-3)
    assert table["G.1.4"]["comparable"] is None
    assert comparable_growth(facts, 2022, 2023) == table["G"]["comparable"]
    rows = {row["indicator"]: row for row in indicator_table(facts).rows}
    (growth,) = [row for name, row in rows.items() if name.startswith("可比价增速")]
    assert growth["2023"] == table["G"]["comparable"]
    assert growth["2022"] is None


def test_a_change_of_scope_is_told_unasked_and_beside_the_split(account, facts):
    (told,) = [each for each in account[0].problems if each.code == "gep-scope"]
    # Livestock of 2000 万元 went, fish of 900 came.
    for words in ("畜牧业产品", "渔业产品", "-1,100.00 万元", "不是增长"):
        assert words in told.message.zh
    assert [each.code for each in change_table(facts, 2022, 2023).problems] == ["gep-scope"]
    same = facts.postings[~facts.postings["account"].isin(["G.1.3", "G.1.4"])]
    assert list(change_table(replace(facts, postings=same), 2022, 2023).problems) == []


def test_a_township_without_a_class_has_no_zero(facts):
    rows = facts.postings
    kept = rows[~((rows["region"] == "T2") & (rows["class"] == "G.1"))]
    towns = {
        row.get("region"): row for row in township_table(replace(facts, postings=kept), 2022).rows
    }
    assert towns["T1"]["G.1"] == 8000
    assert towns["T2"]["G.1"] is None
    assert towns["T2"]["total"] == towns["T2"]["G.2"]


def test_less_than_nothing_retained_is_told_kept_or_set_to_zero(tmp_path):
    rows = "T1,2022,G.2.1,沼泽,10,800,700,20,,,,\nT1,2022,G.2.1,竹林,10,1600,900,4,,,,"
    kept, facts = gep_run(tmp_path / "kept", rows)
    (told,) = [each for each in kept.problems if each.code == "gep-negative-retention"]
    # 10 km2 x (800 - 160 - 700) mm = -600,000 m3.
    assert "-600,000 m3" in told.message.zh
    assert (told.file, told.cell) == ("entries.csv", "E2")
    own = (factors_dir() / "profiles" / "gep-garze-2010.toml").read_text("utf-8")
    own = own.replace('"gep-garze-2010"', '"own"', 1)
    own = own.replace('"gep-storage-capital"', '"gep-storage-not-below-zero"')
    (tmp_path / "profile.toml").write_text(own, "utf-8")
    folder = gep_folder(tmp_path / "clipped", rows, (tmp_path / "profile.toml").as_posix())
    (folder / "factors.csv").write_text(STORAGE, "utf-8")
    clipped = run(folder)
    found = gep_facts(clipped.results, clipped.library)
    amounts = {row["item"]: row["amount"] for row in found.physical.to_dict("records")}
    assert sorted(amounts.values()) == pytest.approx([0, 10e6 * (1.6 - 0.064 - 0.9)])
    (told,) = [each for each in clipped.problems if each.code == "gep-negative-retention"]
    assert "记 0" in told.message.zh
    assert facts.physical["amount"].min() == pytest.approx(-6e5)
    assert sensitivity_table(found, 2022).rows  # an own profile has its tables as well


def test_tables_speak_in_words(facts):
    assert [units.spelled(unit) for unit in ("head", "visit", "room_night", "piece", "t CO2")] == [
        "头", "人次", "间夜", "个", "t CO2",
    ]  # fmt: skip
    rows = sensitivity_table(facts, 2023).rows
    shown = [str(row[key]) for row in rows for key in ("what_words", "used_words", "instead_words")]
    assert not any("gep." in words or "_" in words for words in shown)
    (without,) = [row for row in rows if row["what"] == "重复计算规则 5"]
    assert "释氧" in without["what_words"]
    (table,) = gep_tables(facts, "parameters")
    assert all(row["name"] != row["argument"] for row in table.rows)


def test_profiles_of_one_name_and_other_content_do_not_compare(facts):
    info = facts.results.info
    digests = {**info["digests"], "profile": "another"}
    other = SimpleNamespace(info={**info, "digests": digests})
    with pytest.raises(CarbonledgerError, match=r"内容不同.*重算其中一年"):
        joined(replace(facts, results=other), facts)


def test_small_services_are_no_zero_on_the_screen(account):
    results = account[0].results
    grid = account_grid(results.totals, Names.of(library()), "zh")
    wide = Console(width=400, record=True, file=StringIO())
    wide.print(grid)
    lines = wide.export_text().splitlines()
    (line,) = [each for each in lines if "G.2.6.a" in each and "2023" in each]
    # 30 t of sulphur dioxide at 1,200 CNY/t (Garzê 2010) with the CPI to 2023: some 5e4 CNY.
    assert "30.00 t" in line
    assert "0.0005" in line


def test_an_own_price_is_set_beside_those_of_the_library(tmp_path):
    rows = "T1,2022,G.2.9,常绿阔叶林,,,,,,30000,,"
    folder = gep_folder(tmp_path / "own", rows)
    (folder / "factors.csv").write_text(OXYGEN, "utf-8")
    finished = run(folder)
    # With the library of the run, which holds the own price, and with that of a stored run.
    tables = [
        sensitivity_table(gep_facts(finished.results, each), 2022).rows
        for each in (finished.library, library_of(finished.results))
    ]
    assert tables[0] == tables[1]
    instead = {row["instead"] for row in tables[0] if row["what"] == "oxygen_price"}
    assert "lyt-1721-2008" in instead
