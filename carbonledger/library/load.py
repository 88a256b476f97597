"""Loads the factor library and the profiles."""

from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from carbonledger import units
from carbonledger.errors import CarbonledgerError
from carbonledger.library import cache as cache_of
from carbonledger.library.blends import blend_potentials
from carbonledger.library.chains import chain, with_groups
from carbonledger.library.tables import frame_of, read_folder, read_records
from carbonledger.memory import plain_texts, values_by
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import Grade
from carbonledger.model.records import (
    Account,
    Blend,
    Detail,
    Gas,
    Item,
    Membership,
    Parameter,
    Price,
    Record,
    Region,
    Source,
)
from carbonledger.paths import factors_dir

__all__ = [
    "Library",
    "library",
    "parameter_frame",
    "read_library",
]

_SHOWN = 10  # faults that one message names
# The table or folder of tables behind each frame; parameters are derived in part.
_PLACES: dict[str, tuple[str, type[Record]]] = {
    "accounts": ("accounts.csv", Account),
    "regions": ("regions.csv", Region),
    "groups": ("region_groups.csv", Membership),
    "items": ("items", Item),
    "details": ("details", Detail),
    "gases": ("gases.csv", Gas),
    "sources": ("sources.csv", Source),
}
_TABLES = (*_PLACES, "parameters")

# What is derived from tables once for all runs, and from which of them.
_DERIVED = {
    "account_chain": {"accounts"},
    "region_chain": {"regions", "groups"},
    "item_chain": {"items"},
    "accounts_above": {"accounts"},
    "items_above": {"items"},
    "regions_above": {"regions", "groups"},
    "_below": {"accounts"},
}


@dataclass(frozen=True, eq=False)
class Library:
    """The factor library as frames with the columns of the records, one row per key.

    Two libraries are never equal, so that what is worked out of one can be kept beside it.
    """

    accounts: pd.DataFrame
    regions: pd.DataFrame
    groups: pd.DataFrame
    items: pd.DataFrame
    details: pd.DataFrame
    gases: pd.DataFrame
    sources: pd.DataFrame
    parameters: pd.DataFrame

    @cached_property
    def account_chain(self) -> pd.DataFrame:
        """Every account with itself and the accounts above it."""
        return chain(self.accounts, "account", "parent")

    @cached_property
    def region_chain(self) -> pd.DataFrame:
        """Every region with itself and the regions that contain it, groups before parents."""
        return with_groups(chain(self.regions, "region", "parent"), self.groups)

    @cached_property
    def item_chain(self) -> pd.DataFrame:
        """Every item with itself and the items whose parameters stand in for its own."""
        return chain(self.items, "item", "general")

    @cached_property
    def accounts_above(self) -> dict[str, dict[str, int]]:
        """For every account itself, the accounts above it and the empty one, by distance."""
        return _distances(self.account_chain)

    @cached_property
    def items_above(self) -> dict[str, dict[str, int]]:
        """For every item itself, the items that stand in for it and the empty one, by distance."""
        return _distances(self.item_chain)

    @cached_property
    def regions_above(self) -> dict[str, dict[str, int]]:
        """For every region itself, the regions that hold it and the empty one, by distance."""
        return _distances(self.region_chain)

    def changed(self, **tables: pd.DataFrame) -> "Library":
        """The library with other tables in the place of some; what is derived of the rest stays."""
        other = replace(self, **tables)
        for name, sources in _DERIVED.items():
            if name in self.__dict__ and not sources & set(tables):
                other.__dict__[name] = self.__dict__[name]
        return other

    def require_gwp(self, name: str) -> None:
        """Refuse a set of warming potentials that the library does not have.

        Raises:
            CarbonledgerError: naming the sets that it has.
        """
        table = self.parameters
        known = sorted(table.loc[table["parameter"] == GWP, "edition"].unique())
        if name not in known:
            raise CarbonledgerError(
                f"没有名为“{name}”的 GWP 值组。可用：{'、'.join(known)}。",
                f"There is no GWP set '{name}'. Available: {', '.join(known)}.",
            )

    def below(self, account: str) -> frozenset[str]:
        """The account and everything under it."""
        return self._below.get(account, frozenset())

    def label(self, table: str, key: str, lang: str = "zh") -> str:
        """The name of an account, region or item; the key itself where it has none."""
        if (table, lang) not in self._labels:
            frame: pd.DataFrame = getattr(self, table)
            self._labels[table, lang] = values_by(frame, frame.columns[0], f"name_{lang}")
        return self._labels[table, lang].get(key, key)

    def source_title(self, key: str) -> str:
        """The title of a document; the key itself where the inventory named its own."""
        return self._titles.get(key, key)

    @cached_property
    def _titles(self) -> dict[str, str]:
        """The title of every document."""
        return values_by(self.sources, "source", "title")

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        """Every account with those under it."""
        below: dict[str, set[str]] = {}
        for key, ancestors in self.accounts_above.items():
            for ancestor in ancestors:
                below.setdefault(ancestor, set()).add(key)
        return {account: frozenset(keys) for account, keys in below.items()}

    @cached_property
    def _labels(self) -> dict[tuple[str, str], dict[str, str]]:
        """The names by table and language, read when first asked for."""
        return {}


