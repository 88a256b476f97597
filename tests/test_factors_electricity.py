"""Electricity and heat: as announced, in series that never mix, selected by region and year."""

import pandas as pd
import pytest
from factor_tables import BY_ID, PARAMETERS, PROFILES

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.library.select import select
from carbonledger.model import limits

PROVINCES = (
    "110000", "120000", "130000", "140000", "150000", "210000", "220000", "230000", "310000",
    "320000", "330000", "340000", "350000", "360000", "370000", "410000", "420000", "430000",
    "440000", "450000", "460000", "500000", "510000", "520000", "530000", "610000", "620000",
    "630000", "640000", "650000",
)  # fmt: skip
# 公告2024年第33号 and 公告2025年第47号, table 3, in the order of the administrative codes.
PUBLISHED = {
    2022: (
        0.5580, 0.7041, 0.7252, 0.7096, 0.6849, 0.5626, 0.4932, 0.5368, 0.5849, 0.5978, 0.5153,
        0.6782, 0.4092, 0.5752, 0.6410, 0.6058, 0.4364, 0.4900, 0.4403, 0.4044, 0.4184, 0.5227,
        0.1404, 0.4989, 0.1073, 0.6558, 0.4772, 0.1567, 0.6423, 0.6231,
    ),
    2023: (
        0.5554, 0.6796, 0.6516, 0.6634, 0.6479, 0.4878, 0.4671, 0.5229, 0.5737, 0.5827, 0.4974,
        0.6553, 0.4211, 0.5836, 0.6191, 0.5897, 0.4044, 0.4976, 0.4419, 0.4476, 0.3648, 0.5581,
        0.1564, 0.5683, 0.1333, 0.6335, 0.4471, 0.1796, 0.6187, 0.6021,
    ),
}  # fmt: skip
SERIES = ("grid_emission_factor", "residual_grid_emission_factor", "fossil_grid_emission_factor")
OTHERS = (*SERIES, "operating_margin", "build_margin", "electricity_life_cycle_factor")
ROWS = [row for row in PARAMETERS if row.parameter in OTHERS]


def average(year, region):
    return BY_ID[f"cn-grid-average/{year}/{region}"].value


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_provinces_as_announced(year):
    found = [average(year, region) for region in PROVINCES]
    assert found == pytest.approx(PUBLISHED[year], abs=0)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        # 公告2024年第12号 (2021): tables 1, 2, 3, 4, 5
        ("cn-grid-average/2021/CN", 0.5568), ("cn-grid-average/2021/CN-grid7-north", 0.7120),
        ("cn-grid-average/2021/CN-grid7-south", 0.4326), ("cn-grid-average/2021/340000", 0.7075),
        ("cn-grid-average/2021/350000", 0.4711), ("cn-grid-average/2021/CN/residual", 0.5942),
        ("cn-grid-average/2021/CN/fossil", 0.8426),
        # 公告2024年第33号 (2022)
        ("cn-grid-average/2022/CN", 0.5366), ("cn-grid-average/2022/CN-grid7-north", 0.6776),
        ("cn-grid-average/2022/CN-grid7-northeast", 0.5564),
        ("cn-grid-average/2022/CN-grid7-east", 0.5617),
        ("cn-grid-average/2022/CN-grid7-central", 0.5395),
        ("cn-grid-average/2022/CN-grid7-northwest", 0.5857),
        ("cn-grid-average/2022/CN-grid7-south", 0.3869),
        ("cn-grid-average/2022/CN-grid7-southwest", 0.2268),
        ("cn-grid-average/2022/CN/residual", 0.5856), ("cn-grid-average/2022/CN/fossil", 0.8325),
        # 公告2025年第47号 (2023)
        ("cn-grid-average/2023/CN", 0.5306), ("cn-grid-average/2023/CN-grid7-north", 0.6361),
        ("cn-grid-average/2023/CN-grid7-northeast", 0.5122),
        ("cn-grid-average/2023/CN-grid7-east", 0.5500),
        ("cn-grid-average/2023/CN-grid7-central", 0.5271),
        ("cn-grid-average/2023/CN-grid7-northwest", 0.5543),
        ("cn-grid-average/2023/CN-grid7-south", 0.4042),
        ("cn-grid-average/2023/CN-grid7-southwest", 0.2472),
        ("cn-grid-average/2023/CN/residual", 0.6096), ("cn-grid-average/2023/CN/fossil", 0.8273),
        # 《2011年和2012年中国区域电网平均二氧化碳排放因子》
        ("cn-grid-ndrc/2012/CN-grid6-north", 0.8843), ("cn-grid-ndrc/2012/CN-grid6-east", 0.7035),
        ("cn-grid-ndrc/2012/CN-grid6-northeast", 0.7769),
        ("cn-grid-ndrc/2012/CN-grid6-central", 0.5257),
        ("cn-grid-ndrc/2012/CN-grid6-northwest", 0.6671),
        ("cn-grid-ndrc/2012/CN-grid6-south", 0.5271),
        # 《2010年中国区域及省级电网平均二氧化碳排放因子》
        ("cn-grid-ndrc/2010/310000", 0.7934),
        # Enterprise reports; baselines of projects; carbon footprint
        ("cn-grid-enterprise/2021/CN", 0.5810), ("cn-grid-enterprise/2022/CN", 0.5703),
        ("cn-grid-baseline/2019/CN-grid6-east/om", 0.7921),
        ("cn-grid-baseline/2019/CN-grid6-east/bm", 0.3870),
        ("cn-grid-baseline/2009/CN-grid6-north/om", 1.0069),
        ("cn-grid-baseline/2015/CN-grid6-north/bm", 0.4780),
        ("cn-grid-footprint/2023/CN", 0.6205), ("cn-grid-footprint/2024/CN", 0.5777),
        # Heat: enterprise guidelines; Shanghai 2022
        ("cn-enterprise-2013/heat/CN", 0.11), ("sh-heat-2022/heat/310000", 0.06),
    ],
)  # fmt: skip
def test_published_values(row, value):
    assert BY_ID[row].value == value


