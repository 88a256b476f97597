"""Compensation, damages, assets: published sums and examples, invariants, refusals."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.analysis.uses.assessment import dual_assessment, green_product
from carbonledger.analysis.uses.awards import agreed_payments, section_rewards, tier_awards
from carbonledger.analysis.uses.balance import balance_sheet
from carbonledger.analysis.uses.compensation import contributions, factor_shares
from carbonledger.analysis.uses.damage import water_damage
from carbonledger.analysis.uses.forest_bank import forest_contracts
from carbonledger.analysis.uses.present_value import asset_values, present_value
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.library.uses import rule_of, rule_values, rules
from carbonledger.model.problem import Grade
from tests.uses_sample import codes_of, rows_of

RIVERS = rule_of("jinjiang-luoyang-2019", "basin-fund")
BASIN = rule_of("fujian-basin-2017", "factor-shares")
DAMAGE = rule_of("water-damage-2020", "damage")
BALANCE = (
    "年份,类别,资产,上级资产,单位,期初存量,自然增加,人为增加,自然减少,人为减少,重估,期末存量\n"
)


def test_every_rule_has_a_known_document():
    known = set(library().sources["source"])
    assert {rule.source for rule in rules().values()} <= known


def test_river_fund_contributions_sum_to_the_published_fund():
    # Rules of Quanzhou 2019: ten places pay 30,000 万元; Jinjiang 11,667.
    rows = contributions(RIVERS).rows
    amounts = {row["place"]: row["amount"] for row in rows}
    assert len(rows) == 11
    assert amounts.pop("合计 / Total") == 30000
    assert sum(amounts.values()) == 30000
    assert amounts["晋江市"] == 11667


def test_another_fund_keeps_the_proportions_and_says_so():
    table = contributions(RIVERS, 60000)
    amounts = {row["place"]: row["amount"] for row in table.rows}
    assert amounts["晋江市"] == pytest.approx(2 * 11667)
    assert any("用户填写" in note.zh for note in table.notes)


def test_provincial_basin_rule_shares_seventy_twenty_ten(tmp_path):
    text = "对象,因素,数值\n" + "".join(
        f"{place},{factor},{value}\n"
        for place, values in {"永春": (3, 1, 1), "安溪": (1, 1, 3)}.items()
        for factor, value in zip(("水环境质量", "森林生态", "用水总量控制"), values, strict=True)
    )
    rows = factor_shares(rows_of(tmp_path, "factors", text), BASIN, 1000).rows
    # By hand: 700·3/4 + 200/2 + 100/4 = 650, and 700/4 + 200/2 + 100·3/4 = 350.
    assert [row["amount"] for row in rows] == [650, 350, 1000]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(1, 999)] * 3), min_size=1, max_size=8), st.integers(1, 9**6)
)
def test_shares_sum_to_the_pool(tmp_path_factory, values, pool):
    text = "对象,因素,数值\n" + "".join(
        f"R{place},{factor},{value}\n"
        for place, row in enumerate(values)
        for factor, value in zip(("water_quality", "forest", "water_use"), row, strict=True)
    )
    folder = tmp_path_factory.mktemp("shares")
    rows = factor_shares(rows_of(folder, "factors", text), BASIN, pool).rows
    assert sum(row["amount"] for row in rows[:-1]) == pytest.approx(pool, rel=1e-12)
    assert all(row["amount"] >= 0 for row in rows)


def test_unpublished_weights_must_be_entered_and_are_named(tmp_path):
    text = "对象,因素,数值\n永春,water,1\n永春,water_use,1\n永春,ecology,1"
    rows = rows_of(tmp_path, "factors", text)
    with pytest.raises(CarbonledgerError, match="没有公布"):
        factor_shares(rows, RIVERS, 10000)
    weights = {"water": 0.5, "water_use": 0.3, "ecology": 0.2}
    table = factor_shares(rows, RIVERS, 10000, weights)
    assert any("用户填写" in note.zh for note in table.notes)
    with pytest.raises(CarbonledgerError, match="应为 1"):
        factor_shares(rows, RIVERS, 10000, weights | {"ecology": 0.3})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("永春,water_quality,1\n永春,forest,1", "没有因素"),
        ("永春,water_quality,0\n永春,forest,1\n永春,water_use,1", "之和为零"),
        ("永春,gdp,1", "不在规则中"),
        ("永春,forest,1\n永春,forest,2", "两次"),
    ],
)
def test_factors_that_cannot_be_shared_are_refused(tmp_path, text, words):
    with pytest.raises(CarbonledgerError, match=words):
        factor_shares(rows_of(tmp_path, "factors", "对象,因素,数值\n" + text), BASIN, 100)


def test_missed_sections_lose_the_reward_and_pay_back(tmp_path):
    text = """
