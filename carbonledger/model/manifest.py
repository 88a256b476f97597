"""The manifest of an inventory: ``inventory.toml``."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Answer",
    "Assertion",
    "Correction",
    "InventoryManifest",
    "Overrides",
    "OwnRegion",
    "Published",
    "TableSpec",
    "Title",
]


class _Strict(BaseModel):
    # A validator is built when it is first needed: that of the whole holds those of its parts.
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True
    )


class Title(_Strict):
    """A title in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class OwnRegion(_Strict):
    """A region that the inventory defines: a park, a township, an invented county.

    ``parent`` is a region of the library, or one defined before it, whose factors it takes.
    """

    region: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$")
    parent: str
    level: Literal["province", "city", "county", "township", "park"]
    name: Title


class TableSpec(_Strict):
    """One input table: a file, an optional sheet and the layout that reads it.

    ``region`` and ``period`` are the table's own where its rows carry none; otherwise the
    inventory's single region and single period stand in. ``coal_equivalent_heat`` says which
    kilocalorie the table's tonne of coal equivalent (吨标准煤) was built on, for example
    ``29.2712 GJ/tce`` (7000 kcal of 4.1816 kJ) or ``29.3076 GJ/tce`` (4.1868 kJ).
    """

    file: str = Field(min_length=1)
    sheet: str | None = None
    layout: str = "entries"
    region: str | None = None
    period: int | None = None
    coal_equivalent_heat: str | None = None
    source: str = ""


class Assertion(_Strict):
    """A total that must hold over the input: the sum over the selected entries of one quantity.

    Empty selectors mean any; ``account`` includes the accounts below it. ``tolerance`` is relative
    unless ``absolute`` is true. ``total`` carries a unit: ``"24.387884 百万吨标准煤"``.
    """

    total: str
    quantity: str = "quantity"
    account: str = ""
    item: str = ""
    detail: str = ""
    region: str = ""
    period: int | None = None
    tolerance: Annotated[float, Field(ge=0)] = 1e-6
    absolute: bool = False
    note: str = ""


class Answer(_Strict):
    """What the compilers decided about a reported problem, with the reason.

    ``printed`` repeats the text of the cell, so that an answer to a cell that has since changed no
    longer applies. ``set-aside`` takes the cell's value out of the run (its entries carry the
    notation key NE); ``confirm`` keeps the value, and cannot answer a grade-A problem.
    """

    file: str
    cell: str
    sheet: str = ""
    code: str = ""
    printed: str
    action: Literal["set-aside", "confirm"]
    reason: Title


class Correction(_Strict):
    """A cell that was copied or printed wrongly, with what it should say and why.

    The file stays as it is. ``printed`` repeats the text of the cell, so that a correction of a
    cell that has since changed no longer applies.
    """

    file: str
    cell: str
    sheet: str = ""
    printed: str
    value: str
    reason: Title


class Published(_Strict):
    """A total that somebody else published, printed beside ours: ``"212.8 Mt CO2"``."""

    total: str
    account: str
    measure: str = "CO2"
    period: int | None = None
    source: str = Field(min_length=1)
    note: Title | None = None


class Overrides(_Strict):
    """What the inventory changes in its own profile: the order of the families of parameters.

    They hold for the profile that the manifest names, not for one chosen at the run. Parameters
    that ``parameter_families`` does not name keep the order of the profile. The base year of
    constant prices and the index that may stand in for a missing one are of the profile as well.
    """

    families: list[str] | None = None
    parameter_families: dict[str, list[str]] | None = None
    use_newer: bool | None = None
    price_base_year: int | None = None
    substitute_deflator: str | None = None
    deflators: dict[str, str] | None = None


class InventoryManifest(_Strict):
    """One inventory: what it covers, by which rules, from which tables.

    ``periods`` are the years that it reports. Tables may also hold the years from ``history_from``
    on, which serve the methods that need a history (first-order decay of waste). ``factors`` are
    the files of its own parameters, the first before the next; without it, ``factors.csv`` if there
    is one. A set that several inventories share may lie outside the folder (``../sets/x.csv``).
    """

    title: Title
    region: str
    periods: list[int] = Field(min_length=1)
    history_from: int | None = None
    profile: str
    gwp: str | None = None
    overrides: Overrides = Field(default_factory=Overrides)
    regions: list[OwnRegion] = Field(default_factory=list)
    tables: list[TableSpec] = Field(min_length=1)
    factors: list[str] | None = None
    assertions: list[Assertion] = Field(default_factory=list)
    corrections: list[Correction] = Field(default_factory=list)
    answers: list[Answer] = Field(default_factory=list)
    published: list[Published] = Field(default_factory=list)
