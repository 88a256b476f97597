"""What replacing vehicles or shifting traffic saves in a year: before and after, gas by gas.

Both sides are computed by the methods and parameters of an inventory, with grid electricity at the
factor of the grid (as in scope 2), whatever the profile does with it. That is the boundary of an
inventory: exhaust and power plant, without the making of fuels and vehicles. Factors over the life
cycle have another boundary and are compared only with each other (``by_life_cycle``).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from carbonledger.analysis.transport_sides import (
    LIFE_CYCLE,
    Number,
    Place,
    Result,
    Side,
    gases,
    given,
    look_up,
)
from carbonledger.analysis.transport_table import CO2E, notes, numbers, table
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.load import Library
from carbonledger.library.profiles import profile as load_profile
from carbonledger.model.profile import Profile, Rule
from carbonledger.paths import factors_dir

__all__ = [
    "Question",
    "Savings",
    "Side",
    "by_life_cycle",
    "replace_vehicles",
    "shift_traffic",
]

_DISTANCE = {"distance_per_vehicle": "km/a"}
_TRAFFIC = {"freight_turnover": "tkm", "passenger_turnover": "pkm", "vehicle_distance": "vkm"}


@dataclass(frozen=True)
class Question:
    """Where, when and by which rules; ``gwp`` is the profile's set if it is empty."""

    region: str
    period: int
    profile: str = "cn-provincial-2011"
    gwp: str = ""

    @property
    def place(self) -> Place:
        """Region and year."""
        return Place(self.region, self.period)


@dataclass(frozen=True)
class Savings:
    """What is saved in a year.

    ``table`` has a row for each of ``baseline``, ``alternative`` and ``saving`` and each gas, and
    one for CO2e: ``amount`` with its ends ``lower`` and ``upper`` (t; t CO2e for the latter),
    ``co2e`` with its ends, ``notation``, ``method``. The ends take every number at its own lower or
    upper end, and are the amount where none has a range. A saving is lowest where the baseline is
    at its lower and the alternative at its upper end. ``numbers`` has every number behind it, with
    side and gas: what it is (``name``), value, unit, range, parameter (empty where given), source,
    locator, fallback and status. ``notes`` say what the boundary is and what is left out.
    """

    table: pd.DataFrame
    numbers: pd.DataFrame
    notes: tuple[Text, ...]


def replace_vehicles(
    vehicles: str,
    old: Side,
    new: Side,
    question: Question,
    library: Library,
    distance: str = "",
) -> Savings:
    """What a number of vehicles saves in a year when others drive their distance.

    Args:
        vehicles: how many, with unit: ``"1000 辆"``.
        old: the vehicles replaced, with the fuel economy among what is known.
        new: those that replace them, with fuel economy, or the electricity per distance.
        question: region, year, profile and set of warming potentials.
        library: where all other numbers are looked up.
        distance: annual distance per vehicle, ``"1.8 万km/a"``; the library's for ``old`` if empty.

    Raises:
        CarbonledgerError: a number that is missing, cannot be, or is of the life cycle.
    """
    rules, gwp = _rules(question, library)
    if distance:
        driven = given("distance_per_vehicle", distance, old.item)
    else:
        found = look_up(_DISTANCE, old, question.place, rules, library)
        if not found:
            raise CarbonledgerError(
                f"因子库没有“{library.label('items', old.item)}”（科目 {old.account}）的"
                "年均行驶里程，请用 distance 给出，例如 1.8 万km/a。",
                f"The library has no annual distance for {library.label('items', old.item, 'en')} "
                f"(account {old.account}): give it as distance, such as 18000 km/a.",
            )
        driven = found["distance_per_vehicle"]
    service = {
        "vehicles": given("vehicles", vehicles, old.item),
        "distance_per_vehicle": driven,
    }
    return _compare(service, old, new, question.place, rules, gwp, library)


def shift_traffic(
    activity: str, amount: str, old: Side, new: Side, question: Question, library: Library
) -> Savings:
    """What it saves in a year when another mode or vehicle takes over some traffic.

    Args:
        activity: ``freight_turnover``, ``passenger_turnover`` or ``vehicle_distance``.
        amount: how much of it, with unit: ``"10 亿吨公里"``.
        old: what served it, with fuel per turnover or a factor of its own among what is known.
        new: what takes it over; electric traction has the item ``electricity``.
        question: region, year, profile and set of warming potentials.
        library: where all other numbers are looked up.

    Raises:
        CarbonledgerError: a number that is missing, cannot be, or is of the life cycle.
    """
    _known(activity)
    rules, gwp = _rules(question, library)
    service = {activity: given(activity, amount, old.item)}
    return _compare(service, old, new, question.place, rules, gwp, library)


