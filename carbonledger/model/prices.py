"""Words of prices: what a price is, and the arguments by which a formula brings it to a year.

A price belongs to a year. A method of the measure ``value`` multiplies it with ``price_index``, the
index of the entry's own year over that of the price; one of ``value_constant`` takes the price of
the base year, so that two years differ by quantities alone.
"""

__all__ = [
    "CAPITAL_AS_ANNUAL",
    "CAPITAL_COST",
    "CONSTANT",
    "CURRENT",
    "INDEX_LINK",
    "MONEY",
    "PRICE_INDEX",
    "VALUES",
]

# The argument of a method: index of the target year over index of the year of the price.
PRICE_INDEX = "price_index"
# The parameter that holds an index series: this year over the year before; its detail names it.
INDEX_LINK = "price_index_link"
# What the names of arguments that take a capital cost end with; no other takes one.
CAPITAL_COST = "_capital_cost"
# What ends the ids of methods that count a whole capital cost in one year.
CAPITAL_AS_ANNUAL = ".capital_as_annual"

MONEY = "CNY"  # the unit of every value
CURRENT = "value"
CONSTANT = "value_constant"
VALUES = (CURRENT, CONSTANT)
