"""The pages of the application, for the menu and for links between them."""

from pathlib import Path

import streamlit as st

from carbonledger.web.words import t

__all__ = ["link", "menu"]

# Not "pages": Streamlit would take a folder of that name beside its script for its own menu.
_PAGES = Path(__file__).resolve().parent / "screens"


def menu() -> dict[str, list[st.Page]]:
    """The pages under their headings, in the language of the reader."""
    return {
        t("账本", "Ledger"): [
            _page("start", default=True),
            *(_page(name) for name in ("inventory", "results", "trace")),
        ],
        t("碳汇与生态", "Sinks and ecosystems"): [_page("sinks"), _page("gep")],
        t("工具", "Tools"): [_page("factors"), _page("calculator")],
    }


def link(name: str, label: str, icon: str = "arrow_forward") -> None:
    """A link to a page; what the address says goes along, since the session keeps it."""
    st.page_link(_page(name, default=name == "start"), label=label, icon=f":material/{icon}:")


def _page(name: str, *, default: bool = False) -> st.Page:
    zh, en, icon = {
        "start": ("开始", "Start", "home"),
        "inventory": ("录入与校验", "Bring in and check", "upload_file"),
        "results": ("清单结果", "Inventory results", "bar_chart"),
        "trace": ("溯源", "Trace a figure", "account_tree"),
        "sinks": ("碳汇估算", "Sink estimates", "forest"),
        "gep": ("生态产品总值", "GEP", "eco"),
        "factors": ("因子库", "Factor library", "menu_book"),
        "calculator": ("计算器", "Calculator", "calculate"),
    }[name]
    return st.Page(
        _PAGES / f"{name}.py",
        title=t(zh, en),
        icon=f":material/{icon}:",
        url_path=name,
        default=default,
    )
