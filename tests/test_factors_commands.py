"""The commands of the factor library: list, search, show; and the same in Python."""

import json
import random
from dataclasses import replace

import pandas as pd
import pytest

import carbonledger as cl
from carbonledger.engine.crosscheck import cross_checks
from carbonledger.library.load import library
from carbonledger.library.profiles import profile, profile_names
from carbonledger.library.reasons import editions
from carbonledger.library.search import overview
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.library.show import Question, compete, rules_for
from carbonledger.units import dimension

# The competition of rows


@pytest.mark.parametrize("name", profile_names())
def test_the_first_of_the_ranking_is_what_is_selected(name):
    base, rules = library(), profile(name)
    rows = base.parameters[base.parameters["parameter"] != "gwp100"]
    # Rows of editions that the profile knows at all: few of the library's for ecosystem products.
    known = {*rules.families, *(each for own in rules.parameter_families.values() for each in own)}
    rows = rows[rows["edition"].isin(known)]
    picked = random.Random(name).choices(range(len(rows)), k=24)
    asked = [
        (
            Question(
                row["parameter"], row["item"], row["detail"], row["account"], row["species"],
                place, year,
            ),
            row["unit"],
        )
        for row, place, year in zip(
            rows.iloc[picked].to_dict("records"),
            ["350500", "CN", "350000"] * 8,
            [2005, 2012, 2022, 2026, 2019, 2021] * 4,
            strict=True,
        )
    ]  # fmt: skip
    requests = pd.DataFrame(
        [
            (q.parameter, q.item, q.detail, q.account, q.species, q.region, q.year, dimension(unit))
            for q, unit in asked
        ],
        columns=list(REQUEST_COLUMNS),
    )
    chosen = select(requests, base, rules)["id"].to_dict()
    ranked = {}
    for number, (question, unit) in enumerate(asked):
        best = compete(question, base, rules, unit).winner
        if best is not None:
            ranked[number] = best["id"]
    assert ranked == chosen
    assert len(ranked) >= 8


def test_every_row_says_the_first_criterion_that_it_loses_by():
    answer = cl.show("电网排放因子", region="泉州", year=2022, profile="cn-provincial-2011")
    rows = answer.rows.set_index("id")
    assert rows.index[0] == answer.parameter
    assert answer.value == 0.4092  # announcement of 20 December 2024, Fujian 2022
    by_place = rows[rows["edition"] == rows["edition"].iloc[0]]
    national = by_place[by_place["region"] == "CN"]
    assert set(national["reason"]) == {"region"}
    year_before = by_place[(by_place["region"] == "350000") & (by_place["value"] == 0.4711)]
    assert list(year_before["reason"]) == ["older"]
    assert "福建省" in answer.why.zh
    assert "2022" in answer.why.zh


def test_a_row_of_no_family_of_the_profile_cannot_win():
    question = Question("net_calorific_value", "raw_coal", region="CN")
    rules = profile("cn-provincial-2011").model_copy(
        update={"families": ["ipcc-2006"], "parameter_families": {}}
    )
    found = compete(question, library(), rules)
    reasons = found.rows.set_index("id")["reason"]
    assert reasons["cesy/raw_coal/ncv"] == "not-in-profile"
    assert reasons["ipcc-2006/t1.2/bituminous_coal/ncv"] == "winner"


def test_warming_potentials_are_of_one_set():
    asked = Question("gwp100", species="SF6", region="CN")
    rules = profile("cn-provincial-2011")
    assert rules_for(rules, "gwp100", "AR5").families == ["AR5"]
    assert compete(asked, library(), rules, gwp="AR5").winner["value"] == 23500  # AR5, table 8.A.1
    assert compete(asked, library(), rules).winner["value"] == 23900  # SAR, the profile's own set


# Cross-checks


def test_tier_1_factors_agree_with_their_carbon_content():
    question = Question("co2_emission_factor", "diesel", region="CN")
    first, *_ = cross_checks(question, "ipcc-2006", library(), profile("ipcc-2006"))
    assert first.computed == pytest.approx(20.2 * 44 / 12)  # IPCC 2006 Vol. 2, Table 1.3
    assert first.declared.value == 74100  # Table 1.4, kg CO2/TJ
    assert abs(first.difference) < 0.001


def test_a_factor_that_contradicts_its_carbon_content_is_seen():
    base = library()
    rows = base.parameters.copy()
    rows.loc[rows["id"] == "ipcc-2006/t1.3/diesel/cc", "value"] = 22.2
    wrong = replace(base, parameters=rows)
    question = Question("carbon_content", "diesel", region="CN")
    first, per_tonne = cross_checks(question, "ipcc-2006", wrong, profile("ipcc-2006"))
    assert first.difference == pytest.approx(74.1 / (22.2 * 44 / 12) - 1)
    assert per_tonne.unit == "t CO2/t"


