"""The rules of compensation, damages and assets, from ``factors/uses/``."""

from functools import cache

from carbonledger.errors import CarbonledgerError
from carbonledger.library.tables import read_records
from carbonledger.model.uses import Role, Rule, RuleKind, RuleValue
from carbonledger.paths import factors_dir

__all__ = ["rule_of", "rule_values", "rules"]


@cache
def rules() -> dict[str, Rule]:
    """All rules by key."""
    return {row.rule: row for row in read_records(factors_dir() / "uses" / "rules.csv", Rule)}


@cache
def _values() -> tuple[RuleValue, ...]:
    return tuple(read_records(factors_dir() / "uses" / "values.csv", RuleValue))


def rule_of(name: str, *kinds: RuleKind) -> Rule:
    """The rule of this name, if it is of one of the kinds.

    Raises:
        CarbonledgerError: naming the rules that there are.
    """
    fitting = {key: each for key, each in rules().items() if each.kind in kinds}
    if name not in fitting:
        known = "、".join(f"{key}（{each.name_zh}）" for key, each in fitting.items())
        raise CarbonledgerError(
            f"没有名为“{name}”的规则可用于这项计算。可用：{known}。",
            f"There is no rule '{name}' for this. Available: {', '.join(fitting)}.",
        )
    return fitting[name]


def rule_values(rule: Rule, role: Role) -> list[RuleValue]:
    """The figures of a rule that play this role, in the order of the table."""
    return [row for row in _values() if (row.rule, row.role) == (rule.rule, role)]
