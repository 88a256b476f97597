"""The result tables: trees of accounts that add up, or are refused."""

import math
from pathlib import Path

import pandas as pd
import pytest
import reports_sample as sample

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.reports.tables import CO2E_COLUMN, Block, Column, Figure, Table, Tables

BLOCK = Block("inventory", "350000", 2012)
MASS = Column("CO2", "t CO2")


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return sample.write(tmp_path / "run")


def tables(results: Results) -> Tables:
    return Tables(results, sample.names())


def row_of(table: Table, account: str, block: Block = BLOCK, *, own: bool = False) -> int:
    (place,) = [
        place
        for place, row in enumerate(table.rows)
        if (row.account, row.block, row.own) == (account, block, own)
    ]
    return place


def test_rows_follow_the_chart(results: Results) -> None:
    rows = tables(results).by_measure().rows
    assert [(row.account, row.depth, row.own) for row in rows] == [
        ("1", 0, False),
        ("1.A", 1, False),
        ("1.A.1", 2, False),
        ("1.A.1.a.i", 3, False),
        ("1.A.2", 2, False),
        ("1.A.2", 3, True),
        ("1.A.2.a", 3, False),
        ("1.A.4", 2, False),
        ("1.A.4.b", 3, False),
        ("1.B", 1, False),
        ("1.B.1", 2, False),
        ("M.1", 0, False),
        ("M.2", 0, False),
    ]


@pytest.mark.parametrize("name", ["by_measure", "by_gas", "by_item"])
def test_parents_are_the_sum_of_their_parts(results: Results, name: str) -> None:
    table = getattr(tables(results), name)()
    parents = [(place, row) for place, row in enumerate(table.rows) if row.parts]
    assert len(parents) == 6
    for place, row in parents:
        for column in table.printed:
            amounts = [table.figure(part, column).amount for part in row.parts]
            known = [amount for amount in amounts if amount is not None]
            total = table.figure(place, column).amount
            if known:
                assert total == pytest.approx(math.fsum(known), rel=1e-12)
            else:
                assert total is None


def test_totals_are_the_stated_ones(results: Results) -> None:
    table = tables(results).by_measure()
    for row in results.totals.itertuples():
        place = row_of(table, row.account, Block(row.book, row.region, row.period))
        figure = table.figure(place, Column(row.measure, row.unit))
        assert figure.notation == row.notation
        # To the bit: the workbook shows the total of the run, not one of its own.
        assert figure.amount == (None if math.isnan(row.amount) else row.amount)


def test_missing_stays_missing(results: Results) -> None:
    table = tables(results).by_measure()
    assert table.figure(row_of(table, "1.B.1"), MASS) == Figure(None, "IE")
    memo = Block("memo", "350000", 2012)
    assert table.figure(row_of(table, "M.2", memo), MASS).amount == 0.0
    assert table.figure(row_of(table, "M.1", memo), Column("CH4", "t CH4")) == Figure(None, "NE")
    items = tables(results).by_item()
    column = Column("natural_gas", "t CO2")
    assert items.figure(row_of(items, "1.A.4.b"), column) == Figure()


def test_biogenic_co2_has_a_mass_but_no_equivalent(results: Results) -> None:
    memo = Block("memo", "350000", 2012)
    gases = tables(results).by_gas()
    place = row_of(gases, "M.2", memo)
    assert gases.figure(place, Column("CO2", CO2E_COLUMN.unit)) == Figure()
    assert gases.figure(place, Column("CH4", CO2E_COLUMN.unit)).amount == 0.0


def test_equivalents_are_weighed_sums(results: Results) -> None:
    table = tables(results).by_measure()
    leaf = row_of(table, "1.A.1.a.i")
    masses = {column.key: table.figure(leaf, column).amount for column in table.columns}
    assert masses["CO2e"] == pytest.approx(
        masses["CO2"] + 21 * masses["CH4"] + 310 * masses["N2O"], rel=1e-12
    )
    gases = tables(results).by_gas()
    assert gases.figure(leaf, CO2E_COLUMN).amount == pytest.approx(masses["CO2e"], rel=1e-12)


