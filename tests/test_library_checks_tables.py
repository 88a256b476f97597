"""Errors planted in a copy of the factor library: files, keys, groups, limits and profiles.

Every case changes one thing and expects exactly the codes that the change adds, with file and row.
"""

import re

import pytest
from library_copy import (
    NCV,
    PROFILE,
    caught,
)

from carbonledger.library.checks import check_library
from carbonledger.model.problem import Grade

# --- files -------------------------------------------------------------------------------------

NAME = "parameters/ceads.csv"


def header(copy, change):
    first, _, rest = copy.text(NAME).partition("\n")
    return f"{change(first)}\n{rest}"


FILES = [
    ("GBK", lambda c: c.text("sources.csv").encode("gb18030"), "sources.csv", "encoding", "GBK"),
    ("UTF-16", lambda c: c.text(NAME).encode("utf-16"), NAME, "encoding", "UTF-16"),
    ("workbook", lambda c: b"PK\x03\x04\xff\xfe", NAME, "encoding", "Excel workbook"),
    ("column lost", lambda c: header(c, lambda h: h.replace(",basis", "")), NAME, "header",
     "missing: basis"),
    ("column renamed", lambda c: header(c, lambda h: h.replace("unit", "Unit")), NAME, "header",
     "unknown: Unit"),
    ("column twice", lambda c: header(c, lambda h: h.replace("lower", "upper")), NAME, "header",
     "twice: upper"),
    ("columns moved", lambda c: header(c, lambda h: h.replace("value,unit", "unit,value")), NAME,
     "header shifted", None),
    ("semicolons", lambda c: c.text(NAME).replace(",", ";"), NAME, "header", "separated by commas"),
    ("empty file", lambda c: "", NAME, "header", "missing: id"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "codes", "says"), [case[1:] for case in FILES],
    ids=[case[0] for case in FILES],
)  # fmt: skip
def test_a_file_that_cannot_be_read_right_is_told_at_once(copy, content, name, codes, says):
    copy.write(name, content(copy))
    found = [each for each in copy.new_problems() if each.file == name]
    assert {each.code for each in found} <= {f"factor-{code}" for code in codes.split()} | {
        "factor-required", "factor-number",
    }  # fmt: skip
    first = found[0]
    assert (first.code, first.row, first.grade) == (f"factor-{codes.split()[0]}", 1, Grade.A)
    assert says is None or says in first.message.en


def test_a_byte_order_mark_and_windows_lines_are_fine(copy):
    copy.write(NAME, b"\xef\xbb\xbf" + copy.text(NAME).replace("\n", "\r\n").encode())
    assert copy.new_problems() == []


def test_a_table_that_is_not_there_is_reported(copy):
    path = copy.folder / "gases.csv"
    data = path.read_bytes()
    path.unlink()
    try:
        found = copy.new_problems()
    finally:
        path.write_bytes(data)
    assert ("factor-table-missing", "gases.csv") in {(each.code, each.file) for each in found}


# --- several rows ------------------------------------------------------------------------------


def test_keys_that_stand_twice(copy):
    place = copy.add_like(NCV, item="natural_gas_liquids", account="1.A")
    caught(copy, place, "duplicate-key")


@pytest.mark.parametrize(
    ("table", "row"),
    [("items", "diesel"), ("details", "uncontrolled"), ("sources.csv", "cesy"),
     ("regions.csv", "350000"), ("accounts.csv", "1.A.2"), ("gases.csv", "CO2"),
     ("region_groups.csv", "CN-grid7-east"), ("blends.csv", "R-410A")],
)  # fmt: skip
def test_keys_of_tables_that_stand_twice(copy, table, row):
    file, number = copy.add_like(row, table)
    codes = {each.code for each in copy.new_problems() if (each.file, each.row) == (file, number)}
    assert "factor-duplicate-key" in codes


def test_rows_that_compete(copy):
    same = copy.add_like(NCV, id="again", value="42.3")
    assert "a repetition" in caught(copy, same, "tie")[0].message.en
    copy.restore()
    other = copy.add_like(NCV, id="again", value="42.5")
    assert "42.3 and 42.5" in caught(copy, other, "tie")[0].message.en


