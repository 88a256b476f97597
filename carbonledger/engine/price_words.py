"""What is said of prices that cannot be used as they stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from carbonledger.engine.options import Option, Refusal
from carbonledger.errors import Text

__all__ = [
    "capital_by_the_year",
    "index_missing",
    "no_deflator",
    "no_year",
    "other_concept",
    "several_years",
]


def _shown(price: Mapping[str, Any]) -> str:
    return f"{price['id']} ({price['value']:g} {price['unit']})"


def capital_by_the_year(option: Option, price: Mapping[str, Any]) -> Refusal:
    """A capital cost where a price of the year is wanted, or the reverse."""
    return Refusal(
        option.measure,
        "capital-price-as-annual",
        Text(
            f"参数 {price['argument']} 的价格 {_shown(price)} 类型为“{price['price_kind']}”："
            "造价不能当作年价格，年价格也不能当作造价。",
            f"The price {_shown(price)} of {price['argument']} is of the kind "
            f"'{price['price_kind']}': a capital cost is no price of the year, nor the reverse.",
        ),
        Text(
            "造价请写在名称以 _capital_cost 结尾的参数中（按寿命和贴现率年金化），"
            "年价格写在另一个参数中。",
            "Give a capital cost under the parameter that ends with _capital_cost (it becomes an "
            "annuity by lifetime and discount rate), a price of the year under the other one.",
        ),
    )


def no_year(option: Option, price: Mapping[str, Any]) -> Refusal:
    """A price without a year."""
    return Refusal(
        option.measure,
        "price-without-year",
        Text(
            f"价格 {_shown(price)} 没有价格年份，不知道是哪一年的价格水平，不能使用。",
            f"The price {_shown(price)} names no year, so its price level is unknown.",
        ),
        Text(
            "请在参数表的“价格年份”列（price_year）填写；若只知道文件年份，请注明后填文件年份。",
            "Fill in the column price_year; where only the year of the document is known, give it "
            "and say so in the note.",
        ),
    )


def other_concept(option: Option, price: Mapping[str, Any], accepted: Sequence[str]) -> Refusal:
    """A price of a concept of value that the profile does not accept."""
    return Refusal(
        option.measure,
        "value-concept",
        Text(
            f"价格 {_shown(price)} 的价值概念是“{price['value_concept']}”，"
            f"本口径只接受 {'、'.join(accepted)}。",
            f"The price {_shown(price)} is of the concept '{price['value_concept']}'; the profile "
            f"accepts only {', '.join(accepted)}.",
        ),
        Text(
            "请在 factors.csv 给出符合的价格（value_concept 列），或换用其他口径。",
            "Give a price of that concept in factors.csv (column value_concept), or use another "
            "profile.",
        ),
    )


def several_years(option: Option, years: Sequence[int]) -> Refusal:
    """Money of several years in one formula."""
    listed = "、".join(map(str, years))
    return Refusal(
        option.measure,
        "price-years-mixed",
        Text(
            f"方法 {option.method} 的各项价格分属 {listed} 年的价格水平，"
            "不同价格年份的金额不能相加。",
            f"The prices of method {option.method} are of {', '.join(map(str, years))}: money of "
            "different price years does not add.",
        ),
        Text(
            "请把这些价格统一到同一年（都写在录入表中，或都写在参数表中并填同一价格年份）。",
            "Bring them to one year: all in the table of entries, or all as parameters of one "
            "price_year.",
        ),
    )


def no_deflator(option: Option, account: str, first: int, last: int) -> Refusal:
    """A price that must be moved to another year, and no series to do it."""
    return Refusal(
        option.measure,
        "no-deflator",
        Text(
            f"科目 {account} 的金额要从 {first} 年价格换算到 {last} 年价格，但没有指定平减指数。",
            f"The money of account {account} is to be brought from {first} to {last}, and no index "
            "series is named for it.",
        ),
        Text(
            "请在价格的“平减指数”列（deflator）写明，或在口径的 deflators 中为该科目指定。",
            "Name it in the column deflator of the price, or for the account under deflators in "
            "the profile.",
        ),
    )


def index_missing(option: Option, series: str, years: Sequence[int]) -> Refusal:
    """A series without the years that are needed."""
    listed = "、".join(map(str, years))
    return Refusal(
        option.measure,
        "price-index-missing",
        Text(
            f"缺 {listed} 年的价格指数“{series}”，不能换算价格年份。",
            f"The price index '{series}' of {', '.join(map(str, years))} is missing, so the price "
            "cannot be brought to its year.",
        ),
        Text(
            f"请在 factors.csv 中逐年补充（参数 price_index_link，细项 {series}，上年=1，"
            "有效期为该年）；或在 inventory.toml 的 [overrides] 写 "
            'substitute_deflator = "cpi"，用 CPI 替代并标注。',
            f"Add it year by year to factors.csv (parameter price_index_link, detail {series}, "
            'year before = 1, valid in that year), or write substitute_deflator = "cpi" under '
            "[overrides] in inventory.toml: CPI stands in and is marked.",
        ),
    )
