"""The reference approach, electricity over the boundary, biomass and measured emissions.

The figures of Fujian 2012 are computed by hand here from the printed table.
"""

from pathlib import Path

import pandas as pd
import pytest
from factor_tables import rows as table_rows
from runs import reviewed

import carbonledger as cl
from carbonledger.analysis.reference_approach import (
    REASONS,
    reference_approach,
    reference_problems,
)
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.methods.registry import get, methods
from carbonledger.paths import factors_dir

TJ = 29.2712e3  # TJ per Mtce, as the manifest states

# Supply of the printed table in Mtce: production, brought in, imported, sent out, stock change,
# and the printed supply (rows 6 to 10 and 5). Blank cells are None.
SUPPLY = {
    "raw_coal": (14.6447826, 20.0458356, 25.11138, 2.2370334, 1.3590276, 58.9239924),
    "cleaned_coal": (None, 2.24307, None, 0.4131, 0.05274, 1.88271),
    "coke": (None, 4.6526436, None, 0.1509905, -0.0341792, 4.4674739),
    "crude_oil": (None, 15.7194287, None, None, 0.0645908, 15.7840195),
    "kerosene": (None, None, None, 0.4112916, -0.0001471, -0.4114387),
    "diesel": (None, 2.8472694, None, None, 0.0011656, 2.848435),
    "fuel_oil": (None, 2.5474783, None, None, -0.0861687, 2.4613096),
    "lpg": (None, 0.9159616, None, None, 0.0001714, 0.916133),
    "natural_gas": (None, None, 4.84652, None, 0.13965, 4.98617),
    "other_petroleum_products": (None, 0.305099, None, 0.623298, 0.000393, -0.317806),
}


@pytest.fixture(scope="module")
def fujian(tmp_path_factory):
    inventory = cl.open_inventory("fujian-2012")
    made = {}
    for profile in ("cn-provincial-2011", "ipcc-2006"):
        folder = tmp_path_factory.mktemp(profile)
        assert not write_run(inventory, folder, RunOptions(profile=profile)).blocked
        results = Results.read(folder)
        table = reference_approach(results, inventory.library, inventory.intake.grids)
        made[profile] = (results, table.set_index("item"), inventory)
    return made


@pytest.mark.parametrize("item", SUPPLY)
def test_apparent_consumption_closes_with_the_printed_supply(fujian, item):
    _, table, _ = fujian["cn-provincial-2011"]
    production, brought, imported, sent, stock, printed = SUPPLY[item]
    row = table.loc[item]
    by_hand = sum(x or 0 for x in (production, brought, imported, stock)) - (sent or 0)
    assert row["apparent"] / TJ == pytest.approx(by_hand, rel=1e-12)
    # The printed digits: seven decimals.
    assert row["apparent"] / TJ == pytest.approx(printed, abs=5e-7)
    for name, amount in (("production", production), ("exports", sent), ("stock_change", stock)):
        if amount is None:
            assert pd.isna(row[name])
    if sent is not None:
        assert row["exports"] / TJ == pytest.approx(-sent)


def test_co2_of_three_fuels_by_hand(fujian):
    results, table, _ = fujian["cn-provincial-2011"]
    factors = {"raw_coal": (26.1, 0.93), "diesel": (20.2, 0.98), "natural_gas": (15.3, 0.99)}
    for item, (carbon, oxidised) in factors.items():
        supply = SUPPLY[item][-1]
        expected = supply * TJ * carbon * oxidised * 44 / 12
        assert table.loc[item, "reference_co2"] == pytest.approx(expected, rel=1e-6), item
    exports = results.postings.query("account == 'M.4.c' and item == 'raw_coal'")
    expected = -2.2370334 * TJ * 26.1 * 0.93 * 44 / 12
    assert exports["amount"].tolist() == pytest.approx([expected], rel=1e-12)
    assert exports["source"].tolist() == ["energy_balance.csv!C9"]
    assert set(exports["book"]) == {"memo"}


def test_carbon_stored_and_carbon_excluded(fujian):
    # 1996: bitumen 1, lubricants 0.5 of the carbon; 2006: all carbon of non-energy use.
    bitumen = 0.404528 * TJ * 22.0 * 44 / 12
    lubricants = 0.0783356 * TJ * 20.0 * 44 / 12
    _, provincial, _ = fujian["cn-provincial-2011"]
    assert provincial.loc["bitumen", "stored_co2"] == pytest.approx(-bitumen * 0.98, rel=1e-6)
    stored = provincial.loc["lubricants", "stored_co2"]
    assert stored == pytest.approx(-lubricants * 0.5 * 0.98, rel=1e-6)
    # No share is known for coal as raw material: nothing is deducted, and it shows.
    assert pd.isna(provincial.loc["raw_coal", "stored_co2"])
    _, ipcc, _ = fujian["ipcc-2006"]
    assert ipcc.loc["bitumen", "stored_co2"] == pytest.approx(-bitumen, rel=1e-6)
    coal = 2.6418714 * TJ * 25.8 * 44 / 12
    assert ipcc.loc["raw_coal", "stored_co2"] == pytest.approx(-coal, rel=1e-6)


