"""What reading an inventory says about its tables and files."""

from collections.abc import Iterable, Sequence

from carbonledger.errors import Text
from carbonledger.intake.files import file_problem
from carbonledger.intake.keys import Refused
from carbonledger.intake.manifest import MANIFEST
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "EMPTY",
    "limited",
    "more",
    "no_layout",
    "not_typed",
    "outside",
    "read_twice",
    "same_content",
    "unused",
]

_SHOWN = 100  # problems of one kind in one table that are listed one by one


def outside(what: str) -> Refused:
    """A region or a year of a table outside the inventory."""
    return Refused(
        "table-outside",
        Text(
            f"{what} 不在清单的地区或年份之内。",
            f"{what} lies outside the region or the years of the inventory.",
        ),
        Text("请核对该表与清单的地区和年份。", "Check region and years of table and inventory."),
    )


def no_layout(file: str, layout: str, layouts: Iterable[str]) -> Problem:
    """A layout that does not exist."""
    return file_problem(
        file,
        "layout-unknown",
        Text(f"没有名为“{layout}”的表式。", f"There is no layout '{layout}'."),
        Text(
            f"请在 inventory.toml 的 layout 处写下列之一：{'、'.join(layouts)}。",
            f"Set layout in inventory.toml to one of: {', '.join(layouts)}.",
        ),
    )


def not_typed(name: str) -> Problem:
    """A Parquet file with a layout of cells."""
    return file_problem(
        name,
        "layout-parquet",
        Text(
            "Parquet 文件只能用 entries 表式，也没有工作表。",
            "A Parquet file has the layout 'entries' and no sheets.",
        ),
        Text("请改正 inventory.toml 中的 layout 和 sheet。", "Correct layout and sheet."),
    )


def read_twice(name: str, sheet: str) -> Problem:
    """One table listed twice."""
    shown = f"{name}/{sheet}" if sheet else name
    return file_problem(
        name,
        "table-twice",
        Text(
            f"inventory.toml 把同一张表 {shown} 列了两次，会重复计算。",
            f"inventory.toml lists the table {shown} twice: it would count twice.",
        ),
        Text("请删去其中一个 [[tables]]。", "Remove one of the two [[tables]]."),
    )


def unused(name: str) -> Problem:
    """A table in the folder that the manifest does not name."""
    return Problem(
        grade=Grade.D,
        code="file-unused",
        message=Text(
            f"清单目录中的“{name}”没有列入 inventory.toml，未读取。",
            f"'{name}' lies in the folder but is not listed in inventory.toml and is not read.",
        ),
        remedy=Text(
            "需要时请加一个 [[tables]]；不需要时可以移走。",
            "Add [[tables]] for it, or move it away.",
        ),
        file=name,
    )


def more(file: str, sheet: str, code: str, grade: Grade, count: int) -> Problem:
    """What stands for the problems that are not listed one by one."""
    return Problem(
        grade=grade,
        code=code,
        message=Text(
            f"同类问题还有 {count} 处，没有逐条列出。",
            f"There are {count} more problems of this kind, not listed one by one.",
        ),
        remedy=Text(
            "请先改正已列出的各处，再检查一次。", "Correct those listed, then check again."
        ),
        file=file,
        sheet=sheet,
    )


def same_content(name: str, first: str) -> Problem:
    """Two files with the same bytes."""
    return Problem(
        grade=Grade.B,
        code="file-same-content",
        message=Text(
            f"“{name}”与“{first}”的内容完全相同，可能重复计算。",
            f"'{name}' has the same content as '{first}': it may count twice.",
        ),
        remedy=Text("请核对是否复制错了文件。", "Check whether the wrong file was copied."),
        file=name,
    )


EMPTY = file_problem(
    MANIFEST,
    "inventory-empty",
    Text(
        "清单没有任何录入：所列各表都没有数据，不能计算。",
        "The inventory has no entry at all: none of its tables holds data, so nothing can be "
        "computed.",
    ),
    Text(
        "请核对 inventory.toml 的 [[tables]] 所列文件是否正确、是否已填数。",
        "Check that [[tables]] in inventory.toml names the right files and that they are filled.",
    ),
)


def limited(problems: Sequence[Problem]) -> list[Problem]:
    """The problems, with the many of one kind in one table cut off and counted."""
    counts: dict[tuple[str, str, str, Grade], int] = {}
    kept: list[Problem] = []
    for problem in problems:
        key = (problem.file, problem.sheet, problem.code, problem.grade)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= _SHOWN:
            kept.append(problem)
    for (file, sheet, code, grade), count in counts.items():
        if count > _SHOWN:
            kept.append(more(file, sheet, code, grade, count - _SHOWN))
    return kept
