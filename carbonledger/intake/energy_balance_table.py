"""An energy balance after recognition: which number stands where, as printed.

Numbers are decimals with the printed digits, so that sums are exact and a tolerance can follow from
the digits alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from carbonledger.errors import Text
from carbonledger.intake.cells import Kind
from carbonledger.intake.energy_balance_labels import Scheme
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "NOISE",
    "BalanceTable",
    "Column",
    "Value",
    "names",
    "number",
    "percent",
    "rounding_unit",
    "signed",
]

# Sums that a spreadsheet computed in binary carry noise far below any printed digit.
NOISE = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Value:
    """One cell of the balance, blank ones included.

    ``amount`` is None unless ``kind`` is ``number``. ``row`` and ``column`` are 0-based positions
    in the grid, ``row_number`` and ``cell`` what a spreadsheet shows.
    """

    flow: str
    item: str
    kind: Kind
    amount: Decimal | None
    notation: str | None
    text: str
    row: int
    column: int
    row_number: int
    cell: str


@dataclass(frozen=True, slots=True)
class Column:
    """A carrier of the table: its unit and the cell of its heading."""

    item: str
    unit: str
    coal_equivalent: bool
    cell: str


@dataclass(frozen=True)
class BalanceTable:
    """A recognised balance: ``values`` by row (flow) and column (item), headings as printed."""

    scheme: Scheme
    file: str
    sheet: str
    flows: Mapping[str, str]
    items: Mapping[str, Column]
    values: Mapping[tuple[str, str], Value]

    def value(self, flow: str, item: str) -> Value | None:
        """The cell, or None where the table has no such row or column."""
        return self.values.get((flow, item))

    def amount(self, flow: str, item: str) -> Decimal | None:
        """The number in the cell; None where there is none."""
        value = self.values.get((flow, item))
        return None if value is None else value.amount

    def column(self, item: str) -> dict[str, Decimal]:
        """The numbers of a carrier by row."""
        return {
            flow: amount for flow in self.flows if (amount := self.amount(flow, item)) is not None
        }

    def numbers(self, flow: str) -> list[Value]:
        """The cells of a row that hold a number."""
        cells = (self.values.get((flow, item)) for item in self.items)
        return [value for value in cells if value is not None and value.amount is not None]

    def problem(
        self,
        grade: Grade,
        code: str,
        message: Text,
        remedy: Text,
        at: Value | None = None,
        cell: str = "",
    ) -> Problem:
        """A problem of this table, at a cell where one is given."""
        return Problem(
            grade=grade,
            code=code,
            message=message,
            remedy=remedy,
            file=self.file,
            sheet=self.sheet,
            cell=at.cell if at else cell,
            row=at.row_number if at else None,
        )

    def title(self, value: Value) -> Text:
        """Row, column and cell in words: ``外省调入量·汽油（S8）``."""
        flow, item = self.scheme.flows[value.flow].name, self.scheme.carriers[value.item].name
        return Text(
            f"“{flow.zh}”行“{item.zh}”列（{value.cell}）", f"{item.en}, {flow.en} ({value.cell})"
        )

    def entry_account(self, value: Value) -> str:
        """The account that the cell enters; empty where it makes no entry."""
        carrier = self.scheme.carriers[value.item]
        return "" if carrier.kind == "total" else self.scheme.flows[value.flow].account

    def memo_account(self, value: Value) -> str:
        """The memo account that the cell enters; empty where it enters none."""
        return next(
            (
                memo.account
                for memo in self.scheme.memos
                if memo.flow == value.flow and value.item in memo.items
            ),
            "",
        )


def rounding_unit(printed: list[Decimal]) -> Decimal:
    """One unit in the last printed place: the finest among ``printed`` (zeros may be cut off)."""
    exponents = [int(amount.normalize().as_tuple().exponent) for amount in printed]
    return Decimal(1).scaleb(min([0, *exponents]))


def rounding(unit: Decimal, amounts: list[Decimal]) -> Decimal:
    """Half a printed unit for every number of a sum and its total."""
    largest = max((abs(amount) for amount in amounts), default=Decimal(0))
    return max(unit * len(amounts) / 2, largest * NOISE)


def number(amount: Decimal) -> str:
    """A decimal as it would be printed, without trailing zeros or exponent."""
    shown = amount.normalize()
    return f"{shown:f}" if shown else "0"


def signed(amount: Decimal) -> str:
    """A difference, always with its sign."""
    return f"+{number(amount)}" if amount > 0 else number(amount)


def percent(share: Decimal) -> str:
    """A ratio as per cent with two digits, more where it is small."""
    scaled = share * 100
    return f"{scaled:.2f}%" if scaled >= Decimal("0.01") else f"{scaled:.1g}%"


def names(texts: list[Text]) -> Text:
    """A list in both languages."""
    return Text("、".join(text.zh for text in texts), ", ".join(text.en for text in texts))
