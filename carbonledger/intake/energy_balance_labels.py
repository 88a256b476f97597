"""The rows, columns and units of an energy balance, and how their printed labels are recognised.

The tables in ``factors/layouts/`` list them: flows (rows), carriers (columns), the spellings of
units that only this table uses, and the limits of the checks with their sources.
"""

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from carbonledger.errors import Text
from carbonledger.paths import factors_dir

__all__ = [
    "Carrier",
    "Flow",
    "Labels",
    "Match",
    "Memo",
    "Scheme",
    "chinese_part",
    "label_keys",
    "plain",
    "scheme",
    "unit_key",
]


@dataclass(frozen=True, slots=True)
class Flow:
    """A row of the balance.

    ``kind`` is ``total`` (a printed sum of its parts, or a term of the balance), ``part``,
    ``optional`` (a part that some tables print as an "of which"), ``of_which`` or ``memo``.
    ``sign`` is how the row enters its ``parent``. ``account`` is set where the row makes entries,
    with ``entry_sign`` as defined for entries. Carriers in ``inputs`` are consumed by the row
    (never positive), those in ``outputs`` are produced (never negative).
    """

    flow: str
    kind: str
    parent: str
    sign: int
    account: str
    entry_sign: int
    inputs: frozenset[str]
    outputs: frozenset[str]
    name: Text


@dataclass(frozen=True, slots=True)
class Memo:
    """A row that enters a memo account, for some carriers: fuel supplied, electricity brought in.

    ``entry_sign`` is relative to the sign with which the row enters its parent, so that what leaves
    is entered as a positive amount, however the table prints it.
    """

    flow: str
    account: str
    entry_sign: int
    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A column of the balance.

    ``kind`` is ``fuel``, ``energy``, ``total`` or ``ignored``; ``total`` names the column that adds
    it up; ``unit`` is the unit of Chinese provincial balances in physical quantities.
    """

    item: str
    kind: str
    total: str
    unit: str
    name: Text


@dataclass(frozen=True)
class Match:
    """What a label may mean: the codes found in it, and the Chinese words found nowhere."""

    codes: tuple[str, ...]
    unknown: str = ""


class Labels:
    """Look-up of printed labels, with suggestions for those that are not known."""

    def __init__(self, spellings: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, str] = {}
        self._written: dict[str, str] = {}
        for code, spelling in spellings:
            for key in label_keys(spelling):
                self._codes.setdefault(key, code)
                self._written.setdefault(key, spelling)

    def match(self, text: str) -> Match:
        """The code of a label that may hold a Chinese name, an English one, or both."""
        keys = label_keys(text)
        codes = tuple(dict.fromkeys(self._codes[key] for key in keys if key in self._codes))
        zh = chinese_part(text)
        # An English name that nobody listed matters less: spellings of translations vary freely.
        return Match(codes, zh if zh and zh not in self._codes and len(keys) > 1 else "")

    def nearest(self, text: str, count: int = 5) -> tuple[str, ...]:
        """Known spellings that resemble the label, best first."""
        found: dict[str, str] = {}
        for key in label_keys(text):
            for near in difflib.get_close_matches(key, self._codes, count, 0.5):
                found.setdefault(self._codes[near], self._written[near])
        return tuple(found.values())[:count]


@dataclass(frozen=True)
class Scheme:
    """The whole layout as data."""

    flows: dict[str, Flow]
    children: dict[str, tuple[Flow, ...]]
    carriers: dict[str, Carrier]
    units: dict[str, str]
    limits: dict[str, Decimal]
    memos: tuple[Memo, ...]
    flow_labels: Labels
    carrier_labels: Labels

    def parts(self, total: str) -> tuple[Flow, ...]:
        """The rows that add up to the row ``total``."""
        return self.children.get(total, ())

    def members(self, total: str) -> list[Carrier]:
        """The columns that add up to the column ``total``."""
        return [carrier for carrier in self.carriers.values() if carrier.total == total]


_NUMBERING = re.compile(
    r"^(?:[#*]|[(（]?(?:[一二三四五六七八九十]+|[0-9]+|[ivx]+)[)）、.．]+|[0-9]+(?=[^0-9.]))+"
)
_OF_WHICH = re.compile(r"^(?:其中|of\s*which)[::,,]?")
_FOOTNOTE = re.compile(r"[0-9*]+$")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]+")


def plain(text: str) -> str:
    """One width, no capitals, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=4096)
