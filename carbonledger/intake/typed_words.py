"""What the reading of Parquet tables says."""

from carbonledger.errors import Text
from carbonledger.intake.keys import Refused

__all__ = [
    "EMPTY",
    "blank",
    "counted",
    "damaged",
    "like_fractions",
    "negative",
    "not_finite",
    "not_numeric",
    "too_many",
]


def counted(refused: Refused, column: str, count: int) -> Refused:
    """A refused value with the number of rows that show it."""
    return refused._replace(
        message=Text(
            f"列“{column}”：{refused.message.zh}共 {count} 行。",
            f"Column '{column}': {refused.message.en} {count} rows.",
        )
    )


def not_finite(column: str, count: int) -> Refused:
    """NaN or infinity."""
    return Refused(
        "cell-not-a-number",
        Text(
            f"列“{column}”有 {count} 行是 NaN 或无穷大。",
            f"Column '{column}' holds NaN or infinity in {count} rows.",
        ),
        Text("没有数据请存为空值（null）。", "Store a missing value as null."),
    )


def negative(column: str, count: int) -> Refused:
    """Negative numbers."""
    return Refused(
        "cell-negative",
        Text(
            f"列“{column}”有 {count} 行是负数。",
            f"Column '{column}' is negative in {count} rows.",
        ),
        Text(
            "请核对正负号；确实为负（如扣减、调出）时请说明。",
            "Check the sign; explain it if it is meant (a deduction, an export).",
        ),
    )


def blank(column: str, count: int) -> Refused:
    """Nulls."""
    return Refused(
        "rows-without-number",
        Text(
            f"列“{column}”有 {count} 行为空，不产生录入。",
            f"Column '{column}' is null in {count} rows, which make no entry.",
        ),
        Text("空值不等于 0，请确认。", "A null is no zero: check that this is meant."),
    )


def like_fractions(column: str) -> Refused:
    """A column of percentages that all look like fractions."""
    return Refused(
        "percent-like-fraction",
        Text(
            f"列“{column}”的单位是 %，但所有数都不大于 1，像是小数。",
            f"Column '{column}' is in %, but no value is above 1: they look like fractions.",
        ),
        Text("若 0.98 表示 98%，请把单位改为 [1]。", "If 0.98 means 98 %, write the unit [1]."),
    )


def not_numeric(column: str, kind: str) -> Refused:
    """A quantity of another type than a number."""
    return Refused(
        "column-not-numeric",
        Text(
            f"列“{column}”的类型是 {kind}，数量列必须是数值类型。",
            f"Column '{column}' is of type {kind}; a quantity must be numeric.",
        ),
        Text(
            "请在导出 Parquet 时把它存成 double；带文字的表请用 CSV 或 xlsx。",
            "Store it as double, or use CSV or xlsx for a table with words in it.",
        ),
    )


def too_many(column: str) -> Refused:
    """A key column that holds no codes."""
    return Refused(
        "column-not-keys",
        Text(
            f"列“{column}”有两万个以上不同的值，不像是编码。",
            f"Column '{column}' holds more than 20,000 distinct values: these are no codes.",
        ),
        Text("请检查列名是否对应。", "Check that the heading fits the column."),
    )


def damaged(reason: str) -> Refused:
    """A file that DuckDB cannot read."""
    first = reason.strip().splitlines()[0][:200] if reason.strip() else ""
    return Refused(
        "file-damaged",
        Text(
            f"文件已损坏或不是 Parquet 文件，不能读取（{first}）。",
            f"The file is damaged or no Parquet file ({first}).",
        ),
        Text("请重新导出。", "Export it again."),
    )


def beyond(column: str, refused: Refused, count: int) -> Refused:
    """Measured values that cannot be; the first of them is described."""
    return refused._replace(
        message=Text(
            f"列“{column}”有 {count} 行的数不可能。第一处：{refused.message.zh}",
            f"Column '{column}' holds {count} impossible values. The first: {refused.message.en}",
        )
    )


EMPTY = Refused(
    "sheet-empty",
    Text("表中没有任何行。", "The table has no rows."),
    Text("请重新导出。", "Export it again."),
)
