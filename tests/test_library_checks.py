"""Errors planted in a copy of the factor library: each is caught, where it stands, in both tongues.

Every case changes one thing and expects exactly the codes that the change adds, with file and row.
"""

import csv
import json
import re
import shutil

import pytest
from factor_tables import FOLDER
from typer.testing import CliRunner

from carbonledger.cli import app
from carbonledger.library.checks import check_library
from carbonledger.library.checks.cells import date_fault, number_fault
from carbonledger.library.checks.findings import near
from carbonledger.methods.registry import methods
from carbonledger.model.problem import Grade

NCV = "ipcc-2006/t1.2/crude_oil/ncv"
CARBON = "ipcc-2006/t1.3/crude_oil/cc"
FACTOR = "ipcc-2006/t1.4/crude_oil/co2"
BITUMINOUS = "cn-provincial-2011/bituminous_coal/cc"
OXIDATION = "cn-provincial-2011/bituminous_coal/of"
COAL_EQUIVALENT = "gbt-2589-2020/diesel/coal-equivalent"
PARAMETERS = "parameters"
# The tables and profiles that the cases change, with what stands beside them: a third of the
# whole library, which the first test checks.
CHANGED = {
    "aviation_ipcc2006", "ceads", "chemicals_ipcc2006", "electricity", "fuels_cn_enterprise",
    "fuels_cn_provincial", "fuels_cn_statistics", "fuels_ipcc2006", "gwp", "stationary_ipcc2006",
    "cn-provincial-2011", "sinks-cn",
}  # fmt: skip


class Copy:
    """A copy of the library in which single cells and texts can be changed and put back."""

    def __init__(self, folder):
        self.folder = folder
        self.changed = {}
        self.before = found_in(folder)

    def text(self, name):
        return (self.folder / name).read_text("utf-8")

    def write(self, name, content):
        path = self.folder / name
        if name not in self.changed:
            self.changed[name] = path.read_bytes() if path.exists() else None
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, "utf-8", newline="")

    def table(self, name):
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def put(self, name, lines):
        with_commas = [",".join(quoted(cell) for cell in line) + "\n" for line in lines]
        self.write(name, "".join(with_commas))

    def place(self, key, table=PARAMETERS):
        """The file and the row (as a spreadsheet counts) of a key."""
        paths = [self.folder / table] if table.endswith(".csv") else None
        for path in paths or sorted((self.folder / table).glob("*.csv")):
            name = path.relative_to(self.folder).as_posix()
            for number, line in enumerate(self.table(name), start=1):
                if line and line[0] == key:
                    return name, number
        raise KeyError(key)

    def set(self, key, table=PARAMETERS, **cells):
        name, number = self.place(key, table)
        lines = self.table(name)
        for column, cell in cells.items():
            lines[number - 1][lines[0].index(column)] = cell
        self.put(name, lines)
        return name, number

    def add_like(self, key, table=PARAMETERS, **cells):
        """Append a row like another, with other cells."""
        name, number = self.place(key, table)
        lines = self.table(name)
        new = list(lines[number - 1])
        for column, cell in cells.items():
            new[lines[0].index(column)] = cell
        self.put(name, [*lines, new])
        return name, len(lines) + 1

    def line(self, key, change, table=PARAMETERS):
        """Change the cells of a row as a list."""
        name, number = self.place(key, table)
        lines = self.table(name)
        lines[number - 1] = change(lines[number - 1])
        self.put(name, lines)
        return name, number

    def restore(self):
        for name, data in self.changed.items():
            if data is None:
                (self.folder / name).unlink()
            else:
                (self.folder / name).write_bytes(data)
        self.changed.clear()

    def new_problems(self):
        return [
            each for each in check_library(self.folder, METHODS) if key(each) not in self.before
        ]


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if re.search('[",\r\n]', cell) else cell


def key(problem):
    return problem.code, problem.file, problem.row, problem.message


def found_in(folder):
    return {key(each) for each in check_library(folder, METHODS)}