def test_the_changes_that_were_announced():
    """Statements of the announcements and of the reports on them."""
    south = average(2022, "CN-grid7-south") - average(2021, "CN-grid7-south")
    assert south == pytest.approx(-0.0457, abs=5e-5)
    changes = [average(2023, region) - average(2022, region) for region in PROVINCES]
    assert (sum(each < 0 for each in changes), sum(each > 0 for each in changes)) == (20, 10)
    footprint = [BY_ID[f"cn-grid-footprint/{year}/CN"].value for year in (2023, 2024)]
    assert footprint[1] / footprint[0] - 1 == pytest.approx(-0.069, abs=5e-4)


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_a_grid_lies_between_its_provinces_and_the_country_between_its_grids(year):
    """A shifted column or line would break it."""
    groups = library().groups
    grids = {group: rows["member"] for group, rows in groups.groupby("group") if "grid7" in group}
    assert len(grids) == 7
    for group, members in grids.items():
        values = [average(year, member) for member in members]
        assert min(values) < average(year, group) < max(values), group
    values = [average(year, group) for group in grids]
    assert min(values) < average(year, "CN") < max(values)
    residual = BY_ID[f"cn-grid-average/{year}/CN/residual"].value
    assert average(year, "CN") < residual < BY_ID[f"cn-grid-average/{year}/CN/fossil"].value


def test_the_operating_margin_is_above_the_build_margin():
    margins = {row.id: row.value for row in ROWS if row.edition == "cn-grid-baseline"}
    operating = [key for key in margins if key.endswith("/om")]
    assert len(operating) == 6 * 9
    for key in operating:
        assert margins[key] > margins[key[:-2] + "bm"]


def test_every_row_is_of_one_calendar_year_and_a_series_has_each_region_once():
    for row in ROWS:
        assert (row.valid_from.month, row.valid_from.day) == (1, 1), row.id
        assert (row.valid_to.month, row.valid_to.day) == (12, 31), row.id
        assert row.valid_from.year == row.valid_to.year == int(row.id.split("/")[1])
        assert row.item == "electricity"
        assert not row.published or int(row.published[:4]) >= row.valid_from.year
    complete = {(row.valid_from.year, row.region) for row in ROWS if row.id.count("/") == 2
                and row.edition == "cn-grid-average"}  # fmt: skip
    assert len(complete) == 3 * (1 + 7 + 30)


def test_only_the_average_series_have_the_parameter_of_inventories():
    editions = {row.edition for row in ROWS if row.parameter == "grid_emission_factor"}
    assert editions == {
        "cn-grid-average", "cn-grid-ndrc", "cn-grid-provincial-assessment", "cn-grid-enterprise",
    }  # fmt: skip
    for row in ROWS:
        substance = "CO2e" if row.parameter == "electricity_life_cycle_factor" else "CO2"
        assert units.same_dimension(row.unit, f"t {substance}/MWh"), row.id


def chosen(region, year, edition, parameter="grid_emission_factor", **changes):
    """Value and fallback under a profile with this family alone; None where nothing applies."""
    rules = PROFILES["ipcc-2006"].model_copy(
        update={"families": [edition], "parameter_families": {}, **changes}
    )
    request = pd.DataFrame([{
        "argument": parameter, "item": "electricity", "detail": "", "account": "M.2.a",
        "species": "", "region": region, "period": year, "dimension": units.dimension("t CO2/MWh"),
    }])  # fmt: skip
    found = select(request, library(), rules)
    return None if found.empty else (found["value"].iloc[0], found["fallback"].iloc[0])


