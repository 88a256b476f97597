"""City inventories by the GPC: fuel x factor x potential against published hand calculations."""

import pytest

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.methods.registry import get
from carbonledger.model.limits import refusal

# Sub-sector, fuel, unit of the fuel, kg of CO2, CH4 and N2O per unit, and t CO2e of 100 units with
# AR5 potentials, as calculated by hand for the validation of the open source city inventory tool
# CityCatalyst (Open Earth Foundation, stationary energy, 56 rows). The activity is synthetic.
ROWS = """
I.1.1 natural-gas m3 2.244 0.0002 4e-06 0.23
I.1.1 charcoal m3 1190.56 2.126 0.01063 125.29
I.1.1 charcoal kg 3.304 0.0059 2.95e-05 0.35
I.1.1 liquefied-petroleum-gases m3 1617.884 0.1282 0.002564 162.22
I.1.1 peat kg 1.6536 0.00468 2.18e-05 0.18
I.1.1 anthracite kg 2.62461 0.00801 4.01e-05 0.29
I.1.1 gasoline m3 2414.412 0.3484 0.020904 242.97
I.1.1 firewood kg 1.7472 0.00468 6.24e-05 0.19
I.2.1 wood-wood-waste kg 2.276848 0.0060987 8.13e-05 0.25
I.2.1 natural-gas m3 2.244 0.0002 4e-06 0.23
I.2.1 liquefied-petroleum-gases m3 1617.884 0.1282 0.002564 162.22
I.2.1 anthracite kg 2.62461 0.000267 4.01e-05 0.26
I.2.1 gasoline m3 2414.412 0.3484 0.020904 242.97
I.3.1 anthracite kg 2.62461 0.000267 4.01e-05 0.26
I.3.1 sub-bituminous-coal kg 1.81629 0.000189 2.83e-05 0.18
I.3.1 lignite kg 1.2019 0.000119 1.79e-05 0.12
I.3.1 coking-coal m3 2273.238 0.2403 0.036045 228.95
I.3.1 coking-coal kg 2.7285478 0.00028843 4.33e-05 0.27
I.3.1 natural-gas m3 2.244 4e-05 4e-06 0.22
I.3.1 residual-fuel-oil m3 3127.734 0.12123 0.024246 313.76
I.3.1 gas-oil m3 2883.231 0.11673 0.023346 289.27
I.3.1 diesel-oil m3 2852.109 0.11547 0.023094 286.15
I.3.1 other-kerosene m3 2519.376 0.10512 0.021024 252.79
I.3.1 crude-oil m3 2819.118 0.11538 0.023076 282.85
I.3.1 naphtha m3 2553.772 0.10452 0.020904 256.22
I.3.1 refinery-gas m3 1.99584 3.46e-05 3.47e-06 0.20
I.3.1 coke-oven-gas m3 0.9364626 2.11e-05 2.11e-06 0.09
I.3.1 natural-gas-liquids m3 1517.688 0.07092 0.014184 152.34
I.3.1 waste-oils m3 2710.9272 1.10952 0.147936 278.12
I.3.1 liquefied-petroleum-gases m3 1617.884 0.02564 0.002564 161.93
I.3.1 bitumen m3 7664.886 0.28494 0.056988 768.80
I.3.1 bitumen kg 3.24414 0.0001206 2.41e-05 0.33
I.4.1 anthracite kg 2.62461 2.67e-05 4.01e-05 0.26
I.4.1 sub-bituminous-coal kg 1.81629 1.89e-05 2.83e-05 0.18
I.4.1 lignite kg 1.2019 1.19e-05 1.79e-05 0.12
I.4.1 coking-coal kg 2.7285478 2.88e-05 4.33e-05 0.27
I.4.1 coking-coal m3 2273.238 0.02403 0.036045 228.35
I.4.1 natural-gas m3 2.244 4e-05 4e-06 0.22
I.4.1 residual-fuel-oil m3 3127.734 0.12123 0.024246 313.76
I.4.1 crude-oil m3 2819.118 0.11538 0.023076 282.85
I.4.1 refinery-gas m3 1.99584 3.46e-05 3.47e-06 0.20
I.4.1 coke-oven-gas m3 0.9364626 2.11e-05 2.11e-06 0.09
I.4.1 natural-gas-liquids m3 1517.688 0.07092 0.014184 152.34
I.4.1 jet-kerosene m3 2690.545 0.11289 0.022578 269.97
I.5.1 diesel-oil m3 2852.109 0.1597335 1.100814 314.83
I.6.1 gas-oil m3 2883.231 0.3891 0.023346 290.03
I.6.1 naphtha m3 2553.772 0.3484 0.020904 256.91
I.6.1 diesel-oil m3 2852.109 0.3849 0.023094 286.90
I.6.1 natural-gas m3 2.244 0.0002 4e-06 0.23
I.6.1 liquefied-petroleum-gases m3 1617.884 0.1282 0.002564 162.22
I.6.1 wood-wood-waste kg 2.276848 0.0060987 8.13e-05 0.25
I.6.1 other-primary-solid-biomass kg 1.16 0.00348 4.64e-05 0.13
I.6.1 charcoal kg 3.304 0.0059 2.95e-05 0.35
I.6.1 charcoal m3 1190.56 2.126 0.01063 125.29
I.6.1 peat kg 1.6536 0.00468 2.18e-05 0.18
I.2.1 firewood kg 1.7472 0.00468 6.24e-05 0.19
"""
CASES = [line.split() for line in ROWS.split("\n") if line]


def potential(gas):
    table = library().parameters
    rows = table[(table["parameter"] == "gwp100") & (table["edition"] == "AR5")]
    return rows.set_index("species")["value"][gas]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case[:3]))
def test_fuel_times_factor_times_potential(case):
    _, _, unit, co2, ch4, n2o, published = case
    wanted = {"kg": "t", "m3": "m3"}[unit]
    fuel = units.convert(100, unit, wanted)
    total = 0.0
    for gas, factor, species in (
        ("CO2", co2, "CO2"), ("CH4", ch4, "CH4_fossil"), ("N2O", n2o, "N2O"),
    ):  # fmt: skip
        method = get(f"energy.combustion.{gas.lower()}_by_quantity")
        name = method.arguments[1]
        value = units.convert(float(factor), f"kg {gas}/{unit}", f"t {gas}/{wanted}")
        total += method.function(**{"fuel": fuel, name: value}) * potential(species)
    assert total == pytest.approx(float(published), abs=0.0051)


def test_all_rows_are_there():
    assert len(CASES) == 56


def test_kilograms_and_cubic_metres_cannot_be_confused():
    # Rows of that tool were once computed with the factor of the other unit.
    with pytest.raises(units.UnitError):
        units.multiplier("kg CO2/m3", "kg CO2/kg")


def test_the_factor_of_bitumen_per_cubic_metre_is_refused():
    # 7664.9 kg CO2/m3 would be a density of 2.4 t/m3: the table has that of gravel.
    assert refusal("co2_factor", 7664.886, "kg CO2/m3", "bitumen") is not None
    assert refusal("co2_factor", 3.24414, "kg CO2/kg", "bitumen") is None
