"""Published totals beside ours: what the manifest quotes from others, with the difference."""

from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.methods.registry import unit_of
from carbonledger.model.manifest import InventoryManifest, Published

__all__ = ["beside_published"]


def beside_published(
    manifest: InventoryManifest, totals: pd.DataFrame, library: Library
) -> list[dict[str, Any]]:
    """One row per quoted total: ours and theirs in the unit of the quotation.

    Args:
        manifest: names the quoted totals.
        totals: the totals of the run.
        library: knows the accounts.

    Returns:
        Rows with ``account, measure, period, unit, published, computed, difference, percent,
        source, note``; ``computed`` and what follows from it are None where the run has no number.

    Raises:
        CarbonledgerError: if a quoted total has an unknown account, or a unit that does not fit
            its measure, or lacks its period.
    """
    for quoted in manifest.published:
        if quoted.account not in set(library.accounts["account"]):
            raise CarbonledgerError(
                f"inventory.toml 的 [[published]] 中没有科目“{quoted.account}”，请核对科目代码。",
                f"inventory.toml, [[published]]: there is no account '{quoted.account}'; check it.",
            )
    return [_row(quoted, manifest, totals) for quoted in manifest.published]


def _row(quoted: Published, manifest: InventoryManifest, totals: pd.DataFrame) -> dict[str, Any]:
    value, unit = units.parse_quantity(quoted.total)
    period = quoted.period or (manifest.periods[0] if len(manifest.periods) == 1 else None)
    if period is None:
        raise CarbonledgerError(
            f"inventory.toml 的 [[published]]（科目 {quoted.account}）须写明 period："
            "本清单有多个年份。",
            f"inventory.toml, [[published]] of account {quoted.account}: name its period, since "
            "the inventory has several.",
        )
    same = {"account": quoted.account, "measure": quoted.measure, "period": period}
    ours = totals[(totals[list(same)] == pd.Series(same)).all(axis=1)]
    # A quoted total is of the whole region, never of the sum of whatever parts there are.
    if len(ours["region"].unique()) > 1:
        ours = ours[ours["region"] == manifest.region]
    amount = ours["amount"].sum(min_count=1)
    computed = None
    if pd.notna(amount):
        computed = float(amount) * units.multiplier(unit_of(quoted.measure), unit)
    difference = None if computed is None else computed - value
    return {
        "account": quoted.account,
        "measure": quoted.measure,
        "period": period,
        "unit": unit,
        "published": value,
        "computed": computed,
        "difference": difference,
        "percent": None if difference is None or value == 0 else difference / value * 100,
        "source": quoted.source,
        "note": quoted.note.model_dump() if quoted.note else None,
    }
