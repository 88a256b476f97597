"""The state that a journal of credits leads to, and what must always hold of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from carbonledger.credits.claims import Claim, first_clash, issued_twice
from carbonledger.credits.journal import Line
from carbonledger.errors import CarbonledgerError, Text

__all__ = [
    "CANCEL",
    "CANCELLED",
    "CLAIM",
    "ISSUE",
    "SALE",
    "Batch",
    "Book",
    "Sale",
    "Span",
    "batch_of",
    "book_of",
    "require_holder",
    "shown_beside",
]

ISSUE, SALE, CANCEL, CLAIM = "issue", "sale", "cancel", "claim"
CANCELLED = ""  # the holder of what nobody holds any more


@dataclass(frozen=True)
class Span:
    """Units of a batch from ``first`` to ``last`` (both included) with their holder."""

    first: int
    last: int
    holder: str

    @property
    def units(self) -> int:
        """Their number."""
        return self.last - self.first + 1


@dataclass
class Batch:
    """An issue: its units as spans that cover ``1 .. quantity`` without gap or overlap."""

    serial: str
    product: str
    project: str
    vintage: str
    quantity: int
    claims: tuple[Claim, ...]
    spans: list[Span]

    @property
    def cancelled(self) -> int:
        """Units that were cancelled."""
        return sum(span.units for span in self.spans if span.holder == CANCELLED)


@dataclass(frozen=True)
class Sale:
    """A sale: price in yuan per tonne and amount in yuan, both of the price year."""

    serial: str
    first: int
    last: int
    seller: str
    buyer: str
    price: Decimal
    price_year: int

    @property
    def units(self) -> int:
        """Tonnes sold."""
        return self.last - self.first + 1

    @property
    def amount(self) -> Decimal:
        """Price times volume, yuan."""
        return self.price * self.units


@dataclass
class Book:
    """The state that the entries of a journal lead to."""

    batches: dict[str, Batch] = field(default_factory=dict)
    sales: list[Sale] = field(default_factory=list)
    claims: list[tuple[str, Claim]] = field(default_factory=list)

    def shared(self) -> list[tuple[str, str, Claim]]:
        """Removals both in a credit and claimed by an inventory: serial, inventory, what."""
        return [
            (batch.serial, inventory, mine)
            for batch in self.batches.values()
            for mine in batch.claims
            for inventory, other in self.claims
            if mine.overlaps(other)
        ]

    def check(self) -> list[Text]:
        """What contradicts the rules; nothing in a book that only these functions wrote."""
        found = []
        batches = list(self.batches.values())
        for place, batch in enumerate(batches):
            ends = [(span.first, span.last) for span in sorted(batch.spans, key=lambda s: s.first)]
            whole = [0, *(last for _, last in ends)]
            if whole[-1] != batch.quantity or any(
                first != before + 1 for (first, _), before in zip(ends, whole, strict=False)
            ):
                found.append(
                    Text(
                        f"{batch.serial}：持有与注销之和不等于签发量。",
                        f"{batch.serial}: held and cancelled do not add up to what was issued.",
                    )
                )
            for other in batches[place + 1 :]:
                if clash := first_clash(batch.claims, other.claims):
                    found.append(issued_twice(clash, other.serial, batch.serial))
        return found


def book_of(lines: Iterable[Line]) -> Book:
    """The state after all entries.

    Raises:
        CarbonledgerError: if an entry breaks a rule (it was not written by this program).
    """
    book = Book()
    for line in lines:
        _apply(book, line)
    return book


def _apply(book: Book, line: Line) -> None:
    content = line.content
    if line.kind == ISSUE:
        claims = tuple(Claim.read(each) for each in content["claims"])
        quantity = int(content["quantity"])
        if content["serial"] in book.batches:
            raise CarbonledgerError(
                f"账簿损坏：批次号“{content['serial']}”签发了两次。请从备份恢复账簿。",
                f"The book is damaged: the serial '{content['serial']}' was issued twice. Restore "
                "it from a copy.",
            )
        book.batches[content["serial"]] = Batch(
            content["serial"],
            content["product"],
            content["project"],
            content["vintage"],
            quantity,
            claims,
            [Span(1, quantity, content["owner"])],
        )
    elif line.kind == CLAIM:
        book.claims += [(content["inventory"], Claim(**each)) for each in content["claims"]]
    else:
        batch = batch_of(book, content["serial"])
        units = (int(content["first"]), int(content["last"]))
        giver = content["seller"] if line.kind == SALE else content["holder"]
        require_holder(batch, units, giver)
        taker = content["buyer"] if line.kind == SALE else CANCELLED
        batch.spans = _moved(batch.spans, units, taker)
        if line.kind == SALE:
            price = Decimal(content["price"])
            year = int(content["price_year"])
            book.sales.append(Sale(batch.serial, *units, giver, taker, price, year))


def _moved(spans: Sequence[Span], units: tuple[int, int], holder: str) -> list[Span]:
    """The spans after units went to another holder."""
    first, last = units
    kept = [
        part
        for span in spans
        for part in (
            Span(span.first, min(span.last, first - 1), span.holder),
            Span(max(span.first, last + 1), span.last, span.holder),
        )
        if part.first <= part.last
    ]
    return sorted([*kept, Span(first, last, holder)], key=lambda span: span.first)


def require_holder(batch: Batch, units: tuple[int, int], holder: str) -> None:
    """Refuse units that the batch does not have or that somebody else holds.

    Raises:
        CarbonledgerError: saying which units, and who holds them.
    """
    first, last = units
    if not 1 <= first <= last <= batch.quantity:
        raise CarbonledgerError(
            f"{batch.serial} 的编号是 1 到 {batch.quantity}，没有 {first} 到 {last}。",
            f"{batch.serial} has the units 1 to {batch.quantity}, not {first} to {last}.",
        )
    for span in batch.spans:
        if span.last < first or span.first > last or span.holder == holder:
            continue
        range_ = f"{max(first, span.first)}–{min(last, span.last)}"
        if span.holder == CANCELLED:
            raise CarbonledgerError(
                f"{batch.serial} 的 {range_} 号已经注销，不能再出售或注销。",
                f"Units {range_} of {batch.serial} are cancelled and cannot be sold or cancelled "
                "again.",
            )
        raise CarbonledgerError(
            f"{batch.serial} 的 {range_} 号现由“{span.holder}”持有，“{holder}”不能处置"
            "（已售出？）。",
            f"Units {range_} of {batch.serial} are held by '{span.holder}': '{holder}' cannot "
            "dispose of them (sold before?).",
        )


def batch_of(book: Book, serial: str) -> Batch:
    """The batch with this serial.

    Raises:
        CarbonledgerError: if there is none; lists those that there are.
    """
    if serial in book.batches:
        return book.batches[serial]
    raise CarbonledgerError(
        f"账簿里没有批次“{serial}”。现有：{'、'.join(book.batches) or '（空）'}。",
        f"The book has no batch '{serial}'. It has: {', '.join(book.batches) or 'none'}.",
    )


def shown_beside(serial: str, inventory: str, what: Claim) -> Text:
    """What is said of a removal that is in a credit and claimed by an inventory."""
    return Text(
        f"须说明：{serial} 的地块“{what.plot}”碳库“{what.pool}”{what.start} 至 {what.end} 的碳汇"
        f"也计入清单“{inventory}”。两处并列披露，不得相加；信用售出后清单须说明所有权已转移。",
        f"To be explained: the removal of plot '{what.plot}', pool '{what.pool}', {what.start} to "
        f"{what.end} in {serial} is also claimed by inventory '{inventory}'. Show both, never add "
        "them; once sold, the inventory has to say so.",
    )
