"""The quick look at a plain sheet gives what the walk gives, or leaves the sheet to the walk."""

import io

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.intake import ooxml
from carbonledger.intake.ooxml_quick import plain_sheet

FEATURES = ("formula", "percent", "hidden row", "hidden column", "far", "colon", "markup")


def workbook(cells, features=(), shared=True):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": not shared})
    sheet = book.add_worksheet("S")
    percent = book.add_format({"num_format": "0%"})
    for row, column, value in sorted(cells):
        sheet.write(row, column, value)
    if "hidden column" in features:
        sheet.set_column(1, 1, 8, None, {"hidden": True})
    if "hidden row" in features:
        sheet.set_row(50, 15, None, {"hidden": True})
    if "percent" in features:
        sheet.write_number(51, 0, 0.5, percent)
    if "formula" in features:
        sheet.write_formula(52, 0, "=1/0", value="#DIV/0!")
        sheet.write_formula(52, 1, "=1+1", value="")
    if "colon" in features:
        sheet.write_string(53, 1, "a:b < c")
    if "markup" in features:
        sheet.write_string(53, 2, "<f>x</f> hidden=")
    if "far" in features:
        sheet.write_number(900_000, 500, 1)
    book.close()
    return buffer.getvalue()


def both(data, monkeypatch_context):
    quick = ooxml.audit_xlsx(data, "S")
    with monkeypatch_context as patched:
        patched.setattr(ooxml, "_plain", lambda *_: None)
        return quick, ooxml.audit_xlsx(data, "S")


VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.text("ab<&:中 ", max_size=5)
)
CELLS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 30), VALUES),
    max_size=20,
    unique_by=lambda cell: cell[:2],
)


@settings(max_examples=40, deadline=None)
@given(CELLS, st.sets(st.sampled_from(FEATURES)), st.booleans())
def test_the_quick_look_is_the_walk(cells, features, shared):
    data = workbook(cells, features, shared)
    quick, walked = both(data, pytest.MonkeyPatch.context())
    assert quick == walked


def looked_at(data, styles=()):
    seen = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            ooxml, "plain_sheet", lambda *given: seen.append(plain_sheet(*given)) or seen[-1]
        )
        ooxml.audit_xlsx(data, "S")
    return seen[0]


@pytest.mark.parametrize("feature", ["formula", "percent", "hidden row", "hidden column"])
def test_what_must_be_told_is_walked(feature):
    assert looked_at(workbook([(0, 0, 1.0), (1, 1, "x")], {feature})) is None


@pytest.mark.parametrize("shared", [True, False])
def test_a_plain_sheet_is_not_walked(shared):
    audit = looked_at(workbook([(2, 1, 1.0), (9, 30, "x:y")], shared=shared))
    assert (audit.top, audit.left, audit.bottom, audit.right) == (2, 1, 9, 30)


HEAD = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="m"><sheetData>'
TAIL = b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>',
        b"<row r=\"1\"><c r='A1'><v>1</v></c></row>",
        b'<row r="1"><c><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</c><c r="B1"><v>2</v></v></c></row>',
        b'<row r="1"><c r="XFE1"><v>1</v></c></row>',
        b'<row r="1"><c r="A1048577"><v>1</v></c></row>',
        b'<row r="1"><!-- --><c r="A1"><v>1</v></c></row>',
    ],
)
def test_an_unusual_cell_leaves_the_sheet_to_the_walk(rows):
    assert plain_sheet(HEAD + rows + TAIL, (), 0, 10**6) is None
    assert plain_sheet(HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row>' + TAIL, (), 0, 10**6)


def test_texts_that_could_fill_the_memory_are_left_to_the_walk():
    rows = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    assert plain_sheet(HEAD + rows + TAIL, (), 10**6, 10**6) is None
