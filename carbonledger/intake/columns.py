"""Column headings: names in Chinese or English, with the unit in brackets.

``消费量 [万吨]``, ``消费量（万吨）`` and ``fuel (万t)`` name the same column. The accepted names
stand in ``factors/layouts/column_aliases.csv``, those of parameters also in ``factors/limits/``; no
other heading is taken, because a column that nobody reads is data lost.
"""

import csv
import difflib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.intake.cells import fold_labels, label_key, printed_text
from carbonledger.intake.layout import quoted
from carbonledger.model import limits
from carbonledger.model.problem import Grade
from carbonledger.paths import factors_dir

__all__ = [
    "Columns",
    "Finding",
    "Measured",
    "arrange",
    "chinese_names",
    "nearest_names",
    "quantity_name",
    "read_unit",
    "split_heading",
]

_OPEN = {"(": ")", "[": "]"}
_BRACKETS = str.maketrans("（）［］【】〔〕", "()[][][]")


class Finding(NamedTuple):
    """A problem of one heading (``column`` is its position) or of all of them (None)."""

    column: int | None
    code: str
    message: Text
    remedy: Text
    grade: Grade = Grade.A


class Measured(NamedTuple):
    """A quantity column. ``unit`` is the normalised unit, None where a unit column gives it."""

    name: str
    column: int
    unit: str | None


class Columns(NamedTuple):
    """Which column holds what."""

    keys: Mapping[str, int]
    quantities: Sequence[Measured]
    unit_column: int | None
    findings: Sequence[Finding] = ()


class _Alias(NamedTuple):
    name: str
    role: str


@lru_cache(maxsize=1)
def _aliases() -> dict[str, _Alias]:
    path = factors_dir() / "layouts" / "column_aliases.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    aliases = [_Alias(row["name"], row["role"]) for row in rows]
    known = dict(zip(fold_labels(row["alias"] for row in rows), aliases, strict=True))
    pairs = [
        (parameter, spelling)
        for parameter, spellings in limits.spellings().items()
        for spelling in sorted(spellings)
    ]
    for (parameter, _), key in zip(pairs, fold_labels(text for _, text in pairs), strict=True):
        known.setdefault(key, _Alias(parameter, "quantity"))
    return known


@lru_cache(maxsize=1)
def chinese_names() -> dict[str, str]:
    """The first Chinese heading of every name of ``column_aliases.csv``, for people to read."""
    path = factors_dir() / "layouts" / "column_aliases.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if not row["alias"].isascii()]
    return {row["name"]: row["alias"] for row in reversed(rows)}


def split_heading(text: str) -> tuple[str, str]:
    """The name and the unit of a heading; the unit is empty where it stands in no bracket."""
    plain = text.translate(_BRACKETS).strip()
    if not plain or plain[-1] not in _OPEN.values():
        return plain, ""
    expected: list[str] = []
    for at in range(len(plain) - 1, -1, -1):
        char = plain[at]
        if char in _OPEN.values():
            expected.append(char)
        elif char in _OPEN and expected and _OPEN[char] == expected.pop() and not expected:
            return plain[:at].strip(), plain[at + 1 : -1].strip()
    return plain, ""


def read_unit(text: str) -> str | Finding:
    """The normalised spelling of a unit, or why it is refused (without a column)."""
    try:
        return units.parse(text).text
    except units.UnitError as error:
        return Finding(
            None,
            "unit-unknown",
            error.text,
            Text(
                "请改成登记过的单位，例如 吨、万吨、万m3、亿kWh、GJ/t。",
                "Write a listed unit, such as t, 万t, 万m3, 亿kWh, GJ/t.",
            ),
        )


def arrange(headings: Sequence[object], roles: Sequence[str], required: Sequence[str]) -> Columns:
    """Tell the columns apart.

    Args:
        headings: the cells of the header row; blank ones are left to the caller.
        roles: what may stand in this table: ``key``, ``quantity``, ``unit``, ``factor``.
        required: names that must be among the columns.
    """
    keys: dict[str, int] = {}
    quantities: list[tuple[str, int, str]] = []
    findings: list[Finding] = []
    unit_column: int | None = None
    first: dict[str, int] = {}
    for column, heading in enumerate(headings):
        text = printed_text(heading)
        if not text:
            continue
        alias, unit = _recognise(text, roles)
        if alias is None:
            findings.append(_unknown(column, text, roles))
        elif alias.name in first:
            findings.append(_twice(column, text, printed_text(headings[first[alias.name]])))
        else:
            first[alias.name] = column
            if alias.role == "quantity":
                quantities.append((alias.name, column, unit))
            elif alias.role == "unit":
                unit_column = column
            else:
                keys[alias.name] = column
    findings += [_missing(name) for name in required if name not in first]
    measured, more = _measured(quantities, unit_column)
    return Columns(keys, measured, unit_column, tuple(findings + more))


