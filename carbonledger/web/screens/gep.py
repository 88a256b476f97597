"""A GEP account: services with quantity, price, value and share; by ecosystem type; prices."""

import streamlit as st

from carbonledger.services import gep
from carbonledger.services.running import run_and_store
from carbonledger.web import address, store
from carbonledger.web.charts import bars
from carbonledger.web.components import chart, guarded, table
from carbonledger.web.frame import chosen_block, chosen_run
from carbonledger.web.words import plain, reader, t

_WORKED = "garze-2010-gep"


def _open() -> None:
    with guarded(), st.spinner(t("正在计算并入账……", "Computing and storing ...")):
        done = run_and_store(_WORKED, store.place())
        address.put(run=done.identity[:12], region="", year="")


def _none() -> None:
    st.info(
        t(
            "所选运行没有 GEP 账户。请在左侧选择一次 GEP 运行，"
            "或计算随软件提供的甘孜州 2010 年账户。",
            "The chosen run has no GEP account. Choose a GEP run on the left, or compute the "
            "account of Garzê 2010 that comes with the program.",
        )
    )
    st.button(t("计算甘孜州 2010 年账户", "Compute Garzê 2010"), on_click=_open, type="primary")


def _account(facts: gep.GepFacts) -> None:
    years = gep.periods_of(facts)
    chosen = chosen_block()[1]
    year = chosen if chosen in years else years[0]
    money = st.segmented_control(
        t("货币单位", "Unit of money"), gep.MONEY, default=gep.MONEY[0], key="gep_money"
    )
    money = str(money or gep.MONEY[0])
    found = gep.tables(facts, year, money)
    tabs = st.tabs(
        [
            t("科目（功能量、单价、价值量）", "Services"),
            t("分生态系统", "By ecosystem type"),
            t("功能量分生态系统", "Quantities by type"),
            t("分地区", "By region"),
            t("与上期相比", "Change"),
            t("价格", "Prices"),
        ],
        key=f"gep_tab_{reader()}",
    )
    for tab, key in zip(tabs, ("services", "types", "quantities", "regions"), strict=False):
        with tab, guarded():
            table(found[key], f"gep_{key}", height=520)
    with tabs[0], guarded():
        view, column, skip = gep.services_for_chart(found["services"])
        chart(bars(view, column, reader(), name=1, skip=skip), view, "gep_services")
    with tabs[4], guarded():
        if len(years) > 1:
            before = next((each for each in years if each < year), years[-1])
            table(gep.change_view(facts, year, before, money), "gep_change", height=520)
        else:
            st.info(t("本运行只有一年。", "The run has one year only."))
    with tabs[5], guarded():
        table(gep.prices_view(facts), "gep_prices", height=520)


st.title(t("生态产品总值（GEP）", "Gross ecosystem product (GEP)"))
with guarded():
    identity = chosen_run()
    views = store.views(identity) if identity else None
    facts = gep.facts_of(views) if views else None
    if views is None or facts is None:
        _none()
    else:
        st.subheader(plain(views.title))
        _account(facts)
