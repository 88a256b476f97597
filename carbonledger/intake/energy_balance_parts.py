"""Which cell of a row contradicts its printed totals: too large a part, or one single slip."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_columns import Suspicion
from carbonledger.intake.energy_balance_identities import SLIPS
from carbonledger.intake.energy_balance_labels import Carrier
from carbonledger.intake.energy_balance_table import (
    NOISE,
    BalanceTable,
    Value,
    number,
    rounding_unit,
)
from carbonledger.intake.energy_balance_units import measure
from carbonledger.model.problem import Grade

__all__ = ["Closing", "Line", "amount_of", "row_lines", "row_slips", "too_large"]

# Whether the sums of a cell's own column speak for it.
Vouch = Callable[[Value], bool]
# What a cell would have to be for its own column to close.
Closing = Callable[[Value], set[Decimal]]


@dataclass(frozen=True)
class Line:
    """A row's printed total and its parts; ``gap`` is total minus parts.

    ``possible`` tells whether rounding, and in a table of coal equivalents other coefficients in
    the total than in the parts, can explain the gap at all.
    """

    total: Value
    parts: tuple[Value, ...]
    gap: Decimal
    tolerance: Decimal
    possible: bool

    @property
    def closes(self) -> bool:
        """Whether rounding explains the gap."""
        return abs(self.gap) <= self.tolerance


# A cell, what it is multiplied by, and its row then.
_Trial = tuple[Value, Decimal, Line]


def row_lines(table: BalanceTable, total: Carrier) -> list[Line]:
    """Every row in which the total is printed; none where its parts are in other units."""
    members = _members(table, total)
    units = [table.items[item].unit for item in [total.item, *members]]
    if not members or "" in units or len({measure(unit) for unit in units}) > 1:
        return []
    return [line for flow in table.flows if (line := _line(table, flow, total, members))]


def _members(table: BalanceTable, total: Carrier) -> list[str]:
    """The columns that the total adds: a printed sub-total, else what it would add."""
    found: list[str] = []
    for member in table.scheme.members(total.item):
        if member.item in table.items:
            found.append(member.item)
        elif member.kind == "total":
            found += _members(table, member)
    return found


def _line(table: BalanceTable, flow: str, total: Carrier, members: list[str]) -> Line | None:
    whole = table.value(flow, total.item)
    cells = [table.value(flow, item) for item in members]
    parts = tuple(cell for cell in cells if cell is not None and cell.amount is not None)
    if whole is None or whole.amount is None or not (whole.amount or parts):
        return None
    places = [rounding_unit(list(table.column(cell.item).values())) for cell in [whole, *parts]]
    largest = max(abs(amount_of(cell)) for cell in [whole, *parts])
    tolerance = max(sum(places, Decimal(0)) / 2, largest * NOISE)
    line = Line(whole, parts, whole.amount, tolerance, possible=True)
    return _changed(table, line, None, Decimal(1))


def _changed(table: BalanceTable, line: Line, value: Value | None, factor: Decimal) -> Line:
    """The line if one of its cells were multiplied."""

    def amount(cell: Value) -> Decimal:
        return amount_of(cell) * (factor if cell is value else 1)

    total, amounts = amount(line.total), [amount(part) for part in line.parts]
    gap = total - sum(amounts, Decimal(0))
    possible = _possible(table, line.total, total, amounts, gap, line.tolerance)
    return Line(line.total, line.parts, gap, line.tolerance, possible)


def _possible(
    table: BalanceTable,
    whole: Value,
    total: Decimal,
    amounts: list[Decimal],
    gap: Decimal,
    tolerance: Decimal,
) -> bool:
    if not table.items[whole.item].coal_equivalent:
        limit = table.scheme.limits["statistical_difference"]
        return abs(gap) <= max(tolerance, limit * abs(total))
    spread = table.scheme.limits["equivalent_spread"]
    above = sum((amount for amount in amounts if amount > 0), Decimal(0))
    below = -sum((amount for amount in amounts if amount < 0), Decimal(0))
    least, most = above / spread - below * spread, above * spread - below / spread
    return least - tolerance <= total <= most + tolerance


def amount_of(value: Value) -> Decimal:
    """The number of a cell that is known to hold one."""
    return value.amount if value.amount is not None else Decimal(0)


def too_large(table: BalanceTable, line: Line, vouched: Vouch) -> list[Suspicion]:
    """Parts that exceed what the printed total and the parts of opposite sign allow."""
    whole = line.total
    spread = Decimal(1)
    if table.items[whole.item].coal_equivalent:
        spread = table.scheme.limits["equivalent_spread"]
    found = []
    for part in line.parts:
        side = 1 if amount_of(part) >= 0 else -1
        opposite = -side * sum(
            (amount_of(p) for p in line.parts if side * amount_of(p) < 0), Decimal(0)
        )
        bound = side * amount_of(whole) + opposite * spread
        if bound > 0 and abs(amount_of(part)) > bound * spread + line.tolerance:
            found.append(_larger(table, part, line, vouched))
    return found


def _larger(table: BalanceTable, part: Value, line: Line, vouched: Vouch) -> Suspicion:
    whole = line.total
    if vouched(part) and not vouched(whole):
        where = table.title(part)
        reason = Text(
            f"小于它所包含的{where.zh} {number(amount_of(part))}",
            f"it is smaller than its part {where.en}, {number(amount_of(part))}",
        )
        return Suspicion(whole, Grade.B, [reason])
    others = sum((amount_of(p) for p in line.parts if p is not part), Decimal(0))
    name = table.scheme.carriers[whole.item].name
    reason = Text(
        f"大于同一行印刷的“{name.zh}”{number(amount_of(whole))}（{whole.cell}），而其余各项之和为 "
        f"{number(others)}",
        f"it exceeds the printed {name.en} of its row, {number(amount_of(whole))} ({whole.cell}), "
        f"while the other parts add up to {number(others)}",
    )
    return Suspicion(part, Grade.A, [reason])


def row_slips(
    table: BalanceTable, lines: list[Line], vouched: Vouch, closing: Closing
) -> list[Suspicion]:
    """Single cells whose slip explains a row, each with one power of ten.

    Where most rows add up, a slip that closes its row; else one that turns an impossible row into
    a possible one. Of several for one cell, the one that closes its column goes first, then the
    one that leaves the smallest gap.
    """
    failing = [line for line in lines if not line.closes]
    usual = 2 * len(failing) <= len(lines)
    found = []
    for line in failing:
        trials = [
            (value, factor, _changed(table, line, value, factor))
            for value in [*line.parts, line.total]
            for factor in SLIPS
            if value.amount
        ]
        slips = [trial for trial in trials if usual and trial[2].closes]
        if not slips and not line.possible:
            slips = [trial for trial in trials if trial[2].possible]
        doubtful = [slip for slip in slips if not vouched(slip[0])] or slips
        best = _one_for_each_cell(doubtful, closing)
        found += [_row_slip(table, line, value, factor) for value, factor, _ in best]
    return found


def _one_for_each_cell(slips: list[_Trial], closing: Closing) -> list[_Trial]:
    def order(slip: _Trial) -> tuple[bool, Decimal]:
        value, factor, after = slip
        return amount_of(value) * factor not in closing(value), abs(after.gap)

    best: dict[str, _Trial] = {}
    for slip in sorted(slips, key=order):
        best.setdefault(slip[0].cell, slip)
    return list(best.values())


def _row_slip(table: BalanceTable, line: Line, value: Value, factor: Decimal) -> Suspicion:
    used = bool(table.entry_account(value))
    after = _changed(table, line, value, factor)
    name = table.scheme.carriers[line.total.item].name
    how = Text("等于", "add up to") if after.closes else Text("接近", "come close to")
    reason = Text(
        f"若为 {number(amount_of(value) * factor)}，则该行各项之和{how.zh}“{name.zh}”"
        f"（{line.total.cell}）",
        f"if it were {number(amount_of(value) * factor)}, the parts of the row would {how.en} "
        f"{name.en} ({line.total.cell})",
    )
    return Suspicion(value, Grade.A if used and not line.possible else Grade.B, [reason])
