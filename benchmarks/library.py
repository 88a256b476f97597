"""What the factor library takes: to load, and to select all parameters of an inventory.

``python -m benchmarks.library NAME FOLDER`` prints seconds as JSON; ``FOLDER`` is an inventory of
``benchmarks.data``. Each measurement is a process of its own.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.data import FILE, PROFILE
from carbonledger import units
from carbonledger.engine import finding
from carbonledger.engine.frame import Backend, engine_frame, entries_relation, quantities_of
from carbonledger.engine.open import open_inventory
from carbonledger.engine.plan import plan
from carbonledger.library import cache
from carbonledger.library.load import library
from carbonledger.library.profiles import profile
from carbonledger.library.select import select, winners

__all__ = ["BARS", "ENTRIES", "MEASUREMENTS"]

ENTRIES = 100_000
BARS = {
    "load": ("loading the library, from its cache", 0.3),
    "load_anew": ("loading the library after an edit: read, checked, cached", None),
    "select_plan": (f"selecting all parameters of {ENTRIES:,} entries, within planning", 0.5),
    "select_each": (f"selecting five parameters for each of {ENTRIES:,} entries, unmerged", None),
    "plan": (f"planning {ENTRIES:,} entries as a whole", None),
}
_ARGUMENTS = {
    "net_calorific_value": "TJ/t",
    "carbon_content": "t C/TJ",
    "oxidation_fraction": "1",
    "ch4_emission_factor": "kg CH4/TJ",
    "n2o_emission_factor": "kg N2O/TJ",
}


def load(_folder: Path) -> float:
    """The first loading in a process that has imported the program, with the cache at hand."""
    library()
    library.cache_clear()
    start = time.perf_counter()
    library()
    return time.perf_counter() - start


def load_anew(_folder: Path) -> float:
    """Loading without a cache."""
    with tempfile.TemporaryDirectory() as name:
        cache.folder = lambda: Path(name)  # the user's own stays as it is
        start = time.perf_counter()
        library()
        return time.perf_counter() - start


def select_plan(folder: Path) -> float:
    """The calls of ``winners`` in the planning of an inventory."""
    taken = []

    def timed(*arguments: Any) -> Any:
        start = time.perf_counter()
        found = winners(*arguments)
        taken.append(time.perf_counter() - start)
        return found

    finding.winners = timed
    _planned(folder)
    taken.clear()
    _planned(folder)
    if not taken:
        sys.exit("Planning selects by another function than the one that is measured.")
    return sum(taken)


def plan_whole(folder: Path) -> float:
    """Planning, selection among it, once everything is imported."""
    _planned(folder)
    return _planned(folder)


def select_each(folder: Path) -> float:
    """``select`` with the requests of every entry by themselves: 5 x 100,000 rows."""
    entries = pq.read_table(folder / FILE, columns=["item", "account", "region", "period"])
    each = entries.to_pandas().assign(detail="", species="")
    wanted = [
        each.assign(argument=name, dimension=units.dimension(unit))
        for name, unit in _ARGUMENTS.items()
    ]
    requests, base, rules = pd.concat(wanted, ignore_index=True), library(), profile(PROFILE)
    select(requests.head(10), base, rules)
    start = time.perf_counter()
    select(requests, base, rules)
    return time.perf_counter() - start


def _planned(folder: Path) -> float:
    inventory = open_inventory(folder)
    tables = inventory.intake.tables
    with duckdb.connect() as connection:
        backend = Backend(connection)
        frame = engine_frame(entries_relation(connection, tables), quantities_of(tables), backend)
        start = time.perf_counter()
        plan(frame, quantities_of(tables), inventory.library, profile(PROFILE), "SAR")
        return time.perf_counter() - start


MEASUREMENTS: dict[str, Callable[[Path], float]] = {
    "load": load,
    "load_anew": load_anew,
    "select_plan": select_plan,
    "select_each": select_each,
    "plan": plan_whole,
}


if __name__ == "__main__":
    print(json.dumps({"seconds": MEASUREMENTS[sys.argv[1]](Path(sys.argv[2]))}))
