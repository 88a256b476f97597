"""Rules on profiles: whatever they name has to exist, or it is passed over in silence."""

import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

from pydantic import ValidationError

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.checks.context import Context
from carbonledger.library.checks.findings import Place, finding, near
from carbonledger.library.checks.reading import Tables
from carbonledger.library.profiles import profile_content, tables_of
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.profile import Profile
from carbonledger.model.records import Book

__all__ = ["check_profiles"]

_OWN = "inventory"  # the edition of an inventory's own values, first in every order
_EDITION = Text("版本", "edition")
_PARAMETER = Text("参数", "parameter")
_GWP_SET = Text("GWP 值组", "GWP set")
_SOURCE = Text("来源", "source")
_ACCOUNT = Text("科目", "account")
_ITEM = Text("品种", "item")
_DETAIL = Text("细类", "detail")
_METHOD = Text("方法", "method")


def check_profiles(context: Context, methods: Collection[str]) -> Iterator[Problem]:
    """Profiles that cannot be read, or that name what does not exist.

    Methods are looked for only where their names are given.
    """
    tables = context.tables
    known = _known(context, methods)
    told: set[tuple[str, str]] = set()
    for path in sorted((tables.folder / "profiles").glob("*.toml")):
        place = Place(path.relative_to(tables.folder).as_posix(), 1)
        try:
            texts = dict(_texts(path, tables.folder))
            profile = Profile.model_validate(profile_content(path))
        except (
            ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError, CarbonledgerError,
        ) as error:  # fmt: skip
            yield _unreadable(place, error)
            continue
        if "accounts.csv" not in tables.broken:
            yield from _crossing(place, profile, tables)
        for kind, named in _names(profile).items():
            for name in dict.fromkeys(named):
                if kind not in known or name in known[kind]:
                    continue
                file = next((file for file, text in texts.items() if f'"{name}"' in text), "")
                file = file or place.file
                # A set of rules stands in several profiles: what is wrong in it is said once.
                if (file, name) not in told:
                    told.add((file, name))
                    yield _unknown(file, texts[file].splitlines(), kind, name, known[kind])


def _texts(path: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """The files that make a profile, itself first, with their texts."""
    text = path.read_text("utf-8-sig")
    yield path.relative_to(folder).as_posix(), text
    for rule in tables_of(text).get("rules", []):
        used = path.parent / "rules" / f"{rule.get('use', '')}.toml"
        if used.is_file():
            yield used.relative_to(folder).as_posix(), used.read_text("utf-8-sig")


def _crossing(place: Place, profile: Profile, tables: Tables) -> Iterator[Problem]:
    """Rules that would carry an amount into another book, where it would be added to that book.

    A memo account is in no sum, so an inventory may state something there for information.
    """
    books = {row["account"]: row["book"] for row in tables.rows["accounts.csv"]}
    for rule in profile.rules:
        target = books.get(rule.post_to, "")
        crossing = {books.get(account, target) for account in rule.accounts} - {target}
        if not target or not crossing or target == Book.MEMO:
            continue
        told = ", ".join(sorted(crossing))
        yield finding(
            Grade.A, "books-added", place, "",
            Text(
                f"口径把科目 {'、'.join(rule.accounts)}（账簿 {told}）的结果记入 {rule.post_to}"
                f"（账簿 {target}）：不同账簿的数不得相加，减排量不能加进清单合计。",
                f"The profile posts results of {', '.join(rule.accounts)} (book {told}) to "
                f"{rule.post_to} (book {target}): amounts of different books are never added, and "
                "a credit is in no total of an inventory.",
            ),
            Text(
                "请记入同一账簿的科目，或记入信息项。",
                "Post to an account of the same book, or to a memo account.",
            ),
        )  # fmt: skip


def _names(profile: Profile) -> dict[Text, list[str]]:
    """What a profile names, by kind."""
    orders = [profile.families, *profile.parameter_families.values(), *profile.companions]
    rules = profile.rules
    return {
        _EDITION: [name for order in orders for name in order],
        _PARAMETER: list(profile.parameter_families),
        _GWP_SET: [profile.gwp],
        _SOURCE: [profile.source],
        _ACCOUNT: [name for rule in rules for name in (*rule.accounts, rule.post_to) if name],
        _ITEM: [name for rule in rules for name in rule.items if name],
        _DETAIL: [name for rule in rules for name in rule.details],
        _METHOD: [name for rule in rules for name in rule.methods],
    }


def _known(context: Context, methods: Collection[str]) -> dict[Text, Collection[str]]:
    """What there is of every kind; a kind whose table could not be read is left out."""
    tables: Tables = context.tables
    found: dict[Text, tuple[str, Collection[str]]] = {
        _EDITION: ("parameters", tables.keys("parameters", "edition") | {_OWN}),
        _PARAMETER: ("limits", {*context.limits.names(), GWP}),
        _GWP_SET: ("parameters", context.gwp_sets),
        _SOURCE: ("sources.csv", tables.keys("sources.csv")),
        _ACCOUNT: ("accounts.csv", tables.keys("accounts.csv")),
        _ITEM: ("items", tables.keys("items")),
        _DETAIL: ("details", tables.keys("details")),
    }
    known = {kind: keys for kind, (table, keys) in found.items() if table not in tables.broken}
    return known | ({_METHOD: methods} if methods else {})


def _unreadable(place: Place, error: Exception) -> Problem:
    said = str(error).splitlines()[0]
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return finding(
        Grade.A, "profile", place, "",
        Text(f"口径文件无法使用：{said}", f"The profile cannot be used: {said}"),
        Text("请对照其他口径文件改正。", "Correct it by the other profiles."),
    )  # fmt: skip


def _unknown(file: str, lines: list[str], kind: Text, name: str, known: Collection[str]) -> Problem:
    at = next((at for at, line in enumerate(lines, start=1) if f'"{name}"' in line), 1)
    if not name or at == 1:
        at = next((at for at, line in enumerate(lines, start=1) if name and name in line), 1)
    hint = near(name, known)
    return finding(
        Grade.A, "profile-name", Place(file, at), "",
        Text(
            f"口径中的{kind.zh}“{name}”在因子库中不存在，该条会被悄悄跳过。{hint.zh}",
            f"The {kind.en} '{name}' of the profile does not exist in the library and would be "
            f"passed over in silence.{hint.en}",
        ),
        Text("请改正名称，或删除它。", "Correct the name, or remove it."),
    )  # fmt: skip
