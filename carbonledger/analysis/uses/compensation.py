"""Ecological compensation: contributions to a fund and shares by weighted factors.

Each calculator takes a published rule of ``factors/uses/``. What the rule leaves open is entered
by the user, and the result says so. Amounts are in 万元 unless a column says otherwise.
"""

from collections.abc import Mapping
from fractions import Fraction

from carbonledger.analysis.uses.table import Column, Row, UseTable, exact, rule_note
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.use_table import UseRows
from carbonledger.library.uses import rule_values
from carbonledger.model.uses import Rule

__all__ = ["contributions", "factor_shares"]


def contributions(rule: Rule, fund: float | None = None, document: str = "") -> UseTable:
    """What each place pays into a fund, as the rule prints it.

    Args:
        rule: a rule of the kind ``basin-fund``.
        fund: another total in 万元, shared in the proportions of the rule.
        document: the title of its document.
    """
    printed = {each.key: each for each in rule_values(rule, "contribution")}
    whole = sum((exact(each.value or 0) for each in printed.values()), Fraction(0))
    scale = Fraction(1) if fund is None else exact(fund) / whole
    rows: list[Row] = [
        {
            "place": each.name_zh,
            "share": float(exact(each.value or 0) / whole) * 100,
            "amount": float(exact(each.value or 0) * scale),
        }
        for each in printed.values()
    ]
    rows.append({"place": "合计 / Total", "share": 100.0, "amount": float(whole * scale)})
    notes = [rule_note(rule, document)]
    stated = [each.value for each in rule_values(rule, "pool") if each.key == "fund"]
    if fund is None and stated and stated[0] is not None:
        gap = float(whole - exact(stated[0]))
        notes.append(
            Text(
                f"各地金额之和与资金总额 {stated[0]:g} 万元相差 {gap:g} 万元。",
                f"The amounts differ from the fund of {stated[0]:g} 万元 by {gap:g} 万元.",
            )
        )
    if fund is not None:
        notes.append(
            Text(
                f"资金总额 {fund:g} 万元由用户填写，按规则的比例分摊。",
                f"The fund of {fund:g} 万元 is the user's, shared in the proportions of the rule.",
            )
        )
    return UseTable(_CONTRIBUTIONS, _SHARE_COLUMNS, rows, notes)


def factor_shares(
    source: UseRows,
    rule: Rule,
    pool: float,
    weights: Mapping[str, float] | None = None,
    document: str = "",
) -> UseTable:
    """A pool shared by weighted factors: P_i = P · Σ_f ω_f · x_if / Σ_j x_jf.

    Args:
        source: rows of the input table ``factors``: receiver, factor, value.
        rule: the rule that names the factors.
        pool: the amount to be shared, in 万元.
        weights: weights by factor (key or name), for factors for which the rule has none.
        document: the title of its document.

    Raises:
        CarbonledgerError: if weights are missing or do not sum to 1, a factor is unknown or its
            values sum to zero, or a receiver lacks a factor.
    """
    names = {
        text: each.key
        for each in rule_values(rule, "weight")
        for text in (each.key, each.name_zh, each.name_en)
    }
    share = _weights(rule, names, weights or {})
    table = _by_receiver(source, names)
    sums = {
        factor: sum((row.get(factor, Fraction(0)) for row in table.values()), Fraction(0))
        for factor in share
    }
    _refuse_incomplete(table, sums)
    rows: list[Row] = []
    for receiver, values in table.items():
        parts = {f: exact(pool) * share[f] * values[f] / sums[f] for f in share}
        amount = sum(parts.values(), Fraction(0))
        rows.append(
            {"place": receiver}
            | {f: float(value) for f, value in parts.items()}
            | {"amount": float(amount)}
        )
    summed = {f: float(exact(pool) * share[f]) for f in share}
    rows.append({"place": "合计 / Total"} | summed | {"amount": float(exact(pool))})
    notes = [rule_note(rule, document), _weight_note(rule, share, bool(weights))]
    heads = {each.key: Text(each.name_zh, each.name_en) for each in rule_values(rule, "weight")}
    columns = [_PLACE, *(Column(f, heads[f], "万元") for f in share), _AMOUNT]
    return UseTable(_FACTORS, columns, rows, notes)


