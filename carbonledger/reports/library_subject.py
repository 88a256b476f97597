"""The page of one subject of the library: every value, in sections by edition and parameter.

Emission factors of several gases stand side by side, one line for what they belong to. What is the
same in all lines of a section is said once above them.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.model.records import Parameter, Status
from carbonledger.reports.library_shelf import BLENDS, Shelf, tally
from carbonledger.reports.markdown import code, escape, table

__all__ = ["MARK", "both", "formatted", "subject_page"]

MARK = "⚠"
"""Stands beside every value that was not checked against its document."""

_LONG = 8  # lines that the tables of a document have on average where each is a section
_MANY = 3  # gases that stand side by side without leaving most cells empty
_HEADS = {
    "item": "品种 Item",
    "detail": "细目 Detail",
    "species": "气体 Gas",
    "region": "地区 Region",
    "account": "科目 Account",
    "validity": "有效期 Validity",
    "basis": "热值基准 Basis",
    "distribution": "分布 Distribution",
    "source": "来源 Source",
    "locator": "位置 Place",
    "note": "备注 Remark",
}
_KEYS = tuple(_HEADS)[:-1]
_ALWAYS = ("item", "detail", "species")  # what a line is about is not said above the table


class _Line(NamedTuple):
    """A line of a table: the rows that differ in nothing but the gas."""

    keys: Mapping[str, str]
    rows: list[Parameter]


class _Notes:
    """The remarks of a page, each once, by number."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a remark, a new one where it is new."""
        return self.texts.setdefault(text, len(self.texts) + 1)


def subject_page(shelf: Shelf, subject: str) -> str:
    """The page of a subject: a file of ``parameters/``, or ``blends``."""
    rows = shelf.derived if subject == BLENDS else shelf.subjects[subject]
    notes = _Notes()
    sections = [_section(shelf, lines, notes) for lines in _sections(rows)]
    count = tally(rows)
    origin = (
        "由组分推算，不另存为行。 / Derived from the components; no rows of their own."
        if subject == BLENDS
        else f"数据 Data: `factors/parameters/{subject}.csv`"
    )
    head = [
        f"# {both(shelf.title(subject))}\n",
        f"[目录 Index](index.md) · {origin}\n",
        f"{count.rows} 行：已核对 {count.verified}，未核对 {count.unverified}。{MARK} 表示未核对，"
        "原因见备注；括号内是不确定性区间。  \n"
        f"{count.rows} rows: {count.verified} verified, {count.unverified} unverified. {MARK} "
        "marks what is unverified, the remark says why; in parentheses is the range of "
        "uncertainty.\n",
    ]
    return "\n".join([*head, *sections, *_legends(shelf, rows, notes)])


def both(text: Text) -> str:
    """A name in both languages, escaped; once where they are the same."""
    zh, en = escape(text.zh), escape(text.en)
    return zh if zh == en else f"{zh} / {en}"


def formatted(row: Parameter, unit: bool = True) -> str:
    """The value of a row as published, with its range, its unit and the mark of its status."""
    parts = [_number(row.value), _range(row)]
    if unit and row.unit != "1":
        parts.append(escape(row.unit))
    if row.status is Status.UNVERIFIED:
        parts.append(MARK)
    return " ".join(filter(None, parts))


def _number(value: float) -> str:
    return f"{Decimal(f'{value:.10g}'):f}"  # as a decimal, however small: 0.000018


def _range(row: Parameter) -> str:
    if row.lower is None and row.upper is None:
        return ""
    if row.upper is None:
        return f"(≥ {_number(row.lower or 0)})"
    if row.lower is None:
        return f"(≤ {_number(row.upper)})"
    return f"({_number(row.lower)} … {_number(row.upper)})"


def _gas(row: Parameter) -> str:
    """The gas of an emission factor whose unit measures the gas it is named for, else nothing."""
    gas = row.unit.partition("/")[0].split(" ")[-1]
    named = "".join(filter(str.isalnum, gas)).lower() + "_emission_factor"
    return gas if row.parameter == named else ""


def _group(row: Parameter) -> str:
    return "" if _gas(row) else row.parameter


def _keys(row: Parameter) -> dict[str, str]:
    start, end = row.valid_from, row.valid_to
    validity = f"{start or '…'} – {end or '…'}" if start or end else ""
    return {name: getattr(row, name, validity) for name in _KEYS}


