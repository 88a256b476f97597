"""What is said about labels that are unknown, repeated or missing."""

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_labels import Labels, Match, Scheme
from carbonledger.intake.layout import grid_problem, quoted
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "above_heading",
    "half_known_label",
    "no_heading",
    "repeated_label",
    "two_units",
    "unknown_label",
]


def unknown_label(
    grid: Grid, labels: Labels, grade: Grade, place: tuple[int, int], label: str, match: Match
) -> Problem:
    """A heading or row label that means nothing, or two different things; with similar names."""
    row, column = place
    near = labels.nearest(label)
    if len(match.codes) > 1:
        reason = Text("中文与英文名称所指不同", "its names mean different things")
    elif not label:
        reason = Text("有数字但没有名称", "there are numbers but no name")
    else:
        reason = Text("不在已知名称之列", "it is not a known name")
    hint = Text(
        f"相近的名称：{quoted(near)}。" if near else "",
        f" Similar names: {', '.join(near)}." if near else "",
    )
    return grid_problem(
        grid,
        grade,
        "balance-unknown-label",
        Text(
            f"能源平衡表的名称“{label}”无法识别：{reason.zh}。{hint.zh}",
            f"The name '{label}' in the energy balance is not recognised: {reason.en}.{hint.en}",
        ),
        Text(
            "请改用年鉴的标准名称；若此行（列）不属于能源平衡表，请整行（列）删去。",
            "Use the yearbook's own name, or remove it if it is not part of the energy balance.",
        ),
        row=row,
        column=column,
    )


def half_known_label(grid: Grid, place: tuple[int, int], label: str, match: Match) -> Problem:
    """A label whose English part is known and whose Chinese part is not."""
    return grid_problem(
        grid,
        Grade.C,
        "balance-unknown-label",
        Text(
            f"名称“{label}”中的中文“{match.unknown}”不在已知名称之列，按英文名称识别。",
            f"The Chinese name in '{label}' is not known; the English one was used.",
        ),
        Text("请核对两种名称所指相同。", "Check that both names mean the same."),
        row=place[0],
        column=place[1],
    )


def two_units(grid: Grid, place: tuple[int, int], label: str, units: list[str]) -> Problem:
    """A heading that states two different units."""
    return grid_problem(
        grid,
        Grade.A,
        "balance-unit",
        Text(
            f"“{label}”列写有不同的单位：{'、'.join(units)}。",
            f"The column '{label}' states different units: {', '.join(units)}.",
        ),
        Text("请核对原表，只保留一种单位。", "Check the original and keep one unit."),
        row=place[0],
        column=place[1],
    )


def above_heading(grid: Grid, place: tuple[int, int]) -> Problem:
    """Rows of data that stand above the first heading."""
    return grid_problem(
        grid,
        Grade.A,
        "balance-no-heading",
        Text(
            f"{grid.address(*place)} 处起有平衡表的数据，但其上方没有可以识别的品种表头。",
            f"From {grid.address(*place)} on there are rows of a balance without a heading of "
            "carriers above them that can be recognised.",
        ),
        Text(
            "请核对表头中各品种的名称，并放在数据上方。",
            "Check the names of the carriers in the heading and put it above the data.",
        ),
        row=place[0],
        column=place[1],
    )


def repeated_label(
    grid: Grid, place: tuple[int, int], other: tuple[int, int], what: Text
) -> Problem:
    """A row or column that the table has twice."""
    return grid_problem(
        grid,
        Grade.A,
        "balance-repeated-label",
        Text(
            f"{what.zh}与 {grid.address(*other)} 处的重复，无法确定以哪个为准。",
            f"{what.en} repeats the one at {grid.address(*other)}; which of them counts cannot be "
            "told.",
        ),
        Text("请核对原表，只保留一处，或改正名称。", "Keep one of them or correct the name."),
        row=place[0],
        column=place[1],
    )


def no_heading(grid: Grid, layout: Scheme) -> Problem:
    """The table is not an energy balance, or its heading cannot be found."""
    names = [layout.carriers[item].name for item in ("raw_coal", "diesel", "electricity")]
    rows = [layout.flows[flow].name for flow in ("thermal_power", "industry", "residential")]
    return grid_problem(
        grid,
        Grade.A,
        "balance-no-heading",
        Text(
            "找不到能源平衡表的表头：没有一行含有两个以上能源品种名称（如"
            f"{'、'.join(name.zh for name in names)}）且其下有平衡表的行"
            f"（如{'、'.join(name.zh for name in rows)}）。",
            "No heading of an energy balance found: no row names two or more carriers (such as "
            f"{', '.join(name.en for name in names)}) above rows of a balance (such as "
            f"{', '.join(name.en for name in rows)}).",
        ),
        Text(
            "请确认文件和工作表正确，品种在列、流向在行；若是普通录入表，请在 inventory.toml "
            "中去掉 layout。",
            "Check that this is the right file and sheet, with carriers in columns and flows in "
            "rows; for a plain table of entries remove 'layout' in inventory.toml.",
        ),
        row=0 if grid.rows else None,
    )
