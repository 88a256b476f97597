"""What python-calamine does not tell about an ``.xlsx`` workbook: errors, formulas, formats.

python-calamine gives a cell with ``#REF!`` and a formula that was never calculated as blank, so the
XML of the sheet is streamed here once more for exactly these cells. The same walk finds how far
the sheet reaches before a reader reserves memory for all of it.
"""

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from io import BytesIO
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from carbonledger.intake.formats import BUILTIN_PERCENT, shows_other_number
from carbonledger.intake.ooxml_quick import MOST_BYTES, plain_sheet
from carbonledger.intake.sheetaudit import SheetAudit, WorkbookError

__all__ = ["audit_xlsx", "check_archive"]

MAX_UNPACKED = 2**30
MAX_MEMBERS = 10_000
MAX_RATIO = 250  # sheets of blanks reach about 100; what grows more is made to burst memory
MAX_TEXT = 500_000_000  # characters of all text cells together
_SMALL = 32 * 2**20
_DAMAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error)
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def check_archive(data: bytes) -> None:
    """Unpack every member once, without keeping it: sizes and checksums must be as declared.

    Raises:
        WorkbookError: ``damaged`` or ``bomb``.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
                raise WorkbookError("bomb")
            if unpacked > _SMALL and unpacked > MAX_RATIO * len(data):
                raise WorkbookError("bomb")
            if archive.testzip() is not None:
                raise WorkbookError("damaged")
    except _DAMAGE as error:
        raise WorkbookError("damaged") from error


def audit_xlsx(data: bytes, sheet: str) -> SheetAudit:
    """Walk the XML of one sheet; ``check_archive`` comes first.

    Raises:
        WorkbookError: ``damaged``, ``bomb`` or ``reach`` (a cell outside every spreadsheet).
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            part, recalculated = _sheet_part(archive, sheet)
            formats = _formats(archive)
            plain = _plain(archive, part, formats)
            if plain is not None:
                return plain
            lengths = _text_lengths(archive)
            with archive.open(part) as stream:
                return _Walk(formats, lengths, recalculated).sheet(stream)
    except (*_DAMAGE, ParseError, KeyError, IndexError, ValueError) as error:
        raise WorkbookError("damaged") from error


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _part(archive: zipfile.ZipFile, name: str) -> str | None:
    # Part names are compared without regard to case (ECMA-376 part 2, 6.2.2.3).
    wanted = name.lstrip("/").casefold()
    return next((found for found in archive.namelist() if found.casefold() == wanted), None)


def _parsed(stream: IO[bytes], events: tuple[str, ...]) -> Iterator[tuple[str, Element]]:
    """The elements of a part, one by one, as the safest parser at hand reads them."""
    from openpyxl.xml.functions import iterparse  # noqa: PLC0415 - slow; tables of text need none

    found: Iterator[tuple[str, Element]] = iterparse(stream, events=events)
    return found


def _elements(archive: zipfile.ZipFile, name: str, wanted: set[str]) -> Iterator[Element]:
    part = _part(archive, name)
    if part is None:
        return
    with archive.open(part) as stream:
        for _, element in _parsed(stream, ("end",)):
            if _name(element) in wanted:
                yield element


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> tuple[str, bool]:
    """The member that holds the sheet, and whether stored results wait for a recalculation."""
    workbook = next(
        (
            f"{element.get('Target', '').lstrip('/')}"
            for element in _elements(archive, "_rels/.rels", {"Relationship"})
            if element.get("Type", "").endswith("/officeDocument")
        ),
        "xl/workbook.xml",
    )
    folder, _, leaf = workbook.rpartition("/")
    relation = ""
    recalculated = False
    for element in _elements(archive, workbook, {"sheet", "calcPr"}):
        if _name(element) == "calcPr":
            recalculated = element.get("fullCalcOnLoad") in {"1", "true"}
        elif element.get("name") == sheet:
            relation = next((value for key, value in element.items() if key.endswith("}id")), "")
    targets = _elements(archive, f"{folder}/_rels/{leaf}.rels".lstrip("/"), {"Relationship"})
    for element in targets:
        if relation and element.get("Id") == relation:
            target = element.get("Target", "")
            found = _part(archive, target if target.startswith("/") else f"{folder}/{target}")
            if found is not None:
                return found, recalculated
    raise WorkbookError("damaged")


