"""From a figure to its terms, their formulas, and on to the cell and the page."""

import pandas as pd
import streamlit as st

from carbonledger.engine.explain import Explanation, Term
from carbonledger.reports.texts import chemical
from carbonledger.services import trace
from carbonledger.services.results import RunViews
from carbonledger.services.working_paper import working_paper
from carbonledger.web import address, store
from carbonledger.web.components import guarded, offer, table
from carbonledger.web.frame import chosen_block, chosen_run
from carbonledger.web.words import distinct, plain, say, t

_MARK = "background-color: #ffe08a; font-weight: bold"


def _pick(label: str, key: str, names: dict[str, str]) -> str:
    """A selection by the names of codes that stands in the address."""
    names = distinct(names)
    value = address.get(key) if address.get(key) in names else next(iter(names))
    st.session_state[f"trace_{key}"] = value

    def chosen() -> None:
        address.put(**{key: st.session_state[f"trace_{key}"]})

    st.selectbox(
        label, list(names), format_func=names.__getitem__, key=f"trace_{key}", on_change=chosen
    )
    address.put(**{key: value})
    return value


def _choose(views: RunViews) -> tuple[str, str, str]:
    """Account, measure and item of the figure."""
    names = views.names
    first, second, third = st.columns([3, 1, 2])
    with first:
        account = _pick(
            t("科目", "Account"),
            "account",
            {
                code: f"{code} {say(names.account(code))}"
                for code in trace.accounts_of(views.results, *chosen_block())
            },
        )
    measures = trace.measures_of(views.results, account, *chosen_block())
    with second:
        measure = _pick(t("计量", "Measure"), "measure", {each: each for each in measures})
    items = trace.items_of(views.results, views.library, account, measure, *chosen_block())
    with third:
        item = _pick(
            t("品种", "Item"),
            "item",
            {"": t("全部品种", "all items")} | {code: say(names.item(code)) for code in items},
        )
    return account, measure, item


def _explained(views: RunViews, found: Explanation) -> None:
    reference = trace.reference(views.results, found, *chosen_block())
    amount = trace.printed_amount(found.amount, found.unit)
    st.metric(
        f"{found.account} {say(views.names.account(found.account))} · {chemical(found.measure)}",
        amount,
        border=True,
    )
    st.caption(
        t("引用编号（写在报告里即可回查）：", "Reference (write it into a report): ")
        + f"`{reference}`"
    )
    view = trace.terms_view(found, views.library)
    table(view, "terms", height=320)
    offer(trace.AUDIT, view.title, lambda: working_paper(found, views.library, reference), "audit")
    if found.terms:
        _one(views, found)


def _one(views: RunViews, found: Explanation) -> None:
    """One term in full: formula, numbers, the rows of the file around its cell."""
    st.subheader(t("一项的来历", "One term in full"))
    names, terms = views.names, trace.largest(found)
    shown = {
        place: f"{place + 1}. {say(names.item(term.item)) if term.item else ''} · "
        f"{term.account} · {term.place}"
        for place, term in enumerate(terms)
    }
    place = st.selectbox(
        t("选择一项", "Choose a term"), list(shown), format_func=shown.__getitem__, key="trace_term"
    )
    term = terms[place or 0]
    if term.formula:
        st.markdown(t("公式：", "Formula: ") + plain(term.formula))
        st.code(f"{term.filled}\n= {trace.printed_amount(term.amount, term.unit)}", language=None)
        st.caption(plain(term.equation))
    table(trace.numbers_view([term], views.library), "numbers")
    _cells(views, term)


def _cells(views: RunViews, term: Term) -> None:
    for where in trace.places_of(term):
        found = trace.around(views.results, store.place(), where)
        if found is None:
            continue
        sheet = f" / {found.sheet}" if found.sheet else ""
        st.markdown(
            t("原文件：", "Original file: ")
            + plain(f"{found.file}{sheet} ! {found.cell}")
            + f" · SHA-256 `{found.sha256[:16]}…`"
        )
        frame = pd.DataFrame(found.rows, columns=list(found.columns), index=list(found.numbers))
        row, column = found.number, found.column

        def marked(value: pd.DataFrame, row: int = row, column: str = column) -> pd.DataFrame:
            styles = pd.DataFrame("", index=value.index, columns=value.columns)
            styles.loc[row, column] = _MARK
            return styles

        st.dataframe(
            frame.style.apply(marked, axis=None),
            key=f"around_{where}",
            alt=t("单元格周围的行", "Rows around the cell"),
        )
        told = trace.problems_at(views.results, where)
        if told.rows:
            table(told, f"told_{where}")


def _by_reference() -> None:
    """Jump to a figure by the reference that was written into a report."""

    def jump() -> None:
        found = trace.parse_reference(st.session_state["trace_reference"])
        if found is None:
            st.session_state["trace_unknown"] = True
        else:
            address.put(**found)

    with st.expander(t("按引用编号回查", "Look a reference up")):
        st.text_input(
            t("引用编号", "Reference"),
            key="trace_reference",
            on_change=jump,
            placeholder="111ac356f8eb/350000/2012/1.A.2/CO2",
        )
        if st.session_state.pop("trace_unknown", False):
            st.error(
                t(
                    "这不是引用编号。它的写法是：运行/地区/年份/科目/计量[/品种]。",
                    "This is no reference. It is written run/region/year/account/measure[/item].",
                )
            )


identity = chosen_run()
st.title(t("溯源", "Trace a figure"))
_by_reference()
if not identity:
    st.info(t("账本里还没有运行。", "The ledger holds no run."))
else:
    with guarded():
        views = store.views(identity)
        region, year = chosen_block()
        account, measure, item = _choose(views)
        if measure == "CO2e":
            table(trace.equivalents_view(views.results, views.library, account, region, year), "eq")
        else:
            _explained(views, store.explained(identity, account, measure, item, region, year))
