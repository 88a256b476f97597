"""A sub-compartment (小班) table as columns of numbers, texts and codes.

Tables have up to some 200,000 rows, so columns are read one by one and every distinct text is
looked at once. Nothing is changed to fit: what cannot be read is a finding of its row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.cells import parse_cell, printed_text
from carbonledger.intake.columns import split_heading
from carbonledger.intake.stand_codes import Codes, codes_of
from carbonledger.intake.stand_fields import StandField, StandMapping, fields
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade

__all__ = ["RowFinding", "StandTable", "header_row", "read_stands"]

_SEARCHED = 30  # rows in which the header is looked for
_BLANK = ("", None)
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?", re.ASCII)


@dataclass(frozen=True)
class RowFinding:
    """One kind of problem with all the rows that show it.

    ``rows`` are 0-based positions in the frame; ``messages`` has one text for all of them, or as
    many texts as rows.
    """

    code: str
    grade: Grade
    field: str
    rows: np.ndarray
    messages: Sequence[Text]
    remedy: Text

    def message(self, number: int) -> Text:
        """The message of the ``number``-th of the rows."""
        return self.messages[number if len(self.messages) > 1 else 0]


@dataclass(frozen=True)
class StandTable:
    """The rows below the header.

    ``frame`` has a row for each filled row of the sheet: ``at`` (0-based row of the grid), texts
    ``county, township, village, compartment, number``, codes ``species, origin, age_class,
    land_type`` (empty where unknown) with the texts as written (``species_text`` ...), and numbers
    ``area`` (ha), ``age`` (years), ``stock`` (m3), ``culms`` (plants), NaN where the cell is blank.
    ``places`` is the 0-based column of each field in the grid.
    """

    grid: Grid
    header: int
    frame: pd.DataFrame
    places: Mapping[str, int]
    findings: Sequence[RowFinding]
    doubtful: Mapping[str, frozenset[str]]


def header_row(grid: Grid) -> int:
    """The first row with several filled cells, titles above it left aside.

    Raises:
        CarbonledgerError: if there is none.
    """
    for row, cells in enumerate(grid.rows[:_SEARCHED]):
        if sum(1 for raw in cells if printed_text(raw)) > 2:
            return row
    raise CarbonledgerError(
        f"“{grid.file}”前 {_SEARCHED} 行里没有表头（一行列名）。请把列名放在数据上方的一行。",
        f"There is no header in the first {_SEARCHED} rows of '{grid.file}'. Put the names of the "
        "columns into one row above the data.",
    )


def read_stands(
    grid: Grid, mapping: StandMapping, items: Mapping[str, str | tuple[str, ...]]
) -> StandTable:
    """Read the table by its mapping.

    Args:
        grid: the sheet.
        mapping: which heading is which field, in which unit.
        items: the names of the items of the library that a species may be.

    Raises:
        CarbonledgerError: if a field, a heading or a unit is missing; nothing can be read then.
    """
    header = header_row(grid)
    places = _places(grid, header, mapping)
    multipliers = _multipliers(grid, header, mapping, places)
    at = [
        row
        for row in range(header + 1, len(grid.rows))
        if grid.rows[row][0] not in _BLANK or any(raw not in _BLANK for raw in grid.rows[row])
    ]
    columns = list(zip(*(grid.rows[row] for row in at), strict=True)) or [()] * grid.width
    data: dict[str, object] = {"at": np.array(at, dtype=int)}
    findings: list[RowFinding] = []
    doubtful: dict[str, frozenset[str]] = {}
    named = {text: code for text, code in items.items() if isinstance(code, str)}
    for each in fields():
        place = places.get(each.field)
        column = columns[place] if place is not None else ()
        if each.kind == "number":
            values, found = _numbers(each, column, len(at), grid, at, place)
            data[each.field] = values * multipliers.get(each.field, 1.0)
            findings += found
        else:
            texts = _texts(column if place is not None else [""] * len(at))
            data[each.field] = texts
            if each.kind == "code":
                known = named if each.field == "species" else {}
                codes = codes_of(each.field, known, mapping.codes(each.field))
                data[f"{each.field}_text"] = texts
                data[each.field], doubtful[each.field] = _coded(texts, codes)
    frame = pd.DataFrame(data)
    if "stock_per_area" in places:
        frame["stock"] = frame["stock"].fillna(frame["stock_per_area"] * frame["area"])
    return StandTable(grid, header, frame, places, findings, doubtful)


def _places(grid: Grid, header: int, mapping: StandMapping) -> dict[str, int]:
    """The column of each mapped field."""
    headings = [printed_text(raw) for raw in grid.rows[header]]
    twice = sorted({text for text in headings if text and headings.count(text) > 1})
    absent = [text for text in mapping.columns.values() if text not in headings]
    lacking = [
        each.name for each in fields() if each.required and each.field not in mapping.columns
    ]
    faults = [Text(f"缺少列“{text}”", f"no column '{text}'") for text in absent]
    faults += [
        Text(f"没有列对应“{name.zh}”", f"no column is mapped to '{name.en}'") for name in lacking
    ]
    faults += [
        Text(f"列名“{text}”重复", f"the heading '{text}' stands twice")
        for text in twice
        if text in mapping.columns.values()
    ]
    if not {"stock", "stock_per_area", "culms"} & {*mapping.columns}:
        faults.append(Text("没有蓄积或株数列", "neither a stock nor culms are mapped"))
    if faults:
        raise _unreadable(grid, headings, faults)
    return {name: headings.index(text) for name, text in mapping.columns.items()}


def _unreadable(grid: Grid, headings: Sequence[str], faults: Sequence[Text]) -> CarbonledgerError:
    shown = [text for text in headings if text]
    return CarbonledgerError(
        f"“{grid.file}”不能按字段对应文件读取：{'；'.join(fault.zh for fault in faults)}。"
        f"表中的列：{'、'.join(shown)}。请修改字段对应文件的 [columns] 或 [units]，再运行一次。",
        f"'{grid.file}' cannot be read by the mapping: {'; '.join(each.en for each in faults)}. "
        f"Its columns: {', '.join(shown)}. Correct [columns] or [units] of the mapping and run "
        "again.",
    )


def _multipliers(
    grid: Grid, header: int, mapping: StandMapping, places: Mapping[str, int]
) -> dict[str, float]:
    """What turns the numbers of each column into the unit of its field."""
    found: dict[str, float] = {}
    faults: list[Text] = []
    for each in fields():
        if each.kind != "number" or each.field not in places:
            continue
        heading = printed_text(grid.rows[header][places[each.field]])
        own = split_heading(heading)[1]
        unit = mapping.units.get(each.field, own) or _unit_in_words(each, heading)
        try:
            if not unit:
                raise _no_unit(each, heading)
            found[each.field] = units.multiplier(unit, each.unit)
            if own and own != unit and _differs(own, unit):
                raise _other_unit(heading, own, unit)
        except CarbonledgerError as error:
            faults.append(error.text)
    if faults:
        raise _unreadable(grid, [printed_text(raw) for raw in grid.rows[header]], faults)
    return found


def _unit_in_words(field: StandField, heading: str) -> str:
    """The unit of a heading that says it in its words: an age in years, 株数 in plants."""
    return field.unit if field.field == "age" or "株数" in heading else ""


def _differs(own: str, unit: str) -> bool:
    try:
        return not units.same_dimension(own, unit) or units.multiplier(own, unit) != 1
    except units.UnitError:
        return False


def _no_unit(field: StandField, heading: str) -> CarbonledgerError:
    return CarbonledgerError(
        f"列“{heading}”没有单位，请在字段对应文件的 [units] 写 {field.field} = "
        f"“{'亩' if field.field == 'area' else field.unit}”之类",
        f"the column '{heading}' has no unit: write {field.field} = \"{field.unit}\" or another "
        "under [units] of the mapping",
    )


def _other_unit(heading: str, own: str, unit: str) -> CarbonledgerError:
    return CarbonledgerError(
        f"列“{heading}”自己写的单位是 {own}，字段对应文件却写 {unit}",
        f"the column '{heading}' says {own}, but the mapping says {unit}",
    )


def _numbers(
    field: StandField,
    column: Sequence[object],
    count: int,
    grid: Grid,
    at: Sequence[int],
    place: int | None,
) -> tuple[np.ndarray, list[RowFinding]]:
    """The numbers of a column; NaN for a blank cell, a dash, and what is no number."""
    values = np.full(count, np.nan)
    bad: list[tuple[int, Text]] = []
    seen: dict[tuple[type, object], object] = {}
    for number, raw in enumerate(column):
        if type(raw) is float:
            values[number] = raw
        elif raw not in _BLANK:
            key = (type(raw), raw)
            if key not in seen:
                seen[key] = _reading(raw)
            found = seen[key]
            if isinstance(found, Text):
                bad.append((number, found))
            else:
                values[number] = found
    if place is not None and grid.formats:
        for number, row in enumerate(at):
            if (row, place) in grid.formats and (problem := grid.cell(row, place).problem):
                bad.append((number, problem))
                values[number] = np.nan
    if not bad:
        return values, []
    return values, [
        RowFinding(
            "stand-not-a-number",
            Grade.A,
            field.field,
            np.array([number for number, _ in bad]),
            [message for _, message in bad],
            Text("请填一个数，没有就留空。", "Enter a number, or leave the cell blank."),
        )
    ]


def _reading(raw: object) -> float | Text:
    """The number of a cell, NaN for a dash, or why it is none."""
    if type(raw) is str and _PLAIN.fullmatch(raw):
        return float(raw)  # as the parser reads it, which takes long for 100,000 numbers of a CSV
    cell = parse_cell(raw)
    if cell.value is not None:
        return cell.value
    if cell.kind in {"blank", "dash"}:
        return float("nan")
    return cell.problem or Text(f"“{cell.text}”不是数。", f"'{cell.text}' is no number.")


def _texts(column: Sequence[object]) -> np.ndarray:
    """The texts of a column, as a spreadsheet shows them; each distinct cell is looked at once."""
    cells = np.empty(len(column), dtype=object)
    cells[:] = column
    written, distinct = pd.factorize(cells)  # a blank that is None has the place -1, the last one
    texts = [*(printed_text(raw) for raw in distinct), ""]
    shown: np.ndarray = np.array(texts, dtype=object)[written]
    return shown


def _coded(texts: np.ndarray, codes: Codes) -> tuple[np.ndarray, frozenset[str]]:
    """The code of each text, empty where there is none; and the texts of doubtful codes."""
    written, names = pd.factorize(texts)
    found = np.array([codes.find(str(name)) or "" for name in names], dtype=object)
    doubtful = {str(name) for name in names if codes.is_doubtful(str(name))}
    return (found[written] if len(names) else np.array([], dtype=object)), frozenset(doubtful)