def _sections(rows: Sequence[Parameter]) -> list[list[_Line]]:
    """Lines of one edition and group of parameters together, in the order written.

    Where the tables that they come from have some length, each is a section.
    """
    found: dict[tuple[str, ...], dict[tuple[str, ...], _Line]] = {}
    for row in rows:
        keys = _keys(row)
        lines = found.setdefault((row.edition, _group(row)), {})
        per = row.unit.partition("/")[2] if _gas(row) else row.unit
        lines.setdefault((*keys.values(), per), _Line(keys, [])).rows.append(row)
    sections: list[list[_Line]] = []
    for lines in found.values():
        tables: dict[tuple[str, str], list[_Line]] = {}
        for line in lines.values():
            tables.setdefault((line.keys["source"], line.keys["locator"]), []).append(line)
        long = len(lines) >= _LONG * len(tables)
        sections += tables.values() if long else [list(lines.values())]
    return [part for lines in sections for part in _by_gases(lines)]


def _by_gases(lines: list[_Line]) -> list[list[_Line]]:
    """The lines as they are; those with the same gases together where there are many gases."""
    found: dict[tuple[str, ...], list[_Line]] = {}
    for line in lines:
        found.setdefault(tuple(row.parameter for row in line.rows), []).append(line)
    gases = {row.parameter for line in lines for row in line.rows}
    return list(found.values()) if len(gases) > _MANY else [lines]


def _section(shelf: Shelf, lines: Sequence[_Line], notes: _Notes) -> str:
    rows = [row for line in lines for row in line.rows]
    columns: dict[str, list[Parameter]] = {}
    for row in rows:
        columns.setdefault(row.parameter, []).append(row)
    units = {name: {row.unit for row in found} for name, found in columns.items()}
    common = {
        key: value
        for key, value in lines[0].keys.items()
        if key not in _ALWAYS and all(line.keys[key] == value for line in lines)
    }
    shown = [key for key in _KEYS if key not in common and any(line.keys[key] for line in lines)]
    remarks = [", ".join(_remarks(line.rows, notes)) for line in lines]
    if len(set(remarks)) == 1:
        common["note"], remarks = remarks[0], [""] * len(lines)
    head = [_HEADS[key] for key in shown]
    head += [_value_head(found[0], units[name]) for name, found in columns.items()]
    head += [_HEADS["note"]] * any(remarks)
    body = [
        [_key_cell(shelf, key, line.keys[key]) for key in shown]
        + [_values(line.rows, name, len(units[name]) > 1) for name in columns]
        + [remark] * any(remarks)
        for line, remark in zip(lines, remarks, strict=True)
    ]
    said = [" ".join(map(code, columns)), *_said(shelf, common)]
    parts = [_title(shelf, rows, common), " · ".join(said) + "\n", table(head, body)]
    return "\n".join(parts)


def _title(shelf: Shelf, rows: Sequence[Parameter], common: Mapping[str, str]) -> str:
    name = Text("排放因子", "emission factors")
    if len({shelf.measured(row) for row in rows}) == 1:
        name = shelf.measured(rows[0])
    edition = both(shelf.name("edition", rows[0].edition))
    further = [escape(common[key]) for key in ("validity", "locator") if common.get(key)]
    return f"## {' — '.join([both(name), edition, *further])}\n"


def _value_head(row: Parameter, units: set[str]) -> str:
    name = escape(_gas(row)) or "数值 Value"
    return f"{name} ({escape(row.unit)})" if len(units) == 1 and row.unit != "1" else name


def _values(rows: Sequence[Parameter], parameter: str, unit: bool) -> str:
    return "; ".join(formatted(row, unit) for row in rows if row.parameter == parameter)


def _key_cell(shelf: Shelf, key: str, value: str) -> str:
    if key in {"account", "source"}:
        return code(value)
    if key in {"item", "detail", "region"} and value:
        name = shelf.name(key, value)
        return f"{escape(name.zh)} {escape(name.en)}".strip()
    return escape(value)


def _said(shelf: Shelf, common: Mapping[str, str]) -> list[str]:
    found = []
    for key, value in common.items():
        if value:
            named = key in {"account", "source", "region"}
            name = both(shelf.name(key, value)) if named else escape(value)
            plain = f"{code(value)} {name}" if key in {"account", "source"} else name
            found.append(f"{_HEADS[key]}: {plain}")
    return found


def _remarks(rows: Sequence[Parameter], notes: _Notes) -> list[str]:
    return [str(notes.number(text)) for text in dict.fromkeys(r.note for r in rows) if text]


def _legends(shelf: Shelf, rows: Sequence[Parameter], notes: _Notes) -> list[str]:
    found = []
    if notes.texts:
        lines = [f"{number}. {escape(text)}" for text, number in notes.texts.items()]
        found.append("## 备注 / Remarks\n\n" + "\n".join(lines) + "\n")
    for key, title in (("account", "科目 / Accounts"), ("source", "来源 / Sources")):
        used = sorted({getattr(row, key) for row in rows} - {""})
        if used:
            lines = [f"- {code(each)} {both(shelf.name(key, each))}" for each in used]
            found.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return found
