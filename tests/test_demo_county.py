"""The invented county: every sector computed, layouts that close, switches that do one thing."""

import csv
import shutil

import pandas as pd
import pytest
from runs import reviewed

from carbonledger.analysis.closure import closure
from carbonledger.analysis.compare import compare
from carbonledger.analysis.summary import differences, layout, summary
from carbonledger.api import library_of
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions
from carbonledger.paths import inventories_dir

FOLDER = inventories_dir() / "demo-county"
PROFILES = ["cn-provincial-2011", "cn-provincial-2025", "ipcc-2006", "gpc-basic"]
YEARS = list(range(2019, 2025))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    found = {}
    for name, options in {
        **{name: RunOptions(name) for name in PROFILES},
        "ar6": RunOptions("cn-provincial-2011", gwp="AR6"),
    }.items():
        outcome = reviewed("demo-county", folder / name, options)
        assert not outcome.blocked, outcome.problems
        assert not [p for p in outcome.problems if p.grade in "AB"], outcome.problems
        assert "transport-counted-twice" not in {p.code for p in outcome.problems}
        found[name] = Results.read(folder / name)
    return found


def table_of(results, name, period=2024):
    table = summary(results, library_of(results), name)
    return table[table["period"] == period].set_index(["code", "gas"])


def test_everything_says_that_it_is_sample_data(runs):
    manifest = (FOLDER / "inventory.toml").read_text("utf-8")
    assert "示例数据" in runs["ipcc-2006"].info["title"]["zh"]
    assert "SAMPLE DATA" in runs["ipcc-2006"].info["title"]["en"]
    assert manifest.count('source = "示例数据（虚构）') == manifest.count("[[tables]]")
    for path in FOLDER.glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            assert all(
                "示例数据" in (row.get("备注") or row.get("来源")) for row in csv.DictReader(file)
            )
    assert runs["ipcc-2006"].entries["source"].str.contains("示例数据").all()


def test_every_line_of_the_provincial_summary_is_computed_in_every_year(runs):
    results = runs["cn-provincial-2011"]
    table = summary(results, library_of(results), "cn-provincial-2011")
    for line in layout("cn-provincial-2011"):
        rows = table[(table["code"] == line.code) & table["co2e"].notna()]
        assert sorted(rows["period"].unique()) == YEARS, line.code


@pytest.mark.parametrize("profile", PROFILES)
def test_the_three_layouts_close_to_the_same_masses(runs, profile):
    results = runs[profile]
    base = library_of(results)
    postings = results.postings
    kept = postings[(postings["period"] == 2024) & (postings["book"] == "inventory")]
    electricity = kept["item"].isin(["electricity", "heat"])
    masses = kept[~electricity].groupby("measure")["amount"].sum(min_count=1).dropna()
    tops = {"cn-provincial-2011": "T", "ipcc-2006": "TOTAL", "gpc": "TERRITORIAL"}
    for name, code in tops.items():
        table = table_of(results, name)
        left_out = differences(results, base, name)
        left_out = left_out[(left_out["period"] == 2024) & ~left_out["item"].isin(["electricity"])]
        outside = left_out.groupby("measure")["amount"].sum()
        for gas in ("CO2", "CH4", "N2O", "SF6"):
            # What a layout has no line for is listed; a total over chapters still holds most of it.
            total = table.loc[(code, gas), "amount"]
            assert total == pytest.approx(masses[gas], rel=1e-9) or total == pytest.approx(
                masses[gas] - outside.get(gas, 0.0), rel=1e-9
            ), (name, gas)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_command_of_layouts_shows_that_they_close(runs, profile):
    results = runs[profile]
    table, rest = closure(results, library_of(results))
    assert set(table["layout"]) == {"cn-provincial-2011", "ipcc-2006", "gpc"}
    assert sorted(table["period"].unique()) == YEARS
    assert (table["difference"] == 0).all(), table[table["difference"] != 0]
    kept = results.postings[results.postings["book"] == "inventory"]
    kept = kept[~kept["item"].isin(["electricity", "heat"]) & (kept["measure"] == "CH4")]
    masses = kept.groupby("period")["amount"].sum()
    shown = table[(table["layout"] == "gpc") & (table["gas"] == "CH4")].set_index("period")
    assert shown["total"].to_dict() == pytest.approx(masses.to_dict())
    # Categories without a line of their own are listed, each with its mass.
    glass = rest[(rest["account"] == "2.A.3") & (rest["period"] == 2024)]
    assert glass["layout"].tolist() == ["cn-provincial-2011"]
    assert glass["amount"].tolist() == pytest.approx([9e4 * 0.21])


