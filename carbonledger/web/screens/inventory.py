"""Bringing an inventory in: upload or paste, recognise, check, correct, compute."""

import streamlit as st

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.services import bring_in
from carbonledger.services.check import Checked, problems_view
from carbonledger.services.drafts import Draft
from carbonledger.services.running import run_and_store
from carbonledger.services.uploads import MAX_UPLOAD_MB, layout_name
from carbonledger.web import address, sheets, store
from carbonledger.web.book import link
from carbonledger.web.components import grades, guarded, refuse, table
from carbonledger.web.words import distinct, plain, reader, say, t

_KINDS = ["csv", "tsv", "xlsx", "xlsm", "xls"]


def _told(words: Text | CarbonledgerError) -> None:
    """Keep a message for the next run of the script, after a callback."""
    st.session_state["inventory_told"] = words


def _tell() -> None:
    words = st.session_state.pop("inventory_told", None)
    if isinstance(words, CarbonledgerError):
        refuse(words)
    elif words is not None:
        st.success(plain(words))


def _new() -> None:
    """The form of a new inventory."""
    names = store.region_choices(reader())
    with st.form("inventory_new", border=True):
        st.markdown(t("**新建清单**", "**New inventory**"))
        first, second = st.columns([3, 1])
        region = first.selectbox(
            t("地区（可输入名称或代码查找）", "Region (type a name or code)"),
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder=t("请选择地区", "Choose a region"),
            key="new_region",
        )
        year = second.text_input(t("年份", "Year"), key="new_year", placeholder="2012")
        title = st.text_input(
            t("名称（可不填）", "Title (may be left out)"), key="new_title", max_chars=120
        )
        if not st.form_submit_button(t("新建", "Create"), type="primary"):
            return
    with guarded():
        draft = bring_in.new_inventory(
            store.drafts(), store.base(), str(region or ""), year or "", title or "",
            address.get("profile"),
        )  # fmt: skip
        address.put(draft=draft.identifier)
        st.rerun()


def _choose() -> Draft | None:
    """The draft that the page is about; empty for a new one."""
    known = store.drafts().all()
    names = {
        draft.identifier: f"{say(draft.title)} · {draft.changed[:16].replace('T', ' ')}"
        for draft in known
    }
    names = {"": t("＋ 新建清单", "+ new inventory")} | distinct(names)
    wanted = address.get("draft")
    if wanted and wanted not in names:
        st.warning(t("没有这个草稿，可能已被删除。", "There is no such draft; it may be deleted."))
    st.session_state["inventory_draft"] = wanted if wanted in names else ""

    def chosen() -> None:
        address.put(draft=st.session_state["inventory_draft"])

    st.selectbox(
        t("草稿（自动保存在本机）", "Draft (kept on this machine)"),
        list(names),
        format_func=names.__getitem__,
        key="inventory_draft",
        on_change=chosen,
    )
    chosen_one = st.session_state["inventory_draft"]
    return store.drafts().get(chosen_one) if chosen_one else None


def _upload(draft: Draft) -> None:
    key = f"upload_{draft.identifier}"

    def arrived() -> None:
        for file in st.session_state.get(key) or []:
            try:
                now = store.drafts().get(draft.identifier)
                bring_in.add_upload(store.drafts(), now, file.name, file.getvalue())
            except CarbonledgerError as error:
                _told(error)

    st.file_uploader(
        t("上传 Excel、WPS 或 CSV 表", "Upload Excel, WPS or CSV tables"),
        type=_KINDS,
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD_MB,
        key=key,
        on_change=arrived,
        help=t("文件放进草稿后立即保存", "A file is kept as soon as it has arrived"),
    )
    st.caption(
        t(
            "可用 xlsx、xlsm、xls、csv、tsv；不运行宏，不识别扫描件和 PDF。",
            "xlsx, xlsm, xls, csv or tsv; macros are not run, scans and PDFs are not read.",
        )
    )


def _paste(draft: Draft) -> None:
    key = f"paste_{draft.identifier}"
    st.session_state.setdefault(key, draft.pasted)

    def typed() -> None:
        store.drafts().keep_pasted(draft.identifier, st.session_state[key])

    def take() -> None:
        try:
            bring_in.add_pasted(store.drafts(), draft, st.session_state[key])
        except CarbonledgerError as error:
            _told(error)
        else:
            st.session_state[key] = ""
            _told(Text("已加入草稿。", "Added to the draft."))

    st.text_area(
        t("或粘贴从 Excel/WPS 复制的区域（连同表头）", "Or paste a range copied from Excel or WPS"),
        key=key,
        height=140,
        on_change=typed,
        placeholder=t("科目	品种	数量	单位\n1.A.2	柴油	3000	吨",
                      "account	item	quantity	unit\n1.A.2	diesel	3000	t"),
    )  # fmt: skip
    st.button(t("加入草稿", "Add to the draft"), key="paste_take", on_click=take)
    st.caption(
        t(
            "每个单元格都按原样读取；读不懂的不会丢掉，会在“校验”里逐格指出。",
            "Every cell is read as it is; what cannot be read is not dropped but pointed out.",
        )
    )


