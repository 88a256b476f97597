"""Waste that is burned or composted, and wastewater. Landfills: see ``waste_landfill``.

What recovery and sludge take off an emission are entries of their own with a negative result, so
that they stay visible in the postings and in the total. The load of wastewater is BOD or COD, which
are substances of their own: one is never taken for the other.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, nitrogen_to_n2o
from carbonledger.methods.product import product

Operand = Any

_SOURCE = "ipcc-2006-v5"


def _deducted(amount: Operand) -> Operand:
    return -amount


def _n2o_deducted(nitrogen: Operand) -> Operand:
    return -nitrogen_to_n2o(nitrogen)


# Only the fossil part of the carbon counts; that of food, paper and wood is biogenic. What is
# entered as dry matter takes the carbon content of dry matter.
product(
    "waste.incineration.co2",
    title=Text("废弃物焚烧 CO₂（化石成因）", "CO₂ of waste incineration (fossil carbon)"),
    measure="CO2",
    units={
        "waste": "t",
        "waste_carbon_content": "t C/t",
        "fossil_carbon_fraction": "1",
        "combustion_efficiency": "1",
    },
    variants=({"waste": "t dm", "waste_carbon_content": "t C/t dm"},),
    source="cn-provincial-2011",
    equation="式(6.8)（式号未核对）/ eq 6.8 (number not checked); IPCC 2006 Vol. 5 Ch. 5 eq 5.1",
    then=carbon_to_co2,
)
product(
    "waste.incineration.co2.dry_matter",
    title=Text("废弃物焚烧 CO₂（按干物质）", "CO₂ of waste incineration (by dry matter)"),
    measure="CO2",
    units={
        "waste": "t",
        "dry_matter_content": "t dm/t",
        "waste_carbon_content": "t C/t dm",
        "fossil_carbon_fraction": "1",
        "combustion_efficiency": "1",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 5 eq 5.1, 5.2",
    then=carbon_to_co2,
)

# Open burning oxidises less of the carbon: an efficiency of incinerators must never serve it.
_OPEN_BURNING = Text("废弃物露天焚烧 CO₂（化石成因）", "CO₂ of open burning of waste (fossil)")
product(
    "waste.open_burning.co2",
    title=_OPEN_BURNING,
    measure="CO2",
    units={
        "waste": "t",
        "waste_carbon_content": "t C/t",
        "fossil_carbon_fraction": "1",
        "open_burning_oxidation": "1",
    },
    variants=({"waste": "t dm", "waste_carbon_content": "t C/t dm"},),
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 5 eq 5.1",
    then=carbon_to_co2,
)
product(
    "waste.open_burning.co2.dry_matter",
    title=_OPEN_BURNING,
    measure="CO2",
    units={
        "waste": "t",
        "dry_matter_content": "t dm/t",
        "waste_carbon_content": "t C/t dm",
        "fossil_carbon_fraction": "1",
        "open_burning_oxidation": "1",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 5 eq 5.1, 5.2",
    then=carbon_to_co2,
)

for _key, _gas, _printed in (("ch4", "CH4", "CH₄"), ("n2o", "N2O", "N₂O")):
    product(
        f"waste.incineration.{_key}",
        title=Text(f"废弃物焚烧 {_printed}", f"{_printed} of waste incineration"),
        measure=_gas,
        units={"waste": "t", f"{_key}_emission_factor": f"t {_gas}/t"},
        variants=({"waste": "t dm", f"{_key}_emission_factor": f"t {_gas}/t dm"},),
        source=_SOURCE,
        equation="IPCC 2006 Vol. 5 Ch. 5 eq 5.4, 5.5",
    )
    # Factors of open burning are printed per dry matter.
    product(
        f"waste.incineration.{_key}.dry_matter",
        title=Text(
            f"废弃物焚烧 {_printed}（按干物质）",
            f"{_printed} of waste burned (by dry matter)",
        ),
        measure=_gas,
        units={
            "waste": "t",
            "dry_matter_content": "t dm/t",
            f"{_key}_emission_factor": f"t {_gas}/t dm",
        },
        source=_SOURCE,
        equation="IPCC 2006 Vol. 5 Ch. 5 eq 5.4, 5.5",
    )
    product(
        f"waste.biological.{_key}",
        title=Text(f"废弃物生物处理 {_printed}", f"{_printed} of biological treatment"),
        measure=_gas,
        units={"waste": "t", f"{_key}_emission_factor": f"t {_gas}/t"},
        variants=({"waste": "t dm", f"{_key}_emission_factor": f"t {_gas}/t dm"},),
        source=_SOURCE,
        equation="IPCC 2006 Vol. 5 Ch. 4 eq 4.1, 4.2",
    )
product(
    "waste.biological.recovery",
    title=Text("生物处理回收的 CH₄（扣除）", "CH₄ recovered from biological treatment (deducted)"),
    measure="CH4",
    units={"methane_recovered": "t CH4"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 4 eq 4.1",
    then=_deducted,
)

# CH4 of wastewater: the organic load is BOD (domestic) or COD (industrial).
_CAPACITY = {"methane_producing_capacity": "t CH4/t BOD", "methane_correction_factor": "1"}
_BY_COD = {"methane_producing_capacity": "t CH4/t COD"}

product(
    "waste.wastewater.ch4",
    title=Text("废水处理 CH₄", "CH₄ of wastewater"),
    measure="CH4",
    units={"organic_load": "t BOD", **_CAPACITY},
    variants=({"organic_load": "t COD", **_BY_COD},),
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.1, 6.2, 6.4, 6.5",
)
product(
    "waste.wastewater.ch4.bod_from_cod",
    title=Text("生活污水 CH₄（由 COD 折算 BOD）", "CH₄ of domestic wastewater (BOD from COD)"),
    measure="CH4",
    units={"organic_load": "t COD", "bod_cod_ratio": "t BOD/t COD", **_CAPACITY},
    source="cn-provincial-2011",
    equation="式(6.4)（式号未核对）/ eq 6.4 (number not checked)",
)
product(
    "waste.wastewater.ch4.by_volume",
    title=Text("废水处理 CH₄（按水量和浓度）", "CH₄ of wastewater (by volume and concentration)"),
    measure="CH4",
    units={"wastewater": "m3", "organic_concentration": "t BOD/m3", **_CAPACITY},
    variants=({"organic_concentration": "t COD/m3", **_BY_COD},),
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.1, 6.4, 6.6",
)
product(
    "waste.wastewater.ch4.by_production",
    title=Text("工业废水 CH₄（按产品产量）", "CH₄ of industrial wastewater (by production)"),
    measure="CH4",
    units={
        "production": "t",
        "wastewater_generation": "m3/t",
        "organic_concentration": "t COD/m3",
        **_CAPACITY,
        **_BY_COD,
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.4 to 6.6",
)
product(
    "waste.wastewater.ch4.by_population",
    title=Text("生活污水 CH₄（按人口）", "CH₄ of domestic wastewater (by population)"),
    measure="CH4",
    units={
        "population": "person",
        "bod_per_person": "t BOD/person/d",
        "days_per_year": "d",
        "industrial_bod_factor": "1",
        **_CAPACITY,
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.1 to 6.3",
)
product(
    "waste.wastewater.ch4.sludge",
    title=Text(
        "污泥带走的有机物少产生的 CH₄（扣除）",
        "CH₄ not formed, its organics removed as sludge",
    ),
    measure="CH4",
    units={"organics_in_sludge": "t BOD", **_CAPACITY},
    variants=({"organics_in_sludge": "t COD", **_BY_COD},),
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.1, 6.4 (term S)",
    then=_deducted,
)
product(
    "waste.wastewater.recovery",
    title=Text("废水处理回收的 CH₄（扣除）", "CH₄ recovered from wastewater (deducted)"),
    measure="CH4",
    units={"methane_recovered": "t CH4"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.1, 6.4",
    then=_deducted,
)

_EFFLUENT = {"effluent_emission_factor": "t N2O-N/t N"}

product(
    "waste.wastewater.n2o",
    title=Text("生活污水 N₂O（按人口）", "N₂O of domestic wastewater (by population)"),
    measure="N2O",
    units={
        "population": "person",
        "protein_supply": "t/person",
        "nitrogen_in_protein": "t N/t",
        "non_consumed_protein_factor": "1",
        "industrial_protein_factor": "1",
        **_EFFLUENT,
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.7, 6.8",
    then=nitrogen_to_n2o,
)
product(
    "waste.wastewater.n2o.effluent",
    title=Text("废水 N₂O（按排放的氮）", "N₂O of wastewater (by nitrogen in the effluent)"),
    measure="N2O",
    units={"nitrogen": "t N", **_EFFLUENT},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.7",
    then=nitrogen_to_n2o,
)
product(
    "waste.wastewater.n2o.sludge",
    title=Text(
        "污泥带走的氮少产生的 N₂O（扣除）",
        "N₂O not formed, its nitrogen removed as sludge",
    ),
    measure="N2O",
    units={"nitrogen_in_sludge": "t N", **_EFFLUENT},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 eq 6.8 (term N_sludge)",
    then=_n2o_deducted,
)
product(
    "waste.wastewater.n2o.plant",
    title=Text("脱氮污水处理厂 N₂O（按服务人口）", "N₂O of plants that remove nitrogen"),
    measure="N2O",
    units={
        "population": "person",
        "industrial_protein_factor": "1",
        "plant_emission_factor": "t N2O/person",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 5 Ch. 6 Box 6.1, eq 6.9",
)
