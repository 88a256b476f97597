"""Measured emissions: what enterprises monitored, in place of a calculation; and captured CO2."""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.product import product

Operand = Any


def _deducted(amount: Operand) -> Operand:
    return -amount


_GASES = (("co2", "CO2", "CO₂"), ("ch4", "CH4", "CH₄"), ("n2o", "N2O", "N₂O"))

for _key, _gas, _printed in _GASES:
    product(
        f"measured.{_key}",
        title=Text(f"实测 {_printed} 排放量", f"Measured {_printed}"),
        measure=_gas,
        units={f"measured_{_key}": f"t {_gas}"},
        source="ipcc-2006-v1",
        equation="IPCC 2006 Vol. 1 Ch. 2: Tier 3, measurement / 第三层级：实测",
    )

product(
    "capture.co2",
    title=Text("捕集并封存的 CO₂（扣除）", "CO₂ captured and stored (deducted)"),
    measure="CO2",
    units={"captured_co2": "t CO2"},
    source="ipcc-2006-v2",
    equation="IPCC 2006 Vol. 2 Ch. 2 section 2.3.4; Ch. 5",
    then=_deducted,
)
