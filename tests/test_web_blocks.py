"""A page lays out one region and year: the same figures as when the whole run is laid out."""

import pandas as pd
import pytest

from carbonledger.analysis.energy_flows import burned_heat
from carbonledger.analysis.summary import summary
from carbonledger.api import library_of, run_to_folder
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions
from carbonledger.model.records import Book
from carbonledger.reports.context import Names
from carbonledger.reports.tables import CO2E_COLUMN, Table, Tables
from carbonledger.services.results import RunViews

HEAD = "地区,年份,科目,品种,电量 [MWh],消费量 [t]\n"
CITY, NEAR, FAR = "350500", "350524", "350525"
ROWS = [
    (CITY, 2021, "1.A.2.k", "diesel", "", 900),  # the city's own beside that of its counties
    (CITY, 2022, "1.A.2.k", "diesel", "", 1000),
    (NEAR, 2021, "1.A.2.k", "diesel", "", 410),
    (NEAR, 2022, "1.A.2.k", "diesel", "", 400),
    (FAR, 2022, "1.A.2.k", "diesel", "", "NE"),
    (FAR, 2022, "1.A.2.k", "raw_coal", "", 500),
    (NEAR, 2022, "1.A.4.b", "lpg", "", 30),
    (FAR, 2022, "1.A.4.b", "lpg", "", 20),
    (FAR, 2022, "M.2.a", "electricity", 140, ""),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("blocks")
    rows = "".join(f"{','.join(map(str, row))}\n" for row in ROWS)
    (folder / "a.csv").write_text(HEAD + rows, "utf-8")
    (folder / "inventory.toml").write_text(
        'region = "350000"\nperiods = [2021, 2022]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    _, outcome = run_to_folder(folder, folder / "out", RunOptions())
    assert not outcome.blocked, outcome.problems
    return Results.read(folder / "out")


@pytest.fixture(scope="module")
def views(results: Results) -> RunViews:
    return RunViews(results)


def figures(table: Table) -> dict[tuple[object, ...], object]:
    return {
        (row.block, row.account, row.own, row.depth, column): table.figure(place, column)
        for place, row in enumerate(table.rows)
        for column in table.printed
        if not table.figure(place, column).empty
    }


def test_there_are_several_regions_and_years(views: RunViews) -> None:
    assert views.blocks == [
        (CITY, 2021), (CITY, 2022), (NEAR, 2021), (NEAR, 2022), (FAR, 2022),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["by_measure", "by_gas", "by_item"])
def test_tables_of_blocks_make_up_those_of_the_run(results: Results, kind: str) -> None:
    names = Names.of(library_of(results))
    whole = figures(getattr(Tables(results, names), kind)())
    parts: dict[tuple[object, ...], object] = {}
    for region, year in RunViews(results).blocks:
        part = figures(getattr(Tables(results, names, region=region, period=year), kind)())
        assert {key[0].region for key in part} <= {region}  # type: ignore[attr-defined]
        parts |= part
    assert len(whole) > 40
    assert parts == whole


def test_the_summary_of_a_block_is_that_of_the_run(results: Results, views: RunViews) -> None:
    library = library_of(results)
    whole = summary(results, library, "cn-provincial-2011")
    # The province states nothing itself.
    for region, year in [*views.blocks, ("350000", 2022)]:
        wanted = whole[(whole["region"] == region) & (whole["period"] == year)]
        found = summary(results, library, "cn-provincial-2011", region=region, period=year)
        assert len(wanted)
        wanted = wanted.reset_index(drop=True)
        pd.testing.assert_frame_equal(found, wanted, rtol=1e-12, check_dtype=False)


def test_a_region_that_nobody_knows_has_nothing(results: Results) -> None:
    library = library_of(results)
    assert summary(results, library, "cn-provincial-2011", region="990000").empty


def test_the_heat_of_a_block_is_that_of_the_run(results: Results, views: RunViews) -> None:
    library = library_of(results)
    whole = burned_heat(results, library)
    parts = [burned_heat(results, library, region=r, period=y) for r, y in views.blocks]
    keys = ["region", "period", "account", "item"]
    found = pd.concat(parts).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(found, whole.sort_values(keys, ignore_index=True), rtol=1e-12)
    assert burned_heat(results, library, region="990000").empty


def test_years_stand_side_by_side(results: Results, views: RunViews) -> None:
    table = Tables(results, views.names).by_gas()
    for region in (CITY, NEAR, FAR):
        view = views.years(region)
        years = [int(head.label.en) for head in view.heads[2:]]
        for row in view.rows:
            for year, figure in zip(years, row[2:], strict=True):
                places = [
                    place
                    for place, each in enumerate(table.rows)
                    if each.block == (Book.INVENTORY, region, year)
                    and (each.account, each.own) == (row[0], False)
                ]
                wanted = [table.figure(place, CO2E_COLUMN) for place in places]
                assert wanted in ([figure], [])


def test_postings_of_some_accounts_are_read_alone(results: Results) -> None:
    whole = results.postings
    wanted = {"region": FAR, "period": 2022}
    found = results.postings_of({"1.A.2.k", "1.A.4.b"}, **wanted)
    rows = whole[(whole["region"] == FAR) & whole["account"].isin(["1.A.2.k", "1.A.4.b"])]
    pd.testing.assert_frame_equal(found, rows.reset_index(drop=True))
    assert len(found)
    few = results.postings_of({"1.A.2.k"}, ["item", "measure"], **wanted)
    assert list(few.columns) == ["item", "measure"]
    assert results.postings_of(set()).empty
    numbers = list(found["entry"])
    entries = results.entries
    pd.testing.assert_frame_equal(
        results.entries_of(numbers),
        entries[entries["entry"].isin(numbers)].reset_index(drop=True),
    )
