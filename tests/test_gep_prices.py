"""Prices: their years, kinds and concepts; indices against published conversions; refusals."""

import pytest
from factor_tables import PARAMETERS
from gep_small import codes, run, values

from carbonledger.analysis.gep.checks import check_account
from carbonledger.library.load import library
from carbonledger.model.prices import CAPITAL_COST, INDEX_LINK, VALUES
from carbonledger.model.records import Price

WATER = "年份,科目,用水量 [m3]\n2010,G.1.5.a,1000\n"
WATER_TWO = "年份,科目,用水量 [m3]\n2010,G.1.5.a,1000\n2011,G.1.5.a,1200\n"
STORAGE = "年份,科目,水源涵养量 [m3]\n{year},G.2.1,1\n"


def tariff(value, year, kind="market", deflator="cpi", concept="exchange", valid=""):
    begins, ends = (f"{valid}-01-01", f"{valid}-12-31") if valid else ("", "")
    key = f"water_tariff,,,,,{value},CNY/m3,{begins},{ends}"
    return f"{key},{year},{kind},{concept},{deflator},甲,第1页"


def capital(value, year):
    return f"reservoir_capital_cost,,,,,{value},CNY/m3,,,{year},capital,replacement,cpi,甲,第1页"


ANNUITY = ["discount_rate,,,,,0.05,1,,,,,,,甲,第1页", "asset_lifetime,,,,,50,a,,,,,,,甲,第1页"]
FACTOR = 0.05 / (1 - 1.05**-50)


@pytest.mark.parametrize(
    ("price", "of", "to", "published"),
    [
        # LY/T 1721 price of 2005 in the account of Garzê 2010 (Table 3): 7.06.
        (6.1107, 2005, 2010, 7.06),
        # Price of 2002 in the same account: 15.58.
        (12.6, 2002, 2010, 15.58),
        # 1200 CNY per t C x 12/44 of 2008 in the account of Gaotianyan 2014 (Table 1): 379.87,
        # here a tenth of both.
        (120 * 12 / 44, 2008, 2014, 37.987),
    ],
)
def test_national_cpi_reproduces_published_conversions(tmp_path, price, of, to, published):
    outcome, results = run(
        tmp_path, STORAGE.format(year=to), [capital(price, of), *ANNUITY], periods=(to,)
    )
    assert not outcome.blocked, codes(outcome)
    assert values(results)[("G.2.1", to)] / FACTOR == pytest.approx(published, rel=0.0005)
    index = results.selections[results.selections["argument"] == "price_index"]
    assert f"{of}→{to}" in set(index["locator"].str.split(" ").str[-1])


def test_price_of_the_year_itself_is_not_moved(tmp_path):
    _, results = run(tmp_path, WATER, [tariff(2.6, 2010)])
    assert values(results) == {("G.1.5.a", 2010): 2600.0}
    assert values(results, "value_constant") == values(results)
    assert values(results, "water_supplied") == {("G.1.5.a", 2010): 1000.0}
    units = dict(results.postings[["measure", "unit"]].drop_duplicates().itertuples(index=False))
    assert units == {"value": "CNY", "value_constant": "CNY", "water_supplied": "m3"}


def test_growth_at_constant_prices_is_that_of_quantities_alone(tmp_path):
    prices = [tariff(2.6, 2010, valid=2010), tariff(3.9, 2011, valid=2011)]
    _, results = run(tmp_path, WATER_TWO, prices, periods=(2010, 2011))
    assert values(results) == pytest.approx({("G.1.5.a", 2010): 2600, ("G.1.5.a", 2011): 4680})
    constant = values(results, "value_constant")
    assert constant == pytest.approx({("G.1.5.a", 2010): 2600, ("G.1.5.a", 2011): 3120})
    assert results.info["price_base_year"] == 2010


def test_base_year_of_the_manifest_holds(tmp_path):
    prices = [tariff(2.6, 2010, valid=2010), tariff(3.9, 2011, valid=2011)]
    _, results = run(
        tmp_path, WATER_TWO, prices, periods=(2010, 2011),
        overrides="[overrides]\nprice_base_year = 2011",
    )  # fmt: skip
    constant = values(results, "value_constant")
    assert constant == pytest.approx({("G.1.5.a", 2010): 3900, ("G.1.5.a", 2011): 4680})


