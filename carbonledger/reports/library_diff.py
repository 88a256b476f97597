"""Prints what moves between two libraries, grouped by parameter and item."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from carbonledger.errors import Text
from carbonledger.library.diff import Change, Comparison, Place, Side
from carbonledger.library.load import Library

__all__ = ["comparison_data", "comparison_text"]

_HEADINGS = (
    Text("变动超过 5 %，或新出现、消失：", "More than 5 %, or there on one side only:"),
    Text("变动不超过 5 %：", "5 % or less:"),
    Text(
        "数值不变（出处、版本、状态、备注等），或没有口径选用：",
        "No answer moves (source, edition, status, note; or rows that no profile selects):",
    ),
)
_SHOWN = 4  # keys of a kind that one line names
_NOTE = 60  # characters of a field that changed


def comparison_text(result: Comparison, old: Side, new: Side, base: Library, lang: str) -> str:
    """The comparison as lines of text; ``base`` gives the names of regions."""
    say = _Words(old, new, base, result.profiles, lang)
    lines = list(say.head(result))
    for rank, heading in enumerate(_HEADINGS):
        part = [change for change in result.changes if change.rank == rank]
        if part:
            lines += ["", f"{heading.in_language(lang)} ({len(part)})"]
            lines += say.groups(part)
    return "\n".join(lines)


def comparison_data(result: Comparison, old: Side, new: Side) -> dict[str, Any]:
    """The comparison as plain data for JSON."""
    return {
        "old": old.name,
        "new": new.name,
        "profiles": list(result.profiles),
        "profiles_only_old": list(result.only_old),
        "profiles_only_new": list(result.only_new),
        "identical": not result.changes,
        "changes": [
            {
                "kind": change.kind,
                "parameter": change.parameter,
                "item": change.item,
                "species": change.species,
                "unit": change.unit,
                "old": change.old,
                "new": change.new,
                "percent": change.percent,
                "rows": dict(zip(("old", "new"), change.rows, strict=True)),
                "fields": [
                    dict(zip(("field", "old", "new"), each, strict=True)) for each in change.about
                ],
                "places": [
                    {
                        "details": list(place.details),
                        "accounts": list(place.accounts),
                        "regions": list(place.regions),
                        "years": place.years,
                    }
                    for place in change.places
                ],
                "profiles": list(change.profiles),
            }
            for change in result.changes
        ],
    }


class _Words:
    """The words of one language for the keys of two sides."""

    def __init__(
        self, old: Side, new: Side, base: Library, compared: tuple[str, ...], lang: str
    ) -> None:
        self._lang = lang
        self._compared = compared
        self._sides = (old, new)
        self._names = {**old.names, **new.names}
        self._bases = [side.library or base for side in (new, old)]

    def head(self, result: Comparison) -> Iterator[str]:
        """What was compared, and how much of it moves."""
        old, new = (side.name for side in self._sides)
        yield self._say(f"{old} → {new}", f"{old} -> {new}")
        for names, zh, en in (
            (result.only_old, "只在前者中的口径，未比较", "Profiles of the former only"),
            (result.only_new, "只在后者中的口径，未比较", "Profiles of the latter only"),
        ):
            if names:
                yield self._say(f"{zh}：{'、'.join(names)}", f"{en}: {', '.join(names)}")
        if not result.changes:
            yield self._say("两者相同，没有变动。", "Identical: nothing moves.")

    def groups(self, part: Sequence[Change]) -> Iterator[str]:
        """Changes under a heading for each parameter and item, in the order of the largest."""
        order: dict[tuple[str, str, str], int] = {}
        for change in part:
            order.setdefault(_key(change), len(order))
        for (parameter, item, species), changes in groupby(
            sorted(part, key=lambda change: order[_key(change)]), _key
        ):
            name = self._names.get(parameter)
            title = f"{name.in_language(self._lang)} {parameter}" if name else parameter
            whole = self._say("所有品种", "all items")
            named = f"{self._label('items', item)} {item}" if item else whole
            yield " · ".join(filter(None, [f"  {title}", named, species]))
            for change in changes:
                yield f"    {self._value(change)}"
                yield from (f"      {text}" for text in self._about(change))
                yield from (f"      {self._place(place)}" for place in change.places)
                if change.profiles:
                    yield f"      {self._profiles(change.profiles)}"

    def _value(self, change: Change) -> str:
        old, new = (None if v is None else f"{v:.10g}" for v in (change.old, change.new))
        before, after = change.rows
        row = before if before == after else " → ".join(filter(None, [before, after]))
        if change.kind == "metadata" or old == new:
            value = f"{old} {change.unit}"
        elif old is None:
            value = f"{self._say('新出现', 'appears')} {new} {change.unit}"
        elif new is None:
            value = f"{self._say('消失', 'disappears')} {old} {change.unit}"
        else:
            value = f"{old} → {new} {change.unit}"
        percent = "" if change.percent is None else f"  {change.percent:+.3g} %"
        nobody = self._say("（没有口径选用）", " (selected by no profile)")
        return f"{value}{percent}  [{row}]{nobody if change.kind == 'unselected' else ''}"

    def _profiles(self, names: Sequence[str]) -> str:
        if tuple(names) == self._compared:
            return self._say("所有口径", "all profiles")
        return self._say(f"口径 {'、'.join(names)}", f"profiles {', '.join(names)}")

    def _about(self, change: Change) -> Iterator[str]:
        for name, before, after in change.about:
            yield f"{name}: {_short(before)} → {_short(after)}"

    def _place(self, place: Place) -> str:
        regions = [f"{self._label('regions', key)} {key}" for key in place.regions]
        accounts = [key or self._say("其余科目", "other accounts") for key in place.accounts]
        if not any(place.accounts):
            accounts = [self._say("所有科目", "all accounts")]
        details = [key for key in place.details if key]
        parts = [place.years, self._list(regions), self._list(accounts)]
        return " · ".join([*parts, *([self._list(details)] if details else [])])

    def _list(self, keys: Sequence[str]) -> str:
        if len(keys) <= _SHOWN:
            return ", ".join(keys)
        shown = ", ".join(keys[:_SHOWN])
        return self._say(f"{shown} 等 {len(keys)} 项", f"{shown} and {len(keys) - _SHOWN} more")

    def _label(self, table: str, key: str) -> str:
        for base in self._bases:
            name = base.label(table, key, self._lang)
            if name != key:
                return name
        return ""

    def _say(self, zh: str, en: str) -> str:
        return en if self._lang == "en" else zh


def _key(change: Change) -> tuple[str, str, str]:
    return change.parameter, change.item, change.species


def _short(text: str) -> str:
    if not text:
        return "—"
    return text if len(text) <= _NOTE else f"{text[:_NOTE]}…"
