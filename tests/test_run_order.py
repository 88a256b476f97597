"""Two runs of one inventory give the same tables, byte for byte."""

import pytest

from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions, write_run

TABLES = ("postings.parquet", "selections.parquet", "entries.parquet", "totals.csv")


@pytest.mark.parametrize("name", ["demo-county", "demo-gep-county"])
def test_two_runs_give_the_same_bytes(name, tmp_path):
    opened = open_inventory(name)
    written = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_run(opened, folder, RunOptions())
        written.append({table: (folder / table).read_bytes() for table in TABLES})
    assert written[0] == written[1] == written[2]