def test_compare_explains_another_grid_series_as_parameters_alone(runs, tmp_path):
    copy = shutil.copytree(FOLDER, tmp_path / "demo")
    with (copy / "inventory.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(
            '\n[overrides.parameter_families]\ngrid_emission_factor = ["cn-grid-enterprise"]\n'
        )
    outcome = reviewed(copy, tmp_path / "out")
    assert not outcome.blocked, outcome.problems
    before = runs["cn-provincial-2011"]
    after = Results.read(tmp_path / "out")
    moved = before.postings["amount"].fillna(0.0) != after.postings["amount"].fillna(0.0)
    assert set(before.postings.loc[moved, "item"]) == {"electricity"}
    found = compare(before, after)
    assert set(found.rows["item"]) == {"electricity"}
    assert set(found.rows["account"]) == {"M.2.a", "M.2.b"}
    assert (found.rows[["data", "method", "gwp"]] == 0).all(axis=None)
    assert found.rows["parameter"].to_numpy() == pytest.approx(found.rows["difference"].to_numpy())
    memo = found.totals.set_index("book").loc["memo"]
    # 2022: the national factor for enterprises 0.5703 in place of East China 0.5617, as announced.
    one = found.rows[(found.rows["period"] == 2022) & (found.rows["account"] == "M.2.a")]
    entered = before.entries
    row = entered[(entered["period"] == 2022) & (entered["account"] == "M.2.a")]
    change = row["quantity"].iloc[0] * 10 * (0.5703 - 0.5617)
    assert one["difference"].tolist() == pytest.approx([change])
    assert memo["difference"] == pytest.approx(found.rows["difference"].sum())


def test_compare_explains_another_profile_as_parameters_and_methods(runs):
    found = compare(runs["ipcc-2006"], runs["cn-provincial-2011"])
    effects = ["data", "parameter", "method", "gwp"]
    rest = found.rows["difference"] - found.rows[effects].sum(axis=1)
    assert rest.abs().max() < 1e-6
    # What is buried is another method; the recovered methane only another oxidation factor.
    landfill = found.rows[found.rows["account"] == "4.A.1"]
    recovered = landfill["item"] == "recovered_methane"
    assert (landfill.loc[recovered, "method"] == 0).all()
    landfill = landfill[~recovered]
    assert (landfill["parameter"] == 0).all()
    assert landfill["method"].abs().sum() > 0


def test_a_set_of_potentials_changes_co2e_and_nothing_else(runs):
    before, after = runs["cn-provincial-2011"].postings, runs["ar6"].postings
    same = [name for name in before.columns if name not in {"co2e", "selection"}]
    pd.testing.assert_frame_equal(before[same], after[same])
    methane = (before["measure"] == "CH4") & before["amount"].notna() & (before["amount"] != 0)
    ratio = (after["co2e"] / before["co2e"])[methane]
    assert set(ratio.round(6)) == {round(29.8 / 21, 6), round(27.0 / 21, 6)}
    effects = compare(runs["cn-provincial-2011"], runs["ar6"]).totals
    total = effects[effects["book"] == "inventory"] if "book" in effects else effects
    assert total.filter(like="gwp").to_numpy().any()


def test_a_profile_changes_the_landfill_from_balance_to_decay(runs):
    def landfill(name):
        postings = runs[name].postings
        kept = postings[postings["account"].str.startswith("4.A") & (postings["amount"] > 0)]
        return kept.groupby("period")["amount"].sum().reindex(YEARS, fill_value=0.0)

    balance, decay = landfill("cn-provincial-2011"), landfill("ipcc-2006")
    assert balance[2024] == 0  # nothing was buried, so nothing is booked
    assert decay[2024] > 1000  # what lies there goes on
    assert (decay.diff().dropna() < 0).all()


def test_scope_two_is_counted_where_electricity_is_used(runs):
    gpc = table_of(runs["gpc-basic"], "gpc")
    used = 88000 * 10_000 / 1000  # MWh of households in 2024, at the factor of Fujian 2023
    assert gpc.loc[("I.1.2", "CO2"), "amount"] == pytest.approx(used * 0.4211, rel=1e-9)
    provincial = runs["cn-provincial-2011"].postings
    households = provincial[
        (provincial["account"] == "1.A.4.b") & (provincial["item"] == "electricity")
    ]
    assert set(households["notation"]) == {"IE"}


def test_implied_numbers_are_those_of_a_hand_calculation(runs):
    table = table_of(runs["cn-provincial-2011"], "cn-provincial-2011")
    # 104 万t of clinker x 0.538; 93/100 of 100 x ... see the guideline's values in the library.
    assert table.loc[("I.1", "CO2"), "amount"] == pytest.approx(104e4 * 0.538)
    assert table.loc[("I.2", "CO2"), "amount"] == pytest.approx(4.4e4 * 0.683)
    assert table.loc[("I.5", "N2O"), "amount"] == pytest.approx(0.18e4 * 0.293)
    assert table.loc[("I.6", "N2O"), "amount"] == pytest.approx(1.0e4 * 0.01177)
    rice = 3.6e3 * 0.2114 + 3.9e3 * 0.2240 + 6.5e3 * 0.2155  # t CH4, East China
    assert table.loc[("A.1", "CH4"), "amount"] == pytest.approx(rice)
    assert table.loc[("W.2", "CH4"), "amount"] == pytest.approx(
        0.68e4 * 0.6 * 0.165 + 0.17e4 * 0.25 * 0.8
    )
