"""What moves between two libraries, by planted changes."""

import csv
import json
import shutil

import pytest
from typer.testing import CliRunner

from carbonledger.cli import app
from carbonledger.errors import CarbonledgerError
from carbonledger.library.diff import LARGE, compare, side_of
from carbonledger.library.load import library
from carbonledger.library.snapshot import snapshot_text
from carbonledger.paths import factors_dir
from carbonledger.reports.library_diff import comparison_text

CN = "fuels_cn_statistics.csv"
RAW_COAL, DIESEL, COKE = "cesy/raw_coal/ncv", "cesy/diesel/ncv", "cesy/coke/ncv"
# The yearbook's heating values of raw coal and diesel oil (appendix of the yearbook).
NCV_RAW_COAL, NCV_DIESEL = 20.908, 42.652


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The library with the fuels and the potentials only, which is quicker to compare."""
    folder = shutil.copytree(factors_dir(), tmp_path_factory.mktemp("small") / "factors")
    for path in (folder / "parameters").glob("*.csv"):
        if path.name not in {CN, "fuels_cn_enterprise.csv", "fuels_ipcc2006.csv", "gwp.csv"}:
            path.unlink()
    return folder


@pytest.fixture(scope="module")
def packaged(small):
    return side_of(str(small))


@pytest.fixture
def change(tmp_path, small):
    """A copy of the library with the rows of one table changed by a function."""

    def make(edit, table=CN):
        folder = tmp_path / "factors"
        if not folder.exists():
            shutil.copytree(small, folder)
        path = folder / "parameters" / table
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        names = list(rows[0])
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(edit(rows))
        return str(folder)

    return make


def setting(ident, **cells):
    def edit(rows):
        assert ident in {row["id"] for row in rows}
        return [row | cells if row["id"] == ident else row for row in rows]

    return edit


def of_item(result, item):
    return [each for each in result.changes if each.item == item]


def test_the_same_library_is_identical(packaged, change):
    folder = change(lambda rows: rows)
    result = compare(packaged, side_of(folder))
    assert result.changes == ()
    assert "没有变动" in comparison_text(result, packaged, packaged, library(), "zh")


def test_six_percent_comes_before_one(packaged, change):
    change(setting(DIESEL, value=repr(NCV_DIESEL * 1.01)))
    folder = change(setting(RAW_COAL, value=repr(NCV_RAW_COAL * 1.06)))
    first, second = compare(packaged, side_of(folder)).changes
    assert (first.item, first.rank) == ("raw_coal", 0)
    assert first.percent == pytest.approx(6)
    assert (second.item, second.rank) == ("diesel", 1)
    assert second.percent == pytest.approx(1)
    (place,) = first.places
    assert (place.regions, place.years, place.accounts) == (("350000",), "2005-2026", ("",))
    assert {"cn-provincial-2011", "ceads"} <= set(first.profiles)


def test_a_change_below_zero_counts_by_its_size(packaged, change):
    folder = change(setting(RAW_COAL, value=repr(NCV_RAW_COAL * 0.9)))
    (moved,) = compare(packaged, side_of(folder)).changes
    assert moved.percent == pytest.approx(-10)
    assert abs(moved.percent) > LARGE
    assert moved.rank == 0


def test_a_row_deleted_shows_what_serves_instead(packaged, change):
    folder = change(lambda rows: [row for row in rows if row["id"] != RAW_COAL])
    found = of_item(compare(packaged, side_of(folder)), "raw_coal")
    assert found
    for each in found:
        assert each.rows[0] == RAW_COAL
        assert each.rows[1] not in {RAW_COAL, ""}
        assert each.old == NCV_RAW_COAL


def test_a_parameter_that_is_new_appears_and_the_other_way_round_disappears(packaged, change):
    def add(rows):
        row = next(row for row in rows if row["id"] == RAW_COAL)
        return [*rows, row | {"id": "new", "parameter": "clinker_ratio", "value": "0.7"}]

    other = side_of(change(add))
    (new,) = compare(packaged, other).changes
    assert (new.kind, new.rank, new.rows, new.new) == ("appears", 0, ("", "new"), 0.7)
    (lost,) = compare(other, packaged).changes
    assert (lost.kind, lost.rank, lost.rows, lost.old) == ("disappears", 0, ("new", ""), 0.7)


def test_a_row_for_fujian_serves_fujian(packaged, change):
    def add(rows):
        row = next(row for row in rows if row["id"] == RAW_COAL)
        new = {"id": "fj/raw_coal", "region": "350000", "value": "22", "valid_from": "2020-01-01"}
        return [*rows, row | new | {"valid_to": "2020-12-31"}]

    (moved,) = of_item(compare(packaged, side_of(change(add))), "raw_coal")
    assert moved.rows == (RAW_COAL, "fj/raw_coal")
    assert (moved.old, moved.new) == (NCV_RAW_COAL, 22)
    # The rule looks at the region before the validity: one year of Fujian serves all years there.
    assert [(place.regions, place.years) for place in moved.places] == [(("350000",), "2005-2026")]


def test_a_row_for_a_county_in_one_year_moves_only_that(packaged, change):
    def add(rows):
        row = next(row for row in rows if row["id"] == RAW_COAL)
        nation = row | {"id": "old", "value": "21", "valid_to": "2012-12-31"}
        county = row | {"id": "c", "value": "25", "region": "350524"}
        others = [each for each in rows if each["id"] != RAW_COAL]
        return [*others, row | {"valid_from": "2013-01-01"}, nation, county]

    found = of_item(compare(packaged, side_of(change(add))), "raw_coal")
    moved = {each.new: each.places for each in found if each.kind == "moved"}
    assert set(moved) == {21, 25}
    assert [(place.regions, place.years) for place in moved[21]] == [(("350000",), "2005-2012")]
    assert [(place.regions, place.years) for place in moved[25]] == [(("350524",), "2005-2026")]


def test_a_note_is_said_last_and_without_places(packaged, change):
    change(setting(RAW_COAL, value=repr(NCV_RAW_COAL * 1.06)))
    folder = change(setting(COKE, note="looked up again", status="unverified"))
    first, last = compare(packaged, side_of(folder)).changes
    assert first.item == "raw_coal"
    assert (last.kind, last.item, last.rank) == ("metadata", "coke", 2)
    assert {name for name, _, _ in last.about} == {"note", "status"}


def test_another_unit_of_the_same_value_is_no_move(packaged, change):
    folder = change(setting(RAW_COAL, value="20908", unit="kJ/kg"))
    (same,) = compare(packaged, side_of(folder)).changes
    assert same.kind == "metadata"
    assert same.about == (("unit", "GJ/t", "kJ/kg"),)
    folder = change(setting(RAW_COAL, value="22162.48", unit="kJ/kg"))
    (moved,) = compare(packaged, side_of(folder)).changes
    assert (moved.unit, moved.new) == ("GJ/t", pytest.approx(22.16248))
    assert moved.percent == pytest.approx(6)


def test_a_row_that_nobody_selects_is_said_to_move_nothing(packaged, change):
    def add(rows):
        row = next(row for row in rows if row["id"] == RAW_COAL)
        return [*rows, row | {"id": "idle", "edition": "nobody"}]

    (idle,) = compare(packaged, side_of(change(add))).changes
    assert (idle.kind, idle.rank, idle.rows) == ("unselected", 2, ("", "idle"))


def test_only_the_profiles_named_are_compared(packaged, change):
    other = side_of(change(setting(RAW_COAL, value="25")))
    result = compare(packaged, other, ["ceads"])
    assert {each.profiles for each in result.changes} == {("ceads",)}
    with pytest.raises(CarbonledgerError, match="nobody"):
        compare(packaged, other, ["nobody"])


def run(*arguments):
    return CliRunner().invoke(app, ["factors", *arguments])


def test_commands_compare_a_snapshot_with_a_folder(tmp_path, packaged, small, change):
    golden = tmp_path / "golden.csv"
    golden.write_text(snapshot_text(packaged.lines), "utf-8")
    same = run("diff", str(golden), str(small), "--lang", "en")
    assert same.exit_code == 0
    assert "Identical" in same.output
    folder = change(setting(RAW_COAL, value=repr(NCV_RAW_COAL * 1.06)))
    moved = run("diff", str(golden), folder, "--lang", "zh")
    assert moved.exit_code == 0
    for text in ("超过 5 %", "低位发热量", "原煤 raw_coal", "+6 %", "福建省 350000", "ceads"):
        assert text in moved.output
    data = json.loads(run("diff", str(golden), folder, "--json").output)
    assert not data["identical"]
    assert data["changes"][0]["percent"] == pytest.approx(6)


def test_an_inventory_moves_by_its_own_factors(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "inventory.toml").write_text(
        'region = "350000"\nperiods = [2012]\nprofile = "cn-provincial-2011"\n'
        'title.zh = "试"\ntitle.en = "t"\n'
        '[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    (folder / "a.csv").write_text("region,period,account,item,quantity,unit\n", "utf-8")
    (folder / "factors.csv").write_text(
        "parameter,item,value,unit,source,locator\n"
        "net_calorific_value,raw_coal,23,GJ/t,measured 2012,p. 3\n",
        "utf-8",
    )
    data = json.loads(run("diff", "library", str(folder), "--json").output)
    moved = [each for each in data["changes"] if each["kind"] == "moved"]
    # Profiles that take heating values of the IPCC first move from another one.
    assert {(each["item"], each["new"]) for each in moved} == {("raw_coal", 23)}
    assert NCV_RAW_COAL in {each["old"] for each in moved}


def test_what_is_no_library_is_refused():
    with pytest.raises(CarbonledgerError, match="nowhere"):
        side_of("nowhere")
