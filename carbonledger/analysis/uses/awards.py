"""Ecological compensation: rewards for sections of rivers, awards by rank, agreed payments.

Each calculator takes a published rule of ``factors/uses/``, but for ``agreed_payments``, whose
rates are the user's. Amounts are in 万元 unless a column says otherwise.
"""

from collections.abc import Mapping

from carbonledger.analysis.uses.table import (
    Column,
    Row,
    UseTable,
    exact,
    problem_at,
    rule_note,
    total,
)
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.library.uses import rule_values
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.uses import Rule

__all__ = ["agreed_payments", "section_rewards", "tier_awards"]


def section_rewards(source: UseRows, rule: Rule, document: str = "") -> UseTable:
    """Rewards for assessed sections of rivers that met their target, and what is clawed back.

    reward = tier(class) where the annual mean met the target, else 0; what was paid in advance
    beyond the reward is clawed back.

    Args:
        source: rows of the input table ``sections``.
        rule: a rule with rewards by class of section.
        document: the title of its document.

    Raises:
        CarbonledgerError: if a class does not exist in the rule.
    """
    tiers = {each.key: each.value or 0.0 for each in rule_values(rule, "section")}
    rows = [_section(row, tiers) for row in source.rows]
    by_receiver: dict[str, list[Row]] = {}
    for row in rows:
        by_receiver.setdefault(str(row["receiver"]), []).append(row)
    sums = [
        {"receiver": receiver, "section": "小计 / Subtotal"} | _sums(members)
        for receiver, members in by_receiver.items()
    ]
    rows += [*sums, {"receiver": "合计 / Total", "section": ""} | _sums(rows)]
    return UseTable(_SECTIONS, _SECTION_COLUMNS, rows, [rule_note(rule, document), _CLASS_NOTE])


def _section(row: UseRow, tiers: Mapping[str, float]) -> Row:
    key = f"{row.number('class'):g}"
    if key not in tiers:
        raise CarbonledgerError(
            f"第 {row.row} 行：规则没有第 {key} 档断面。有：{'、'.join(tiers)}。",
            f"Row {row.row}: the rule has no class {key}. It has: {', '.join(tiers)}.",
        )
    met = bool(row.values["met"])
    reward, advanced = (tiers[key] if met else 0.0), row.optional("advanced")
    net = float(exact(reward) - exact(advanced or 0.0))
    return {
        "receiver": row.text("receiver"),
        "section": row.text("section"),
        "class": key,
        "met": "是 yes" if met else "否 no",
        "reward": reward,
        "advanced": advanced,
        "payable": max(net, 0.0),
        "clawback": max(-net, 0.0),
    }


def _sums(rows: list[Row]) -> Row:
    names = ("reward", "advanced", "payable", "clawback")
    return {
        name: total(value for row in rows if isinstance(value := row.get(name), float))
        for name in names
    }


def tier_awards(source: UseRows, rule: Rule, document: str = "") -> UseTable:
    """Awards by rank of the score; only scores at or above the floor of the rule count.

    Args:
        source: rows of the input table ``scores``.
        rule: a rule of the kind ``tiers``.
        document: the title of its document.

    Raises:
        CarbonledgerError: if equal scores stand on both sides of the end of a tier, so that the
            rule does not say who gets which award.
    """
    floor = next((each.value for each in rule_values(rule, "floor")), None)
    tiers = rule_values(rule, "tier")
    ranked = sorted(source.rows, key=lambda row: -row.number("score"))
    fit = [row for row in ranked if floor is None or row.number("score") >= floor]
    rows: list[Row] = []
    for row in ranked:
        score = row.number("score")
        first = 1 + sum(1 for other in ranked if other.number("score") > score)
        last = first + sum(1 for other in ranked if other.number("score") == score) - 1
        won = [
            {each.value for each in tiers if (each.first or 0) <= rank <= (each.last or 0)}
            for rank in (first, last)
        ]
        if row in fit and won[0] != won[1]:
            raise CarbonledgerError(
                f"{row.text('receiver')} 等 {last - first + 1} 个对象同得 {score:g} 分，跨越两档，"
                "规则没有说明如何处理。请在表中给出更细的得分。",
                f"{last - first + 1} receivers share the score {score:g} across two tiers; the "
                "rule does not say who gets which. Give finer scores.",
            )
        award = next(iter(won[0]), 0.0) if row in fit else 0.0
        place: Row = {"place": row.text("receiver"), "score": score}
        rows.append(place | {"rank": first, "amount": award or 0.0})
    rows.append({"place": "合计 / Total", "amount": total(_amounts(rows))})
    return UseTable(_TIERS, _TIER_COLUMNS, rows, [rule_note(rule, document)], _below(source, floor))