METHODS = set(methods())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library") / "factors"
    shutil.copytree(FOLDER, folder)
    for path in [*(folder / PARAMETERS).glob("*.csv"), *(folder / "profiles").glob("*.toml")]:
        if path.stem not in CHANGED:
            path.unlink()
    (folder / "conflicts.csv").write_text(conflicts_of(folder), "utf-8")
    return Copy(folder)


def conflicts_of(folder):
    """The conflicts between rows that the folder has."""
    tables = [*(folder / PARAMETERS).glob("*.csv"), *(folder / "prices").glob("*.csv")]
    known = {line.partition(",")[0] for path in tables for line in path.read_text().splitlines()}
    with (folder / "conflicts.csv").open(encoding="utf-8", newline="") as file:
        first, *rows = csv.reader(file)
    kept = [row for row in rows if known.issuperset(row[1].split("|"))]
    return "".join(",".join(map(quoted, row)) + "\n" for row in [first, *kept])


@pytest.fixture
def copy(whole):
    yield whole
    whole.restore()


def test_the_library_has_no_errors_and_nothing_unexplained():
    grave = [each for each in check_library(FOLDER, METHODS) if each.grade in {Grade.A, Grade.B}]
    assert [(each.code, each.where, each.message.en) for each in grave] == []


def caught(copy, place, *codes, says=()):
    """The findings that are new: exactly these codes, all at one place, in both languages."""
    found = copy.new_problems()
    graver = [each for each in found if each.grade is not Grade.D]
    listed = [f"{each.code} {each.where}: {each.message.en}" for each in graver]
    assert sorted({each.code for each in graver}) == sorted(f"factor-{code}" for code in codes), (
        listed
    )
    assert {(each.file, each.row) for each in graver} == {place}, listed
    for each in graver:
        for text in (each.message, each.remedy):
            assert re.search("[一-鿿]", text.zh)
            assert text.en
    told = " ".join(f"{each.message.en} {each.remedy.en} {each.message.zh}" for each in graver)
    for words in says:
        assert words in told
    return graver


# --- values of single cells -------------------------------------------------------------------

