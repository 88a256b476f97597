"""The areas of ecosystem types behind a GEP account, as the departments entered them.

The same land is entered for many services, by types of different fineness (森林 for pests, 竹林 for
water). So for each region and class of the first level one account speaks: the one with the largest
area, of equals the one with the finest types. Nothing is counted twice; what differs between
accounts shows against the account of extent.
"""

import pandas as pd

from carbonledger import units
from carbonledger.analysis.gep.facts import GepFacts
from carbonledger.analysis.uses.table import Column, Row, UseTable, total
from carbonledger.errors import Text

__all__ = ["area_table"]

_AREA = "area"
_ROUNDING = 6  # decimals of km2, a square metre, within which two areas are equal


def area_table(facts: GepFacts, year: int) -> UseTable:
    """The area and the share of each type in a year, in km2."""
    entered = _entered(facts, year)
    areas = _of_one_account(entered).groupby("item")["km2"].sum() if len(entered) else {}
    whole = total(float(area) for area in dict(areas).values())
    rows: list[Row] = []
    for item in facts.known.in_order([str(key) for key in dict(areas)]):
        area = float(areas[item])
        rows.append({"type": _name(facts, item), "area": area, "share": _share(area, whole)})
    if rows:
        rows.append({"type": "合计 / Total", "area": whole, "share": _share(whole, whole)})
    title = Text(f"生态系统类型及面积（{year}）", f"Areas of ecosystem types ({year})")
    return UseTable(title, _COLUMNS, rows, [_NOTE])


def _share(area: float, whole: float) -> float | None:
    """The share in percent; of no area at all nothing has one."""
    return area / whole * 100 if whole else None


def _entered(facts: GepFacts, year: int) -> pd.DataFrame:
    """Entries of GEP accounts with an area and an ecosystem type: the area in km2, the class."""
    entries = facts.results.entries
    if _AREA not in entries.columns:
        return entries.iloc[:0]
    unit = f"{_AREA}__unit"
    used = entries[
        (entries["period"] == year)
        & entries[_AREA].notna()
        & entries["account"].isin(facts.library.below("G"))
    ]
    scale = used[unit].map({text: units.multiplier(text, "km2") for text in used[unit].unique()})
    items = used["item"].fillna("").astype(str)
    classes = {
        item: found.item if (found := facts.known.at_level(item, 1)) else ""
        for item in items.unique()
    }
    used = used.assign(km2=used[_AREA] * scale, item=items, ecosystem=items.map(classes))
    return used[used["ecosystem"] != ""]


def _of_one_account(entered: pd.DataFrame) -> pd.DataFrame:
    """The entries of the account that speaks for each region and class."""
    place = ["region", "ecosystem"]
    sums = entered.groupby([*place, "account"]).agg(km2=("km2", "sum"), types=("item", "nunique"))
    sums = sums.reset_index().assign(rounded=sums["km2"].round(_ROUNDING).to_numpy())
    sums = sums.sort_values([*place, "rounded", "types", "account"], ascending=False)
    speaking = sums.drop_duplicates(place)[[*place, "account"]]
    return entered.merge(speaking, on=[*place, "account"])


def _name(facts: GepFacts, item: str) -> str:
    if item in facts.known.classes:
        found = facts.known.name(item)
        return f"{found.zh} {found.en}"
    return " ".join(facts.library.label("items", item, lang) for lang in ("zh", "en"))


_COLUMNS = (
    Column("type", Text("生态系统类型", "Ecosystem type")),
    Column("area", Text("面积", "Area"), "km2", 4),
    Column("share", Text("比例", "Share"), "%"),
)
_NOTE = Text(
    "按录入的面积：每个地区、每个一级类型取录入面积最大的科目，不重复计；与土地调查不一致时请核对。",
    "As entered: for each region and class of the first level the account with the largest area, "
    "so that nothing counts twice; check it against the land survey.",
)
