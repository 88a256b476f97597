"""What a run says about itself: what was not computed, and what rests on unverified values."""

from collections.abc import Iterator

from carbonledger.engine.plan import Plan
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.notation import NOTATION_LABELS, Notation
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.profile import Profile
from carbonledger.model.records import Status

__all__ = ["run_notes"]


def run_notes(planned: Plan, profile: Profile, library: Library) -> list[Problem]:
    """Hints (grade D) on what the profile leaves out and on the standing of its values."""
    return [
        *_left_out(planned, library),
        *_not_compiled(planned, profile, library),
        *_unverified(planned, profile),
    ]


def _not_compiled(planned: Plan, profile: Profile, library: Library) -> Iterator[Problem]:
    """Services that the standard demands and no entry is for."""
    found = {account for step in planned.steps for account in step.accounts}
    for service in profile.services:
        if service.standing != "mandatory" or found & library.below(service.account):
            continue
        zh, en = (library.label("accounts", service.account, lang) for lang in ("zh", "en"))
        yield Problem(
            grade=Grade.B,
            code="mandatory-service-missing",
            message=Text(
                f"口径“{profile.title.zh}”要求核算“{zh}”（{service.account}），清单中没有录入，"
                "合计不含此项。",
                f"'{profile.title.en}' demands {en} ({service.account}); there is no entry, and "
                "the total lacks it.",
            ),
            remedy=Text(
                "请补录；确实不发生的，录入 NO 并说明。",
                "Enter it; where it does not occur, enter NO and say so.",
            ),
        )


def _left_out(planned: Plan, library: Library) -> Iterator[Problem]:
    items: dict[tuple[str, Text], set[str]] = {}
    for step in planned.steps:
        option = step.option
        if option.notation and option.reason is not None:
            items.setdefault((option.notation, option.reason), set()).update(step.items)
    for (notation, reason), names in sorted(items.items()):
        label = NOTATION_LABELS[Notation(notation)]
        zh = "、".join(library.label("items", name, "zh") for name in sorted(names))
        en = ", ".join(library.label("items", name, "en") for name in sorted(names))
        yield Problem(
            grade=Grade.D,
            code="not-computed",
            message=Text(
                f"{zh}：按口径记为 {notation}（{label.zh}），不计算排放。{reason.zh}",
                f"{en}: {notation} ({label.en}) by the profile, no emission computed. {reason.en}",
            ),
            remedy=Text(
                "无须处理；如有异议请换用其他口径。", "Nothing to do; or use another profile."
            ),
        )


def _unverified(planned: Plan, profile: Profile) -> Iterator[Problem]:
    used = planned.selections[planned.selections["parameter"] != "entry"]
    used = used.drop_duplicates("parameter")
    unverified = used[used["status"] == Status.UNVERIFIED.value]
    if len(unverified) or profile.status is Status.UNVERIFIED:
        yield Problem(
            grade=Grade.D,
            code="unverified",
            message=Text(
                f"本次运行使用 {len(used)} 个参数，其中 {len(unverified)} 个未核对原文；"
                f"口径“{profile.profile}”状态：{_status(profile).zh}。",
                f"This run uses {len(used)} parameters, {len(unverified)} of them not checked "
                f"against their document; profile '{profile.profile}': {_status(profile).en}.",
            ),
            remedy=Text(
                "对外报送前，请对照原文核对参数表中标为“未核对”的值。",
                "Before reporting, check the values marked 'unverified' against their documents.",
            ),
        )


def _status(profile: Profile) -> Text:
    if profile.status is Status.VERIFIED:
        return Text("已核对", "verified")
    return Text("未核对", "unverified")
