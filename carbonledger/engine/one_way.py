"""Ways that exclude one another: one account, region and year must be computed by one of them.

Air is either purified of all that is emitted or of what the vegetation can take up; adding both
counts the same tonne twice.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from carbonledger.engine.options import Option, Refusal
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.prices import VALUES
from carbonledger.model.profile import Profile

__all__ = ["mixed_alternatives"]


def mixed_alternatives(
    chosen: pd.DataFrame, options: Sequence[Option], profile: Profile, library: Library
) -> Iterator[tuple[int, Refusal]]:
    """A refusal for every case of an account in which exclusive methods meet.

    Args:
        chosen: the chosen options of every key: columns ``case, account, region, period, option``.
        options: the options by number.
        profile: whose rules with ``alternatives`` name the accounts.
        library: the chart of accounts.
    """
    exclusive = {
        account
        for rule in profile.rules
        if rule.alternatives
        for root in rule.accounts
        for account in library.below(root)
    }
    rows = chosen[chosen["account"].isin(exclusive)]
    if rows.empty:
        return
    methods = rows["option"].map([option.method for option in options].__getitem__)
    physical = rows["option"].map([option.measure not in VALUES for option in options].__getitem__)
    rows = rows.assign(method=methods)[physical.astype(bool) & (methods != "")]
    for (account, region, period), group in rows.groupby(["account", "region", "period"]):
        found = sorted(group["method"].unique())
        if len(found) > 1:
            yield int(group["case"].iloc[0]), _refusal(account, region, period, found)


def _refusal(account: str, region: str, period: int, methods: Sequence[str]) -> Refusal:
    listed = "、".join(methods)
    return Refusal(
        "",
        "alternatives-mixed",
        Text(
            f"科目 {account}（{region}，{period} 年）同时用了互相排斥的方法：{listed}。"
            "两者相加会重复计算。",
            f"Account {account} ({region}, {period}) is computed by methods that exclude one "
            f"another: {', '.join(methods)}. Their sum counts the same thing twice.",
        ),
        Text(
            "环境质量达标的按排放量核算，不达标的按净化能力核算；请只保留一种录入。",
            "Where quality meets the standard, use emissions, else the uptake: keep one of them.",
        ),
    )
