"""Reading ``inventory.toml``; what is wrong with it becomes problems in the clerk's words."""

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.files import file_problem
from carbonledger.intake.keys import FIRST_YEAR, LAST_YEAR
from carbonledger.model.manifest import InventoryManifest
from carbonledger.model.problem import Problem

__all__ = ["MANIFEST", "ManifestError", "parse_manifest"]

MANIFEST = "inventory.toml"


class ManifestError(CarbonledgerError):
    """The manifest cannot be used, so nothing of the inventory can be read; see ``problems``."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        zh = "\n".join(f"- {found.message.zh}{found.remedy.zh}" for found in problems)
        en = "\n".join(f"- {found.message.en} {found.remedy.en}" for found in problems)
        super().__init__(f"{MANIFEST} 有误：\n{zh}", f"{MANIFEST} is not usable:\n{en}")


def parse_manifest(data: bytes) -> InventoryManifest:
    """The manifest in a file's bytes.

    Raises:
        ManifestError: with one problem for every fault found.
    """
    document = _toml(_text(data))
    try:
        manifest = InventoryManifest.model_validate(document)
    except ValidationError as error:
        raise ManifestError([_fault(dict(found)) for found in error.errors()]) from error
    faults = _contradictions(manifest)
    if faults:
        raise ManifestError(faults)
    return manifest


def _problem(code: str, message: Text, remedy: Text) -> Problem:
    return file_problem(MANIFEST, code, message, remedy)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ManifestError(
            [
                _problem(
                    "manifest-encoding",
                    Text(
                        f"{MANIFEST} 第 {line} 行不是 UTF-8 编码（可能被存成了 GBK/ANSI）。",
                        f"Line {line} of {MANIFEST} is not UTF-8 (it may be GBK or ANSI).",
                    ),
                    Text(
                        "请用记事本打开，“另存为”时编码选 UTF-8。",
                        "Open it in a text editor and save it with the encoding UTF-8.",
                    ),
                )
            ]
        ) from error


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        lines = text.splitlines()
        shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        full_width = re.search("[“”‘’＝［］，]", re.sub(r'"[^"]*"', "", shown))
        remedy = Text(
            "请检查引号、方括号是否成对，名称是否重复；文字两边用英文引号。",
            "Check that quotes and brackets are paired and that no name stands twice.",
        )
        if full_width:
            remedy = Text(
                f"“{full_width[0]}”是中文标点，请改成英文的引号、等号、括号或逗号。",
                f"'{full_width[0]}' is a full-width sign: use the ASCII quote, equals sign, "
                "bracket or comma.",
            )
        raise ManifestError(
            [
                _problem(
                    "manifest-syntax",
                    Text(
                        f"{MANIFEST} 第 {line} 行写法有误：{shown}。",
                        f"Line {line} of {MANIFEST} is not valid TOML: {shown} ({error}).",
                    ),
                    remedy,
                )
            ]
        ) from error


def _fault(found: Mapping[str, Any]) -> Problem:
    """One fault that pydantic found, in words."""
    where = _dotted(found["loc"])
    shown = repr(found.get("input"))[:60]
    kind: str = found["type"]
    context = found.get("ctx", {})
    if kind == "missing":
        return _problem(
            "manifest-missing",
            Text(f"{MANIFEST} 缺少 {where}。", f"{MANIFEST} lacks {where}."),
            Text(f"请加上 {where}。", f"Add {where}."),
        )
    if kind == "extra_forbidden":
        return _unknown_key(where, found["loc"])
    expected = _expected(kind, context)
    return _problem(
        "manifest-value",
        Text(
            f"{MANIFEST} 的 {where} 是 {shown}，应当是{expected.zh}。",
            f"{where} in {MANIFEST} is {shown}; it should be {expected.en}.",
        ),
        Text("请改正。", "Correct it."),
    )


def _expected(kind: str, context: Mapping[str, Any]) -> Text:
    if kind == "literal_error":
        options = str(context.get("expected", "")).replace(" or ", ", ")
        return Text(f"下列之一：{options}", f"one of {options}")
    if kind == "greater_than_equal":
        return Text(f"不小于 {context.get('ge')} 的数", f"at least {context.get('ge')}")
    for part, text in _EXPECTED.items():
        if kind.startswith(part):
            return text
    return Text(f"另一种值（{kind}）", f"something else ({kind})")


_EXPECTED = {
    "string_too_short": Text("不为空的文字", "a text that is not empty"),
    "string": Text("用英文双引号括起来的文字", "a text in quotes"),
    "int": Text("不带引号的整数", "a whole number without quotes"),
    "float": Text("不带引号的数", "a number without quotes"),
    "finite": Text("有限的数", "a finite number"),
    "bool": Text("true 或 false", "true or false"),
    "too_short": Text("至少有一项的列表", "a list with at least one member"),
    "list": Text("方括号括起来的列表", "a list in brackets"),
    "dict": Text("一组 名称 = 值", "a table of names and values"),
    "model": Text("一组 名称 = 值", "a table of names and values"),
}


def _dotted(location: Sequence[str | int]) -> str:
    """``('tables', 0, 'file')`` as ``tables[1].file``: members are counted from 1."""
    parts: list[str] = []
    for step in location:
        if isinstance(step, int) and parts:
            parts[-1] += f"[{step + 1}]"
        else:
            parts.append(str(step))
    return ".".join(parts)


def _unknown_key(where: str, location: Sequence[str | int]) -> Problem:
    known = _known_keys(location[:-1])
    near = difflib.get_close_matches(str(location[-1]), known, 1, 0.5)
    zh = f"是否想写 {near[0]}？" if near else ""
    en = f" Did you mean {near[0]}?" if near else ""
    return _problem(
        "manifest-unknown-key",
        Text(f"{MANIFEST} 中不认识 {where}。", f"{MANIFEST} has an unknown key {where}."),
        Text(
            f"{zh}可用的名称：{'、'.join(known)}。",
            f"{en} Known names: {', '.join(known)}.".strip(),
        ),
    )


def _known_keys(location: Sequence[str | int]) -> list[str]:
    model: type[BaseModel] = InventoryManifest
    for step in location:
        if isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        inner = _model_in(field.annotation) if field is not None else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _contradictions(manifest: InventoryManifest) -> list[Problem]:
    """What each field allows and the whole does not."""
    faults = [
        _problem(
            "manifest-period",
            Text(
                f"{MANIFEST} 的年份 {period} 不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。",
                f"The year {period} in {MANIFEST} is not from {FIRST_YEAR} to {LAST_YEAR}.",
            ),
            Text("请写四位数的年份。", "Write the year in four digits."),
        )
        for period in [*manifest.periods, *(table.period for table in manifest.tables)]
        if period is not None and not FIRST_YEAR <= period <= LAST_YEAR
    ]
    if len(set(manifest.periods)) < len(manifest.periods):
        faults.append(
            _problem(
                "manifest-period",
                Text(f"{MANIFEST} 的 periods 有重复的年份。", "periods names a year twice."),
                Text("请删去重复的年份。", "Remove the repeated year."),
            )
        )
    if manifest.history_from is not None and not (
        FIRST_YEAR <= manifest.history_from < min(manifest.periods)
    ):
        faults.append(
            _problem(
                "manifest-period",
                Text(
                    f"{MANIFEST} 的 history_from（{manifest.history_from}）应早于 periods 第一年。",
                    f"history_from ({manifest.history_from}) must lie before the first of periods.",
                ),
                Text(
                    "请写历史数据的第一年；没有历史数据时请删去。",
                    "Write the first year of the history, or remove it where there is none.",
                ),
            )
        )
    return faults
