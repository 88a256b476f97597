"""Do the factors of a fuel agree? Carbon content x 44/12 beside the CO2 factor declared."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from carbonledger import units
from carbonledger.library.load import Library
from carbonledger.library.show import Question, compete
from carbonledger.methods.math import carbon_to_co2
from carbonledger.model.profile import Profile

__all__ = ["CrossCheck", "Factor", "cross_checks"]

FACTORS = (
    "net_calorific_value", "carbon_content", "oxidation_fraction", "co2_emission_factor",
    "co2_factor",
)  # fmt: skip
_PER_HEAT = "t CO2/TJ"


@dataclass(frozen=True)
class Factor:
    """One factor of a fuel as the library has it, with its edition."""

    parameter: str
    value: float
    unit: str
    edition: str

    def in_unit(self, unit: str) -> float:
        """The value in another unit of the same dimension."""
        return units.convert(self.value, self.unit, unit)


@dataclass(frozen=True)
class CrossCheck:
    """A CO2 factor computed from ``inputs``, beside the one declared (None where there is none)."""

    inputs: tuple[Factor, ...]
    computed: float
    unit: str
    declared: Factor | None

    @property
    def difference(self) -> float | None:
        """By what share the declared value differs from the computed one."""
        if self.declared is None:
            return None
        return self.declared.in_unit(self.unit) / self.computed - 1


def cross_checks(
    question: Question, edition: str, library: Library, rules: Profile
) -> list[CrossCheck]:
    """The checks of a fuel: per heat, and per tonne or cubic metre.

    Args:
        question: the fuel, with account, region and year; its parameter must be a fuel's factor.
        edition: the family whose values go first; the profile's order fills what it lacks.
        library: the parameters.
        rules: the profile.
    """
    if question.parameter not in FACTORS or not question.item:
        return []
    found = {
        name: factor
        for name in FACTORS
        if (factor := _factor(question._replace(parameter=name), edition, library, rules))
    }
    # The factor of a flight or of a tonne of product bears the same name and is no fuel's.
    declared = found.get("co2_emission_factor")
    if declared is not None and not units.same_dimension(declared.unit, _PER_HEAT):
        del found["co2_emission_factor"]
    if "carbon_content" not in found:
        return []
    # Without an oxidation fraction the carbon counts as burned in full, as IPCC Table 1.4 does.
    inputs = [found[name] for name in ("carbon_content", "oxidation_fraction") if name in found]
    oxidation = found["oxidation_fraction"].in_unit("1") if "oxidation_fraction" in found else 1.0
    carbon = found["carbon_content"].in_unit("t C/TJ")
    per_heat = float(carbon_to_co2(carbon * oxidation))
    checks = [CrossCheck(tuple(inputs), per_heat, _PER_HEAT, found.get("co2_emission_factor"))]
    return [*checks, *_per_quantity(found, inputs, per_heat)]


def _per_quantity(
    found: Mapping[str, Factor], inputs: list[Factor], per_heat: float
) -> list[CrossCheck]:
    heat = found.get("net_calorific_value")
    if heat is None:
        return []
    solid = units.same_dimension(heat.unit, "TJ/t")
    of, unit = ("TJ/t", "t CO2/t") if solid else ("TJ/m3", "t CO2/m3")
    declared = found.get("co2_factor")
    if declared is not None and not units.same_dimension(declared.unit, unit):
        declared = None
    return [CrossCheck((heat, *inputs), heat.in_unit(of) * per_heat, unit, declared)]


def _factor(question: Question, edition: str, library: Library, rules: Profile) -> Factor | None:
    order = rules.parameter_families.get(question.parameter, rules.families)
    first = rules.model_copy(update={"parameter_families": {question.parameter: [edition, *order]}})
    row: pd.Series[object] | None = compete(question, library, first).winner
    if row is None:
        return None
    value = float(str(row["value"]))
    return Factor(question.parameter, value, str(row["unit"]), str(row["edition"]))
