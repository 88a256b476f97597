"""The library as its documentation pages read it: rows by subject, and the names of their keys."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.blends import blend_potentials
from carbonledger.library.datapackage import table_titles
from carbonledger.library.tables import read_folder, read_records
from carbonledger.model.records import (
    Account,
    Blend,
    Detail,
    Item,
    Parameter,
    Price,
    Region,
    Source,
    Status,
)

__all__ = ["BLENDS", "Shelf", "Tally", "editions_of", "read_shelf", "tally"]

BLENDS = "blends"
"""The subject of the potentials that are derived, and so stand in no table."""


@dataclass(frozen=True)
class Tally:
    """How many rows were checked, and how many not."""

    verified: int
    unverified: int

    @property
    def rows(self) -> int:
        """All of them."""
        return self.verified + self.unverified

    @property
    def share(self) -> str:
        """The share verified, in whole percent; only all are 100, and only none 0."""
        if not self.rows:
            return ""
        percent = round(100 * self.verified / self.rows)
        if self.verified and self.unverified:
            percent = min(max(percent, 1), 99)
        return f"{percent} %"


@dataclass(frozen=True)
class Shelf:
    """All that the pages say.

    ``subjects`` are the rows of each file of ``parameters/`` by its name, in the order written;
    ``derived`` those of refrigerant blends; ``names`` what the keys of a column mean, by the name
    of the column; ``conflicts`` the rows of ``conflicts.csv``.
    """

    subjects: Mapping[str, Sequence[Parameter]]
    derived: Sequence[Parameter]
    names: Mapping[str, Mapping[str, Text]]
    titles: Mapping[str, Text]
    sources: Sequence[Source]
    conflicts: Sequence[Mapping[str, str]]

    @property
    def rows(self) -> list[Parameter]:
        """The rows of all subjects."""
        return [row for rows in self.subjects.values() for row in rows]

    def title(self, subject: str) -> Text:
        """The title of a subject; the name of its file where ``columns.csv`` gives none."""
        if subject == BLENDS:
            return Text("混合制冷剂的增温潜势（推算）", "Warming potentials of blends (derived)")
        named = self.titles.get(f"parameters/{subject}") or self.titles.get(f"prices/{subject}")
        return named or Text(subject, subject)

    def name(self, column: str, key: str) -> Text:
        """What a key of a column means; the key itself where it has no name."""
        return self.names.get(column, {}).get(key, Text(key, key))

    def measured(self, row: Parameter) -> Text:
        """The name of the parameter of a row, as it is called in the dimension of its unit."""
        named = self.names["parameter"].get(_in_dimension(row.parameter, row.unit))
        return named or self.name("parameter", row.parameter)


def read_shelf(base: Path) -> Shelf:
    """The library in the folder ``base``.

    Raises:
        CarbonledgerError: naming file, line and column of the first row that is not valid.
    """
    subjects = {
        path.stem: read_records(path, Parameter)
        for path in sorted((base / "parameters").glob("*.csv"))
    }
    subjects |= {
        path.stem: read_records(path, Price) for path in sorted((base / "prices").glob("*.csv"))
    }
    potentials = [row for rows in subjects.values() for row in rows]
    sources = read_records(base / "sources.csv", Source)
    accounts = read_records(base / "accounts.csv", Account)
    regions = read_records(base / "regions.csv", Region)
    editions = _plain(base / "editions.csv")
    return Shelf(
        subjects=subjects,
        derived=blend_potentials(read_records(base / "blends.csv", Blend), potentials),
        names={
            "item": {r.item: Text(r.name_zh, r.name_en) for r in read_folder(base / "items", Item)},
            "detail": {
                row.detail: Text(row.name_zh, row.name_en)
                for row in read_folder(base / "details", Detail)
            },
            "account": {row.account: Text(row.name_zh, row.name_en) for row in accounts},
            "region": {row.region: Text(row.name_zh, row.name_en) for row in regions},
            "source": {row.source: Text(row.title, row.title_en or row.title) for row in sources},
            "edition": {r["edition"]: Text(r["title_zh"], r["title_en"]) for r in editions},
            "parameter": _parameter_names(base),
        },
        titles=table_titles(base),
        sources=sources,
        conflicts=_plain(base / "conflicts.csv"),
    )


def tally(rows: Sequence[Parameter]) -> Tally:
    """The rows counted by status."""
    verified = sum(row.status is Status.VERIFIED for row in rows)
    return Tally(verified, len(rows) - verified)


def editions_of(rows: Sequence[Parameter]) -> list[str]:
    """The editions of rows, in the order in which they first occur."""
    return list(dict.fromkeys(row.edition for row in rows))


def _parameter_names(base: Path) -> dict[str, Text]:
    """The first name of every parameter, and that of each parameter in each dimension."""
    found: dict[str, Text] = {}
    for path in (*sorted((base / "limits").glob("*.csv")), base / "check_limits.csv"):
        for row in _plain(path):
            name = Text(row["name_zh"], row["name_en"])
            for key in (row["parameter"], _in_dimension(row["parameter"], row["unit"])):
                found.setdefault(key, name)
    return found


def _in_dimension(parameter: str, unit: str) -> str:
    return f"{parameter} {units.dimension(unit)}"


def _plain(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
