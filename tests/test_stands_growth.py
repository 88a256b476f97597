"""Yearly growth of a table of stands: rates, curves, area; what is left out is counted."""

import math

import pytest
from stands_sample import GOOD, HEADINGS, changed, write
from typer.testing import CliRunner

from carbonledger.analysis.stand_growth import growth_sums
from carbonledger.cli.commands import app
from carbonledger.errors import CarbonledgerError
from carbonledger.intake.stand_fields import mapping_text, proposed, read_mapping
from carbonledger.model.problem import Grade
from carbonledger.stands import GROWTH_BOOK, StandOptions, survey

# AR-CM-001 as the library has it: density x expansion above ground x (1 + root ratio) x carbon.
FIR = 0.307 * 1.634 * 1.246 * 0.52 * 44 / 12
PINE = 0.38 * 1.472 * 1.187 * 0.46 * 44 / 12
RULE = '[[growth]]\n{keys}\nrate = "{rate} %/a"\nsource = "s"\n'


def rule(rate, **keys):
    return RULE.format(rate=rate, keys="\n".join(f'{k} = "{v}"' for k, v in keys.items()))


def grow(tmp_path, rows, growth, **options):
    given = tmp_path / "fields.toml"
    given.write_text(mapping_text(proposed(HEADINGS), HEADINGS) + growth, "utf-8")
    chosen = StandOptions(
        mapping=given, region="350429", period=2023, growth=True, set_aside=True, **options
    )
    return survey(write(tmp_path / "小班.xlsx", rows), tmp_path / "out", chosen)


def of(done, species):
    return growth_sums(done.growth, ["species"]).set_index("species").loc[species]


def test_growth_by_rate_by_hand(tmp_path):
    done = grow(tmp_path, GOOD[:2], rule(9, species="杉木") + rule(5, species="马尾松"))
    fir = of(done, "cunninghamia")
    assert fir["annual_growth"] == pytest.approx(120 * 0.09)
    assert fir["Y.1"] == pytest.approx(120 * 0.09 * FIR)
    assert of(done, "masson_pine")["Y.1"] == pytest.approx(180 * 0.05 * PINE)
    assert math.isnan(growth_sums(done.growth, ()).iloc[0]["net"])  # no consumption was given
    assert (tmp_path / "out" / GROWTH_BOOK).is_file()


def test_growth_by_area_is_table_4_9_and_4_10(tmp_path):
    # IPCC 2006 Vol. 4 Tables 4.9, 4.10, 4.4, 4.3: plantation 8, natural 9 up to 20 years and 2
    # above, roots 0.2, carbon 0.47. The natural pine of 25 years stands on 2 ha.
    done = grow(tmp_path, GOOD[:2], rule(9))
    assert of(done, "cunninghamia")["Y.2"] == pytest.approx(1 * 8 * 1.2 * 0.47 * 44 / 12)
    assert of(done, "masson_pine")["Y.2"] == pytest.approx(2 * 2 * 1.2 * 0.47 * 44 / 12)
    young = changed(changed(GOOD[1], 林龄=20), 龄组="幼龄林")
    done = grow(tmp_path, [young], rule(9))
    assert of(done, "masson_pine")["Y.2"] == pytest.approx(2 * 9 * 1.2 * 0.47 * 44 / 12)


def test_net_is_growth_less_consumption(tmp_path):
    text = rule(9, species="杉木").replace("source", 'consumption = "4 %/a"\nsource')
    total = growth_sums(grow(tmp_path, GOOD[:1], text).growth, ()).iloc[0]
    assert total["Y.3"] == pytest.approx(-120 * 0.04 * FIR)
    assert total["net"] == pytest.approx(120 * 0.05 * FIR)


def test_no_net_where_a_part_has_no_consumption(tmp_path):
    text = rule(9, species="杉木").replace("source", 'consumption = "4 %/a"\nsource') + rule(5)
    done = grow(tmp_path, GOOD[:2], text)
    assert math.isnan(growth_sums(done.growth, ()).iloc[0]["net"])
    assert not math.isnan(of(done, "cunninghamia")["net"])


@pytest.mark.parametrize(
    ("curve", "volume"),
    [
        ("richards", lambda t: (1 - math.exp(-0.08 * t)) ** 2.5),
        ("logistic", lambda t: 1 / (1 + 2.5 * math.exp(-0.08 * t))),
        ("gompertz", lambda t: math.exp(-2.5 * math.exp(-0.08 * t))),
    ],
)
def test_the_rate_of_a_curve_is_its_increment_over_its_volume(tmp_path, curve, volume):
    text = f'[[growth]]\ncurve = "{curve}"\ncurve_rate = "0.08 1/a"\ncurve_shape = 2.5\n'
    done = grow(tmp_path, GOOD[:1], text + 'source = "s"\n')
    assert of(done, "cunninghamia")["annual_growth"] == pytest.approx(
        120 * (volume(16) / volume(15) - 1)
    )


