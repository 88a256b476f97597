"""The layout ``energy-balance``: a yearbook's energy balance as printed, checked, into entries.

Flows stand in rows, carriers in columns, with a unit line (单位：万吨标准煤) or units below the
headings. Final consumption by sector and the fuel put into power and heat plants become entries of
the sectors; the supply of fuels, their non-energy use, and electricity and heat over the boundary
become memo items; losses, the other transformations and all printed totals serve the checks only.
"""

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_columns import Suspicion, check_columns
from carbonledger.intake.energy_balance_entries import coal_equivalent_heat, entry_rows
from carbonledger.intake.energy_balance_identities import Columns
from carbonledger.intake.energy_balance_labels import scheme
from carbonledger.intake.energy_balance_recognise import recognise, title_years
from carbonledger.intake.energy_balance_rows import check_dominance, check_rows, check_words
from carbonledger.intake.energy_balance_signs import check_signs, orientation
from carbonledger.intake.energy_balance_table import BalanceTable
from carbonledger.intake.energy_balance_totals import check_totals
from carbonledger.intake.layout import Context, LayoutResult, grid_problem
from carbonledger.intake.table import Grid
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Grade, Problem

__all__ = ["check_balance", "read_energy_balance"]


def read_energy_balance(grid: Grid, spec: TableSpec, context: Context) -> LayoutResult:
    """Read one energy balance: its entries, and every problem of the table at once."""
    table, problems = recognise(grid, scheme())
    if table is None:
        return LayoutResult([], problems, keep=True)
    problems += check_balance(table)
    heat, more = coal_equivalent_heat(table, spec.coal_equivalent_heat)
    problems += more
    if context.region is None or context.period is None:
        return LayoutResult([], [*problems, _no_place(grid, context)], keep=True)
    problems += _years(grid, context.period)
    rows = entry_rows(table, orientation(table), context.region, context.period, heat)
    return LayoutResult(rows, problems, keep=True)


def check_balance(table: BalanceTable) -> list[Problem]:
    """Every check of a recognised balance; changes nothing."""
    signs = orientation(table)
    columns = Columns(table.scheme, table.flows, signs)
    suspicions, gaps = check_columns(table, columns)
    more, rows = check_totals(table, columns, {s.value.cell for s in suspicions})
    return [
        *_suspicious(table, [*suspicions, *more]),
        *check_signs(table, signs),
        *gaps,
        *rows,
        *check_rows(table),
        *check_dominance(table, columns),
        *check_words(table),
    ]


def _suspicious(table: BalanceTable, suspicions: list[Suspicion]) -> list[Problem]:
    """One problem for each suspicious cell, with everything that speaks against it."""
    merged: dict[str, Suspicion] = {}
    for suspicion in suspicions:
        known = merged.setdefault(suspicion.value.cell, Suspicion(suspicion.value, suspicion.grade))
        known.grade = min(known.grade, suspicion.grade)
        known.reasons += [r for r in suspicion.reasons if r not in known.reasons]
    return [_suspicious_cell(table, found) for found in merged.values()]


def _suspicious_cell(table: BalanceTable, found: Suspicion) -> Problem:
    value = found.value
    where, account = table.title(value), table.entry_account(value)
    if account:
        use = Text(
            f"该数直接用于 {account} 的排放计算", f"the cell enters the emissions of {account}"
        )
    else:
        memo = table.memo_account(value)
        beside = f"和信息项 {memo}" if memo else ""
        beside_en = f" and memo item {memo}" if memo else ""
        use = Text(
            f"该数只用于核对平衡{beside}，不进入任何部门的排放",
            f"the cell serves the balance checks{beside_en} only and enters no emission of a "
            "sector",
        )
    reasons = Text("；".join(r.zh for r in found.reasons), "; ".join(r.en for r in found.reasons))
    return table.problem(
        found.grade,
        "balance-suspicious-number",
        Text(
            f"{where.zh}为 {value.text}：{reasons.zh}。{use.zh}。程序不改动原数。",
            f"{where.en} is {value.text}: {reasons.en}. Note that {use.en}. The number is not "
            "changed.",
        ),
        Text(
            "请核对年鉴原页：抄错的请改正。原表确是如此的，请在 inventory.toml 的 [[answers]] 中写 "
            f'file、cell = "{value.cell}"、printed = "{value.text}"、action = "set-aside" 和'
            "理由，该数即不参与计算。",
            "Check the original page and correct a slip. If it is printed so, write file, "
            f'cell = "{value.cell}", printed = "{value.text}", action = "set-aside" and the '
            "reason under [[answers]] in inventory.toml: the number then takes no part.",
        ),
        at=value,
    )


def _no_place(grid: Grid, context: Context) -> Problem:
    missing = [
        text
        for text, value in (
            (Text("地区（region）", "region"), context.region),
            (Text("年份（period）", "period"), context.period),
        )
        if value is None
    ]
    zh, en = "和".join(t.zh for t in missing), " and ".join(t.en for t in missing)
    return grid_problem(
        grid,
        Grade.A,
        "balance-place",
        Text(
            f"不知道这张平衡表的{zh}：清单有多个时，每张表须写明。",
            f"The {en} of this balance is not known: where the inventory has several, each table "
            "must say its own.",
        ),
        Text(
            "请在 inventory.toml 中这张表的 [[tables]] 下写明 region 和 period。",
            "State region and period under the [[tables]] of this table in inventory.toml.",
        ),
    )


def _years(grid: Grid, period: int) -> list[Problem]:
    years = title_years(grid, scheme())
    if not years or period in years:
        return []
    year, place = next(iter(years.items()))
    return [
        grid_problem(
            grid,
            Grade.B,
            "balance-year",
            Text(
                f"表的标题写的是 {year} 年，而这张表被当作 {period} 年的数据。",
                f"The title of the table says {year}, but the table is taken for {period}.",
            ),
            Text(
                "请确认文件没有拿错；年份不对时，请改正 inventory.toml 中的 periods 或 period。",
                "Check that this is the right file; otherwise correct 'periods' or the table's "
                "'period' in inventory.toml.",
            ),
            row=place[0],
            column=place[1],
        )
    ]
