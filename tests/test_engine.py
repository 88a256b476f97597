"""The engine: against a row-by-row calculation, on every engine, and what it refuses."""

from dataclasses import replace
from functools import cache

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_select import ITEMS, library_of, parameter

from carbonledger.engine.execute import POSTING_COLUMNS, postings, roll_up
from carbonledger.engine.frame import ENGINES, Backend, engine_frame
from carbonledger.engine.plan import plan
from carbonledger.errors import CarbonledgerError
from carbonledger.memory import database
from carbonledger.model.profile import Profile

NCV = {"diesel": 0.042652, "bituminous_coal": 0.019570}  # TJ/t
CARBON = {"diesel": 20.2, "bituminous_coal": 26.1}
OXIDATION = {"diesel": 0.98, "bituminous_coal": 0.93}
TCE = 29.3076e-3  # TJ/tce
CH4 = {"1.A.1": 0.003, "1.A.2": 0.010}  # t/TJ
UNITS = {"t": 1.0, "万t": 1e4, "kt": 1e3, "万吨标准煤": 1e4, "tce": 1.0}


def parameters():
    rows = []
    for item, value in NCV.items():
        rows += [
            parameter(
                id=f"{item}-ncv",
                item=item,
                parameter="net_calorific_value",
                unit="GJ/t",
                value=value * 1e3,
            ),
            parameter(
                id=f"{item}-cc",
                item=item,
                parameter="carbon_content",
                unit="t C/TJ",
                value=CARBON[item],
                region="CN",
            ),
            parameter(
                id=f"{item}-of",
                item=item,
                parameter="oxidation_fraction",
                unit="1",
                value=OXIDATION[item],
                status="unverified",
            ),
        ]
    rows += [
        parameter(
            id=f"ch4-{account}",
            account=account,
            parameter="ch4_emission_factor",
            unit="kg CH4/TJ",
            value=value * 1e3,
        )
        for account, value in CH4.items()
    ]
    rows.append(
        parameter(id="tce", parameter="heat_per_coal_equivalent", unit="GJ/tce", value=TCE * 1e3)
    )
    for edition, potential in (("AR4", 25.0), ("AR6", 29.8)):
        rows.append(
            parameter(
                id=f"{edition}-CH4",
                parameter="gwp100",
                species="CH4_fossil",
                unit="t CO2e/t CH4",
                value=potential,
                edition=edition,
            )
        )
        rows.append(
            parameter(
                id=f"{edition}-CO2",
                parameter="gwp100",
                species="CO2",
                unit="t CO2e/t CO2",
                value=1.0,
                edition=edition,
            )
        )
    return rows


def library(rows=None):
    base = library_of(rows or parameters())
    names = {"name_zh": list(ITEMS), "name_en": list(ITEMS)}
    gases = [("CO2", "fossil", "CO2"), ("CH4", "fossil", "CH4_fossil")]
    return replace(
        base,
        items=base.items.assign(carbon="fossil", **names),
        accounts=base.accounts.assign(book="inventory"),
        gases=pd.DataFrame(gases, columns=["measure", "origin", "species"]),
    )


def profile(rules=None, **more):
    combustion = {"accounts": ["1.A"], "methods": [
        "energy.combustion.co2", "energy.combustion.co2.coal_equivalent",
        "energy.combustion.ch4", "energy.combustion.ch4.coal_equivalent",
    ]}  # fmt: skip
    return Profile.model_validate({
        "profile": "t", "title": {"zh": "试", "en": "t"}, "status": "unverified", "source": "s",
        "gwp": "AR4", "families": ["local", "national", "global"],
        "rules": rules or [combustion], **more,
    })  # fmt: skip


def entry(number, **fields):
    blank = {
        "entry": number,
        "file": "a.csv",
        "sheet": "",
        "row": number,
        "region": "350524",
        "period": 2012,
        "account": "1.A.1",
        "item": "diesel",
        "detail": "",
        "note": "",
        "source": "",
        "sign": 1.0,
        "answer": "",
        "quantity": None,
        "quantity__unit": "t",
        "quantity__notation": None,
        "quantity__cell": f"B{number}",
    }
    return blank | fields


SCHEMA = {
    "quantity": pa.float64(),
    "quantity__notation": pa.string(),
    "sign": pa.float64(),
    "entry": pa.int64(),
    "row": pa.int32(),
    "period": pa.int32(),
}


def table(rows):
    frame = pd.DataFrame(rows)
    fields = [
        (
            name,
            SCHEMA.get(
                name, pa.float64() if "__" not in name and name not in BASE else pa.string()
            ),
        )
        for name in frame.columns
    ]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False)


