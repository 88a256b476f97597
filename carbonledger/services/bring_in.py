"""Bringing data into a draft: uploads and pasted blocks become tables, recognised on arrival."""

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.keys import FIRST_YEAR, LAST_YEAR
from carbonledger.library.load import Library
from carbonledger.services.check import cell_text
from carbonledger.services.drafts import Draft, Drafts
from carbonledger.services.uploads import ENERGY_BALANCE, Candidate, candidates, content_of, pasted

__all__ = [
    "COAL_HEATS",
    "add_pasted",
    "add_upload",
    "confirm",
    "correct_cell",
    "decisions",
    "new_inventory",
    "sheets",
]

# The tonne of coal equivalent as the two conventions of Chinese statistics have it.
COAL_HEATS = ("", "29.2712 GJ/tce", "29.3076 GJ/tce")


def new_inventory(
    drafts: Drafts, base: Library, region: str, year: str, title: str, profile: str
) -> Draft:
    """Begin an inventory of a region and year.

    Raises:
        CarbonledgerError: there is no region, or the year is none.
    """
    if region not in set(base.regions["region"]):
        raise CarbonledgerError("请选择地区。", "Choose a region.")
    text = year.strip().removesuffix("年").strip()
    if not text.isascii() or not text.isdigit() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise CarbonledgerError(
            f"年份“{year[:20]}”无法识别，请写四位年份，例如 2012。",
            f"The year '{year[:20]}' is none; write four digits, for example 2012.",
        )
    zh = title.strip() or f"{base.label('regions', region)} {text} 年温室气体清单"
    en = title.strip() or f"{base.label('regions', region, 'en')} {text}: greenhouse gases"
    return drafts.new(Text(zh, en), region, int(text), profile)


def add_upload(drafts: Drafts, draft: Draft, name: str, data: bytes) -> Draft:
    """Add an uploaded file as a table of the draft.

    Of several sheets the first that is an energy balance is taken, else the first with content;
    the table can be told to read another one.

    Raises:
        CarbonledgerError: the file is refused, or the draft changed meanwhile.
    """
    content = content_of(name, data)
    found = candidates(content)
    _refuse_unread(content.source.name, found)
    best = next((each for each in found if each.layout == ENERGY_BALANCE), found[0])
    return drafts.add_table(draft.identifier, draft.version, content, _table(best, len(found) > 1))


def add_pasted(drafts: Drafts, draft: Draft, text: str) -> Draft:
    """Add a pasted block as a table of the draft; the text is kept until it is one.

    Raises:
        CarbonledgerError: the block is refused, or the draft changed meanwhile.
    """
    there = {table["file"] for table in draft.tables}
    number = next(n for n in range(1, len(there) + 2) if f"pasted-{n}.csv" not in there)
    content = pasted(text, number)
    found = candidates(content)
    _refuse_unread(content.source.name, found)
    return drafts.add_table(draft.identifier, draft.version, content, _table(found[0], False))


def sheets(draft: Draft, place: int) -> list[str]:
    """The sheets with content of the file of a table; one empty name for a text table."""
    path = draft.folder / draft.tables[place]["file"]
    return [each.sheet for each in candidates(content_of(path.name, path.read_bytes()))]


def correct_cell(drafts: Drafts, draft: Draft, place: str, value: str, reason: str) -> Draft:
    """Correct a cell; ``place`` is ``file!H5`` or ``file/sheet!H5`` as problems quote it.

    Raises:
        CarbonledgerError: there is no such cell, nothing was written, or no reason given.
    """
    file, sheet, cell = _split(draft, place)
    if not value.strip():
        raise CarbonledgerError(
            "请写出改正后的内容；没有数据时写 NE（未估算）等符号。",
            "Write what the cell should say; where there is no figure write NE or another key.",
        )
    printed = cell_text(draft.folder, file, sheet, cell)
    words = {"zh": reason.strip(), "en": reason.strip()}
    correction = {"file": file, "sheet": sheet, "cell": cell, "printed": printed,
                  "value": value.strip(), "reason": words}  # fmt: skip
    return drafts.correct(draft.identifier, draft.version, correction)


def confirm(drafts: Drafts, draft: Draft, place: str, code: str, action: str, reason: str) -> Draft:
    """Answer a problem at a cell: ``set-aside`` takes the value out, ``confirm`` keeps it.

    Raises:
        CarbonledgerError: there is no such cell, or no reason given.
    """
    file, sheet, cell = _split(draft, place)
    printed = _as_read(draft, file, sheet, cell)
    words = {"zh": reason.strip(), "en": reason.strip()}
    answer = {"file": file, "sheet": sheet, "cell": cell, "code": code, "printed": printed,
              "action": action, "reason": words}  # fmt: skip
    return drafts.answer(draft.identifier, draft.version, answer)


def decisions(draft: Draft) -> list[tuple[str, int, Text]]:
    """The corrections and answers of a draft, each with its part, its place and words."""
    found = []
    for place, each in enumerate(draft.manifest.get("corrections", [])):
        said = f"{_place(each)}：“{each['printed']}”→“{each['value']}”（{each['reason']['zh']}）"
        also = f"{_place(each)}: '{each['printed']}' to '{each['value']}' ({each['reason']['en']})"
        found.append(("corrections", place, Text(f"更正 {said}", f"Correction {also}")))
    for place, each in enumerate(draft.manifest.get("answers", [])):
        action = (
            Text("搁置", "Set aside")
            if each["action"] == "set-aside"
            else Text("确认", "Confirmed")
        )
        said = f"{action.zh} {_place(each)}（{each['reason']['zh']}）"
        found.append(
            ("answers", place, Text(said, f"{action.en} {_place(each)} ({each['reason']['en']})"))
        )
    return found


def _as_read(draft: Draft, file: str, sheet: str, cell: str) -> str:
    """What the cell is read as: an answer quotes the corrected text, as the checks saw it."""
    for each in draft.manifest.get("corrections", []):
        if (each["file"], each.get("sheet", ""), each["cell"]) == (file, sheet, cell):
            return str(each["value"])
    return cell_text(draft.folder, file, sheet, cell)


def _place(each: dict[str, str]) -> str:
    sheet = f"/{each['sheet']}" if each.get("sheet") else ""
    return f"{each['file']}{sheet}!{each['cell']}"


def _split(draft: Draft, place: str) -> tuple[str, str, str]:
    where, mark, cell = place.strip().rpartition("!")
    for table in draft.tables:
        file = table["file"]
        if mark and (where == file or where.startswith(f"{file}/")):
            return file, where.removeprefix(file).lstrip("/"), cell.replace("$", "").upper()
    files = "、".join(table["file"] for table in draft.tables)
    raise CarbonledgerError(
        f"“{place[:60]}”不是草稿中的单元格。请写 文件!单元格，例如 {files or '表.xlsx'}!H5。",
        f"'{place[:60]}' is no cell of the draft. Write file!cell, such as "
        f"{files or 'table.xlsx'}!H5.",
    )


def _table(candidate: Candidate, several: bool) -> dict[str, str]:
    return {"layout": candidate.layout, "sheet": candidate.sheet if several else ""}


def _refuse_unread(name: str, found: list[Candidate]) -> None:
    if any(each.grid is not None for each in found):
        return
    problems = [problem for each in found for problem in each.problems]
    zh = "".join(f"{problem.message.zh}{problem.remedy.zh}" for problem in problems)
    en = " ".join(f"{problem.message.en} {problem.remedy.en}" for problem in problems)
    raise CarbonledgerError(f"“{name}”不能读取：{zh}", f"'{name}' cannot be read: {en}")
