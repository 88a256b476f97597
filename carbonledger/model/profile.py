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
    without methods gives a notation key and says why no amount is computed.
    """

    accounts: list[str] = Field(min_length=1)
    items: list[str] = Field(default_factory=list)
    details: list[str] = Field(default_factory=list)
    methods: list[str] = Field(default_factory=list)
    notation: Notation | None = None
    measures: list[str] = Field(default_factory=list)
    reason: Title | None = None

    @model_validator(mode="after")
    def _methods_or_notation(self) -> "Rule":
        if bool(self.methods) == (self.notation is not None):
            raise ValueError("a rule has either methods or a notation key")
        if self.notation is not None and (self.reason is None or not self.measures):
            raise ValueError("a rule with a notation key names its measures and its reason")
        return self


class Profile(_Strict):
    """A rule book: families of parameters in their order, methods by account, GWP set.

    ``families`` are parameter editions, best first; ``parameter_families`` gives a parameter its
    own order where the guideline takes it from another document. ``use_newer`` allows a value
    whose validity begins after the period. ``companions`` are editions that the guideline itself
    combines in one factor, so that their mixture is not flagged.
    """

    profile: str
    title: Title
    status: Status
    source: str
    note: Title | None = None
    gwp: str
    families: list[str] = Field(min_length=1)
    parameter_families: dict[str, list[str]] = Field(default_factory=dict)
    companions: list[list[str]] = Field(default_factory=list)
    use_newer: bool = True
    rules: list[Rule] = Field(min_length=1)
