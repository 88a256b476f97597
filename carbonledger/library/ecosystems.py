"""Ecosystem types: their classes, their names, and the classes of the land survey.

An item need not be a class itself (马尾松 is a species of 针叶林): ``class_of`` follows the items
that stand in for it up to the first class.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.tables import read_records
from carbonledger.memory import values_by
from carbonledger.model.ecosystems import EcosystemClass, LandClass
from carbonledger.paths import factors_dir

__all__ = ["Ecosystems", "Found", "ecosystems"]


class Found(NamedTuple):
    """An ecosystem type as read; ``land`` is the land class that it was written as."""

    item: str
    land: LandClass | None = None


class Ecosystems:
    """The classes by item, and the look-up of what a table writes."""

    def __init__(
        self, classes: Sequence[EcosystemClass], land: Sequence[LandClass], library: Library
    ) -> None:
        self.classes: Mapping[str, EcosystemClass] = {each.item: each for each in classes}
        self._general = values_by(library.items, "item", "general")
        self._spellings: dict[str, Found] = {}
        for each in land:
            for text in (each.code, each.name_zh):
                self._spellings.setdefault(text, Found(each.item, each))
        for row in library.items.itertuples():
            if self.class_of(str(row.item)) is None:
                continue
            written = (row.item, row.name_zh, row.name_en, *str(row.aliases).split("|"))
            for text in filter(None, map(str, written)):
                self._spellings[text.casefold()] = Found(str(row.item))
        for each in land:  # an ambiguous land class stays one, also where a type has its name
            if each.fit == "several":
                self._spellings[each.name_zh] = Found(each.item, each)

    def find(self, text: str) -> Found | None:
        """The type that a text names: a type, a species, or code or name of a land class."""
        written = text.strip()
        return self._spellings.get(written) or self._spellings.get(written.casefold())

    def class_of(self, item: str) -> EcosystemClass | None:
        """The class that an item is, or the nearest one above it."""
        while item and item not in self.classes:
            item = self._general.get(item, "")
        return self.classes.get(item)

    def at_level(self, item: str, level: int) -> EcosystemClass | None:
        """The class of an item at a level, or its own where that is coarser."""
        found = self.class_of(item)
        while found is not None and found.level > level:
            found = self.classes[found.parent]
        return found

    def name(self, item: str) -> Text:
        """How tables of ecosystems call a type."""
        found = self.classes.get(item)
        return Text(item, item) if found is None else Text(found.name_zh, found.name_en)

    def in_order(self, items: Sequence[str]) -> list[str]:
        """Items in the order of the classification, others behind."""
        places = {item: place for place, item in enumerate(self.classes)}
        return sorted(dict.fromkeys(items), key=lambda item: (places.get(item, len(places)), item))


@cache
def _tables() -> tuple[list[EcosystemClass], list[LandClass]]:
    folder = factors_dir() / "ecosystems"
    return (
        read_records(folder / "classes.csv", EcosystemClass),
        read_records(folder / "land_survey.csv", LandClass),
    )


def ecosystems(library: Library) -> Ecosystems:
    """The ecosystem types of the library."""
    return Ecosystems(*_tables(), library)
