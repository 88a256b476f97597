"""Restored wetlands that were there before: only the difference to the former state is a gain.

A stand that was degraded and is restored took up carbon before too, so what it gains is the
biomass and the rate of its soil after the restoration less those before. Neither has a default: the
state before is a matter of the place. Where it is not known, bounds can be computed by the same
formulas; their measure is one of its own, which has no CO2 equivalent and joins no sum.
"""

from typing import Any

import numpy as np

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, number_in, over_a_year
from carbonledger.methods.registry import method

__all__ = ["restoring_biomass", "restoring_soil"]

Operand = Any


def restoring_biomass(
    area_restored: Operand,
    biomass_carbon_before: Operand,
    biomass_carbon_after: Operand,
    recovery_time: Operand,
) -> Operand:
    """The difference of two stocks, spread evenly over the years after the restoration.

    Nothing is gained in the year of restoration; of a last year that is not whole, its part.
    """
    yearly = area_restored * (biomass_carbon_after - biomass_carbon_before) / recovery_time
    years = np.arange(len(area_restored), dtype=float)
    age = years[:, None] - years[None, :]
    part = np.clip(number_in(recovery_time, "a") - (age - 1.0), 0.0, 1.0) * (age > 0)
    return carbon_to_co2(over_a_year((yearly * part).sum(axis=1)))


def restoring_soil(
    area_restored: Operand, soil_carbon_rate_before: Operand, soil_carbon_rate_after: Operand
) -> Operand:
    """The difference of two rates on all that was restored up to the year."""
    gained = np.cumsum(area_restored * (soil_carbon_rate_after - soil_carbon_rate_before))
    return carbon_to_co2(over_a_year(gained))


for _key, _measure, _words in (
    ("coast.restoring", "CO2", Text("", "")),
    ("coast.restoring_bound", "CO2_bound", Text("（上下限情景）", " (bound)")),
):
    method(
        f"{_key}.biomass",
        title=Text(
            f"修复既有植被的生物量增量{_words.zh}", f"Gain of biomass of restored stands{_words.en}"
        ),
        measure=_measure,
        returns="t CO2",
        units={
            "area_restored": "ha",
            "biomass_carbon_before": "t C/ha",
            "biomass_carbon_after": "t C/ha",
            "recovery_time": "a",
        },
        source="ipcc-2006-v4",
        equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.5, per area restored",
        linear=True,
        series=(
            "Σ area_restored × (biomass_carbon_after − biomass_carbon_before) ÷ recovery_time × "
            "44/12, over the recovery_time years after the restoration"
        ),
        generic=False,
    )(restoring_biomass)
    method(
        f"{_key}.soil",
        title=Text(
            f"修复既有湿地的土壤碳增量{_words.zh}",
            f"Gain of the soil of restored wetlands{_words.en}",
        ),
        measure=_measure,
        returns="t CO2",
        units={
            "area_restored": "ha",
            "soil_carbon_rate_before": "t C/ha/a",
            "soil_carbon_rate_after": "t C/ha/a",
        },
        source="ipcc-2013-wetlands",
        equation="IPCC 2013 Wetlands Supplement Ch. 4 eq 4.7, after less before "
        "（式号未核对）/ (number not checked)",
        linear=True,
        series="Σ area_restored × (soil_carbon_rate_after − soil_carbon_rate_before) × 44/12",
        generic=False,
    )(restoring_soil)
