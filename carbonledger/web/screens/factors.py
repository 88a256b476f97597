"""The factor library: search, which row wins and why, and a value of one's own tried first."""

from typing import Any

import streamlit as st

from carbonledger.errors import CarbonledgerError
from carbonledger.services import library as shelf
from carbonledger.web import address, store
from carbonledger.web.charts import bars
from carbonledger.web.components import chart, guarded, refuse, table
from carbonledger.web.frame import chosen_block, lookup_region
from carbonledger.web.words import distinct, plain, reader, say, t


def _search() -> None:
    words = st.text_input(
        t("查找（中文或英文，可多个词）", "Search (Chinese or English, several words)"),
        key="factor_words",
        placeholder=t(
            "例如：原煤 低位发热量；电网 福建；水稻 甲烷",
            "e.g. raw coal heating value; grid Fujian",
        ),
        persist_state="session",
    )
    if not words:
        st.caption(
            t(
                f"因子库共 {len(store.base().parameters):,} 行。",
                f"The library has {len(store.base().parameters):,} rows.",
            )
        )
        return
    found = shelf.factors(*words.split())
    table(shelf.found_view(found, store.base()), "found", height=400)


def _ask() -> None:
    names = shelf.parameter_choices(store.base())
    items = shelf.item_choices(store.base(), reader())
    first, second, third, fourth = st.columns([3, 3, 2, 1])
    parameter = address.get("parameter")
    options = list(names)
    asked = first.selectbox(
        t("参数", "Parameter"),
        options,
        index=options.index(parameter) if parameter in names else 0,
        format_func={
            key: f"{say(names[key])}（{key}）" if reader() == "zh" else key for key in options
        }.__getitem__,
        key="ask_parameter",
    )
    chosen: Any = list(items).index(address.get("item")) if address.get("item") in items else None
    item = second.selectbox(
        t("品种", "Item"),
        list(items),
        index=chosen,
        format_func=items.__getitem__,
        placeholder=t("不限", "any"),
        key="ask_item",
    )
    region = third.text_input(
        t("地区", "Region"), value=lookup_region() or "350000", key="ask_region"
    )
    year = fourth.text_input(t("年份", "Year"), value=str(chosen_block()[1] or ""), key="ask_year")
    address.put(parameter=asked, item=item or "")
    with guarded():
        answer = shelf.ask(
            str(asked), item or "", region or "", shelf.year_of(year or ""), address.get("profile")
        )
        _answer(answer)


def _answer(answer: shelf.Answer) -> None:
    if answer.value is None:
        st.warning(t("没有适用的值。", "No value applies. ") + plain(answer.why))
    else:
        st.metric(
            t("采用的值", "The value that applies"),
            shelf.printed_value(answer),
            border=True,
        )
        st.markdown(t("为什么：", "Why: ") + plain(answer.why))
    for conflict in answer.conflicts:
        st.warning(plain(say(conflict.what) + t("。", ". ") + say(conflict.chosen)))
    table(shelf.rivals_view(answer, store.base()), "rivals", height=380)


def _try() -> None:
    """A value of one's own in a draft: before and after first, then applied."""
    known = store.drafts().all()
    names = distinct({each.identifier: say(each.title) for each in known if each.ready})
    if not names:
        st.info(
            t(
                "试用自己的因子需要一份草稿：请先到“开始”页把一个清单另存为草稿，"
                "或带入自己的数据。",
                "To try a value, have a draft: copy an inventory to a draft on the page 'Start', "
                "or bring in your own data.",
            )
        )
        return
    items = shelf.item_choices(store.base(), reader())
    parameters = distinct(
        {key: say(name) for key, name in shelf.parameter_choices(store.base()).items()}
    )
    with st.form("try"):
        first, second, third = st.columns(3)
        draft = first.selectbox(
            t("草稿", "Draft"), list(names), format_func=names.__getitem__, key="try_draft"
        )
        parameter = second.selectbox(
            t("参数", "Parameter"),
            list(parameters),
            index=list(parameters).index(address.get("parameter") or "net_calorific_value"),
            format_func=parameters.__getitem__,
            key="try_parameter",
        )
        item = third.selectbox(
            t("品种", "Item"), list(items), index=None, format_func=items.__getitem__,
            placeholder=t("请选择", "Choose"), key="try_item",
        )  # fmt: skip
        fourth, fifth, sixth = st.columns(3)
        value = fourth.text_input(
            t("值和单位", "Value and unit"), key="try_value", placeholder="21.3 GJ/t"
        )
        source = fifth.text_input(t("来源文件", "Document"), key="try_source")
        page = sixth.text_input(t("页码或表号", "Page or table"), key="try_page")
        tried = st.form_submit_button(t("试算（不保存）", "Try (nothing is saved)"), type="primary")
    if tried:
        st.session_state.pop("trial", None)
        with guarded(), st.spinner(t("正在试算……", "Computing both ...")):
            trial = shelf.set_factor(
                store.drafts().get(str(draft)).folder, str(parameter), value or "",
                item=item or "", source=source or "", locator=page or "",
            )  # fmt: skip
            st.session_state["trial"] = (str(draft), trial)
    if "trial" in st.session_state:
        _trial(*st.session_state["trial"])


def _trial(identifier: str, trial: shelf.Trial) -> None:
    view = shelf.effect_view(trial.effect, store.base())
    if trial.effect.blocked:
        st.error(
            t("用这个值，清单有 A 级问题，不能应用。", "With it the draft has grade-A problems.")
        )
    elif not view.rows:
        st.info(t("没有合计因此改变。", "No total changes."))
    else:
        left, right = st.columns([3, 2])
        with left:
            table(view, "effect", height=360)
        with right:
            percent = next(n for n, head in enumerate(view.heads) if head.label.zh == "差 %")
            chart(bars(view, percent, reader(), name=0), view, "effect")
    first, second = st.columns([1, 4])

    def apply() -> None:
        try:
            trial.apply()
            store.drafts().note(identifier, factor=True)
            st.session_state["try_applied"] = True
        except CarbonledgerError as error:
            st.session_state["try_refused"] = error
        st.session_state.pop("trial", None)

    first.button(
        t("应用到草稿", "Apply to the draft"),
        on_click=apply,
        disabled=trial.effect.blocked,
        key="try_apply",
    )
    second.button(
        t("放弃", "Drop"), on_click=lambda: st.session_state.pop("trial", None), key="try_drop"
    )


st.title(t("因子库", "Factor library"))
if st.session_state.pop("try_applied", False):
    st.success(
        t(
            "已写入草稿的 factors.csv；旧行保留，标为被取代。",
            "Written to factors.csv of the draft; former rows stay, marked superseded.",
        )
    )
if refused := st.session_state.pop("try_refused", None):
    refuse(refused)
names = [
    t("检索", "Search"),
    t("哪个值适用", "Which value applies"),
    t("试用自己的值", "Try a value"),
]
tabs = st.tabs(
    names,
    default=names[1] if address.get("parameter") else None,  # a link to a value opens there
    key=f"factor_tab_{reader()}",
    on_change="rerun",
)
for tab, show in zip(tabs, (_search, _ask, _try), strict=True):
    if tab.open:
        with tab, guarded():
            show()
