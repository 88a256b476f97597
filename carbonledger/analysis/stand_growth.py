"""What stands grow and lose in a year, by rates of their volume or by growth curves.

A rule says for which stands (species, origin, age class; empty: any) which rate holds. The rule
that names the most of the three decides; two that name as many and both fit are a contradiction.
A stand without rule, or too young for a rate to mean anything, is left out and counted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carbonledger.analysis.stand_sums import GROUP_KEYS
from carbonledger.errors import CarbonledgerError
from carbonledger.methods.growth import Curve

__all__ = [
    "GROWTH_ACCOUNTS",
    "GrowthRule",
    "group_growth",
    "growth_rows",
    "growth_sums",
    "removals",
]

GROWTH_ACCOUNTS = ("Y.1", "Y.2", "Y.3")
"""Growth by volume, growth by area, consumption."""
_TIER_1_AGE = 20.0  # IPCC 2006 Vol. 4 Table 4.9 has growth up to 20 years and above
_UNSTOCKED = ("unstocked", "shrub")
_ORIGINS = {"natural": "natural_forest", "planted": "plantation_forest"}


@dataclass(frozen=True)
class GrowthRule:
    """The yearly rates of some stands.

    Attributes:
        species: code of the item; empty for any, as ``origin`` and ``age_class``.
        origin: ``natural`` or ``planted``.
        age_class: code of the age class.
        rate: growth in a year over the volume, 1/a; None where a curve gives it.
        curve: the curve, with its rate (1/a) and its shape; the volume that it approaches cancels.
        curve_rate: k of the curve, 1/a.
        curve_shape: m or b of the curve.
        consumption: what is cut and dies in a year over the volume, 1/a; None where not given.
        source: where the rates come from.
    """

    species: str
    origin: str
    age_class: str
    rate: float | None
    curve: Curve | None
    curve_rate: float
    curve_shape: float
    consumption: float | None
    source: str

    @property
    def keys(self) -> tuple[str, str, str]:
        """What the rule names."""
        return self.species, self.origin, self.age_class


def group_growth(
    frame: pd.DataFrame, species: Collection[str], rules: Sequence[GrowthRule], most: float
) -> pd.DataFrame:
    """The groups of stands with what they grow and lose in a year.

    Args:
        frame: the stands, as ``intake.stand_table`` reads them, with their region.
        species: those that are forest trees: no bamboo, orchard, tea or shrub, whose growth is
            not that of a forest.
        rules: of the user.
        most: the greatest plausible rate, 1/a. A curve gives more to very young stands; those are
            left out.

    Returns:
        ``GROUP_KEYS``; ``stands``, ``area``, ``tree_stock`` of all stands of trees; of those with
        a rate ``growing`` (m3), ``annual_growth``, ``annual_consumption`` (m3/a; the latter blank
        unless all of them have one); ``young_area``, ``old_area`` (ha, to 20 years and above; a
        plantation counts as young whatever its age) and ``ageless_area`` of natural stands without
        age or stands of unknown origin; ``rule`` with the numbers of the rules.

    Raises:
        CarbonledgerError: if two rules contradict each other.
    """
    trees = frame[
        frame["species"].isin(list(species)) & ~frame["land_type"].isin(_UNSTOCKED)
    ].reset_index(drop=True)
    chosen = _chosen(trees, rules)
    rate, consumption = _rates(trees, rules, chosen)
    stock = trees["stock"].where(trees["stock"] > 0)
    covered = stock.notna().to_numpy() & (rate <= most)
    planted, natural = trees["origin"].eq("planted"), trees["origin"].eq("natural")
    old = natural & (trees["age"] > _TIER_1_AGE)
    young = planted | (natural & (trees["age"] <= _TIER_1_AGE))
    data = trees[[*GROUP_KEYS, "area"]].assign(
        stands=1,
        tree_stock=stock,
        growing=stock.where(covered),
        annual_growth=(stock * rate).where(covered),
        annual_consumption=(stock * consumption).where(covered),
        lacking=(covered & np.isnan(consumption)).astype(float),
        young_area=trees["area"].where(young),
        old_area=trees["area"].where(old),
        ageless_area=trees["area"].where(~(old | young)),
        rule=np.where(covered, chosen, -1),
    )
    by_group = data.groupby(GROUP_KEYS, sort=True, observed=True)
    groups = by_group.sum(min_count=1)
    groups["annual_consumption"] = groups["annual_consumption"].where(groups["lacking"] == 0)
    groups["rule"] = by_group["rule"].agg(lambda numbers: tuple(sorted({*numbers} - {-1})))
    return groups.drop(columns="lacking").reset_index()


def _chosen(trees: pd.DataFrame, rules: Sequence[GrowthRule]) -> np.ndarray:
    """The number of the rule of each stand, -1 where none fits."""
    names = ["species", "origin", "age_class"]
    distinct = trees[names].drop_duplicates()
    found = {key: _rule_of(key, rules) for key in distinct.itertuples(index=False, name=None)}
    if not found:
        return np.array([], dtype=int)
    return np.asarray(pd.MultiIndex.from_frame(trees[names]).map(found), dtype=int)


def _rule_of(key: tuple[str, ...], rules: Sequence[GrowthRule]) -> int:
    fitting = [
        (sum(map(bool, rule.keys)), number)
        for number, rule in enumerate(rules)
        if all(named in ("", own) for named, own in zip(rule.keys, key, strict=True))
    ]
    if not fitting:
        return -1
    most = max(count for count, _ in fitting)
    best = [number for count, number in fitting if count == most]
    if len(best) > 1:
        numbers = "、".join(str(number + 1) for number in best)
        shown = " ".join(key)
        raise CarbonledgerError(
            f"字段对应文件里第 {numbers} 条 [[growth]] 都适用于“{shown}”，分不出哪一条更具体。"
            "请补写树种、起源或龄组，使每类林分只有一条最具体的规则。",
            f"[[growth]] number {numbers} of the mapping all apply to '{shown}', and none is more "
            "specific. Name species, origin or age class so that one of them is.",
        )
    return best[0]


def _rates(
    trees: pd.DataFrame, rules: Sequence[GrowthRule], chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Growth and consumption of each stand over its volume, 1/a; NaN where not known."""
    rate, consumption = np.full(len(trees), np.nan), np.full(len(trees), np.nan)
    age = trees["age"].to_numpy(dtype=float)
    for number, rule in enumerate(rules):
        own = chosen == number
        rate[own] = _curve_rates(age[own], rule) if rule.rate is None else rule.rate
        consumption[own] = np.nan if rule.consumption is None else rule.consumption
    return rate, consumption


