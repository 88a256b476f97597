"""Loads the factor library and the profiles."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from carbonledger import units
from carbonledger.errors import CarbonledgerError
from carbonledger.library.blends import blend_potentials
from carbonledger.library.tables import frame_of, read_folder, read_records
from carbonledger.model.profile import Profile
from carbonledger.model.records import (
    Account,
    Blend,
    Detail,
    Gas,
    Item,
    Membership,
    Parameter,
    Region,
    Source,
)
from carbonledger.paths import factors_dir

__all__ = ["Library", "library", "profile", "profile_names"]


@dataclass(frozen=True)
class Library:
    """The factor library as frames with the columns of the records, one row per key."""

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

    def require_gwp(self, name: str) -> None:
        """Refuse a set of warming potentials that the library does not have.

        Raises:
            CarbonledgerError: naming the sets that it has.
        """
        table = self.parameters
        known = sorted(table.loc[table["parameter"] == "gwp100", "edition"].unique())
        if name not in known:
            raise CarbonledgerError(
                f"没有名为“{name}”的 GWP 值组。可用：{'、'.join(known)}。",
                f"There is no GWP set '{name}'. Available: {', '.join(known)}.",
            )

    def below(self, account: str) -> set[str]:
        """The account and everything under it."""
        links = self.account_chain
        return set(links.loc[links["ancestor"] == account, "key"])

    def label(self, table: str, key: str, lang: str = "zh") -> str:
        """The name of an account, region or item; the key itself where it has none."""
        return str(self._labels(table, lang).get(key, key))

    def source_title(self, key: str) -> str:
        """The title of a document; the key itself where the inventory named its own."""
        titles = dict(zip(self.sources["source"], self.sources["title"], strict=True))
        return str(titles.get(key, key))

    def _labels(self, table: str, lang: str) -> Mapping[str, str]:
        frame: pd.DataFrame = getattr(self, table)
        return dict(zip(frame.iloc[:, 0], frame[f"name_{lang}"], strict=True))


def chain(table: pd.DataFrame, key: str, parent: str) -> pd.DataFrame:
    """The ancestors of every key: columns ``key, ancestor, distance`` (0 is the key itself).

    The empty ancestor, which stands for "applies to all", closes every chain.

    Raises:
        CarbonledgerError: if a parent does not exist or the table runs in a circle.
    """
    parents: dict[str, str] = dict(zip(table[key], table[parent], strict=True))
    rows: list[tuple[str, str, int]] = [("", "", 0)]
    for start in parents:
        place, distance = start, 0
        while place:
            rows.append((start, place, distance))
            distance += 1
            if place not in parents or distance > len(parents):
                raise CarbonledgerError(
                    f"因子库中“{start}”的上级“{place}”不存在或循环。",
                    f"In the library the parent '{place}' of '{start}' is missing or circular.",
                )
            place = parents[place]
        rows.append((start, "", distance))
    return pd.DataFrame(rows, columns=["key", "ancestor", "distance"])


def with_groups(links: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """A chain of regions with the groups that each belongs to, itself or by a region above it.

    A group stands between its member and the parent of that.
    """
    links = links.assign(distance=links["distance"] * 2)
    joined = links.merge(groups, left_on="ancestor", right_on="member")
    joined = joined.assign(ancestor=joined["group"], distance=joined["distance"] + 1)
    found = pd.concat([links, joined[["key", "ancestor", "distance"]]], ignore_index=True)
    found = found.sort_values(["key", "distance", "ancestor"], ignore_index=True)
    return found.drop_duplicates(["key", "ancestor"], ignore_index=True)


@cache
def library(folder: Path | None = None) -> Library:
    """The library in ``folder`` (by default the one that comes with the program)."""
    base = folder or factors_dir()
    parameters = read_folder(base / "parameters", Parameter)
    parameters += blend_potentials(read_records(base / "blends.csv", Blend), parameters)
    return Library(
        accounts=frame_of(read_records(base / "accounts.csv", Account), Account),
        regions=frame_of(read_records(base / "regions.csv", Region), Region),
        groups=frame_of(read_records(base / "region_groups.csv", Membership), Membership),
        items=frame_of(read_folder(base / "items", Item), Item),
        details=frame_of(read_folder(base / "details", Detail), Detail),
        gases=frame_of(read_records(base / "gases.csv", Gas), Gas),
        sources=frame_of(read_records(base / "sources.csv", Source), Source),
        parameters=parameter_frame(parameters),
    )


def parameter_frame(parameters: list[Parameter]) -> pd.DataFrame:
    """Parameters as a frame, with the ``dimension`` of each unit for selection."""
    frame = frame_of(parameters, Parameter)
    dimensions = {text: units.dimension(text) for text in frame["unit"].unique()}
    frame["dimension"] = frame["unit"].map(dimensions).astype(object)
    return frame


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
    try:
        return Profile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CarbonledgerError(
            f"口径文件 {path.name} 无效：{error}",
            f"The profile file {path.name} is not valid: {error}",
        ) from error
