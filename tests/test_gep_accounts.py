"""Tables, indicators, change and sensitivity of GEP accounts: published figures and invariants."""

import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from carbonledger import cli
from carbonledger.analysis.gep.accounts import ecosystem_table, service_table, township_table
from carbonledger.analysis.gep.change import change_table, effects
from carbonledger.analysis.gep.facts import gep_facts, price_of
from carbonledger.analysis.gep.indicators import indicator_table, price_table
from carbonledger.analysis.gep.price_index import price_index
from carbonledger.analysis.gep.report import TABLES, gep_tables
from carbonledger.analysis.gep.sensitivity import sensitivity_table
from carbonledger.analysis.gep.two_runs import joined
from carbonledger.api import run
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from tests.gep_two_years import ROWS, gep_folder, gep_run

PRICES = (
    "parameter,item,value,unit,price_year,price_kind,value_concept,deflator,source,locator\n"
    "{row},测试,测试\n"
)


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    return gep_run(tmp_path_factory.mktemp("gep") / "account")


@pytest.fixture(scope="module")
def facts(account):
    return account[1]


@pytest.fixture(scope="module")
def garze():
    finished = run("garze-2010-gep")
    found = gep_facts(finished.results, finished.library)
    assert found is not None
    return finished, found


def by(table, key, name):
    return {row[key]: row[name] for row in table.rows}


def test_garze_by_service_has_the_published_shares(garze):
    # Table 3 of the paper: 7545.59 in all, 632.64 + 6842.28 + 70.67 (1e8 CNY); a quantity printed
    # with two digits (0.31e8 t CO2) moves the total by 0.04 %.
    values = by(service_table(garze[1], 2010, "亿元"), "account", "value")
    assert values["G"] == pytest.approx(7545.59, rel=5e-4)
    assert values["G.1"] == pytest.approx(632.64, abs=0.01)
    assert values["G.3"] == pytest.approx(70.67, abs=0.005)
    assert values["G"] == pytest.approx(values["G.1"] + values["G.2"] + values["G.3"], rel=1e-12)


def test_garze_climate_by_ecosystem_type_is_table_4(garze):
    # Table 4: transpiration of forest 666.68, shrubs 309.16, grassland 507.68 (1e8 CNY).
    rows = {row.get("account"): row for row in ecosystem_table(garze[1], 2010, "亿元").rows}
    climate = rows["G.2.10.a"]
    assert climate["forest"] == pytest.approx(666.68, abs=0.01)
    assert climate["shrubland"] == pytest.approx(309.16, abs=0.01)
    assert climate["grassland"] == pytest.approx(507.68, abs=0.01)
    assert rows["G.2.12"]["forest"] == pytest.approx(5.925)
    assert rows["G.2.12"]["grassland"] == pytest.approx(8.0003, abs=1e-4)


def test_garze_per_head(garze):
    # 71.18 (1e4 CNY per head), 7545.59e8 over 106e4 people.
    table = by(indicator_table(garze[1]), "indicator", "2010")
    head = next(value for name, value in table.items() if name.startswith("人均"))
    assert head == pytest.approx(71.18, rel=1e-3)
    ratio = next(value for name, value in table.items() if name.startswith("GEP/GDP"))
    assert ratio is None  # the paper's GDP is not among the figures: missing, not zero


def test_rows_and_columns_of_every_table_close(facts):
    whole = by(service_table(facts, 2023, "元"), "account", "value")["G"]
    for table in (ecosystem_table(facts, 2023, "元"), township_table(facts, 2023, "元")):
        *rows, last = table.rows
        columns = [
            column.name
            for column in table.columns
            if column.name not in {"account", "name", "region", "total", "share"}
        ]
        for row in table.rows:
            parts = [row[name] for name in columns if row[name] is not None]
            assert sum(parts) == pytest.approx(row["total"], rel=1e-12)
        for name in [*columns, "total"]:
            parts = [row[name] for row in rows if row[name] is not None]
            assert sum(parts) == pytest.approx(last[name], rel=1e-12)
        assert last["total"] == pytest.approx(whole, rel=1e-12)


def test_quantities_by_type_sum_to_those_of_the_service(facts):
    quantities = by(service_table(facts, 2023), "account", "quantity")
    for row in ecosystem_table(facts, 2023, physical=True).rows:
        assert row["total"] == pytest.approx(quantities[row["account"]], rel=1e-12)
    # Water retained by hand: A·(P·(1 − α) − ET) of both towns, m3.
    by_hand = 118e6 * (1.9 * 0.96 - 0.86) + 61e6 * (1.8 * 0.96 - 0.81)
    assert quantities["G.2.1"] == pytest.approx(by_hand, rel=1e-9)


