"""Damage to surface water by the virtual treatment cost (GB/T 39793.2-2020): D = E·C·γ.

γ = α·τ·ω: α the hazard of the pollutant, τ by how far the water exceeds its baseline
(κ = (Z − B)/B), ω the function of the water. The formula of the part on air (GB/T 39793.1) is not
offered: two public transcriptions of it contradict each other.
"""

from carbonledger.analysis.uses.table import Column, Row, UseTable, rule_note, total
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.library.uses import rule_values
from carbonledger.model.uses import Rule

__all__ = ["water_damage"]


def water_damage(source: UseRows, rule: Rule, document: str = "") -> UseTable:
    """The damage of each discharge, in CNY of the price year of its treatment cost.

    Args:
        source: rows of the input table ``damage``: amount E, unit cost C, α, ω, and κ or Z and B.
        rule: the rule with the ranges of α and ω and the bands of τ.
        document: the title of its document.

    Raises:
        CarbonledgerError: if α or ω lies outside its range, or κ is given neither directly nor
            by Z and B, or both ways with different results.
    """
    rows = [_discharge(row, rule) for row in source.rows]
    if len({row["price_year"] for row in rows}) == 1:
        damages = [damage for row in rows if isinstance(damage := row["damage"], float)]
        rows.append({"pollutant": "合计 / Total", "damage": total(damages)})
    return UseTable(_TITLE, _COLUMNS, rows, [rule_note(rule, document), _NOTE])


def _discharge(row: UseRow, rule: Rule) -> Row:
    alpha, omega = row.number("alpha"), row.number("omega")
    for each in rule_values(rule, "range"):
        value = {"alpha": alpha, "omega": omega}[each.key]
        if not (each.first or 0) <= value <= (each.last or 0):
            raise CarbonledgerError(
                f"第 {row.row} 行：{each.name_zh}为 {value:g}，不在 {each.first:g} 至 "
                f"{each.last:g} 之间。",
                f"Row {row.row}: {each.name_en} is {value:g}, not between {each.first:g} and "
                f"{each.last:g}.",
            )
    kappa = _exceedance(row)
    tau = next(
        each.value or 0.0
        for each in rule_values(rule, "exceedance")
        if each.last is None or kappa <= each.last
    )
    gamma = alpha * tau * omega
    return {
        "pollutant": row.text("pollutant"),
        "amount": row.number("amount"),
        "unit": row.text("unit"),
        "unit_cost": row.number("unit_cost"),
        "price_year": row.values["price_year"],
        "alpha": alpha,
        "kappa": kappa,
        "tau": tau,
        "omega": omega,
        "gamma": gamma,
        "damage": row.number("amount") * row.number("unit_cost") * gamma,
    }


def _exceedance(row: UseRow) -> float:
    given, measured = row.optional("kappa"), row.optional("measured")
    baseline = row.optional("baseline")
    computed = None
    if measured is not None and baseline:
        computed = (measured - baseline) / baseline
    if given is None:
        if computed is None:
            raise CarbonledgerError(
                f"第 {row.row} 行：请填写超基线倍数 κ，或监测值 Z 和基线值 B（B 不能为 0）。",
                f"Row {row.row}: write κ, or the measured value Z and the baseline B (not 0).",
            )
        return computed
    if computed is not None and abs(given - computed) > _PRINTED:
        raise CarbonledgerError(
            f"第 {row.row} 行：所填 κ = {given:g}，但由监测值和基线值算得 {computed:g}。",
            f"Row {row.row}: κ is given as {given:g}, but Z and B give {computed:g}.",
        )
    return given


_PRINTED = 0.005  # κ is written with two decimals
_TITLE = Text("水环境损害（虚拟治理成本法）", "Damage to surface water (virtual treatment cost)")
_COLUMNS = (
    Column("pollutant", Text("污染物", "Pollutant")),
    Column("amount", Text("排放量 E", "Amount E")),
    Column("unit", Text("单位", "Unit")),
    Column("unit_cost", Text("单位治理成本 C（元/单位）", "Unit cost C (CNY per unit)"), "", 4),
    Column("price_year", Text("价格年份", "Price year"), decimals=0),
    Column("alpha", Text("危害系数 α", "α"), "", 3),
    Column("kappa", Text("超基线倍数 κ", "κ"), "", 3),
    Column("tau", Text("超基线系数 τ", "τ"), "", 3),
    Column("omega", Text("环境功能系数 ω", "ω"), "", 3),
    Column("gamma", Text("γ", "γ"), "", 4),
    Column("damage", Text("损害数额 D", "Damage D"), "元"),
)
_NOTE = Text(
    "D = E·C·γ，γ = α·τ·ω，κ = (Z−B)/B。单位治理成本由用户填写，须为治理该污染物的实际平均成本。",
    "D = E·C·γ, γ = α·τ·ω, κ = (Z−B)/B. The unit cost is the user's: the actual mean cost of "
    "treating the pollutant.",
)
