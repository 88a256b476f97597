"""What the console prints: aligned in Chinese, complete, in one language."""

import io
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import Mock

import pytest
import reports_sample as sample
from rich.cells import cell_len
from rich.console import Console

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.model.problem import Grade, Problem
from carbonledger.reports.console import (
    estimate_by_year,
    is_long_estimate,
    print_problems,
    print_results,
    totals_table,
)
from carbonledger.reports.tables import CO2E_COLUMN, Block, Figure, Row, Table, Tables


def problem(grade: Grade, message: str, cell: str = "E8") -> Problem:
    return Problem(
        grade=grade,
        code="test",
        message=Text(f"{message}偏大", f"{message} is large"),
        remedy=Text("请核对小数点", "check the decimal point"),
        file="energy_balance.csv",
        cell=cell,
    )


PROBLEMS = [
    *(problem(Grade.C, f"数{n} ") for n in range(5)),
    problem(Grade.B, "[bold red]=1+1[/] "),
]


def printed(
    results: Results, lang: str, width: int = 160, problems: Sequence[Problem] = PROBLEMS
) -> str:
    out = io.StringIO()
    names = sample.names()
    library = Mock(**vars(names))
    print_results(Console(file=out, width=width), results, library, problems, lang)
    return out.getvalue()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return sample.write(tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [100, 160])
def test_table_lines_are_equally_wide(results: Results, lang: str, width: int) -> None:
    lines = [line for line in printed(results, lang, width).splitlines() if line[:1] in "┃│├┡┏└"]
    assert len(lines) > 15
    assert len({cell_len(line) for line in lines}) == 1
    assert cell_len(lines[0]) <= width


def test_totals_in_readable_units(results: Results) -> None:
    lines = printed(results, "zh").splitlines()
    total = next(line for line in lines if "1 能源活动" in line)
    amount = results.totals.query("account == '1' and measure == 'CO2'")["amount"].item()
    assert f"{amount / 1e4:,.2f}" in total
    assert any("万t CO₂e" in line and "t CH₄" in line for line in lines)
    fugitive = next(line for line in lines if "1.B.1 固体燃料" in line)
    assert fugitive.count("IE") == 4
    assert "0.00" not in fugitive


def test_marks_are_explained(results: Results) -> None:
    text = printed(results, "zh")
    lines = text.splitlines()
    assert "†*" in next(line for line in lines if "1 能源活动" in line)
    own = next(line for line in lines if "其中：直接列入本科目" in line)
    assert "*" not in own
    assert "†" not in own
    memo = next(line for line in lines if "国际航空燃料舱" in line)
    assert "信息项" in memo
    assert "* 含未核对参数" in text
    assert "† 合计不完整" in text


def test_one_language_at_a_time(results: Results) -> None:
    english = printed(results, "en")
    assert "Energy (inventory)" in english
    assert "10⁴ t CO₂e" in english
    own = [line for line in english.splitlines() if "→" not in line and "数" not in line]
    assert not any("\u4e00" <= char <= "\u9fff" for line in own for char in line)
    assert "Energy" not in printed(results, "zh").replace("energy_balance", "")


def test_problems_by_grade_with_the_first_of_each(results: Results) -> None:
    text = printed(results, "zh")
    assert text.index("B 须说明: 1") < text.index("C 须核实: 5")
    assert "energy_balance.csv!E8: [bold red]=1+1[/] 偏大" in text
    assert "→ 请核对小数点" in text
    assert "数2 偏大" in text
    assert "数3 偏大" not in text
    assert "另有 2 个" in text


def test_what_must_be_fixed_is_listed(tmp_path: Path) -> None:
    out = io.StringIO()
    found = [problem(Grade.A, f"数{n} ", f"A{n}") for n in range(1, 41)]
    print_problems(Console(file=out, width=120), found, "zh")
    assert all(f"energy_balance.csv!A{n}: 数{n} 偏大" in out.getvalue() for n in range(1, 41))
    assert "\x1b" not in out.getvalue()


def test_no_problems(results: Results) -> None:
    assert "没有发现问题" in printed(results, "zh", problems=[])


def test_regions_and_years_are_told_apart(tmp_path: Path) -> None:
    import pandas as pd

    posted = pd.concat([sample.postings(), sample.postings("350200", 2013)])
    text = printed(sample.write(tmp_path / "run", posted), "zh")
    assert "厦门市" in text
    assert "2013" in text


def test_a_long_chart_is_left_to_the_workbook(results: Results) -> None:
    names = sample.names()
    table = Tables(results, names).by_measure()
    block = Block("inventory", "350000", 2012)
    rows = (Row(block, "1"), *(Row(block, f"1.{n}", 1) for n in range(80)))
    figures = [{table.columns[0]: Figure(1.0)}] * 81
    long = Table(rows, table.columns[:1], figures)
    shown = totals_table(long, names, "zh")
    assert shown.row_count == 1
    assert "工作簿" in shown.caption
    flat = long._replace(rows=tuple(row._replace(depth=0) for row in rows))
    assert totals_table(flat, names, "zh").row_count == 60


def test_an_estimate_of_many_years_is_one_line_a_year() -> None:
    # Two parts of 1 and 2 t a year below one account: the columns hold both parts and their sum.
    rows, figures = [], []
    for year in range(2020, 2030):
        block = Block("credit", "350000", year)
        first = len(rows)
        rows += [
            Row(block, "S", 0, (first + 1,)),
            Row(block, "S.2", 1, (first + 2, first + 3)),
            Row(block, "S.2.1", 2),
            Row(block, "S.2.5", 2),
        ]
        figures += [{CO2E_COLUMN: Figure(amount)} for amount in (3.0, 3.0, 1.0, 2.0)]
    table = Table(tuple(rows), (CO2E_COLUMN,), figures)
    assert is_long_estimate(table)
    grid = estimate_by_year(table, sample.names(), "zh")
    assert grid.row_count == 10
    cells = [[str(cell) for cell in column.cells] for column in grid.columns]
    assert cells[0] == [str(year) for year in range(2020, 2030)]
    assert [set(column) for column in cells[1:]] == [{"3.00"}, {"1.00"}, {"2.00"}]
    short = table._replace(rows=table.rows[:12])
    assert not is_long_estimate(short)
    without = table._replace(figures=[*figures[:3], {}, *figures[4:]])
    assert not is_long_estimate(without)
