"""Records of the factor library: accounts, regions, items, sources and parameters.

Each record is the row of one CSV table in ``factors/``; the field names are its column names.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = [
    "Account",
    "Blend",
    "Book",
    "Detail",
    "Gas",
    "Item",
    "Membership",
    "Parameter",
    "Price",
    "Region",
    "Source",
    "Status",
    "SummaryLine",
]


def _blank_to_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


OptionalDate = Annotated[date | None, BeforeValidator(_blank_to_none)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
OptionalFloat = Annotated[Finite | None, BeforeValidator(_blank_to_none)]
OptionalInt = Annotated[int | None, BeforeValidator(_blank_to_none)]


class Status(StrEnum):
    """Whether a value was checked against its named document."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Book(StrEnum):
    """The books of the ledger; amounts of different books are never added."""

    INVENTORY = "inventory"
    MEMO = "memo"
    CREDIT = "credit"
    GEP = "gep"
    ASSET = "asset"


class Record(BaseModel):
    """A row of a table: immutable, with no column that the model does not know."""

    # A validator is built when the first row is read; a kept library has none to read.
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True
    )


class Account(Record):
    """A node of the chart of accounts (科目).

    ``account`` is the code (an IPCC 2006 category such as ``1.A.1.a``), ``parent`` the code of the
    node above, empty at a root. The remaining columns are its codes in other systems; a column is
    empty where that system has no such row.
    """

    account: str = Field(min_length=1)
    parent: str
    book: Book
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    ipcc_2006: str
    cn_provincial_2011: str
    gpc: str
    seea_ea: str
    source: str


class Region(Record):
    """An administrative division (GB/T 2260), or a group of divisions that a table speaks of.

    ``level`` says what it is (a group is none of the divisions); ``grid`` the regional power grid.
    A group (the East China grid, an agricultural zone) has its members in ``region_groups.csv``;
    its values are nearer to a member than those of the parent that both have.
    """

    region: str = Field(min_length=1)
    parent: str
    level: Literal["world", "country", "province", "city", "county", "township", "park", "group"]
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    grid: str


class Membership(Record):
    """A region that belongs to a group of regions, with everything below it."""

    group: str = Field(min_length=1)
    member: str = Field(min_length=1)


class Item(Record):
    """What an entry is about: a fuel, a product, a gas, a vehicle.

    ``general`` is the item whose parameters stand in where a family has none for this one (raw coal
    falls back on bituminous coal); using it leaves the fallback ``general-item`` on the posting.
    ``aliases`` are further spellings, separated by ``|``. ``carbon`` is the origin of the carbon.
    """

    item: str = Field(min_length=1)
    general: str
    kind: Literal["fuel", "energy", "gas", "product", "equipment", "vehicle", "activity"]
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    aliases: str
    carbon: Literal["fossil", "biogenic", "none"]


class Detail(Record):
    """What tells entries of one item apart: a technology, a kind of mine, a type of vehicle.

    ``aliases`` are further spellings, separated by ``|``.
    """

    detail: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    aliases: str


class Blend(Record):
    """A component of a refrigerant blend, with its share of the mass."""

    blend: str = Field(min_length=1)
    component: str = Field(min_length=1)
    mass_fraction: Annotated[float, Field(gt=0, le=1)]
    source: str = Field(min_length=1)
    locator: str
    status: Status


class Gas(Record):
    """The species whose GWP serves a gas, by the origin of the carbon of the item it comes from.

    ``origin`` is the ``carbon`` of the item, ``none`` also where an entry has no item. Every gas
    has one row for each origin; only CH4 differs (AR6 tells fossil from non-fossil methane).
    """

    measure: str = Field(min_length=1)
    origin: Literal["fossil", "biogenic", "none"]
    species: str = Field(min_length=1)


class SummaryLine(Record):
    """A line of a summary table: which accounts and items it adds, or which other lines.

    ``accounts``, ``items``, ``except_items`` and ``adds`` are lists separated by ``|``; an empty
    list of items means all, ``=1.A.3`` the account itself without those below it. ``scope`` is that
    of the GPC, empty elsewhere.
    """

    line: Annotated[int, Field(ge=1)]
    code: str = Field(min_length=1)
    level: Annotated[int, Field(ge=0)]
    scope: str
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    accounts: str
    items: str
    except_items: str
    adds: str

    @property
    def roots(self) -> list[str]:
        """The accounts that the line adds, with everything below them."""
        return [account for account in self.accounts.split("|") if account]

    @property
    def added(self) -> list[str]:
        """The codes of the lines that the line adds."""
        return [code for code in self.adds.split("|") if code]

    def holds(self, item: str) -> bool:
        """Whether the line is for an item."""
        wanted = self.items.split("|") if self.items else [item]
        excepted = self.except_items.split("|") if self.except_items else []
        return item in wanted and item not in excepted


class Source(Record):
    """A document that parameters cite; ``note`` says what of it was seen."""

    source: str = Field(min_length=1)
    title: str = Field(min_length=1)
    title_en: str
    publisher: str
    year: OptionalInt
    identifier: str
    note: str


class Parameter(Record):
    """One row of the factor library (design 5.2); an empty key cell applies to all.

    ``edition`` is the family by which a profile orders rows; ``source`` is a key of
    ``sources.csv``; ``locator`` names table and page.
    """

    id: str = Field(min_length=1)
    parameter: str = Field(min_length=1)
    item: str
    detail: str
    account: str
    species: str
    region: str
    value: Finite
    unit: str
    lower: OptionalFloat
    upper: OptionalFloat
    distribution: Literal["", "normal", "lognormal", "triangular", "uniform"]
    basis: str
    valid_from: OptionalDate
    valid_to: OptionalDate
    published: str
    edition: str = Field(min_length=1)
    source: str = Field(min_length=1)
    locator: str
    status: Status
    note: str


class Price(Parameter):
    """A parameter that is a price, with what makes it one (the tables of ``prices/``).

    ``price_year`` is the year whose price level it has; ``price_kind`` what was paid: a market
    price, a charge or tax, a cost of every year, or a capital cost, which serves as a price only
    once it is annualised. ``value_concept`` says whether it is an exchange value, what a
    replacement would cost, or welfare. ``deflator`` is the index series that brings it to another
    year. An inventory's own rows that are no prices leave all four empty.
    """

    price_year: OptionalInt = None
    price_kind: Literal["", "market", "charge", "cost", "capital"] = ""
    value_concept: Literal["", "exchange", "replacement", "welfare"] = ""
    deflator: str = ""
