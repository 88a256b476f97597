"""Methods side by side: what each one gives, what it includes, and why the results differ.

``engine.alternatives`` computes; here the years are cumulated, the notes of the folder
``factors/method_notes/`` are put beside the methods, and what a run under each profile takes is
summed.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import pandas as pd
from pydantic import Field

from carbonledger import units
from carbonledger.engine.frame import entries_relation
from carbonledger.engine.open import Inventory
from carbonledger.engine.results import plain_records
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.tables import read_folder
from carbonledger.model.records import Record
from carbonledger.paths import factors_dir

if TYPE_CHECKING:
    from carbonledger.engine.alternatives import Alternatives

__all__ = [
    "SIDE_BY_SIDE",
    "MethodNote",
    "SideBySide",
    "areas",
    "compare_methods",
    "notes_of",
    "side_by_side",
]

SIDE_BY_SIDE = "side_by_side"
"""Where the tables stand in ``run.json``."""

_LINE = ["profile", "region", "account", "item", "detail", "measure", "unit", "method", "chosen"]
_AMOUNTS = ["amount", "low", "high"]
_OF_A_YEAR = {"area_planted", "area_restored", "extracted_area"}
_TOTAL = ["profile", "book", "region", "account", "unit"]


class MethodNote(Record):
    """A row of ``factors/method_notes/``: what a method counts and why its result differs.

    ``key`` is a method, the beginning of the names of several (``forest.growth``), or an account
    whose note is about all methods below it.
    """

    key: str = Field(min_length=1)
    included_zh: str
    included_en: str
    excluded_zh: str
    excluded_en: str
    reason_zh: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @property
    def included(self) -> Text:
        """The pools and gases that the method counts."""
        return Text(self.included_zh, self.included_en)

    @property
    def excluded(self) -> Text:
        """What it leaves out."""
        return Text(self.excluded_zh, self.excluded_en)

    @property
    def reason(self) -> Text:
        """Why its result differs from that of other methods."""
        return Text(self.reason_zh, self.reason_en)


class SideBySide(NamedTuple):
    """Methods side by side.

    ``table`` has the columns of ``Alternatives.table`` and ``cumulative, cumulative_low,
    cumulative_high``: the sums of the years up to the row's; ``detail_zh, detail_en``.

    ``totals`` has one row for each profile, region, account and year: what a run under the profile
    takes, rolled up the chart within its book: ``profile, book, region, account, period, unit,
    amount, low, high`` and the cumulative sums. The unit is t CO2e where all parts have a
    potential, else that of the measure. A part without a range stands in the range with its
    amount; ``partly`` says so. Without any range it stays empty.

    ``lacking`` are the methods without parameters, as in ``Alternatives``.
    """

    table: pd.DataFrame
    totals: pd.DataFrame
    lacking: pd.DataFrame


def compare_methods(
    inventory: Inventory, profiles: Iterable[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """Every method that applies to an inventory, as plain records.

    Args:
        inventory: the inventory as opened.
        profiles: names or TOML files of profiles; without any, those of ``profiles_for``.

    Returns:
        ``table, totals, lacking`` as in ``SideBySide`` and ``areas``; None where nothing is known.

    Raises:
        CarbonledgerError: if the input has grade-A problems, or a profile does not exist.
    """
    # Only the few runs with sinks plan all their methods; the others only print what stands there.
    from carbonledger.engine.alternatives import alternatives  # noqa: PLC0415

    found = side_by_side(alternatives(inventory, profiles), inventory.library)
    with duckdb.connect() as connection:
        entries = entries_relation(connection, inventory.intake.tables).df()
    tables = {"table": found.table, "totals": found.totals, "lacking": found.lacking}
    return {
        name: plain_records(rows) for name, rows in (tables | {"areas": areas(entries)}).items()
    }


def side_by_side(found: "Alternatives", library: Library) -> SideBySide:
    """The alternatives of an inventory with their cumulative sums and the totals by profile."""
    table = _cumulated(found.table, _LINE)
    for lang in ("zh", "en"):
        table[f"detail_{lang}"] = [
            library.label("details", detail, lang) if detail else "" for detail in table["detail"]
        ]
    return SideBySide(table, _totals(found.table, library), found.lacking)


def _cumulated(table: pd.DataFrame, line: list[str]) -> pd.DataFrame:
    """The table with the running sums of its amounts over the years of each line."""
    ordered = table.sort_values("period", kind="stable")
    sums = ordered.groupby(line, dropna=False)[_AMOUNTS].cumsum()
    names = {"amount": "cumulative", "low": "cumulative_low", "high": "cumulative_high"}
    return table.join(sums.rename(columns=names))


def _totals(table: pd.DataFrame, library: Library) -> pd.DataFrame:
    taken = table[table["chosen"].astype(bool)]
    gwp = taken["gwp"].fillna(1.0)
    unit = taken["unit"].where(taken["gwp"].isna(), "t CO2e")
    own = taken.assign(unit=unit, **{name: taken[name] * gwp for name in _AMOUNTS})
    own["partly"] = own["low"].isna()
    for name in ("low", "high"):
        own[name] = own[name].fillna(own["amount"])
    links = library.account_chain[library.account_chain["ancestor"] != ""]
    books = dict(
        zip(library.accounts["account"], library.accounts["book"].astype(str), strict=True)
    )
    rolled = own.merge(links[["key", "ancestor"]], left_on="account", right_on="key")
    # As in the totals of a run: an account of another book takes no part in the sum of its parent.
    rolled = rolled[rolled["book"] == rolled["ancestor"].map(books)]
    grouped = rolled.assign(account=rolled["ancestor"]).groupby([*_TOTAL, "period"], sort=False)
    sums = grouped[_AMOUNTS].sum(min_count=1)
    sums["partly"] = grouped["partly"].any()
    for name in ("low", "high"):
        sums[name] = sums[name].mask(grouped["partly"].all())
    return _cumulated(sums.reset_index(), _TOTAL)


@cache
def _notes() -> dict[str, MethodNote]:
    return {note.key: note for note in read_folder(factors_dir() / "method_notes", MethodNote)}


def notes_of(keys: Iterable[str]) -> dict[str, MethodNote]:
    """The notes of methods, or of accounts with those above them; a key without a note is left out.

    The longest beginning of a key that has a note stands for it.
    """
    found = {}
    for key in dict.fromkeys(keys):
        parts = key.split(".")
        beginnings = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
        note = next((_notes()[name] for name in beginnings if name in _notes()), None)
        if note is not None:
            found[key] = note
    return found


def areas(entries: pd.DataFrame) -> pd.DataFrame:
    """The areas of the entries in hectares and in mu, since letters and statistics use both.

    What is planted or extracted in a year adds up over the years; any other area stands, and that
    of the last year is told.

    Args:
        entries: the entries as written, each quantity with its unit.

    Returns:
        Columns ``region, account, item, quantity, first, last, ha, mu``; ``first`` and ``last`` are
        the years that the area is of.
    """
    parts = []
    for name in (column.removesuffix("__unit") for column in entries if column.endswith("__unit")):
        written = entries.loc[entries[name].notna(), f"{name}__unit"]
        plane = {text for text in written.unique() if units.same_dimension(text, "ha")}
        rows = entries[entries[name].notna() & entries[f"{name}__unit"].isin(plane)]
        if rows.empty:
            continue
        factors = units.multipliers({(text, unit) for text in plane for unit in ("ha", "mu")})
        for unit in ("ha", "mu"):
            scale = rows[f"{name}__unit"].map({text: factors[(text, unit)] for text in plane})
            rows = rows.assign(**{unit: rows[name] * scale})
        parts.append(rows.assign(quantity=name))
    keys = ["region", "account", "item", "quantity"]
    if not parts:
        return pd.DataFrame(columns=[*keys, "first", "last", "ha", "mu"])
    rows = pd.concat(parts)
    latest = rows.groupby(keys, dropna=False)["period"].transform("max")
    told = rows[rows["quantity"].isin(_OF_A_YEAR) | (rows["period"] == latest)]
    return told.groupby(keys, as_index=False, dropna=False).agg(
        first=("period", "min"), last=("period", "max"), ha=("ha", "sum"), mu=("mu", "sum")
    )
