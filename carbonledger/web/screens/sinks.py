"""Estimates of sinks: a form for each kind, methods side by side, what is not included."""

import streamlit as st

from carbonledger.errors import Text
from carbonledger.services import sinks
from carbonledger.services.library import item_choices
from carbonledger.services.sink_neighbours import STANDINGS, standing_note
from carbonledger.services.sink_scenarios import has_survival
from carbonledger.services.sink_sheet import WAYS, add, sheet, targets
from carbonledger.services.sink_views import turned
from carbonledger.web import address, store
from carbonledger.web.book import link
from carbonledger.web.charts import lines
from carbonledger.web.components import chart, guarded, offer, table
from carbonledger.web.words import distinct, plain, reader, say, t


def _source() -> str:
    """What is looked at: a worked inventory or a draft; empty for a new estimate."""
    names = {"": t("＋ 新建估算", "+ new estimate")}
    names |= distinct(store.sink_inventories(reader()))
    wanted = address.get("sink")
    st.session_state["sink_source"] = wanted if wanted in names else ""

    def chosen() -> None:
        address.put(sink=st.session_state["sink_source"])

    st.selectbox(
        t("估算", "Estimate"),
        list(names),
        format_func=names.__getitem__,
        key="sink_source",
        on_change=chosen,
    )
    return str(st.session_state["sink_source"])


def _kind() -> sinks.Estimator:
    titles = {each.key: say(each.title) for each in sinks.ESTIMATORS}
    chosen = st.selectbox(
        t("类型", "Kind"), list(titles), format_func=titles.__getitem__, key="sink_kind"
    )
    return next(each for each in sinks.ESTIMATORS if each.key == chosen)


def _new() -> None:
    kind = _kind()
    regions = store.region_choices(reader())
    items = {
        key: name
        for key, name in item_choices(store.base(), reader()).items()
        if not kind.items or key in kind.items
    }
    first, second = st.columns(2)
    total = first.text_input(
        say(kind.label),
        key=f"sink_total_{kind.key}",
        placeholder={"ha": t("675 公顷", "675 ha")}.get(kind.unit, f"100 {kind.unit}"),
        help=t("请连单位写：公顷和亩相差 15 倍", "Write the unit: ha and mu differ 15 times"),
    )
    with first, guarded():
        both = sinks.two_areas(total or "")
        if both is not None:
            st.caption(plain(both))
    codes = list(regions)
    region = second.selectbox(
        t("地区", "Region"),
        codes,
        index=codes.index("350000"),
        format_func=regions.__getitem__,
        key="sink_region",
    )
    standings = _standings(kind, str(region))
    with st.form(f"sink_form_{kind.key}"):
        third, fourth, fifth = st.columns(3)
        item = third.selectbox(
            t("树种（品种）", "Species or product"),
            list(items),
            format_func=items.__getitem__,
            key=f"sink_item_{kind.key}",
        )
        details = {key: store.detail_name(key, reader()) for key in (*kind.details, "")}
        detail = fourth.selectbox(
            t("细项", "Detail"),
            list(details),
            format_func=details.__getitem__,
            key=f"sink_detail_{kind.key}",
        )
        horizon = fifth.text_input(t("测算到哪一年", "Last year"), key="sink_horizon")
        schedule = st.text_area(
            t("年度进度（每行：年份 数量，单位同上）", "Schedule (year and amount on each line)"),
            key=f"sink_schedule_{kind.key}",
            height=130,
            placeholder="2021 100\n2022 150",
            persist_state="session",
        )
        stated = {}
        for column, (name, form) in zip(
            st.columns(max(1, len(kind.stated))), kind.stated.items(), strict=False
        ):
            stated[name] = column.text_input(
                f"{say(store.parameter_text(name))} [{form}]", key=f"sink_{kind.key}_{name}"
            )
        baseline = ""
        if kind.baseline:
            known = item_choices(store.base(), reader())
            choices = {key: known[key] for key in kind.baseline[1] if key in known}
            baseline = (
                st.selectbox(
                    t("基线（不造林时是什么）", "Baseline (what it would be without)"),
                    list(choices),
                    format_func=choices.__getitem__,
                    key=f"sink_baseline_{kind.key}",
                )
                or ""
            )
        sent = st.form_submit_button(t("估算", "Estimate"), type="primary")
    if sent:
        if not all(key for _, key in standings.values()):
            st.error(
                t(
                    "请先回答：与已有估算的地块是否重叠？",
                    "Answer first: does the land overlap with that of the other estimates?",
                )
            )
            return
        with guarded(), st.spinner(t("正在计算各方法……", "Computing all methods ...")):
            manifest, content = sinks.estimate(
                kind, store.base(), region=str(region), total=total or "",
                schedule=schedule or "", horizon=horizon or "", item=str(item),
                detail=detail or "", stated=stated, baseline=baseline,
                note=standing_note(standings),
            )  # fmt: skip
            draft = store.drafts().begin(manifest, content)
            address.put(sink=draft.identifier)
            st.rerun()