def test_what_was_set_aside_is_visible_and_not_compared(fujian):
    results, table, inventory = fujian["cn-provincial-2011"]
    gasoline = table.loc["gasoline"]
    assert gasoline["notation"] == "NE"
    assert gasoline[["imports", "apparent", "difference", "reference_co2"]].isna().all()
    assert gasoline["sectoral"] == pytest.approx(5.8489902 * TJ)
    posting = results.postings.query("account == 'M.4.b' and item == 'gasoline'")
    assert posting["notation"].tolist() == ["NE"]
    assert posting["source"].tolist() == ["energy_balance.csv!O7"]
    totals = results.totals.set_index(["account", "measure"])["notation"]
    assert "NE" in totals["M.4", "CO2"].split(",")
    assert table.loc["", "sectoral"] == pytest.approx(
        table.loc[(table.index != "") & (table["notation"] == ""), "sectoral"].sum()
    )
    problems = reference_problems(table.reset_index(), inventory.library)
    (unknown,) = [p for p in problems if p.code == "reference-incomplete"]
    assert "汽油" in unknown.message.zh


def test_the_balance_explains_the_difference_to_its_own_gap(fujian):
    _, table, inventory = fujian["cn-provincial-2011"]
    rest = table["rest"].dropna() / TJ
    # Coke misses its balance by 0.000971 Mtce; every other column closes to its digits.
    assert rest["coke"] == pytest.approx(-0.000971, abs=1e-9)
    assert rest.drop(["coke", ""]).abs().max() < 1e-6
    assert len(rest) > 15
    coal = table.loc["raw_coal"]
    # Washing, coking, gas works, briquettes; and what industry uses as raw material.
    put_in = 0.3939138 + 0.0429114 + 0.0280602 + 0.0419118
    assert coal["transformation"] / TJ == pytest.approx(put_in, rel=1e-9)
    assert coal["non_energy"] / TJ == pytest.approx(2.6418714, rel=1e-9)
    assert coal["difference"] == pytest.approx(coal[REASONS].sum() + coal["rest"])
    (beyond,) = [
        p
        for p in reference_problems(table.reset_index(), inventory.library)
        if p.code == "reference-difference"
    ]
    assert "+10.0%" in beyond.message.zh
    assert "5 %" in beyond.message.en


def test_electricity_and_heat_over_the_boundary(fujian):
    results, _, _ = fujian["cn-provincial-2011"]
    postings = results.postings.query("account in ['M.2.a', 'M.2.b', 'M.5.a']")
    found = postings.set_index("account")
    assert (found["book"] == "memo").all()
    chosen = results.selections.set_index(["selection", "argument"])
    factor = chosen.loc[(found.loc["M.2.a", "selection"], "grid_emission_factor"), "value"]
    megawatt_hours = TJ * 1e3 / 3.6  # per Mtce
    assert found.loc["M.2.a", "amount"] == pytest.approx(0.0160999 * megawatt_hours * factor)
    assert found.loc["M.2.b", "amount"] == pytest.approx(-0.5459218 * megawatt_hours * factor)
    assert found.loc["M.5.a", "amount"] == pytest.approx(0.4976376 * TJ * 1e3 * 0.11)


def test_every_supply_row_and_every_fuel_is_in_the_layout():
    memo = table_rows(factors_dir() / "layouts" / "energy_balance_memo.csv")
    carriers = table_rows(factors_dir() / "layouts" / "energy_balance_carriers.csv")
    flows = table_rows(factors_dir() / "layouts" / "energy_balance_flows.csv")
    supply = {r["flow"] for r in flows if r["parent"] == "supply" and r["kind"] == "part"}
    fuels = {r["flow"] for r in memo if r["account"] in {f"M.4.{x}" for x in "abcde"}}
    assert fuels == supply
    products = next(r for r in memo if r["flow"] == "final")["items"]
    assert next(r for r in memo if r["flow"] == "industry_non_energy")["except_items"] == products
    known = {r["item"] for r in carriers}
    for row in memo:
        assert set(filter(None, row["items"].split("|"))) <= known | {"fuels"}


