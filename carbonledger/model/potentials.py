"""Warming potentials among the parameters: their name and their unit."""

__all__ = ["GWP", "GWP_UNIT"]

GWP = "gwp100"
# The unit in which a gas mass times its potential is a mass of CO2 equivalent.
GWP_UNIT = "t CO2e/t {gas}"
