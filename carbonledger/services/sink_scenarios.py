"""An estimate of a sink again with other survival of what is planted, side by side."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from carbonledger.analysis.side_by_side import compare_methods
from carbonledger.engine.open import open_inventory
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.cells import parse_cell
from carbonledger.intake.columns import quantity_name, split_heading
from carbonledger.intake.own_factors import FACTORS
from carbonledger.reports.context import Names
from carbonledger.reports.tables import Figure
from carbonledger.reports.view import Cell, Head, Kind, View

__all__ = ["fractions", "has_survival", "survival_view"]

_SURVIVAL = "survival_fraction"
_MOST = 6  # each one is a calculation of the whole estimate


def fractions(text: str) -> tuple[float, ...]:
    """Fractions as typed, ``60% 80% 95%``, as numbers from 0 to 1.

    Raises:
        CarbonledgerError: what is no fraction, none, or too many of them.
    """
    found: list[float] = []
    for word in text.replace("，", " ").replace(",", " ").replace("、", " ").split():
        percent = word.endswith(("%", "％"))
        cell = parse_cell(word.rstrip("%％"))
        value = None if cell.value is None else cell.value / 100 if percent else cell.value
        if value is None or not 0 < value <= 1:
            raise CarbonledgerError(
                f"保存率“{word[:20]}”应在 0 和 100% 之间，例如 80%。",
                f"The survival '{word[:20]}' should be between 0 and 100 %, such as 80%.",
            )
        found.append(value)
    if not 0 < len(found) <= _MOST:
        raise CarbonledgerError(
            f"请写 1 到 {_MOST} 个保存率，例如 60% 80% 95%。",
            f"Write 1 to {_MOST} survivals, such as 60% 80% 95%.",
        )
    return tuple(dict.fromkeys(found))


def has_survival(folder: Path) -> bool:
    """Whether an estimate states a survival that could be another one."""
    return any(_changed(path, 1.0) for path in sorted(folder.glob("*.csv")))


def survival_view(folder: Path, wanted: Sequence[float]) -> View:
    """The estimate under its own profile for each survival: last year, and the sum of all years.

    Args:
        folder: the inventory of the estimate, whose tables are text.
        wanted: the survivals, as fractions.

    Raises:
        CarbonledgerError: the estimate states no survival, or has grade-A problems.
    """
    rows: list[tuple[Cell, ...]] = []
    for fraction in wanted:
        names, totals = _computed(folder, fraction)
        last = max(int(row["period"]) for row in totals)
        for row in totals:
            if int(row["period"]) == last and not names.parents.get(str(row["account"]), ""):
                amounts = ("amount", "cumulative", "cumulative_low", "cumulative_high")
                figures = (Figure(row[name]) for name in amounts)
                name = names.account(str(row["account"]))
                rows.append((f"{fraction * 100:g}%", name, *figures, str(row["unit"])))
    heads = (
        Head(Text("保存率", "Survival")),
        Head(Text("科目", "Account")),
        Head(Text("最后一年", "Last year"), Kind.NUMBER),
        Head(Text("累计", "Cumulative"), Kind.NUMBER),
        Head(Text("累计低", "Low"), Kind.NUMBER),
        Head(Text("累计高", "High"), Kind.NUMBER),
        Head(Text("单位", "Unit")),
    )
    note = Text(
        "每一行是用该保存率把整个估算重算一遍；低、高不含保存率本身的范围。",
        "Each row is the whole estimate computed with that survival; low and high do not hold the "
        "range of the survival itself.",
    )
    title = Text("不同保存率的情景", "Scenarios of survival")
    return View(title, heads, tuple(rows), (note,))


def _computed(folder: Path, fraction: float) -> tuple[Names, list[dict[str, Any]]]:
    with TemporaryDirectory(prefix="carbonledger-") as scratch:
        copy = Path(scratch) / "inventory"
        shutil.copytree(folder, copy)
        changed = False
        for path in sorted(copy.glob("*.csv")):
            rows = _changed(path, fraction)
            if rows:
                changed = True
                with path.open("w", encoding="utf-8-sig", newline="") as stream:
                    csv.writer(stream, lineterminator="\n").writerows(rows)
        if not changed:
            raise CarbonledgerError(
                "这个估算没有写保存率，不能比较保存率的情景。",
                "The estimate states no survival: there are no scenarios of it.",
            )
        opened = open_inventory(copy)
        content = compare_methods(opened, [opened.intake.manifest.profile])
        return Names.of(opened.library), content["totals"]


def _changed(path: Path, fraction: float) -> list[list[str]]:
    """The rows of a table with another survival; none where it states no survival."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
    except UnicodeDecodeError:
        return []
    if not rows:
        return []
    if path.name == FACTORS:
        return _changed_factors(rows, fraction)
    named = [quantity_name(split_heading(head)[0]) == _SURVIVAL for head in rows[0]]
    if not any(named):
        return []
    place = named.index(True)
    head = [*rows[0][:place], f"{_SURVIVAL} [1]", *rows[0][place + 1 :]]
    return [head, *([*row[:place], repr(fraction), *row[place + 1 :]] for row in rows[1:])]


def _changed_factors(rows: list[list[str]], fraction: float) -> list[list[str]]:
    head = rows[0]
    new = {"value": repr(fraction), "unit": "1", "lower": "", "upper": ""}
    mine = [row for row in rows[1:] if dict(zip(head, row, strict=False))["parameter"] == _SURVIVAL]
    if not mine:
        return []
    return [
        [new.get(name, cell) for name, cell in zip(head, row, strict=False)] if row in mine else row
        for row in rows
    ]
