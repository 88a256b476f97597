"""Regions that an inventory defines for itself: a park, a township, an invented county.

They stand below a region of the library and take its factors; everything else is as with any
region.
"""

from collections.abc import Iterable
from dataclasses import replace

from carbonledger.errors import Text
from carbonledger.intake.layout import Names, Spellings
from carbonledger.intake.manifest import MANIFEST
from carbonledger.model.manifest import OwnRegion
from carbonledger.model.problem import Grade, Problem

__all__ = ["with_own_regions"]


def with_own_regions(
    names: Names, regions: Iterable[OwnRegion]
) -> tuple[Names, list[OwnRegion], list[Problem]]:
    """The names with the inventory's own regions, these with codes for parents, and what is wrong.

    A region may stand below one that is defined before it.
    """
    regions = list(regions)
    if not regions:
        return names, [], []
    spellings, parents = dict(names.regions), dict(names.region_parents)
    accepted: list[OwnRegion] = []
    problems: list[Problem] = []
    for region in regions:
        known = Spellings(spellings)
        above = known.find(region.parent)
        written = (region.region, region.name.zh, region.name.en)
        taken = [text for text in written if known.find(text)]
        if len(above) != 1:
            problems.append(_problem(region, _NO_PARENT, region.parent))
        elif taken:
            problems.append(_problem(region, _TAKEN, taken[0]))
        else:
            accepted.append(region.model_copy(update={"parent": above[0]}))
            parents[region.region] = above[0]
            spellings |= dict.fromkeys(written, region.region)
    return replace(names, regions=spellings, region_parents=parents), accepted, problems


_NO_PARENT = (
    Text("的上级“{text}”不是唯一的已知地区", "its parent '{text}' is not one known region"),
    Text("请写上级地区的代码，如 350500。", "Write the code of the parent, such as 350500."),
)
_TAKEN = (
    Text("的代码或名称“{text}”已有别的地区使用", "'{text}' is already a region"),
    Text("请换一个代码或名称。", "Choose another code or name."),
)


def _problem(region: OwnRegion, what: tuple[Text, Text], text: str) -> Problem:
    said, remedy = what
    return Problem(
        grade=Grade.A,
        code="manifest-region",
        message=Text(
            f"{MANIFEST} 中定义的地区“{region.region}”{said.zh.format(text=text)}。",
            f"The region '{region.region}' defined in {MANIFEST}: {said.en.format(text=text)}.",
        ),
        remedy=remedy,
        file=MANIFEST,
    )