def _weights(
    rule: Rule, names: Mapping[str, str], given: Mapping[str, float]
) -> dict[str, Fraction]:
    unknown = [name for name in given if name not in names]
    if unknown:
        known = "、".join(dict.fromkeys(names.values()))
        raise CarbonledgerError(
            f"规则没有因素“{'、'.join(unknown)}”。有：{known}。",
            f"The rule has no factor '{', '.join(unknown)}'. It has: {known}.",
        )
    own = {names[name]: exact(value) for name, value in given.items()}
    found: dict[str, Fraction] = {}
    for each in rule_values(rule, "weight"):
        if each.value is not None and each.key not in own:
            found[each.key] = exact(each.value) / (100 if each.unit == "%" else 1)
        elif each.key in own:
            found[each.key] = own[each.key]
        else:
            raise CarbonledgerError(
                f"规则“{rule.name_zh}”没有公布因素“{each.name_zh}”（{each.key}）的权重。请用 "
                f"--weight {each.key}=0.4 填写，结果会注明是用户填写的。",
                f"The rule '{rule.name_en}' does not publish the weight of '{each.name_en}'. "
                f"Enter it with --weight {each.key}=0.4; the result will say so.",
            )
    if sum(found.values()) != 1:
        raise CarbonledgerError(
            f"各因素权重之和是 {float(sum(found.values())):g}，应为 1。",
            f"The weights sum to {float(sum(found.values())):g}, not to 1.",
        )
    return found


def _by_receiver(source: UseRows, names: Mapping[str, str]) -> dict[str, dict[str, Fraction]]:
    table: dict[str, dict[str, Fraction]] = {}
    for row in source.rows:
        factor, receiver = names.get(row.text("factor")), row.text("receiver")
        if factor is None:
            known = "、".join(dict.fromkeys(names))
            raise CarbonledgerError(
                f"第 {row.row} 行的因素“{row.text('factor')}”不在规则中。可写：{known}。",
                f"Row {row.row}: the rule has no factor '{row.text('factor')}'. Known: {known}.",
            )
        if factor in table.setdefault(receiver, {}):
            raise CarbonledgerError(
                f"第 {row.row} 行：{receiver} 的“{row.text('factor')}”出现了两次。",
                f"Row {row.row}: '{row.text('factor')}' of {receiver} stands there twice.",
            )
        table[receiver][factor] = exact(row.number("score"))
    return table


def _refuse_incomplete(
    table: Mapping[str, Mapping[str, Fraction]], sums: Mapping[str, Fraction]
) -> None:
    for factor, sum_ in sums.items():
        lacking = [receiver for receiver, values in table.items() if factor not in values]
        if lacking:
            raise CarbonledgerError(
                f"{'、'.join(lacking)} 没有因素“{factor}”的数值；确实为零时请写 0。",
                f"{', '.join(lacking)}: no value of '{factor}'; write 0 where it is zero.",
            )
        if not sum_:
            raise CarbonledgerError(
                f"因素“{factor}”的数值之和为零，无法按它分配。",
                f"The values of '{factor}' sum to zero: nothing can be shared by them.",
            )


def _weight_note(rule: Rule, share: Mapping[str, Fraction], own: bool) -> Text:
    shown = "、".join(f"{key} {float(value) * 100:g} %" for key, value in share.items())
    return Text(
        f"权重：{shown}（{'用户填写' if own else '规则所定'}）。P_i = P·Σ_f ω_f·x_if/Σ_j x_jf。",
        f"Weights: {shown} ({'entered by the user' if own else 'of the rule'}). "
        "P_i = P·Σ_f ω_f·x_if/Σ_j x_jf.",
    )


_PLACE = Column("place", Text("地区", "Place"))
_AMOUNT = Column("amount", Text("金额", "Amount"), "万元")
_CONTRIBUTIONS = Text("流域补偿资金筹集", "Contributions to the basin fund")
_FACTORS = Text("按因素分配", "Shares by factors")
_SHARE_COLUMNS = (_PLACE, Column("share", Text("比例", "Share"), "%"), _AMOUNT)