def _amounts(rows: list[Row]) -> list[float]:
    return [amount for row in rows if isinstance(amount := row["amount"], float)]


def _below(source: UseRows, floor: float | None) -> list[Problem]:
    return [
        problem_at(
            source,
            row,
            Grade.D,
            "score-below-floor",
            Text(
                f"{row.text('receiver')} 得分低于 {floor:g} 分，不参加奖励。",
                f"{row.text('receiver')} scores less than {floor:g} and gets no award.",
            ),
            Text("请核对得分。", "Check the score."),
        )
        for row in source.rows
        if floor is not None and row.number("score") < floor
    ]


def agreed_payments(source: UseRows) -> UseTable:
    """Payments without a published formula: quantity times a rate that the user enters.

    For example a share of the growth of regulating services (GEP-based compensation), or a price
    per unit of an ecological right. The result says that the rate is the user's.
    """
    rows: list[Row] = []
    for row in source.rows:
        rows.append(
            {name: row.text(name) for name in ("receiver", "basis", "unit")}
            | {name: row.number(name) for name in ("quantity", "rate")}
            | {"price_year": row.values["price_year"]}
            | {"amount": row.number("quantity") * row.number("rate")}
        )
    years = {row["price_year"] for row in rows}
    if len(years) == 1:
        rows.append({"receiver": "合计 / Total", "amount": total(_amounts(rows))})
    return UseTable(_AGREED, _AGREED_COLUMNS, rows, [_AGREED_NOTE])


_PLACE = Column("place", Text("地区", "Place"))
_SECTIONS = Text("断面水质达标奖补", "Rewards for sections")
_TIERS = Text("综合性生态保护补偿提升奖", "Awards of comprehensive compensation")
_AGREED = Text("按约定标准计算的补偿或交易额", "Payments at agreed rates")
_SECTION_COLUMNS = (
    Column("receiver", Text("对象", "Receiver")),
    Column("section", Text("断面", "Section")),
    Column("class", Text("档次", "Class")),
    Column("met", Text("是否达标", "Target met")),
    Column("reward", Text("奖补", "Reward"), "万元"),
    Column("advanced", Text("已预拨", "Paid in advance"), "万元"),
    Column("payable", Text("应补拨", "Payable"), "万元"),
    Column("clawback", Text("应扣回", "Clawed back"), "万元"),
)
_CLASS_NOTE = Text(
    "断面档次由用户填写：规则按河长分档，长度界限未公布。年均值不达标的奖补为 0，已预拨的扣回。",
    "The class of a section is entered by the user: the rule grades by length of river, and its "
    "limits are not published. Where the annual mean misses the target the reward is 0 and what "
    "was advanced is clawed back.",
)
_TIER_COLUMNS = (
    _PLACE,
    Column("score", Text("得分", "Score")),
    Column("rank", Text("名次", "Rank"), decimals=0),
    Column("amount", Text("金额", "Amount"), "万元"),
)
_AGREED_COLUMNS = (
    Column("receiver", Text("对象", "Receiver")),
    Column("basis", Text("依据", "Basis")),
    Column("quantity", Text("数量", "Quantity")),
    Column("unit", Text("单位", "Unit")),
    Column("rate", Text("标准（元/单位）", "Rate (CNY per unit)")),
    Column("price_year", Text("价格年份", "Price year"), decimals=0),
    Column("amount", Text("金额", "Amount"), "元"),
)
_AGREED_NOTE = Text(
    "没有公布的计算公式：标准由用户填写，结果只是数量 × 标准。",
    "There is no published formula: the rate is the user's, and the result is quantity × rate.",
)