# Search and overview


def test_search_puts_the_word_itself_first():
    found = cl.factors("柴油")
    first = found["item"].eq("diesel").to_numpy()
    assert first[:20].all()
    assert len(found) > first.sum()  # biodiesel and notes about diesel stand below
    assert cl.factors("柴　油")["id"].equals(found["id"])  # an ideographic blank
    assert set(cl.factors("DIESEL", "ｃｅｓｙ")["edition"]) == {"cesy"}  # full width, capitals
    assert set(cl.factors("福建省")["region"]) >= {"350000"}
    assert set(cl.factors("增温潜势")["parameter"]) == {"gwp100"}
    assert set(cl.factors("公路运输")["account"]) >= {"1.A.3.b"} or len(cl.factors("公路运输")) == 0
    narrow = cl.factors(parameter="低位发热量", item="原煤", edition="cesy", status="未核对")
    assert list(narrow["id"]) == ["cesy/raw_coal/ncv"]


def test_long_lists_say_how_much_is_hidden(carbonledger):
    code, out, _ = carbonledger("factors", "search", "柴油", "--lang", "zh")
    total = len(cl.factors("柴油"))
    assert code == 0
    assert f"共 {total} 行" in out
    assert f"另有 {total - 40} 行" in out


def test_the_overview_counts_every_row_once(carbonledger):
    base = library()
    found = overview(base)
    assert found["rows"].sum() == len(base.parameters)
    assert found["verified"].between(0, 1).all()
    by_file = json.loads(carbonledger("factors", "list", "--json")[1])
    assert {row["subject"] for row in by_file} >= {"fuels_ipcc2006", "gwp", "electricity"}
    assert "cesy" in carbonledger("factors", "list", "--editions")[1]
    assert "ipcc-2006-v2" in carbonledger("factors", "list", "--sources")[1]


def test_every_edition_has_a_readable_name():
    assert set(library().parameters["edition"]) <= set(editions())
    assert all(title.zh and title.en for title, _ in editions().values())


# Show


def test_show_a_row_in_full(carbonledger):
    code, out, _ = carbonledger("factors", "show", "ipcc-2006/t1.2/crude_oil/ncv", "--lang", "zh")
    assert code == 0
    for text in ("42.3 GJ/t", "40.1 – 44.8", "Table 1.2", "原油", "合理范围", "ipcc-2006:"):
        assert text in out
    data = json.loads(carbonledger("factors", "show", "cesy/raw_coal/ncv", "--json")[1])
    assert data["row"]["value"] == 20.908
    foreign = json.loads(carbonledger("factors", "show", "ipcc-2006/t1.2/diesel/ncv", "--json")[1])
    chosen = foreign["answer"]["profiles"]["cn-provincial-2011"]
    assert chosen == "cesy/diesel/ncv"  # in China the yearbook goes before the world's default
    assert data["answer"]["profiles"]["cn-provincial-2011"] == "cesy/raw_coal/ncv"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["低位发热", "--item", "原煤"], "低位发热量"),
        (["低位发热量", "--item", "原媒"], "原煤"),
        (["原煤"], "品种，不是参数"),
        (["cesy/raw_coal/nvc"], "cesy/raw_coal/ncv"),
        (["低位发热量", "--item", "原煤", "--region", "泉洲市"], "泉州市"),
        (["低位发热量", "--item", "原煤", "--profile", "none"], "cn-provincial-2011"),
        (["低位发热量", "--item", "原煤", "--unit", "kcal"], "kcal"),
    ],
)
def test_show_says_what_is_near_a_name_that_it_does_not_know(carbonledger, arguments, says):
    code, out, err = carbonledger("factors", "show", *arguments)
    assert code == 1
    assert says in err
    assert out == ""


def test_show_says_what_would_satisfy_a_question_without_answer(carbonledger):
    code, out, _ = carbonledger(
        "factors", "show", "co2_factor", "--item", "柴油", "--region", "广东省", "--lang", "zh"
    )
    assert code == 0
    assert "没有适用的值" in out
    assert "口径不用此系列" in out or "库中有值的是" in out
    answer = cl.show("carbon_content", item="电力", profile="cn-provincial-2011")
    assert (answer.value, answer.unit, answer.parameter) == (None, "", "")
    assert "烟煤" in answer.why.zh or "柴油" in answer.why.zh
    assert all(answer.why)
