"""Records of ecosystem types and of the classes of the land survey that stand for them."""

from typing import Annotated, Literal

from pydantic import Field

from carbonledger.model.records import Record, Status

__all__ = ["EcosystemClass", "LandClass"]


class EcosystemClass(Record):
    """An ecosystem type: a class of HJ 1166-2021 (levels 1 and 2), or an extension.

    ``parent`` is the item of the class above, empty at level 1.
    """

    item: str = Field(min_length=1)
    code: str = Field(min_length=1)
    level: Annotated[int, Field(ge=1, le=3)]
    parent: str
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    system: Literal["hj-1166-2021", "extension"]
    status: Status


class LandClass(Record):
    """A class of the land survey and its ecosystem type.

    ``fit`` is ``several`` where the class may hold several types, which another source must tell
    apart; ``note`` says how.
    """

    system: Literal["third-survey", "gb21010-2017"]
    code: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    item: str = Field(min_length=1)
    fit: Literal["one", "several"]
    note: str
    source: str = Field(min_length=1)
    status: Status
