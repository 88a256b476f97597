"""Results of an inventory: by sector, gas, fuel and year, land use beside, and the energy flow."""

from collections.abc import Callable

import streamlit as st

from carbonledger.reports.view import View
from carbonledger.services.flows import energy_flow
from carbonledger.services.results import RunViews
from carbonledger.web import address, store
from carbonledger.web.book import link
from carbonledger.web.charts import bars, lines, sankey
from carbonledger.web.components import chart, guarded, table
from carbonledger.web.frame import chosen_block, chosen_run
from carbonledger.web.words import plain, reader, t

_FIRST_YEAR = 2  # the column behind code and name


def _sectors(views: RunViews, region: str, year: int) -> None:
    view = views.sectors(region, year)
    st.caption(
        t("点一个数，再点“溯源”。", "Click a figure, then 'Trace'."),
    )
    chosen = table(view, "sectors", select=True, height=520)
    cells = chosen["selection"]["cells"] if chosen else []
    if cells:
        place, head = cells[0]
        _offer_trace(view, int(place), str(head))
    memo = views.sectors(region, year, ("memo",))
    if memo.rows:
        with st.expander(t("信息项（不计入总量）", "Memo items (not in the total)")):
            table(memo, "memo", title=False)


def _offer_trace(view: View, place: int, head: str) -> None:
    """A link to the trace of the figure that was clicked."""
    titles = [each.title(reader()) for each in view.heads]
    account = str(view.rows[place][0])
    if head not in titles or titles.index(head) < 2 or not account:
        return
    measure = view.heads[titles.index(head)].unit.removeprefix("t ")
    address.put(account=account, measure=measure, item="")
    link("trace", t(f"溯源：{account} {measure}", f"Trace {account} {measure}"), "account_tree")


def _gases(views: RunViews, region: str, year: int) -> None:
    view = views.gases(region, year)
    left, right = st.columns([3, 2])
    with left:
        table(view, "gases")
    with right:
        if view.rows:
            chart(bars(view, 2, reader(), skip=(len(view.rows) - 1,)), view, "gases")


def _fuels(views: RunViews, region: str, year: int) -> None:
    view = views.fuels(region, year)
    left, right = st.columns(2)
    with left:
        table(view, "fuels", height=560)
    with right:
        if view.rows:
            chart(bars(view, 1, reader(), skip=(len(view.rows) - 1,)), view, "fuels")


def _years(views: RunViews, region: str) -> None:
    view = views.years(region)
    table(view, "years")
    if len(view.heads) > _FIRST_YEAR + 1:  # one year is no line
        chart(lines(view, _FIRST_YEAR, reader()), view, "years")


def _land(views: RunViews, region: str, year: int) -> None:
    view = views.land_use(region, year)
    table(view, "land")
    chart(bars(view, 1, reader()), view, "land")


def _energy(views: RunViews, region: str, year: int) -> None:
    flow = energy_flow(views, region, year)
    if not flow.links:
        st.info(t("本年没有燃料燃烧的热量。", "No heat of burned fuels in this year."))
        return
    st.caption(
        t(
            f"燃料的热量（低位）流向各部门，单位 TJ；已核对 {flow.nodes} 个中间节点，"
            "流入与流出相等。",
            f"Heat of fuels (net) into the sectors, in TJ; {flow.nodes} inner nodes were checked: "
            "what flows in flows out.",
        )
    )
    st.echarts_chart(
        sankey(flow.links, flow.name(reader()), "TJ"),
        height=620,
        key="sankey",
        alt=t("能源流向图", "Energy flow"),
    )
    table(flow.table, "heat")


def _published(views: RunViews) -> None:
    view = views.published()
    if view.rows:
        table(view, "published")


identity = chosen_run()
st.title(t("清单结果", "Inventory results"))
if not identity:
    st.info(
        t(
            "账本里还没有运行，请先到“开始”页计算一个清单。",
            "The ledger holds no run: compute an inventory on the page 'Start' first.",
        )
    )
else:
    views = store.views(identity)
    region, year = chosen_block()
    st.subheader(plain(views.title))
    tabs = st.tabs(
        [
            t("分部门", "By sector"),
            t("分气体", "By gas"),
            t("分品种", "By fuel"),
            t("历年", "By year"),
            t("含/不含林业", "With and without land use"),
            t("能源流向", "Energy flow"),
            t("与已发布数对照", "Beside published totals"),
        ],
        key=f"results_tab_{reader()}",
        on_change="rerun",
    )
    shown: tuple[Callable[[], None], ...] = (
        lambda: _sectors(views, region, year),
        lambda: _gases(views, region, year),
        lambda: _fuels(views, region, year),
        lambda: _years(views, region),
        lambda: _land(views, region, year),
        lambda: _energy(views, region, year),
        lambda: _published(views),
    )
    for tab, show in zip(tabs, shown, strict=True):
        if tab.open:
            with tab, guarded():
                show()
