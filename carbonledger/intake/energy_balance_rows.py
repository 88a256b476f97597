"""Rows that the method needs, cells without a number, and figures that nothing else covers."""

from decimal import Decimal

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_identities import Columns
from carbonledger.intake.energy_balance_labels import Flow
from carbonledger.intake.energy_balance_table import BalanceTable, Value, names, number
from carbonledger.model.notation import NOTATION_LABELS, Notation
from carbonledger.model.problem import Grade, Problem

__all__ = ["check_dominance", "check_rows", "check_words", "sectors"]

_MOST_CELLS = 24
_POWER = ("thermal_power", "heating_supply")


def sectors(table: BalanceTable) -> list[Flow]:
    """The rows of final consumption that make entries, as far as the table has them."""
    found = [
        flow
        for flow in table.scheme.flows.values()
        if flow.account and flow.kind == "part" and flow.flow not in _POWER
    ]
    return [flow for flow in found if flow.flow in table.flows]


def check_rows(table: BalanceTable) -> list[Problem]:
    """Rows of combustion that the table does not have."""
    if not sectors(table):
        return [_no_sectors(table)]
    needed = [*table.scheme.parts("final"), *(table.scheme.flows[flow] for flow in _POWER)]
    split = {"residential_urban", "residential_rural"}
    missing = [
        flow
        for flow in needed
        if flow.flow not in table.flows
        and not (flow.flow == "residential" and split <= set(table.flows))
    ]
    if not missing:
        return []
    listed = names([flow.name for flow in missing])
    return [
        table.problem(
            Grade.B,
            "balance-row-missing",
            Text(
                f"表中没有这些行：{listed.zh}。其燃料消费不会计入排放。",
                f"The table has no row for: {listed.en}. Fuel used there enters no emission.",
            ),
            Text(
                "请核对原表是否漏抄；确无此项活动的，请说明。",
                "Check whether a row was left out; if there is no such activity, say so.",
            ),
        )
    ]


def _no_sectors(table: BalanceTable) -> Problem:
    wanted = names([flow.name for flow in table.scheme.parts("final")])
    return table.problem(
        Grade.A,
        "balance-no-final-consumption",
        Text(
            f"表中没有终端消费的分行业行（{wanted.zh}），无法按部门计算排放。",
            f"The table has no rows of final consumption by sector ({wanted.en}): emissions by "
            "sector cannot be computed.",
        ),
        Text(
            "请使用带有终端消费分行业数据的能源平衡表，或补上这些行。",
            "Use an energy balance with final consumption by sector, or add these rows.",
        ),
    )


def check_words(table: BalanceTable) -> list[Problem]:
    """Cells that hold a sign or a notation key in place of a number."""
    problems = []
    for kind, meaning in _MEANING.items():
        cells = [value for value in table.values.values() if value.kind == kind]
        if cells:
            problems.append(_words(table, cells, meaning))
    return problems


_MEANING = {
    "dash": Text(
        "只有“-”一类符号，表示没有或不详：按没有数据处理，不作为零",
        "only a dash, for 'none or not available': treated as no data, not as zero",
    ),
    "ellipsis": Text(
        "只有“…”，表示数量小于表的最小单位：按没有数据处理，不作为零",
        "only an ellipsis, for 'less than the smallest unit': treated as no data, not as zero",
    ),
    "notation": Text(
        f"填的是代号（{'，'.join(f'{k} {v.zh}' for k, v in NOTATION_LABELS.items())}）：保留代号",
        f"a notation key ({', '.join(Notation)}): kept as it is",
    ),
}


def _words(table: BalanceTable, cells: list[Value], meaning: Text) -> Problem:
    shown = "、".join(value.cell for value in cells[:_MOST_CELLS])
    more = len(cells) > _MOST_CELLS
    return table.problem(
        Grade.D,
        "balance-no-number",
        Text(
            f"{len(cells)} 个单元格{meaning.zh}：{shown}{'等' if more else ''}。",
            f"{len(cells)} cells hold {meaning.en}: {shown.replace('、', ', ')}"
            f"{' and more' if more else ''}.",
        ),
        Text("若应有数据，请补上。", "Fill in the numbers if there should be any."),
        at=cells[0],
    )


def check_dominance(table: BalanceTable, columns: Columns) -> list[Problem]:
    """Final uses far above all other carriers of their row, where no sum covers the cell."""
    limit = table.scheme.limits["dominance"]
    problems = []
    for flow in sectors(table):
        line = {v.item: v for v in table.numbers(flow.flow) if table.entry_account(v)}
        for item, value in line.items():
            others = [
                abs(other.amount or Decimal(0))
                for key, other in line.items()
                if key != item and table.items[key].unit == table.items[item].unit
            ]
            rest = sum(others, Decimal(0))
            large = len(others) >= 2 and rest and abs(value.amount or Decimal(0)) > limit * rest
            if large and not _covered(table, columns, value):
                problems.append(_dominant(table, value, rest))
    return problems


def _covered(table: BalanceTable, columns: Columns, value: Value) -> bool:
    outcomes = columns.outcomes(table.column(value.item)).values()
    total = table.scheme.carriers[value.item].total
    return any(value.flow in outcome.terms for outcome in outcomes) or (
        table.amount(value.flow, total) is not None
    )


def _dominant(table: BalanceTable, value: Value, rest: Decimal) -> Problem:
    where = table.title(value)
    return table.problem(
        Grade.C,
        "balance-magnitude",
        Text(
            f"{where.zh}为 {value.text}，是同一行其余品种之和（{number(rest)}）的 "
            f"{number(((value.amount or Decimal(0)) / rest).quantize(Decimal(1)))} 倍，"
            "表中没有合计或平衡可以核对。",
            f"{where.en} is {value.text}, "
            f"{number(((value.amount or Decimal(0)) / rest).quantize(Decimal(1)))} times all other "
            f"carriers of its row together ({number(rest)}); the table has no sum to check it by.",
        ),
        Text("请核对原表的数字和单位。", "Check the number and its unit in the original."),
        at=value,
    )
