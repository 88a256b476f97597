"""From a recognised balance to entries: fuel burned, and memo items; with which sign.

Memo items are the supply of fuels for the reference approach, and electricity and heat over the
boundary; they never enter a sector.
"""

from collections.abc import Mapping

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_labels import Flow
from carbonledger.intake.energy_balance_table import BalanceTable, Value
from carbonledger.intake.layout import EntryRow, Reading
from carbonledger.model.problem import Grade, Problem
from carbonledger.units import UnitError, convert, parse_quantity

__all__ = ["coal_equivalent_heat", "entry_rows"]

_HEAT = "heat_per_coal_equivalent"
_MANIFEST = "inventory.toml"
_WANTED = "GJ/tce"


def coal_equivalent_heat(
    table: BalanceTable, stated: str | None
) -> tuple[Reading | None, list[Problem]]:
    """The heat of the table's tonne of coal equivalent as the manifest states it."""
    if not any(column.coal_equivalent for column in table.items.values()):
        return None, []
    if not stated:
        return None, [_not_stated(table)]
    low = float(table.scheme.limits["coal_equivalent_heat_low"])
    high = float(table.scheme.limits["coal_equivalent_heat_high"])
    try:
        value, unit = parse_quantity(stated)
        heat = convert(value, unit, _WANTED)
    except UnitError as error:
        return None, [_refused(stated, error.text)]
    # A part in a thousand beyond the two definitions: room for rounding, not for another unit.
    if not low * 0.999 <= heat <= high * 1.001:
        reason = Text(
            f"折合 {heat:g} GJ/tce，不在 {low:g} 与 {high:g} 之间",
            f"it is {heat:g} GJ/tce, outside {low:g} to {high:g}",
        )
        return None, [_refused(stated, reason)]
    return Reading(value, unit, None, _MANIFEST), []


def entry_rows(
    table: BalanceTable,
    signs: Mapping[str, int],
    region: str,
    period: int,
    heat: Reading | None,
) -> list[EntryRow]:
    """The entries of the table: fuel burned in the order of its rows and columns, then memo items.

    ``signs`` are those with which the rows enter their totals, as this table prints them.
    """
    burned = [
        _entry(table, flow, value, region, period, heat)
        for flow in table.scheme.flows.values()
        if flow.account
        for item in table.items
        if (value := table.value(flow.flow, item)) is not None and _burned(table, flow, value)
    ]
    memos = [
        _entry(table, flow, value, region, period, heat)._replace(
            account=memo.account,
            sign=float(memo.entry_sign * signs.get(flow.flow, flow.sign)),
        )
        for memo in table.scheme.memos
        for flow in [table.scheme.flows[memo.flow]]
        for item in table.items
        if item in memo.items
        and (value := table.value(flow.flow, item)) is not None
        and _states(value)
    ]
    order = {(v.flow, v.item): (v.row, v.column) for v in table.values.values()}

    def place(row: EntryRow) -> tuple[int, int]:
        return order[row.detail, row.item]

    return [*sorted(burned, key=place), *sorted(memos, key=place)]


def _entry(
    table: BalanceTable,
    flow: Flow,
    value: Value,
    region: str,
    period: int,
    heat: Reading | None,
) -> EntryRow:
    column = table.items[value.item]
    amount = None if value.amount is None else float(value.amount)
    quantities = {"quantity": Reading(amount, column.unit, value.notation, value.cell)}
    if column.coal_equivalent and heat is not None and amount is not None:
        quantities[_HEAT] = heat
    return EntryRow(
        row=value.row_number,
        region=region,
        period=period,
        account=flow.account,
        item=value.item,
        quantities=quantities,
        detail=flow.flow,
        sign=float(flow.entry_sign),
    )


def _states(value: Value) -> bool:
    return value.amount is not None or value.notation is not None


def _burned(table: BalanceTable, flow: Flow, value: Value) -> bool:
    if table.scheme.carriers[value.item].kind == "total" or not _states(value):
        return False
    if flow.flow == "residential":
        # The total stands in only where neither of its parts says anything.
        parts = [table.value(part.flow, value.item) for part in table.scheme.parts("residential")]
        return not any(part is not None and (part.text) for part in parts)
    # In transformation rows a positive number is what the plant delivers, not what it burns.
    output = flow.entry_sign < 0 and bool(flow.inputs)
    return not (output and value.amount is not None and value.amount > 0)


def _not_stated(table: BalanceTable) -> Problem:
    first = next(column for column in table.items.values() if column.coal_equivalent)
    low = table.scheme.limits["coal_equivalent_heat_low"]
    high = table.scheme.limits["coal_equivalent_heat_high"]
    return table.problem(
        Grade.C,
        "balance-coal-equivalent-heat",
        Text(
            f"表的单位是标准煤（{first.unit}），但没有说明 1 吨标准煤合多少热量：7000 千卡有两种"
            f"换算，{low} GJ（1 千卡＝4.1816 千焦，中国能源统计年鉴）和 {high} GJ"
            "（1 千卡＝4.1868 千焦，GB/T 2589）。将采用口径的默认值，两者相差 0.12%。",
            f"The table counts coal equivalents ({first.unit}) without saying how much heat a "
            f"tonne of them is: 7000 kcal are {low} GJ (1 kcal = 4.1816 kJ, China Energy "
            f"Statistical Yearbook) or {high} GJ (1 kcal = 4.1868 kJ, GB/T 2589). The default "
            "of the profile is used; the two differ by 0.12 %.",
        ),
        Text(
            f'请在 inventory.toml 的 [[tables]] 中写明 coal_equivalent_heat = "{low} GJ/tce" 或 '
            f'"{high} GJ/tce"。',
            f'State coal_equivalent_heat = "{low} GJ/tce" or "{high} GJ/tce" under [[tables]] '
            "in inventory.toml.",
        ),
        cell=first.cell,
    )


def _refused(stated: str, reason: Text) -> Problem:
    return Problem(
        grade=Grade.A,
        code="balance-coal-equivalent-heat",
        message=Text(
            f"coal_equivalent_heat = “{stated}”不能用作每吨标准煤的热量：{reason.zh}。",
            f"coal_equivalent_heat = '{stated}' is not the heat of a tonne of coal equivalent: "
            f"{reason.en}.",
        ),
        remedy=Text(
            '请写成 "29.2712 GJ/tce"（1 千卡＝4.1816 千焦）或 "29.3076 GJ/tce"'
            "（1 千卡＝4.1868 千焦）。",
            'Write "29.2712 GJ/tce" (1 kcal = 4.1816 kJ) or "29.3076 GJ/tce" (1 kcal = 4.1868 kJ).',
        ),
        file=_MANIFEST,
    )
