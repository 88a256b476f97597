"""The one place where a figure becomes text: screen and workbook print the same digits.

Statistics round half up (四舍五入). Python and most formatting libraries round half to even, and a
binary float is rarely the decimal that its author wrote, so rounding starts from the shortest
decimal that stands for the float: 2.345 prints as 2.35 and 1.005 as 1.01. This module only prints;
no rounded number ever enters a calculation.
"""

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from carbonledger.errors import Text

__all__ = [
    "MILLION_TONNES",
    "MISSING",
    "TONNES",
    "WAN_TONNES",
    "Scale",
    "excel_format",
    "excel_format_written",
    "format_count",
    "format_number",
    "format_written",
    "scale_for",
    "written_decimals",
]

MISSING = "—"
"""What stands where nothing was computed and no notation key says why; never 0."""

# The largest float has 309 digits before the point.
_CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)

# Excel keeps 15 significant digits; a format with more decimals only prints noise.
_MAX_DECIMALS = 12


class Scale(NamedTuple):
    """A display unit of masses: ``label`` stands before the unit in the header (``万t``)."""

    power: int
    label: Text

    def unit(self, unit: str, lang: str = "zh") -> str:
        """The unit in the header, for example ``万t CO2``; ``unit`` begins with ``t``."""
        if self.power and not unit.startswith("t"):
            raise ValueError(f"only tonnes are scaled, not {unit!r}")
        return self.label.in_language(lang) + unit if self.power else unit


TONNES = Scale(0, Text("", ""))
WAN_TONNES = Scale(4, Text("万", "10⁴ "))
MILLION_TONNES = Scale(6, Text("百万", "10⁶ "))


def scale_for(values: Iterable[float | None]) -> Scale:
    """The unit in which the largest of the figures is easy to read; provinces print 万t."""
    largest = max((abs(v) for v in values if v is not None and math.isfinite(v)), default=0.0)
    if largest < 1e5:
        return TONNES
    return WAN_TONNES if largest < 1e11 else MILLION_TONNES


def format_number(
    value: float | None,
    decimals: int = 2,
    *,
    notation: str = "",
    missing: str = MISSING,
    scale: Scale = TONNES,
) -> str:
    """A figure with thousands separators and fixed decimals, rounded half up.

    Args:
        value: the figure; None and NaN are missing.
        decimals: digits after the point.
        notation: the notation key that stands in place of a missing figure.
        missing: what stands there if there is no key either.
        scale: the display unit; the division by a power of ten is exact.
    """
    if value is None or math.isnan(value):
        return notation or missing
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    exact = Decimal(repr(float(value))).scaleb(-scale.power, _CONTEXT)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), context=_CONTEXT)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}"


def format_count(value: int) -> str:
    """A count with thousands separators."""
    return f"{value:,d}"


def format_written(value: float | None, *, notation: str = "", missing: str = "") -> str:
    """A figure with all the digits that it was written with, and thousands separators."""
    return format_number(value, written_decimals(value), notation=notation, missing=missing)


@cache
def excel_format(decimals: int = 2) -> str:
    """The number format under which a spreadsheet prints what ``format_number`` prints.

    Three sections, because a plain ``#,##0.00`` prints -0.004 as ``-0.00``.
    """
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    zero = "0" + ("." + "0" * decimals if decimals else "")
    half = f"{Decimal(5).scaleb(-decimals - 1):f}"
    return f'[>={half}]{digits};[<=-{half}]-{digits};"{zero}"'


def excel_format_written(value: float) -> str:
    """The number format that shows all the digits a figure was written with."""
    decimals = written_decimals(value)
    if decimals > _MAX_DECIMALS or abs(value) >= 1e15:
        return "General"
    return "#,##0" + ("." + "0" * decimals if decimals else "")


@lru_cache(maxsize=1000)
def written_decimals(value: float | None) -> int:
    """How many digits after the point a figure was written with."""
    if value is None or not math.isfinite(value):
        return 0
    written = repr(float(value))
    if "e" not in written:
        digits = written.partition(".")[2]
        return len(digits) if digits != "0" else 0
    exponent = Decimal(written).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
