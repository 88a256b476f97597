"""The layout ``energy-balance``: entries, and the balance of Fujian 2012."""

import tomllib
from decimal import Decimal

import pytest
from energy_balance_cases import (
    CLOSED,
    LEAVES,
    PARTS,
    RESIDENTIAL,
    SECTORS,
    cells,
    codes,
    found,
    numbers,
    of_sectors,
    put,
    read,
)

from carbonledger.intake.answers import apply_answers
from carbonledger.intake.grid import read_grids
from carbonledger.model.manifest import InventoryManifest
from carbonledger.model.problem import Grade
from carbonledger.paths import inventories_dir

FUJIAN = inventories_dir() / "fujian-2012"

FUJIAN_GRID = read_grids(FUJIAN / "energy_balance.csv", FUJIAN)[0][0]
FUJIAN_READ = read(FUJIAN_GRID)


# --- the closed balance ----------------------------------------------------------------------


def test_a_balance_that_closes_gives_hints_only():
    assert codes(CLOSED, "A", "B", "C") == set()
    assert {p.code for p in found(CLOSED)} == {"balance-sign-convention"}


def test_entries_are_fuel_burned_with_account_sign_unit_and_cell():
    rows = {(row.detail, row.item): row for row in of_sectors(CLOSED.rows)}
    coal = rows["thermal_power", "raw_coal"]
    assert (coal.account, coal.sign, coal.row) == ("1.A.1.a.i", -1.0, 11)
    quantity = coal.quantities["quantity"]
    assert (quantity.value, quantity.unit, quantity.cell) == (-2600.3, "万吨标准煤", "B11")
    heat = coal.quantities["heat_per_coal_equivalent"]
    assert (heat.value, heat.unit, heat.cell) == (29.2712, "GJ/tce", "inventory.toml")
    deduction = rows["industry_non_energy", "coke"]
    assert (deduction.account, deduction.sign) == ("1.A.2", -1.0)
    assert rows["residential_rural", "lpg"].account == "1.A.4.b"
    services = {rows[sector, "electricity"].account for sector in ("other", "wholesale")}
    assert services == {"1.A.4.a"}
    details = {row.detail for row in of_sectors(CLOSED.rows)}
    assert details == {
        "thermal_power", "heating_supply", "industry_non_energy", *SECTORS, *RESIDENTIAL,
    }  # fmt: skip
    # Output of power plants and every printed total make no entry.
    assert ("thermal_power", "electricity") not in rows
    assert ("heating_supply", "heat") not in rows
    assert not {item for _, item in rows} & set(PARTS)
    assert not {row.item for row in CLOSED.rows} & set(PARTS)


def test_the_supply_enters_the_memo_accounts_however_its_signs_are_printed():
    printed = numbers()
    flipped = {
        place: -amount if place[0] == "out_to_provinces" else amount
        for place, amount in printed.items()
    }
    for values in (printed, flipped):
        memos = {}
        for row in read(cells(dict(values))).rows:
            if row.account.startswith("M."):
                memos[row.account, row.detail, row.item] = (
                    row.sign * row.quantities["quantity"].value
                )
        # What leaves is a positive amount under the account that deducts it.
        coal = abs(float(printed["out_to_provinces", "raw_coal"]))
        assert memos["M.4.c", "out_to_provinces", "raw_coal"] == coal
        assert memos["M.4.a", "production", "raw_coal"] == float(printed["production", "raw_coal"])
        stock = float(printed["stock_change", "raw_coal"])
        assert memos["M.4.e", "stock_change", "raw_coal"] == stock
        assert memos["M.2.a", "in_from_provinces", "electricity"] > 0
        assert {account for account, _, item in memos if item == "electricity"} <= {
            "M.2.a",
            "M.2.b",
        }
        supply = {
            item: sum(
                (-amount if account == "M.4.c" else amount)
                for (account, flow, its), amount in memos.items()
                if its == item and account in {"M.4.a", "M.4.b", "M.4.c", "M.4.d", "M.4.e"}
            )
            for item in ("raw_coal", "coke", "diesel", "lpg", "natural_gas")
        }
        assert supply == pytest.approx(
            {item: float(printed["supply", item]) for item in supply}, abs=1e-9
        )


def test_a_stock_row_with_reversed_label_is_deducted():
    table = [
        [text.replace("库存增（-）、减（+）量", "库存增（+）、减（-）量") for text in row]
        for row in cells()
    ]
    rows = {(r.account, r.item): r for r in read(table).rows if r.detail == "stock_change"}
    assert {row.sign for row in rows.values()} == {-1.0}


def test_used_energy_equals_the_printed_final_consumption():
    """Sum of all sector entries against the printed totals: nothing lost, nothing twice."""
    sums: dict[str, Decimal] = {}
    for row in CLOSED.rows:
        if row.detail in (*SECTORS, *RESIDENTIAL):
            value = Decimal(str(row.quantities["quantity"].value))
            sums[row.item] = sums.get(row.item, Decimal(0)) + value
    printed = numbers()
    assert sums == {item: printed["final", item] for item in LEAVES}


def test_residential_total_stands_in_only_without_its_parts():
    values: dict[tuple[str, str], object] = dict(numbers())
    for flow in RESIDENTIAL:
        del values[flow, "lpg"]
    result = read(cells(values))
    details = {row.detail for row in result.rows if row.item == "lpg" and "resid" in row.detail}
    assert details == {"residential"}
    others = {row.detail for row in result.rows if row.item == "diesel" and "resid" in row.detail}
    assert others == set(RESIDENTIAL)


# --- the worked inventory ---------------------------------------------------------------------

