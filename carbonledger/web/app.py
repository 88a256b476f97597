"""The router: page frame, language, what the pages are about, and the page itself."""

import logging

import streamlit as st

from carbonledger.errors import CarbonledgerError
from carbonledger.web import address
from carbonledger.web.book import menu
from carbonledger.web.components import refuse
from carbonledger.web.frame import sidebar
from carbonledger.web.style import style
from carbonledger.web.words import t

__all__ = ["main"]

_LOG = logging.getLogger("carbonledger.web")


def main() -> None:
    """Run the application: the entry script calls it on every run."""
    address.read()
    st.set_page_config(
        page_title=t("碳与生态账本", "carbonledger"),
        page_icon="🌱",
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    st.html(style())
    chosen = st.navigation(menu(), expanded=True)
    try:
        # Shown from half a second on, whatever it is that takes longer.
        with st.spinner(t("正在准备本页，请稍候……", "Preparing the page, please wait ...")):
            sidebar()
            chosen.run()
    except CarbonledgerError as error:
        refuse(error)
    except Exception:  # the last line of defence before the reader
        _LOG.exception("page %s failed", chosen.url_path)
        st.error(
            t(
                "本页出错，没有保存任何改动。详情已写入运行本程序的窗口（日志），请把它发给维护者。",
                "This page failed; nothing was changed. Details are in the log of the program's "
                "window: please send them to the maintainers.",
            )
        )
    address.write()


if __name__ == "__main__":
    main()