def test_rows_whose_validities_overlap(copy):
    place = copy.add_like(
        "ceads/diesel/1.A.3/co2", id="again", valid_from="2012-07-01", valid_to="2013-06-30"
    )
    caught(copy, place, "overlap", says=["some years have two values"])


def test_rows_that_follow_one_another_do_not_compete(copy):
    copy.add_like(
        "ceads/diesel/1.A.3/co2", id="again", valid_from="2013-01-01", valid_to="2013-12-31"
    )
    assert copy.new_problems() == []


def test_groups_that_share_a_region_compete(copy):
    copy.add_like("cn-grid-average/2022/CN", id="one", region="CN-grid6-east", edition="test")
    assert copy.new_problems() == []
    name, number = copy.place("one")
    lines = copy.table(name)
    second = [*lines[number - 1]]
    second[0], second[6] = "two", "CN-grid7-east"
    copy.put(name, [*lines, second])
    caught(copy, (name, len(lines) + 1), "group-tie", says=["310000", "CN-grid6-east"])


def test_circles(copy):
    copy.set("anthracite", "items", general="raw_coal")
    place = copy.set("raw_coal", "items", general="anthracite")
    codes = {each.code for each in copy.new_problems()}
    assert codes == {"factor-circle"}
    assert place in {(each.file, each.row) for each in copy.new_problems()}


def test_a_name_of_two_items(copy):
    place = copy.set("kerosene", "items", aliases="柴油")
    found = copy.new_problems()
    assert {each.code for each in found} == {"factor-name-of-two"}
    assert {(each.file, each.row) for each in found} <= {place, copy.place("diesel", "items")}


def test_a_group_that_is_none(copy):
    place = copy.set("developing", "region_groups.csv", group="350000", member="350500")
    caught(copy, place, "no-group", says=["swapped"])


def test_sources_that_nothing_cites_are_hinted_at(copy):
    place = copy.add_like("cesy", "sources.csv", source="unread")
    found = copy.new_problems()
    assert [(each.code, each.grade, each.file, each.row) for each in found] == [
        ("factor-unused", Grade.D, *place)
    ]


def test_a_set_of_warming_potentials_is_complete(copy):
    name, number = copy.place("AR5/N2O")
    lines = copy.table(name)
    copy.put(name, lines[: number - 1] + lines[number:])
    found = [each for each in copy.new_problems() if each.code == "factor-gwp"]
    assert "lacks N2O" in found[0].message.en


def test_a_blend_adds_up(copy):
    name, number = copy.place("R-410A", "blends.csv")
    copy.set("R-410A", "blends.csv", mass_fraction="0.4")
    found = caught(copy, (name, number), "blend")
    assert "0.9" in found[0].message.en


def test_a_component_that_has_no_potential(copy):
    place = copy.set("R-410A", "blends.csv", component="HFC-33")
    caught(copy, place, "unknown-key")


def test_a_factor_in_co2e_names_its_set(copy):
    def unnamed():
        problems = check_library(copy.folder)
        return {each.file for each in problems if each.code == "factor-no-gwp-set"}

    name = "parameters/electricity.csv"
    rows = [row[0] for row in copy.table(name) if "CO2e" in row[8]]
    assert rows
    for note, told in (("", True), ("GWP of AR5", False), ("GWP set not stated", False)):
        for row in rows:
            copy.set(row, note=note, basis="")
        assert (name in unnamed()) == told


# --- limits and profiles -----------------------------------------------------------------------

ROW = "share_fraction,份额,share,1,,0,{},,a share\n"


def test_limits_are_checked_themselves(copy):
    name = "limits/fuels.csv"
    text = copy.text(name)
    last = len(copy.table(name)) + 1
    for line, says in (
        (ROW.format("1.2"), "cannot exceed 1"),
        ("x,名,name,GJ/t,,5,1,,slip\n", "greater than the maximum"),
        ("x,名,name,GJ/ton,,1,5,,slip\n", "cannot be read"),
        ("x,名,name,GJ/t,,1,5,GJ/m3,slip\n", "does not convert"),
    ):
        copy.write(name, text + line)
        caught(copy, (name, last), "limit-row", says=[says])
    copy.write(name, text + ROW.format("1"))
    assert copy.new_problems() == []