# Energy balance of Fujian 2012, China Energy Statistical Yearbook 2013, as transcribed in Mtce.
FUJIAN_FINAL = {
    "raw_coal": "24.3878838", "coke": "6.3115", "gasoline": "5.8489902", "kerosene": "1.0938356",
    "diesel": "7.5074839", "fuel_oil": "2.5722", "lpg": "1.35406", "natural_gas": "2.13864",
    "electricity": "18.2378684", "heat": "1.904493",
}  # fmt: skip


def test_fujian_entries_add_up_to_the_printed_final_consumption():
    sums: dict[str, Decimal] = {}
    for row in FUJIAN_READ.rows:
        quantity = row.quantities["quantity"]
        assert quantity.unit == "百万吨标准煤"
        assert row.quantities["heat_per_coal_equivalent"].value == 29.2712
        if row.detail in (*SECTORS, *RESIDENTIAL):
            sums[row.item] = sums.get(row.item, Decimal(0)) + Decimal(str(quantity.value))
    assert {item: sums[item] for item in FUJIAN_FINAL} == {
        item: Decimal(text) for item, text in FUJIAN_FINAL.items()
    }
    assert len(of_sectors(FUJIAN_READ.rows)) == 100
    power = {r.item: r for r in FUJIAN_READ.rows if r.detail == "thermal_power"}
    assert power["raw_coal"].quantities["quantity"].value == -32.1441372
    assert power["raw_coal"].sign == -1


def test_fujian_problems_name_their_cells():
    assert {(p.grade.value, p.code, p.cell) for p in FUJIAN_READ.problems} == {
        ("A", "balance-suspicious-number", "O7"),
        ("A", "balance-suspicious-number", "O5"),
        ("B", "balance-rows-against-total", "G15"),
        ("B", "balance-rows-against-total", "AA20"),
        ("B", "balance-rows-against-total", "AF5"),
        ("C", "balance-not-closed-balance", "H5"),
        ("C", "balance-negative-supply", "P5"),
        ("D", "balance-sign-convention", "C9"),
        ("D", "balance-sign-convention", "C12"),
        ("D", "balance-sign-convention", "C13"),
        ("D", "balance-sign-convention", "C23"),
    }
    by_cell = {p.cell: p.message for p in FUJIAN_READ.problems}
    gasoline = by_cell["O7"]
    for part in ("347.7444", "若为 3.477444", "缩小 100 倍", "+344.266956", "25.634323（AA7）"):
        assert part in gasoline.zh
    assert "不进入任何部门的排放" in gasoline.zh
    assert "enters no emission" in gasoline.en
    assert "3.477444" in by_cell["O5"].zh
    # Of the powers of ten that bring the row near its total, the one that closes the column.
    for text in (by_cell["O7"].zh, by_cell["O7"].en, by_cell["O5"].zh, by_cell["O5"].en):
        assert "0.3477444" not in text
        assert "0.03477444" not in text
    assert "若为 3.477444，则该行各项之和接近“油品合计”（AA7）" in gasoline.zh
    assert "焦炭（H5）差 -0.000971" in by_cell["H5"].zh
    assert "热力（AC5）差 -0.00034" in by_cell["H5"].zh
    assert "“高炉煤气、转炉煤气”" in by_cell["AF5"].zh
    assert "原煤 C12=-32.1441372" in by_cell["C12"].zh
    assert "煤油 P9=0.4112916" in by_cell["C9"].zh
    assert all(cell in by_cell["P5"].zh for cell in ("P5=", "U5=", "V5=", "Z5="))


def test_fujian_answers_unblock_the_run():
    manifest = InventoryManifest.model_validate(
        tomllib.loads((FUJIAN / "inventory.toml").read_text(encoding="utf-8"))
    )
    answered = apply_answers(FUJIAN_GRID, FUJIAN_READ.rows, FUJIAN_READ.problems, manifest.answers)
    assert len(answered.used) == len(manifest.answers) == 5
    assert not [p for p in answered.problems if p.grade is Grade.A]
    aside = {p.cell: p for p in answered.problems if p.grade is Grade.B}
    assert set(aside) == {"O5", "O7"}
    assert "236.40" in aside["O7"].message.zh
    aside = {row.quantities["quantity"].cell for row in FUJIAN_READ.rows} - {
        row.quantities["quantity"].cell
        for row in answered.rows
        if row.quantities["quantity"].notation is None
    }
    # The import takes part in the reference approach alone; the supply in nothing.
    assert aside == {"O7"}
    assert of_sectors(answered.rows) == of_sectors(FUJIAN_READ.rows)
    # The same answer no longer holds when the cell has changed.
    other = put(FUJIAN_GRID, "O7", "34.77444")
    again = read(other)
    kept = apply_answers(other, again.rows, again.problems, manifest.answers)
    assert ("O7", Grade.A) in {(p.cell, p.grade) for p in kept.problems}


@pytest.mark.parametrize(
    "cell", ["C12", "Q12", "C13", "O21", "H22", "AD22", "Z22", "C24", "Q25", "X26", "AB29", "C30"]
)
def test_fujian_scaled_cells_are_reported(cell):
    raw = next(
        row.quantities["quantity"].value
        for row in FUJIAN_READ.rows
        if row.quantities["quantity"].cell == cell
    )
    for factor in ("100", "0.01"):
        result = read(put(FUJIAN_GRID, cell, f"{Decimal(repr(raw)) * Decimal(factor):f}"))
        assert cell in {p.cell for p in result.problems if p.grade in "AB"}, factor


def test_fujian_file_opens_in_a_spreadsheet_as_utf8():
    assert (FUJIAN / "energy_balance.csv").read_bytes().startswith(b"\xef\xbb\xbf")
