"""Memo accounts against the inventory: biomass entered twice, bunkers that nobody deducted."""

from operator import itemgetter
from typing import Any

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import Row
from carbonledger.model.problem import Grade, Problem

__all__ = ["memo_problems"]

_BIOMASS, _BUNKERS = "M.3", "M.1"
_SUPPLY, _DEDUCTED = "M.4", "M.4.d"
Key = tuple[Any, ...]
_of_key = itemgetter("region", "period", "item")


def memo_problems(results: Results, library: Library) -> list[Problem]:
    """Biomass that stands in M.3 twice (grade B), and bunkers that M.4 lacks (grade C).

    Args:
        results: a finished run.
        library: for the names and the chart of accounts.
    """
    return [*_biomass_twice(results, library), *_bunkers_not_deducted(results, library)]


def _biomass_twice(results: Results, library: Library) -> list[Problem]:
    """M.3 was entered itself, and biomass in a sector gives it too."""
    columns = ("region", "item", "period", "amount", "source", "entry")
    rows = results.rows("postings", columns, account=[_BIOMASS])
    rows = [row for row in rows if (row["amount"] or 0.0) > 0]
    numbers = {row["entry"] for row in rows}
    entered = results.rows("entries", ("entry", "account"), entry=numbers) if rows else []
    accounts = {row["entry"]: row["account"] for row in entered}
    derived: dict[Key, set[str]] = {}
    for row in rows:
        if accounts[row["entry"]] != _BIOMASS:
            derived.setdefault(_of_key(row), set()).add(accounts[row["entry"]])
    both: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if accounts[row["entry"]] == _BIOMASS and _of_key(row) in derived:
            both.setdefault((row["region"], row["item"]), []).append(row)
    problems = []
    for (region, item), stated in sorted(both.items(), key=itemgetter(0)):
        sectors = sorted(set().union(*(derived[_of_key(row)] for row in stated)))
        years = sorted({row["period"] for row in stated})
        problems.append(_twice(region, item, years, sectors, stated[0]["source"], library))
    return problems


def _bunkers_not_deducted(results: Results, library: Library) -> list[Problem]:
    """Bunkers are entered, and the supply of fuels is not without them (IPCC 2006 eq 6.2)."""
    concerned = library.below(_SUPPLY) | library.below(_BUNKERS)
    columns = ("account", "region", "period", "item", "amount")
    rows = results.rows("postings", columns, account=concerned, measure=["CO2"])
    known: dict[str, set[tuple[str, int, str]]] = {}
    for row in rows:
        if row["amount"]:
            key = (row["region"], row["period"], row["item"])
            known.setdefault(row["account"], set()).add(key)

    def items(account: str) -> set[tuple[str, int, str]]:
        return set().union(*(known.get(each, ()) for each in library.below(account)))

    supply = {key[:2] for key in items(_SUPPLY)}
    keys = sorted(key for key in items(_BUNKERS) - items(_DEDUCTED) if key[:2] in supply)
    found: dict[tuple[str, str], list[int]] = {}
    for region, period, item in keys:
        found.setdefault((region, item), []).append(period)
    return [_undeducted(*key, years, library) for key, years in found.items()]


def _twice(
    region: str, item: str, years: list[int], sectors: list[str], source: str, library: Library
) -> Problem:
    file, _, cell = source.rpartition("!")
    place, place_en = (library.label("regions", region, lang) for lang in ("zh", "en"))
    name, name_en = (library.label("items", item, lang) for lang in ("zh", "en"))
    return Problem(
        grade=Grade.B,
        code="biomass-twice",
        file=file or cell,
        cell=cell if file else "",
        message=Text(
            f"{place} {_years(years)} 年：{name}直接录入了信息项 M.3，而 {'、'.join(sectors)} "
            "录入的同一种生物质已自动计入 M.3，信息项重复。",
            f"{place_en} {_years(years)}: {name_en} was entered in memo account M.3 itself, and "
            f"the same biomass in {', '.join(sectors)} stands there already: it counts twice.",
        ),
        remedy=Text(
            "请删去直接录入 M.3 的行；生物质只在使用它的部门录入一次。",
            "Remove the entry of M.3: biomass is entered once, in the sector that burns it.",
        ),
    )


def _undeducted(region: str, item: str, years: list[int], library: Library) -> Problem:
    place, place_en = (library.label("regions", region, lang) for lang in ("zh", "en"))
    name, name_en = (library.label("items", item, lang) for lang in ("zh", "en"))
    return Problem(
        grade=Grade.C,
        code="bunkers-not-deducted",
        message=Text(
            f"{place} {_years(years)} 年：{name}录入了国际燃料舱（M.1），"
            "但参考方法的供应量（M.4.d）没有扣除它，参考方法会偏大。",
            f"{place_en} {_years(years)}: {name_en} is entered as international bunkers (M.1), but "
            "the reference approach (M.4.d) does not deduct it and is too large.",
        ),
        remedy=Text(
            "请在 M.4.d 录入同一数量（正数，自动扣除）；供应量本来就不含它的，请确认。",
            "Enter the same amount in M.4.d (positive, it is deducted); confirm if the supply does "
            "not hold it anyway.",
        ),
    )


def _years(years: list[int]) -> str:
    return f"{years[0]}–{years[-1]}" if len(years) > 1 else f"{years[0]}"
