"""Transport by what drives: vehicles, distances, turnover, flights and cold starts.

Where fuel sales are known, fuel combustion (``energy``) is the better method; these serve the
breakdown by class of vehicle, and where only stock or traffic is counted. Fuel per distance or per
turnover leads to the same carbon, heat and factors as fuel sales do, so that the two can be
compared.
"""

from collections.abc import Callable, Mapping
from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, over_a_year
from carbonledger.methods.product import product

Operand = Any

_SOURCE = "ipcc-2006-v2"
_BY_FUEL = "IPCC 2006 Vol. 2 Ch. 3 eq 3.2.6 (fuel), 3.2.1, 3.2.3"
_BY_ACTIVITY = "IPCC 2006 Vol. 2 Ch. 3 eq 3.2.5"
_BY_FLIGHT = "IPCC 2006 Vol. 2 Ch. 3 eq 3.6.3"
_BY_ELECTRICITY = "活动量 × 单位电耗 × 电网因子 / activity × electricity per activity × grid factor"

# Route: activity with its units, what it is counted in, what fuel and electricity per unit of it
# are called, its title.
_ROUTES: tuple[tuple[str, Mapping[str, str], str, str, Text], ...] = (
    (
        "vehicles",
        {"vehicles": "vehicle", "distance_per_vehicle": "vkm/vehicle/a"},
        "vkm",
        "economy",
        Text("保有量×年均里程", "stock and annual distance"),
    ),
    (
        "distance",
        {"vehicle_distance": "vkm"},
        "vkm",
        "economy",
        Text("行驶里程", "distance"),
    ),
    (
        "freight",
        {"freight_turnover": "tkm"},
        "tkm",
        "per_turnover",
        Text("货运周转量", "freight turnover"),
    ),
    (
        "passenger",
        {"passenger_turnover": "pkm"},
        "pkm",
        "per_turnover",
        Text("客运周转量", "passenger turnover"),
    ),
)
_GASES = (("co2", "CO2", "CO₂"), ("ch4", "CH4", "CH₄"), ("n2o", "N2O", "N₂O"))
# What turns heat into gas: by carbon, or by a factor per heat.
_OF_HEAT: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("co2", "CO2", "CO₂", {"carbon_content": "t C/TJ", "oxidation_fraction": "1"}),
    ("co2_tier1", "CO2", "CO₂", {"co2_emission_factor": "t CO2/TJ"}),
    ("ch4", "CH4", "CH₄", {"ch4_emission_factor": "t CH4/TJ"}),
    ("n2o", "N2O", "N₂O", {"n2o_emission_factor": "t N2O/TJ"}),
)


def _carbon_of_a_year(carbon: Operand) -> Operand:
    return over_a_year(carbon_to_co2(carbon))


def _ending(route: str, units: Mapping[str, str]) -> Callable[[Operand], Operand] | None:
    """What is left to do after the product: carbon into CO2, a rate into the amount of a year."""
    if route != "vehicles":
        return carbon_to_co2 if "carbon_content" in units else None
    return _carbon_of_a_year if "carbon_content" in units else over_a_year


def _by_fuel(
    route: str, activity: Mapping[str, str], counted: str, suffix: str, words: Text
) -> None:
    """Fuel per activity in tonnes, cubic metres of gas, or litres that the density turns to mass.

    A fuel whose heat is known per cubic metre needs no density.
    """
    fuel = f"fuel_{suffix}"
    for key, gas, printed, factors in _OF_HEAT:
        title = Text(
            f"交通 {printed}（{words.zh}×单耗）", f"{printed} of transport ({words.en}, fuel)"
        )
        heat = {fuel: f"t/{counted}", "net_calorific_value": "TJ/t"}
        product(
            f"transport.{route}.fuel.{key}",
            title=title,
            measure=gas,
            units={**activity, **heat, **factors},
            variants=({fuel: f"m3/{counted}", "net_calorific_value": "TJ/m3"},),
            source=_SOURCE,
            equation=_BY_FUEL,
            then=_ending(route, factors),
        )
        litres = {fuel: f"m3/{counted}", "fuel_density": "t/m3", "net_calorific_value": "TJ/t"}
        product(
            f"transport.{route}.liquid.{key}",
            title=title,
            measure=gas,
            units={**activity, **litres, **factors},
            source=_SOURCE,
            equation=_BY_FUEL,
            then=_ending(route, factors),
        )


def _by_electricity(
    route: str, activity: Mapping[str, str], counted: str, suffix: str, words: Text
) -> None:
    product(
        f"transport.{route}.electricity.co2",
        title=Text(
            f"电动交通外购电力 CO₂（{words.zh}×单位电耗）",
            f"CO₂ of the electricity of transport ({words.en})",
        ),
        measure="CO2",
        units={
            **activity,
            f"electricity_{suffix}": f"MWh/{counted}",
            "grid_emission_factor": "t CO2/MWh",
        },
        source="cn-provincial-2011",
        equation=_BY_ELECTRICITY,
        then=_ending(route, {}),
    )


def _by_activity(name: str, activity: Mapping[str, str], counted: str, words: Text) -> None:
    for key, gas, printed in _GASES:
        product(
            f"transport.{name}.{key}",
            title=Text(f"交通 {printed}（{words.zh}）", f"{printed} of transport ({words.en})"),
            measure=gas,
            units={**activity, f"{key}_emission_factor": f"t {gas}/{counted}"},
            source=_SOURCE,
            equation=_BY_FLIGHT if counted == "LTO" else _BY_ACTIVITY,
            then=_ending(name, {}),
            # Statistics count landings and take-offs one by one, airlines whole flights: a bare
            # number of 架次 may be either.
            generic=name != "movements",
        )


for _route, _activity, _counted, _suffix, _words in _ROUTES:
    _by_activity(_route, _activity, _counted, _words)
    _by_fuel(_route, _activity, _counted, _suffix, _words)
    _by_electricity(_route, _activity, _counted, _suffix, _words)

_by_activity("flights", {"flights": "LTO"}, "LTO", Text("起降循环", "landing/take-off cycles"))
_by_activity(
    "movements",
    {"aircraft_movements": "movement", "cycles_per_movement": "LTO/movement"},
    "LTO",
    Text("起降架次", "landings and take-offs"),
)

for _key, _gas, _printed in _GASES[1:]:
    product(
        f"transport.starts.{_key}",
        title=Text(f"冷启动 {_printed}", f"{_printed} of cold starts"),
        measure=_gas,
        units={"starts": "start", f"{_key}_emission_factor": f"t {_gas}/start"},
        source=_SOURCE,
        equation=_BY_ACTIVITY,
    )
