"""Local sets of parameters: rows copied from the library, values changed with their document.

A set is a table like ``factors.csv``. History stays: a row is never edited, it is superseded by a
row below it (``superseded_by``) and is then no longer read. Nothing here writes but ``write_set``.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from carbonledger import units
from carbonledger.errors import CarbonledgerError
from carbonledger.files import disk_errors, locked, sync_file, sync_folder, temporary
from carbonledger.intake.cells import printed_text
from carbonledger.intake.columns import Columns, arrange
from carbonledger.intake.files import read_content
from carbonledger.intake.grid import grids_of
from carbonledger.intake.own_factors import FACTORS, SUPERSEDED
from carbonledger.library.load import Library
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import Problem
from carbonledger.model.records import Parameter

__all__ = ["Change", "FactorSet", "copied", "read_set", "replaced", "write_set"]

_HEADINGS = (
    "parameter", "item", "detail", "account", "species", "region", "value", "unit", "lower",
    "upper", "distribution", "basis", "valid_from", "valid_to", "published", "source", "locator",
    "status", "note", SUPERSEDED,
)  # fmt: skip
_KEYS = ("parameter", "item", "detail", "account", "species", "region")
_ROLES = ("key", "unit", "factor")
_FORMULA = ("=", "+", "-", "@")
_DAY = timedelta(days=1)

Row = dict[str, str]


@dataclass
class FactorSet:
    """A set as its file holds it: cells as written, and which column is which.

    ``data`` are the bytes read; None where the file does not exist yet.
    """

    path: Path
    data: bytes | None
    lines: list[list[str]] = field(default_factory=lambda: [list(_HEADINGS)])
    head: int = 0

    @property
    def prefix(self) -> str:
        """What begins the ids of rows that have none."""
        return "own" if self.path.name == FACTORS else self.path.stem

    def columns(self) -> dict[str, int]:
        """The column of every field that the set has."""
        found: Columns = arrange(self.lines[self.head], _ROLES, ())
        if found.findings:
            said = found.findings[0].message
            raise CarbonledgerError(f"{self.path.name}：{said.zh}", f"{self.path.name}: {said.en}")
        unit = {} if found.unit_column is None else {"unit": found.unit_column}
        return {**found.keys, **unit}

    def append(self, row: Mapping[str, str]) -> str:
        """Add a row below all others, with the columns that it needs; gives its id."""
        columns = self.columns()
        for name in row:
            if row[name] and name not in columns:
                columns[name] = len(self.lines[self.head])
                self.lines[self.head].append(name)
        cells = [""] * len(self.lines[self.head])
        for name, text in row.items():
            if text:
                cells[columns[name]] = text
        self.lines.append(cells)
        return f"{self.prefix}-{len(self.lines)}"

    def supersede(self, identifier: str, by: str) -> Row:
        """Mark a row as superseded; gives what it held."""
        columns = self.columns()
        place = self._place(identifier, columns)
        if SUPERSEDED not in columns:
            columns[SUPERSEDED] = len(self.lines[self.head])
            self.lines[self.head].append(SUPERSEDED)
        cells = self.lines[place]
        cells += [""] * (len(self.lines[self.head]) - len(cells))
        held = {name: cells[column] for name, column in columns.items()}
        cells[columns[SUPERSEDED]] = by
        return held

    def encoded(self) -> bytes:
        """The file with these rows, in UTF-8 with the mark that Excel and WPS look for."""
        text = io.StringIO()
        width = len(self.lines[self.head])
        padded = (line + [""] * (width - len(line)) for line in self.lines)
        csv.writer(text, lineterminator="\r\n").writerows(padded)
        return text.getvalue().encode("utf-8-sig")

    def _place(self, identifier: str, columns: Mapping[str, int]) -> int:
        column = columns.get("id")
        for place, cells in enumerate(self.lines):
            written = cells[column] if column is not None and column < len(cells) else ""
            if identifier == (written or f"{self.prefix}-{place + 1}") and place > self.head:
                return place
        raise CarbonledgerError(
            f"{self.path.name} 中找不到行 {identifier}。",
            f"{self.path.name} has no row {identifier}.",
        )


@dataclass(frozen=True)
class Change:
    """A value to be put into a set. ``first`` and ``last`` are years, 0 where open."""

    parameter: str
    value: float
    unit: str
    source: str
    locator: str
    item: str = ""
    detail: str = ""
    account: str = ""
    species: str = ""
    region: str = ""
    first: int = 0
    last: int = 0
    note: str = ""
    verified: bool = False

    @property
    def begins(self) -> date | None:
        """The first day on which it holds."""
        return date(self.first, 1, 1) if self.first else None

    @property
    def ends(self) -> date | None:
        """The last day on which it holds."""
        return date(self.last, 12, 31) if self.last else None


def read_set(path: Path) -> FactorSet:
    """A set from its file; an empty one where there is no file.

    Raises:
        CarbonledgerError: if it is no CSV file, or cannot be read.
    """
    if path.suffix.lower() != ".csv":
        raise CarbonledgerError(
            f"“{path.name}”不是 CSV 文件；本命令只改写 CSV，其他表格请自行编辑。",
            f"'{path.name}' is no CSV file: only CSV is written here, edit other tables yourself.",
        )
    if not path.exists():
        return FactorSet(path, None)
    content = read_content(path, path.name)
    if isinstance(content, Problem):
        raise CarbonledgerError(content.message.zh, content.message.en)
    grids, problems = grids_of(content)
    if not grids:
        message = problems[0].message
        raise CarbonledgerError(message.zh, message.en)
    grid = grids[0]
    above: list[list[str]] = [[] for _ in range(grid.first_row)]
    rows = [[*[""] * grid.first_col, *map(printed_text, row)] for row in grid.rows]
    return FactorSet(path, content.data, [*above, *rows], grid.first_row)


def copied(
    target: FactorSet, rows: pd.DataFrame, library: Library, own: Sequence[Parameter]
) -> int:
    """Append rows of the library to a set; gives the number appended.

    The note keeps the id of origin, the source becomes its title. Rows that the set already has an
    own value for are left out, and so are those of groups of regions, which no inventory is.
    """
    groups = set(library.regions.loc[library.regions["level"] == "group", "region"])
    count = 0
    for row in rows.to_dict("records"):
        parameter = Parameter.model_validate(
            {name: _cell(row[name]) for name in Parameter.model_fields}
        )
        if parameter.region in groups or parameter.parameter == GWP:
            continue
        if any(
            _competes(each, parameter.valid_from, parameter.valid_to, _key(parameter))
            for each in own
        ):
            continue
        texts = {name: _cell(row[name]) for name in _HEADINGS if name != SUPERSEDED}
        texts["source"] = library.source_title(parameter.source)
        origin = f"抄自因子库 / copied from the library: {parameter.id}"
        texts["note"] = "; ".join(filter(None, (parameter.note, origin)))
        target.append({name: _neutral(text) for name, text in texts.items()})
        count += 1
    return count


def replaced(target: FactorSet, change: Change, own: Sequence[Parameter]) -> list[Parameter]:
    """Put a value into a set, superseding the rows whose place it takes; gives these.

    Where a former row also holds for other years, it goes on for these in rows of their own.

    Raises:
        CarbonledgerError: for missing source or page, or text that a spreadsheet would execute.
    """
    _check(change)
    dimension = units.dimension(change.unit)
    key = (*(getattr(change, name) for name in _KEYS), dimension)
    row = {
        name: str(getattr(change, name)) for name in (*_KEYS, "unit", "source", "locator", "note")
    }
    row |= {"value": repr(change.value), "status": "verified" if change.verified else "unverified"}
    row |= {"valid_from": _iso(change.begins), "valid_to": _iso(change.ends)}
    former = [each for each in own if _competes(each, change.begins, change.ends, key)]
    identifier = target.append(row)
    for each in former:
        held = target.supersede(each.id, identifier)
        rest = held | {"id": "", SUPERSEDED: ""}
        if change.begins and (each.valid_from is None or each.valid_from < change.begins):
            target.append(rest | {"valid_to": _iso(change.begins - _DAY)})
        if change.ends and (each.valid_to is None or each.valid_to > change.ends):
            target.append(rest | {"valid_from": _iso(change.ends + _DAY)})
    return former


def write_set(target: FactorSet) -> None:
    """Write a set aside and rename it, unless the file was changed since it was read.

    Raises:
        CarbonledgerError: if it was changed, is being written, or cannot be written.
    """
    path = target.path
    with locked(path), disk_errors(path):
        now = path.read_bytes() if path.exists() else None
        if now != target.data:
            raise CarbonledgerError(
                f"“{path.name}”刚被别的程序改过，没有写入。请重新运行本命令。",
                f"'{path.name}' was changed by another program; nothing was written. Run again.",
            )
        aside = temporary(path)
        try:
            aside.write_bytes(target.encoded())
            sync_file(aside)
            aside.replace(path)
            sync_folder(path.parent)
        finally:
            aside.unlink(missing_ok=True)


def _check(change: Change) -> None:
    for text, zh, en in (
        (change.source, "来源（--source）", "its source (--source)"),
        (change.locator, "页码或表号（--locator）", "its table or page (--locator)"),
    ):
        if not text.strip():
            raise CarbonledgerError(
                f"缺少{zh}：没有出处的数不是参数。", f"A value needs {en}: without it, it is none."
            )
    for text in (change.source, change.locator, change.note, change.detail):
        if text.startswith(_FORMULA) or any(mark in text for mark in "\t\r\n"):
            raise CarbonledgerError(
                f"文字“{text[:40]}”以 = + - @ 开头或含换行，电子表格会当成公式。请改写。",
                f"The text '{text[:40]}' begins with = + - @ or has a line break: a spreadsheet "
                "would take it for a formula. Write it otherwise.",
            )
    if change.parameter == GWP:
        raise CarbonledgerError(
            "增温潜势不在清单参数中改：请用 gwp（SAR、AR4、AR5、AR6）选择值组。",
            "Warming potentials are no own parameters: choose a set by gwp (SAR ... AR6).",
        )
    if change.first and change.last and change.first > change.last:
        raise CarbonledgerError(
            "起始年晚于终止年。", "The first year of validity lies after the last."
        )


def _key(parameter: Parameter) -> tuple[str, ...]:
    return (*(getattr(parameter, name) for name in _KEYS), units.dimension(parameter.unit))


def _competes(own: Parameter, begins: date | None, ends: date | None, key: tuple[str, ...]) -> bool:
    """Whether an own row has the same keys and holds on some day of a time."""
    starts = max(own.valid_from or date.min, begins or date.min)
    return _key(own) == key and starts <= min(own.valid_to or date.max, ends or date.max)


def _cell(value: object) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date().isoformat())
    return str(value)


def _neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula; negative numbers stay numbers."""
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(_FORMULA) else text
    return text


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
