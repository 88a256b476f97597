"""The sub-compartments (小班) that the plots of a project lie on.

A plot is named by its project, a sub-compartment by the forest survey: two projects that call the
same land by different names are found by it. A village may be left out; township (or forest farm),
compartment and number may not. Numbers compare without leading zeros.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.intake.cells import label_key, printed_text
from carbonledger.intake.grid import Grid

__all__ = ["Parcel", "read_parcels", "shared"]

_HEADS = {
    "plot": {"地块", "地块编号", "plot"},
    "township": {"乡镇", "乡", "林场", "乡镇（林场）", "township"},
    "village": {"村", "行政村", "village"},
    "compartment": {"林班", "林班号", "compartment"},
    "number": {"小班", "小班号", "sub-compartment", "number"},
}
_OPTIONAL = "village"


class Parcel(NamedTuple):
    """A sub-compartment in the form in which it is compared."""

    township: str
    village: str
    compartment: str
    number: str

    @property
    def label(self) -> str:
        """How it is shown."""
        return "-".join(filter(None, self))


def read_parcels(
    grid: Grid, plots: Iterable[str]
) -> tuple[dict[str, tuple[Parcel, ...]], list[Text]]:
    """The parcels of each plot, and the faults of the table.

    Args:
        grid: rows of plot, township, village, compartment and number.
        plots: the plots of the project; each must have its parcels.
    """
    heads = [printed_text(raw) for raw in grid.rows[0]]
    places = {
        name: number
        for name, aliases in _HEADS.items()
        for number, text in enumerate(heads)
        if text in aliases
    }
    if lacking := [name for name in _HEADS if name not in places and name != _OPTIONAL]:
        return {}, [
            Text(
                f"“{grid.file}”缺少列：{'、'.join(lacking)}。"
                "表头应为：地块, 乡镇, 村, 林班, 小班。",
                f"'{grid.file}' lacks the columns {', '.join(lacking)}.",
            )
        ]
    found: dict[str, list[Parcel]] = {plot: [] for plot in plots}
    owner: dict[Parcel, str] = {}
    faults: list[Text] = []
    for row in range(1, len(grid.rows)):
        if not any(printed_text(raw) for raw in grid.rows[row]):
            continue
        at = grid.address(row, places["number"])
        texts = {name: grid.text(row, place) for name, place in places.items()}
        if blank := [name for name, text in texts.items() if not text and name != _OPTIONAL]:
            faults.append(_fault(at, f"{'、'.join(blank)} 是空白", f"{', '.join(blank)}: blank"))
            continue
        plot = texts["plot"]
        parcel = Parcel(*(_compared(texts.get(name, "")) for name in Parcel._fields))
        if plot not in found:
            faults.append(_fault(at, f"碳储量表里没有地块“{plot}”", f"no plot '{plot}'"))
        elif parcel in owner:
            faults.append(_fault(at, f"小班 {parcel.label} 写了两次", f"{parcel.label} twice"))
        else:
            owner[parcel] = plot
            found[plot].append(parcel)
    faults += [
        _fault(grid.file, f"地块“{plot}”没有小班", f"plot '{plot}' has no sub-compartment")
        for plot, parcels in found.items()
        if not parcels
    ]
    return {plot: tuple(sorted(parcels)) for plot, parcels in found.items()}, faults


def shared(ones: Sequence[Parcel], others: Sequence[Parcel]) -> list[Parcel]:
    """The parcels of some that are among others; a village that one leaves out is any village."""
    villages: Mapping[tuple[str, str, str], set[str]] = defaultdict(set)
    for township, village, compartment, number in others:
        villages[township, compartment, number].add(village)
    return [
        each
        for each in ones
        if (met := villages.get((each.township, each.compartment, each.number)))
        and (not each.village or "" in met or each.village in met)
    ]


def _compared(text: str) -> str:
    key = label_key(text)
    return key.lstrip("0") or key


def _fault(at: str, zh: str, en: str) -> Text:
    return Text(f"{at}：{zh}。", f"{at}: {en}.")
