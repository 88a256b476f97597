"""Every row against the totals printed in it: coal, petroleum products, all energy."""

from decimal import Decimal
from functools import cache
from itertools import combinations

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_columns import Suspicion
from carbonledger.intake.energy_balance_identities import Columns, Slip
from carbonledger.intake.energy_balance_labels import Carrier
from carbonledger.intake.energy_balance_parts import (
    Line,
    amount_of,
    row_lines,
    row_slips,
    too_large,
)
from carbonledger.intake.energy_balance_table import BalanceTable, Value, names, number, signed
from carbonledger.model.problem import Grade, Problem

__all__ = ["check_totals"]

_MOST_LEFT_OUT = 3
# Coefficients of electricity differ far more between totals than those of fuels.
_MIXED = "energy_total"


def check_totals(
    table: BalanceTable, columns: Columns, suspected: set[str]
) -> tuple[list[Suspicion], list[Problem]]:
    """Parts greater than their total, rows that miss it; ``suspected`` cells are known already."""

    @cache
    def vouched(value: Value) -> bool:
        return columns.vouches(table.column(value.item), value.flow)

    @cache
    def slips(item: str) -> list[Slip]:
        return columns.slips(table.column(item))

    def closing(value: Value) -> set[Decimal]:
        amounts = {slip.amount for slip in slips(value.item) if slip.flow == value.flow}
        totals = [slip.totals for slip in slips(value.item) if value.flow in slip.totals]
        return amounts | {total[value.flow] for total in totals}

    suspicions: list[Suspicion] = []
    problems: list[Problem] = []
    for total in table.scheme.carriers.values():
        if total.kind != "total" or total.item not in table.items:
            continue
        lines = row_lines(table, total)
        left_out = _left_out([line for line in lines if not line.closes])
        if not left_out:
            suspicions += [s for line in lines for s in too_large(table, line, vouched)]
            suspicions += row_slips(table, lines, vouched, closing)
        known = suspected | {found.value.cell for found in suspicions}
        problems += _total_problems(table, total, lines, left_out, known)
    return suspicions, problems


def _total_problems(
    table: BalanceTable,
    total: Carrier,
    lines: list[Line],
    left_out: list[str],
    known: set[str],
) -> list[Problem]:
    failing = [line for line in lines if not line.closes]
    own = [line for line in failing if not _touched(line, known)]
    caused = [line for line in failing if line not in own]
    wrong = [line for line in own if _blocking(table, line) and not left_out]
    rest = [line for line in own if line not in wrong]
    problems = [_wrong_row(table, line) for line in wrong]
    if rest:
        problems.append(_rows_problem(table, total, len(lines), rest, left_out, caused))
    return problems


def _blocking(table: BalanceTable, line: Line) -> bool:
    """Whether a number that makes entries must be missing or wrong in the row."""
    used = bool(table.scheme.flows[line.total.flow].account)
    return used and not line.possible and line.total.item != _MIXED


def _wrong_row(table: BalanceTable, line: Line) -> Problem:
    where = table.title(line.total)
    parts = sum((amount_of(part) for part in line.parts), Decimal(0))
    return table.problem(
        Grade.A,
        "balance-rows-against-total",
        Text(
            f"{where.zh}印为 {line.total.text}，同一行各项之和却是 {number(parts)}，差 "
            f"{signed(line.gap)}。折标系数不同和四舍五入都解释不了，很可能有数缺失或抄错。",
            f"{where.en} is printed as {line.total.text}, but the parts of its row add up to "
            f"{number(parts)}, off by {signed(line.gap)}. Neither other coefficients nor rounding "
            "explain it: a number is probably missing or wrong.",
        ),
        Text(
            "请核对该行各品种；若只是印刷的合计有误，请在 inventory.toml 的 [[answers]] 中以 "
            "set-aside 搁置这个合计并写明理由（合计不参与计算）。",
            "Check the carriers of the row; if only the printed total is wrong, set the total "
            "aside with the reason under [[answers]] in inventory.toml (totals are not used).",
        ),
        at=line.total,
    )


def _rows_problem(
    table: BalanceTable,
    total: Carrier,
    checked: int,
    lines: list[Line],
    left_out: list[str],
    caused: list[Line],
) -> Problem:
    tiny = all(abs(line.gap) <= 2 * line.tolerance for line in lines)
    shown = [_shown(table, line) for line in lines]
    cells = [line.total.cell for line in caused]
    return table.problem(
        Grade.C if tiny else Grade.B,
        "balance-rows-against-total",
        _rows_message(table, total, checked, shown, left_out, cells),
        Text(
            "印刷的合计只用于核对，不参与计算，也不作改动。请核对原表；合计若按别的折标系数或口径编制，"
            "请在说明中写明。",
            "The printed totals serve this check only; they are neither used nor changed. Check "
            "the original; if the total was compiled with other coefficients or another scope, "
            "say so in the notes.",
        ),
        at=max(lines, key=lambda line: abs(line.gap)).total,
    )


def _rows_message(
    table: BalanceTable,
    total: Carrier,
    checked: int,
    shown: list[Text],
    left_out: list[str],
    caused: list[str],
) -> Text:
    rows = Text("；".join(t.zh for t in shown), "; ".join(t.en for t in shown))
    zh = (
        f"“{total.name.zh}”列：{checked} 行中有 {len(shown)} 行的印刷合计不等于各项之和"
        f"（合计减各项）：{rows.zh}。"
    )
    en = (
        f"{total.name.en}: in {len(shown)} of {checked} rows the printed total is not the sum of "
        f"its parts (total minus parts): {rows.en}."
    )
    if left_out:
        columns = names([table.scheme.carriers[item].name for item in left_out])
        zh += f"各行的差额恰好等于未计入的“{columns.zh}”：这一合计没有包括这些品种。"
        en += f" The gaps are exactly {columns.en}: this total leaves them out."
    else:
        zh += "超出四舍五入所能解释的范围，可能是合计按别的折标系数编制，或某一项有误。"
        en += (
            " Rounding does not explain it: the total may be compiled with other coefficients, "
            "or a part is wrong."
        )
    if caused:
        zh += f"另有 {'、'.join(caused)} 所在行含有已单独列出的可疑数字，此处不重复。"
        en += f" Rows of {', '.join(caused)} contain suspicious cells reported on their own."
    return Text(zh, en)


def _shown(table: BalanceTable, line: Line) -> Text:
    flow = table.scheme.flows[line.total.flow].name
    return Text(
        f"{flow.zh}（{line.total.cell}）{signed(line.gap)}",
        f"{flow.en} ({line.total.cell}) {signed(line.gap)}",
    )


def _touched(line: Line, known: set[str]) -> bool:
    return any(value.cell in known for value in [line.total, *line.parts])


def _left_out(lines: list[Line]) -> list[str]:
    """The columns whose absence from the total explains the gap of every failing row."""
    members = list(dict.fromkeys(part.item for line in lines for part in line.parts))
    for count in range(1, _MOST_LEFT_OUT + 1):
        for choice in combinations(members, count):
            if all(_explained(line, set(choice)) for line in lines):
                return list(choice)
    return []


def _explained(line: Line, choice: set[str]) -> bool:
    missing = sum((amount_of(p) for p in line.parts if p.item in choice), Decimal(0))
    return bool(missing) and abs(line.gap + missing) <= line.tolerance
