"""Profiles: TOML files that may take sets of rules from ``factors/profiles/rules/``.

A rule that only says ``use = "agriculture"`` stands for the rules of that set, in its place: what
several guidelines have in common is written once.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from carbonledger.errors import CarbonledgerError
from carbonledger.library import cache
from carbonledger.model.profile import Profile
from carbonledger.paths import factors_dir

__all__ = ["profile", "profile_content", "profile_names", "profiles", "tables_of"]


def profile_names() -> list[str]:
    """The profiles that come with the program."""
    return sorted(path.stem for path in (factors_dir() / "profiles").glob("*.toml"))


def profile(name: str) -> Profile:
    """The profile of this name, or in the TOML file of this path.

    Raises:
        CarbonledgerError: if there is none, or if it is not a valid profile.
    """
    path = factors_dir() / "profiles" / f"{name}.toml"
    if name not in profile_names():
        path = Path(name)
        if path.suffix != ".toml" or not path.is_file():
            known = "、".join(profile_names())
            raise CarbonledgerError(
                f"没有名为“{name}”的口径。可用的口径：{known}。",
                f"There is no profile '{name}'. Available: {known}.",
            )
    return _read_profile(path)


def profiles(folder: Path) -> dict[str, Profile]:
    """The profiles in a folder of the library, by name.

    Raises:
        CarbonledgerError: if one is not valid.
    """
    return {path.stem: _read_profile(path) for path in sorted((folder / "profiles").glob("*.toml"))}


def _read_profile(path: Path) -> Profile:
    try:
        return Profile.model_validate(profile_content(path))
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CarbonledgerError(
            f"口径文件 {path.name} 无效：{error}",
            f"The profile file {path.name} is not valid: {error}",
        ) from error


def profile_content(path: Path) -> dict[str, Any]:
    """What a profile file says, with its sets of rules in their places.

    Raises:
        CarbonledgerError: if a set of rules does not exist.
        tomllib.TOMLDecodeError, UnicodeDecodeError: if a file is no TOML.
    """
    content = tables_of(path.read_text("utf-8-sig"))
    rules = _expanded(content.get("rules", []), path.parent / "rules")
    return content | {"rules": list(rules)}


# A set of rules is read once for all the profiles that take it up.
@lru_cache(maxsize=128)
def tables_of(text: str) -> dict[str, Any]:
    """What a text in TOML says; not to be changed, for whoever reads the same text shares it.

    To read TOML takes ten times as long as to read what it says back from the cache.

    Raises:
        tomllib.TOMLDecodeError: if it is no TOML.
    """
    key = hashlib.sha256(text.encode()).hexdigest()
    tables = cache.read_plain(key)
    if tables is None:
        tables = tomllib.loads(text)
        cache.write_plain(key, tables)
    return tables


def _expanded(rules: Iterable[dict[str, Any]], folder: Path) -> Iterator[dict[str, Any]]:
    for rule in rules:
        if set(rule) == {"use"}:
            yield from _rule_set(str(rule["use"]), folder)
        else:
            yield rule


def _rule_set(name: str, folder: Path) -> list[dict[str, Any]]:
    """The rules of a set: beside the profile, or those that come with the program."""
    for place in (folder, factors_dir() / "profiles" / "rules"):
        path = place / f"{name}.toml"
        if path.is_file():
            rules: list[dict[str, Any]] = tables_of(path.read_text("utf-8"))["rules"]
            return rules
    raise CarbonledgerError(
        f"口径引用的规则集“{name}”不存在：在 profiles/rules/ 中没有 {name}.toml。",
        f"The profile uses the rule set '{name}', but profiles/rules/ has no {name}.toml.",
    )
