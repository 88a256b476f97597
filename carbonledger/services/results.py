"""Finished runs as views: by sector, gas, fuel and year, with and without land use."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from carbonledger.analysis.summary import layout, summary
from carbonledger.api import library_of
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.notation import join_notations
from carbonledger.model.records import Book
from carbonledger.reports.context import Names
from carbonledger.reports.numbers import TONNES, Scale, scale_for
from carbonledger.reports.tables import CO2E_COLUMN, Block, Column, Figure, Row, Table, Tables
from carbonledger.reports.texts import label
from carbonledger.reports.view import Cell, Head, Kind, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NOTES", "RunViews"]

_ACCOUNT = Head(Text("科目", "Account"))
_CODE = Head(Text("代码", "Code"))
_SHARE = Head(Text("占比", "Share"), Kind.NUMBER, "%", decimals=1)
_LAND_LAYOUT = "cn-provincial-2011"
_LAND_LINES = ("T", "N", "E", "I", "A", "L", "W")
_MOST_LAID = 64  # regions and years that are kept
NOTES = (
    Text("排放为正，吸收（汇）为负。", "Emissions are positive, removals negative."),
    Text("* 含未核对参数。", "* rests on parameters that were not checked."),
    Text(
        "† 合计不完整：有未估算（NE）或保密（C）的部分。",
        "† incomplete: parts were not estimated (NE) or are confidential (C).",
    ),
)


@dataclass(frozen=True)
class _Laid:
    """The tables of a region and year, each laid out when it is first asked for."""

    tables: Tables

    @cached_property
    def by_measure(self) -> Table:
        return self.tables.by_measure()

    @cached_property
    def by_gas(self) -> Table:
        return self.tables.by_gas()

    @cached_property
    def by_item(self) -> Table:
        return self.tables.by_item()


@dataclass(frozen=True)
class RunViews:
    """The views of one run, laid out for the region and year that is asked for."""

    results: Results

    @cached_property
    def library(self) -> Library:
        """The library with the regions that the run's inventory defined."""
        return library_of(self.results)

    @cached_property
    def names(self) -> Names:
        """The names behind the codes."""
        return Names.of(self.library)

    @cached_property
    def blocks(self) -> list[tuple[str, int]]:
        """The regions and years of the run, in the order of print."""
        totals = self.results.totals[["region", "period"]].drop_duplicates()
        order = self.names.region_order
        found = [(str(row.region), int(row.period)) for row in totals.itertuples(index=False)]
        return sorted(found, key=lambda each: (order.get(each[0], len(order)), *each))

    @property
    def title(self) -> Text:
        """The title of the inventory."""
        title = self.results.info.get("title") or {}
        name = str(self.results.info.get("inventory", ""))
        return Text(str(title.get("zh", name)), str(title.get("en", name)))

    def sectors(self, region: str, period: int, books: Sequence[str] = ("inventory",)) -> View:
        """Every account of some books with each gas in its own unit, and the sum in CO2e."""
        table = self._laid(region, period).by_measure
        rows = [place for place, row in enumerate(table.rows) if row.block.book in books]
        columns = [
            column
            for column in table.columns
            if any(_said(table.figure(place, column)) for place in rows)
        ]
        heads = [_head(table, rows, column) for column in columns]
        body: tuple[tuple[Cell, ...], ...] = tuple(
            (row.account, self._name(row), *(table.figure(place, column) for column in columns))
            for place in rows
            for row in [table.rows[place]]
        )
        title = Text("分部门结果", "Results by sector")
        return View(self._titled(title, region, period), (_CODE, _ACCOUNT, *heads), body, NOTES)

    def gases(self, region: str, period: int) -> View:
        """The gases of the inventory: mass, CO2e and share."""
        laid = self._laid(region, period)
        table, masses = laid.by_gas, laid.by_measure
        place = _total_place(table, region, period)
        above = _total_place(masses, region, period)
        if place is None or above is None:
            return View(self._titled(Text("分气体", "By gas"), region, period), (), ())
        total = table.figure(place, CO2E_COLUMN).amount
        rows: list[tuple[Cell, ...]] = []
        for column in table.columns:
            equal = table.figure(place, column)
            mass = next((each for each in masses.columns if each.key == column.key), None)
            amount = masses.figure(above, mass) if mass else Figure()
            rows.append((label("measure", column.key), amount, equal, _share(equal.amount, total)))
        scale = scale_for(table.figure(place, column).amount for column in table.columns)
        heads = (
            Head(Text("气体", "Gas")),
            Head(Text("质量", "Mass"), Kind.NUMBER, "t"),
            Head(Text("二氧化碳当量", "CO₂e"), Kind.NUMBER, "t CO2e", scale=scale),
            _SHARE,
        )
        rows.append(
            (Text("合计", "Total"), "", table.figure(place, CO2E_COLUMN), _share(total, total))
        )
        return View(
            self._titled(Text("分气体", "By gas"), region, period), heads, tuple(rows), NOTES
        )

    def fuels(self, region: str, period: int) -> View:
        """The CO2 of each item (fuel, product) and its share."""
        table = self._laid(region, period).by_item
        title = self._titled(Text("分品种（CO₂）", "By fuel and product (CO₂)"), region, period)
        place = _total_place(table, region, period)
        if place is None or table.total is None:
            return View(title, (), ())
        whole = table.figure(place, table.total)
        found = [
            (column, figure)
            for column in table.columns
            if _said(figure := table.figure(place, column))
        ]
        found.sort(key=lambda each: -(each[1].amount or -math.inf))
        rows: list[tuple[Text | Figure | float | None, ...]] = [
            (self._item(column), figure, _share(figure.amount, whole.amount))
            for column, figure in found
        ]
        rows.append((Text("合计", "Total"), whole, _share(whole.amount, whole.amount)))
        scale = scale_for(figure.amount for _, figure in found)
        heads = (
            Head(Text("品种", "Fuel or product")),
            Head(Text("二氧化碳", "CO₂"), Kind.NUMBER, "t CO2", scale=scale),
            _SHARE,
        )
        return View(title, heads, tuple(rows), NOTES)

    def years(self, region: str, depth: int = 1) -> View:
        """The accounts down to a depth with one column of CO2e for each year."""
        table = self._laid(region, None).by_gas
        places: dict[tuple[str, int], dict[int, Figure]] = {}
        names: dict[tuple[str, int], Row] = {}
        for place, row in enumerate(table.rows):
            if row.block.book != Book.INVENTORY or row.depth > depth or row.own:
                continue
            key = (row.account, row.depth)
            places.setdefault(key, {})[row.block.period] = table.figure(place, CO2E_COLUMN)
            names[key] = row
        years = sorted({year for cells in places.values() for year in cells})
        scale = scale_for(figure.amount for cells in places.values() for figure in cells.values())
        order = {code: place for place, code in enumerate(self.names.parents)}
        keys = sorted(places, key=lambda key: (key[0] != "", order.get(key[0], 0)))
        heads = [
            Head(Text(f"{year} 年", str(year)), Kind.NUMBER, "t CO2e", scale=scale)
            for year in years
        ]
        body: tuple[tuple[Cell, ...], ...] = tuple(
            (key[0], self._name(names[key]), *(places[key].get(year, Figure()) for year in years))
            for key in keys
        )
        title = Text(
            f"{self.names.region(region).zh}历年", f"{self.names.region(region).en} by year"
        )
        return View(title, (_CODE, _ACCOUNT, *heads), body, NOTES)

    def land_use(self, region: str, period: int) -> View:
        """The totals with and without land-use change and forestry, side by side, and their parts.

        The lines are those of the provincial guideline's summary table.
        """
        found = self.land_lines(region, period)
        rows = [
            (Text(line.name_zh, line.name_en), found[line.code])
            for line in layout(_LAND_LAYOUT)
            if line.code in _LAND_LINES
        ]
        scale = scale_for(row[1].amount for row in rows)
        heads = (
            Head(Text("排放源（汇）", "Source or sink")),
            Head(Text("二氧化碳当量", "CO₂e"), Kind.NUMBER, "t CO2e", scale=scale),
        )
        title = Text("含、不含土地利用变化和林业", "With and without land use and forestry")
        return View(self._titled(title, region, period), heads, tuple(rows), NOTES)

    def land_lines(self, region: str, period: int) -> dict[str, Figure]:
        """The lines of ``land_use`` by their code; one that has nothing is empty."""
        table = self._summary(region, period)
        found = {}
        for code in _LAND_LINES:
            part = table[table["code"] == code]
            known = part["co2e"].dropna()
            keys = {key for text in part["notation"] for key in text.split(",")}
            amount = math.fsum(known) if len(known) else None
            found[code] = Figure(amount, join_notations(keys), bool(part["unverified"].any()))
        return found

    def published(self) -> View:
        """Our totals beside those that others published, where the inventory quotes any."""
        heads = (
            Head(Text("科目", "Account")),
            Head(Text("年份", "Year"), Kind.WHOLE),
            Head(Text("计量", "Measure")),
            Head(Text("本次", "This run"), Kind.NUMBER, decimals=4),
            Head(Text("已发布", "Published"), Kind.NUMBER, decimals=4),
            Head(Text("差", "Difference"), Kind.NUMBER, decimals=4),
            Head(Text("差 %", "Difference %"), Kind.NUMBER),
            Head(Text("单位", "Unit")),
            Head(Text("来源", "Source")),
        )
        rows = tuple(
            (
                self._coded(str(row["account"])),
                row["period"],
                label("measure", str(row["measure"])),
                *(row[name] for name in ("computed", "published", "difference", "percent")),
                str(row["unit"]),
                str(row["source"]),
            )
            for row in self.results.info.get("published", [])
        )
        return View(Text("与已发布数对照", "Beside published totals"), heads, rows)

    def _coded(self, account: str) -> Text:
        name = self.names.account(account)
        return Text(f"{account} {name.zh}", f"{account} {name.en}")

    @cached_property
    def _laid(self) -> Callable[[str, int | None], "_Laid"]:
        """The tables of a region and year (or all its years); those last asked for are kept."""

        def lay_out(region: str, period: int | None) -> _Laid:
            return _Laid(Tables(self.results, self.names, region=region, period=period))

        return lru_cache(_MOST_LAID)(lay_out)

    @cached_property
    def _summary(self) -> Callable[[str, int], "pd.DataFrame"]:
        """The provincial summary of a region and year; those last asked for are kept."""

        def summed(region: str, period: int) -> "pd.DataFrame":
            return summary(self.results, self.library, _LAND_LAYOUT, region=region, period=period)

        return lru_cache(_MOST_LAID)(summed)

    def _titled(self, title: Text, region: str, period: int) -> Text:
        name = self.names.region(region)
        return Text(f"{name.zh} {period} 年{title.zh}", f"{name.en} {period}: {title.en}")

    def _item(self, column: Column) -> Text:
        return self.names.item(column.key) if column.key else Text("（无品种）", "(no item)")

    def _name(self, row: Row) -> Text:
        indent = "\u3000" * row.depth
        if not row.account:
            return Text("合计", "Total")
        if row.own:
            return Text(f"{indent}其中：直接列入本科目", f"{indent}of which entered here itself")
        name = self.names.account(row.account)
        return Text(indent + name.zh, indent + name.en)


def _said(figure: Figure) -> bool:
    return figure.amount is not None or bool(figure.notation)


def _head(table: Table, places: Iterable[int], column: Column) -> Head:
    tonnes = column.unit.startswith("t ")
    amounts = [table.figure(place, column).amount for place in places]
    scale: Scale = scale_for(amounts) if tonnes else TONNES
    return Head(label("measure", column.key), Kind.NUMBER, column.unit, scale=scale)


def _total_place(table: Table, region: str, period: int) -> int | None:
    """The row over all of the inventory of a region and year: the only one at depth 0."""
    wanted = Block(str(Book.INVENTORY), region, period)
    places = [
        place for place, row in enumerate(table.rows) if row.block == wanted and row.depth == 0
    ]
    return places[0] if places else None


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole * 100