def _curve_rates(age: np.ndarray, rule: GrowthRule) -> np.ndarray:
    """(V(t + 1) - V(t)) / V(t) of a curve; infinite at age 0, NaN without age."""
    if rule.curve is None:
        return np.full(len(age), np.nan)
    now, later = (
        rule.curve.function(at, 1.0, rule.curve_rate, rule.curve_shape) for at in (age, age + 1)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        relative: np.ndarray = (later - now) / now
    return relative


def growth_rows(groups: pd.DataFrame, period: int) -> pd.DataFrame:
    """The entries of the groups, each with its ``group`` and the account of its way."""
    of_volume = groups[groups["growing"].notna()]
    parts = [
        _part(of_volume, "Y.1", annual_growth=of_volume["annual_growth"]),
        *(_by_area(groups, name, detail) for name, detail in _AGES.items()),
    ]
    losing = of_volume[of_volume["annual_consumption"].notna()]
    parts.append(_part(losing, "Y.3", annual_consumption=losing["annual_consumption"]))
    return pd.concat(parts, ignore_index=True).assign(period=period)


_AGES = {"young_area": "age-up-to-20", "old_area": "age-over-20"}


def _by_area(groups: pd.DataFrame, name: str, detail: str) -> pd.DataFrame:
    part = groups[groups[name].notna()]
    items = part["origin"].map(_ORIGINS)
    details = np.where(items == "natural_forest", detail, "")
    return _part(part, "Y.2", area=part[name]).assign(species=items, detail=details)


def _part(groups: pd.DataFrame, account: str, **quantities: object) -> pd.DataFrame:
    part = groups[[*GROUP_KEYS, "stands", "rule"]].assign(account=account, group=groups.index)
    return part.assign(detail="", **quantities)


def removals(groups: pd.DataFrame, entries: pd.DataFrame, postings: pd.DataFrame) -> pd.DataFrame:
    """The groups with their removals (t CO2 in the year) by account, NaN where not estimated."""
    amounts = postings.groupby("entry")["amount"].sum(min_count=1)
    found = entries.assign(amount=amounts.reindex(np.arange(1, len(entries) + 1)).to_numpy())
    # A group with young and old stands has two entries by area; both must be there.
    complete = found.groupby(["group", "account"])["amount"].agg(
        lambda values: values.sum() if values.notna().all() else np.nan
    )
    return groups.join(complete.unstack().reindex(columns=list(GROWTH_ACCOUNTS)))


def growth_sums(groups: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Sums by some keys; without keys, the total.

    ``rate`` is the growth over the volume that has a rate; ``uncovered`` the volume without a
    result of Y.1, ``uncovered_area`` the area without one of Y.2; ``net`` is Y.1 + Y.3, blank
    where a group of Y.1 has no consumption.
    """
    has = groups["Y.1"].notna()
    data = groups.assign(
        uncovered=groups["tree_stock"].fillna(0)
        - groups["growing"].fillna(0).where(has, 0.0),
        uncovered_area=groups["area"] - (groups["young_area"].fillna(0)
        + groups["old_area"].fillna(0)).where(groups["Y.2"].notna(), 0.0),
        lacking=(has & groups["Y.3"].isna()).astype(float),
    )  # fmt: skip
    columns = ["stands", "area", "tree_stock", "growing", "annual_growth", "annual_consumption",
               *GROWTH_ACCOUNTS, "uncovered", "uncovered_area", "lacking"]  # fmt: skip
    if keys:
        found = data.groupby(list(keys), sort=True)[columns].sum(min_count=1).reset_index()
    else:
        found = data[columns].sum(min_count=1).to_frame().T
    found["rate"] = found["annual_growth"] / found["growing"]
    found["net"] = (found["Y.1"] + found["Y.3"]).where(found["lacking"] == 0)
    return found.drop(columns="lacking")