def _tables(draft: Draft) -> None:
    """The tables of the draft and how each is read."""
    for place, spec in enumerate(draft.tables):
        name = spec["file"] + (f" / {spec['sheet']}" if spec.get("sheet") else "")
        words = say(layout_name(spec.get("layout", "entries")))
        with st.expander(f"{plain(name)} · {words}"):
            sheets.table_form(draft, place, _told)


def _check(draft: Draft, checked: Checked) -> None:
    grades(checked.problems)
    if checked.blocked:
        st.error(
            t("有 A 级问题，改正或搁置之前不能计算。",
              "Grade-A problems: nothing is computed until they are corrected or set aside.")
        )  # fmt: skip
    table(problems_view(checked.problems), "problems", height=330)
    sheets.decide(draft, checked, _told)


def _compute(draft: Draft, checked: Checked) -> None:
    blocked = checked.blocked or not draft.ready
    grades(checked.problems)
    st.caption(
        t(
            f"{len(draft.tables)} 张表，{checked.count} 条录入。计算后的运行"
            "存入账本，草稿不变；B、C 级问题的答复会印在报告里。",
            f"{len(draft.tables)} tables, {checked.count} entries. The run is "
            "stored in the ledger and the draft stays as it is; answers to problems of grade B and "
            "C are printed in the report.",
        )
    )
    if st.button(
        t("确认并计算", "Confirm and compute"), type="primary", disabled=blocked, key="compute"
    ):
        with guarded(), st.status(t("正在计算……", "Computing ..."), expanded=False) as progress:
            done = run_and_store(draft.folder, store.place(), profile=None, gwp=None)
            if done.blocked:
                progress.update(label=t("没有计算", "Not computed"), state="error")
                table(problems_view(done.problems), "refused")
                return
            store.drafts().note(draft.identifier, run=done.identity)
            address.put(run=done.identity[:12], region="", year="")
            progress.update(label=t("已计算并入账", "Computed and stored"), state="complete")
        _told(
            Text(f"已计算并入账，运行 {done.identity[:12]}。",
                 f"Computed and stored: run {done.identity[:12]}.")
        )  # fmt: skip
        st.rerun()
    if blocked:
        st.caption(t("先改正 A 级问题。", "Mend the grade-A problems first."))
    identity = str(draft.notes.get("run", ""))
    if identity:
        link(
            "results",
            t(f"看结果（运行 {identity[:12]}）", f"See the results (run {identity[:12]})"),
            "bar_chart",
        )


def _page(draft: Draft) -> None:
    manifest = draft.manifest
    where = say(store.region_text(str(manifest["region"])))
    years = "、".join(map(str, manifest["periods"]))
    st.caption(
        t(
            f"{where} · {years} 年 · 口径 {manifest['profile']} · "
            f"草稿第 {draft.version} 版，已保存",
            f"{where} · {years} · profile {manifest['profile']} · draft version {draft.version}, "
            "saved",
        )
    )
    checked = store.checked(draft) if draft.ready else Checked(None, [])
    tabs = st.tabs(
        [
            t("① 上传或粘贴", "1 Upload or paste"),
            t("② 识别", "2 Recognised"),
            t("③ 校验", "3 Check"),
            t("④ 计算", "4 Compute"),
        ],
        key=f"inventory_tab_{reader()}_{draft.identifier}",
    )
    with tabs[0]:
        left, right = st.columns(2)
        with left:
            _upload(draft)
        with right:
            _paste(draft)
        _tables(draft)
    if not draft.ready:
        for tab in tabs[1:]:
            tab.info(t("草稿里还没有表。", "The draft has no table yet."))
        return
    with tabs[1]:
        sheets.grids(checked)
    with tabs[2]:
        _check(draft, checked)
    with tabs[3]:
        _compute(draft, checked)


st.title(t("录入与校验", "Bring in and check"))
_tell()
with guarded():
    draft = _choose()
    if draft is None:
        _new()
    else:
        _page(draft)
