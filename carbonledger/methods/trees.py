"""Trees and culms: volume of standing wood, biomass by organ, bamboo, and what they hold of carbon.

An entry is a class of alike trees (a species, a diameter, a height) with their number, so that a
single tree is an entry of one. The equations are empirical: diameter at breast height in cm, height
in m, as numbers. They hold for the range of trees that they were fitted to.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import number_in
from carbonledger.methods.product import product
from carbonledger.methods.registry import method

Operand = Any

# The exponent of M = c rho D^(7/3) follows from the theory of scaling and is not fitted.
SCALING_EXPONENT = 7 / 3

ORGANS = ("stem", "branch", "leaf", "root")
_TREES = {"trees": "plant", "diameter": "cm"}
_VOLUME = {
    "volume_coefficient": "m3/plant",
    "volume_diameter_exponent": "1",
    "volume_height_exponent": "1",
}
_ORGAN_UNITS = {
    name: unit
    for organ in ORGANS
    for name, unit in ((f"{organ}_coefficient", "t dm/plant"), (f"{organ}_exponent", "1"))
}


@method(
    "forest.tree.volume",
    title=Text("立木材积（二元材积式）", "Volume of standing trees (diameter and height)"),
    measure="volume",
    returns="m3",
    units={**_TREES, "height": "m", **_VOLUME},
    source="db35-t-1823-2019",
    equation="V = a D^b H^c（DB35/T 1823—2019，LY 208—77）/ V = a D^b H^c (DB35/T 1823-2019)",
    linear=True,
    generic=False,
)
def tree_volume(
    trees: Operand,
    diameter: Operand,
    height: Operand,
    volume_coefficient: Operand,
    volume_diameter_exponent: Operand,
    volume_height_exponent: Operand,
) -> Operand:
    """Volume over bark of the stems of alike trees."""
    by_diameter = number_in(diameter, "cm") ** volume_diameter_exponent
    by_height = number_in(height, "m") ** volume_height_exponent
    return trees * volume_coefficient * by_diameter * by_height


def _organ(diameter: Operand, coefficient: Operand, exponent: Operand) -> Operand:
    """Biomass of an organ of one tree: W = a D^b."""
    return coefficient * number_in(diameter, "cm") ** exponent


@method(
    "forest.tree.biomass",
    title=Text("单木生物量（干枝叶根之和）", "Biomass of trees (stem, branches, leaves, roots)"),
    measure="biomass",
    returns="t dm",
    units={**_TREES, **_ORGAN_UNITS},
    source="li-lei-2010",
    equation="W = a D^b，各器官之和（李海奎、雷渊才 2010）/ W = a D^b, summed over the organs",
    linear=True,
    generic=False,
)
def tree_biomass(
    trees: Operand,
    diameter: Operand,
    stem_coefficient: Operand,
    stem_exponent: Operand,
    branch_coefficient: Operand,
    branch_exponent: Operand,
    leaf_coefficient: Operand,
    leaf_exponent: Operand,
    root_coefficient: Operand,
    root_exponent: Operand,
) -> Operand:
    """Dry matter of whole trees, roots included: no root-shoot ratio comes on top."""
    return trees * (
        _organ(diameter, stem_coefficient, stem_exponent)
        + _organ(diameter, branch_coefficient, branch_exponent)
        + _organ(diameter, leaf_coefficient, leaf_exponent)
        + _organ(diameter, root_coefficient, root_exponent)
    )


_HEIGHT_UNITS = {
    name: unit
    for organ in ORGANS
    for name, unit in ((f"dh_{organ}_coefficient", "t dm/plant"), (f"dh_{organ}_exponent", "1"))
}


@method(
    "forest.tree.biomass_by_height",
    title=Text("单木生物量（D²H，干枝叶根之和）", "Biomass of trees by D²H (all organs)"),
    measure="biomass",
    returns="t dm",
    units={**_TREES, "height": "m", **_HEIGHT_UNITS},
    source="anhui-2016",
    equation="W = a (D²H)^b，各器官之和 / summed over the organs (ChinaXiv 201605.00424 Table 1)",
    linear=True,
    generic=False,
)
def tree_biomass_by_height(
    trees: Operand,
    diameter: Operand,
    height: Operand,
    dh_stem_coefficient: Operand,
    dh_stem_exponent: Operand,
    dh_branch_coefficient: Operand,
    dh_branch_exponent: Operand,
    dh_leaf_coefficient: Operand,
    dh_leaf_exponent: Operand,
    dh_root_coefficient: Operand,
    dh_root_exponent: Operand,
) -> Operand:
    """Dry matter of whole trees by diameter (cm) and height (m), roots included.

    A coefficient of D²H is not one of D, so the arguments have names of their own.
    """
    size = number_in(diameter, "cm") ** 2 * number_in(height, "m")
    return trees * (
        dh_stem_coefficient * size**dh_stem_exponent
        + dh_branch_coefficient * size**dh_branch_exponent
        + dh_leaf_coefficient * size**dh_leaf_exponent
        + dh_root_coefficient * size**dh_root_exponent
    )


@method(
    "forest.tree.biomass_by_density",
    title=Text("单木地上生物量（按木材密度）", "Above-ground biomass of trees (wood density)"),
    measure="biomass",
    returns="t dm",
    units={**_TREES, "general_coefficient": "m3/plant", "basic_wood_density": "t dm/m3"},
    source="zeng-2018",
    equation="M = c ρ D^(7/3)（曾伟生 2018）/ M = c rho D^(7/3) (Zeng 2018)",
    linear=True,
    generic=False,
)
def tree_biomass_by_density(
    trees: Operand, diameter: Operand, general_coefficient: Operand, basic_wood_density: Operand
) -> Operand:
    """Dry matter above ground of trees of any species, by the density of their wood."""
    by_diameter = number_in(diameter, "cm") ** SCALING_EXPONENT
    return trees * general_coefficient * basic_wood_density * by_diameter


product(
    "forest.biomass.carbon",
    title=Text("生物量的碳储量", "Carbon of biomass"),
    measure="carbon",
    returns="t C",
    units={"biomass": "t dm", "biomass_carbon_fraction": "t C/t dm"},
    source="ipcc-2006-v4",
    equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.8",
    generic=False,
)

product(
    "forest.bamboo.organ_carbon",
    title=Text("竹林碳储量（按立竹度和器官）", "Carbon of bamboo (culms per area, by organ)"),
    measure="carbon",
    returns="t C",
    units={
        "area": "ha",
        "culm_density": "stem/ha",
        "culm_biomass": "t dm/stem",
        "biomass_carbon_fraction": "t C/t dm",
    },
    source="moso-2017",
    equation="C = A N w CF，按竹龄和器官求和 / C = A N w CF, summed over ages and organs",
    generic=False,
)


@method(
    "forest.bamboo.carbon",
    title=Text("竹林碳储量（按竹龄，含地下）", "Carbon of bamboo (by age of culms, with roots)"),
    measure="carbon",
    returns="t C",
    units={
        "area": "ha",
        "culm_density": "stem/ha",
        "culm_biomass_aboveground": "t dm/stem",
        "root_shoot_ratio": "1",
        "biomass_carbon_fraction": "t C/t dm",
    },
    source="ar-cm-002",
    equation="C = A N w (1 + R) CF，按竹龄求和（式号未核对）/ summed over ages (not checked)",
    linear=True,
    generic=False,
)
def bamboo_carbon(
    area: Operand,
    culm_density: Operand,
    culm_biomass_aboveground: Operand,
    root_shoot_ratio: Operand,
    biomass_carbon_fraction: Operand,
) -> Operand:
    """Carbon of the culms of one age, with what they have below ground."""
    above = area * culm_density * culm_biomass_aboveground
    return above * (1 + root_shoot_ratio) * biomass_carbon_fraction