def test_one_old_price_serves_all_years_by_its_index(tmp_path):
    _, results = run(tmp_path, WATER_TWO, [tariff(2.6, 2010)], periods=(2010, 2011))
    # National CPI 2011: 105.4.
    assert values(results)[("G.1.5.a", 2011)] == pytest.approx(1200 * 2.6 * 1.054)
    assert values(results, "value_constant")[("G.1.5.a", 2011)] == pytest.approx(1200 * 2.6)


def test_money_that_is_entered_is_of_its_year(tmp_path):
    entries = "年份,科目,总产值 [万元]\n2010,G.1.1,100\n2011,G.1.1,210.8\n"
    _, results = run(tmp_path, entries, periods=(2010, 2011))
    assert values(results)[("G.1.1", 2011)] == pytest.approx(2.108e6)
    assert values(results, "value_constant")[("G.1.1", 2011)] == pytest.approx(2e6)


def test_price_without_a_year_is_refused(tmp_path):
    outcome, _ = run(tmp_path, WATER, [tariff(2.6, "")])
    assert outcome.blocked
    (problem,) = [each for each in outcome.problems if each.code == "price-without-year"]
    assert "价格年份" in problem.remedy.zh


def test_missing_index_is_refused_unless_cpi_may_stand_in(tmp_path):
    price = tariff(2.6, 2009, deflator="water-price")
    outcome, _ = run(tmp_path, WATER, [price])
    assert outcome.blocked
    (problem,) = [each for each in outcome.problems if each.code == "price-index-missing"]
    assert "2010" in problem.message.zh
    assert "substitute_deflator" in problem.remedy.zh
    _, results = run(tmp_path, WATER, [price], overrides='[overrides]\nsubstitute_deflator = "cpi"')
    assert values(results)[("G.1.5.a", 2010)] == pytest.approx(2600 * 1.033)  # CPI 2010
    index = results.selections[results.selections["argument"] == "price_index"]
    assert "substitute-index" in set(index["fallback"])


def test_own_index_series_serves(tmp_path):
    link = "price_index_link,,water-price,350500,,1.2,1,2010-01-01,2010-12-31,,,,,统计局,表1"
    _, results = run(tmp_path, WATER, [tariff(2.6, 2009, deflator="water-price"), link])
    assert values(results)[("G.1.5.a", 2010)] == pytest.approx(2600 * 1.2)


def test_price_before_its_year_goes_back_by_the_inverse(tmp_path):
    _, results = run(tmp_path, WATER, [tariff(2.6, 2011)])
    assert values(results)[("G.1.5.a", 2010)] == pytest.approx(2600 / 1.054)


def test_capital_cost_is_no_price_of_the_year(tmp_path):
    outcome, _ = run(tmp_path, WATER, [tariff(2.6, 2010, kind="capital")])
    assert outcome.blocked
    assert "capital-price-as-annual" in codes(outcome)
    storage = STORAGE.format(year=2010)
    cost = capital(7, 2010).replace(",capital,", ",cost,")
    outcome, _ = run(tmp_path, storage, [cost, *ANNUITY])
    assert outcome.blocked
    assert "capital-price-as-annual" in codes(outcome)


def test_profile_says_so_where_a_capital_cost_counts_in_one_year(tmp_path):
    rules = '[[rules]]\naccounts = ["G.2.1"]\nservices = ["gep.water_retention.entered"]\n'
    rules += 'pricing = ["capital_as_annual"]\n'
    entries, prices = STORAGE.format(year=2010), [capital(7, 2010)]
    _, results = run(tmp_path, entries, prices, rules=rules, profile="capital_as_annual = true")
    assert values(results) == {("G.2.1", 2010): 7.0}
    assert set(results.postings.loc[results.postings["measure"] == "value", "flags"]) == {
        "unverified,capital-as-annual"
    }
    told = {problem.code for problem in check_account(results, library())}
    assert told == {"gep-capital-as-annual", "gep-dominance"}
    with pytest.raises(Exception, match="capital_as_annual"):
        run(tmp_path, entries, prices, rules=rules)


