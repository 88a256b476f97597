"""What the first page shows: the worked inventories, and the headline figures of a run."""

from dataclasses import dataclass

from carbonledger.errors import Text
from carbonledger.intake.manifest import MANIFEST, parse_manifest
from carbonledger.paths import inventories_dir
from carbonledger.reports.numbers import Scale, format_number, scale_for
from carbonledger.reports.tables import Figure
from carbonledger.reports.texts import chemical
from carbonledger.services.results import RunViews

__all__ = ["Headline", "Worked", "headlines", "worked_inventories"]


# Lines of the provincial summary table: the totals with and without land use, and land use.
_SHOWN = {
    "T": Text("总排放（含林业）", "Total with land use"),
    "N": Text("总排放（不含林业）", "Total without land use"),
    "L": Text("土地利用和林业", "Land use and forestry"),
}


@dataclass(frozen=True)
class Worked:
    """An inventory that comes with the program."""

    name: str
    title: Text
    sample: bool
    profile: str


@dataclass(frozen=True)
class Headline:
    """A figure with its change against the year before; ``good`` is ``down`` or ``up``.

    Amounts of the inventory count removals as negative, so that for sinks too a fall is good:
    the sink grew.
    """

    label: Text
    value: str
    change: str
    good: str


def worked_inventories() -> list[Worked]:
    """The inventories that come with the program; ``sample`` are those of invented figures."""
    found = []
    for folder in sorted(inventories_dir().iterdir()):
        path = folder / MANIFEST
        if path.is_file():
            manifest = parse_manifest(path.read_bytes())
            title = Text(manifest.title.zh, manifest.title.en)
            sample = "示例数据" in title.zh
            found.append(Worked(folder.name, title, sample, manifest.profile))
    return found


def headlines(views: RunViews, region: str, period: int, lang: str) -> list[Headline]:
    """The totals with and without land use, and land use itself, against the year before."""
    now = views.land_lines(region, period)
    before = views.land_lines(region, period - 1)
    chosen = [(words, now[place], before[place]) for place, words in _SHOWN.items()]
    scale = scale_for(figure.amount for _, figure, _ in chosen)
    return [_headline(words, figure, former, scale, lang) for words, figure, former in chosen]


def _headline(label: Text, figure: Figure, former: Figure, scale: Scale, lang: str) -> Headline:
    unit = chemical(scale.unit("t CO2e", lang))
    value = format_number(figure.amount, notation=figure.notation, scale=scale)
    change = ""
    if figure.amount is not None and former.amount is not None:
        change = format_number(figure.amount - former.amount, scale=scale)
    return Headline(label, f"{value} {unit}", change, "down")
