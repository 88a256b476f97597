"""Transport by what drives: vehicles, distances, turnover and flights.

Where fuel sales are known, fuel combustion (``energy``) is the better method; these serve the
breakdown by class of vehicle, and where only traffic is counted.
"""

from collections.abc import Mapping

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, over_a_year
from carbonledger.methods.product import product

_SOURCE = "ipcc-2006-v2"
_DISTANCE = "IPCC 2006 Vol. 2 Ch. 3 eq 3.2.5, 3.2.6"
_FUEL = {
    "net_calorific_value": "TJ/t",
    "carbon_content": "t C/TJ",
    "oxidation_fraction": "1",
}
_STOCK = {"vehicles": "vehicle", "distance_per_vehicle": "vkm/vehicle/a"}
_TITLE = Text(
    "机动车 CO₂（保有量×年均里程×油耗）", "CO₂ of vehicles (stock, distance, fuel economy)"
)


def _of_a_year(carbon: object) -> object:
    return over_a_year(carbon_to_co2(carbon))


product(
    "transport.vehicles.co2",
    title=_TITLE,
    measure="CO2",
    units={**_STOCK, "fuel_economy": "m3/vkm", "fuel_density": "t/m3", **_FUEL},
    source=_SOURCE,
    equation=_DISTANCE,
    then=_of_a_year,
)
product(
    "transport.vehicles.co2.by_mass",
    title=_TITLE,
    measure="CO2",
    units={**_STOCK, "fuel_economy": "t/vkm", **_FUEL},
    source=_SOURCE,
    equation=_DISTANCE,
    then=_of_a_year,
)
product(
    "transport.electric_vehicles.co2",
    title=Text("电动车外购电力 CO₂", "CO₂ of the electricity of electric vehicles"),
    measure="CO2",
    units={**_STOCK, "electricity_economy": "MWh/vkm", "grid_emission_factor": "t CO2/MWh"},
    source="cn-provincial-2011",
    equation="保有量 × 里程 × 单位电耗 × 电网因子 / stock × distance × economy × grid factor",
    then=over_a_year,
)

_GASES = (("co2", "CO2", "CO₂"), ("ch4", "CH4", "CH₄"), ("n2o", "N2O", "N₂O"))
# Name of the method, activity with its unit, its title.
_TRAFFIC: tuple[tuple[str, Mapping[str, str], Text], ...] = (
    ("distance", {"vehicle_distance": "vkm"}, Text("按行驶里程", "by distance")),
    ("freight", {"freight_turnover": "tkm"}, Text("按货运周转量", "by freight turnover")),
    ("passenger", {"passenger_turnover": "pkm"}, Text("按客运周转量", "by passenger turnover")),
    ("flights", {"flights": "LTO"}, Text("按起降循环", "by landing and take-off cycles")),
)

for _name, _activity, _words in _TRAFFIC:
    _unit = next(iter(_activity.values()))
    for _key, _gas, _printed in _GASES:
        product(
            f"transport.{_name}.{_key}",
            title=Text(f"交通 {_printed}（{_words.zh}）", f"{_printed} of transport, {_words.en}"),
            measure=_gas,
            units={**_activity, f"{_key}_emission_factor": f"t {_gas}/{_unit}"},
            source=_SOURCE,
            equation=_DISTANCE,
        )
    if _name == "distance":
        for _key, _gas, _printed in _GASES[1:]:
            product(
                f"transport.vehicles.{_key}",
                title=Text(f"机动车 {_printed}（保有量×里程）", f"{_printed} of vehicles"),
                measure=_gas,
                units={**_STOCK, f"{_key}_emission_factor": f"t {_gas}/vkm"},
                source=_SOURCE,
                equation=_DISTANCE,
                then=over_a_year,
            )
