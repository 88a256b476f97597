"""What a report needs beyond the result folder: names, the profile, the tables as read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from carbonledger.errors import Text
from carbonledger.model.manifest import Answer, InventoryManifest
from carbonledger.model.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

    from carbonledger.library.load import Library

__all__ = ["GridLike", "Names", "WorkbookContext"]


class GridLike(Protocol):
    """A table as read: ``rows[0][0]`` lies at the 0-based ``first_row`` and ``first_col``."""

    @property
    def file(self) -> str:
        """The file, as the problems quote it."""

    @property
    def sheet(self) -> str:
        """The sheet; empty in a text file."""

    @property
    def rows(self) -> tuple[tuple[object, ...], ...]:
        """The raw values of the cells."""

    @property
    def first_row(self) -> int:
        """The 0-based row of ``rows[0]`` in the file."""

    @property
    def first_col(self) -> int:
        """The 0-based column of ``rows[0][0]`` in the file."""


@dataclass(frozen=True, eq=False)
class Names:
    """The names behind the codes of a run.

    The frames have the columns of the records of the same names in ``model.records``; their order
    is the order of print.
    """

    accounts: "pd.DataFrame"
    regions: "pd.DataFrame"
    items: "pd.DataFrame"
    sources: "pd.DataFrame"

    @classmethod
    def of(cls, library: "Library") -> "Names":
        """The names in a library, looked up once."""
        return _names_of(library)

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The account above each account, in the order of the chart; empty at a root."""
        return dict(zip(self.accounts["account"], self.accounts["parent"], strict=True))

    @cached_property
    def account_order(self) -> Mapping[str, int]:
        """The place of each account in print."""
        return {account: place for place, account in enumerate(self.parents)}

    @cached_property
    def item_order(self) -> Mapping[str, int]:
        """The place of each item in print."""
        return {item: place for place, item in enumerate(self.items["item"])}

    @cached_property
    def region_order(self) -> Mapping[str, int]:
        """The place of each region in print."""
        return {region: place for place, region in enumerate(self.regions["region"])}

    def account(self, code: str) -> Text:
        """The name of an account; the code itself if the chart lacks it."""
        return self._accounts.get(code) or Text(code, code)

    def region(self, code: str) -> Text:
        """The name of a region; the code itself if it is unknown."""
        return self._regions.get(code) or Text(code, code)

    def item(self, code: str) -> Text:
        """The name of an item; the code itself if it is unknown."""
        return self._items.get(code) or Text(code, code)

    def source(self, code: str) -> Text:
        """The title of a source; the code itself if it is unknown."""
        return self._sources.get(code) or Text(code, code)

    @cached_property
    def _accounts(self) -> Mapping[str, Text]:
        return _names(self.accounts, "account", "name_zh", "name_en")

    @cached_property
    def _regions(self) -> Mapping[str, Text]:
        return _names(self.regions, "region", "name_zh", "name_en")

    @cached_property
    def _items(self) -> Mapping[str, Text]:
        return _names(self.items, "item", "name_zh", "name_en")

    @cached_property
    def _sources(self) -> Mapping[str, Text]:
        return _names(self.sources, "source", "title", "title_en")


class WorkbookContext(NamedTuple):
    """The inventory, its profile, names, answers and tables as read."""

    title: Text
    region: str
    periods: tuple[int, ...]
    profile: Profile
    names: Names
    answers: Sequence[Answer] = ()
    grids: Sequence[GridLike] = ()

    @classmethod
    def of(
        cls,
        manifest: InventoryManifest,
        profile: Profile,
        library: "Library",
        grids: Sequence[GridLike] = (),
    ) -> "WorkbookContext":
        """The context of an inventory under a profile, with the names of the library."""
        return cls(
            title=Text(manifest.title.zh, manifest.title.en),
            region=manifest.region,
            periods=tuple(manifest.periods),
            profile=profile,
            names=Names.of(library),
            answers=tuple(manifest.answers),
            grids=tuple(grids),
        )


@lru_cache(maxsize=4)
def _names_of(library: "Library") -> Names:
    return Names(library.accounts, library.regions, library.items, library.sources)


def _names(frame: "pd.DataFrame", key: str, zh: str, en: str) -> Mapping[str, Text]:
    rows = zip(*(frame[name].tolist() for name in (key, zh, en)), strict=True)
    return {str(code): Text(str(first), str(second) or str(first)) for code, first, second in rows}
