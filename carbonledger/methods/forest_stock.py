"""What forests hold: carbon of all layers of the ecosystem, and what bamboo fixes in a year.

Stocks are no flows: a stock is never a sink, only its change over the years is.
"""

from typing import Any

from carbonledger.errors import Text
from carbonledger.methods.math import carbon_to_co2, over_a_year
from carbonledger.methods.registry import method

Operand = Any


@method(
    "forest.ecosystem.stock",
    title=Text("森林生态系统碳储量（各层之和）", "Carbon stock of a forest ecosystem (all layers)"),
    measure="carbon",
    returns="t C",
    units={
        "area": "ha",
        "tree_layer_carbon": "t C/ha",
        "understorey_carbon": "t C/ha",
        "litter_carbon": "t C/ha",
        "soil_layer_carbon": "t C/ha",
    },
    source="ipcc-2006-v4",
    equation="IPCC 2006 Vol. 4 Ch. 2 eq 2.3（储量之和）/ (sum of the stocks)",
    linear=True,
    generic=False,
)
def ecosystem_stock(
    area: Operand,
    tree_layer_carbon: Operand,
    understorey_carbon: Operand,
    litter_carbon: Operand,
    soil_layer_carbon: Operand,
) -> Operand:
    """Trees (or bamboo), shrubs and herbs, litter, and soil to the depth that was sampled."""
    density = tree_layer_carbon + understorey_carbon + litter_carbon + soil_layer_carbon
    return area * density


@method(
    "forest.bamboo.fixation",
    title=Text("竹林年固碳量（储量除以周转年限）", "Yearly fixation of bamboo (stock / turnover)"),
    measure="CO2",
    returns="t CO2",
    units={"bamboo_area": "ha", "bamboo_layer_carbon": "t C/ha", "bamboo_turnover": "a"},
    source="moso-2017",
    equation="C / n（ChinaXiv 201704.00158 第 3.4.3 节）/ (section 3.4.3)",
    linear=True,
    generic=False,
)
def bamboo_fixation(
    bamboo_area: Operand, bamboo_layer_carbon: Operand, bamboo_turnover: Operand
) -> Operand:
    """What the culms of a stand that is cut in turns fix in a year.

    It is gross: the culms that are cut give it back, as far as they are not made into products. A
    stand of constant area and density has no sink in an inventory.
    """
    return carbon_to_co2(over_a_year(bamboo_area * bamboo_layer_carbon / bamboo_turnover))