CELLS = [
    # numbers that are none
    ("decimal comma", NCV, {"value": "42,3"}, "number", ["comma for the decimal point"]),
    ("thousands", FACTOR, {"value": "73,300"}, "number", ["thousandfold"]),
    ("full width", NCV, {"value": "４２.３"}, "number", ["full-width"]),
    ("two points", NCV, {"value": "4.2.3"}, "number", ["several decimal points"]),
    ("percent", OXIDATION, {"value": "93%"}, "number", ["percent sign"]),
    ("range", NCV, {"value": "40.1-44.8"}, "number", ["it is a range"]),
    ("unit in the cell", NCV, {"value": "42.3 GJ/t"}, "number", ["other text follows"]),
    ("not finite", NCV, {"value": "inf"}, "number", ["not a finite"]),
    ("underscore", FACTOR, {"value": "73_300"}, "number", []),
    ("formula", NCV, {"value": "=42.3"}, "number", ["formula"]),
    ("spreadsheet error", NCV, {"value": "#REF!"}, "number", ["error value"]),
    ("empty value", NCV, {"value": ""}, "required", ["must not be empty"]),
    # dates that are none
    ("slashes", "ceads/diesel/1.A.3/co2", {"valid_from": "2012/1/1"}, "date", ["year-month-day"]),
    ("serial", "ceads/diesel/1.A.3/co2", {"valid_from": "40909"}, "date", ["serial number"]),
    ("no day", "ceads/diesel/1.A.3/co2", {"valid_to": "2012-02-30"}, "date", ["no such day"]),
    ("published", NCV, {"published": "last year"}, "date", ["is no year"]),
    # texts
    ("status", NCV, {"status": "verifed"}, "choice", ["'verified'"]),
    ("distribution", NCV, {"distribution": "gaussian"}, "choice", ["lognormal"]),
    ("runs as formula", NCV, {"note": "=cmd|' /C calc'!A0"}, "formula-text", ["as a formula"]),
    ("begins with @", NCV, {"note": "@SUM(1)"}, "formula-text", []),
    ("error in text", NCV, {"note": "#NAME?"}, "excel-error", ["error value"]),
    ("control", NCV, {"locator": "Table\x0b1.2"}, "control-character", ["U+000B"]),
    ("zero width", NCV, {"item": "crude\u200b_oil"}, "control-character", ["U+200B"]),
    ("blanks", NCV, {"item": "crude_oil "}, "blanks", ["blanks around"]),
    # keys
    ("item", NCV, {"item": "crude_oils"}, "unknown-key", ["'crude_oil'"]),
    ("item by name", "cesy/diesel/ncv", {"item": "柴油"}, "unknown-key", ["a name of 'diesel'"]),
    ("detail", NCV, {"detail": "uncontroled"}, "unknown-key", ["'uncontrolled'"]),
    ("account", NCV, {"account": "1.A.9.z"}, "unknown-key", ["accounts.csv"]),
    ("region", NCV, {"region": "350599x"}, "unknown-key", ["regions.csv"]),
    ("source", NCV, {"source": "IPCC-2006-v2-Ch1"}, "unknown-key", ["'ipcc-2006-v2-ch1'"]),
    # parameter and unit
    ("parameter", "cesy/diesel/ncv", {"parameter": "net_calorific_valu"}, "unknown-parameter",
     ["'net_calorific_value'"]),
    ("no unit", NCV, {"unit": "GJ/ton"}, "unit", ["ton"]),
    ("a number as unit", NCV, {"unit": "42.3"}, "unit", ["holds a number"]),
    ("two kilocalories", NCV, {"unit": "kcal/kg"}, "unit", ["4.1816"]),
    ("other substance", CARBON, {"unit": "t CO2/TJ"}, "dimension", ["t C/TJ"]),
    ("gross heat", NCV, {"unit": "GJ(gross)/t"}, "dimension", ["heat is net"]),
    # ranges
    ("decimal slip", NCV, {"value": "423", "lower": "401", "upper": "448"}, "limit", ["423"]),
    ("g for kg", FACTOR, {"value": "73.3", "lower": "71.1", "upper": "75.5"}, "limit", ["73.3"]),
    ("outside its range", NCV, {"value": "45"}, "range", ["outside its own range"]),
    ("ends exchanged", NCV, {"lower": "44.8", "upper": "40.1"}, "range", ["exchanged"]),
    ("half a range", NCV, {"upper": ""}, "half-range", ["one end"]),
    ("end in other unit", "ipcc-2006/t2.2/crude_oil/ch4", {"lower": "0.001"}, "wide-range",
     ["g for kg"]),
    ("fraction above 1", OXIDATION, {"value": "1.93"}, "limit", ["plausible are"]),
    ("percent for 1", OXIDATION, {"value": "93"}, "limit", ["0.93"]),
    # the two slips between carbon and carbon dioxide
    ("CO2 as C", BITUMINOUS, {"value": "95.7"}, "limit", ["t CO2/TJ", "26.1"]),
    ("C as CO2", FACTOR, {"value": "20000", "lower": "", "upper": ""},
     "limit", ["t C/TJ"]),
    # what a row has to say
    ("no locator", NCV, {"locator": ""}, "no-locator", ["no table or page"]),
    ("no note", COAL_EQUIVALENT, {"status": "unverified", "note": ""}, "no-note", []),
    ("recalled", NCV, {"note": "recalled"}, "not-seen", ["verified", "Column note"]),
    ("unseen", NCV, {"note": "the table was not seen"}, "not-seen", ["Column note"]),
    ("locator", NCV, {"locator": "Table 1.2 (number not checked)"}, "not-seen",
     ["Column locator says 'not checked'"]),
    ("locator in Chinese", NCV, {"locator": "表1.2（表号未核对）"}, "not-seen", ["未核对"]),
    ("basis", NCV, {"basis": "net, unchecked"}, "not-seen", ["Column basis"]),
    ("validity", "ceads/diesel/1.A.3/co2", {"valid_from": "2012-12-31", "valid_to": "2012-01-01"},
     "validity", ["never valid"]),
    ("year", NCV, {"published": "2206"}, "year", ["2206"]),
    # warming potentials
    ("carbon dioxide", "AR5/CO2", {"value": "1.1"}, "gwp limit", ["1 by definition"]),
    ("methane exchanged", "AR6/CH4_fossil", {"value": "26.9"}, "gwp", ["exchanged"]),
    ("other gas", "AR5/SF6", {"unit": "t CO2e/t CH4"}, "gwp", ["not t CO2e/t SF6"]),
    ("a year for a value", "AR5/HFC-43-10mee", {"value": "2013"}, "value-is-year", ["2013"]),
    ("a digit too many", "AR5/HFC-134a", {"value": "13000"}, "limit", ["13000"]),
    ("negative", "AR4/N2O", {"value": "-298"}, "limit", []),
    # rows that must agree
    ("factor and carbon", FACTOR, {"value": "75300"}, "carbon-and-factor", ["44/12"]),
    ("coal equivalent", COAL_EQUIVALENT, {"value": "1.4714"}, "coal-equivalent",
     ["heat per coal equivalent"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "cells", "codes", "says"),
    [case[1:] for case in CELLS],
    ids=[case[0] for case in CELLS],
)
def test_a_wrong_cell_is_caught(copy, row, cells, codes, says):
    place = copy.set(row, **cells)
    caught(copy, place, *codes.split(), says=says or ())


@pytest.mark.parametrize(
    "cells",
    [
        {"note": "range recalled, not checked"},
        {"note": "upper end recalled; document number recalled, not checked"},
        {"note": "recalled, not checked", "status": "unverified"},
        {"locator": "表1.2（表号未核对）", "status": "unverified", "note": "one transcription"},
        {"note": "original page not opened"},
    ],
)
def test_a_range_may_be_recalled_and_an_unverified_row_may_say_why(copy, cells):
    copy.set(NCV, **cells)
    assert copy.new_problems() == []


def test_every_kind_of_cell_is_tested():
    assert len(CELLS) >= 45


# --- shifted, lost and repeated cells ----------------------------------------------------------


def swapped(a, b):
    def change(line):
        line[a], line[b] = line[b], line[a]
        return line

    return change


LINES = [
    ("shifted right", lambda line: [*line[:4], "", *line[4:-1]], "shifted", "too far right"),
    ("shifted left", lambda line: [*line[:6], *line[7:], ""], "shifted", "too far left"),
    ("value and unit", swapped(7, 8), "shifted", "value and unit are exchanged"),
    ("locator and status", swapped(18, 19), "shifted", "locator and status are exchanged"),
    ("region and unit", swapped(6, 8), "shifted", "exchanged"),
    ("a comma too many", lambda line: [*line[:8], "", *line[8:]], "shifted", "too far right"),
    ("a cell lost", lambda line: [*line[:9], *line[10:]], "shifted", "too far left"),
    ("text cut in two", lambda line: [*line, "another"], "cells", "too many"),
    ("row cut off", lambda line: line[:12], "cells required", "too few"),
]


@pytest.mark.parametrize(
    ("change", "codes", "says"), [case[1:] for case in LINES], ids=[case[0] for case in LINES]
)
def test_a_shifted_row_is_told_as_such(copy, change, codes, says):
    place = copy.line("cn-provincial-2011/lpg/cc", change)
    caught(copy, place, *codes.split(), says=[says])


def test_one_unknown_key_is_no_shift(copy):
    place = copy.line("cn-provincial-2011/lpg/cc", lambda line: [*line[:2], "lpgg", *line[3:]])
    caught(copy, place, "unknown-key")


def test_an_empty_line_is_no_row(copy):
    name, _ = copy.place(NCV)
    copy.write(name, copy.text(name) + "\n\n")
    assert copy.new_problems() == []


def test_a_row_of_commas_is_reported(copy):
    name, _ = copy.place(NCV)
    copy.write(name, copy.text(name) + "," * 20 + "\n")
    caught(copy, (name, len(copy.table(name))), "empty-row")


def test_a_missing_quotation_mark_is_reported(copy):
    name, _ = copy.place(NCV)
    text = copy.text(name)
    copy.write(name, text.replace('"range recalled', '"range" recalled "', 1))
    assert {each.file for each in copy.new_problems()} == {name}


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


# --- the known errors of the sources -----------------------------------------------------------

AMMONIA = "ipcc-2006/v3-t3.1/ammonia/2.B.1"
METHANOL = "ipcc-2006/v3-t3.13/methanol/2.B.8.a"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        # 2006 IPCC Guidelines, Vol. 3, Table 3.1: the emission factor in t CO2/t is 1.666, 1.694,
        # 2.772, 2.104 and 3.273; a transcription repeats the fuel requirement in GJ/t instead.
        (f"{AMMONIA}/excess-air-reforming/co2", "29.7"),
        (f"{AMMONIA}/autothermal-reforming/co2", "30.2"),
        (f"{AMMONIA}/partial-oxidation/co2", "36.0"),
        (f"{AMMONIA}/average-natural-gas/co2", "37.5"),
        (f"{AMMONIA}/average-partial-oxidation/co2", "42.5"),
    ],
)
def test_a_fuel_requirement_in_the_column_of_the_emission_factor(copy, row, wrong):
    place = copy.set(row, value=wrong)
    codes = {(each.code, each.file, each.row) for each in copy.new_problems()}
    assert ("factor-limit", *place) in codes
    if len(wrong.strip("0").replace(".", "")) > 2:
        assert "factor-same-number" in {code for code, *_ in codes}


