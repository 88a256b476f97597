"""Every column against itself: supply, transformation and use must meet."""

from dataclasses import dataclass, field
from decimal import Decimal

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_identities import BALANCE, Columns, Outcome, Slip
from carbonledger.intake.energy_balance_table import (
    BalanceTable,
    Value,
    number,
    percent,
    signed,
)
from carbonledger.model.problem import Grade, Problem

__all__ = ["Suspicion", "check_columns"]

_RULES = {
    "supply": Text("可供量＝生产＋调入＋进口－调出－出口＋库存", "supply against its rows"),
    "transformation": Text("加工转换合计＝各加工转换行之和", "transformation against its rows"),
    "final": Text("终端消费量＝各行业与居民生活之和", "final consumption against its sectors"),
    "residential": Text("居民生活＝城镇＋乡村", "residential = urban + rural"),
    BALANCE: Text(
        "可供量＋加工转换－损失－终端消费（－平衡差额）＝0",
        "supply + transformation - losses - final consumption (- statistical difference) = 0",
    ),
}
# Where the total is printed wrong, entries are still right: they are made from the sectors.
_USED = {"final", "residential", BALANCE}


@dataclass
class Suspicion:
    """One suspicious cell with everything that speaks against it."""

    value: Value
    grade: Grade
    reasons: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class _Gap:
    outcome: Outcome
    value: Value
    grade: Grade


def check_columns(table: BalanceTable, columns: Columns) -> tuple[list[Suspicion], list[Problem]]:
    """Sums down each column: suspicious cells, and the gaps that no single cell explains."""
    suspicions: list[Suspicion] = []
    gaps: list[_Gap] = []
    blanks: list[Value] = []
    for item in table.items:
        column = table.column(item)
        for flow in columns.blank_totals(column):
            value = table.value(flow, item)
            # A row without any number is a section heading, not a forgotten total.
            blanks += [value] if value and table.numbers(flow) else []
        outcomes = columns.outcomes(column)
        failing = {name: outcome for name, outcome in outcomes.items() if not outcome.holds}
        slips = columns.slips(column)
        explained = {name for slip in slips for name in slip.closes}
        suspicions += _suspicions(table, item, failing, slips)
        gaps += [
            gap
            for name, outcome in failing.items()
            if name not in explained and (gap := _gap(table, item, outcome))
        ]
    return suspicions, _gap_problems(table, gaps) + _blank_problems(table, blanks)


def _suspicions(
    table: BalanceTable, item: str, failing: dict[str, Outcome], slips: list[Slip]
) -> list[Suspicion]:
    found = []
    for slip in slips:
        value = table.values[slip.flow, item]
        large = any(failing[name].share > _limit(table) for name in slip.closes)
        used = bool(table.entry_account(value))
        blocking = large and _counts(table, item) and (slip.factor > 0 or used)
        others = [table.values[other.flow, item] for other in slips if other is not slip]
        reason = _slip_reason(failing, slip, others)
        found.append(Suspicion(value, Grade.A if blocking else Grade.B, [reason]))
        found += [
            _follows(table.values[total, item], value, amount)
            for total, amount in slip.totals.items()
        ]
    return found


def _follows(total: Value, cause: Value, amount: Decimal) -> Suspicion:
    return Suspicion(
        total,
        Grade.B,
        [
            Text(
                f"该数由 {cause.cell} 相加而来，含有同样的差错，相应应为 {number(amount)}",
                f"it was added up from {cause.cell} and contains the same slip: it would be "
                f"{number(amount)} without",
            )
        ],
    )


def _slip_reason(failing: dict[str, Outcome], slip: Slip, others: list[Value]) -> Text:
    rules = [failing[name] for name in slip.closes]
    shown = "；".join(f"{_RULES[r.identity].zh}，现差 {signed(r.residual)}" for r in rules)
    shown_en = "; ".join(f"{_RULES[r.identity].en}, now off by {signed(r.residual)}" for r in rules)
    how, how_en = _factor_words(slip.factor)
    reason = Text(
        f"若为 {number(slip.amount)}（{how}），则该列平衡闭合（{shown}）",
        f"if it were {number(slip.amount)} ({how_en}), the column would close ({shown_en})",
    )
    if not others:
        return reason
    cells = "、".join(other.cell for other in others)
    return Text(
        f"{reason.zh}；同样能解释的还有 {cells}", f"{reason.en}; {cells} would explain it as well"
    )


