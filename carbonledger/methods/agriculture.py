"""Agriculture: livestock, rice, cropland, burning of residues, liming and urea.

Animals, areas and nitrogen are those of a year, and so are the factors: a head gives so many
kilograms of CH4 in the year.
"""

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, nitrogen_to_n2o
from carbonledger.methods.product import product

_SOURCE = "ipcc-2006-v4"

product(
    "agriculture.enteric.ch4",
    title=Text("动物肠道发酵 CH₄", "CH₄ of enteric fermentation"),
    measure="CH4",
    units={"animals": "head", "ch4_emission_factor": "t CH4/head"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 10 eq 10.19, 10.20",
)
product(
    "agriculture.manure.ch4",
    title=Text("动物粪便管理 CH₄", "CH₄ of manure management"),
    measure="CH4",
    units={"animals": "head", "ch4_emission_factor": "t CH4/head"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 10 eq 10.22",
)
product(
    "agriculture.manure.n2o",
    title=Text("动物粪便管理 N₂O", "N₂O of manure management"),
    measure="N2O",
    units={"animals": "head", "n2o_emission_factor": "t N2O/head"},
    source="cn-provincial-2011",
    equation="式(4.8)（式号未核对）/ eq 4.8 (number not checked)",
)
product(
    "agriculture.manure.n2o.by_nitrogen",
    title=Text("动物粪便管理 N₂O（按排泄氮）", "N₂O of manure management (by nitrogen excreted)"),
    measure="N2O",
    units={
        "animals": "head",
        "nitrogen_excretion": "t N/head",
        "manure_system_share": "1",
        "manure_emission_factor": "t N2O-N/t N",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 10 eq 10.25, 10.30",
    then=nitrogen_to_n2o,
)
product(
    "agriculture.rice.ch4",
    title=Text("稻田 CH₄（按季）", "CH₄ of rice fields (by season)"),
    measure="CH4",
    units={"area": "ha", "ch4_emission_factor": "t CH4/ha"},
    source="cn-provincial-2011",
    equation="式(4.1)（式号未核对）/ eq 4.1 (number not checked)",
)
product(
    "agriculture.rice.ch4.by_day",
    title=Text("稻田 CH₄（按种植天数）", "CH₄ of rice fields (by days of cultivation)"),
    measure="CH4",
    units={
        "area": "ha",
        "baseline_ch4_emission": "t CH4/ha/d",
        "cultivation_period": "d",
        "water_regime_factor": "1",
        "preseason_water_factor": "1",
        "organic_amendment_factor": "1",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 5 eq 5.1, 5.2",
)
product(
    "agriculture.soils.n2o.direct",
    title=Text("农用地 N₂O 直接排放", "Direct N₂O of managed soils"),
    measure="N2O",
    units={"nitrogen": "t N", "n2o_emission_factor": "t N2O-N/t N"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 11 eq 11.1",
    then=nitrogen_to_n2o,
)
product(
    "agriculture.soils.n2o.deposition",
    title=Text("大气氮沉降 N₂O 间接排放", "Indirect N₂O of atmospheric deposition"),
    measure="N2O",
    units={
        "nitrogen": "t N",
        "volatilised_fraction": "1",
        "deposition_emission_factor": "t N2O-N/t N",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 11 eq 11.9",
    then=nitrogen_to_n2o,
)
product(
    "agriculture.soils.n2o.leaching",
    title=Text("淋溶径流 N₂O 间接排放", "Indirect N₂O of leaching and runoff"),
    measure="N2O",
    units={
        "nitrogen": "t N",
        "leached_fraction": "1",
        "leaching_emission_factor": "t N2O-N/t N",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 11 eq 11.10",
    then=nitrogen_to_n2o,
)

for _key, _gas, _printed in (("ch4", "CH4", "CH₄"), ("n2o", "N2O", "N₂O")):
    product(
        f"agriculture.burning.{_key}",
        title=Text(f"秸秆田间焚烧 {_printed}", f"{_printed} of field burning of residues"),
        measure=_gas,
        units={
            "residues": "t dm",
            "combustion_factor": "1",
            f"{_key}_emission_factor": f"t {_gas}/t dm",
        },
        source=_SOURCE,
        equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.27",
    )

product(
    "agriculture.amendment.co2",
    title=Text("石灰和尿素施用 CO₂", "CO₂ of liming and urea"),
    measure="CO2",
    units={"amendment": "t", "carbon_fraction": "t C/t"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 4 Ch. 11 eq 11.12, 11.13",
    then=carbon_to_co2,
)