def _distances(links: pd.DataFrame) -> dict[str, dict[str, int]]:
    """The ancestors of each key of a chain with their distances."""
    found: dict[str, dict[str, int]] = {}
    columns = (links[name].tolist() for name in ("key", "ancestor", "distance"))
    for key, ancestor, distance in zip(*columns, strict=True):
        found.setdefault(key, {})[ancestor] = distance
    return found


@cache
@plain_texts()
def library(folder: Path | None = None) -> Library:
    """The checked library in ``folder`` (by default the one that comes with the program).

    A folder that was loaded before comes from the cache; any change of its tables reads and checks
    them anew.

    Raises:
        CarbonledgerError: naming file, row, rule and remedy of what is wrong with the tables.
    """
    base = folder or factors_dir()
    seen = cache_of.sight(base)
    known = cache_of.known(seen)
    key = known or cache_of.digest(base)
    kept = cache_of.read(key, _TABLES)
    if kept is not None:
        if not known:
            cache_of.remember(seen, key)
        return Library(**kept)
    # What is read and kept from here on goes by its content, not by what its files looked like.
    key = cache_of.digest(base)
    read = read_library(base)
    _refuse_faults(base)
    cache_of.write(key, {name: getattr(read, name) for name in _TABLES})
    cache_of.remember(seen, key)
    return read


@plain_texts()
def read_library(folder: Path) -> Library:
    """The library in ``folder`` as it stands, each row valid by itself but nothing else checked.

    Raises:
        CarbonledgerError: naming the first row that is not valid.
    """
    parameters = read_folder(folder / "parameters", Parameter)
    parameters += read_folder(folder / "prices", Price)
    parameters += blend_potentials(read_records(folder / "blends.csv", Blend), parameters)
    tables = {
        name: frame_of(
            (read_records if place.endswith(".csv") else read_folder)(folder / place, record),
            record,
        )
        for name, (place, record) in _PLACES.items()
    }
    return Library(**tables, parameters=parameter_frame(parameters))


def _refuse_faults(folder: Path) -> None:
    from carbonledger.library.checks.whole import check_library  # noqa: PLC0415 - only when new

    faults = [fault for fault in check_library(folder) if fault.grade is Grade.A]
    if not faults:
        return
    shown = faults[:_SHOWN]
    zh = [f"{fault.where}：{fault.message.zh}{fault.remedy.zh}" for fault in shown]
    en = [f"{fault.where}: {fault.message.en} {fault.remedy.en}" for fault in shown]
    if len(faults) > _SHOWN:
        zh.append(f"……另有 {len(faults) - _SHOWN} 处。")
        en.append(f"... and {len(faults) - _SHOWN} more.")
    listed_zh, listed_en = "\n".join(zh), "\n".join(en)
    raise CarbonledgerError(
        f"因子库有 {len(faults)} 处错误，改正之前不能使用：\n{listed_zh}",
        f"The factor library has {len(faults)} faults and cannot be used before they are "
        f"corrected:\n{listed_en}",
    )


def parameter_frame(parameters: list[Parameter]) -> pd.DataFrame:
    """Parameters as a frame, with the ``dimension`` of each unit for selection.

    Rows that are no prices have empty texts and no year in the columns of prices.
    """
    frame = frame_of(parameters, Price)
    texts = ["price_kind", "value_concept", "deflator"]
    frame[texts] = frame[texts].astype(object).fillna("").astype("str")
    frame["price_year"] = frame["price_year"].astype("float64")
    dimensions = {text: units.dimension(text) for text in frame["unit"].unique()}
    frame["dimension"] = frame["unit"].map(dimensions).astype("str")
    return frame