def test_unverified_rises_to_the_top(results: Results) -> None:
    table = tables(results).by_measure()
    assert table.figure(row_of(table, "1"), MASS).unverified
    assert table.figure(row_of(table, "1.A.2.a"), MASS).unverified
    assert not table.figure(row_of(table, "1.A.2", own=True), MASS).unverified
    assert not table.figure(row_of(table, "1.A.4"), MASS).unverified


def test_items_in_the_order_of_the_list(results: Results) -> None:
    columns = [column.key for column in tables(results).by_item().columns]
    assert columns == ["raw_coal", "diesel", "natural_gas", "kerosene", "fuelwood"]


def _tamper(
    results: Results, change: float | None, account: str, column: str = "amount"
) -> Results:
    path = results.folder / "totals.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    hit = (frame["account"] == account) & (frame["measure"] == "CO2")
    assert hit.sum() == 1
    if change is None:
        frame = frame[~hit]
    else:
        frame.loc[hit, column] = repr(float(frame.loc[hit, column].iloc[0]) * change)
    frame.to_csv(path, index=False)
    return Results.read(results.folder)


@pytest.mark.parametrize(
    ("change", "account", "column"),
    [
        (1.000001, "1", "amount"),
        (1.000001, "1.A.2.a", "amount"),
        (2.0, "1.A.4.b", "co2e"),
        (None, "1.A.1", "amount"),
        (None, "1.A.4.b", "amount"),
    ],
)
def test_contradictory_totals_are_refused(
    results: Results, change: float | None, account: str, column: str
) -> None:
    with pytest.raises(CarbonledgerError) as refusal:
        tables(_tamper(results, change, account, column)).by_measure()
    assert "350000 2012" in refusal.value.text.zh
    assert "carbonledger run" in refusal.value.text.zh


def test_noise_of_summing_is_no_contradiction(results: Results) -> None:
    tables(_tamper(results, 1 + 1e-14, "1")).by_measure()


def test_regions_and_years_never_mix(tmp_path: Path) -> None:
    posted = pd.concat([sample.postings(), sample.postings("350200", 2013)])
    results = sample.write(tmp_path / "two", posted)
    table = tables(results).by_measure()
    other = Block("inventory", "350200", 2013)
    assert [row.block for row in table.rows if row.depth == 0] == [
        BLOCK, other, *[Block("memo", "350000", 2012)] * 2, *[Block("memo", "350200", 2013)] * 2,
    ]  # fmt: skip
    one = tables(sample.write(tmp_path / "one")).by_measure()
    assert table.figure(row_of(table, "1", other), MASS) == one.figure(row_of(one, "1"), MASS)


def test_several_roots_of_an_inventory_have_a_total(tmp_path: Path) -> None:
    posted = sample.postings()
    moved = posted[posted["account"] == "1.A.4.b"].assign(account="9", item="raw_coal")
    results = sample.write(tmp_path / "run")
    pd.concat([posted, moved]).to_parquet(results.folder / "postings.parquet")
    stated = pd.concat([sample.totals(posted), _as_totals(moved)])
    stated.to_csv(results.folder / "totals.csv", index=False)
    table = tables(results).by_measure()
    # Account 9 is not in the chart: it must be seen and counted all the same.
    assert next(row.account for row in table.rows if row.depth == 0) == ""
    total = table.figure(0, MASS).amount
    parts = [table.figure(row_of(table, account), MASS).amount for account in ("1", "9")]
    assert total == pytest.approx(math.fsum(parts))
    assert parts[1] > 0


def _as_totals(posted: pd.DataFrame) -> pd.DataFrame:
    keys = ["book", "region", "period", "account", "measure", "unit"]
    sums = posted.groupby(keys)[["amount", "co2e"]].sum(min_count=1).reset_index()
    return sums.assign(notation=["NE" if math.isnan(amount) else "" for amount in sums["amount"]])
