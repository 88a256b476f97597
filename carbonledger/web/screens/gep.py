"""A GEP account: services with quantity, price, value and share; by ecosystem type; prices."""

from collections.abc import Callable

import streamlit as st

from carbonledger.reports.texts import label
from carbonledger.reports.view import View
from carbonledger.services import gep
from carbonledger.services.running import run_and_store
from carbonledger.web import address, store
from carbonledger.web.charts import bars
from carbonledger.web.components import chart, guarded, table
from carbonledger.web.frame import chosen_block, chosen_run
from carbonledger.web.words import distinct, plain, reader, say, t

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


def _change(facts: gep.GepFacts, year: int, money: str) -> None:
    """The split of the change against the year before, of this run or of another one."""
    names = {"": t("本次运行的上一个年份", "the year before in this run")} | _others()
    chosen = st.selectbox(
        t("与哪一次运行比较", "Compare with"),
        list(names),
        format_func=names.__getitem__,
        key="gep_against",
    )
    if chosen:
        former = store.gep_facts(chosen)
        facts = gep.joined(former, facts) if former else facts
    before = gep.before_of(facts, year)
    if before is None:
        st.info(
            t(
                f"没有早于 {year} 年的账户可比。请在上面选择上期的运行。",
                f"There is no account before {year}. Choose the run of an earlier year above.",
            )
        )
        return
    view = gep.change_view(facts, before, year, money)
    table(view, "gep_change", height=430)
    drawn, column = gep.effects_view(view)
    chart(bars(drawn, column, reader(), growth=True), drawn, "gep_change")


def _others() -> dict[str, str]:
    """The other runs under the profile of this one, the last one first."""
    runs = store.runs()
    mine = runs[runs["identity"] == chosen_run()]
    runs = runs[runs["profile"].isin(mine["profile"]) & (runs["identity"] != chosen_run())]
    title = "title_en" if reader() == "en" else "title_zh"
    return distinct(
        {
            str(row["identity"]): f"{row[title] or row['inventory']} · {str(row['stored_at'])[:16]}"
            for row in runs.to_dict("records")
        }
    )


def _account(facts: gep.GepFacts) -> None:
    years = gep.periods_of(facts)
    chosen = chosen_block()[1]
    year = chosen if chosen in years else years[0]
    money = st.segmented_control(
        t("货币单位", "Unit of money"),
        gep.MONEY,
        default=gep.MONEY[0],
        format_func=lambda unit: say(label("unit", unit)),
        key="gep_money",
    )
    money = str(money or gep.MONEY[0])
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
        on_change="rerun",
    )
    shown: tuple[Callable[[], object], ...] = (
        lambda: _services(gep.services(facts, year, money)),
        lambda: table(gep.types(facts, year, money), "gep_types", height=520),
        lambda: table(gep.quantities(facts, year), "gep_quantities", height=520),
        lambda: table(gep.regions(facts, year, money), "gep_regions", height=520),
        lambda: _change(facts, year, money),
        lambda: table(gep.prices_view(facts), "gep_prices", height=520),
    )
    for tab, show in zip(tabs, shown, strict=True):
        if tab.open:
            with tab, guarded():
                show()


def _services(found: View) -> None:
    table(found, "gep_services_table", height=520)
    view, column, skip = gep.services_for_chart(found)
    chart(bars(view, column, reader(), name=1, skip=skip), view, "gep_services")


st.title(t("生态产品总值（GEP）", "Gross ecosystem product (GEP)"))
with guarded():
    identity = chosen_run()
    views = store.views(identity) if identity else None
    facts = store.gep_facts(identity) if identity else None
    if views is None or facts is None:
        _none()
    else:
        st.subheader(plain(views.title))
        _account(facts)
