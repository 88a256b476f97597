"""The contenders: each answers the same question of the same file, in a process of its own.

``python -m benchmarks.contenders NAME FOLDER ROWS OUT`` prints seconds and peak memory as JSON and
leaves its answer in OUT, a Parquet file of sums by region, period, account and measure (roll-up) or
of postings (lineage).
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.data import FILE, GASES, PROFILE
from carbonledger import units
from carbonledger.engine.execute import POSTING_COLUMNS, roll_up, write_postings
from carbonledger.engine.frame import Backend, engine_frame, entries_relation, quantities_of
from carbonledger.engine.open import open_inventory
from carbonledger.engine.plan import Plan, plan
from carbonledger.library.profiles import profile

__all__ = ["CONTENDERS", "FACTORS", "write_factors"]

FACTORS = "factors.parquet"  # what the others are given: one multiplier per use, unit and gas
BY = ["region", "period", "account", "measure"]
GWP = {"CO2": 1.0, "CH4": 21.0, "N2O": 310.0}

Seconds = dict[str, float]


def _opened(
    folder: Path, connection: duckdb.DuckDBPyConnection
) -> tuple[Plan, object, Backend, float]:
    inventory = open_inventory(folder)
    backend = Backend(connection)
    tables = inventory.intake.tables
    frame = engine_frame(entries_relation(connection, tables), quantities_of(tables), backend)
    start = time.perf_counter()
    planned = plan(frame, quantities_of(tables), inventory.library, profile(PROFILE), "SAR")
    return planned, frame, backend, time.perf_counter() - start


def write_factors(folder: Path) -> None:
    """The multipliers of the plan as a plain table, so that nobody else has to select them."""
    with duckdb.connect() as connection:
        planned, *_ = _opened(folder, connection)
    (rates,) = planned.rates
    table = (
        pd.DataFrame(rates.table).drop(columns="unit").rename(columns={"quantity__unit": "unit"})
    )
    keys = ["account", "item", "unit"]
    kept = table[[*keys, "measure", "rate", "method", "selection", "flags", "notation"]]
    kept.to_parquet(folder / FACTORS, index=False)


def engine_roll_up(folder: Path, out: Path, _rows: int) -> Seconds:
    """The ``roll_up`` of a plan."""
    with duckdb.connect() as connection:
        planned, frame, backend, planning = _opened(folder, connection)
        start = time.perf_counter()
        table = roll_up(planned, frame, backend, BY).collect(backend="pyarrow").to_native()
        seconds = time.perf_counter() - start
    table.to_pandas().to_parquet(out)
    return {"seconds": seconds, "planning": planning}


def engine_lineage(folder: Path, out: Path, _rows: int) -> Seconds:
    """The postings of a plan, one row per gas, written to Parquet."""
    with duckdb.connect() as connection:
        planned, frame, backend, planning = _opened(folder, connection)
        start = time.perf_counter()
        write_postings(planned, frame, backend, out)
        return {"seconds": time.perf_counter() - start, "planning": planning}


def _sources(folder: Path) -> tuple[str, str]:
    wide = ", ".join(f"max(rate) FILTER (measure = '{gas}') AS {gas.lower()}" for gas in GASES)
    factors = f"(SELECT account, item, unit, {wide} FROM '{folder / FACTORS}' GROUP BY ALL)"
    return f"'{folder / FILE}'", factors


def sql_roll_up(folder: Path, out: Path, _rows: int) -> Seconds:
    """DuckDB SQL by hand: one join, three sums, then long form with CO2e."""
    activity, factors = _sources(folder)
    sums = ", ".join(f'sum(quantity * {gas.lower()}) AS "{gas}"' for gas in GASES)
    gwp = " ".join(f"WHEN '{gas}' THEN {GWP[gas]}" for gas in GASES)
    query = f"""
        WITH summed AS (
            SELECT region, period, account, {sums}
            FROM {activity} JOIN factors USING (account, item, unit)
            WHERE quantity IS NOT NULL GROUP BY ALL
        )
        SELECT region, period, account, measure, amount,
               amount * CASE measure {gwp} END AS co2e
        FROM summed UNPIVOT INCLUDE NULLS
             (amount FOR measure IN ("CO2", "CH4", "N2O"))
    """
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE factors AS SELECT * FROM {factors}")
        start = time.perf_counter()
        table = connection.sql(query).to_arrow_table()
        seconds = time.perf_counter() - start
    table.to_pandas().to_parquet(out)
    return {"seconds": seconds}


def sql_lineage(folder: Path, out: Path, _rows: int) -> Seconds:
    """DuckDB SQL by hand: the same columns as a posting, one row per gas."""
    activity, _ = _sources(folder)
    gwp = " ".join(f"WHEN '{gas}' THEN {GWP[gas]}" for gas in GASES)
    query = f"""
        SELECT 'inventory' AS book, region, period, account, item, '' AS detail, f.measure,
               quantity * f.rate AS amount, 't ' || f.measure AS unit,
               quantity * f.rate * CASE f.measure {gwp} END AS co2e, f.notation, f.method,
               f.selection, '{FILE}' AS source, f.flags, file_row_number + 1 AS entry
        FROM read_parquet({activity}, file_row_number = true)
        JOIN factors f USING (account, item, unit)
        WHERE quantity IS NOT NULL
    """
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE factors AS SELECT * FROM '{folder / FACTORS}'")
        start = time.perf_counter()
        connection.sql(query).select(*map(duckdb.ColumnExpression, POSTING_COLUMNS)).to_parquet(
            str(out)
        )
        return {"seconds": time.perf_counter() - start}


def pandas_roll_up(folder: Path, out: Path, _rows: int) -> Seconds:
    """Float multipliers in pandas."""
    factors = _wide(folder)
    start = time.perf_counter()
    table = pd.read_parquet(folder / FILE).dropna(subset="quantity")
    merged = table.merge(factors, on=["account", "item", "unit"])
    for gas in GASES:
        merged[gas] = merged["quantity"] * merged[gas]
    sums = merged.groupby(BY[:3])[list(GASES)].sum(min_count=1)
    seconds = time.perf_counter() - start
    _long(sums.reset_index()).to_parquet(out)
    return {"seconds": seconds}


def polars_roll_up(folder: Path, out: Path, _rows: int) -> Seconds:
    """Polars, lazily, with float multipliers."""
    import polars as pl  # noqa: PLC0415 - its memory belongs to this contender alone

    factors = pl.from_pandas(_wide(folder)).lazy()
    start = time.perf_counter()
    amounts = [(pl.col("quantity") * pl.col(gas)).alias(gas) for gas in GASES]
    sums = [pl.when(pl.col(gas).count() > 0).then(pl.col(gas).sum()).alias(gas) for gas in GASES]
    table = (
        pl.scan_parquet(folder / FILE)
        .drop_nulls("quantity")
        .join(factors, on=["account", "item", "unit"])
        .with_columns(amounts)
        .group_by(BY[:3])
        .agg(sums)
        .collect()
    )
    seconds = time.perf_counter() - start
    _long(table.to_pandas()).to_parquet(out)
    return {"seconds": seconds}


def pint_pandas_roll_up(folder: Path, out: Path, rows: int) -> Seconds:
    """Columns of pint-pandas, one for every unit that is written."""
    import pint_pandas  # noqa: PLC0415 - as above

    registry = units.registry()
    pint_pandas.PintType.ureg = registry
    table = pd.read_parquet(folder / FILE).dropna(subset="quantity").head(rows)
    factors = _wide(folder)
    start = time.perf_counter()
    parts = []
    for unit, group in table.groupby("unit"):
        merged = group.merge(factors[factors["unit"] == unit], on=["account", "item", "unit"])
        written = units.quantity(1.0, str(unit)).units
        quantity = pd.Series(pint_pandas.PintArray(merged["quantity"], dtype=written))
        for gas in GASES:
            rate = registry.Quantity(1.0, units.quantity(1.0, f"t {gas}").units / written)
            merged[gas] = ((quantity * rate).pint.magnitude * merged[gas]).to_numpy()
        parts.append(merged)
    sums = pd.concat(parts).groupby(BY[:3])[list(GASES)].sum(min_count=1)
    seconds = time.perf_counter() - start
    _long(sums.reset_index()).to_parquet(out)
    return {"seconds": seconds}


def quantity_roll_up(folder: Path, out: Path, rows: int) -> Seconds:
    """One Pint quantity per row."""
    table = pd.read_parquet(folder / FILE).dropna(subset="quantity").head(rows)
    merged = table.merge(_wide(folder), on=["account", "item", "unit"])
    start = time.perf_counter()
    sums: dict[tuple[object, ...], object] = {}
    for row in merged.itertuples(index=False):
        activity = units.quantity(row.quantity, row.unit)
        for gas in GASES:
            rate = getattr(row, gas)
            if rate == rate:  # noqa: PLR0124 - a missing rate is not a number
                amount = activity * (units.quantity(rate, f"t {gas}") / units.quantity(1, row.unit))
                key = (row.region, row.period, row.account, gas)
                sums[key] = amount if key not in sums else sums[key] + amount
    seconds = time.perf_counter() - start
    answer = pd.DataFrame(
        [(*key, value.to(units.quantity(1, f"t {key[3]}").units).magnitude)
         for key, value in sums.items()],
        columns=[*BY, "amount"],
    )  # fmt: skip
    answer.assign(co2e=answer["amount"] * answer["measure"].map(GWP)).to_parquet(out)
    return {"seconds": seconds}


def _wide(folder: Path) -> pd.DataFrame:
    table = pd.read_parquet(folder / FACTORS)
    keys = ["account", "item", "unit"]
    return table.pivot(index=keys, columns="measure", values="rate").reset_index()


def _long(sums: pd.DataFrame) -> pd.DataFrame:
    table = sums.melt(
        id_vars=BY[:3], value_vars=list(GASES), var_name="measure", value_name="amount"
    )
    return table.assign(co2e=table["amount"] * table["measure"].map(GWP))


CONTENDERS: dict[str, Callable[[Path, Path, int], Seconds]] = {
    function.__name__: function
    for function in (
        engine_roll_up, sql_roll_up, pandas_roll_up, polars_roll_up, pint_pandas_roll_up,
        quantity_roll_up, engine_lineage, sql_lineage,
    )
}  # fmt: skip


def main() -> None:
    """Run one contender and print what it took."""
    name, folder, rows, out = sys.argv[1:]
    taken = CONTENDERS[name](Path(folder), Path(out), int(rows))
    print(json.dumps(taken | {"megabytes": peak_megabytes()}))


def peak_megabytes() -> float:
    """The peak memory of this process alone."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says would hold the parent's memory before the start
        high = re.search(r"VmHWM:\s+(\d+)", status.read_text())
        return int(high.group(1)) / 1024 if high else 0.0
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
