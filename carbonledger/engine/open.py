"""Open an inventory: its folder read and checked, the library with its own factors first."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from carbonledger.errors import CarbonledgerError
from carbonledger.intake.inventory import Intake, read_inventory
from carbonledger.intake.layout import Names
from carbonledger.library.load import Library, library, parameter_frame
from carbonledger.memory import values_by
from carbonledger.model.manifest import OwnRegion
from carbonledger.paths import inventories_dir

__all__ = [
    "Inventory",
    "account_names",
    "detail_names",
    "inventory_folder",
    "item_names",
    "open_inventory",
    "region_names",
    "with_regions",
]


class Inventory(NamedTuple):
    """An inventory as read: entries, problems, files, and the library that it computes with."""

    intake: Intake
    library: Library

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.intake.folder.name


def inventory_folder(name: str | Path) -> Path:
    """The folder of an inventory: a path, or the name of one that comes with the program.

    Raises:
        CarbonledgerError: if there is neither; lists the worked inventories.
    """
    path = Path(name)
    if path.is_dir():
        return path.resolve()
    packaged = inventories_dir()
    known = sorted(
        entry.name for entry in packaged.iterdir() if (entry / "inventory.toml").is_file()
    )
    if str(name) in known:
        return packaged / str(name)
    raise CarbonledgerError(
        f"找不到清单目录“{name}”。请给出含 inventory.toml 的目录，"
        f"或随软件提供的清单名：{'、'.join(known)}。",
        f"There is no inventory folder '{name}'. Give a folder that holds inventory.toml, or the "
        f"name of an inventory that comes with the program: {', '.join(known)}.",
    )


def open_inventory(
    name: str | Path, *, factors: Mapping[str, bytes] = MappingProxyType({})
) -> Inventory:
    """Read and check an inventory; what is wrong with it stands in ``intake.problems``.

    ``factors`` are contents that stand in for its files of own parameters, to try a change.
    """
    base = library()
    intake = read_inventory(inventory_folder(name), _names(base), factors=factors)
    base = with_regions(base, intake.manifest.regions)
    if intake.factors:
        own = parameter_frame(list(intake.factors))
        own["edition"] = own["id"].map(intake.families)
        parameters = pd.concat([base.parameters, own], ignore_index=True)
        base = base.changed(parameters=parameters)
    return Inventory(intake, base)


def with_regions(base: Library, regions: Iterable[OwnRegion]) -> Library:
    """The library with the regions that an inventory defines for itself."""
    rows = [
        {
            "region": each.region,
            "parent": each.parent,
            "level": each.level,
            "name_zh": each.name.zh,
            "name_en": each.name.en,
            "grid": "",
        }
        for each in regions
    ]
    if not rows:
        return base
    own = pd.DataFrame(rows, columns=list(base.regions.columns))
    return base.changed(regions=pd.concat([base.regions, own], ignore_index=True))


def region_names(base: Library) -> dict[str, str | tuple[str, ...]]:
    """Every spelling of a region with its code, or its codes where several share it.

    A group of regions is a key of parameters and has no entries of its own.
    """
    divisions = base.regions[base.regions["level"] != "group"]
    return _spellings(divisions, "region", ("region", "name_zh", "name_en"))


def account_names(base: Library) -> dict[str, str | tuple[str, ...]]:
    """Every spelling of an account with its code, or its codes where several share it."""
    return _spellings(base.accounts, "account", ("account", "name_zh", "name_en"))


def item_names(base: Library) -> dict[str, str | tuple[str, ...]]:
    """Every spelling of an item with its code."""
    return _spellings(base.items, "item", ("item", "name_zh", "name_en")) | _aliases(base.items)


def detail_names(base: Library) -> dict[str, str | tuple[str, ...]]:
    """Every spelling of a detail with its code."""
    names = _spellings(base.details, "detail", ("detail", "name_zh", "name_en"))
    return names | _aliases(base.details)


def _aliases(table: pd.DataFrame) -> dict[str, str | tuple[str, ...]]:
    """The further spellings of the codes of a table, which stand in its first column."""
    columns = (table[name].tolist() for name in (table.columns[0], "aliases"))
    return {
        alias.strip(): code
        for code, aliases in zip(*columns, strict=True)
        if aliases
        for alias in aliases.split("|")
        if alias.strip()
    }


@cache  # of the library of the program
def _names(base: Library) -> Names:
    return Names(
        regions=region_names(base),
        accounts=account_names(base),
        items=item_names(base),
        region_parents=values_by(base.regions, "region", "parent"),
        account_parents=values_by(base.accounts, "account", "parent"),
        details=detail_names(base),
    )


def _spellings(
    table: pd.DataFrame, key: str, columns: Iterable[str]
) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for column in columns:
        for spelling, code in zip(table[column].tolist(), table[key].tolist(), strict=True):
            codes = found.setdefault(spelling, [])
            if code not in codes:
                codes.append(code)
    return {text: codes[0] if len(codes) == 1 else tuple(codes) for text, codes in found.items()}
