"""The figures of a run laid out as trees of accounts, ready to print.

The totals come from ``totals.csv``, the detail from the postings. Both must tell the same story: a
total that is not the sum of what stands below it is refused, never printed.
"""

import math
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
    """Rows, columns and the figures where they cross.

    ``total`` is the column that adds up the others of its row, where there is one.
    """

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    figures: Mapping[tuple[int, Column], Figure]
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
        return self.figures.get((row, column), _EMPTY)

    def column(self, column: Column) -> list[Figure]:
        """The figures of all rows in a column."""
        return [self.figures.get((row, column), _EMPTY) for row in range(len(self.rows))]


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
        self._totals = list(total_facts(results, region, period))
        self._direct = list(posted_facts(results, region, period))
        weighed = {fact.measure for fact in self._direct if fact.co2e is not None}
        of_run = weighed if region is None and period is None else gases(results)
        self._gases = of_run | set(_GAS_ORDER)

    def by_measure(self) -> Table:
        """Every account with every measure in its own unit and, of gases, the sum in CO2e."""
        return self._by_measure

    @cached_property
    def _by_measure(self) -> Table:
        def cells(facts: Sequence[Fact]) -> Cells:
            masses = _cells(facts, lambda fact: Column(fact.measure, fact.unit), _amount)
            equivalents = _cells(self._equal(facts), lambda _: CO2E_COLUMN, _co2e)
            places = {**masses, **equivalents}
            return {
                place: {**masses.get(place, {}), **equivalents.get(place, {})} for place in places
            }

        return self._table(cells(self._totals), cells(self._direct), _measure_order)

    def by_gas(self) -> Table:
        """Every account with its gases in CO2e, and their sum."""

        def cells(facts: Sequence[Fact]) -> Cells:
            return _cells(
                self._equal(facts), lambda fact: Column(fact.measure, CO2E_COLUMN.unit), _co2e
            )

        table = self._table(cells(self._totals), cells(self._direct), _measure_order)
        return _with_total(table, CO2E_COLUMN)

    def by_item(self) -> Table:
        """The CO2 of every account by item, and their sum."""
        facts = [fact for fact in self._direct if fact.measure == CO2]
        items = _cells(facts, lambda fact: Column(fact.item, fact.unit), _amount)
        above = {(fact.block, fact.account) for fact in self._totals if fact.measure == CO2}
        order = self._names.item_order
        table = self._table(
            None, items, lambda column: (order.get(column.key, len(order)), column.key), above
        )
        total = Column(CO2, facts[0].unit if facts else "")
        return _with_total(table, total)

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
        # A row stands above its parts, so going upwards finds the parts finished.
        upwards = [
            (place, row, direct.get((row.block, row.account), {}), _stated(totals, row))
            for place, row in reversed(list(enumerate(rows)))
        ]
        figures: dict[tuple[int, Column], Figure] = {}
        for column in columns:
            largest = _largest(direct, column) if totals else 0.0  # only totals are checked
            found: dict[int, Figure] = {}
            for place, row, posted, totalled in upwards:
                if row.parts:
                    figure = _add([found[part] for part in row.parts if part in found])
                else:
                    figure = posted.get(column, _EMPTY)
                stated = figure if totalled is None else totalled.get(column, _EMPTY)
                if stated is not figure:
                    _check(stated, figure, largest, row, column)
                    figure = Figure(stated.amount, stated.notation, figure.unverified)
                if figure != _EMPTY:
                    found[place] = figures[place, column] = figure
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


def _stated(totals: Cells | None, row: Row) -> Mapping[Column, Figure] | None:
    """What the totals say of a row; None where they say nothing of such rows."""
    if totals is None or not row.account or row.own:
        return None
    return totals.get((row.block, row.account), {})


def _largest(cells: Cells, column: Column) -> float:
    amounts = (of_place[column].amount for of_place in cells.values() if column in of_place)
    return max((abs(amount) for amount in amounts if amount is not None), default=0.0)


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


def _amount(fact: Fact) -> float | None:
    return fact.amount


def _co2e(fact: Fact) -> float | None:
    return fact.co2e


def _measure_order(column: Column) -> tuple[int, str]:
    if column.key in VALUES:
        return (VALUES.index(column.key) - len(VALUES), "")
    if column == CO2E_COLUMN:
        return (len(_GAS_ORDER) + 1, "")
    known = column.key in _GAS_ORDER
    return (_GAS_ORDER.index(column.key) if known else len(_GAS_ORDER), column.key)


def _cells(
    facts: Iterable[Fact],
    column: Callable[[Fact], Column],
    value: Callable[[Fact], float | None],
) -> Cells:
    figures: dict[Place, dict[Column, list[Figure]]] = {}
    for fact in facts:
        of_place = figures.setdefault((fact.block, fact.account), {})
        figure = Figure(value(fact), fact.notation, fact.unverified)
        of_place.setdefault(column(fact), []).append(figure)
    return {
        place: {key: _add(found) for key, found in cells.items()}
        for place, cells in figures.items()
    }


def _add(figures: Sequence[Figure]) -> Figure:
    if not figures:
        return _EMPTY
    if len(figures) == 1 and figures[0].amount != 0 and "," not in figures[0].notation:
        return figures[0]  # as most are
    amounts, notations, unverified = zip(*figures, strict=True)
    numbers = [amount for amount in amounts if amount is not None]
    total = math.fsum(numbers) if numbers else None
    return Figure(total, _joined(frozenset(notations)), any(unverified))


@lru_cache(maxsize=10_000)
def _joined(notations: frozenset[str]) -> str:
    return join_notations({key for notation in notations for key in notation.split(",")})


def _with_total(table: Table, total: Column) -> Table:
    found: list[list[Figure]] = [[] for _ in table.rows]
    for (place, _), figure in table.figures.items():
        found[place].append(figure)
    sums = {(place, total): _add(figures) for place, figures in enumerate(found)}
    return table._replace(figures={**table.figures, **sums}, total=total)


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
