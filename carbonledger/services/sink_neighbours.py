"""Estimates that may be of the same land: asked about before one is made, and never added up."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from carbonledger.engine.frame import entries_relation
from carbonledger.engine.open import open_inventory
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import values_by

__all__ = ["STANDINGS", "is_neighbour", "standing_note"]

STANDINGS = {
    "apart": Text("地块不重叠，另加", "Other land: comes on top"),
    "within": Text("有重叠：本估算与它不得相加", "It overlaps: the two must not be added"),
}


def is_neighbour(folder: Path, account: str, region: str, base: Library) -> bool:
    """Whether an inventory has entries of an account in a region, or above or below it.

    Raises:
        CarbonledgerError: the folder is no inventory.
    """
    opened = open_inventory(folder)
    with duckdb.connect() as connection:
        entries = entries_relation(connection, opened.intake.tables)
        places = entries.project("region, account").distinct().fetchall()
    parents = values_by(opened.library.regions, "region", "parent")
    parents |= values_by(base.regions, "region", "parent")
    return any(
        entered == account and (region in _line(place, parents) or place in _line(region, parents))
        for place, entered in places
    )


def standing_note(standings: Mapping[str, tuple[Text, str]]) -> str:
    """What the entries say about other estimates: title and standing of each."""
    return "；".join(f"“{title.zh}”：{STANDINGS[key].zh}" for title, key in standings.values())


def _line(region: str, parents: Mapping[str, str]) -> list[str]:
    """A region and those above it."""
    found: list[str] = []
    while region and region not in found:
        found.append(region)
        region = parents.get(region) or ""
    return found
