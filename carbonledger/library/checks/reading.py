"""Reads the tables of a factor folder, with everything that is wrong with their form."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import Field, ValidationError

from carbonledger.errors import Text
from carbonledger.library.checks import cells
from carbonledger.library.checks.findings import Place, finding, near
from carbonledger.model import records
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Finite, Record

__all__ = ["LimitRow", "Row", "Tables", "read_tables"]


class LimitRow(Record):
    """A row of ``limits/``: the bounds of a parameter in one unit, for some items or for all."""

    parameter: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    items: str
    minimum: Finite
    maximum: Finite
    slips: str
    reason: str


class ConflictRow(Record):
    """A row of ``conflicts.csv``: parameters whose sources disagree, and what was chosen."""

    subject: str = Field(min_length=1)
    parameters: str = Field(min_length=1)
    what_zh: str = Field(min_length=1)
    what_en: str = Field(min_length=1)
    chosen_zh: str = Field(min_length=1)
    chosen_en: str = Field(min_length=1)


# Where each table stands: one file, or all files of a folder.
_TABLES: dict[str, type[Record]] = {
    "accounts.csv": records.Account,
    "regions.csv": records.Region,
    "region_groups.csv": records.Membership,
    "gases.csv": records.Gas,
    "blends.csv": records.Blend,
    "sources.csv": records.Source,
    "conflicts.csv": ConflictRow,
    "check_limits.csv": LimitRow,
    "items": records.Item,
    "details": records.Detail,
    "limits": LimitRow,
    "parameters": records.Parameter,
    "prices": records.Price,
}
_OPTIONAL = {"conflicts.csv", "check_limits.csv", "prices"}
_NUMBERS = {"value", "lower", "upper", "minimum", "maximum", "mass_fraction"}
_DATES = {"valid_from", "valid_to"}
# Texts that are read and never compared, so that blanks around them do no harm.
_PROSE = {
    "note", "title", "title_en", "publisher", "identifier", "locator", "basis", "reason",
    "what_zh", "what_en", "chosen_zh", "chosen_en",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table: where it stands, its cells, and its record where it is valid.

    ``line`` are its cells without the blanks around them, however many there are; ``faulty`` are
    the columns whose cells are no number, no date or no clean text. No two rows are equal, so what
    follows from a row alone can be kept by it.
    """

    place: Place
    cells: Mapping[str, str]
    line: tuple[str, ...]
    record: Any
    faulty: frozenset[str]

    def __getitem__(self, column: str) -> str:
        return self._texts.get(column, "")

    @cached_property
    def _texts(self) -> dict[str, str]:
        return dict(zip(self.place.columns, self.line, strict=False))


