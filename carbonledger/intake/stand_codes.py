"""Code lists of sub-compartment tables: species, origin, age class, land type."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from carbonledger.errors import CarbonledgerError
from carbonledger.intake.cells import label_key
from carbonledger.paths import factors_dir

__all__ = [
    "AGE_CLASSES",
    "Codes",
    "age_limits",
    "code_names",
    "codes_of",
    "size_limits",
    "stock_limits",
]

AGE_CLASSES = ("young", "middle", "near_mature", "mature", "over_mature")


@dataclass(frozen=True)
class Codes:
    """Spellings of one list with our code; ``doubtful`` are spellings that nobody checked."""

    values: Mapping[str, str]
    doubtful: frozenset[str]

    def find(self, text: str) -> str | None:
        """Our code for a spelling."""
        return self.values.get(label_key(text))

    def is_doubtful(self, text: str) -> bool:
        """Whether nobody checked the code list that gives this spelling its meaning."""
        return label_key(text) in self.doubtful


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(_read("stand_codes"))


def _read(name: str) -> list[dict[str, str]]:
    path = factors_dir() / "layouts" / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def codes_of(name: str, known: Mapping[str, str], own: Mapping[str, str]) -> Codes:
    """The spellings of a list: the user's own first, then the names, then the tables.

    Args:
        name: ``species``, ``origin``, ``age_class`` or ``land_type``.
        known: names of the items of the library, for species.
        own: what the mapping of the user gives; a value is a code or any spelling known here.

    Raises:
        CarbonledgerError: if the mapping gives a name that is not known.
    """
    rows = [row for row in _rows() if row["list"] == name]
    values = {label_key(row["code"]): row["value"] for row in rows}
    doubtful = {label_key(row["code"]) for row in rows if row["status"] != "verified"}
    for text, code in known.items():
        values[label_key(text)] = code
        doubtful.discard(label_key(text))
    codes = {*values.values()}
    for text, meant in own.items():
        key = label_key(text)
        found = meant if meant in codes else values.get(label_key(meant))
        if found is None:
            raise CarbonledgerError(
                f"字段对应文件 [{name}] 把“{text}”对应到“{meant}”，程序不认识这个名称。"
                f"可用的有：{'、'.join(sorted(values)[:40])}。",
                f"The mapping gives '{text}' in [{name}] as '{meant}', which is not known. Known "
                f"names: {', '.join(sorted(values)[:40])}.",
            )
        values[key] = found
        doubtful.discard(key)
    return Codes(values, frozenset(doubtful))


def code_names(name: str) -> dict[str, str]:
    """The Chinese name of each of our codes of a list, the first of its spellings."""
    names: dict[str, str] = {}
    for row in _rows():
        if row["list"] == name:
            names.setdefault(row["value"], row["name_zh"])
    return names


@lru_cache(maxsize=1)
def age_limits() -> Mapping[tuple[str, str], tuple[float, ...]]:
    """By item and origin, the first ages of the four classes after the young one, years."""
    return {
        (item, row["origin"]): tuple(float(row[f"{name}_from"]) for name in AGE_CLASSES[1:])
        for row in _read("stand_age_limits")
        for item in row["items"].split("|")
    }


@lru_cache(maxsize=1)
def stock_limits() -> Mapping[tuple[str, str], float]:
    """By item and age class (empty: any), the volume beyond which a stand is doubtful, m3/ha."""
    return {
        (item, row["age_class"]): float(row["maximum"])
        for row in _read("stand_stock_limits")
        for item in row["items"].split("|")
    }


@lru_cache(maxsize=1)
def size_limits() -> Mapping[str, tuple[float, float]]:
    """By field, what is doubtful and what is impossible for one stand (ha, m3, plants)."""
    return {
        row["field"]: (float(row["doubtful"]), float(row["impossible"]))
        for row in _read("stand_size_limits")
    }
