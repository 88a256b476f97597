"""The same fuel counted twice in transport: by what was sold, and by what was driven with it."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.memory import Row, values_by
from carbonledger.model.problem import Grade, Problem

__all__ = ["COLUMNS", "counted_twice", "transport_accounts"]

# What the check needs to know of a posting.
_KEY = ("region", "period", "account", "item", "detail")
COLUMNS = (*_KEY, "method", "source")

_ROOTS = ("1.A.3", "M.1")
_QUANTITY = "quantity"
_FUELS = ("fuel", "energy")  # kinds of items
_ROUTES = {
    _QUANTITY: Text("能源消费量", "the quantity of fuel or electricity"),
    "vehicles": Text("保有量", "the stock of vehicles"),
    "distance": Text("行驶里程", "the distance driven"),
    "freight": Text("货运周转量", "freight turnover"),
    "passenger": Text("客运周转量", "passenger turnover"),
    "flights": Text("起降循环", "landing and take-off cycles"),
    "movements": Text("起降架次", "landings and take-offs"),
}


class _Activity(NamedTuple):
    """One way in which an account was entered: what by which route, and where."""

    region: str
    period: int
    account: str
    item: str
    detail: str
    route: str
    source: str
    carriers: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether it is all of a fuel, whoever drives with it."""
        return self.route == _QUANTITY and self.item in self.carriers


def counted_twice(postings: Iterable[Row], library: Library) -> list[Problem]:
    """Grade-C problems where one fuel may stand in two entries of one region and year.

    Fuel sold overlaps with stock, distance, turnover and flights of the same fuel in the same
    account or in one above or below it. Two of the latter overlap where they are of the same
    vehicle. Cold starts add to distance and overlap with nothing.

    Args:
        postings: postings with ``COLUMNS``; those outside ``transport_accounts`` do not count.
        library: for the chart of accounts and the fuels of vehicles.
    """
    known = _activities(postings, transport_accounts(library))
    above, carriers = library.accounts_above, _carriers(library, {key[3] for key in known})
    groups: dict[tuple[str, int], list[_Activity]] = {}
    for key, source in sorted(known.items()):
        activity = _Activity._make((*key, source, carriers.get(key[3], ())))
        groups.setdefault((activity.region, activity.period), []).append(activity)
    found: dict[tuple[_Activity, _Activity], list[tuple[_Activity, _Activity]]] = {}
    for _, activities in sorted(groups.items()):
        for one, other in _pairs(activities):
            related = other.account in above[one.account] or one.account in above[other.account]
            if related and _overlap(one, other):
                found.setdefault(_timeless(one, other), []).append((one, other))
    return [_problem(pairs, library) for pairs in found.values()]


def transport_accounts(library: Library) -> frozenset[str]:
    """The accounts whose fuels may be counted twice."""
    return frozenset().union(*(library.below(root) for root in _ROOTS))


def _activities(postings: Iterable[Row], accounts: Collection[str]) -> dict[tuple[Any, ...], str]:
    """The keys of the activities (all of ``_Activity`` before the source), each with its source."""
    known: dict[tuple[Any, ...], str] = {}
    for row in postings:
        route = _route(row["method"] or "") if row["account"] in accounts else ""
        if route:
            key = (*(row[name] for name in _KEY), route)
            known[key] = min(row["source"], known.get(key, row["source"]))
    return known


def _route(method: str) -> str:
    subject, _, rest = method.partition(".")
    if subject == "energy" or (subject == "electricity" and not rest.startswith("exported")):
        return _QUANTITY
    name = rest.partition(".")[0]
    return name if subject == "transport" and name in _ROUTES else ""


def _carriers(library: Library, items: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The fuels that an item is or stands on, nearest first; none for a vehicle of unknown fuel.

    Jet kerosene stands on kerosene, the only line that a balance has for both.
    """
    kinds = values_by(library.items, "item", "kind")
    above = {item: library.items_above.get(item, {}) for item in items}
    return {
        item: tuple(key for key in sorted(keys, key=keys.__getitem__) if kinds.get(key) in _FUELS)
        for item, keys in above.items()
    }


def _pairs(activities: list[_Activity]) -> Iterator[tuple[_Activity, _Activity]]:
    for place, one in enumerate(activities):
        for other in activities[place + 1 :]:
            if one.route != other.route:
                # The quantity of the fuel is named first.
                yield (other, one) if other.whole else (one, other)


def _overlap(one: _Activity, other: _Activity) -> bool:
    if one.detail != other.detail and one.detail and other.detail:
        return False
    if one.whole:
        return not other.carriers or one.item in other.carriers
    return one.item == other.item


def _timeless(one: _Activity, other: _Activity) -> tuple[_Activity, _Activity]:
    """The pair without its year, so that the years of one finding are told together."""
    return one._replace(period=0, source=""), other._replace(period=0, source="")


def _problem(pairs: list[tuple[_Activity, _Activity]], library: Library) -> Problem:
    """One finding with all its years; the cells are those of the first."""
    one, other = pairs[0]
    periods = [str(first.period) for first, _ in pairs]
    years = "、".join(periods)
    said = [(_ROUTES[each.route], library.label("items", each.item)) for each in (one, other)]
    english = [library.label("items", each.item, "en") for each in (one, other)]
    file, _, cell = other.source.rpartition("!")
    return Problem(
        grade=Grade.C,
        code="transport-counted-twice",
        message=Text(
            f"地区 {one.region}，{years} 年：科目 {one.account} 按{said[0][0].zh}录入了"
            f"“{said[0][1]}”（{one.source}），科目 {other.account} 又按{said[1][0].zh}录入了"
            f"“{said[1][1]}”（{other.source}），同一批燃料（电）可能计算了两次。",
            f"Region {one.region}, {', '.join(periods)}: account "
            f"{one.account} has {english[0]} by {said[0][0].en} ({one.source}), and account "
            f"{other.account} has {english[1]} by {said[1][0].en} ({other.source}): the same fuel "
            "or electricity may be counted twice.",
        ),
        remedy=Text(
            "请只保留一种，或从能源消费量中扣除另一种已包含的部分（例如航煤扣除起降循环用油后"
            "只录入巡航用油），然后确认并说明。",
            "Keep one of them, or take what the other covers out of the quantity of fuel (as the "
            "jet kerosene of cruising without that of landing and take-off); then confirm with "
            "the reason.",
        ),
        file=file or cell,
        cell=cell if file else "",
    )
