"""Industrial processes and product use.

Most processes are production x factor. Metals also carry carbon: what goes in with reducing agents
and pig iron is emitted, what stays in the product is not. Fluorinated gases are counted one by one,
each in its own tonnes.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, over_a_year
from carbonledger.methods.product import product
from carbonledger.methods.registry import OF_GAS, method

Operand = Any

_SOURCE = "ipcc-2006-v3"
_PROCESS = (
    ("co2", "CO2", "CO₂"),
    ("ch4", "CH4", "CH₄"),
    ("n2o", "N2O", "N₂O"),
    ("cf4", "CF4", "CF₄"),
    ("c2f6", "C2F6", "C₂F₆"),
    ("sf6", "SF6", "SF₆"),
    ("hfc23", "HFC-23", "HFC-23"),
)
_TIER1 = "IPCC 2006 Vol. 3: 产量 × 缺省因子（第一层级）/ production × default factor (Tier 1)"

for _key, _gas, _printed in _PROCESS:
    product(
        f"industry.process.{_key}",
        title=Text(f"工业生产过程 {_printed}", f"{_printed} of industrial processes"),
        measure=_gas,
        units={"production": "t", f"{_key}_emission_factor": f"t {_gas}/t"},
        source=_SOURCE,
        equation=_TIER1,
    )


@method(
    "industry.process.n2o.abated",
    title=Text("工业生产过程 N₂O（有减排装置）", "N₂O of industrial processes, with abatement"),
    measure="N2O",
    returns="t N2O",
    units={
        "production": "t",
        "n2o_emission_factor": "t N2O/t",
        "destruction_fraction": "1",
        "utilisation_fraction": "1",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 3 Ch. 3 eq 3.6, 3.8",
    linear=True,
)
def process_n2o_abated(
    production: Operand,
    n2o_emission_factor: Operand,
    destruction_fraction: Operand,
    utilisation_fraction: Operand,
) -> Operand:
    """N2O generated less what is destroyed while the abatement runs."""
    return production * n2o_emission_factor * (1 - destruction_fraction * utilisation_fraction)


product(
    "industry.carbon.released",
    title=Text("投入物料所含碳的 CO₂", "CO₂ of the carbon in what goes in"),
    measure="CO2",
    units={"material": "t", "carbon_fraction": "t C/t"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 3 Ch. 4 eq 4.9; 省级指南 式(2.3)（式号未核对 / number not checked）",
    then=carbon_to_co2,
    generic=False,
)


def _retained(carbon: Operand) -> Operand:
    return -carbon_to_co2(carbon)


product(
    "industry.carbon.retained",
    title=Text("产品所含碳（扣除）", "Carbon that stays in products (deducted)"),
    measure="CO2",
    units={"material": "t", "carbon_fraction": "t C/t"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 3 Ch. 4 eq 4.9; 省级指南 式(2.3)（式号未核对 / number not checked）",
    then=_retained,
    generic=False,
)


# Fluorinated gases: what is used up, charged, held in equipment or retired, times what escapes.
# Four amounts of the same gas, so only their names tell them apart.
_GAS_EQUATION = "IPCC 2006 Vol. 3 Ch. 6 to 8; eq 7.10 to 7.14"

product(
    "industry.gas.used",
    title=Text("含氟气体：使用过程排放", "Fluorinated gases: emission of what is used"),
    measure=OF_GAS,
    returns="t",
    units={"gas_used": "t", "emission_fraction": "1"},
    source=_SOURCE,
    equation=_GAS_EQUATION,
)
product(
    "industry.gas.charged",
    title=Text("含氟气体：初装充注排放", "Fluorinated gases: loss at charging"),
    measure=OF_GAS,
    returns="t",
    units={"gas_charged": "t", "initial_emission_fraction": "1"},
    source=_SOURCE,
    equation=_GAS_EQUATION,
    generic=False,
)
product(
    "industry.gas.bank",
    title=Text("含氟气体：在用设备泄漏", "Fluorinated gases: leaks of equipment in use"),
    measure=OF_GAS,
    returns="t",
    units={"gas_in_equipment": "t", "annual_emission_fraction": "1/a"},
    source=_SOURCE,
    equation=_GAS_EQUATION,
    then=over_a_year,
    generic=False,
)


@method(
    "industry.gas.retired",
    title=Text("含氟气体：报废排放", "Fluorinated gases: equipment at its end"),
    measure=OF_GAS,
    returns="t",
    units={"gas_retired": "t", "remaining_charge_fraction": "1", "recovery_fraction": "1"},
    source=_SOURCE,
    equation=_GAS_EQUATION,
    linear=True,
    generic=False,
)
def gas_retired(
    gas_retired: Operand, remaining_charge_fraction: Operand, recovery_fraction: Operand
) -> Operand:
    """What is left in retired equipment and is not recovered."""
    return gas_retired * remaining_charge_fraction * (1 - recovery_fraction)


product(
    "industry.nonenergy.co2",
    title=Text("燃料非能源利用 CO₂", "CO₂ of non-energy use of fuels"),
    measure="CO2",
    units={
        "fuel": "t",
        "net_calorific_value": "TJ/t",
        "carbon_content": "t C/TJ",
        "oxidised_during_use": "1",
    },
    source=_SOURCE,
    equation="IPCC 2006 Vol. 3 Ch. 5 eq 5.2",
    then=carbon_to_co2,
)
