"""Parts of pages: tables with their download, charts with theirs, problems, refusals in words."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import streamlit as st
from rich.cells import cell_len

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.model.problem import Grade, Problem
from carbonledger.reports.texts import label
from carbonledger.reports.view import Kind, View, printed, workbook
from carbonledger.services.uploads import safe_file_title
from carbonledger.web.words import plain, reader, say, t

__all__ = [
    "chart",
    "delta_colour",
    "download",
    "grades",
    "guarded",
    "notes",
    "offer",
    "refuse",
    "table",
]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROW, _FRAME, _TALLEST = 35, 3, 440
_FITTING = 5  # in Latin letters
_LETTER, _HEAD_LETTER, _MARGIN, _WIDEST = 7, 6, 24, 260  # in pixels


def table(
    view: View, key: str, *, height: int = _TALLEST, select: bool = False, title: bool = True
) -> Any:
    """A view as a table with its notes and its Excel download; gives the selection of a cell."""
    lang = reader()
    if title:
        st.markdown(f"**{plain(view.title)}**")
    if not view.rows:
        st.info(t("没有数据。", "There are no data."))
        return None
    heads = _heads(view, lang)
    frame = pd.DataFrame(printed(view, lang), columns=heads)
    config = {
        name: st.column_config.TextColumn(
            name,
            alignment="left" if head.kind is Kind.TEXT else "right",
            width=_width(name, frame[name], number=head.kind is not Kind.TEXT),
        )
        for name, head in zip(heads, view.heads, strict=True)
    }
    options: dict[str, Any] = (
        {"on_select": "rerun", "selection_mode": "single-cell"} if select else {}
    )
    chosen = st.dataframe(
        frame,
        hide_index=True,
        column_config=config,
        height=min(height, _ROW * (len(frame) + 1) + _FRAME),
        key=f"table_{key}",
        placeholder="",
        alt=say(view.title),
        **options,
    )
    notes(view)
    download([view], key)
    return chosen if select else None


def notes(view: View) -> None:
    """The notes of a view."""
    if view.notes:
        st.caption("  ".join(plain(note) for note in view.notes))


def download(views: Sequence[View], key: str, words: Text | None = None) -> None:
    """A button that makes the workbook of some views when it is pressed."""
    words = words or Text("下载 Excel", "Download Excel")
    offer(words, views[0].title, lambda: workbook(views), key)


def offer(words: Text, title: Text, made: Callable[[], bytes], key: str) -> None:
    """A button that makes a workbook when it is pressed."""
    st.download_button(
        say(words),
        data=made,
        file_name=f"{safe_file_title(say(title))}.xlsx",
        mime=XLSX,
        key=f"download_{key}",
        on_click="ignore",
        icon=":material/download:",
    )


def chart(drawn: Any, view: View, key: str) -> None:
    """A chart with the download of its data."""
    st.altair_chart(drawn, theme=None, key=f"chart_{key}", alt=say(view.title), width="stretch")
    download([view], f"chart_{key}", Text("下载图的数据", "Download the data of the chart"))


def grades(problems: Sequence[Problem]) -> None:
    """How many problems there are of each grade."""
    columns = st.columns(len(Grade))
    for column, grade in zip(columns, Grade, strict=True):
        count = sum(problem.grade is grade for problem in problems)
        words = say(label("grade", grade.value))
        column.metric(f"{grade.value} {words}", count, border=True)


def refuse(error: CarbonledgerError) -> None:
    """A refusal in the reader's language."""
    st.error(plain(error.text), icon=":material/error:")


@contextmanager
def guarded() -> Iterator[None]:
    """What a service refuses is said where the part of the page would stand."""
    try:
        yield
    except CarbonledgerError as error:
        refuse(error)


def delta_colour(good: str) -> Any:
    """The colour rule of a change: where a fall is good (emissions), a fall is green."""
    return {"down": "inverse", "up": "normal"}[good]


def digest(data: bytes) -> str:
    """A short key of some bytes, for widgets that must begin anew with them."""
    return hashlib.sha256(data).hexdigest()[:12]


def _heads(view: View, lang: str) -> list[str]:
    """The heads, made different from each other where they are alike."""
    found: list[str] = []
    for head in view.heads:
        name = head.title(lang)
        while name in found:
            name += " "
        found.append(name)
    return found


def _width(name: str, texts: "pd.Series[str]", *, number: bool) -> int | None:
    """Wide enough for what is in a column; None leaves a short text to the table.

    A number must never be cut: without its first digits it looks like another one.
    """
    longest = int(texts.map(cell_len).max())
    if number:
        return max(longest * _LETTER, cell_len(name) * _HEAD_LETTER) + _MARGIN
    return min(longest * _LETTER + _MARGIN, _WIDEST) if longest > _FITTING else None