def test_stored_and_released_carbon_make_the_whole():
    given = {"fuel": 7.0, "net_calorific_value": 0.044, "carbon_content": 20.0}
    for stored in (0.0, 0.33, 0.8, 1.0):
        released = get("energy.nonenergy.co2").function(**given, stored_carbon_fraction=stored)
        kept = get("energy.reference.stored.co2").function(
            **given, oxidation_fraction=1.0, stored_carbon_fraction=stored
        )
        whole = get("energy.reference.co2").function(**given, oxidation_fraction=1.0)
        assert released - kept == pytest.approx(whole)
        assert whole == pytest.approx(7.0 * 0.044 * 20.0 * 44 / 12)


def test_the_arithmetic_of_equation_6_1():
    """Apparent consumption 1000 t, NCV 42.3 GJ/t, 20.0 kg C/GJ, 1 oxidised; 100 t excluded."""
    known = {"net_calorific_value": 42.3e-3, "carbon_content": 20.0, "oxidation_fraction": 1.0}
    supply = get("energy.reference.co2").function(fuel=1200.0, **known)
    left = get("energy.reference.deducted.co2").function(fuel=200.0, **known)
    excluded = get("energy.reference.deducted.co2").function(fuel=100.0, **known)
    # (1000 x 42.3 x 20.0 x 1e-3 Gg C - 100 x 42.3 x 20 x 1e-3) x 44/12 = 2791.8 t CO2
    assert supply + left + excluded == pytest.approx(2791.8)
    assert all(get(name).linear for name in methods() if name.startswith("energy.reference"))


HEAD = "科目,品种,细项,数量,单位,实测二氧化碳 [t CO2],电网排放因子 [t CO2/MWh]\n"


def entered(tmp_path, lines, *, profile="cn-provincial-2011", engine="duckdb"):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / "entries.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines), "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "350000"\nperiods = [2022]\nprofile = "{profile}"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "entries.csv"\n',
        "utf-8",
    )
    out = tmp_path / f"out-{profile}-{engine}"
    outcome = reviewed(folder, out, RunOptions(engine=engine))
    assert not outcome.blocked, [p.message.en for p in outcome.problems if p.grade == "A"]
    return Results.read(Path(out))


@pytest.mark.parametrize("engine", ["duckdb", "pandas", "polars"])
def test_one_entry_of_biomass_gives_the_gases_and_the_memo_item(tmp_path, engine):
    results = entered(
        tmp_path, ["1.A.4.b,wood,,2,万t,,", "1.A.4.b,raw_coal,,1,万t,,"], engine=engine
    )
    wood = results.postings.query("item == 'wood'").set_index(["account", "measure"])
    assert set(wood.index) == {
        ("1.A.4.b", "CO2"), ("1.A.4.b", "CH4"), ("1.A.4.b", "N2O"), ("M.3", "CO2"),
    }  # fmt: skip
    assert wood.loc[("1.A.4.b", "CO2"), "notation"] == "IE"
    assert wood.loc[("M.3", "CO2"), "book"] == "memo"
    assert wood.loc[("1.A.4.b", "CH4"), "book"] == "inventory"
    chosen = results.selections.set_index(["selection", "argument"])["value"]
    number = wood.loc[("M.3", "CO2"), "selection"]
    heat = 2e4 * chosen[number, "net_calorific_value"] * 1e-3
    carbon = heat * chosen[number, "carbon_content"] * chosen[number, "oxidation_fraction"]
    assert wood.loc[("M.3", "CO2"), "amount"] == pytest.approx(carbon * 44 / 12)
    assert len(set(wood["entry"])) == 1
    totals = results.totals.set_index(["account", "measure"])["amount"]
    coal = results.postings.query("item == 'raw_coal' and measure == 'CO2'")["amount"].sum()
    assert totals["1", "CO2"] == pytest.approx(coal)
    assert totals["M.3", "CO2"] == pytest.approx(carbon * 44 / 12)


def test_measured_emissions_replace_the_default_of_their_gas_only(tmp_path):
    results = entered(tmp_path, ["1.A.2.f,raw_coal,,1,万t,21234.5,", "1.A.2.c,raw_coal,,1,万t,,"])
    found = results.postings.set_index(["account", "measure"])
    measured = found.loc[("1.A.2.f", "CO2")]
    assert measured["amount"] == 21234.5
    assert measured["method"] == "measured.co2"
    assert "measured" in measured["flags"].split(",")
    for gas in ("CH4", "N2O"):
        default = found.loc[("1.A.2.c", gas)]
        assert found.loc[("1.A.2.f", gas), "amount"] == default["amount"] > 0
        assert "measured" not in default["flags"].split(",")
    assert "measured" not in found.loc[("1.A.2.c", "CO2"), "flags"].split(",")


