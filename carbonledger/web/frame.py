"""The frame of every page: language, run, region, year and profile, in the sidebar."""

from collections.abc import Mapping

import streamlit as st

from carbonledger.api import DEFAULT_PROFILE
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.profiles import profile, profile_names
from carbonledger.web import address, store
from carbonledger.web.components import refuse
from carbonledger.web.words import distinct, reader, say, t

__all__ = ["chosen_block", "chosen_run", "lookup_region", "sidebar"]


def sidebar() -> None:
    """Show the frame and settle what the pages are about."""
    with st.sidebar:
        _language()
        try:
            _run()
        except CarbonledgerError as error:
            refuse(error)
        _profile()


def chosen_run() -> str:
    """The identity of the run that the pages are about; empty if there is none."""
    return str(st.session_state.get("frame_run_identity", ""))


def chosen_block() -> tuple[str, int]:
    """The region and year that the pages are about."""
    region, year = address.get("region"), address.get("year")
    return region, int(year) if year.isdigit() else 0


def lookup_region() -> str:
    """The region of the frame, or the nearest above it that the library knows."""
    region = chosen_block()[0]
    known = set(store.base().regions["region"])
    if not region or region in known or not chosen_run():
        return region
    table = store.views(chosen_run()).library.regions.set_index("region")["parent"]
    while region and region not in known:
        region = str(table.get(region, ""))
    return region


def _language() -> None:
    def chosen() -> None:
        address.put(lang=st.session_state["frame_lang"] or reader())

    st.session_state["frame_lang"] = reader()
    st.segmented_control(
        "语言 Language",
        ["zh", "en"],
        format_func={"zh": "中文", "en": "English"}.__getitem__,
        key="frame_lang",
        on_change=chosen,
        label_visibility="collapsed",
    )


def _pick(label: str, key: str, names: Mapping[str, str], wanted: str) -> str:
    """A selection by the names of codes that lives in the address, or else the first one."""
    names = distinct(names)
    value = wanted if wanted in names else next(iter(names))
    st.session_state[f"frame_{key}"] = value

    def chosen() -> None:
        address.put(**{key: st.session_state[f"frame_{key}"]})

    st.selectbox(
        label, list(names), format_func=names.__getitem__, key=f"frame_{key}", on_change=chosen
    )
    return value


def _run() -> None:
    runs = store.runs()
    st.session_state["frame_run_identity"] = ""
    if runs.empty:
        st.caption(t("账本里还没有运行。", "The ledger holds no run yet."))
        return
    titles = {}
    for row in runs.to_dict("records"):
        title = row["title_en"] if reader() == "en" else row["title_zh"]
        stored = str(row["stored_at"])[:16]
        titles[row["identity"][:12]] = (
            f"{title or row['inventory']} · {row['profile']} · {row['gwp']} · {stored}"
        )
    wanted = address.get("run")[:12]
    if wanted and wanted not in titles:
        st.warning(
            t(
                f"账本中没有运行 {wanted}，显示最近一次。",
                f"The ledger has no run {wanted}; the last one is shown.",
            )
        )
    short = _pick(t("运行", "Run"), "run", titles, wanted)
    identity = next(i for i in runs["identity"] if i.startswith(short))
    st.session_state["frame_run_identity"] = identity
    views = store.views(identity)
    regions = list(dict.fromkeys(region for region, _ in views.blocks))
    if not regions:
        return
    region = _pick(
        t("地区", "Region"),
        "region",
        {code: say(views.names.region(code)) for code in regions},
        address.get("region"),
    )
    years = sorted({year for place, year in views.blocks if place == region}, reverse=True)
    year = _pick(
        t("年份", "Year"), "year", {str(year): str(year) for year in years}, address.get("year")
    )
    address.put(run=short, region=region, year=year)
    info = views.results.info
    st.caption(
        t(
            f"口径 {info['profile']} · GWP {info['gwp']} · 运行 {short}",
            f"Profile {info['profile']} · GWP {info['gwp']} · run {short}",
        )
    )


def _profile() -> None:
    ordered = sorted(profile_names(), key=lambda name: name != DEFAULT_PROFILE)

    def shown(name: str) -> str:
        title = Text(profile(name).title.zh, profile(name).title.en)
        return f"{say(title)}（{name}）" if reader() == "zh" else f"{say(title)} ({name})"

    chosen = _pick(
        t("口径（查因子、计算、新建用）", "Profile (for look-ups and new work)"),
        "profile",
        {name: shown(name) for name in ordered},
        address.get("profile"),
    )
    address.put(profile=chosen)
