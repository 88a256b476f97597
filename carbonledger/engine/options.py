"""Which methods could compute an entry: the profile's rules against what the entry supplies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.methods.registry import Method, get
from carbonledger.model.problem import Grade
from carbonledger.model.profile import Profile, Rule

__all__ = ["Case", "Option", "Refusal", "Rules", "Supply", "unused"]

# The quantity that binds to the activity of whatever method fits its dimension.
GENERIC = "quantity"


class Supply(NamedTuple):
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
        """The notation key that stands in place of the activity, where none has a value."""
        given = [self.supply[name] for name in (GENERIC, *activities) if name in self.supply]
        if any(_stated(supply) for supply in given):
            return ""
        return next((supply.state for supply in given if supply.state), "")


class Option(NamedTuple):
    """A way to one measure of a case: a method in one of its forms, or a notation key.

    ``bound`` maps the arguments that the entry supplies to the entry's quantities. ``reason`` says
    why a rule gives its notation key; it is empty where the key was entered. ``post_to`` is the
    account of the result, empty for that of the entry.
    """

    measure: str
    method: str = ""
    form: int = 0
    bound: tuple[tuple[str, str], ...] = ()
    notation: str = ""
    reason: Text | None = None
    post_to: str = ""

    @property
    def wanted(self) -> dict[str, str]:
        """The arguments that the library must supply, with their units."""
        if not self.method:
            return {}
        form = get(self.method).forms[self.form].units
        return {name: unit for name, unit in form.items() if name not in dict(self.bound)}


class Refusal(NamedTuple):
    """What is wrong with a case; alike for several measures, it is said once for all of them."""

    measure: str
    code: str
    message: Text
    remedy: Text
    grade: Grade = Grade.A


class Rules:
    """The rules of a profile, ready to be asked for cases."""

    def __init__(self, profile: Profile, library: Library) -> None:
        self._profile = profile
        self._gases = set(library.gases["measure"])
        self._above = library.accounts_above
        self._of_account: dict[str, set[int]] = {}
        for number, rule in enumerate(profile.rules):
            for account in rule.accounts:
                self._of_account.setdefault(account, set()).add(number)

    def options(self, case: Case) -> tuple[list[Option], list[Refusal]]:
        """The options of a case in order of preference, and what no option could be found for."""
        options: list[Option] = []
        refusals: list[Refusal] = []
        decided: dict[str, set[str]] = {"": set()}
        for rule in self._matching(case):
            if rule.refused:
                return [], [_refused(case, rule)]
            gas = next((name for name in (case.item, case.detail) if name in self._gases), "")
            before = decided.setdefault(rule.post_to, set())
            measures = _measures(rule, gas) - before
            if rule.if_entered:
                measures &= _entered(rule, gas, case)
            ways = {measure: list(_of_rule(rule, measure, gas, case)) for measure in measures}
            for measure in sorted(measures):
                if not measure:
                    refusals.append(_no_gas(case))
                    continue
                options += [
                    option._replace(post_to=rule.post_to) if rule.post_to else option
                    for option in ways[measure]
                ]
                if not ways[measure] and not (rule.by_activity and any(ways.values())):
                    refusals.append(_unfit(case, measure, gas, rule))
            before |= measures
        # What is posted below the entry's own account is inside its sum, hence decided for it.
        if not decided[""] and not any(self._within(account, case) for account in decided):
            refusals.append(_no_rule(case, self._profile))
        return options, refusals

    def _within(self, account: str, case: Case) -> bool:
        return account != case.account and case.account in self._above.get(account, ())

    def _matching(self, case: Case) -> Iterator[Rule]:
        above = self._above.get(case.account, {})
        for number in sorted(set().union(*(self._of_account.get(each, ()) for each in above))):
            rule = self._profile.rules[number]
            if (not rule.items or case.item in rule.items) and (
                not rule.details or case.detail in rule.details
            ):
                yield rule


def _measures(rule: Rule, gas: str) -> set[str]:
    return set(rule.measures) or {get(name).measure_of(gas) for name in rule.methods}


def _entered(rule: Rule, gas: str, case: Case) -> set[str]:
    """The measures of a rule of which the entry names the activity; ``quantity`` names none."""
    methods = [get(name) for name in rule.methods]
    named = {name for name, supply in case.supplies if supply.state}
    return {method.measure_of(gas) for method in methods if method.activity in named}


def _of_rule(rule: Rule, measure: str, gas: str, case: Case) -> Iterator[Option]:
    methods = [method for method in map(get, rule.methods) if method.measure_of(gas) == measure]
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
    if rule.otherwise is not None and rule.reason is not None:
        reason = Text(rule.reason.zh, rule.reason.en)
        yield Option(measure, notation=rule.otherwise.value, reason=reason)


def _bind(
    method: Method, form: Mapping[str, str], case: Case
) -> tuple[tuple[str, str], ...] | None:
    # The activity must come from the entry; other arguments may, where they were measured.
    activity = method.activity
    names = (activity, GENERIC) if method.generic else (activity,)
    given = next((name for name in names if _fits(case.supply.get(name), form[activity])), None)
    if given is None:
        return None
    bound = [(activity, given)]
    for argument, unit in form.items():
        supply = case.supply.get(argument)
        if argument == activity or not _stated(supply):
            continue
        if not _fits(supply, unit):
            return None
        bound.append((argument, argument))
    return tuple(bound)


def _stated(supply: Supply | None) -> bool:
    return supply is not None and supply.state == "value"


def _fits(supply: Supply | None, unit: str) -> bool:
    return supply is not None and _stated(supply) and units.same_dimension(supply.unit, unit)


def unused(case: Case, options: Iterable[Option]) -> Refusal | None:
    """What the entry supplies and none of the chosen methods takes: a number must not get lost.

    The heat of a coal equivalent is no such number: it belongs to the unit of the table.
    """
    taken = {name for option in options for _, name in option.bound}
    lost = [
        f"{name} [{supply.unit}]"
        for name, supply in case.supplies
        if _stated(supply) and name not in taken and name != "heat_per_coal_equivalent"
    ]
    used = sorted({option.method for option in options if option.method})
    if not lost or not used:
        return None
    return Refusal(
        "",
        "quantity-not-used",
        Text(
            f"录入的 {'、'.join(lost)} 没有被采用：科目 {case.account} 使用的方法"
            f"（{'、'.join(used)}）不需要它。",
            f"The {', '.join(lost)} entered would not be used: the methods of account "
            f"{case.account} ({', '.join(used)}) do not take it.",
        ),
        Text(
            "请删去该列的数，或换用采用它的口径；同一条录入只给出一种活动水平。",
            "Remove the number, or use a profile whose method takes it; "
            "give one activity per entry.",
        ),
    )


def _unfit(case: Case, measure: str, gas: str, rule: Rule) -> Refusal:
    given = [f"{name} [{supply.unit}]" for name, supply in case.supplies if _stated(supply)]
    methods = [get(name) for name in rule.methods if get(name).measure_of(gas) == measure]
    wanted = [
        ", ".join(
            f"{name} [{unit}]" for name, unit in form.units.items() if _relevant(name, m, case)
        )
        for m in methods
        for form in m.forms
    ]
    return Refusal(
        measure,
        "activity-unit-unfit",
        Text(
            f"录入的 {'、'.join(given)} 与科目 {case.account} 的计算方法不配套。",
            f"The {', '.join(given)} entered fits no method of account {case.account}.",
        ),
        Text(
            f"请改用下列数量与单位之一：{'；'.join(dict.fromkeys(wanted))}"
            "（单位可带万、亿等倍数）。",
            f"Use one of these: {'; '.join(dict.fromkeys(wanted))} (with any multiplier).",
        ),
    )


def _refused(case: Case, rule: Rule) -> Refusal:
    reason = rule.reason
    return Refusal(
        rule.measures[0],
        "not-a-sink",
        Text(
            f"科目 {case.account} 不接受品种“{case.item}”：{reason.zh if reason else ''}。",
            f"Account {case.account} does not take item '{case.item}': "
            f"{reason.en if reason else ''}.",
        ),
        Text("请删去该条录入。", "Remove the entry."),
    )


def _no_gas(case: Case) -> Refusal:
    return Refusal(
        "",
        "item-is-no-gas",
        Text(
            f"科目 {case.account} 按气体核算，品种或细项应是气体，现为“{case.item or '空'}”、"
            f"“{case.detail or '空'}”。",
            f"Account {case.account} is computed gas by gas: item or detail name the gas, not "
            f"'{case.item or 'empty'}' and '{case.detail or 'empty'}'.",
        ),
        Text(
            "请在品种或细项列写气体名称，例如 SF6、HFC-134a、R-410A。",
            "Write the gas as item or detail, such as SF6, HFC-134a, R-410A.",
        ),
    )


def _relevant(argument: str, method: Method, case: Case) -> bool:
    return argument == method.activity or _stated(case.supply.get(argument))


def _no_rule(case: Case, profile: Profile) -> Refusal:
    return Refusal(
        "",
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