def _formats(archive: zipfile.ZipFile) -> dict[str, str]:
    """The telling number format of each cell style (by its index) that has one."""
    codes = dict(BUILTIN_PERCENT)
    styles: dict[str, str] = {}
    for element in _elements(archive, "xl/styles.xml", {"numFmt", "cellXfs"}):
        if _name(element) == "numFmt":
            codes[int(element.get("numFmtId", "-1"))] = element.get("formatCode", "")
            continue
        for index, style in enumerate(element):
            code = codes.get(int(style.get("numFmtId", "0")), "")
            if shows_other_number(code):
                styles[str(index)] = code
    return styles


def _plain(archive: zipfile.ZipFile, part: str, formats: Collection[str]) -> SheetAudit | None:
    """The audit of a sheet that shows at a glance that it holds nothing to be told."""
    if archive.getinfo(part).file_size > MOST_BYTES:
        return None
    texts = _part(archive, "xl/sharedStrings.xml")
    shared = archive.read(texts) if texts is not None else b""
    if b"<!" in shared:
        return None
    longest = max(map(len, shared.split(b"<si")), default=0)
    return plain_sheet(archive.read(part), formats, longest, MAX_TEXT)


def _text_lengths(archive: zipfile.ZipFile) -> list[int]:
    lengths = []
    for element in _elements(archive, "xl/sharedStrings.xml", {"si"}):
        lengths.append(sum(len(part.text or "") for part in element.iter() if _name(part) == "t"))
        element.clear()
    return lengths


class _Walk:
    def __init__(self, formats: dict[str, str], lengths: list[int], recalculated: bool) -> None:
        self.audit = SheetAudit()
        self.formats = formats
        self.lengths = lengths
        self.recalculated = recalculated
        self.row = -1
        self.column = -1
        self.characters = 0

    def sheet(self, stream: IO[bytes]) -> SheetAudit:
        rows: Element | None = None
        for event, element in _parsed(stream, ("start", "end")):
            name = _name(element)
            if event == "start":
                if name == "sheetData":
                    rows = element
                elif name == "row":
                    self._start_row(element)
                continue
            if name == "c" and rows is not None:
                self._cell(element)
            elif name == "row" and rows is not None:
                rows.clear()
            elif name == "col" and element.get("hidden") in {"1", "true"}:
                self._hide(int(element.get("min", "1")), int(element.get("max", "1")))
        return self.audit

    def _start_row(self, element: Element) -> None:
        self.row = int(element.get("r", self.row + 2)) - 1
        self.column = -1
        if element.get("hidden") in {"1", "true"}:
            self.audit.hidden_rows.add(self.row)

    def _hide(self, first: int, last: int) -> None:
        self.audit.hidden_columns.update(range(first - 1, min(last, 16_384)))

    def _cell(self, element: Element) -> None:
        row, column = self._place(element.get("r"))
        self.row, self.column = row, column
        kind = element.get("t", "n")
        children = {_name(child): child for child in element}
        shown = children.get("v", children.get("is"))
        value = "".join(shown.itertext()) if shown is not None else ""
        if shown is not None:
            self.audit.extend(row, column)
        if kind == "s" and value:
            self.characters += self.lengths[int(value)]
        else:
            self.characters += len(value)
        if self.characters > MAX_TEXT:
            raise WorkbookError("bomb")
        if kind == "e":
            self.audit.overlay[row, column] = value or "#ERROR"
        if "f" in children:
            stored = "v" in children
            self._formula(row, column, children["f"].text or "", kind, value if stored else None)
        style = element.get("s")
        if style in self.formats and value and kind == "n":
            self.audit.formats[row, column] = self.formats[style]

    def _formula(self, row: int, column: int, text: str, kind: str, value: str | None) -> None:
        self.audit.extend(row, column)
        # An empty text result is written as t="str"; no result at all has no type. A writer that
        # cannot calculate stores 0 and asks for a full calculation when the file is opened.
        missing = value is None or (not value and kind != "str")
        if missing or (self.recalculated and kind == "n" and float(value or 0) == 0):
            self.audit.uncached[row, column] = f"={text}"

    def _place(self, address: str | None) -> tuple[int, int]:
        if address is None:
            return self.row, self.column + 1
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise WorkbookError("damaged")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        row = int(found[2])
        if row > 1_048_576 or column > 16_384:
            raise WorkbookError("reach")
        return row - 1, column - 1