def test_prices_of_different_years_in_one_formula_are_refused(tmp_path):
    entries = "年份,科目,旅游人次 [人次],每人次旅行支出 [元/人次],每人次旅行时间 [h/人次]\n"
    entries += "2010,G.3.1,100,500,8\n"
    wage = "wage,,,,,20,CNY/h,,,{year},market,exchange,cpi,甲,第1页"
    shares = [
        "time_value_share,,,,,0.3,1,,,,,,,甲,第1页", "nature_share,,,,,0.5,1,,,,,,,甲,第1页",
    ]  # fmt: skip
    outcome, _ = run(tmp_path, entries, [wage.format(year=2008), *shares])
    assert outcome.blocked
    assert "price-years-mixed" in codes(outcome)
    _, results = run(tmp_path, entries, [wage.format(year=2010), *shares])
    assert values(results)[("G.3.1", 2010)] == pytest.approx(100 * (500 + 8 * 20 * 0.3) * 0.5)


def test_price_per_tonne_of_carbon_is_not_one_per_tonne_of_co2(tmp_path):
    entries = "年份,科目,固碳量 [t CO2]\n2010,G.2.8,44\n"
    price = "carbon_price_per_carbon,,,,,1200,CNY/t C,,,2010,market,exchange,cpi,甲,第1页"
    _, results = run(tmp_path, entries, [price])
    assert values(results)[("G.2.8", 2010)] == pytest.approx(12 * 1200)
    wrong = price.replace("carbon_price_per_carbon", "carbon_price")
    outcome, _ = run(tmp_path, entries, [wrong])
    assert outcome.blocked
    assert any("CO2" in each.remedy.zh for each in outcome.problems if each.grade == "A")


def test_profile_may_refuse_concepts_of_value(tmp_path):
    price = tariff(2.6, 2010, concept="welfare")
    outcome, _ = run(tmp_path, WATER, [price], profile='value_concepts = ["exchange"]')
    assert outcome.blocked
    assert "value-concept" in codes(outcome)


def test_both_branches_of_purification_are_refused(tmp_path):
    entries = (
        "年份,科目,品种,污染物排放量 [t],面积 [公顷],单位面积净化量（二氧化硫） [kg/公顷/年]\n"
    )
    entries += "2010,G.2.6.a,,100,,\n2010,G.2.6.a,针叶林,,50,215.6\n"
    price = "so2_treatment_cost,,,,,1200,CNY/t,,,2010,cost,replacement,cpi,甲,第1页"
    outcome, _ = run(tmp_path, entries, [price])
    assert outcome.blocked
    assert "alternatives-mixed" in codes(outcome)


def test_excluded_service_gets_its_key_and_reason(tmp_path):
    entries = "年份,科目,释氧量 [t O2]\n2010,G.2.9,100\n"
    outcome, results = run(tmp_path, entries)
    valued = results.postings[results.postings["measure"].isin(VALUES)]
    assert set(valued["notation"]) == {"NA"}
    assert valued["amount"].isna().all()
    assert any("不核算释氧" in each.message.zh for each in outcome.problems)


def test_every_price_of_the_library_has_year_kind_concept_and_series():
    prices = [row for row in PARAMETERS if isinstance(row, Price)]
    assert prices
    for row in prices:
        assert row.price_year, row.id
        assert row.price_kind, row.id
        assert row.value_concept, row.id
        assert row.deflator == "cpi", row.id
        assert (row.price_kind == "capital") == row.parameter.endswith(CAPITAL_COST), row.id


def test_index_series_has_one_link_for_each_year():
    years = [row.valid_from.year for row in PARAMETERS if row.parameter == INDEX_LINK]
    assert years == list(range(2000, 2025))
    assert all(
        row.valid_from.year == row.valid_to.year
        for row in PARAMETERS
        if row.parameter == INDEX_LINK
    )