def test_electricity_may_name_the_factor_of_the_grid_it_comes_from(tmp_path):
    results = entered(
        tmp_path,
        ["M.2.a,electricity,,1000,MWh,,", "M.2.a,electricity,浙江,1000,MWh,,0.5153",
         "M.2.b,electricity,广东,500,MWh,,0.4403"],
    )  # fmt: skip
    found = results.postings.set_index(["account", "detail"])["amount"]
    assert found["M.2.a", "浙江"] == pytest.approx(515.3)
    assert found["M.2.b", "广东"] == pytest.approx(-220.15)
    assert found["M.2.a", ""] == pytest.approx(1000 * 0.5617)  # East China 2022, as published


def test_a_table_of_ones_own_gives_the_reference_approach(tmp_path):
    lines = [
        "M.4.a,raw_coal,,100,TJ,,", "M.4.b,raw_coal,,50,TJ,,", "M.4.c,raw_coal,,30,TJ,,",
        "M.4.d,diesel,,5,TJ,,", "M.4.b,diesel,,25,TJ,,", "M.4.e,raw_coal,,-10,TJ,,",
        "M.4.b,wood,,9,TJ,,", "1.A.2,raw_coal,,108,TJ,,", "1.A.3,diesel,,20,TJ,,",
    ]  # fmt: skip
    results = entered(tmp_path, lines)
    library = cl.open_inventory(tmp_path / "in").library
    table = reference_approach(results, library).set_index("item")
    assert table.loc["raw_coal", "apparent"] == pytest.approx(110)
    assert table.loc["raw_coal", "difference"] == pytest.approx(2)
    assert table.loc["diesel", ["bunkers", "apparent", "difference"]].tolist() == [-5, 20, 0]
    assert table.loc["", "percent"] == pytest.approx(2 / 128 * 100)
    assert table.loc["", "percent_co2"] == pytest.approx(
        2 * 26.1 * 0.93 / (108 * 26.1 * 0.93 + 20 * 20.2 * 0.98) * 100
    )
    assert table[REASONS].isna().all(axis=None)  # without a balance nothing explains it
    assert "wood" not in table.index
    assert not reference_problems(table.reset_index(), library)
    assert results.postings.query("item == 'wood'")["notation"].tolist() == ["NA"]


def test_measured_co2_has_no_energy_to_compare(tmp_path):
    lines = [
        "M.4.b,raw_coal,,110,TJ,,", "1.A.2,raw_coal,,50,TJ,4400,", "1.A.3,raw_coal,,58,TJ,,",
        "M.4.b,diesel,,21,TJ,,", "1.A.3,diesel,,20,TJ,,",
    ]  # fmt: skip
    results = entered(tmp_path, lines)
    library = cl.open_inventory(tmp_path / "in").library
    table = reference_approach(results, library).set_index("item")
    assert table.loc["raw_coal", "apparent"] == pytest.approx(110)
    assert table.loc["raw_coal", ["sectoral", "difference", "percent"]].isna().all()
    assert table.loc["", ["apparent", "sectoral"]].tolist() == pytest.approx([21, 20])
    coal = 110 * 26.1 * 0.93 * 44 / 12
    burned = 4400 + 58 * 26.1 * 0.93 * 44 / 12
    assert table.loc["raw_coal", "difference_co2"] == pytest.approx(coal - burned)


def test_a_difference_in_co2_alone_is_told(tmp_path):
    results = entered(tmp_path, ["M.4.b,raw_coal,,100,TJ,,", "1.A.2,raw_coal,,80,TJ,5000,"])
    library = cl.open_inventory(tmp_path / "in").library
    table = reference_approach(results, library)
    (beyond,) = reference_problems(table, library)
    percent = (100 * 26.1 * 0.93 * 44 / 12 / 5000 - 1) * 100
    assert f"—（能量）、{percent:+.1f}%（CO2）" in beyond.message.zh


def test_without_supply_there_is_no_reference_approach(tmp_path):
    results = entered(tmp_path, ["1.A.2,raw_coal,,108,TJ,,"])
    library = cl.open_inventory(tmp_path / "in").library
    table = reference_approach(results, library)
    assert table.empty
    assert not reference_problems(table, library)


def test_non_energy_use_of_the_provincial_row(tmp_path):
    results = entered(tmp_path, ["2.D.cn,lubricants,,1000,t,,"])
    (posting,) = results.postings.to_dict("records")
    chosen = results.selections.set_index("argument")["value"]
    carbon = 1000 * chosen["net_calorific_value"] * 1e-3 * 20.0
    assert posting["amount"] == pytest.approx(carbon * 0.5 * 44 / 12)
    assert posting["book"] == "inventory"
