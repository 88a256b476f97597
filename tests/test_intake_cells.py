"""Cells as people write them: read exactly or refused, never guessed."""

import math
import sys
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.intake.cells import fold_labels, label_key, parse_cell, printed_text, same_print

FULL_WIDTH = str.maketrans("0123456789.,+-", "０１２３４５６７８９．，＋－")
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
        ("１２３４．５", 1234.5),
        ("１，２３４．５", 1234.5),
        (" 12\u3000", 12.0),
        ("\u00a012.5\u00a0", 12.5),
        ("\ufeff7", 7.0),
        ("+3", 3.0),
        ("-3", -3.0),
        ("\u22123", -3.0),
        ("－3", -3.0),
        ("1.2E+03", 1200.0),
        ("1.2e-3", 0.0012),
        (".5", 0.5),
        ("0", 0.0),
        ("0.00", 0.0),
        ("0e5", 0.0),
        (0.1 + 0.2, 0.30000000000000004),
        (12, 12.0),
    ],
)
def test_numbers_are_read(raw, value):
    cell = parse_cell(raw)
    assert (cell.kind, cell.value, cell.notation, cell.problem) == ("number", value, None, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1,23４.5吨", "单位"),
        ("12.5 万t", "单位"),
        ("12 3", "空格"),
        ("1 234", "空格"),
        ("- 5", "空格"),
        ("1.234.5", "小数点"),
        ("5.", "小数点"),
        ("３０，５", "逗号"),
        ("12,34", "逗号"),
        ("1,2345", "逗号"),
        ("0,123", "逗号"),
        ("1,234,56", "逗号"),
        ("1e400", "范围"),
        ("1e-400", "范围"),
        (10**400, "范围"),
        (math.nan, "范围"),
        (math.inf, "范围"),
        ("nan", "不是数量"),
        ("inf", "不是数量"),
        ("None", "不是数量"),
        ("#REF!", "错误值"),
        ("#N/A", "错误值"),
        ("n/a", "错误值"),
        ("=A1+1", "公式"),
        ("1O5", "字母"),
        ("l2", "字母"),
        ("93%", "百分号"),
        ("9‰", "百分号"),
        ("(1,234)", "括号"),
        ("（5）", "括号"),
        ("007", "以 0 开头"),
        ("2012年", "日期"),
        ("2012-01-02", "日期"),
        (date(2012, 1, 2), "日期"),
        (datetime(2012, 1, 2, 3), "日期"),  # noqa: DTZ001 - spreadsheets know no time zone
        (time(1, 2), "日期"),
        (timedelta(hours=3), "日期"),
        (True, "逻辑值"),
        (False, "逻辑值"),
        ("123①", "注释号"),
        ("10²", "注释号"),
        ("½", "不是一个完整的数"),
        ("十二", "不是一个完整的数"),
        ("٣", "不是一个完整的数"),
        ("１２3\u0000", "注释号"),
        ("<0.1", "约数"),
        ("约12", "约数"),
        ("12~13", "区间"),
        ("1/2", "不是一个完整的数"),
        ("12*", "不是一个完整的数"),
        ("--5", "不是一个完整的数"),
    ],
)
def test_what_could_be_misread_is_refused_with_the_reason(raw, reason):
    cell = parse_cell(raw)
    assert cell.kind == "error"
    assert cell.value is None
    assert reason in cell.problem.zh
    assert printed_text(raw)[:50] in cell.problem.zh
    assert cell.problem.en
    assert cell.remedy.zh
    assert cell.remedy.en


@pytest.mark.parametrize("raw", ["—", "－－", "——", "-", "--", "–", "/", "─", " － "])
def test_a_dash_is_neither_blank_nor_zero(raw):
    assert (parse_cell(raw).kind, parse_cell(raw).value) == ("dash", None)


