"""Signs, gaps and words: what a row's label promises against what its cells hold."""

import re
from collections.abc import Iterable
from decimal import Decimal

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_labels import Flow, plain
from carbonledger.intake.energy_balance_table import BalanceTable, Value, number
from carbonledger.model.problem import Grade, Problem

__all__ = ["check_signs", "orientation"]

_REVERSED_STOCK = re.compile(r"增\s*[(（]\s*[+＋]")
_MOST_CELLS = 24

_CORRECT = Text(
    "请核对原表该格的正负号并改正；原表确是如此印刷的，请在 inventory.toml 的 [[answers]] 中写明 "
    "file、cell、printed、action 和理由。",
    "Check the sign in the original and correct the cell; if it is printed so, give file, cell, "
    "printed, action and the reason under [[answers]] in inventory.toml.",
)
_AS_INTENDED = Text(
    "请确认这正是原表的正负号习惯；若是，无需处理。",
    "Confirm that this is the sign convention of the table; if so, nothing is to be done.",
)


def orientation(table: BalanceTable) -> dict[str, int]:
    """The sign with which each row enters its total, as this table prints it.

    Rows that are deducted (调出量, 出口量, 损失量) are printed as positive or as negative numbers;
    most of the cells of the row decide. A stock row labelled 增（+）减（-） counts a growth as
    positive, the reverse of the usual label.
    """
    signs = {
        flow.flow: 1
        for flow in _deducted(table)
        if 2 * len(_below(table, flow.flow)) > len(_nonzero(table, flow.flow))
    }
    if _REVERSED_STOCK.search(plain(table.flows.get("stock_change", ""))):
        signs["stock_change"] = -1
    return signs


def check_signs(table: BalanceTable, signs: dict[str, int]) -> list[Problem]:
    """All findings about signs, from blocking to hints."""
    return [
        *_deductions(table, signs),
        *_transformation(table),
        *_consumption(table),
        *_supply(table),
        *_of_which(table),
        *_conventions(table, signs),
    ]


def _deducted(table: BalanceTable) -> list[Flow]:
    flows = [flow for flow in table.scheme.flows.values() if flow.flow in table.flows]
    return [f for f in flows if (f.sign < 0 and f.kind == "part") or f.flow == "losses"]


def _nonzero(table: BalanceTable, flow: str) -> list[Value]:
    return [value for value in table.numbers(flow) if value.amount]


def _below(table: BalanceTable, flow: str) -> list[Value]:
    return [value for value in table.numbers(flow) if _negative(value)]


def _negative(value: Value) -> bool:
    return value.amount is not None and value.amount < 0


def _single(table: BalanceTable, grade: Grade, value: Value, why: Text, code: str) -> Problem:
    where = table.title(value)
    return table.problem(
        grade,
        code,
        Text(f"{where.zh}为 {value.text}，{why.zh}。", f"{where.en} is {value.text}: {why.en}."),
        _CORRECT,
        at=value,
    )


def _deductions(table: BalanceTable, signs: dict[str, int]) -> list[Problem]:
    why = Text(
        "与同一行其他各格的正负号不一致，该行表示扣减的方式不明确",
        "its sign differs from that of the other cells of the row, so how the row deducts is "
        "unclear",
    )
    odd: list[Value] = []
    for flow in _deducted(table):
        wanted_negative = signs.get(flow.flow, flow.sign) > 0
        odd += [v for v in _nonzero(table, flow.flow) if _negative(v) != wanted_negative]
    return [_single(table, Grade.B, value, why, "balance-sign") for value in odd]


def _transformation(table: BalanceTable) -> list[Problem]:
    problems = []
    for flow in table.scheme.flows.values():
        if flow.flow not in table.flows:
            continue
        cells = _nonzero(table, flow.flow)
        wrong_input = [v for v in cells if v.item in flow.inputs and not _negative(v)]
        wrong_output = [v for v in cells if v.item in flow.outputs and _negative(v)]
        problems += [_single(table, Grade.A, v, _INPUT, "balance-sign") for v in wrong_input]
        grade = Grade.A if flow.account else Grade.B
        problems += [_single(table, grade, v, _OUTPUT, "balance-sign") for v in wrong_output]
    return problems


_INPUT = Text(
    "是该加工转换的投入，按“投入（-）产出（+）”应为负数；正数表示产出",
    "it is an input of this transformation, printed as a negative number under 'input (-), "
    "output (+)'; a positive number means output",
)
_OUTPUT = Text(
    "是该加工转换的产出，应为正数",
    "it is what this transformation produces and should be positive",
)


def _consumption(table: BalanceTable) -> list[Problem]:
    why = Text("消费量不能为负数", "consumption cannot be negative")
    flows = [f for f in table.scheme.flows.values() if f.account and not f.inputs]
    used = [v for f in flows for v in _below(table, f.flow) if table.entry_account(v)]
    totals = _below(table, "final")
    return [_single(table, Grade.A, value, why, "balance-sign") for value in used] + [
        _single(table, Grade.B, value, why, "balance-sign") for value in totals
    ]


def _supply(table: BalanceTable) -> list[Problem]:
    why = Text("与该行名称的含义相反", "this contradicts the label of the row")
    positive = ("production", "in_from_provinces", "import", "bunkers_abroad")
    odd = [value for flow in positive for value in _below(table, flow)]
    problems = [_single(table, Grade.B, value, why, "balance-sign") for value in odd]
    short = _below(table, "supply")
    if short:
        cells = _cells(table, short)
        problems.append(
            table.problem(
                Grade.C,
                "balance-negative-supply",
                Text(
                    f"可供量为负：{cells.zh}。二次能源净调出（本地加工、外销）时可能如此。",
                    f"The supply is negative: {cells.en}. So it may be for products made here and "
                    "sent out.",
                ),
                Text(
                    "请确认这些品种由本地加工转换产出并净调出。可供量只用于平衡检查，不参与部门排放计算。",
                    "Confirm that they are made here and sent out on balance. The supply serves "
                    "the checks only and enters no emission of a sector.",
                ),
                at=short[0],
            )
        )
    return problems


