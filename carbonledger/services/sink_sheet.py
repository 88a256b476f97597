"""An estimate of a sink as a sheet of entries, and into an inventory: apart, or as land use.

Apart it keeps the accounts of sinks, whose book is never added to the emissions. As land use its
area stands among the coastal wetlands of the inventory, year by year.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import xlsxwriter

from carbonledger import units
from carbonledger.engine.frame import entries_relation
from carbonledger.engine.open import open_inventory
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.columns import quantity_name
from carbonledger.library.load import Library
from carbonledger.library.profiles import profile
from carbonledger.services.arguments import argument_name
from carbonledger.services.drafts import Draft, Drafts
from carbonledger.services.sink_neighbours import is_neighbour
from carbonledger.services.sinks import ESTIMATORS
from carbonledger.services.uploads import content_of

__all__ = ["APART", "LAND", "WAYS", "Estimate", "add", "estimate_of", "sheet", "targets"]

APART, LAND = "apart", "land"
WAYS = {
    APART: Text(
        "单列：碳汇科目，不计入排放总量（信息项）",
        "Apart: accounts of sinks, not in the total of emissions",
    ),
    LAND: Text(
        "计入土地利用：滨海湿地恢复（只含土壤碳和 CH₄）",
        "As land use: restored coastal wetland (soil carbon and CH₄ alone)",
    ),
}
_LAND_PROFILE = "cn-provincial-2025"
_KEYS = {"region": "地区", "period": "年份", "account": "科目", "item": "品种", "detail": "细项",
         "note": "备注"}  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """The entries of an estimate: ``rows`` with the columns of the entries contract."""

    title: Text
    region: str
    profile: str
    rows: pd.DataFrame

    @property
    def quantities(self) -> list[str]:
        """The quantities that its entries give."""
        names = [name for name in self.rows.columns if f"{name}__unit" in self.rows.columns]
        return [name for name in names if self.rows[name].notna().any()]

    @property
    def periods(self) -> list[int]:
        """Its years."""
        return sorted({int(year) for year in self.rows["period"]})

    def ways(self) -> list[str]:
        """The ways into an inventory: as land use only what its methods have an account for."""
        accounts = set(self.rows["account"])
        planted = any(each.land and each.account in accounts for each in ESTIMATORS)
        return [APART, LAND] if planted and "survival_fraction" in self.quantities else [APART]


def estimate_of(folder: Path) -> Estimate:
    """The entries of an estimate.

    Raises:
        CarbonledgerError: the folder is no inventory.
    """
    opened = open_inventory(folder)
    with duckdb.connect() as connection:
        rows = entries_relation(connection, opened.intake.tables).order("entry").df()
    manifest = opened.intake.manifest
    title = manifest.title
    return Estimate(Text(title.zh, title.en), manifest.region, manifest.profile, rows)


def sheet(estimate: Estimate, way: str = APART) -> bytes:
    """A workbook of one sheet of entries that an inventory takes as it is."""
    head, rows = _table(estimate, way)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("碳汇")
        bold = book.add_format({"bold": True, "bg_color": "#D9E1F2"})
        page.write_row(0, 0, head, bold)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                elif value is not None:
                    page.write_number(number, column, value)
        page.set_column(0, len(head) - 1, 18)
        page.freeze_panes(1, 0)
    return stream.getvalue()


def targets(drafts: Drafts, estimate: Estimate, way: str, source: str) -> list[Draft]:
    """The drafts that an estimate can go into: their profile has rules for its accounts."""
    wanted = set(_rows(estimate, way)["account"])
    return [
        draft
        for draft in drafts.all()
        if draft.identifier != source and wanted <= _accounts(str(draft.manifest["profile"]))
    ]


def add(
    drafts: Drafts, estimate: Estimate, way: str, base: Library, target: Draft | None, name: str
) -> Draft:
    """Put an estimate into an inventory, or into a new one.

    Args:
        drafts: the drafts of the ledger.
        estimate: the estimate.
        way: ``APART`` or ``LAND``.
        base: the library, for regions.
        target: the draft that takes it; None for a new one.
        name: the stem of the file that the entries stand in.

    Raises:
        CarbonledgerError: the inventory has entries of the same account and region already, which
            would count the land twice, or none of its years; or somebody changed it meanwhile.
    """
    rows = _rows(estimate, way)
    if target is None:
        target = _begin(drafts, estimate, way)
    elif target.ready:
        _refuse_twice(target, rows, base)
    years = sorted({int(year) for year in rows["period"]})
    known = set(map(int, target.manifest["periods"]))
    if way == APART and not set(years) <= known:
        periods = sorted({*known, *years})
        target = drafts.describe(target.identifier, target.version, {"periods": periods})
    elif way == LAND:
        rows = rows[rows["period"].isin(known)]
        if rows.empty:
            raise CarbonledgerError(
                f"“{target.title.zh}”的年份里没有营造后的年份（{years[0]}～{years[-1]}）。",
                f"None of the years of '{target.title.en}' is one of the estimate "
                f"({years[0]} to {years[-1]}).",
            )
    part = Estimate(estimate.title, estimate.region, estimate.profile, rows)
    content = content_of(f"{name}.xlsx", sheet(part))
    table = {"layout": "entries", "source": f"碳汇估算：{estimate.title.zh}"}
    return drafts.add_table(target.identifier, target.version, content, table)


def _begin(drafts: Drafts, estimate: Estimate, way: str) -> Draft:
    words = {APART: Text("单列碳汇", "sinks apart"), LAND: Text("土地利用", "land use")}[way]
    title = Text(f"{estimate.title.zh}（{words.zh}）", f"{estimate.title.en} ({words.en})")
    name = estimate.profile if way == APART else _LAND_PROFILE
    draft = drafts.new(title, estimate.region, estimate.periods[0], name)
    return drafts.describe(draft.identifier, draft.version, {"periods": estimate.periods})


def _refuse_twice(target: Draft, rows: pd.DataFrame, base: Library) -> None:
    for region, account in sorted(set(zip(rows["region"], rows["account"], strict=True))):
        if is_neighbour(target.folder, account, region, base):
            name = Text(base.label("accounts", account), base.label("accounts", account, "en"))
            raise CarbonledgerError(
                f"没有加入：“{target.title.zh}”里同一地区（或其上下级）已有科目 {account} "
                f"{name.zh}，同一地块可能重复计算。请先从该清单移除原有的表，或新建一个清单。",
                f"Not added: '{target.title.en}' has entries of account {account} {name.en} in "
                "this region, or above or below it; the land might count twice. Remove that table "
                "first, or begin a new inventory.",
            )


def _rows(estimate: Estimate, way: str) -> pd.DataFrame:
    return estimate.rows if way == APART else _as_land(estimate)


def _as_land(estimate: Estimate) -> pd.DataFrame:
    """The area that stands in each year: what was planted so far and survives."""
    kinds = {each.account: each.land for each in ESTIMATORS if each.land}
    kept = estimate.rows[estimate.rows["account"].isin(kinds)].copy()
    note = f"由“{estimate.title.zh}”加入：营造以来的面积 × 保存率"
    parts = []
    for keys, rows in kept.groupby(["region", "account", "item", "detail"], sort=False):
        region, account, item, detail = keys
        (land, quantity), scheduled = kinds[account], _scheduled(account)
        mine = rows.sort_values("period")
        factor = [
            units.multiplier(unit, "ha") * units.multiplier(share, "1")
            for unit, share in zip(
                mine[f"{scheduled}__unit"], mine["survival_fraction__unit"], strict=True
            )
        ]
        area = (mine[scheduled] * mine["survival_fraction"] * factor).cumsum()
        parts.append(
            pd.DataFrame(
                {
                    "region": region,
                    "period": mine["period"],
                    "account": land,
                    "item": item,
                    "detail": detail,
                    "note": note,
                    quantity: area,
                    f"{quantity}__unit": "ha",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _scheduled(account: str) -> str:
    return next(each.scheduled for each in ESTIMATORS if each.account == account)


def _table(estimate: Estimate, way: str) -> tuple[list[str], list[list[Any]]]:
    """Heads and rows: keys, then each quantity under its name with its unit."""
    rows = _rows(estimate, way)
    part = Estimate(estimate.title, estimate.region, estimate.profile, rows)
    heads, columns = list(_KEYS.values()), []
    for name in part.quantities:
        for unit in dict.fromkeys(rows[f"{name}__unit"].dropna()):
            heads.append(f"{_heading(name)} [{unit}]")
            columns.append((name, unit))
    return heads, [_cells(row, columns) for row in rows.to_dict("records")]


def _heading(name: str) -> str:
    """The Chinese heading of a quantity, where it is read back as the same."""
    words = argument_name(name).zh
    return words if quantity_name(words) == name else name


def _cells(row: Mapping[Any, Any], columns: Sequence[tuple[str, str]]) -> list[Any]:
    keys = [int(row[key]) if key == "period" else str(row[key] or "") for key in _KEYS]
    values = [
        float(row[name]) if row[f"{name}__unit"] == unit and not pd.isna(row[name]) else None
        for name, unit in columns
    ]
    return [*keys, *values]


def _accounts(name: str) -> set[str]:
    """The accounts that a profile has rules for."""
    return {account for rule in profile(name).rules for account in rule.accounts}
