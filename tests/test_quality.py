"""Quality checks: a planted fault for every check, silence where all is well, and invariance."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_inventory import STEADY, codes, lines, only, opened

from carbonledger import units
from carbonledger.analysis.quality import check_quality, with_quality
from carbonledger.analysis.quality.bands import bands
from carbonledger.analysis.quality.facts import Facts, number
from carbonledger.analysis.quality.implied import implied_factors
from carbonledger.analysis.quality.series import check_series
from carbonledger.api import run
from carbonledger.engine.open import open_inventory
from carbonledger.library.load import library
from carbonledger.model.problem import Grade

# The table of bands.


def test_every_row_says_why_and_no_check_is_an_error():
    for rows in bands().values():
        for row in rows:
            assert row.grade in {Grade.C, Grade.D}, row.check
            assert len(row.reason) > 30, row.check
            assert row.least < row.most, row.check
            for unit in (row.unit, row.against_unit):
                if unit:
                    units.parse(unit)


def test_the_accounts_items_and_statistics_of_the_table_exist():
    base = library()
    from carbonledger.model.statistics import statistic_kinds

    known = {
        "accounts": set(base.accounts["account"]),
        "items": {*base.items["item"], ""},
        "statistics": {*statistic_kinds(), ""},
    }
    for row in (row for rows in bands().values() for row in rows):
        for accounts in (row.accounts, row.against_accounts):
            assert set(filter(None, accounts.split("|"))) <= known["accounts"], row.check
        for items in (row.items, row.against_items):
            assert set(items.split("|")) <= known["items"], row.check
        assert {row.statistic, row.against_statistic} <= known["statistics"], row.check


# Time series.


def test_a_steady_series_is_silent(tmp_path):
    assert codes(tmp_path, lines(STEADY)) == []


def test_the_real_inventory_is_silent():
    inventory = open_inventory("fujian-2012")
    assert check_quality(inventory, inventory.library) == []
    finished = run(inventory)
    assert check_quality(finished.results, finished.library) == []


def test_a_jump_is_found_at_its_cell(tmp_path):
    problem = only(tmp_path, "series-jump", lines([100, 104, 98, 190, 200, 210]))
    assert problem.where == "entries.csv!F5"
    assert "98 万t → 2021: 190 万t" in problem.message.zh


def test_a_jump_of_little_weight_is_not_told(tmp_path):
    small = lines([0.2, 0.24, 0.2, 0.5, 0.42, 0.52], account="1.A.4.b")
    assert codes(tmp_path, lines(STEADY) + small) == []


def test_the_history_of_a_landfill_is_checked_in_a_run(tmp_path):
    # Waste of the years before has no emission of its own and decides those of later years.
    waste = lines(
        [10, 11, 12, 130, 13, 14, 15, 16], account="4.A", item="municipal_waste", start=2014
    )
    inventory = opened(tmp_path, waste, years=[2020, 2021], history=2014)
    done = run(inventory, profile="ipcc-2006")
    problems = check_quality(done.results, inventory.library)
    assert [problem.code for problem in problems] == ["series-unit-slip"]
    assert "2017: 130 万t" in problems[0].message.en


def test_a_spike_is_one_problem(tmp_path):
    problem = only(tmp_path, "series-jump", lines([100, 104, 250, 98, 103, 101]))
    assert problem.message.zh.count("→") == 2


@pytest.mark.parametrize("factor", [0.0001, 0.001, 0.1, 10, 1000, 10000])
def test_a_slip_of_unit_is_told_from_a_jump(tmp_path, factor):
    values = [value * (factor if place == 3 else 1) for place, value in enumerate(STEADY)]
    problem = only(tmp_path, "series-unit-slip", lines(values))
    assert "万吨" in problem.remedy.zh


def test_the_same_quantity_in_another_unit_is_no_jump(tmp_path):
    entries = lines(STEADY[:3]) + lines([v * 1e4 for v in STEADY[3:]], unit="t", start=2021)
    assert codes(tmp_path, entries) == []


def test_two_plants_are_one_series(tmp_path):
    halves = lines([value / 2 for value in STEADY])
    assert codes(tmp_path, halves + halves) == []


def test_copied_values(tmp_path):
    problem = only(tmp_path, "series-constant", lines([100, 104, 104, 104, 110, 115]))
    assert problem.grade is Grade.D
    assert "2019—2021" in problem.message.zh
    assert codes(tmp_path, lines([100, 104, 104, 110, 110, 115])) == []


def test_a_missing_year(tmp_path):
    other = lines(STEADY, account="1.A.4.b", item="汽油")
    problem = only(tmp_path, "series-gap", other + lines([100, 104, None, 107, 110, 115]))
    assert "2020" in problem.message.en
    assert problem.where == "entries.csv!F9"


def test_a_notation_key_fills_a_year(tmp_path):
    other = lines(STEADY, account="1.A.4.b", item="汽油")
    assert codes(tmp_path, other + lines([100, 104, "NE", 107, 110, 115])) == []


def test_a_year_that_nobody_reports_is_no_gap(tmp_path):
    assert codes(tmp_path, lines([100, 104, None, 107, 110, 115])) == []


def test_a_series_that_stops(tmp_path):
    other = lines(STEADY, account="1.A.4.b", item="汽油")
    problem = only(tmp_path, "series-stopped", other + lines([100, 104, 98, 107, None, None]))
    assert "2021" in problem.message.zh


def test_a_change_of_sign(tmp_path):
    rows = "".join(
        f"350500,{2018 + place},M.2.a,电力,,{value},万kWh\n"
        for place, value in enumerate([100, 104, -98, 107, 110, 115])
    )
    assert only(tmp_path, "series-sign", rows).where == "entries.csv!F4"


def test_an_order_of_magnitude_beside_the_neighbours(tmp_path):
    counties = ["350521", "350524", "350525", "350526", "350582"]
    rows = "".join(
        lines([12 * (1000 if county == "350582" else 1)], start=2018, region=county)
        for county in counties
    )
    problem = only(tmp_path, "region-outlier", rows, years=[2018])
    assert problem.where == "entries.csv!F6"
    assert "1e+03" in problem.message.en or "1000" in problem.message.en


def test_per_head_a_large_region_is_no_outlier(tmp_path):
    counties = ["350521", "350524", "350525", "350526", "350582"]
    sizes = {county: (300 if county == "350582" else 1) for county in counties}
    rows = "".join(lines([sizes[c] * 12], start=2018, region=c) for c in counties)
    people = "".join(f"{c},2018,常住人口,{sizes[c]},万人\n" for c in counties)
    assert codes(tmp_path, rows, years=[2018], statistics=people) == []
    assert codes(tmp_path, rows, years=[2018]) == ["region-outlier"]


def made(values, share=1.0):
    """Facts of one series, without files."""
    rows = [
        {
            "region": "350500", "account": "1.A.2", "item": "raw_coal", "detail": "",
            "quantity": "fuel", "dimension": units.dimension("t"), "period": 2018 + place,
            "unit": "t", "value": value, "share": share, "file": "x.csv", "sheet": "",
            "cell": f"F{place + 2}", "row": place + 2,
        }
        for place, value in enumerate(values)
    ]  # fmt: skip
    periods = tuple(2018 + place for place in range(len(values)))
    return Facts(rows, (), (), periods, library())


def places(values):
    return [(each.code, each.cell) for each in check_series(made(values), bands())]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1, 1e4), min_size=2, max_size=8),
    st.sampled_from([1e-4, 1e-3, 0.25, 2.0, 1e3, 65536.0]),
)
def test_the_size_of_a_series_decides_nothing(values, scale):
    # Ratios at the very edge of a band may fall to either side by rounding.
    edges = [end for name in ("series-jump", "series-unit-slip") for end in _ends(bands()[name][0])]
    ratios = [b / a for a, b in pairwise(values)]
    near = [
        r for r in ratios for e in edges for p in range(-5, 6) if abs(r / (e * 10**p) - 1) < 1e-9
    ]
    if not near:
        assert places(values) == places([value * scale for value in values])


def _ends(band):
    return band.least, band.most, 10**0.5


@given(st.lists(st.floats(80, 120), min_size=2, max_size=8, unique=True))
def test_years_within_a_half_are_never_told(values):
    assert places(values) == []


# Sectors against each other.


def test_the_same_fuel_in_two_accounts(tmp_path):
    rows = lines([32.117], account="1.A.1.a") + lines([32.117], account="2.C.1", item="原煤")
    problem = only(tmp_path, "fuel-twice", rows, years=[2018])
    assert "重复" in problem.message.zh
    assert "32.117 万t" in problem.message.en


@pytest.mark.parametrize(
    ("value", "other", "account", "told"),
    [
        ("32.11 万t", "32.11 万t", "1.A.2", True),  # power and industry: four digits
        ("32.1 万t", "32.1 万t", "1.A.2", False),  # chance
        ("32.117 万t", "321170 t", "1.A.2", True),  # one amount in two units
        ("32.11 万t", "32.12 万t", "1.A.2", False),
        ("32.11 万t", "32.11 万t", "1.A.4.b", False),  # many pairs of accounts: chance
        ("32.117 万t", "32.117 万t", "1.A.4.b", True),
        ("32.117 万t", "32.117 万t", "M.4.b", False),  # the reference approach repeats by design
    ],
)
def test_equal_amounts_are_told_where_chance_does_not_explain_them(
    tmp_path, value, other, account, told
):
    rows = [(value, "1.A.1.a"), (other, account)]
    entries = "".join(
        lines([text.split()[0]], account=place, unit=text.split()[1]) for text, place in rows
    )
    assert codes(tmp_path, entries, years=[2018]) == (["fuel-twice"] if told else [])


@pytest.mark.parametrize("unit", ["万t", "万tce"])
def test_crude_oil_burned_like_throughput(tmp_path, unit):
    rows = lines([1200], account="1.A.1.b", item="原油", unit=unit)
    assert "炼油" in only(tmp_path, "refinery-feedstock", rows, years=[2018]).remedy.zh
    little = lines([3], account="1.A.1.b", item="原油", unit=unit)
    assert codes(tmp_path, little, years=[2018]) == []


def test_coal_that_is_coked(tmp_path):
    rows = lines([300], account="1.A.1.c.i", item="洗精煤")
    only(tmp_path, "coking-feedstock", rows, years=[2018])


@pytest.mark.parametrize(("clinker", "wrong"), [(49, True), (60, False), (94, False), (96, True)])
def test_clinker_per_cement(tmp_path, clinker, wrong):
    rows = lines([clinker], account="2.A.1", item="水泥熟料")
    cement = "350500,2018,水泥产量,100,万t\n"
    expected = ["cement-clinker"] if wrong else []
    assert codes(tmp_path, rows, years=[2018], statistics=cement) == expected


def test_clinker_entered_against_the_statistics(tmp_path):
    rows = lines([70], account="2.A.1", item="水泥熟料")
    clinker = "350500,2018,水泥熟料产量,75,万t\n"
    problem = only(tmp_path, "clinker-statistic", rows, years=[2018], statistics=clinker)
    assert "0.933333" in problem.message.zh


ELECTRICITY = "350500,2018,发电量,400,亿kWh\n350500,2018,全社会用电量,{},亿kWh\n"


@pytest.mark.parametrize(("used", "wrong"), [(520, True), (455, False), (450, False), (40, True)])
def test_electricity_used_against_supplied(tmp_path, used, wrong):
    rows = lines([60], account="M.2.a", item="电力", unit="亿kWh")
    rows += lines([10], account="M.2.b", item="电力", unit="亿kWh")
    stated = ELECTRICITY.format(used)
    expected = ["electricity-balance"] if wrong else []
    assert codes(tmp_path, rows, years=[2018], statistics=stated) == expected


def test_without_transfers_electricity_cannot_be_balanced(tmp_path):
    rows = lines([100])
    assert codes(tmp_path, rows, years=[2018], statistics=ELECTRICITY.format(900)) == []


def test_the_electricity_of_the_accounts_against_supplied(tmp_path):
    rows = lines([50], account="M.2.a", item="电力", unit="亿kWh")
    rows += lines([300], account="1.A.2", item="电力", unit="亿kWh")
    assert codes(tmp_path, rows, years=[2018], statistics=ELECTRICITY.format(450)) == [
        "electricity-final"
    ]
    rows += lines([110], account="1.A.4.b", item="电力", unit="亿kWh")
    assert codes(tmp_path, rows, years=[2018], statistics=ELECTRICITY.format(450)) == []


def test_heat_used_against_supplied(tmp_path):
    rows = lines([130], item="热力", unit="万GJ")
    heat = "350500,2018,供热量,100,万GJ\n"
    only(tmp_path, "heat-balance", rows, years=[2018], statistics=heat)


def test_one_stock_of_animals(tmp_path):
    rows = lines([50], account="3.A.1", item="奶牛", unit="万头")
    same = rows + lines([50], account="3.A.2", item="奶牛", unit="万头")
    assert codes(tmp_path, same, years=[2018]) == []
    other = rows + lines([65], account="3.A.2", item="奶牛", unit="万头")
    problem = only(tmp_path, "livestock-heads", other, years=[2018])
    assert "奶牛" in problem.message.zh
    # One row for each manure system repeats the animals.
    systems = rows + "".join(
        lines([50], account="3.A.2", item="奶牛", unit="万头", detail=f"系统{n}") for n in "甲乙"
    )
    assert codes(tmp_path, systems, years=[2018]) == []


def test_manure_nitrogen_within_what_animals_excrete(tmp_path):
    # 100 000 dairy cattle excrete 60 kg N a head by the provincial guideline: 6000 t N.
    rows = lines([10], account="3.A.1", item="奶牛", unit="万头")
    spread = rows + lines([4000], account="3.C.4", item="粪肥氮", unit="t N")
    assert codes(tmp_path, spread, years=[2018]) == []
    more = rows + lines([9000], account="3.C.4", item="粪肥氮", unit="t N")
    problem = only(tmp_path, "manure-nitrogen", more, years=[2018])
    assert "1.5" in problem.message.en


def test_rice_against_cropland(tmp_path):
    rows = lines([450], account="3.C.7", item="水稻", unit="万ha")
    land = "350500,2018,耕地面积,100,万ha\n"
    only(tmp_path, "rice-area", rows, years=[2018], statistics=land)
    assert codes(tmp_path, rows.replace("450", "150"), years=[2018], statistics=land) == []


PEOPLE = "350500,2018,常住人口,100,万人\n"


@pytest.mark.parametrize(
    ("account", "item", "unit", "good", "bad", "code"),
    [
        # 0.3 to 2.0 kg a day are 11 to 73 万t a year for a million people.
        ("4.A", "生活垃圾", "万t", 35, 90, "waste-per-head"),
        ("4.C", "生活垃圾", "万t", 35, 3, "waste-per-head"),
        ("4.D", "生活污水", "万m3", 6000, 60, "wastewater-per-head"),
        ("4.D", "生活污水", "t BOD", 14600, 146000, "organics-per-head"),
        ("4.D", "生活污水", "t COD", 30000, 3000, "organics-per-head"),
    ],
)
def test_waste_per_head(tmp_path, account, item, unit, good, bad, code):
    fine = lines([good], account=account, item=item, unit=unit)
    assert codes(tmp_path, fine, years=[2018], statistics=PEOPLE) == []
    wrong = lines([bad], account=account, item=item, unit=unit)
    only(tmp_path, code, wrong, years=[2018], statistics=PEOPLE)


def test_industrial_waste_is_not_counted_per_head(tmp_path):
    rows = lines([35], account="4.A", item="生活垃圾")
    rows += lines([300], account="4.C", item="危险废物")
    assert codes(tmp_path, rows, years=[2018], statistics=PEOPLE) == []


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("地区生产总值,7000,万元", "gdp-per-head"),
        ("全社会用电量,60,亿kWh", None),
        ("全社会用电量,60,万kWh", "electricity-per-head"),
        ("能源消费总量,400,万tce", None),
        ("能源消费总量,10000,万tce", "energy-per-head"),
    ],
)
def test_statistics_against_the_population(tmp_path, stated, code):
    if code == "gdp-per-head":
        stated = stated.replace("7000,万元", "7000,亿元").replace("7000", "70000")
    statistics = f"{PEOPLE}350500,2018,{stated}\n"
    expected = [code] if code else []
    assert codes(tmp_path, lines([10]), years=[2018], statistics=statistics) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["878,万人", "885,万人"], []),
        (["878,万人", "8850000,人"], []),
        (["878,万人", "88.5,万人"], ["series-unit-slip"]),
        (["878,万人", "1600,万人"], ["statistic-jump"]),
        (["878,万人", "1150,万人"], ["statistic-jump"]),
    ],
)
def test_steps_in_the_statistics(tmp_path, values, expected):
    rows = "".join(f"350500,{2018 + n},常住人口,{value}\n" for n, value in enumerate(values))
    assert codes(tmp_path, lines([10, 11]), years=[2018, 2019], statistics=rows) == expected


# Implied factors of a run.

FACTORS = "parameter,item,value,unit,source,locator,valid_from,valid_to\n"


def finished(folder, entries, factors=""):
    return run(opened(folder, entries, factors=factors))


def test_implied_factors_are_emission_per_activity(tmp_path):
    done = finished(tmp_path, lines(STEADY[:3]))
    rows = implied_factors(done.results)
    rows = rows[rows["measure"] == "CO2"].sort_values("period")
    amounts = done.postings[done.postings["measure"] == "CO2"].sort_values("period")["amount"]
    # 万t are 10 000 t; the three years have one factor.
    expected = [amount / (value * 1e4) for amount, value in zip(amounts, STEADY, strict=False)]
    assert rows["factor"].tolist() == pytest.approx(expected)
    assert rows["factor"].tolist() == pytest.approx([rows["factor"].iloc[0]] * 3)
    assert rows["share"].between(0.9, 1).all()


def test_library_factors_are_silent_and_measured_ones_beyond_all_editions_are_told(tmp_path):
    entries = lines(STEADY)
    done = finished(tmp_path / "a", entries)
    assert check_quality(done.results, done.library) == []
    # A plausible heating value passes; one that no edition has, and that the limits still allow,
    # is asked about.
    usual = FACTORS + "net_calorific_value,raw_coal,21.5,GJ/t,报告,p. 1,,\n"
    done = finished(tmp_path / "b", entries, usual)
    assert check_quality(done.results, library()) == []
    odd = FACTORS + "net_calorific_value,raw_coal,33,GJ/t,报告,p. 1,,\n"
    done = finished(tmp_path / "c", entries, odd)
    problems = check_quality(done.results, library())
    assert {each.code for each in problems} == {"implied-band"}
    assert any("net_calorific_value" in each.message.zh for each in problems)
    assert problems[0].where.startswith("entries.csv!F")


def test_a_step_of_the_implied_factor_names_its_cause(tmp_path):
    odd = (
        FACTORS
        + "net_calorific_value,raw_coal,20,GJ/t,报告,p. 1,2018-01-01,2020-12-31\n"
        + "net_calorific_value,raw_coal,27,GJ/t,报告,p. 2,2021-01-01,2023-12-31\n"
    )
    done = finished(tmp_path, lines(STEADY), odd)
    problems = [p for p in check_quality(done.results, library()) if p.code == "implied-change"]
    co2 = [each for each in problems if " CO2" in each.message.en]
    assert len(co2) == 1
    assert "net_calorific_value" in co2[0].message.en
    assert "2020" in co2[0].message.en
    assert "2021" in co2[0].message.en
    assert co2[0].grade is Grade.D


def test_a_great_table_is_not_checked_and_that_is_said(tmp_path, monkeypatch):
    from carbonledger.analysis import quality

    rows = dict(bands())
    scale = rows["quality-scale"][0].model_copy(update={"high": 3.0})
    monkeypatch.setattr(quality, "bands", lambda: {**rows, "quality-scale": (scale,)})
    assert only(tmp_path, "quality-not-checked", lines(STEADY)).grade is Grade.D


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567, "1,234,570"),
        (0.5, "0.5"),
        (0, "0"),
        (1e-7, "1e-07"),
        (100, "100"),
        (2.5e20, "2.5e+20"),
    ],
)
def test_figures_in_messages(value, shown):
    assert number(value) == shown


def test_a_finding_is_confirmed_by_an_answer_that_is_then_not_stale(tmp_path):
    inventory = opened(tmp_path, lines([100, 104, 98, 190, 200, 210]))
    assert [p.code for p in with_quality(inventory, inventory.intake.problems, inventory)] == [
        "series-jump"
    ]
    answer = (
        '[[answers]]\nfile = "entries.csv"\ncell = "F5"\ncode = "{}"\nprinted = "{}"\n'
        'action = "confirm"\n[answers.reason]\nzh = "新厂投产"\nen = "a new plant"\n'
    )
    manifest = tmp_path / "inventory.toml"
    plain = manifest.read_text("utf-8")
    manifest.write_text(plain + answer.format("series-jump", "190"), "utf-8")
    inventory = open_inventory(tmp_path)
    (problem,) = with_quality(inventory, inventory.intake.problems, inventory)
    assert (problem.code, problem.grade) == ("series-jump", Grade.D)
    assert "新厂投产" in problem.message.zh
    # An answer to a cell that has changed, or to another finding, settles nothing.
    for wrong in (answer.format("series-jump", "180"), answer.format("series-gap", "190")):
        manifest.write_text(plain + wrong, "utf-8")
        inventory = open_inventory(tmp_path)
        problems = with_quality(inventory, inventory.intake.problems, inventory)
        assert sorted(p.code for p in problems) == ["answer-stale", "series-jump"]
        assert {p.grade for p in problems if p.code == "series-jump"} == {Grade.C}
