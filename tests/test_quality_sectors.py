"""Quality checks of sectors and statistics against each other: a planted fault for each."""

import pytest
from quality_inventory import codes, lines, only


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
