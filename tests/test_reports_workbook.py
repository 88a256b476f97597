"""The workbook, read back with two readers: live formulas and the values that they carry."""

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import reports_sample as sample
from openpyxl.utils import range_boundaries
from python_calamine import CalamineWorkbook
from reports_reading import (
    ACTIVITY,
    COVER,
    GASES,
    GRID,
    ITEMS,
    PARAMETERS,
    POSTINGS,
    PROBLEMS,
    RESULTS,
    cells,
    table,
)
from rich.cells import cell_len

from carbonledger.engine.results import Results
from carbonledger.model.records import Status
from carbonledger.reports.workbook import write_workbook


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return sample.write(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def path(results: Results) -> Path:
    target = results.folder / "summary.xlsx"
    write_workbook(target, results, sample.context())
    return target


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def cached(path: Path) -> dict[str, list[list[Any]]]:
    read = CalamineWorkbook.from_path(str(path))
    return {
        name: read.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in read.sheet_names
    }


class Evaluator:
    """Works out the formulas of the workbook: SUM, COUNT, IF, comparison and division."""

    def __init__(self, book: Any) -> None:
        self.book = book

    def value(self, sheet: str, address: str) -> Any:
        raw = self.book[sheet][address].value
        if not (isinstance(raw, str) and self.book[sheet][address].data_type == "f"):
            return raw
        code = re.sub(
            r"(\"[^\"]*\")|(?:'([^']+)'!)?\b([A-Z]{1,3}[0-9]+)(?::([A-Z]{1,3}[0-9]+))?",
            lambda m: m[1] or f"R({m[2] or sheet!r}, {m[3]!r}, {m[4]!r})",
            raw[1:],
        ).replace(")=0", ")==0")
        scope = {"SUM": self.sum, "COUNT": self.count, "IF": self.choose, "R": self.range}
        result = eval(code, scope)  # noqa: S307 - only formulas that the report itself wrote
        return result[0] if isinstance(result, list) else result

    def range(self, sheet: str, first: str, last: str | None) -> Any:
        if last is None:
            return Cell([self.value(sheet, first)])
        left, top, right, bottom = range_boundaries(f"{first}:{last}")
        return Cell(
            self.value(sheet, self.book[sheet].cell(row, column).coordinate)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        )

    def numbers(self, parts: tuple[Any, ...]) -> list[float]:
        return [value for part in parts for value in part if isinstance(value, (int, float))]

    def choose(self, condition: bool, yes: Any, no: Any) -> Any:
        return yes if condition else no

    def sum(self, *parts: Any) -> float:
        return sum(self.numbers(parts))

    def count(self, *parts: Any) -> int:
        return len(self.numbers(parts))


class Cell(list[Any]):
    """The values of a range; a single cell can be compared and divided."""

    def __truediv__(self, other: Any) -> float:
        return self[0] / (other[0] if isinstance(other, Cell) else other)

    def __gt__(self, other: Any) -> bool:
        return self[0] > other


def test_sheets_in_order(book: Any) -> None:
    assert book.sheetnames == [
        COVER, RESULTS, ITEMS, GASES, ACTIVITY, PARAMETERS, POSTINGS, PROBLEMS, GRID,
    ]  # fmt: skip


def test_formulas_give_the_values_they_carry(book: Any, cached: Any) -> None:
    evaluator, seen = Evaluator(book), {}
    for cell in cells(book):
        if cell.data_type != "f":
            continue
        name = cell.parent.title
        carried = cached[name][cell.row - 1][cell.column - 1]
        computed = evaluator.value(name, cell.coordinate)
        seen[name] = seen.get(name, 0) + 1
        if isinstance(computed, str):
            assert carried == computed
        else:
            assert carried == pytest.approx(computed, rel=1e-12, abs=1e-9), cell.coordinate
    assert set(seen) == {COVER, RESULTS, ITEMS, GASES}
    assert seen[RESULTS] == 6 * 4
    assert seen[ITEMS] == len(sums_by_item()) + 13


def sums_by_item() -> set[tuple[str, str]]:
    """The crossings of a sum and an item below it; sums over several roots are made nowhere."""
    parents = {account: parent for account, parent, *_ in sample.ACCOUNTS}
    found = set()
    for _, _, account, item, *_ in sample.ENTRIES:
        above = parents[account]
        while above:
            found.add((above, item))
            above = parents[above]
    return found


def test_carried_totals_are_those_of_the_run(results: Results, cached: Any, book: Any) -> None:
    rows = [row for row in cached[RESULTS] if row[3] in {"清单 inventory", "信息项 memo"}]
    shown = {(row[3][:2], row[0], row[1]): row for row in rows}
    names = sample.names()
    columns = {"CO2": 6, "CH4": 7, "N2O": 8}
    for total in results.totals.itertuples():
        book_name = "清单" if total.book == "inventory" else "信息"
        row = shown[book_name, total.account, names.account(total.account).zh]
        value = row[columns[total.measure]]
        if total.amount == total.amount:
            assert value == pytest.approx(total.amount, rel=1e-15)
        else:
            assert value == total.notation


def test_totals_live_when_a_gap_is_filled(book: Any) -> None:
    page = book[RESULTS]
    place = next(row for row in page.iter_rows() if row[0].value == "1.B.1")[6]
    parent = page.cell(place.row - 1, place.column)
    assert place.value == "IE"
    assert parent.value.startswith("=IF(COUNT(")
    evaluator = Evaluator(book)
    assert evaluator.value(RESULTS, parent.coordinate) == "IE"
    place.value = 12.5
    try:
        assert evaluator.value(RESULTS, parent.coordinate) == 12.5
    finally:
        place.value = "IE"


def test_texts_never_become_formulas_or_links(book: Any, path: Path) -> None:
    formula = re.compile(
        r"=(SUM\([A-Z0-9,:]+\)(\+SUM.*)?|IF\(COUNT\([A-Z0-9,:]+\)=0,\"[A-Z,—]+\",SUM\([A-Z0-9,:]+\)\)"
        r"|'结果 Results'![A-Z]+\d+(/10000)?"
        r"|IF\((?P<whole>[A-Z]+\d+)>0,[A-Z]+\d+/(?P=whole),0\))"
    )
    texts = set()
    for cell in cells(book):
        if cell.data_type == "f":
            assert formula.fullmatch(cell.value), (cell.parent.title, cell.coordinate, cell.value)
        elif isinstance(cell.value, str):
            texts.add(cell.value)
            if cell.value.startswith(("=", "+", "-", "@", "\t")):
                # Excel keeps it a text even after someone edits the cell.
                assert cell.quotePrefix, cell.coordinate
        if cell.hyperlink is not None:
            assert cell.hyperlink.location
            assert cell.hyperlink.target is None
    assert texts.issuperset(sample.NASTY)
    with zipfile.ZipFile(path) as parts:
        assert not any("externalLink" in name for name in parts.namelist())
        assert not any(
            b"http://example.org" in parts.read(n) for n in parts.namelist() if "rels" in n
        )


def test_links_lead_to_the_cell_as_read(book: Any) -> None:
    assert book[GRID]["C5"].value == 3456.78
    assert book[GRID]["A7"].value == "  #钢铁"
    assert book[GRID]["E8"].value == "347.7444"
    assert "Check the decimal point" in book[GRID]["E8"].comment.text
    linked = {cell.hyperlink.location for cell in cells(book) if cell.hyperlink is not None}
    assert f"'{GRID}'!E8" in linked
    for location in linked:
        sheet, _, address = location.rpartition("!")
        target = book[sheet.strip("'")][address]
        assert target.value is not None or target.comment is not None
    assert {sheet for sheet in book.sheetnames if f"'{sheet}'!A1" in linked} == {
        name for name in book.sheetnames if name != COVER
    }


def test_missing_is_never_zero(book: Any, cached: Any) -> None:
    rows = {(row["科目代码"], row["科目"]): row for row in table(book, RESULTS)}
    fugitive = rows["1.B.1", "固体燃料"]
    assert {fugitive[gas] for gas in ("二氧化碳", "甲烷", "氧化亚氮", "二氧化碳当量")} == {"IE"}
    assert rows["M.2", "生物质燃烧"]["二氧化碳"] == 0
    items = {(row["科目代码"], row["科目"]): row for row in table(book, ITEMS)}
    assert items["1.A.4.b", "居民生活"]["天然气"] is None  # nothing computed, said in a note
    assert items["1.A.4.b", "居民生活"]["柴油"] == "NE"
    assert rows["1.A.4.b", "居民生活"]["缺项"] == "CO₂ NE; CH₄ NE; N₂O NE"
    assert "柴油 NE" in items["1", "能源活动"]["缺项"]


def test_unverified_values_are_marked_in_words_and_colour(book: Any) -> None:
    rows = {(row["科目代码"], row["科目"]): row for row in table(book, RESULTS)}
    assert "未核对" in rows["1", "能源活动"]["标记"]
    assert not rows["1.A.4.b", "居民生活"]["标记"]
    page = book[PARAMETERS]
    marked = [cell for cell in cells(book) if cell.value == "未核对 UNVERIFIED"]
    assert len([cell for cell in marked if cell.parent is page]) == 4
    assert {cell.font.color.rgb for cell in marked} == {"FFC55A11"}
    flags = [row["标记"] or "" for row in table(book, POSTINGS)]
    assert sum("未核对" in flag for flag in flags) == 5


def test_parameters_say_whence_and_how(book: Any) -> None:
    rows = table(book, PARAMETERS)
    coal = next(row for row in rows if row["参数编号"] == "cc-raw_coal")
    assert coal["数值"] == 21.2
    assert coal["单位"] == "t C/TJ"
    assert coal["来源"] == "省级温室气体清单编制指南（试行）"
    assert coal["表页"] == "表1.7, p. 23"
    assert coal["核对状态"] == "已核对 verified"
    # Three gases of each of four entries that raw coal was computed for.
    assert coal["使用分录数"] == 12
    older = next(row for row in rows if row["参数编号"] == "of")
    assert "用上级地区的值" in older["取值方式"]
    assert "用较早年份的值" in older["取值方式"]
    entered = next(row for row in rows if row["参数"].startswith("燃料消费量"))
    assert entered["数值"] == "见活动水平 see Activity"
    assert rows[-1]["来源"] == "unlisted"


def test_activity_as_entered(book: Any) -> None:
    rows = {row["单元格"]: row for row in table(book, ACTIVITY)}
    assert len(rows) == len(sample.ENTRIES)
    assert (rows["C5"]["数值（原样）"], rows["C5"]["单位"]) == (3456.78, "万t")
    assert rows["E7"]["计算符号"] == -1
    assert rows["E8"]["数值（原样）"] == "NE"
    assert "已搁置" in rows["E8"]["对问题的答复"]
    assert "347.7444" in rows["E8"]["对问题的答复"]
    assert not rows["C5"]["对问题的答复"]
    assert rows["G9"]["数值（原样）"] == 0


def test_cover_names_the_run(book: Any) -> None:
    texts = [str(cell.value) for cell in cells(book) if cell.parent.title == COVER]
    for wanted in (
        "0123456789ab", "0123456789abcdef" * 4, "0.1.0+abcdef012345", "SAR",
        "2026-03-04 05:06:07 UTC", "未核对 UNVERIFIED", "福建省 Fujian (350000)",
    ):  # fmt: skip
        assert wanted in texts, wanted
    together = "\n".join(texts)
    assert "[cn-provincial-2011]" in together
    assert "参数表只核对了能源部分。" in together
    assert "负值为清除" in together
    assert "本次运行用了 4 个未核对的参数，涉及 5 条分录" in together
    # The headline itself says that parts are missing and that values are unchecked.
    assert "CO₂ IE,NE; CH₄ IE,NE; N₂O IE,NE" in texts
    (total,) = [cell for cell in cells(book) if cell.value == f"='{RESULTS}'!G7"]
    assert total.font.color.rgb == "FFC55A11"


def test_a_checked_profile_has_no_warning(results: Results, tmp_path: Path) -> None:
    target = tmp_path / "summary.xlsx"
    write_workbook(target, results, sample.context(Status.VERIFIED))
    texts = [str(cell.value) for cell in cells(openpyxl.load_workbook(target))]
    assert not any("不得声称" in text for text in texts)


def test_pages_are_set_up(book: Any) -> None:
    for page in book:
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize == 9
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToHeight == (None if page.title == COVER else 0)
        if page.title not in {COVER, GRID}:
            assert page.freeze_panes
            assert page.print_title_rows
            assert page.auto_filter.ref


def test_columns_are_wide_enough(book: Any) -> None:
    merged = {
        (sheet.title, row, column)
        for sheet in book
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    widths = {
        (sheet.title, column): spec.width
        for sheet in book
        for spec in sheet.column_dimensions.values()
        for column in range(spec.min, spec.max + 1)
    }
    for cell in cells(book):
        place = (cell.parent.title, cell.row, cell.column)
        if cell.data_type not in {"s", "n"} or place in merged or not cell.border.left.style:
            continue
        width = widths[cell.parent.title, cell.column]
        if cell.data_type == "n" and "0.00" in cell.number_format:
            needed = cell_len(f"{cell.value:,.2f}")
        else:
            needed = max(map(cell_len, str(cell.value).split("\n")))
        wraps = cell.alignment.wrap_text
        if not wraps and cell.parent.title != GRID:
            assert width >= needed, place
        elif wraps:
            lines = cell.parent.row_dimensions[cell.row].height / 15.75
            assert lines * width >= needed, place


def test_heads_carry_units(book: Any) -> None:
    for sheet, units in {
        RESULTS: ("[t CO₂]", "[t CH₄]", "[t N₂O]", "[t CO₂e]"),
        GASES: ("[t CO₂e]", "[%]"),
        ITEMS: ("[t CO₂]",),
        POSTINGS: ("[t CO₂e]",),
    }.items():
        page = book[sheet]
        row = int(page.print_title_rows.replace("$", "").split(":")[0])
        heads = "\n".join(str(cell.value) for cell in page[row])
        assert all(unit in heads for unit in units), sheet


def test_same_run_same_bytes(results: Results, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "again.xlsx"
    write_workbook(target, results, sample.context())
    assert target.read_bytes() == path.read_bytes()