def by_life_cycle(
    activity: str, amount: str, old: Side, new: Side, question: Question, library: Library
) -> Savings:
    """The same as ``shift_traffic`` over the life cycle, in CO2e alone; never for an inventory.

    Both factors must come from one document, since each draws its own boundary.

    Raises:
        CarbonledgerError: where a side has no such factor, or another number is given.
    """
    _known(activity)
    rules = load_profile(question.profile)
    known = library.parameters
    editions = sorted(known.loc[known["parameter"] == LIFE_CYCLE, "edition"].unique())
    rules = rules.model_copy(update={"families": editions, "parameter_families": {}})
    service = given(activity, amount, old.item)
    results, of = [], []
    for side in (old, new):
        _no_operation(side)
        wanted = {LIFE_CYCLE: f"t CO2e/{_TRAFFIC[activity]}"}
        found = look_up(wanted, side, question.place, rules, library)
        if not found:
            raise _no_life_cycle(side, library)
        factor = found[LIFE_CYCLE]
        worth = service.in_unit(_TRAFFIC[activity]) * factor.in_unit(wanted[LIFE_CYCLE])
        results.append([Result(CO2E, worth, numbers=(service, factor))])
        of.append(factor.edition)
    if len(set(of)) > 1:
        raise CarbonledgerError(
            f"两种方式的全生命周期因子出自不同文件（{of[0]}、{of[1]}），边界不同，不能相减。",
            f"The life-cycle factors are from different documents ({of[0]}, {of[1]}), whose "
            "boundaries differ: one cannot be taken from the other.",
        )
    note = Text(
        "全生命周期因子，只供比较运输方式，不得用于清单，也不得与运行排放相加减。",
        "Factors over the life cycle: for comparing modes only, never for an inventory, and never "
        "beside emissions of operation.",
    )
    return Savings(table(results), numbers(results), (note,))


def _compare(
    service: Mapping[str, Number],
    old: Side,
    new: Side,
    place: Place,
    rules: Profile,
    gwp: str,
    library: Library,
) -> Savings:
    results = []
    for side in (old, new):
        _no_life_cycle_value(side)
        own = {name: given(name, text, side.item) for name, text in side.known.items()}
        if again := sorted(set(own) & set(service)):
            raise CarbonledgerError(
                f"{'、'.join(again)} 是两种方式共同的活动水平，只给一次，不能再写在 known 里。",
                f"{', '.join(again)} is the activity of both sides: give it once, not in known.",
            )
        results.append(gases(side, {**service, **own}, place, rules, gwp, library))
    return Savings(table(results), numbers(results), notes(results))


def _rules(question: Question, library: Library) -> tuple[Profile, str]:
    """The profile with electricity at the factor of the grid, and its set of potentials."""
    profile = load_profile(question.profile)
    gwp = question.gwp or profile.gwp
    library.require_gwp(gwp)
    path = factors_dir() / "profiles" / "rules" / "transport-scope2.toml"
    first = [Rule.model_validate(rule) for rule in tomllib.loads(path.read_text("utf-8"))["rules"]]
    return profile.model_copy(update={"rules": [*first, *profile.rules]}), gwp


def _known(activity: str) -> None:
    if activity not in _TRAFFIC:
        raise CarbonledgerError(
            f"不认识活动水平“{activity}”。可用：{'、'.join(_TRAFFIC)}。",
            f"'{activity}' is no activity that can be shifted. Use {', '.join(_TRAFFIC)}.",
        )


def _no_life_cycle_value(side: Side) -> None:
    if LIFE_CYCLE in side.known:
        raise CarbonledgerError(
            "全生命周期因子含燃料和车辆的生产，不能与行驶排放相比；"
            "请去掉它，或两种方式都用全生命周期因子（by_life_cycle）。",
            "A life-cycle factor holds the making of fuels and vehicles and cannot stand beside "
            "emissions of driving: remove it, or compare both sides by_life_cycle.",
        )


def _no_operation(side: Side) -> None:
    if side.known:
        raise CarbonledgerError(
            f"全生命周期比较只用因子库的全生命周期因子，不能给出 {'、'.join(side.known)}。",
            f"A comparison over the life cycle takes its factors from the library alone: "
            f"{', '.join(side.known)} cannot be given.",
        )


def _no_life_cycle(side: Side, library: Library) -> CarbonledgerError:
    zh, en = library.label("items", side.item), library.label("items", side.item, "en")
    factors = library.parameters
    rows = factors[(factors["parameter"] == LIFE_CYCLE) & (factors["item"] == side.item)]
    details = sorted({*rows["detail"]} - {""})
    known = f"该车型有细项：{'、'.join(details)}。" if details else ""
    known_en = f" It has them for the details {', '.join(details)}." if details else ""
    return CarbonledgerError(
        f"因子库没有“{zh}”{side.detail} 的全生命周期因子，不能与有该因子的方式相比。{known}",
        f"The library has no life-cycle factor for {en} {side.detail}, so it cannot be compared "
        f"with a mode that has one.{known_en}",
    )
