"""The layout ``energy-balance``: slips, signs, sums and what is no number."""

from decimal import Decimal

import pytest
from energy_balance_cases import (
    CLOSED,
    COLUMNS,
    HEAT,
    MEMO,
    NOTHING,
    RESIDENTIAL,
    ROWS,
    SECTORS,
    Numbers,
    cells,
    codes,
    entries,
    found,
    grid,
    numbers,
    of_sectors,
    put,
    read,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carbonledger.intake.energy_balance import read_energy_balance
from carbonledger.intake.layout import Context, LayoutResult
from carbonledger.intake.table import column_letters
from carbonledger.model.manifest import TableSpec
from carbonledger.model.problem import Grade


def at(flow: str, item: str) -> str:
    """The address of a cell in the small balance."""
    row = [code for code, _ in ROWS].index(flow) + 4
    return f"{column_letters(list(COLUMNS).index(item) + 1)}{row}"


def change(flow: str, item: str, text: object) -> LayoutResult:
    return read(put(grid(cells()), at(flow, item), text))


USED = [(row.detail, row.item) for row in of_sectors(CLOSED.rows)]


@pytest.mark.parametrize("factor", ["100", "0.01", "10"])
def test_a_slip_of_the_decimal_point_is_reported_with_its_cell(factor):
    """Every used cell, each scaled alone: no such error may go unseen."""
    for flow, item in USED:
        printed = numbers()[flow, item]
        result = change(flow, item, f"{printed * Decimal(factor):f}")
        hits = [p for p in result.problems if p.cell == at(flow, item) and p.grade in "AB"]
        assert hits, (flow, item)
        assert f"若为 {printed.normalize():f}" in " ".join(p.message.zh for p in hits), (flow, item)


def test_a_large_slip_blocks_the_run():
    problem = next(p for p in found(change("industry", "raw_coal", "90055"), "A"))
    assert problem.cell == at("industry", "raw_coal")
    assert problem.code == "balance-suspicious-number"
    assert "缩小 100 倍" in problem.message.zh
    assert "1.A.2" in problem.message.en
    assert "set-aside" in problem.remedy.en


def test_a_slip_in_supply_is_traced_to_its_source():
    values = numbers()
    off = values["in_from_provinces", "gasoline"] * 99
    values["in_from_provinces", "gasoline"] += off
    values["supply", "gasoline"] += off
    result = read(cells(dict(values)))
    assert ("balance-suspicious-number", at("in_from_provinces", "gasoline")) in codes(result, "A")
    assert ("balance-suspicious-number", at("supply", "gasoline")) in codes(result, "A", "B")
    message = next(p for p in result.problems if p.cell == at("supply", "gasoline")).message.zh
    assert at("in_from_provinces", "gasoline") in message


@pytest.mark.parametrize(("flow", "item"), USED)
def test_a_lost_number_never_goes_unseen(flow, item):
    result = change(flow, item, "")
    lost = abs(numbers()[flow, item])
    # Below five per cent of its column a gap is reported, above it blocks.
    grades = "AB" if flow in {*SECTORS, *RESIDENTIAL} else "ABC"
    new = codes(result, *grades)
    assert new, (flow, item, lost)
    assert any(p.code.startswith(("balance-not-closed", "balance-rows")) for p in result.problems)


def test_a_missing_large_consumer_blocks():
    assert ("balance-not-closed-final", at("final", "raw_coal")) in codes(
        change("industry", "raw_coal", ""), "A"
    )
    assert ("balance-not-closed-balance", at("supply", "raw_coal")) in codes(
        change("thermal_power", "raw_coal", ""), "A"
    )


@pytest.mark.parametrize(("flow", "item"), USED)
def test_a_wrong_sign_of_a_used_cell_blocks(flow, item):
    result = change(flow, item, f"{-numbers()[flow, item]:f}")
    hits = {p.grade for p in result.problems if p.cell == at(flow, item)}
    # Heat may be an input or an output of power plants: there only the balance tells.
    assert Grade.A in hits or (flow == "thermal_power" and item == "heat" and Grade.B in hits)


@pytest.mark.parametrize(("flow", "item"), [place for place in MEMO if place not in USED])
def test_a_wrong_sign_of_a_memo_cell_is_reported(flow, item):
    result = change(flow, item, f"{-numbers()[flow, item]:f}")
    assert {p.grade for p in result.problems if p.cell == at(flow, item)} & {Grade.A, Grade.B}


def test_two_rows_exchanged_in_one_column():
    values = numbers()
    one, two = ("residential_urban", "gasoline"), ("transport", "gasoline")
    values[one], values[two] = values[two], values[one]
    assert ("balance-not-closed-residential", at("residential", "gasoline")) in codes(
        read(cells(dict(values))), "A"
    )


def test_a_row_shifted_by_one_column():
    table = cells()
    row = 4 + [flow for flow, _ in ROWS].index("industry") - 1
    table[row] = [table[row][0], "", *table[row][1:-1]]
    cells_hit = {p.cell for p in found(read(table), "A") if p.code == "balance-not-closed-final"}
    assert {at("final", "raw_coal"), at("final", "electricity")} <= cells_hit


def test_a_printed_total_that_contradicts_its_row():
    result = change("transport", "petroleum_total", "577.16")  # 577.06 is the sum
    problem = next(p for p in found(result, "B") if p.code == "balance-rows-against-total")
    assert problem.cell == at("transport", "petroleum_total")
    assert "+0.1" in problem.message.zh
    assert entries(result) == entries(CLOSED)
    tiny = change("transport", "petroleum_total", "577.09")
    assert ("balance-rows-against-total", at("transport", "petroleum_total")) in codes(tiny, "C")
    rounded = change("transport", "petroleum_total", "577.07")
    assert at("transport", "petroleum_total") not in {cell for _, cell in codes(rounded, "B", "C")}


def test_a_total_that_leaves_out_columns_says_which():
    values = numbers()
    for flow, _ in ROWS:
        missing = values.get((flow, "heat"), Decimal(0)) + values.get((flow, "coke"), Decimal(0))
        if missing:
            values[flow, "energy_total"] -= missing
    result = read(cells(dict(values)))
    messages = [p.message.zh for p in found(result, "B") if p.code == "balance-rows-against-total"]
    assert len(messages) == 1
    assert "“焦炭、热力”" in messages[0]


def test_a_part_greater_than_its_total():
    table = [
        ["单位：万吨标准煤"],
        ["", "汽油", "柴油", "油品合计"],
        ["2.工业", "347.7", "2.8", "25.6"],
        ["6.其他", "1", "2.8", "3.8"],
    ]
    problem = next(p for p in found(read(table), "A") if p.cell == "B3")
    assert "25.6（D3）" in problem.message.zh
    assert "2.8" in problem.message.zh


def test_of_which_and_negative_consumption():
    assert ("balance-of-which", at("industry_non_energy", "coke")) in codes(
        change("industry_non_energy", "coke", "171.5"), "A"
    )
    assert ("balance-of-which", at("industry_non_energy", "gasoline")) not in codes(CLOSED)
    assert ("balance-sign", at("transport", "diesel")) in codes(
        change("transport", "diesel", "-423.4"), "A"
    )
    assert ("balance-sign", at("heating_supply", "heat")) in codes(
        change("heating_supply", "heat", "-160.1"), "A"
    )
    assert ("balance-sign", at("coal_washing", "raw_coal")) in codes(
        change("coal_washing", "raw_coal", "61.2"), "A"
    )
    assert ("balance-sign", at("production", "raw_coal")) in codes(
        change("production", "raw_coal", "-1200"), "B"
    )


def test_sendings_out_may_be_printed_either_way():
    values = numbers()
    negative = {
        key: -value if key[0] == "out_to_provinces" else value for key, value in values.items()
    }
    result = read(cells(dict(negative)))
    assert codes(result, "A", "B", "C") == set()
    hint = next(p for p in found(result, "D") if p.cell == at("out_to_provinces", "raw_coal"))
    assert "负数" in hint.message.zh
    other = next(p for p in found(CLOSED, "D") if p.cell == at("out_to_provinces", "raw_coal"))
    assert "正数" in other.message.zh
    mixed = change("out_to_provinces", "lpg", "-2.35")
    assert ("balance-sign", at("out_to_provinces", "lpg")) in codes(mixed, "B")


def test_stock_label_of_the_reverse_sense():
    values = {k: -v if k[0] == "stock_change" else v for k, v in numbers().items()}
    rows = [(f, "5.库存增（+）、减（-）量" if f == "stock_change" else label) for f, label in ROWS]
    assert codes(read(cells(dict(values), rows=rows)), "A", "B", "C") == set()
    assert codes(read(cells(dict(values))), "B")


def test_negative_supply_is_to_be_confirmed():
    values = numbers()
    values["out_to_provinces", "cleaned_coal"] = values["in_from_provinces", "cleaned_coal"] + 20
    values["supply", "cleaned_coal"] = Decimal("-24.13")
    values["coking", "cleaned_coal"] = Decimal("33.9")
    result = read(cells(dict(values)))
    assert ("balance-negative-supply", at("supply", "cleaned_coal")) in codes(result, "C")


def test_statistical_difference_closes_the_column():
    values: Numbers = numbers()
    values["statistical_difference", "diesel"] = Decimal("1.5")
    values["final", "diesel"] -= Decimal("1.5")
    values["industry", "diesel"] -= Decimal("1.5")
    for flow in ("final", "industry"):
        for item in ("petroleum_total", "energy_total"):
            values[flow, item] -= Decimal("1.5")
    rows = [*ROWS, ("statistical_difference", "五、平衡差额")]
    gaps = codes(read(cells(dict(values), rows=rows)), "A", "B", "C")
    assert {cell for _, cell in gaps} <= {at("supply", "petroleum_total")}
    without = codes(read(cells(dict(values))), "C")
    assert ("balance-not-closed-balance", at("supply", "diesel")) in without


def test_signs_and_keys_in_place_of_numbers():
    values: dict[tuple[str, str], object] = dict(numbers())
    values["agriculture", "lpg"] = "—"
    values["other", "lpg"] = "…"
    values["construction", "lpg"] = "NE"
    result = read(cells(values))
    assert codes(result, "A", "B", "C") == set()
    told = {p.cell for p in found(result, "D") if p.code == "balance-no-number"}
    assert told == {at("agriculture", "lpg"), at("other", "lpg"), at("construction", "lpg")}
    extra = entries(result) - entries(CLOSED)
    assert {(e[2], e[5], e[7]) for e in extra} == {("construction", None, "NE")}


@pytest.mark.parametrize("text", ["1,23４.5吨", "12..5", "#DIV/0!", "约30", "30，5", "abc", True])
def test_what_is_no_number_is_refused_with_its_cell(text):
    cell = at("transport", "diesel")
    assert ("balance-cell", cell) in codes(change("transport", "diesel", text), "A")


def test_repeated_rows_and_columns():
    table = cells()
    table.append(list(table[16]))
    result = read(table)
    repeated = next(p for p in found(result, "A") if p.code == "balance-repeated-label")
    assert (repeated.cell, "A17" in repeated.message.zh) == ("A27", True)
    wide = [[*line, line[4] if len(line) > 4 else ""] for line in cells()]
    wide[0] = wide[0][:1]
    wide[1] = wide[1][:1]
    assert ("balance-repeated-label", "N3") in codes(read(wide), "A")


def test_rows_that_the_method_needs():
    kept = [row for row in ROWS if row[0] not in {*SECTORS, *RESIDENTIAL, "residential"}]
    assert ("balance-no-final-consumption", "") in codes(read(cells(rows=kept)), "A")
    fewer = [row for row in ROWS if row[0] not in {"heating_supply"}]
    problem = next(
        p for p in found(read(cells(rows=fewer)), "B") if p.code == "balance-row-missing"
    )
    assert "供热" in problem.message.zh


def test_blank_totals_are_pointed_out_and_not_taken_as_zero():
    result = change("final", "diesel", "")
    assert ("balance-blank-total", at("final", "diesel")) in codes(result, "B")
    assert entries(result) == entries(CLOSED)


def test_magnitude_is_asked_about_where_nothing_else_covers_it():
    table = [
        ["单位：万吨标准煤"],
        ["", "汽油", "柴油", "煤油"],
        ["4.交通运输、仓储和邮政业", "1.4", "4.2", "1.1"],
        ["6.其他", "1.0", "160", "0.2"],
    ]
    assert ("balance-magnitude", "C4") in codes(read(table), "C")


def test_title_of_another_year_and_missing_region():
    table = cells()
    table[0] = ["福建能源平衡表 （《中国能源统计年鉴2013》）"]
    assert "balance-year" not in {code for code, _ in codes(read(table))}
    assert ("balance-year", "A1") in codes(read(cells(), period=2013), "B")
    spec = TableSpec(file="b.csv", layout="energy-balance", coal_equivalent_heat=HEAT)
    nowhere = Context(None, None, (2012, 2013), "350000", NOTHING, NOTHING, NOTHING, {})
    result = read_energy_balance(grid(cells()), spec, nowhere)
    assert ("balance-place", "") in codes(result, "A")
    assert list(result.rows) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_scrambled_tables_never_raise_and_every_problem_is_explained(data):
    """Cells, rows and columns replaced, dropped, exchanged: a result or problems, no traceback."""
    table = [list(line) + [""] * (13 - len(line)) for line in cells()]
    junk = st.sampled_from(
        ["", "原煤", "工业", "单位：万吨", "1e400", "-", "…", "NE", "0", "-0", "9" * 30, 3.5, None,
         "单位：", "合计", "(万吨)", "其他", "Total", 7, "0.000000000001", "年", "#", "一、"]
    )  # fmt: skip
    for _ in range(data.draw(st.integers(1, 8))):
        row = data.draw(st.integers(0, len(table) - 1))
        action = data.draw(st.sampled_from(["cell", "row", "drop", "swap", "column"]))
        if action == "cell":
            table[row][data.draw(st.integers(0, 12))] = data.draw(junk)
        elif action == "row":
            table[row] = [data.draw(junk) for _ in range(13)]
        elif action == "drop" and len(table) > 2:
            del table[row]
        elif action == "swap":
            other = data.draw(st.integers(0, len(table) - 1))
            table[row], table[other] = table[other], table[row]
        elif action == "column":
            column = data.draw(st.integers(0, 12))
            for line in table:
                line[column] = ""
    result = read(table)
    for problem in result.problems:
        assert all((*problem.message, *problem.remedy))
    if not found(result, "A"):
        assert result.rows
