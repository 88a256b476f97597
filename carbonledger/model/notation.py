"""Notation keys: what stands in place of a number when there is none."""

from enum import StrEnum

from carbonledger.errors import Text

__all__ = ["NOTATION_LABELS", "Notation", "join_notations"]


class Notation(StrEnum):
    """The notation keys of the IPCC and UNFCCC reporting guidelines (IPCC 2006, Vol. 1, 8.2.5)."""

    NE = "NE"
    NO = "NO"
    IE = "IE"
    C = "C"
    NA = "NA"


NOTATION_LABELS: dict[Notation, Text] = {
    Notation.NE: Text("未估算", "not estimated"),
    Notation.NO: Text("不发生", "not occurring"),
    Notation.IE: Text("已列入他处", "included elsewhere"),
    Notation.C: Text("保密", "confidential"),
    Notation.NA: Text("不适用", "not applicable"),
}


def join_notations(keys: set[str]) -> str:
    """The notation of a sum whose parts carry ``keys``: all of them, in alphabetical order."""
    return ",".join(sorted(key for key in keys if key))
