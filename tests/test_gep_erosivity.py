"""Rainfall erosivity from daily rain: the equations by hand, and what is told of the days."""

import json

import pytest
from typer.testing import CliRunner

from carbonledger.analysis.gep.erosivity import Rain, erosivity_model, half_month_erosivity
from carbonledger.cli.commands import app
from carbonledger.library.load import library

MODEL = erosivity_model(library())


def test_one_storm_by_the_equation():
    # HJ 1173-2021 eq A.6: 0.3937 x 50^1.7265 in July, 0.3101 x 50^1.7265 in January; by hand.
    halves = half_month_erosivity([Rain(2023, 7, 20, 50.0), Rain(2023, 1, 2, 50.0)], MODEL)
    assert halves[14] == pytest.approx(0.3937 * 857.574, rel=1e-4)
    assert halves[1] == pytest.approx(0.3101 * 857.574, rel=1e-4)
    assert sum(value > 0 for value in halves.values()) == 2


def test_years_are_averaged_and_drizzle_erodes_nothing():
    storms = [Rain(year, 6, 1, 60.0) for year in (2020, 2021)]
    one = half_month_erosivity(storms[:1], MODEL)
    assert half_month_erosivity(storms, MODEL) == pytest.approx(one)
    dry_year = [*storms[:1], Rain(2021, 6, 1, 1.0)]
    assert half_month_erosivity(dry_year, MODEL)[11] == pytest.approx(one[11] / 2)


def test_command_prints_the_year_and_tells_double_days(tmp_path):
    path = tmp_path / "rain.csv"
    path.write_text("年份,月,日,降雨量 [mm]\n2023,7,20,50\n2023,7,20,50\n2023,2,30,5\n", "utf-8")
    result = CliRunner().invoke(app, ["erosivity", str(path), "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.output)
    (table,) = shown if isinstance(shown, list) else [shown]
    assert table["rows"][-1]["erosivity"] == pytest.approx(2 * 0.3937 * 857.574, rel=1e-4)
    assert [problem["row"] for problem in table["problems"]] == [3, 4]
