"""What a project book amounts to: tonnes by batch and holder, money by price year."""

from typing import Any

from carbonledger.credits.state import CANCELLED, Book

__all__ = ["balance"]


def balance(book: Book) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """The batches with their tonnes, and the money of the sales.

    Returns:
        For each batch ``serial, product, project, vintage, issued, cancelled`` and ``held`` (tonnes
        by holder); and the sales in yuan by price year, since years do not add.
    """
    rows = []
    for batch in book.batches.values():
        held: dict[str, int] = {}
        for span in batch.spans:
            if span.holder != CANCELLED:
                held[span.holder] = held.get(span.holder, 0) + span.units
        rows.append(
            {
                "serial": batch.serial,
                "product": batch.product,
                "project": batch.project,
                "vintage": batch.vintage,
                "issued": batch.quantity,
                "cancelled": batch.cancelled,
                "held": held,
            }
        )
    years = sorted({sale.price_year for sale in book.sales})
    money = {
        year: str(sum(sale.amount for sale in book.sales if sale.price_year == year))
        for year in years
    }
    return rows, money
