"""Intensities: published arithmetic, price years that never mix, and the table of statistics."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from carbonledger.analysis.indicators import (
    Indicator,
    comparable_gdp,
    decline,
    indicator_list,
    indicators,
)
from carbonledger.api import run
from carbonledger.engine.open import open_inventory
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.model.statistics import Statistic, statistic_kinds
from carbonledger.reports.indicator_tables import print_indicators

REGION = "350500"


def figure(statistic, period, amount, price_year=None):
    if statistic == "gdp":
        price_year = period
    unit = statistic_kinds()[statistic].unit
    return Statistic(
        region=REGION,
        period=period,
        statistic=statistic,
        value=amount,
        unit=unit,
        amount=amount,
        price_year=price_year,
    )


def posting(period, account, measure, amount, co2e, *, book="inventory", item="", notation=""):
    return {
        "book": book, "region": REGION, "period": period, "account": account, "item": item,
        "measure": measure, "amount": amount, "co2e": co2e, "notation": notation, "flags": "",
    }  # fmt: skip


def results(folder, postings, figures):
    table = pd.DataFrame(postings).astype({"amount": "float64", "co2e": "float64"})
    table.to_parquet(folder / "postings.parquet")
    info = {
        "region": "CN",
        "periods": sorted(set(table["period"])),
        "statistics": [f.model_dump() for f in figures],
    }
    (folder / "run.json").write_text(json.dumps(info), "utf-8")
    return Results(folder)


def one(frame, indicator, period):
    rows = frame[(frame["indicator"] == indicator) & (frame["period"] == period)]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def year(period, fuel, net=None, *, ch4=0.0, land=0.0):
    rows = [
        posting(period, "1.A.2", "CO2", fuel, fuel, item="raw_coal"),
        posting(period, "1.A.4.b", "CO2", 40.0, 40.0, item="electricity"),
        posting(period, "1.B.1", "CO2", 3.0, 3.0),
        posting(period, "3.A.1", "CH4", ch4, ch4 * 28),
        posting(period, "3.B.cn1", "CO2", land, land),
        posting(period, "M.3", "CO2", 500.0, 500.0, book="memo", item="firewood"),
    ]
    if net is not None:
        rows.append(posting(period, "M.2", "CO2", net, net, book="memo", item="electricity"))
    return rows


def test_what_each_numerator_holds(tmp_path):
    found = indicators(
        results(
            tmp_path,
            year(2020, 1000.0, -100.0, ch4=10.0, land=-50.0),
            [figure("population", 2020, 100), figure("energy_consumption", 2020, 450.0)],
        ),
        library(),
    )
    # Fuel burned and net transfer; not the memo of biomass, not what users of electricity cause.
    assert one(found, "co2_assessed_per_head", 2020)["value"] == pytest.approx(9.0)
    assert one(found, "co2_assessed_per_tce", 2020)["value"] == pytest.approx(2.0)
    # All CO2 of the inventory: 1000 + 3 fugitive; all gases: and 10 t CH4 of 28; and the sink.
    assert one(found, "co2_per_head", 2020)["value"] == pytest.approx(10.03)
    assert one(found, "ghg_per_head", 2020)["value"] == pytest.approx(12.83)
    assert one(found, "ghg_land_per_head", 2020)["value"] == pytest.approx(12.33)
    assert one(found, "co2_per_head", 2020)["unit"] == "t CO2/person"


def test_the_decline_of_a_plan_is_that_of_its_ends(tmp_path):
    # The decline of 18.8 % that China states for 2016 to 2020 (CO2 per GDP, 2020 against 2015).
    gdp = [figure("gdp_comparable", 2015, 1e9, 2015), figure("gdp_comparable", 2020, 1.25e9, 2015)]
    rows = [*year(2015, 1000.0, 0.0), *year(2020, 1015.0, 0.0)]
    found = indicators(results(tmp_path, rows, gdp), library())
    change = one(found, "co2_assessed_per_gdp.plan_decline", 2020)
    assert change["value"] == pytest.approx(18.8)
    assert change["price_year"] == 2015
    assert one(found, "co2_assessed_per_gdp", 2020)["value"] == pytest.approx(0.00812)
    assert one(found, "co2_assessed_per_gdp", 2020)["unit"] == "t CO2/万CNY"
    assert found[found["indicator"] == "co2_assessed_per_gdp.yearly_decline"].empty


def test_five_yearly_declines_make_the_decline_of_the_plan(tmp_path):
    rates = [4.0, 5.1, 4.0, 4.1, 1.0]
    gdp, rows, size = [], year(2015, 1000.0, 0.0), 1000.0
    for number, rate in enumerate(rates):
        size *= (1 - rate / 100) * 1.06
        rows += year(2016 + number, size, 0.0)
    gdp = [figure("gdp_comparable", 2015 + n, 1e9 * 1.06**n, 2015) for n in range(6)]
    found = indicators(results(tmp_path, rows, gdp), library())
    yearly = found[found["indicator"] == "co2_assessed_per_gdp.yearly_decline"]
    assert yearly["value"].tolist() == pytest.approx(rates)
    whole = 1.0
    for rate in rates:
        whole *= 1 - rate / 100
    plan = one(found, "co2_assessed_per_gdp.plan_decline", 2020)
    assert plan["value"] == pytest.approx((1 - whole) * 100)


def test_gdp_of_two_price_years_is_never_compared(tmp_path):
    gdp = [
        figure("gdp_comparable", 2020, 1.25e9, 2015),
        figure("gdp_comparable", 2021, 1.5e9, 2020),
    ]
    rows = [*year(2020, 1000.0, 0.0), *year(2021, 1000.0, 0.0)]
    base = results(tmp_path, rows, gdp)
    change = one(indicators(base, library()), "co2_per_gdp.yearly_decline", 2021)
    assert pd.isna(change["value"])
    assert "2015" in change["note"]
    assert "2020" in change["note"]
    levels = [each for each in indicator_list(base, library()) if each.indicator == "co2_per_gdp"]
    with pytest.raises(CarbonledgerError, match="price years"):
        decline(levels[0], levels[1])


def test_a_year_at_both_prices_links_the_plans(tmp_path):
    gdp = [
        figure("gdp_comparable", 2019, 1.2e9, 2015),
        figure("gdp_comparable", 2020, 1.25e9, 2015),
        figure("gdp", 2020, 1.4e9),
        figure("gdp_comparable", 2021, 1.5e9, 2020),
    ]
    rows = [row for period in (2019, 2020, 2021) for row in year(period, 1000.0, 0.0)]
    found = indicators(results(tmp_path, rows, gdp), library())
    yearly = found[found["indicator"] == "co2_assessed_per_gdp.yearly_decline"]
    assert yearly["value"].tolist() == pytest.approx(
        [(1 - 1.2 / 1.25) * 100, (1 - 1.4 / 1.5) * 100]
    )
    assert yearly["price_year"].tolist() == [2015, 2020]


def test_indices_to_the_year_before_carry_current_gdp_on():
    figures = [
        figure("gdp", 2019, 1e9),
        figure("gdp", 2020, 1.1e9),
        figure("gdp_index", 2020, 1.033, 2019),
        figure("gdp_index", 2021, 1.08, 2020),
    ]
    found = comparable_gdp(figures)
    assert list(found) == [2019]
    assert found[2019] == pytest.approx({2019: 1e9, 2020: 1.033e9, 2021: 1.033e9 * 1.08})


def test_the_price_year_is_the_one_that_the_indices_lead_on_from():
    figures = [figure("gdp", 2015, 7e8), figure("gdp", 2019, 1e9)]
    figures += [figure("gdp_index", 2020, 1.03, 2019)]
    assert comparable_gdp(figures) == {2019: {2019: 1e9, 2020: pytest.approx(1.03e9)}}


def test_a_fixed_base_index_counts_from_its_base():
    figures = [figure("gdp", 2015, 1e9), figure("gdp_index", 2018, 1.25, 2015)]
    assert comparable_gdp(figures) == {2015: {2015: 1e9, 2018: 1.25e9}}


def test_stated_gdp_goes_before_what_an_index_gives_and_current_prices_stay_apart():
    figures = [
        figure("gdp", 2018, 8e8),
        figure("gdp", 2020, 1e9),
        figure("gdp_comparable", 2021, 1.07e9, 2020),
        figure("gdp_index", 2021, 1.06, 2020),
    ]
    assert comparable_gdp(figures) == {2020: {2020: 1e9, 2021: 1.07e9}}


@given(st.floats(1e-3, 1e6), st.floats(0.2, 5))
def test_a_decline_does_not_depend_on_the_unit(scale, ratio):
    levels = [[None, 2019, "x", value, "", 1.0, 1.0, None, ()] for value in (scale, scale * ratio)]
    assert decline(Indicator(*levels[0]), Indicator(*levels[1])) == pytest.approx(
        (1 - ratio) * 100, abs=1e-9
    )


def test_without_electricity_transferred_the_scope_of_assessment_is_missing(tmp_path):
    people = [figure("population", 2020, 100)]
    found = indicators(results(tmp_path, year(2020, 1000.0), people), library())
    row = one(found, "co2_assessed_per_head", 2020)
    assert pd.isna(row["value"])
    assert "M.2" in row["note"]
    assert one(found, "co2_per_head", 2020)["value"] == pytest.approx(10.03)


@pytest.mark.parametrize(("key", "value"), [("NO", 10.0), ("NE", None), ("IE", None)])
def test_a_notation_key_for_electricity_is_zero_only_where_it_does_not_occur(tmp_path, key, value):
    rows = year(2020, 1000.0)
    rows.append(posting(2020, "M.2.a", "CO2", None, None, book="memo", notation=key))
    people = [figure("population", 2020, 100)]
    row = one(indicators(results(tmp_path, rows, people), library()), "co2_assessed_per_head", 2020)
    assert pd.isna(row["value"]) if value is None else row["value"] == value


def test_sectors_that_nobody_entered_are_said(tmp_path):
    people = [figure("population", 2020, 100)]
    rows = [posting(2020, "1.A.2", "CO2", 1000.0, 1000.0)]
    row = one(indicators(results(tmp_path, rows, people), library()), "ghg_per_head", 2020)
    assert "废弃物处理" in row["note"]
    assert "Industrial processes" in row["note"]


def test_without_land_use_there_is_no_figure_with_it(tmp_path):
    people = [figure("population", 2020, 100)]
    rows = [row for row in year(2020, 1000.0) if row["account"] != "3.B.cn1"]
    found = indicators(results(tmp_path, rows, people), library())
    row = one(found, "ghg_land_per_head", 2020)
    assert pd.isna(row["value"])
    assert "3.B" in row["note"]
    assert one(found, "ghg_per_head", 2020)["value"] == pytest.approx(10.03)


def test_land_use_alone_does_not_stand_for_agriculture(tmp_path):
    people = [figure("population", 2020, 100)]
    rows = [row for row in year(2020, 1000.0) if row["account"] != "3.A.1"]
    row = one(indicators(results(tmp_path, rows, people), library()), "ghg_per_head", 2020)
    assert "农业、林业和其他土地利用" in row["note"]


def test_a_run_without_statistics_has_no_indicators(tmp_path):
    assert indicators(results(tmp_path, year(2020, 1.0), []), library()).empty


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_prints_every_indicator_and_says_what_is_missing(tmp_path, lang):
    gdp = [figure("gdp", 2019, 1e9), figure("gdp_index", 2020, 1.05, 2019)]
    rows = [*year(2019, 1000.0, 0.0), *year(2020, 1000.0)]
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    print_indicators(console, results(tmp_path, rows, gdp), library(), lang)
    shown = console.export_text()
    assert "0.0100" in shown  # 1000 t per 100 000 万元
    assert "4.76" in shown  # 1 - 1/1.05, of CO2 without land
    assert ("2019 年价格" if lang == "zh" else "prices of 2019") in shown
    assert "M.2" in shown
    assert ("t CO₂/万元" if lang == "zh" else "t CO₂/万CNY") in shown


# The table of statistics.


def inventory(folder, body, *, head="年份,指标,数值,单位,价格年份"):
    (folder / "fuel.csv").write_text(
        "年份,科目,品种,消费量 [万t]\n2019,1.A.2,原煤,10\n2020,1.A.2,原煤,11\n", "utf-8"
    )
    (folder / "statistics.csv").write_text(f"{head}\n{body}", "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "{REGION}"\nperiods = [2019, 2020]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "fuel.csv"\n'
        '[[tables]]\nfile = "statistics.csv"\nlayout = "statistics"\nsource = "年鉴"\n',
        "utf-8",
    )
    return open_inventory(folder)


def codes(opened):
    return [problem.code for problem in opened.intake.problems if problem.grade == "A"]


def test_statistics_are_read_with_their_cells_and_kept_with_the_run(tmp_path):
    body = (
        "2019,地区生产总值,9946.66,亿元,\n2020,生产总值指数,103.7,%,2019\n"
        "2015,GDP,6137.71,亿元,2015\n2020,常住人口,878.23,万人,\n"
    )
    opened = inventory(tmp_path, body)
    assert codes(opened) == []
    first, index, before, people = opened.intake.statistics
    assert (first.statistic, first.amount, first.price_year) == ("gdp", 9946.66e8, 2019)
    assert (index.statistic, index.amount, index.price_year) == (
        "gdp_index",
        pytest.approx(1.037),
        2019,
    )
    assert before.period == 2015  # a base year may lie before the inventory
    assert people.amount == pytest.approx(8_782_300)
    assert (people.file, people.cell, people.source) == ("statistics.csv", "C5", "年鉴")
    finished = run(opened)
    # Statistics take part in no emission, so a corrected figure is a revision of the same run.
    (tmp_path / "statistics.csv").write_text("年份,指标,数值,单位\n2020,人口,870,万人\n", "utf-8")
    corrected = run(open_inventory(tmp_path))
    assert corrected.identity == finished.identity
    assert corrected.results.info["statistics"][0]["amount"] == pytest.approx(8.7e6)
    kept = finished.results.info["statistics"]
    assert [row["statistic"] for row in kept] == ["gdp", "gdp_index", "gdp", "population"]
    assert "statistics.csv" in [file["name"] for file in finished.results.info["files"]]
    found = indicators(finished.results, finished.library)
    # 10 or 11 万t of one coal at one factor, per head of the one year with a population.
    level = one(found, "co2_per_head", 2020)
    assert level["value"] == pytest.approx(
        finished.postings.query("period == 2020 and measure == 'CO2' and book == 'inventory'")[
            "amount"
        ].sum()
        / 8_782_300
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2019,地区生产总值（可比价）,9946.66,亿元,", "price-year-missing"),
        ("2019,地区生产总值,9946.66,亿元,2015", "price-year-current"),
        ("2019,常住人口,878,万人,2015", "price-year-unused"),
        ("2019,生产总值指数,6.1,%,2018", "statistic-implausible"),
        ("2019,生产总值指数,106.1,,2018", "statistic-implausible"),
        ("2019,常住人口,878,万吨,", "statistic-unit"),
        ("2019,常住人口,8.78,人,", "statistic-implausible"),
        ("2019,幸福指数,1,人,", "statistic-unknown"),
        ("2019,常住人口,约八百万,万人,", "cell-not-a-number"),
        ("2019,常住人口,,万人,", "cell-not-a-number"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(tmp_path, row, code):
    opened = inventory(tmp_path, row + "\n")
    assert codes(opened) == [code]
    assert not opened.intake.statistics
    problem = next(each for each in opened.intake.problems if each.grade == "A")
    assert problem.where.startswith("statistics.csv!")


def test_a_figure_stands_once(tmp_path):
    body = "2019,常住人口,878,万人,\n2019,常住人口,870,万人,\n"
    assert codes(inventory(tmp_path, body)) == ["statistic-twice"]


def test_a_column_that_nobody_reads_is_refused(tmp_path):
    head = "年份,指标,数值,单位,下限"
    assert codes(inventory(tmp_path, "2019,常住人口,878,万人,1\n", head=head)) == ["column-unknown"]