def test_what_is_missing_stays_missing(facts):
    rows = {row["account"]: row for row in service_table(facts, 2023).rows}
    assert rows["G.1.1"]["quantity"] is None
    assert "G.1.3" not in rows
    types = {row.get("account"): row for row in ecosystem_table(facts, 2023).rows}
    assert types["G.1.1"]["forest"] is None


def test_doubling_a_price_doubles_its_value(facts):
    priced = 0
    for term in facts.terms(facts.current):
        name = price_of(term)
        if term.parameters[name] != "entry":
            priced += 1
            doubled = term.again(**{name: 2 * term.numbers[name]})
            assert doubled == pytest.approx(2 * term.amount, rel=1e-12)
        assert term.again() == pytest.approx(term.amount, rel=1e-12)
    assert priced


def test_gdp_stands_beside_and_is_never_added(facts):
    table = indicator_table(facts)
    values = by(table, "indicator", "2023")
    gep = values["GEP（现价） GEP at current prices"]
    assert values["GDP（现价，并列） GDP at current prices (beside)"] == pytest.approx(21)
    assert values["GEP/GDP（绿金指数） GEP/GDP"] == pytest.approx(gep / 21)
    assert not any(value == pytest.approx(gep + 21) for value in values.values() if value)
    shares = [values[name] for name in values if name.endswith("services")]
    assert len(shares) == 4
    assert sum(share for share in shares if share is not None) == pytest.approx(100)
    assert None in shares  # no culture and no deduction were entered: missing, not zero
    by_kind = [row for row in price_table(facts, 2023).rows if row["by"] == "kind"]
    assert sum(row["share"] for row in by_kind) == pytest.approx(100)


def test_the_change_adds_up_to_the_last_digit(facts):
    found = effects(facts, 2022, 2023)
    for each in found.values():
        assert each.quantity + each.price + each.scope == each.after - each.before
    table = {row["account"]: row for row in change_table(facts, 2022, 2023).rows}
    for row in table.values():
        fen = {name: round(row[name] * 100) for name in ("change", "quantity", "price", "scope")}
        assert fen["quantity"] + fen["price"] + fen["scope"] == fen["change"]
        assert fen["change"] == round(row["after"] * 100) - round(row["before"] * 100)
    leaves = [account for account in table if not any(o.startswith(account + ".") for o in table)]
    for name in ("quantity", "price", "scope", "rain", "one_off"):
        total = round(table["G"][name] * 100)
        assert sum(round(table[account][name] * 100) for account in leaves) == total
    whole = by(service_table(facts, 2023, "元"), "account", "value")["G"]
    assert table["G"]["after"] == pytest.approx(whole, abs=0.01)


def test_effects_by_hand(facts):
    table = {row["account"]: row for row in change_table(facts, 2022, 2023).rows}
    # Carbon: 31000/30000 t C at one price, which moved by the CPI of 2023 alone (0.2 %).
    carbon = table["G.2.8"]
    assert carbon["comparable"] == pytest.approx(100 / 30)
    assert carbon["quantity"] == pytest.approx(carbon["before"] / 30, abs=0.01)
    assert carbon["price"] == pytest.approx(
        (carbon["before"] + carbon["quantity"]) * 0.002, abs=0.1
    )
    # What only one year has is an effect of scope; the fish are a one-off, too.
    assert (table["G.1.3"]["scope"], table["G.1.3"]["quantity"]) == (-2e7, 0)
    assert table["G.1.4"]["scope"] == table["G.1.4"]["one_off"] == 9e6
    # Rain: the former year's formula with the latter year's rain, town by town.
    water = table["G.2.1"]
    before = {"T1": 120e6 * (1.6 * 0.96 - 0.85), "T2": 60e6 * (1.5 * 0.96 - 0.80)}
    rain = {"T1": 120e6 * 0.3 * 0.96, "T2": 60e6 * 0.3 * 0.96}
    share = sum(rain.values()) / sum(before.values())
    assert water["rain"] == pytest.approx(water["before"] * share, rel=1e-9)


def test_a_year_against_itself_did_not_change(facts):
    for each in effects(facts, 2023, 2023).values():
        assert (each.change, each.quantity, each.price, each.scope, each.rain) == (0, 0, 0, 0, 0)
    with pytest.raises(CarbonledgerError, match="没有 2020 年"):
        effects(facts, 2020, 2023)


def test_a_change_of_method_is_an_effect_of_scope(tmp_path):
    rows = "\n".join(
        (
            "T1,2022,G.2.8,常绿阔叶林,,,,,,30000,,",
            "T1,2023,G.2.8,常绿阔叶林,120,,,,,,,",
        )
    )
    folder = gep_folder(tmp_path / "a", rows)
    text = (
        (folder / "entries.csv")
        .read_text("utf-8")
        .replace("net_output [万元]", "carbon_rate [t C/ha/a]")
    )
    text = text.replace("120,,,,,,,", "120,,,,2.6,,,")
    (folder / "entries.csv").write_text(text, "utf-8")
    finished = run(folder)
    found = gep_facts(finished.results, finished.library)
    (row,) = [row for row in change_table(found, 2022, 2023).rows if row["account"] == "G.2.8"]
    assert row["scope"] == row["change"] != 0
    assert row["quantity"] == row["price"] == 0


