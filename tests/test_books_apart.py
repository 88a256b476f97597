"""Credits and inventories: amounts of different books are never added, in no total."""

import pytest
from sinks_sample import inventory

import carbonledger as cl

HEAD = "排干面积 [公顷],湿地面积 [公顷]"
DRAINED = "2020,3.B.4.c.2,盐沼,,10,"
SINK = "2020,S.2.3,海草床,,,100"
PROFILE = """
profile = "both"
title.zh = "试"
title.en = "t"
status = "unverified"
source = "ipcc-2013-wetlands"
gwp = "AR5"
families = ["ipcc-2013-wetlands", "ipcc-2019"]
[[rules]]
use = "coastal-wetlands"
[[rules]]
use = "coast-sinks-ipcc"
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """An inventory without and with an estimate of a sink."""
    folder = tmp_path_factory.mktemp("books")
    profile = folder / "both.toml"
    profile.write_text(PROFILE, "utf-8")
    found = []
    for name, rows in (("emissions", [DRAINED]), ("both", [DRAINED, SINK])):
        own = inventory(folder / name, rows, HEAD)
        found.append(cl.run(cl.open_inventory(own), profile=str(profile)))
    return found


def test_a_sink_in_the_credit_book_leaves_the_inventory_as_it_is(runs):
    alone, both = (run.totals().set_index(["book", "account"]) for run in runs)
    for account in ("3", "3.B", "3.B.4", "3.B.4.c"):
        place = ("inventory", account)
        assert both.loc[place, "amount"] == alone.loc[place, "amount"]
        assert alone.loc[place, "amount"] == pytest.approx(79 * 44 / 12)
    assert both.loc[("credit", "S"), "amount"] == pytest.approx(43 * 44 / 12)


@pytest.mark.parametrize("by", ["region", "measure", "item"])
def test_no_total_by_another_column_joins_the_books(runs, by):
    table = runs[1].totals(by=by)
    assert set(table["book"]) == {"inventory", "credit"}
    sums = table.groupby("book")["amount"].sum()
    assert sums["inventory"] == pytest.approx(79 * 44 / 12)
    assert sums["credit"] == pytest.approx(43 * 44 / 12)


def test_the_sums_of_the_methods_side_by_side_stay_in_their_books(runs):
    totals = runs[1].results.info["side_by_side"]["totals"]
    assert {(row["book"], row["account"][0]) for row in totals} == {
        ("credit", "S"),
        ("inventory", "3"),
    }
