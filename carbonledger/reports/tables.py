"""The figures of a run laid out as trees of accounts, ready to print.

The totals come from ``totals.csv``, the detail from the postings. Both must tell the same story: a
total that is not the sum of what stands below it is refused, never printed.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.model.notation import join_notations
from carbonledger.model.prices import VALUES
from carbonledger.model.records import Book
from carbonledger.reports.context import Names
from carbonledger.reports.facts import Block, Fact, posted_facts, total_facts
from carbonledger.reports.query import gases

__all__ = ["CO2", "CO2E", "CO2E_COLUMN", "Block", "Column", "Figure", "Row", "Table", "Tables"]

CO2 = "CO2"
CO2E = "CO2e"
_GAS_ORDER = (CO2, "CH4", "N2O")

# Sums of the same numbers in another order differ by far less; a forgotten row by far more.
_TOLERANCE = 1e-9


class Figure(NamedTuple):
    """An amount with the notation keys of its parts; ``amount`` is None where there is none."""

    amount: float | None = None
    notation: str = ""
    unverified: bool = False

    @property
    def empty(self) -> bool:
        """Whether neither a number nor a notation key stands here."""
        return self.amount is None and not self.notation


_EMPTY = Figure()


class Column(NamedTuple):
    """A column of figures: its key (a measure or an item) and its unit."""

    key: str
    unit: str


CO2E_COLUMN = Column(CO2E, "t CO2e")

Place = tuple[Block, str]
Cells = Mapping[Place, Mapping[Column, Figure]]


class Row(NamedTuple):
    """An account in a block; ``account`` is empty in the sum over the roots of a block.

    ``parts`` are the places of the rows that add up to this one. ``own`` marks what was posted to
    an account itself although it has accounts below.
    """

    block: Block
    account: str
    depth: int = 0
    parts: tuple[int, ...] = ()
    own: bool = False


class Table(NamedTuple):
    """Rows, columns and the ``figures`` of each row, in those columns that have one.

    ``total`` is the column that adds up the others of its row, where there is one.
    """

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    figures: Sequence[Mapping[Column, Figure]]
    total: Column | None = None

    @property
    def printed(self) -> tuple[Column, ...]:
        """The columns in print, the total last."""
        return self.columns if self.total is None else (*self.columns, self.total)

    @property
    def tops(self) -> list[tuple[int, Row]]:
        """The rows above which there is none, with their places."""
        return [(place, row) for place, row in enumerate(self.rows) if not row.depth]

    def figure(self, row: int, column: Column) -> Figure:
        """The figure of a row in a column; empty where nothing was computed."""
        return self.figures[row].get(column, _EMPTY)

    def column(self, column: Column) -> list[Figure]:
        """The figures of all rows in a column."""
        return [figures.get(column, _EMPTY) for figures in self.figures]


class Tables:
    """The result tables of a run, or of a region (and year) of it.

    Raises:
        CarbonledgerError: from each table, if the totals are not the sums of the postings.
    """

    @classmethod
    def of(cls, results: Results, names: Names) -> "Tables":
        """The tables of a whole run, which several reports print."""
        return results.once((cls, names), lambda: cls(results, names))

    def __init__(
        self,
        results: Results,
        names: Names,
        *,
        region: str | None = None,
        period: int | None = None,
    ) -> None:
        self._names = names
        self._totals = _by_place(total_facts(results, region, period))
        self._direct = _by_place(posted_facts(results, region, period))
        posted = (fact for facts in self._direct.values() for fact in facts)
        weighed = {fact.measure for fact in posted if fact.co2e is not None}
        of_run = weighed if region is None and period is None else gases(results)
        self._gases = of_run | set(_GAS_ORDER)

    def by_measure(self) -> Table:
        """Every account with every measure in its own unit and, of gases, the sum in CO2e."""
        return self._by_measure

    @cached_property
    def _by_measure(self) -> Table:
        columns = _Columns()

        def cells(facts: Sequence[Fact]) -> list[tuple[Column, Figure]]:
            found = [
                (columns[one.measure, one.unit], Figure(one.amount, one.notation, one.unverified))
                for one in facts
            ]
            for fact in self._equal(facts):
                found.append((CO2E_COLUMN, Figure(fact.co2e, fact.notation, fact.unverified)))
            return found

        totals, direct = _cells(self._totals, cells), _cells(self._direct, cells)
        return self._table(totals, direct, _measure_order)

    def by_gas(self) -> Table:
        """Every account with its gases in CO2e, and their sum."""
        columns = _Columns()

        def cells(facts: Sequence[Fact]) -> list[tuple[Column, Figure]]:
            return [
                (
                    columns[fact.measure, CO2E_COLUMN.unit],
                    Figure(fact.co2e, fact.notation, fact.unverified),
                )
                for fact in self._equal(facts)
            ]

        totals, direct = _cells(self._totals, cells), _cells(self._direct, cells)
        return _with_total(self._table(totals, direct, _measure_order), CO2E_COLUMN)

    def by_item(self) -> Table:
        """The CO2 of every account by item, and their sum."""
        columns = _Columns()

        def cells(facts: Sequence[Fact]) -> list[tuple[Column, Figure]]:
            return [
                (columns[fact.item, fact.unit], Figure(fact.amount, fact.notation, fact.unverified))
                for fact in _of_carbon(facts)
            ]

        above = {place for place, facts in self._totals.items() if _of_carbon(facts)}
        order = self._names.item_order
        table = self._table(
            None,
            _cells(self._direct, cells),
            lambda column: (order.get(column.key, len(order)), column.key),
            above,
        )
        units = [fact.unit for facts in self._direct.values() for fact in _of_carbon(facts)]
        return _with_total(table, Column(CO2, units[0] if units else ""))

    def _equal(self, facts: Iterable[Fact]) -> list[Fact]:
        # What has a mass but no CO2e is no gas, or a gas that its book does not weigh.
        return [
            fact
            for fact in facts
            if fact.co2e is not None or (fact.amount is None and fact.measure in self._gases)
        ]

    def _table(
        self,
        totals: Cells | None,
        direct: Cells,
        order: Callable[[Column], tuple[int, str]],
        above: Iterable[Place] = (),
    ) -> Table:
        """Rows and figures; without ``totals`` the accounts ``above`` are summed up here."""
        rows = self._rows({*direct, *(totals or {}), *above}, set(direct))
        both = (*direct.values(), *(totals or {}).values())
        columns = {column for cells in both for column in cells}
        largest = _largest(direct) if totals else {}  # only totals are checked
        figures: list[Mapping[Column, Figure]] = [{}] * len(rows)
        # A row stands above its parts, so going upwards finds the parts finished.
        for place, row in reversed(list(enumerate(rows))):
            found = direct.get((row.block, row.account), {})
            if row.parts:
                found = _sums([figures[part] for part in row.parts])
            if totals is not None and row.account and not row.own:
                found = _stated(totals.get((row.block, row.account), {}), found, row, largest)
            figures[place] = found
        return Table(tuple(rows), tuple(sorted(columns, key=order)), figures)

    def _rows(self, places: set[Place], direct: set[Place]) -> list[Row]:
        """The accounts of every block as trees, parents first, in the order of the chart."""
        books = [str(book) for book in Book]
        regions = self._names.region_order

        def block_order(block: Block) -> tuple[int, int, str, int]:
            book = books.index(block.book) if block.book in books else len(books)
            region = regions.get(block.region, len(regions))
            return (book, region, block.region, block.period)

        rows: list[Row] = []
        accounts, own = _by_block(places), _by_block(direct)
        for block in sorted(accounts, key=block_order):
            _grow(rows, block, self._children(accounts[block]), own.get(block, set()))
        return rows

    def _children(self, accounts: set[str]) -> dict[str, list[str]]:
        """The accounts below each account that occurs; those below ``""`` are the roots."""
        parents, chart = self._names.parents, self._names.account_order
        children: dict[str, list[str]] = {}
        for account in sorted(accounts, key=lambda code: (chart.get(code, len(chart)), code)):
            above = parents.get(account, "")
            while above and above not in accounts:
                above = parents.get(above, "")
            children.setdefault(above, []).append(account)
        return children


def _sums(parts: Iterable[Mapping[Column, Figure]]) -> dict[Column, Figure]:
    """The sums of the figures of several rows, column by column."""
    found: dict[Column, list[Figure]] = defaultdict(list)
    for cells in parts:
        for column, figure in cells.items():
            found[column].append(figure)
    return {column: _add(figures) for column, figures in found.items()}


def _stated(
    totals: Mapping[Column, Figure],
    found: Mapping[Column, Figure],
    row: Row,
    largest: Mapping[Column, float],
) -> dict[Column, Figure]:
    """What the totals say of a row, which has to be what was ``found`` below it."""
    figures = {}
    for column in {**totals, **found}:
        total, figure = totals.get(column, _EMPTY), found.get(column, _EMPTY)
        if total.amount != figure.amount:
            _check(total, figure, largest.get(column, 0.0), row, column)
        figures[column] = Figure(total.amount, total.notation, figure.unverified)
    return figures


def _largest(cells: Cells) -> dict[Column, float]:
    """The largest amount of each column."""
    largest: dict[Column, float] = defaultdict(float)
    for of_place in cells.values():
        for column, figure in of_place.items():
            if figure.amount is not None:
                largest[column] = max(largest[column], abs(figure.amount))
    return largest


def _by_place(facts: Iterable[Fact]) -> dict[Place, list[Fact]]:
    places: dict[Place, list[Fact]] = defaultdict(list)
    for fact in facts:
        places[fact.block, fact.account].append(fact)
    return places


def _of_carbon(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.measure == CO2]


def _by_block(places: set[Place]) -> dict[Block, set[str]]:
    accounts: dict[Block, set[str]] = {}
    for block, account in places:
        accounts.setdefault(block, set()).add(account)
    return accounts


def _grow(rows: list[Row], block: Block, children: Mapping[str, list[str]], own: set[str]) -> None:
    def grow(account: str, depth: int) -> int:
        place = len(rows)
        row = Row(block, account, depth)
        rows.append(row)
        below = children.get(account, [])
        parts = []
        if below and account in own:
            parts.append(len(rows))
            rows.append(Row(block, account, depth + 1, own=True))
        parts += [grow(child, depth + 1) for child in below]
        if parts:
            rows[place] = Row(block, account, depth, tuple(parts))
        return place

    roots = children.get("", [])
    # Only an inventory adds up: memo items are stated for information, one by one.
    if len(roots) > 1 and block.book == Book.INVENTORY:
        grow("", 0)
        return
    for root in roots:
        grow(root, 0)


class _Columns(dict[tuple[str, str], Column]):
    """The columns of a table by key and unit, each of them made once."""

    def __missing__(self, key: tuple[str, str]) -> Column:
        self[key] = Column(*key)
        return self[key]


def _measure_order(column: Column) -> tuple[int, str]:
    if column.key in VALUES:
        return (VALUES.index(column.key) - len(VALUES), "")
    if column == CO2E_COLUMN:
        return (len(_GAS_ORDER) + 1, "")
    known = column.key in _GAS_ORDER
    return (_GAS_ORDER.index(column.key) if known else len(_GAS_ORDER), column.key)


def _cells(
    places: Mapping[Place, Sequence[Fact]],
    figures: Callable[[Sequence[Fact]], Iterable[tuple[Column, Figure]]],
) -> Cells:
    """The figures of all places that have any, added up by column."""
    cells = {}
    for place, facts in places.items():
        found: dict[Column, list[Figure]] = defaultdict(list)
        for column, figure in figures(facts):
            found[column].append(figure)
        if found:
            cells[place] = {column: _add(parts) for column, parts in found.items()}
    return cells


def _add(figures: Sequence[Figure]) -> Figure:
    if not figures:
        return _EMPTY
    if len(figures) == 1 and figures[0].amount != 0 and "," not in figures[0].notation:
        return figures[0]  # as most are
    amounts, notations, unverified = zip(*figures, strict=True)
    numbers = [amount for amount in amounts if amount is not None]
    total = math.fsum(numbers) if numbers else None
    notation = _joined(frozenset(notations)) if any(notations) else ""
    return Figure(total, notation, any(unverified))


@lru_cache(maxsize=10_000)
def _joined(notations: frozenset[str]) -> str:
    return join_notations({key for notation in notations for key in notation.split(",")})


def _with_total(table: Table, total: Column) -> Table:
    figures = [{**cells, total: _add(list(cells.values()))} for cells in table.figures]
    return table._replace(figures=figures, total=total)


def _check(stated: Figure, found: Figure, largest: float, row: Row, column: Column) -> None:
    if stated.amount is None or found.amount is None:
        agree = stated.amount is found.amount
    else:
        size = max(abs(stated.amount), abs(found.amount))
        allowed = _TOLERANCE * size + _TOLERANCE / 1000 * largest
        agree = abs(stated.amount - found.amount) <= allowed
    if not agree:
        where = f"{row.block.region} {row.block.period} {row.account} {column.key}"
        raise CarbonledgerError(
            f"结果目录自相矛盾：{where} 的合计为 {stated.amount} {column.unit}，而其下分录之和为 "
            f"{found.amount} {column.unit}。文件可能被改动过，请重新运行 carbonledger run。",
            f"The result folder contradicts itself: the total of {where} is {stated.amount} "
            f"{column.unit}, but the postings below it add up to {found.amount} {column.unit}. "
            "A file may have been changed; run 'carbonledger run' again.",
        )
