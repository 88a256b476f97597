"""The service layer of the pages: drafts, uploads, corrections, views, downloads, traces."""

import io
import json
import zipfile
from math import fsum
from pathlib import Path

import pandas as pd
import pytest
import web_sample as sample
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from carbonledger.analysis.energy_flows import Link, burned_heat, imbalances
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.delimited import read_delimited
from carbonledger.intake.table import Grid
from carbonledger.ledger.snapshot import Snapshot
from carbonledger.ledger.store import Ledger
from carbonledger.library.load import library
from carbonledger.model.problem import Grade
from carbonledger.reports.tables import Figure
from carbonledger.reports.view import Head, Kind, View, printed, workbook
from carbonledger.services import bring_in, calculator, trace
from carbonledger.services.check import check
from carbonledger.services.drafts import Draft, Drafts
from carbonledger.services.flows import OTHERS, energy_flow
from carbonledger.services.home import headlines
from carbonledger.services.results import RunViews
from carbonledger.services.running import run_and_store
from carbonledger.services.uploads import candidates, content_of, pasted, safe_name

filled = sample.filled


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "ledger")


@pytest.fixture
def draft(drafts: Drafts) -> Draft:
    return bring_in.new_inventory(drafts, library(), "350000", "2012", "", "cn-provincial-2011")


@pytest.fixture(scope="module")
def views(filled: Path) -> RunViews:
    with Ledger.open(filled) as opened:
        return RunViews(opened.results("latest"))


def grade_a(draft: Draft) -> list[str]:
    return [each.cell for each in check(draft.folder).problems if each.grade is Grade.A]


def test_a_workbook_corrected_in_one_cell_computes_what_the_packaged_table_computes(
    drafts: Drafts, draft: Draft, views: RunViews, tmp_path: Path
) -> None:
    data = sample.balance_workbook(C28="0.56406百万吨", O7=3.477444, O5=3.477444)
    draft = bring_in.add_upload(drafts, draft, sample.BALANCE, data)
    assert draft.tables == [{"file": sample.BALANCE, "layout": "energy-balance"}]
    draft = drafts.set_table(
        draft.identifier, draft.version, 0, {"coal_equivalent_heat": "29.2712 GJ/tce"}
    )
    assert "C28" in grade_a(draft)
    refused = run_and_store(draft.folder, tmp_path / "ledger")
    assert refused.blocked
    place = f"{sample.BALANCE}/{sample.SHEET}!C28"
    draft = bring_in.correct_cell(drafts, draft, place, "0.56406", "单位写进了单元格")
    assert grade_a(draft) == []
    told = [each for each in check(draft.folder).problems if each.code == "corrected"]
    assert [(each.grade, each.where) for each in told] == [(Grade.B, place)]
    assert (draft.folder / sample.BALANCE).read_bytes() == data  # the file is evidence
    done = run_and_store(draft.folder, tmp_path / "ledger")
    with Ledger.open(tmp_path / "ledger") as opened:
        ours = RunViews(opened.results(done.identity)).sectors("350000", 2012)
    theirs = views.sectors("350000", 2012)
    # O5 and O7 are set aside there and corrected here; they enter no sector, so all rows agree.
    assert printed(ours, "zh") == printed(theirs, "zh")


def test_a_correction_of_a_cell_that_changed_blocks_the_run(drafts: Drafts, draft: Draft) -> None:
    draft = bring_in.add_pasted(drafts, draft, "科目\t品种\t数量\t单位\n1.A.2\t柴油\t12.3万\t吨")
    file = draft.tables[0]["file"]
    draft = bring_in.correct_cell(drafts, draft, f"{file}!C2", "123000", "万写进了单元格")
    assert grade_a(draft) == []
    path = draft.folder / file
    path.write_text(path.read_text("utf-8-sig").replace("12.3万", "12.4万"), "utf-8")
    codes = {each.code for each in check(draft.folder).problems if each.grade is Grade.A}
    assert "correction-stale" in codes


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_decision_needs_a_reason(drafts: Drafts, draft: Draft, reason: str) -> None:
    draft = bring_in.add_pasted(drafts, draft, "科目\t品种\t数量\t单位\n1.A.2\t柴油\t1x\t吨")
    place = f"{draft.tables[0]['file']}!C2"
    with pytest.raises(CarbonledgerError, match="理由"):
        bring_in.correct_cell(drafts, draft, place, "1", reason)
    with pytest.raises(CarbonledgerError, match="理由"):
        bring_in.confirm(drafts, draft, place, "", "set-aside", reason)
    assert drafts.get(draft.identifier).version == draft.version


