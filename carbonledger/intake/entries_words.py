"""What the layout ``entries`` says about a table."""

from collections.abc import Sequence

from carbonledger.errors import Text
from carbonledger.intake.cells import Cell
from carbonledger.intake.columns import Finding, Measured
from carbonledger.intake.keys import Refused
from carbonledger.intake.layout import quoted
from carbonledger.model.problem import Grade

__all__ = [
    "HEAT_UNUSED",
    "LONG_ROW",
    "NO_ENTRIES",
    "NO_HEADER",
    "NO_QUANTITY",
    "SHORT_ROW",
    "TOO_MANY",
    "UNIT_BLANK",
    "copy",
    "label",
    "like_fractions",
    "merged",
    "negative",
    "no_numbers",
    "no_value",
    "shared",
    "split_number",
    "stray",
    "title",
]


def _rows(numbers: list[int]) -> str:
    shown = "、".join(str(number) for number in numbers[:10])
    return shown + (" …" if len(numbers) > 10 else "")


def title(text: str) -> Finding:
    """A row with one filled cell above the header."""
    return Finding(
        None,
        "title-skipped",
        Text(
            f"“{text}”在表头之上，作为标题不读入；其中的单位不起作用。",
            f"'{text}' stands above the header and is not read; a unit in it has no effect.",
        ),
        Text("请确认单位已写在表头中。", "Check that the units stand in the headings."),
        Grade.D,
    )


def stray(text: str) -> Refused:
    """A filled cell under no heading."""
    return Refused(
        "cell-without-heading",
        Text(
            f"“{text}”所在的列没有表头（CSV 中常因数字里的逗号未加引号而多出一列）。",
            f"'{text}' stands in a column without a heading (in a CSV often because of an unquoted "
            "comma in a number).",
        ),
        Text(
            "请补上表头，或改正这一行使各数对齐各列。",
            "Add the heading, or mend the row so that each value stands in its column.",
        ),
    )


def split_number(head: str, tail: str) -> Refused:
    """A number that a comma may have split over two cells."""
    return Refused(
        "number-split",
        Text(
            f"“{head}”后面一列是“{tail}”，像是“{head},{tail}”被逗号分成了两格。",
            f"'{head}' is followed by '{tail}' in the next column, like '{head},{tail}' split at "
            "its comma.",
        ),
        Text(
            "请核对：含逗号的数要加双引号，或去掉逗号；备注不要只写三位数字。",
            "Check it: put a number with commas into double quotes; do not write three digits "
            "alone as a remark.",
        ),
    )


def merged(last: str) -> Refused:
    """A merged range; ``last`` is its last address."""
    return Refused(
        "cells-merged",
        Text(
            f"从这里到 {last} 是合并单元格，只有左上角一格有内容，其余各行视为空白。",
            f"The cells from here to {last} are merged: only the first one holds the text, the "
            "other rows are blank.",
        ),
        Text(
            "请取消合并，并在每一行都填写。",
            "Unmerge the cells and fill in every row.",
        ),
    )


def no_value(cell: Cell) -> Refused:
    """A dash or an ellipsis in place of a number."""
    meaning = (
        Text("不足最小单位", "less than the smallest unit")
        if cell.kind == "ellipsis"
        else Text("没有或无数据", "none or no data")
    )
    return Refused(
        f"cell-{cell.kind}",
        Text(
            f"“{cell.text}”（{meaning.zh}）既不是 0 也不是数，这一格不产生录入。",
            f"'{cell.text}' ({meaning.en}) is neither 0 nor a number; the cell makes no entry.",
        ),
        Text(
            "请核实：确实为零写 0，不发生写 NO，未估算写 NE。",
            "Check it: write 0 for zero, NO for not occurring, NE for not estimated.",
        ),
    )


def negative(cell: Cell) -> Refused:
    """A negative quantity."""
    return Refused(
        "cell-negative",
        Text(f"数量是负数：{cell.text}。", f"The quantity is negative: {cell.text}."),
        Text(
            "请核对正负号；确实为负（如扣减、调出）时请说明。",
            "Check the sign; explain it if it is meant (a deduction, an export).",
        ),
    )


def no_numbers(numbers: list[int]) -> Refused:
    """Rows with keys and nothing else; ``numbers`` are row numbers."""
    return Refused(
        "rows-without-number",
        Text(
            f"{len(numbers)} 行没有任何数量（第 {_rows(numbers)} 行），不产生录入。",
            f"{len(numbers)} rows hold no quantity (rows {_rows(numbers)}) and make no entry.",
        ),
        Text(
            "没有数据是“未估算”（NE）还是“不发生”（NO），请填写清楚。",
            "Say whether it is not estimated (NE) or does not occur (NO).",
        ),
    )