@pytest.mark.parametrize(
    ("region", "year", "edition", "value", "fallback"),
    [
        # Quanzhou takes what was announced for Fujian, and the latest year once there is no newer
        ("350500", 2021, "cn-grid-average", 0.4711, "parent-region"),
        ("350500", 2022, "cn-grid-average", 0.4092, "parent-region"),
        ("350500", 2023, "cn-grid-average", 0.4211, "parent-region"),
        ("350500", 2024, "cn-grid-average", 0.4211, "parent-region+older"),
        ("350000", 2022, "cn-grid-average", 0.4092, "exact"),
        # The rule looks at the region before the year: the province of 2010, not the grid of 2011
        ("350500", 2010, "cn-grid-ndrc", 0.5439, "parent-region"),
        ("350500", 2011, "cn-grid-ndrc", 0.5439, "parent-region+older"),
        # A province without a value of its own takes its grid, by the division of the time
        ("330000", 2011, "cn-grid-ndrc", 0.7129, "parent-region"),
        ("330000", 2012, "cn-grid-ndrc", 0.7035, "parent-region"),
        ("440000", 2012, "cn-grid-ndrc", 0.5271, "parent-region"),
        ("500000", 2012, "cn-grid-ndrc", 0.5257, "parent-region"),
        ("510000", 2022, "cn-grid-average", 0.1404, "exact"),
        ("CN-grid7-southwest", 2022, "cn-grid-average", 0.2268, "exact"),
        ("540000", 2022, "cn-grid-average", 0.5366, "parent-region"),
        # One value for the country
        ("350500", 2022, "cn-grid-enterprise", 0.5703, "parent-region"),
        ("350500", 2021, "cn-grid-enterprise", 0.5810, "parent-region"),
        ("350500", 2013, "cn-grid-provincial-assessment", 0.5514, "parent-region+older"),
    ],
)
def test_selection_by_region_and_year(region, year, edition, value, fallback):
    assert chosen(region, year, edition) == (value, fallback)


def test_years_before_a_series_are_marked_newer_or_have_nothing():
    assert chosen("350500", 2020, "cn-grid-average") == (0.4711, "parent-region+newer")
    assert chosen("350500", 2020, "cn-grid-average", use_newer=False) is None
    assert chosen("540000", 2012, "cn-grid-ndrc") is None


@pytest.mark.parametrize("parameter", SERIES[1:])
def test_a_series_is_never_taken_for_another(parameter):
    value, _ = chosen("350500", 2022, "cn-grid-average", parameter)
    assert value == {SERIES[1]: 0.5856, SERIES[2]: 0.8325}[parameter]
    assert chosen("350500", 2022, "cn-grid-baseline") is None
    assert chosen("350500", 2022, "cn-grid-footprint", "electricity_life_cycle_factor") is None


@pytest.mark.parametrize(
    ("value", "slip"),
    [(5.810, "t CO2/万kWh"), (581, "g CO2/kWh"), (581, "kg CO2/MWh"), (0.000581, "t CO2/kWh")],
)
def test_the_slip_of_an_electricity_factor_is_named(value, slip):
    message, remedy = limits.refusal("grid_emission_factor", value, "t CO2/MWh", "electricity")
    for text in (message.zh, message.en):
        assert slip in text
        assert "0.581 t CO2/MWh" in text
    assert "0.581 t CO2/MWh" in remedy.zh


@pytest.mark.parametrize(
    ("parameter", "value", "unit"),
    [
        ("grid_emission_factor", 0.00581, "t CO2/MWh"), ("grid_emission_factor", 0, "t CO2/MWh"),
        ("grid_emission_factor", 0.581, "g CO2/kWh"), ("grid_emission_factor", 1.5, "t CO2/MWh"),
        ("fossil_grid_emission_factor", 8.325, "t CO2/MWh"),
        ("electricity_life_cycle_factor", 577.7, "t CO2e/MWh"),
        ("heat_emission_factor", 110, "t CO2/GJ"), ("heat_emission_factor", 1.1, "t CO2/GJ"),
    ],
)  # fmt: skip
def test_what_no_factor_can_be(parameter, value, unit):
    assert limits.refusal(parameter, value, unit) is not None


def test_the_same_factor_in_another_unit_is_accepted():
    for value, unit in ((0.4092, "kg CO2/kWh"), (409.2, "g CO2/kWh"), (4.092, "t CO2/万kWh")):
        assert limits.refusal("grid_emission_factor", value, unit, "electricity") is None
    message, _ = limits.refusal("grid_emission_factor", 0.581, "g CO2/kWh")
    assert "0.581 kg CO2/kWh" in message.zh
    assert limits.unit_refusal("grid_emission_factor", "t CO2e/MWh") is not None
    assert limits.unit_refusal("heat_emission_factor", "kg CO2/百万千焦") is None