def test_two_windows_cannot_overwrite_each_other(drafts: Drafts, draft: Draft) -> None:
    block = "科目\t品种\t数量\t单位\n1.A.2\t柴油\t3000\t吨"
    first = bring_in.add_pasted(drafts, draft, block)
    with pytest.raises(CarbonledgerError, match=r"另一个窗口.*第 1 版.*\n?"):
        bring_in.add_pasted(drafts, draft, block)
    assert drafts.get(draft.identifier).tables == first.tables


def test_pasted_text_is_kept_before_it_is_a_table(drafts: Drafts, draft: Draft) -> None:
    drafts.keep_pasted(draft.identifier, "科目\t品种")
    assert drafts.get(draft.identifier).pasted == "科目\t品种"
    assert drafts.get(draft.identifier).version == draft.version


# The four cells that a grid editor was seen to drop, and what else people paste.
TRAPS = ("1,234.5", " 2 000 ", "—", "３０", "12.3万", "45吨", "-50", "1.2E3", "1;2", '5"', "")


def test_every_pasted_cell_arrives_as_it_was_copied() -> None:
    block = "科目\t数量\n" + "\n".join(f"1.A.2\t{trap}" for trap in TRAPS)
    grid = candidates(pasted(block, 1))[0].grid
    assert grid is not None
    cells = [grid.rows[row][1] if row < len(grid.rows) else "" for row in range(1, len(TRAPS) + 1)]
    assert cells == list(TRAPS)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=8),
            min_size=2,
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_pasted_block_is_stored_cell_for_cell(rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    rows = [["x", *row, *[""] * (width - len(row))] for row in rows]
    if any('"' in cell for row in rows for cell in row):
        return  # quoting is the copying program's own; see the test of traps
    content = pasted("\n".join("\t".join(row) for row in rows), 1)
    grid = read_delimited(content.data, "pasted.csv")
    if isinstance(grid, Grid):  # else: refused as garbled, in words
        assert [list(row) for row in grid.rows] == rows


def test_wrong_pasted_cells_are_pointed_out_one_by_one(drafts: Drafts, draft: Draft) -> None:
    lines = "\n".join(f"1.A.2\t柴油\t{trap}\t吨" for trap in ("12.3万", "45吨", " 2 000 "))
    draft = bring_in.add_pasted(drafts, draft, f"科目\t品种\t数量\t单位\n{lines}")
    assert grade_a(draft) == ["C2", "C3", "C4"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/表.xlsx", "表.xlsx"), ("C:\\用户\\a.csv", "a.csv"), ("..b?.XLSX", "b_.xlsx")],
)
def test_a_name_from_a_browser_is_no_path(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@pytest.mark.parametrize("name", ["a.pdf", "a", ".xlsx", "a.exe", ""])
def test_other_files_are_refused_in_words(name: str) -> None:
    with pytest.raises(CarbonledgerError, match=r"不能读取.*\n?.*"):
        safe_name(name)


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 600_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("表.xlsx", b"%PDF-1.7 scan"),
        ("表.xlsx", b"PK\x03\x04 not a workbook"),
        ("表.csv", b"PK\x03\x04 disguised"),
        ("表.xlsx", b""),
        ("表.csv", b"\xff\xd8\xff picture"),
        ("表.csv", b"x" * (20 * 2**20 + 1)),
    ],
)
def test_hostile_files_are_refused_in_words_and_leave_nothing(
    drafts: Drafts, draft: Draft, name: str, data: bytes
) -> None:
    with pytest.raises(CarbonledgerError) as refused:
        bring_in.add_upload(drafts, draft, name, data)
    assert len(refused.value.text.zh) > 10
    assert len(refused.value.text.en) > 10
    assert list(draft.folder.iterdir()) == []
    assert drafts.get(draft.identifier).version == draft.version


