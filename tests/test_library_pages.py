"""The pages of the library: up to date, complete, safe to render, and of one mind with the rows."""

import csv
import re
import shutil
from functools import lru_cache

import pytest
from factor_tables import BY_ID, FOLDER, PARAMETER_FILES, PARAMETERS, records, rows
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from carbonledger.errors import CarbonledgerError
from carbonledger.model.records import Parameter
from carbonledger.reports import library_pages
from carbonledger.reports.library_pages import documents
from carbonledger.reports.library_shelf import Tally
from carbonledger.reports.library_subject import formatted
from carbonledger.reports.markdown import escape, table

ROOT = FOLDER.parent
PAGES = documents(FOLDER)
MARKDOWN = MarkdownIt("commonmark").enable("table")
SUBJECTS = [path.stem for path in PARAMETER_FILES]


@pytest.fixture
def copy(tmp_path):
    base = tmp_path / "factors"
    shutil.copytree(FOLDER, base)
    return base


def page(name):
    return PAGES[f"docs/library/{name}.md"]


@lru_cache(maxsize=8)
def cells(text):
    """The cells of every line of every table, as they are shown."""
    lines, row = [], None
    for token in MARKDOWN.parse(text):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            lines.append(row)
            row = None
        elif token.type == "inline" and row is not None:
            row.append("".join(child.content for child in token.children))
    return lines


@pytest.mark.parametrize("path", PAGES)
def test_page_is_that_of_the_tables(path):
    written = ROOT / path
    assert written.is_file(), f"{path} is missing: run `make docs`"
    assert written.read_text("utf-8") == PAGES[path], f"{path} is stale: run `make docs`"


def test_no_page_is_left_of_a_subject_that_is_gone():
    found = {f"docs/library/{each.name}" for each in (ROOT / "docs" / "library").iterdir()}
    assert found == {path for path in PAGES if path.startswith("docs/library/")}, "run `make docs`"


def test_pages_are_the_same_when_made_again():
    assert documents(FOLDER) == PAGES


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_value_of_a_subject_is_on_its_page_with_its_status(subject):
    shown = "\n".join("\t".join(line) for line in cells(page(subject)))
    own = records(FOLDER / "parameters" / f"{subject}.csv", Parameter)
    for row in own:
        number = re.search(r"-?[0-9.]+", formatted(row, unit=False))[0]
        assert float(number) == pytest.approx(row.value, rel=1e-9)
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", shown), row.id
    assert shown.count("⚠") == sum(row.status == "unverified" for row in own)
    assert f"{len(own)} rows:" in page(subject)
    for note in {" ".join(row.note.split()) for row in own} - {""}:
        assert escape(note) in page(subject)


def test_index_counts_every_row_once():
    by_name = {line[0]: line[1:5] for line in cells(page("index"))}
    verified = sum(row.status == "verified" for row in PARAMETERS)
    total = by_name["合计 Total"]
    assert total[:3] == [str(n) for n in (len(PARAMETERS), verified, len(PARAMETERS) - verified)]
    for edition in {row.edition for row in PARAMETERS}:
        own = [row for row in PARAMETERS if row.edition == edition]
        line = next(line for line in cells(page("index")) if line[0] == edition)
        assert line[2:4] == [str(len(own)), str(sum(row.status == "verified" for row in own))]
    for subject in SUBJECTS:
        assert f"]({subject}.md)" in page("index")


@pytest.mark.parametrize(
    ("verified", "unverified", "share"),
    [(0, 0, ""), (0, 3, "0 %"), (3, 0, "100 %"), (1, 999, "1 %"), (999, 1, "99 %"), (1, 1, "50 %")],
)
def test_a_share_never_rounds_to_all_or_nothing(verified, unverified, share):
    assert Tally(verified, unverified).share == share


