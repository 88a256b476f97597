"""Messages in Chinese and English, and the errors that carry them."""

from typing import NamedTuple

__all__ = ["CarbonledgerError", "Text"]


class Text(NamedTuple):
    """One message in both languages of the product, Chinese first."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"

    def in_language(self, lang: str) -> str:
        """The message in ``lang`` (``zh`` or ``en``)."""
        return self.en if lang == "en" else self.zh


class CarbonledgerError(Exception):
    """A refusal that a user can act on: says what, where, why and what to do, in two languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.text = Text(zh, en)
        super().__init__(str(self.text))

    def __reduce__(self) -> tuple[type["CarbonledgerError"], tuple[str, str]]:
        # An error must survive the way back from a worker process; its message does, whatever the
        # arguments of a more special error are.
        return CarbonledgerError, (self.text.zh, self.text.en)