def _factor_words(factor: Decimal) -> tuple[str, str]:
    if factor < 0:
        return "正负号相反", "opposite sign"
    if factor < 1:
        return f"缩小 {number(1 / factor)} 倍", f"divided by {number(1 / factor)}"
    return f"放大 {number(factor)} 倍", f"multiplied by {number(factor)}"


def _gap(table: BalanceTable, item: str, outcome: Outcome) -> _Gap | None:
    value = _place(table, item, outcome)
    if value is None:
        return None
    used = _counts(table, item) and outcome.identity in _USED
    if outcome.share > _limit(table):
        grade = Grade.A if used else Grade.B
    else:
        small = outcome.identity == BALANCE or outcome.rounding_like
        grade = Grade.C if small else Grade.B
    return _Gap(outcome, value, grade)


def _place(table: BalanceTable, item: str, outcome: Outcome) -> Value | None:
    """Where to report a gap: at the total, or at a term that makes no entry."""
    flows = [outcome.identity, *outcome.terms]
    cells = [value for flow in flows if (value := table.value(flow, item)) is not None]
    cells = [value for value in cells if value.amount is not None]
    return next((cell for cell in cells if not table.entry_account(cell)), None) or next(
        iter(cells), None
    )


def _gap_problems(table: BalanceTable, gaps: list[_Gap]) -> list[Problem]:
    problems = []
    kinds = dict.fromkeys((gap.outcome.identity, gap.grade) for gap in gaps)
    for identity, grade in kinds:
        alike = [g for g in gaps if (g.outcome.identity, g.grade) == (identity, grade)]
        # A blocking gap is answered cell by cell; the others are one finding.
        bundles = [[gap] for gap in alike] if grade is Grade.A else [alike]
        problems += [_gap_problem(table, identity, grade, bundle) for bundle in bundles]
    return problems


def _gap_problem(table: BalanceTable, identity: str, grade: Grade, gaps: list[_Gap]) -> Problem:
    rule = _RULES[identity]
    shown = []
    for gap in gaps:
        name = table.scheme.carriers[gap.value.item].name
        # A sum is reported as printed total minus rows, the balance as what is left over.
        left = gap.outcome.residual if identity == BALANCE else -gap.outcome.residual
        size = f"{signed(left)}, {percent(gap.outcome.share)}"
        shown.append(
            Text(
                f"{name.zh}（{gap.value.cell}）差 {size.replace(', ', '，占 ')}",
                f"{name.en} ({gap.value.cell}) {size}",
            )
        )
    return table.problem(
        grade,
        f"balance-not-closed-{identity}",
        Text(
            f"不满足“{rule.zh}”：{'；'.join(text.zh for text in shown)}。{_MEANING[grade].zh}",
            f"Does not hold: {rule.en}: {'; '.join(text.en for text in shown)}. "
            f"{_MEANING[grade].en}",
        ),
        Text(
            "请逐列核对原表有无漏行、错列或抄错；原表如此的，请在 inventory.toml 的 [[answers]] "
            "中写明所列单元格和理由（A 级须用 set-aside）。数据照原样使用，不作调整。",
            "Check the columns against the original for a missing row, a shifted or a mistyped "
            "number; if it is printed so, answer with the cell and the reason under [[answers]] "
            "in inventory.toml (grade A needs set-aside). The data are used as they are.",
        ),
        at=gaps[0].value,
    )


_MEANING = {
    Grade.A: Text(
        "差额超出统计误差的范围，很可能有数缺失或抄错。",
        "This is more than a statistical difference: a number is probably missing or wrong.",
    ),
    Grade.B: Text("超出四舍五入所能解释的范围。", "Rounding does not explain it."),
    Grade.C: Text(
        "差额不大，可能是统计误差或四舍五入。",
        "The gap is small and may be a statistical difference or rounding.",
    ),
}


def _blank_problems(table: BalanceTable, blanks: list[Value]) -> list[Problem]:
    if not blanks:
        return []
    cells = "、".join(value.cell for value in blanks)
    return [
        table.problem(
            Grade.B,
            "balance-blank-total",
            Text(
                f"合计为空，但其下各行有数：{cells}。可能漏抄。",
                f"Totals are blank although their rows hold numbers: {cells.replace('、', ', ')}. "
                "They may have been left out.",
            ),
            Text("请核对原表；空白不作为零。", "Check the original; a blank is not taken as zero."),
            at=blanks[0],
        )
    ]


def _counts(table: BalanceTable, item: str) -> bool:
    """Whether entries are made from the column at all."""
    return table.scheme.carriers[item].kind != "total"


def _limit(table: BalanceTable) -> Decimal:
    return table.scheme.limits["statistical_difference"]
