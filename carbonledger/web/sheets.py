"""Tables of a draft as the spreadsheet shows them, and what is decided about them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem
from carbonledger.services import bring_in
from carbonledger.services.check import Checked, sheet_columns
from carbonledger.services.drafts import Draft
from carbonledger.services.uploads import ENERGY_BALANCE, ENTRIES, layout_name
from carbonledger.web import store
from carbonledger.web.components import table
from carbonledger.web.words import plain, say, t

__all__ = ["decide", "grids", "table_form"]

Teller = Callable[[Text | CarbonledgerError], None]

_COLOURS = {
    Grade.A: "background-color: #f4b6b6",
    Grade.B: "background-color: #fbd9a0",
    Grade.C: "background-color: #fff2b3",
    Grade.D: "background-color: #dcebfa",
}
_MOST_CELLS = 40_000


def grids(checked: Checked) -> None:
    """Every table as a spreadsheet shows it, its problems in colour, and the entries in it."""
    st.caption(
        t(
            "与原表同样的行号和列号。红色必须改正（A），橙色须说明（B），黄色须核实（C），蓝色提示（D）。",
            "Rows and columns as in the file. Red must be fixed (A), orange explained (B), yellow "
            "confirmed (C), blue is a hint (D).",
        )
    )
    for number, grid in enumerate(checked.grids):
        sheet = f" / {grid.sheet}" if grid.sheet else ""
        st.markdown(f"**{plain(grid.file + sheet)}**")
        st.dataframe(
            _styled(grid, checked.problems),
            height=420,
            key=f"grid_{number}",
            placeholder="",
            alt=grid.file,
        )
    table(checked.entries(), "entries", height=420)


def _styled(grid: Grid, problems: list[Problem]) -> Any:
    columns = sheet_columns(grid)
    numbers = [grid.row_number(row) for row in range(len(grid.rows))]
    texts = [
        [grid.text(row, column) for column in range(grid.width)] for row in range(len(grid.rows))
    ]
    frame = pd.DataFrame(texts, columns=columns, index=numbers)
    if frame.size > _MOST_CELLS:  # colours of so many cells would take seconds
        return frame
    colours = pd.DataFrame("", index=frame.index, columns=frame.columns)
    order = sorted(problems, key=lambda problem: problem.grade, reverse=True)
    for problem in order:
        letters = problem.cell.rstrip("0123456789")
        row = problem.cell.removeprefix(letters)
        mine = (problem.file, problem.sheet) == (grid.file, grid.sheet)
        if mine and letters in columns and row.isdigit() and int(row) in colours.index:
            colours.loc[int(row), letters] = _COLOURS[problem.grade]
    return frame.style.apply(lambda _: colours, axis=None)


def table_form(draft: Draft, place: int, tell: Teller) -> None:
    """How a table is read: sheet, layout, heat of the coal equivalent, source; and its removal."""
    spec = draft.tables[place]
    known = bring_in.sheets(draft, place)
    layouts = [ENERGY_BALANCE, ENTRIES, "statistics"]
    with st.form(f"table_{draft.identifier}_{place}", border=False):
        sheet = ""
        if len(known) > 1:
            index = known.index(spec["sheet"]) if spec.get("sheet") in known else 0
            sheet = st.selectbox(t("工作表", "Sheet"), known, index=index)
        layout = st.selectbox(
            t("这是什么表", "What it is"),
            layouts,
            index=layouts.index(spec.get("layout", ENTRIES)),
            format_func={each: say(layout_name(each)) for each in layouts}.__getitem__,
        )
        heats = list(dict.fromkeys([*bring_in.COAL_HEATS, spec.get("coal_equivalent_heat", "")]))
        heat = st.selectbox(
            t("一吨标准煤的热量（表以标准煤计时）", "Heat per tonne of coal equivalent"),
            heats,
            index=heats.index(spec.get("coal_equivalent_heat", "")),
            format_func={each: each or t("未注明", "not said") for each in heats}.__getitem__,
            help=t(
                "7000 千卡：按 4.1816 kJ/千卡为 29.2712，按 4.1868 为 29.3076",
                "7000 kcal: 29.2712 with 4.1816 kJ/kcal, 29.3076 with 4.1868",
            ),
        )
        source = st.text_input(t("来源（年鉴、页码）", "Source"), value=spec.get("source", ""))
        saved = st.form_submit_button(t("保存", "Save"))
    values = {"layout": layout, "coal_equivalent_heat": heat, "source": source}
    if len(known) > 1:
        values["sheet"] = sheet
    if saved:
        _do(lambda: store.drafts().set_table(draft.identifier, draft.version, place, values), tell)
    if st.button(t("移出草稿", "Remove from the draft"), key=f"remove_{draft.identifier}_{place}"):
        _do(lambda: store.drafts().remove_table(draft.identifier, draft.version, place), tell)


def decide(draft: Draft, checked: Checked, tell: Teller) -> None:
    """Correct a cell, set it aside, or confirm it; and what was decided so far."""
    left, right = st.columns(2)
    with left:
        _correct(draft, checked, tell)
    with right:
        _answer(draft, checked, tell)
    found = bring_in.decisions(draft)
    if found:
        st.markdown(t("**已作的决定**", "**Decisions so far**"))
    for part, place, words in found:
        text, button = st.columns([8, 1])
        text.markdown(plain(words))
        key = f"withdraw_{draft.identifier}_{part}_{place}"
        if button.button(t("撤销", "Undo"), key=key):
            _do(
                partial(store.drafts().withdraw, draft.identifier, draft.version, part, place),
                tell,
            )


def _places(problems: list[Problem]) -> list[str]:
    return list(dict.fromkeys(problem.where for problem in problems if problem.cell))


def _correct(draft: Draft, checked: Checked, tell: Teller) -> None:
    with st.form(f"correct_{draft.identifier}", clear_on_submit=False):
        st.markdown(t("**更正一个单元格**（原文件不动）", "**Correct a cell** (the file stays)"))
        first = _places(checked.problems)
        place = st.text_input(
            t("单元格", "Cell"),
            key="correct_place",
            placeholder=first[0] if first else t("表.xlsx/工作表!H5", "table.xlsx/Sheet1!H5"),
        )
        value = st.text_input(t("改为", "Should say"), key="correct_value")
        reason = st.text_input(t("理由（必填）", "Reason (needed)"), key="correct_reason")
        saved = st.form_submit_button(t("保存更正", "Save the correction"))
    if saved:
        _do(
            lambda: bring_in.correct_cell(
                store.drafts(), draft, place or "", value or "", reason or ""
            ),
            tell,
        )


def _answer(draft: Draft, checked: Checked, tell: Teller) -> None:
    found = [problem for problem in checked.problems if problem.cell]
    shown = {
        number: f"{each.grade} {each.where} {say(each.message)[:60]}"
        for number, each in enumerate(found)
    }
    with st.form(f"answer_{draft.identifier}"):
        st.markdown(t("**答复一个问题**", "**Answer a problem**"))
        number = st.selectbox(
            t("问题", "Problem"),
            list(shown),
            index=None,
            format_func=shown.__getitem__,
            placeholder=t("请选择", "Choose"),
            key="answer_problem",
        )
        actions = {
            "confirm": t("数值无误，照用", "the value is right"),
            "set-aside": t("搁置，不参与计算", "set it aside"),
        }
        action = st.selectbox(
            t("答复", "Answer"), list(actions), format_func=actions.__getitem__, key="answer_action"
        )
        reason = st.text_input(t("理由（必填）", "Reason (needed)"), key="answer_reason")
        saved = st.form_submit_button(t("保存答复", "Save the answer"))
    if saved and number is None:
        st.error(t("请先选择一个问题。", "Choose a problem first."))
    elif saved and number is not None:
        problem = found[number]
        _do(
            lambda: bring_in.confirm(
                store.drafts(), draft, problem.where, problem.code, str(action), reason or ""
            ),
            tell,
        )


def _do(action: Callable[[], object], tell: Teller) -> None:
    """Do something to the draft, say how it went, and show the page anew."""
    try:
        action()
    except CarbonledgerError as error:
        tell(error)
    else:
        tell(Text("已保存。", "Saved."))
    st.rerun()
