"""The project book: what was issued, sold and cancelled, and the rules that always hold.

- The removal of one pool of one plot on one day is in one credit at most, whatever the product.
  Land is the same if it shares a sub-compartment; by the name of the plot where a project names
  none, which is then told.
- A unit (one tonne, one serial) belongs to one holder; only the holder sells or cancels it, and
  what is cancelled stays cancelled.
- Issued units are always the sum of those held and those cancelled.
- A removal that an inventory claims as well is shown at the issue, and in every balance.
- Credits stand in a book of their own: they are never added to a total of the inventory.
"""

from decimal import Decimal, InvalidOperation

from carbonledger.credits.claims import claims_of, doubts, first_clash, issued_twice
from carbonledger.credits.compute import Credit
from carbonledger.credits.journal import Journal, Line
from carbonledger.credits.project import Period, Project
from carbonledger.credits.state import (
    CANCEL,
    CLAIM,
    ISSUE,
    SALE,
    batch_of,
    book_of,
    require_holder,
    shown_beside,
)
from carbonledger.errors import CarbonledgerError, Text

__all__ = ["cancel", "claim", "issue", "sell"]


def issue(
    journal: Journal,
    project: Project,
    period: Period,
    credit: Credit,
    tonnes: int,
    certificate: str,
) -> tuple[Line, list[Text]]:
    """Issue whole tonnes of a computed credit.

    Args:
        journal: the open journal.
        project: the project.
        period: the monitoring period that was computed.
        credit: what was computed.
        tonnes: what the certificate or ticket says; at most the computed credit.
        certificate: its number, and who assessed it.

    Returns:
        The entry, and notices: of removals that an inventory claims as well, and of credits whose
        land may be the same although nothing proves it.

    Raises:
        CarbonledgerError: if any of the removal is in another credit, or there is less than that.
    """
    book = book_of(journal.lines)
    if not 1 <= tonnes <= credit.tonnes:
        raise CarbonledgerError(
            f"签发量须是整数吨，且不超过计算所得的 {credit.amount:.3f} t，不能是 {tonnes}。",
            f"Whole tonnes can be issued, no more than the {credit.amount:.3f} t computed: "
            f"not {tonnes}.",
        )
    for batch in book.batches.values():
        if clash := first_clash(batch.claims, credit.claims):
            text = issued_twice(clash, "本次签发 / this issue", batch.serial)
            raise CarbonledgerError(text.zh, text.en)
    notices = [
        notice
        for batch in book.batches.values()
        for notice in doubts(credit.claims, batch.claims, batch.serial)
    ]
    count = sum(each.product == project.product.product for each in book.batches.values()) + 1
    serial = f"{project.product.serial}-{project.manifest.project}-{count:07d}"
    line = journal.append(
        ISSUE,
        {
            "serial": serial,
            "product": project.product.product,
            "method_version": project.manifest.method_version or project.product.method_version,
            "project": project.manifest.project,
            "vintage": period.label,
            "quantity": tonnes,
            "computed": credit.amount,
            "formula": credit.formula,
            "sources": credit.sources,
            "owner": project.manifest.owner,
            "certificate": certificate,
            "project_digest": project.digest,
            "claims": [each.record() for each in credit.claims],
        },
    )
    shared = [each for each in book_of(journal.lines).shared() if each[0] == serial]
    return line, [*notices, *(shown_beside(*each) for each in shared)]


def sell(
    journal: Journal,
    serial: str,
    units: tuple[int, int],
    *,
    buyer: str,
    price: str,
    price_year: int,
    seller: str | None = None,
) -> Line:
    """Sell units of a batch at a price in yuan per tonne of a price year.

    ``seller`` is the owner at the issue unless another holder is named.

    Raises:
        CarbonledgerError: if the seller does not hold all of them: sold before, or cancelled.
    """
    batch = batch_of(book_of(journal.lines), serial)
    owner = seller or _owner(journal, serial)
    require_holder(batch, units, owner)
    if not buyer.strip() or buyer.strip() == owner:
        raise CarbonledgerError(
            "请写明买方，买方不能是卖方自己。", "Name a buyer other than the seller."
        )
    content = {
        "serial": serial, "first": units[0], "last": units[1], "seller": owner,
        "buyer": buyer.strip(), "price": str(_price(price)), "price_year": price_year,
    }  # fmt: skip
    return journal.append(SALE, content)


def cancel(
    journal: Journal,
    serial: str,
    units: tuple[int, int],
    *,
    purpose: str,
    holder: str | None = None,
) -> Line:
    """Cancel units for good: for whom, and for what.

    Raises:
        CarbonledgerError: if the holder does not hold all of them.
    """
    batch = batch_of(book_of(journal.lines), serial)
    owner = holder or _owner(journal, serial)
    require_holder(batch, units, owner)
    if not purpose.strip():
        raise CarbonledgerError("请写明注销用途。", "Say what the cancellation is for.")
    content = {
        "serial": serial, "first": units[0], "last": units[1], "holder": owner,
        "purpose": purpose.strip(),
    }  # fmt: skip
    return journal.append(CANCEL, content)


def claim(
    journal: Journal, project: Project, period: Period, inventory: str
) -> tuple[Line, list[Text]]:
    """Note that an inventory counts the removal of a project's plots over a period.

    Returns:
        The entry, and notices of credits that hold the same removal.
    """
    claims = claims_of(project, period)
    line = journal.append(
        CLAIM, {"inventory": inventory, "claims": [each.record() for each in claims]}
    )
    shared = [each for each in book_of(journal.lines).shared() if each[1] == inventory]
    return line, [
        shown_beside(*each) for each in shared if any(each[2].overlaps(own) for own in claims)
    ]


def _owner(journal: Journal, serial: str) -> str:
    return next(
        str(line.content["owner"])
        for line in journal.lines
        if line.kind == ISSUE and line.content["serial"] == serial
    )


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not (price.is_finite() and price >= 0):
        raise CarbonledgerError(
            f"单价“{text}”应是不小于 0 的数（元/吨）。",
            f"The price '{text}' should be a number of at least 0 (yuan per tonne).",
        )
    return price