def test_a_library_brings_its_own_limits(copy):
    name, _ = copy.place("heat_per_coal_equivalent", "limits")
    place = copy.set("heat_per_coal_equivalent", "limits", minimum="29.3")
    assert place[0] == name
    assert {(each.code, *copy.place("cesy/heat-per-tce")) for each in copy.new_problems()} == {
        ("factor-limit", *copy.place("cesy/heat-per-tce"))
    }


def test_limits_and_conflicts_name_what_exists(copy):
    place = copy.set("heat_per_coal_equivalent", "limits", items="dieesel")
    assert "factor-unknown-key" in {each.code for each in copy.new_problems() if place}
    copy.restore()
    line = len(copy.table("conflicts.csv")) + 1
    copy.write("conflicts.csv", copy.text("conflicts.csv") + f"x,{NCV}|no-such-row,甲,a,乙,b\n")
    caught(copy, ("conflicts.csv", line), "unknown-key", says=["no-such-row"])


RULES = "profiles/rules/"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            PROFILE,
            'families = [\n  "cn-provincial-2011"',
            'families = [\n  "cn-provincal-2011"',
            "edition",
        ),
        (PROFILE, '["cesy", "gbt-2589-2020"]', '["cesy", "gbt-2598-2020"]', "gbt-2589-2020"),
        (
            PROFILE,
            "parameter_families.ch4_emission_factor",
            "parameter_families.ch4_factor",
            "parameter",
        ),
        (PROFILE, 'gwp = "SAR"', 'gwp = "AR7"', "GWP set"),
        (PROFILE, 'source = "cn-provincial-2011"', 'source = "cn-provincial-2111"', "source"),
        (RULES + "biomass-carbon.toml", 'accounts = ["M.3"]', 'accounts = ["M.33"]', "account"),
        (RULES + "biomass-carbon.toml", 'post_to = "M.3"', 'post_to = "M.33"', "account"),
        (RULES + "fuels-apart.toml", '"lubricants", "bitumen"', '"lubricant", "bitumen"', "item"),
        (
            RULES + "combustion-carbon.toml",
            '"energy.combustion.co2.heat"',
            '"energy.combustion.co2.heet"',
            "method",
        ),
    ],
)
def test_what_a_profile_names_exists(copy, file, old, new, says):
    text = copy.text(file)
    assert old in text
    copy.write(file, text.replace(old, new, 1))
    found = copy.new_problems()
    assert {(each.code, each.file, each.grade) for each in found} == {
        ("factor-profile-name", file, Grade.A)
    }
    assert says in found[0].message.en
    wrong = re.search(r"'(.+?)'", found[0].message.en)[1]
    assert wrong in copy.text(file).splitlines()[found[0].row - 1]


def test_a_credit_is_not_posted_into_an_inventory(copy):
    # A removal of book credit posted to an account of the inventory would lower its total.
    file = RULES + "coast-sinks.toml"
    copy.write(file, copy.text(file).replace('post_to = "S.2.1.a"', 'post_to = "3.B.4"', 1))
    found = copy.new_problems()
    assert {(each.code, each.file) for each in found} == {
        ("factor-books-added", "profiles/sinks-cn.toml")
    }
    assert "不同账簿的数不得相加" in found[0].message.zh
    assert "no total of an inventory" in found[0].message.en


@pytest.mark.parametrize("text", ["profile = ", 'profile = "x"\n', b"\xff\xfe"])
def test_a_profile_that_cannot_be_read(copy, text):
    copy.write(PROFILE, text)
    # What the profile alone used is hinted at besides.
    found = [each for each in copy.new_problems() if each.grade is not Grade.D]
    assert [(each.code, each.file) for each in found] == [("factor-profile", PROFILE)]
