"""Finished runs for the tests of the ledger, as the engine writes them, with known postings."""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from carbonledger.engine.results import Results
from carbonledger.files import sha256_file
from carbonledger.ledger import Ledger

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and permissions")


def identity(number: int) -> str:
    return hashlib.sha256(f"run {number}".encode()).hexdigest()


def postings_table(number: int, rows: int) -> pa.Table:
    """Postings whose amounts are known: row i of run n holds n + i / 7 tonnes."""
    text = {"book": "inventory", "region": "350000", "account": "1.A.2", "item": "diesel",
            "detail": "", "measure": "CO2", "unit": "t CO2", "notation": None,
            "method": "energy.combustion.co2", "selection": "s1", "flags": ""}  # fmt: skip
    columns = {name: pa.array([value] * rows, pa.string()) for name, value in text.items()}
    amounts = [number + i / 7 for i in range(rows)]
    return pa.table(
        columns
        | {
            "period": pa.array([2012] * rows, pa.int64()),
            "amount": amounts,
            "co2e": pa.array([None if i % 3 == 2 else a for i, a in enumerate(amounts)]),
            "source": [f"balance.csv!H{i}" for i in range(rows)],
            "entry": pa.array(range(1, rows + 1), pa.int64()),
        }
    )


def make_run(
    folder: Path, number: int, rows: int = 3, *, problems: str = "", text: str = "", **info: object
) -> Results:
    """A result folder as the engine writes it, and ``input.csv`` with the text beside its files."""
    folder.mkdir(parents=True)
    pq.write_table(postings_table(number, rows), folder / "postings.parquet")
    names = ["selection", "argument", "unit", "parameter", "fallback", "status", "source"]
    selections = {name: ["s1", "s1"] for name in [*names, "locator"]} | {"value": [1.5, None]}
    pq.write_table(pa.table(selections), folder / "selections.parquet")
    pq.write_table(pa.table({"entry": range(1, rows + 1)}), folder / "entries.parquet")
    (folder / "totals.csv").write_text("book,region\n", "utf-8")
    (folder / "problems.csv").write_text("grade,code\n" + problems, "utf-8")
    known = {"identity": identity(number), "inventory": "fujian-2012", "gwp": "AR5",
             "title": {"zh": "福建", "en": "Fujian"}, "region": "350000", "periods": [2012],
             "profile": "ipcc-2006", "code": "0.1.0", "entries": rows, "postings": rows,
             "started": "2026-11-20T08:00:00Z", "seconds": {"plan": 0.2, "total": 0.5},
             "news": ["unknown"]}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(known | info), "utf-8")
    (folder / "input.csv").write_text(text or f"第 {number // 2} 版\n", "utf-8")
    return Results.read(folder)


def change(path: Path, column: str, value: object) -> None:
    table = pq.read_table(path)
    values = [value, *table.column(column).to_pylist()[1:]]
    at = table.column_names.index(column)
    array = pa.array(values, table.schema.field(column).type)
    pq.write_table(table.set_column(at, column, array), path)


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def originals(results: Results) -> list[tuple[str, Path, str]]:
    path = results.folder / "input.csv"
    return [("能源 平衡表.csv", path, sha256_file(path))]


def tree(folder: Path) -> list[str]:
    """All files but the database, whose bytes may move, and the list of runs that follows it."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    derived = ("ledger.duckdb", "snapshot.json")
    return sorted(path for path in paths if not path.startswith(derived))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A path that DuckDB would read as a pattern, and as a partition of a column."""
    return tmp_path / "book=我的 台账[1]"


@pytest.fixture
def run(tmp_path: Path) -> Results:
    return make_run(tmp_path / "out 结果", 1)


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    with Ledger.open(folder) as opened:
        yield opened
