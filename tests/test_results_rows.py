"""Rows of a run asked of its files: some columns, of those rows that hold some values."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from quality_inventory import finished, lines

from carbonledger.engine.results import Results


@pytest.fixture
def results(tmp_path):
    tables = {
        "postings": pa.table(
            {
                "account": ["1.A", "2.A", "1.A", None],
                "measure": ["CO2", "CO2", "CH4", "CO2"],
                "period": pa.array([2019, 2020, 2020, 2021], pa.int32()),
                "amount": [1.0, None, 3.0, 4.0],
            }
        ),
        "selections": pa.table({"selection": pa.array([], pa.int64()), "argument": pa.nulls(0)}),
    }
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    return Results(tmp_path)


def test_some_columns_of_the_rows_that_hold_one_of_some_values(results):
    asked = results.rows("postings", ("period", "amount"), account={"1.A", "9"}, measure=["CO2"])
    assert asked == [{"period": 2019, "amount": 1.0}]
    assert [row["amount"] for row in results.rows("postings", ["amount"], period=[2020])] == [
        None,
        3.0,
    ]
    assert len(results.rows("postings", ["measure"])) == 4
    assert results.rows("postings", ["measure"], account=[]) == []


def test_a_column_that_holds_nothing_holds_no_value(results):
    assert results.rows("selections", ["selection"], argument=["fuel"]) == []


def test_each_value_of_a_column_once(results):
    assert sorted(results.values("postings", "measure")) == ["CH4", "CO2"]


def test_columns_of_the_selections_have_their_types_when_nothing_was_selected(tmp_path):
    none = finished(tmp_path / "keys", lines(["NO"]))
    some = finished(tmp_path / "numbers", lines([100]))
    types = [
        pq.read_schema(run.results.folder / "selections.parquet").types for run in (none, some)
    ]
    assert types[0] == types[1]