def test_the_feedstock_of_methanol_with_a_slipped_decimal(copy):
    # Vol. 3, Table 3.13: 31.4 GJ/t (Lurgi conventional); a transcription has 3.14.
    rows = [
        row
        for path in (copy.folder / PARAMETERS).glob("*.csv")
        for row in copy.table(path.relative_to(copy.folder).as_posix())
        if row[1] == "feedstock_consumption" and row[2] == "methanol" and float(row[7]) == 31.4
    ]
    place = copy.set(rows[0][0], value="3.14")
    caught(copy, place, "limit")


def test_the_feedstock_of_methanol_beside_its_neighbours_alone(copy):
    # The neighbours of Table 3.13 (29.3 to 36.5 GJ/t) would tell it without any limits.
    name = copy.place("feedstock_consumption", "limits")[0]
    lines = copy.table(name)
    for line in lines:
        if line[0] == "feedstock_consumption" and line[3] == "GJ/t":
            line[5], line[6] = "0.01", "1000"
    copy.put(name, lines)
    rows = [
        row
        for row in copy.table("parameters/chemicals_ipcc2006.csv")
        if row[1] == "feedstock_consumption"
    ]
    row = next(row for row in rows if row[2] == "methanol" and float(row[7]) == 31.4)
    place = copy.set(row[0], value="3.14")
    caught(copy, place, "far-off", says=["a slipped decimal point"])


