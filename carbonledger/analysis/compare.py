"""Compare two runs: what changed, split exactly into data, parameters, method and GWP.

Each amount is the product of an activity x, an implied factor k (all parameters of the formula) and
a warming potential g. The split changes one at a time, in this order, from run A to run B:

    data       (x_B - x_A) k_A g_A
    parameter  x_B (k_B - k_A) g_A    where both runs use the same method
    method     x_B (k_B - k_A) g_A    where the method differs
    GWP        x_B k_B (g_B - g_A)

so that the four effects add up to the difference of CO2e without a rest. What only one run holds is
an effect of data.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.methods.registry import get
from carbonledger.model.records import Book

__all__ = ["EFFECTS", "KEYS", "Comparison", "compare"]

KEYS = ["book", "region", "period", "account", "item", "detail", "measure"]
EFFECTS = ["data", "parameter", "method", "gwp"]


class Comparison(NamedTuple):
    """The rows that differ and their sums.

    ``rows`` has ``KEYS``, the CO2e of both runs (``co2e_a``, ``co2e_b``, t CO2e), their
    ``difference``, the four ``EFFECTS``, and the notation keys of both (``notation_a``,
    ``notation_b``). ``totals`` sums the numbers over all rows of each book, unchanged ones as well.
    """

    rows: pd.DataFrame
    totals: pd.DataFrame


def compare(a: Results, b: Results) -> Comparison:
    """Split the difference in CO2e between two runs.

    Raises:
        CarbonledgerError: for accounts of ecosystem products under different profiles, or with
            constant prices of different years.
    """
    _refuse_other_rules(a, b)
    merged = _side(a).merge(_side(b), on=KEYS, how="outer", suffixes=("_a", "_b"))
    for side in "ab":
        merged[f"notation_{side}"] = merged[f"notation_{side}"].fillna("")
        for name in ("activity", "amount", "co2e"):
            merged[f"{name}_{side}"] = merged[f"{name}_{side}"].fillna(0.0)
    factor = {side: _ratio(merged[f"amount_{side}"], merged[f"activity_{side}"]) for side in "ab"}
    gwp = {side: _ratio(merged[f"co2e_{side}"], merged[f"amount_{side}"]) for side in "ab"}
    # Where one side has nothing, the other side's factor prices the whole change as data.
    k_a = factor["a"].fillna(factor["b"])
    g_a, g_b = gwp["a"].fillna(gwp["b"]), gwp["b"].fillna(gwp["a"])
    same = merged["method_a"].fillna(merged["method_b"]) == merged["method_b"].fillna(
        merged["method_a"]
    )
    # Data changes at method A's factor only where both methods count the activity in one unit.
    comparable = same | (merged["activity_unit_a"] == merged["activity_unit_b"])
    x_a, x_b = merged["activity_a"], merged["activity_b"]
    data = ((x_b - x_a) * k_a * g_a).where(comparable, 0.0)
    effects = pd.DataFrame({"data": data.fillna(0.0)})
    change = merged["amount_b"] * g_a.fillna(0.0) - merged["co2e_a"] - effects["data"]
    effects["parameter"] = change.where(same, 0.0)
    effects["method"] = change.where(~same, 0.0)
    effects["gwp"] = merged["amount_b"] * (g_b - g_a).fillna(0.0)
    # What is left of equal terms by the rounding of floating-point numbers is no effect.
    scale = merged[["co2e_a", "co2e_b"]].abs().max(axis=1)
    effects = effects.where(effects.abs().gt(1e-12 * scale, axis=0), 0.0)
    rows = merged[[*KEYS, "co2e_a", "co2e_b", "notation_a", "notation_b"]].join(effects)
    rows["difference"] = rows["co2e_b"] - rows["co2e_a"]
    totals = rows.groupby("book")[["co2e_a", "co2e_b", "difference", *EFFECTS]].sum().reset_index()
    differs = (rows["difference"] != 0) | (rows["notation_a"] != rows["notation_b"])
    differs |= (rows[EFFECTS].abs() > 0).any(axis=1)
    order = rows["difference"].abs().sort_values(ascending=False, kind="stable").index
    return Comparison(rows.loc[order][differs.loc[order]].reset_index(drop=True), totals)


def _refuse_other_rules(a: Results, b: Results) -> None:
    """Refuse accounts of ecosystem products that follow different rules: they do not compare."""
    if not all((each.postings["book"] == Book.GEP.value).any() for each in (a, b)):
        return
    profiles = [str(each.info["profile"]) for each in (a, b)]
    if profiles[0] != profiles[1]:
        titles = [each.info["profile_title"] for each in (a, b)]
        raise CarbonledgerError(
            f"甲用“{titles[0]['zh']}”，乙用“{titles[1]['zh']}”：指标和方法不同，不能直接比较。"
            f"请用同一口径重算其中一次：carbonledger run 清单 --profile {profiles[1]}。",
            f"A follows '{titles[0]['en']}', B '{titles[1]['en']}': services and methods differ, "
            "so the results do not compare. Compute one of them again under the other's profile: "
            f"carbonledger run INVENTORY --profile {profiles[1]}.",
        )
    years = [each.info.get("price_base_year") for each in (a, b)]
    if years[0] != years[1]:
        raise CarbonledgerError(
            f"甲的不变价是 {years[0]} 年价格，乙是 {years[1]} 年价格，不能比较。请在两个清单的 "
            "[overrides] 写同一个 price_base_year 后重算。",
            f"Constant prices are of {years[0]} in A and of {years[1]} in B and do not compare. "
            "Write one price_base_year under [overrides] of both inventories and run again.",
        )


def _ratio(numerator: "pd.Series[float]", denominator: "pd.Series[float]") -> "pd.Series[float]":
    return (numerator / denominator.replace(0.0, np.nan)).where(denominator != 0)


def _side(results: Results) -> pd.DataFrame:
    # Postings of one key are summed; a formula is proportional to its activity, so the sum keeps
    # one implied factor.
    postings = results.postings.merge(_activities(results), on=["entry", "selection"], how="left")
    grouped = postings.groupby(KEYS, dropna=False)
    side = grouped.agg(
        activity=("activity", "sum"),
        amount=("amount", "sum"),
        co2e=("co2e", "sum"),
        method=("method", lambda names: "+".join(sorted(set(names)))),
        activity_unit=("activity_unit", lambda names: "+".join(sorted(set(names.dropna())))),
        notation=("notation", lambda keys: ",".join(sorted(set(keys) - {""}))),
    )
    return side.reset_index()


def _activities(results: Results) -> pd.DataFrame:
    """The activity of every posting in the unit of its method: one row per entry and selection."""
    entries = results.entries
    used = results.postings[["entry", "selection", "method"]].drop_duplicates()
    rows = results.selections
    rows = rows[rows["parameter"] == "entry"].merge(
        used[["selection", "method"]].drop_duplicates(), on="selection"
    )
    parts = []
    for (method, argument, quantity, unit), group in rows.groupby(
        ["method", "argument", "locator", "unit"]
    ):
        if argument != get(method).activity:
            continue
        pairs = used[used["selection"].isin(group["selection"])]
        part = pairs.merge(entries[["entry", "sign", quantity, f"{quantity}__unit"]], on="entry")
        written = part[f"{quantity}__unit"]
        factors = units.multipliers({(text, unit) for text in written.unique()})
        scale = written.map({text: factor for (text, _), factor in factors.items()})
        part["activity"] = part[quantity] * part["sign"] * scale
        part["activity_unit"] = unit
        parts.append(part[["entry", "selection", "activity", "activity_unit"]])
    columns = ["entry", "selection", "activity", "activity_unit"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
