"""The one number formatter, against rounding done in whole numbers."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.reports.numbers import (
    MILLION_TONNES,
    MISSING,
    TONNES,
    WAN_TONNES,
    excel_format,
    excel_format_written,
    format_count,
    format_number,
    format_written,
    scale_for,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def half_up(value: float, decimals: int, power: int = 0) -> str:
    """Round half up by whole numbers only, from the digits that Python prints for the float."""
    exact = Fraction(Decimal(repr(value))) / 10**power * 10**decimals
    whole = math.floor(abs(exact) + Fraction(1, 2))
    digits = str(whole).rjust(decimals + 1, "0")
    left, right = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    sign = "-" if value < 0 and whole else ""
    return sign + f"{int(left):,d}" + ("." + right if decimals else "")


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (2.345, 2, "2.35"),
        (2.5, 0, "3"),
        (3.5, 0, "4"),
        (1.005, 2, "1.01"),
        (-1.005, 2, "-1.01"),
        (-0.004, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (-0.005, 2, "-0.01"),
        (0.0, 0, "0"),
        (1234567.891, 2, "1,234,567.89"),
        (999.995, 2, "1,000.00"),
        (1e22, 2, "10,000,000,000,000,000,000,000.00"),
        (1e-300, 2, "0.00"),
    ],
)
def test_rounds_half_up(value: float, decimals: int, printed: str) -> None:
    assert format_number(value, decimals) == printed


@given(FINITE, st.integers(0, 6), st.sampled_from([TONNES, WAN_TONNES, MILLION_TONNES]))
def test_agrees_with_whole_numbers(value: float, decimals: int, scale: object) -> None:
    assert format_number(value, decimals, scale=scale) == half_up(value, decimals, scale.power)


@given(st.integers(-(10**9), 10**9), st.integers(1, 4))
def test_written_halves_go_away_from_zero(whole: int, decimals: int) -> None:
    # The halves are where the rules differ; random floats hardly ever meet one.
    value = float(f"{whole}.{'0' * (decimals - 1)}5")
    assert format_number(value, decimals - 1) == half_up(value, decimals - 1)


@given(FINITE)
def test_no_negative_zero(value: float) -> None:
    assert not re.fullmatch(r"-[0.,]+", format_number(value))


def test_missing_is_not_zero() -> None:
    shown = {
        format_number(0.0),
        format_number(None),
        format_number(math.nan, missing=""),
        format_number(None, notation="NE"),
        format_number(None, notation="IE,NE"),
    }
    assert shown == {"0.00", MISSING, "", "NE", "IE,NE"}
    assert format_number(0.0, notation="NE") == "0.00"
    assert format_number(math.inf) == "∞"
    assert format_number(-math.inf) == "-∞"


def test_scales_carry_their_unit() -> None:
    assert format_number(242_345_678.9, scale=WAN_TONNES) == "24,234.57"
    assert WAN_TONNES.unit("t CO2e") == "万t CO2e"
    assert WAN_TONNES.unit("t CO2e", "en") == "10⁴ t CO2e"
    assert MILLION_TONNES.unit("t CO2", "zh") == "百万t CO2"
    assert TONNES.unit("ha") == "ha"
    with pytest.raises(ValueError, match="tonnes"):
        WAN_TONNES.unit("ha")


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([], TONNES),
        ([None, math.nan], TONNES),
        ([99_999.0, -5.0], TONNES),
        ([-100_000.0, None], WAN_TONNES),
        ([2.4e8], WAN_TONNES),
        ([1.2e11], MILLION_TONNES),
    ],
)
def test_scale_follows_the_largest(values: list[float | None], scale: object) -> None:
    assert scale_for(values) == scale


def excel_prints(value: float, number_format: str) -> str:
    """What a spreadsheet prints: the first section whose condition holds, of the absolute value."""
    conditions = {">=": float.__ge__, "<=": float.__le__}
    *conditional, last = number_format.split(";")
    for section in conditional:
        sign, limit, shape = re.fullmatch(r"\[([<>]=)(-?[\d.]+)\](.*)", section).groups()
        if conditions[sign](value, float(limit)):
            minus, decimals = re.fullmatch(r"(-?)#,##0(?:\.(0+))?", shape).groups()
            return minus + half_up(abs(value), len(decimals or ""))
    return last.strip('"')


@given(st.floats(-1e12, 1e12) | st.floats(-0.1, 0.1), st.integers(0, 4))
def test_workbook_prints_the_same(value: float, decimals: int) -> None:
    assert excel_prints(value, excel_format(decimals)) == format_number(value, decimals)


@pytest.mark.parametrize(
    ("value", "shown", "number_format"),
    [
        (12.0, "12", "#,##0"),
        (3456.78, "3,456.78", "#,##0.00"),
        (-0.125, "-0.125", "#,##0.000"),
        (1200000.0, "1,200,000", "#,##0"),
        (2.093e-05, "0.00002093", "#,##0.00000000"),
        (1e-20, "0.00000000000000000001", "General"),
        (3e17, "300,000,000,000,000,000", "General"),
    ],
)
def test_written_figures_keep_their_digits(value: float, shown: str, number_format: str) -> None:
    assert format_written(value) == shown
    assert excel_format_written(value) == number_format


@given(FINITE)
def test_written_figures_lose_nothing(value: float) -> None:
    assert float(format_written(value).replace(",", "")) == value


def test_written_blank_stays_blank() -> None:
    assert format_written(None) == ""
    assert format_written(None, notation="NO") == "NO"
    assert format_count(1234567) == "1,234,567"
