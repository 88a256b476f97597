"""The competition of rows: all that could serve a question, in the order of the selection rule.

It follows the rule of ``select`` row by row, so that each row that loses can say why; the test
holds the first of the ranking against ``select`` itself.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from carbonledger import units
from carbonledger.library.load import Library
from carbonledger.library.select import by_group, family_places, of_members
from carbonledger.memory import values_by
from carbonledger.model.potentials import GWP
from carbonledger.model.profile import Profile

__all__ = ["Competition", "Question", "compete", "families_of", "latest_year", "rules_for"]

# The criteria of the rule in their order; a smaller number is better.
ORDER = (
    "family", "region_distance", "item_distance", "detail_distance", "account_distance",
    "validity", "gap", "series", "age",
)  # fmt: skip
_REASONS = dict(
    zip(
        ORDER,
        ("family", "region", "item", "detail", "account", "", "gap", "family", "gap"),
        strict=True,
    )
) | {"": "tie"}
_VALIDITY = {1: "older", 2: "newer"}


class Question(NamedTuple):
    """What a value is wanted for, in codes; an empty ``region`` has worldwide values only."""

    parameter: str
    item: str = ""
    detail: str = ""
    account: str = ""
    species: str = ""
    region: str = ""
    year: int = 0


class Competition(NamedTuple):
    """The rows that compete for a question under one profile.

    ``by_year`` says that the year decides before the family. ``rows`` are rows of the library with
    ``rank`` (1 wins; missing where the row cannot serve), ``reason`` (``winner``, or the first
    criterion that the row loses by) and the distances; ``elsewhere`` counts the rows for other
    regions, items or species.
    """

    question: Question
    profile: str
    families: tuple[str, ...]
    by_year: bool
    rows: pd.DataFrame
    elsewhere: int

    @property
    def winner(self) -> "pd.Series[object] | None":
        """The row that the profile selects; None where no row can serve."""
        return self.rows.iloc[0] if len(self.rows) and self.rows["rank"].iloc[0] == 1 else None


def rules_for(rules: Profile, parameter: str, gwp: str | None = None) -> Profile:
    """The profile as it orders the families of one parameter: warming potentials are of one set."""
    if parameter != GWP:
        return rules
    return rules.model_copy(update={"families": [gwp or rules.gwp], "parameter_families": {}})


def families_of(rules: Profile, parameter: str) -> list[str]:
    """The editions that a profile takes a parameter from, the inventory's own rows first."""
    return ["inventory", *rules.parameter_families.get(parameter, rules.families)]


def latest_year(library: Library, parameter: str) -> int:
    """The latest year for which a parameter has a dated value; 0 where none is dated."""
    table = library.parameters[library.parameters["parameter"] == parameter]
    days = pd.concat([pd.to_datetime(table["valid_from"]), pd.to_datetime(table["valid_to"])])
    return 0 if days.isna().all() else int(days.max().year)


def compete(
    question: Question, library: Library, rules: Profile, unit: str = "", gwp: str | None = None
) -> Competition:
    """Rank the rows that compete for a question.

    Args:
        question: the codes of what is asked for.
        library: the parameters, an inventory's own among them.
        rules: the profile whose families order the editions.
        unit: a unit of the wanted dimension; by default that of the row which serves best.
        gwp: the set that warming potentials are of; by default the profile's.

    Raises:
        UnitError: if the unit is refused.
    """
    places = family_places(rules_for(rules, question.parameter, gwp), question.parameter)
    order = [edition for edition, _, _ in places]
    table = _measured(question, library, places)
    here = table["region_distance"].notna() & table["item_distance"].notna()
    here &= table["species"] == question.species
    if by_group(question.parameter, question.account, library, rules):
        names, regions, editions = (
            table[name].tolist() for name in ("parameter", "region", "edition")
        )
        here &= [not each for each in of_members(names, regions, editions, library, rules)]
    found = table[here].copy()
    own = found["edition"].str.startswith("inventory")
    found["barred"] = (found["validity"] == 2) & (own | (not rules.use_newer))
    serves = found[list(ORDER)].notna().all(axis=1) & ~found["barred"]
    wanted = units.dimension(unit) if unit else _dimension(found, serves)
    found["fits"] = found["dimension"] == wanted
    found["serves"] = serves & found["fits"]
    ordered = found.sort_values(
        ["fits", "serves", *ORDER], ascending=[False, False, *[True] * len(ORDER)]
    )
    ordered["rank"] = [place if ok else None for place, ok in enumerate(ordered["serves"], 1)]
    best = ordered.iloc[0] if len(ordered) and ordered["serves"].iloc[0] else None
    ordered["reason"] = [_reason(row, best) for _, row in ordered.iterrows()]
    by_year = question.parameter in rules.by_year
    families = tuple(order)
    return Competition(question, rules.profile, families, by_year, ordered, int((~here).sum()))


def _measured(
    question: Question, library: Library, order: Iterable[tuple[str, int, int]]
) -> pd.DataFrame:
    """The rows of the parameter with their distance from the question in every criterion."""
    table = library.parameters[library.parameters["parameter"] == question.parameter].copy()
    day = pd.Timestamp(max(question.year, 1900), 12, 31)
    begins, ends = pd.to_datetime(table["valid_from"]), pd.to_datetime(table["valid_to"])
    places = {edition: place for edition, *place in reversed(list(order))}
    table["family"] = table["edition"].map({name: place[0] for name, place in places.items()})
    table["series"] = table["edition"].map({name: place[1] for name, place in places.items()})
    for column in ("region", "item", "account"):
        links: pd.DataFrame = getattr(library, f"{column}_chain")
        mine = links[links["key"] == getattr(question, column)]
        distances = values_by(mine, "ancestor", "distance") or {"": 0}
        table[f"{column}_distance"] = table[column].map(distances)
    exact = table["detail"] == question.detail
    table["detail_distance"] = (~exact).astype(float).where(exact | (table["detail"] == ""))
    newer, older = begins > day, ends < day
    table["validity"] = (newer * 2).where(newer, older * 1)
    gap = (begins - day).where(newer, (day - ends).where(older, pd.Timedelta(0)))
    table["gap"] = gap.dt.days
    age = (day - begins).dt.days
    table["age"] = age.fillna(1e7)  # a row without beginning is the oldest of all
    return table


def _dimension(found: pd.DataFrame, serves: "pd.Series[bool]") -> str:
    """The dimension of the row that serves best, or comes nearest to serving.

    The item goes first here: LNG is asked for in tonnes, though natural gas in cubic metres stands
    in for it.
    """
    if found.empty:
        return ""
    order = ["serves", "item_distance", *(name for name in ORDER if name != "item_distance")]
    ascending = [name != "serves" for name in order]
    nearest = found.assign(serves=serves).sort_values(order, ascending=ascending)
    return str(nearest["dimension"].iloc[0])


def _reason(row: "pd.Series[object]", best: "pd.Series[object] | None") -> str:
    """Why a row does not win, in the order in which the rule asks."""
    if not row["fits"]:
        return "dimension"
    for column, reason in (("detail", "other-detail"), ("account", "other-account")):
        if pd.isna(row[f"{column}_distance"]):
            return reason
    if pd.isna(row["family"]):
        return "not-in-profile"
    if row["barred"]:
        return "barred"
    if best is None or row.name == best.name:
        return "winner"
    lost = next((name for name in ORDER if row[name] != best[name]), "")
    return _VALIDITY.get(int(row["validity"]), "gap") if lost == "validity" else _REASONS[lost]
