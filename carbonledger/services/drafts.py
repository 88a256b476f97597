"""Drafts: inventories in the making, kept on disk at every step.

A draft is an inventory folder like any other (the command line computes it as it is) with
``draft.json`` beside it: the manifest in the making, the pasted text that is not a table yet, and
a version that counts the changes. Who changes a draft names the version that he saw; if somebody
else was quicker, nothing is written.
"""

import json
import re
import secrets
import shutil
import threading
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from carbonledger.engine.open import inventory_folder
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import disk_errors, sync_file, temporary
from carbonledger.intake.files import Content
from carbonledger.intake.manifest import MANIFEST, parse_manifest
from carbonledger.model.manifest import InventoryManifest

__all__ = ["DRAFTS", "Draft", "Drafts"]

DRAFTS = "drafts"
_STATE = "draft.json"
_IDENTIFIER = re.compile(r"[0-9a-f]{12}")
_TURN = threading.Lock()  # one process serves the pages; its threads take turns in writing


@dataclass(frozen=True)
class Draft:
    """One draft as it stands on disk."""

    identifier: str
    version: int
    changed: str
    manifest: Mapping[str, Any]
    pasted: str
    home: Path
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The inventory folder."""
        return self.home / "inventory"

    @property
    def title(self) -> Text:
        """The title of the inventory."""
        return Text(self.manifest["title"]["zh"], self.manifest["title"]["en"])

    @property
    def tables(self) -> list[dict[str, Any]]:
        """The tables of the manifest, in their order."""
        return list(self.manifest.get("tables", []))

    @property
    def ready(self) -> bool:
        """Whether there is a table, without which it is no inventory yet."""
        return bool(self.tables)


class Drafts:
    """The drafts of a ledger folder."""

    def __init__(self, ledger: Path) -> None:
        self.folder = ledger / DRAFTS

    def all(self) -> list[Draft]:
        """Every draft, the last changed first."""
        homes = self.folder.iterdir() if self.folder.is_dir() else ()
        found = [self.get(home.name) for home in homes if (home / _STATE).is_file()]
        return sorted(found, key=lambda draft: draft.changed, reverse=True)

    def get(self, identifier: str) -> Draft:
        """The draft of this identifier.

        Raises:
            CarbonledgerError: there is none.
        """
        home = self.folder / identifier
        if not _IDENTIFIER.fullmatch(identifier) or not (home / _STATE).is_file():
            raise CarbonledgerError(
                f"没有编号为“{identifier[:20]}”的草稿，可能已被删除。",
                f"There is no draft '{identifier[:20]}'; it may have been deleted.",
            )
        state = json.loads((home / _STATE).read_text("utf-8"))
        return Draft(
            identifier,
            state["version"],
            state["changed"],
            state["manifest"],
            state["pasted"],
            home,
            state.get("notes", {}),
        )

    def new(self, title: Text, region: str, period: int, profile: str, gwp: str = "") -> Draft:
        """Begin an empty inventory."""
        manifest: dict[str, Any] = {
            "title": {"zh": title.zh, "en": title.en},
            "region": region,
            "periods": [period],
            "profile": profile,
        }
        return self._create(manifest | ({"gwp": gwp} if gwp else {}))

    def begin(self, manifest: Mapping[str, Any], content: Content) -> Draft:
        """Begin an inventory with one table of entries."""
        draft = self._create(manifest)
        return self.add_table(draft.identifier, draft.version, content, {"layout": "entries"})

    def copy(self, inventory: str | Path) -> Draft:
        """A draft with everything of an inventory that there is already."""
        source = inventory_folder(inventory)
        manifest = tomllib.loads((source / MANIFEST).read_text("utf-8-sig"))
        return self._create(manifest, source=source)

    def delete(self, identifier: str) -> None:
        """Remove a draft with its files; what was computed from it stays in the ledger."""
        home = self.get(identifier).home
        with _TURN, disk_errors(home):
            shutil.rmtree(home)

    def keep_pasted(self, identifier: str, text: str) -> None:
        """Keep pasted text that is not a table yet, so that no change of page loses it."""

        def change(state: dict[str, Any], _: Path) -> None:
            state["pasted"] = text

        self._change(identifier, None, change)

    def add_table(
        self, identifier: str, version: int, content: Content, table: Mapping[str, Any]
    ) -> Draft:
        """Put a file into the draft and name it as a table of the manifest.

        Args:
            identifier: the draft.
            version: its version as seen by who changes it.
            content: the file, its name already made safe.
            table: what the manifest says of the table besides the file: sheet, layout, period,
                coal_equivalent_heat, source.

        Raises:
            CarbonledgerError: somebody changed the draft meanwhile, or another file has the name.
        """
        name = content.source.name

        def change(state: dict[str, Any], folder: Path) -> None:
            target = folder / name
            if target.exists() and target.read_bytes() != content.data:
                raise CarbonledgerError(
                    f"草稿中已有另一个文件“{name}”。请先移除它，或改名后再上传。",
                    f"The draft has another file '{name}'. Remove it first, or rename this one.",
                )
            spec = {"file": name} | {key: value for key, value in table.items() if value}
            tables = state["manifest"].setdefault("tables", [])
            same = ("file", "sheet")
            if any(all(each.get(key) == spec.get(key) for key in same) for each in tables):
                raise CarbonledgerError(
                    f"“{name}”已经在草稿里了。", f"'{name}' is in the draft already."
                )
            target.write_bytes(content.data)
            tables.append(spec)
            state["pasted"] = ""

        return self._change(identifier, version, change)

    def set_table(
        self, identifier: str, version: int, place: int, values: Mapping[str, Any]
    ) -> Draft:
        """Say otherwise how a table is read: sheet, layout, period, coal_equivalent_heat, source.

        An empty value takes the saying out.
        """

        def change(state: dict[str, Any], _: Path) -> None:
            table = state["manifest"]["tables"][place]
            for key, value in values.items():
                table.pop(key, None)
                if value:
                    table[key] = value

        return self._change(identifier, version, change)

    def remove_table(self, identifier: str, version: int, place: int) -> Draft:
        """Take a table out; its file goes unless another table needs it."""

        def change(state: dict[str, Any], folder: Path) -> None:
            tables = state["manifest"].get("tables", [])
            gone = tables.pop(place)
            if not any(each["file"] == gone["file"] for each in tables):
                (folder / gone["file"]).unlink(missing_ok=True)
                for part in ("corrections", "answers"):
                    kept = state["manifest"].get(part, [])
                    state["manifest"][part] = [e for e in kept if e["file"] != gone["file"]]

        return self._change(identifier, version, change)

    def correct(self, identifier: str, version: int, correction: Mapping[str, Any]) -> Draft:
        """Add a correction of a cell, in place of a former one of the same cell."""
        return self._decide(identifier, version, "corrections", correction)

    def answer(self, identifier: str, version: int, answer: Mapping[str, Any]) -> Draft:
        """Add an answer to a problem, in place of a former one to the same problem."""
        return self._decide(identifier, version, "answers", answer)

    def withdraw(self, identifier: str, version: int, part: str, place: int) -> Draft:
        """Take a correction or an answer back; ``part`` is ``corrections`` or ``answers``."""

        def change(state: dict[str, Any], _: Path) -> None:
            state["manifest"][part].pop(place)

        return self._change(identifier, version, change)

    def describe(self, identifier: str, version: int, values: Mapping[str, Any]) -> Draft:
        """Change title, region, periods, profile or GWP set of the inventory."""

        def change(state: dict[str, Any], _: Path) -> None:
            state["manifest"] |= {key: value for key, value in values.items() if value}

        return self._change(identifier, version, change)

    def note(self, identifier: str, **values: object) -> Draft:
        """Keep a fact about a draft that is no part of the inventory, such as its last run."""

        def change(state: dict[str, Any], _: Path) -> None:
            state.setdefault("notes", {}).update(values)

        return self._change(identifier, None, change)

    def _decide(
        self, identifier: str, version: int, part: str, decision: Mapping[str, Any]
    ) -> Draft:
        keys = ("file", "sheet", "cell", *(["code"] if part == "answers" else []))
        chosen = {key: value for key, value in decision.items() if value not in ("", None)}
        if not str(decision.get("reason", {}).get("zh", "")).strip():
            raise CarbonledgerError(
                "请写明理由：它会印在报告的数据质量部分。",
                "Give the reason: it is printed with the problems of the report.",
            )

        def change(state: dict[str, Any], _: Path) -> None:
            former = state["manifest"].get(part, [])
            kept = [e for e in former if any(e.get(key) != chosen.get(key) for key in keys)]
            state["manifest"][part] = [*kept, chosen]

        return self._change(identifier, version, change)

    def _create(self, manifest: Mapping[str, Any], source: Path | None = None) -> Draft:
        identifier = secrets.token_hex(6)
        home = self.folder / identifier
        with disk_errors(home):
            home.mkdir(parents=True)
            if source is None:
                (home / "inventory").mkdir()
            else:
                shutil.copytree(source, home / "inventory")
        _write(home, {"version": 0, "manifest": dict(manifest), "pasted": "", "notes": {}})
        return self.get(identifier)

    def _change(
        self,
        identifier: str,
        version: int | None,
        change: Callable[[dict[str, Any], Path], None],
    ) -> Draft:
        with _TURN:
            draft = self.get(identifier)
            if version is not None and version != draft.version:
                raise CarbonledgerError(
                    f"没有保存：草稿已被另一个窗口改到第 {draft.version} 版（{draft.changed}），"
                    f"您看到的是第 {version} 版。请刷新页面，核对后再改一次。",
                    f"Not saved: another window changed the draft to version {draft.version} "
                    f"({draft.changed}); you saw version {version}. Reload the page, check, and "
                    "make the change again.",
                )
            state = json.loads((draft.home / _STATE).read_text("utf-8"))
            change(state, draft.folder)
            # What only belongs to the typing (pasted text) does not outdate what others see.
            state["version"] += version is not None
            _write(draft.home, state)
        return self.get(identifier)


def _write(home: Path, state: dict[str, Any]) -> None:
    """Write the state and the manifest, each whole or not at all.

    Raises:
        CarbonledgerError: the manifest would not be one.
    """
    state["changed"] = datetime.now(UTC).isoformat(timespec="seconds")
    if state["manifest"].get("tables"):
        text = tomli_w.dumps(_plain(state["manifest"]), multiline_strings=False)
        parse_manifest(text.encode())
        _replace(home / "inventory" / MANIFEST, text)
    else:
        (home / "inventory" / MANIFEST).unlink(missing_ok=True)
    _replace(home / _STATE, json.dumps(state, ensure_ascii=False, indent=1))


def _plain(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with its keys in the order of the record; empty lists are left out."""
    order = list(InventoryManifest.model_fields)
    keys = sorted(manifest, key=lambda key: order.index(key) if key in order else len(order))
    return {key: manifest[key] for key in keys if manifest[key] not in ([], None)}


def _replace(path: Path, text: str) -> None:
    aside = temporary(path)
    with disk_errors(path):
        try:
            aside.write_text(text, "utf-8")
            sync_file(aside)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