def quantity_name(text: str) -> str | None:
    """The name of the quantity or parameter that a text stands for, if it is a known one."""
    alias = _aliases().get(label_key(text))
    return alias.name if alias is not None and alias.role == "quantity" else None


def nearest_names(text: str, roles: Sequence[str]) -> list[str]:
    """Known column names that resemble a text, best first."""
    known = [key for key, alias in _aliases().items() if alias.role in roles]
    return difflib.get_close_matches(label_key(text), known, 3, 0.5)


def _recognise(text: str, roles: Sequence[str]) -> tuple[_Alias | None, str]:
    known = _aliases()
    name, unit = split_heading(text)
    whole = known.get(label_key(text))
    alias, unit = (whole, "") if whole is not None else (known.get(label_key(name)), unit)
    return (alias, unit) if alias is not None and alias.role in roles else (None, unit)


def _measured(
    quantities: Sequence[tuple[str, int, str]], unit_column: int | None
) -> tuple[list[Measured], list[Finding]]:
    """Give each quantity its unit: the one in its heading, or the unit column for one of them."""
    measured: list[Measured] = []
    findings: list[Finding] = []
    bare = [column for _, column, unit in quantities if not unit]
    if unit_column is not None and not bare and quantities:
        findings.append(_two_units(unit_column))
    for name, column, unit in quantities:
        if unit:
            found = read_unit(unit)
            if isinstance(found, Finding):
                findings.append(found._replace(column=column))
            else:
                measured.append(Measured(name, column, found))
        elif unit_column is not None and column == bare[0]:
            measured.append(Measured(name, column, None))
        else:
            findings.append(_no_unit(column, name))
    return measured, findings


def _unknown(column: int, text: str, roles: Sequence[str]) -> Finding:
    near = nearest_names(split_heading(text)[0], roles)
    zh = f"最接近的列名：{quoted(near)}。" if near else ""
    en = f" Similar: {', '.join(near)}." if near else ""
    return Finding(
        column,
        "column-unknown",
        Text(
            f"不认识列名“{text}”，这一列的数据会丢失，因此不读取该表。",
            f"The heading '{text}' is not known; its data would be lost, so the table is refused.",
        ),
        Text(
            f"请改成认识的列名，数量列写成“消费量 [吨]”的样子；不需要的列请删去。{zh}",
            f"Use a known heading, for a quantity like 'fuel [t]'; delete a column that is not "
            f"wanted.{en}",
        ),
    )


def _twice(column: int, text: str, other: str) -> Finding:
    return Finding(
        column,
        "column-twice",
        Text(
            f"列“{text}”与列“{other}”含义相同，不知道用哪一列。",
            f"The columns '{text}' and '{other}' mean the same: which one counts?",
        ),
        Text("请删去或改名其中一列。", "Delete or rename one of them."),
    )


def _missing(name: str) -> Finding:
    written = [key for key, alias in _aliases().items() if alias.name == name]
    return Finding(
        None,
        "column-missing",
        Text(f"缺少必需的列“{name}”。", f"The required column '{name}' is missing."),
        Text(
            f"请加上这一列，列名可以写：{quoted(written)}。",
            f"Add it; it may be headed: {', '.join(written)}.",
        ),
    )


def _two_units(column: int) -> Finding:
    return Finding(
        column,
        "unit-twice",
        Text(
            "表头已写单位，又另有“单位”列，不知道以哪个为准。",
            "Units stand in the headings and in a unit column: which one counts?",
        ),
        Text("请删去“单位”列，或删去表头中的单位。", "Delete the unit column or the units above."),
    )


def _no_unit(column: int, name: str) -> Finding:
    known = limits.names().get(name, Text(name, name))
    zh = f"“{known.zh}”（{name}）" if known.zh != name else f"“{name}”"
    said = Text(f"数量列{zh}没有单位。", f"The quantity '{name}' has no unit.")
    if any(units.same_dimension(unit, "ha") for unit in limits.units_of(name)):
        return Finding(
            column,
            "unit-missing",
            Text(
                f"{said.zh}是公顷还是亩？1 亩 = 1/15 公顷，写错差 15 倍。",
                f"{said.en} Hectares or mu? 1 mu is 1/15 ha: a mistake is 15-fold.",
            ),
            Text(
                "请在表头写明，例如“面积 [公顷]”或“面积 [亩]”。",
                "State it in the heading, such as 'area [ha]' or 'area [mu]'.",
            ),
        )
    return Finding(
        column,
        "unit-missing",
        said,
        Text(
            "请在表头写明单位，例如“消费量 [吨]”；没有量纲的小数写 [1]，百分数写 [%]。",
            "State it in the heading, such as 'fuel [t]'; write [1] for a fraction, [%] for "
            "percent.",
        ),
    )