def chinese_part(text: str) -> str:
    """The Chinese characters of a label without numbering, conjunctions and footnote marks."""
    words = "".join(_CHINESE.findall(_bare(text)))
    return re.sub("[和及与]", "", words).replace("它", "他")


@lru_cache(maxsize=4096)
def label_keys(text: str) -> tuple[str, ...]:
    """The forms under which a label is compared: its Chinese and its English part."""
    english = "".join(word for word in _LATIN.findall(_bare(text)) if word != "and")
    return tuple(key for key in (chinese_part(text), english) if key)


def _bare(text: str) -> str:
    bare = plain(text)
    # "1. #用作原料" carries two kinds of numbering; strip until nothing changes.
    while (shorter := _OF_WHICH.sub("", _NUMBERING.sub("", bare).strip()).strip()) != bare:
        bare = shorter
    return _FOOTNOTE.sub("", bare)


def unit_key(text: str) -> str:
    """The form under which the spellings of units are compared; ``10⁴`` is ``10^4``."""
    raised = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]", lambda digit: f"^{plain(digit[0])}", text)
    return re.sub(r"[\s,]", "", plain(raised))


@lru_cache(maxsize=1)
def scheme() -> Scheme:
    """Load the layout's tables."""
    flow_rows = _read("flows")
    carrier_rows = _read("carriers")
    fuels = frozenset(row["item"] for row in carrier_rows if row["kind"] == "fuel")
    flows = {row["flow"]: _flow(row, fuels) for row in flow_rows}
    return Scheme(
        flows=flows,
        children={total: _added(flows.values(), total) for total in ["balance", *flows]},
        carriers={row["item"]: _carrier(row) for row in carrier_rows},
        units={
            unit_key(spelling): row["unit"]
            for row in _read("units")
            for spelling in [row["unit"], *_split(row["aliases"])]
        },
        limits={row["limit"]: Decimal(row["value"]) for row in _read("limits")},
        memos=tuple(_memo(row, fuels) for row in _read("memo")),
        flow_labels=Labels(_spellings(flow_rows, "flow")),
        carrier_labels=Labels(_spellings(carrier_rows, "item")),
    )


def _read(name: str) -> list[dict[str, str]]:
    path = factors_dir() / "layouts" / f"energy_balance_{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _spellings(rows: list[dict[str, str]], code: str) -> Iterable[tuple[str, str]]:
    for row in rows:
        for spelling in [row["name_zh"], row["name_en"], *_split(row["aliases"])]:
            yield row[code], spelling


def _items(text: str, fuels: frozenset[str]) -> frozenset[str]:
    listed = frozenset(_split(text))
    return listed - {"fuels"} | fuels if "fuels" in listed else listed


def _memo(row: dict[str, str], fuels: frozenset[str]) -> Memo:
    items = _items(row["items"], fuels) - _items(row["except_items"], fuels)
    return Memo(row["flow"], row["account"], int(row["entry_sign"]), items)


def _flow(row: dict[str, str], fuels: frozenset[str]) -> Flow:
    return Flow(
        flow=row["flow"],
        kind=row["kind"],
        parent=row["parent"],
        sign=int(row["sign"]),
        account=row["account"],
        entry_sign=int(row["entry_sign"] or 1),
        inputs=_items(row["inputs"], fuels),
        outputs=_items(row["outputs"], fuels),
        name=Text(row["name_zh"], row["name_en"]),
    )


def _added(flows: Iterable[Flow], total: str) -> tuple[Flow, ...]:
    kinds = {"part", "optional", "total"}
    return tuple(flow for flow in flows if flow.parent == total and flow.kind in kinds)


def _carrier(row: dict[str, str]) -> Carrier:
    return Carrier(
        item=row["item"],
        kind=row["kind"],
        total=row["total"],
        unit=row["unit"],
        name=Text(row["name_zh"], row["name_en"]),
    )
