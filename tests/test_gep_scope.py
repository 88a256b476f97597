"""Growth at comparable prices and what is missing: a service added is no growth, nothing is 0."""

from dataclasses import replace

import pytest

from carbonledger.analysis.gep.accounts import township_table
from carbonledger.analysis.gep.change import change_table, comparable_growth
from carbonledger.analysis.gep.indicators import indicator_table
from tests.gep_two_years import gep_run


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
    towns = {row.get("region"): row for row in township_table(replace(facts, postings=kept), 2022).rows}
    assert towns["T1"]["G.1"] == 8000
    assert towns["T2"]["G.1"] is None
    assert towns["T2"]["total"] == towns["T2"]["G.2"]