def _of_which(table: BalanceTable) -> list[Problem]:
    problems = []
    for flow in table.scheme.flows.values():
        if flow.kind != "of_which" or flow.flow not in table.flows:
            continue
        for part in table.numbers(flow.flow):
            whole = table.amount(flow.parent, part.item)
            if part.amount is None or (whole is not None and abs(part.amount) <= abs(whole)):
                continue
            if not part.amount or (whole is None and flow.parent not in table.flows):
                continue
            printed = "空白" if whole is None else number(whole)
            printed_en = "blank" if whole is None else number(whole)
            name = table.scheme.flows[flow.parent].name
            why = Text(
                f"是“{name.zh}”的其中项，却大于“{name.zh}”（{printed}）",
                f"it is part of {name.en} but exceeds it ({printed_en})",
            )
            grade = Grade.A if table.entry_account(part) else Grade.B
            problems.append(_single(table, grade, part, why, "balance-of-which"))
    return problems


def _conventions(table: BalanceTable, signs: dict[str, int]) -> list[Problem]:
    """What the run makes of the signs, with the cells: nothing is to be done if this is meant."""
    problems = []
    for flow in _deducted(table):
        cells = _nonzero(table, flow.flow)
        negative = signs.get(flow.flow, flow.sign) > 0
        if cells and (negative or flow.kind == "part"):
            problems.append(_deduction_hint(table, flow, cells, negative))
    for flow in table.scheme.flows.values():
        burned = [v for v in _below(table, flow.flow) if table.entry_account(v)]
        if flow.entry_sign < 0 and flow.inputs and burned:
            problems.append(_input_hint(table, flow, burned))
        used = [v for v in _nonzero(table, flow.flow) if table.entry_account(v)]
        if flow.entry_sign < 0 and not flow.inputs and used:
            problems.append(_taken_off_hint(table, flow, used))
    if signs.get("stock_change", 1) < 0:
        problems.append(_stock_hint(table))
    return problems


def _deduction_hint(table: BalanceTable, flow: Flow, cells: list[Value], negative: bool) -> Problem:
    listed = _cells(table, cells)
    how = Text("负数", "negative numbers") if negative else Text("正数", "positive numbers")
    does = Text("直接相加", "added as they are") if negative else Text("扣减", "subtracted")
    return table.problem(
        Grade.D,
        "balance-sign-convention",
        Text(
            f"“{table.flows[flow.flow]}”一行印为{how.zh}：{listed.zh}。核对平衡时按{does.zh}处理；"
            "该行不参与部门排放计算。",
            f"The row '{table.flows[flow.flow]}' is printed as {how.en}: {listed.en}. In the "
            f"balance checks they are {does.en}; the row enters no emission of a sector.",
        ),
        _AS_INTENDED,
        at=cells[0],
    )


def _input_hint(table: BalanceTable, flow: Flow, cells: list[Value]) -> Problem:
    listed = _cells(table, cells)
    return table.problem(
        Grade.D,
        "balance-sign-convention",
        Text(
            f"“{table.flows[flow.flow]}”一行的负数表示投入：{listed.zh}。按投入的燃料量（取绝对值）"
            f"计入 {flow.account}；正数为产出，不计排放。",
            f"Negative numbers in the row '{table.flows[flow.flow]}' are inputs: {listed.en}. "
            f"Their amounts enter {flow.account} as fuel used; positive numbers are output and "
            "cause no emission.",
        ),
        _AS_INTENDED,
        at=cells[0],
    )


def _taken_off_hint(table: BalanceTable, flow: Flow, cells: list[Value]) -> Problem:
    listed = _cells(table, cells)
    whole = table.scheme.flows[flow.parent].name
    return table.problem(
        Grade.D,
        "balance-sign-convention",
        Text(
            f"“{table.flows[flow.flow]}”一行是“{whole.zh}”的其中项：{listed.zh}。不作为燃料燃烧，"
            f"从 {flow.account} 中扣除。",
            f"The row '{table.flows[flow.flow]}' is part of {whole.en}: {listed.en}. It is not "
            f"burned as fuel and is deducted from {flow.account}.",
        ),
        _AS_INTENDED,
        at=cells[0],
    )


def _stock_hint(table: BalanceTable) -> Problem:
    cells = table.numbers("stock_change")
    return table.problem(
        Grade.D,
        "balance-sign-convention",
        Text(
            "库存行的名称为“增（+）减（-）”：核对平衡时按增加为正、从可供量中扣减处理。",
            "The stock row is labelled 'increase (+)': in the balance checks an increase is "
            "subtracted from the supply.",
        ),
        _AS_INTENDED,
        at=cells[0] if cells else None,
    )


def _cells(table: BalanceTable, values: Iterable[Value]) -> Text:
    """Carriers with cell and number, the first ones of a long list."""
    listed = list(values)
    shown = listed[:_MOST_CELLS]
    more = len(listed) - len(shown)
    zh = "、".join(
        f"{table.scheme.carriers[v.item].name.zh} {v.cell}={number(v.amount or Decimal(0))}"
        for v in shown
    )
    en = ", ".join(
        f"{table.scheme.carriers[v.item].name.en} {v.cell}={number(v.amount or Decimal(0))}"
        for v in shown
    )
    return Text(
        zh + (f" 等 {len(listed)} 格" if more else ""), en + (f" and {more} more" if more else "")
    )