def test_an_archive_that_unpacks_without_end_is_refused(drafts: Drafts, draft: Draft) -> None:
    with pytest.raises(CarbonledgerError, match="解压"):
        bring_in.add_upload(drafts, draft, "表.xlsx", bomb())


def test_the_browser_limit_is_not_the_only_one() -> None:
    with pytest.raises(CarbonledgerError, match="超过 20 MB"):
        content_of("表.csv", b"1" * (20 * 2**20 + 1))


def test_sectors_are_the_totals_of_the_run(views: RunViews) -> None:
    view = views.sectors("350000", 2012)
    totals = views.results.totals
    wanted = totals[(totals["account"] == "1.A") & (totals["measure"] == "CO2")]["amount"].iloc[0]
    column = next(n for n, head in enumerate(view.heads) if head.unit == "t CO2")
    row = next(row for row in view.rows if row[0] == "1.A")
    assert isinstance(row[column], Figure)
    assert row[column].amount == wanted
    # CEADs, doi:10.1038/sdata.2017.201: 212.8 Mt CO2 of fuel combustion in Fujian in 2012.
    assert wanted / 1e6 == pytest.approx(212.8, rel=0.03)


def test_gases_and_fuels_add_up_to_the_same_totals(views: RunViews) -> None:
    gases = views.gases("350000", 2012)
    figures = [row[2] for row in gases.rows]
    assert all(isinstance(figure, Figure) for figure in figures)
    parts = fsum(figure.amount or 0 for figure in figures[:-1])
    assert parts == pytest.approx(figures[-1].amount, rel=1e-12)
    land = views.land_lines("350000", 2012)
    assert land["T"].amount == pytest.approx(parts, rel=1e-12)
    fuels = views.fuels("350000", 2012)
    amounts = [row[1].amount for row in fuels.rows]
    assert fsum(amount or 0 for amount in amounts[:-1]) == pytest.approx(amounts[-1], rel=1e-12)


def test_heat_is_tonnes_of_coal_equivalent_times_their_heat(views: RunViews) -> None:
    heat = burned_heat(views.results, views.library)
    coal = heat[(heat["item"] == "raw_coal") & heat["account"].str.startswith("1.A.1")]
    # Cells C12 and C13 of the balance, in Mtce, at 7000 kcal of 4.1816 kJ.
    assert coal["heat"].sum() == pytest.approx((32.1441372 + 1.8851742) * 1e6 * 29.2712e-3)


def test_every_node_of_the_energy_flow_balances(views: RunViews) -> None:
    flow = energy_flow(views, "350000", 2012)
    assert flow.nodes == 3  # 1.A.1, 1.A.2 and 1.A.4 are divided, 1.A.3 is not
    assert imbalances(flow.links) == {}
    assert flow.table.rows[-1][-1] == pytest.approx(
        fsum(link.heat for link in flow.links if link.source in {*views.names.item_order, OTHERS})
    )


def test_a_node_that_does_not_balance_is_found() -> None:
    links = [Link("coal", "1.A.1", 10.0), Link("1.A.1", "1.A.1.a", 9.0)]
    assert imbalances(links) == {"1.A.1": 1.0}


def test_names_of_nodes_are_different(views: RunViews) -> None:
    flow = energy_flow(views, "350000", 2012)
    nodes = {node for link in flow.links for node in (link.source, link.target)}
    for lang in ("zh", "en"):
        assert len({flow.name(lang)(node) for node in nodes}) == len(nodes)


