"""What the reading of an inventory's own parameters says."""

from collections.abc import Mapping

from carbonledger.errors import Text
from carbonledger.intake.columns import nearest_names
from carbonledger.intake.keys import Refused
from carbonledger.intake.layout import quoted

__all__ = [
    "NOT_A_NUMBER",
    "NO_PERIOD",
    "RANGE",
    "UNIT_IN_HEADING",
    "VALIDITY",
    "blank",
    "id_elsewhere",
    "id_twice",
    "no_parameter",
    "not_a_date",
    "one_of",
    "stray",
    "twice",
    "unknown_parameter",
]


def blank(name: str) -> Refused:
    """A required cell without content."""
    return Refused(
        "factor-missing",
        Text(f"缺少 {name}。", f"The {name} is missing."),
        Text(
            "自有参数必须写明数值、单位、来源文件和表号页码。",
            "An own parameter needs its value, unit, document, and table or page.",
        ),
    )


def unknown_parameter(text: str) -> Refused:
    """A parameter that has no such name."""
    near = nearest_names(text, ("quantity",))
    return Refused(
        "parameter-unknown",
        Text(f"不认识参数“{text}”。", f"The parameter '{text}' is not known."),
        Text(
            f"请改成认识的参数名，例如{quoted(near or ('低位发热量', '含碳量', '氧化率'))}。",
            f"Use a known parameter, such as "
            f"{', '.join(near or ('net_calorific_value', 'carbon_content'))}.",
        ),
    )


def not_a_date(text: str) -> Refused:
    """A date that cannot be read."""
    return Refused(
        "date-unclear",
        Text(f"“{text}”不是日期。", f"'{text}' is no date."),
        Text("请写成 2022-01-01 或 2022。", "Write it as 2022-01-01 or 2022."),
    )


def one_of(text: str, known: Mapping[str, object]) -> Refused:
    """A word that is none of those known here."""
    options = ", ".join(known)
    return Refused(
        "value-unknown",
        Text(f"不认识“{text}”。", f"'{text}' is not known here."),
        Text(f"请写下列之一：{options}。", f"Write one of: {options}."),
    )


def stray(text: str) -> Refused:
    """A filled cell under no heading."""
    return Refused(
        "cell-without-heading",
        Text(f"“{text}”所在的列没有表头。", f"'{text}' stands in a column without a heading."),
        Text(
            "含逗号的文字请用双引号括起来，或补上表头。",
            "Put texts with commas into double quotes, or add the heading.",
        ),
    )


def twice(row: int, cell: str) -> Refused:
    """Two rows that may both be the one to choose."""
    return Refused(
        "factor-twice",
        Text(
            f"与第 {row} 行（{cell}）的适用范围相同、有效期重叠，不知道用哪一个。",
            f"The row applies to the same as row {row} ({cell}), and their validities overlap: "
            "which one counts?",
        ),
        Text(
            "请删去一行，或区分品种、细项、科目、地区，或使有效期不重叠（valid_from、valid_to）。",
            "Delete one, or tell them apart by item, detail, account, region, or by validities "
            "that do not overlap (valid_from, valid_to).",
        ),
    )


def no_parameter(name: str) -> Refused:
    """An activity, which entries supply, in a table of parameters."""
    return Refused(
        "parameter-unknown",
        Text(f"{name} 是活动数据，不是参数。", f"{name} is an activity and no parameter."),
        Text(
            "活动数据请写在 [[tables]] 所列的表中。",
            "Write it in a table that is listed under [[tables]].",
        ),
    )


def id_twice(identifier: str, row: int) -> Refused:
    """An id that another row has."""
    return Refused(
        "factor-twice",
        Text(
            f"编号“{identifier}”在第 {row} 行已经用过。",
            f"The id '{identifier}' is used in row {row} already.",
        ),
        Text("请改用不同的编号。", "Use another id."),
    )


def id_elsewhere(identifier: str, other: str) -> Refused:
    """An id that a row of another file has."""
    return Refused(
        "factor-twice",
        Text(
            f"编号“{identifier}”在文件“{other}”中已经用过。",
            f"The id '{identifier}' is used in the file '{other}' already.",
        ),
        Text("请改用不同的编号。", "Use another id."),
    )


NOT_A_NUMBER = Refused(
    "cell-not-a-number",
    Text("这里必须是一个数。", "A number is needed here."),
    Text("请填写数值；没有时请删去这一行。", "Write the value, or delete the row."),
)
NO_PERIOD = Refused(
    "column-unknown",
    Text("参数表没有“年份”列。", "A table of parameters has no column 'period'."),
    Text("请用 valid_from 和 valid_to 写有效期。", "Use valid_from and valid_to."),
)
UNIT_IN_HEADING = Refused(
    "unit-twice",
    Text("参数的单位不写在表头里。", "The unit of a parameter does not stand in a heading."),
    Text("请把单位写到“单位”列。", "Write it into the unit column."),
)
RANGE = Refused(
    "factor-range",
    Text("数值不在下限与上限之间。", "The value does not lie between its bounds."),
    Text("请核对数值与上下限的单位和数量级。", "Check the value, its bounds and their unit."),
)
VALIDITY = Refused(
    "factor-validity",
    Text("有效期的终点早于起点。", "The validity ends before it begins."),
    Text("请核对 valid_from 与 valid_to。", "Check valid_from and valid_to."),
)