def test_the_carbon_of_lng_is_not_that_of_lpg(copy):
    # 17.2 t C/TJ x 51.4 GJ/t x 44/12 = 3.2 t CO2/t; methane gives 44/16 = 2.75.
    place = copy.set("cn-enterprise-2013/lng/cc", value="17.2")
    caught(copy, place, "carbon-per-mass", says=["3.2"])


def test_what_is_explained_is_a_hint(copy):
    place = copy.set("cn-enterprise-2013/lng/cc", value="17.2", note="explained: so printed")
    found = copy.new_problems()
    assert [(each.code, each.grade, each.file, each.row) for each in found] == [
        ("factor-carbon-per-mass", Grade.D, *place)
    ]


def test_no_fuel_above_pure_carbon(copy):
    # 39.5 GJ/t x 32 t C/TJ is 1.26 t C/t, though each may be plausible by itself.
    place = copy.set("ipcc-2006/t1.3/petroleum_coke/cc", value="31.2", lower="", upper="")
    copy.set("ipcc-2006/t1.2/petroleum_coke/ncv", value="41", lower="", upper="")
    found = {each.code: each for each in copy.new_problems()}
    assert found["factor-carbon-per-mass"].grade is Grade.A
    assert (found["factor-carbon-per-mass"].file, found["factor-carbon-per-mass"].row) == place


def test_the_two_tonnes_of_coal_equivalent_are_no_contradiction(copy):
    # 29.2712 for 29.3076 GJ/tce differs by 0.12 %: two kilocalories, not an error of a coefficient.
    copy.set("gbt-2589-2020/heat-per-tce", value="29.2712")
    assert copy.new_problems() == []