@pytest.mark.parametrize("raw", ["…", "……", "...", "⋯", "。。。"])
def test_an_ellipsis_is_a_kind_of_its_own(raw):
    assert (parse_cell(raw).kind, parse_cell(raw).value) == ("ellipsis", None)


@pytest.mark.parametrize("raw", ["", " ", "\u3000", "\u00a0", "\u200b", None, "\t\n"])
def test_a_blank_is_blank(raw):
    assert (parse_cell(raw).kind, parse_cell(raw).value) == ("blank", None)


@pytest.mark.parametrize(
    ("raw", "key"), [("NE", "NE"), ("no", "NO"), ("ＩＥ", "IE"), (" c ", "C"), ("Na", "NA")]
)
def test_notation_keys_in_any_writing(raw, key):
    cell = parse_cell(raw)
    assert (cell.kind, cell.notation, cell.value) == ("notation", key, None)


def test_words_are_text_and_not_an_error():
    cell = parse_cell("原煤")
    assert (cell.kind, cell.text) == ("text", "原煤")
    assert "文字" in cell.problem.zh


@given(NUMBERS)
def test_numbers_written_in_any_style_come_back_exactly(value):
    styles = [repr(value), f"{value:.17e}", f"{value:.17E}", f"  {value!r}\u3000"]
    styles += [repr(value).translate(FULL_WIDTH), repr(value).replace("-", "\u2212")]
    if "e" not in repr(value):
        styles.append(f"{value:,}")
        styles.append(f"{value:,}".translate(FULL_WIDTH))
    if not repr(value).startswith("-"):
        styles.append(f"+{value!r}")
    for text in styles:
        assert parse_cell(text).value == value, text
    assert parse_cell(value).value == value


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_grouped_decimals_come_back_exactly(number, places):
    value = number / 10**places
    assert parse_cell(f"{value:,.{places}f}").value == float(f"{value:.{places}f}")


@given(st.text(max_size=12))
def test_any_text_is_read_without_a_traceback(text):
    cell = parse_cell(text)
    assert (cell.value is not None) == (cell.kind == "number")
    assert (cell.problem is not None) == (cell.kind in {"error", "text"})
    if cell.value is not None:
        digits = [char for char in text if char.isdigit()]
        assert all(ord(char) < 128 or 0xFF10 <= ord(char) <= 0xFF19 for char in digits)
        assert math.isfinite(cell.value)


@given(
    NUMBERS.filter(lambda value: abs(value) < 1e15),
    st.sampled_from("吨oO①²万%() 元kｔ?*#"),
    st.data(),
)
def test_a_stray_character_never_changes_a_number_silently(value, char, data):
    text = repr(value)
    at = data.draw(st.integers(0, len(text)))
    cell = parse_cell(text[:at] + char + text[at:])
    assert cell.value is None or (char == " " and cell.value == value)


def test_printed_text_is_what_a_spreadsheet_shows():
    assert printed_text(350500.0) == "350500"
    assert printed_text(0.1 + 0.2) == "0.3"
    assert printed_text(" 原煤\u3000") == "原煤"
    assert printed_text(None) == ""


def test_same_print_forgives_width_and_outer_spaces_only():
    assert same_print("３４７．７４４４ ", 347.7444)
    assert not same_print("347.7444", "3.477444")
    assert not same_print("12 3", "123")


def test_labels_are_compared_without_width_spaces_and_capitals():
    assert label_key("２．火力 发电") == label_key("2.火力发电")
    assert label_key("CO2排放因子") == label_key("co2 排放因子")


def test_every_white_space_at_the_ends_of_a_cell_is_outer_space() -> None:
    # As ``str.isspace`` has it for all of Unicode.
    blank = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()]
    assert [char for char in blank if printed_text(f"{char}a b{char}") != "a b"] == []
    assert printed_text("\u200b\ufeff 1 \u00ad") == "1"


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0")), max_size=5))
def test_many_labels_are_folded_as_each_of_them(texts):
    assert fold_labels(texts) == [label_key(text) for text in texts]
