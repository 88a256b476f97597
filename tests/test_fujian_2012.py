"""The worked inventory Fujian 2012, from the file to the result: published numbers and promises."""

import json
from pathlib import Path

import pandas as pd
import pytest

import carbonledger as cl
from carbonledger.analysis.compare import EFFECTS, compare
from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.errors import CarbonledgerError
from carbonledger.paths import inventories_dir

# Mt CO2 of Fujian 2012 by sector and fuel as published by CEADs (Shan et al. 2018, China CO2
# emission accounts 1997-2015, Scientific Data 5:170201), for the cells that the energy balance
# reproduces. The implied factors of the profile come from these same cells, so the test shows
# that table, units, coefficients and formula lead back to them, not that the factors are right.
PUBLISHED = {
    "transport": {
        "raw_coal": 0.0509110737,
        "diesel": 8.99063922,
        "gasoline": 2.83894361,
        "kerosene": 2.23568706,
        "fuel_oil": 2.73616175,
        "lpg": 0.200375091,
        "natural_gas": 0.0734647858,
    },
    "construction": {
        "raw_coal": 0.159468332,
        "diesel": 0.866269437,
        "gasoline": 0.380476979,
        "lpg": 0.0100187546,
    },
    "agriculture": {
        "raw_coal": 0.919984315,
        "diesel": 2.2940671,
        "gasoline": 0.625152944,
        "fuel_oil": 0.411881689,
        "lpg": 0.119598882,
    },
    "wholesale": {
        "raw_coal": 0.318340507,
        "diesel": 0.346507775,
        "gasoline": 0.819488878,
        "lpg": 0.0795238643,
        "natural_gas": 0.0972328048,
    },
    "other": {
        "raw_coal": 0.114549916,
        "diesel": 0.337535698,
        "gasoline": 2.07301419,
        "lpg": 0.0322478662,
        "natural_gas": 0.0561789539,
    },
    "residential_urban": {
        "raw_coal": 0.172775799,
        "diesel": 0.0934333464,
        "gasoline": 1.71712187,
        "lpg": 0.756102883,
        "natural_gas": 1.09981106,
    },
    "residential_rural": {
        "raw_coal": 0.982964093,
        "diesel": 0.239771005,
        "gasoline": 0.73753999,
        "lpg": 0.602064531,
        "natural_gas": 0.0842684308,
    },
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    inventory = cl.open_inventory("fujian-2012")
    made = {}
    for name, options in {
        "guideline": RunOptions(),
        "ar6": RunOptions(gwp="AR6"),
        "ceads": RunOptions(profile="ceads"),
        "ipcc": RunOptions(profile="ipcc-2006"),
        "again": RunOptions(engine="pandas"),
    }.items():
        folder = tmp_path_factory.mktemp(name)
        assert not write_run(inventory, folder, options).blocked
        made[name] = Results.read(folder)
    return made


@pytest.mark.parametrize(
    ("detail", "item"), [(detail, item) for detail, row in PUBLISHED.items() for item in row]
)
def test_ceads_cells_are_reproduced(runs, detail, item):
    postings = runs["ceads"].postings
    cell = postings.query("detail == @detail and item == @item and measure == 'CO2'")
    assert cell["amount"].sum() / 1e6 == pytest.approx(PUBLISHED[detail][item], rel=1e-4)
    assert cell["flags"].str.contains("unverified").all()


def test_published_totals_stand_beside_ours(runs):
    rows = {row["account"]: row for row in runs["ceads"].info["published"]}
    assert rows["1.A.3"]["computed"] == pytest.approx(17.126183, rel=1e-4)
    whole = {name: runs[name].info["published"][0]["percent"] for name in ("guideline", "ipcc")}
    # The guideline's oxidation lies below that of IPCC (1.0): the two cannot change places.
    assert 0 < whole["guideline"] < whole["ipcc"] < 10


def test_diesel_of_transport_by_hand(runs):
    # 4.234042 Mtce x 29.2712 GJ/tce x 20.2 t C/TJ x 0.98 x 44/12
    cell = runs["guideline"].postings.query(
        "account == '1.A.3' and item == 'diesel' and measure == 'CO2'"
    )
    expected = 4.234042e6 * 29.2712e-3 * 20.2 * 0.98 * 44 / 12
    assert cell["amount"].tolist() == pytest.approx([expected], rel=1e-12)
    assert cell["source"].tolist() == ["energy_balance.csv!Q25"]


def test_every_result_file_keeps_the_contract(runs):
    results = runs["guideline"]
    assert {path.name for path in results.folder.iterdir()} == set(RESULT_FILES)
    assert list(results.postings)[:15] == [
        "book", "region", "period", "account", "item", "detail", "measure", "amount", "unit",
        "co2e", "notation", "method", "selection", "source", "flags",
    ]  # fmt: skip
    assert list(results.selections) == [
        "selection", "argument", "value", "unit", "parameter", "fallback", "status", "source",
        "locator",
    ]  # fmt: skip
    assert list(results.totals) == [
        "book", "region", "period", "account", "measure", "amount", "unit", "co2e", "notation",
    ]  # fmt: skip
    assert list(results.problems) == [
        "grade", "code", "file", "sheet", "cell", "row", "message", "remedy",
    ]  # fmt: skip
    assert set(results.postings["selection"]) - {0} == set(results.selections["selection"])


def test_totals_are_the_sums_of_what_is_below(runs):
    totals = runs["guideline"].totals.set_index(["account", "measure"])["amount"]
    postings = runs["guideline"].postings.query("book == 'inventory'")
    for measure in ("CO2", "CH4", "N2O"):
        assert totals["1", measure] == pytest.approx(
            postings.loc[postings["measure"] == measure, "amount"].sum(), rel=1e-12
        )
        children = totals["1.A.1", measure] + totals["1.A.2", measure]
        children += totals["1.A.3", measure] + totals["1.A.4", measure]
        assert totals["1.A", measure] == pytest.approx(children, rel=1e-12)


def test_what_is_not_burned_carries_a_key_and_no_number(runs):
    postings = runs["guideline"].postings.query("book == 'inventory'").set_index("item")
    for item, key in {
        "electricity": "IE",
        "heat": "IE",
        "bitumen": "NA",
        "other_energy": "NE",
    }.items():
        assert set(postings.loc[item, "notation"]) == {key}
        assert postings.loc[item, "amount"].isna().all()


def test_the_suspicious_import_is_reported_before_anything_is_computed(runs):
    problems = cl.open_inventory("fujian-2012").intake.problems
    cells = {problem.cell: problem for problem in problems if "347.7444" in problem.message.zh}
    assert {"O5", "O7"} <= set(cells)
    assert cells["O7"].grade == "B"  # answered in the manifest: set aside, with the reason
    assert "3.477444" in cells["O7"].message.en
    signs = [p for p in problems if p.cell == "C12"]
    assert signs
    assert "1.A.1.a.i" in signs[0].message.en


def test_unanswered_it_blocks_the_run(tmp_path):
    source = inventories_dir() / "fujian-2012"
    (tmp_path / "energy_balance.csv").write_bytes((source / "energy_balance.csv").read_bytes())
    manifest = (source / "inventory.toml").read_text("utf-8")
    (tmp_path / "inventory.toml").write_text(manifest.split("[[answers]]")[0], "utf-8")
    inventory = cl.open_inventory(tmp_path)
    folder = tmp_path / "out"
    folder.mkdir()
    outcome = write_run(inventory, folder, RunOptions())
    assert outcome.blocked
    assert {p.cell for p in outcome.problems if p.grade == "A"} >= {"O7"}
    assert {path.name for path in folder.iterdir()} == {"problems.csv", "run.json"}
    with pytest.raises(CarbonledgerError, match="O7"):
        cl.run(inventory)


def test_gwp_changes_co2e_only(runs):
    old, new = runs["guideline"], runs["ar6"]
    pd.testing.assert_frame_equal(
        old.postings.drop(columns="co2e"), new.postings.drop(columns="co2e")
    )
    fossil = new.postings.query("measure == 'CH4' and notation == ''")
    assert fossil["co2e"].to_numpy() == pytest.approx(fossil["amount"].to_numpy() * 29.8)
    assert old.info["identity"] != new.info["identity"]


def test_the_same_run_on_another_engine(runs):
    left, right = runs["guideline"], runs["again"]
    assert left.info["identity"] == right.info["identity"]
    keys = ["entry", "measure"]
    pd.testing.assert_frame_equal(
        left.postings.sort_values(keys, ignore_index=True),
        right.postings.sort_values(keys, ignore_index=True),
        rtol=1e-12,
    )


def test_the_same_run_gives_the_same_bytes(runs, tmp_path):
    write_run(cl.open_inventory("fujian-2012"), tmp_path, RunOptions())
    for name in ("postings.parquet", "selections.parquet", "totals.csv", "problems.csv"):
        assert (tmp_path / name).read_bytes() == (runs["guideline"].folder / name).read_bytes()


@pytest.mark.parametrize("pair", [("guideline", "ar6"), ("guideline", "ceads"), ("ipcc", "ceads")])
def test_the_effects_of_a_comparison_add_up(runs, pair):
    comparison = compare(*(runs[name] for name in pair))
    books = runs[pair[0]].postings.groupby("book")["co2e"].sum()
    totals = comparison.totals.set_index("book")
    assert list(totals.index) == ["inventory", "memo"]
    for book, total in totals.iterrows():
        assert total[EFFECTS].sum() == pytest.approx(total["difference"], rel=1e-9)
        assert total["co2e_a"] == pytest.approx(books[book], rel=1e-12)
    rows = comparison.rows
    assert rows[EFFECTS].sum(axis=1).to_numpy() == pytest.approx(
        rows["difference"].to_numpy(), rel=1e-9, abs=1e-3
    )
    if pair == ("guideline", "ar6"):
        assert totals[["data", "parameter", "method"]].abs().to_numpy().max() == 0
        assert totals.loc["memo", "difference"] == 0
        assert set(rows["measure"]) == {"CH4", "N2O"}


def changed(tmp_path, edit):
    source = inventories_dir() / "fujian-2012"
    for path in source.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    edit(tmp_path)
    return cl.run(tmp_path)


def test_a_comparison_tells_data_from_parameters(runs, tmp_path):
    def edit(folder):
        table = folder / "energy_balance.csv"
        # Moved from industry to transport, so that the table still adds up.
        text = table.read_bytes().replace(b"4.234042", b"4.244042")
        table.write_bytes(text.replace(b"1.3060548", b"1.2960548"))
        (folder / "factors.csv").write_text(
            "parameter,item,value,unit,source,locator\n"
            "carbon_content,raw_coal,27.0,t C/TJ,Laboratory report 12,page 3\n",
            "utf-8",
        )

    comparison = compare(runs["guideline"], changed(tmp_path, edit).results)
    rows = comparison.rows.query("measure == 'CO2'")
    (diesel,) = rows.query("item == 'diesel' and account == '1.A.3'").to_dict("records")
    expected = 0.01e6 * 29.2712e-3 * 20.2 * 0.98 * 44 / 12
    assert diesel["data"] == pytest.approx(expected, rel=1e-9)
    assert [diesel[name] for name in ("parameter", "method", "gwp")] == [0, 0, 0]
    (coal,) = rows.query("item == 'raw_coal' and account == '1.A.1.a.i'").to_dict("records")
    assert coal["parameter"] == pytest.approx(coal["co2e_a"] * (27.0 / 26.1 - 1), rel=1e-9)
    assert [coal[name] for name in ("data", "method", "gwp")] == [0, 0, 0]


def test_explain_shows_every_number_with_its_source():
    run = cl.run("fujian-2012")
    explanation = run.explain("1.A.1.a.i", item="raw_coal", region="350000", period=2012)
    (term,) = explanation.terms
    assert explanation.amount == term.amount
    by_name = {argument.name: argument for argument in term.arguments}
    assert by_name["coal_equivalent"].place == "energy_balance.csv!C12"
    assert (by_name["coal_equivalent"].value, by_name["coal_equivalent"].sign) == (-32.1441372, -1)
    assert by_name["heat_per_coal_equivalent"].place == "inventory.toml"
    carbon = by_name["carbon_content"]
    assert (carbon.value, carbon.unit) == (26.1, "t C/TJ")
    assert "1041" in carbon.source or "省级" in carbon.source
    assert "含碳量和碳氧化率" in carbon.locator
    assert "general-item" in carbon.fallback  # the guideline has no raw coal: bituminous stands in
    assert "26.1 t C/TJ" in term.filled
    assert "44/12" in term.filled
    value = 32.1441372e6 * 29.2712e-3 * 26.1 * by_name["oxidation_fraction"].value * 44 / 12
    assert term.amount == pytest.approx(value, rel=1e-12)
    json.dumps(explanation.as_dict(), default=str)
    with pytest.raises(CarbonledgerError, match=r"1\.A\.3"):
        run.explain("2.A")


def test_explained_terms_add_up_to_the_total():
    run = cl.run("fujian-2012")
    totals = run.totals(by=["account"]).set_index(["account", "measure"])["amount"]
    for measure in ("CO2", "CH4", "N2O"):
        explanation = run.explain("1.A", measure=measure)
        assert explanation.amount == pytest.approx(totals["1.A", measure], rel=1e-12)
        parts = [part.amount or 0 for part in explanation.by_item().values()]
        assert sum(parts) == pytest.approx(explanation.amount, rel=1e-12)


def test_totals_of_the_interface():
    run = cl.run("fujian-2012")
    by_item = run.totals(by=["item"])
    by_both = run.totals(by=["account", "item"])
    burned = by_item.query("book == 'inventory' and measure == 'CO2'")
    assert burned["amount"].sum() == pytest.approx(
        by_both.query("account == '1' and measure == 'CO2'")["amount"].sum(), rel=1e-12
    )
    bitumen = by_item.query("item == 'bitumen'").groupby("book")["amount"]
    # Not burned; what is stored of its carbon is a memo item.
    assert bitumen.count().to_dict() == {"inventory": 0, "memo": 1}
    with pytest.raises(CarbonledgerError, match="colour"):
        run.totals(by=["colour"])


def test_overrides_of_the_manifest_hold_for_its_profile_only(tmp_path):
    def edit(folder):
        path = folder / "inventory.toml"
        text = path.read_text("utf-8")
        extra = '[overrides]\nparameter_families.carbon_content = ["ipcc-2006"]\n\n[title]'
        path.write_text(text.replace("[title]", extra, 1), "utf-8")

    run = changed(tmp_path, edit)
    used = run.results.selections.query("argument == 'carbon_content'")["parameter"]
    assert used.str.startswith("ipcc-2006").all()
    # The orders of other parameters stay as the profile has them.
    grid = run.results.selections.query("argument == 'grid_emission_factor'")["parameter"]
    assert grid.str.startswith("cn-grid-").all()
    other = cl.run(tmp_path, profile="ceads")
    used = other.results.selections.query("argument == 'carbon_content'")["parameter"]
    assert not used.str.startswith("ipcc-2006").any()


def test_packaged_and_given_folders_are_found():
    assert cl.open_inventory("fujian-2012").name == "fujian-2012"
    assert cl.open_inventory(Path(inventories_dir() / "fujian-2012")).name == "fujian-2012"
    with pytest.raises(CarbonledgerError, match="fujian-2012"):
        cl.open_inventory("no-such-inventory")
