"""The workbook at its limits: huge runs, empty ones, full disks, any text at all."""

import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import reports_sample as sample
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_reading import ACTIVITY, GRID, ITEMS, POSTINGS, PROBLEMS, RESULTS, table

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.reports import data_sheets, grid_sheets, lists
from carbonledger.reports.cell_texts import sum_of
from carbonledger.reports.sheet import Book
from carbonledger.reports.tables import Tables
from carbonledger.reports.workbook import write_workbook


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return sample.write(tmp_path_factory.mktemp("run"))


def test_too_many_rows_are_not_cut_silently(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (lists, grid_sheets, data_sheets):
        monkeypatch.setattr(module, "ROW_LIMIT", 4)
    target = tmp_path / "summary.xlsx"
    write_workbook(target, results, sample.context())
    short = openpyxl.load_workbook(target)
    assert "entries.parquet" in short[ACTIVITY]["A2"].value
    assert "10" in short[ACTIVITY]["A2"].value
    assert [next(iter(row.values())) for row in table(short, ACTIVITY)] == ["未列出 not listed"]
    assert "postings.parquet" in short[POSTINGS]["A2"].value
    assert [next(iter(row.values())) for row in table(short, POSTINGS)] == ["未列出 not listed"]
    assert "problems.csv" in short[PROBLEMS]["A2"].value
    assert GRID not in short.sheetnames


def test_a_failed_writing_leaves_the_old_file(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "summary.xlsx"
    target.write_text("old")

    def full(self: Book) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Book, "close", full)
    with pytest.raises(CarbonledgerError, match="磁盘已满"):
        write_workbook(target, results, sample.context())
    assert [entry.name for entry in tmp_path.iterdir()] == ["summary.xlsx"]
    assert target.read_text() == "old"


def test_a_missing_folder_is_named(results: Results, tmp_path: Path) -> None:
    with pytest.raises(CarbonledgerError, match="gone"):
        write_workbook(tmp_path / "gone" / "summary.xlsx", results, sample.context())


def test_no_problems_and_no_grids(tmp_path: Path) -> None:
    results = sample.write(tmp_path / "run")
    sample.problems().head(0).to_csv(results.folder / "problems.csv", index=False)
    context = sample.context()
    bare = type(context)(context.title, "350000", (2012,), context.profile, context.names)
    write_workbook(tmp_path / "summary.xlsx", Results.read(results.folder), bare)
    read = openpyxl.load_workbook(tmp_path / "summary.xlsx")
    assert [next(iter(row.values())) for row in table(read, PROBLEMS)] == ["没有 none"]


def test_a_run_without_co2_has_no_sheet_of_items(tmp_path: Path) -> None:
    posted = sample.postings()
    results = sample.write(tmp_path / "run", posted[posted["measure"] == "CH4"])
    write_workbook(tmp_path / "summary.xlsx", results, sample.context())
    names = openpyxl.load_workbook(tmp_path / "summary.xlsx").sheetnames
    assert ITEMS not in names
    assert RESULTS in names


def test_published_totals_stand_beside_ours(tmp_path: Path) -> None:
    results = sample.write(tmp_path / "run")
    quoted = {
        "account": "1.A", "measure": "CO2", "period": None, "unit": "百万t CO2",
        "published": 212.800551, "computed": 217.52603768106047, "difference": 4.72548668106046,
        "percent": 2.220617690534297, "source": "=evil", "note": {"zh": "口径不同", "en": "scope"},
    }  # fmt: skip
    none = quoted | {"account": "1.B", "computed": None, "difference": None, "percent": None}
    info = results.info | {"published": [quoted, none]}
    (results.folder / "run.json").write_text(json.dumps(info), "utf-8")
    write_workbook(tmp_path / "summary.xlsx", Results.read(results.folder), sample.context())
    ours, gap = table(openpyxl.load_workbook(tmp_path / "summary.xlsx"), "对照 Published")
    assert ours["本次"] == pytest.approx(217.52603768106047, rel=1e-15)
    assert (ours["已发布"], ours["单位"]) == (212.800551, "百万t CO₂")
    assert ours["备注"] == "口径不同 scope"
    assert gap["本次"] == gap["差"] == "—"


def test_many_parts_fit_a_formula(tmp_path: Path) -> None:
    posted = sample.postings()
    coal = posted[(posted["entry"] == 6) & (posted["measure"] == "CO2")]
    many = pd.concat([coal.assign(account=f"1.B.{n}", entry=n) for n in range(600)])
    names = sample.names()
    extra = pd.DataFrame(
        [(f"1.B.{n}", "1.B", "inventory", f"源{n}", f"Source {n}") for n in range(600)],
        columns=names.accounts.columns,
    )
    chart = pd.concat([names.accounts[names.accounts["account"] != "1.B.1"], extra])
    grown = type(names)(chart, names.regions, names.items, names.sources)
    results = sample.write(tmp_path / "run")
    many.to_parquet(results.folder / "postings.parquet", index=False)
    total = coal.iloc[0]["amount"] * 600
    parent = coal.assign(account="1.B", amount=total, co2e=total)
    leaves = many[["book", "region", "period", "account", "measure", "amount", "unit", "co2e"]]
    top = parent[leaves.columns]
    pd.concat([leaves, top, top.assign(account="1")]).assign(notation="").to_csv(
        results.folder / "totals.csv", index=False
    )
    table = Tables(Results.read(results.folder), grown).by_measure()
    assert len(table.rows) == 602
    context = sample.context()
    wide = type(context)(context.title, "350000", (2012,), context.profile, grown)
    write_workbook(tmp_path / "summary.xlsx", Results.read(results.folder), wide)
    read = openpyxl.load_workbook(tmp_path / "summary.xlsx")
    assert len(read[RESULTS]["G6"].value) < 100


ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@settings(max_examples=15, deadline=None)
@given(st.lists(ANY_TEXT | st.sampled_from(sample.NASTY), min_size=1, max_size=40))
def test_any_text_stays_a_text(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    target = tmp_path_factory.mktemp("texts") / "texts.xlsx"
    book = Book(target, "texts & more", None)
    sheet = book.sheet("texts")
    for row, words in enumerate(texts):
        sheet.text(row, 0, words, {"text_wrap": True})
        sheet.comment(row, 1, words)
    book.close()
    page = openpyxl.load_workbook(target)["texts"]
    for row, words in enumerate(texts, 1):
        cell = page.cell(row, 1)
        assert cell.data_type == "s"
        printable = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "\ufffd", _newlines(words))
        assert cell.value == printable


def _newlines(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n")


def test_long_texts_are_cut_with_a_mark(tmp_path: Path) -> None:
    book = Book(tmp_path / "long.xlsx", "long", None)
    book.sheet("long").text(0, 0, "长" * 40000)
    book.close()
    value = openpyxl.load_workbook(tmp_path / "long.xlsx")["long"]["A1"].value
    assert len(value) == 32767
    assert value.endswith("（已截断 truncated）")


def test_sums_hold_to_the_limits_of_excel() -> None:
    assert sum_of([3, 4, 5, 9]).format(*"GGG") == "SUM(G4:G6,G10)"
    assert sum_of([3, 5]).replace("{}", "AA") == "SUM(AA4,AA6)"
    assert sum_of([]) == ""
    # No function takes more than 255 arguments.
    scattered = sum_of([2 * row for row in range(600)], "COUNT")
    assert [part.count(",") + 1 for part in scattered.split("+")] == [255, 255, 90]
