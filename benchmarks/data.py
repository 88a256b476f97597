"""The inventory that is measured: a register of fuel use as a province might keep it.

84 counties, 20 years, the sub-accounts of fuel combustion, 27 fuels and the units that
statistics print. The rows come from a seeded generator, so that every run measures the same file.
"""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonledger.paths import factors_dir

__all__ = ["FILE", "GASES", "PROFILE", "write_inventory"]

FILE = "activity.parquet"
PROFILE = "cn-provincial-2011"
GASES = ("CO2", "CH4", "N2O")

_SEED = 20121120
_CHUNK = 1_000_000
_YEARS = tuple(range(2005, 2025))
_REGIONS = 90
_BLANK = 0.01  # share of rows that state no quantity

_ROAD = ("gasoline", "diesel", "fuel_oil", "lpg", "natural_gas", "lng", "kerosene", "jet_kerosene")
_GASES = ("natural_gas", "coke_oven_gas", "other_coal_gas")
_FUELS = (
    "raw_coal", "diesel", "natural_gas", "gasoline", "bituminous_coal", "cleaned_coal", "coke",
    "fuel_oil", "lpg", "anthracite", "other_washed_coal", "coke_oven_gas", "kerosene", "lng",
    "briquettes", "lignite", "coking_coal", "refinery_gas", "petroleum_coke", "jet_kerosene",
    "other_coal_gas", "naphtha", "crude_oil", "coal_tar", "other_petroleum_products", "bitumen",
    "lubricants",
)  # fmt: skip
_MASS, _VOLUME = ("t", "万t", "万tce"), ("万m3", "亿m3", "万tce")
_UNITS = tuple(dict.fromkeys(_MASS + _VOLUME))

_SCHEMA = pa.schema(
    {
        "region": pa.string(),
        "period": pa.int32(),
        "account": pa.string(),
        "item": pa.string(),
        "quantity": pa.float64(),
        "unit": pa.string(),
    }
)


def write_inventory(folder: Path, rows: int) -> None:
    """Write ``inventory.toml`` and a Parquet table of so many activity rows into a new folder."""
    folder.mkdir(parents=True)
    (folder / "inventory.toml").write_text(
        f"""region = "350000"
periods = {list(_YEARS)}
profile = "{PROFILE}"

[title]
zh = "基准测试：{rows} 行活动数据"
en = "Benchmark: {rows} activity rows"

[[tables]]
file = "{FILE}"
""",
        "utf-8",
    )
    generator = np.random.default_rng(_SEED)
    with pq.ParquetWriter(folder / FILE, _SCHEMA) as writer:
        for start in range(0, rows, _CHUNK):
            writer.write_table(_chunk(generator, min(_CHUNK, rows - start)))


def _chunk(generator: np.random.Generator, rows: int) -> pa.Table:
    accounts, items = _uses()
    use = generator.choice(len(accounts), rows, p=_falling(len(accounts)))
    is_gas = np.isin(items, _GASES)[use]
    spelling = generator.choice(3, rows, p=(0.55, 0.35, 0.10))
    unit = np.where(is_gas, _numbers(_VOLUME)[spelling], _numbers(_MASS)[spelling])
    quantity = np.round(generator.lognormal(3.0, 1.5, rows), 2)
    regions = _regions()
    return pa.table(
        {
            "region": _texts(regions, generator.integers(0, len(regions), rows)),
            "period": pa.array(generator.choice(_YEARS, rows).astype("int32")),
            "account": _texts(accounts, use),
            "item": _texts(items, use),
            "quantity": pa.array(quantity, mask=generator.random(rows) < _BLANK),
            "unit": _texts(_UNITS, unit),
        },
        schema=_SCHEMA,
    )


def _uses() -> tuple[list[str], list[str]]:
    """Which account burns which fuel: works and homes burn any, vehicles what engines take."""
    with (factors_dir() / "accounts.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    parents = {row["parent"] for row in rows}
    leaves = [row["account"] for row in rows if row["account"] not in parents]
    pairs = [
        (account, item)
        for item in _FUELS
        for account in leaves
        if account.startswith(("1.A.1.", "1.A.2.", "1.A.4."))
        or (account.startswith("1.A.3.") and item in _ROAD)
    ]
    return [account for account, _ in pairs], [item for _, item in pairs]


def _regions() -> list[str]:
    with (factors_dir() / "regions.csv").open(encoding="utf-8", newline="") as stream:
        codes = [row["region"] for row in csv.DictReader(stream)]
    # Counties only: a city beside its own counties would count twice.
    counties = [code for code in codes if code.startswith("35") and not code.endswith("00")]
    return counties[:_REGIONS]


def _falling(count: int) -> np.ndarray:
    """Few uses make up most rows, as in any register."""
    weights = 1 / np.sqrt(np.arange(1, count + 1))
    return weights / weights.sum()


def _numbers(units: tuple[str, ...]) -> np.ndarray:
    return np.array([_UNITS.index(unit) for unit in units])


def _texts(values: "list[str] | tuple[str, ...]", numbers: np.ndarray) -> pa.Array:
    dictionary = pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), pa.array(values))
    return dictionary.cast(pa.string())