def like_fractions(letters: str, measured: Measured) -> Finding:
    """A column in percent whose values are all at most 1."""
    return Finding(
        measured.column,
        "percent-like-fraction",
        Text(
            f"{letters} 列“{measured.name}”的单位是 %，但所有数都不大于 1，像是小数。",
            f"Column {letters} '{measured.name}' is in %, but no value is above 1: they look like "
            "fractions.",
        ),
        Text(
            "若 0.98 表示 98%，请把表头单位改为 [1]；若确是百分之零点几，请确认。",
            "If 0.98 means 98 %, write the unit [1]; if it is really below one percent, confirm.",
        ),
        Grade.C,
    )


def label(text: str, near: Sequence[str]) -> Refused:
    """A detail that is no known technology or grade, but resembles one."""
    return Refused(
        "detail-is-a-label",
        Text(
            f"细项“{text}”不是因子库中的技术或类别，只当作名称，不影响因子的选取。",
            f"The detail '{text}' is no technology or grade of the library: it is kept as a name "
            "and decides no factor.",
        ),
        Text(
            f"若指技术或类别，请改用库中的写法，相近的有：{quoted(near)}。",
            f"If a technology is meant, use the library's spelling; near it: {', '.join(near)}.",
        ),
    )


def shared(rows: list[int]) -> Refused:
    """Rows whose keys stand in rows above; ``rows`` are row numbers."""
    return Refused(
        "keys-shared",
        Text(
            f"{len(rows)} 行的地区、年份、科目、品种、细项与前面的行相同（第 {_rows(rows)} 行），"
            "将分别计算后相加。",
            f"{len(rows)} rows share region, period, account, item and detail with rows above "
            f"(rows {_rows(rows)}); they are computed one by one and added.",
        ),
        Text("请确认不是重复录入。", "Check that none is a copy."),
    )


NO_HEADER = Refused(
    "header-missing",
    Text("找不到表头行。", "There is no header row."),
    Text(
        "请在数据上方写一行列名，例如：地区、年份、科目、品种、消费量 [吨]。",
        "Write a row of headings above the data, such as region, period, account, item, fuel [t].",
    ),
)
NO_QUANTITY = Refused(
    "quantity-missing",
    Text("表中没有数量列。", "The table has no quantity column."),
    Text(
        "请加上带单位的数量列，例如“消费量 [吨]”，或“数量”与“单位”两列。",
        "Add a quantity with its unit, such as 'fuel [t]', or the pair 'quantity' and 'unit'.",
    ),
)
NO_ENTRIES = Refused(
    "no-entries",
    Text(
        "表中没有录入：表头之下没有任何一行有数值或符号。",
        "The table has no entries: no row below the header holds a number or a notation key.",
    ),
    Text(
        "请核对文件是否拿错；没有数据的表请从 inventory.toml 的 [[tables]] 中删去。",
        "Check that it is the right file, or remove the table from inventory.toml.",
    ),
)
LONG_ROW = Refused(
    "row-long",
    Text(
        "这一行比表头长，各数可能没有对齐各列（常因数字里的逗号未加引号）。",
        "The row is longer than the header: its values may stand in wrong columns (often because "
        "of an unquoted comma in a number).",
    ),
    Text(
        "请改正这一行；含逗号的数要加双引号，或去掉逗号。",
        "Mend the row; put a number with commas into double quotes, or leave the commas out.",
    ),
)
SHORT_ROW = Refused(
    "row-short",
    Text(
        "这一行在此列之前就结束了，缺少这一格（文件可能不完整）。",
        "The row ends before this column (the file may be cut off).",
    ),
    Text(
        "请补全这一行；没有数据时也要保留分隔符。",
        "Complete the row; keep the separators where there is no value.",
    ),
)
TOO_MANY = Refused(
    "too-many-problems",
    Text(
        "问题太多，从这一行起没有再检查。",
        "There are too many problems; from this row on nothing was checked.",
    ),
    Text("请先改正已列出的问题，再检查一次。", "Correct those listed, then check again."),
)
UNIT_BLANK = Refused(
    "unit-missing",
    Text("有数量而没有单位。", "There is a quantity but no unit."),
    Text("请填写单位，例如 吨、万m3。", "Write the unit, such as t or 万m3."),
)
HEAT_UNUSED = Refused(
    "option-unused",
    Text(
        "inventory.toml 为该表写了 coal_equivalent_heat，但 entries 布局不使用它。",
        "inventory.toml sets coal_equivalent_heat, which the layout 'entries' does not use.",
    ),
    Text(
        "请删去这一行，在单位中写明是哪一种标准煤，例如 tce(4.1816)。",
        "Remove the line and say in the unit which coal equivalent it is, such as tce(4.1816).",
    ),
)


def copy(row: int, first: int) -> Refused:
    """A row that agrees with an earlier one in everything."""
    return Refused(
        "row-twice",
        Text(
            f"第 {row} 行与第 {first} 行完全相同，两行都会计入合计。",
            f"Row {row} is the same as row {first}; both count.",
        ),
        Text(
            "重复录入时请删去一行；确实是两笔时请在备注中说明。",
            "Delete one if it is a copy; if both are real, say so in the note.",
        ),
    )
