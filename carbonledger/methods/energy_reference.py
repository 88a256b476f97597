"""Reference approach: CO2 from the supply of fuels; and the carbon of their non-energy use.

Apparent consumption = production + imports - exports - international bunkers + decrease of stocks.
Each of these is an entry of its own (accounts M.4.a to M.4.e), so that the sum of the account is
the result; what leaves (exports, bunkers) and what does not burn (carbon of non-energy use, M.4.s)
is entered as a positive amount and counted with a minus. A memo item: never added to the inventory.

The Guidelines of 2006 exclude all carbon of non-energy use (it is counted where it is emitted, in
2.B and 2.D): what is excluded is deducted like an export. Those of 1996, which the provincial
guideline follows, deduct the share that is stored in products (固碳率) and count the rest as
emitted.
"""

from collections.abc import Mapping
from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2
from carbonledger.methods.product import product
from carbonledger.methods.registry import method

Operand = Any

_SOURCE = "ipcc-2006-v2-ch6"
_APPARENT = "IPCC 2006 Vol. 2 Ch. 6 eq 6.1-6.3 / 省级指南参考方法（式号未核对）"
_EXCLUDED = "IPCC 2006 Vol. 2 Ch. 6 eq 6.1, 6.4 / 省级指南参考方法：固碳量（式号未核对）"

# The forms in which fuel is counted, each under its ending of the method's name.
_FORMS: Mapping[str, tuple[dict[str, str], tuple[dict[str, str], ...]]] = {
    "": (
        {"fuel": "t", "net_calorific_value": "TJ/t"},
        ({"fuel": "m3", "net_calorific_value": "TJ/m3"},),
    ),
    ".coal_equivalent": ({"coal_equivalent": "tce", "heat_per_coal_equivalent": "TJ/tce"}, ()),
    ".heat": ({"heat": "TJ"}, ()),
}
_CARBON = {"carbon_content": "t C/TJ", "oxidation_fraction": "1"}
_STORED = {"stored_carbon_fraction": "1"}
_RELEASED = Text("非能源利用中氧化的碳（1－固碳率）", "Carbon released in non-energy use")
_RELEASED_EQUATION = "Revised 1996 IPCC Guidelines, Ch. 1 section 1.4: 1 - stored / 1－固碳率"


def _deducted(carbon: Operand) -> Operand:
    return -carbon_to_co2(carbon)


for _ending, (_activity, _variants) in _FORMS.items():
    product(
        f"energy.reference.co2{_ending}",
        title=Text("参考方法：供应的燃料", "Reference approach: fuel supplied"),
        measure="CO2",
        units={**_activity, **_CARBON},
        variants=_variants,
        source=_SOURCE,
        equation=_APPARENT,
        then=carbon_to_co2,
    )
    product(
        f"energy.reference.deducted.co2{_ending}",
        title=Text(
            "参考方法：运出或不燃烧的燃料（扣除）",
            "Reference approach: fuel that leaves or is not burned (deducted)",
        ),
        measure="CO2",
        units={**_activity, **_CARBON},
        variants=_variants,
        source=_SOURCE,
        equation=_APPARENT,
        then=_deducted,
    )
    product(
        f"energy.reference.stored.co2{_ending}",
        title=Text(
            "参考方法：非能源利用中固定的碳（扣除）",
            "Reference approach: carbon stored in non-energy use (deducted)",
        ),
        measure="CO2",
        units={**_activity, **_CARBON, **_STORED},
        variants=_variants,
        source=_SOURCE,
        equation=_EXCLUDED,
        then=_deducted,
    )


@method(
    "energy.nonenergy.co2",
    title=Text(
        "非能源利用中氧化的碳（1－固碳率）", "Carbon released in non-energy use (1 - stored)"
    ),
    measure="CO2",
    returns="t CO2",
    units={**_FORMS[""][0], "carbon_content": "t C/TJ", **_STORED},
    variants=_FORMS[""][1],
    source="ipcc-1996-v3",
    equation=_RELEASED_EQUATION,
    linear=True,
)
def nonenergy_co2(
    fuel: Operand,
    net_calorific_value: Operand,
    carbon_content: Operand,
    stored_carbon_fraction: Operand,
) -> Operand:
    """CO2 of the carbon of a feedstock or product that is not stored."""
    carbon = fuel * net_calorific_value * carbon_content
    return carbon_to_co2(carbon * (1 - stored_carbon_fraction))


@method(
    "energy.nonenergy.co2.coal_equivalent",
    title=Text(
        "非能源利用中氧化的碳（1－固碳率）", "Carbon released in non-energy use (1 - stored)"
    ),
    measure="CO2",
    returns="t CO2",
    units={**_FORMS[".coal_equivalent"][0], "carbon_content": "t C/TJ", **_STORED},
    source="ipcc-1996-v3",
    equation=_RELEASED_EQUATION,
    linear=True,
)
def nonenergy_co2_coal_equivalent(
    coal_equivalent: Operand,
    heat_per_coal_equivalent: Operand,
    carbon_content: Operand,
    stored_carbon_fraction: Operand,
) -> Operand:
    """The same for a feedstock stated in coal equivalent."""
    carbon = coal_equivalent * heat_per_coal_equivalent * carbon_content
    return carbon_to_co2(carbon * (1 - stored_carbon_fraction))
