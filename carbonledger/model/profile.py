"""The profile (口径) of a run: one TOML file in ``factors/profiles/`` per guideline edition."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carbonledger.model.manifest import Title
from carbonledger.model.notation import Notation
from carbonledger.model.prices import CAPITAL_AS_ANNUAL, VALUES
from carbonledger.model.records import Status

__all__ = ["Profile", "Rule", "Service"]


class _Strict(BaseModel):
    # A validator is built when it is first needed: that of the whole holds those of its parts.
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True
    )


class Service(_Strict):
    """Whether a standard counts a service: an account that must, may or must not be compiled.

    An excluded one says why; its entries get the notation key NA, never silence.
    """

    account: str
    standing: Literal["mandatory", "optional", "excluded"]
    reason: Title | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> "Service":
        if self.standing == "excluded" and self.reason is None:
            raise ValueError("an excluded service needs a reason")
        return self


class Rule(_Strict):
    """How entries of some accounts and items are computed; the first rule that matches wins.

    An account matches with everything below it; empty ``items`` or ``details`` match all. For each
    measure the first method in ``methods`` whose activity the entry can supply is used. A rule
    without methods gives a notation key and says why no amount is computed, or is ``refused``: such
    an entry is no source or sink at all, and nothing is computed before it is taken out.
    ``otherwise`` is the
    key of a measure for which the library has no factor, with the same ``reason``; without it a
    factor that is missing is an error.

    ``post_to`` is the account of the results where it is not that of the entry: the CO2 of biomass
    burned in a sector is a memo item. Such rules decide for themselves, beside those that post to
    the entry's own account. A rule with ``if_entered`` decides a measure only where the entry
    names the activity of its methods, and leaves it to the next rule otherwise.

    ``services`` are declarations of ``methods.service``: each stands for its physical method
    (unless ``physical`` is false) and for its values by each of ``pricing``, the preferred first.
    ``by_activity`` says that an entry need not give every measure, only those whose methods take
    what it brings (a product by its mass or by its price); rules of services are such.
    ``alternatives`` says that all entries of the account, region and year must take the same
    method, since the ways exclude one another.
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
    refused: bool = False
    reason: Title | None = None
    alternatives: bool = False
    by_activity: bool = False

    @model_validator(mode="before")
    @classmethod
    def _methods_of_services(cls, content: Any) -> Any:
        if not isinstance(content, dict) or "services" not in content:
            return content
        rest = {"by_activity": True, **content, "methods": list(content.get("methods", []))}
        pricings, physical = rest.pop("pricing", ["annual"]), rest.pop("physical", True)
        for service in rest.pop("services"):
            rest["methods"] += [service] * bool(physical)
            rest["methods"] += [
                f"{service}.{measure}{'' if pricing == 'annual' else f'.{pricing}'}"
                for pricing in pricings
                for measure in VALUES
            ]
        return rest

    @model_validator(mode="after")
    def _methods_or_notation(self) -> "Rule":
        if bool(self.methods) + (self.notation is not None) + self.refused != 1:
            raise ValueError("a rule has methods, or a notation key, or refuses")
        if not self.methods and (self.reason is None or not self.measures):
            raise ValueError("a rule without methods names its measures and its reason")
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

    The rest is for accounts of ecosystem products. ``services`` says which accounts the standard
    counts. ``price_base_year`` is the year of constant prices; without one, the first year of the
    inventory. ``deflators`` gives an account the index series for what is entered in money;
    ``substitute_deflator`` is the series that may stand in where another lacks a year.
    ``capital_as_annual`` allows methods that count a whole capital cost in every year.
    ``value_concepts`` are the only concepts of value that prices may have; empty: all.
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
    services: list[Service] = Field(default_factory=list)
    price_base_year: int | None = None
    deflators: dict[str, str] = Field(default_factory=dict)
    substitute_deflator: str | None = None
    capital_as_annual: bool = False
    value_concepts: list[str] = Field(default_factory=list)
    rules: list[Rule] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _excluded_services_first(cls, content: Any) -> Any:
        if not isinstance(content, dict):
            return content
        excluded = [
            {
                "accounts": [service["account"]],
                "notation": Notation.NA,
                "measures": list(VALUES),
                "reason": service.get("reason"),
            }
            for service in content.get("services", [])
            if isinstance(service, dict) and service.get("standing") == "excluded"
        ]
        return {**content, "rules": [*excluded, *content.get("rules", [])]}

    @model_validator(mode="after")
    def _no_capital_by_the_year_unless_said(self) -> "Profile":
        used = {name for rule in self.rules for name in rule.methods}
        if not self.capital_as_annual and any(name.endswith(CAPITAL_AS_ANNUAL) for name in used):
            raise ValueError("a whole capital cost in one year needs capital_as_annual = true")
        return self