def test_a_decimal_slip_within_the_limits_stands_out_from_other_editions(copy):
    place = copy.set("cn-enterprise-2013/natural_gas/ncv", value="0.0038931")
    codes = {each.code for each in copy.new_problems() if (each.file, each.row) == place}
    assert codes & {"factor-far-off", "factor-limit"}


def test_a_direct_factor_follows_from_heat_and_carbon(copy):
    # 42.3 GJ/t x 20.0 t C/TJ x 44/12 = 3.102 t CO2/t (2006 IPCC Guidelines, Tables 1.2 and 1.3)
    row = {"id": "direct", "parameter": "co2_factor", "unit": "t CO2/t", "lower": "", "upper": ""}
    copy.add_like(NCV, **row, value="3.10")
    assert copy.new_problems() == []
    copy.restore()
    found = caught(copy, copy.add_like(NCV, **row, value="3.00"), "direct-factor")
    assert found[0].grade is Grade.B
    copy.restore()
    found = caught(copy, copy.add_like(NCV, **row, value="2.80"), "direct-factor", says=["3.102"])
    assert found[0].grade is Grade.A


def test_a_slip_stands_out_from_the_other_years_of_a_region(copy):
    # Fujian, average of 2021 to 2023 as announced: 0.4711, 0.4092 and 0.4211 t CO2/MWh.
    place = copy.set("cn-grid-average/2022/350000", value="0.04092")
    caught(copy, place, "far-off", says=["0.04092"])


def test_a_slip_stands_out_from_the_other_accounts_of_a_table(copy):
    # N2O of crude oil is 0.6 kg/TJ in Tables 2.2 to 2.5 alike.
    place = copy.set("ipcc-2006/t2.3/crude_oil/n2o", value="6", lower="", upper="")
    caught(copy, place, "far-off", says=["10 times"])


def test_the_carbon_dioxide_of_a_flight_is_that_of_its_fuel(copy):
    # Table 3.6.9: an A320 burns 770 kg of kerosene and emits 2440 kg CO2 in a landing and take-off.
    rows = copy.table("parameters/aviation_ipcc2006.csv")
    row = next(row for row in rows if row[1] == "co2_emission_factor" and "a320" in row[3])
    assert float(row[7]) == 2440
    caught(copy, copy.set(row[0], value="3440"), "co2-and-fuel", says=["770"])


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


PROFILE = "profiles/cn-provincial-2011.toml"
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


# --- the command and the words -----------------------------------------------------------------


def test_the_command_prints_every_finding_and_refuses_grade_a(copy):
    name, number = copy.set(NCV, value="42,3")
    runner = CliRunner()
    for lang, words in (("zh", "以逗号作小数点"), ("en", "comma for the decimal point")):
        result = runner.invoke(app, ["factors", "check", str(copy.folder), "--lang", lang])
        assert result.exit_code == 2
        assert f"{name}!H{number}" in result.output
        assert words in result.output
    result = runner.invoke(app, ["factors", "check", str(copy.folder), "--json"])
    assert result.exit_code == 2
    rows = json.loads(result.output)
    assert {"factor-number"} <= {row["code"] for row in rows}


def test_nothing_is_raised_for_whatever_the_files_hold(copy):
    for name in ("parameters/gwp.csv", "regions.csv", "limits/waste.csv", PROFILE):
        data = (copy.folder / name).read_bytes()
        for content in (b"\x00\x01", data[: len(data) // 2], data[::-1]):
            copy.write(name, content)
            assert copy.new_problems()
        copy.restore()


@pytest.mark.parametrize("text", ["1", "-0.5", "1e-5", ".5", "5.", "+3", "1E+05"])
def test_numbers(text):
    assert number_fault(text) is None


def test_days():
    assert date_fault("2012-02-29") is None
    assert date_fault("2013-02-29") is not None


def test_the_nearest_spelling_ignores_capitals():
    assert near("DIESEL", ["diesel", "kerosene"]).en.endswith("'diesel'.")
    assert near("xyz", ["diesel"]) == ("", "")
