"""Number formats under which a spreadsheet shows another number than the cell holds."""

import re

__all__ = ["BUILTIN_PERCENT", "shows_other_number"]

# The percent formats that need no definition in the file (ECMA-376 part 1, 18.8.30).
BUILTIN_PERCENT = {9: "0%", 10: "0.00%"}

_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|[_*].')
_ESCAPED_POINT = re.compile(r"[0#?][\\!]\.[0#?]")
_ESCAPED = re.compile(r"[\\!].")
_SCALED = re.compile(r"[0#?.],+(?![0#?,])")


def shows_other_number(code: str) -> bool:
    """Whether a format shows a percentage, drops thousands, or draws a decimal point of its own.

    ``0!.0,`` is the usual way of showing 万: it divides by a thousand and paints a point.
    """
    if re.search(r'[0#?]"\."[0#?]', code):
        return True
    bare = _LITERALS.sub("", code)
    if _ESCAPED_POINT.search(bare):
        return True
    bare = _ESCAPED.sub("", bare)
    return "%" in bare or _SCALED.search(bare) is not None
