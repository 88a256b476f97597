"""Several accounts as one figure, where they may be added at all."""

from collections.abc import Sequence

import pandas as pd

from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library

__all__ = ["added"]

_WHY_NOT = {
    "credit": (
        "信用（碳票、CCER）是可以出售的权利，同一碳汇已在清单里；相加会把它算两次。",
        "A credit is a right that can be sold, and its removal is in the inventory already: adding "
        "would count it twice.",
    ),
    "asset": (
        "碳储量是存量，不是一年的排放或吸收。",
        "A stock is no emission or removal of a year.",
    ),
}


def added(totals: pd.DataFrame, accounts: Sequence[str], library: Library) -> pd.DataFrame:
    """The sum of several accounts by region and period, t CO2e.

    Args:
        totals: the totals of a run (``book, region, period, account, co2e ...``).
        accounts: codes of accounts; none may lie below another one.
        library: the chart of accounts.

    Returns:
        Columns ``region, period, co2e``.

    Raises:
        CarbonledgerError: if they stand in different books, one holds another, or a stock is meant.
    """
    books = dict(
        zip(library.accounts["account"], library.accounts["book"].astype(str), strict=True)
    )
    if unknown := [name for name in accounts if name not in books]:
        raise CarbonledgerError(
            f"没有科目：{'、'.join(unknown)}。", f"No such account: {', '.join(unknown)}."
        )
    met = sorted({books[name] for name in accounts})
    if len(met) > 1 or met == ["asset"]:
        listed = ", ".join(f"{name} ({books[name]})" for name in accounts)
        reasons = [_WHY_NOT[book] for book in met if book in _WHY_NOT]
        raise CarbonledgerError(
            f"这些科目的数不能相加：{listed}。不同账簿从不相加。"
            f"{''.join(zh for zh, _ in reasons)}请并列披露。",
            f"These are not added: {listed}. Amounts of different books never are. "
            f"{' '.join(en for _, en in reasons)} Show them side by side.",
        )
    for name in accounts:
        if inside := [
            other for other in accounts if other != name and other in library.below(name)
        ]:
            raise CarbonledgerError(
                f"科目 {name} 已包含 {'、'.join(inside)}，相加会重复计算。",
                f"Account {name} holds {', '.join(inside)} already: adding counts them twice.",
            )
    wanted = totals[totals["account"].isin(accounts)]
    apart = wanted[wanted["co2e"].isna() & wanted["amount"].notna()]
    if len(apart):
        listed = ", ".join(sorted({f"{row.account} ({row.unit})" for row in apart.itertuples()}))
        raise CarbonledgerError(
            f"没有 CO₂ 当量的数不能与其他科目相加：{listed}。养殖移出碳不是对大气的清除；"
            "毛生长和上下限情景也不是可以相加的清除量。",
            f"What has no CO2 equivalent is not added to other accounts: {listed}. Carbon removed "
            "with mariculture is no removal from the atmosphere; gross growth and bounds are no "
            "amounts to be added either.",
        )
    return wanted.groupby(["region", "period"])["co2e"].sum(min_count=1).reset_index()