def test_a_download_read_back_holds_the_numbers_of_the_screen(views: RunViews) -> None:
    view = views.sectors("350000", 2012)
    sheet = load_workbook(io.BytesIO(workbook([view]))).active
    rows = list(sheet.iter_rows(values_only=True))
    found = next(row for row in rows if row[0] == "1.A")
    shown = next(row for row in printed(view, "zh") if row[0] == "1.A")
    for cell, text in zip(found[2:], shown[2:], strict=True):
        assert f"{cell:,.2f}" == text.rstrip("†*")


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    heads = (Head(Text("名", "name")), Head(Text("数", "number"), Kind.NUMBER))
    view = View(Text("试", "test"), heads, (("=1+1", 1.005), ("@x", None)))
    sheet = load_workbook(io.BytesIO(workbook([view]))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert printed(view, "zh") == [["=1+1", "1.01"], ["@x", "—"]]


def test_a_figure_leads_to_its_cell_and_its_document(views: RunViews, filled: Path) -> None:
    found = trace.explain_run(
        views.results, views.library, "1.A.2.k", item="diesel", region="350000", period=2012
    )
    (term,) = found.terms
    written = str(sample.balance_rows()[23][16])  # Q24: construction, diesel
    assert term.place == "energy_balance.csv!Q24"
    numbers = trace.numbers_view(found.terms, views.library)
    assert any(written in cells for cells in printed(numbers, "zh"))
    around = trace.around(views.results, filled, term.place)
    assert around is not None
    assert around.rows[around.place[0]][around.place[1]] == written
    assert (around.number, around.column) == (24, "Q")
    reference = trace.reference(views.results, found, "350000", 2012)
    named = trace.parse_reference(reference)
    assert named is not None
    assert (named["account"], named["item"]) == ("1.A.2.k", "diesel")


@pytest.mark.parametrize("text", ["", "x", "1.A.2", "111ac356f8eb/350000/12/1.A/CO2"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert trace.parse_reference(text) is None


def test_a_snapshot_gives_the_results_while_the_ledger_is_held(filled: Path) -> None:
    with Ledger.open(filled) as held:
        run = held.results("latest")
        snapshot = Snapshot.open(filled)
        assert snapshot.results("latest").folder == run.folder
        assert list(snapshot.runs()["identity"]) == list(held.runs()["identity"])
        identity = str(run.info["identity"])
    (filled / "snapshot.json").write_text(
        json.dumps([{**row, "files": {"run.json": "0" * 64}} for row in snapshot.rows])
    )
    with pytest.raises(CarbonledgerError, match="不一致"):
        Snapshot.open(filled).results(identity)


def test_a_fall_of_emissions_is_good_and_so_is_a_growing_sink() -> None:
    class Lands:
        def land_lines(self, _: str, period: int) -> dict[str, Figure]:
            fell = {"T": Figure(90.0), "N": Figure(140.0), "L": Figure(-50.0)}
            return (
                fell
                if period == 2020
                else {"T": Figure(100.0), "N": Figure(140.0), "L": Figure(-40.0)}
            )

    found = {each.label.en: each for each in headlines(Lands(), "x", 2020, "zh")}  # type: ignore[arg-type]
    assert {each.good for each in found.values()} == {"down"}
    assert found["Land use and forestry"].change == "-10.00"  # the sink grew: down is good


def test_results_of_a_copied_inventory_are_those_of_the_original(
    drafts: Drafts, views: RunViews, tmp_path: Path
) -> None:
    copy = drafts.copy("fujian-2012")
    done = run_and_store(copy.folder, tmp_path / "ledger")
    assert not done.blocked
    with Ledger.open(tmp_path / "ledger") as opened:
        run: Results = opened.results(done.identity)
    pd.testing.assert_frame_equal(run.totals, views.results.totals)


def test_every_argument_of_the_calculator_has_a_chinese_name() -> None:
    bare = {
        name
        for method in calculator.methods().values()
        for name, words, _ in calculator.fields(method)
        if words.zh == name
    }
    assert bare == set()