@dataclass
class Tables:
    """The tables of a factor folder; ``broken`` are those of which a file could not be read."""

    folder: Path
    rows: dict[str, list[Row]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    _texts: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def keys(self, name: str, column: str = "") -> set[str]:
        """The keys of a table, those of invalid rows too: the values of its first column."""
        return self.texts(name, column or next(iter(_TABLES[name].model_fields))) - {""}

    def texts(self, name: str, column: str) -> set[str]:
        """The different cells of a column of a table; the rows are read once for it."""
        if (name, column) not in self._texts:
            self._texts[name, column] = {row[column] for row in self.rows[name]}
        return self._texts[name, column]

    def valid(self, name: str) -> Iterator[Row]:
        """The rows of a table that are valid."""
        return (row for row in self.rows[name] if row.record is not None)


def read_tables(folder: Path) -> Tables:
    """Every table of a factor folder, and what is wrong with their form."""
    tables = Tables(folder)
    for name, record in _TABLES.items():
        path = folder / name
        paths = [path] if path.suffix else sorted(path.glob("*.csv"))
        tables.rows[name] = []
        if not paths or not paths[0].is_file():
            if name not in _OPTIONAL:
                tables.broken.add(name)
                tables.problems.append(_missing(name))
            continue
        for each in paths:
            rows, problems, readable = _read(
                each.relative_to(folder).as_posix(), each.read_bytes(), record
            )
            tables.rows[name] += rows
            tables.problems += problems
            if not readable:
                tables.broken.add(name)
    # A price is a parameter: every rule on parameters holds for it.
    tables.rows["parameters"] += tables.rows["prices"]
    return tables


def _missing(name: str) -> Problem:
    return finding(
        Grade.A,
        "table-missing",
        Place(name, 1),
        "",
        Text(f"因子库缺少 {name}。", f"The factor library lacks {name}."),
        Text("请从完整的因子库复制该表。", "Copy the table from a complete library."),
    )


_Read = tuple[tuple[Row, ...], tuple[Problem, ...], bool]


# Of two readings of a library nearly all files are the same.
@lru_cache(maxsize=256)
def _read(name: str, data: bytes, record: type[Record]) -> _Read:
    fields = tuple(record.model_fields)
    try:
        text = data.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except UnicodeDecodeError:
        return (), (_encoding(name, data),), False
    except csv.Error:
        return (), (_encoding(name, b""),), False
    header = tuple(lines[0]) if lines else ()
    fault = _header_fault(name, header, fields)
    if fault is not None and set(header) != set(fields):
        return (), (fault,), False
    problems = [] if fault is None else [fault]
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if line and not any(cell.strip() for cell in line):
            problems.append(_empty(Place(name, number, header)))
        elif line:
            row, found = _row(Place(name, number, header), tuple(line), record)
            rows.append(row)
            problems += found
    return tuple(rows), tuple(problems), True


def _encoding(name: str, data: bytes) -> Problem:
    why = Text("不是 UTF-8 编码的 CSV", "it is no CSV file in UTF-8")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        why = Text("是 UTF-16 编码（“Unicode 文本”）", "it is in UTF-16 ('Unicode text')")
    elif data.startswith((b"PK", b"\xd0\xcf")):
        why = Text("是 Excel 工作簿，不是 CSV", "it is an Excel workbook and no CSV file")
    elif data and _decodes(data, "gb18030"):
        why = Text("像是 GBK 编码（中文 Excel 的“CSV”格式）", "it looks like GBK (plain 'CSV')")
    return finding(
        Grade.A,
        "encoding",
        Place(name, 1),
        "",
        Text(f"文件无法读取：{why.zh}。", f"The file cannot be read: {why.en}."),
        Text(
            "请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”。",
            "Save it in Excel or WPS as 'CSV UTF-8 (comma delimited)'.",
        ),
    )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _header_fault(name: str, header: tuple[str, ...], fields: tuple[str, ...]) -> Problem | None:
    if header == fields:
        return None
    missing = [column for column in fields if column not in header]
    extra = [column for column in header if column not in fields]
    twice = [column for column in dict.fromkeys(header) if header.count(column) > 1]
    parts_zh, parts_en = [], []
    for columns, zh, en in (
        (missing, "缺少", "missing"), (extra, "多出", "unknown"), (twice, "重复", "twice"),
    ):  # fmt: skip
        if columns:
            parts_zh.append(f"{zh} {'、'.join(columns)}")
            parts_en.append(f"{en}: {', '.join(columns)}")
    if len(header) == 1 and any(sign in header[0] for sign in ";\t"):
        parts_zh, parts_en = ["列之间不是逗号"], ["its columns are not separated by commas"]
    return finding(
        Grade.A,
        "header",
        Place(name, 1),
        "",
        Text(
            f"表头与规定的列不同：{'；'.join(parts_zh) or '顺序不同'}。",
            f"The header is not that of the table: {'; '.join(parts_en) or 'another order'}.",
        ),
        Text(f"表头应为：{','.join(fields)}", f"The header should be: {','.join(fields)}"),
    )


def _row(place: Place, line: tuple[str, ...], record: type[Record]) -> tuple[Row, list[Problem]]:
    problems: list[Problem] = []
    if len(line) != len(place.columns):
        problems.append(_width(place, len(line)))
    values = dict(zip(place.columns, line, strict=False))
    bad = {""} if problems else set()
    for column, text in values.items():
        fault = _cell_fault(column, text)
        if fault is not None:
            code, message, remedy = fault
            grade = Grade.B if code == "blanks" else Grade.A
            problems.append(_in_cell(grade, code, place, column, message, remedy))
            if grade is Grade.A:
                bad.add(column)
    made = None
    try:
        made = record.model_validate({column: values.get(column, "") for column in place.columns})
    except ValidationError as error:
        problems += [
            problem
            for each in error.errors()
            if str(each["loc"][0]) not in bad
            for problem in [_invalid(place, each, record)]
        ]
    record_or_none = None if bad else made
    stripped = tuple(cell.strip() for cell in line)
    return Row(place, values, stripped, record_or_none, frozenset(bad)), problems


def _empty(place: Place) -> Problem:
    return finding(
        Grade.A, "empty-row", place, "",
        Text("本行全是空格子。", "All cells of the row are empty."),
        Text("请删除整行。", "Delete the whole row."),
    )  # fmt: skip


def _width(place: Place, cells_found: int) -> Problem:
    wanted = len(place.columns)
    word = Text("多", "too many") if cells_found > wanted else Text("少", "too few")
    return finding(
        Grade.A,
        "cells",
        place,
        "",
        Text(
            f"本行有 {cells_found} 格，表头有 {wanted} 列：格数太{word.zh}，其后各列可能错位。",
            f"The row has {cells_found} cells for {wanted} columns, {word.en}: the columns after "
            "the slip would be shifted.",
        ),
        Text(
            "含逗号的文字要放在引号内；空格也要保留逗号。",
            "Text with a comma stands in quotation marks; empty cells keep their commas.",
        ),
    )


def _cell_fault(column: str, text: str) -> cells.Fault | None:
    stripped = text.strip()
    if column in _NUMBERS:
        return cells.number_fault(stripped) if stripped else None
    if column in _DATES:
        return cells.date_fault(stripped) if stripped else None
    return cells.text_fault(text, trimmed=column not in _PROSE)


def _in_cell(
    grade: Grade, code: str, place: Place, column: str, message: Text, remedy: Text
) -> Problem:
    located = Text(f"{column} 列：{message.zh}", f"Column {column}: {message.en}")
    return finding(grade, code, place, column, located, remedy)


def _invalid(place: Place, error: Any, record: type[Record]) -> Problem:
    column, given = str(error["loc"][0]), str(error["input"])
    if error["type"] in {"string_too_short", "float_type"} or not given.strip():
        return _in_cell(
            Grade.A, "required", place, column,
            Text("不能为空。", "It must not be empty."),
            Text("请按原件填写。", "Enter it from the document."),
        )  # fmt: skip
    choices = _choices(record, column)
    if choices:
        hint = near(given, choices)
        return _in_cell(
            Grade.A, "choice", place, column,
            Text(f"没有“{given}”这个取值。{hint.zh}", f"'{given}' is no value of it.{hint.en}"),
            Text(f"可用：{'、'.join(choices)}", f"Possible: {', '.join(choices)}"),
        )  # fmt: skip
    return _in_cell(
        Grade.A, "cell", place, column,
        Text(f"“{given}”不是该列可用的值。", f"'{given}' is not valid here: {error['msg']}."),
        Text("请对照原件和同表其他行改正。", "Correct it by the document and the other rows."),
    )  # fmt: skip


def _choices(record: type[Record], column: str) -> list[str]:
    kind = record.model_fields[column].annotation
    values = getattr(kind, "__members__", None)
    found = [each.value for each in values.values()] if values else list(get_args(kind))
    return [each for each in found if isinstance(each, str) and each]