def test_two_runs_compare_as_one_of_both_years(facts, tmp_path, monkeypatch, capsys):
    sides = {}
    for year in (2022, 2023):
        folder = gep_folder(
            tmp_path / str(year), "\n".join(r for r in ROWS.split() if f",{year}," in r)
        )
        for name in ("inventory.toml", "figures.csv"):
            text = (folder / name).read_text("utf-8")
            text = text.replace("[2022, 2023]", f"[{year}]")
            kept = [line for line in text.splitlines() if f",{4045 - year}," not in line]
            (folder / name).write_text("\n".join(kept) + "\n", "utf-8")
        finished = run(folder)
        sides[year] = gep_facts(finished.results, finished.library), finished
    both = joined(sides[2022][0], sides[2023][0])
    assert change_table(both, 2022, 2023).rows == change_table(facts, 2022, 2023).rows
    assert indicator_table(both).rows == indicator_table(facts).rows
    with pytest.raises(CarbonledgerError, match="都有 2023 年"):
        joined(sides[2023][0], facts)
    folders = [str(sides[year][1].results.folder) for year in (2023, 2022)]
    arguments = ["gep", folders[0], "--against", folders[1], "--table", "change", "--json"]
    monkeypatch.setattr(sys, "argv", ["carbonledger", *arguments])
    with pytest.raises(SystemExit) as leaving:
        cli.main()
    assert leaving.value.code == 0
    rows = json.loads(capsys.readouterr().out)[0]["rows"]
    assert rows == change_table(facts, 2022, 2023).rows


def test_runs_under_other_rules_do_not_compare(garze, facts):
    with pytest.raises(CarbonledgerError, match="地区不同"):
        joined(garze[1], facts)
    other = SimpleNamespace(info={**facts.results.info, "profile": "gep-ndrc-2022"})
    with pytest.raises(CarbonledgerError, match=r"口径不同.*重算其中一年"):
        joined(replace(facts, results=other), facts)
    other = SimpleNamespace(info={**facts.results.info, "price_base_year": 2015})
    with pytest.raises(CarbonledgerError, match="不变价基年不同"):
        joined(replace(facts, results=other), facts)


def test_own_prices_count_by_their_kind(tmp_path):
    folder = gep_folder(tmp_path / "own")
    own = PRICES.format(row="oxygen_price,,1000,CNY/t O2,2008,charge,welfare,cpi")
    (folder / "factors.csv").write_text(own, "utf-8")
    finished = run(folder)
    found = gep_facts(finished.results, finished.library)
    values = by(service_table(found, 2023), "account", "value")
    kinds = by(price_table(found, 2023), "name", "value")
    assert kinds["收费、税额 charges and taxes"] == pytest.approx(values["G.2.9"])
    assert kinds["福利价值 welfare value"] == pytest.approx(values["G.2.9"])


def test_the_review_tells_that_rain_made_the_change(account):
    codes = [each.code for each in account[0].problems]
    assert "gep-rain" in codes
    (rain,) = [each for each in account[0].problems if each.code == "gep-rain"]
    assert "水源涵养" in rain.message.zh
    assert "不代表生态改善" in rain.message.zh


def test_sensitivity_is_what_a_run_with_that_price_gives(facts, tmp_path):
    table = sensitivity_table(facts, 2023)
    (row,) = [
        row
        for row in table.rows
        if (row["what"], row["instead"]) == ("oxygen_price", "lyt-1721-2008")
    ]
    folder = gep_folder(tmp_path / "b")
    own = PRICES.format(row="oxygen_price,,1000,CNY/t O2,2008,market,replacement,cpi")
    (folder / "factors.csv").write_text(own, "utf-8")
    finished = run(folder)
    found = gep_facts(finished.results, finished.library)
    again = by(service_table(found, 2023), "account", "value")["G"]
    assert row["total"] == pytest.approx(again, rel=1e-12)
    assert table.rows[0]["total"] == by(service_table(facts, 2023), "account", "value")["G"]


