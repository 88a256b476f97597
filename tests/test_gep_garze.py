"""Garzê 2010: the published account from its printed quantities, and what is doubtful in it.

白玛卓嘎等 2017, 生态学报 37(19): 6302-6312, Table 3. Tolerances are the rounding of the printed
quantities: 0.5 %, but for items whose quantity is printed with one digit.
"""

import pytest

from carbonledger.analysis.compare import compare
from carbonledger.api import review
from carbonledger.engine.open import open_inventory
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.errors import CarbonledgerError

YI = 1e8
# Account, item, value in 亿元, relative tolerance.
PUBLISHED = [
    ("G.1.1", "", 12.2875, 1e-6),
    ("G.1.2", "", 2.3777, 1e-6),
    ("G.1.3", "", 22.076, 1e-6),
    ("G.1.4", "", 0.0356, 1e-6),
    ("G.1.5.a", "", 3.54, 0.002),
    ("G.1.5.b", "", 540.6113, 0.0005),
    ("G.1.5.c", "", 1.2117, 0.0005),
    ("G.1.6.a", "", 50.509, 0.0005),
    ("G.2.1", "", 2269.7074, 0.0005),
    ("G.2.2.a", "", 156.2555, 0.0005),
    ("G.2.2.b", "", 125.8199, 0.0005),
    ("G.2.2.c", "", 117.5226, 0.0005),
    ("G.2.3", "", 2.2835, 0.0005),
    ("G.2.5.b", "lake", 17.143, 0.001),
    ("G.2.5.c", "reservoir", 0.0684, 0.05),  # 0.01e8 m3 is printed
    ("G.2.5.d", "marsh", 42.3436, 0.0005),
    ("G.2.6.a", "", 0.0136, 0.01),
    ("G.2.6.b", "", 0.0175, 0.01),
    ("G.2.6.c", "", 0.0014, 0.01),
    ("G.2.7.a", "", 0.038, 0.01),
    ("G.2.7.b", "", 0.0055, 0.01),
    ("G.2.8", "", 117.3548, 0.005),  # 0.31e8 t is printed
    ("G.2.9", "", 1821.9182, 0.002),
    ("G.2.10.a", "forest", 666.68, 0.0001),
    ("G.2.10.a", "shrubland", 309.16, 0.0001),
    ("G.2.10.a", "grassland", 507.68, 0.0001),
    ("G.2.10.b", "wetland", 674.3433, 0.0005),
    ("G.2.12", "forest", 5.925, 0.0005),
    ("G.2.12", "grassland", 8.0003, 0.0005),
    ("G.3.1", "", 70.6669, 1e-6),
]
# Services and classes of Table 3.
SUMS = [
    ("G.1.5", 545.36), ("G.2.2", 399.6), ("G.2.5", 59.56), ("G.2.10", 2157.86),
    ("G.2.12", 13.93), ("G.1", 632.64), ("G.2", 6842.28), ("G.3", 70.67), ("G", 7545.59),
]  # fmt: skip


def computed(folder, name="garze-2010-gep", **options):
    inventory = open_inventory(name)
    chosen = RunOptions(**options)
    outcome = write_run(inventory, folder, chosen)
    assert not outcome.blocked, [problem.message.zh for problem in outcome.problems]
    return Results.read(folder), review(inventory, folder, chosen, outcome)


@pytest.fixture(scope="module")
def garze(tmp_path_factory):
    return computed(tmp_path_factory.mktemp("garze"))


@pytest.mark.parametrize(("account", "item", "published", "tolerance"), PUBLISHED)
def test_every_item_is_the_published_one(garze, account, item, published, tolerance):
    postings = garze[0].postings
    kept = postings[
        (postings["account"] == account)
        & (postings["item"] == item)
        & (postings["measure"] == "value")
    ]
    assert kept["amount"].sum() == pytest.approx(published * YI, rel=tolerance)


def test_all_postings_of_values_are_among_the_published_items(garze):
    postings = garze[0].postings
    found = postings[postings["measure"] == "value"]
    assert len(found) == len(PUBLISHED)


@pytest.mark.parametrize(("account", "published"), SUMS)
def test_sums_are_the_published_ones(garze, account, published):
    totals = garze[0].totals
    kept = totals[(totals["account"] == account) & (totals["measure"] == "value")]
    assert float(kept["amount"].sum()) == pytest.approx(published * YI, rel=0.001)


def test_per_head_and_per_area_are_the_published_ones(garze):
    totals = garze[0].totals
    whole = totals[(totals["account"] == "G") & (totals["measure"] == "value")]["amount"].sum()
    assert whole / 1.06e6 == pytest.approx(71.18e4, rel=0.001)
    assert whole / 149687.7 == pytest.approx(504.09e4, rel=0.001)


def test_quoted_totals_stand_beside_ours(garze):
    rows = garze[0].info["published"]
    assert [row["account"] for row in rows] == ["G", "G.1", "G.2", "G.3"]
    assert max(abs(row["percent"]) for row in rows) < 0.1


def test_its_inconsistencies_are_told_unasked(garze):
    told = {}
    for problem in garze[1].problems:
        told.setdefault(problem.code, []).append(problem.message.zh)
    assert "8.1 倍" in told["gep-oxygen-ratio"][0]
    assert told["gep-oxygen-ratio"][0].startswith("甘孜")  # by its name, not only by its code
    assert "人均 15,928 m³" in told["gep-water-use"][0]
    assert [text.split("“")[1].split("”")[0] for text in told["gep-dominance"]] == [
        "水源涵养", "局部气候调节",
    ]  # fmt: skip
    # 2269.71 + 59.56 are valued by the capital cost of reservoirs.
    assert "2,329" in told["gep-capital-as-annual"][0]


def test_every_storage_value_carries_the_mark_of_its_capital_cost(garze):
    postings = garze[0].postings
    marked = postings[postings["flags"].str.contains("capital-as-annual")]
    assert set(marked["account"]) == {"G.2.1", "G.2.5.b", "G.2.5.c", "G.2.5.d"}


def test_prices_of_2010_are_not_moved_and_constant_prices_are_the_same(garze):
    selections = garze[0].selections
    index = selections[selections["argument"] == "price_index"]
    assert set(index["value"]) == {1.0}
    totals = garze[0].totals
    wide = totals.pivot_table(index="account", columns="measure", values="amount")
    assert wide["value"].dropna().tolist() == wide["value_constant"].dropna().tolist()


def test_accounts_under_different_profiles_are_not_compared(garze, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    for path in garze[0].folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    text = (folder / "run.json").read_text("utf-8")
    changed = text.replace('"profile": "gep-garze-2010"', '"profile": "gep-ndrc-2022"')
    (folder / "run.json").write_text(changed, "utf-8")
    with pytest.raises(CarbonledgerError, match="--profile gep-ndrc-2022"):
        compare(garze[0], Results.read(folder))
    (folder / "run.json").write_text(text.replace('year": 2010', 'year": 2015'), "utf-8")
    with pytest.raises(CarbonledgerError, match="price_base_year"):
        compare(garze[0], Results.read(folder))
    compare(garze[0], garze[0])
