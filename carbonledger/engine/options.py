"""Which methods could compute an entry: the profile's rules against what the entry supplies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.methods.registry import Method, get
from carbonledger.model.profile import Profile, Rule

__all__ = ["Case", "Option", "Refusal", "Rules", "Supply"]

# The quantity that binds to the activity of whatever method fits its dimension.
GENERIC = "quantity"


@dataclass(frozen=True)
class Supply:
    """One quantity of an entry: its unit as written and its state (``value`` or a notation key)."""

    unit: str
    state: str


@dataclass(frozen=True)
class Case:
    """Entries that the rules cannot tell apart."""

    account: str
    item: str
    detail: str
    supplies: tuple[tuple[str, Supply], ...]

    @cached_property
    def supply(self) -> Mapping[str, Supply]:
        """The quantities by name."""
        return dict(self.supplies)

    def notation(self, activities: Iterable[str]) -> str:
        """The notation key that stands in place of the activity, if one does."""
        for name in (GENERIC, *activities):
            supply = self.supply.get(name)
            if supply is not None and supply.state not in {"", "value"}:
                return supply.state
        return ""


@dataclass(frozen=True)
class Option:
    """A way to one measure of a case: a method in one of its forms, or a notation key.

    ``bound`` maps the arguments that the entry supplies to the entry's quantities. ``reason`` says
    why a rule gives its notation key; it is empty where the key was entered.
    """

    measure: str
    method: str = ""
    form: int = 0
    bound: tuple[tuple[str, str], ...] = ()
    notation: str = ""
    reason: Text | None = None

    @property
    def wanted(self) -> dict[str, str]:
        """The arguments that the library must supply, with their units."""
        if not self.method:
            return {}
        form = get(self.method).forms[self.form].units
        return {name: unit for name, unit in form.items() if name not in dict(self.bound)}


@dataclass(frozen=True)
class Refusal:
    """Why a case has no option for a measure."""

    code: str
    message: Text
    remedy: Text


class Rules:
    """The rules of a profile, ready to be asked for cases."""

    def __init__(self, profile: Profile, library: Library) -> None:
        self._profile = profile
        self._below = {
            account: library.below(account) for rule in profile.rules for account in rule.accounts
        }

    def options(self, case: Case) -> tuple[list[Option], list[Refusal]]:
        """The options of a case in order of preference, and what no option could be found for."""
        options: list[Option] = []
        refusals: list[Refusal] = []
        decided: set[str] = set()
        for rule in self._matching(case):
            measures = _measures(rule) - decided
            for measure in sorted(measures):
                found = list(_of_rule(rule, measure, case))
                options += found
                if not found:
                    refusals.append(_unfit(case, measure, rule))
            decided |= measures
        if not decided:
            refusals.append(_no_rule(case, self._profile))
        return options, refusals

    def _matching(self, case: Case) -> Iterator[Rule]:
        for rule in self._profile.rules:
            if (
                any(case.account in self._below[account] for account in rule.accounts)
                and (not rule.items or case.item in rule.items)
                and (not rule.details or case.detail in rule.details)
            ):
                yield rule


def _measures(rule: Rule) -> set[str]:
    return set(rule.measures) or {get(name).measure for name in rule.methods}


def _of_rule(rule: Rule, measure: str, case: Case) -> Iterator[Option]:
    methods = [get(name) for name in rule.methods if get(name).measure == measure]
    entered = case.notation(method.activity for method in methods)
    if entered:
        yield Option(measure, notation=entered)
        return
    if rule.notation is not None and rule.reason is not None:
        reason = Text(rule.reason.zh, rule.reason.en)
        yield Option(measure, notation=rule.notation.value, reason=reason)
        return
    for method in methods:
        for number, form in enumerate(method.forms):
            bound = _bind(method, form.units, case)
            if bound is not None:
                yield Option(measure, method.id, number, bound)


def _bind(
    method: Method, form: Mapping[str, str], case: Case
) -> tuple[tuple[str, str], ...] | None:
    # The activity must come from the entry; other arguments may, where they were measured.
    bound: list[tuple[str, str]] = []
    for argument, unit in form.items():
        names: Sequence[str] = (argument,)
        if argument == method.activity:
            names = (argument, GENERIC)
        fitting = [name for name in names if _fits(case.supply.get(name), unit)]
        if fitting:
            bound.append((argument, fitting[0]))
        elif argument == method.activity or _stated(case.supply.get(argument)):
            return None
    return tuple(bound)


def _stated(supply: Supply | None) -> bool:
    return supply is not None and supply.state == "value"


def _fits(supply: Supply | None, unit: str) -> bool:
    return supply is not None and _stated(supply) and units.same_dimension(supply.unit, unit)


def _unfit(case: Case, measure: str, rule: Rule) -> Refusal:
    given = "、".join(f"{name} [{supply.unit}]" for name, supply in case.supplies if supply.state)
    methods = [get(name) for name in rule.methods if get(name).measure == measure]
    wanted = sorted(
        {f"{m.activity} [{form.units[m.activity]}]" for m in methods for form in m.forms}
    )
    return Refusal(
        "activity-unit-unfit",
        Text(
            f"{measure}：录入的数量 {given} 不适用于科目 {case.account} 的任何计算方法。",
            f"{measure}: the quantity entered, {given}, fits no method of account {case.account}.",
        ),
        Text(
            f"请改用下列数量与单位之一：{'、'.join(wanted)}（单位可带万、亿等倍数）。",
            f"Use one of these quantities and units: {', '.join(wanted)} (with any multiplier).",
        ),
    )


def _no_rule(case: Case, profile: Profile) -> Refusal:
    return Refusal(
        "no-rule",
        Text(
            f"口径“{profile.profile}”没有规定科目 {case.account}"
            f"（品种 {case.item or '空'}）如何计算。",
            f"Profile '{profile.profile}' has no rule for account {case.account} "
            f"(item {case.item or 'empty'}).",
        ),
        Text(
            "请核对科目代码；若科目无误，请换用包含该科目的口径。",
            "Check the account code; if it is right, use a profile that covers the account.",
        ),
    )