def _standings(kind: sinks.Estimator, region: str) -> dict[str, tuple[Text, str]]:
    """For each estimate that may be of the same land: its title, and what was answered."""
    answered = {}
    titles = store.sink_neighbours(kind, region, reader())
    for source, title in titles.items():
        chosen = st.radio(
            t(
                f"同一地块是否已在“{plain(title)}”中估算过？",
                f"Is the same land in '{plain(title)}'?",
            ),
            list(STANDINGS),
            index=None,
            format_func={key: say(words) for key, words in STANDINGS.items()}.__getitem__,
            horizontal=True,
            key=f"sink_standing_{kind.key}_{region}_{source}",
        )
        answered[source] = (Text(title, title), chosen or "")
    return answered


def _scenarios(source: str) -> None:
    """The estimate again with other survivals, when asked for."""
    if not has_survival(store.sink_folder(source)[0]):
        return
    with st.form(f"sink_scenarios_{source}"):
        words, button = st.columns([4, 1], vertical_alignment="bottom")
        text = words.text_input(
            t("保存率情景", "Scenarios of survival"), value="60% 80% 95%",
            key=f"sink_survival_{source}",
        )  # fmt: skip
        if button.form_submit_button(t("比较情景", "Compare")):
            st.session_state["sink_scenarios_of"] = source
    if st.session_state.get("sink_scenarios_of") == source:
        with guarded(), st.spinner(t("正在逐个情景重算……", "Computing each scenario ...")):
            table(store.survival(source, text or ""), "survival")


def _add(source: str) -> None:
    """The estimate into an inventory: apart or as land use, or as a sheet to hand in."""
    estimate = store.sink_entries(source)
    st.subheader(t("加入清单", "Add to an inventory"))
    ways, places = st.columns(2)
    way = ways.radio(
        t("怎样计入", "How it counts"),
        estimate.ways(),
        format_func={key: say(words) for key, words in WAYS.items()}.__getitem__,
        key=f"sink_way_{source}",
    )
    known = {each.identifier: each for each in targets(store.drafts(), estimate, way, source)}
    names = {"": t("＋ 新建清单", "+ new inventory")}
    names |= distinct({key: say(each.title) for key, each in known.items()})
    target = places.selectbox(
        t("加入哪个草稿（口径能计算这些科目的）", "Which draft (of a profile that computes it)"),
        list(names),
        format_func=names.__getitem__,
        key=f"sink_target_{source}_{way}",
    )
    left, right = st.columns(2)
    with left:
        offer(
            Text("下载碳汇表（可上传到清单）", "Download the sheet (an inventory takes it)"),
            estimate.title,
            lambda: sheet(estimate, way),
            "sink_sheet",
        )
    sent = right.button(t("加入", "Add"), type="primary", key="sink_add")
    if sent:
        with guarded():
            stem = f"{t('碳汇', 'sink')}-{source[:12]}-{way}"
            done = add(store.drafts(), estimate, way, store.base(), known.get(str(target)), stem)
            address.put(draft=done.identifier)
            st.session_state["sink_added"] = (source, done.identifier)
    if st.session_state.get("sink_added", ("", ""))[0] == source:
        draft = store.drafts().get(st.session_state["sink_added"][1])
        st.success(t("已加入草稿：", "Added to the draft: ") + plain(draft.title))
        link("inventory", t("打开草稿，校验并计算", "Open the draft, check and compute"))


def _shown(source: str) -> None:
    checked, views = store.sinks_of(source)
    for problem in checked.problems:
        words = plain(problem.message)
        if problem.grade == "A":
            st.error(words)
    if views is None:
        return
    st.warning(
        t(
            "结果为事前估算，不等于可交易减排量。",
            "This is an estimate made beforehand, no tradable reduction.",
        )
    )
    if views.entry_notes:
        st.info("  \n".join(map(plain, views.entry_notes)))
    table(views.areas, "areas")
    table(views.methods, "methods", height=330)
    for number, view in enumerate(views.yearly):
        table(view, f"yearly_{number}", height=330)
        chart(lines(turned(view), 1, reader(), name=0), view, f"yearly_{number}")
    _scenarios(source)
    table(views.pools, "pools", height=330)
    for note in views.notes:
        st.caption(plain(note))
    with guarded():
        _add(source)


st.title(t("碳汇估算", "Sink estimates"))
with guarded():
    source = _source()
    if source:
        _shown(source)
    else:
        _new()