断面名,对象,档次,达标,已预拨 [万元]
山美,永春,5,是,200
霞东,永春,2,否,60
石砻,南安,1,是,
""".replace("断面名", "断面")
    rows = {
        row["section"]: row
        for row in section_rewards(rows_of(tmp_path, "sections", text), RIVERS).rows
    }
    # Rewards 50/100/200/300/400 万元 by class (Rules of Quanzhou 2019).
    assert (rows["山美"]["reward"], rows["山美"]["payable"]) == (400, 200)
    assert (rows["霞东"]["reward"], rows["霞东"]["clawback"]) == (0, 60)
    assert rows["石砻"]["payable"] == 50
    assert rows["石砻"]["advanced"] is None
    assert (rows[""]["payable"], rows[""]["clawback"]) == (250, 60)
    with pytest.raises(CarbonledgerError, match="没有第 6 档"):
        section_rewards(rows_of(tmp_path, "sections", "断面,对象,档次,达标\n甲,乙,6,是"), RIVERS)


@pytest.mark.parametrize(
    ("name", "count", "paid"),
    # 5 x 3520 + 6 x 2000 + 17 x 1200 = 50,000 万元 (2024); 10 x 2950 + 13 x 1500 = 49,000 (2020).
    [("fujian-comprehensive-2024", 28, 50000), ("fujian-comprehensive-2020", 23, 49000)],
)
def test_full_tiers_pay_the_published_total(tmp_path, name, count, paid):
    text = "县,得分\n" + "".join(f"C{place},{200 - place}\n" for place in range(count + 3))
    rows = tier_awards(rows_of(tmp_path, "scores", text), rule_of(name, "tiers")).rows
    assert rows[-1]["amount"] == paid
    assert [row["amount"] for row in rows[count:-1]] == [0, 0, 0]


def test_scores_below_the_floor_get_nothing(tmp_path):
    table = tier_awards(
        rows_of(tmp_path, "scores", "县,得分\n甲,100\n乙,99.99"),
        rule_of("fujian-comprehensive-2024", "tiers"),
    )
    assert [row["amount"] for row in table.rows] == [3520, 0, 3520]
    assert [each.code for each in table.problems] == ["score-below-floor"]


def test_equal_scores_across_two_tiers_are_refused(tmp_path):
    text = "县,得分\n" + "".join(
        f"C{place},{score}\n" for place, score in enumerate([9] * 4 + [8, 8])
    )
    scores = text.replace(",9", ",109").replace(",8", ",108")
    with pytest.raises(CarbonledgerError, match="跨越两档"):
        tier_awards(
            rows_of(tmp_path, "scores", scores), rule_of("fujian-comprehensive-2024", "tiers")
        )


def test_water_damage_of_the_worked_example(tmp_path):
    # E = 142420, C = 0.634, α = 1, κ = 3.27 (τ = 1.25), ω = 1.5: D = 169,301.78 CNY (public tool
    # that cites GB/T 39793.2-2020).
    text = "污染物,排放量,单位,治理成本,α,ω,κ,价格年份\n废水,142420,m3,0.634,1,1.5,3.27,2020"
    row = water_damage(rows_of(tmp_path, "damage", text), DAMAGE).rows[0]
    assert row["gamma"] == 1.875
    assert row["damage"] == pytest.approx(169301.78, abs=0.006)


@pytest.mark.parametrize(
    ("kappa", "tau"),
    [(-1, 1), (0, 1), (0.01, 1.25), (10, 1.25), (10.1, 1.5), (100, 1.5), (1000, 1.75), (1001, 2)],
)
def test_exceedance_bands(tmp_path, kappa, tau):
    text = f"污染物,排放量,单位,治理成本,α,ω,κ,价格年份\n废水,1,t,1,1,1.5,{kappa},2020"
    assert water_damage(rows_of(tmp_path, "damage", text), DAMAGE).rows[0]["tau"] == tau


def test_exceedance_from_concentrations_and_contradictions(tmp_path):
    head = "污染物,排放量,单位,治理成本,α,ω,κ,监测值 [mg/L],基线值 [g/L],价格年份\n"
    row = water_damage(
        rows_of(tmp_path, "damage", head + "COD,1,t,1,1,1.5,,40,0.02,2020"), DAMAGE
    ).rows[0]
    assert row["kappa"] == pytest.approx(1)
    for cells, words in (
        ("COD,1,t,1,1,1.5,3,40,0.02,2020", "但由监测值"),
        ("COD,1,t,1,1,1.5,,40,0,2020", "请填写超基线倍数"),
        ("COD,1,t,1,3,1.5,1,,,2020", "不在 1 至 2"),
        ("COD,1,t,1,1,1,1,,,2020", "不在 1.5 至 2.5"),
    ):
        with pytest.raises(CarbonledgerError, match=words):
            water_damage(rows_of(tmp_path, "damage", head + cells), DAMAGE)


def test_present_value_of_the_forest_assets_of_china(tmp_path):
    # Bo et al. 2017: 19.10e12 CNY/a, 2.77 %, 100 years. The text prints 662e12 (annuity-due); the
    # abstract prints 691e12, which belongs to the other flow of the paper, 19.92e12.
    due = present_value(19.10e12, 0.0277, 100, at_start=True)
    assert due == pytest.approx(662.5e12, abs=0.05e12)
    assert present_value(19.10e12, 0.0277, 100, at_start=False) == pytest.approx(
        644.7e12, abs=0.05e12
    )
    assert present_value(19.92e12, 0.0277, 100, at_start=True) == pytest.approx(
        690.9e12, abs=0.1e12
    )
    text = "资产,年流量 [亿元/a],价格年份,收付时点\n森林,191000,2010,期初"
    rule = rule_of("forest-asset-2017", "present-value")
    row = asset_values(rows_of(tmp_path, "present_value", text), rule).rows[0]
    assert row["value"] == pytest.approx(due)
    assert {each.key: each.value for each in rule_values(rule, "rate")} == {
        "rate": 2.77,
        "years": 100,
    }


@settings(max_examples=50, deadline=None)
@given(st.floats(1, 1e9), st.floats(0.001, 0.3), st.integers(1, 200), st.booleans())
def test_present_value_is_the_sum_of_its_discounted_years(flow, rate, years, at_start):
    first = 0 if at_start else 1
    summed = sum(flow / (1 + rate) ** t for t in range(first, first + years))
    assert present_value(flow, rate, years, at_start=at_start) == pytest.approx(summed, rel=1e-9)


def test_present_value_has_no_default_timing_and_never_adds_price_years(tmp_path):
    head = "资产,年流量 [元/a],价格年份,贴现率 [%],年数 [a],收付时点\n"
    with pytest.raises(CarbonledgerError, match="没有默认值"):
        asset_values(rows_of(tmp_path, "present_value", head + "森林,1,2010,2,10,年中"))
    table = asset_values(
        rows_of(tmp_path, "present_value", head + "森林,1,2010,0,10,期末\n湿地,1,2015,0,10,期末")
    )
    assert [row["value"] for row in table.rows] == [10, 10]
    assert [each.code for each in table.problems] == ["price-years-differ"]
    bare = "资产,年流量 [元/a],价格年份,收付时点\n森林,1,2010,期末"
    with pytest.raises(CarbonledgerError, match="没有贴现率"):
        asset_values(rows_of(tmp_path, "present_value", bare))


def test_forest_bank_contract_of_shunchang(tmp_path):
    # 9 mu in custody for 20 years: 3720 CNY each year and 60 % of the timber income net of care.
    head = (
        "合同,面积 [亩],年限 [年],每年支付 [元/a],分成 [%],主伐收入 [元],管护成本 [元],贴现率 [%],"
        "时点,价格年份\n"
    )
    rows = rows_of(tmp_path, "forest_bank", head + "顺昌,9,20,3720,60,100000,40000,0,期末,2021")
    row = forest_contracts(rows).rows[0]
    assert row["annual_total"] == 74400
    assert row["per_area"] == pytest.approx(3720 / 9)
    assert row["timber"] == 36000
    assert row["value"] == 74400 + 36000
    loss = rows_of(tmp_path, "forest_bank", head + "顺昌,9,20,3720,60,1,40000,5,期初,2021")
    table = forest_contracts(loss)
    assert [each.code for each in table.problems] == ["care-above-income"]
    assert table.rows[0]["timber"] < 0


def test_agreed_rates_are_said_to_be_the_users(tmp_path):
    text = "对象,依据,数量,单位,标准,价格年份\n永春,GEP 增量,1200,t,15,2021"
    table = agreed_payments(rows_of(tmp_path, "agreed", text))
    assert table.rows[0]["amount"] == 18000
    assert "用户填写" in table.notes[0].zh


def test_the_first_forest_carbon_ticket_of_sanming(tmp_path):
    # Changkou village, 18 May 2021: 2,723 t at 15 CNY/t for 4.0845 万元, 10,000 t at 10 CNY/t.
    text = (
        "对象,依据,数量,单位,标准,价格年份\n常口村,林业碳票 0000001,2723,t CO2,15,2021\n"
        "常口村,林业碳票 0000001,10000,t CO2,10,2021"
    )
    rows = agreed_payments(rows_of(tmp_path, "agreed", text)).rows
    assert [row["amount"] for row in rows] == [40845, 100000, 140845]


def test_a_published_total_that_is_not_the_sum_of_its_rows_is_told_with_the_difference(tmp_path):
    # Fujian 2010 (Bo et al. 2017, table 2, 1e8 CNY): indirect 502113.9, direct 2761.7 = stumpage
    # 2186.0 + understorey 575.7; the asset is printed as 504875.5, a rounding below the sum.
    text = BALANCE + "\n".join(
        (
            "2010,林木,森林资产,,亿元,504875.5,,,,,,504875.5",
            "2010,林木,间接价值,森林资产,亿元,502113.9,,,,,,502113.9",
            "2010,林木,直接价值,森林资产,亿元,2761.7,,,,,,2761.7",
            "2010,林木,立木价值,直接价值,亿元,2186.0,,,,,,2186.0",
            "2010,林木,林下价值,直接价值,亿元,575.7,,,,,,575.7",
        )
    )
    problems = balance_sheet(rows_of(tmp_path, "balance", text)).problems
    assert {each.code for each in problems} == {"balance-parts"}
    assert all("少 0.1 亿元" in each.message.zh for each in problems)
    assert len(problems) == 2  # opening and closing of the whole; the direct value closes


def test_balance_sheet_closes_or_says_by_how_much(tmp_path):
    text = BALANCE + "\n".join(
        (
            "2023,林木,蓄积,,万m3,0.1,0.2,,,,,0.3",
            "2023,土地,耕地,,亩,1000,,,,10,,989",
            "2023,水,水资源,,亿m3,10,5,,,4,,",
            "2023,海洋,海域,,km2,,,2,,,,12",
        )
    )
    table = balance_sheet(rows_of(tmp_path, "balance", text))
    rows = {row["asset"]: row for row in table.rows}
    assert rows["蓄积"]["residual"] == 0  # 0.1 + 0.2 as written, not as binary floats
    assert rows["耕地"]["residual"] == -1
    assert rows["水资源"]["closing"] == 11
    assert rows["水资源"]["residual"] is None
    assert rows["海域"]["opening"] == 10
    assert rows["蓄积"]["managed_addition"] is None
    assert [(each.grade, each.code, each.row) for each in table.problems] == [
        (Grade.B, "balance-open", 3)
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.decimals(0, 10**6, places=3), min_size=5, max_size=5),
    st.decimals(-999, 999, places=3),
)
def test_computed_closing_stocks_close_exactly(tmp_path_factory, stocks, revaluation):
    folder = tmp_path_factory.mktemp("balance")
    cells = ",".join(map(str, [*stocks, revaluation]))
    computed = stocks[0] + stocks[1] + stocks[2] - stocks[3] - stocks[4] + revaluation
    text = BALANCE + f"2023,林木,蓄积,,m3,{cells},{computed}"
    row = balance_sheet(rows_of(folder, "balance", text)).rows[0]
    assert row["residual"] == 0


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (("2023,林木,蓄积,,m3,3,,,,,,3", "2023,林木,人工,蓄积,m3,1,,,,,,1"), "balance-parts"),
        (("2023,林木,蓄积,,m3,3,,,,,,3", "2023,林木,人工,蓄积,亩,3,,,,,,3"), "balance-units"),
        (("2023,林木,人工,蓄积,m3,3,,,,,,3",), "balance-no-whole"),
        (("2023,林木,蓄积,,m3,3,,,,,,3", "2024,林木,蓄积,,m3,4,,,,,,4"), "balance-years"),
        (("2023,林木,蓄积,,m3,3,,,,-1,,4",), "balance-negative"),
        (("2023,林木,蓄积,,m3,,1,,,,,",), "balance-unknown"),
    ],
)
def test_findings_about_a_balance_sheet(tmp_path, rows, code):
    table = balance_sheet(rows_of(tmp_path, "balance", BALANCE + "\n".join(rows)))
    assert {each.code for each in table.problems} == {code}


def test_parts_in_another_unit_of_the_kind_add_exactly(tmp_path):
    text = BALANCE + "2023,土地,林地,,公顷,2,,,,,,2\n2023,土地,竹林,林地,亩,30,,,,,,30"
    assert balance_sheet(rows_of(tmp_path, "balance", text)).problems == []


def test_green_product_of_fuzhou(tmp_path):
    # Fuzhou 2018: GEEP 14,550.77, degradation 28.71, damage 22.11 (亿元, as published); GDP and
    # regulating services together must therefore be 14,601.59, whatever their shares.
    text = "地区,年份,GDP [亿元],环境退化 [亿元],生态破坏 [亿元],调节服务 [亿元],GEP [亿元]\n"
    rows = rows_of(tmp_path, "geep", text + "福州,2018,7856.81,28.71,22.11,6744.78,11232.12")
    table = green_product(rows)
    assert table.rows[0]["geep"] == 14550.77
    assert not table.problems
    assert "不相加" in table.notes[0].zh
    more = rows_of(tmp_path, "geep", text + "福州,2018,7856.81,28.71,22.11,11300,11232.12")
    assert [each.code for each in green_product(more).problems] == ["regulating-above-gep"]


def test_dual_assessment_of_ninghai(tmp_path):
    # Ninghai 2018: GEP 1259.03, regulating 670.59, so 588.44 converted (46.74 %); 2.09 x GDP.
    head = (
        "地区,年份,价格年份,GDP [亿元],GDP增速 [%],GEP [亿元],GEP可比价 [亿元],"
        "上年GEP可比价 [亿元],物质产品 [亿元],文化服务 [亿元]\n"
    )
    text = head + "宁海,2018,2011,602.4,6,1259.03,1100,1000,400,188.44\n甲,2018,2011,100,8,50,,,,"
    first, second = dual_assessment(rows_of(tmp_path, "assessment", text)).rows
    assert first["converted"] == pytest.approx(588.44)
    assert first["converted_share"] == pytest.approx(100 - 53.26, abs=0.005)
    assert first["ratio"] == pytest.approx(2.09, abs=0.005)
    assert first["gep_growth"] == pytest.approx(10)
    assert (first["gdp_growth_rank"], second["gdp_growth_rank"]) == (2, 1)
    assert second["gep_growth"] is None
    assert second["gep_growth_rank"] is None
    assert not any("gdp" in key and "gep" in key for key in first)


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        ("scores", "县,得分,备注2\n甲,1,x", "column-unknown"),
        ("scores", "县,得分,分值\n甲,1,1", "column-twice"),
        ("scores", "县\n甲", "column-missing"),
        ("scores", "县,得分\n甲,", "cell-blank"),
        ("scores", "县,得分\n甲,约100", "cell-not-a-number"),
        ("scores", "县,得分", "table-empty"),
        ("sections", "对象,断面,档次,达标\n甲,乙,1,大概", "cell-not-yes"),
        ("sections", "对象,断面,档次,达标,已预拨\n甲,乙,1,是,3", "unit-missing"),
        ("sections", "对象,断面,档次,达标,已预拨 [t]\n甲,乙,1,是,3", "unit-wrong"),
        ("sections", "对象,断面,档次,达标,已预拨 [万元]\n甲,乙,1,是,-3", "cell-outside"),
        (
            "balance",
            BALANCE.replace("期初存量", "期初存量 [亩]") + "2023,a,b,,亩,1,,,,,,1",
            "unit-twice",
        ),
    ],
)
def test_what_an_input_table_must_not_be(tmp_path, table, text, code):
    assert code in codes_of(tmp_path, table, text)
