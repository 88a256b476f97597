"""Words on the screen: the language of the reader, and text that stays text."""

import os
import re
from collections import Counter
from collections.abc import Mapping

import streamlit as st

from carbonledger.errors import Text

__all__ = ["distinct", "plain", "reader", "say", "t"]

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@/])")
_BREAK = re.compile(r"\s*\n\s*")


def reader() -> str:
    """The language of the reader: what was chosen, else that of the command line, else ``zh``."""
    chosen = st.session_state.get("at_lang") or os.environ.get("CARBONLEDGER_LANG")
    return "en" if chosen == "en" else "zh"


def t(zh: str, en: str) -> str:
    """One of our own words in the language of the reader."""
    return en if reader() == "en" else zh


def say(text: Text) -> str:
    """A message or name in the language of the reader; it may quote data, see ``plain``."""
    return text.in_language(reader())


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """The names of a list, with the code behind those that several have.

    A browser answers with the name that was chosen: two alike names would stand for one another.
    """
    counts = Counter(names.values())
    return {key: name if counts[name] == 1 else f"{name} [{key}]" for key, name in names.items()}


def plain(text: str | Text) -> str:
    """Text that holds data, for places that read Markdown.

    No mark, link, picture or tag of it takes effect, so that nothing written in a file can reach
    out or pretend to be ours.
    """
    words = say(text) if isinstance(text, Text) else text
    return "  \n".join(_MARKUP.sub(r"\\\1", line) for line in _BREAK.split(words))