def test_conflicts_name_rows_that_exist_and_say_what_was_chosen():
    seen = set()
    for row in rows(FOLDER / "conflicts.csv"):
        assert all(row.values()), row["subject"]
        ids = row["parameters"].split("|")
        assert set(ids) <= BY_ID.keys(), f"{row['subject']}: {set(ids) - BY_ID.keys()}"
        assert len(ids) == len(set(ids)), row["subject"]
        assert (row["subject"], frozenset(ids)) not in seen, f"{row['subject']} stands twice"
        seen.add((row["subject"], frozenset(ids)))
        assert escape(row["chosen_zh"]) in page("conflicts")
        for key in ids:
            line = next(line for line in cells(page("conflicts")) if line[0] == key)
            assert ("⚠" in line[3]) == (BY_ID[key].status == "unverified")


def test_a_conflict_over_a_row_that_is_gone_is_refused(copy):
    with (copy / "conflicts.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(
            ["x", "SAR/CO2|no/such/row", "甲", "a", "乙", "b"]
        )
    with pytest.raises(CarbonledgerError) as caught:
        documents(copy)
    assert "no/such/row" in caught.value.text.zh
    assert "no/such/row" in caught.value.text.en


def test_every_document_is_on_the_page_of_sources():
    keys = {line[0] for line in cells(page("sources"))}
    assert {row["source"] for row in rows(FOLDER / "sources.csv")} <= keys


def test_emission_factors_of_one_line_stand_side_by_side():
    lines = cells(page("stationary_ipcc2006"))
    head = next(line for line in lines if "CH4 (kg CH4/TJ)" in line)
    line = next(line for line in lines if line[0].startswith("原油") and len(line) == len(head))
    found = dict(zip(head, line, strict=True))
    # Table 2.2, crude oil: 3 kg CH4/TJ and 0.6 kg N2O/TJ.
    assert found["CH4 (kg CH4/TJ)"].split()[0] == "3"
    assert found["N2O (kg N2O/TJ)"].split()[0] == "0.6"


def test_links_lead_to_pages_that_exist():
    for path, text in PAGES.items():
        if path.endswith(".md"):
            for target in re.findall(r"\]\(([^)]+)\)", text):
                found = (ROOT / path).parent / target
                assert found.is_file(), f"{path} leads to {target}"


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30))
def test_any_text_shows_as_it_is_written_in_a_cell_and_in_a_line(text):
    wanted = " ".join(text.split())
    shown = cells("\n" + table(["a", "b"], [[escape(text), "end"]]))
    assert [line[-1] for line in shown] == ["b", "end"]
    assert shown[1][0] == wanted
    tokens = MARKDOWN.parse(f"1. {escape(text)}\n")
    kinds = [token.type for token in tokens if token.type.endswith("_open")]
    assert kinds in (
        ["ordered_list_open", "list_item_open", "paragraph_open"],
        ["ordered_list_open", "list_item_open"],
    )
    lines = [token for token in tokens if token.type == "inline"]
    assert "".join(child.content for line in lines for child in line.children) == wanted


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86", "-5 %", "@name", "| a |", "<b>x</b>", "# x", "1. x", "a_b_ *c* `d`", "[x](y)",
     "![x](y)", "\\|", "&lt;", "$x$", "~~x~~", "---", "> x", "<!-- x -->"],
)  # fmt: skip
def test_markup_and_formulas_are_plain_text(text):
    assert cells(table(["a"], [[escape(text)]]))[1] == [text]
    assert not escape(text).startswith(("=", "+", "-", "@"))


def test_the_command_writes_the_pages_and_removes_old_ones(copy, monkeypatch, capsys):
    folder = copy.parent / "docs" / "library"
    monkeypatch.setattr(library_pages, "factors_dir", lambda: copy)
    with pytest.raises(CarbonledgerError, match="make docs"):
        library_pages.main()
    folder.mkdir(parents=True)
    (folder / "gone.md").write_text("x", "utf-8")
    (copy / "strays.csv").write_text("stray\nx\n", "utf-8")
    library_pages.main()
    assert {f"docs/library/{each.name}" for each in folder.iterdir()} == {
        path for path in PAGES if path.startswith("docs/library/")
    }
    assert (copy / "datapackage.json").read_text("utf-8") == PAGES["factors/datapackage.json"]
    assert "strays.csv" in capsys.readouterr().err
