"""Carbon that leaves the water with the harvest of farmed shellfish and algae.

It is stated in tonnes of carbon, never as CO2: the calcification of shells gives off CO2, so this
is no removal from the atmosphere. Fresh mass (with shell) and dry mass are substances of their own:
yearbooks print shellfish fresh and algae dry, and a dry output is not multiplied by the dry share
again.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import over_a_year
from carbonledger.methods.product import product
from carbonledger.methods.registry import method

Operand = Any

_STANDARD = "hyt-0349-2022"
_UNCHECKED = "（式号未核对）/ (number not checked)"
_SHELLFISH = {
    "shellfish_fresh": "t fm",
    "dry_mass_fraction": "t dm/t fm",
    "tissue_share": "1",
    "tissue_carbon": "t C/t dm",
    "shell_share": "1",
    "shell_carbon": "t C/t dm",
}


@method(
    "mariculture.shellfish",
    title=Text(
        "养殖贝类移出碳（软组织和贝壳）", "Carbon removed with shellfish (tissue and shell)"
    ),
    measure="C",
    returns="t C",
    units=_SHELLFISH,
    source=_STANDARD,
    equation=f"F1: P × d × (s·c_soft + h·c_shell) {_UNCHECKED}",
    linear=True,
    generic=False,
)
def shellfish(
    shellfish_fresh: Operand,
    dry_mass_fraction: Operand,
    tissue_share: Operand,
    tissue_carbon: Operand,
    shell_share: Operand,
    shell_carbon: Operand,
) -> Operand:
    """Tissue and shell of what was harvested, fresh with shell."""
    carbon = tissue_share * tissue_carbon + shell_share * shell_carbon
    return shellfish_fresh * dry_mass_fraction * carbon


@method(
    "mariculture.shellfish.net",
    title=Text("养殖贝类净移出碳（扣除苗种）", "Net carbon removed with shellfish (less seed)"),
    measure="C",
    returns="t C",
    units={**_SHELLFISH, "seed_mass_fraction": "1"},
    source=_STANDARD,
    equation=f"F1, F3 {_UNCHECKED}",
    linear=True,
    generic=False,
)
def shellfish_net(
    shellfish_fresh: Operand,
    dry_mass_fraction: Operand,
    tissue_share: Operand,
    tissue_carbon: Operand,
    shell_share: Operand,
    shell_carbon: Operand,
    seed_mass_fraction: Operand,
) -> Operand:
    """The same without the carbon of the seed, given as a share of the mass harvested."""
    carbon = tissue_share * tissue_carbon + shell_share * shell_carbon
    return shellfish_fresh * dry_mass_fraction * carbon * (1 - seed_mass_fraction)


product(
    "mariculture.shellfish.tissue",
    title=Text("养殖贝类移出碳（仅软组织）", "Carbon removed with shellfish (tissue alone)"),
    measure="C",
    units={
        "shellfish_fresh": "t fm",
        "dry_mass_fraction": "t dm/t fm",
        "tissue_share": "1",
        "tissue_carbon": "t C/t dm",
    },
    source=_STANDARD,
    equation=f"F1 without shells {_UNCHECKED}",
    generic=False,
)

product(
    "mariculture.shellfish.ratio",
    title=Text("养殖贝类移出碳（平均比例）", "Carbon removed with shellfish (mean ratio)"),
    measure="C",
    units={"shellfish_fresh": "t fm", "harvest_carbon_ratio": "t C/t fm"},
    source="ijerph-2022-8873",
    equation="C = P × ratio",
    generic=False,
)

product(
    "mariculture.algae.dry",
    title=Text("养殖藻类移出碳（产量为干重）", "Carbon removed with algae (dry output)"),
    measure="C",
    units={"algae_dry": "t dm", "algae_carbon": "t C/t dm"},
    source=_STANDARD,
    equation=f"F2 with d = 1: P × c {_UNCHECKED}",
    generic=False,
)

product(
    "mariculture.algae.fresh",
    title=Text("养殖藻类移出碳（产量为鲜重）", "Carbon removed with algae (fresh output)"),
    measure="C",
    units={
        "algae_fresh": "t fm",
        "dry_mass_fraction": "t dm/t fm",
        "algae_carbon": "t C/t dm",
    },
    source=_STANDARD,
    equation=f"F2: P × d × c {_UNCHECKED}",
    generic=False,
)

# What culture leaves in the sea (F3): never the harvest, so never its account. No value was seen in
# a document, so none of the arguments has a default.


@method(
    "mariculture.sediment",
    title=Text("养殖区沉积物埋藏碳（扣除本底）", "Carbon buried below culture (less background)"),
    measure="C",
    returns="t C",
    units={
        "culture_area": "ha",
        "culture_sediment_rate": "t C/ha/a",
        "background_sediment_rate": "t C/ha/a",
    },
    source=_STANDARD,
    equation=f"F3 (sediment) {_UNCHECKED}",
    linear=True,
    generic=False,
)
def sediment(
    culture_area: Operand, culture_sediment_rate: Operand, background_sediment_rate: Operand
) -> Operand:
    """Burial of organic carbon below the farms beyond that of the sea bed without them."""
    return over_a_year(culture_area * (culture_sediment_rate - background_sediment_rate))


product(
    "mariculture.recalcitrant",
    title=Text(
        "养殖生物释放的惰性溶解有机碳", "Recalcitrant dissolved carbon given off by culture"
    ),
    measure="C",
    units={"dissolved_carbon_released": "t C", "recalcitrant_share": "1"},
    source=_STANDARD,
    equation=f"F3 (recalcitrant DOC) {_UNCHECKED}",
    generic=False,
)
