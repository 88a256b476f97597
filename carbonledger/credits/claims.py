"""Removals that can be credited only once: of a pool, of a plot, over a period."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from carbonledger.credits.parcels import Parcel, shared
from carbonledger.credits.project import Period, Project
from carbonledger.errors import Text
from carbonledger.intake.cells import label_key

__all__ = ["Claim", "claims_of", "doubts", "first_clash", "issued_twice"]


@dataclass(frozen=True)
class Claim:
    """The removal of one pool of one plot over a period: what can be credited only once.

    ``parcels`` are the sub-compartments of the plot, none where the project does not say.
    """

    region: str
    plot: str
    pool: str
    start: str
    end: str
    parcels: tuple[Parcel, ...] = ()

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "Claim":
        """A claim as a journal has it."""
        parcels = tuple(Parcel(*each) for each in record.get("parcels", ()))
        return cls(**{**record, "parcels": parcels})

    def record(self) -> dict[str, Any]:
        """The claim for a journal."""
        return asdict(self)

    def overlaps(self, other: "Claim") -> bool:
        """Whether both hold the removal of one pool of the same land on some day."""
        return self.pool == other.pool and self.meets(other) and self.same_land(other)

    def meets(self, other: "Claim") -> bool:
        """Whether their periods have a day, and their regions a place, in common."""
        regions = [_division(each.region) for each in (self, other)]
        nested = regions[0].startswith(regions[1]) or regions[1].startswith(regions[0])
        # A stock is that of the end of its day: a period that begins where another ends has
        # nothing in common with it.
        return nested and self.start < other.end and other.start < self.end

    def same_land(self, other: "Claim") -> bool:
        """Whether they share a sub-compartment; by the name of the plot where one names none."""
        if self.parcels and other.parcels:
            return bool(shared(self.parcels, other.parcels))
        return label_key(self.plot) == label_key(other.plot)


def _division(region: str) -> str:
    """A division's code without the pairs of zeros that stand for all of its parts."""
    while region.endswith("00"):
        region = region[:-2]
    return region


def claims_of(project: Project, period: Period) -> tuple[Claim, ...]:
    """What a credit of a project over a period holds, for each plot and pool."""
    pools = dict.fromkeys((each.plot, each.pool) for each in project.stocks)
    return tuple(
        Claim(
            project.manifest.region,
            plot,
            pool,
            period.start.isoformat(),
            period.end.isoformat(),
            project.parcels.get(plot, ()),
        )
        for plot, pool in pools
    )


def first_clash(ones: Iterable[Claim], others: Iterable[Claim]) -> tuple[Claim, Claim] | None:
    """The first of some removals that is among the others too, and the one that it meets."""
    others = list(others)
    pairs = ((one, other) for one in ones for other in others if one.overlaps(other))
    return next(pairs, None)


def doubts(ones: Sequence[Claim], others: Sequence[Claim], serial: str) -> list[Text]:
    """What cannot be excluded between claims that do not clash; ``serial`` names the others."""
    met = [(one, other) for one in ones for other in others if one.meets(other)]
    found = []
    if any(not (one.parcels and other.parcels) and not one.same_land(other) for one, other in met):
        found.append(
            Text(
                f"无法核对：与 {serial} 的监测期和地区重叠，但有一方没有小班号，只能比较地块名称。"
                "请在项目里给出小班表（parcels），以免同一林地有两份信用。",
                f"Cannot be checked: {serial} overlaps in time and region, but one of the two "
                "names no sub-compartments, so names of plots alone were compared. Give a table "
                "of parcels.",
            )
        )
    for one, other in met:
        both = shared(one.parcels, other.parcels)
        if both and one.pool != other.pool:
            found.append(
                Text(
                    f"须确认：地块“{one.plot}”的小班 {_shown(both)} 在同一时期以碳库“{other.pool}”"
                    f"进入 {serial}，本次是碳库“{one.pool}”；请确认两个碳库不含同一部分碳。",
                    f"To be confirmed: sub-compartments {_shown(both)} of plot '{one.plot}' are in "
                    f"{serial} with pool '{other.pool}', here with '{one.pool}': make sure that "
                    "the pools share no carbon.",
                )
            )
    return found


def issued_twice(clash: tuple[Claim, Claim], one: str, other: str) -> Text:
    """What is said of a removal that is in two credits: the clash, and both of them."""
    mine, theirs = clash
    both = shared(mine.parcels, theirs.parcels)
    land_zh = f"（共有小班 {_shown(both)}，对方地块“{theirs.plot}”）" if both else ""
    land_en = f" (sub-compartments {_shown(both)}, there plot '{theirs.plot}')" if both else ""
    return Text(
        f"重复签发：地块“{mine.plot}”{land_zh}碳库“{mine.pool}”在 {mine.start} 至 {mine.end} 的碳汇"
        f"已在 {other} 中，不能再进入 {one}。同一碳汇只能有一份信用；"
        "请改用不重叠的地块、碳库或监测期。",
        f"Issued twice: the removal of plot '{mine.plot}'{land_en}, pool '{mine.pool}', "
        f"{mine.start} to {mine.end} is in {other} and cannot be in {one} too. Use other plots, "
        "pools or periods.",
    )


def _shown(parcels: Sequence[Parcel]) -> str:
    more = f"……（{len(parcels)}）" if len(parcels) > 5 else ""
    return "、".join(each.label for each in parcels[:5]) + more
