"""The reference approach beside the sectoral one: fuel by fuel, in energy and CO2, and why.

The two differ by what the energy balance itself tells: fuel that is transformed into other fuels,
used as raw material, lost, or statistical difference. What none of these explains is the rest.
Beyond 5 per cent the Guidelines ask for an explanation (IPCC 2006 Vol. 2 Ch. 6 section 6.8).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from carbonledger import units
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.intake.table import Grid
from carbonledger.library.load import Library
from carbonledger.methods.registry import get
from carbonledger.model.notation import join_notations
from carbonledger.model.problem import Grade, Problem

if TYPE_CHECKING:
    from pandas.core.groupby.generic import SeriesGroupBy

    from carbonledger.intake.energy_balance_table import BalanceTable

__all__ = ["REASONS", "REFERENCE_COLUMNS", "reference_approach", "reference_problems"]

# The components of apparent consumption, by the account of each, with its sign.
_SUPPLY = {
    "M.4.a": ("production", 1),
    "M.4.b": ("imports", 1),
    "M.4.c": ("exports", -1),
    "M.4.d": ("bunkers", -1),
    "M.4.e": ("stock_change", 1),
}
_STORED = "M.4.s"
_PARTS = [name for name, _ in _SUPPLY.values()]
REASONS = ["transformation", "non_energy", "losses", "statistical_difference"]
REFERENCE_COLUMNS = [
    "region", "period", "item", *_PARTS, "apparent", "sectoral", "difference", "percent",
    *REASONS, "rest", "stored_co2", "reference_co2", "sectoral_co2", "difference_co2",
    "percent_co2", "notation",
]  # fmt: skip
_KEYS = ["region", "period", "item"]
_HEATS = ("net_calorific_value", "heat_per_coal_equivalent")
_PLANTS = ("thermal_power", "heating_supply")


def reference_approach(
    results: Results, library: Library, grids: Sequence[Grid] = ()
) -> pd.DataFrame:
    """Apparent and sectoral consumption of every fossil fuel, their difference and its reasons.

    Args:
        results: a finished run whose entries hold the supply of fuels (accounts M.4).
        library: the chart of accounts and the items.
        grids: the energy balances as read (``Intake.grids``); they give the reasons.

    Returns:
        Columns ``REFERENCE_COLUMNS``, one row for each region, period and fuel, and one with an
        empty ``item`` for all fuels whose apparent consumption is known. Energy in TJ, CO2 in t,
        ``percent`` of the sectoral approach. Where a part of the supply is not known (a cell set
        aside) nothing is compared and ``notation`` says so. Energy is missing where a method
        knows none (measured CO2, a factor per tonne), the reasons without a balance. Empty without
        any entry of the reference approach.
    """
    supply = set().union(*(library.below(root) for root in _SUPPLY))
    if supply.isdisjoint(results.values("postings", "account")):
        return pd.DataFrame(columns=REFERENCE_COLUMNS)
    facts = _facts(results, library)
    if not facts["component"].isin(_PARTS).any():
        return pd.DataFrame(columns=REFERENCE_COLUMNS)
    facts["energy"] = _energy(results, facts)
    table = _compared(facts)
    table = table.merge(_reasons(results, facts, grids), on=_KEYS, how="left")
    total = table[table["notation"] == ""].drop(columns=["item", "notation"])
    # Energy that only one side knows is left out of both.
    heat = [*_PARTS, "apparent", "sectoral", *REASONS]
    total[heat] = total[heat].where(total[["apparent", "sectoral"]].notna().all(axis=1))
    sums = total.groupby(["region", "period"]).sum(min_count=1).reset_index()
    whole = pd.concat([table, sums.assign(item="", notation="")], ignore_index=True)
    whole["difference"] = whole["apparent"] - whole["sectoral"]
    whole["difference_co2"] = whole["reference_co2"] - whole["sectoral_co2"]
    whole["percent"] = whole["difference"] / whole["sectoral"].where(whole["sectoral"] != 0) * 100
    sectoral_co2 = whole["sectoral_co2"].where(whole["sectoral_co2"] != 0)
    whole["percent_co2"] = whole["difference_co2"] / sectoral_co2 * 100
    explained = whole[REASONS].sum(axis=1, min_count=1)
    whole["rest"] = whole["difference"] - explained
    return whole[REFERENCE_COLUMNS].sort_values(_KEYS, ignore_index=True)


def reference_problems(table: pd.DataFrame, library: Library) -> list[Problem]:
    """Where the approaches differ by more than 5 per cent, and what is missing from the comparison.

    Args:
        table: as ``reference_approach`` returns it.
        library: the names of regions and fuels.
    """
    if table.empty:
        return []
    # What reads energy balances is a dozen modules, for the few runs that have the approach.
    from carbonledger.intake.energy_balance_labels import scheme  # noqa: PLC0415

    limit = float(scheme().limits["statistical_difference"]) * 100
    problems = []
    for (region, period), rows in table.groupby(["region", "period"]):
        place = Text(
            f"{library.label('regions', str(region), 'zh')} {period} 年",
            f"{library.label('regions', str(region), 'en')} {period}",
        )
        unknown = [str(item) for item in rows.loc[rows["notation"].str.contains("NE"), "item"]]
        problems += [_unknown(place, unknown, library)] if unknown else []
        total = rows[rows["item"] == ""].iloc[0]
        if any(abs(total[name]) > limit for name in ("percent", "percent_co2")):
            problems.append(_beyond(place, total, limit))
    return problems


def _facts(results: Results, library: Library) -> pd.DataFrame:
    """The CO2 postings of fossil fuels of both approaches, with their ``component``."""
    roots = {root: name for root, (name, _) in _SUPPLY.items()}
    roots |= {_STORED: "stored", "1.A": "sectoral"}
    component = {account: name for root, name in roots.items() for account in library.below(root)}
    fossil = set(library.items.loc[library.items["carbon"] == "fossil", "item"])
    postings = results.postings
    facts = postings[
        (postings["measure"] == "CO2")
        & postings["account"].isin(list(component))
        & postings["item"].isin(fossil)
    ].reset_index(drop=True)
    facts["component"] = facts["account"].map(component)
    return facts


def _energy(results: Results, facts: pd.DataFrame) -> "pd.Series[float]":
    """The heat of every posting in TJ; missing where a method knows none (factor per tonne)."""
    entries = results.entries.set_index("entry")
    arguments = results.selections.set_index(["selection", "argument"])
    energy = pd.Series(float("nan"), index=facts.index)
    for selection, group in facts[facts["selection"] > 0].groupby("selection"):
        used = arguments.loc[selection]
        activity = used.loc[get(group["method"].iloc[0]).activity]
        rows = entries.loc[group["entry"]]
        amount = _entered(rows, activity["locator"], activity["unit"]) * rows["sign"]
        heat = _heat(rows, used, activity["unit"])
        energy[group.index] = (amount * heat).to_numpy()
    return energy


def _heat(rows: pd.DataFrame, used: pd.DataFrame, unit: str) -> "pd.Series[float]":
    """TJ per unit of the activity."""
    if units.same_dimension(unit, "TJ"):
        return pd.Series(units.multiplier(unit, "TJ"), index=rows.index)
    name = next((name for name in _HEATS if name in used.index), None)
    if name is not None and not units.same_dimension(used.loc[name, "unit"], f"TJ/{unit}"):
        # The activity is no amount of fuel: vehicles, flights, turnover.
        return pd.Series(float("nan"), index=rows.index)
    if name is not None and used.loc[name, "parameter"] != "entry":
        value = used.loc[name, "value"] * units.multiplier(used.loc[name, "unit"], f"TJ/{unit}")
        return pd.Series(value, index=rows.index)
    # What a table states beside its amounts is its heat even where the method takes none.
    column = name or "heat_per_coal_equivalent"
    if column not in rows or not (name or units.same_dimension(unit, "tce")):
        return pd.Series(float("nan"), index=rows.index)
    return _entered(rows, column, f"TJ/{unit}")


def _entered(rows: pd.DataFrame, quantity: str, unit: str) -> "pd.Series[float]":
    written = rows[f"{quantity}__unit"].where(rows[quantity].notna())
    factors = {text: units.multiplier(text, unit) for text in written.dropna().unique()}
    return rows[quantity] * written.map(factors)


def _compared(facts: pd.DataFrame) -> pd.DataFrame:
    """Both approaches by fuel: supply in its parts, consumption, CO2, and what is not known."""
    signs = dict(_SUPPLY.values())
    signed = facts.assign(energy=facts["energy"] * facts["component"].map(signs).fillna(1))
    energies = signed.groupby([*_KEYS, "component"])["energy"].sum(min_count=1)
    wide = energies.unstack("component").reindex(columns=[*_PARTS, "sectoral"])
    supply = facts["component"].isin(_PARTS)
    reference = facts[supply | (facts["component"] == "stored")]
    sums = {
        "reference_co2": reference.groupby(_KEYS)["amount"].sum(min_count=1),
        "stored_co2": _of(facts, "stored").sum(min_count=1),
        "sectoral_co2": _of(facts, "sectoral").sum(),
    }
    keyed = facts[supply & facts["amount"].isna()]
    notation = keyed.groupby(_KEYS)["notation"].agg(lambda keys: join_notations(set(keys)))
    index = facts.groupby(_KEYS).size().index
    table = wide.reindex(index).join(pd.DataFrame(sums)).join(notation.rename("notation"))
    table["notation"] = table["notation"].fillna("")
    # A fuel that the supply rows do not have is not supplied: it is made here of other fuels.
    known = table["notation"] == ""
    table["apparent"] = table[_PARTS].sum(axis=1).where(known)
    table["reference_co2"] = table["reference_co2"].fillna(0.0).where(known)
    table[["sectoral", "sectoral_co2"]] = table[["sectoral", "sectoral_co2"]].fillna(0.0)
    blind = facts[facts["amount"].notna() & facts["energy"].isna()]
    for column, components in (("apparent", _PARTS), ("sectoral", ["sectoral"])):
        unknown = blind[blind["component"].isin(components)].groupby(_KEYS).size().index
        table.loc[table.index.isin(unknown), column] = float("nan")
    return table.reset_index()


def _of(facts: pd.DataFrame, component: str) -> "SeriesGroupBy[Any, Any]":
    return facts[facts["component"] == component].groupby(_KEYS)["amount"]


def _reasons(results: Results, facts: pd.DataFrame, grids: Sequence[Grid]) -> pd.DataFrame:
    """What the balances say about the difference, by region, period and fuel, in TJ."""
    wanted = ["entry", "file", "sheet", "region", "period", "item", "quantity"]
    # Only tables of entries may name their quantities otherwise, and they tell no reasons.
    entries = results.entries.reindex(columns=wanted)
    if grids:  # as above
        from carbonledger.intake.energy_balance_labels import scheme  # noqa: PLC0415
        from carbonledger.intake.energy_balance_recognise import recognise  # noqa: PLC0415
    parts = []
    for grid in grids:
        table, _ = recognise(grid, scheme())
        own = entries[(entries["file"] == grid.file) & (entries["sheet"] == grid.sheet)]
        if table is None or own.empty:
            continue
        joined = facts[["entry", "energy"]].merge(own, on="entry").dropna(subset=["energy"])
        joined = joined[joined["quantity"] != 0]
        heat = (joined["energy"] / joined["quantity"]).abs().groupby(joined["item"]).first()
        region, period = own["region"].iloc[0], own["period"].iloc[0]
        for item in set(table.items) & set(heat.index):
            told = {name: float(amount) * heat[item] for name, amount in _told(table, item).items()}
            parts.append({"region": region, "period": period, "item": item, **told})
    columns = [*_KEYS, *REASONS]
    return pd.DataFrame(parts, columns=columns).groupby(_KEYS, as_index=False).sum()


def _told(table: "BalanceTable", item: str) -> dict[str, float]:
    """The reasons as the column of a fuel tells them, in the unit of the column."""
    from carbonledger.intake.energy_balance_signs import orientation  # noqa: PLC0415 - as above

    signs = orientation(table)

    def deducted(flow: str) -> float:
        sign = signs.get(flow, table.scheme.flows[flow].sign)
        return -sign * float(table.amount(flow, item) or 0)

    burned = sum(max(-float(table.amount(flow, item) or 0), 0.0) for flow in _PLANTS)
    whole = table.amount("transformation", item)
    if whole is None:
        steps = [flow for flow in table.scheme.parts("transformation") if flow.kind == "part"]
        made = sum(float(table.amount(flow.flow, item) or 0) for flow in steps)
    else:
        made = float(whole)
    uses = [
        memo.flow for memo in table.scheme.memos if memo.account == _STORED and item in memo.items
    ]
    return {
        "transformation": -made - burned,
        "non_energy": sum(float(table.amount(flow, item) or 0) for flow in uses),
        "losses": deducted("losses"),
        "statistical_difference": deducted("statistical_difference"),
    }


def _unknown(place: Text, items: Iterable[str], library: Library) -> Problem:
    zh = "、".join(library.label("items", item, "zh") for item in items)
    en = ", ".join(library.label("items", item, "en") for item in items)
    return Problem(
        grade=Grade.C,
        code="reference-incomplete",
        message=Text(
            f"{place.zh}：{zh}的表观消费量不全（NE），不参加参考方法与分部门方法的比较，"
            "参考方法的合计中缺这些品种的供应。",
            f"{place.en}: the apparent consumption of {en} is not complete (NE); these fuels are "
            "not compared, and the total of the reference approach lacks their supply.",
        ),
        remedy=Text(
            "请核对平衡表供应部分搁置或缺少的数。",
            "Check the figures of the supply that were set aside or are missing.",
        ),
    )


def _percent(value: float) -> str:
    return f"{value:+.1f}%" if pd.notna(value) else "—"


def _beyond(place: Text, total: "pd.Series[float]", limit: float) -> Problem:
    names = {
        "transformation": Text("加工转换净投入", "net input to transformation"),
        "non_energy": Text("用作原料、材料", "non-energy use"),
        "losses": Text("损失", "losses"),
        "statistical_difference": Text("平衡差额", "statistical difference"),
        "rest": Text("未能说明", "not explained"),
    }
    known = {name: text for name, text in names.items() if pd.notna(total[name])}
    zh = "、".join(f"{text.zh} {total[name] / 1e3:+.1f} PJ" for name, text in known.items())
    en = ", ".join(f"{text.en} {total[name] / 1e3:+.1f} PJ" for name, text in known.items())
    return Problem(
        grade=Grade.B,
        code="reference-difference",
        message=Text(
            f"{place.zh}：参考方法与分部门方法相差 {_percent(total['percent'])}（能量）、"
            f"{_percent(total['percent_co2'])}（CO2），超过 {limit:g}%。"
            f"{zh or '没有平衡表可说明原因'}。",
            f"{place.en}: the reference approach differs from the sectoral one by "
            f"{_percent(total['percent'])} in energy and {_percent(total['percent_co2'])} in CO2, "
            f"more than {limit:g} %: {en or 'no energy balance to explain it'}.",
        ),
        remedy=Text(
            "请按上列原因在清单报告中说明；“未能说明”部分大的，请核对平衡表和各部门的录入。",
            "Explain the difference by these reasons in the report; where much is not explained, "
            "check the balance and the entries of the sectors.",
        ),
    )
