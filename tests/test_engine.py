"""The engine: against a row-by-row calculation, on every engine."""

from dataclasses import replace

import pandas as pd
import pytest
from engine_cases import (
    CARBON,
    CH4,
    NCV,
    OXIDATION,
    TCE,
    computed,
    entry,
    library,
    parameters,
    prepared,
    profile,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from test_select import parameter

from carbonledger.engine.execute import POSTING_COLUMNS, postings, roll_up
from carbonledger.engine.frame import ENGINES

UNITS = {"t": 1.0, "万t": 1e4, "kt": 1e3, "万吨标准煤": 1e4, "tce": 1.0}


def by_hand(row):
    item = row["item"] if row["item"] in NCV else "bituminous_coal"
    amount = row["quantity"] * row["sign"] * UNITS[row["quantity__unit"]]
    heat = amount * (
        TCE if "tce" in row["quantity__unit"] or "煤" in row["quantity__unit"] else NCV[item]
    )
    return {
        "CO2": heat * CARBON[item] * OXIDATION[item] * 44 / 12,
        "CH4": heat * CH4[row["account"]],
    }


rows_of_entries = st.lists(
    st.fixed_dictionaries({
        "item": st.sampled_from(["diesel", "raw_coal", "bituminous_coal"]),
        "account": st.sampled_from(["1.A.1", "1.A.2"]),
        "region": st.sampled_from(["350524", "350500", "440000"]),
        "period": st.integers(2005, 2015),
        "sign": st.sampled_from([1.0, -1.0]),
        "quantity": st.floats(-1e6, 1e6),
        "quantity__unit": st.sampled_from(sorted(UNITS)),
    }),
    min_size=1, max_size=25,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(rows=rows_of_entries)
def test_postings_equal_a_calculation_by_hand(rows):
    rows = [entry(number + 1, **fields) for number, fields in enumerate(rows)]
    result = computed(rows)
    assert list(result.columns) == list(POSTING_COLUMNS)
    assert len(result) == 2 * len(rows)
    for posting in result.to_dict("records"):
        expected = by_hand(rows[posting["entry"] - 1])[posting["measure"]]
        assert posting["amount"] == pytest.approx(expected, rel=1e-12, abs=1e-300)
        potential = 25 if posting["measure"] == "CH4" else 1
        assert posting["co2e"] == pytest.approx(posting["amount"] * potential, rel=1e-15)
        assert posting["source"] == f"a.csv!B{posting['entry']}"


@settings(max_examples=6, deadline=None)
@given(rows=rows_of_entries)
def test_every_engine_gives_the_same_postings_and_sums(rows):
    rows = [entry(number + 1, **fields) for number, fields in enumerate(rows)]
    results = {engine: computed(rows, engine=engine) for engine in ENGINES}
    for engine in ENGINES:
        pd.testing.assert_frame_equal(
            results["duckdb"], results[engine], check_dtype=False, rtol=1e-12
        )
    by = ["account", "measure"]
    expected = results["duckdb"].groupby(by)[["amount", "co2e"]].sum()
    for engine in ENGINES:
        planned, frame, backend = prepared(rows, engine=engine)
        sums = roll_up(planned, frame, backend, by).collect(backend="pandas").to_native()
        sums = sums.set_index(by).sort_index()
        scale = results["duckdb"]["co2e"].abs().sum() or 1.0
        assert (sums - expected).abs().to_numpy().max() <= 1e-12 * scale


def test_blank_zero_and_notation_keys_stay_apart():
    rows = [
        entry(1, quantity=None),
        entry(2, quantity=0.0),
        *(
            entry(n + 3, quantity__notation=key)
            for n, key in enumerate(["NE", "NO", "IE", "C", "NA"])
        ),
    ]
    result = computed(rows).set_index("entry")
    assert 1 not in result.index
    assert result.loc[2, "amount"].tolist() == [0.0, 0.0]
    assert result.loc[2, "notation"].tolist() == ["", ""]
    for number, key in enumerate(["NE", "NO", "IE", "C", "NA"]):
        assert result.loc[number + 3, "notation"].tolist() == [key, key]
        assert result.loc[number + 3, ["amount", "co2e"]].isna().all(axis=None)


def test_a_sum_of_notation_keys_is_missing_and_not_zero():
    rows = [entry(1, quantity__notation="NE"), entry(2, account="1.A.2", quantity=0.0)]
    for engine in ENGINES:
        planned, frame, backend = prepared(rows, engine=engine)
        sums = roll_up(planned, frame, backend, ["account"]).collect(backend="pandas").to_native()
        sums = sums.set_index("account")["amount"]
        assert pd.isna(sums["1.A.1"])
        assert sums["1.A.2"] == 0.0


def test_a_measured_value_in_the_entry_comes_first():
    rows = [
        entry(
            1,
            quantity=1.0,
            net_calorific_value=40.0,
            net_calorific_value__unit="GJ/t",
            net_calorific_value__notation="",
            net_calorific_value__cell="C1",
        ),
        entry(
            2,
            quantity=1.0,
            net_calorific_value=None,
            net_calorific_value__unit="",
            net_calorific_value__notation="",
            net_calorific_value__cell="C2",
        ),
    ]
    options = {"quantities": ("quantity", "net_calorific_value")}
    result = computed(rows, **options)
    amounts = result.loc[result["measure"] == "CO2", "amount"].tolist()
    assert amounts == pytest.approx(
        [0.040 * 20.2 * 0.98 * 44 / 12, 42.652e-3 * 20.2 * 0.98 * 44 / 12]
    )
    planned, frame, backend = prepared(rows, **options)
    sums = roll_up(planned, frame, backend, ["measure"]).collect(backend="pandas").to_native()
    assert sums.set_index("measure").loc["CO2", "amount"] == pytest.approx(sum(amounts))
    chosen = planned.selections
    own = chosen[(chosen["argument"] == "net_calorific_value") & (chosen["parameter"] == "entry")]
    assert own["locator"].unique().tolist() == ["net_calorific_value"]


def test_the_inventorys_own_factor_comes_before_the_library():
    own = parameter(
        id="own",
        item="diesel",
        parameter="carbon_content",
        unit="t C/TJ",
        value=21.0,
        edition="inventory",
    )
    planned, *_ = prepared([entry(1, quantity=1.0)], base=library([*parameters(), own]))
    used = planned.selections.query("argument == 'carbon_content'")["parameter"]
    assert used.tolist() == ["own"]


def test_gwp_changes_co2e_only():
    rows = [entry(1, quantity=5.0)]
    old, new = computed(rows, gwp="AR4"), computed(rows, gwp="AR6")
    pd.testing.assert_frame_equal(old.drop(columns="co2e"), new.drop(columns="co2e"))
    assert new["co2e"].tolist() == pytest.approx([old["amount"][0] * 29.8, old["amount"][1]])


def test_flags_say_what_a_number_rests_on():
    result = computed([entry(1, quantity=1.0)]).set_index("measure")
    assert result.loc["CO2", "flags"] == "unverified"
    assert result.loc["CH4", "flags"] == ""
    mixed = [
        row if row.parameter != "carbon_content" else row.model_copy(update={"edition": "local"})
        for row in parameters()
    ]
    result = computed([entry(1, quantity=1.0)], base=library(mixed)).set_index("measure")
    assert result.loc["CO2", "flags"] == "unverified,mixed-editions"
    companions = profile(companions=[["local", "national"]])
    result = computed([entry(1, quantity=1.0)], base=library(mixed), rules=companions)
    assert set(result["flags"]) == {"unverified", ""}


def test_a_rule_may_give_a_notation_key_and_its_reason():
    rules = profile([
        {"accounts": ["1"], "items": ["raw_coal"], "notation": "IE", "measures": ["CO2"],
         "reason": {"zh": "计入他处", "en": "elsewhere"}},
        {"accounts": ["1.A"], "methods": ["energy.combustion.co2", "energy.combustion.ch4"]},
    ])  # fmt: skip
    rows = [entry(1, quantity=1.0), entry(2, item="raw_coal", quantity=1.0)]
    result = computed(rows, rules=rules).set_index(["entry", "measure"])["notation"]
    assert result.to_dict() == {(1, "CH4"): "", (1, "CO2"): "", (2, "CH4"): "", (2, "CO2"): "IE"}


@settings(max_examples=10, deadline=None)
@given(rows=rows_of_entries, factor=st.sampled_from([2.0, 0.5, 10.0]))
def test_emissions_are_proportional_to_activity(rows, factor):
    rows = [entry(number + 1, **fields) for number, fields in enumerate(rows)]
    scaled = [row | {"quantity": row["quantity"] * factor} for row in rows]
    left, right = computed(rows)["amount"] * factor, computed(scaled)["amount"]
    assert right.to_numpy() == pytest.approx(left.to_numpy(), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rule_may_post_to_another_account_beside_the_entrys_own(engine):
    base = library()
    books = ["memo" if account == "1.A.2" else "inventory" for account in base.accounts["account"]]
    base = replace(base, accounts=base.accounts.assign(book=books))
    carbon = ["energy.combustion.co2", "energy.combustion.co2.coal_equivalent"]
    rules = profile([
        {"accounts": ["1.A"], "methods": ["energy.combustion.ch4"]},
        {"accounts": ["1.A"], "notation": "IE", "measures": ["CO2"],
         "reason": {"zh": "另列", "en": "elsewhere"}},
        {"accounts": ["1.A"], "methods": carbon, "post_to": "1.A.2"},
    ])  # fmt: skip
    rows = [entry(1, quantity=3.0), entry(2, quantity=5.0), entry(3, quantity__notation="NO")]
    planned, frame, backend = prepared(rows, engine=engine, base=base, rules=rules)
    assert not planned.problems
    made = postings(planned, frame, backend).collect(backend="pandas").to_native()
    of = made.set_index(["entry", "account", "measure"]).sort_index()
    assert len(of) == 9
    carbon_dioxide = NCV["diesel"] * CARBON["diesel"] * OXIDATION["diesel"] * 44 / 12
    for number, amount in ((1, 3.0), (2, 5.0)):
        memo = of.loc[(number, "1.A.2", "CO2")]
        assert memo["amount"] == pytest.approx(amount * carbon_dioxide)
        assert memo["book"] == "memo"
        assert of.loc[(number, "1.A.1", "CO2"), "notation"] == "IE"
        assert of.loc[(number, "1.A.1", "CH4"), "book"] == "inventory"
    assert of.loc[(3, "1.A.2", "CO2"), "notation"] == "NO"
    by = ["book", "account", "measure"]
    sums = roll_up(planned, frame, backend, by).collect(backend="pandas").to_native()
    expected = made.groupby(by)["amount"].sum(min_count=1)
    found = sums.set_index(by)["amount"].sort_index()
    assert list(found.index) == list(expected.index)
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)
