"""Carbon that stands in the forest at the time of a survey: stocks, not flows.

A stock belongs to the book of assets. It is no removal: only the difference of two stocks is one.
The ways to it are alternatives for the same trees, so each has an account of its own and they are
never added.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.registry import method

__all__ = ["bamboo_by_culms", "stock_by_expansion", "stock_by_line"]

Operand = Any


@method(
    "forest.carbon_stock.expansion",
    title=Text(
        "林木生物质碳储量（木材密度×扩展系数）", "Carbon stock of trees (density x expansion)"
    ),
    measure="C",
    returns="t C",
    units={
        "growing_stock": "m3",
        "basic_wood_density": "t dm/m3",
        "biomass_expansion_factor_aboveground": "1",
        "root_shoot_ratio": "1",
        "biomass_carbon_fraction": "t C/t dm",
    },
    source="ipcc-2006-v4",
    equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.8b (BCEF = D x BEF)",
    linear=True,
)
def stock_by_expansion(
    growing_stock: Operand,
    basic_wood_density: Operand,
    biomass_expansion_factor_aboveground: Operand,
    root_shoot_ratio: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """Carbon of living trees, above and below ground, by their volume."""
    above_ground = growing_stock * basic_wood_density * biomass_expansion_factor_aboveground
    return above_ground * (1 + root_shoot_ratio) * biomass_carbon_fraction


@method(
    "forest.carbon_stock.line",
    title=Text("林木生物质碳储量（B = aV + b）", "Carbon stock of trees (B = aV + b)"),
    measure="C",
    returns="t C",
    units={
        "growing_stock": "m3",
        "stand_area": "ha",
        "biomass_slope": "t dm/m3",
        "biomass_intercept": "t dm/ha",
        "biomass_carbon_fraction": "t C/t dm",
    },
    source="fang-2001",
    equation="Fang et al. 2001, B = aV + b, times the area (a x volume + b x area)",
)
def stock_by_line(
    growing_stock: Operand,
    stand_area: Operand,
    biomass_slope: Operand,
    biomass_intercept: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """Carbon of living trees by the line of biomass on volume; only for stands with volume."""
    biomass = biomass_slope * growing_stock + biomass_intercept * stand_area
    return biomass * biomass_carbon_fraction


@method(
    "forest.carbon_stock.culms",
    title=Text("竹林生物质碳储量（按株数）", "Carbon stock of bamboo (by culms)"),
    measure="C",
    returns="t C",
    units={
        "culms": "plant",
        "biomass_per_culm": "t dm/plant",
        "biomass_carbon_fraction": "t C/t dm",
    },
    source="ipcc-2006-v4",
    equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.8, culms in place of volume "
    "（式号未核对 / number not checked）",
    linear=True,
)
def bamboo_by_culms(
    culms: Operand, biomass_per_culm: Operand, biomass_carbon_fraction: Operand
) -> Operand:
    """Carbon of bamboo, which has culms and no volume."""
    return culms * biomass_per_culm * biomass_carbon_fraction