BASE = set(entry(1))
# Hypothesis asks for these a thousand times.
usual_library, usual_profile = cache(library), cache(profile)


def prepared(rows, *, engine="duckdb", base=None, rules=None, gwp="AR4", quantities=("quantity",)):
    connection = database()
    backend = Backend(connection, engine)
    frame = engine_frame(connection.from_arrow(table(rows)), quantities, backend)
    base, rules = base or usual_library(), rules or usual_profile()
    return plan(frame, quantities, base, rules, gwp), frame, backend


def computed(rows, **options):
    planned, frame, backend = prepared(rows, **options)
    assert planned.problems == []
    result = postings(planned, frame, backend).collect(backend="pandas").to_native()
    return result.sort_values(["entry", "measure"], ignore_index=True)


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


@pytest.mark.parametrize(
    ("fields", "code", "says"),
    [
        ({"quantity": 1.0, "quantity__unit": "km"}, "activity-unit-unfit", "fuel [t]"),
        ({"quantity": 1.0, "account": "1"}, "no-rule", "科目 1"),
        ({"quantity": 1.0, "account": "1.A"}, "parameter-not-found", "ch4_emission_factor"),
    ],
)
def test_what_cannot_be_computed_is_a_problem_with_its_cell(fields, code, says):
    planned, *_ = prepared([entry(7, **fields), entry(8, **fields)])
    problem = next(problem for problem in planned.problems if problem.code == code)
    assert (problem.grade, problem.file, problem.cell) == ("A", "a.csv", "B7")
    assert says in problem.message.zh + problem.remedy.zh
    assert "2 条录入" in problem.message.zh


@pytest.mark.parametrize(
    ("extra", "unit", "lost"),
    [("co2_factor", "t CO2/t", "co2_factor"), ("heat", "TJ", "heat"),
     ("coal_equivalent", "tce", "quantity")],
)  # fmt: skip
def test_a_number_that_no_method_takes_is_not_dropped_silently(extra, unit, lost):
    given_ = {extra: 9.9, f"{extra}__unit": unit, f"{extra}__notation": "", f"{extra}__cell": "C1"}
    rules = profile([
        {"accounts": ["1.A"], "methods": [
            "energy.combustion.co2.coal_equivalent", "energy.combustion.co2",
            "energy.combustion.ch4"]},
    ])  # fmt: skip
    if lost == "quantity":  # coal equivalent serves CO2 and the quantity CH4: nothing is lost
        rules = profile(
            [{"accounts": ["1.A"], "methods": ["energy.combustion.co2.coal_equivalent"]}]
        )
    planned, *_ = prepared([entry(1, quantity=1.0, **given_)], rules=rules,
                           quantities=("quantity", extra))  # fmt: skip
    (problem,) = planned.problems
    assert (problem.code, problem.grade) == ("quantity-not-used", "A")
    assert lost in problem.message.en


def test_a_key_for_one_activity_does_not_hide_the_value_of_another():
    rows = [entry(1, quantity=None, quantity__notation="NE", heat=5.0, heat__unit="TJ",
                  heat__notation="", heat__cell="C1")]  # fmt: skip
    rules = profile([{"accounts": ["1.A"], "methods": [
        "energy.combustion.co2", "energy.combustion.co2.heat"]}])  # fmt: skip
    result = computed(rows, rules=rules, quantities=("quantity", "heat"))
    assert result["amount"].tolist() == pytest.approx([5 * 20.2 * 0.98 * 44 / 12])


def test_an_own_factor_that_applies_to_nothing_is_told():
    own = parameter(id="own-2", item="raw_coal", parameter="carbon_content", unit="t C/TJ",
                    value=27.0, edition="inventory")  # fmt: skip
    planned, *_ = prepared([entry(1, quantity=1.0)], base=library([*parameters(), own]))
    (problem,) = planned.problems
    assert (problem.code, problem.grade, problem.file) == (
        "own-factor-not-used",
        "B",
        "factors.csv",
    )
    assert "own-2" in problem.message.zh


def test_no_quantity_at_all_is_said():
    connection = duckdb.connect()
    with pytest.raises(CarbonledgerError, match="录入"):
        engine_frame(connection.from_arrow(table([entry(1)])), (), Backend(connection))


def test_nothing_to_compute_is_said():
    planned, frame, backend = prepared([entry(1, quantity=None)])
    with pytest.raises(CarbonledgerError, match="空白"):
        postings(planned, frame, backend)


def test_an_unknown_engine_is_refused():
    with pytest.raises(CarbonledgerError, match="duckdb"):
        Backend(duckdb.connect(), "abacus")


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
