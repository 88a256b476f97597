"""Pieces of Markdown pages: any text in them shows as it is written, and means nothing more."""

import re
from collections.abc import Iterable, Sequence

__all__ = ["code", "escape", "table"]

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$#&]")
_OPENING = re.compile(r"^(?=[-+=@!]|:)|^(\d+)(?=[.)] )")


def escape(text: str) -> str:
    """Text on one line, whose signs neither mark up nor open a list, a formula or a cell."""
    plain = _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return _OPENING.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", plain)


def code(text: str) -> str:
    """A key in the type of code; as plain text where it has signs that would end that."""
    return escape(text) if not text or re.search(r"[`|\n]", text) else f"`{text}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already, ready to stand between blank lines."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
