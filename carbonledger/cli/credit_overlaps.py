"""The command that looks for land in two projects."""

from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

from carbonledger.cli.common import FAILED, Lang, say
from carbonledger.errors import CarbonledgerError, Text

__all__ = ["existing_book", "overlaps"]


def overlaps(
    projects: Annotated[list[Path], typer.Argument(help="项目目录，可多个 / project folders")],
    book: Annotated[
        Path | None, typer.Option("--book", help="项目账簿目录 / folder of the book")
    ] = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
) -> None:
    """核对项目之间、与已签发批次的小班和时期重叠 / Land and periods that two credits share."""
    from carbonledger.credits.claims import claims_of, doubts, first_clash, issued_twice
    from carbonledger.credits.journal import read_journal
    from carbonledger.credits.project import read_project
    from carbonledger.credits.state import book_of

    sides = []
    for folder in projects:
        read = read_project(folder)
        sides += [
            (f"{read.manifest.project} {period.label}", claims_of(read, period), False)
            for period in read.manifest.periods
        ]
    if book is not None:
        batches = book_of(read_journal(existing_book(book))).batches.values()
        sides += [(batch.serial, batch.claims, True) for batch in batches]
    found: list[Text] = []
    notices: list[Text] = []
    for (one, mine, issued), (other, theirs, also) in combinations(sides, 2):
        if issued and also:
            continue  # the book itself refuses that
        if clash := first_clash(mine, theirs):
            found.append(issued_twice(clash, one, other))
        else:
            notices += doubts(mine, theirs, other)
    for text in [*found, *notices]:
        say(text, lang)
    if found:
        raise typer.Exit(FAILED)
    say(
        Text(
            f"比较了 {len(sides)} 个监测期或批次，没有发现同一林地、同一碳库、同一时期的重复。",
            f"{len(sides)} periods or batches compared: no pool of the same land at the same time "
            "is in two of them.",
        ),
        lang,
    )


def existing_book(book: Path) -> Path:
    """The folder of a book that is there.

    Raises:
        CarbonledgerError: if there is none.
    """
    from carbonledger.credits.journal import JOURNAL

    if not (book / JOURNAL).is_file():
        raise CarbonledgerError(
            f"“{book}”里没有项目账簿（{JOURNAL}）。", f"There is no book ({JOURNAL}) in '{book}'."
        )
    return book
