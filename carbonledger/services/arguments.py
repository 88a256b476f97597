"""The words for an argument of a method: what people call it, with its key behind."""

from carbonledger.errors import Text
from carbonledger.intake.columns import chinese_names
from carbonledger.library.reasons import parameter_name

__all__ = ["argument_name", "keyed_name"]


def argument_name(argument: str) -> Text:
    """The name of a parameter, or the first heading that an activity is entered under.

    The key itself where it has neither.
    """
    named = parameter_name(argument)
    if named.zh != argument or argument not in chinese_names():
        return named
    return Text(chinese_names()[argument], argument.replace("_", " "))


def keyed_name(argument: str) -> Text:
    """The name with the key behind it in Chinese; in English the key, which reads as a name."""
    named = argument_name(argument)
    return Text(argument if named.zh == argument else f"{named.zh} {argument}", argument)
