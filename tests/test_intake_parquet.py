"""Typed tables (Parquet): checked where they lie."""

import os

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from intake_sample import NAMES, TONNES, write_sample
from inventory_cases import CONTRACT, add, assertion, codes, edit, tonnes

from carbonledger.intake import typed
from carbonledger.intake.inventory import read_inventory
from carbonledger.model.problem import Grade, has_blocking


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "清单")


def parquet(folder, columns):
    pq.write_table(pa.table(columns), folder / "big.parquet")
    add(folder, '\n[[tables]]\nfile = "big.parquet"\n')
    return read_inventory(folder, NAMES)


def test_a_typed_table_stays_on_disk(folder):
    intake = parquet(
        folder,
        {
            "地区": ["泉州市", "350524", "350500"],
            "account": ["1.A.2", "1.A.2", "电力生产"],
            "item": ["raw_coal", None, "原煤"],
            "fuel": [1.5, 2.5, None],
            "unit": ["万吨", "t", "t"],
            "note": ["它's", None, "x"],
        },
    )
    assert not has_blocking(intake.problems)
    table = intake.tables[-1]
    assert (table.name, table.table, table.quantities) == ("big.parquet", None, ("fuel",))
    frame = duckdb.sql(table.select)
    wanted = [*CONTRACT, "fuel", "fuel__unit", "fuel__notation", "fuel__cell"]
    assert frame.columns == wanted
    kinds = dict(zip(frame.columns, map(str, frame.types), strict=True))
    assert (kinds["entry"], kinds["row"], kinds["period"], kinds["sign"], kinds["fuel"]) == (
        "BIGINT",
        "INTEGER",
        "INTEGER",
        "DOUBLE",
        "DOUBLE",
    )
    rows = frame.fetchall()
    assert [row[:10] for row in rows] == [
        (7, "big.parquet", "", 1, "350500", 2012, "1.A.2", "raw_coal", "", "它's"),
        (8, "big.parquet", "", 2, "350524", 2012, "1.A.2", "", "", ""),
        (9, "big.parquet", "", 3, "350500", 2012, "1.A.1.a", "raw_coal", "", "x"),
    ]
    assert [row[13:] for row in rows] == [
        (1.5, "万t", None, None),
        (2.5, "t", None, None),
        (None, None, None, None),
    ]
    assert tonnes(intake) == pytest.approx(TONNES + 15002.5)
    assert intake.files[-2].name == "big.parquet"


GOOD = {"account": ["1.A.2"] * 4, "item": ["raw_coal"] * 4, "fuel [t]": [1.0, 2.0, 3.0, 4.0]}


@pytest.mark.parametrize(
    ("change", "grade", "code", "row"),
    [
        ({"account": ["1.A.2", "合计", "合计", "1.A.2"]}, "A", "account-unknown", 2),
        ({"account": ["1.A.2", "1.A.2", None, "1.A.2"]}, "A", "account-missing", 3),
        ({"account": ["1.A.2", "", "1.A.2", "1.A.2"]}, "A", "account-missing", 2),
        ({"item": ["raw_coal", "x", "raw_coal", "x"]}, "A", "item-unknown", 2),
        ({"region": ["350500", "350500", "350500", "440000"]}, "A", "region-outside", 4),
        ({"period": [2012, 2012, 2011, 2012]}, "A", "period-outside", 3),
        ({"period": [2012, 2012, 12, 2012]}, "A", "period-unclear", 3),
        ({"fuel [t]": [1.0, float("nan"), float("inf"), 2.0]}, "A", "cell-not-a-number", 2),
        ({"fuel [t]": [1.0, float("-inf"), 3.0, 2.0]}, "A", "cell-not-a-number", 2),
        ({"fuel [t]": [1.0, 2.0, -3.0, 2.0]}, "B", "cell-negative", 3),
        ({"fuel [t]": [1.0, 2.0, None, 2.0]}, "D", "rows-without-number", 3),
        ({"fuel [t]": ["1", "2", "3", "4"]}, "A", "column-not-numeric", None),
        ({"fuel [t]": [[1], [2], [3], [4]]}, "A", "column-not-numeric", None),
        ({"heat": [1.0, 2.0, 3.0, 4.0]}, "A", "unit-missing", None),
        ({"备注2": ["", "", "", ""]}, "A", "column-unknown", None),
        ({"oxidation_fraction [%]": [0.98] * 4}, "C", "percent-like-fraction", None),
        ({"oxidation_fraction [1]": [0.9, 1, 98, 97]}, "A", "parameter-implausible", 3),
        ({"oxidation_fraction [1]": [0.9, None, -1, 1]}, "A", "parameter-implausible", 3),
        ({"ncv [GJ/t]": [20.9, 20.9, 20.9, 20900]}, "A", "parameter-implausible", 4),
        ({"carbon_content [t C/t]": [0.6] * 4}, "A", "parameter-unit", 1),
        ({"fuel [t]": pa.array([None] * 4, "double")}, "A", "no-entries", None),
        ({"region": ["350524", "x", "350500", "350500"]}, "A", "region-unknown", 2),
        ({"region": ["350524", "350524", "350500", "350500"]}, "B", "regions-nested", 1),
    ],
)
def test_typed_tables_are_checked_by_counts(folder, change, grade, code, row):
    intake = parquet(folder, GOOD | change)
    problems = [found for found in intake.problems if found.file == "big.parquet"]
    assert (grade, code, row) in [(p.grade.value, p.code, p.row) for p in problems]


