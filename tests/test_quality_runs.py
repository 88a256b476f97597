"""Quality checks of finished runs: implied factors, great tables, and answers."""

from operator import itemgetter

import pytest
from quality_inventory import STEADY, finished, lines, only, opened

from carbonledger.analysis.quality import check_quality, with_quality
from carbonledger.analysis.quality.bands import bands
from carbonledger.analysis.quality.facts import number
from carbonledger.analysis.quality.implied import implied_factors
from carbonledger.engine.open import open_inventory
from carbonledger.library.load import library
from carbonledger.model.problem import Grade

FACTORS = "parameter,item,value,unit,source,locator,valid_from,valid_to\n"


def test_implied_factors_are_emission_per_activity(tmp_path):
    done = finished(tmp_path, lines(STEADY[:3]))
    rows = implied_factors(done.results)
    rows = sorted((row for row in rows if row["measure"] == "CO2"), key=itemgetter("period"))
    amounts = done.postings[done.postings["measure"] == "CO2"].sort_values("period")["amount"]
    # 万t are 10 000 t; the three years have one factor.
    expected = [amount / (value * 1e4) for amount, value in zip(amounts, STEADY, strict=False)]
    assert [row["factor"] for row in rows] == pytest.approx(expected)
    assert [row["factor"] for row in rows] == pytest.approx([rows[0]["factor"]] * 3)
    assert all(0.9 <= row["share"] <= 1 for row in rows)


def test_library_factors_are_silent_and_measured_ones_beyond_all_editions_are_told(tmp_path):
    entries = lines(STEADY)
    done = finished(tmp_path / "a", entries)
    assert check_quality(done.results, done.library) == []
    # A plausible heating value passes; one that no edition has, and that the limits still allow,
    # is asked about.
    usual = FACTORS + "net_calorific_value,raw_coal,21.5,GJ/t,报告,p. 1,,\n"
    done = finished(tmp_path / "b", entries, usual)
    assert check_quality(done.results, library()) == []
    odd = FACTORS + "net_calorific_value,raw_coal,33,GJ/t,报告,p. 1,,\n"
    done = finished(tmp_path / "c", entries, odd)
    problems = check_quality(done.results, library())
    assert {each.code for each in problems} == {"implied-band"}
    assert any("net_calorific_value" in each.message.zh for each in problems)
    assert problems[0].where.startswith("entries.csv!F")


def test_a_step_of_the_implied_factor_names_its_cause(tmp_path):
    odd = (
        FACTORS
        + "net_calorific_value,raw_coal,20,GJ/t,报告,p. 1,2018-01-01,2020-12-31\n"
        + "net_calorific_value,raw_coal,27,GJ/t,报告,p. 2,2021-01-01,2023-12-31\n"
    )
    done = finished(tmp_path, lines(STEADY), odd)
    problems = [p for p in check_quality(done.results, library()) if p.code == "implied-change"]
    co2 = [each for each in problems if " CO2" in each.message.en]
    assert len(co2) == 1
    assert "net_calorific_value" in co2[0].message.en
    assert "2020" in co2[0].message.en
    assert "2021" in co2[0].message.en
    assert co2[0].grade is Grade.D


def test_a_great_table_is_not_checked_and_that_is_said(tmp_path, monkeypatch):
    from carbonledger.analysis import quality

    rows = dict(bands())
    scale = rows["quality-scale"][0].model_copy(update={"high": 3.0})
    monkeypatch.setattr(quality, "bands", lambda: {**rows, "quality-scale": (scale,)})
    assert only(tmp_path, "quality-not-checked", lines(STEADY)).grade is Grade.D


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567, "1,234,570"),
        (0.5, "0.5"),
        (0, "0"),
        (1e-7, "1e-07"),
        (100, "100"),
        (2.5e20, "2.5e+20"),
    ],
)
def test_figures_in_messages(value, shown):
    assert number(value) == shown


def test_a_finding_is_confirmed_by_an_answer_that_is_then_not_stale(tmp_path):
    inventory = opened(tmp_path, lines([100, 104, 98, 190, 200, 210]))
    assert [p.code for p in with_quality(inventory, inventory.intake.problems, inventory)] == [
        "series-jump"
    ]
    answer = (
        '[[answers]]\nfile = "entries.csv"\ncell = "F5"\ncode = "{}"\nprinted = "{}"\n'
        'action = "confirm"\n[answers.reason]\nzh = "新厂投产"\nen = "a new plant"\n'
    )
    manifest = tmp_path / "inventory.toml"
    plain = manifest.read_text("utf-8")
    manifest.write_text(plain + answer.format("series-jump", "190"), "utf-8")
    inventory = open_inventory(tmp_path)
    (problem,) = with_quality(inventory, inventory.intake.problems, inventory)
    assert (problem.code, problem.grade) == ("series-jump", Grade.D)
    assert "新厂投产" in problem.message.zh
    # An answer to a cell that has changed, or to another finding, settles nothing.
    for wrong in (answer.format("series-jump", "180"), answer.format("series-gap", "190")):
        manifest.write_text(plain + wrong, "utf-8")
        inventory = open_inventory(tmp_path)
        problems = with_quality(inventory, inventory.intake.problems, inventory)
        assert sorted(p.code for p in problems) == ["answer-stale", "series-jump"]
        assert {p.grade for p in problems if p.code == "series-jump"} == {Grade.C}
