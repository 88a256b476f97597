"""A comparison in transport as a user writes it: names in both languages, numbers with units."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from carbonledger.analysis.transport_savings import (
    Question,
    Savings,
    Side,
    by_life_cycle,
    replace_vehicles,
    shift_traffic,
)
from carbonledger.engine.ask import code_of, region_spellings
from carbonledger.engine.open import account_names, detail_names, item_names
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.columns import quantity_name
from carbonledger.library.load import Library

__all__ = ["Written", "savings"]

_VEHICLES, _DISTANCE = "vehicles", "distance_per_vehicle"
_ACCOUNT, _ITEM = Text("科目", "account"), Text("品种", "item")
_DETAIL, _REGION = Text("细项", "detail"), Text("地区", "region")


@dataclass(frozen=True)
class Written:
    """One side as written: ``subject`` is account/item or account/item/detail, by code or name.

    ``known`` are its own numbers by their names: ``{"百公里油耗": "8 L/百车公里"}``.
    """

    subject: str
    known: Mapping[str, str] = field(default_factory=dict)


def savings(
    activity: Mapping[str, str],
    old: Written,
    new: Written,
    question: Question,
    library: Library,
    *,
    life_cycle: bool = False,
) -> Savings:
    """What it saves in a year when one side takes over what the other does.

    Args:
        activity: what both sides do: the number of vehicles, with their annual distance or not; or
            freight turnover, passenger turnover or vehicle distance. Names as heads of columns.
        old: what serves it now.
        new: what takes it over.
        question: region (by code or name), year, profile and set of warming potentials.
        library: where all other numbers are looked up.
        life_cycle: compare factors over the life cycle instead of emissions of operation.

    Raises:
        CarbonledgerError: a name that is not known, or a number that is missing or cannot be.
    """
    named = _quantities(activity)
    where = code_of(question.region, region_spellings(library), _REGION) or "CN"
    asked = Question(where, question.period, question.profile, question.gwp)
    sides = _side(old, library), _side(new, library)
    distance = named.pop(_DISTANCE, "")
    if len(named) != 1 or (distance and _VEHICLES not in named):
        raise CarbonledgerError(
            "共同的活动水平只能是：保有量（可加年均行驶里程），或货运周转量、客运周转量、行驶里程"
            '之一，例如 保有量="1000 辆"。',
            "The activity of both sides is the number of vehicles (with their annual distance, if "
            "known), or one of freight_turnover, passenger_turnover and vehicle_distance, such as "
            'vehicles="1000 辆".',
        )
    ((name, amount),) = named.items()
    if name != _VEHICLES:
        compare = by_life_cycle if life_cycle else shift_traffic
        return compare(name, amount, *sides, asked, library)
    if life_cycle:
        raise CarbonledgerError(
            "全生命周期因子按周转量或行驶里程给出，请改用货运周转量、客运周转量或行驶里程。",
            "Factors over the life cycle are per turnover or distance: give freight_turnover, "
            "passenger_turnover or vehicle_distance.",
        )
    return replace_vehicles(amount, *sides, asked, library, distance)


def _side(written: Written, library: Library) -> Side:
    account, *rest = [part.strip() for part in written.subject.split("/")]
    if not 1 <= len(rest) <= 2 or not account or not rest[0]:
        raise CarbonledgerError(
            f"“{written.subject}”应写成 科目/品种 或 科目/品种/细项，例如 1.A.3.b.i/汽油小客车。",
            f"'{written.subject}' should read account/item or account/item/detail, such as "
            "1.A.3.b.i/gasoline_passenger_car.",
        )
    return Side(
        code_of(account, account_names(library), _ACCOUNT),
        code_of(rest[0], item_names(library), _ITEM),
        code_of(rest[1], detail_names(library), _DETAIL) if len(rest) > 1 else "",
        _quantities(written.known),
    )


def _quantities(written: Mapping[str, str]) -> dict[str, str]:
    """Numbers by the names of their arguments."""
    found: dict[str, str] = {}
    for text, value in written.items():
        name = quantity_name(text)
        if name is None:
            raise CarbonledgerError(
                f"不认识“{text}”。写法与录入表的列名相同，例如 保有量、年均行驶里程、百公里油耗、"
                "百公里电耗、货运周转量。",
                f"'{text}' is not known. Names are those of the columns of an entry table, such as "
                "vehicles, distance_per_vehicle, fuel_economy, electricity_economy, "
                "freight_turnover.",
            )
        if name in found:
            raise CarbonledgerError(f"“{text}”给了两次。", f"'{text}' is given twice.")
        found[name] = value
    return found
