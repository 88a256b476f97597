"""One formula with units: a form for every method of the registry."""

import streamlit as st

from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import chemical
from carbonledger.services import calculator
from carbonledger.services.library import item_choices
from carbonledger.web import address, store
from carbonledger.web.components import guarded, table
from carbonledger.web.frame import chosen_block, lookup_region
from carbonledger.web.words import plain, reader, say, t

_FIELDS_IN_A_ROW = 3


def _method() -> calculator.Method:
    known = calculator.methods()
    names = list(known)
    wanted = address.get("method")
    value = wanted if wanted in known else "energy.combustion.co2"
    st.session_state["calculator_method"] = value

    def chosen() -> None:
        address.put(method=st.session_state["calculator_method"])

    st.selectbox(
        t(f"方法（共 {len(names)} 个，可输入文字查找）", f"Method ({len(names)}; type to search)"),
        names,
        format_func={name: say(calculator.method_title(known[name])) for name in names}.__getitem__,
        key="calculator_method",
        on_change=chosen,
    )
    address.put(method=value)
    return known[value]


def _form(method: calculator.Method) -> tuple[dict[str, str], dict[str, str]] | None:
    """The values as typed, and what the library is asked about; None until the form is sent."""
    items = item_choices(store.base(), reader())
    accounts = store.account_choices(reader())
    values: dict[str, str] = {}
    with st.form(f"form_{method.id}"):
        fields = calculator.fields(method)
        for start in range(0, len(fields), _FIELDS_IN_A_ROW):
            row = fields[start : start + _FIELDS_IN_A_ROW]
            for column, (name, words, units) in zip(
                st.columns(_FIELDS_IN_A_ROW), row, strict=False
            ):
                needed = name == method.activity
                values[name] = (
                    column.text_input(
                        f"{plain(words)}" + (t("（必填）", " (needed)") if needed else ""),
                        key=f"value_{method.id}_{name}",
                        placeholder=f"{t('数值 单位', 'value unit')}  [{units}]",
                        persist_state="session",
                    )
                    or ""
                )
        st.caption(
            t(
                "数值连同单位写，例如 12.5 万t、3000 吨、675 公顷；"
                "不填的参数按地区、年份和口径从因子库取。",
                "Write values with their units, such as 3000 t or 675 ha; what is left blank is "
                "taken from the library.",
            )
        )
        first, second, third, fourth = st.columns([3, 3, 2, 1])
        item = first.selectbox(
            t("品种", "Item"), list(items), index=None, format_func=items.__getitem__,
            placeholder=t("不限", "any"), key=f"item_{method.id}",
        )  # fmt: skip
        account = second.selectbox(
            t("科目", "Account"), list(accounts), index=None, format_func=accounts.__getitem__,
            placeholder=t("不限", "any"), key=f"account_{method.id}",
        )  # fmt: skip
        region = third.text_input(
            t("地区", "Region"), value=lookup_region(), key=f"region_{method.id}"
        )
        year = fourth.text_input(
            t("年份", "Year"), value=str(chosen_block()[1] or ""), key=f"year_{method.id}"
        )
        detail = st.text_input(
            t("细项（可不填）", "Detail (may be left out)"), key=f"detail_{method.id}"
        )
        if not st.form_submit_button(t("计算", "Calculate"), type="primary"):
            return None
    about = {"item": item or "", "account": account or "", "region": region or "",
             "period": year or "0", "detail": detail or ""}  # fmt: skip
    return {name: text.strip() for name, text in values.items() if text.strip()}, about


def _result(method: calculator.Method, values: dict[str, str], about: dict[str, str]) -> None:
    result = calculator.calc(
        method.id, profile=address.get("profile") or calculator.DEFAULT_PROFILE, **about, **values
    )
    first, second = st.columns(2)
    first.metric(
        say(method.title),
        f"{format_number(result.value, 4)} {chemical(result.unit)}",
        border=True,
    )
    if result.co2e is not None and result.gwp is not None and result.gwp.value != 1:
        second.metric(
            t("二氧化碳当量", "CO₂e"), f"{format_number(result.co2e, 4)} t CO₂e", border=True
        )
    unit = chemical(result.unit)
    st.code(
        f"{result.formula}\n= {result.filled}\n= {format_number(result.value, 4)} {unit}",
        language=None,
    )
    table(calculator.calculation_view(result), "calculation", title=False)


st.title(t("计算器", "Calculator"))
method = _method()
st.markdown(t("公式：", "Formula: ") + plain(f"{method.returns} = {method.formula}"))
st.caption(plain(f"{method.equation} · {store.base().source_title(method.source)}"))
if not calculator.calculable(method):
    st.info(
        t(
            "这个方法需要逐年的数据，请把数据录入清单后计算。",
            "This method needs the years one after another: enter them in an inventory.",
        )
    )
else:
    sent = _form(method)
    if sent is not None:
        with guarded():
            _result(method, *sent)
