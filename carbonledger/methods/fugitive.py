"""Fugitive emissions: coal mining, oil and gas systems."""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.product import product

Operand = Any

_SOURCE = "ipcc-2006-v2"
_COAL = "IPCC 2006 Vol. 2 Ch. 4 eq 4.1.3, 4.1.4, 4.1.7, 4.1.8"
_OIL_GAS = "IPCC 2006 Vol. 2 Ch. 4 eq 4.2.1"


def _deducted(amount: Operand) -> Operand:
    return -amount


product(
    "fugitive.coal.ch4",
    title=Text("煤炭开采和矿后活动 CH₄", "CH₄ of coal mining and post-mining"),
    measure="CH4",
    units={"coal_production": "t", "ch4_emission_factor": "m3 CH4/t", "ch4_density": "t/m3"},
    source=_SOURCE,
    equation=_COAL,
)
product(
    "fugitive.coal.ch4.by_mass",
    title=Text("煤炭开采和矿后活动 CH₄（按质量因子）", "CH₄ of coal mining, factor by mass"),
    measure="CH4",
    units={"coal_production": "t", "ch4_emission_factor": "t CH4/t"},
    source=_SOURCE,
    equation=_COAL,
)
product(
    "fugitive.coal.recovery",
    title=Text("煤矿瓦斯利用或销毁（扣除）", "CH₄ of coal mines used or destroyed (deducted)"),
    measure="CH4",
    units={"methane_recovered": "m3 CH4", "ch4_density": "t/m3"},
    source=_SOURCE,
    equation="IPCC 2006 Vol. 2 Ch. 4 eq 4.1.1, 4.1.2",
    then=_deducted,
)

_GASES = (("ch4", "CH4", "CH₄"), ("co2", "CO2", "CO₂"), ("n2o", "N2O", "N₂O"))

for _key, _gas, _printed in _GASES:
    _factor = f"{_key}_emission_factor"
    product(
        f"fugitive.oil_gas.{_key}",
        title=Text(f"油气系统逃逸 {_printed}", f"{_printed} of oil and gas systems"),
        measure=_gas,
        units={"throughput": "m3", _factor: f"t {_gas}/m3"},
        variants=(
            {"throughput": "t", _factor: f"t {_gas}/t"},
            {"throughput": "piece", _factor: f"t {_gas}/piece"},
        ),
        source=_SOURCE,
        equation=_OIL_GAS,
    )
