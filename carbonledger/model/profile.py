"""The profile (口径) of a run: one TOML file in ``factors/profiles/`` per guideline edition."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carbonledger.model.manifest import Title
from carbonledger.model.notation import Notation
from carbonledger.model.records import Status

__all__ = ["Profile", "Rule"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Rule(_Strict):
    """How entries of some accounts and items are computed; the first rule that matches wins.

    An account matches with everything below it; empty ``items`` or ``details`` match all. For each
    measure the first method in ``methods`` whose activity the entry can supply is used. A rule
    without methods gives a notation key and says why no amount is computed. ``otherwise`` is the
    key of a measure for which the library has no factor, with the same ``reason``; without it a
    factor that is missing is an error.

    ``post_to`` is the account of the results where it is not that of the entry: the CO2 of biomass
    burned in a sector is a memo item. Such rules decide for themselves, beside those that post to
    the entry's own account. A rule with ``if_entered`` decides a measure only where the entry
    names the activity of its methods, and leaves it to the next rule otherwise.
    """

    accounts: list[str] = Field(min_length=1)
    items: list[str] = Field(default_factory=list)
    details: list[str] = Field(default_factory=list)
    methods: list[str] = Field(default_factory=list)
    notation: Notation | None = None
    otherwise: Notation | None = None
    post_to: str = ""
    if_entered: bool = False
    measures: list[str] = Field(default_factory=list)
    reason: Title | None = None

    @model_validator(mode="after")
    def _methods_or_notation(self) -> "Rule":
        if bool(self.methods) == (self.notation is not None):
            raise ValueError("a rule has either methods or a notation key")
        if self.notation is not None and (self.reason is None or not self.measures):
            raise ValueError("a rule with a notation key names its measures and its reason")
        if self.otherwise is not None and (self.reason is None or not self.methods):
            raise ValueError("'otherwise' belongs to a rule with methods and needs a reason")
        return self


class Profile(_Strict):
    """A rule book: families of parameters in their order, methods by account, GWP set.

    ``families`` are parameter editions, best first; ``parameter_families`` gives a parameter its
    own order where the guideline takes it from another document. ``use_newer`` allows a value
    whose validity begins after the period. ``by_year`` are parameters that are published year by
    year: for them the year decides before the family, which only tells apart values of the same
    year. ``companions`` are editions that the guideline itself combines in one factor, so that a
    mixture of them is not flagged.

    ``by_group`` are parameters that the guideline takes from groups of regions (power grids) and
    not from what was published for a member, with the account whose entries are meant.
    """

    profile: str
    title: Title
    status: Status
    source: str
    note: Title | None = None
    gwp: str
    families: list[str] = Field(min_length=1)
    parameter_families: dict[str, list[str]] = Field(default_factory=dict)
    by_year: list[str] = Field(default_factory=list)
    by_group: dict[str, str] = Field(default_factory=dict)
    companions: list[list[str]] = Field(default_factory=list)
    use_newer: bool = True
    rules: list[Rule] = Field(min_length=1)
