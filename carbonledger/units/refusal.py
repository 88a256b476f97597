"""The refusal of a unit, and the nearest spellings that it names."""

from collections.abc import Iterable
from typing import Any

from carbonledger.errors import CarbonledgerError

__all__ = ["UnitError", "listing", "nearest", "shown"]

_SHOWN = 40


class UnitError(CarbonledgerError):
    """A unit or a conversion that is refused.

    ``suggestions`` are the nearest spellings that would be read; empty where none would help.
    """

    def __init__(self, zh: str, en: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(zh, en)
        self.suggestions = suggestions

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is rebuilt from its arguments, and those of the base class are one text.
        return type(self), (*self.text, self.suggestions)


def shown(text: str) -> str:
    """The text as a message shows it: no control characters, and not endless."""
    clean = "".join(char if char.isprintable() else "□" for char in text)
    return clean if len(clean) <= _SHOWN else f"{clean[:_SHOWN]}…"


def listing(spellings: Iterable[str]) -> tuple[str, str]:
    """The spellings as a list in a Chinese and in an English sentence."""
    given = tuple(spellings)
    return "、".join(given), ", ".join(given)


def nearest(text: str, spellings: Iterable[str]) -> tuple[str, ...]:
    """The three spellings nearest to a text, those that differ by capitals only first."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed only for a refusal

    wanted = text[:_SHOWN].casefold()
    by_fold: dict[str, list[str]] = {}
    for spelling in spellings:
        by_fold.setdefault(spelling.casefold(), []).append(spelling)
    folds = get_close_matches(wanted, by_fold, n=3, cutoff=0.0)
    return tuple(spelling for fold in folds for spelling in by_fold[fold])[:3]