def test_sensitivity_leaves_out_what_counts_twice_and_annualises_capital(garze):
    rows = sensitivity_table(garze[1], 2010).rows
    values = by(service_table(garze[1], 2010), "account", "value")
    without = {row["services"]: row["total"] for row in rows if row["instead"] == "不计入"}
    assert without["释氧"] == pytest.approx(values["G"] - values["G.2.9"], rel=1e-12)
    # 2.77 % over 100 years: an annuity of r/(1 − (1 + r)^−n) = 2.96 % of the capital cost.
    (water,) = [
        row
        for row in rows
        if row["instead"].endswith("entered.value.annualised") and row["services"] == "水源涵养"
    ]
    annuity = 0.0277 / (1 - 1.0277**-100)
    assert water["difference"] == pytest.approx(values["G.2.1"] * (annuity - 1), rel=1e-9)
    differences = [abs(row["difference"]) for row in rows[1:]]
    assert differences == sorted(differences, reverse=True)


def test_price_indices_chain_as_published():
    # 6.1107 CNY/m3 of 2005 is 7.06 of 2010, 12.6 of 2002 is 15.58 of 2010 (Garzê, Table 3).
    assert 6.1107 * price_index(library(), "cpi", "510000", 2005, 2010) == pytest.approx(
        7.06, rel=5e-4
    )
    assert 12.6 * price_index(library(), "cpi", "510000", 2002, 2010) == pytest.approx(
        15.58, rel=5e-4
    )
    there = price_index(library(), "cpi", "510000", 2005, 2010)
    back = price_index(library(), "cpi", "510000", 2010, 2005)
    assert there * back == pytest.approx(1)
    assert price_index(library(), "cpi", "510000", 2010, 2010) == 1
    assert price_index(library(), "cpi", "510000", 1900, 2010) is None
    assert price_index(library(), "no-such", "510000", 2009, 2010) is None


def test_every_table_is_printed_and_written(account, carbonledger, tmp_path):
    folder = str(account[0].results.folder)
    code, out, _ = carbonledger(
        "gep", folder, "--lang", "en", "--table", "change", "--table", "quantities"
    )
    assert code == 0
    assert "Quantity" in out
    assert carbonledger("gep", folder, "--out", tmp_path / "g.xlsx", "--lang", "zh")[0] == 0
    book = load_workbook(tmp_path / "g.xlsx")
    assert {"T0 基本信息", "T2 实物量与价值量 2023", "T8 变化分解 2022-2023"} <= set(
        book.sheetnames
    )
    code, out, _ = carbonledger("gep", folder, "--table", "regions", "--money", "元", "--json")
    assert code == 0
    assert json.loads(out)[0]["rows"][-1]["total"] > 1e8
    assert carbonledger("gep", folder, "--table", "none")[0] == 1
    assert set(TABLES) >= {"areas", "parameters", "sensitivity"}


def test_areas_count_no_land_twice(facts, tmp_path):
    (first, second) = gep_tables(facts, "areas")
    assert by(second, "type", "area")["合计 / Total"] == pytest.approx(118 + 61)
    assert by(first, "type", "area")["合计 / Total"] == pytest.approx(120 + 60)
    # The same forest, once by type for water and once as a whole for pests; a marsh beside it.
    rows = "\n".join(
        (
            "T1,2022,G.2.1,常绿阔叶林,70,1600,850,4,,,,",
            "T1,2022,G.2.1,竹林,50,1600,850,4,,,,",
            "T1,2022,G.2.12,森林,120,,,,,,,",
            "T1,2022,G.2.1,沼泽,3,1600,850,0,,,,",
            "T2,2022,G.2.12,森林,40,,,,,,,",
            "T2,2022,G.2.1,竹林,30,1600,850,4,,,,",
        )
    )
    _, found = gep_run(tmp_path / "areas", rows)
    (table,) = gep_tables(found, "areas")
    areas = {row["type"].split(" ")[0]: row["area"] for row in table.rows}
    assert areas == {"森林": 40, "常绿阔叶林": 70, "竹林": 50, "沼泽": 3, "合计": 163}


def test_parameters_carry_price_year_kind_and_status(facts):
    (table,) = gep_tables(facts, "parameters")
    oxygen = next(row for row in table.rows if row["argument"] == "oxygen_price")
    assert (oxygen["price_year"], oxygen["price_kind"]) == ("2010", "market")
    assert {row["status"] for row in table.rows} <= {"verified", "unverified"}
    assert any(row["argument"] == "price_index" for row in table.rows)


def test_a_run_without_gep_is_told_so(monkeypatch, capsys):
    finished = run("fujian-2012")
    assert gep_facts(finished.results, finished.library) is None
    monkeypatch.setattr(sys, "argv", ["carbonledger", "gep", str(finished.results.folder)])
    with pytest.raises(SystemExit):
        cli.main()
    assert "没有 GEP 科目" in capsys.readouterr().err


def test_of_no_area_at_all_no_type_has_a_share(tmp_path):
    _, found = gep_run(tmp_path / "none", "T1,2022,G.2.12,森林,0,,,,,,,")
    (table,) = gep_tables(found, "areas")
    assert [(row["area"], row["share"]) for row in table.rows] == [(0, None), (0, None)]
