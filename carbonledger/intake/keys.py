"""The key cells of an entry: region, period, account, item."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.intake.cells import label_key, printed_text
from carbonledger.intake.layout import Context, Spellings, quoted

__all__ = [
    "FIRST_YEAR",
    "KEY_LABELS",
    "LAST_YEAR",
    "Refused",
    "code_of",
    "in_tree",
    "period_of",
    "read_key",
]

KEY_LABELS: Mapping[str, Text] = {
    "region": Text("地区", "region"),
    "period": Text("年份", "period"),
    "account": Text("科目", "account"),
    "item": Text("品种", "item"),
}
_YEAR = re.compile(r"([12][0-9]{3})年?")
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Refused(NamedTuple):
    """Why a key cell gives no code."""

    code: str
    message: Text
    remedy: Text


def code_of(kind: str, raw: object, spellings: Spellings) -> str | Refused:
    """The code of a region, account or item written as code or name."""
    label = KEY_LABELS[kind]
    text = printed_text(raw)
    if not text:
        return Refused(
            f"{kind}-missing",
            Text(f"缺少{label.zh}。", f"The {label.en} is missing."),
            Text(
                f"请填写{label.zh}；整行是说明或合计时请移到备注列或删去。",
                f"Write the {label.en}; move remarks to the note column, delete rows of totals.",
            ),
        )
    found = spellings.find(raw)
    if isinstance(raw, date) or (isinstance(raw, float) and not raw.is_integer()):
        return Refused(
            f"{kind}-not-text",
            Text(
                f"{label.zh}“{text}”被电子表格存成了数字或日期，末尾的 0 等内容可能已经丢失。",
                f"The spreadsheet holds the {label.en} '{text}' as a number or a date; a final 0 "
                "may be lost.",
            ),
            Text(
                "请把单元格格式改为“文本”，再重新输入编码。",
                "Set the cell format to Text and type the code again.",
            ),
        )
    if len(found) == 1:
        return found[0]
    if found:
        return _ambiguous(kind, label, text, found)
    return _unknown(kind, label, text, spellings)


def read_key(name: str, raw: object, context: Context) -> str | int | Refused:
    """The code in a key cell of the column ``name``; an item may be blank."""
    if name == "period":
        return _period_in(raw, context.periods)
    if name == "region":
        return _region_in(raw, context)
    if name == "item":
        return code_of("item", raw, context.items) if printed_text(raw) else ""
    return code_of("account", raw, context.accounts)


def _ambiguous(kind: str, label: Text, text: str, codes: Sequence[str]) -> Refused:
    return Refused(
        f"{kind}-ambiguous",
        Text(
            f"{label.zh}“{text}”可以指几个编码：{'、'.join(codes)}。",
            f"The {label.en} '{text}' may mean several codes: {', '.join(codes)}.",
        ),
        Text("请改写成其中一个编码。", "Write one of these codes."),
    )


def _unknown(kind: str, label: Text, text: str, spellings: Spellings) -> Refused:
    near = spellings.nearest(text)
    zh = f"最接近的是：{quoted(near)}。" if near else "请写编码或标准名称。"
    en = f"Similar: {', '.join(near)}." if near else "Write the code or the standard name."
    return Refused(
        f"{kind}-unknown",
        Text(f"不认识{label.zh}“{text}”。", f"The {label.en} '{text}' is not known."),
        Text(
            f"{zh}整行是说明、小计或合计时请移出表格。",
            f"{en} Move rows of remarks or totals out of the table.",
        ),
    )


def period_of(raw: object) -> int | Refused:
    """The year in a cell: ``2012``, 2012.0 or ``2012年``."""
    text = printed_text(raw)
    found = None if isinstance(raw, date | bool) else _YEAR.fullmatch(label_key(raw))
    if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return int(found[1])
    return Refused(
        "period-unclear" if text else "period-missing",
        Text(
            f"年份“{text}”不是 {FIRST_YEAR} 至 {LAST_YEAR} 之间的年份。" if text else "缺少年份。",
            f"The period '{text}' is not a year from {FIRST_YEAR} to {LAST_YEAR}."
            if text
            else "The period is missing.",
        ),
        Text("请写四位数的年份，例如 2012。", "Write the year in four digits, such as 2012."),
    )


def in_tree(code: str, root: str, parents: Mapping[str, str]) -> bool:
    """Whether ``code`` is ``root`` or lies below it."""
    seen = set()
    while code and code not in seen:
        if code == root:
            return True
        seen.add(code)
        code = parents.get(code, "")
    return False


def _region_in(raw: object, context: Context) -> str | Refused:
    """The code of a region that belongs to the inventory."""
    code = code_of("region", raw, context.regions)
    root = context.inventory_region
    if isinstance(code, Refused) or not root or in_tree(code, root, context.region_parents):
        return code
    return Refused(
        "region-outside",
        Text(
            f"地区 {code} 不在清单地区 {root} 之内。",
            f"The region {code} lies outside the region {root} of the inventory.",
        ),
        Text(
            "请核对地区，或把这些行移到该地区的清单。",
            "Check the region, or move these rows to its own inventory.",
        ),
    )


def _period_in(raw: object, periods: Sequence[int]) -> int | Refused:
    """The year in a cell, if it belongs to the inventory."""
    period = period_of(raw)
    if isinstance(period, Refused) or period in periods:
        return period
    years = "、".join(str(year) for year in periods)
    return Refused(
        "period-outside",
        Text(
            f"年份 {period} 不在清单的年份（{years}）之内。",
            f"The year {period} is not among the years of the inventory ({years}).",
        ),
        Text(
            "请核对年份，或在 inventory.toml 的 periods 中加上该年。",
            "Check the year, or add it to periods in inventory.toml.",
        ),
    )
