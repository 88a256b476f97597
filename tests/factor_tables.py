"""The tables of the factor library as its tests read them."""

import csv
import tomllib

from carbonledger.model.profile import Profile
from carbonledger.model.records import Account, Gas, Item, Parameter, Region, Source
from carbonledger.paths import factors_dir

CO2_PER_C = 44 / 12
FOLDER = factors_dir()
PARAMETER_FILES = sorted((FOLDER / "parameters").glob("*.csv"))
TABLES = {
    "accounts.csv": Account,
    "regions.csv": Region,
    "items.csv": Item,
    "gases.csv": Gas,
    "sources.csv": Source,
}
GWP_SETS = ("SAR", "AR4", "AR5", "AR6")
COALS = {
    "raw_coal", "anthracite", "bituminous_coal", "sub_bituminous_coal", "lignite", "coking_coal",
    "cleaned_coal", "washed_middlings", "coal_slime", "other_washed_coal", "briquettes",
    "brown_coal_briquettes", "coal_gangue", "oil_shale", "peat",
}  # fmt: skip
STEEL_GASES = {"blast_furnace_gas", "converter_gas"}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records(path, record):
    return [record.model_validate(row) for row in rows(path)]


def keys(name):
    """The keys of a table: the values of its first column."""
    record = TABLES[name]
    return {getattr(row, next(iter(record.model_fields))) for row in records(FOLDER / name, record)}


PARAMETERS = [row for path in PARAMETER_FILES for row in records(path, Parameter)]
BY_ID = {row.id: row for row in PARAMETERS}
PROFILES = {
    path.stem: Profile.model_validate(tomllib.loads(path.read_text("utf-8")))
    for path in sorted((FOLDER / "profiles").glob("*.toml"))
}
