"""Memo accounts against the inventory: biomass entered twice, bunkers that nobody deducted."""

import pandas as pd

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.problem import Grade, Problem

__all__ = ["memo_problems"]

_BIOMASS, _BUNKERS = "M.3", "M.1"
_SUPPLY, _DEDUCTED = "M.4", "M.4.d"
_BLOCK = ["region", "period"]


def memo_problems(postings: pd.DataFrame, entries: pd.DataFrame, library: Library) -> list[Problem]:
    """Biomass that stands in M.3 twice (grade B), and bunkers that M.4 lacks (grade C).

    Args:
        postings: the postings of a run.
        entries: its entries.
        library: for the names and the chart of accounts.
    """
    return [
        *_biomass_twice(postings, entries, library),
        *_bunkers_not_deducted(postings, library),
    ]


def _biomass_twice(
    postings: pd.DataFrame, entries: pd.DataFrame, library: Library
) -> list[Problem]:
    """M.3 was entered itself, and biomass in a sector gives it too."""
    rows = postings[(postings["account"] == _BIOMASS) & postings["amount"].gt(0)]
    if rows.empty:
        return []
    accounts = entries[["entry", "account"]].rename(columns={"account": "entered"})
    rows = rows[[*_BLOCK, "item", "source", "entry"]].merge(accounts, on="entry")
    stated = rows[rows["entered"] == _BIOMASS]
    derived = rows[rows["entered"] != _BIOMASS]
    both = stated.merge(derived, on=[*_BLOCK, "item"], suffixes=("", "_other"))
    return [
        _twice(region, item, same, library)
        for (region, item), same in both.groupby(["region", "item"])
    ]


def _bunkers_not_deducted(postings: pd.DataFrame, library: Library) -> list[Problem]:
    """Bunkers are entered, and the supply of fuels is not without them (IPCC 2006 eq 6.2)."""
    concerned = library.below(_SUPPLY) | library.below(_BUNKERS)
    counted = (postings["measure"] == "CO2") & postings["amount"].notna() & postings["amount"].ne(0)
    columns = (
        postings.loc[counted & postings["account"].isin(concerned), name].tolist()
        for name in ("account", *_BLOCK, "item")
    )
    known: dict[str, set[tuple[str, int, str]]] = {}
    for account, *key in zip(*columns, strict=True):
        known.setdefault(account, set()).add(tuple(key))

    def items(account: str) -> set[tuple[str, int, str]]:
        return set().union(*(known.get(each, ()) for each in library.below(account)))

    supply = {key[:2] for key in items(_SUPPLY)}
    keys = sorted(key for key in items(_BUNKERS) - items(_DEDUCTED) if key[:2] in supply)
    found: dict[tuple[str, str], list[int]] = {}
    for region, period, item in keys:
        found.setdefault((region, item), []).append(period)
    return [_undeducted(*key, years, library) for key, years in found.items()]


def _twice(region: str, item: str, rows: pd.DataFrame, library: Library) -> Problem:
    years = sorted({int(year) for year in rows["period"]})
    sectors = sorted(set(rows["entered_other"]))
    file, _, cell = str(rows["source"].iloc[0]).rpartition("!")
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
