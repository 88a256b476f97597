"""Errors planted in a copy of the factor library: wrong cells and shifted rows.

Every case changes one thing and expects exactly the codes that the change adds, with file and row.
"""

import json

import pytest
from factor_tables import FOLDER
from library_copy import (
    METHODS,
    NCV,
    PROFILE,
    caught,
    swapped,
)
from typer.testing import CliRunner

from carbonledger.cli import app
from carbonledger.library.checks import check_library
from carbonledger.library.checks.cells import date_fault, number_fault
from carbonledger.library.checks.findings import near
from carbonledger.model.problem import Grade

CARBON = "ipcc-2006/t1.3/crude_oil/cc"
FACTOR = "ipcc-2006/t1.4/crude_oil/co2"
BITUMINOUS = "cn-provincial-2011/bituminous_coal/cc"
OXIDATION = "cn-provincial-2011/bituminous_coal/of"
COAL_EQUIVALENT = "gbt-2589-2020/diesel/coal-equivalent"


def test_the_library_has_no_errors_and_nothing_unexplained():
    grave = [each for each in check_library(FOLDER, METHODS) if each.grade in {Grade.A, Grade.B}]
    assert [(each.code, each.where, each.message.en) for each in grave] == []


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