def test_stands_too_young_for_the_rate_of_a_curve_are_left_out_and_counted(tmp_path):
    text = '[[growth]]\ncurve = "richards"\ncurve_rate = "0.08 1/a"\ncurve_shape = 2.5\n'
    young = changed(changed(changed(GOOD[0], 林龄=2), 龄组="幼龄林"), 小班号=9)
    done = grow(tmp_path, [GOOD[0], young], text + 'source = "s"\n')
    total = growth_sums(done.growth, ()).iloc[0]
    assert total["growing"] == 120
    assert total["uncovered"] == 120


def test_stands_without_rule_origin_or_parameters_are_counted(tmp_path):
    rows = [GOOD[0], changed(changed(GOOD[1], 起源=None), 小班号=3)]
    total = growth_sums(grow(tmp_path, rows, rule(9, species="杉木")).growth, ()).iloc[0]
    assert total["uncovered"] == 180
    assert total["uncovered_area"] == pytest.approx(2)


def test_bamboo_orchards_and_land_without_stands_do_not_grow_here(tmp_path):
    others = [
        changed(changed(GOOD[1], 优势树种="茶园"), 小班号=8),
        changed(changed(GOOD[1], 地类="采伐迹地"), 小班号=9),
    ]
    done = grow(tmp_path, [*GOOD, *others], rule(9))
    assert set(done.growth["species"]) == {"cunninghamia", "masson_pine", "schima"}
    assert done.growth["stands"].sum() == 3


def test_the_most_specific_rule_decides(tmp_path):
    text = (
        rule(1)
        + rule(9, species="杉木", origin="人工", age_class="中龄林")
        + rule(3, origin="人工")
    )
    done = grow(tmp_path, GOOD[:2], text)
    assert of(done, "cunninghamia")["rate"] == pytest.approx(0.09)
    assert of(done, "masson_pine")["rate"] == pytest.approx(0.01)


def test_rules_that_contradict_each_other_are_refused(tmp_path):
    with pytest.raises(CarbonledgerError, match="1、2"):
        grow(tmp_path, GOOD[:1], rule(9, species="杉木") + rule(3, origin="人工"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    ["", rule(900), rule("9 %").replace("%/a", ""), rule(9, species="铁树"), rule(9, origin="火星"),
     rule(9).replace('source = "s"', ""), rule(9) + 'curve = "richards"\n',
     '[[growth]]\ncurve = "richards"\nsource = "s"\n',
     '[[growth]]\nsource = "s"\nconsumption = "4 %/a"\n'],
)  # fmt: skip
def test_rules_that_say_nothing_clear_are_refused(tmp_path, text):
    with pytest.raises(CarbonledgerError):
        grow(tmp_path, GOOD[:1], text)
    assert not (tmp_path / "out").exists()


def test_growth_does_not_change_the_stocks(tmp_path):
    with_growth = grow(tmp_path, GOOD, rule(9))
    chosen = StandOptions(mapping=tmp_path / "fields.toml", region="350429", period=2023)
    without = survey(tmp_path / "小班.xlsx", tmp_path / "out", chosen)
    assert without.growth is None
    assert not (tmp_path / "out" / GROWTH_BOOK).exists()  # no former result stands beside it
    assert with_growth.groups.equals(without.groups)
    assert without.rows_of(Grade.A) == 0


def test_rules_are_kept_in_the_mapping(tmp_path):
    text = rule(9, species="杉木") + (
        '[[growth]]\ncurve = "richards"\ncurve_rate = "0.08 1/a"\ncurve_shape = 2.5\nsource = "t"\n'
    )
    grow(tmp_path, GOOD[:1], text)
    kept = (tmp_path / "out" / "fields.toml").read_bytes()
    again = read_mapping(kept, "fields.toml")
    assert [each.rate for each in again.growth] == ["9 %/a", ""]
    assert again.growth[1].curve_shape == 2.5


def test_the_command_says_what_growth_is_not(tmp_path):
    given = tmp_path / "fields.toml"
    given.write_text(mapping_text(proposed(HEADINGS), HEADINGS) + rule(9), "utf-8")
    path = write(tmp_path / "小班.xlsx", GOOD)
    words = ["stands", str(path), "--mapping", str(given), "--region", "350429", "--year", "2023",
             "--out", str(tmp_path / "out"), "--growth", "--lang", "en"]  # fmt: skip
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "no net sink" in result.output
    assert "no net amount" in result.output
