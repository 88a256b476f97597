"""Records of the rules by which results are used: compensation, damages, assets.

The tables are ``factors/uses/rules.csv`` and ``factors/uses/values.csv``. What a rule leaves open
(its value is empty) is entered by the user, and the result says so.
"""

from typing import Literal

from pydantic import Field

from carbonledger.model.records import OptionalFloat, Record, Status

__all__ = ["Role", "Rule", "RuleKind", "RuleValue"]

RuleKind = Literal["basin-fund", "factor-shares", "tiers", "damage", "present-value"]
Role = Literal[
    "contribution", "pool", "weight", "section", "tier", "floor", "range", "exceedance", "rate"
]


class Rule(Record):
    """A published rule with its document; ``status`` says whether it was compared with it."""

    rule: str = Field(min_length=1)
    kind: RuleKind
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    valid_from: str
    valid_to: str
    source: str = Field(min_length=1)
    locator: str
    status: Status
    note: str


class RuleValue(Record):
    """One figure of a rule; ``first`` and ``last`` bound the ranks or numbers that it holds for."""

    rule: str = Field(min_length=1)
    role: Role
    key: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    first: OptionalFloat
    last: OptionalFloat
    value: OptionalFloat
    unit: str = Field(min_length=1)
