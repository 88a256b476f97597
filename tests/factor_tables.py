"""The tables of the factor library as its tests read them."""

import csv

from carbonledger.library.profiles import profiles
from carbonledger.model.records import (
    Account,
    Blend,
    Detail,
    Gas,
    Item,
    Membership,
    Parameter,
    Price,
    Region,
    Source,
)
from carbonledger.paths import factors_dir

CO2_PER_C = 44 / 12
FOLDER = factors_dir()
PARAMETER_FILES = sorted((FOLDER / "parameters").glob("*.csv"))
TABLES = {
    "accounts.csv": Account,
    "regions.csv": Region,
    "region_groups.csv": Membership,
    "blends.csv": Blend,
    "gases.csv": Gas,
    "sources.csv": Source,
}
FOLDERS = {"items": Item, "details": Detail}
GWP_SETS = ("SAR", "TAR", "AR4", "AR5", "AR5-feedback", "AR6")
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
    """The keys of a table or of a folder of tables: the values of its first column."""
    record = (TABLES | FOLDERS)[name]
    return {getattr(row, next(iter(record.model_fields))) for row in all_records(name)}


def all_records(name):
    """The records of a table, or of all tables of a folder."""
    if name in TABLES:
        return records(FOLDER / name, TABLES[name])
    return [
        row
        for path in sorted((FOLDER / name).glob("*.csv"))
        for row in records(path, FOLDERS[name])
    ]


PRICE_FILES = sorted((FOLDER / "prices").glob("*.csv"))
PARAMETERS = [row for path in PARAMETER_FILES for row in records(path, Parameter)]
PARAMETERS += [row for path in PRICE_FILES for row in records(path, Price)]
BY_ID = {row.id: row for row in PARAMETERS}
# The rule books of whole inventories; those of one sector say nothing of fuels.
_ALL = profiles(FOLDER)
PROFILES = {
    name: profile
    for name, profile in _ALL.items()
    if any("1.A" in rule.accounts for rule in profile.rules)
}
GEP_PROFILES = {name: profile for name, profile in _ALL.items() if profile.services}
