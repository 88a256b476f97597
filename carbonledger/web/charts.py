"""Charts of views: Altair with Chinese fonts, drawn from the cells that the tables print."""

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from carbonledger.reports.view import View, printed, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from carbonledger.analysis.energy_flows import Link

__all__ = ["bars", "lines", "sankey"]

FONT = "'Microsoft YaHei', 'Noto Sans CJK SC', 'PingFang SC', sans-serif"
GREEN, RED, BLUE = "#2e8b57", "#b5534f", "#2f6db3"
_PALETTE = ["#2f6db3", "#e08a3c", "#2e8b57", "#b5534f", "#7a62a8", "#8c6d5a", "#c77fb0", "#7f7f7f"]


def bars(
    view: View,
    value: int,
    lang: str,
    *,
    name: int = 0,
    skip: "Sequence[int]" = (),
    growth: bool = False,
) -> Any:
    """Horizontal bars of one column; what takes up carbon (negative) is green.

    Args:
        view: the table; rows without a number have no bar.
        value: the column of the bars.
        lang: the language of the words.
        name: the column of the names.
        skip: rows that are no bars, such as the total.
        growth: what grows is good (values): positive bars are green, negative ones red.
    """
    head = view.heads[value]
    cells = printed(view, lang)
    rows = [
        {
            "name": cells[place][name].strip("\u3000 "),
            "value": number,
            "shown": cells[place][value],
        }
        for place, row in enumerate(view.rows)
        if place not in skip and (number := scaled(row[value], head)) is not None
    ]
    frame = pd.DataFrame(rows, columns=["name", "value", "shown"])
    order = list(dict.fromkeys(frame["name"]))
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=330)),
        x=alt.X("value:Q", title=head.title(lang)),
        tooltip=[alt.Tooltip("name:N", title=view.heads[name].label.in_language(lang)),
                 alt.Tooltip("shown:N", title=head.title(lang))],
    )  # fmt: skip
    below, above = (RED, GREEN) if growth else (GREEN, BLUE)
    colour = alt.condition("datum.value < 0", alt.value(below), alt.value(above))
    drawn = base.mark_bar().encode(color=colour)
    return _dressed(drawn, height=max(120, 24 * len(order) + 50))


def lines(view: View, first: int, lang: str, *, name: int = 1) -> Any:
    """One line for each row over the columns from ``first`` on, whose heads are years."""
    cells = printed(view, lang)
    rows = [
        {
            "name": cells[place][name].strip("\u3000 "),
            "year": head.label.in_language(lang).removesuffix("年").strip(),
            "value": number,
            "shown": cells[place][column],
        }
        for place, row in enumerate(view.rows)
        for column, head in list(enumerate(view.heads))[first:]
        if (number := scaled(row[column], head)) is not None
    ]
    frame = pd.DataFrame(rows, columns=["name", "year", "value", "shown"])
    unit = view.heads[first].shown_unit(lang) if len(view.heads) > first else ""
    order = list(dict.fromkeys(frame["name"]))
    drawn = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("value:Q", title=unit),
            color=alt.Color("name:N", sort=order, title=None, scale=alt.Scale(range=_PALETTE)),
            tooltip=["name:N", "year:O", alt.Tooltip("shown:N", title=unit)],
        )
    )
    return _dressed(drawn, height=300)


def sankey(links: "Sequence[Link]", name: "Callable[[str], str]", unit: str) -> dict[str, Any]:
    """The specification of a flow diagram; ``name`` gives each node a name of its own."""
    nodes = list(dict.fromkeys(node for link in links for node in (link.source, link.target)))
    return {
        "textStyle": {"fontFamily": FONT},
        "color": _PALETTE,
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey",
                "name": unit,
                "nodeGap": 12,
                "right": "22%",
                "left": "2%",
                "itemStyle": {"borderWidth": 0},
                "label": {"fontFamily": FONT, "fontSize": 12, "color": "#222222"},
                "lineStyle": {"color": "source", "opacity": 0.35},
                "data": [
                    {
                        "name": name(node),
                        "itemStyle": {"color": _PALETTE[place % len(_PALETTE)]},
                    }
                    for place, node in enumerate(nodes)
                ],
                "links": [
                    {
                        "source": name(link.source),
                        "target": name(link.target),
                        "value": round(link.heat, 3),
                    }
                    for link in links
                ],
            }
        ],
    }


def _dressed(chart: Any, *, height: int) -> Any:
    return (
        chart.properties(height=height, width="container")
        .configure(font=FONT)
        .configure_axis(labelFontSize=12, titleFontSize=12)
        .configure_legend(labelFontSize=12, labelLimit=330)
        .configure_view(strokeWidth=0)
    )