def test_typed_limits_know_item_and_unit(folder):
    """Blast furnace gas holds 70.8 t C/TJ; nothing else does, and kg is not t."""
    rows = {
        "account": ["1.A.2"] * 4,
        "item": ["gasoline", "原煤", "raw_coal", "raw_coal"],
        "fuel [t]": [1.0] * 4,
        "carbon_content": [20000.0, 25.0, 95.0, 96.0],
        "unit": ["kg C/TJ", "t C/TJ", "t C/TJ", "t C/TJ"],
    }
    intake = parquet(folder, rows)
    (problem,) = [found for found in intake.problems if found.grade is Grade.A]
    assert (problem.code, problem.row) == ("parameter-implausible", 3)
    assert "2 行" in problem.message.zh
    assert "95 t CO2/TJ（即 25.9091 t C/TJ）" in problem.message.zh
    rows |= {"carbon_content": [20000.0, 25.0, 26.0, 26.0]}
    edit(folder, "inventory.toml", '\n[[tables]]\nfile = "big.parquet"\n', "")
    assert not has_blocking(parquet(folder, rows).problems)


@pytest.mark.parametrize(("period", "nested"), [([2012, 2012], True), ([2011, 2012], False)])
def test_typed_regions_meet_only_in_one_year(folder, period, nested):
    edit(folder, "inventory.toml", "[2012]", "[2011, 2012]")
    rows = {"region": ["350500", "350524"], "account": ["1.A.2"] * 2, "fuel [t]": [1.0, 2.0]}
    found = [
        problem
        for problem in parquet(folder, rows | {"period": period}).problems
        if problem.code == "regions-nested"
    ]
    assert [problem.row for problem in found] == ([2] if nested else [])
    for problem in found:
        assert "350500（第 1 行）" in problem.message.zh


NEIGHBOURS = [("g[2012]", "g2"), ("a*", "ab"), ("a?", "ab"), ("it's", "its"), ("period=2011", "x")]


@pytest.mark.parametrize(("name", "neighbour"), NEIGHBOURS)
def test_a_typed_table_is_the_file_that_it_names(tmp_path, name, neighbour):
    """The signs of a pattern in a path must not lead to another file, nor become a column."""
    if os.name == "nt" and set(name) & set("*?"):
        pytest.skip("Windows has no such names")
    for folder, fuel in ((neighbour, 666.0), (name, 5.0)):
        intake = parquet(
            write_sample(tmp_path / folder), {"account": ["1.A.2"], "fuel [t]": [fuel]}
        )
    assert not has_blocking(intake.problems)
    table = intake.tables[-1]
    frame = duckdb.sql(table.select).df()
    assert frame["fuel"].to_list() == [5.0]
    assert frame["period"].to_list() == [2012]


def test_the_digest_of_a_typed_table_knows_no_folder(tmp_path):
    columns = {"account": ["1.A.2"], "fuel [t]": [5.0]}
    texts = set()
    for name in ("plain", "it's", "g[2012]", "'"):
        table = parquet(write_sample(tmp_path / name), columns).tables[-1]
        assert "read_parquet" in table.select
        texts.add(table.digest_text)
    (text,) = texts
    assert "big.parquet" in text  # the name within the folder belongs to the entries
    assert str(tmp_path) not in text
    other = {"account": ["1.A.2"], "fuel [kg]": [5.0]}
    assert parquet(write_sample(tmp_path / "kg"), other).tables[-1].digest_text != text


def test_typed_tables_count_rows_and_units(folder):
    intake = parquet(folder, GOOD | {"account": ["1.A.2", "合计", "合计", "1.A.2"]})
    (problem,) = [found for found in intake.problems if found.code == "account-unknown"]
    assert "2 行" in problem.message.zh
    pair = {"account": ["1.A.2"] * 2, "quantity": [1, 2], "unit": ["t", "顿"]}
    assert "unit-unknown" in codes(parquet(folder, pair), "A")


@pytest.mark.parametrize("data", [b"PAR1", b"", b"PAR1" + b"x" * 50 + b"PAR1", b"1,2\n"])
def test_a_damaged_typed_table(folder, data):
    (folder / "big.parquet").write_bytes(data)
    add(folder, '\n[[tables]]\nfile = "big.parquet"\n')
    assert codes(read_inventory(folder, NAMES), "A") == ["file-damaged"]


def test_a_typed_table_without_rows_or_with_a_layout(folder):
    assert "sheet-empty" in codes(
        parquet(folder, {"account": pa.array([], "string"), "fuel [t]": pa.array([], "double")}),
        "A",
    )
    add(folder, 'layout = "energy-balance"\n')
    assert "layout-parquet" in codes(read_inventory(folder, NAMES), "A")


def test_a_column_that_holds_no_codes(folder, monkeypatch):
    monkeypatch.setattr(typed, "_MANY", 2)
    intake = parquet(folder, GOOD | {"account": [f"x{number}" for number in range(4)]})
    assert codes(intake, "A") == ["column-not-keys"]


def test_assertions_see_typed_tables(folder):
    parquet(folder, GOOD)
    assert assertion(folder, 'total = "13018.75 t"\nquantity = "fuel"') == []
