"""The first page: what is in the ledger, what to do next, the worked inventories."""

import streamlit as st

from carbonledger.services.home import headlines, worked_inventories
from carbonledger.services.running import run_and_store
from carbonledger.web import address, store
from carbonledger.web.book import link
from carbonledger.web.components import delta_colour, guarded, table
from carbonledger.web.frame import chosen_block, chosen_run
from carbonledger.web.ledger_view import runs_view
from carbonledger.web.words import plain, reader, say, t


def _open(name: str) -> None:
    with guarded(), st.spinner(t("正在计算并入账……", "Computing and storing ...")):
        done = run_and_store(name, store.place())
        address.put(run=done.identity[:12], region="", year="")


def _copy(name: str) -> None:
    with guarded():
        draft = store.drafts().copy(name)
        address.put(draft=draft.identifier)
        st.session_state["start_copied"] = draft.title


def _ledger() -> None:
    identity = chosen_run()
    if not identity:
        st.info(
            t(
                "账本还是空的。请先计算下面的一个清单，或到“录入与校验”带入自己的数据。",
                "The ledger is empty. Compute one of the inventories below, or bring in your own "
                "data under 'Bring in and check'.",
            )
        )
        return
    views = store.views(identity)
    region, year = chosen_block()
    st.subheader(plain(views.title))
    found = headlines(views, region, year, reader())
    for column, each in zip(st.columns(max(1, len(found))), found, strict=False):
        column.metric(
            say(each.label),
            each.value,
            each.change or None,
            delta_color=delta_colour(each.good),
            help=t("与上年相比", "against the year before") if each.change else None,
            border=True,
        )
    st.caption(
        t(
            "排放为正，吸收（汇）为负；排放下降、汇增强为绿色。",
            "Emissions are positive, removals negative; falling emissions and growing sinks "
            "are green.",
        )
    )


def _next() -> None:
    st.subheader(t("接下来做什么", "What to do next"))
    links = {
        "inventory": t("带入表格", "Bring in a table"),
        "results": t("看清单结果", "See the results"),
        "trace": t("追查一个数", "Trace a figure"),
        "factors": t("查因子、试因子", "Look factors up"),
        "calculator": t("用公式计算", "Calculate"),
    }
    for column, (page, words) in zip(st.columns(len(links)), links.items(), strict=True):
        with column:
            link(page, words)


def _worked() -> None:
    st.subheader(t("随软件提供的清单", "Inventories that come with the program"))
    st.caption(
        t(
            "“计算”把它算一遍并入账；“另存为草稿”得到一份可以改的副本，换成自己的数据。",
            "'Compute' runs it and stores the run; 'Copy to a draft' gives a copy to change.",
        )
    )
    for each in worked_inventories():
        words, first, second = st.columns([6, 1, 1.4], vertical_alignment="center")
        words.markdown(plain(each.title))
        first.button(
            t("计算", "Compute"), key=f"open_{each.name}", on_click=_open, args=(each.name,)
        )
        second.button(
            t("另存为草稿", "Copy to a draft"),
            key=f"copy_{each.name}",
            on_click=_copy,
            args=(each.name,),
        )


st.title(t("碳与生态账本", "carbonledger"))
if copied := st.session_state.get("start_copied"):
    st.success(t("已另存为草稿：", "Copied to a draft: ") + plain(copied))
    link("inventory", t("打开草稿", "Open the draft"))
_ledger()
_next()
_worked()
runs = store.runs()
if not runs.empty:
    table(runs_view(runs), "runs", height=250)
