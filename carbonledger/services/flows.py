"""The energy flow of a run: links whose nodes balance, and the table of the same heat."""

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

from carbonledger.analysis.energy_flows import Link, burned_heat, energy_links, imbalances
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.reports.context import Names
from carbonledger.reports.view import Cell, Head, Kind, View
from carbonledger.services.results import RunViews

__all__ = ["OTHERS", "EnergyFlow", "energy_flow"]

OTHERS = "others"
_SMALL, _FEW = 0.01, 2  # of all heat; fewer small fuels than this stay as they are


@dataclass(frozen=True)
class EnergyFlow:
    """Links in TJ, how many inner nodes were found to balance, and the heat as a table."""

    links: tuple[Link, ...]
    nodes: int
    table: View
    names: Names

    def name(self, lang: str) -> Callable[[str], str]:
        """Names of nodes, each of them different."""

        def named(code: str) -> str:
            if code == OTHERS:
                return Text("其他品种合计", "other fuels together").in_language(lang)
            if code.endswith("="):
                plain = code.removesuffix("=")
                words = Text(f"{plain} 未细分", f"{plain} not divided")
                return words.in_language(lang)
            if code in self.names.parents:
                return f"{code} {self.names.account(code).in_language(lang)}"
            return self.names.item(code).in_language(lang)

        return named


def energy_flow(views: RunViews, region: str, period: int) -> EnergyFlow:
    """The energy flow of a region and year.

    Raises:
        CarbonledgerError: if a node does not balance, rather than a drawing that misleads.
    """
    heat = burned_heat(views.results, views.library, region=region, period=period)
    links = energy_links(heat, views.names.parents)
    if found := imbalances(links):
        node, gap = next(iter(found.items()))
        raise CarbonledgerError(
            f"能源流向图不平衡：节点 {node} 差 {gap} TJ，没有画图。",
            f"The energy flow does not balance: node {node} is off by {gap} TJ; it is not drawn.",
        )
    inner = {link.source for link in links} & {link.target for link in links}
    table = _table(views, links, region, period)
    drawn = _gathered(links, set(views.names.item_order))
    return EnergyFlow(tuple(drawn), len(inner), table, views.names)


def _gathered(links: list[Link], items: set[str]) -> list[Link]:
    """The links to draw: fuels too small to be seen become one, so that names do not overlap."""
    fuels = {link.source for link in links} & items
    heat = {fuel: fsum(link.heat for link in links if link.source == fuel) for fuel in fuels}
    whole = fsum(heat.values())
    small = {fuel for fuel in fuels if heat[fuel] < _SMALL * whole}
    if len(small) < _FEW:
        return links
    drawn = [link for link in links if link.source not in small]
    targets = dict.fromkeys(link.target for link in links if link.source in small)
    for target in targets:
        parts = [link.heat for link in links if link.source in small and link.target == target]
        drawn.append(Link(OTHERS, target, fsum(parts)))
    return sorted(drawn, key=lambda link: -link.heat)


def _table(views: RunViews, links: list[Link], region: str, period: int) -> View:
    """Fuels in rows, branches in columns, as the first half of the drawing has them."""
    names = views.names
    items = {item for item in names.item_order if any(link.source == item for link in links)}
    first = [link for link in links if link.source in items]
    branches = sorted({link.target for link in first})
    order = sorted(items, key=lambda item: names.item_order[item])
    rows: list[tuple[Cell, ...]] = []
    for item in order:
        cells = {link.target: link.heat for link in first if link.source == item}
        rows.append(
            (names.item(item), *(cells.get(each) for each in branches), fsum(cells.values()))
        )
    sums = [fsum(link.heat for link in first if link.target == each) for each in branches]
    rows.append((Text("合计", "Total"), *sums, fsum(sums)))
    heads = (
        Head(Text("品种", "Fuel")),
        *(_branch_head(names, code) for code in branches),
        Head(Text("合计", "Total"), Kind.NUMBER, "TJ"),
    )
    place = names.region(region)
    title = Text(
        f"{place.zh} {period} 年各部门消费的燃料热量（低位）",
        f"{place.en} {period}: heat of the fuels burned (net)",
    )
    return View(title, heads, tuple(rows))


def _branch_head(names: Names, code: str) -> Head:
    name = names.account(code)
    return Head(Text(f"{code} {name.zh}", f"{code} {name.en}"), Kind.NUMBER, "TJ")
